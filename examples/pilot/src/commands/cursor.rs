//! Where a page ended, as text that scripts hand back unread.

use hexacase::{
    store::{DutyCursor, EntryCursor},
    terms::{id::CaseId, time::Timestamp},
};

use crate::error::PilotError;

/// A cursor that was given, read.
pub(super) fn read<T>(
    given: Option<&str>,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, PilotError> {
    given.map(|text| parse(text).ok_or_else(|| PilotError::BadCursor(text.to_owned()))).transpose()
}

pub(super) fn case(text: &str) -> Option<CaseId> {
    text.parse().ok()
}

pub(super) fn entry(text: &str) -> Option<EntryCursor> {
    let mut parts = text.split('.');
    let recorded_at = Timestamp::from_millis(parts.next()?.parse().ok()?);
    let (case, seq) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(EntryCursor { recorded_at, case, seq })
}

pub(super) fn of_entry(cursor: &EntryCursor) -> String {
    format!("{}.{}.{}", cursor.recorded_at.as_millis(), cursor.case, cursor.seq)
}

pub(super) fn duty(text: &str) -> Option<DutyCursor> {
    let mut parts = text.split('.');
    let order = parts.next()?.parse().ok()?;
    let (case, no) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(DutyCursor { order, case, no })
}

pub(super) fn of_duty(cursor: &DutyCursor) -> String {
    format!("{}.{}.{}", cursor.order, cursor.case, cursor.no)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let case: CaseId = "0190a000-0000-7000-8000-000000000001".parse().unwrap();
        let at = DutyCursor { order: i64::MIN, case, no: 3 };
        assert_eq!(duty(&of_duty(&at)), Some(at));
        let at = EntryCursor { recorded_at: Timestamp::from_millis(-5), case, seq: 2 };
        assert_eq!(entry(&of_entry(&at)), Some(at));
        assert_eq!(entry("1.2"), None);
        assert!(matches!(read(Some("x"), duty), Err(PilotError::BadCursor(_))));
    }
}
