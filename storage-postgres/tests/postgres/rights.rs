//! What users of the database may do: the application's user with the least rights, row security,
//! and migrations by hand.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use hexacase::{
    store::{CaseQuery, Meta, Store, StoreError},
    terms::id::OriginId,
};
use hexacase_postgres::{PostgresOptions, PostgresStore};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row as _};

use crate::{
    server::{
        rights::{APP, app_user, as_app, psql},
        stranger, url,
    },
    support::{Database, meta, opening},
};

/// A schema with cases of two realms, and the application's user in it.
async fn two_realms() -> Database {
    let database = Database::new().await;
    database.append(&[opening(1)]).await;
    let mut options = database.options.clone();
    let other =
        Meta { realm: "888888".parse().unwrap(), origin: OriginId::from_bytes([8; 16]), ..meta() };
    options.realm = Some(other.realm.clone());
    PostgresStore::connect(options).await.unwrap().init(&other).await.unwrap();
    app_user().await;
    psql("roles.sql", &[("schema", &database.options.schema), ("app", APP)]);
    database
}

fn guarded(database: &Database) -> PostgresOptions {
    let mut options = as_app(&database.options);
    options.realm = Some(meta().realm);
    options.row_security = true;
    options
}

async fn as_the_app(database: &Database, text: &str) -> Result<u64, sqlx::Error> {
    let mut connection = PgConnection::connect(&as_app(&database.options).url).await.unwrap();
    let text = text.replace("{schema}", &database.options.schema);
    Ok(connection.execute(sqlx::raw_sql(AssertSqlSafe(text))).await?.rows_affected())
}

#[tokio::test]
async fn what_is_written_once_stays_as_it_is() {
    let database = two_realms().await;
    for table in ["entry", "body", "message", "command", "rung", "meta", "migration"] {
        for text in [
            format!("DELETE FROM {{schema}}.{table}"),
            format!("TRUNCATE {{schema}}.{table} CASCADE"),
            format!("DROP TABLE {{schema}}.{table}"),
        ] {
            let error = as_the_app(&database, &text).await.unwrap_err();
            let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
            assert_eq!(code.as_deref(), Some("42501"), "{text}: {error}");
        }
    }
    for text in [
        "UPDATE {schema}.entry SET hash = hash",
        "UPDATE {schema}.body SET bytes = bytes",
        "UPDATE {schema}.message SET content = content",
        "UPDATE {schema}.command SET hash = hash",
        "UPDATE {schema}.rung SET late = TRUE",
        "DELETE FROM {schema}.case_file",
        "DELETE FROM {schema}.duty",
        "INSERT INTO {schema}.meta SELECT '777777', name, origin, created_at, demo FROM {schema}.meta",
    ] {
        assert!(as_the_app(&database, text).await.is_err(), "{text}");
    }
}

#[tokio::test]
async fn who_works_may_not_migrate_and_is_told_so() {
    let database = two_realms().await;
    let mut options = as_app(&database.options);
    options.schema = format!("{}_b", options.schema);
    let store = PostgresStore::connect(options).await.unwrap();
    let error = store.migrate().await.unwrap_err();
    assert!(matches!(error, StoreError::NoAccess { .. }), "{error:?}");
}

