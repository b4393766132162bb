//! A store over another one, that does everything right but for one [`Fault`].

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use hexacase::{
    store::{
        Answered, CaseQuery, DefinitionInUse, Delivery, DeliveryQuery, DutyQuery, DutyRow,
        EntryQuery, Group, GroupOutcome, LeaseWanted, Loaded, Message, Meta, NewAnswer, OwnedTx,
        Post, PostId, Read, Rung, Settled, StaffRow, Store, StoreError, StoreTx, StoredCase,
        StoredEntry, Submitted, Wanted,
    },
    terms::{
        area::Realm,
        id::{CaseId, CommandId, MessageId},
        time::Timestamp,
    },
};
use tokio::sync::OnceCell;

pub(crate) type Answer<T> = Result<T, StoreError>;

/// What a wrong store does otherwise. What a fault does not name is done right.
#[async_trait]
pub(crate) trait Fault: fmt::Debug + Send + Sync + 'static {
    /// The realm that is served where this one was asked for.
    fn realm<'a>(&self, asked: &'a Realm, _own: &'a Realm) -> &'a Realm {
        asked
    }

    async fn load(&self, inner: &mut dyn Read, wanted: &Wanted) -> Answer<Loaded> {
        inner.load(wanted).await
    }

    async fn cases(&self, inner: &mut dyn Read, query: &CaseQuery) -> Answer<Vec<StoredCase>> {
        inner.cases(query).await
    }

    async fn entries(&self, inner: &mut dyn Read, query: &EntryQuery) -> Answer<Vec<StoredEntry>> {
        inner.entries(query).await
    }

    async fn duties(&self, inner: &mut dyn Read, query: &DutyQuery) -> Answer<Vec<DutyRow>> {
        inner.duties(query).await
    }

    async fn staff(&self, inner: &mut dyn Read) -> Answer<(i64, Vec<StaffRow>)> {
        inner.staff().await
    }

    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        inner.append(groups).await
    }

    async fn commit(&self, inner: Box<dyn OwnedTx>) -> Answer<()> {
        inner.commit().await
    }

    async fn lease(&self, inner: &mut dyn StoreTx, wanted: &LeaseWanted) -> Answer<Vec<Delivery>> {
        inner.lease(wanted).await
    }

    async fn settle(&self, inner: &mut dyn StoreTx, settled: &[Settled]) -> Answer<Vec<PostId>> {
        inner.settle(settled).await
    }

    async fn submitted(&self, inner: &mut dyn Read, limit: u32) -> Answer<Vec<Submitted>> {
        inner.submitted(limit).await
    }

    async fn submit(
        &self,
        inner: &mut dyn StoreTx,
        commands: &[Submitted],
    ) -> Answer<Vec<CommandId>> {
        inner.submit(commands).await
    }

    /// A transaction was dropped without a commit.
    fn dropped(&self, inner: Box<dyn OwnedTx>) {
        drop(inner);
    }
}

/// Nothing is wrong: shows that the wrapper is not what the suite finds.
#[derive(Debug)]
pub(crate) struct Unaltered;

impl Fault for Unaltered {}

#[derive(Debug)]
pub(crate) struct WrongStore {
    inner: Arc<dyn Store>,
    fault: Arc<dyn Fault>,
    own: OnceCell<Realm>,
}

struct WrongReader {
    inner: Box<dyn Read>,
    fault: Arc<dyn Fault>,
}

struct WrongTx {
    /// Taken when it ends.
    inner: Option<Box<dyn OwnedTx>>,
    fault: Arc<dyn Fault>,
}

impl WrongStore {
    pub(crate) fn new(inner: impl Store, fault: Arc<dyn Fault>) -> Self {
        Self::over(Arc::new(inner), fault)
    }

    pub(crate) fn over(inner: Arc<dyn Store>, fault: Arc<dyn Fault>) -> Self {
        Self { inner, fault, own: OnceCell::new() }
    }

    /// The realm of the store, asked once: a store that is right asks its database each time.
    async fn own(&self) -> Answer<&Realm> {
        self.own.get_or_try_init(|| async { Ok(self.inner.meta().await?.realm) }).await
    }
}

impl WrongReader {
    #[expect(clippy::unnecessary_wraps, reason = "`reads!` asks a transaction in the same words")]
    fn inner(&mut self) -> Answer<&mut dyn Read> {
        Ok(&mut *self.inner)
    }
}

impl WrongTx {
    fn inner(&mut self) -> Answer<&mut dyn OwnedTx> {
        match &mut self.inner {
            Some(inner) => Ok(&mut **inner),
            None => Err(StoreError::Interrupted),
        }
    }
}

