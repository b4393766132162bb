//! The clauses on damage hold for a store that reports it, here one in memory that pretends.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

use std::sync::{Arc, Mutex};

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
    testing::{
        Fixture, MemoryStore,
        conformance::{Damage, Damaged, sample_meta},
    },
};

const HERE: Damaged = Damaged { table: "kept", column: "value" };

/// What is damaged.
type Spoiled = Arc<Mutex<Option<Damage>>>;

#[derive(Debug)]
struct SpoiledStore(MemoryStore, Spoiled);

/// A reader or a transaction.
struct SpoiledRead<R: ?Sized>(Spoiled, Box<R>);

/// Gives the rows, or names the damage if one of them has it.
fn unless_spoiled<T>(
    spoiled: &Spoiled,
    rows: Vec<T>,
    key: impl Fn(&T, &Damage) -> Option<String>,
) -> Result<Vec<T>, StoreError> {
    let damage = spoiled.lock().unwrap().clone();
    match damage.and_then(|damage| rows.iter().find_map(|row| key(row, &damage))) {
        None => Ok(rows),
        Some(row) => {
            let (table, column) = (HERE.table, HERE.column);
            Err(StoreError::Corrupt { table, row, column, problem: "it is spoiled".to_owned() })
        }
    }
}

fn case_key(case: &StoredCase, damage: &Damage) -> Option<String> {
    let hit = matches!(damage, Damage::CaseArea(id) | Damage::CaseHead(id) if *id == case.facts.id);
    hit.then(|| case.facts.id.to_string())
}

#[async_trait]
impl<R: Read + ?Sized> Read for SpoiledRead<R> {
    async fn load(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        let loaded = self.1.load(wanted).await?;
        let commands = unless_spoiled(&self.0, loaded.commands, |command, damage| {
            (*damage == Damage::CommandHash(command.id)).then(|| command.id.to_string())
        })?;
        Ok(Loaded { cases: unless_spoiled(&self.0, loaded.cases, case_key)?, commands, ..loaded })
    }

    async fn cases(&mut self, query: &CaseQuery) -> Result<Vec<StoredCase>, StoreError> {
        unless_spoiled(&self.0, self.1.cases(query).await?, case_key)
    }

    async fn entries(&mut self, query: &EntryQuery) -> Result<Vec<StoredEntry>, StoreError> {
        unless_spoiled(&self.0, self.1.entries(query).await?, |entry, damage| {
            let hit = *damage == Damage::EntryHash(entry.case, entry.seq);
            hit.then(|| format!("{}/{}", entry.case, entry.seq))
        })
    }

    async fn duties(&mut self, query: &DutyQuery) -> Result<Vec<DutyRow>, StoreError> {
        unless_spoiled(&self.0, self.1.duties(query).await?, |row, damage| {
            let hit = *damage == Damage::DutyState(row.case, row.duty.no);
            hit.then(|| format!("{}/{}", row.case, row.duty.no))
        })
    }

    async fn definitions_in_use(&mut self) -> Result<Vec<DefinitionInUse>, StoreError> {
        self.1.definitions_in_use().await
    }

    async fn rungs(&mut self, case: Option<CaseId>, limit: u32) -> Result<Vec<Rung>, StoreError> {
        self.1.rungs(case, limit).await
    }

    async fn messages(
        &mut self,
        after: Option<(Timestamp, MessageId)>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        unless_spoiled(&self.0, self.1.messages(after, limit).await?, |message, damage| {
            (*damage == Damage::MessageContent(message.id)).then(|| message.id.to_string())
        })
    }

    async fn staff(&mut self) -> Result<(i64, Vec<StaffRow>), StoreError> {
        let (revision, staff) = self.1.staff().await?;
        let staff = unless_spoiled(&self.0, staff, |person, damage| {
            (*damage == Damage::StaffGrants(person.id.clone())).then(|| person.id.to_string())
        })?;
        Ok((revision, staff))
    }

    async fn deliveries(&mut self, query: &DeliveryQuery) -> Result<Vec<Delivery>, StoreError> {
        self.1.deliveries(query).await
    }

    async fn submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
        self.1.submitted(limit).await
    }

    async fn answered(&mut self, id: CommandId) -> Result<Option<Answered>, StoreError> {
        self.1.answered(id).await
    }
}

#[async_trait]
impl Post for SpoiledRead<dyn OwnedTx> {
    async fn lease(&mut self, wanted: &LeaseWanted) -> Result<Vec<Delivery>, StoreError> {
        self.1.lease(wanted).await
    }

    async fn settle(&mut self, settled: &[Settled]) -> Result<Vec<PostId>, StoreError> {
        self.1.settle(settled).await
    }

    async fn retry(&mut self, ids: &[PostId], now: Timestamp) -> Result<Vec<PostId>, StoreError> {
        self.1.retry(ids, now).await
    }

    async fn submit(&mut self, commands: &[Submitted]) -> Result<Vec<CommandId>, StoreError> {
        self.1.submit(commands).await
    }

    async fn take_submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
        self.1.take_submitted(limit).await
    }

    async fn answer(&mut self, answers: &[NewAnswer]) -> Result<Vec<CommandId>, StoreError> {
        self.1.answer(answers).await
    }
}

#[async_trait]
impl StoreTx for SpoiledRead<dyn OwnedTx> {
    async fn append(&mut self, groups: &[Group]) -> Result<Vec<GroupOutcome>, StoreError> {
        self.1.append(groups).await
    }
}

#[async_trait]
impl OwnedTx for SpoiledRead<dyn OwnedTx> {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.1.commit().await
    }
}

#[async_trait]
impl Store for SpoiledStore {
    async fn begin(&self, realm: &Realm) -> Result<Box<dyn OwnedTx>, StoreError> {
        Ok(Box::new(SpoiledRead(Arc::clone(&self.1), self.0.begin(realm).await?)))
    }

    async fn reader(&self, realm: &Realm) -> Result<Box<dyn Read>, StoreError> {
        Ok(Box::new(SpoiledRead(Arc::clone(&self.1), self.0.reader(realm).await?)))
    }

    async fn meta(&self) -> Result<Meta, StoreError> {
        self.0.meta().await
    }
}

async fn fresh() -> Fixture {
    let spoiled = Spoiled::default();
    let store = SpoiledStore(MemoryStore::new(sample_meta()), Arc::clone(&spoiled));
    Fixture::new(store, sample_meta()).damaged_by(move |damage| {
        *spoiled.lock().unwrap() = Some(damage);
        async { Some(HERE) }
    })
}

hexacase::store_conformance_damage!([hexacase::store_conformance_tests] fresh);
