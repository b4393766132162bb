//! The schema: from nothing to the newest, once, whoever comes first.

use crate::support::{Database, meta, options, realm};
use hexacase::store::{Store, StoreError, Wanted};
use hexacase_sqlite::SqliteStore;

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let database = Database::empty().await;
    assert_eq!(database.store.schema_version().await.unwrap(), None);
    for _ in 0..2 {
        database.store.migrate().await.unwrap();
        let version = database.store.schema_version().await.unwrap();
        assert_eq!(version, Some(SqliteStore::needed_schema_version()));
    }
    let lines: i64 = sqlx::query_scalar("SELECT count(*) FROM hexacase_migration")
        .fetch_one(&mut database.stranger().await)
        .await
        .unwrap();
    assert_eq!(lines, SqliteStore::needed_schema_version());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_migrate_at_once_both_succeed() {
    let folder = tempfile::tempdir().unwrap();
    let one = SqliteStore::connect(options(&folder)).await.unwrap();
    let two = SqliteStore::connect(options(&folder)).await.unwrap();
    let (first, second) = tokio::join!(one.migrate(), two.migrate());
    first.unwrap();
    second.unwrap();
    let meta = meta();
    let (first, second) = tokio::join!(one.init(&meta), two.init(&meta));
    // One sets it up, the other learns that it is set up.
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
}

#[tokio::test]
async fn a_database_is_set_up_once() {
    let database = Database::new().await;
    let error = database.store.init(&meta()).await.unwrap_err();
    assert!(error.to_string().contains("set up already for realm 999999"), "{error}");
    database.store.begin(&realm()).await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn an_older_and_a_newer_schema_are_told_apart() {
    let database = Database::new().await;
    // The first transaction looks at everything, every later one at the version.
    let in_transaction = async || {
        let mut tx = database.store.begin(&realm()).await.unwrap();
        tx.load(&Wanted::default()).await.err()
    };
    assert!(in_transaction().await.is_none());
    database.run("INSERT INTO hexacase_migration (version, name) VALUES (99, 'x')").await;
    for error in [
        in_transaction().await,
        database.store.meta().await.err(),
        database.store.migrate().await.err(),
    ] {
        assert!(
            matches!(error, Some(StoreError::SchemaNewer { found: 99, known: 4 })),
            "{error:?}"
        );
    }
    database.run("DELETE FROM hexacase_migration").await;
    let error = in_transaction().await;
    assert!(matches!(error, Some(StoreError::SchemaOlder { found: 0, needed: 4 })), "{error:?}");
    // Also where it is another program's, in which nothing is found.
    database.run("INSERT INTO hexacase_migration (version, name) VALUES (99, 'x')").await;
    database.run("DROP TABLE hexacase_command").await;
    let error = in_transaction().await;
    assert!(matches!(error, Some(StoreError::SchemaNewer { .. })), "{error:?}");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_file_as_it_was() {
    let database = Database::empty().await;
    // A table of ours without our bookkeeping: the first CREATE TABLE of that name fails.
    database.run("CREATE TABLE hexacase_scope (x INTEGER)").await;
    assert!(database.store.migrate().await.is_err());
    assert_eq!(database.store.schema_version().await.unwrap(), None);
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'table'")
        .fetch_one(&mut database.stranger().await)
        .await
        .unwrap();
    assert_eq!(tables, 1);
}
