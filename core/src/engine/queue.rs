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
/// How long the first of a line may have waited for another one to be taken in.
const LONGEST: Duration = Duration::from_secs(1);
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

/// How fast the lines move: the time that a thousand commands took of late.
#[derive(Debug, Default)]
struct Pace {
    last: Option<(Timestamp, usize)>,
    thousand: Duration,
}

impl Pace {
    /// A batch is taken while the one before it is done.
    fn note(&mut self, now: Timestamp, commands: usize) {
        if let Some((since, before)) = self.last
            && let Some(before) = u32::try_from(before).ok().filter(|before| *before > 0)
        {
            let thousand = waited(since, now).saturating_mul(1_000) / before;
            // A fourth of it is new, so that one slow commit does not turn people away.
            self.thousand = (self.thousand.saturating_mul(3).saturating_add(thousand)) / 4;
        }
        // Nothing waits for an idle engine.
        self.last = (commands > 0).then_some((now, commands));
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
    /// [`EngineError::Busy`] when the line is too long, or too long for how it moves of late. A line
    /// that is no longer than a batch is never too slow: whoever comes is in the next but one.
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
        if line.len() >= self.most || (line.len() >= MAX_BATCH && wait > LONGEST) {
            return Err(EngineError::Busy { retry_after: wait.max(LONGEST) });
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
        waiting.pace.note(now, batch.len());
        batch
    }

    /// Whether nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        let waiting = self.waiting();
        waiting.urgent.is_empty() && waiting.ordinary.is_empty()
    }
}

impl Waiting {
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
