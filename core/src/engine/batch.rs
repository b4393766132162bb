//! From commands to a transaction: group commit without a timer.
//!
//! Commands that arrive while a commit is under way form the next batch, so an idle engine adds no
//! latency and a busy one shares its load, its append and its fsync. Who arrives first has them led,
//! by a task of its own, so that a caller who goes away never drops its neighbors. Where the store
//! can use it, a second batch goes beside the first.

use std::collections::BTreeSet;

use super::{
    Action, Command, Engine, EngineError, Inner, Receipt,
    carry::{Done, carry_out},
    lead::lead,
    loading::{load_receivers, want_for_wide, whole_history},
    queue::{Answer, Job, MAX_BATCH},
    workspace::Workspace,
};
use crate::{
    procedure::{Refusal, wide::WideStep},
    store::{
        Group, GroupOutcome, Loaded, NotConcluded, Scope, StoreError, StoreTx, StoredCommand,
        Wanted,
    },
    terms::id::CaseId,
};

/// How often a batch that lost a race is decided again.
const MAX_ATTEMPTS: usize = 4;

/// The case whose entries a command's step must read.
pub(super) fn history_of(command: &Command) -> Option<CaseId> {
    let Action::Fire { case, transition, .. } = &command.action else { return None };
    let reads =
        [WideStep::AmendEntry, WideStep::Reopen, WideStep::ConfirmStep, WideStep::DeclineStep];
    WideStep::named(transition).filter(|step| reads.contains(step)).map(|_| *case)
}

impl Engine {
    /// Carries out one command in a transaction of its own.
    ///
    /// # Errors
    /// [`EngineError::Refused`] when it is not possible, [`EngineError::Busy`] when too many others
    /// wait; nothing was written then.
    pub async fn execute(&self, command: Command) -> Result<Receipt, EngineError> {
        let urgent = self.inner.is_urgent(&command);
        let answer = self.inner.queue.push(command, urgent, None, self.inner.clock.now())?;
        lead(&self.inner);
        answer.await.unwrap_or(Err(EngineError::Lost))
    }

    /// Carries out many commands. Each has its own answer: there is no all or nothing (for that,
    /// take them in one transaction with [`Engine::execute_in`]).
    pub async fn execute_many(
        &self,
        commands: impl IntoIterator<Item = Command>,
    ) -> Vec<Result<Receipt, EngineError>> {
        let call = Some(self.inner.queue.call());
        let mut commands = commands.into_iter().peekable();
        let mut all = Vec::new();
        // A batch at a time: whoever has many does not stand before everybody else.
        while commands.peek().is_some() {
            let part: Vec<Command> = commands.by_ref().take(MAX_BATCH).collect();
            // In one line, so that they stay in their order.
            let urgent = part.iter().all(|command| self.inner.is_urgent(command));
            let now = self.inner.clock.now();
            let mut full = None;
            let mut answers = Vec::with_capacity(part.len());
            for command in part {
                // Who comes behind one that is turned away is turned away too: it may rest on it.
                let answer = match full {
                    Some(retry_after) => Err(EngineError::Busy { retry_after }),
                    None => self.inner.queue.push(command, urgent, call, now),
                };
                if let Err(EngineError::Busy { retry_after }) = &answer {
                    full = Some(*retry_after);
                }
                answers.push(answer);
            }
            lead(&self.inner);
            for answer in answers {
                all.push(match answer {
                    Ok(answer) => answer.await.unwrap_or(Err(EngineError::Lost)),
                    Err(busy) => Err(busy),
                });
            }
        }
        all
    }

    /// Carries out one command in the caller's transaction; it becomes durable when that commits.
    /// The engine never retries there.
    ///
    /// # Errors
    /// [`EngineError::Refused`] and [`EngineError::Conflict`] leave the transaction usable.
    pub async fn execute_in(
        &self,
        tx: &mut dyn StoreTx,
        command: Command,
    ) -> Result<Receipt, EngineError> {
        let mut answers = self.inner.carry_batch(tx, &[&command]).await?;
        match answers.pop() {
            Some(Outcome::Answer(answer)) => answer,
            Some(Outcome::Lost) | None => Err(EngineError::Conflict),
        }
    }
}

pub(super) enum Outcome {
    Answer(Answer),
    /// Somebody else came first; it may be decided again.
    Lost,
}

/// A batch that failed as a whole.
struct Failed {
    problem: EngineError,
    /// It failed in the commit, in such a way that it may have been carried out.
    committing: bool,
}

impl From<EngineError> for Failed {
    fn from(problem: EngineError) -> Self {
        Self { problem, committing: false }
    }
}

impl From<StoreError> for Failed {
    fn from(problem: StoreError) -> Self {
        EngineError::from(problem).into()
    }
}

impl From<NotConcluded> for Failed {
    fn from(failed: NotConcluded) -> Self {
        Self { problem: failed.problem.into(), committing: failed.maybe_written }
    }
}

