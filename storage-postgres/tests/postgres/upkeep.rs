//! What a database looks like from inside.

use hexacase::{
    store::{Meta, Store, StoreError},
    terms::id::OriginId,
};
use hexacase_postgres::PostgresStore;

use crate::support::{Database, case_id, meta, opening};

fn with_demo(demo: bool) -> Meta {
    Meta { demo, ..meta() }
}

#[tokio::test]
async fn a_check_up_tells_settings_and_size() {
    let database = Database::new().await;
    let before = database.store.check_up().await.unwrap();
    assert!(before.server.starts_with(|first: char| first.is_ascii_digit()), "{before:?}");
    assert_eq!(before.synchronous_commit, "on");
    assert_eq!(before.problems, Vec::<String>::new());
    database.append(&[opening(2)]).await;
    assert!(database.store.check_up().await.unwrap().bytes > before.bytes);
}

#[tokio::test]
async fn a_demo_is_taken_away_and_another_can_take_its_place() {
    let database = Database::empty().await;
    database.store.init(&with_demo(true)).await.unwrap();
    database.append(&[opening(2)]).await;
    database.run("CREATE TABLE {schema}.theirs (id BIGINT)").await;
    database.store.drop_demo().await.unwrap();
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = '{schema}'";
    assert_eq!(database.count(tables).await, 1, "what is not ours stays");
    database.run("DROP TABLE {schema}.theirs").await;
    let store = database.another().await;
    assert!(matches!(store.meta().await, Err(StoreError::NotSetUp)));
    // Where nothing of ours is, there is nothing to take away.
    store.drop_demo().await.unwrap();
    store.init(&meta()).await.unwrap();
}

#[tokio::test]
async fn real_work_is_never_taken_away() {
    let database = Database::empty().await;
    database.store.init(&with_demo(false)).await.unwrap();
    database.append(&[opening(2)]).await;
    let error = database.store.drop_demo().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "unsafe setting: the database is one with real work, for realm 999999, expected a demo"
    );
    assert_eq!(database.load(&[case_id(2)]).await.unwrap().cases.len(), 1);
    // Nor is a demo beside which another realm works for real.
    let demo = Database::empty().await;
    demo.store.init(&with_demo(true)).await.unwrap();
    let mut options = demo.options.clone();
    options.realm = Some("888888".parse().unwrap());
    let neighbour = PostgresStore::connect(options).await.unwrap();
    let other = OriginId::from_bytes([7; 16]);
    let realm = "888888".parse().unwrap();
    neighbour.init(&Meta { realm, origin: other, ..with_demo(false) }).await.unwrap();
    assert!(demo.store.drop_demo().await.is_err());
    assert_eq!(demo.count("SELECT count(*) FROM {schema}.meta").await, 2);
}

#[tokio::test]
async fn a_demo_that_somebody_built_upon_is_left_whole() {
    let database = Database::empty().await;
    database.store.init(&with_demo(true)).await.unwrap();
    database.append(&[opening(2)]).await;
    database.run("CREATE VIEW {schema}.theirs AS SELECT id FROM {schema}.case_file").await;
    let error = database.store.drop_demo().await.unwrap_err();
    assert!(matches!(error, StoreError::Backend { retryable: false, .. }), "{error:?}");
    assert_eq!(database.load(&[case_id(2)]).await.unwrap().cases.len(), 1);
}
