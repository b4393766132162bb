//! Where several programs of a test work: an SQLite file, or a schema on a PostgreSQL server. It can be
//! told to a child as one word of text.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on is to stop"
)]

use std::{fmt, path::PathBuf, process::Command, time::Duration};

use async_trait::async_trait;
use hexacase::{
    store::{Meta, OwnedTx, Read, Store, StoreError},
    terms::area::Realm,
};
use hexacase_postgres::{PostgresOptions, PostgresStore};
use hexacase_sqlite::{SqliteOptions, SqliteStore};

use crate::postgres;

/// A database that programs share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// A schema on a server.
    Postgres {
        /// The server's address.
        url: String,
        /// The schema.
        schema: String,
    },
}

impl Place {
    /// A schema that nobody else has, on the server of the tests.
    #[must_use]
    pub fn postgres() -> Self {
        let options = postgres::options();
        Self::Postgres { url: options.url, schema: options.schema }
    }

    /// Reads what [`Display`](fmt::Display) wrote.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match text.split_once(' ').expect("a kind and a place") {
            ("sqlite", path) => Self::Sqlite(path.into()),
            (_, place) => {
                let (schema, url) = place.split_once(' ').expect("a schema and an address");
                Self::Postgres { url: url.to_owned(), schema: schema.to_owned() }
            }
        }
    }

    /// What kind of place it is.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    /// The same place for a program of this name, by which the server knows its sessions.
    #[must_use]
    pub fn named(&self, program: &str) -> Self {
        match self {
            Self::Sqlite(path) => Self::Sqlite(path.clone()),
            Self::Postgres { url, schema } => Self::Postgres {
                url: format!("{url}&application_name={program}"),
                schema: schema.clone(),
            },
        }
    }

    /// Waits until nothing of a program that was killed goes on. A server carries out what it had
    /// heard before it finds that nobody listens any more; a file has nobody who would.
    pub fn wait_for_end_of(&self, program: &str) {
        let Self::Postgres { url, .. } = self else { return };
        let wait = format!(
            "DO $$ BEGIN WHILE EXISTS (SELECT FROM pg_stat_activity \
             WHERE application_name = '{program}') LOOP \
             PERFORM pg_sleep(0.002); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$"
        );
        let psql = Command::new("psql").arg(url).args(["-X", "-q", "-c", &wait]).output();
        let psql = psql.expect("psql, which comes with PostgreSQL");
        assert!(psql.status.success(), "{}", String::from_utf8_lossy(&psql.stderr));
    }

    /// The store. It waits so long for a lock.
    pub async fn store(&self, patience: Duration) -> PlacedStore {
        match self {
            Self::Sqlite(path) => {
                let mut options = SqliteOptions::new(path);
                options.busy_timeout = patience;
                let store = SqliteStore::connect(options).await;
                PlacedStore::Sqlite(store.expect("a database"))
            }
            Self::Postgres { url, schema } => {
                let mut options = PostgresOptions::new(url);
                schema.clone_into(&mut options.schema);
                options.lock_timeout = patience;
                let store = PostgresStore::connect(options).await;
                PlacedStore::Postgres(store.expect("a database"))
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite {}", path.display()),
            Self::Postgres { url, schema } => write!(f, "postgres {schema} {url}"),
        }
    }
}

/// The store of a place.
#[derive(Clone, Debug)]
pub enum PlacedStore {
    /// Of a file.
    Sqlite(SqliteStore),
    /// Of a schema.
    Postgres(PostgresStore),
}

impl PlacedStore {
    /// Sets an empty place up.
    pub async fn init(&self, meta: &Meta) {
        let done = match self {
            Self::Sqlite(store) => store.init(meta).await,
            Self::Postgres(store) => store.init(meta).await,
        };
        done.expect("an empty database");
    }

    fn store(&self) -> &dyn Store {
        match self {
            Self::Sqlite(store) => store,
            Self::Postgres(store) => store,
        }
    }
}

#[async_trait]
impl Store for PlacedStore {
    async fn begin(&self, realm: &Realm) -> Result<Box<dyn OwnedTx>, StoreError> {
        self.store().begin(realm).await
    }

    async fn reader(&self, realm: &Realm) -> Result<Box<dyn Read>, StoreError> {
        self.store().reader(realm).await
    }

    async fn meta(&self) -> Result<Meta, StoreError> {
        self.store().meta().await
    }

    fn batches_at_once(&self) -> usize {
        self.store().batches_at_once()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_told() {
        let url = "postgres://hexacase@localhost/postgres?host=%2Ftmp".to_owned();
        let postgres = Place::Postgres { url, schema: "t1".to_owned() };
        for place in [Place::Sqlite("/a b/c.db".into()), postgres.named("writer")] {
            assert_eq!(Place::read(&place.to_string()), place);
        }
    }
}
