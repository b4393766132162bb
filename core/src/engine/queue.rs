//! Commands that wait for the next batch: first those that are urgent, and never so many that the
//! last could not be answered soon.
//!
//! Where the store can use it, a second batch goes while the first is under way. Each is decided
//! without the other, so they share nothing of what is known beforehand (see [`Key`]). What is
//! found only later, such as a scope that a step locks, the store tells as a conflict.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{RwLock, oneshot};

use super::{
    Command, EngineError, Receipt,
    batch::history_of,
    pace::{Pace, waited},
    under_way::{CallNo, Key, Touched},
};
use crate::terms::time::Timestamp;

/// At most so many commands share a transaction.
pub(super) const MAX_BATCH: usize = 256;
/// So many must wait for a batch to go beside another one, unless one of them is urgent: fewer share
/// the next, which saves the database a transaction. With 2 eight clients were slower, with 16
/// sixty-four.
const WORTH_ANOTHER: usize = 4;
/// So many commands are looked at for one batch, where those before them wait for another one.
const LOOKED_AT: usize = 4 * MAX_BATCH;
/// How long the first of a line may have waited, and whoever comes will have to wait, for another
/// one to be taken in.
const LONGEST: Duration = Duration::from_secs(1);
/// Nobody is told to come again later than that.
const LATEST: Duration = Duration::from_secs(30);
/// How many commands may wait in each line where the set-up says nothing else: eight full batches,
/// since a rush comes in before it is known how fast the line moves.
pub(super) const MOST_WAITING: usize = 2_048;

pub(super) type Answer = Result<Receipt, EngineError>;

#[derive(Debug)]
pub(super) struct Job {
    pub(super) command: Command,
    pub(super) reply: oneshot::Sender<Answer>,
    call: Option<CallNo>,
    since: Timestamp,
}

/// Commands that wait, and the right to lead.
#[derive(Debug)]
pub(super) struct Queue {
    most: usize,
    /// How many batches may be under way at once.
    leaders: usize,
    waiting: Mutex<Waiting>,
    calls: AtomicU64,
    /// Read while a batch goes, beside which others may; written by one that lost a race and goes
    /// again. Two that meet in what nobody foresees could lose to each other's successors for ever.
    pub(super) beside: RwLock<()>,
}

/// Two lines; nobody of the second is taken while somebody stands in the first, unless he must wait
/// for a batch that is under way.
#[derive(Debug, Default)]
struct Waiting {
    urgent: VecDeque<Job>,
    ordinary: VecDeque<Job>,
    pace: Pace,
    leading: usize,
    /// How many batches are under way, and what they touch.
    batches: usize,
    under_way: Touched,
    /// How many waited when a leader found that all of them must wait for the batches under way.
    in_vain: usize,
}

