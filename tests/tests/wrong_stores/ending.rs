//! Stores that are wrong in when a transaction counts, and for whom.

use std::{
    pin::pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use hexacase::{
    store::{EntryQuery, Group, GroupOutcome, OwnedTx, Read, StoreTx, StoredEntry},
    terms::area::Realm,
};

use crate::wrong_store::{Answer, Fault};

/// Commits where nothing can wait. The store in memory commits at once.
pub(crate) fn committed(inner: Box<dyn OwnedTx>) {
    let commit = pin!(inner.commit());
    // A transaction that was interrupted refuses; then nothing is kept.
    let _ = matches!(commit.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(())));
}

/// A transaction that is dropped is committed.
#[derive(Debug)]
pub(crate) struct KeepsWhatWasDropped;

#[async_trait]
impl Fault for KeepsWhatWasDropped {
    fn dropped(&self, inner: Box<dyn OwnedTx>) {
        committed(inner);
    }
}

/// Readers see entries before they are committed.
#[derive(Debug, Default)]
pub(crate) struct ReadsDirty(Mutex<Vec<StoredEntry>>);

#[async_trait]
impl Fault for ReadsDirty {
    async fn entries(&self, inner: &mut dyn Read, query: &EntryQuery) -> Answer<Vec<StoredEntry>> {
        let mut entries = inner.entries(query).await?;
        let dirty = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let dirty = dirty.iter().filter(|entry| query.case.is_none_or(|case| case == entry.case));
        let unseen: Vec<_> = dirty.filter(|entry| !entries.contains(entry)).cloned().collect();
        entries.extend(unseen);
        Ok(entries)
    }

    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let outcomes = inner.append(groups).await?;
        let mut dirty = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (group, outcome) in groups.iter().zip(&outcomes) {
            if matches!(outcome, GroupOutcome::Written(_)) {
                dirty.extend(group.entries.iter().map(|entry| StoredEntry {
                    case: entry.case,
                    seq: entry.seq,
                    recorded_at: entry.recorded_at,
                    bytes: entry.bytes.clone(),
                    hash: entry.hash,
                    body: None,
                }));
            }
        }
        Ok(outcomes)
    }

    async fn commit(&self, inner: Box<dyn OwnedTx>) -> Answer<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
        inner.commit().await
    }

    fn dropped(&self, inner: Box<dyn OwnedTx>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
        drop(inner);
    }
}

/// Does not know that an append never came back, and commits what there is of it.
#[derive(Debug)]
pub(crate) struct CommitsWhatWasInterrupted;

#[async_trait]
impl Fault for CommitsWhatWasInterrupted {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let outcomes = inner.append(groups).await?;
        tokio::task::yield_now().await;
        Ok(outcomes)
    }
}

/// Serves whatever realm is asked for out of its own.
#[derive(Debug)]
pub(crate) struct ServesEveryRealm;

#[async_trait]
impl Fault for ServesEveryRealm {
    fn realm<'a>(&self, _: &'a Realm, own: &'a Realm) -> &'a Realm {
        own
    }
}
