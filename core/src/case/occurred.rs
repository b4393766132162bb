//! When a step may be said to have happened.
//!
//! A late entry is not a late act: what was done is recorded hours or weeks afterwards, from paper
//! too. But nothing happens after it was recorded, or in the year 1.

use crate::{procedure::Refusal, terms::time::Timestamp};

/// How far back something can be said to have happened: twenty years, which is longer than any
/// childhood. It stops a typing error, and judges nothing; the county's own limits do that.
const FURTHEST_BACK: i64 = 20 * 366 * 24 * 3_600_000;

/// Whether somebody can say at the time `recorded` that a step happened `occurred`.
///
/// The opening of the case is no bound: many a case is entered after its first steps were taken, as
/// an alarm at night or a file kept on paper until now, and what `opened_at` says then is when
/// somebody came to the screen.
///
/// # Errors
/// [`Refusal::NotYetHappened`], [`Refusal::TooEarly`].
pub(crate) fn check_occurred(occurred: Timestamp, recorded: Timestamp) -> Result<(), Refusal> {
    let earliest = recorded.plus_millis(-FURTHEST_BACK);
    if occurred > recorded {
        Err(Refusal::NotYetHappened { occurred, recorded })
    } else if occurred < earliest {
        Err(Refusal::TooEarly { occurred, earliest })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(occurred: &str) -> Result<(), String> {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        check_occurred(at(occurred), at("2026-03-02 09:00")).map_err(|refusal| refusal.code())
    }

    #[test]
    fn a_step_happened_within_twenty_years_before_it_is_recorded() {
        assert_eq!(checked("2026-03-02 09:00"), Ok(()));
        assert_eq!(checked("2008-03-02 09:00"), Ok(()));
        assert_eq!(checked("2006-01-01 00:00"), Err("refusal.too_early".to_owned()));
        assert_eq!(checked("0001-01-01 00:00"), Err("refusal.too_early".to_owned()));
        assert_eq!(checked("2026-03-02 09:01"), Err("refusal.not_yet_happened".to_owned()));
    }
}
