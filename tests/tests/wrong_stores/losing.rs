//! Stores that lose some of what they were given, or number it wrongly.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use hexacase::{
    store::{EntryQuery, Group, GroupOutcome, Loaded, OwnedTx, Read, StoreTx, StoredEntry, Wanted},
    terms::id::CaseId,
};

use crate::{
    ending::committed,
    wrong_store::{Answer, Fault},
};

/// Says of the last group of an append that it stands, and never writes it.
#[derive(Debug)]
pub(crate) struct LosesTheLastWrite;

#[async_trait]
impl Fault for LosesTheLastWrite {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let Some((_, kept)) = groups.split_last() else { return Ok(Vec::new()) };
        let mut outcomes = inner.append(kept).await?;
        outcomes.push(GroupOutcome::Written(Vec::new()));
        Ok(outcomes)
    }
}

/// Keeps one entry of a case for each append: the last.
#[derive(Debug, Default)]
pub(crate) struct KeepsTheLastEntryOnly(Mutex<HashSet<(CaseId, i64)>>);

#[async_trait]
impl Fault for KeepsTheLastEntryOnly {
    async fn entries(&self, inner: &mut dyn Read, query: &EntryQuery) -> Answer<Vec<StoredEntry>> {
        let mut entries = inner.entries(query).await?;
        let lost = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| !lost.contains(&(entry.case, entry.seq)));
        Ok(entries)
    }

    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let outcomes = inner.append(groups).await?;
        let mut lost = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for group in groups {
            let last = |case| group.cases.iter().find(|write| write.facts.id == case);
            let before = group.entries.iter().filter(|entry| {
                last(entry.case).is_some_and(|write| entry.seq < write.facts.revision.get())
            });
            lost.extend(before.map(|entry| (entry.case, entry.seq)));
        }
        Ok(outcomes)
    }
}

/// Writes the state at once and its entry with the commit, so that a transaction that is dropped
/// leaves a case that nobody moved.
#[derive(Debug, Default)]
pub(crate) struct SplitsStateAndEntry {
    pending: Mutex<Vec<(CaseId, i64)>>,
    lost: Mutex<HashSet<(CaseId, i64)>>,
}

#[async_trait]
impl Fault for SplitsStateAndEntry {
    async fn entries(&self, inner: &mut dyn Read, query: &EntryQuery) -> Answer<Vec<StoredEntry>> {
        let mut entries = inner.entries(query).await?;
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| !lost.contains(&(entry.case, entry.seq)));
        Ok(entries)
    }

    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let outcomes = inner.append(groups).await?;
        let entries = groups.iter().flat_map(|group| &group.entries);
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.extend(entries.map(|entry| (entry.case, entry.seq)));
        Ok(outcomes)
    }

    async fn commit(&self, inner: Box<dyn OwnedTx>) -> Answer<()> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).clear();
        inner.commit().await
    }

    fn dropped(&self, inner: Box<dyn OwnedTx>) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).extend(pending.drain(..));
        committed(inner);
    }
}

/// Has room for one message of a group.
#[derive(Debug)]
pub(crate) struct KeepsOneMessageOfAGroup;

#[async_trait]
impl Fault for KeepsOneMessageOfAGroup {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let mut written = groups.to_vec();
        for group in &mut written {
            group.messages.truncate(1);
        }
        inner.append(&written).await
    }
}

/// Moves the duty to its next rung and does not write that this one was climbed.
#[derive(Debug)]
pub(crate) struct LosesTheRung;

#[async_trait]
impl Fault for LosesTheRung {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let mut written = groups.to_vec();
        for group in &mut written {
            group.rungs.clear();
        }
        inner.append(&written).await
    }
}

/// Sets attributes and never takes one away.
#[derive(Debug)]
pub(crate) struct KeepsEveryAttribute;

#[async_trait]
impl Fault for KeepsEveryAttribute {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let mut written = groups.to_vec();
        for write in written.iter_mut().flat_map(|group| &mut group.cases) {
            write.attributes.retain(|(_, value)| value.is_some());
        }
        inner.append(&written).await
    }
}

/// Gives every number to two cases, in what it answers and in what it stores.
#[derive(Debug)]
pub(crate) struct GivesANumberTwice;

#[async_trait]
impl Fault for GivesANumberTwice {
    async fn load(&self, inner: &mut dyn Read, wanted: &Wanted) -> Answer<Loaded> {
        let mut loaded = inner.load(wanted).await?;
        for case in &mut loaded.cases {
            case.number.number = halved(case.number.number);
        }
        Ok(loaded)
    }

    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let mut outcomes = inner.append(groups).await?;
        for outcome in &mut outcomes {
            if let GroupOutcome::Written(numbers) = outcome {
                for (_, number) in numbers {
                    number.number = halved(number.number);
                }
            }
        }
        Ok(outcomes)
    }
}

/// 1, 1, 2, 2, 3, 3 …
fn halved(number: i64) -> i64 {
    (number + 1) / 2
}
