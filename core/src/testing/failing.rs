//! A store that fails on request, at the call it is told: for tests of what an engine, or a host,
//! does then.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;

use crate::{
    store::{
        Answered, CaseQuery, DefinitionInUse, Delivery, DeliveryQuery, DutyCursor, DutyQuery,
        DutyRow, EntryQuery, Group, GroupOutcome, LeaseWanted, Loaded, Message, Meta, NewAnswer,
        NotConcluded, OwnedTx, Post, PostId, Read, Rung, Settled, StaffRow, Store, StoreError,
        StoreTx, StoredCase, StoredEntry, Submitted, Wanted, WorklistQuery,
    },
    terms::{
        area::Realm,
        id::{CaseId, CommandId, MessageId},
        time::Timestamp,
    },
};

/// When a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fails {
    /// Before anything of it was done.
    Before,
    /// After all of it was done, so that whoever called does not know. A commit stands then.
    After,
}

/// A store over another one, which does all that it is asked until it is told to fail. Clones
/// share what they were told.
///
/// ```
/// # use hexacase::{store::Store, testing::{Fails, FailingStore, MemoryStore, block_on}};
/// # use hexacase::testing::conformance::sample_meta;
/// # block_on(async {
/// let store = FailingStore::over(MemoryStore::new(sample_meta()));
/// store.fail_at(2, Fails::Before);
/// assert!(store.meta().await.is_ok());
/// assert!(store.meta().await.is_err());
/// assert!(store.meta().await.is_ok());
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct FailingStore {
    inner: Arc<dyn Store>,
    plan: Arc<Plan>,
}

/// How many calls there are left until one fails; 0 when none will.
#[derive(Debug, Default)]
struct Plan {
    before: AtomicUsize,
    after: AtomicUsize,
}

/// What a call fails with: nothing is known of it, so it is not retryable.
#[derive(Debug, thiserror::Error)]
#[error("it was told to fail")]
struct Told;

fn failure(operation: &'static str) -> StoreError {
    StoreError::Backend { operation, retryable: false, source: Box::new(Told) }
}

impl Plan {
    fn counts(left: &AtomicUsize, operation: &'static str) -> Result<(), StoreError> {
        let counted =
            left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if counted == Ok(1) { Err(failure(operation)) } else { Ok(()) }
    }

    async fn call<T: Send>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        Self::counts(&self.before, operation)?;
        let answer = call.await;
        Self::counts(&self.after, operation)?;
        answer
    }
}

impl FailingStore {
    /// A store that does not fail yet.
    pub fn over(store: impl Store) -> Self {
        Self { inner: Arc::new(store), plan: Arc::default() }
    }

    /// Lets the `call`th call from now on fail, once: 1 is the next. Every call of store, reader
    /// and transaction counts, but not that a transaction is dropped.
    pub fn fail_at(&self, call: usize, when: Fails) {
        self.heal();
        let left = match when {
            Fails::Before => &self.plan.before,
            Fails::After => &self.plan.after,
        };
        left.store(call, Ordering::SeqCst);
    }

    /// Lets no further call fail.
    pub fn heal(&self) {
        self.plan.before.store(0, Ordering::SeqCst);
        self.plan.after.store(0, Ordering::SeqCst);
    }
}

#[async_trait]
impl Store for FailingStore {
    async fn begin(&self, realm: &Realm) -> Result<Box<dyn OwnedTx>, StoreError> {
        let tx = self.plan.call("begin", self.inner.begin(realm)).await?;
        Ok(Box::new(Failing { inner: tx, plan: Arc::clone(&self.plan) }))
    }

    async fn reader(&self, realm: &Realm) -> Result<Box<dyn Read>, StoreError> {
        let reader = self.plan.call("give a reader", self.inner.reader(realm)).await?;
        Ok(Box::new(Failing { inner: reader, plan: Arc::clone(&self.plan) }))
    }

    async fn meta(&self) -> Result<Meta, StoreError> {
        self.plan.call("read what the database is", self.inner.meta()).await
    }

    fn batches_at_once(&self) -> usize {
        self.inner.batches_at_once()
    }
}

/// A reader or a transaction.
struct Failing<R: ?Sized> {
    plan: Arc<Plan>,
    inner: Box<R>,
}

