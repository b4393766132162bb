//! What is refused before a single row is written.

use crate::support::{Database, meta, options, realm};
use hexacase::store::{Store, StoreError};
use hexacase_sqlite::{HostRef, SqliteOptions, SqliteStore};
use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

fn setting(error: &StoreError) -> &'static str {
    match error {
        StoreError::Unsafe { setting, .. } => setting,
        _ => "another error",
    }
}

#[tokio::test]
async fn a_database_in_memory_is_refused_and_the_memory_store_named() {
    for path in [":memory:", "", "file::memory:?cache=shared"] {
        let error = SqliteStore::connect(SqliteOptions::new(path)).await.unwrap_err();
        assert_eq!(setting(&error), "the database");
        assert!(error.to_string().contains("MemoryStore"), "{error}");
    }
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    let error = SqliteStore::with_pool(pool, SqliteOptions::new("")).await.unwrap_err();
    assert!(error.to_string().contains("MemoryStore"), "{error}");
}

#[tokio::test]
async fn a_prefix_that_is_no_plain_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(&folder);
    options.prefix = "a\"; DROP TABLE x".to_owned();
    let error = SqliteStore::connect(options).await.unwrap_err();
    assert_eq!(setting(&error), "the prefix of the tables");
}

#[tokio::test]
async fn the_file_of_another_program_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.db");
    let driver = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut other = SqliteConnection::connect_with(&driver).await.unwrap();
    sqlx::query("CREATE TABLE invoice (id INTEGER)").execute(&mut other).await.unwrap();
    let error = SqliteStore::connect(options(&folder)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "unsafe setting: the database is the file of another program, with tables such as \
         `invoice`, expected an empty file or one of ours"
    );
}

#[tokio::test]
async fn two_prefixes_share_a_file_only_through_the_hosts_pool() {
    let database = Database::new().await;
    let mut options = options(&database.folder);
    options.prefix = "other_".to_owned();
    let pool = database.host().await;
    let other = SqliteStore::with_pool(pool, options.clone()).await.unwrap();
    other.init(&meta()).await.unwrap();
    assert_eq!(other.meta().await.unwrap(), meta());
    // Once its tables are there, the file is its own as well.
    SqliteStore::connect(options).await.unwrap();
}

#[tokio::test]
async fn a_hosts_connection_that_could_lose_commits_is_refused() {
    let database = Database::new().await;
    let file = SqliteConnectOptions::new().filename(database.folder.path().join("cases.db"));
    let normal = file.clone().synchronous(SqliteSynchronous::Normal);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(normal).await.unwrap();
    let error = database.store.begin_host(&pool).await.unwrap_err();
    assert_eq!(error.to_string(), "unsafe setting: synchronous is NORMAL, expected FULL or EXTRA");
    let mut keyless = SqliteConnection::connect_with(&file.foreign_keys(false)).await.unwrap();
    let mut tx = keyless.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let error = HostRef::new(&mut tx, &database.store).await.unwrap_err();
    assert_eq!(setting(&error), "foreign_keys");
}

#[tokio::test]
async fn a_hosts_connection_to_another_database_is_refused() {
    let (ours, theirs) = (Database::new().await, Database::empty().await);
    let mut other = meta();
    other.origin = hexacase::terms::id::OriginId::from_bytes([7; 16]);
    theirs.store.init(&other).await.unwrap();
    let pool = theirs.host().await;
    let error = ours.store.begin_host(&pool).await.unwrap_err();
    assert_eq!(setting(&error), "the host's connection");
}

#[tokio::test]
async fn the_writer_asks_for_what_is_safe_whatever_the_hosts_pool_has() {
    let folder = tempfile::tempdir().unwrap();
    let lax = SqliteConnectOptions::new()
        .filename(folder.path().join("cases.db"))
        .create_if_missing(true)
        .foreign_keys(false)
        .synchronous(SqliteSynchronous::Off);
    let pool = SqlitePool::connect_lazy_with(lax.clone());
    let store = SqliteStore::with_pool(pool, options(&folder)).await.unwrap();
    store.init(&meta()).await.unwrap();
    store.begin(&realm()).await.unwrap().commit().await.unwrap();

    let pool = SqlitePool::connect_lazy_with(lax.journal_mode(SqliteJournalMode::Delete));
    SqliteStore::with_pool(pool, options(&folder)).await.unwrap_err();
}

#[tokio::test]
async fn another_realm_is_refused_and_an_empty_database_says_so() {
    let database = Database::empty().await;
    let begun = database.store.begin(&realm()).await;
    assert!(matches!(begun.err(), Some(StoreError::NotSetUp)));
    assert!(matches!(database.store.meta().await, Err(StoreError::NotSetUp)));
    database.store.migrate().await.unwrap();
    assert!(matches!(database.store.meta().await, Err(StoreError::NotSetUp)));
    database.store.init(&meta()).await.unwrap();
    assert_eq!(database.store.meta().await.unwrap(), meta());
    let other = "888888".parse().unwrap();
    for refused in
        [database.store.begin(&other).await.err(), database.store.reader(&other).await.err()]
    {
        let error = refused.unwrap();
        assert!(matches!(&error, StoreError::OtherRealm { found, .. } if *found == realm()));
    }
}
