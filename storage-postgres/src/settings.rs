//! How a database is opened, and what is refused: every setting under which a committed write can
//! be lost, or texts and bytes would not come back as they are.

use std::{fmt, str::FromStr, time::Duration};

use hexacase::{sql::broken, store::StoreError, terms::area::Realm};
use sqlx::{
    ConnectOptions, PgConnection, Row,
    postgres::{PgConnectOptions, PgRow},
};

use crate::link::{self, Counters, failed, not_opened};

/// The oldest PostgreSQL that this store is tested with.
const OLDEST: i64 = 150_000;

/// The texts of whole batches are long; a connection keeps few of them, all prepared.
const TEXTS_KEPT: usize = 64;

/// How to open a database.
#[derive(Clone)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// Where the database is: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. What is left out comes
    /// from PGHOST, PGUSER, PGPASSWORD, … or `~/.pgpass`.
    pub url: String,
    /// The schema of our tables. It is ours alone.
    pub schema: String,
    /// Whose cases these are, where a schema holds those of several realms.
    pub realm: Option<Realm>,
    /// How long to wait for a lock or a connection before [`StoreError::Busy`].
    pub lock_timeout: Duration,
    /// How long a statement, or a transaction in which nothing happens, may take at most.
    pub statement_timeout: Duration,
    /// How many transactions write at once. More than two a processor of the server gain nothing.
    /// An engine's batches take two of them while many wait; sweeps, inbox and outbox take turns
    /// with them.
    pub writers: u32,
    /// How many connections read at once.
    pub readers: u32,
    /// A pooler such as `PgBouncer` stands between, which gives each transaction another session:
    /// nothing is prepared beyond one, and every read is a transaction.
    pub pooled: bool,
    /// The tables are guarded by row security (`sql/row_security.sql`): sessions are told their
    /// realm, which must be named, and the store refuses to work where the guard does not hold. A
    /// session that is not opened here (the host's pool, a pooler's) has to be told by its user:
    /// `ALTER ROLE app SET hexacase.realm TO '999999'`. It costs no call; each statement compares
    /// the realm once more.
    pub row_security: bool,
}

impl fmt::Debug for PostgresOptions {
    // Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("schema", &self.schema)
            .field("realm", &self.realm)
            .field("pooled", &self.pooled)
            .finish_non_exhaustive()
    }
}

impl PostgresOptions {
    /// The usual settings for a database.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            schema: "hexacase".to_owned(),
            realm: None,
            lock_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_mins(1),
            writers: 2,
            readers: 4,
            pooled: false,
            row_security: false,
        }
    }

    pub(crate) fn driver(&self) -> Result<PgConnectOptions, StoreError> {
        // The text of the driver's error is left out: it may quote what stands in the URL.
        let schemes = ["postgres://", "postgresql://"];
        let options = PgConnectOptions::from_str(&self.url).ok();
        let options = options.filter(|_| schemes.iter().any(|it| self.url.starts_with(it)));
        options.ok_or_else(|| StoreError::Unsafe {
            setting: "the address of the database",
            found: "not to be read".to_owned(),
            expected: "postgres://USER:PASSWORD@HOST:PORT/DATABASE",
        })
    }
}

/// The settings of every connection that is opened here.
pub(crate) fn ours(driver: PgConnectOptions, options: &PostgresOptions) -> PgConnectOptions {
    let realm = options.realm.as_ref().filter(|_| options.row_security && !options.pooled);
    // Not even an empty list: a pooler refuses the parameter itself.
    let driver = match realm {
        Some(realm) => driver.options([("hexacase.realm", realm.as_str())]),
        None => driver,
    };
    driver
        .statement_cache_capacity(TEXTS_KEPT)
        // Poolers refuse a session with settings of its own, and there is no fraction in our rows.
        .extra_float_digits(None)
        .disable_statement_logging()
}

/// What a connection that writes is told once. A statement that is a transaction of its own runs
/// under these.
///
/// Every statement of ours finds its rows by key. The planner is not asked again for each (which
/// takes longer than most of them), and is kept from what it takes for cheap while it has not seen
/// the tables yet: reading them whole. The two limits stand in for the
/// transaction's.
const SESSION: &str = "\
SET default_transaction_isolation = 'read committed';
SET default_transaction_read_only = off;
SET search_path = pg_catalog;
SET lock_timeout = {lock_timeout};
SET statement_timeout = {statement_timeout};
SET plan_cache_mode = force_generic_plan;
SET jit = off;
SET enable_seqscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
";

/// Opens a connection that writes, and refuses it if it could lose what is written. A server that takes the
/// call and then says nothing is waited for no longer than `limit`.
///
/// `session` is how long a statement on it may take. A connection of a pooler's is told nothing: it is
/// somebody else's the next moment.
pub(crate) async fn open(
    options: &PgConnectOptions,
    counters: &Counters,
    limit: Duration,
    session: Option<Duration>,
) -> Result<PgConnection, StoreError> {
    const OPERATION: &str = "open the database";
    let opened = link::within(limit, options.connect()).await;
    let mut connection = opened.map_err(not_opened(OPERATION))?;
    let session = session.map_or_else(String::new, |statement| {
        SESSION
            .replace("{lock_timeout}", &limit.as_millis().to_string())
            .replace("{statement_timeout}", &statement.as_millis().to_string())
    });
    let settings = link::within(limit, run_settings(&mut connection, counters, &session)).await;
    refuse(&settings.map_err(not_opened(OPERATION))?)?;
    Ok(connection)
}