impl Drop for WrongTx {
    fn drop(&mut self) {
        if let Some(inner) = self.inner.take() {
            self.fault.dropped(inner);
        }
    }
}

macro_rules! reads {
    ($($name:ident),*) => {$(
        #[async_trait]
        impl Read for $name {
            async fn load(&mut self, wanted: &Wanted) -> Answer<Loaded> {
                Arc::clone(&self.fault).load(self.inner()?, wanted).await
            }

            async fn cases(&mut self, query: &CaseQuery) -> Answer<Vec<StoredCase>> {
                Arc::clone(&self.fault).cases(self.inner()?, query).await
            }

            async fn entries(&mut self, query: &EntryQuery) -> Answer<Vec<StoredEntry>> {
                Arc::clone(&self.fault).entries(self.inner()?, query).await
            }

            async fn duties(&mut self, query: &DutyQuery) -> Answer<Vec<DutyRow>> {
                Arc::clone(&self.fault).duties(self.inner()?, query).await
            }

            async fn rungs(&mut self, case: Option<CaseId>, limit: u32) -> Answer<Vec<Rung>> {
                self.inner()?.rungs(case, limit).await
            }

            async fn messages(
                &mut self,
                after: Option<(Timestamp, MessageId)>,
                limit: u32,
            ) -> Answer<Vec<Message>> {
                self.inner()?.messages(after, limit).await
            }

            async fn definitions_in_use(&mut self) -> Answer<Vec<DefinitionInUse>> {
                self.inner()?.definitions_in_use().await
            }

            async fn staff(&mut self) -> Answer<(i64, Vec<StaffRow>)> {
                Arc::clone(&self.fault).staff(self.inner()?).await
            }

            async fn deliveries(&mut self, query: &DeliveryQuery) -> Answer<Vec<Delivery>> {
                self.inner()?.deliveries(query).await
            }

            async fn submitted(&mut self, limit: u32) -> Answer<Vec<Submitted>> {
                Arc::clone(&self.fault).submitted(self.inner()?, limit).await
            }

            async fn answered(&mut self, id: CommandId) -> Answer<Option<Answered>> {
                self.inner()?.answered(id).await
            }
        }
    )*};
}

reads!(WrongReader, WrongTx);

#[async_trait]
impl Post for WrongTx {
    async fn lease(&mut self, wanted: &LeaseWanted) -> Answer<Vec<Delivery>> {
        Arc::clone(&self.fault).lease(self.inner()?, wanted).await
    }

    async fn settle(&mut self, settled: &[Settled]) -> Answer<Vec<PostId>> {
        Arc::clone(&self.fault).settle(self.inner()?, settled).await
    }

    async fn retry(&mut self, ids: &[PostId], now: Timestamp) -> Answer<Vec<PostId>> {
        self.inner()?.retry(ids, now).await
    }

    async fn submit(&mut self, commands: &[Submitted]) -> Answer<Vec<CommandId>> {
        Arc::clone(&self.fault).submit(self.inner()?, commands).await
    }

    async fn take_submitted(&mut self, limit: u32) -> Answer<Vec<Submitted>> {
        self.inner()?.take_submitted(limit).await
    }

    async fn answer(&mut self, answers: &[NewAnswer]) -> Answer<Vec<CommandId>> {
        self.inner()?.answer(answers).await
    }
}

#[async_trait]
impl StoreTx for WrongTx {
    async fn append(&mut self, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        Arc::clone(&self.fault).append(self.inner()?, groups).await
    }
}

#[async_trait]
impl OwnedTx for WrongTx {
    async fn commit(mut self: Box<Self>) -> Answer<()> {
        let inner = self.inner.take().ok_or(StoreError::Interrupted)?;
        self.fault.commit(inner).await
    }
}

#[async_trait]
impl Store for WrongStore {
    async fn begin(&self, realm: &Realm) -> Answer<Box<dyn OwnedTx>> {
        let own = self.own().await?;
        let inner = self.inner.begin(self.fault.realm(realm, own)).await?;
        Ok(Box::new(WrongTx { inner: Some(inner), fault: Arc::clone(&self.fault) }))
    }

    async fn reader(&self, realm: &Realm) -> Answer<Box<dyn Read>> {
        let own = self.own().await?;
        let inner = self.inner.reader(self.fault.realm(realm, own)).await?;
        Ok(Box::new(WrongReader { inner, fault: Arc::clone(&self.fault) }))
    }

    async fn meta(&self) -> Answer<Meta> {
        self.inner.meta().await
    }

    fn batches_at_once(&self) -> usize {
        self.inner.batches_at_once()
    }
}
