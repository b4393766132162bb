//! A clock that stands still until it is told to go on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use crate::terms::time::{Clock, Timestamp};

/// A clock moved by hand. Clones show the same time.
///
/// ```
/// # use hexacase::{terms::time::Clock, testing::ManualClock};
/// let clock = ManualClock::at("2026-03-02 09:00".parse()?);
/// let engines = clock.clone();
/// clock.advance_days(1);
/// assert_eq!(engines.now(), "2026-03-03 09:00".parse()?);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that shows this time.
    pub fn at(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.as_millis())))
    }

    /// Shows this time from now on, be it earlier or later.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_millis(), Ordering::SeqCst);
    }

    /// Goes on and says what time it is then.
    pub fn advance(&self, by: Duration) -> Timestamp {
        self.advance_millis(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
    }

    /// Goes on by whole hours and says what time it is then.
    pub fn advance_hours(&self, hours: u32) -> Timestamp {
        self.advance_millis(i64::from(hours) * 3_600_000)
    }

    /// Goes on by whole days and says what time it is then.
    pub fn advance_days(&self, days: u32) -> Timestamp {
        self.advance_millis(i64::from(days) * 86_400_000)
    }

    fn advance_millis(&self, by: i64) -> Timestamp {
        let before = self.0.fetch_add(by, Ordering::SeqCst);
        Timestamp::from_millis(before.wrapping_add(by))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_only_when_told_and_clones_move_with_it() {
        let clock = ManualClock::at(Timestamp::from_millis(1_000));
        let other = clock.clone();
        assert_eq!(clock.advance(Duration::from_millis(5)), Timestamp::from_millis(1_005));
        assert_eq!(other.advance_hours(1), Timestamp::from_millis(3_601_005));
        clock.set(Timestamp::from_millis(7));
        assert_eq!((clock.now(), other.now()), (other.now(), Timestamp::from_millis(7)));
    }
}
