//! One call to SQLite: a text of one or more statements, and what each of them gave.
//!
//! A connection lives on a thread of its own, and every awaited call is a hand-over to it and
//! back; so what belongs together goes in one text. All parameters are written `$1`, `$2`, …: the
//! driver leaves parameters out whose numbers have gaps when they are written `?3`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use futures_util::{StreamExt, TryStreamExt};
use hexacase::{
    sql::{Cause, Value},
    store::StoreError,
};
use sqlx::{AssertSqlSafe, Either, Executor, SqliteConnection, sqlite::SqliteRow};

/// How often the database was called, and how many statements those calls carried.
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

    /// Counts a call that the driver makes itself.
    pub(crate) fn count(&self, statements: u64) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.statements.fetch_add(statements, Ordering::Relaxed);
    }
}

/// What one statement of a text gave.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) rows: Vec<SqliteRow>,
    /// How many rows it wrote; without meaning for a statement that only reads.
    pub(crate) changed: u64,
}

/// Runs the statements of `text` one after the other; the first that fails ends it.
pub(crate) async fn run(
    connection: &mut SqliteConnection,
    counters: &Counters,
    text: Arc<str>,
    values: Vec<Value>,
) -> Result<Vec<Part>, sqlx::Error> {
    let (parts, result) = run_as_far(connection, counters, text, values).await;
    result.map(|()| parts)
}

/// The same, with what the statements before the failing one gave.
pub(crate) async fn run_as_far(
    connection: &mut SqliteConnection,
    counters: &Counters,
    text: Arc<str>,
    values: Vec<Value>,
) -> (Vec<Part>, Result<(), sqlx::Error>) {
    let mut query = sqlx::query(AssertSqlSafe(text));
    for value in values {
        query = match value {
            Value::Int(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    let mut stream = connection.fetch_many(query);
    let mut parts = Vec::new();
    let mut part = Part::default();
    let mut result = Ok(());
    loop {
        match stream.try_next().await {
            Ok(Some(Either::Right(row))) => part.rows.push(row),
            Ok(Some(Either::Left(done))) => {
                part.changed = done.rows_affected();
                parts.push(std::mem::take(&mut part));
            }
            Ok(None) => break,
            Err(error) => {
                result = Err(error);
                break;
            }
        }
    }
    counters.count(u64::try_from(parts.len()).unwrap_or(u64::MAX));
    (parts, result)
}

/// Hands a ROLLBACK to the connection's thread and does not wait for it: whatever is done with the
/// connection afterwards comes after it. False when the thread is gone.
///
/// This is for `Drop`, which cannot await. Without an open transaction it does nothing.
pub(crate) fn abandon(connection: &mut SqliteConnection) -> bool {
    let mut stream = connection.fetch_many(sqlx::query("ROLLBACK"));
    let mut context = Context::from_waker(Waker::noop());
    !matches!(stream.poll_next_unpin(&mut context), Poll::Ready(Some(Err(_)) | None))
}

/// What SQLite's codes mean. The lower eight bits are the kind, the rest says more.
///
/// Of the failures of the disk only those are told apart whose code says what it was. A full disk is
/// `FULL`; but a quota and a limit for the size of a file come as the same failure of a write as a
/// broken disk, and no room for the shared memory beside the log as one of its own.
pub(crate) fn cause(code: &str) -> Cause {
    const NO_PERMISSION: i32 = 3;
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const READ_ONLY: i32 = 8;
    const CORRUPT: i32 = 11;
    const FULL: i32 = 13;
    const CANNOT_OPEN: i32 = 14;
    const NOT_A_DATABASE: i32 = 26;
    const BUSY_SNAPSHOT: i32 = 517;
    const IO: i32 = 10;
    /// A file that ends before it should.
    const IO_SHORT_READ: i32 = 522;
    const IO_NO_MEMORY: i32 = 3082;
    /// Whether a file is there could not be told.
    const IO_ACCESS: i32 = 3338;
    /// There is no folder for temporary files.
    const IO_NO_TEMPORARY_FOLDER: i32 = 6410;
    /// A page whose check sum is wrong.
    const IO_DATA: i32 = 8202;
    /// The file system says that it is damaged.
    const IO_DAMAGED: i32 = 8458;
    match code.parse::<i32>() {
        Ok(BUSY_SNAPSHOT) => Cause::Stale,
        Ok(IO_SHORT_READ | IO_DATA | IO_DAMAGED) => Cause::Damaged,
        Ok(IO_ACCESS | IO_NO_TEMPORARY_FOLDER) => Cause::NoAccess,
        Ok(IO_NO_MEMORY) => Cause::Unknown,
        Ok(code) => match code & 0xff {
            BUSY | LOCKED => Cause::Busy,
            NOT_A_DATABASE => Cause::NotADatabase,
            CORRUPT => Cause::Damaged,
            FULL => Cause::DiskFull,
            IO => Cause::DiskFailed,
            NO_PERMISSION | READ_ONLY | CANNOT_OPEN => Cause::NoAccess,
            _ => Cause::Unknown,
        },
        Err(_) => Cause::Unknown,
    }
}

/// The store's error for one of the driver's.
pub(crate) fn failed(operation: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |error| hexacase::sql::failed(operation, cause, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_locks_are_worth_another_try() {
        assert_eq!(cause("5"), Cause::Busy);
        assert_eq!(cause("261"), Cause::Busy);
        assert_eq!(cause("6"), Cause::Busy);
        assert_eq!(cause("517"), Cause::Stale);
        for other in ["1", "7", "19", "2067", "3082", "x"] {
            assert_eq!(cause(other), Cause::Unknown);
        }
    }

    #[test]
    fn a_file_that_cannot_serve_is_told_apart() {
        assert_eq!(cause("26"), Cause::NotADatabase);
        assert_eq!(cause("11"), Cause::Damaged);
        assert_eq!(cause("267"), Cause::Damaged);
        assert_eq!(cause("13"), Cause::DiskFull);
        for code in ["3", "8", "14", "1032", "3338"] {
            assert_eq!(cause(code), Cause::NoAccess);
        }
    }

    #[test]
    fn a_disk_that_fails_is_no_full_one_and_says_so_where_it_is_damaged() {
        // Read, write, sync, truncate, lock, the shared memory's size, a mapped page.
        for code in ["10", "266", "778", "1034", "1546", "3850", "4874", "8714"] {
            assert_eq!(cause(code), Cause::DiskFailed, "{code}");
        }
        for code in ["522", "8202", "8458"] {
            assert_eq!(cause(code), Cause::Damaged, "{code}");
        }
    }
}
