//! The care of a file: a copy of it while others work, and what it looks like from inside.

use std::{fs::File, path::Path};

use hexacase::{
    sql::{Value, broken},
    store::StoreError,
};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::{
    SqliteStore,
    link::{self, Part, failed},
    settings,
};

/// How many problems of a damaged file are told at most.
const MOST_PROBLEMS: usize = 20;

/// What a file looks like from inside.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checkup {
    /// The SQLite that is linked in.
    pub sqlite: String,
    /// The journal of the file; anything but `wal` is refused elsewhere.
    pub journal_mode: String,
    /// How far a commit goes: 2 (FULL) or 3 (EXTRA); less is refused elsewhere.
    pub synchronous: i64,
    /// The size of the file without its write-ahead log, in bytes.
    pub bytes: u64,
    /// How much of it is free, in bytes.
    pub free_bytes: u64,
    /// What SQLite's own check finds, and rows that point at nothing; empty when all is well.
    pub problems: Vec<String>,
}

impl SqliteStore {
    /// Writes a copy of the whole file to `path`, consistent as of one moment, while other
    /// connections and processes go on writing. The copy is on the disk when this returns.
    ///
    /// `VACUUM INTO` and not the copying of pages: it is one read transaction, so it never begins
    /// anew because somebody writes, and it leaves no page of deleted rows in the copy.
    ///
    /// # Errors
    /// [`StoreError::NoAccess`] if something is at `path` already or it cannot be written;
    /// [`StoreError::DiskFull`]. What was begun is then left to the caller to delete.
    pub async fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        const OPERATION: &str = "copy the database";
        let Some(name) = path.to_str() else {
            return Err(broken(OPERATION, "the name of the copy is not UTF-8"));
        };
        if path.exists() {
            let source = "something is there already".into();
            return Err(StoreError::NoAccess { operation: OPERATION, source });
        }
        let shared = self.shared();
        let mut connection = settings::open(shared.writing(), &shared.counters).await?;
        let values = vec![Value::Text(name.to_owned())];
        let copied = link::run(&mut connection, &shared.counters, "VACUUM INTO $1".into(), values)
            .await
            .map_err(failed(OPERATION));
        let closed = connection.close().await.map_err(failed(OPERATION));
        copied.map(drop).and(closed)?;
        // SQLite does not sync the copy.
        File::open(path)
            .and_then(|file| file.sync_all())
            .map_err(|source| StoreError::NoAccess { operation: OPERATION, source: source.into() })
    }

    /// Looks through the whole file: settings, size, structure of every page, whether every row is in
    /// every index, dangling keys.
    ///
    /// It reads only, takes as long as the file is large, and does not look at what the rows say; that
    /// is `verify`. SQLite's `quick_check` is faster and leaves the indexes out: a duty that is missing
    /// from one stands on no worklist, and nothing would tell.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where not even the check can be made.
    pub async fn check_up(&self) -> Result<Checkup, StoreError> {
        const OPERATION: &str = "check the database";
        let shared = self.shared();
        let mut connection = settings::open(shared.writing(), &shared.counters).await?;
        let mut ask = async |text: &'static str| {
            let ran = link::run(&mut connection, &shared.counters, text.into(), Vec::new()).await;
            ran.map_err(failed(OPERATION))
        };
        let parts = ask("SELECT sqlite_version();\nPRAGMA journal_mode;\nPRAGMA synchronous;\n\
             PRAGMA page_size;\nPRAGMA page_count;\nPRAGMA freelist_count")
        .await?;
        let [version, journal, synchronous, page, pages, free] = parts.as_slice() else {
            return Err(broken(OPERATION, "the database gave too few answers"));
        };
        let page = int(page)?;
        let mut problems = Vec::new();
        for part in ask("PRAGMA integrity_check(20)").await? {
            for row in &part.rows {
                let said: String = row.try_get(0).map_err(failed(OPERATION))?;
                if said != "ok" {
                    problems.push(said);
                }
            }
        }
        let dangling = match ask("PRAGMA foreign_key_check").await {
            // It stops at a damaged page, of which the problems tell more.
            Err(StoreError::Damaged { .. }) if !problems.is_empty() => Vec::new(),
            dangling => dangling?,
        };
        for part in dangling {
            for row in part.rows.iter().take(MOST_PROBLEMS) {
                let table: String = row.try_get(0).map_err(failed(OPERATION))?;
                problems.push(format!("a row of `{table}` points at nothing"));
            }
        }
        let checkup = Checkup {
            sqlite: text(version)?,
            journal_mode: text(journal)?,
            synchronous: int(synchronous)?,
            bytes: bytes(page, int(pages)?),
            free_bytes: bytes(page, int(free)?),
            problems,
        };
        close(connection).await?;
        Ok(checkup)
    }
}

async fn close(connection: SqliteConnection) -> Result<(), StoreError> {
    connection.close().await.map_err(failed("close the database"))
}

fn bytes(page: i64, count: i64) -> u64 {
    u64::try_from(page.saturating_mul(count)).unwrap_or(0)
}

fn text(part: &Part) -> Result<String, StoreError> {
    first(part)?.try_get(0).map_err(failed("check the database"))
}

fn int(part: &Part) -> Result<i64, StoreError> {
    first(part)?.try_get(0).map_err(failed("check the database"))
}

fn first(part: &Part) -> Result<&sqlx::sqlite::SqliteRow, StoreError> {
    part.rows.first().ok_or_else(|| broken("check the database", "the database gave no answer"))
}
