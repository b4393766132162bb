//! A database in a temporary folder. Nothing here asserts anything.

use hexacase::store::{Group, GroupOutcome, Loaded, Store, StoreError, Wanted};
use hexacase::terms::id::CaseId;
pub(crate) use hexacase::testing::samples::{
    TOWN, at, bytes16, cancel_after, case_id, duty, facts, meta, moving, opening, realm, shown,
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use sqlx::{Connection, SqliteConnection, SqlitePool, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

/// A store that was set up, in a folder that goes with it.
pub(crate) struct Database {
    pub(crate) folder: TempDir,
    pub(crate) store: SqliteStore,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let database = Self::empty().await;
        database.store.init(&meta()).await.unwrap();
        database
    }

    /// A file without any table.
    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::connect(options(&folder)).await.unwrap();
        Self { folder, store }
    }

    /// A connection of somebody else, as lax as SQLite allows.
    pub(crate) async fn stranger(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new()
            .filename(self.folder.path().join("cases.db"))
            .foreign_keys(false)
            .busy_timeout(std::time::Duration::from_millis(500));
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// A pool of the host, with the driver's own settings.
    pub(crate) async fn host(&self) -> SqlitePool {
        let file = self.folder.path().join("cases.db");
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(std::time::Duration::from_millis(500));
        let pool = SqlitePool::connect_with(options).await.unwrap();
        sqlx::query("CREATE TABLE IF NOT EXISTS fee (paid INTEGER)").execute(&pool).await.unwrap();
        pool
    }

    pub(crate) async fn append(&self, groups: &[Group]) -> Vec<GroupOutcome> {
        let mut tx = self.store.begin(&realm()).await.unwrap();
        let outcomes = tx.append(groups).await.unwrap();
        tx.commit().await.unwrap();
        outcomes
    }

    pub(crate) async fn load(&self, cases: &[CaseId]) -> Result<Loaded, StoreError> {
        let wanted = Wanted { cases: cases.to_vec(), ..Wanted::default() };
        self.store.reader(&realm()).await?.load(&wanted).await
    }

    pub(crate) async fn run(&self, sql: &'static str) {
        sqlx::query(sql).execute(&mut self.stranger().await).await.unwrap();
    }
}

pub(crate) fn options(folder: &TempDir) -> SqliteOptions {
    let mut options = SqliteOptions::new(folder.path().join("cases.db"));
    options.busy_timeout = std::time::Duration::from_millis(500);
    options
}