#[async_trait]
impl<R: Read + ?Sized> Read for Failing<R> {
    async fn load(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        self.plan.call("load", self.inner.load(wanted)).await
    }

    async fn cases(&mut self, query: &CaseQuery) -> Result<Vec<StoredCase>, StoreError> {
        self.plan.call("list cases", self.inner.cases(query)).await
    }

    async fn entries(&mut self, query: &EntryQuery) -> Result<Vec<StoredEntry>, StoreError> {
        self.plan.call("list entries", self.inner.entries(query)).await
    }

    async fn duties(&mut self, query: &DutyQuery) -> Result<Vec<DutyRow>, StoreError> {
        self.plan.call("list duties", self.inner.duties(query)).await
    }

    async fn worklist(
        &mut self,
        page: &WorklistQuery<'_>,
    ) -> Result<(Vec<DutyCursor>, Loaded), StoreError> {
        self.plan.call("list a worklist", self.inner.worklist(page)).await
    }

    async fn rungs(&mut self, case: Option<CaseId>, limit: u32) -> Result<Vec<Rung>, StoreError> {
        self.plan.call("list rungs", self.inner.rungs(case, limit)).await
    }

    async fn messages(
        &mut self,
        after: Option<(Timestamp, MessageId)>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        self.plan.call("list messages", self.inner.messages(after, limit)).await
    }

    async fn definitions_in_use(&mut self) -> Result<Vec<DefinitionInUse>, StoreError> {
        self.plan.call("list definitions", self.inner.definitions_in_use()).await
    }

    async fn staff(&mut self) -> Result<(i64, Vec<StaffRow>), StoreError> {
        self.plan.call("read the staff", self.inner.staff()).await
    }

    async fn deliveries(&mut self, query: &DeliveryQuery) -> Result<Vec<Delivery>, StoreError> {
        self.plan.call("list deliveries", self.inner.deliveries(query)).await
    }

    async fn submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
        self.plan.call("list the inbox", self.inner.submitted(limit)).await
    }

    async fn answered(&mut self, id: CommandId) -> Result<Option<Answered>, StoreError> {
        self.plan.call("read an answer", self.inner.answered(id)).await
    }
}

#[async_trait]
impl Post for Failing<dyn OwnedTx> {
    async fn lease(&mut self, wanted: &LeaseWanted) -> Result<Vec<Delivery>, StoreError> {
        self.plan.call("lease", self.inner.lease(wanted)).await
    }

    async fn settle(&mut self, settled: &[Settled]) -> Result<Vec<PostId>, StoreError> {
        self.plan.call("settle", self.inner.settle(settled)).await
    }

    async fn retry(&mut self, ids: &[PostId], now: Timestamp) -> Result<Vec<PostId>, StoreError> {
        self.plan.call("retry", self.inner.retry(ids, now)).await
    }

    async fn submit(&mut self, commands: &[Submitted]) -> Result<Vec<CommandId>, StoreError> {
        self.plan.call("submit", self.inner.submit(commands)).await
    }

    async fn take_submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
        self.plan.call("take the inbox", self.inner.take_submitted(limit)).await
    }

    async fn answer(&mut self, answers: &[NewAnswer]) -> Result<Vec<CommandId>, StoreError> {
        self.plan.call("answer", self.inner.answer(answers)).await
    }
}

#[async_trait]
impl StoreTx for Failing<dyn OwnedTx> {
    async fn append(&mut self, groups: &[Group]) -> Result<Vec<GroupOutcome>, StoreError> {
        self.plan.call("append", self.inner.append(groups)).await
    }
}

#[async_trait]
impl OwnedTx for Failing<dyn OwnedTx> {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { plan, inner } = *self;
        plan.call("commit", inner.commit()).await
    }

    async fn conclude(
        self: Box<Self>,
        groups: &[Group],
    ) -> Result<Vec<GroupOutcome>, NotConcluded> {
        const OPERATION: &str = "conclude";
        let Self { plan, inner } = *self;
        let told = |maybe_written| move |problem| NotConcluded { problem, maybe_written };
        Plan::counts(&plan.before, OPERATION).map_err(told(false))?;
        let outcomes = inner.conclude(groups).await;
        Plan::counts(&plan.after, OPERATION).map_err(told(true))?;
        outcomes
    }
}
