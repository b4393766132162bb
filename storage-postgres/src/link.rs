//! One call to PostgreSQL: one statement with values, or several without.
//!
//! Every awaited call is a round trip, so what belongs together goes in one text. The protocol
//! takes values with one statement only; several statements in one text carry none.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::TryStreamExt;
use hexacase::{
    sql::{Cause, Value},
    store::StoreError,
};
use sqlx::{AssertSqlSafe, Either, Executor, PgConnection, postgres::PgRow};

use crate::trouble::{Trouble, TroubleKind};

/// How often the database was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Awaited calls.
    pub calls: u64,
    /// Statements.
    pub statements: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    calls: AtomicU64,
    statements: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> Counts {
        Counts {
            calls: self.calls.load(Ordering::Relaxed),
            statements: self.statements.load(Ordering::Relaxed),
        }
    }

    /// Counts a call, also one that the driver makes itself.
    pub(crate) fn count(&self, statements: u64) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.statements.fetch_add(statements, Ordering::Relaxed);
    }
}

/// What a parameter of a statement is.
#[derive(Clone, Debug)]
pub(crate) enum Bind {
    One(Value),
    /// Keys, as an array of `bytea`.
    Keys(Vec<Vec<u8>>),
    /// Integers, as an array of `bigint`.
    Ints(Vec<i64>),
}

impl Bind {
    pub(crate) fn keys<'k>(keys: impl IntoIterator<Item = &'k [u8; 16]>) -> Self {
        Self::Keys(keys.into_iter().map(|key| key.to_vec()).collect())
    }
}

impl From<Value> for Bind {
    fn from(value: Value) -> Self {
        Self::One(value)
    }
}

/// Runs one statement. `kept` statements are prepared once for each connection.
pub(crate) async fn run(
    connection: &mut PgConnection,
    counters: &Counters,
    text: Arc<str>,
    values: Vec<Bind>,
    kept: bool,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let mut query = sqlx::query(AssertSqlSafe(text)).persistent(kept);
    for value in values {
        query = match value {
            Bind::One(Value::Int(number)) => query.bind(number),
            Bind::One(Value::Text(text)) => query.bind(text),
            Bind::One(Value::Bytes(bytes)) => query.bind(bytes),
            Bind::Keys(keys) => query.bind(keys),
            Bind::Ints(numbers) => query.bind(numbers),
        };
    }
    counters.count(1);
    connection.fetch_all(query).await
}

/// Runs several statements one after the other, each on the state that the one before left; the
/// first that fails ends it. Gives the rows of each.
pub(crate) async fn run_all(
    connection: &mut PgConnection,
    counters: &Counters,
    text: impl Into<Arc<str>>,
) -> Result<Vec<Vec<PgRow>>, sqlx::Error> {
    let mut stream = connection.fetch_many(sqlx::raw_sql(AssertSqlSafe(text.into())));
    let mut parts = Vec::new();
    let mut rows = Vec::new();
    let result = loop {
        match stream.try_next().await {
            Ok(Some(Either::Right(row))) => rows.push(row),
            Ok(Some(Either::Left(_))) => parts.push(std::mem::take(&mut rows)),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    counters.count(u64::try_from(parts.len()).unwrap_or(u64::MAX));
    result.map(|()| parts)
}

/// What PostgreSQL's codes mean.
pub(crate) fn cause(code: &str) -> Cause {
    match code {
        // Serialization, deadlock, a lock that was not had in time, a statement that took too long,
        // a transaction that idled too long; too many connections, starting up or shutting down.
        "40001" | "40P01" | "55P03" | "57014" | "25P03" | "53300" | "57P01" | "57P02" | "57P03" => {
            Cause::Busy
        }
        "53100" => Cause::DiskFull,
        "58030" => Cause::DiskFailed,
        "XX001" | "XX002" => Cause::Damaged,
        "28000" | "28P01" | "3D000" | "42501" | "25006" => Cause::NoAccess,
        _ => Cause::Unknown,
    }
}

/// The store's error for one of the driver's, on a connection that was open.
pub(crate) fn failed(operation: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| match Trouble::working(&source) {
        Some(kind) => Trouble::failed(kind, operation, source),
        None => hexacase::sql::failed(operation, cause, source),
    }
}

/// The same, where a connection could not be opened.
pub(crate) fn not_opened(operation: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| match Trouble::opening(&source) {
        Some(kind) => Trouble::failed(kind, operation, source),
        None => hexacase::sql::failed(operation, cause, source),
    }
}

/// The same for a commit. Whether it was carried out is not known where the connection was lost, so no
/// second try is offered: a command that is given again finds out. A serialization failure or a
/// deadlock, which what was deferred to the commit may meet, is the server's word that it rolled back.
pub(crate) fn commit_failed(source: sqlx::Error) -> StoreError {
    if connection_lost(&source) || matches!(source, sqlx::Error::PoolTimedOut) {
        return Trouble::failed(TroubleKind::OutcomeUnknown, "commit", source);
    }
    if matches!(code(&source).as_deref(), Some("40001" | "40P01")) {
        return StoreError::Busy { operation: "commit" };
    }
    StoreError::Backend { operation: "commit", retryable: false, source: Box::new(source) }
}

/// Waits for a call no longer than this. What was not answered by then is as good as a connection
/// that is not to be had; the connection is in the middle of something.
pub(crate) async fn within<T>(
    limit: Duration,
    call: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let waited = tokio::time::timeout(limit, call).await;
    waited.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// The code of an error of the server.
pub(crate) fn code(error: &sqlx::Error) -> Option<String> {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.map(std::borrow::Cow::into_owned)
}

/// What the server says when a row stood in another place than it was found in: the division by zero
/// with which a statement of ours fails then.
pub(crate) const MISSED: &str = "22012";

/// Whether somebody else came between: a key is taken by a row that was not there to be locked, or a
/// row was written anew after it was found.
pub(crate) fn key_taken(error: &sqlx::Error) -> bool {
    matches!(code(error).as_deref(), Some("23505" | MISSED))
}

/// Whether the connection is gone, so that nothing that was not committed is left.
pub(crate) fn connection_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        other => code(other).is_some_and(|code| {
            code.starts_with("08") || matches!(code.as_str(), "57P01" | "57P02" | "57P05" | "25P03")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_better_the_next_time_is_worth_another_try() {
        for code in ["40001", "40P01", "55P03", "53300", "57P01", "57P03", "57014"] {
            assert_eq!(cause(code), Cause::Busy, "{code}");
        }
        for code in ["23505", "23503", "42P01", "22P02", "57000", "x"] {
            assert_eq!(cause(code), Cause::Unknown, "{code}");
        }
    }

    #[test]
    fn a_server_that_cannot_serve_is_told_apart() {
        assert_eq!(cause("53100"), Cause::DiskFull);
        assert_eq!(cause("58030"), Cause::DiskFailed);
        assert_eq!(cause("XX001"), Cause::Damaged);
        for code in ["28P01", "3D000", "42501", "25006"] {
            assert_eq!(cause(code), Cause::NoAccess, "{code}");
        }
    }
}