impl Queue {
    pub(super) fn new(most: usize, leaders: usize) -> Self {
        Self {
            most,
            leaders: leaders.max(1),
            waiting: Mutex::default(),
            calls: AtomicU64::new(0),
            beside: RwLock::default(),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A name for the commands of one call.
    pub(super) fn call(&self) -> CallNo {
        CallNo(self.calls.fetch_add(1, Ordering::Relaxed))
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
        call: Option<CallNo>,
        now: Timestamp,
    ) -> Result<oneshot::Receiver<Answer>, EngineError> {
        let mut waiting = self.waiting();
        let Waiting { urgent: first, ordinary, pace, in_vain, .. } = &mut *waiting;
        // Whoever is not urgent waits for both lines.
        let ahead = if urgent { first.len() } else { first.len().saturating_add(ordinary.len()) };
        let line = if urgent { first } else { ordinary };
        let age = line.front().map_or(Duration::ZERO, |first| waited(first.since, now));
        let wait = age.max(pace.of(ahead));
        if line.len() >= self.most || (ahead >= MAX_BATCH && wait > LONGEST) {
            return Err(EngineError::Busy { retry_after: wait.clamp(LONGEST, LATEST) });
        }
        if urgent {
            // It need not wait for what the others wait for.
            *in_vain = 0;
        }
        let (reply, answer) = oneshot::channel();
        line.push_back(Job { command, reply, call, since: now });
        Ok(answer)
    }

    /// Whether one more should lead. He does so from now on, until [`next`](Self::next) gives him
    /// nothing, or he [leaves](Self::leave).
    pub(super) fn wants_leader(&self) -> bool {
        let mut waiting = self.waiting();
        let least = if waiting.leading == 0 { 1 } else { waiting.worth_another() };
        let wanted = waiting.leading < self.leaders && waiting.len() >= least;
        waiting.leading = waiting.leading.saturating_add(usize::from(wanted));
        wanted
    }

    /// The next batch of a leader, whose last one is done. None: he leads no more. What he leaves,
    /// as it must wait for another batch, that one's leader will find.
    pub(super) fn next(&self, now: Timestamp, touched: &mut Option<Touched>) -> Vec<Job> {
        let mut waiting = self.waiting();
        waiting.end(touched);
        let mut batch = Vec::new();
        let least = if waiting.batches == 0 { 1 } else { waiting.worth_another() };
        if waiting.len() >= least {
            batch = waiting.begin(touched, self.leaders);
        }
        if batch.is_empty() {
            waiting.leading = waiting.leading.saturating_sub(1);
        } else {
            let stay = waiting.len() > 0;
            waiting.pace.note(now, batch.len(), stay);
        }
        batch
    }

    /// A leader is gone in the middle of a batch. Gives whether nobody leads now.
    pub(super) fn leave(&self, touched: &mut Option<Touched>) -> bool {
        let mut waiting = self.waiting();
        waiting.end(touched);
        waiting.leading = waiting.leading.saturating_sub(1);
        waiting.leading == 0
    }

    /// Tells everybody who waits that it is not his turn any more; nothing of it was done.
    pub(super) fn turn_away(&self) {
        let mut waiting = self.waiting();
        let Waiting { urgent, ordinary, .. } = &mut *waiting;
        for job in urgent.drain(..).chain(ordinary.drain(..)) {
            drop(job.reply.send(Err(EngineError::Busy { retry_after: LONGEST })));
        }
    }
}

impl Waiting {
    fn len(&self) -> usize {
        self.urgent.len().saturating_add(self.ordinary.len())
    }

    /// A batch is done.
    fn end(&mut self, touched: &mut Option<Touched>) {
        if let Some(batch) = touched.take() {
            self.under_way.end(&batch);
            self.batches = self.batches.saturating_sub(1);
            self.in_vain = 0;
        }
    }

    /// How many must wait for a batch to go beside others.
    fn worth_another(&self) -> usize {
        let least = if self.urgent.is_empty() { WORTH_ANOTHER } else { 1 };
        // Where all must wait, not everybody who comes has the whole line looked through again.
        least.max(self.in_vain.saturating_mul(2))
    }

    /// Takes a batch. A command whose step reads the case's history goes alone, and a command id
    /// occurs once. Where another leader may go beside, he gets his half.
    fn begin(&mut self, taken: &mut Option<Touched>, leaders: usize) -> Vec<Job> {
        let half = self.len().div_ceil(2);
        let shares = self.batches.saturating_add(1) < leaders && half >= WORTH_ANOTHER;
        let most = if shares { half.min(MAX_BATCH) } else { MAX_BATCH };
        let mut picking = Picking {
            under_way: &self.under_way,
            most,
            looked_at: 0,
            touched: Touched::default(),
            passed: Touched::default(),
            batch: Vec::new(),
        };
        if picking.from(&mut self.urgent) {
            picking.from(&mut self.ordinary);
        }
        let Picking { batch, touched, .. } = picking;
        if batch.is_empty() {
            self.in_vain = self.len();
        } else {
            self.under_way.begin(&touched);
            self.batches = self.batches.saturating_add(1);
            *taken = Some(touched);
        }
        batch
    }
}

/// A batch while it is picked.
struct Picking<'w> {
    under_way: &'w Touched,
    /// How many are taken; of those behind them only who must go with one that was.
    most: usize,
    looked_at: usize,
    touched: Touched,
    /// What those touch who must wait: whoever comes behind them and touches it waits too.
    passed: Touched,
    batch: Vec<Job>,
}

impl Picking<'_> {
    /// Picks from a line, and tells whether there is room for the next one.
    fn from(&mut self, line: &mut VecDeque<Job>) -> bool {
        let mut waits = Vec::new();
        let mut room = true;
        while let Some(job) = line.front() {
            let alone = history_of(&job.command).is_some();
            room = self.batch.len() < MAX_BATCH
                && self.looked_at < LOOKED_AT
                && (!alone || self.batch.is_empty());
            if !room {
                break;
            }
            self.looked_at = self.looked_at.saturating_add(1);
            let keys = Key::all_of(&job.command, job.call);
            if self.must_wait(job, &keys) {
                self.passed.add(&keys);
                waits.extend(line.pop_front());
                continue;
            }
            self.touched.add(&keys);
            self.batch.extend(line.pop_front());
            if alone {
                room = false;
                break;
            }
        }
        for job in waits.into_iter().rev() {
            line.push_front(job);
        }
        room
    }

    fn must_wait(&self, job: &Job, keys: &[Key]) -> bool {
        let repeats = job.command.id.is_some_and(|id| self.touched.meets(&[Key::Command(id)]));
        // Who could not go beside this batch is better off in it.
        let full = self.batch.len() >= self.most && !self.touched.meets(keys);
        full || repeats || self.under_way.meets(keys) || self.passed.meets(keys)
    }
}

#[cfg(test)]
mod tests;
