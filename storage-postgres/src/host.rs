//! Steps inside the host's own transaction, owned ([`HostTx`]) or borrowed ([`HostRef`]).

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use hexacase::{
    sql::{Merging, Posting, Reading, Row, Script, Select},
    store::{Group, GroupOutcome, Loaded, OwnedTx, StoreError, StoreTx, Wanted},
    terms::area::Realm,
};
use sqlx::{Connection, PgConnection, PgPool, Postgres, Row as _, Transaction, postgres::PgRow};

use crate::{
    PostgresStore,
    dialect::{self, Writer, Written},
    link::{self, Bind, code, commit_failed, failed, key_taken},
    migrate::{VERSION_TEXT, refuse_other, version_of},
    reading::{Caller, ask},
    settings::{self, SETTINGS},
    statements::SKIP_LOCKED,
    store::Shared,
};

/// Marks a place to go back to when a key is taken, so that the transaction stays usable.
pub(crate) const MARK: &str = "SAVEPOINT hexacase_append";
/// Goes back to it.
pub(crate) const BACK: &str = "ROLLBACK TO SAVEPOINT hexacase_append";
/// Forgets it.
pub(crate) const FORGET: &str = "RELEASE SAVEPOINT hexacase_append";

/// A transaction of the host that takes steps in too: what the host writes through
/// [`connection`](Self::connection) and what the engine writes become visible together.
///
/// The way to commit is [`commit`](OwnedTx::commit) of this type, which rolls back when a step was
/// interrupted or a statement of the host's failed; dropped, everything is rolled back.
pub struct HostTx {
    joined: Joined<Transaction<'static, Postgres>>,
}

