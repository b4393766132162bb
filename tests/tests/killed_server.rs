//! A PostgreSQL server is killed at random moments, with all its sessions at once, while eight tasks of
//! one program write and a ninth sweeps: what was acknowledged is there when the server runs again,
//! nothing is half there, and the program goes on without being started anew.
//!
//! Every task is told by an error of a known kind, none waits for ever. An error that says that nothing
//! was written is held to its word; where the outcome is not known, the same command is given again
//! under its id and is carried out once.
//!
//! The server is this test's own and has `fsync` on; its folder may be in memory, which is no matter
//! to a killed process: what it had handed to the system is kept. The short form kills it 10 times.
//! The long one, 200 times, takes longer than a runner of tests may allow:
//! `HEXACASE_LONG=1 cargo test -p hexacase-tests --test killed_server -- --nocapture`.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on, or a program that failed, is to stop"
)]

use std::{
    collections::BTreeMap,
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use hexacase::{
    county,
    engine::{Command, Engine, EngineError, VerifyOptions},
    terms::{
        entropy::SystemEntropy,
        id::CommandId,
        time::{Clock as _, SystemClock},
    },
};
use hexacase_pilot::{county::County, demo::VirtualClock};
use hexacase_postgres::{Trouble, TroubleKind};
use hexacase_tests::{
    mischief::{Dice, Mischief},
    nodes::{self, Node},
    place::Place,
    postgres::Server,
    reread::Reread,
    said::Said,
    walk::{self, Ground},
};
use tokio::task::JoinSet;

const SHORT: u32 = 10;
const LONG: u32 = 200;
const TASKS: u64 = 8;
/// How long a task waits for a lock or a connection.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the tasks of a round share.
struct Round {
    node: Node<VirtualClock>,
    clock: VirtualClock,
    /// The server is about to be killed: from here on its silence is no surprise.
    down: AtomicBool,
    acknowledged: AtomicUsize,
}

/// A command of which its giver does not know what became, and what it was told instead.
struct Open {
    id: CommandId,
    command: Command,
    problem: EngineError,
}

/// What a task did until the server was gone.
#[derive(Default)]
struct Worked {
    said: Vec<Said>,
    refused: usize,
    /// What the server's end left open.
    open: Option<Open>,
    /// The longest that it waited for an answer, in milliseconds.
    waited: i64,
}

/// What became of the commands that were told an error: how often they had been carried out, and how
/// often not.
type Settled = BTreeMap<String, (usize, usize)>;

async fn engine(place: &Place, clock: &VirtualClock) -> Engine {
    let setup = county::setup(place.store(PATIENCE).await).expect("definitions");
    let setup = setup.clock(clock.clone()).entropy(SystemEntropy);
    setup.open().await.expect("a set-up")
}

fn trouble(problem: &EngineError) -> Option<TroubleKind> {
    let EngineError::Store(problem) = problem else { return None };
    Trouble::of(problem).map(Trouble::kind)
}

/// The error's code, which of the kinds that an embedder is told of it is.
fn code(problem: &EngineError) -> String {
    trouble(problem).map_or_else(|| problem.code(), |kind| kind.code().to_owned())
}

/// Whether an error leaves it open what became of the command. All others say that nothing was written.
fn is_open(problem: &EngineError) -> bool {
    matches!(problem, EngineError::Lost) || trouble(problem) == Some(TroubleKind::OutcomeUnknown)
}

/// Whether an error is one that a server that goes away may cause.
fn is_expected(problem: &EngineError) -> bool {
    problem.is_retryable() || is_open(problem) || trouble(problem) == Some(TroubleKind::NoAnswer)
}

impl Round {
    fn is_over(&self, problem: &EngineError) -> bool {
        assert!(is_expected(problem), "no error of a server that is gone: {problem:?}");
        let down = self.down.load(Ordering::SeqCst);
        assert!(down || trouble(problem).is_none(), "nobody had killed the server: {problem:?}");
        down
    }

    /// Takes steps until the server is gone.
    async fn work(self: Arc<Self>, mut mischief: Mischief) -> (Mischief, Worked) {
        let mut worked = Worked::default();
        while worked.open.is_none() {
            let id = nodes::command_id(&mut mischief.dice);
            let command = self.node.command(&mut mischief).with_id(id);
            let began = SystemClock.now();
            let answer = self.node.engine.execute(command.clone()).await;
            let waited = SystemClock.now().as_millis().saturating_sub(began.as_millis());
            worked.waited = worked.waited.max(waited);
            match answer {
                Ok(receipt) => {
                    self.acknowledged.fetch_add(1, Ordering::SeqCst);
                    worked.said.push(Said::of(&receipt).expect("every command has an id"));
                    for id in receipt.linked.iter().chain([&receipt.case]) {
                        self.node.look(&mut mischief, *id).await;
                    }
                }
                Err(EngineError::Refused(_)) => worked.refused += 1,
                Err(problem) if self.is_over(&problem) => {
                    worked.open = Some(Open { id, command, problem });
                }
                // Another task was first.
                Err(_) => {}
            }
        }
        (mischief, worked)
    }

    /// Sweeps until the server is gone.
    async fn sweep(self: Arc<Self>) -> Worked {
        let mut worked = Worked::default();
        loop {
            let at = self.clock.now();
            match self.node.engine.sweep().await {
                Ok(swept) => worked.said.push(Said::Swept { at, rungs: swept.rungs }),
                Err(problem) if self.is_over(&problem) => return worked,
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Gives the commands again whose outcome is open, until they are answered.
    async fn settle(&self, open: Vec<Open>, settled: &mut Settled) -> Vec<CommandId> {
        let mut undone = Vec::new();
        for Open { id, command, problem } in open {
            let done = loop {
                match self.node.engine.execute(command.clone()).await {
                    Ok(receipt) => break receipt.repeated,
                    Err(EngineError::Refused(_)) => {
                        undone.push(id);
                        break false;
                    }
                    // Connections that were open are found to be dead one by one.
                    Err(again) => assert!(
                        is_expected(&again) && !is_open(&again),
                        "the server runs again: {again:?}"
                    ),
                }
            };
            assert!(!done || is_open(&problem), "`{problem}` was not true: {id} was carried out");
            let counts = settled.entry(code(&problem)).or_default();
            *(if done { &mut counts.0 } else { &mut counts.1 }) += 1;
        }
        undone
    }
}

/// Runs the tasks, kills the server under them, and gives what they did.
async fn kill_under(
    round: &Arc<Round>,
    server: &Arc<Server>,
    people: Vec<Mischief>,
    dice: &mut Dice,
) -> (Vec<Mischief>, Vec<Worked>) {
    let mut tasks = JoinSet::new();
    for mischief in people {
        tasks.spawn(Arc::clone(round).work(mischief));
    }
    let sweeper = tokio::spawn(Arc::clone(round).sweep());
    // Something is acknowledged first, except now and then.
    let early = dice.one_in(10);
    while !early && round.acknowledged.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_micros(dice.below(300_000) as u64)).await;
    round.down.store(true, Ordering::SeqCst);
    let killed = Arc::clone(server);
    tokio::task::spawn_blocking(move || killed.kill()).await.expect("it is killed");
    let (people, mut worked): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().unzip();
    worked.push(sweeper.await.expect("the sweeper ends"));
    (people, worked)
}

fn people(county: &County) -> Vec<Mischief> {
    (0..TASKS).map(|task| nodes::mischief(county, 31 + task)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_nothing_that_was_acknowledged() {
    let kills = if env::var_os("HEXACASE_LONG").is_some() { LONG } else { SHORT };
    let server = Arc::new(Server::start());
    let place = Place::Postgres { url: server.url.clone(), schema: "hexacase".to_owned() };
    let (meta, county) = walk::meta(12, 11);
    let store = place.store(PATIENCE).await;
    store.init(&meta).await;
    drop(Ground::new(store, &county, 1).await);
    let clock = VirtualClock::at(county.first_day().start().plus_hours(12));
    // One program all the time.
    let node = Node::new(engine(&place, &clock).await, clock.clone()).await;
    let mut round = Round {
        node,
        clock: clock.clone(),
        down: AtomicBool::new(false),
        acknowledged: AtomicUsize::new(0),
    };
    let mut reread = Reread::default();
    reread.read(&round.node.engine, &[]).await.expect("what was imported is there");
    let mut dice = Dice::new(20_260_102);
    let mut people = people(&county);
    let (mut settled, mut steps, mut refused, mut waited) = (Settled::new(), 0, 0, 0);
    for kill in 1..=kills {
        // Time never stands still between two readings.
        clock.set(clock.now().plus_hours(6 + i64::try_from(dice.below(12)).unwrap_or(0)));
        round.down = AtomicBool::new(false);
        round.acknowledged = AtomicUsize::new(0);
        let shared = Arc::new(round);
        let worked;
        (people, worked) = kill_under(&shared, &server, people, &mut dice).await;
        round = Arc::into_inner(shared).expect("all tasks have ended");
        server.restart();
        let (mut said, mut open) = (Vec::new(), Vec::new());
        for task in worked {
            steps += task.said.iter().filter(|said| matches!(said, Said::Step { .. })).count();
            refused += task.refused;
            waited = task.waited.max(waited);
            said.extend(task.said);
            open.extend(task.open);
        }
        let undone = round.settle(open, &mut settled).await;
        let read = reread.read(&round.node.engine, &said).await;
        read.unwrap_or_else(|wrong| panic!("kill {kill}: {wrong}"));
        for id in undone {
            assert!(!reread.has_step(id), "kill {kill}: {id} was refused, and carried out before");
        }
    }
    // As a program that is started anew sees it.
    let fresh = engine(&place, &clock).await;
    let mut whole = Reread::default();
    whole.read(&fresh, &[]).await.expect("it is whole");
    let rungs = reread.rungs(&fresh).await.expect("the rungs");
    let verdict = fresh.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults.iter().take(5).collect::<Vec<_>>());
    assert_eq!(whole.entries(), reread.entries());
    println!(
        "{kills} kills of the server under {TASKS} tasks: {steps} acknowledged steps, {refused} \
         refused, {} entries, {rungs} rungs, {} links between cases; the longest wait was {waited} ms;\n\
         told an error (carried out, not carried out): {settled:?}",
        reread.entries(),
        reread.links,
    );
    assert!(steps > 0 && rungs > 0, "nothing was done");
}
