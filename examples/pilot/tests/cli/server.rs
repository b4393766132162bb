//! The server of the tests, and what others do to it.

#[path = "../../../../storage-postgres/tests/server/line.rs"]
mod line;

use std::env;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

pub(crate) use self::line::{Break, breaking, nobody, silent};

const MISSING: &str = "HEXACASE_POSTGRES names no server. Run these tests with one:\n\
     \n    tests/postgres run cargo nextest run -p hexacase-pilot\n\
     \nor, with all others:\n\
     \n    tests/run\n";

const NO_POOLER: &str = "HEXACASE_PGBOUNCER names no pooler. Install the package pgbouncer, with \
     which `tests/postgres run` starts one (`tests/run` installs it when it is run as root)\n";

/// The address of the server.
pub(crate) fn url() -> String {
    env::var("HEXACASE_POSTGRES").unwrap_or_else(|_| panic!("{MISSING}"))
}

/// The address of the pooler before it.
pub(crate) fn pooler_url() -> String {
    env::var("HEXACASE_PGBOUNCER").unwrap_or_else(|_| panic!("{NO_POOLER}"))
}

/// The same address with another user, who has a password.
pub(crate) fn url_of(user: &str, password: &str) -> String {
    url().replace("hexacase@", &format!("{user}:{password}@"))
}

/// A connection of somebody else.
pub(crate) async fn stranger() -> PgConnection {
    PgConnection::connect(&url()).await.unwrap()
}

/// Runs statements of somebody else.
pub(crate) async fn run(sql: impl Into<String>) {
    stranger().await.execute(sqlx::raw_sql(AssertSqlSafe(sql.into()))).await.unwrap();
}
