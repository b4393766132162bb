//! The inbox 收件箱: commands that hosts of any language put into a table, in their own transaction.
//!
//! A command's step and its answer are committed together, so it is carried out exactly once, and
//! a command whose host rolled back was never there. A refusal is an answer; a failure that might
//! pass leaves the command where it is.

use serde_json::{Value, json};

use super::{
    Command, Engine, EngineError, Inner, Receipt,
    batch::{Outcome as Carried, history_of},
};
use crate::{
    procedure::Refusal,
    store::{Answered, NewAnswer, Outcome, OwnedTx, Submitted},
    terms::id::CommandId,
};

/// At most so many commands share a transaction.
const PAGE: u32 = 64;
/// How often a command that others keep coming before is tried in one round.
const MAX_ATTEMPTS: usize = 3;

/// What a round of the inbox did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboxRound {
    /// Commands that were carried out.
    pub done: usize,
    /// Commands that were refused.
    pub refused: usize,
    /// Commands that could not be decided, and would not be the next time.
    pub failed: usize,
}

impl InboxRound {
    fn count(&mut self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Done => &mut self.done,
            Outcome::Refused => &mut self.refused,
            Outcome::Failed => &mut self.failed,
        };
        *counter = counter.saturating_add(1);
    }

    /// How many commands were answered.
    pub fn answered(&self) -> usize {
        self.done.saturating_add(self.refused).saturating_add(self.failed)
    }
}

/// How far one transaction came.
enum Step {
    /// So many commands were looked at, and these were answered.
    Answered(Vec<Outcome>),
    /// There is nothing to do, or somebody else is at it.
    Nothing,
}

impl Engine {
    /// Carries out the commands of the inbox in their order, until it is empty, others have it, or
    /// a failure stops it.
    ///
    /// # Errors
    /// [`EngineError`], which may pass; what was answered before it stands.
    pub async fn take_inbox(&self) -> Result<InboxRound, EngineError> {
        let inner = &*self.inner;
        let mut round = InboxRound::default();
        let mut stuck = 0;
        let mut limit = PAGE;
        while stuck < MAX_ATTEMPTS {
            match inner.take_some(limit).await {
                Ok(Step::Nothing) => break,
                Ok(Step::Answered(outcomes)) => {
                    stuck = if outcomes.is_empty() { stuck.saturating_add(1) } else { 0 };
                    for outcome in outcomes {
                        round.count(outcome);
                    }
                    limit = PAGE;
                }
                // One of many: alone, the culprit is found.
                Err(_) if limit > 1 => limit = 1,
                Err(problem) if problem.is_retryable() => return Err(problem),
                Err(problem) => {
                    inner.give_up_first(&problem).await?;
                    round.count(Outcome::Failed);
                    limit = PAGE;
                }
            }
        }
        Ok(round)
    }

    /// The answer to a command of the inbox; nothing where it waits still or was never there.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn answer_to(&self, command: CommandId) -> Result<Option<Answered>, EngineError> {
        let mut reader = self.inner.store.reader(self.inner.realm()).await?;
        Ok(reader.answered(command).await?)
    }
}

impl Inner {
    /// Carries out the first commands of the inbox in one transaction.
    async fn take_some(&self, limit: u32) -> Result<Step, EngineError> {
        // Looked at without a lock first: most rounds find nothing.
        let mut reader = self.store.reader(self.realm()).await?;
        let waiting = reader.submitted(limit).await?;
        drop(reader);
        if waiting.is_empty() {
            return Ok(Step::Nothing);
        }
        if self.sealer.needs_keys() {
            let commands: Vec<Command> = waiting.iter().filter_map(|row| read(row).ok()).collect();
            self.prepare_keys(&commands.iter().collect::<Vec<_>>()).await?;
        }
        let mut tx = self.store.begin(self.realm()).await?;
        let mut taken = tx.take_submitted(limit).await?;
        // One that came in before those whose keys are known has to wait for the next round.
        let known = |row: &Submitted| !self.sealer.needs_keys() || waiting.contains(row);
        taken.truncate(taken.iter().take_while(|row| known(row)).count());
        if taken.is_empty() {
            // Ended and not dropped: a dropped transaction costs its connection.
            tx.commit().await?;
            return Ok(Step::Nothing);
        }
        self.carry_run(tx, &taken).await
    }

    /// Carries out a run of commands and answers them. What must go alone ends the run before it.
    async fn carry_run(
        &self,
        mut tx: Box<dyn OwnedTx>,
        taken: &[Submitted],
    ) -> Result<Step, EngineError> {
        let mut commands = Vec::new();
        let mut answers = Vec::new();
        for row in taken {
            match read(row) {
                Ok(command) => {
                    let alone = history_of(&command).is_some();
                    if alone && !commands.is_empty() {
                        break;
                    }
                    commands.push(command);
                    if alone {
                        break;
                    }
                }
                Err(refusal) => answers.push(self.refused(row.id, &refusal)),
            }
        }
        let asked: Vec<&Command> = commands.iter().collect();
        let carried =
            if asked.is_empty() { Vec::new() } else { self.carry_batch(&mut *tx, &asked).await? };
        for (command, outcome) in commands.iter().zip(carried) {
            let Some(id) = command.id else { continue };
            match outcome {
                Carried::Answer(Ok(receipt)) => answers.push(self.done(id, &receipt)),
                Carried::Answer(Err(EngineError::Refused(refusal))) => {
                    answers.push(self.refused(id, &refusal));
                }
                Carried::Answer(Err(problem)) if problem.is_retryable() => return Err(problem),
                Carried::Answer(Err(problem)) => answers.push(self.failed(id, &problem)),
                // Somebody else came first: it stays where it is.
                Carried::Lost => {}
            }
        }
        let given = tx.answer(&answers).await?;
        answers.retain(|answer| given.contains(&answer.id));
        tx.commit().await?;
        Ok(Step::Answered(answers.into_iter().map(|answer| answer.outcome).collect()))
    }

    /// Answers the first command with the failure that it meets each time, so that it holds up
    /// nobody behind it.
    async fn give_up_first(&self, problem: &EngineError) -> Result<(), EngineError> {
        let mut tx = self.store.begin(self.realm()).await?;
        if let Some(row) = tx.take_submitted(1).await?.first() {
            tx.answer(&[self.failed(row.id, problem)]).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    fn done(&self, id: CommandId, receipt: &Receipt) -> NewAnswer {
        let done = json!({
            "case": receipt.case,
            "case_number": receipt.number.to_string(),
            "revision": receipt.revision,
            "state": receipt.state,
            "receipt": receipt,
        });
        self.answered(id, Outcome::Done, done)
    }

    fn refused(&self, id: CommandId, refusal: &Refusal) -> NewAnswer {
        let why = json!({
            "code": refusal.code(),
            "zh": refusal.label().zh,
            "en": refusal.to_string(),
        });
        self.answered(id, Outcome::Refused, why)
    }

    fn failed(&self, id: CommandId, problem: &EngineError) -> NewAnswer {
        let why = json!({ "code": problem.code(), "zh": problem.zh(), "en": problem.to_string() });
        self.answered(id, Outcome::Failed, why)
    }

    fn answered(&self, id: CommandId, outcome: Outcome, answer: Value) -> NewAnswer {
        NewAnswer { id, at: self.clock.now(), outcome, answer }
    }
}

fn read(row: &Submitted) -> Result<Command, Refusal> {
    Command::from_json(&row.command).map(|command| command.with_id(row.id))
}
