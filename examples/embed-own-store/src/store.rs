//! The traits of a store over the journal and its rows.
//!
//! Whoever has the journal has the turn to write, from `begin` to the end of the transaction.
//! Readers take the last state that was published and wait for nobody.

use std::{
    io,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

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
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    journal::Journal,
    post::{InboxRow, OutboxRow},
    record::Record,
    state::State,
};

/// How long a transaction waits for its turn to write.
const PATIENCE: Duration = Duration::from_secs(5);

/// Cases in a journal file. Clones share it; the file is free again when the last is dropped.
#[derive(Clone, Debug)]
pub struct JournalStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    meta: Meta,
    /// The last state that was committed.
    state: RwLock<Arc<State>>,
    journal: Arc<Mutex<Journal>>,
}

impl JournalStore {
    /// Sets a journal up.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when there is a file already, or it cannot be written.
    pub fn create(path: &Path, meta: &Meta) -> Result<Self, StoreError> {
        let first = serde_json::to_vec(meta).map_err(|problem| failed("create", problem))?;
        let journal = Journal::create(path, &first).map_err(|problem| failed("create", problem))?;
        Ok(Self::over(journal, meta.clone(), State::default()))
    }

    /// Opens a journal and replays it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another program has it open, [`StoreError::Corrupt`] naming the
    /// line that cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let (journal, lines) = Journal::open(path).map_err(|problem| match problem.kind() {
            io::ErrorKind::WouldBlock => StoreError::Busy { operation: "open the journal" },
            io::ErrorKind::InvalidData => corrupt(0, problem),
            _ => failed("open", problem),
        })?;
        let mut lines = lines.iter().zip(1..);
        let (first, _) = lines.next().ok_or(StoreError::NotSetUp)?;
        let meta: Meta = serde_json::from_slice(first).map_err(|problem| corrupt(1, problem))?;
        let mut state = State::default();
        for (line, number) in lines {
            let records: Vec<Record> =
                serde_json::from_slice(line).map_err(|problem| corrupt(number, problem))?;
            for record in records {
                match record {
                    Record::Group(form) => drop(state.write(&meta.realm, &(*form).into())?),
                    Record::Outbox(row) => drop(state.outbox.insert(row.id(), row)),
                    Record::Inbox(row) => drop(state.inbox.insert(row.id(), row)),
                }
            }
        }
        Ok(Self::over(journal, meta, state))
    }

    fn over(journal: Journal, meta: Meta, state: State) -> Self {
        let (state, journal) = (RwLock::new(Arc::new(state)), Arc::new(Mutex::new(journal)));
        Self { shared: Arc::new(Shared { meta, state, journal }) }
    }

    fn check(&self, realm: &Realm) -> Result<(), StoreError> {
        let found = &self.shared.meta.realm;
        if found == realm {
            return Ok(());
        }
        Err(StoreError::OtherRealm { found: found.clone(), wanted: realm.clone() })
    }
}

impl Shared {
    fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn failed(
    operation: &'static str,
    problem: impl std::error::Error + Send + Sync + 'static,
) -> StoreError {
    StoreError::Backend { operation, retryable: false, source: Box::new(problem) }
}

fn corrupt(line: usize, problem: impl std::error::Error) -> StoreError {
    let (row, problem) = (format!("line {line}"), problem.to_string());
    StoreError::Corrupt { table: "journal", row, column: "line", problem }
}

#[async_trait]
impl Store for JournalStore {
    async fn begin(&self, realm: &Realm) -> Result<Box<dyn OwnedTx>, StoreError> {
        self.check(realm)?;
        let turn = Arc::clone(&self.shared.journal).lock_owned();
        let journal = tokio::time::timeout(PATIENCE, turn).await;
        let journal = journal.map_err(|_| StoreError::Busy { operation: "begin" })?;
        let state = State::clone(&self.shared.state());
        let shared = Arc::clone(&self.shared);
        Ok(Box::new(JournalTx { shared, journal, state, written: Vec::new(), failed: false }))
    }

    async fn reader(&self, realm: &Realm) -> Result<Box<dyn Read>, StoreError> {
        self.check(realm)?;
        Ok(Box::new(JournalReader { shared: Arc::clone(&self.shared) }))
    }

    async fn meta(&self) -> Result<Meta, StoreError> {
        Ok(self.shared.meta.clone())
    }
}

struct JournalReader {
    shared: Arc<Shared>,
}

struct JournalTx {
    shared: Arc<Shared>,
    /// The turn to write.
    journal: OwnedMutexGuard<Journal>,
    /// The rows as this transaction sees them.
    state: State,
    /// What it will have written when it commits.
    written: Vec<Record>,
    /// An append failed and left the rows of this transaction half written.
    failed: bool,
}

impl JournalReader {
    #[expect(clippy::unnecessary_wraps, reason = "`reads!` asks a transaction in the same words")]
    fn rows(&self) -> Result<Arc<State>, StoreError> {
        Ok(self.shared.state())
    }
}

impl JournalTx {
    fn rows(&self) -> Result<&State, StoreError> {
        if self.failed { Err(StoreError::Interrupted) } else { Ok(&self.state) }
    }

