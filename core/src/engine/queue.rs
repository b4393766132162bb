//! Commands that wait for the next batch: first those that are urgent, and never so many that the
//! last could not be answered soon.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::{Command, EngineError, Receipt, batch::history_of};

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
    since: Instant,
}

/// Commands that wait, and the right to lead.
#[derive(Debug)]
pub(super) struct Queue {
    most: usize,
    waiting: Mutex<Waiting>,
    pub(super) leader: tokio::sync::Mutex<()>,
}

/// Two lines; nobody of the second is taken while somebody stands in the first.
#[derive(Debug, Default)]
struct Waiting {
    urgent: VecDeque<Job>,
    ordinary: VecDeque<Job>,
}

impl Queue {
    pub(super) fn new(most: usize) -> Self {
        Self { most, waiting: Mutex::default(), leader: tokio::sync::Mutex::default() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a command in, and gives where its answer will come.
    ///
    /// # Errors
    /// [`EngineError::Busy`] when the line is too long, or does not move. A line that is no longer
    /// than a batch is never too slow: whoever comes is in the next but one.
    pub(super) fn push(
        &self,
        command: Command,
        urgent: bool,
    ) -> Result<oneshot::Receiver<Answer>, EngineError> {
        let mut waiting = self.waiting();
        let line = if urgent { &mut waiting.urgent } else { &mut waiting.ordinary };
        let age = line.front().map_or(Duration::ZERO, |first| first.since.elapsed());
        if line.len() >= self.most || (line.len() >= MAX_BATCH && age > LONGEST) {
            return Err(EngineError::Busy { retry_after: age.max(LONGEST) });
        }
        let (reply, answer) = oneshot::channel();
        line.push_back(Job { command, reply, since: Instant::now() });
        Ok(answer)
    }

    /// The next batch. A command whose step reads the case's history goes alone, and a command id
    /// occurs once.
    pub(super) fn next(&self) -> Vec<Job> {
        let mut waiting = self.waiting();
        let mut batch: Vec<Job> = Vec::new();
        let mut ids = BTreeSet::new();
        let Waiting { urgent, ordinary } = &mut *waiting;
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
