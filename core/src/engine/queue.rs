//! Commands that wait for the next batch: first those that are urgent, and never so many that the
//! last could not be answered soon.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{Command, EngineError, Receipt, batch::history_of};
use crate::terms::time::Timestamp;

/// At most so many commands share a transaction.
pub(super) const MAX_BATCH: usize = 256;
/// How long the first of a line may have waited, and whoever comes will have to wait, for another
/// one to be taken in.
const LONGEST: Duration = Duration::from_secs(1);
/// A batch that took longer tells no more of how fast the line moves than one that took so long.
const LONGEST_BATCH: Duration = Duration::from_secs(10);
/// Nobody is told to come again later than that.
const LATEST: Duration = Duration::from_secs(30);
/// How many commands may wait in each line where the set-up says nothing else.
pub(super) const MOST_WAITING: usize = 8_192;

pub(super) type Answer = Result<Receipt, EngineError>;

#[derive(Debug)]
pub(super) struct Job {
    pub(super) command: Command,
    pub(super) reply: oneshot::Sender<Answer>,
    since: Timestamp,
}

/// Commands that wait, and the right to lead.
#[derive(Debug)]
pub(super) struct Queue {
    most: usize,
    waiting: Mutex<Waiting>,
    pub(super) leader: Arc<tokio::sync::Mutex<()>>,
}

/// Two lines; nobody of the second is taken while somebody stands in the first.
#[derive(Debug, Default)]
struct Waiting {
    urgent: VecDeque<Job>,
    ordinary: VecDeque<Job>,
    pace: Pace,
}

/// How fast lines move that are longer than a batch: the time that a thousand commands took of
/// late. What comes one by one tells how long a commit takes, and nothing of how many share one.
#[derive(Debug, Default)]
struct Pace {
    /// Since when the last batch is under way, and of how many commands, if more stayed in line.
    last: Option<(Timestamp, u32)>,
    thousand: Duration,
}

impl Pace {
    /// The next batch is taken, when the one before it is done.
    fn note(&mut self, now: Timestamp, commands: usize, stay: bool) {
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
    fn of(&self, commands: usize) -> Duration {
        let commands = u32::try_from(commands).unwrap_or(u32::MAX);
        self.thousand.saturating_mul(commands) / 1_000
    }
}

impl Queue {
    pub(super) fn new(most: usize) -> Self {
        Self { most, waiting: Mutex::default(), leader: Arc::default() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a command in, and gives where its answer will come.
    ///
    /// # Errors
    /// [`EngineError::Busy`] when the line is too long, or too long for how it moves of late. Where
    /// fewer wait than a batch takes, nobody is turned away.
    pub(super) fn push(
        &self,
        command: Command,
        urgent: bool,
        now: Timestamp,
    ) -> Result<oneshot::Receiver<Answer>, EngineError> {
        let mut waiting = self.waiting();
        let Waiting { urgent: first, ordinary, pace } = &mut *waiting;
        // Whoever is not urgent waits for both lines.
        let ahead = if urgent { first.len() } else { first.len().saturating_add(ordinary.len()) };
        let line = if urgent { first } else { ordinary };
        let age = line.front().map_or(Duration::ZERO, |first| waited(first.since, now));
        let wait = age.max(pace.of(ahead));
        if line.len() >= self.most || (ahead >= MAX_BATCH && wait > LONGEST) {
            return Err(EngineError::Busy { retry_after: wait.clamp(LONGEST, LATEST) });
        }
        let (reply, answer) = oneshot::channel();
        line.push_back(Job { command, reply, since: now });
        Ok(answer)
    }

    /// The next batch. A command whose step reads the case's history goes alone, and a command id
    /// occurs once.
    pub(super) fn next(&self, now: Timestamp) -> Vec<Job> {
        let mut waiting = self.waiting();
        let batch = waiting.next();
        let stay = !waiting.is_empty();
        waiting.pace.note(now, batch.len(), stay);
        batch
    }

    /// Tells everybody who waits that it is not his turn any more; nothing of it was done.
    pub(super) fn turn_away(&self) {
        let mut waiting = self.waiting();
        let Waiting { urgent, ordinary, .. } = &mut *waiting;
        for job in urgent.drain(..).chain(ordinary.drain(..)) {
            drop(job.reply.send(Err(EngineError::Busy { retry_after: LONGEST })));
        }
    }

    /// Whether nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.urgent.is_empty() && self.ordinary.is_empty()
    }

    fn next(&mut self) -> Vec<Job> {
        let mut batch: Vec<Job> = Vec::new();
        let mut ids = BTreeSet::new();
        let Self { urgent, ordinary, .. } = self;
        for line in [urgent, ordinary] {
            while let Some(job) = line.front() {
                let alone = history_of(&job.command).is_some();
                let repeats = job.command.id.is_some_and(|id| !ids.insert(id));
                if batch.len() >= MAX_BATCH || repeats || (alone && !batch.is_empty()) {
                    return batch;
                }
                batch.extend(line.pop_front());
                if alone {
                    return batch;
                }
            }
        }
        batch
    }
}

/// How long it was until `now`; nothing where the clock was set back.
fn waited(since: Timestamp, now: Timestamp) -> Duration {
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
        assert!(pace.of(MAX_BATCH) < LONGEST);
        // Set back, it tells nothing.
        pace.note(after(0), MAX_BATCH, true);
        assert!(pace.of(MAX_BATCH) < LONGEST);
    }
}
