//! Several writers at once, each as a process of its own would be: what SQLite never has.

use hexacase::store::{Group, GroupOutcome, Store, StoreError, Wanted};
use hexacase_postgres::PostgresStore;
use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::{
    server::stranger,
    support::{Database, case_id, moving, opening, realm},
};

async fn append(store: PostgresStore, groups: Vec<Group>) -> Result<Vec<GroupOutcome>, StoreError> {
    let mut tx = store.begin(&realm()).await?;
    let outcomes = tx.append(&groups).await?;
    tx.commit().await?;
    Ok(outcomes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_over_the_same_cases_in_any_order_never_deadlock_and_move_each_case_once() {
    let database = Database::new().await;
    database.append(&(2..12).map(opening).collect::<Vec<_>>()).await;
    let (one, two) = (database.another().await, database.another().await);
    for revision in 1..20 {
        let forward: Vec<Group> = (2..12).map(|n| moving(n, revision)).collect();
        let backward = forward.iter().rev().cloned().collect();
        let first = tokio::spawn(append(one.clone(), forward));
        let second = tokio::spawn(append(two.clone(), backward));
        let (first, second) = (first.await.unwrap().unwrap(), second.await.unwrap().unwrap());
        for (first, second) in first.iter().zip(second.iter().rev()) {
            assert!((*first == GroupOutcome::Conflict) != (*second == GroupOutcome::Conflict));
        }
    }
    let loaded = database.load(&(2..12).map(case_id).collect::<Vec<_>>()).await.unwrap();
    assert!(loaded.cases.iter().all(|case| case.facts.revision.get() == 20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_new_case_of_two_writers_is_opened_once_and_numbers_have_no_gap() {
    let database = Database::new().await;
    let (one, two) = (database.another().await, database.another().await);
    // Without scopes there is nothing to lock: the key of the case itself is raced for.
    let opened = |n: u8| {
        let mut group = opening(n);
        group.scopes.clear();
        group
    };
    for n in 2..40 {
        let first = tokio::spawn(append(one.clone(), vec![opened(n)]));
        let second = tokio::spawn(append(two.clone(), vec![opened(n)]));
        let outcomes = [first.await.unwrap().unwrap(), second.await.unwrap().unwrap()].concat();
        let stood = outcomes.iter().filter(|one| **one != GroupOutcome::Conflict).count();
        assert_eq!(stood, 1, "case {n}");
    }
    assert_eq!(database.count("SELECT count(*) FROM {schema}.case_file").await, 38);
    assert_eq!(database.count("SELECT max(number) FROM {schema}.case_file").await, 38);
}

#[tokio::test]
async fn a_lock_that_is_not_had_in_time_is_said_to_be_busy_and_can_be_tried_again() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    let mut other = stranger().await;
    let mut held = other.begin().await.unwrap();
    let text = format!("SELECT 1 FROM {}.case_file FOR UPDATE", database.options.schema);
    held.execute(AssertSqlSafe(text)).await.unwrap();
    let mut tx = database.store.begin(&realm()).await.unwrap();
    let error = tx.append(&[moving(2, 1)]).await.unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    assert!(matches!(tx.commit().await, Err(StoreError::Interrupted)));
    // Others are not hindered meanwhile.
    database.append(&[opening(3)]).await;
    held.rollback().await.unwrap();
    let outcome = database.append(&[moving(2, 1)]).await;
    assert_eq!(outcome, [GroupOutcome::Written(Vec::new())]);
}

#[tokio::test]
async fn more_transactions_than_connections_wait_and_are_told_when_it_takes_too_long() {
    let database = Database::new().await;
    let first = database.store.begin(&realm()).await.unwrap();
    let _second = database.store.begin(&realm()).await.unwrap();
    let error = database.store.begin(&realm()).await.err();
    assert!(matches!(error, Some(StoreError::Busy { .. })), "{error:?}");
    drop(first);
    database.append(&[opening(2)]).await;
}

#[tokio::test]
async fn connections_that_the_server_ended_are_opened_again() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    let wanted = Wanted { cases: vec![case_id(2)], ..Wanted::default() };
    for n in 3..6 {
        assert!(database.end_sessions("idle").await > 0);
        let mut tx = database.store.begin(&realm()).await.unwrap();
        if n > 3 {
            assert_eq!(tx.load(&wanted).await.unwrap().cases.len(), 1);
        }
        tx.append(&[opening(n)]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_transaction_whose_connection_was_ended_fails_and_leaves_nothing() {
    let database = Database::new().await;
    let mut tx = database.store.begin(&realm()).await.unwrap();
    tx.append(&[opening(2)]).await.unwrap();
    assert_eq!(database.end_sessions("idle in transaction").await, 1);
    let error = tx.commit().await.unwrap_err();
    assert!(matches!(error, StoreError::Backend { retryable: false, .. }), "{error:?}");
    assert!(database.load(&[case_id(2)]).await.unwrap().cases.is_empty());
    database.append(&[opening(2)]).await;
}
