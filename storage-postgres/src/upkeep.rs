//! The care of a database: what it looks like from inside. Copies are made with PostgreSQL's own
//! tools (`pg_dump`, `pg_basebackup`).

use hexacase::{sql::broken, store::StoreError};
use sqlx::{PgConnection, Row as _, postgres::PgRow};

use crate::{
    PostgresStore,
    link::{self, Counters, failed},
    settings::{self, text},
};

/// What a database looks like from inside.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checkup {
    /// The version of the server.
    pub server: String,
    /// How far a commit goes; `off` is refused elsewhere.
    pub synchronous_commit: String,
    /// The size of our tables and their indexes, in bytes.
    pub bytes: i64,
    /// Damaged pages that the server met, and indexes that are not valid; empty when all is well.
    pub problems: Vec<String>,
}

impl PostgresStore {
    /// Looks at settings, size, and what the server knows of damage.
    ///
    /// It reads only, and does not look at the trail; that is `verify`.
    ///
    /// # Errors
    /// [`StoreError::Unsafe`] for settings that are refused.
    pub async fn check_up(&self) -> Result<Checkup, StoreError> {
        let shared = self.shared();
        let mut lease = shared.lease().await?;
        let schema = shared.prefix.as_str().trim_end_matches('.');
        let checkup = look(lease.connection().await?, &shared.counters, schema).await;
        lease.as_lent();
        checkup
    }
}

async fn look(
    connection: &mut PgConnection,
    counters: &Counters,
    schema: &str,
) -> Result<Checkup, StoreError> {
    const OPERATION: &str = "check the database";
    let settings = settings::read(connection, counters).await?;
    settings::refuse(&settings)?;
    let tables = "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint \
         FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE n.nspname = '{schema}' AND c.relkind = 'r'";
    let failures = "SELECT coalesce(checksum_failures, 0)::bigint FROM pg_catalog.pg_stat_database \
         WHERE datname = current_database()";
    let invalid = "SELECT c.relname::text FROM pg_catalog.pg_index AS i \
         JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE n.nspname = '{schema}' AND NOT i.indisvalid ORDER BY 1";
    let asked = [tables, failures, invalid].join(";\n").replace("{schema}", schema);
    let parts = link::run_all(connection, counters, asked).await.map_err(failed(OPERATION))?;
    let [tables, failures, invalid] = parts.as_slice() else {
        return Err(broken(OPERATION, "the database gave too few answers"));
    };
    let mut problems = Vec::new();
    let failures = int(failures)?;
    if failures > 0 {
        problems.push(format!("{failures} pages did not match their check sums"));
    }
    for row in invalid {
        let name: String = row.try_get(0).map_err(failed(OPERATION))?;
        problems.push(format!("the index `{name}` is not valid"));
    }
    let told = |setting| settings.first().map(|row| text(row, setting)).unwrap_or_default();
    Ok(Checkup {
        server: told("version"),
        synchronous_commit: told("synchronous_commit"),
        bytes: int(tables)?,
        problems,
    })
}

fn int(rows: &[PgRow]) -> Result<i64, StoreError> {
    let row = rows.first().ok_or_else(|| broken("check the database", "there is no answer"))?;
    row.try_get(0).map_err(failed("check the database"))
}
