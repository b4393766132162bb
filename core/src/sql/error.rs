//! What a driver's error means. It is told by kind and code, never by its text.

use crate::store::StoreError;

/// What the code of a database error means to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A lock was not to be had in time. Trying again may help.
    Busy,
    /// A transaction that only read so far, on a state that is no longer the last one, wants to
    /// write. It has to begin anew.
    Stale,
    /// The file is no database.
    NotADatabase,
    /// Pages of the database are damaged.
    Damaged,
    /// The disk is full.
    DiskFull,
    /// The disk or its file system did not do what was asked, and the code does not say why.
    DiskFailed,
    /// The database may not be opened or written.
    NoAccess,
    /// Nothing is known; trying again is not offered.
    Unknown,
}

/// The store's error for a driver's error that happened while it tried to do `operation`; `cause`
/// knows the database's codes.
pub fn failed(operation: &'static str, cause: fn(&str) -> Cause, error: sqlx::Error) -> StoreError {
    let cause = match &error {
        sqlx::Error::PoolTimedOut => Cause::Busy,
        sqlx::Error::Database(database) => database.code().as_deref().map_or(Cause::Unknown, cause),
        // The driver's errors may grow; what is not known is not retried.
        _ => Cause::Unknown,
    };
    match cause {
        Cause::Busy => StoreError::Busy { operation },
        Cause::Stale => StoreError::HostMustBeginImmediate,
        Cause::NotADatabase => StoreError::NotADatabase { operation },
        Cause::Damaged => StoreError::Damaged { operation, source: Box::new(error) },
        Cause::DiskFull => StoreError::DiskFull { operation },
        Cause::DiskFailed => StoreError::DiskFailed { operation, source: Box::new(error) },
        Cause::NoAccess => StoreError::NoAccess { operation, source: Box::new(error) },
        Cause::Unknown => {
            StoreError::Backend { operation, retryable: false, source: Box::new(error) }
        }
    }
}

/// A failure of a store's own finding, told as one of the database.
pub fn broken(operation: &'static str, what: impl Into<String>) -> StoreError {
    StoreError::Backend { operation, retryable: false, source: what.into().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_retried() {
        let busy = failed("read", |_| Cause::Unknown, sqlx::Error::PoolTimedOut);
        assert!(matches!(busy, StoreError::Busy { operation: "read" }));
        let lost = failed("read", |_| Cause::Busy, sqlx::Error::WorkerCrashed);
        assert!(!lost.is_retryable());
        assert_eq!(lost.to_string(), "the store failed to read");
    }
}
