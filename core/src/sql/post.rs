//! The outbox and the inbox: the texts of their reads and writes, and the contract for everything
//! that can run them.
//!
//! A write is one statement over a list of values, which tells the rows that it changed; so it
//! needs neither a document nor a second look.

use async_trait::async_trait;

use super::{
    cells::{Cells, Record},
    decode,
    reading::Reading,
    script::{Script, Value},
};
use crate::{
    store::{
        Answered, Content, Delivery, DeliveryQuery, DeliveryState, LeaseWanted, NewAnswer, Outcome,
        Post, PostId, PostKind, Settled, Settlement, StoreError, Submitted,
    },
    terms::{area::Realm, id::CommandId, time::Timestamp},
};

/// A transaction in which the outbox and the inbox are written. It gets all of [`Post`] for it.
#[async_trait]
pub trait Posting: Reading {
    /// What a SELECT ends with that locks the rows of its table `o` and passes over those that
    /// somebody else has locked; nothing where one transaction writes at a time.
    const LOCKED: &'static str;

    /// Makes sure that what follows is in one transaction.
    ///
    /// # Errors
    /// What the database says.
    async fn enter(&mut self) -> Result<(), StoreError>;
}

/// What the outbox holds and what it delivers.
const DELIVERY: &str = "o.kind AS post, o.id, o.lane, o.state, o.attempts, o.fence, o.due_at, \
     o.settled_at, o.problem, m.case_id, m.seq, m.kind, m.content, m.recorded_at, \
     i.created_at, i.answered_at, i.outcome, i.answer \
     FROM {prefix}outbox AS o \
     LEFT JOIN {prefix}message AS m \
     ON o.kind = 'message' AND m.realm = o.realm AND m.id = o.id \
     LEFT JOIN {prefix}inbox AS i ON o.kind = 'answer' AND i.realm = o.realm AND i.id = o.id";

fn id(id: PostId) -> [Value; 2] {
    [Value::Text(id.kind.name().to_owned()), Value::Bytes(id.id.to_vec())]
}

/// Takes rows of values in, each with the realm before it, and gives them as a list of names in
/// brackets.
fn rows(script: &mut Script, rows: impl IntoIterator<Item = Vec<Value>>) -> String {
    let rows: Vec<String> = rows
        .into_iter()
        .map(|row| {
            let names: Vec<String> = row.into_iter().map(|value| script.bind(value)).collect();
            format!("($1, {})", names.join(", "))
        })
        .collect();
    rows.join(", ")
}

/// One statement: a page of deliveries.
pub(super) fn deliveries(realm: &Realm, query: &DeliveryQuery) -> Script {
    let mut script = Script::of(realm);
    // The state is a word of ours and stands in the text, so that the index of open ones is used.
    let state = query.state.name();
    let open =
        if query.state == DeliveryState::Delivered { "" } else { " AND o.state <> 'delivered'" };
    let after = query.after.map_or_else(String::new, |after| {
        let [kind, id] = id(after);
        let kind = script.bind(kind);
        format!(" AND (o.kind, o.id) > ({kind}, {})", script.bind(id))
    });
    let limit = query.limit;
    script.run(format!(
        "SELECT {DELIVERY} WHERE o.realm = $1 AND o.state = '{state}'{open}{after} \
         ORDER BY o.kind, o.id LIMIT {limit}"
    ));
    script
}

/// One statement: these deliveries.
fn deliveries_of(realm: &Realm, ids: &[PostId]) -> Script {
    let mut script = Script::of(realm);
    let wanted = rows(&mut script, ids.iter().map(|post| id(*post).to_vec()));
    script.run(format!(
        "WITH wanted (realm, kind, id) AS (VALUES {wanted}) SELECT {DELIVERY} \
         JOIN wanted AS w ON o.realm = w.realm AND o.kind = w.kind AND o.id = w.id \
         WHERE o.realm = $1 ORDER BY o.due_at, o.lane, o.seq, o.no"
    ));
    script
}

