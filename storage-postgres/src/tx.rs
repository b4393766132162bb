//! A transaction of the engine's own, on a connection that writes.

use std::sync::Arc;

use async_trait::async_trait;
use hexacase::{
    sql::{Merging, Posting, Reading, Row, Script, Select},
    store::{Group, GroupOutcome, Loaded, NotConcluded, OwnedTx, StoreError, StoreTx, Wanted},
    terms::area::Realm,
};
use sqlx::postgres::PgRow;

use crate::{
    at_once::AtOnce,
    dialect::{self, Writer, Written},
    host::{BACK, FORGET, MARK},
    link::{self, Bind, commit_failed, connection_lost, failed, key_taken},
    migrate::{refuse_other, version_of},
    reading::{Caller, ask},
    statements::{BEGIN_COUNT, SKIP_LOCKED},
    store::{Lease, Shared},
};

/// A transaction that begins in the database when it first writes: until then each statement sees
/// the last state, as it does in a transaction of READ COMMITTED too, and a call is spared.
///
/// Dropped, it is rolled back: its connection is closed unless it stands as it was lent.
pub(crate) struct PostgresTx {
    shared: Arc<Shared>,
    realm: Realm,
    lease: Lease,
    /// BEGIN was sent.
    begun: bool,
    /// A place was marked in it by the append under way.
    marked: bool,
    /// A call is under way, or ended with a failure that may have left half of something.
    interrupted: bool,
}

impl PostgresTx {
    pub(crate) async fn begin(shared: Arc<Shared>, realm: Realm) -> Result<Self, StoreError> {
        let lease = shared.lease().await?;
        let mut tx = Self { shared, realm, lease, begun: false, marked: false, interrupted: false };
        if tx.shared.pooled {
            // A pooler may give the two halves of a statement outside of a transaction to two
            // sessions.
            tx.look_at("", false).await?;
        }
        Ok(tx)
    }

    /// What goes before the statements of a look, and how many statements that is.
    fn opening(&mut self, again: bool) -> (String, usize) {
        let begin = &self.shared.texts.begin;
        // BEGIN, and the version of the schema behind it.
        let count = BEGIN_COUNT.saturating_add(1);
        match (self.begun, again, self.marked) {
            (false, ..) => (begin.clone(), count),
            // Nothing but this append was in it.
            (true, true, false) => (format!("ROLLBACK;\n{begin}"), count.saturating_add(1)),
            (true, true, true) => (BACK.to_owned(), 1),
            (true, false, _) => {
                self.marked = true;
                (MARK.to_owned(), 1)
            }
        }
    }

    async fn look_at(&mut self, text: &str, again: bool) -> Result<Vec<Vec<PgRow>>, StoreError> {
        const OPERATION: &str = "look at what a batch expects";
        if self.interrupted {
            return Err(StoreError::Interrupted);
        }
        self.interrupted = true;
        let first = !self.begun;
        let (opening, count) = self.opening(again);
        let text: Arc<str> = format!("{opening};\n{text}").into();
        self.begun = true;
        self.lease.in_use();
        let mut parts = loop {
            let connection = self.lease.connection().await?;
            let call = link::run_all(connection, &self.shared.counters, Arc::clone(&text));
            match link::within(self.shared.patience, call).await {
                Ok(parts) => break parts,
                // Lent out for long, a connection may be gone; nothing was begun on it yet.
                Err(error) if first && connection_lost(&error) && self.lease.was_used() => {
                    self.lease.give_up();
                }
                Err(error) => return Err(failed(OPERATION)(error)),
            }
        };
        let rest = parts.split_off(count.min(parts.len()));
        if count > 1 {
            refuse_other(version_of(parts.last())?)?;
        }
        self.interrupted = false;
        Ok(rest)
    }
}

#[async_trait]
impl Caller for PostgresTx {
    fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    async fn run(
        &mut self,
        operation: &'static str,
        text: Arc<str>,
        values: Vec<Bind>,
    ) -> Result<Vec<PgRow>, StoreError> {
        if self.interrupted {
            return Err(StoreError::Interrupted);
        }
        self.interrupted = true;
        self.lease.in_use();
        loop {
            let connection = self.lease.connection().await?;
            let kept = !self.shared.pooled;
            let (text, values) = (Arc::clone(&text), values.clone());
            let call = link::run(connection, &self.shared.counters, text, values, kept);
            match link::within(self.shared.patience, call).await {
                Ok(rows) => {
                    self.interrupted = false;
                    if !self.begun {
                        self.lease.as_lent();
                    }
                    return Ok(rows);
                }
                Err(error) => {
                    let lost = connection_lost(&error);
                    if lost && !self.begun && self.lease.was_used() {
                        self.lease.give_up();
                        continue;
                    }
                    // Within a transaction PostgreSQL takes nothing more after a failure, and a
                    // call that was not waited for is still under way.
                    let late = matches!(error, sqlx::Error::PoolTimedOut);
                    self.interrupted = self.begun || lost || late;
                    if !self.interrupted {
                        self.lease.as_lent();
                    }
                    return Err(failed(operation)(error));
                }
            }
        }
    }
}

