//! The schema: from nothing to the newest, once, whoever comes first.

use std::time::Duration;

use hexacase::{
    store::{Store, StoreError, Wanted},
    terms::id::OriginId,
};
use hexacase_postgres::{PostgresStore, Trouble, TroubleKind};

use crate::support::{Database, case_id, meta, opening, options, realm};

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let database = Database::empty().await;
    assert_eq!(database.store.schema_version().await.unwrap(), None);
    for _ in 0..2 {
        database.store.migrate().await.unwrap();
        let version = database.store.schema_version().await.unwrap();
        assert_eq!(version, Some(PostgresStore::needed_schema_version()));
    }
    let lines = database.count("SELECT count(*) FROM {schema}.migration").await;
    assert_eq!(lines, PostgresStore::needed_schema_version());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_that_migrate_at_once_all_succeed() {
    for _ in 0..5 {
        let mut options = options().await;
        // They wait for each other, on a slow machine for long.
        options.lock_timeout = Duration::from_mins(1);
        let mut stores = Vec::new();
        for _ in 0..4 {
            stores.push(PostgresStore::connect(options.clone()).await.unwrap());
        }
        let migrating: Vec<_> = stores
            .iter()
            .cloned()
            .map(|store| tokio::spawn(async move { store.migrate().await }))
            .collect();
        for migrated in migrating {
            migrated.await.unwrap().unwrap();
        }
        let setting_up: Vec<_> = stores
            .iter()
            .cloned()
            .map(|store| tokio::spawn(async move { store.init(&meta()).await.is_ok() }))
            .collect();
        let mut first = 0;
        for done in setting_up {
            first += u32::from(done.await.unwrap());
        }
        // One sets it up, the others learn that it is set up.
        assert_eq!(first, 1);
    }
}

#[tokio::test]
async fn a_database_is_set_up_once() {
    let database = Database::new().await;
    let error = database.store.init(&meta()).await.unwrap_err();
    assert!(error.to_string().contains("set up already for realm 999999"), "{error}");
    database.append(&[opening(2)]).await;
}

#[tokio::test]
async fn several_realms_share_a_schema_where_each_is_named() {
    let database = Database::new().await;
    let other = "888888".parse().unwrap();
    let mut second = meta();
    second.realm = "888888".parse().unwrap();
    second.origin = OriginId::from_bytes([7; 16]);
    // Not by accident: the realm has to be named.
    let error = database.store.init(&second).await.unwrap_err();
    assert!(error.to_string().contains("set up already for realm 999999"), "{error}");
    database.append(&[opening(2)]).await;
    let mut options = database.options.clone();
    options.realm = Some(second.realm.clone());
    let neighbour = PostgresStore::connect(options).await.unwrap();
    assert!(matches!(neighbour.meta().await, Err(StoreError::NotSetUp)));
    let error = neighbour.init(&meta()).await.unwrap_err();
    assert!(matches!(error, StoreError::OtherRealm { .. }), "{error:?}");
    neighbour.init(&second).await.unwrap();
    assert_eq!(neighbour.meta().await.unwrap(), second);

    // The same ids in both, and neither sees the other's.
    let wanted = Wanted { cases: vec![case_id(2)], ..Wanted::default() };
    let mut reader = neighbour.reader(&other).await.unwrap();
    assert!(reader.load(&wanted).await.unwrap().cases.is_empty());
    let mut tx = neighbour.begin(&other).await.unwrap();
    tx.append(&[opening(2)]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reader.load(&wanted).await.unwrap().cases[0].number.realm, other);
    assert!(neighbour.begin(&realm()).await.is_err());

    // Who does not say which is asked to.
    let error = database.another().await.meta().await.unwrap_err();
    assert!(error.to_string().contains("several realms: 888888, 999999"), "{error}");
}

#[tokio::test]
async fn an_older_and_a_newer_schema_are_told_apart() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    database.run("INSERT INTO {schema}.migration (version, name) VALUES (99, 'x')").await;
    // The version is looked at when a transaction first writes.
    let mut tx = database.store.begin(&realm()).await.unwrap();
    for error in [
        tx.append(&[opening(3)]).await.err(),
        database.store.meta().await.err(),
        database.store.migrate().await.err(),
    ] {
        assert!(
            matches!(error, Some(StoreError::SchemaNewer { found: 99, known: 4 })),
            "{error:?}"
        );
    }
    assert!(matches!(tx.commit().await, Err(StoreError::Interrupted)));
    database.run("DELETE FROM {schema}.migration").await;
    let mut tx = database.store.begin(&realm()).await.unwrap();
    let error = tx.append(&[opening(3)]).await.err();
    assert!(matches!(error, Some(StoreError::SchemaOlder { found: 0, needed: 4 })), "{error:?}");
    let error = database.another().await.begin(&realm()).await.err();
    assert!(matches!(error, Some(StoreError::SchemaOlder { found: 0, needed: 4 })), "{error:?}");
}

#[tokio::test]
async fn another_programs_schema_is_refused_and_left_as_it_is() {
    let options = options().await;
    let schema = options.schema.clone();
    let text = format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.invoice (id BIGINT)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(text))
        .execute(&mut crate::server::stranger().await)
        .await
        .unwrap();
    let error = PostgresStore::connect(options).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "unsafe setting: the schema is that of another program, with tables such as `invoice`, \
         expected an empty schema or one of ours"
    );
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_database_as_it_was() {
    let database = Database::empty().await;
    // Somebody made a table of that name after we looked.
    database.run("CREATE SCHEMA {schema}; CREATE TABLE {schema}.scope (x BIGINT)").await;
    assert!(database.store.migrate().await.is_err());
    assert_eq!(database.store.schema_version().await.unwrap(), None);
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = '{schema}'";
    assert_eq!(database.count(tables).await, 1);
}

#[tokio::test]
async fn a_schema_that_the_administrator_made_needs_no_right_to_make_one() {
    let options = options().await;
    let (schema, role) = (options.schema.clone(), format!("role_{}", options.schema));
    let text = format!(
        "DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN; \
         CREATE SCHEMA {schema} AUTHORIZATION {role}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(text))
        .execute(&mut crate::server::stranger().await)
        .await
        .unwrap();
    let mut options = options;
    options.url = options.url.replace("hexacase@", &format!("{role}@"));
    let store = PostgresStore::connect(options.clone()).await.unwrap();
    store.init(&meta()).await.unwrap();
    // One of another name this user may not make, and is told so.
    options.schema.push('x');
    let error = PostgresStore::connect(options).await.unwrap().migrate().await.unwrap_err();
    assert!(matches!(error, StoreError::NoAccess { .. }), "{error:?}");
    assert_eq!(Trouble::of(&error).map(Trouble::kind), Some(TroubleKind::NoRight));
}
