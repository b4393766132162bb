//! A store in memory, with the whole contract of one on disk but for the disk.
//!
//! The committed rows stand under a lock that no call holds while it waits. A transaction keeps
//! what it writes to itself, as whole rows over the committed ones, and publishes it when it
//! commits; so readers never wait for it and never see half of it. One transaction writes at a
//! time: the turn to write is the one lock that is held across awaits, as `BEGIN IMMEDIATE` does
//! in SQLite.

mod changes;
mod index;
mod matching;
mod post;
mod row;
mod tables;
mod transaction;
mod view;
mod well_formed;

#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use async_trait::async_trait;
use tokio::sync::{Mutex, OwnedMutexGuard};

use self::{
    tables::Tables,
    transaction::{MemoryReader, MemoryTx},
};
use crate::{
    store::{Meta, OwnedTx, Read, Store, StoreError},
    terms::area::Realm,
};

/// A store that lasts as long as its clones, which share it.
///
/// ```
/// # use hexacase::{store::{CaseQuery, Meta, Read, Store}, testing::{MemoryStore, block_on}};
/// # use hexacase::terms::{id::OriginId, time::Timestamp};
/// # block_on(async {
/// let store = MemoryStore::new(Meta {
///     realm: "999999".parse()?,
///     name: "示范县".to_owned(),
///     origin: OriginId::from_bytes([7; 16]),
///     created_at: "2026-03-02".parse()?,
///     demo: true,
/// });
/// let mut reader = store.reader(&"999999".parse()?).await?;
/// assert!(reader.cases(&CaseQuery { limit: 10, ..CaseQuery::default() }).await?.is_empty());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct MemoryStore {
    shared: Arc<Shared>,
    turns: Turns,
}

/// When a transaction takes its turn to write.
#[derive(Clone, Copy, Debug)]
enum Turns {
    AtBegin,
    AtAppend,
}

#[derive(Debug)]
struct Shared {
    meta: Meta,
    tables: RwLock<Tables>,
    turn: Arc<Mutex<()>>,
}

impl MemoryStore {
    /// An empty store. A transaction takes its turn to write when it begins, so nothing that it
    /// loads can change under it, and `begin` waits until the transaction before it has ended.
    pub fn new(meta: Meta) -> Self {
        Self::with(meta, Turns::AtBegin)
    }

    /// An empty store whose transactions take their turn to write only with their first `append`.
    /// Two may load side by side, and then one of them conflicts: for tests of what an engine
    /// does about it.
    pub fn optimistic(meta: Meta) -> Self {
        Self::with(meta, Turns::AtAppend)
    }

    fn with(meta: Meta, turns: Turns) -> Self {
        let (tables, turn) = (RwLock::default(), Arc::default());
        Self { shared: Arc::new(Shared { meta, tables, turn }), turns }
    }

    fn check(&self, realm: &Realm) -> Result<(), StoreError> {
        let found = &self.shared.meta.realm;
        if found == realm {
            Ok(())
        } else {
            Err(StoreError::OtherRealm { found: found.clone(), wanted: realm.clone() })
        }
    }
}

impl Shared {
    // A panic while the tables are locked can only come from a fault in this module; the test that
    // it fails is the one that shows it.
    fn tables(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn tables_mut(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }

    async fn turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.turn).lock_owned().await
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self, realm: &Realm) -> Result<Box<dyn OwnedTx>, StoreError> {
        self.check(realm)?;
        let turn = match self.turns {
            Turns::AtBegin => Some(self.shared.turn().await),
            Turns::AtAppend => None,
        };
        Ok(Box::new(MemoryTx::new(Arc::clone(&self.shared), turn)))
    }

    async fn reader(&self, realm: &Realm) -> Result<Box<dyn Read>, StoreError> {
        self.check(realm)?;
        Ok(Box::new(MemoryReader::new(Arc::clone(&self.shared))))
    }

    async fn meta(&self) -> Result<Meta, StoreError> {
        Ok(self.shared.meta.clone())
    }

    fn batches_at_once(&self) -> usize {
        match self.turns {
            Turns::AtBegin => 1,
            Turns::AtAppend => 2,
        }
    }
}
