//! The schema and its versions. Nothing here runs unasked.

use std::{cmp::Ordering, time::Duration};

use hexacase::{
    sql::{self, Prefix, Value},
    store::{Meta, StoreError},
    terms::area::Realm,
};
use sqlx::{PgConnection, Row, postgres::PgRow};

use crate::{
    link::{self, Bind, Counters, code, failed},
    statistics,
};

/// The migrations in their order; the version of the schema is their number.
pub(crate) const MIGRATIONS: [(&str, &str); 4] = [
    ("0001_casework", include_str!("../migrations/0001_casework.sql")),
    ("0002_post", include_str!("../migrations/0002_post.sql")),
    ("0003_views", include_str!("../migrations/0003_views.sql")),
    ("0004_worklist", include_str!("../migrations/0004_worklist.sql")),
];

/// The version this program writes and reads.
pub(crate) const VERSION: i64 = 4;

/// Our own bookkeeping, so that the host's migrations and ours never meet. It belongs to the
/// schema, not to a realm, and so stands outside the migrations.
const BOOKKEEPING: &str = "CREATE TABLE IF NOT EXISTS {prefix}migration (\
     version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)";

/// How often a migration begins anew because another process makes the same tables.
const TRIES: u32 = 5;

/// What a schema holds.
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

/// What is done to a schema in one transaction.
enum Work<'m> {
    Migrate,
    SetUp(&'m Meta),
    DropDemo,
}

/// A connection with what it takes to speak of our tables on it.
pub(crate) struct Schema<'c> {
    pub(crate) connection: &'c mut PgConnection,
    pub(crate) counters: &'c Counters,
    pub(crate) prefix: &'c Prefix,
    /// The realm that the store was opened for.
    pub(crate) realm: Option<&'c Realm>,
    /// How long to wait for transactions that are under way.
    pub(crate) lock_timeout: Duration,
}

