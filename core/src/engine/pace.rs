//! How long somebody who comes now would have to wait.

use std::time::Duration;

use super::queue::MAX_BATCH;
use crate::terms::time::Timestamp;

/// A batch that took longer tells no more of how fast the line moves than one that took so long.
const LONGEST_BATCH: Duration = Duration::from_secs(10);

/// How fast lines move that are longer than a batch: the time that a thousand commands took of
/// late. What comes one by one tells how long a commit takes, and nothing of how many share one.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Since when the last batch is under way, and of how many commands, if more stayed in line.
    last: Option<(Timestamp, u32)>,
    thousand: Duration,
}

impl Pace {
    /// The next batch is taken. Since the one before it was taken the line moved by as many commands
    /// as that had, also where another batch is under way beside it.
    pub(super) fn note(&mut self, now: Timestamp, commands: usize, stay: bool) {
        let of = u32::try_from(2 * MAX_BATCH).unwrap_or(u32::MAX);
        if let Some((since, before)) = self.last {
            // Each command counts the same, so that a step that goes alone weighs little beside
            // full batches. A clock that was set forward, or one stall, is cut short.
            let took = waited(since, now).min(LONGEST_BATCH).saturating_mul(1_000);
            let old = self.thousand.saturating_mul(of.saturating_sub(before));
            self.thousand = old.saturating_add(took) / of;
        }
        let commands = u32::try_from(commands).unwrap_or(u32::MAX);
        self.last = stay.then_some((now, commands));
        if !stay {
            // The line ran dry: the next rush is measured anew.
            self.thousand = Duration::ZERO;
        }
    }

    /// How long so many commands will take.
    pub(super) fn of(&self, commands: usize) -> Duration {
        let commands = u32::try_from(commands).unwrap_or(u32::MAX);
        self.thousand.saturating_mul(commands) / 1_000
    }
}

/// How long it was until `now`; nothing where the clock was set back.
pub(super) fn waited(since: Timestamp, now: Timestamp) -> Duration {
    let millis = now.as_millis().saturating_sub(since.as_millis());
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn what_comes_one_by_one_tells_nothing_of_a_rush() {
        let mut pace = Pace::default();
        for at in 0..1_000 {
            pace.note(after(at * 10), 1, false);
        }
        assert_eq!(pace.of(8_192), Duration::ZERO);
    }

    #[test]
    fn a_rush_is_measured_by_its_commands() {
        let mut pace = Pace::default();
        for at in 0..20 {
            pace.note(after(at * 50), MAX_BATCH, true);
        }
        // Fifty milliseconds for each full batch.
        let wait = pace.of(10 * MAX_BATCH);
        assert!(
            wait > Duration::from_millis(490) && wait <= Duration::from_millis(500),
            "{wait:?}"
        );
        // One that goes alone and takes ten changes little.
        let mut at = 1_000;
        for _ in 0..20 {
            for (commands, took) in [(1, 10), (MAX_BATCH, 50)] {
                pace.note(after(at), commands, true);
                at += took;
            }
        }
        let wait = pace.of(10 * MAX_BATCH);
        assert!(wait < Duration::from_millis(650), "{wait:?}");
        pace.note(after(at), 3, false);
        assert_eq!(pace.of(MAX_BATCH), Duration::ZERO);
    }

    #[test]
    fn a_clock_that_jumps_turns_nobody_away_for_long() {
        let mut pace = Pace::default();
        pace.note(after(0), MAX_BATCH, true);
        pace.note(after(86_400_000), MAX_BATCH, true);
        assert!(pace.of(MAX_BATCH) <= LONGEST_BATCH);
        for at in 1..20 {
            pace.note(after(86_400_000 + at * 50), MAX_BATCH, true);
        }
        assert!(pace.of(MAX_BATCH) < Duration::from_secs(1));
        // Set back, it tells nothing.
        pace.note(after(0), MAX_BATCH, true);
        assert!(pace.of(MAX_BATCH) < Duration::from_secs(1));
    }
}