/// A host's connection, borrowed for steps inside a transaction that the host began and will end.
///
/// # Rule
///
/// - Begin the transaction with the driver's `begin`, at READ COMMITTED, which is PostgreSQL's own
///   default.
/// - The rows of an append stay locked until the transaction ends, so end it soon. How long it
///   waits for a lock is the host's to set (`SET LOCAL lock_timeout`).
/// - If a call on the reference fails or is dropped before it ended, **roll back**. Nothing
///   prevents the commit of half a step here; [`HostTx`] does.
pub struct HostRef<'c> {
    joined: Joined<&'c mut PgConnection>,
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
    pub(crate) async fn begin(shared: Arc<Shared>, pool: &PgPool) -> Result<Self, StoreError> {
        let realm = shared.ready().await?.realm.clone();
        let transaction = pool
            .begin_with("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
            .await
            .map_err(failed("begin a transaction of the host"))?;
        shared.counters.count(1);
        let mut joined = Joined::new(transaction, shared, realm);
        joined.join().await?;
        Ok(Self { joined })
    }

    /// The connection, for the host's own statements in this transaction. Ending the transaction
    /// through it, or writing into the tables of cases, voids every promise.
    pub fn connection(&mut self) -> &mut PgConnection {
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
    /// [`StoreError::Unsafe`] when no transaction was begun on the connection, when it is not at
    /// READ COMMITTED, or when its settings could lose what is written.
    pub async fn new(
        connection: &'c mut PgConnection,
        store: &PostgresStore,
    ) -> Result<Self, StoreError> {
        if !connection.is_in_transaction() {
            return Err(StoreError::Unsafe {
                setting: "the host's connection",
                found: "without a transaction".to_owned(),
                expected: "in one that was begun with the driver's `begin`",
            });
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
    interrupted: bool,
}

impl<C: std::ops::DerefMut<Target = PgConnection> + Send> Joined<C> {
    fn new(connection: C, shared: Arc<Shared>, realm: Realm) -> Self {
        Self { connection, shared, realm, interrupted: false }
    }

    /// Refuses a connection with settings that could lose what is written, or of another database.
    async fn join(&mut self) -> Result<(), StoreError> {
        const OPERATION: &str = "join the host's transaction";
        let origin = format!("SELECT origin FROM {{prefix}}meta WHERE realm = '{}'", self.realm);
        let text = [SETTINGS, VERSION_TEXT, &origin].join(";\n");
        let text = self.shared.prefix.render(&text);
        let ran = link::run_all(&mut self.connection, &self.shared.counters, text).await;
        let elsewhere = || StoreError::Unsafe {
            setting: "the host's connection",
            found: "on another database".to_owned(),
            expected: "on the store's",
        };
        let parts = match ran {
            // There is no such schema or table.
            Err(error) if matches!(code(&error).as_deref(), Some("3F000" | "42P01")) => {
                return Err(elsewhere());
            }
            other => other.map_err(failed(OPERATION))?,
        };
        settings::refuse_transaction(parts.first().map(Vec::as_slice).unwrap_or_default())?;
        refuse_other(version_of(parts.get(1))?)?;
        let origin = parts.get(2).and_then(|rows| rows.first());
        let origin: Option<Vec<u8>> =
            origin.map(|row| row.try_get(0)).transpose().map_err(failed(OPERATION))?;
        let ours = self.shared.ready().await?.origin;
        if origin.as_deref() == Some(ours.as_bytes().as_slice()) {
            Ok(())
        } else {
            Err(elsewhere())
        }
    }

    /// Runs one statement as it is. The transaction takes nothing more after a failure.
    async fn send(
        &mut self,
        text: Arc<str>,
        values: Vec<Bind>,
    ) -> Result<Result<Vec<PgRow>, sqlx::Error>, StoreError> {
        if self.interrupted {
            return Err(StoreError::Interrupted);
        }
        self.interrupted = true;
        let kept = !self.shared.pooled;
        let result =
            link::run(&mut self.connection, &self.shared.counters, text, values, kept).await;
        self.interrupted = result.is_err();
        Ok(result)
    }

    /// Runs several statements as they are.
    async fn send_all(
        &mut self,
        operation: &'static str,
        text: impl Into<Arc<str>>,
    ) -> Result<Vec<Vec<PgRow>>, StoreError> {
        if self.interrupted {
            return Err(StoreError::Interrupted);
        }
        self.interrupted = true;
        let result = link::run_all(&mut self.connection, &self.shared.counters, text).await;
        self.interrupted = result.is_err();
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
                values: Vec<Bind>,
            ) -> Result<Vec<PgRow>, StoreError> {
                self.joined.send(text, values).await?.map_err(failed(operation))
            }
        }

        #[async_trait]
        impl $(<$life>)? Reading for $form $(<$life>)? {
            type Row = Row<PgRow>;

            fn realm(&self) -> &Realm {
                &self.joined.realm
            }

            fn merging(&self) -> Merging {
                Merging::Heads
            }

            fn standing(&self) -> Vec<Select> {
                dialect::standing()
            }

            async fn ask(
                &mut self,
                operation: &'static str,
                script: Script,
            ) -> Result<Vec<Vec<Row<PgRow>>>, StoreError> {
                ask(self, operation, script).await
            }

            async fn load_batch(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
                dialect::load_batch(self, wanted).await
            }
        }

        #[async_trait]
        impl $(<$life>)? Writer for $form $(<$life>)? {
            async fn look(
                &mut self,
                text: &str,
                again: bool,
            ) -> Result<Vec<Vec<PgRow>>, StoreError> {
                let before = if again { BACK } else { MARK };
                let text = format!("{before};\n{text}");
                let mut parts =
                    self.joined.send_all("look at what a batch expects", text).await?;
                parts.drain(..1.min(parts.len()));
                Ok(parts)
            }

            async fn write(
                &mut self,
                text: Arc<str>,
                values: Vec<Bind>,
            ) -> Result<Written<Vec<PgRow>>, StoreError> {
                match self.joined.send(text, values).await? {
                    Ok(rows) => Ok(Written::Stands(rows)),
                    Err(error) if key_taken(&error) => {
                        // The next look goes back to the marked place.
                        self.joined.interrupted = false;
                        Ok(Written::Taken(failed("append")(error)))
                    }
                    Err(error) => Err(failed("append")(error)),
                }
            }

            async fn keep(&mut self) -> Result<(), StoreError> {
                self.joined.send_all("append", FORGET).await.map(drop)
            }
        }

        #[async_trait]
        impl $(<$life>)? Posting for $form $(<$life>)? {
            const LOCKED: &'static str = SKIP_LOCKED;

            async fn enter(&mut self) -> Result<(), StoreError> {
                Ok(())
            }
        }

        #[async_trait]
        impl $(<$life>)? StoreTx for $form $(<$life>)? {
            async fn append(&mut self, groups: &[Group]) -> Result<Vec<GroupOutcome>, StoreError> {
                let outcome = dialect::append_batch(self, groups).await;
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
        let mut joined = self.joined;
        // PostgreSQL answers the COMMIT of a failed transaction with a rollback and no error; a
        // statement before it tells whether one of the host's failed.
        let whole = joined.send_all("commit", "SELECT 1").await;
        if whole.is_err() {
            joined.connection.rollback().await.map_err(failed("roll back"))?;
            return Err(StoreError::Interrupted);
        }
        joined.shared.counters.count(1);
        joined.connection.commit().await.map_err(commit_failed)
    }
}