/// One statement: leases what is due.
fn lease(realm: &Realm, wanted: &LeaseWanted, locked: &str) -> Script {
    let mut script = Script::of(realm);
    let now = script.bind(Value::Int(wanted.now.as_millis()));
    let until = script.bind(Value::Int(wanted.until.as_millis()));
    let limit = wanted.limit;
    script.run(format!(
        "WITH due AS MATERIALIZED (SELECT o.realm AS due_realm, o.kind AS due_kind, o.id AS due_id \
         FROM {{prefix}}outbox AS o \
         WHERE o.realm = $1 AND o.state = 'pending' AND o.due_at <= {now} \
         AND NOT EXISTS (SELECT 1 FROM {{prefix}}outbox AS e WHERE e.realm = o.realm \
         AND e.lane = o.lane AND e.state = 'pending' AND (e.seq, e.no) < (o.seq, o.no)) \
         ORDER BY o.due_at, o.lane, o.seq, o.no LIMIT {limit}{locked}) \
         UPDATE {{prefix}}outbox AS o \
         SET fence = o.fence + 1, attempts = o.attempts + 1, due_at = {until} \
         FROM due WHERE o.realm = due_realm AND o.kind = due_kind AND o.id = due_id \
         RETURNING kind AS post, id"
    ));
    script
}

/// One statement: notes what became of attempts.
fn settle(realm: &Realm, settled: &[Settled]) -> Script {
    let mut script = Script::of(realm);
    let values = rows(
        &mut script,
        settled.iter().map(|one| {
            let (state, at, problem) = match &one.settlement {
                Settlement::Delivered { at } => (DeliveryState::Delivered, at, ""),
                Settlement::Later { due_at, problem } => {
                    (DeliveryState::Pending, due_at, problem.as_str())
                }
                Settlement::Dead { at, problem } => (DeliveryState::Dead, at, problem.as_str()),
            };
            let mut row = id(one.id).to_vec();
            row.extend([
                Value::Int(one.fence),
                Value::Text(state.name().to_owned()),
                Value::Int(at.as_millis()),
                Value::Text(problem.to_owned()),
            ]);
            row
        }),
    );
    script.run(format!(
        "WITH done (done_realm, done_kind, done_id, done_fence, done_state, done_at, done_problem) \
         AS (VALUES {values}) UPDATE {{prefix}}outbox AS o SET state = done_state, \
         due_at = CASE WHEN done_state = 'pending' THEN done_at ELSE o.due_at END, \
         settled_at = CASE WHEN done_state = 'pending' THEN NULL ELSE done_at END, \
         problem = CASE WHEN done_problem = '' THEN o.problem ELSE done_problem END \
         FROM done WHERE o.realm = done_realm AND o.kind = done_kind AND o.id = done_id \
         AND o.fence = done_fence AND o.state = 'pending' RETURNING kind AS post, id"
    ));
    script
}

/// One statement: has dead deliveries tried again.
fn retry(realm: &Realm, ids: &[PostId], now: Timestamp) -> Script {
    let mut script = Script::of(realm);
    let now = script.bind(Value::Int(now.as_millis()));
    let values = rows(&mut script, ids.iter().map(|post| id(*post).to_vec()));
    script.run(format!(
        "WITH again (again_realm, again_kind, again_id) AS (VALUES {values}) \
         UPDATE {{prefix}}outbox AS o SET state = 'pending', attempts = 0, due_at = {now}, \
         settled_at = NULL FROM again WHERE o.realm = again_realm AND o.kind = again_kind \
         AND o.id = again_id AND o.state = 'dead' RETURNING kind AS post, id"
    ));
    script
}

/// One statement: puts commands into the inbox.
fn submit(realm: &Realm, commands: &[Submitted]) -> Script {
    let mut script = Script::of(realm);
    let values = rows(
        &mut script,
        commands.iter().map(|command| {
            vec![
                Value::Bytes(command.id.as_bytes().to_vec()),
                Value::Text(command.command.clone()),
                Value::Int(command.created_at.as_millis()),
            ]
        }),
    );
    script.run(format!(
        "INSERT INTO {{prefix}}inbox (realm, id, command, created_at) VALUES {values} \
         ON CONFLICT (realm, id) DO NOTHING RETURNING id"
    ));
    script
}