/// The statement that reads the settings of a connection. What a server does not know is NULL.
pub(crate) const SETTINGS: &str = "\
SELECT current_setting('server_version_num')::bigint AS number,
  current_setting('server_version') AS version,
  current_setting('server_encoding') AS server_encoding,
  current_setting('fsync', TRUE) AS fsync,
  current_setting('full_page_writes', TRUE) AS full_page_writes,
  current_setting('synchronous_commit', TRUE) AS synchronous_commit,
  current_setting('synchronous_standby_names', TRUE) AS synchronous_standby_names,
  current_setting('data_sync_retry', TRUE) AS data_sync_retry,
  current_setting('bytea_output') AS bytea_output,
  current_setting('standard_conforming_strings') AS standard_conforming_strings,
  current_setting('transaction_isolation') AS transaction_isolation,
  current_setting('transaction_read_only') AS transaction_read_only,
  pg_is_in_recovery() AS standby";

/// What [`SETTINGS`] says of a connection.
pub(crate) async fn read(
    connection: &mut PgConnection,
    counters: &Counters,
) -> Result<Vec<PgRow>, StoreError> {
    run_settings(connection, counters, "").await.map_err(failed("read the settings"))
}

async fn run_settings(
    connection: &mut PgConnection,
    counters: &Counters,
    session: &str,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let parts = link::run_all(connection, counters, format!("{session}{SETTINGS}")).await?;
    Ok(parts.into_iter().next_back().unwrap_or_default())
}

/// Refuses the settings that [`SETTINGS`] gave.
pub(crate) fn refuse(rows: &[PgRow]) -> Result<(), StoreError> {
    const OPERATION: &str = "read the settings";
    let row = rows.first().ok_or_else(|| broken(OPERATION, "the database gave no answer"))?;
    let number: i64 = row.try_get("number").map_err(failed(OPERATION))?;
    if number < OLDEST {
        return unsafe_setting("PostgreSQL", text(row, "version"), "15 or newer");
    }
    if text(row, "server_encoding") != "UTF8" {
        return unsafe_setting("server_encoding", text(row, "server_encoding"), "UTF8");
    }
    for setting in ["fsync", "full_page_writes", "standard_conforming_strings"] {
        if text(row, setting) == "off" {
            return unsafe_setting(setting, "off".to_owned(), "on");
        }
    }
    if text(row, "data_sync_retry") == "on" {
        return unsafe_setting("data_sync_retry", "on".to_owned(), "off");
    }
    if text(row, "bytea_output") != "hex" {
        return unsafe_setting("bytea_output", text(row, "bytea_output"), "hex");
    }
    let level = text(row, "synchronous_commit");
    if level == "off" {
        return unsafe_setting("synchronous_commit", level, "on");
    }
    // Whoever named standbys wants them to have what was committed.
    if level == "local" && !text(row, "synchronous_standby_names").is_empty() {
        let expected = "on, because standbys are named in `synchronous_standby_names`";
        return unsafe_setting("synchronous_commit", level, expected);
    }
    if row.try_get("standby").unwrap_or(false) {
        return unsafe_setting("the server", "a standby".to_owned(), "the primary");
    }
    Ok(())
}

/// Refuses, of the settings of a host's transaction, what would let two steps miss each other, or
/// let nothing be written.
pub(crate) fn refuse_transaction(rows: &[PgRow]) -> Result<(), StoreError> {
    refuse(rows)?;
    let told = |setting| rows.first().map(|row| text(row, setting)).unwrap_or_default();
    let isolation = told("transaction_isolation");
    if isolation != "read committed" {
        // A later snapshot would not see what another step committed in the meantime, and fail.
        return unsafe_setting("transaction_isolation", isolation, "read committed");
    }
    if told("transaction_read_only") == "on" {
        return unsafe_setting("transaction_read_only", "on".to_owned(), "off");
    }
    Ok(())
}

fn unsafe_setting(
    setting: &'static str,
    found: String,
    expected: &'static str,
) -> Result<(), StoreError> {
    Err(StoreError::Unsafe { setting, found, expected })
}

pub(crate) fn text(row: &PgRow, setting: &str) -> String {
    row.try_get::<Option<String>, _>(setting).ok().flatten().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_cannot_be_read_is_refused_without_being_repeated() {
        for url in ["", "cases.db", "sqlite:cases.db", "postgres://u:s3cret@host:port/x"] {
            let error = PostgresOptions::new(url).driver().unwrap_err().to_string();
            assert!(error.contains("postgres://USER:PASSWORD@HOST:PORT/DATABASE"), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
        assert!(PostgresOptions::new("postgres://u:p@localhost:5433/cases").driver().is_ok());
    }

    #[test]
    fn options_are_shown_without_their_password() {
        let shown = format!("{:?}", PostgresOptions::new("postgres://u:s3cret@localhost/x"));
        assert!(shown.contains("hexacase") && !shown.contains("s3cret"), "{shown}");
    }
}
