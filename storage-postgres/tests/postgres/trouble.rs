//! What can be wrong with a server or the way to it, as a program that embeds the store meets it.

use std::fmt::Write as _;

use hexacase::store::{Store, StoreError, Wanted};
use hexacase_postgres::{PostgresOptions, PostgresStore, Trouble, TroubleKind};
use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::{
    line::{Break, breaking, nobody, silent},
    server::{stranger, url},
    support::{Database, case_id, meta, opening, options, realm},
};

/// The call that commits, as it goes over the line; a transaction at READ COMMITTED begins otherwise.
const COMMIT: &str = "COMMIT\0";

fn kind(error: &StoreError) -> Option<TroubleKind> {
    Trouble::of(error).map(Trouble::kind)
}

/// The text of an error and of all that caused it.
fn whole(error: &StoreError) -> String {
    let (mut text, mut cause) = (format!("{error} {error:?}"), std::error::Error::source(error));
    while let Some(inner) = cause {
        let _ = write!(text, " {inner}");
        cause = inner.source();
    }
    text
}

async fn refused(options: PostgresOptions) -> StoreError {
    let error = PostgresStore::connect(options).await.unwrap_err();
    assert!(!whole(&error).contains("s3cret"), "{error:?}");
    error
}

#[tokio::test]
async fn nobody_at_the_address_is_no_reason_to_try_again() {
    for address in [nobody(), "postgres://u:s3cret@no-such-host.invalid/cases".to_owned()] {
        let mut options = options().await;
        options.url = address;
        let error = refused(options).await;
        assert_eq!(kind(&error), Some(TroubleKind::NoAnswer));
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_busy() {
    let mut options = options().await;
    options.url = silent();
    let error = refused(options).await;
    assert!(matches!(error, StoreError::Busy { operation: "open the database" }), "{error:?}");
}

#[tokio::test]
async fn a_password_is_needed_where_the_server_wants_one() {
    let mut options = options().await;
    let user = format!("{}_user", options.schema);
    let role = format!("CREATE ROLE {user} LOGIN PASSWORD 's3cret' IN ROLE guarded");
    stranger().await.execute(AssertSqlSafe(role)).await.unwrap();
    let whoever = options.url.clone();
    for wrong in ["", ":s3cret-but-wrong"] {
        options.url = whoever.replace("hexacase@", &format!("{user}{wrong}@"));
        let error = refused(options.clone()).await;
        assert_eq!(kind(&error), Some(TroubleKind::UserRefused));
    }
    options.url = whoever.replace("hexacase@", &format!("{user}:s3cret@"));
    let store = PostgresStore::connect(options).await.unwrap();
    // It may look, but make nothing.
    let error = store.init(&meta()).await.unwrap_err();
    assert_eq!(kind(&error), Some(TroubleKind::NoRight));
    assert!(!whole(&error).contains("s3cret"), "{error:?}");
    store.close().await.unwrap();
    stranger().await.execute(AssertSqlSafe(format!("DROP ROLE {user}"))).await.unwrap();
}

#[tokio::test]
async fn a_user_without_a_free_connection_is_busy() {
    let mut options = options().await;
    let user = format!("{}_user", options.schema);
    let role = format!("CREATE ROLE {user} LOGIN CONNECTION LIMIT 0");
    stranger().await.execute(AssertSqlSafe(role)).await.unwrap();
    options.url = options.url.replace("hexacase@", &format!("{user}@"));
    let error = refused(options).await;
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    stranger().await.execute(AssertSqlSafe(format!("DROP ROLE {user}"))).await.unwrap();
}

#[tokio::test]
async fn a_pool_whose_connections_are_all_lent_out_is_busy() {
    let database = Database::new().await;
    let pool = sqlx::postgres::PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(database.options.lock_timeout)
        .connect(&database.options.url)
        .await
        .unwrap();
    let store = PostgresStore::with_pool(pool.clone(), database.options.clone()).await.unwrap();
    store.meta().await.unwrap();
    let lent = pool.acquire().await.unwrap();
    let mut reader = store.reader(&realm()).await.err();
    if reader.is_none() {
        // What the database is was known already; then the first read waits.
        let mut known = store.reader(&realm()).await.unwrap();
        reader = known.load(&Wanted::default()).await.err();
    }
    assert!(matches!(reader, Some(StoreError::Busy { .. })), "{reader:?}");
    drop(lent);
    store.meta().await.unwrap();
}

#[tokio::test]
async fn a_schema_that_somebody_holds_locked_is_busy_and_not_waited_for_without_end() {
    let database = Database::new().await;
    let mut other = stranger().await;
    let mut held = other.begin().await.unwrap();
    let lock = format!("LOCK TABLE {}.migration IN ACCESS EXCLUSIVE MODE", database.options.schema);
    held.execute(AssertSqlSafe(lock)).await.unwrap();
    let error = refused(database.options.clone()).await;
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    let error = database.store.meta().await.unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    held.rollback().await.unwrap();
    database.store.meta().await.unwrap();
}

#[tokio::test]
async fn a_read_that_takes_too_long_is_busy_and_hinders_no_other() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    let mut options = database.options.clone();
    options.statement_timeout = options.lock_timeout;
    let store = PostgresStore::connect(options).await.unwrap();
    let mut reader = store.reader(&realm()).await.unwrap();
    let mut other = stranger().await;
    let mut held = other.begin().await.unwrap();
    let lock = format!("LOCK TABLE {}.case_file IN ACCESS EXCLUSIVE MODE", database.options.schema);
    held.execute(AssertSqlSafe(lock)).await.unwrap();
    let wanted = Wanted { cases: vec![case_id(2)], ..Wanted::default() };
    let error = reader.load(&wanted).await.unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    held.rollback().await.unwrap();
    assert_eq!(reader.load(&wanted).await.unwrap().cases.len(), 1);
}

#[tokio::test]
async fn a_server_that_goes_away_in_a_transaction_leaves_nothing_and_may_be_asked_again() {
    let database = Database::new().await;
    let mut tx = database.store.begin(&realm()).await.unwrap();
    tx.append(&[opening(2)]).await.unwrap();
    assert_eq!(database.end_sessions("idle in transaction").await, 1);
    let error = tx.append(&[opening(3)]).await.unwrap_err();
    assert_eq!(kind(&error), Some(TroubleKind::ConnectionLost));
    assert!(error.is_retryable());
    assert!(matches!(tx.commit().await, Err(StoreError::Interrupted)));
    database.append(&[opening(2)]).await;
    let mut tx = database.store.begin(&realm()).await.unwrap();
    tx.append(&[opening(3)]).await.unwrap();
    assert_eq!(database.end_sessions("idle in transaction").await, 1);
    let error = tx.commit().await.unwrap_err();
    assert_eq!(kind(&error), Some(TroubleKind::OutcomeUnknown));
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_connection_that_breaks_says_whether_anything_may_have_been_written() {
    let database = Database::new().await;
    for (n, how, expected, written) in [
        (2, Break::Before("BEGIN"), TroubleKind::ConnectionLost, 0),
        (3, Break::After("INSERT"), TroubleKind::ConnectionLost, 0),
        (4, Break::Before(COMMIT), TroubleKind::OutcomeUnknown, 0),
        (5, Break::After(COMMIT), TroubleKind::OutcomeUnknown, 1),
    ] {
        let mut options = database.options.clone();
        options.url = breaking(&url(), how);
        let store = PostgresStore::connect(options).await.unwrap();
        let mut tx = store.begin(&realm()).await.unwrap();
        let error = match tx.append(&[opening(n)]).await {
            Ok(_) => tx.commit().await.unwrap_err(),
            Err(error) => {
                assert!(matches!(tx.commit().await, Err(StoreError::Interrupted)));
                error
            }
        };
        assert_eq!(kind(&error), Some(expected), "{n}: {error:?}");
        assert_eq!(error.is_retryable(), expected == TroubleKind::ConnectionLost);
        // The server notices that the line is broken when it next speaks; a lock waits for that.
        let outcome = database.append(&[opening(n)]).await;
        let there = outcome == [hexacase::store::GroupOutcome::Conflict];
        assert_eq!(i32::from(there), written, "{n}");
    }
}
