//! What is refused before a single row is written.

use hexacase::store::{Store, StoreError};
use hexacase_postgres::{HostRef, PostgresStore, Trouble, TroubleKind};
use sqlx::{AssertSqlSafe, Connection, Executor, PgPool, postgres::PgPoolOptions};

use crate::{
    server::stranger,
    support::{Database, meta, options, realm},
};

fn setting(error: &StoreError) -> &'static str {
    match error {
        StoreError::Unsafe { setting, .. } => setting,
        _ => "another error",
    }
}

#[tokio::test]
async fn a_schema_whose_name_is_no_plain_name_is_refused() {
    let mut options = options().await;
    options.schema = "a\"; DROP TABLE x".to_owned();
    let error = PostgresStore::connect(options).await.unwrap_err();
    assert_eq!(setting(&error), "the name of the schema");
}

#[tokio::test]
async fn sessions_that_could_lose_commits_are_refused() {
    let database = Database::new().await;
    for (options, said) in [
        ("-csynchronous_commit=off", "synchronous_commit is off, expected on"),
        ("-cbytea_output=escape", "bytea_output is escape, expected hex"),
        ("-cstandard_conforming_strings=off", "standard_conforming_strings is off, expected on"),
    ] {
        let mut lax = database.options.clone();
        lax.url = format!("{}&options={options}", lax.url);
        let error = PostgresStore::connect(lax.clone()).await.unwrap_err();
        assert_eq!(error.to_string(), format!("unsafe setting: {said}"));
        let pool = PgPool::connect(&lax.url).await.unwrap();
        assert!(PostgresStore::with_pool(pool.clone(), lax).await.is_err());
        let error = database.store.begin_host(&pool).await.unwrap_err();
        assert_eq!(error.to_string(), format!("unsafe setting: {said}"));
    }
}

#[tokio::test]
async fn a_database_that_is_not_in_utf8_is_refused() {
    let mut options = options().await;
    let name = format!("latin_{}", options.schema);
    let mut admin = stranger().await;
    for text in [
        format!("DROP DATABASE IF EXISTS {name}"),
        format!("CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0"),
    ] {
        admin.execute(AssertSqlSafe(text)).await.unwrap();
    }
    options.url = options.url.replace("/postgres?", &format!("/{name}?"));
    let error = PostgresStore::connect(options).await.unwrap_err();
    assert_eq!(error.to_string(), "unsafe setting: server_encoding is LATIN1, expected UTF8");
    let text = format!("DROP DATABASE {name} WITH (FORCE)");
    admin.execute(AssertSqlSafe(text)).await.unwrap();
}

#[tokio::test]
async fn a_database_or_user_that_is_not_there_is_told_with_what_to_do() {
    let options = options().await;
    for (from, to, kind) in [
        ("/postgres?", "/nowhere?", TroubleKind::NoDatabase),
        ("hexacase@", "nobody_here@", TroubleKind::UserRefused),
        ("?host=", "?host=%2Fnowhere", TroubleKind::NoAnswer),
    ] {
        let mut wrong = options.clone();
        wrong.url = wrong.url.replace(from, to);
        let error = PostgresStore::connect(wrong).await.unwrap_err();
        assert!(matches!(error, StoreError::NoAccess { .. }), "{error:?}");
        assert_eq!(Trouble::of(&error).map(Trouble::kind), Some(kind));
    }
}

#[tokio::test]
async fn a_hosts_connection_to_another_database_is_refused() {
    let (ours, theirs) = (Database::new().await, Database::new().await);
    let name = format!("other_{}", ours.options.schema);
    let mut admin = stranger().await;
    for text in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        admin.execute(AssertSqlSafe(text)).await.unwrap();
    }
    let url = ours.options.url.replace("/postgres?", &format!("/{name}?"));
    let pool = PgPool::connect(&url).await.unwrap();
    let error = ours.store.begin_host(&pool).await.unwrap_err();
    assert_eq!(setting(&error), "the host's connection");
    // The same schema there, but another origin.
    let mut options = ours.options.clone();
    options.url = url;
    let mut other = meta();
    other.origin = hexacase::terms::id::OriginId::from_bytes([7; 16]);
    PostgresStore::connect(options).await.unwrap().init(&other).await.unwrap();
    let error = ours.store.begin_host(&pool).await.unwrap_err();
    assert_eq!(setting(&error), "the host's connection");
    // Where the host's pool is on the right database, its own tables are no hindrance.
    theirs.store.begin_host(&theirs.host().await).await.unwrap();
    pool.close().await;
    let text = format!("DROP DATABASE {name} WITH (FORCE)");
    admin.execute(AssertSqlSafe(text)).await.unwrap();
}

#[tokio::test]
async fn a_hosts_transaction_at_another_isolation_or_read_only_is_refused() {
    let database = Database::new().await;
    let host = database.host().await;
    for (begin, said) in [
        ("BEGIN ISOLATION LEVEL REPEATABLE READ", "transaction_isolation"),
        ("BEGIN ISOLATION LEVEL SERIALIZABLE", "transaction_isolation"),
        ("BEGIN READ ONLY", "transaction_read_only"),
    ] {
        let mut tx = host.begin_with(begin).await.unwrap();
        let error = HostRef::new(&mut tx, &database.store).await.unwrap_err();
        assert_eq!(setting(&error), said);
        // The host's transaction is as good as it was.
        tx.execute("SELECT 1").await.unwrap();
    }
    let mut connection = host.acquire().await.unwrap();
    assert!(!connection.is_in_transaction());
    let error = HostRef::new(&mut connection, &database.store).await.unwrap_err();
    assert_eq!(setting(&error), "the host's connection");
}

#[tokio::test]
async fn the_writer_begins_at_read_committed_whatever_the_sessions_are_set_to() {
    let mut options = options().await;
    options.url = format!(
        "{}&options=-cdefault_transaction_isolation=serializable&options[search_path]=nowhere",
        options.url
    );
    let store = PostgresStore::connect(options).await.unwrap();
    store.init(&meta()).await.unwrap();
    let mut tx = store.begin(&realm()).await.unwrap();
    tx.append(&[crate::support::opening(2)]).await.unwrap();
    tx.commit().await.unwrap();
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

#[tokio::test]
async fn a_host_with_one_connection_may_lend_it_at_once() {
    let database = Database::new().await;
    let pool =
        PgPoolOptions::new().max_connections(1).connect(&database.options.url).await.unwrap();
    let store = PostgresStore::with_pool(pool.clone(), database.options.clone()).await.unwrap();
    let mut tx = pool.begin().await.unwrap();
    let mut steps = HostRef::new(&mut tx, &store).await.unwrap();
    hexacase::store::StoreTx::append(&mut steps, &[crate::support::opening(2)]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(database.load(&[crate::support::case_id(2)]).await.unwrap().cases.len(), 1);
}
