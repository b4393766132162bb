//! Copies of an SQLite database are taken while four writers write: each opens as a database, has
//! everything that was acknowledged before the copying began, nothing in part, and verifies.
//!
//! The long form takes more copies of a database that grows:
//! `HEXACASE_LONG=1 cargo test -p hexacase-tests --test backups -- --nocapture`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on, or an engine that failed, is to stop"
)]

use std::{
    env, fs,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hexacase::{
    county,
    engine::{EngineError, VerifyOptions},
    terms::time::{Clock as _, SystemClock},
};
use hexacase_pilot::county::County;
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{
    nodes::{self, Node, SharedClock},
    reread::Reread,
    said::Said,
    walk::{self, Ground},
};

const WRITERS: u64 = 4;
/// Copies in the short form and the long one.
const SHORT: usize = 8;
const LONG: usize = 60;
/// So many steps are acknowledged between two copies at least.
const BETWEEN: usize = 12;

/// What was acknowledged so far.
type Heard = Arc<Mutex<Vec<Said>>>;

fn so_far(heard: &Heard) -> Vec<Said> {
    heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::connect(SqliteOptions::new(path)).await.expect("a database")
}

/// A writer with connections of its own, as another process has them.
async fn write(
    path: Arc<Path>,
    county: Arc<County>,
    clock: SharedClock,
    seed: u64,
    heard: Heard,
    over: Arc<AtomicBool>,
) {
    let engine = nodes::engine(open(&path).await, clock).await;
    let node = Node::new(engine, clock).await;
    let mut mischief = nodes::mischief(&county, seed);
    while !over.load(Ordering::SeqCst) {
        if mischief.dice.one_in(20) {
            let at = clock.now();
            match node.engine.sweep().await {
                Ok(_) => {}
                Err(problem) => assert!(problem.is_retryable(), "the sweep at {at}: {problem:?}"),
            }
        }
        let command = node.command(&mut mischief);
        let command = command.with_id(nodes::command_id(&mut mischief.dice));
        match node.engine.execute(command).await {
            Ok(receipt) => {
                let said = Said::of(&receipt).expect("every command has an id");
                heard.lock().unwrap_or_else(PoisonError::into_inner).push(said);
                for id in receipt.linked.iter().chain([&receipt.case]) {
                    node.look(&mut mischief, *id).await;
                }
            }
            Err(EngineError::Refused(_)) => {}
            Err(problem) if problem.is_retryable() => {}
            Err(problem) => panic!("the engine failed: {problem:?}"),
        }
    }
}

/// Opens a copy as whoever restores it does; gives how many entries it has.
async fn look(copy: &Path, said: &[Said]) -> usize {
    let store = open(copy).await;
    let checkup = store.check_up().await.expect("a check");
    assert_eq!(checkup.problems, Vec::<String>::new());
    let engine = county::setup(store.clone()).expect("definitions").open().await;
    let engine = engine.expect("a set-up");
    let mut reread = Reread::default();
    assert_eq!(reread.read(&engine, said).await, Ok(()));
    let verdict = engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults.iter().take(5).collect::<Vec<_>>());
    store.close().await.expect("nobody uses it");
    reread.entries()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_copy_taken_under_four_writers_has_what_was_acknowledged_before() {
    let copies = if env::var_os("HEXACASE_LONG").is_some() { LONG } else { SHORT };
    let folder = tempfile::tempdir().expect("a folder");
    let path: Arc<Path> = folder.path().join("busy.db").into();
    let (meta, county) = walk::meta(8, 41);
    let store = open(&path).await;
    store.init(&meta).await.expect("an empty database");
    drop(Ground::new(store.clone(), &county, 41).await);
    let county = Arc::new(county);
    let start = county.first_day().start().plus_hours(12);
    let clock = SharedClock { began: SystemClock.now(), start };
    let (heard, over) = (Heard::default(), Arc::new(AtomicBool::new(false)));
    let mut writers = tokio::task::JoinSet::new();
    for seed in 1..=WRITERS {
        let (path, county) = (Arc::clone(&path), Arc::clone(&county));
        let (heard, over) = (Arc::clone(&heard), Arc::clone(&over));
        writers.spawn(write(path, county, clock, seed, heard, over));
    }
    let (mut first, mut last, mut meanwhile) = (0, 0, 0);
    for number in 1..=copies {
        while so_far(&heard).len() < number * BETWEEN {
            assert!(writers.try_join_next().is_none(), "a writer ended");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let copy = folder.path().join(format!("copy-{number}.db"));
        let before = so_far(&heard);
        store.copy_to(&copy).await.expect("a copy");
        meanwhile += so_far(&heard).len() - before.len();
        last = look(&copy, &before).await;
        first = if number == 1 { last } else { first };
        fs::remove_file(copy).expect("the copy");
    }
    over.store(true, Ordering::SeqCst);
    while let Some(writer) = writers.join_next().await {
        writer.expect("a writer that ended well");
    }
    let all = so_far(&heard);
    println!(
        "{copies} copies of {first} to {last} entries under {WRITERS} writers, {meanwhile} steps \
         acknowledged while they were taken, {} in all: each whole, nothing lost",
        all.len()
    );
    assert_ne!(meanwhile, 0, "nobody wrote while a copy was taken");
    look(&path, &all).await;
}
