//! The store: one connection that writes, a few that read.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use hexacase::{
    sql::Prefix,
    store::{Meta, OwnedTx, Read, Store, StoreError},
    terms::area::Realm,
};
use sqlx::{
    SqliteConnection, SqlitePool,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    Counts, HostTx, SqliteOptions,
    dialect::Texts,
    link::{Counters, abandon, failed},
    migrate::{Found, Schema, VERSION, foreign_file, refuse_other},
    reading::Reader,
    settings,
    tx::SqliteTx,
};

/// Cases in an SQLite file. Cloning is cheap: the clones share their connections.
#[derive(Clone)]
pub struct SqliteStore {
    shared: Arc<Shared>,
}

/// What the store, its readers and its transactions share.
pub(crate) struct Shared {
    pub(crate) prefix: Prefix,
    pub(crate) texts: Texts,
    pub(crate) counters: Counters,
    pub(crate) pool: SqlitePool,
    writer: Arc<Mutex<Writer>>,
    writing: SqliteConnectOptions,
    busy: Duration,
    /// What the database is, once it was seen to be ready. It never changes after that.
    ready: OnceLock<Meta>,
    /// Whether the pool is ours and so the whole file is.
    own_file: bool,
}

/// The connection that writes, if it is open.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    pub(crate) connection: Option<SqliteConnection>,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("file", &self.shared.writing.get_filename())
            .field("prefix", &self.shared.prefix.as_str())
            .finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens a file of our own, with one connection that writes and a few that read.
    ///
    /// # Errors
    /// [`StoreError::Unsafe`] for a database in memory, a file that is another program's, an
    /// SQLite that is too old, or a setting that the file system does not allow.
    pub async fn connect(options: SqliteOptions) -> Result<Self, StoreError> {
        options.check()?;
        let busy = options.busy_timeout;
        let pool = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            .acquire_timeout(busy)
            // Nobody but the store uses these; a thread that is gone is an error soon enough.
            .test_before_acquire(false)
            .connect_lazy_with(settings::reading(options.driver(), busy));
        let store = Self::over(pool, options.driver(), &options, true)?;
        let mut locked = store.shared.lock().await?;
        let connection = locked.open_connection(&store.shared).await?;
        if let Found::Nothing { foreign } = store.shared.schema(connection).found().await?
            && !foreign.is_empty()
        {
            return Err(foreign_file(&foreign));
        }
        drop(locked);
        Ok(store)
    }

    /// Keeps cases in the host's own file: reads use the host's pool, writes a connection of ours
    /// that is opened with the pool's options.
    ///
    /// Of `options` the path and the number of readers are not used.
    ///
    /// # Errors
    /// [`StoreError::Unsafe`] as for [`connect`](Self::connect); tables of the host are welcome.
    pub async fn with_pool(pool: SqlitePool, options: SqliteOptions) -> Result<Self, StoreError> {
        let driver = pool.connect_options().as_ref().clone();
        let store = Self::over(pool, driver, &options, false)?;
        store.shared.lock().await?.open_connection(&store.shared).await?;
        // A pool that asks for another journal would take the file out of WAL behind our back.
        let mut reader = store.shared.acquire().await?;
        let settings = settings::read(&mut reader, &store.shared.counters).await?;
        settings::refuse_file(&settings)?;
        Ok(store)
    }

    fn over(
        pool: SqlitePool,
        driver: SqliteConnectOptions,
        options: &SqliteOptions,
        own_file: bool,
    ) -> Result<Self, StoreError> {
        let prefix = Prefix::table(&options.prefix).map_err(|bad| StoreError::Unsafe {
            setting: "the prefix of the tables",
            found: bad.0,
            expected: "1 to 32 small letters, digits and `_`, a letter first",
        })?;
        let busy = options.busy_timeout;
        let shared = Shared {
            texts: Texts::new(&prefix),
            prefix,
            counters: Counters::default(),
            pool,
            writer: Arc::default(),
            writing: settings::writing(driver, busy),
            busy,
            ready: OnceLock::new(),
            own_file,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Brings the schema to the version of this program, all or nothing. It may be called by
    /// several processes at once, and again.
    ///
    /// # Errors
    /// [`StoreError::SchemaNewer`], [`StoreError::Busy`].
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut locked = self.shared.lock().await?;
        let connection = locked.begin(&self.shared).await?;
        self.shared.schema(connection).migrate().await?;
        locked.ended();
        Ok(())
    }

    /// Sets an empty database up, which includes [`migrate`](Self::migrate).
    ///
    /// # Errors
    /// [`StoreError::Unsafe`] if it was set up before, or is another program's.
    pub async fn init(&self, meta: &Meta) -> Result<(), StoreError> {
        let mut locked = self.shared.lock().await?;
        let connection = locked.begin(&self.shared).await?;
        let mut schema = self.shared.schema(connection);
        if let Found::Nothing { foreign } = schema.found().await?
            && self.shared.own_file
            && !foreign.is_empty()
        {
            return Err(foreign_file(&foreign));
        }
        schema.set_up(meta).await?;
        locked.ended();
        Ok(())
    }

    /// The version of the schema; nothing where none of our tables is.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Backend`].
    pub async fn schema_version(&self) -> Result<Option<i64>, StoreError> {
        let mut connection = self.shared.acquire().await?;
        match self.shared.schema(&mut connection).found().await? {
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
    pub async fn begin_host(&self, pool: &SqlitePool) -> Result<HostTx, StoreError> {
        HostTx::begin(Arc::clone(&self.shared), pool).await
    }

    /// How often the database was called so far, and with how many statements, by this store, its
    /// readers and its transactions. Tests compare two readings.
    pub fn statements(&self) -> Counts {
        self.shared.counters.read()
    }

    /// Closes the connections. What was committed is safe without it; a clean close also empties
    /// the write-ahead log.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while a transaction is open.
    pub async fn close(&self) -> Result<(), StoreError> {
        if self.shared.own_file {
            self.shared.pool.close().await;
        }
        let mut locked = self.shared.lock().await?;
        match locked.guard.connection.take() {
            Some(connection) => {
                sqlx::Connection::close(connection).await.map_err(failed("close the database"))
            }
            None => Ok(()),
        }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self, realm: &Realm) -> Result<Box<dyn OwnedTx>, StoreError> {
        self.shared.check_realm(realm).await?;
        let tx = SqliteTx::begin(Arc::clone(&self.shared), realm.clone()).await?;
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
        connection: &mut SqliteConnection,
    ) -> Result<&Meta, StoreError> {
        if self.ready.get().is_none() {
            let meta = self.read_meta(connection).await?;
            // Somebody else may have found the same in the meantime.
            drop(self.ready.set(meta));
        }
        self.ready.get().ok_or(StoreError::NotSetUp)
    }

    async fn read_meta(&self, connection: &mut SqliteConnection) -> Result<Meta, StoreError> {
        let mut schema = self.schema(connection);
        match schema.found().await? {
            Found::Nothing { .. } => Err(StoreError::NotSetUp),
            Found::Version(version) => {
                refuse_other(version)?;
                schema.meta().await?.ok_or(StoreError::NotSetUp)
            }
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

    fn schema<'c>(&'c self, connection: &'c mut SqliteConnection) -> Schema<'c> {
        Schema { connection, counters: &self.counters, prefix: &self.prefix }
    }

    /// How a connection that writes is opened.
    pub(crate) fn writing(&self) -> &SqliteConnectOptions {
        &self.writing
    }

    /// A connection of the pool.
    pub(crate) async fn acquire(&self) -> Result<PoolConnection<sqlx::Sqlite>, StoreError> {
        self.pool.acquire().await.map_err(failed("get a connection"))
    }

    /// The right to write, as far as this process is concerned.
    pub(crate) async fn lock(&self) -> Result<Locked, StoreError> {
        let guard = tokio::time::timeout(self.busy, Arc::clone(&self.writer).lock_owned())
            .await
            .map_err(|_| StoreError::Busy { operation: "begin a transaction" })?;
        Ok(Locked { guard, open: false })
    }
}

/// The right to write. Dropped with a transaction open, it rolls the transaction back.
pub(crate) struct Locked {
    guard: OwnedMutexGuard<Writer>,
    open: bool,
}

impl Locked {
    /// The connection, opened if it is not.
    async fn open_connection(
        &mut self,
        shared: &Shared,
    ) -> Result<&mut SqliteConnection, StoreError> {
        let connection = match self.guard.connection.take() {
            Some(connection) => connection,
            None => settings::open(&shared.writing, &shared.counters).await?,
        };
        Ok(self.guard.connection.insert(connection))
    }

    /// The connection, on which a transaction is about to be begun.
    pub(crate) async fn begin(
        &mut self,
        shared: &Shared,
    ) -> Result<&mut SqliteConnection, StoreError> {
        self.open_connection(shared).await?;
        self.open = true;
        self.connection("begin a transaction")
    }

    /// The open connection.
    pub(crate) fn connection(
        &mut self,
        operation: &'static str,
    ) -> Result<&mut SqliteConnection, StoreError> {
        let lost = || hexacase::sql::broken(operation, "the connection is gone");
        self.guard.connection.as_mut().ok_or_else(lost)
    }

    /// The transaction ended.
    pub(crate) fn ended(&mut self) {
        self.open = false;
    }

    /// The connection is not to be trusted any more; the next transaction opens another one.
    /// Closing it rolls back what was open.
    pub(crate) fn give_up(&mut self) {
        self.open = false;
        self.guard.connection = None;
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let Some(connection) = self.guard.connection.as_mut() else { return };
        if self.open && !abandon(connection) {
            self.guard.connection = None;
        }
    }
}