#[async_trait]
impl Reading for PostgresTx {
    type Row = Row<PgRow>;

    fn realm(&self) -> &Realm {
        &self.realm
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
impl Writer for PostgresTx {
    async fn look(&mut self, text: &str, again: bool) -> Result<Vec<Vec<PgRow>>, StoreError> {
        self.look_at(text, again).await
    }

    async fn write(
        &mut self,
        text: Arc<str>,
        values: Vec<Bind>,
    ) -> Result<Written<Vec<PgRow>>, StoreError> {
        if self.interrupted {
            return Err(StoreError::Interrupted);
        }
        self.interrupted = true;
        let connection = self.lease.connection().await?;
        let kept = !self.shared.pooled;
        let call = link::run(connection, &self.shared.counters, text, values, kept);
        let result = link::within(self.shared.patience, call).await;
        let written = match result {
            Ok(rows) => Written::Stands(rows),
            // The statement was undone; the next look sees to the rest.
            Err(error) if key_taken(&error) => Written::Taken(failed("append")(error)),
            Err(error) => return Err(failed("append")(error)),
        };
        self.interrupted = false;
        Ok(written)
    }

    async fn keep(&mut self) -> Result<(), StoreError> {
        if std::mem::take(&mut self.marked) {
            self.interrupted = true;
            let connection = self.lease.connection().await?;
            let call = link::run_all(connection, &self.shared.counters, FORGET);
            let done = link::within(self.shared.patience, call).await;
            done.map_err(failed("append"))?;
            self.interrupted = false;
        }
        Ok(())
    }
}

#[async_trait]
impl Posting for PostgresTx {
    const LOCKED: &'static str = SKIP_LOCKED;

    async fn enter(&mut self) -> Result<(), StoreError> {
        if !self.begun {
            self.look_at("", false).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl StoreTx for PostgresTx {
    async fn append(&mut self, groups: &[Group]) -> Result<Vec<GroupOutcome>, StoreError> {
        let outcome = dialect::append_batch(self, groups).await;
        // A batch that failed may have written half of itself.
        self.interrupted |= outcome.is_err();
        outcome
    }
}

impl PostgresTx {
    /// Writes the batch in a statement that is a transaction of its own; nothing where that is not
    /// possible, or something is not as expected: nothing was written then.
    async fn at_once(
        &mut self,
        groups: &[Group],
    ) -> Result<Option<Vec<GroupOutcome>>, NotConcluded> {
        let known = |problem| NotConcluded { problem, maybe_written: false };
        // A pooler may give the two halves of a statement to two sessions.
        if self.begun || self.interrupted || self.shared.pooled {
            return Ok(None);
        }
        let texts = &self.shared.texts;
        let Some(mut once) = AtOnce::of(texts, &self.realm, groups).map_err(known)? else {
            return Ok(None);
        };
        self.interrupted = true;
        self.lease.in_use();
        let connection = self.lease.connection().await.map_err(known)?;
        let (text, values) = (Arc::clone(&once.text), std::mem::take(&mut once.values));
        let call = link::run(connection, &self.shared.counters, text, values, true);
        let rows = match link::within(self.shared.patience, call).await {
            Ok(rows) => rows,
            // The server says so, and took the statement back.
            Err(error) if error.as_database_error().is_some() && !connection_lost(&error) => {
                self.interrupted = false;
                self.lease.as_lent();
                if key_taken(&error) {
                    return Ok(None);
                }
                return Err(known(failed("append")(error)));
            }
            Err(error) => {
                let problem = commit_failed(error);
                return Err(NotConcluded { problem, maybe_written: true });
            }
        };
        self.interrupted = false;
        self.lease.as_lent();
        let outcomes = once.outcomes(&self.realm, groups, &rows);
        outcomes.map_err(|problem| NotConcluded { problem, maybe_written: true })
    }
}

#[async_trait]
impl OwnedTx for PostgresTx {
    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        if self.interrupted {
            return Err(StoreError::Interrupted);
        }
        if self.begun {
            let connection = self.lease.connection().await?;
            let call = link::run_all(connection, &self.shared.counters, "COMMIT");
            let done = link::within(self.shared.patience, call).await;
            // Otherwise whether it was written is not known; a new connection reads the truth.
            done.map_err(commit_failed)?;
            self.lease.as_lent();
        }
        Ok(())
    }
    async fn conclude(
        mut self: Box<Self>,
        groups: &[Group],
    ) -> Result<Vec<GroupOutcome>, NotConcluded> {
        if let Some(outcomes) = self.at_once(groups).await? {
            return Ok(outcomes);
        }
        let untouched = |problem| NotConcluded { problem, maybe_written: false };
        let outcomes = self.append(groups).await.map_err(untouched)?;
        self.commit().await.map_err(NotConcluded::in_commit)?;
        Ok(outcomes)
    }
}