/// What a batch came to before anything of it is written.
struct Decided<'e> {
    workspace: Workspace<'e>,
    done: Vec<Result<Done, Answer>>,
    groups: Vec<Group>,
}

impl Decided<'_> {
    /// The answers, when it is known what became of the groups.
    fn answers(mut self, commands: &[&Command], outcomes: &[GroupOutcome]) -> Vec<Outcome> {
        let mut lost: BTreeSet<CaseId> = BTreeSet::new();
        for (group, outcome) in self.groups.iter().zip(outcomes) {
            match outcome {
                GroupOutcome::Written(numbers) => self.workspace.number(numbers),
                GroupOutcome::Conflict => lost.extend(group.expect.iter().map(|(case, _)| *case)),
            }
        }
        let workspace = self.workspace;
        let finish = |(command, done): (&&Command, Result<Done, Answer>)| match done {
            Err(answer) => Outcome::Answer(answer),
            Ok(done) if lost.contains(&done.case) => Outcome::Lost,
            Ok(done) => match workspace.number_of(done.case) {
                None => Outcome::Lost,
                Some(number) => Outcome::Answer(Ok(Receipt {
                    case: done.case,
                    number: number.clone(),
                    revision: done.revision,
                    state: done.state,
                    hash: done.hash,
                    recorded_at: done.recorded_at,
                    command: command.id,
                    repeated: false,
                    proposed: done.proposed,
                    linked: done.linked,
                })),
            },
        };
        commands.iter().zip(self.done).map(finish).collect()
    }
}

impl Inner {
    pub(super) async fn carry_jobs(&self, jobs: Vec<Job>) {
        let mut left = jobs;
        for attempt in 0..MAX_ATTEMPTS {
            if left.is_empty() {
                return;
            }
            let commands: Vec<&Command> = left.iter().map(|job| &job.command).collect();
            // One that lost goes with no other beside it.
            let carried = if attempt == 0 {
                let _beside = self.queue.beside.read().await;
                self.carry_alone(&commands).await
            } else {
                let _alone = self.queue.beside.write().await;
                self.carry_alone(&commands).await
            };
            match carried {
                Ok(outcomes) => {
                    let mut again = Vec::new();
                    for (job, outcome) in left.into_iter().zip(outcomes) {
                        match outcome {
                            Outcome::Answer(answer) => drop(job.reply.send(answer)),
                            Outcome::Lost if attempt + 1 == MAX_ATTEMPTS => {
                                drop(job.reply.send(Err(EngineError::Conflict)));
                            }
                            // Also who named a revision: it is compared again.
                            Outcome::Lost => again.push(job),
                        }
                    }
                    left = again;
                }
                Err(failed) => return self.carry_singly(left, failed).await,
            }
        }
    }

    /// A batch failed as a whole: one bad command must not hurt its neighbors, so each is carried
    /// out alone, once. Where it failed in the commit, what became of it is not known: a command
    /// with an id finds out, and one without must not be tried again.
    async fn carry_singly(&self, mut jobs: Vec<Job>, failed: Failed) {
        if jobs.len() == 1 {
            if let Some(job) = jobs.pop() {
                drop(job.reply.send(Err(failed.problem)));
            }
            return;
        }
        let _alone = self.queue.beside.write().await;
        for job in jobs {
            let answer = if failed.committing && job.command.id.is_none() {
                Err(EngineError::Lost)
            } else {
                match self.carry_alone(&[&job.command]).await.map(|mut one| one.pop()) {
                    Ok(Some(Outcome::Answer(answer))) => answer,
                    Ok(Some(Outcome::Lost) | None) => Err(EngineError::Conflict),
                    // That this try was not written says nothing about the first.
                    Err(_) if failed.committing => Err(EngineError::Lost),
                    Err(again) => Err(again.problem),
                }
            };
            drop(job.reply.send(answer));
        }
    }

    async fn carry_alone(&self, commands: &[&Command]) -> Result<Vec<Outcome>, Failed> {
        if self.sealer.needs_keys() {
            self.prepare_keys(commands).await?;
        }
        let mut tx = self.store.begin(self.realm()).await?;
        let decided = self.decide_batch(&mut *tx, commands).await?;
        // A transaction that writes nothing is dropped.
        let outcomes = if decided.groups.is_empty() {
            Vec::new()
        } else {
            tx.conclude(&decided.groups).await?
        };
        Ok(decided.answers(commands, &outcomes))
    }

    /// Keys are resolved before the transaction, so that it never waits for a key store.
    pub(super) async fn prepare_keys(&self, commands: &[&Command]) -> Result<(), EngineError> {
        let mut reader = self.store.reader(self.realm()).await?;
        let mut loaded = reader.load(&self.wanted(commands)).await?;
        self.load_named(&mut *reader, &mut loaded, commands).await?;
        let mut subjects: Vec<_> = loaded.cases.iter().map(|case| case.facts.subject.id).collect();
        subjects.extend(self.wanted(commands).subjects);
        Ok(self.sealer.prepare(self.realm(), &subjects).await?)
    }

