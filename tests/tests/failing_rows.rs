//! The writing of each row fails once, of every command and in every table, inside the database:
//! triggers raise at the first row of a transaction, at the second, and so on. Nothing half done is
//! left, the answer is a failure of the store, the connection serves the next command, and who shares
//! a batch with such a command is not hurt.
//!
//! On PostgreSQL they raise what it raises itself when it cannot put transactions into an order, or
//! finds a deadlock: the answer says then that the same command may be given again. Such failures
//! come from what others do, so there are real ones in `rivals.rs`.
//!
//! The long form sends more commands: `HEXACASE_LONG=1 tests/postgres run cargo test
//! -p hexacase-tests --test failing_rows -- --nocapture`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on is to stop"
)]

use std::env;

use hexacase::{
    engine::{Command, Engine, EngineError, VerifyOptions},
    store::Store,
    terms::id::CaseId,
    testing::ManualClock,
};
use hexacase_postgres::PostgresStore;
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{
    fuse::{Blows, Fuse},
    postgres,
    small::{self, at},
    walk::{self, Ground},
};

fn commands(short: usize, long: usize) -> usize {
    if env::var_os("HEXACASE_LONG").is_some() { long } else { short }
}

async fn walk(store: impl Store, fuse: &Fuse, blows: Blows, seed: u64, commands: usize) {
    let (_, county) = walk::meta(6, seed);
    let mut ground = Ground::new(store, &county, seed).await;
    let failures = ground.walk_over(commands, fuse, blows).await;
    ground.check().await;
    println!("{commands} commands, {failures} rows failed: {blows:?}");
    assert!(failures >= commands, "only {failures} rows failed");
}

/// Eight cases, and the third of them.
async fn eight(store: impl Store) -> (Engine, Vec<CaseId>, CaseId) {
    let engine: Engine = small::engine(store, ManualClock::at(at("2026-03-02 09:00"))).await;
    small::people(&engine).await;
    let mut cases = Vec::new();
    for opened in engine.execute_many((0..8).map(|_| small::clue())).await {
        cases.push(opened.expect("a case").case);
    }
    let third = cases[2];
    (engine, cases, third)
}

/// Of eight steps in one batch the third cannot be written; then it can.
async fn one_falls_alone(engine: &Engine, cases: &[CaseId], fuse: &Fuse, retryable: bool) {
    let batch: Vec<Command> = cases.iter().map(|case| small::verification(*case)).collect();
    for (place, answer) in engine.execute_many(batch).await.into_iter().enumerate() {
        match answer {
            Err(EngineError::Store(problem)) => {
                assert_eq!(place, 2, "{problem}");
                assert_eq!(problem.is_retryable(), retryable, "{problem}");
            }
            answer => assert_eq!(answer.expect("a step").revision.get(), 2),
        }
    }
    let stands = engine.stored_case(cases[2]).await.expect("the case").facts.revision.get();
    assert_eq!(stands, 1, "half of a step is there");
    fuse.blow_for(None).await;
    if matches!(fuse, Fuse::Postgres(..)) {
        fuse.blow_commit_for(None).await;
    }
    engine.execute(small::verification(cases[2])).await.expect("the connection serves");
    let verdict = engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults);
}

async fn sqlite(folder: &tempfile::TempDir, meta: &hexacase::store::Meta) -> (SqliteStore, Fuse) {
    let path = folder.path().join("fuse.db");
    let store = SqliteStore::connect(SqliteOptions::new(&path)).await.expect("a database");
    store.init(meta).await.expect("an empty database");
    (store, Fuse::in_sqlite(&path).await)
}

async fn on_postgres(meta: &hexacase::store::Meta) -> (PostgresStore, Fuse) {
    let options = postgres::options();
    let store = PostgresStore::connect(options.clone()).await.expect("a database");
    store.init(meta).await.expect("an empty schema");
    (store, Fuse::in_postgres(&options.url, &options.schema).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_cannot_be_written_leaves_nothing_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, fuse) = sqlite(&folder, &walk::meta(6, 21).0).await;
    walk(store, &fuse, Blows::Plainly, 21, commands(200, 2_000)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_cannot_be_written_leaves_nothing_on_postgres() {
    let (store, fuse) = on_postgres(&walk::meta(6, 22).0).await;
    walk(store, &fuse, Blows::Plainly, 22, commands(80, 800)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_serialization_failure_at_any_row_leaves_nothing_and_may_be_tried_again() {
    let (store, fuse) = on_postgres(&walk::meta(6, 23).0).await;
    walk(store, &fuse, Blows::Unserializable, 23, commands(40, 400)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_at_any_row_leaves_nothing_and_may_be_tried_again() {
    let (store, fuse) = on_postgres(&walk::meta(6, 24).0).await;
    walk(store, &fuse, Blows::Deadlocked, 24, commands(40, 400)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neighbors_of_a_failing_step_are_not_hurt_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, fuse) = sqlite(&folder, &small::meta()).await;
    let (engine, cases, third) = eight(store).await;
    fuse.blow_for(Some(third)).await;
    one_falls_alone(&engine, &cases, &fuse, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neighbors_of_a_failing_step_are_not_hurt_on_postgres() {
    let codes = [(Blows::Plainly, false), (Blows::Unserializable, true), (Blows::Deadlocked, true)];
    for (blows, retryable) in codes {
        let (store, fuse) = on_postgres(&small::meta()).await;
        let (engine, cases, third) = eight(store).await;
        fuse.blows(blows).await;
        fuse.blow_for(Some(third)).await;
        one_falls_alone(&engine, &cases, &fuse, retryable).await;
    }
}

/// What fails in the commit by the server's word is not lost: the commands without an id are carried
/// out too, because the server rolled back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neighbors_of_a_step_whose_commit_meets_a_deadlock_are_not_hurt() {
    for blows in [Blows::Unserializable, Blows::Deadlocked] {
        let (store, fuse) = on_postgres(&small::meta()).await;
        let (engine, cases, third) = eight(store).await;
        fuse.blows(blows).await;
        fuse.blow_commit_for(Some(third)).await;
        one_falls_alone(&engine, &cases, &fuse, true).await;
    }
}