    /// Keeps deliveries for the journal as they stand now.
    fn note(&mut self, changed: Vec<OutboxRow>) -> Vec<PostId> {
        let ids = changed.iter().map(OutboxRow::id).collect();
        self.written.extend(changed.into_iter().map(Record::Outbox));
        ids
    }
}

macro_rules! reads {
    ($($name:ident),*) => {$(
        #[async_trait]
        impl Read for $name {
            async fn load(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
                Ok(self.rows()?.load(wanted))
            }

            async fn cases(&mut self, query: &CaseQuery) -> Result<Vec<StoredCase>, StoreError> {
                Ok(self.rows()?.cases(query))
            }

            async fn entries(&mut self, query: &EntryQuery) -> Result<Vec<StoredEntry>, StoreError> {
                Ok(self.rows()?.entries(query))
            }

            async fn duties(&mut self, query: &DutyQuery) -> Result<Vec<DutyRow>, StoreError> {
                Ok(self.rows()?.duties(query))
            }

            async fn rungs(&mut self, case: Option<CaseId>, limit: u32) -> Result<Vec<Rung>, StoreError> {
                Ok(self.rows()?.rungs(case, limit))
            }

            async fn messages(
                &mut self,
                after: Option<(Timestamp, MessageId)>,
                limit: u32,
            ) -> Result<Vec<Message>, StoreError> {
                Ok(self.rows()?.messages(after, limit))
            }

            async fn definitions_in_use(&mut self) -> Result<Vec<DefinitionInUse>, StoreError> {
                Ok(self.rows()?.definitions_in_use())
            }

            async fn staff(&mut self) -> Result<(i64, Vec<StaffRow>), StoreError> {
                Ok(self.rows()?.staff())
            }

            async fn deliveries(
                &mut self,
                query: &DeliveryQuery,
            ) -> Result<Vec<Delivery>, StoreError> {
                Ok(self.rows()?.deliveries(query))
            }

            async fn submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
                Ok(self.rows()?.submitted(limit))
            }

            async fn answered(&mut self, id: CommandId) -> Result<Option<Answered>, StoreError> {
                Ok(self.rows()?.answered(id))
            }
        }
    )*};
}

reads!(JournalReader, JournalTx);

/// None of these awaits anything, so nobody can drop one half way.
#[async_trait]
impl Post for JournalTx {
    async fn lease(&mut self, wanted: &LeaseWanted) -> Result<Vec<Delivery>, StoreError> {
        self.rows()?;
        let leased = self.state.lease(wanted);
        let deliveries = leased.iter().filter_map(|row| self.state.delivery(row)).collect();
        self.written.extend(leased.into_iter().map(Record::Outbox));
        Ok(deliveries)
    }

    async fn settle(&mut self, settled: &[Settled]) -> Result<Vec<PostId>, StoreError> {
        self.rows()?;
        let changed = self.state.settle(settled);
        Ok(self.note(changed))
    }

    async fn retry(&mut self, ids: &[PostId], now: Timestamp) -> Result<Vec<PostId>, StoreError> {
        self.rows()?;
        let changed = self.state.retry(ids, now);
        Ok(self.note(changed))
    }

    async fn submit(&mut self, commands: &[Submitted]) -> Result<Vec<CommandId>, StoreError> {
        self.rows()?;
        let new = self.state.submit(commands);
        let ids = new.iter().map(InboxRow::id).collect();
        self.written.extend(new.into_iter().map(Record::Inbox));
        Ok(ids)
    }

    async fn take_submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
        // Whoever has the turn to write has the inbox too.
        self.submitted(limit).await
    }

    async fn answer(&mut self, answers: &[NewAnswer]) -> Result<Vec<CommandId>, StoreError> {
        self.rows()?;
        let changed = self.state.answer(answers);
        let ids = changed.iter().map(|(row, _)| row.id()).collect();
        for (row, delivery) in changed {
            self.written.extend([Record::Inbox(row), Record::Outbox(delivery)]);
        }
        Ok(ids)
    }
}

#[async_trait]
impl StoreTx for JournalTx {
    async fn append(&mut self, groups: &[Group]) -> Result<Vec<GroupOutcome>, StoreError> {
        self.rows()?;
        // It awaits nothing, so nobody can drop it half way.
        let mut outcomes = Vec::with_capacity(groups.len());
        for group in groups {
            if !self.state.holds(group) {
                outcomes.push(GroupOutcome::Conflict);
                continue;
            }
            self.failed = true;
            let numbers = self.state.write(&self.shared.meta.realm, group)?;
            self.failed = false;
            self.written.push(Record::Group(Box::new(group.clone().into())));
            outcomes.push(GroupOutcome::Written(numbers));
        }
        Ok(outcomes)
    }
}

#[async_trait]
impl OwnedTx for JournalTx {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.rows()?;
        if self.written.is_empty() {
            return Ok(());
        }
        let Self { shared, mut journal, state, written, .. } = *self;
        // Waiting for the disk takes a thread of its own. It carries the commit to its end, also
        // when the caller is gone by then: the line and the rows are published together.
        let commit = move || {
            let line = serde_json::to_vec(&written).map_err(|problem| failed("commit", problem))?;
            journal.append(&line).map_err(|problem| failed("commit", problem))?;
            let mut published = shared.state.write().unwrap_or_else(PoisonError::into_inner);
            *published = Arc::new(state);
            Ok(())
        };
        let done = tokio::task::spawn_blocking(commit).await;
        done.map_err(|problem| failed("commit", problem))?
    }
}
