//! Steps inside the host's own transaction.

use hexacase::store::{GroupOutcome, OwnedTx, Read, StoreError, StoreTx, Wanted};
use hexacase_postgres::HostRef;
use sqlx::Executor;

use crate::support::{Database, cancel_after, case_id, moving, opening};

async fn fees(database: &Database) -> i64 {
    database.count(&format!("SELECT count(*) FROM {}", database.fee())).await
}

async fn there(database: &Database, n: u8) -> bool {
    !database.load(&[case_id(n)]).await.unwrap().cases.is_empty()
}

#[tokio::test]
async fn the_hosts_row_and_the_step_are_committed_together_or_vanish_together() {
    let database = Database::new().await;
    let host = database.host().await;
    for (n, committed) in [(2, true), (3, false)] {
        let before = fees(&database).await;
        let mut tx = database.store.begin_host(&host).await.unwrap();
        database.pay(tx.connection()).await;
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
        assert_eq!(fees(&database).await, before + i64::from(committed));
    }
}

#[tokio::test]
async fn a_conflict_leaves_the_hosts_transaction_usable() {
    let database = Database::new().await;
    let host = database.host().await;
    database.append(&[opening(2)]).await;
    let mut tx = database.store.begin_host(&host).await.unwrap();
    database.pay(tx.connection()).await;
    for losing in [opening(2), moving(2, 7), moving(3, 1)] {
        assert_eq!(tx.append(&[losing]).await.unwrap(), [GroupOutcome::Conflict]);
    }
    assert_eq!(tx.append(&[moving(2, 1)]).await.unwrap(), [GroupOutcome::Written(Vec::new())]);
    database.pay(tx.connection()).await;
    Box::new(tx).commit().await.unwrap();
    assert_eq!(fees(&database).await, 2);
}

#[tokio::test]
async fn a_race_for_the_same_key_is_a_conflict_and_leaves_the_hosts_transaction_usable() {
    let database = Database::new().await;
    let host = database.host().await;
    // The same command opens two cases of subjects that nobody locks: neither has a row to lock.
    let without_scopes = |n: u8| {
        let mut group = opening(n);
        group.scopes.clear();
        group.commands[0].id = opening(2).commands[0].id;
        group
    };
    let mut first = database.store.begin_host(&host).await.unwrap();
    first.append(&[without_scopes(2)]).await.unwrap();
    let mut second = database.store.begin_host(&host).await.unwrap();
    database.pay(second.connection()).await;
    // The second waits at the key until the first ends; the look after that sees it.
    let groups = [without_scopes(3), opening(4)];
    let (committed, outcomes) = tokio::join!(Box::new(first).commit(), second.append(&groups));
    committed.unwrap();
    let outcomes = outcomes.unwrap();
    assert!(matches!(outcomes[..], [GroupOutcome::Conflict, GroupOutcome::Written(_)]));
    database.pay(second.connection()).await;
    Box::new(second).commit().await.unwrap();
    assert_eq!(fees(&database).await, 2);
    assert!(!there(&database, 3).await && there(&database, 4).await);
}

#[tokio::test]
async fn what_the_host_rolls_back_to_a_savepoint_is_forgotten() {
    let database = Database::new().await;
    let host = database.host().await;
    database.append(&[opening(2)]).await;
    let mut tx = database.store.begin_host(&host).await.unwrap();
    tx.connection().execute("SAVEPOINT mine").await.unwrap();
    tx.append(&[moving(2, 1)]).await.unwrap();
    tx.connection().execute("ROLLBACK TO mine").await.unwrap();
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
        database.pay(tx.connection()).await;
        if cancel_after(polls, tx.append(&groups)).await.is_none() {
            let error = Box::new(tx).commit().await.unwrap_err();
            assert!(matches!(error, StoreError::Interrupted), "{error:?}");
        } else {
            drop(tx);
        }
        assert_eq!(fees(&database).await, 0);
        assert!(!there(&database, 2).await);
    }
}

#[tokio::test]
async fn a_statement_of_the_hosts_that_failed_takes_the_step_with_it_and_says_so() {
    let database = Database::new().await;
    let host = database.host().await;
    let mut tx = database.store.begin_host(&host).await.unwrap();
    tx.append(&[opening(2)]).await.unwrap();
    assert!(tx.connection().execute("SELECT 1 / 0").await.is_err());
    // PostgreSQL itself would answer this COMMIT with a silent rollback.
    let error = Box::new(tx).commit().await.unwrap_err();
    assert!(matches!(error, StoreError::Interrupted), "{error:?}");
    assert!(!there(&database, 2).await);
}

#[tokio::test]
async fn a_borrowed_connection_takes_steps_in_the_hosts_transaction() {
    let database = Database::new().await;
    let host = database.host().await;
    let mut tx = host.begin().await.unwrap();
    database.pay(&mut tx).await;
    let mut steps = HostRef::new(&mut tx, &database.store).await.unwrap();
    steps.append(&[opening(2)]).await.unwrap();
    database.pay(&mut tx).await;
    tx.commit().await.unwrap();
    assert!(there(&database, 2).await);
    assert_eq!(fees(&database).await, 2);
}
