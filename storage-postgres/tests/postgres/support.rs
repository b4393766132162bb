//! A schema of its own for each test. Nothing here asserts anything.

use std::time::Duration;

use hexacase::store::{Group, GroupOutcome, Loaded, Store, StoreError, Wanted};
use hexacase::terms::id::CaseId;
pub(crate) use hexacase::testing::samples::{
    TOWN, at, bytes16, cancel_after, case_id, duty, facts, meta, moving, opening, realm, shown,
};
use hexacase_postgres::{PostgresOptions, PostgresStore};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};

use crate::server::{fresh_schema, stranger};

/// A store in a schema of its own.
pub(crate) struct Database {
    pub(crate) options: PostgresOptions,
    pub(crate) store: PostgresStore,
}

impl Database {
    /// A schema that is set up.
    pub(crate) async fn new() -> Self {
        let database = Self::empty().await;
        database.store.init(&meta()).await.unwrap();
        database
    }

    /// A schema that is not there yet.
    pub(crate) async fn empty() -> Self {
        let options = options().await;
        let store = PostgresStore::connect(options.clone()).await.unwrap();
        Self { options, store }
    }

    /// Another store on the same schema, as another process has it.
    pub(crate) async fn another(&self) -> PostgresStore {
        PostgresStore::connect(self.options.clone()).await.unwrap()
    }

    /// A pool of the host, with the driver's own settings and a table of the host's.
    pub(crate) async fn host(&self) -> PgPool {
        let pool = PgPool::connect(&self.options.url).await.unwrap();
        let table = format!("CREATE TABLE IF NOT EXISTS {} (paid BIGINT)", self.fee());
        pool.execute(AssertSqlSafe(table)).await.unwrap();
        pool
    }

    /// The name of the host's table.
    pub(crate) fn fee(&self) -> String {
        format!("public.fee_{}", self.options.schema)
    }

    /// A row of the host's.
    pub(crate) async fn pay(&self, connection: &mut PgConnection) {
        let text = format!("INSERT INTO {} (paid) VALUES (1)", self.fee());
        connection.execute(AssertSqlSafe(text)).await.unwrap();
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

    /// Runs statements of somebody else, with `{schema}` for the schema.
    pub(crate) async fn run(&self, sql: &str) {
        let text = sql.replace("{schema}", &self.options.schema);
        let mut connection = PgConnection::connect(&self.options.url).await.unwrap();
        connection.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Waits until the sessions of this test are gone, which have told their statistics then.
    pub(crate) async fn sessions_ended(&self) {
        let text = "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{schema}'";
        for _ in 0..10_000 {
            if self.count(text).await == 0 {
                return;
            }
        }
        panic!("the sessions of the test do not end");
    }

    /// Ends the sessions of this test's stores in a state, as a restart of the server does.
    pub(crate) async fn end_sessions(&self, state: &str) -> i64 {
        let text = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE application_name = '{schema}' AND state = ";
        self.count(&format!("{text}'{state}'")).await
    }

    /// A number that a statement gives.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        let text = sql.replace("{schema}", &self.options.schema);
        sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(&mut stranger().await).await.unwrap()
    }
}

pub(crate) async fn options() -> PostgresOptions {
    let mut options = fresh_schema().await;
    // By which the sessions of one test are told from those of others.
    options.url = format!("{}&application_name={}", options.url, options.schema);
    options.lock_timeout = Duration::from_secs(2);
    options
}
