//! How a database is opened, and what is refused: every setting under which a committed write can
//! be lost or the schema's keys mean nothing.

use std::{path::PathBuf, time::Duration};

use hexacase::store::StoreError;
use sqlx::{
    ConnectOptions, Connection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::link::{self, Counters, Part, failed};

/// The oldest SQLite that does not lose committed writes when two connections write and
/// checkpoint at once.
const OLDEST: (u32, u32, u32) = (3, 51, 3);

/// The texts of whole batches are long; a connection keeps few of them, all prepared.
const TEXTS_KEPT: usize = 64;

/// After how many pages of the log they are moved to the database file, by whoever commits then. A
/// step writes the same dozen pages' neighbors again and again, so that fewer and larger moves
/// write less: with 4,000 pages (16 MiB) instead of SQLite's 1,000, the slowest of a hundred steps of
/// one client takes half as long, and steps among 20,000 cases keep three quarters of their speed
/// instead of half. With 16,000 a move takes so long that 64 clients feel it.
const CHECKPOINT_PAGES: u32 = 4_000;

/// How to open a database.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SqliteOptions {
    /// The file. It is made if it is not there.
    pub path: PathBuf,
    /// What the names of our tables begin with.
    pub prefix: String,
    /// How long to wait for a lock before [`StoreError::Busy`].
    pub busy_timeout: Duration,
    /// How many connections read at once.
    pub readers: u32,
}

impl SqliteOptions {
    /// The usual settings for a file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            prefix: "hexacase_".to_owned(),
            busy_timeout: Duration::from_secs(5),
            readers: 4,
        }
    }

    pub(crate) fn driver(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new().filename(&self.path).create_if_missing(true)
    }

    /// Refuses what is no file, before the driver makes one of that name.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let path = self.path.to_string_lossy();
        if path.is_empty() || path.starts_with(":memory:") || path.starts_with("file:") {
            Err(in_memory(path.into_owned()))
        } else {
            Ok(())
        }
    }
}

fn in_memory(found: String) -> StoreError {
    StoreError::Unsafe {
        setting: "the database",
        found,
        expected: "the path of a file (for tests there is `hexacase::testing::MemoryStore`)",
    }
}

/// The settings of a connection that writes.
pub(crate) fn writing(options: SqliteConnectOptions, busy: Duration) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(busy)
        // A statement of many rows keeps what it would take back, should it fail half way: in
        // memory, where SQLite would write a file for it.
        .pragma("temp_store", "MEMORY")
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        .statement_cache_capacity(TEXTS_KEPT)
        .row_buffer_size(1024)
        .disable_statement_logging()
}

/// The settings of a connection that reads.
pub(crate) fn reading(options: SqliteConnectOptions, busy: Duration) -> SqliteConnectOptions {
    options
        .busy_timeout(busy)
        .pragma("query_only", "ON")
        .row_buffer_size(1024)
        .disable_statement_logging()
}

/// Opens a connection that writes, and refuses it if it does not do what was asked.
pub(crate) async fn open(
    options: &SqliteConnectOptions,
    counters: &Counters,
) -> Result<SqliteConnection, StoreError> {
    let mut connection =
        SqliteConnection::connect_with(options).await.map_err(failed("open the database"))?;
    refuse(&read(&mut connection, counters).await?)?;
    Ok(connection)
}

/// The statements that read the settings of a connection, in the order that [`refuse`] wants them.
pub(crate) const SETTINGS: &str = "SELECT sqlite_version();\n\
     SELECT file FROM pragma_database_list WHERE name = 'main';\n\
     PRAGMA journal_mode;\n\
     PRAGMA synchronous;\n\
     PRAGMA foreign_keys";
/// How many they are.
pub(crate) const SETTINGS_COUNT: usize = 5;

/// The settings of a connection.
pub(crate) async fn read(
    connection: &mut SqliteConnection,
    counters: &Counters,
) -> Result<Vec<Part>, StoreError> {
    link::run(connection, counters, SETTINGS.into(), Vec::new())
        .await
        .map_err(failed("read the settings"))
}

/// Refuses the settings that [`SETTINGS`] gave.
pub(crate) fn refuse(parts: &[Part]) -> Result<(), StoreError> {
    refuse_file(parts)?;
    let [.., synchronous, keys] = parts else { return Err(too_few()) };
    let level = int(synchronous);
    if level < 2 {
        let found = if level == 1 { "NORMAL" } else { "OFF" };
        return unsafe_setting("synchronous", found.to_owned(), "FULL or EXTRA");
    }
    if int(keys) != 1 {
        return unsafe_setting("foreign_keys", "OFF".to_owned(), "ON");
    }
    Ok(())
}

/// Refuses, of the settings that [`SETTINGS`] gave, those that concern readers too.
pub(crate) fn refuse_file(parts: &[Part]) -> Result<(), StoreError> {
    let [version, file, journal, ..] = parts else { return Err(too_few()) };
    let version = text(version);
    if number_of(&version) < OLDEST {
        return unsafe_setting("SQLite", version, "3.51.3 or newer");
    }
    if text(file).is_empty() {
        return Err(in_memory(":memory:".to_owned()));
    }
    let journal = text(journal);
    if journal != "wal" {
        return unsafe_setting("journal_mode", journal, "wal");
    }
    Ok(())
}

fn too_few() -> StoreError {
    hexacase::sql::broken("read the settings", "the database gave too few answers")
}

fn unsafe_setting(
    setting: &'static str,
    found: String,
    expected: &'static str,
) -> Result<(), StoreError> {
    Err(StoreError::Unsafe { setting, found, expected })
}

fn text(part: &Part) -> String {
    let row = part.rows.first();
    row.and_then(|row| row.try_get::<Option<String>, _>(0).ok().flatten()).unwrap_or_default()
}

fn int(part: &Part) -> i64 {
    part.rows.first().and_then(|row| row.try_get(0).ok()).unwrap_or(0)
}

fn number_of(version: &str) -> (u32, u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(number_of("3.9.0") < OLDEST);
        assert!(number_of("3.50.2") < OLDEST);
        assert!(number_of("3.51.2") < OLDEST);
        assert!(number_of("3.51.3") >= OLDEST);
        assert!(number_of("3.100.0") > OLDEST);
        assert!(number_of("nonsense") < OLDEST);
    }
}
