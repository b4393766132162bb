//! The traits a store implements, as written contracts. `testing::conformance` tests each clause.

use std::{collections::BTreeSet, fmt};

use async_trait::async_trait;

use super::{
    Answered, CaseQuery, DefinitionInUse, Delivery, DeliveryQuery, DutyCursor, DutyFilter,
    DutyQuery, DutyRow, EntryQuery, Group, GroupOutcome, LeaseWanted, Loaded, Message, Meta,
    NewAnswer, PostId, Rung, Settled, StaffRow, StoreError, StoredCase, StoredEntry, Submitted,
    Wanted, WorklistQuery,
};
use crate::terms::{
    area::Realm,
    id::{CaseId, CommandId, MessageId},
    time::Timestamp,
};

/// Where cases are kept.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Begins a transaction that will write.
    ///
    /// # Contract
    ///
    /// - What was committed before `begin` returned is visible in it.
    /// - Dropped without [`OwnedTx::commit`], it leaves nothing, also when the future of a call on
    ///   it was dropped half way.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when a lock could not be had in time.
    async fn begin(&self, realm: &Realm) -> Result<Box<dyn OwnedTx>, StoreError>;

    /// Gives a reader.
    ///
    /// # Contract
    ///
    /// - Each call on it sees one consistent state; two calls may see two.
    /// - It holds no transaction open between calls.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when no connection could be had in time.
    async fn reader(&self, realm: &Realm) -> Result<Box<dyn Read>, StoreError>;

    /// What the database is, if it was set up.
    ///
    /// # Errors
    /// [`StoreError::NotSetUp`], [`StoreError::SchemaOlder`], [`StoreError::SchemaNewer`].
    async fn meta(&self) -> Result<Meta, StoreError>;

    /// How many transactions of one engine it is worth having under way at once. More than one is
    /// for a store that neither gives the whole database to one writer nor lacks the connections.
    fn batches_at_once(&self) -> usize {
        1
    }
}

/// Reading.
#[async_trait]
pub trait Read: Send {
    /// Loads all that a batch of steps needs.
    ///
    /// # Contract
    ///
    /// - In a transaction that will write, what is loaded is locked: nobody else changes it before
    ///   the transaction ends, or the transaction's `append` answers `Conflict`.
    /// - Wanted cases that do not exist are left out. Open cases beside are complete: a case that
    ///   was committed before the load and shares a wanted child or incident is in it. So are the
    ///   cases in `ended_beside`: those of the same child with `closed_at` at the time or later.
    /// - Every case is given once, with its attributes and open duties, and with the body of its last
    ///   entry.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] naming table, row and column of what cannot be read.
    async fn load(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError>;

    /// Lists cases.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    async fn cases(&mut self, query: &CaseQuery) -> Result<Vec<StoredCase>, StoreError>;

    /// Lists entries.
    ///
    /// # Contract
    ///
    /// - The bytes are given exactly as they were appended.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    async fn entries(&mut self, query: &EntryQuery) -> Result<Vec<StoredEntry>, StoreError>;

    /// Lists duties.
    ///
    /// # Contract
    ///
    /// - Pages follow each other without gap or repeat while nothing is written.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    async fn duties(&mut self, query: &DutyQuery) -> Result<Vec<DutyRow>, StoreError>;

    /// A page of a worklist: where its duties stand, and their cases, with the revision of the
    /// directory. The duties themselves are among the open ones of the cases.
    ///
    /// # Contract
    ///
    /// - The places are those of `duties` with [`DutyFilter::SeenAs`], and the cases are given as by
    ///   `load`; but their bodies and the scopes may be left out, and no commands are given. A store
    ///   that can do so gives all in one call, which sees one state.
    /// - A place whose duty is not among the open ones of its case (it ended meanwhile, or the rows
    ///   do not fit) is passed over by who asked.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`]; [`StoreError::NotSetUp`] where the realm has no directory.
    async fn worklist(
        &mut self,
        page: &WorklistQuery<'_>,
    ) -> Result<(Vec<DutyCursor>, Loaded), StoreError> {
        let WorklistQuery { seen, after, limit } = *page;
        let filter = DutyFilter::SeenAs(seen.to_vec());
        let duties = self.duties(&DutyQuery { filter, after, limit }).await?;
        let cases: BTreeSet<CaseId> = duties.iter().map(|row| row.case).collect();
        let wanted = Wanted { cases: cases.into_iter().collect(), ..Wanted::default() };
        let loaded = self.load(&wanted).await?;
        Ok((duties.iter().map(DutyRow::cursor).collect(), loaded))
    }

    /// Lists the rungs that were climbed, in order of (`climbed_at`, case, duty, generation, rung);
    /// of one case if given.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    async fn rungs(&mut self, case: Option<CaseId>, limit: u32) -> Result<Vec<Rung>, StoreError>;

    /// Lists messages in order of (`recorded_at`, id), after one if given.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    async fn messages(
        &mut self,
        after: Option<(Timestamp, MessageId)>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError>;

    /// The definitions that open cases follow, with how many cases each has, in order of procedure
    /// and hash.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    async fn definitions_in_use(&mut self) -> Result<Vec<DefinitionInUse>, StoreError>;

    /// The directory of staff, in order of id, and its revision.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    async fn staff(&mut self) -> Result<(i64, Vec<StaffRow>), StoreError>;

    /// Lists deliveries.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    async fn deliveries(&mut self, query: &DeliveryQuery) -> Result<Vec<Delivery>, StoreError>;

    /// Lists the commands of the inbox that are not answered, in order of (`created_at`, id).
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    async fn submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError>;

    /// The answer to a command of the inbox, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    async fn answered(&mut self, id: CommandId) -> Result<Option<Answered>, StoreError>;
}

/// Writing beside the cases: the outbox and the inbox. It moves no case.
#[async_trait]
pub trait Post: Read {
    /// Leases deliveries that are due, those that have been for longest: each gets its fence and its
    /// attempts raised by one and is due again at `until`.
    ///
    /// # Contract
    ///
    /// - Of each lane only the first that is pending is given, so that a lane is delivered in
    ///   order; a dead one steps aside.
    /// - What is leased in one transaction is not given to another before `until`.
    /// - What another transaction holds at the same time is passed over and not waited for, also for
    ///   a moment after it was dropped.
    ///
    /// # Errors
    /// [`StoreError`]; then the transaction can only be dropped.
    async fn lease(&mut self, wanted: &LeaseWanted) -> Result<Vec<Delivery>, StoreError>;

