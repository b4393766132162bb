//! The server of the tests, and a schema of its own for each. Nothing here asserts anything.

pub(crate) mod rights;

use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering},
};

use hexacase_postgres::PostgresOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const MISSING: &str = "HEXACASE_POSTGRES names no server. Run these tests with one:\n\
     \n    tests/postgres run cargo nextest run -p hexacase-postgres\n\
     \nor, with all others:\n\
     \n    tests/run\n";

/// The address of the server.
pub(crate) fn url() -> String {
    env::var("HEXACASE_POSTGRES").unwrap_or_else(|_| panic!("{MISSING}"))
}

/// A connection of somebody else.
pub(crate) async fn stranger() -> PgConnection {
    PgConnection::connect(&url()).await.unwrap()
}

/// Options for a schema that nobody else has and that is not there yet.
pub(crate) async fn fresh_schema() -> PostgresOptions {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut options = PostgresOptions::new(url());
    options.schema = format!("t{}_{count}", process::id());
    // A process of the same number may have left one.
    let text = format!("DROP SCHEMA IF EXISTS {} CASCADE", options.schema);
    stranger().await.execute(AssertSqlSafe(text)).await.unwrap();
    options
}
