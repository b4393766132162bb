//! Steps inside the host's own transaction, owned ([`HostTx`]) or borrowed ([`HostRef`]).

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use hexacase::{
    sql::{Known, Merging, Posting, Reading, Row, Script, Select, Value},
    store::{Group, GroupOutcome, Loaded, OwnedTx, StoreError, StoreTx, Wanted},
    terms::area::Realm,
};
use sqlx::{
    Connection, Row as _, Sqlite, SqliteConnection, SqlitePool, Transaction, sqlite::SqliteRow,
};

use crate::{
    SqliteStore, dialect,
    link::{self, Part, failed},
    migrate::{refuse_other, version_of},
    reading::{Caller, ask},
    settings,
    store::Shared,
};

/// A transaction of the host that takes steps in too: what the host writes through
/// [`connection`](Self::connection) and what the engine writes become visible together.
///
/// The way to commit is [`commit`](OwnedTx::commit) of this type, which rolls back when a step was
/// interrupted; dropped, everything is rolled back.
pub struct HostTx {
    joined: Joined<Transaction<'static, Sqlite>>,
}

/// A host's connection, borrowed for steps inside a transaction that the host began and will end.
///
/// # Rule
///
/// - Begin the transaction with `BEGIN IMMEDIATE` (`begin_with("BEGIN IMMEDIATE")`). A deferred one
///   is raised if nobody wrote since it first read, and is else refused with
///   [`StoreError::HostMustBeginImmediate`].
/// - If a call on the reference fails or is dropped before it ended, **roll back**. Nothing
///   prevents the commit of half a step here; [`HostTx`] does.
pub struct HostRef<'c> {
    joined: Joined<&'c mut SqliteConnection>,
}

impl fmt::Debug for HostTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostTx").field("realm", &self.joined.realm).finish_non_exhaustive()
    }
}

impl fmt::Debug for HostRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostRef").field("realm", &self.joined.realm).finish_non_exhaustive()
    }
}

impl HostTx {
    pub(crate) async fn begin(shared: Arc<Shared>, pool: &SqlitePool) -> Result<Self, StoreError> {
        let realm = shared.ready().await?.realm.clone();
        let transaction = pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed("begin a transaction of the host"))?;
        shared.counters.count(1);
        let mut joined = Joined::new(transaction, shared, realm);
        joined.join().await?;
        Ok(Self { joined })
    }

    /// The connection, for the host's own statements in this transaction. Ending the transaction
    /// through it, or writing into the tables of cases, voids every promise.
    pub fn connection(&mut self) -> &mut SqliteConnection {
        // The host may roll back to a savepoint, and with it what was known of the rows.
        self.joined.known = Known::default();
        &mut self.joined.connection
    }

    /// Rolls back what the host and the engine wrote.
    ///
    /// # Errors
    /// [`StoreError::Backend`]; the transaction is gone all the same.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.joined.connection.rollback().await.map_err(failed("roll back"))
    }
}

impl<'c> HostRef<'c> {
    /// Steps of `store` on the host's connection. See the rule on this type.
    ///
    /// # Errors
    /// [`StoreError::HostMustBeginImmediate`] when no transaction was begun on the connection or it
    /// cannot take the write lock, [`StoreError::Unsafe`] when its settings could lose what is
    /// written.
    pub async fn new(
        connection: &'c mut SqliteConnection,
        store: &SqliteStore,
    ) -> Result<Self, StoreError> {
        if !connection.is_in_transaction() {
            return Err(StoreError::HostMustBeginImmediate);
        }
        let shared = Arc::clone(store.shared());
        let realm = shared.ready_on(connection).await?.realm.clone();
        let mut joined = Joined::new(connection, shared, realm);
        joined.join().await?;
        Ok(Self { joined })
    }
}

/// What both forms are: a connection inside the host's transaction.
struct Joined<C> {
    connection: C,
    shared: Arc<Shared>,
    realm: Realm,
    known: Known,
    interrupted: bool,
}

impl<C: std::ops::DerefMut<Target = SqliteConnection> + Send> Joined<C> {
    fn new(connection: C, shared: Arc<Shared>, realm: Realm) -> Self {
        Self { connection, shared, realm, known: Known::default(), interrupted: false }
    }

