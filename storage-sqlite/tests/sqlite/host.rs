//! Steps inside the host's own transaction.

use hexacase::store::{GroupOutcome, OwnedTx, Read, StoreError, StoreTx, Wanted};
use hexacase_sqlite::{HostRef, SqliteStore};
use sqlx::{Connection, sqlite::SqlitePoolOptions};

use crate::support::{Database, cancel_after, case_id, moving, opening, options};

async fn fees(host: &sqlx::SqlitePool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM fee").fetch_one(host).await.unwrap()
}

async fn there(database: &Database, n: u8) -> bool {
    !database.load(&[case_id(n)]).await.unwrap().cases.is_empty()
}

const PAY: &str = "INSERT INTO fee (paid) VALUES (1)";

#[tokio::test]
async fn the_hosts_row_and_the_step_are_committed_together_or_vanish_together() {
    let database = Database::new().await;
    let host = database.host().await;
    for (n, committed) in [(2, true), (3, false)] {
        let before = fees(&host).await;
        let mut tx = database.store.begin_host(&host).await.unwrap();
        sqlx::query(PAY).execute(tx.connection()).await.unwrap();
        let wanted = Wanted { cases: vec![case_id(n)], ..Wanted::default() };
        assert!(tx.load(&wanted).await.unwrap().cases.is_empty());
        let outcomes = tx.append(&[opening(n)]).await.unwrap();
        assert!(matches!(&outcomes[..], [GroupOutcome::Written(_)]));
        assert!(!there(&database, n).await, "not before the commit");
        if committed {
            Box::new(tx).commit().await.unwrap();
        } else {
            drop(tx);
        }
        assert_eq!(there(&database, n).await, committed);
        assert_eq!(fees(&host).await, before + i64::from(committed));
    }
}

#[tokio::test]
async fn a_conflict_leaves_the_hosts_transaction_usable() {
    let database = Database::new().await;
    let host = database.host().await;
    database.append(&[opening(2)]).await;
    let mut tx = database.store.begin_host(&host).await.unwrap();
    sqlx::query(PAY).execute(tx.connection()).await.unwrap();
    for losing in [opening(2), moving(2, 7), moving(3, 1)] {
        assert_eq!(tx.append(&[losing]).await.unwrap(), [GroupOutcome::Conflict]);
    }
    assert_eq!(tx.append(&[moving(2, 1)]).await.unwrap(), [GroupOutcome::Written(Vec::new())]);
    sqlx::query(PAY).execute(tx.connection()).await.unwrap();
    Box::new(tx).commit().await.unwrap();
    assert_eq!(fees(&host).await, 2);
}

#[tokio::test]
async fn what_the_host_rolls_back_to_a_savepoint_is_forgotten() {
    let database = Database::new().await;
    let host = database.host().await;
    database.append(&[opening(2)]).await;
    let mut tx = database.store.begin_host(&host).await.unwrap();
    sqlx::query("SAVEPOINT mine").execute(tx.connection()).await.unwrap();
    tx.append(&[moving(2, 1)]).await.unwrap();
    sqlx::query("ROLLBACK TO mine").execute(tx.connection()).await.unwrap();
    assert_eq!(tx.append(&[moving(2, 2)]).await.unwrap(), [GroupOutcome::Conflict]);
    assert_eq!(tx.append(&[moving(2, 1)]).await.unwrap(), [GroupOutcome::Written(Vec::new())]);
    tx.rollback().await.unwrap();
    let loaded = database.load(&[case_id(2)]).await.unwrap();
    assert_eq!(loaded.cases[0].facts.revision.get(), 1);
}

#[tokio::test]
async fn an_interrupted_step_takes_the_hosts_rows_with_it() {
    let database = Database::new().await;
    let host = database.host().await;
    let groups = [opening(2)];
    for polls in 1..9 {
        let mut tx = database.store.begin_host(&host).await.unwrap();
        sqlx::query(PAY).execute(tx.connection()).await.unwrap();
        if cancel_after(polls, tx.append(&groups)).await.is_none() {
            let error = Box::new(tx).commit().await.unwrap_err();
            assert!(matches!(error, StoreError::Interrupted), "{error:?}");
        }
        assert_eq!(fees(&host).await, 0);
        assert!(!there(&database, 2).await);
    }
}

#[tokio::test]
async fn a_borrowed_connection_takes_steps_in_an_immediate_transaction() {
    let database = Database::new().await;
    let host = database.host().await;
    let mut tx = host.begin_with("BEGIN IMMEDIATE").await.unwrap();
    sqlx::query(PAY).execute(&mut *tx).await.unwrap();
    let mut steps = HostRef::new(&mut tx, &database.store).await.unwrap();
    steps.append(&[opening(2)]).await.unwrap();
    sqlx::query(PAY).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert!(there(&database, 2).await);
    assert_eq!(fees(&host).await, 2);
}

#[tokio::test]
async fn a_deferred_transaction_that_is_too_late_is_refused_and_stays_usable() {
    let database = Database::new().await;
    let host = database.host().await;
    database.append(&[opening(2)]).await;

    // Somebody wrote since it first read.
    let mut deferred = host.begin().await.unwrap();
    sqlx::query("SELECT * FROM fee").fetch_all(&mut *deferred).await.unwrap();
    database.append(&[moving(2, 1)]).await;
    let error = HostRef::new(&mut deferred, &database.store).await.unwrap_err();
    assert!(matches!(error, StoreError::HostMustBeginImmediate), "{error:?}");
    assert!(error.is_retryable());
    sqlx::query("SELECT * FROM fee").fetch_all(&mut *deferred).await.unwrap();
    deferred.rollback().await.unwrap();

    // Somebody else has the lock.
    let held = host.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let mut deferred = host.begin().await.unwrap();
    let error = HostRef::new(&mut deferred, &database.store).await.unwrap_err();
    assert!(matches!(error, StoreError::HostMustBeginImmediate), "{error:?}");
    deferred.rollback().await.unwrap();
    held.rollback().await.unwrap();

    // Nobody wrote: it is raised.
    let mut deferred = host.begin().await.unwrap();
    sqlx::query("SELECT * FROM fee").fetch_all(&mut *deferred).await.unwrap();
    HostRef::new(&mut deferred, &database.store).await.unwrap();
    let busy = host.begin_with("BEGIN IMMEDIATE").await.unwrap_err();
    assert_eq!(busy.as_database_error().unwrap().code().unwrap(), "5");
    deferred.rollback().await.unwrap();
}

#[tokio::test]
async fn a_host_with_one_connection_may_lend_it_at_once() {
    let database = Database::new().await;
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(database.host().await.connect_options().as_ref().clone())
        .await
        .unwrap();
    let store = SqliteStore::with_pool(pool.clone(), options(&database.folder)).await.unwrap();
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let mut steps = HostRef::new(&mut tx, &store).await.unwrap();
    steps.append(&[opening(2)]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(there(&database, 2).await);
}

#[tokio::test]
async fn a_connection_without_a_transaction_is_refused() {
    let database = Database::new().await;
    let host = database.host().await;
    let mut connection = host.acquire().await.unwrap();
    assert!(!connection.is_in_transaction());
    let error = HostRef::new(&mut connection, &database.store).await.unwrap_err();
    assert!(matches!(error, StoreError::HostMustBeginImmediate), "{error:?}");
}
