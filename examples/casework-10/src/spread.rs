//! How long very many answers took, in memory that does not grow with their number.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Each doubling of a wait is cut into so many parts, so that what is told is at most a 64th too long.
const PARTS: u64 = 64;
/// The last one takes whatever is longer than an hour.
const COUNTERS: usize = 27 * 64;

/// Counts of waits by their length.
#[derive(Debug)]
pub(crate) struct Spread(Vec<AtomicU64>);

impl Default for Spread {
    fn default() -> Self {
        Self((0..COUNTERS).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Spread {
    /// Counts a wait.
    pub(crate) fn add(&self, wait: Duration) {
        let at = place(u64::try_from(wait.as_micros()).unwrap_or(u64::MAX));
        if let Some(counter) = self.0.get(at).or(self.0.last()) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many were counted.
    pub(crate) fn count(&self) -> u64 {
        self.0.iter().map(|counter| counter.load(Ordering::Relaxed)).sum()
    }

    /// The wait within which so many of a hundred were answered, in microseconds.
    pub(crate) fn share(&self, percent: u64) -> u64 {
        let wanted = self.count().saturating_mul(percent) / 100;
        let mut counted = 0;
        for (at, counter) in self.0.iter().enumerate() {
            counted += counter.load(Ordering::Relaxed);
            if counted > wanted {
                return longest(at);
            }
        }
        0
    }
}

/// The counter of a wait: one each up to twice the parts, and one for a part of a doubling after.
fn place(micros: u64) -> usize {
    let doublings = u64::from(micros.checked_ilog2().unwrap_or(0).saturating_sub(PARTS.ilog2()));
    let part = micros >> doublings;
    usize::try_from(doublings * PARTS + part).unwrap_or(usize::MAX)
}

/// The longest wait that a counter has.
fn longest(at: usize) -> u64 {
    let at = u64::try_from(at).unwrap_or(u64::MAX);
    let doublings = (at / PARTS).saturating_sub(1);
    ((at - doublings * PARTS + 1) << doublings) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wait_has_a_counter_that_tells_it_a_64th_too_long_at_most() {
        for micros in (0..2_000).chain([4_095, 4_096, 1_999_999, 2_000_000, 1_700_000_000]) {
            let told = longest(place(micros));
            assert!(told >= micros && told - micros <= micros / PARTS, "{micros} as {told}");
        }
        let places: Vec<usize> = (0..100_000).map(place).collect();
        assert!(places.windows(2).all(|two| two[0] == two[1] || two[0] + 1 == two[1]));
        assert!(place(1_800_000_000) < COUNTERS);
    }

    #[test]
    fn a_share_is_the_wait_of_the_one_who_stands_there() {
        let spread = Spread::default();
        assert_eq!(spread.share(99), 0);
        for micros in 1..=100 {
            spread.add(Duration::from_micros(micros));
        }
        assert_eq!((spread.count(), spread.share(50), spread.share(99)), (100, 51, 100));
        // What is longer than every counter is not lost.
        spread.add(Duration::MAX);
        assert_eq!(spread.count(), 101);
    }
}