    /// Notes what became of attempts, and tells which were noted: those that are still pending
    /// under the same fence.
    ///
    /// # Errors
    /// As for [`lease`](Self::lease).
    async fn settle(&mut self, settled: &[Settled]) -> Result<Vec<PostId>, StoreError>;

    /// Has dead deliveries tried again from `now` on, as if they never were, and tells which.
    ///
    /// # Errors
    /// As for [`lease`](Self::lease).
    async fn retry(&mut self, ids: &[PostId], now: Timestamp) -> Result<Vec<PostId>, StoreError>;

    /// Puts commands into the inbox, and tells which: an id that was there before stays what it is.
    ///
    /// # Errors
    /// As for [`lease`](Self::lease).
    async fn submit(&mut self, commands: &[Submitted]) -> Result<Vec<CommandId>, StoreError>;

    /// The commands of the inbox that are not answered, in order of (`created_at`, id), for a
    /// transaction that will answer them.
    ///
    /// # Contract
    ///
    /// - One transaction at a time has the inbox of a realm, so that its order is kept. Where
    ///   another one has it, or had it a moment ago, the answer is empty.
    ///
    /// # Errors
    /// As for [`lease`](Self::lease).
    async fn take_submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError>;

    /// Answers commands of the inbox, once, and puts the answers into the outbox, each in a lane
    /// of its own; tells which.
    ///
    /// # Errors
    /// As for [`lease`](Self::lease).
    async fn answer(&mut self, answers: &[NewAnswer]) -> Result<Vec<CommandId>, StoreError>;
}

/// An open transaction.
#[async_trait]
pub trait StoreTx: Post {
    /// Writes groups of steps. A group stands or falls whole.
    ///
    /// # Contract
    ///
    /// - A group is written if every case has the expected revision (a new one does not exist)
    ///   and every scope the expected revision; else its outcome is `Conflict` and nothing of it
    ///   is written, whatever becomes of the other groups.
    /// - Cases, entries, bodies, duties, attributes, commands, messages, rungs and staff of a group
    ///   become visible together when the transaction commits.
    /// - Each scope of a written group has its revision raised by one.
    /// - New cases are numbered within realm and year; gaps are allowed.
    /// - A conflict leaves the surrounding transaction usable. Expected outcomes are never SQL
    ///   errors.
    /// - Two groups of one call share neither case nor scope nor command.
    /// - The directory's revision grows by one with every group that changes staff.
    /// - Each message of a written group is in the outbox, pending, and due when it was recorded.
    ///
    /// # Errors
    /// [`StoreError`]; then the transaction can only be dropped.
    async fn append(&mut self, groups: &[Group]) -> Result<Vec<GroupOutcome>, StoreError>;
}

/// A transaction that belongs to its caller.
#[async_trait]
pub trait OwnedTx: StoreTx {
    /// Makes what was written durable and visible.
    ///
    /// # Contract
    ///
    /// - When it returns `Ok`, what was written survives a crash.
    /// - An error that says so ([`StoreError::wrote_nothing`]: what is retryable, a full disk, an
    ///   interruption) means that nothing was written. After any other it may have been.
    ///
    /// # Errors
    /// [`StoreError::Interrupted`] if a call on it was dropped half way: nothing is written then.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Appends the last groups and commits: the same as [`append`](StoreTx::append) and
    /// [`commit`](Self::commit), for stores that can do both in one call of the database.
    ///
    /// # Contract
    ///
    /// - Groups stand or conflict as `append` has it; those that stand are durable and visible when
    ///   it returns `Ok`.
    /// - When it fails and says so, nothing of the transaction was written.
    ///
    /// # Errors
    /// [`NotConcluded`].
    async fn conclude(
        mut self: Box<Self>,
        groups: &[Group],
    ) -> Result<Vec<GroupOutcome>, NotConcluded> {
        let appended = self.append(groups).await;
        let outcomes =
            appended.map_err(|problem| NotConcluded { problem, maybe_written: false })?;
        let committed = self.commit().await;
        committed.map_err(NotConcluded::in_commit)?;
        Ok(outcomes)
    }
}

/// Why a transaction was not concluded.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct NotConcluded {
    /// What went wrong.
    #[source]
    pub problem: StoreError,
    /// Whether it may have been written all the same: the commit was not answered.
    pub maybe_written: bool,
}

impl NotConcluded {
    /// A commit failed. Whether it may have been written, the failure tells.
    pub fn in_commit(problem: StoreError) -> Self {
        let maybe_written = !problem.wrote_nothing();
        Self { problem, maybe_written }
    }
}
