//! The store of either kind of database, for everything that does not ask which it is.

use async_trait::async_trait;
use hexacase::{
    store::{Meta, OwnedTx, Read, Store, StoreError},
    terms::area::Realm,
};
use hexacase_postgres::PostgresStore;
use hexacase_sqlite::SqliteStore;

/// The store of either kind of database.
#[derive(Clone, Debug)]
pub enum PilotStore {
    /// A file of SQLite.
    Sqlite(SqliteStore),
    /// A schema on a server of PostgreSQL.
    Postgres(PostgresStore),
}

/// What a database looks like from inside.
#[derive(Clone, Debug)]
pub enum Checkup {
    /// A file of SQLite.
    Sqlite(hexacase_sqlite::Checkup),
    /// A schema on a server of PostgreSQL.
    Postgres(hexacase_postgres::Checkup),
}

impl Checkup {
    /// What is wrong with it; empty when all is well.
    pub fn problems(&self) -> &[String] {
        match self {
            Self::Sqlite(checkup) => &checkup.problems,
            Self::Postgres(checkup) => &checkup.problems,
        }
    }
}

impl PilotStore {
    /// Sets an empty database up.
    ///
    /// # Errors
    /// What the database says.
    pub async fn init(&self, meta: &Meta) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.init(meta).await,
            Self::Postgres(store) => store.init(meta).await,
        }
    }

    /// Brings the schema to this program's version.
    ///
    /// # Errors
    /// What the database says.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.migrate().await,
            Self::Postgres(store) => store.migrate().await,
        }
    }

    /// The version of the schema; nothing where none of our tables is.
    ///
    /// # Errors
    /// What the database says.
    pub async fn schema_version(&self) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(store) => store.schema_version().await,
            Self::Postgres(store) => store.schema_version().await,
        }
    }

    /// The version of the schema that this program needs.
    pub fn needed_schema_version(&self) -> i64 {
        match self {
            Self::Sqlite(_) => SqliteStore::needed_schema_version(),
            Self::Postgres(_) => PostgresStore::needed_schema_version(),
        }
    }

    /// Closes the connections.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }

    /// Looks at the database from inside.
    ///
    /// # Errors
    /// What the database says.
    pub async fn check_up(&self) -> Result<Checkup, StoreError> {
        match self {
            Self::Sqlite(store) => store.check_up().await.map(Checkup::Sqlite),
            Self::Postgres(store) => store.check_up().await.map(Checkup::Postgres),
        }
    }

    fn store(&self) -> &dyn Store {
        match self {
            Self::Sqlite(store) => store,
            Self::Postgres(store) => store,
        }
    }
}

#[async_trait]
impl Store for PilotStore {
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
