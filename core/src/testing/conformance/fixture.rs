//! An empty store for one clause, with what the clause may do to it beside the contract.

use std::{
    any::Any,
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    loading::same_as_listed,
    records::{SampleCase, letters},
};
use crate::{
    store::{
        CaseQuery, DutyCursor, DutyFilter, DutyQuery, DutyRow, EntryQuery, Group, GroupOutcome,
        Loaded, Message, Meta, OwnedTx, Read, Rung, Store, StoredCase, StoredEntry, Wanted,
        WorklistQuery,
    },
    terms::{
        area::{AreaCode, Realm},
        facts::CaseNumber,
        id::{ActorId, CaseId, CommandId, MessageId},
    },
};

/// How often a transaction is begun anew while the store says it is busy.
pub(super) const PATIENCE: u32 = 10_000;
/// More pages than any list of a clause has.
pub(super) const MOST_PAGES: usize = 1_000;
/// More rows than any clause writes.
pub(super) const ALL: u32 = 100_000;

type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Corrupt = Box<dyn Fn(Damage) -> Later<Option<Damaged>> + Send + Sync>;
type Reopen = Box<dyn Fn() -> Later<Arc<dyn Store>> + Send + Sync>;

/// Damage a clause asks for. The fixture does it below the store, as a disk or a hand would.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// The area of a case becomes a text that is no code.
    CaseArea(CaseId),
    /// The hash of a case's last entry, on the case's row, loses its last byte.
    CaseHead(CaseId),
    /// The state of a duty becomes a word that is none.
    DutyState(CaseId, u32),
    /// The hash of an entry loses its last byte.
    EntryHash(CaseId, i64),
    /// The hash of what a command asked loses its last byte.
    CommandHash(CommandId),
    /// What a message says is cut in the middle and is no JSON any more.
    MessageContent(MessageId),
    /// The roles of a person are cut in the middle.
    StaffGrants(ActorId),
}

/// Where damage was done, in the store's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
}

