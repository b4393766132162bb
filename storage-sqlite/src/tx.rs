//! A transaction of the engine's own, on the connection that writes.

use std::sync::Arc;

use async_trait::async_trait;
use hexacase::{
    sql::{Known, Posting, Reading, Script, Value},
    store::{Group, GroupOutcome, Loaded, OwnedTx, StoreError, StoreTx, Wanted},
    terms::area::Realm,
};
use sqlx::sqlite::SqliteRow;

use crate::{
    dialect,
    link::{self, Part, failed},
    migrate::{refuse_other, version_of},
    reading::{Caller, ask},
    store::{Locked, Shared},
};

/// A transaction with the write lock from its first moment. Dropped, it is rolled back at once,
/// also when a call on it was dropped half way.
pub(crate) struct SqliteTx {
    shared: Arc<Shared>,
    realm: Realm,
    locked: Locked,
    known: Known,
    /// A call is under way, or ended with a failure that may have left half of something.
    interrupted: bool,
}

impl SqliteTx {
    pub(crate) async fn begin(shared: Arc<Shared>, realm: Realm) -> Result<Self, StoreError> {
        const OPERATION: &str = "begin a transaction";
        let mut locked = shared.lock().await?;
        let mut again = true;
        loop {
            let connection = locked.begin(&shared).await?;
            let text = Arc::clone(&shared.texts.begin);
            match link::run(connection, &shared.counters, text, Vec::new()).await {
                Ok(parts) => {
                    refuse_other(version_of(parts.last())?)?;
                    let known = Known::default();
                    return Ok(Self { shared, realm, locked, known, interrupted: false });
                }
                Err(error) => {
                    let error = failed(OPERATION)(error);
                    if error.is_retryable() || !again {
                        return Err(error);
                    }
                    // The thread of the connection may be gone: one more try with a new one.
                    again = false;
                    locked.give_up();
                }
            }
        }
    }
}

#[async_trait]
impl Caller for SqliteTx {
    fn shared(&self) -> &Arc<Shared> {
        &self.shared
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
        let connection = self.locked.connection(operation)?;
        let result = link::run(connection, &self.shared.counters, text, values).await;
        self.interrupted = false;
        result.map_err(failed(operation))
    }
}

#[async_trait]
impl Reading for SqliteTx {
    type Row = SqliteRow;

    fn realm(&self) -> &Realm {
        &self.realm
    }

    async fn ask(
        &mut self,
        operation: &'static str,
        script: Script,
    ) -> Result<Vec<Vec<SqliteRow>>, StoreError> {
        ask(self, operation, script).await
    }

    async fn load_batch(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        let loaded = dialect::load_batch(self, wanted).await?;
        self.known.note(wanted, &loaded);
        Ok(loaded)
    }
}

#[async_trait]
impl Posting for SqliteTx {
    const LOCKED: &'static str = "";

    async fn enter(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl StoreTx for SqliteTx {
    async fn append(&mut self, groups: &[Group]) -> Result<Vec<GroupOutcome>, StoreError> {
        let mut known = std::mem::take(&mut self.known);
        let outcome = dialect::append_batch(self, &mut known, groups).await;
        self.known = known;
        // A batch that failed may have written half of itself.
        self.interrupted |= outcome.is_err();
        outcome
    }
}

#[async_trait]
impl OwnedTx for SqliteTx {
    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        let text = Arc::clone(&self.shared.texts.commit);
        match self.run("commit", text, Vec::new()).await {
            Ok(_) => {
                self.locked.ended();
                Ok(())
            }
            Err(StoreError::Interrupted) => Err(StoreError::Interrupted),
            Err(error) => {
                // Whether it was written is not known; a new connection reads the truth.
                self.locked.give_up();
                Err(error)
            }
        }
    }
}