    /// Whether a command goes before others.
    fn is_urgent(&self, command: &Command) -> bool {
        match &command.action {
            Action::Open(open) => {
                self.registry.newest(&open.procedure).is_some_and(|newest| newest.is_urgent())
            }
            // Which procedure the case follows is not known before it is loaded.
            Action::Fire { transition, .. } => self.registry.is_urgent(transition),
        }
    }

    /// What a batch must load: one statement's worth for all its commands.
    fn wanted(&self, commands: &[&Command]) -> Wanted {
        let mut wanted = Wanted::default();
        for command in commands {
            wanted.commands.extend(command.id);
            match &command.action {
                Action::Open(open) => {
                    let named = self
                        .registry
                        .newest(&open.procedure)
                        .and_then(|definition| definition.transition(&open.transition))
                        .and_then(|spec| spec.opening(&open.payload).ok())
                        .and_then(|opening| opening.subject);
                    wanted.subjects.extend(open.subject.map(|subject| subject.id).or(named));
                    wanted.incidents.extend(open.incident);
                }
                Action::Fire { case, transition, payload } => {
                    wanted.cases.push(*case);
                    let step = WideStep::named(transition);
                    if step.is_some() || self.registry.looks_beside(transition) {
                        wanted.beside.push(*case);
                    }
                    want_for_wide(&mut wanted, step, payload);
                }
            }
        }
        let subjects = wanted.subjects.iter().map(|id| Scope::subject(*id));
        let incidents = wanted.incidents.iter().map(|id| Scope::incident(*id));
        wanted.scopes = subjects.chain(incidents).collect();
        wanted
    }

    /// Loads, decides, appends: one load and one append for the whole batch.
    pub(super) async fn carry_batch(
        &self,
        tx: &mut dyn StoreTx,
        commands: &[&Command],
    ) -> Result<Vec<Outcome>, EngineError> {
        let decided = self.decide_batch(tx, commands).await?;
        let outcomes =
            if decided.groups.is_empty() { Vec::new() } else { tx.append(&decided.groups).await? };
        Ok(decided.answers(commands, &outcomes))
    }

    /// Loads and decides; nothing is written yet.
    async fn decide_batch(
        &self,
        tx: &mut dyn StoreTx,
        commands: &[&Command],
    ) -> Result<Decided<'_>, EngineError> {
        let mut loaded = tx.load(&self.wanted(commands)).await?;
        self.load_named(&mut *tx, &mut loaded, commands).await?;
        if commands.iter().any(|command| self.registry.hands_over(command.transition())) {
            load_receivers(tx, &mut loaded).await?;
        }
        let staff = self.staff_at(&mut *tx, loaded.directory).await?;
        let mut histories = Vec::new();
        for command in commands {
            histories.push(match history_of(command) {
                Some(case) => whole_history(tx, case).await?,
                None => Vec::new(),
            });
        }
        for (command, history) in commands.iter().zip(&histories) {
            self.load_proposed(&mut *tx, &mut loaded, command, history).await?;
        }
        let now = self.clock.now();
        let Loaded { commands: known, .. } = &loaded;
        let known = known.clone();
        let mut workspace = self.workspace(loaded);
        let mut done: Vec<Result<Done, Answer>> = Vec::with_capacity(commands.len());
        for (command, history) in commands.iter().zip(&histories) {
            let before = known.iter().find(|stored| Some(stored.id) == command.id);
            done.push(match before {
                Some(stored) => Err(repeat(command, stored)),
                None => carry_out(self, &staff, &mut workspace, command, now, history)
                    .map_err(|refusal| Err(refusal) as Answer),
            });
        }
        let groups = workspace.groups();
        Ok(Decided { workspace, done, groups })
    }

    pub(super) fn workspace(&self, loaded: Loaded) -> Workspace<'_> {
        Workspace::new(
            self.realm(),
            &self.registry,
            &*self.sealer,
            &self.roles,
            &self.engine_duties,
            loaded,
        )
    }
}

/// The first receipt again, if the same was asked; another step under the same id is refused.
fn repeat(command: &Command, stored: &StoredCommand) -> Answer {
    if stored.hash != command.hash() {
        return Err(Refusal::CommandReused { command: stored.id.to_string() }.into());
    }
    Ok(Receipt {
        case: stored.case,
        number: stored.number.clone(),
        revision: crate::terms::id::Revision::new(stored.seq),
        state: stored.state.clone(),
        hash: stored.entry,
        recorded_at: stored.recorded_at,
        command: Some(stored.id),
        repeated: true,
        proposed: false,
        linked: Vec::new(),
    })
}
