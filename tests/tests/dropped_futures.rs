//! Every public future of the engine is dropped after its first poll, its second, and so on, on a
//! database with one connection for reading and one for writing: none leaks a connection or a
//! transaction, and nothing is half there. Steps in a host's transaction are dropped beside the
//! stores (`storage-*/tests`).

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    engine::{Command, Engine, EngineError, VerifyOptions},
    store::{CaseQuery, DeliveryQuery, DeliveryState, DutyFilter, Store},
    terms::id::CommandId,
    testing::{ManualClock, samples::cancel_after},
};
use hexacase_postgres::PostgresStore;
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{
    postgres,
    small::{self, actor, at, person},
};

/// More polls than any call takes.
const MOST_POLLS: usize = 100_000;

fn clue(number: u8) -> Command {
    small::clue().with_id(CommandId::from_bytes([number; 16]))
}

/// After a future was dropped the next call has its connection at once, for reading and writing.
async fn is_free(engine: &Engine, what: &str, polls: usize) {
    let all = CaseQuery { limit: 1, ..CaseQuery::default() };
    let read = engine.cases(&all).await;
    assert!(read.is_ok(), "`{what}` dropped after {polls} polls keeps a reader: {read:?}");
    let wrote = engine.retry_deliveries(&[]).await;
    assert!(wrote.is_ok(), "`{what}` dropped after {polls} polls keeps a writer: {wrote:?}");
}

/// Drops a call after each number of polls, until it comes to its end.
macro_rules! drop_each {
    ($engine:ident, $calls:ident: $($what:literal => $call:expr;)*) => {$({
        let mut done = false;
        for polls in 1..MOST_POLLS {
            let ended = cancel_after(polls, $call).await;
            is_free(&$engine, $what, polls).await;
            $calls += 1;
            if let Some(answer) = ended {
                assert!(answer.is_ok(), "`{}`: {:?}", $what, answer.err());
                done = true;
                break;
            }
        }
        assert!(done, "`{}` does not end", $what);
    })*};
}

/// The calls that write beside the cases, or only read.
async fn drop_calls(store: impl Store) -> Engine {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = small::engine(store, clock.clone()).await;
    small::people(&engine).await;
    let opened = engine.execute(clue(1)).await.expect("an alert");
    engine.execute(small::verification(opened.case)).await.expect("a step");
    clock.advance_hours(24 * 40);
    let director = actor("director");
    let mut calls = 0;
    let dead = DeliveryQuery { state: DeliveryState::Dead, after: None, limit: 9 };
    drop_each! { engine, calls:
        "cases" => engine.cases(&CaseQuery { limit: 9, ..CaseQuery::default() });
        "stored_case" => engine.stored_case(opened.case);
        "case" => engine.case(opened.case);
        "case_as_of" => engine.case_as_of(opened.case, opened.recorded_at);
        "history" => engine.history(opened.case);
        "feed" => engine.feed(None, 9);
        "worklist" => engine.worklist(&director, None, 9);
        "overdue" => engine.overdue(None, None, 9);
        "gaps" => engine.gaps(None, 9);
        "duties_of" => engine.duties_of(opened.case);
        "duties" => engine.duties(DutyFilter::All, None, 9);
        "explain" => engine.explain(&director, opened.case, "start_verification");
        "escalations" => engine.escalations(None, 9);
        "messages" => engine.messages(None, 9);
        "deliveries" => engine.deliveries(&dead);
        "staff" => engine.staff();
        "answer_to" => engine.answer_to(CommandId::from_bytes([1; 16]));
        "verify" => engine.verify(VerifyOptions::default(), |_| ());
        "reproject" => engine.reproject(true);
        "take_inbox" => engine.take_inbox();
        "retry_deliveries" => engine.retry_deliveries(&[]);
        "change_staff" => async {
            let other = person("other", "child_welfare_director", "village", "999999101201");
            match engine.change_staff(&actor("director"), vec![other]).await {
                // Only who keeps the directory may change it: the answer is a refusal here.
                Err(EngineError::Refused(_)) | Ok(_) => Ok(()),
                Err(problem) => Err(problem),
            }
        };
        "sweep" => engine.sweep();
    }
    let again = engine.sweep().await.expect("a sweep");
    assert_eq!(again.rungs, 0, "the sweeps that were dropped and the last one climbed all");
    println!("{calls} calls dropped or ended");
    engine
}

/// A command whose caller goes away is carried out once or not at all, and its id tells which.
async fn drop_commands(engine: &Engine) {
    let mut number = 10;
    for polls in 1..MOST_POLLS {
        number += 1;
        let ended = cancel_after(polls, engine.execute(clue(number))).await;
        is_free(engine, "execute", polls).await;
        let receipt = engine.execute(clue(number)).await.expect("an alert");
        assert_eq!(engine.history(receipt.case).await.expect("entries").len(), 1);
        let many = engine.execute_many([clue(number), small::verification(receipt.case)]);
        let done = cancel_after(polls, many).await;
        is_free(engine, "execute_many", polls).await;
        if ended.is_some() && done.is_some() {
            break;
        }
    }
    let verdict = engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults);
}

#[tokio::test]
async fn no_future_of_the_engine_leaks_anything_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = SqliteOptions::new(folder.path().join("dropped.db"));
    options.readers = 1;
    let store = SqliteStore::connect(options).await.expect("a database");
    store.init(&small::meta()).await.expect("an empty database");
    drop_commands(&drop_calls(store).await).await;
}

#[tokio::test]
async fn no_future_of_the_engine_leaks_anything_on_postgres() {
    let mut options = postgres::options();
    (options.readers, options.writers) = (1, 1);
    let store = PostgresStore::connect(options).await.expect("a database");
    store.init(&small::meta()).await.expect("an empty schema");
    drop_commands(&drop_calls(store).await).await;
}
