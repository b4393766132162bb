//! The store: a few connections that write, a few that read.

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use hexacase::{
    sql::Prefix,
    store::{Meta, OwnedTx, Read, Store, StoreError},
    terms::area::Realm,
};
use sqlx::{
    PgConnection, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    Counts, HostTx, PostgresOptions,
    dialect::Texts,
    guard,
    link::{Counters, failed, not_opened},
    migrate::{Found, Schema, VERSION, foreign_schema, refuse_other},
    reading::Reader,
    settings,
    tx::PostgresTx,
};

/// Cases in a schema of a PostgreSQL database. Cloning is cheap: the clones share their
/// connections.
#[derive(Clone)]
pub struct PostgresStore {
    shared: Arc<Shared>,
}

/// What the store, its readers and its transactions share.
pub(crate) struct Shared {
    pub(crate) prefix: Prefix,
    pub(crate) texts: Texts,
    pub(crate) counters: Counters,
    pub(crate) pooled: bool,
    row_security: bool,
    pool: PgPool,
    writing: PgConnectOptions,
    /// How many transactions may be under way, and a permit for each.
    writers: usize,
    permits: Arc<Semaphore>,
    /// Connections that write and are not lent out.
    idle: Mutex<Vec<PgConnection>>,
    busy: Duration,
    /// How long to wait for the answer to a call. The server ends a statement before that, if it
    /// still can.
    pub(crate) patience: Duration,
    /// The realm that the store was opened for, if it was named.
    named: Option<Realm>,
    /// What the database is, once it was seen to be ready. It never changes after that.
    ready: OnceLock<Meta>,
    /// Whether the pool is ours.
    own_pool: bool,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("host", &self.shared.writing.get_host())
            .field("database", &self.shared.writing.get_database())
            .field("schema", &self.shared.prefix.as_str())
            .finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens a database with connections of our own.
    ///
    /// # Errors
    /// [`StoreError::NoAccess`] where the server does not answer or refuses user, password or
    /// database; [`StoreError::Unsafe`] for a schema that is another program's, a PostgreSQL that
    /// is too old, or a setting under which commits can be lost.
    pub async fn connect(options: PostgresOptions) -> Result<Self, StoreError> {
        let mut driver = settings::ours(options.driver()?, &options);
        if driver.get_application_name().is_none() {
            driver = driver.application_name("hexacase");
        }
        let pool = PgPoolOptions::new()
            .max_connections(options.readers.max(1))
            .acquire_timeout(options.lock_timeout)
            .connect_lazy_with(driver.clone());
        let store = Self::over(pool, driver, &options, true)?;
        store.look().await?;
        Ok(store)
    }

