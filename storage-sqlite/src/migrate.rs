//! The schema and its versions. Nothing here runs unasked.

use std::{cmp::Ordering, sync::Arc};

use hexacase::{
    sql::{self, Prefix, Value},
    store::{Meta, StoreError},
};
use sqlx::{Row, SqliteConnection};

use crate::link::{self, Counters, failed};

/// The migrations in their order; the version of the schema is their number.
pub(crate) const MIGRATIONS: [(&str, &str); 4] = [
    ("0001_casework", include_str!("../migrations/0001_casework.sql")),
    ("0002_post", include_str!("../migrations/0002_post.sql")),
    ("0003_views", include_str!("../migrations/0003_views.sql")),
    ("0004_worklist", include_str!("../migrations/0004_worklist.sql")),
];

/// The version this program writes and reads.
pub(crate) const VERSION: i64 = 4;

/// Our own bookkeeping, so that the host's migrations and ours never meet. It belongs to the file,
/// not to a realm, and so stands outside the migrations.
const BOOKKEEPING: &str = "CREATE TABLE IF NOT EXISTS {prefix}migration (\
     version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT";

/// What a file holds.
#[derive(Debug)]
pub(crate) enum Found {
    /// No table of ours, but these of somebody else.
    Nothing {
        /// The first few.
        foreign: Vec<String>,
    },
    /// Our tables in this version.
    Version(i64),
}

/// A connection with what it takes to speak of our tables on it.
pub(crate) struct Schema<'c> {
    pub(crate) connection: &'c mut SqliteConnection,
    pub(crate) counters: &'c Counters,
    pub(crate) prefix: &'c Prefix,
}

impl Schema<'_> {
    async fn run(
        &mut self,
        operation: &'static str,
        template: &str,
        values: Vec<Value>,
    ) -> Result<Vec<link::Part>, StoreError> {
        let text: Arc<str> = self.prefix.render(template).into();
        link::run(self.connection, self.counters, text, values).await.map_err(failed(operation))
    }

    /// What the file holds.
    pub(crate) async fn found(&mut self) -> Result<Found, StoreError> {
        const OPERATION: &str = "read the schema";
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let parts = self.run(OPERATION, tables, Vec::new()).await?;
        let rows = parts.first().map(|part| part.rows.as_slice()).unwrap_or_default();
        let mut foreign: Vec<String> = rows
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()
            .map_err(failed(OPERATION))?;
        if !foreign.contains(&self.prefix.render("{prefix}migration")) {
            foreign.retain(|name| !name.starts_with("sqlite_"));
            return Ok(Found::Nothing { foreign });
        }
        let parts = self.run(OPERATION, VERSION_TEXT, Vec::new()).await?;
        version_of(parts.first()).map(Found::Version)
    }

    /// What the database is; its schema must be of this version.
    pub(crate) async fn meta(&mut self) -> Result<Option<Meta>, StoreError> {
        let text = "SELECT realm, name, origin, created_at, demo FROM {prefix}meta";
        let parts = self.run("read what the database is", text, Vec::new()).await?;
        parts.first().and_then(|part| part.rows.first()).map(sql::meta).transpose()
    }

    /// Brings the schema to this version, all or nothing.
    pub(crate) async fn migrate(&mut self) -> Result<(), StoreError> {
        const OPERATION: &str = "migrate the database";
        self.run(OPERATION, "BEGIN IMMEDIATE", Vec::new()).await?;
        let done = self.migrate_locked().await;
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.run(OPERATION, end, Vec::new()).await;
        done.and(ended.map(drop))
    }

    async fn migrate_locked(&mut self) -> Result<(), StoreError> {
        const OPERATION: &str = "migrate the database";
        // Another process may have come first, so the version is read under the lock.
        let version = match self.found().await? {
            Found::Nothing { .. } => 0,
            Found::Version(version) => version,
        };
        if version > VERSION {
            return Err(StoreError::SchemaNewer { found: version, known: VERSION });
        }
        if version == 0 {
            self.run(OPERATION, BOOKKEEPING, Vec::new()).await?;
        }
        for ((name, text), number) in MIGRATIONS.into_iter().zip(1..) {
            if number > version {
                self.run(OPERATION, text, Vec::new()).await?;
                let line = "INSERT INTO {prefix}migration (version, name) VALUES ($1, $2)";
                self.run(OPERATION, line, vec![Value::Int(number), Value::Text(name.to_owned())])
                    .await?;
            }
        }
        Ok(())
    }

    /// Says whose the database is, once.
    pub(crate) async fn set_up(&mut self, meta: &Meta) -> Result<(), StoreError> {
        const OPERATION: &str = "set up the database";
        self.migrate().await?;
        self.run(OPERATION, "BEGIN IMMEDIATE", Vec::new()).await?;
        let done = match self.meta().await {
            Ok(None) => {
                let values = vec![
                    Value::Text(meta.realm.as_str().to_owned()),
                    Value::Text(meta.name.clone()),
                    Value::Bytes(meta.origin.as_bytes().to_vec()),
                    Value::Int(meta.created_at.as_millis()),
                    Value::Int(meta.demo.into()),
                ];
                let text = "INSERT INTO {prefix}meta (realm, name, origin, created_at, demo) \
                     VALUES ($1, $2, $3, $4, $5);\n\
                     INSERT INTO {prefix}directory (realm, revision) VALUES ($1, 0);\n\
                     INSERT INTO {prefix}turn (realm, name) VALUES ($1, 'inbox')";
                self.run(OPERATION, text, values).await.map(drop)
            }
            Ok(Some(known)) => Err(StoreError::Unsafe {
                setting: "the database",
                found: format!("set up already for realm {}", known.realm),
                expected: "an empty one",
            }),
            Err(error) => Err(error),
        };
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.run(OPERATION, end, Vec::new()).await;
        done.and(ended.map(drop))
    }
}

/// Reads the version of the schema.
pub(crate) const VERSION_TEXT: &str = "SELECT max(version) FROM {prefix}migration";

/// The version that [`VERSION_TEXT`] gave; 0 where no migration is noted.
pub(crate) fn version_of(part: Option<&link::Part>) -> Result<i64, StoreError> {
    let row = part.and_then(|part| part.rows.first());
    let version = row.map(|row| row.try_get::<Option<i64>, _>(0)).transpose();
    Ok(version.map_err(failed("read the schema"))?.flatten().unwrap_or(0))
}

/// Refuses every version but this program's.
pub(crate) fn refuse_other(version: i64) -> Result<(), StoreError> {
    match version.cmp(&VERSION) {
        Ordering::Less => Err(StoreError::SchemaOlder { found: version, needed: VERSION }),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(StoreError::SchemaNewer { found: version, known: VERSION }),
    }
}

/// The refusal of a file that is another program's.
pub(crate) fn foreign_file(foreign: &[String]) -> StoreError {
    let named: Vec<_> = foreign.iter().take(3).map(|name| format!("`{name}`")).collect();
    StoreError::Unsafe {
        setting: "the database",
        found: format!("the file of another program, with tables such as {}", named.join(", ")),
        expected: "an empty file or one of ours",
    }
}
