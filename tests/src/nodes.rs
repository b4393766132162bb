//! Programs on one database: what each of them does until it is killed.
//!
//! They share the time, which runs fast so that ladders are climbed, and one file in which their
//! receiver writes down what it was given, in the order in which it was.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a program that cannot go on is to stop"
)]

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write as _,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use hexacase::{
    county,
    engine::{
        Command, Courier, CourierError, DeliveryPolicy, Engine, EngineError, Staff, Worker,
        WorkerOptions,
    },
    store::{Content, Delivery, Store, StoredCase},
    terms::{
        entropy::SystemEntropy,
        id::{ActorId, CaseId, CommandId},
        time::{Clock, SystemClock, Timestamp},
    },
};
use hexacase_pilot::{county::County, demo::Filler};
use serde_json::json;

use crate::{
    mischief::{Dice, Glance, Mischief, NoTaste},
    reread,
    said::Said,
};

/// So many times as fast as ours goes the time of the programs: a second is twelve hours.
const PACE: i64 = 43_200;

/// The time that the programs share: it begins at one moment of the machine's time.
#[derive(Clone, Copy, Debug)]
pub struct SharedClock {
    /// The machine's time at the beginning.
    pub began: Timestamp,
    /// The programs' time at the beginning.
    pub start: Timestamp,
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        let passed = SystemClock.now().as_millis().saturating_sub(self.began.as_millis());
        self.start.plus_millis(passed.saturating_mul(PACE))
    }
}

/// A receiver that writes a line for all it is given: its id, its lane, the number of its entry.
#[derive(Debug)]
pub struct Sink(Mutex<File>);

impl Sink {
    /// A receiver that writes to the end of a file.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Self(Mutex::new(file.expect("a file")))
    }
}

#[async_trait]
impl Courier for Sink {
    async fn deliver(&self, delivery: &Delivery) -> Result<(), CourierError> {
        let seq = match &delivery.content {
            Content::Message(message) => message.seq,
            Content::Answer(_) => 0,
        };
        let line = format!("{} {} {seq}\n", delivery.id, hex::encode(delivery.lane));
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One write at the end of the file: whole, or not at all.
        file.write_all(line.as_bytes()).map_err(|error| CourierError::NotNow(error.to_string()))
    }
}

/// What the programs' workers do: everything, all the time.
#[must_use]
pub fn worker_options(sink: &Path) -> WorkerOptions {
    WorkerOptions {
        sweep_every: Duration::from_millis(300),
        inbox_every: Some(Duration::from_millis(50)),
        outbox_every: Duration::from_millis(50),
        courier: Some(Arc::new(Sink::at(sink))),
        delivery: DeliveryPolicy {
            // In the programs' time: two seconds of ours.
            patience: Duration::from_hours(12),
            ..DeliveryPolicy::default()
        },
        ..WorkerOptions::default()
    }
}

/// An engine with the programs' clock.
pub async fn engine(store: impl Store, clock: SharedClock) -> Engine {
    let setup = county::setup(store).expect("definitions").clock(clock).entropy(SystemEntropy);
    setup.open().await.expect("a set-up")
}

/// What the tasks of a program share.
#[derive(Debug)]
pub struct Node<C> {
    /// The engine.
    pub engine: Engine,
    clock: C,
    staff: Staff,
    known: Mutex<BTreeMap<CaseId, StoredCase>>,
}

/// Runs so many tasks of a program and its worker, until the program is killed. Every step that is
/// committed is said aloud, and how long the longest took.
pub async fn run(
    store: impl Store,
    county: &County,
    clock: SharedClock,
    seed: u64,
    tasks: u64,
    sink: &Path,
) {
    let engine = engine(store, clock).await;
    let worker: Worker = engine.run_worker(worker_options(sink));
    let node = Arc::new(Node::new(engine, clock).await);
    let mut running = tokio::task::JoinSet::new();
    for task in 0..tasks {
        let mischief = mischief(county, seed.wrapping_mul(1_000).wrapping_add(task));
        running.spawn(Arc::clone(&node).work(mischief));
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("a task goes on until it is killed");
    }
    worker.stop().await;
}