    /// Keeps cases in the host's own database: reads use the host's pool, writes connections of
    /// ours that are opened with the pool's options.
    ///
    /// Of `options` the address and the number of readers are not used.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    pub async fn with_pool(pool: PgPool, options: PostgresOptions) -> Result<Self, StoreError> {
        let driver = settings::ours(pool.connect_options().as_ref().clone(), &options);
        let store = Self::over(pool, driver, &options, false)?;
        store.look().await?;
        // The host's pool may have been told to set its connections otherwise.
        let mut reader = store.shared.acquire().await?;
        settings::refuse(&settings::read(&mut reader, &store.shared.counters).await?)?;
        store.shared.check_guard(&mut reader).await?;
        Ok(store)
    }

    fn over(
        pool: PgPool,
        driver: PgConnectOptions,
        options: &PostgresOptions,
        own_pool: bool,
    ) -> Result<Self, StoreError> {
        let prefix = options.prefix()?;
        if options.row_security && options.realm.is_none() {
            return Err(StoreError::Unsafe {
                setting: "row security",
                found: "without a realm".to_owned(),
                expected: "the realm named in `PostgresOptions::realm`",
            });
        }
        let writers = usize::try_from(options.writers.max(1)).unwrap_or(1);
        let shared = Shared {
            texts: Texts::new(&prefix, options),
            prefix,
            counters: Counters::default(),
            pooled: options.pooled,
            row_security: options.row_security,
            pool,
            writing: driver,
            writers,
            permits: Arc::new(Semaphore::new(writers)),
            idle: Mutex::default(),
            busy: options.lock_timeout,
            patience: options.statement_timeout.saturating_add(options.lock_timeout),
            named: options.realm.clone(),
            ready: OnceLock::new(),
            own_pool,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Opens a connection that writes, and refuses another program's schema.
    async fn look(&self) -> Result<(), StoreError> {
        let mut lease = self.shared.lease().await?;
        let connection = lease.connection().await?;
        let found = self.shared.in_time(self.shared.schema(connection).found()).await?;
        if matches!(found, Found::Version(_)) {
            self.shared.in_time(self.shared.check_guard(connection)).await?;
        }
        lease.as_lent();
        match found {
            Found::Nothing { foreign } if !foreign.is_empty() => Err(foreign_schema(&foreign)),
            Found::Nothing { .. } | Found::Version(_) => Ok(()),
        }
    }

    /// Brings the schema to the version of this program, all or nothing. It may be called by
    /// several processes at once, and again. It waits for transactions that are under way.
    ///
    /// # Errors
    /// [`StoreError::SchemaNewer`], [`StoreError::Busy`]; [`StoreError::NoAccess`] where the user
    /// may not make a schema or tables in it.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut lease = self.shared.lease().await?;
        lease.in_use();
        self.shared.schema(lease.connection().await?).migrate().await?;
        lease.as_lent();
        Ok(())
    }

    /// Sets an empty database up, which includes [`migrate`](Self::migrate); or another realm in
    /// it, which then must be named in [`PostgresOptions::realm`].
    ///
    /// # Errors
    /// [`StoreError::Unsafe`] if it was set up before, or is another program's.
    pub async fn init(&self, meta: &Meta) -> Result<(), StoreError> {
        let mut lease = self.shared.lease().await?;
        lease.in_use();
        self.shared.schema(lease.connection().await?).set_up(meta).await?;
        lease.as_lent();
        Ok(())
    }

    /// The version of the schema; nothing where none of our tables is.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Backend`].
    pub async fn schema_version(&self) -> Result<Option<i64>, StoreError> {
        let mut connection = self.shared.acquire().await?;
        match self.shared.in_time(self.shared.schema(&mut connection).found()).await? {
            Found::Nothing { .. } => Ok(None),
            Found::Version(version) => Ok(Some(version)),
        }
    }

    /// The version of the schema that this program needs.
    pub const fn needed_schema_version() -> i64 {
        VERSION
    }

    /// Begins a transaction on a connection of the host's pool, for the host's writes and ours.
    ///
    /// # Errors
    /// [`StoreError::Busy`]; [`StoreError::Unsafe`] if the connection's settings could lose what is
    /// written.
    pub async fn begin_host(&self, pool: &PgPool) -> Result<HostTx, StoreError> {
        HostTx::begin(Arc::clone(&self.shared), pool).await
    }

    /// How often the database was called so far, and with how many statements, by this store, its
    /// readers and its transactions. Tests compare two readings.
    pub fn statements(&self) -> Counts {
        self.shared.counters.read()
    }

    /// Closes the connections that are not lent out. What was committed is safe without it.
    ///
    /// # Errors
    /// [`StoreError::Backend`].
    pub async fn close(&self) -> Result<(), StoreError> {
        if self.shared.own_pool {
            self.shared.pool.close().await;
        }
        while let Some(connection) = self.shared.take_idle() {
            sqlx::Connection::close(connection).await.map_err(failed("close the database"))?;
        }
        Ok(())
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin(&self, realm: &Realm) -> Result<Box<dyn OwnedTx>, StoreError> {
        self.shared.check_realm(realm).await?;
        let tx = PostgresTx::begin(Arc::clone(&self.shared), realm.clone()).await?;
        Ok(Box::new(tx))
    }

    async fn reader(&self, realm: &Realm) -> Result<Box<dyn Read>, StoreError> {
        self.shared.check_realm(realm).await?;
        Ok(Box::new(Reader::new(Arc::clone(&self.shared), realm.clone())))
    }

    async fn meta(&self) -> Result<Meta, StoreError> {
        let mut connection = self.shared.acquire().await?;
        self.shared.read_meta(&mut connection).await
    }

    /// Two, where there are the connections: while one batch is written the next is decided. A
    /// third brought nothing.
    fn batches_at_once(&self) -> usize {
        self.shared.writers.min(2)
    }
}

impl Shared {
    /// What the database is; asked once, then remembered.
    pub(crate) async fn ready(&self) -> Result<&Meta, StoreError> {
        if self.ready.get().is_none() {
            let mut connection = self.acquire().await?;
            self.ready_on(&mut connection).await?;
        }
        self.ready.get().ok_or(StoreError::NotSetUp)
    }

    /// The same, asked on this connection if it has to be asked: a host that lends the only
    /// connection of its pool has no other.
    pub(crate) async fn ready_on(
        &self,
        connection: &mut PgConnection,
    ) -> Result<&Meta, StoreError> {
        if self.ready.get().is_none() {
            let meta = self.read_meta(connection).await?;
            // Somebody else may have found the same in the meantime.
            drop(self.ready.set(meta));
        }
        self.ready.get().ok_or(StoreError::NotSetUp)
    }

    async fn read_meta(&self, connection: &mut PgConnection) -> Result<Meta, StoreError> {
        let mut schema = self.schema(connection);
        match self.in_time(schema.found()).await? {
            Found::Nothing { .. } => Err(StoreError::NotSetUp),
            Found::Version(version) => {
                refuse_other(version)?;
                self.in_time(schema.meta()).await?.ok_or(StoreError::NotSetUp)
            }
        }
    }

    /// What the schema holds is read at once, or somebody holds a lock on it.
    async fn in_time<T>(
        &self,
        reading: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let waited = tokio::time::timeout(self.busy, reading).await;
        waited.unwrap_or(Err(StoreError::Busy { operation: "read the schema" }))
    }

    /// Looks whether row security holds on a connection, where it is asked for.
    async fn check_guard(&self, connection: &mut PgConnection) -> Result<(), StoreError> {
        match self.named.as_ref().filter(|_| self.row_security) {
            None => Ok(()),
            Some(realm) => guard::check(connection, &self.counters, &self.prefix, realm).await,
        }
    }

    async fn check_realm(&self, wanted: &Realm) -> Result<(), StoreError> {
        let found = &self.ready().await?.realm;
        if found == wanted {
            Ok(())
        } else {
            Err(StoreError::OtherRealm { found: found.clone(), wanted: wanted.clone() })
        }
    }

    pub(crate) fn schema<'c>(&'c self, connection: &'c mut PgConnection) -> Schema<'c> {
        Schema {
            connection,
            counters: &self.counters,
            prefix: &self.prefix,
            realm: self.named.as_ref(),
            lock_timeout: self.busy,
        }
    }

    /// A connection of the pool.
    pub(crate) async fn acquire(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        self.pool.acquire().await.map_err(not_opened("get a connection"))
    }

    /// The right to a connection that writes.
    pub(crate) async fn lease(self: &Arc<Self>) -> Result<Lease, StoreError> {
        let waited = tokio::time::timeout(self.busy, Arc::clone(&self.permits).acquire_owned());
        let busy = StoreError::Busy { operation: "begin a transaction" };
        let Ok(Ok(permit)) = waited.await else { return Err(busy) };
        let connection = self.take_idle();
        let used = connection.is_some();
        let shared = Arc::clone(self);
        Ok(Lease { shared, connection, used, as_lent: true, _permit: permit })
    }

    fn take_idle(&self) -> Option<PgConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// The right to a connection that writes. Dropped in the middle of something, it closes the
/// connection, with which the server rolls back what was open: a `Drop` cannot wait for ROLLBACK.
pub(crate) struct Lease {
    shared: Arc<Shared>,
    connection: Option<PgConnection>,
    /// Whether the connection was lent out before, so that it may be gone by now.
    used: bool,
    /// Whether nothing is open or under way on it.
    as_lent: bool,
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    /// The connection, opened if it is not.
    pub(crate) async fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        let connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            self.used = false;
            let shared = &self.shared;
            let statement = shared.patience.saturating_sub(shared.busy);
            let session = (!shared.pooled).then_some(statement);
            settings::open(&shared.writing, &shared.counters, shared.busy, session).await?
        };
        Ok(self.connection.insert(connection))
    }

    pub(crate) fn was_used(&self) -> bool {
        self.used
    }

    /// Something begins on the connection.
    pub(crate) fn in_use(&mut self) {
        self.as_lent = false;
    }

    /// The connection is as it was lent.
    pub(crate) fn as_lent(&mut self) {
        self.as_lent = true;
    }

    /// The connection is not to be trusted any more.
    pub(crate) fn give_up(&mut self) {
        self.connection = None;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| self.as_lent) {
            self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}
