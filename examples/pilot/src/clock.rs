//! The pilot's clock: the machine's, or a set time in a demo database.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use hexacase::terms::time::{Clock, SystemClock, Timestamp};

/// No time was set: the machine's clock counts.
const UNSET: i64 = i64::MIN;

/// A clock that can be set. Clones show the same time. Only a demo is ever set.
#[derive(Clone, Debug)]
pub struct PilotClock(Arc<AtomicI64>);

impl PilotClock {
    /// The machine's clock.
    pub fn of_the_machine() -> Self {
        Self(Arc::new(AtomicI64::new(UNSET)))
    }

    /// A clock that stands still at `at` until it is set again.
    pub fn standing_at(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.as_millis())))
    }

    /// Sets it.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for PilotClock {
    fn now(&self) -> Timestamp {
        match self.0.load(Ordering::SeqCst) {
            UNSET => SystemClock.now(),
            millis => Timestamp::from_millis(millis),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_clock_stands_still_for_all_its_clones() {
        let clock = PilotClock::of_the_machine();
        let clone = clock.clone();
        let at = "2026-05-03 14:05".parse().unwrap();
        clock.set(at);
        assert_eq!(clone.now(), at);
    }
}