impl Schema<'_> {
    pub(crate) async fn run(
        &mut self,
        operation: &'static str,
        template: &str,
    ) -> Result<Vec<Vec<PgRow>>, StoreError> {
        let text = self.prefix.render(template).replace("{schema}", self.name());
        link::run_all(self.connection, self.counters, text).await.map_err(failed(operation))
    }

    async fn bind(
        &mut self,
        operation: &'static str,
        template: &str,
        values: Vec<Value>,
    ) -> Result<Vec<PgRow>, StoreError> {
        let text = self.prefix.render(template).into();
        let values = values.into_iter().map(Bind::from).collect();
        let ran = link::run(self.connection, self.counters, text, values, false).await;
        ran.map_err(failed(operation))
    }

    fn name(&self) -> &str {
        self.prefix.as_str().trim_end_matches('.')
    }

    /// What the schema holds. Our own table is looked for by its name: the system has no index of what
    /// stands in a schema, and goes through all tables of all schemas for it.
    pub(crate) async fn found(&mut self) -> Result<Found, StoreError> {
        const OPERATION: &str = "read the schema";
        let ours = "SELECT 1 FROM pg_catalog.pg_class AS c \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             WHERE n.nspname = '{schema}' AND c.relname = 'migration' AND c.relkind IN ('r', 'p')";
        let parts = self.run(OPERATION, ours).await?;
        if parts.first().is_none_or(Vec::is_empty) {
            return Ok(Found::Nothing { foreign: self.tables().await? });
        }
        let parts = self.run(OPERATION, VERSION_TEXT).await?;
        version_of(parts.first()).map(Found::Version)
    }

    /// The tables of the schema.
    async fn tables(&mut self) -> Result<Vec<String>, StoreError> {
        const OPERATION: &str = "read the schema";
        let tables = "SELECT c.relname::text AS name FROM pg_catalog.pg_class AS c \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             WHERE n.nspname = '{schema}' AND c.relkind IN ('r', 'p') ORDER BY name";
        let parts = self.run(OPERATION, tables).await?;
        let rows = parts.first().map(Vec::as_slice).unwrap_or_default();
        let names = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>();
        names.map_err(failed(OPERATION))
    }

    /// What the database is, for the store's realm; its schema must be of this version.
    pub(crate) async fn meta(&mut self) -> Result<Option<Meta>, StoreError> {
        let known = self.realms().await?;
        if let Some(realm) = self.realm {
            return Ok(known.into_iter().find(|meta| meta.realm == *realm));
        }
        if known.len() > 1 {
            let realms: Vec<_> = known.iter().map(|meta| meta.realm.as_str()).collect();
            return Err(StoreError::Unsafe {
                setting: "the realm",
                found: format!("one of several realms: {}", realms.join(", ")),
                expected: "named in `PostgresOptions::realm`",
            });
        }
        Ok(known.into_iter().next())
    }

    pub(crate) async fn realms(&mut self) -> Result<Vec<Meta>, StoreError> {
        let text = "SELECT realm, name, origin, created_at, demo FROM {prefix}meta ORDER BY realm";
        let rows = self.run("read what the database is", text).await?;
        rows.first().map(Vec::as_slice).unwrap_or_default().iter().map(sql::meta).collect()
    }

    /// Brings the schema to this version, all or nothing.
    pub(crate) async fn migrate(&mut self) -> Result<(), StoreError> {
        // Where there is nothing to do nobody is kept waiting.
        match self.found().await? {
            Found::Version(VERSION) => return Ok(()),
            Found::Version(found) if found > VERSION => return refuse_other(found),
            Found::Version(_) | Found::Nothing { .. } => {}
        }
        let mut tries = TRIES;
        loop {
            tries = tries.saturating_sub(1);
            let done = self.within("migrate the database", Work::Migrate).await;
            match done {
                // Nothing can be locked before it is there: another process makes the same now.
                Err(error) if tries > 0 && made_elsewhere(&error) => {}
                done => return done,
            }
        }
    }

    /// Sets a realm up, once.
    pub(crate) async fn set_up(&mut self, meta: &Meta) -> Result<(), StoreError> {
        if let Some(realm) = self.realm.filter(|realm| **realm != meta.realm) {
            let (found, wanted) = (realm.clone(), meta.realm.clone());
            return Err(StoreError::OtherRealm { found, wanted });
        }
        self.migrate().await?;
        self.within("set up the database", Work::SetUp(meta)).await
    }

    /// Takes our tables away, if they are those of demos.
    pub(crate) async fn drop_demo(&mut self) -> Result<(), StoreError> {
        match self.found().await? {
            Found::Nothing { .. } => return Ok(()),
            Found::Version(version) => refuse_other(version)?,
        }
        self.within("take the demo away", Work::DropDemo).await
    }

    /// Does this in a transaction.
    async fn within(&mut self, operation: &'static str, work: Work<'_>) -> Result<(), StoreError> {
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;\nSET LOCAL statement_timeout = 0;\n\
             SET LOCAL lock_timeout = {}",
            self.lock_timeout.as_millis()
        );
        self.run(operation, &begin).await?;
        let done = match work {
            Work::Migrate => self.migrate_locked().await,
            Work::SetUp(meta) => self.set_up_locked(meta).await,
            Work::DropDemo => self.drop_demo_locked().await,
        };
        if done.is_err() {
            self.run(operation, "ROLLBACK").await.ok();
            return done;
        }
        let ended = link::run_all(self.connection, self.counters, "COMMIT").await;
        ended.map(drop).map_err(link::commit_failed)
    }

    async fn migrate_locked(&mut self) -> Result<(), StoreError> {
        const OPERATION: &str = "migrate the database";
        let there = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = '{schema}'";
        let there = self.run(OPERATION, there).await?;
        if there.first().is_none_or(Vec::is_empty) {
            self.run(OPERATION, "CREATE SCHEMA {schema}").await?;
        }
        let tables = self.tables().await?;
        if !tables.iter().any(|name| name == "migration") {
            if !tables.is_empty() {
                return Err(foreign_schema(&tables));
            }
            self.run(OPERATION, BOOKKEEPING).await?;
        }
        // Every transaction looks at this table first, so nobody works while the schema changes.
        // The version is read under the lock and not before, because another process may have come
        // first, and because two that had both read would wait for each other.
        self.run(OPERATION, "LOCK TABLE {prefix}migration IN ACCESS EXCLUSIVE MODE").await?;
        let parts = self.run(OPERATION, VERSION_TEXT).await?;
        let version = version_of(parts.first())?;
        if version > VERSION {
            return Err(StoreError::SchemaNewer { found: version, known: VERSION });
        }
        for ((name, text), number) in MIGRATIONS.into_iter().zip(1..) {
            if number > version {
                self.run(OPERATION, text).await?;
                let line = "INSERT INTO {prefix}migration (version, name) VALUES ($1, $2)";
                let values = vec![Value::Int(number), Value::Text(name.to_owned())];
                self.bind(OPERATION, line, values).await?;
            }
        }
        if version == 0 {
            self.run(OPERATION, &statistics::first()).await?;
        }
        Ok(())
    }

    async fn set_up_locked(&mut self, meta: &Meta) -> Result<(), StoreError> {
        const OPERATION: &str = "set up the database";
        self.run(OPERATION, "LOCK TABLE {prefix}meta IN SHARE ROW EXCLUSIVE MODE").await?;
        let known = self.realms().await?;
        // A second realm is set up only by who names it.
        let same = known.iter().find(|known| known.realm == meta.realm);
        if let Some(known) = same.or(known.first().filter(|_| self.realm.is_none())) {
            return Err(StoreError::Unsafe {
                setting: "the database",
                found: format!("set up already for realm {}", known.realm),
                expected: "an empty one",
            });
        }
        let text = "INSERT INTO {prefix}meta (realm, name, origin, created_at, demo) \
             VALUES ($1, $2, $3, $4, $5 = 1)";
        let realm = Value::Text(meta.realm.as_str().to_owned());
        let values = vec![
            realm.clone(),
            Value::Text(meta.name.clone()),
            Value::Bytes(meta.origin.as_bytes().to_vec()),
            Value::Int(meta.created_at.as_millis()),
            Value::Int(meta.demo.into()),
        ];
        self.bind(OPERATION, text, values).await?;
        for text in [
            "INSERT INTO {prefix}directory (realm, revision) VALUES ($1, 0)",
            "INSERT INTO {prefix}turn (realm, name) VALUES ($1, 'inbox')",
        ] {
            self.bind(OPERATION, text, vec![realm.clone()]).await?;
        }
        Ok(())
    }
}

/// Whether a table or schema could not be made because somebody else just made it.
fn made_elsewhere(error: &StoreError) -> bool {
    let StoreError::Backend { source, .. } = error else { return false };
    let code = source.downcast_ref::<sqlx::Error>().and_then(code);
    code.is_some_and(|code| matches!(code.as_str(), "23505" | "42P06" | "42P07" | "42710"))
}

/// Reads the version of the schema.
pub(crate) const VERSION_TEXT: &str = "SELECT max(version) FROM {prefix}migration";

/// The version that [`VERSION_TEXT`] gave; 0 where no migration is noted.
pub(crate) fn version_of(rows: Option<&Vec<PgRow>>) -> Result<i64, StoreError> {
    let row = rows.and_then(|rows| rows.first());
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

/// The refusal of a schema that is another program's.
pub(crate) fn foreign_schema(foreign: &[String]) -> StoreError {
    let named: Vec<_> = foreign.iter().take(3).map(|name| format!("`{name}`")).collect();
    StoreError::Unsafe {
        setting: "the schema",
        found: format!("that of another program, with tables such as {}", named.join(", ")),
        expected: "an empty schema or one of ours",
    }
}
