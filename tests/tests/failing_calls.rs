//! Every call of the store fails once in every command, in every procedure and on every store:
//! before it was done, or after. Nothing half done is left, and what stands is found again by the
//! command's id.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    engine::EngineError,
    store::{CaseQuery, Store},
    testing::{FailingStore, Fails, ManualClock, MemoryStore},
};
use hexacase_postgres::PostgresStore;
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{
    postgres,
    reach::Reach,
    small,
    walk::{Ground, meta},
};

async fn walk_on(store: impl Store, seed: u64, commands: usize) -> Reach {
    let (_, county) = meta(6, seed);
    let store = FailingStore::over(store);
    let mut ground = Ground::new(store.clone(), &county, seed).await;
    let failures = ground.walk_on(commands, &store).await;
    ground.check().await;
    println!("{commands} commands, {failures} calls failed");
    // Begin and load at the least.
    assert!(failures >= 2 * commands, "only {failures} calls failed");
    ground.reach().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_fails_leaves_nothing_half_done_in_any_procedure() {
    let (meta, _) = meta(6, 11);
    let reach = walk_on(MemoryStore::new(meta), 11, 1_500).await;
    let short = reach.short_of(1);
    assert!(short.is_empty(), "nothing failed in {short:?}:\n{reach}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_holds_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let (meta, _) = meta(6, 12);
    let options = SqliteOptions::new(folder.path().join("failing.db"));
    let store = SqliteStore::connect(options).await.expect("a database");
    store.init(&meta).await.expect("an empty database");
    walk_on(store, 12, 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_holds_on_postgres() {
    let (meta, _) = meta(6, 13);
    let store = PostgresStore::connect(postgres::options()).await.expect("a database");
    store.init(&meta).await.expect("an empty schema");
    walk_on(store, 13, 100).await;
}

#[tokio::test]
async fn a_batch_whose_commit_is_not_answered_is_never_carried_out_twice() {
    let mut unknown = 0;
    // One call after the other fails after it was done; one of them is the commit.
    for call in 1..=6 {
        let store = FailingStore::over(MemoryStore::new(small::meta()));
        let clock = ManualClock::at(small::at("2026-03-02 09:00"));
        let engine = small::engine(store.clone(), clock).await;
        small::people(&engine).await;
        let known = small::clue().with_id(small::numbered(2));
        store.fail_at(call, Fails::After);
        let answers = engine.execute_many([small::clue(), known.clone()]).await;
        store.heal();
        engine.execute(known).await.expect("the same command again");
        let query = CaseQuery {
            procedure: Some("risk_alert".to_owned()),
            limit: 9,
            ..CaseQuery::default()
        };
        let cases = engine.cases(&query).await.expect("a list").len();
        match &answers[0] {
            Ok(_) => assert_eq!(cases, 2, "call {call}"),
            Err(EngineError::Lost) => {
                assert!(cases <= 2, "call {call}: {cases} cases");
                unknown += 1;
            }
            Err(problem) => assert_eq!(cases, 1, "call {call}: {problem}"),
        }
    }
    assert_eq!(unknown, 1, "no call was the commit");
}