/// One statement: the commands that are not answered.
pub(super) fn submitted(realm: &Realm, limit: u32) -> Script {
    let mut script = Script::of(realm);
    script.run(format!(
        "SELECT i.id, i.command, i.created_at FROM {{prefix}}inbox AS i \
         WHERE i.realm = $1 AND i.answered_at IS NULL ORDER BY i.created_at, i.id LIMIT {limit}"
    ));
    script
}

/// One statement: takes the right to a realm's inbox.
fn turn(realm: &Realm, locked: &str) -> Script {
    let mut script = Script::of(realm);
    script.run(format!(
        "SELECT o.name FROM {{prefix}}turn AS o WHERE o.realm = $1 AND o.name = 'inbox'{locked}"
    ));
    script
}

/// One statement: the answer to a command.
pub(super) fn answered(realm: &Realm, command: CommandId) -> Script {
    let mut script = Script::of(realm);
    let id = script.bind(Value::Bytes(command.as_bytes().to_vec()));
    script.run(format!(
        "SELECT i.id, i.created_at, i.answered_at, i.outcome, i.answer FROM {{prefix}}inbox AS i \
         WHERE i.realm = $1 AND i.id = {id} AND i.answered_at IS NOT NULL"
    ));
    script
}

/// One statement: answers commands.
fn answer(realm: &Realm, answers: &[NewAnswer]) -> Script {
    let mut script = Script::of(realm);
    let values = rows(
        &mut script,
        answers.iter().map(|answer| {
            vec![
                Value::Bytes(answer.id.as_bytes().to_vec()),
                Value::Int(answer.at.as_millis()),
                Value::Text(answer.outcome.name().to_owned()),
                Value::Text(answer.answer.to_string()),
            ]
        }),
    );
    script.run(format!(
        "WITH given (given_realm, given_id, given_at, given_outcome, given_answer) \
         AS (VALUES {values}) UPDATE {{prefix}}inbox AS i SET command = '', \
         answered_at = given_at, outcome = given_outcome, answer = given_answer \
         FROM given WHERE i.realm = given_realm AND i.id = given_id \
         AND i.answered_at IS NULL RETURNING id"
    ));
    script
}

/// One statement: puts answers into the outbox.
fn post_answers(realm: &Realm, answers: &[&NewAnswer]) -> Script {
    let mut script = Script::of(realm);
    let values = rows(
        &mut script,
        answers.iter().map(|answer| {
            let id = Value::Bytes(answer.id.as_bytes().to_vec());
            vec![
                Value::Text(PostKind::Answer.name().to_owned()),
                id.clone(),
                id,
                Value::Int(0),
                Value::Int(0),
                Value::Text(DeliveryState::Pending.name().to_owned()),
                Value::Int(0),
                Value::Int(0),
                Value::Int(answer.at.as_millis()),
            ]
        }),
    );
    script.run(format!(
        "INSERT INTO {{prefix}}outbox \
         (realm, kind, id, lane, seq, no, state, attempts, fence, due_at) VALUES {values}"
    ));
    script
}

fn post_id(row: &impl Cells) -> Result<PostId, StoreError> {
    let row = Record::new(row, "outbox", &["post", "id"]);
    let kind = row.named("post", &PostKind::ALL, PostKind::name)?;
    Ok(PostId { kind, id: row.id("id", |id| id)? })
}

pub(super) fn delivery(row: &impl Cells) -> Result<Delivery, StoreError> {
    let id = post_id(row)?;
    let record = Record::new(row, "outbox", &["post", "id"]);
    let content = match id.kind {
        PostKind::Message => Content::Message(decode::message(row)?),
        PostKind::Answer => Content::Answer(answered_row(row)?),
    };
    Ok(Delivery {
        id,
        lane: record.id("lane", |lane| lane)?,
        state: record.named("state", &DeliveryState::ALL, DeliveryState::name)?,
        attempts: record.count("attempts")?,
        fence: record.int("fence")?,
        due_at: record.time("due_at")?,
        settled_at: record.maybe_time("settled_at")?,
        problem: record.maybe_text("problem")?,
        content,
    })
}

