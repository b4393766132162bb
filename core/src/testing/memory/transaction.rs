//! Readers and transactions of the memory store.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::OwnedMutexGuard;

use super::{Shared, changes::Changes, tables::Tables, view::View, well_formed};
use crate::{
    store::{
        Answered, CaseQuery, DefinitionInUse, Delivery, DeliveryQuery, DutyQuery, DutyRow,
        EntryQuery, Group, GroupOutcome, LeaseWanted, Loaded, Message, NewAnswer, OwnedTx, Post,
        PostId, Read, Rung, Settled, StaffRow, StoreError, StoreTx, StoredCase, StoredEntry,
        Submitted, Wanted,
    },
    terms::{
        id::{CaseId, CommandId, MessageId},
        time::Timestamp,
    },
};

/// A reader: each call looks at what is committed then.
#[derive(Debug)]
pub(super) struct MemoryReader {
    shared: Arc<Shared>,
    /// Nothing, always.
    changes: Changes,
}

/// A transaction that writes. What it wrote is its own until it commits.
#[derive(Debug)]
pub(super) struct MemoryTx {
    shared: Arc<Shared>,
    changes: Changes,
    /// The turn to write; held until the transaction ends.
    turn: Option<OwnedMutexGuard<()>>,
    /// Nothing failed in it and no call on it was dropped half way.
    sound: bool,
}

impl MemoryReader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, changes: Changes::default() }
    }

    #[expect(clippy::unnecessary_wraps, reason = "`reads!` asks a transaction in the same words")]
    fn read<T>(&self, read: impl FnOnce(View<'_>) -> T) -> Result<T, StoreError> {
        Ok(read(View { base: &self.shared.tables(), changes: &self.changes }))
    }
}

impl MemoryTx {
    pub(super) fn new(shared: Arc<Shared>, turn: Option<OwnedMutexGuard<()>>) -> Self {
        Self { shared, changes: Changes::default(), turn, sound: true }
    }

    fn read<T>(&self, read: impl FnOnce(View<'_>) -> T) -> Result<T, StoreError> {
        self.check()?;
        Ok(read(View { base: &self.shared.tables(), changes: &self.changes }))
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.sound { Ok(()) } else { Err(StoreError::Interrupted) }
    }

    /// Takes the turn to write, if it has not.
    async fn enter(&mut self) -> Result<(), StoreError> {
        self.check()?;
        // Set right at the end: a future that is dropped on the way leaves it as it is.
        self.sound = false;
        if self.turn.is_none() {
            self.turn = Some(self.shared.turn().await);
        }
        self.sound = true;
        Ok(())
    }

    async fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Changes, &Tables) -> T,
    ) -> Result<T, StoreError> {
        self.enter().await?;
        Ok(change(&mut self.changes, &self.shared.tables()))
    }

    fn write(&mut self, groups: &[Group]) -> Result<Vec<GroupOutcome>, StoreError> {
        let realm = &self.shared.meta.realm;
        well_formed::check(realm, groups)?;
        let tables = self.shared.tables();
        let write = |group| Ok(self.changes.write(&tables, realm, group)?);
        groups.iter().map(write).collect()
    }
}

macro_rules! reads {
    ($($name:ident),*) => {$(
        #[async_trait]
        impl Read for $name {
            async fn load(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
                self.read(|view| view.load(wanted))
            }

            async fn cases(&mut self, query: &CaseQuery) -> Result<Vec<StoredCase>, StoreError> {
                self.read(|view| view.cases(query))
            }

            async fn entries(
                &mut self,
                query: &EntryQuery,
            ) -> Result<Vec<StoredEntry>, StoreError> {
                self.read(|view| view.entries(query))
            }

            async fn duties(&mut self, query: &DutyQuery) -> Result<Vec<DutyRow>, StoreError> {
                self.read(|view| view.duties(query))
            }

            async fn rungs(
                &mut self,
                case: Option<CaseId>,
                limit: u32,
            ) -> Result<Vec<Rung>, StoreError> {
                self.read(|view| view.rungs(case, limit))
            }

            async fn messages(
                &mut self,
                after: Option<(Timestamp, MessageId)>,
                limit: u32,
            ) -> Result<Vec<Message>, StoreError> {
                self.read(|view| view.messages(after, limit))
            }

            async fn definitions_in_use(&mut self) -> Result<Vec<DefinitionInUse>, StoreError> {
                self.read(|view| view.definitions_in_use())
            }

            async fn staff(&mut self) -> Result<(i64, Vec<StaffRow>), StoreError> {
                self.read(|view| view.staff())
            }

            async fn deliveries(
                &mut self,
                query: &DeliveryQuery,
            ) -> Result<Vec<Delivery>, StoreError> {
                self.read(|view| view.deliveries(query))
            }

            async fn submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
                self.read(|view| view.submitted(limit))
            }

            async fn answered(&mut self, id: CommandId) -> Result<Option<Answered>, StoreError> {
                self.read(|view| view.answered(id))
            }
        }
    )*};
}

reads!(MemoryReader, MemoryTx);

#[async_trait]
impl Post for MemoryTx {
    async fn lease(&mut self, wanted: &LeaseWanted) -> Result<Vec<Delivery>, StoreError> {
        self.change(|changes, tables| changes.lease(tables, wanted)).await
    }

    async fn settle(&mut self, settled: &[Settled]) -> Result<Vec<PostId>, StoreError> {
        self.change(|changes, tables| changes.settle(tables, settled)).await
    }

    async fn retry(&mut self, ids: &[PostId], now: Timestamp) -> Result<Vec<PostId>, StoreError> {
        self.change(|changes, tables| changes.retry(tables, ids, now)).await
    }

    async fn submit(&mut self, commands: &[Submitted]) -> Result<Vec<CommandId>, StoreError> {
        self.change(|changes, tables| changes.submit(tables, commands)).await
    }

    async fn take_submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
        // The turn to write is the turn of the inbox.
        self.enter().await?;
        self.read(|view| view.submitted(limit))
    }

    async fn answer(&mut self, answers: &[NewAnswer]) -> Result<Vec<CommandId>, StoreError> {
        self.change(|changes, tables| changes.answer(tables, answers)).await
    }
}

#[async_trait]
impl StoreTx for MemoryTx {
    async fn append(&mut self, groups: &[Group]) -> Result<Vec<GroupOutcome>, StoreError> {
        self.enter().await?;
        self.sound = false;
        let outcomes = self.write(groups)?;
        self.sound = true;
        Ok(outcomes)
    }
}

#[async_trait]
impl OwnedTx for MemoryTx {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.check()?;
        self.shared.tables_mut().take_in(self.changes);
        Ok(())
    }
}