/// An empty store that was set up, and what keeps it alive.
pub struct Fixture {
    store: Arc<dyn Store>,
    meta: Meta,
    corrupt: Option<Corrupt>,
    reopen: Option<Reopen>,
    /// Dropped last.
    guard: Option<Box<dyn Any + Send + Sync>>,
    /// Whether the next write concludes its transaction in one call.
    concludes: AtomicBool,
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Fixture {
    /// A store that was set up with `meta` and holds nothing yet.
    pub fn new(store: impl Store, meta: Meta) -> Self {
        Self {
            store: Arc::new(store),
            meta,
            corrupt: None,
            reopen: None,
            guard: None,
            concludes: AtomicBool::new(false),
        }
    }

    /// Keeps something until the clause is over, e.g. a directory for the store's files.
    #[must_use]
    pub fn guarded_by(mut self, guard: impl Any + Send + Sync) -> Self {
        self.guard = Some(Box::new(guard));
        self
    }

    /// Says how damage is done. It answers where it was done, or nothing if the database refuses
    /// to hold such a value.
    #[must_use]
    pub fn damaged_by<F, R>(mut self, corrupt: F) -> Self
    where
        F: Fn(Damage) -> R + Send + Sync + 'static,
        R: Future<Output = Option<Damaged>> + Send + 'static,
    {
        self.corrupt = Some(Box::new(move |damage| Box::pin(corrupt(damage))));
        self
    }

    /// Says how the same store is opened once more, as a program does that was started anew.
    #[must_use]
    pub fn reopened_by<F, R>(mut self, reopen: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Arc<dyn Store>> + Send + 'static,
    {
        self.reopen = Some(Box::new(move || Box::pin(reopen())));
        self
    }

    /// Whether damage can be done to it.
    pub fn can_be_damaged(&self) -> bool {
        self.corrupt.is_some()
    }

    pub(super) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    pub(super) fn meta(&self) -> &Meta {
        &self.meta
    }

    pub(super) fn realm(&self) -> &Realm {
        &self.meta.realm
    }

    /// The area of the realm with these digits after the realm's.
    pub(super) fn area(&self, digits: &str) -> AreaCode {
        format!("{}{digits}", self.realm()).parse().unwrap()
    }

    /// A case that nobody has written yet, about its own subject and incident.
    pub(super) fn sample(&self, number: u32) -> SampleCase {
        SampleCase::new(&self.meta, number)
    }

    /// Damages the store. Nothing when it cannot hold such damage; the reason is printed.
    pub(super) async fn damage(&self, damage: Damage) -> Option<Damaged> {
        let corrupt = self.corrupt.as_ref().expect("this form of the suite needs `damaged_by`");
        let done = corrupt(damage.clone()).await;
        if done.is_none() {
            println!("the database cannot hold {damage:?}: there is nothing to find");
        }
        done
    }

    /// The store opened anew; the first one is closed before.
    pub(super) async fn reopened(mut self) -> Self {
        let Some(reopen) = self.reopen.take() else {
            println!("the fixture has no `reopened_by`: the open store stands for the opened one");
            return self;
        };
        drop(self.store);
        let store = reopen().await;
        Self { store, reopen: Some(reopen), ..self }
    }

    pub(super) async fn begin(&self) -> Box<dyn OwnedTx> {
        begin(&self.store, self.realm()).await
    }

    pub(super) async fn reader(&self) -> Box<dyn Read> {
        self.store.reader(self.realm()).await.unwrap()
    }

    /// Appends in a transaction of its own and commits it, every second time in one call.
    pub(super) async fn append(&self, groups: &[Group]) -> Vec<GroupOutcome> {
        let mut tx = self.begin().await;
        if self.concludes.fetch_not(Ordering::Relaxed) {
            return tx.conclude(groups).await.unwrap();
        }
        let outcomes = tx.append(groups).await.unwrap();
        tx.commit().await.unwrap();
        outcomes
    }

    /// Writes a group that must stand, and gives the numbers of its new cases.
    pub(super) async fn write(&self, group: Group) -> Vec<(CaseId, CaseNumber)> {
        written(&self.append(&[group]).await)
    }

    /// Appends a group that must fall.
    pub(super) async fn conflict(&self, group: Group) {
        assert_eq!(self.append(&[group]).await, [GroupOutcome::Conflict]);
    }

    pub(super) async fn load(&self, wanted: &Wanted) -> Loaded {
        self.reader().await.load(wanted).await.unwrap()
    }

    /// The case, if it is there.
    pub(super) async fn case(&self, id: CaseId) -> Option<StoredCase> {
        let wanted = Wanted { cases: vec![id], ..Wanted::default() };
        self.load(&wanted).await.cases.pop()
    }

    /// The ids of the cases that a query lists, as letters: the first sample is `a`.
    pub(super) async fn listed(&self, query: &CaseQuery) -> String {
        let cases = self.reader().await.cases(query).await.unwrap();
        letters(cases.iter().map(|case| case.facts.id))
    }

    pub(super) async fn entries(&self, query: &EntryQuery) -> Vec<StoredEntry> {
        self.reader().await.entries(query).await.unwrap()
    }

    pub(super) async fn entries_of(&self, case: CaseId) -> Vec<StoredEntry> {
        let all = EntryQuery { case: Some(case), limit: ALL, ..EntryQuery::default() };
        self.entries(&all).await
    }

    pub(super) async fn page_of_duties(
        &self,
        filter: &DutyFilter,
        after: Option<DutyCursor>,
        limit: u32,
    ) -> Vec<DutyRow> {
        let query = DutyQuery { filter: filter.clone(), after, limit };
        self.reader().await.duties(&query).await.unwrap()
    }

    pub(super) async fn duties(&self, filter: &DutyFilter) -> Vec<DutyRow> {
        self.page_of_duties(filter, None, ALL).await
    }

    /// The duties that a filter lists, as the case's letter and the duty's number: `a1 b1`.
    pub(super) async fn owed(&self, filter: &DutyFilter) -> String {
        let duties = self.duties(filter).await;
        if let DutyFilter::SeenAs(seen) = filter {
            let page = WorklistQuery { seen, after: None, limit: ALL };
            same_as_listed(&mut *self.reader().await, page).await;
        }
        let names = duties.iter().map(|row| format!("{}{}", letters([row.case]), row.duty.no));
        names.collect::<Vec<_>>().join(" ")
    }

    pub(super) async fn messages(&self) -> Vec<Message> {
        self.reader().await.messages(None, ALL).await.unwrap()
    }

    pub(super) async fn rungs(&self) -> Vec<Rung> {
        self.reader().await.rungs(None, ALL).await.unwrap()
    }
}

/// Begins a transaction, again and again while the store says that it is busy.
pub(super) async fn begin(store: &Arc<dyn Store>, realm: &Realm) -> Box<dyn OwnedTx> {
    for _ in 0..PATIENCE {
        match store.begin(realm).await {
            Ok(tx) => return tx,
            Err(problem) if problem.is_retryable() => tokio::task::yield_now().await,
            Err(problem) => panic!("the store does not begin a transaction: {problem}"),
        }
    }
    panic!("the store stays busy");
}

/// The numbers given by groups that must all stand.
pub(super) fn written(outcomes: &[GroupOutcome]) -> Vec<(CaseId, CaseNumber)> {
    let numbers = outcomes.iter().map(|outcome| match outcome {
        GroupOutcome::Written(numbers) => numbers.clone(),
        GroupOutcome::Conflict => panic!("a group fell that should stand"),
    });
    numbers.flatten().collect()
}

/// Which groups stand, as words.
pub(super) fn stood(outcomes: &[GroupOutcome]) -> Vec<bool> {
    outcomes.iter().map(|outcome| matches!(outcome, GroupOutcome::Written(_))).collect()
}
