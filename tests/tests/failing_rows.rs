//! The writing of each row fails once, of every command and in every table, inside the database:
//! triggers raise at the first row of a transaction, at the second, and so on. Nothing half done is
//! left, the answer is a failure of the store, the connection serves the next command, and who shares
//! a batch with such a command is not hurt.
//!
//! The long form sends more commands: `HEXACASE_LONG=1 tests/postgres run cargo test
//! -p hexacase-tests --test failing_rows -- --nocapture`.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::env;

use hexacase::{
    engine::{Command, Engine, EngineError, VerifyOptions},
    store::Store,
    terms::{area::AreaPurpose, id::CaseId},
    testing::ManualClock,
};
use hexacase_postgres::PostgresStore;
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{
    fuse::Fuse,
    postgres,
    small::{self, actor, at},
    walk::{self, Ground},
};
use serde_json::json;

fn commands(short: usize, long: usize) -> usize {
    if env::var_os("HEXACASE_LONG").is_some() { long } else { short }
}

async fn walk(store: impl Store, fuse: &Fuse, seed: u64, commands: usize) {
    let (_, county) = walk::meta(6, seed);
    let mut ground = Ground::new(store, &county, seed).await;
    let failures = ground.walk_over(commands, fuse).await;
    ground.check().await;
    println!("{commands} commands, {failures} rows failed");
    assert!(failures >= commands, "only {failures} rows failed");
}

fn opens(number: usize) -> Command {
    let form = json!({
        "source": "director", "facts": format!("样例线索{number}"),
        "seen_at": "2026-03-02 08:00", "suspected_red": false, "description": "身份不明的示例儿童",
    });
    Command::open_named(actor("director"), "risk_alert", "register_clue", form)
        .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"))
}

fn goes_on(case: CaseId) -> Command {
    let form = json!({ "verifier": "示例甲" });
    Command::fire_named(actor("director"), case, "start_verification", form)
}

/// Of eight steps in one batch the third cannot be written.
async fn one_falls_alone(store: impl Store, fuse: &Fuse) {
    let engine: Engine = small::engine(store, ManualClock::at(at("2026-03-02 09:00"))).await;
    small::people(&engine).await;
    let mut cases = Vec::new();
    for opened in engine.execute_many((0..8).map(opens)).await {
        cases.push(opened.expect("a case").case);
    }
    let culprit = cases.remove(2);
    fuse.blow_for(Some(culprit)).await;
    let mut batch: Vec<Command> = cases.iter().map(|case| goes_on(*case)).collect();
    batch.insert(2, goes_on(culprit));
    for (place, answer) in engine.execute_many(batch).await.into_iter().enumerate() {
        match answer {
            Err(EngineError::Store(problem)) => {
                assert_eq!(place, 2, "{problem}");
                assert!(!problem.is_retryable());
            }
            answer => assert_eq!(answer.expect("a step").revision.get(), 2),
        }
    }
    let stands = engine.stored_case(culprit).await.expect("the case").facts.revision.get();
    assert_eq!(stands, 1, "half of a step is there");
    fuse.blow_for(None).await;
    engine.execute(goes_on(culprit)).await.expect("the connection serves");
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
    walk(store, &fuse, 21, commands(200, 2_000)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_cannot_be_written_leaves_nothing_on_postgres() {
    let (store, fuse) = on_postgres(&walk::meta(6, 22).0).await;
    walk(store, &fuse, 22, commands(80, 800)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neighbors_of_a_failing_step_are_not_hurt_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, fuse) = sqlite(&folder, &small::meta()).await;
    one_falls_alone(store, &fuse).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neighbors_of_a_failing_step_are_not_hurt_on_postgres() {
    let (store, fuse) = on_postgres(&small::meta()).await;
    one_falls_alone(store, &fuse).await;
}