    /// Takes the write lock, and refuses a connection with settings that could lose what is
    /// written, or of another database.
    async fn join(&mut self) -> Result<(), StoreError> {
        const OPERATION: &str = "join the host's transaction";
        let text = Arc::clone(&self.shared.texts.join);
        let realm = Value::Text(self.realm.as_str().to_owned());
        let parts = match self.run(OPERATION, text, vec![realm]).await {
            Err(StoreError::Busy { .. }) => Err(StoreError::HostMustBeginImmediate),
            other => other,
        }?;
        let rest = parts.get(1..).unwrap_or_default();
        let (settings, rest) = rest.split_at_checked(settings::SETTINGS_COUNT).unwrap_or_default();
        settings::refuse(settings)?;
        refuse_other(version_of(rest.first())?)?;
        let origin = rest.get(1).and_then(|part| part.rows.first());
        let origin: Option<Vec<u8>> =
            origin.map(|row| row.try_get(0)).transpose().map_err(failed(OPERATION))?;
        let ours = self.shared.ready().await?.origin;
        if origin.as_deref() == Some(ours.as_bytes().as_slice()) {
            Ok(())
        } else {
            Err(StoreError::Unsafe {
                setting: "the host's connection",
                found: "on another database".to_owned(),
                expected: "on the store's",
            })
        }
    }

    async fn run(
        &mut self,
        operation: &'static str,
        text: Arc<str>,
        values: Vec<Value>,
    ) -> Result<Vec<Part>, StoreError> {
        if self.interrupted {
            return Err(StoreError::Interrupted);
        }
        self.interrupted = true;
        let result = link::run(&mut self.connection, &self.shared.counters, text, values).await;
        self.interrupted = false;
        result.map_err(failed(operation))
    }
}

/// Gives a form of the host's transaction the contract, all but the commit.
macro_rules! host_form {
    ($form:ident $(<$life:lifetime>)?) => {
        #[async_trait]
        impl $(<$life>)? Caller for $form $(<$life>)? {
            fn shared(&self) -> &Arc<Shared> {
                &self.joined.shared
            }

            async fn run(
                &mut self,
                operation: &'static str,
                text: Arc<str>,
                values: Vec<Value>,
            ) -> Result<Vec<Part>, StoreError> {
                self.joined.run(operation, text, values).await
            }
        }

        #[async_trait]
        impl $(<$life>)? Reading for $form $(<$life>)? {
            type Row = Row<SqliteRow>;

            fn realm(&self) -> &Realm {
                &self.joined.realm
            }

            fn merging(&self) -> Merging {
                Merging::Queue
            }

            fn standing(&self) -> Vec<Select> {
                dialect::standing()
            }

            async fn ask(
                &mut self,
                operation: &'static str,
                script: Script,
            ) -> Result<Vec<Vec<Row<SqliteRow>>>, StoreError> {
                ask(self, operation, script).await
            }

            async fn load_batch(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
                let loaded = dialect::load_batch(self, wanted, false).await?;
                self.joined.known.note(wanted, &loaded);
                Ok(loaded)
            }
        }

        #[async_trait]
        impl $(<$life>)? Posting for $form $(<$life>)? {
            const LOCKED: &'static str = "";

            async fn enter(&mut self) -> Result<(), StoreError> {
                Ok(())
            }
        }

        #[async_trait]
        impl $(<$life>)? StoreTx for $form $(<$life>)? {
            async fn append(&mut self, groups: &[Group]) -> Result<Vec<GroupOutcome>, StoreError> {
                let mut known = std::mem::take(&mut self.joined.known);
                let outcome = dialect::append_batch(self, &mut known, groups).await;
                self.joined.known = known;
                // A batch that failed may have written half of itself.
                self.joined.interrupted |= outcome.is_err();
                outcome
            }
        }
    };
}

host_form!(HostTx);
host_form!(HostRef<'c>);

#[async_trait]
impl OwnedTx for HostTx {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Joined { connection, interrupted, shared, .. } = self.joined;
        shared.counters.count(1);
        if interrupted {
            connection.rollback().await.map_err(failed("roll back"))?;
            return Err(StoreError::Interrupted);
        }
        connection.commit().await.map_err(failed("commit"))
    }
}
