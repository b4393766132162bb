//! A transaction of the engine's own, on the connection that writes.

use std::sync::Arc;

use async_trait::async_trait;
use hexacase::{
    sql::{Known, Merging, Posting, Reading, Row, Script, Select, Value},
    store::{Group, GroupOutcome, Loaded, NotConcluded, OwnedTx, StoreError, StoreTx, Wanted},
    terms::area::Realm,
};
use sqlx::sqlite::SqliteRow;

use crate::{
    dialect::{self, APPEND, Batch},
    link::{self, Part, failed},
    migrate::{refuse_other, version_of},
    reading::{Caller, ask},
    store::{Locked, Shared},
};

const BEGIN: &str = "begin a transaction";

/// A transaction that nobody else of this process writes beside. It takes the database's write lock
/// with its first call, which a load shares with what it loads. Dropped, it is rolled back at once,
/// also when a call on it was dropped half way.
pub(crate) struct SqliteTx {
    shared: Arc<Shared>,
    realm: Realm,
    locked: Locked,
    known: Known,
    /// It has the write lock.
    begun: bool,
    /// A call is under way, or ended with a failure that may have left half of something.
    interrupted: bool,
}

impl SqliteTx {
    pub(crate) async fn begin(shared: Arc<Shared>, realm: Realm) -> Result<Self, StoreError> {
        let locked = shared.lock().await?;
        let known = Known::default();
        Ok(Self { shared, realm, locked, known, begun: false, interrupted: false })
    }

    /// Runs the text with which the transaction begins, and gives what comes behind its beginning.
    async fn first(
        &mut self,
        operation: &'static str,
        text: Arc<str>,
        values: Vec<Value>,
    ) -> Result<Vec<Part>, StoreError> {
        let mut again = true;
        loop {
            let connection = self.locked.begin(&self.shared).await?;
            let (text, values) = (Arc::clone(&text), values.clone());
            let counters = &self.shared.counters;
            let (mut parts, result) = link::run_as_far(connection, counters, text, values).await;
            // A schema of another program's explains why the rest failed.
            if parts.len() > 1 {
                refuse_other(version_of(parts.get(1))?)?;
            }
            match result {
                Ok(()) => {
                    self.begun = true;
                    return Ok(parts.split_off(2.min(parts.len())));
                }
                Err(error) => {
                    let began = if parts.is_empty() { BEGIN } else { operation };
                    let error = failed(began)(error);
                    if error.is_retryable() || !parts.is_empty() || !again {
                        return Err(error);
                    }
                    // The thread of the connection may be gone: one more try with a new one.
                    again = false;
                    self.locked.give_up();
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
        if !self.begun {
            if self.shared.texts.begins(&text) {
                let parts = self.first(operation, text, values).await?;
                self.interrupted = false;
                return Ok(parts);
            }
            let begin = Arc::clone(&self.shared.texts.begin);
            self.first(BEGIN, begin, Vec::new()).await?;
        }
        let connection = self.locked.connection(operation)?;
        let result = link::run(connection, &self.shared.counters, text, values).await;
        self.interrupted = false;
        result.map_err(failed(operation))
    }
}

#[async_trait]
impl Reading for SqliteTx {
    type Row = Row<SqliteRow>;

    fn realm(&self) -> &Realm {
        &self.realm
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
        let begins = !self.begun;
        let loaded = dialect::load_batch(self, wanted, begins).await?;
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
        if !self.begun && !self.interrupted {
            return Ok(());
        }
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
    async fn conclude(
        mut self: Box<Self>,
        groups: &[Group],
    ) -> Result<Vec<GroupOutcome>, NotConcluded> {
        let untouched = |problem| NotConcluded { problem, maybe_written: false };
        let mut known = std::mem::take(&mut self.known);
        let mut batch = Batch::of(&mut *self, &mut known, groups, true).await.map_err(untouched)?;
        if self.interrupted {
            return Err(untouched(StoreError::Interrupted));
        }
        if !self.begun {
            let begin = Arc::clone(&self.shared.texts.begin);
            self.first(BEGIN, begin, Vec::new()).await.map_err(untouched)?;
        }
        let connection = self.locked.connection(APPEND).map_err(untouched)?;
        let (text, values) = (Arc::clone(&batch.text), std::mem::take(&mut batch.values));
        let counters = &self.shared.counters;
        let (parts, result) = link::run_as_far(connection, counters, text, values).await;
        match result {
            Ok(()) => self.locked.ended(),
            Err(error) if batch.only_commit_is_left(parts.len()) => {
                // Whether it was written is not known; a new connection reads the truth.
                self.locked.give_up();
                return Err(NotConcluded::in_commit(failed("commit")(error)));
            }
            Err(error) => return Err(untouched(failed(APPEND)(error))),
        }
        let outcomes = batch.outcomes(&self.realm, groups, &parts);
        outcomes.map_err(|problem| NotConcluded { problem, maybe_written: true })
    }
}