pub(super) fn submitted_row(row: &impl Cells) -> Result<Submitted, StoreError> {
    let row = Record::new(row, "inbox", &["id"]);
    Ok(Submitted {
        id: row.id("id", CommandId::from_bytes)?,
        command: row.text("command")?,
        created_at: row.time("created_at")?,
    })
}

pub(super) fn answered_row(row: &impl Cells) -> Result<Answered, StoreError> {
    let row = Record::new(row, "inbox", &["id"]);
    Ok(Answered {
        id: row.id("id", CommandId::from_bytes)?,
        created_at: row.time("created_at")?,
        answered_at: row.time("answered_at")?,
        outcome: row.named("outcome", &Outcome::ALL, Outcome::name)?,
        answer: row.json("answer")?,
    })
}

/// The rows of a script's only statement.
async fn one<C: Reading>(
    caller: &mut C,
    operation: &'static str,
    script: Script,
) -> Result<Vec<C::Row>, StoreError> {
    Ok(caller.ask(operation, script).await?.into_iter().next().unwrap_or_default())
}

fn command_ids<R: Cells>(rows: &[R]) -> Result<Vec<CommandId>, StoreError> {
    rows.iter()
        .map(|row| Record::new(row, "inbox", &["id"]).id("id", CommandId::from_bytes))
        .collect()
}

#[async_trait]
impl<C: Posting> Post for C {
    async fn lease(&mut self, wanted: &LeaseWanted) -> Result<Vec<Delivery>, StoreError> {
        const OPERATION: &str = "lease deliveries";
        self.enter().await?;
        let realm = self.realm().clone();
        let leased = one(self, OPERATION, lease(&realm, wanted, C::LOCKED)).await?;
        let ids = leased.iter().map(post_id).collect::<Result<Vec<_>, _>>()?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = one(self, OPERATION, deliveries_of(&realm, &ids)).await?;
        rows.iter().map(delivery).collect()
    }

    async fn settle(&mut self, settled: &[Settled]) -> Result<Vec<PostId>, StoreError> {
        if settled.is_empty() {
            return Ok(Vec::new());
        }
        self.enter().await?;
        let script = settle(self.realm(), settled);
        one(self, "settle deliveries", script).await?.iter().map(post_id).collect()
    }

    async fn retry(&mut self, ids: &[PostId], now: Timestamp) -> Result<Vec<PostId>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.enter().await?;
        let script = retry(self.realm(), ids, now);
        one(self, "retry deliveries", script).await?.iter().map(post_id).collect()
    }

    async fn submit(&mut self, commands: &[Submitted]) -> Result<Vec<CommandId>, StoreError> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        self.enter().await?;
        let script = submit(self.realm(), commands);
        command_ids(&one(self, "put commands into the inbox", script).await?)
    }

    async fn take_submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
        const OPERATION: &str = "take the inbox";
        self.enter().await?;
        let realm = self.realm().clone();
        if one(self, OPERATION, turn(&realm, C::LOCKED)).await?.is_empty() {
            return Ok(Vec::new());
        }
        // A statement of its own, so that it sees what the one before in the turn answered.
        let rows = one(self, OPERATION, submitted(&realm, limit)).await?;
        rows.iter().map(submitted_row).collect()
    }

    async fn answer(&mut self, answers: &[NewAnswer]) -> Result<Vec<CommandId>, StoreError> {
        const OPERATION: &str = "answer commands";
        if answers.is_empty() {
            return Ok(Vec::new());
        }
        self.enter().await?;
        let realm = self.realm().clone();
        let given = command_ids(&one(self, OPERATION, answer(&realm, answers)).await?)?;
        let new: Vec<&NewAnswer> =
            answers.iter().filter(|answer| given.contains(&answer.id)).collect();
        if !new.is_empty() {
            one(self, OPERATION, post_answers(&realm, &new)).await?;
        }
        Ok(given)
    }
}