#[tokio::test]
async fn row_security_keeps_a_session_within_its_realm() {
    let database = two_realms().await;
    psql("row_security.sql", &[("schema", &database.options.schema)]);
    let store = PostgresStore::connect(guarded(&database)).await.unwrap();
    let mut reader = store.reader(&meta().realm).await.unwrap();
    let all = CaseQuery { limit: 10, ..CaseQuery::default() };
    assert_eq!(reader.cases(&all).await.unwrap().len(), 1);
    // Statements that forget the realm see and write one realm, or none where none is told.
    let seen = |realm: &'static str| {
        let url = as_app(&database.options).url;
        let text = format!("SELECT count(*) FROM {}.meta", database.options.schema);
        async move {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            let told = format!("SET hexacase.realm = '{realm}'");
            connection.execute(AssertSqlSafe(told)).await.unwrap();
            connection.fetch_one(AssertSqlSafe(text)).await.unwrap().get::<i64, _>(0)
        }
    };
    assert_eq!((seen("999999").await, seen("888888").await, seen("").await), (1, 1, 0));
    let written = "SET hexacase.realm = '888888'; \
         INSERT INTO {schema}.scope (realm, kind, id, revision) VALUES ('999999', 'subject', '', 1)";
    assert!(as_the_app(&database, written).await.is_err());
    let touched = "SET hexacase.realm = '888888'; UPDATE {schema}.case_file SET state = 'x'";
    assert_eq!(as_the_app(&database, touched).await.unwrap(), 0);
}

#[tokio::test]
async fn a_guard_that_does_not_hold_is_refused() {
    let database = two_realms().await;
    let refused = async |options: PostgresOptions, wanted: &str| {
        let error = PostgresStore::connect(options).await.unwrap_err();
        let StoreError::Unsafe { setting: "row security", found, .. } = &error else {
            panic!("{error:?}");
        };
        assert!(found.contains(wanted), "{error}");
    };
    refused(guarded(&database), "not forced on the table `attribute`").await;
    psql("row_security.sql", &[("schema", &database.options.schema)]);
    PostgresStore::connect(guarded(&database)).await.unwrap();
    let mut above = guarded(&database);
    above.url = url();
    refused(above, "without meaning for this user").await;
    let mut unnamed = guarded(&database);
    unnamed.realm = None;
    refused(unnamed, "without a realm").await;
    // Behind a pooler the user has to be told.
    let mut pooled = guarded(&database);
    pooled.pooled = true;
    refused(pooled, "for realm `` in this session").await;
    // One table whose guard was taken away.
    database.run("ALTER TABLE {schema}.entry NO FORCE ROW LEVEL SECURITY").await;
    refused(guarded(&database), "not forced on the table `entry`").await;
    // A policy that lets everything through.
    psql("row_security.sql", &[("schema", &database.options.schema)]);
    database.run("CREATE POLICY all_of_it ON {schema}.meta USING (TRUE)").await;
    refused(guarded(&database), "another realm's rows are seen").await;
}

#[tokio::test]
async fn migrations_by_hand_make_the_same_schema() {
    let database = Database::new().await;
    let by_hand = format!("{}_hand", database.options.schema);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/print-migrations");
    let run = |arguments: &[&str]| {
        let printed = Command::new(&script).args(arguments).output().unwrap();
        assert!(printed.status.success());
        let mut psql = Command::new("psql")
            .arg(url())
            .args(["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1"])
            .stdin(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        psql.stdin.take().unwrap().write_all(&printed.stdout).unwrap();
        assert!(psql.wait().unwrap().success());
    };
    run(&[&by_hand]);
    let mut options = database.options.clone();
    options.schema.clone_from(&by_hand);
    let store = PostgresStore::connect(options).await.unwrap();
    assert_eq!(store.schema_version().await.unwrap(), Some(PostgresStore::needed_schema_version()));
    // From the newest version on there is nothing to do.
    run(&[&by_hand, &PostgresStore::needed_schema_version().to_string()]);
    let described = async |schema: &str| {
        let text = format!(
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable \
             FROM information_schema.columns WHERE table_schema = '{schema}' \
             UNION ALL SELECT replace(indexdef, '{schema}', '') FROM pg_indexes \
             WHERE schemaname = '{schema}' ORDER BY 1"
        );
        let rows = stranger().await.fetch_all(AssertSqlSafe(text)).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>()
    };
    assert_eq!(described(&by_hand).await, described(&database.options.schema).await);
    assert!(!Command::new(&script).arg("Bad;Name").output().unwrap().status.success());
}
