//! What a case remembers of its visits, and which duties one visit settles.
//!
//! Only a visit that met the child fulfils a visit duty. Visits are often entered late and out of
//! order; a visit is therefore judged by when it took place, never by when it was entered.

use serde::{Deserialize, Serialize};

use crate::{
    care::codes::VisitResult,
    procedure::{Procedure, StepContext},
    terms::time::Timestamp,
};

/// The side duty to try again, in every procedure that visits.
pub const RETRY_VISIT: &str = "retry_visit";

/// The visits of one case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VisitLog {
    /// When the child was last met. A visit that did not meet the child never moves it.
    pub last_met: Option<Timestamp>,
    /// When the last visit that did not meet the child took place.
    pub last_failed: Option<Timestamp>,
    /// How many visits since the last failed one met the child.
    pub met_in_a_row: u32,
    /// How many visits since the last met one did not meet the child.
    pub failed_in_a_row: u32,
}

/// Which duties one visit settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settles {
    /// It fulfils the visit that was owed.
    pub visit: bool,
    /// It fulfils what an earlier failed visit asked for.
    pub retry: bool,
    /// It opens the duty to try again.
    pub asks_retry: bool,
}

impl VisitLog {
    /// Takes a visit down and says what it settles. Visits before the day of `since` settle
    /// nothing: they took place before anybody had a reason to go. The day decides, as a form may
    /// give no more than the day.
    pub fn record(
        &mut self,
        result: VisitResult,
        at: Timestamp,
        since: Option<Timestamp>,
    ) -> Settles {
        let after = |known: Option<Timestamp>| known.is_none_or(|known| at > known);
        if result != VisitResult::Met {
            let asks_retry = after(self.last_met);
            if asks_retry {
                self.last_failed = self.last_failed.max(Some(at));
                self.failed_in_a_row = self.failed_in_a_row.saturating_add(1);
                self.met_in_a_row = 0;
            } else {
                // It lies before a met visit, so nobody need go again; but it may have broken
                // the row of met ones.
                self.met_in_a_row = self.met_in_a_row.min(1);
            }
            return Settles { visit: false, retry: false, asks_retry };
        }
        let visit = after(self.last_met) && since.is_none_or(|since| at.date() >= since.date());
        let retry = visit && after(self.last_failed);
        if visit {
            self.last_met = Some(at);
        }
        if retry {
            self.met_in_a_row = self.met_in_a_row.saturating_add(1);
            self.failed_in_a_row = 0;
        }
        Settles { visit, retry, asks_retry: false }
    }
}

impl Settles {
    /// Leaves open what the visit does not fulfil, and holds back what it does not ask for.
    /// `visits` are the visit duties, `retries` those that a failed visit opened.
    pub fn settle<P: Procedure>(
        self,
        step: &mut StepContext<'_, P>,
        visits: &[&'static str],
        retries: &[&'static str],
    ) {
        let open = visits.iter().filter(|_| !self.visit);
        for duty in open.chain(retries.iter().filter(|_| !self.retry)) {
            step.leave_open(duty);
        }
        if !self.asks_retry {
            step.hold_back(RETRY_VISIT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_millis(0).plus_hours(24 * day)
    }

    fn log(visits: &[(VisitResult, i64)]) -> VisitLog {
        let mut log = VisitLog::default();
        for (result, at) in visits {
            log.record(*result, day(*at), None);
        }
        log
    }

    const MET: VisitResult = VisitResult::Met;

    #[test]
    fn only_meeting_the_child_settles_a_visit_or_moves_the_last_meeting() {
        for result in VisitResult::ALL.iter().copied().filter(|result| *result != MET) {
            let mut known = log(&[(MET, 1)]);
            let settles = known.record(result, day(5), None);
            assert_eq!(settles, Settles { visit: false, retry: false, asks_retry: true });
            assert_eq!(known.last_met, Some(day(1)));
            assert_eq!((known.met_in_a_row, known.failed_in_a_row), (0, 1));
        }
        let mut known = log(&[(MET, 1), (VisitResult::NotHome, 5)]);
        let settles = known.record(MET, day(6), None);
        assert_eq!(settles, Settles { visit: true, retry: true, asks_retry: false });
        assert_eq!((known.met_in_a_row, known.failed_in_a_row), (1, 0));
    }

    #[test]
    fn a_visit_entered_late_counts_for_the_time_it_took_place() {
        let mut known = log(&[(MET, 1), (VisitResult::Refused, 5)]);
        // Met between the two: the visit is settled, the failure after it is not.
        let settles = known.record(MET, day(3), None);
        assert_eq!(settles, Settles { visit: true, retry: false, asks_retry: false });
        assert_eq!((known.last_met, known.failed_in_a_row), (Some(day(3)), 1));
        // Met before the last meeting: nothing new.
        let settles = known.record(MET, day(2), None);
        assert_eq!(settles, Settles { visit: false, retry: false, asks_retry: false });
        // Failed before the last meeting: nobody goes again, but the row is broken.
        let mut known = log(&[(MET, 1), (MET, 9)]);
        let settles = known.record(VisitResult::NotHome, day(4), None);
        assert_eq!(settles, Settles { visit: false, retry: false, asks_retry: false });
        assert_eq!((known.met_in_a_row, known.failed_in_a_row), (1, 0));
    }

    #[test]
    fn a_visit_before_there_was_a_reason_to_go_settles_nothing() {
        let mut known = VisitLog::default();
        assert!(!known.record(MET, day(3), Some(day(4))).visit);
        assert!(known.record(MET, day(4), Some(day(4))).visit);
    }
}
