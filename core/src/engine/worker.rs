//! A loop for hosts that want one: sweeps, inbox and outbox, each in a task of its own.
//!
//! Any number of workers may run on one database, in any number of processes: a rung is climbed
//! once because its case's revision is compared, a command is answered once, a delivery is leased.
//! Nobody is elected.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, task::JoinSet};

use super::{Courier, DeliveryPolicy, Engine, EngineError};
use crate::terms::{entropy::Entropy, time::Timestamp};

/// What a worker does, and how often.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// How long to wait between sweeps.
    pub sweep_every: Duration,
    /// How long to wait before an empty inbox is looked at again; nothing: there is no inbox.
    pub inbox_every: Option<Duration>,
    /// How long to wait before an outbox with nothing due is looked at again.
    pub outbox_every: Duration,
    /// Who delivers; nothing: nobody does here.
    pub courier: Option<Arc<dyn Courier>>,
    /// How deliveries are tried.
    pub delivery: DeliveryPolicy,
    /// How long to wait at most after failures.
    pub longest_wait: Duration,
}

impl Default for WorkerOptions {
    /// A sweep a minute, the inbox every second, no courier; after failures at most a minute.
    fn default() -> Self {
        Self {
            sweep_every: Duration::from_mins(1),
            inbox_every: Some(Duration::from_secs(1)),
            outbox_every: Duration::from_secs(1),
            courier: None,
            delivery: DeliveryPolicy::default(),
            longest_wait: Duration::from_mins(1),
        }
    }
}

/// One of the things a worker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Job {
    /// Waits end, ladders are climbed.
    Sweep,
    /// Commands are carried out.
    Inbox,
    /// Messages and answers are delivered.
    Outbox,
}

/// How a job is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobHealth {
    /// When it last came to its end.
    pub succeeded_at: Option<Timestamp>,
    /// How often it failed since then.
    pub failures: u32,
    /// The code of the last failure since then.
    pub problem: Option<String>,
    /// What it did so far: rungs climbed and waits ended, commands answered, attempts made.
    pub done: u64,
}

/// How a worker is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerHealth {
    /// The sweep.
    pub sweep: JobHealth,
    /// The inbox.
    pub inbox: JobHealth,
    /// The outbox.
    pub outbox: JobHealth,
}

impl WorkerHealth {
    fn job(&mut self, job: Job) -> &mut JobHealth {
        match job {
            Job::Sweep => &mut self.sweep,
            Job::Inbox => &mut self.inbox,
            Job::Outbox => &mut self.outbox,
        }
    }

    /// Whether nothing failed the last time.
    pub fn is_well(&self) -> bool {
        [&self.sweep, &self.inbox, &self.outbox].iter().all(|job| job.failures == 0)
    }
}

/// A worker that runs. Dropped, it stops.
#[derive(Debug)]
pub struct Worker {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    health: Arc<Mutex<WorkerHealth>>,
}

impl Worker {
    /// How it is doing.
    pub fn health(&self) -> WorkerHealth {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops it and waits until it has stopped. What was under way is dropped where it stands: a
    /// transaction leaves nothing, a delivery is made again when its lease has run out.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Engine {
    /// Runs a worker in tasks of its own until it is stopped or dropped. Waits between rounds are
    /// drawn from the upper half of what the options say, so that workers do not march in step.
    pub fn run_worker(&self, options: WorkerOptions) -> Worker {
        let (stop, stopped) = watch::channel(false);
        let health = Arc::<Mutex<WorkerHealth>>::default();
        let mut tasks = JoinSet::new();
        let round = |job, every| Rounds {
            engine: self.clone(),
            job,
            every,
            longest: options.longest_wait,
            stopped: stopped.clone(),
            health: Arc::clone(&health),
        };
        let sweep = round(Job::Sweep, options.sweep_every);
        tasks.spawn(sweep.run(|engine| async move {
            let swept = engine.sweep().await?;
            Ok(Did { count: swept.rungs.saturating_add(swept.waits), more: false })
        }));
        if let Some(every) = options.inbox_every {
            tasks.spawn(round(Job::Inbox, every).run(|engine| async move {
                let taken = engine.take_inbox().await?;
                Ok(Did { count: taken.answered(), more: false })
            }));
        }
        if let Some(courier) = options.courier {
            let policy = options.delivery;
            tasks.spawn(round(Job::Outbox, options.outbox_every).run(move |engine| {
                let courier = Arc::clone(&courier);
                async move {
                    let sent = engine.deliver(&courier, &policy).await?;
                    // What was delivered makes way for what follows it in its case.
                    Ok(Did { count: sent.attempts(), more: sent.delivered > 0 })
                }
            }));
        }
        Worker { stop, tasks, health }
    }
}

/// What a round did.
struct Did {
    count: usize,
    /// There may be more to do at once.
    more: bool,
}

/// The rounds of a job.
struct Rounds {
    engine: Engine,
    job: Job,
    every: Duration,
    longest: Duration,
    stopped: watch::Receiver<bool>,
    health: Arc<Mutex<WorkerHealth>>,
}

impl Rounds {
    async fn run<F, R>(mut self, work: F)
    where
        F: Fn(Engine) -> R + Send,
        R: Future<Output = Result<Did, EngineError>> + Send,
    {
        let mut failures = 0_u32;
        loop {
            let did = tokio::select! {
                biased;
                _ = self.stopped.changed() => return,
                did = work(self.engine.clone()) => did,
            };
            failures = if did.is_ok() { 0 } else { failures.saturating_add(1) };
            let more = did.as_ref().is_ok_and(|did| did.more);
            self.note(did, failures);
            if more {
                tokio::task::yield_now().await;
                continue;
            }
            let wait = jittered(self.wait(failures), &*self.engine.inner.entropy);
            tokio::select! {
                biased;
                _ = self.stopped.changed() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// How long to wait: twice as long after each failure, and never longer than is said.
    fn wait(&self, failures: u32) -> Duration {
        if failures == 0 {
            return self.every;
        }
        let wait = self.every.max(Duration::from_millis(100)).saturating_mul(1 << failures.min(16));
        wait.min(self.longest.max(self.every))
    }

    fn note(&self, did: Result<Did, EngineError>, failures: u32) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let job = health.job(self.job);
        job.failures = failures;
        match did {
            Ok(did) => {
                job.succeeded_at = Some(self.engine.inner.clock.now());
                job.problem = None;
                job.done = job.done.saturating_add(u64::try_from(did.count).unwrap_or(u64::MAX));
            }
            Err(problem) => {
                let code = problem.code();
                tracing::warn!(job = ?self.job, code, failures, "a round of the worker failed");
                job.problem = Some(code);
            }
        }
    }
}

/// Between half of a wait and all of it.
fn jittered(wait: Duration, entropy: &dyn Entropy) -> Duration {
    let [first, second, ..] = entropy.bytes();
    let half = wait / 2;
    half + half.mul_f64(f64::from(u16::from_be_bytes([first, second])) / f64::from(u16::MAX))
}