/// Somebody who does possible and impossible things in this county.
#[must_use]
pub fn mischief(county: &County, seed: u64) -> Mischief {
    let people: Vec<ActorId> = county.staff.iter().map(|row| row.id.clone()).collect();
    let file = json!({"sha256": "00".repeat(32), "name": "示例.txt", "media_type": "text/plain", "size": 3});
    let files = vec![serde_json::from_value(file).expect("an attachment")];
    let units = county.units.iter().map(|unit| unit.id.to_string()).collect();
    let areas = county.areas.iter().map(|area| area.code.to_string()).collect();
    Mischief::new(seed, Filler::new(seed, files, units, areas), people)
}

/// An id for a command.
pub fn command_id(dice: &mut Dice) -> CommandId {
    let mut bytes = [0; 16];
    bytes.fill_with(|| u8::try_from(dice.below(256)).unwrap_or(0));
    CommandId::from_bytes(bytes)
}

impl<C: Clock> Node<C> {
    /// Takes up what is there.
    pub async fn new(engine: Engine, clock: C) -> Self {
        let staff = Staff::new(0, engine.staff().await.expect("the staff"));
        let cases = reread::all_cases(&engine).await.expect("the cases");
        let known = cases.into_iter().map(|case| (case.facts.id, case)).collect();
        Self { engine, clock, staff, known: Mutex::new(known) }
    }

    async fn work(self: Arc<Self>, mut mischief: Mischief) {
        loop {
            let command = self.command(&mut mischief).with_id(command_id(&mut mischief.dice));
            let began = SystemClock.now();
            let answer = self.engine.execute(command).await;
            let waited = SystemClock.now().as_millis().saturating_sub(began.as_millis());
            match answer {
                Ok(receipt) => {
                    say(&Said::of(&receipt).expect("every command has an id").to_string());
                    say(&format!("WAITED {waited}"));
                    for id in receipt.linked.iter().chain([&receipt.case]) {
                        self.look(&mut mischief, *id).await;
                    }
                }
                Err(EngineError::Refused(_)) => {}
                // Others were first, or the database was busy for too long.
                Err(problem) if problem.is_retryable() => {
                    say(&format!("AGAIN {waited} {}", problem.code()));
                }
                Err(problem) => panic!("the engine failed: {problem:?}"),
            }
        }
    }

    /// Looks at a case again, if it can be read.
    pub async fn look(&self, mischief: &mut Mischief, id: CaseId) {
        let Ok(stored) = self.engine.stored_case(id).await else { return };
        mischief.know(id, &stored.facts);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(id, stored);
    }

    /// The next thing that somebody does.
    pub fn command(&self, mischief: &mut Mischief) -> Command {
        let now = self.clock.now();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let ids: Vec<CaseId> = known.keys().copied().collect();
        let case = mischief.dice.pick(&ids).and_then(|id| known.get(id)).cloned();
        let other = mischief.dice.pick(&ids).and_then(|id| known.get(id)).cloned();
        drop(known);
        let opens = mischief.dice.one_in(20);
        let Some(case) = case.filter(|_| !opens) else {
            let about = other.map(|other| other.facts.subject);
            return mischief.opening(&self.engine, &self.staff, about, now);
        };
        let data = self.engine.data_of(&case).expect("a body of a known case");
        let glance = Glance {
            facts: &case.facts,
            attributes: &case.attributes,
            duties: &case.duties,
            data: &data,
            twin: None,
            other: other.as_ref().map(|other| other.facts.id),
            child: other.map(|other| other.facts.subject).filter(|child| child.kind.is_child()),
        };
        mischief.on_case(&self.engine, &self.staff, &glance, &NoTaste, now)
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").expect("the pipe");
    out.flush().expect("the pipe");
}
