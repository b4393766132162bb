//! The rows of the outbox and of the inbox. The journal keeps each as it stands after a change.

use std::collections::btree_map::Entry;

use hexacase::{
    store::{
        Answered, Content, Delivery, DeliveryQuery, DeliveryState, LeaseWanted, Message, NewAnswer,
        Outcome, PostId, PostKind, Settled, Settlement, Submitted,
    },
    terms::{
        id::{CommandId, MessageId},
        time::Timestamp,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{reading::size, state::State};

/// Names in the journal for values that the engine knows by name.
macro_rules! named {
    ($($module:ident of $kind:ident;)*) => {$(
        mod $module {
            use super::$kind;
            use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

            pub(super) fn serialize<S: Serializer>(it: &$kind, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(it.name())
            }

            pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<$kind, D::Error> {
                let name = String::deserialize(from)?;
                let found = $kind::ALL.into_iter().find(|it| it.name() == name);
                found.ok_or_else(|| D::Error::custom(format!("`{name}` is not known")))
            }
        }
    )*};
}

named! {
    kind of PostKind;
    state of DeliveryState;
    outcome of Outcome;
}

/// A delivery. What it delivers is looked up where it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OutboxRow {
    #[serde(with = "kind")]
    kind: PostKind,
    id: [u8; 16],
    lane: [u8; 16],
    /// Its place in the lane: entry, and place among the messages of its group.
    place: (i64, usize),
    #[serde(with = "state")]
    state: DeliveryState,
    attempts: u32,
    fence: i64,
    due_at: Timestamp,
    settled_at: Option<Timestamp>,
    problem: Option<String>,
}

/// A command that was put into the inbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct InboxRow {
    id: CommandId,
    /// Taken out with the answer: the trail holds it sealed.
    command: String,
    created_at: Timestamp,
    answer: Option<AnswerRow>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct AnswerRow {
    at: Timestamp,
    #[serde(with = "outcome")]
    outcome: Outcome,
    answer: Value,
}

impl OutboxRow {
    fn new(id: PostId, lane: [u8; 16], place: (i64, usize), due_at: Timestamp) -> Self {
        let PostId { kind, id } = id;
        let state = DeliveryState::Pending;
        let (attempts, fence, settled_at, problem) = (0, 0, None, None);
        Self { kind, id, lane, place, state, attempts, fence, due_at, settled_at, problem }
    }

    pub(crate) fn id(&self) -> PostId {
        PostId { kind: self.kind, id: self.id }
    }

    fn order(&self) -> ([u8; 16], (i64, usize), PostId) {
        (self.lane, self.place, self.id())
    }

    fn settle(&mut self, settlement: &Settlement) {
        match settlement {
            Settlement::Delivered { at } => {
                (self.state, self.settled_at) = (DeliveryState::Delivered, Some(*at));
            }
            Settlement::Later { due_at, problem } => {
                (self.due_at, self.problem) = (*due_at, Some(problem.clone()));
            }
            Settlement::Dead { at, problem } => {
                (self.state, self.settled_at) = (DeliveryState::Dead, Some(*at));
                self.problem = Some(problem.clone());
            }
        }
    }
}

impl InboxRow {
    pub(crate) fn id(&self) -> CommandId {
        self.id
    }

    fn answered(&self) -> Option<Answered> {
        let AnswerRow { at, outcome, answer } = self.answer.clone()?;
        let (id, created_at) = (self.id, self.created_at);
        Some(Answered { id, created_at, answered_at: at, outcome, answer })
    }
}

impl State {
    /// Puts the messages of a group into the outbox.
    pub(crate) fn post(&mut self, messages: &[Message]) {
        for (no, message) in messages.iter().enumerate() {
            let (id, lane) = (PostId::of_message(message.id), *message.case.as_bytes());
            let row = OutboxRow::new(id, lane, (message.seq, no), message.recorded_at);
            self.outbox.insert(id, row);
        }
    }

    /// Leases what is due, the first of each lane only, and gives the rows as they stand then.
    pub(crate) fn lease(&mut self, wanted: &LeaseWanted) -> Vec<OutboxRow> {
        let pending = self.outbox.values().filter(|row| row.state == DeliveryState::Pending);
        let mut first: Vec<OutboxRow> = pending.cloned().collect();
        first.sort_by_key(OutboxRow::order);
        first.dedup_by_key(|row| row.lane);
        first.retain(|row| row.due_at <= wanted.now);
        first.sort_by_key(|row| (row.due_at, row.order()));
        first.truncate(size(wanted.limit));
        for row in &mut first {
            row.fence += 1;
            row.attempts += 1;
            row.due_at = wanted.until;
            self.outbox.insert(row.id(), row.clone());
        }
        first
    }

    /// Settles what is pending under the same fence.
    pub(crate) fn settle(&mut self, settled: &[Settled]) -> Vec<OutboxRow> {
        let mut changed = Vec::new();
        for Settled { id, fence, settlement } in settled {
            let row = self.outbox.get_mut(id);
            let same =
                |row: &&mut OutboxRow| row.state == DeliveryState::Pending && row.fence == *fence;
            if let Some(row) = row.filter(same) {
                row.settle(settlement);
                changed.push(row.clone());
            }
        }
        changed
    }

    pub(crate) fn retry(&mut self, ids: &[PostId], now: Timestamp) -> Vec<OutboxRow> {
        let mut changed = Vec::new();
        for id in ids {
            let row = self.outbox.get_mut(id);
            if let Some(row) = row.filter(|row| row.state == DeliveryState::Dead) {
                row.state = DeliveryState::Pending;
                (row.attempts, row.due_at, row.settled_at) = (0, now, None);
                changed.push(row.clone());
            }
        }
        changed
    }

    pub(crate) fn submit(&mut self, commands: &[Submitted]) -> Vec<InboxRow> {
        let mut new = Vec::new();
        for Submitted { id, command, created_at } in commands.iter().cloned() {
            if let Entry::Vacant(place) = self.inbox.entry(id) {
                let row = InboxRow { id, command, created_at, answer: None };
                new.push(place.insert(row).clone());
            }
        }
        new
    }

    /// Answers what waits; each answer is a delivery in a lane of its own.
    pub(crate) fn answer(&mut self, answers: &[NewAnswer]) -> Vec<(InboxRow, OutboxRow)> {
        let mut changed = Vec::new();
        for NewAnswer { id, at, outcome, answer } in answers.iter().cloned() {
            let row = self.inbox.get_mut(&id);
            if let Some(row) = row.filter(|row| row.answer.is_none()) {
                row.command.clear();
                row.answer = Some(AnswerRow { at, outcome, answer });
                let id = PostId::of_answer(id);
                let delivery = OutboxRow::new(id, id.id, (0, 0), at);
                self.outbox.insert(id, delivery.clone());
                changed.push((row.clone(), delivery));
            }
        }
        changed
    }

    pub(crate) fn deliveries(&self, query: &DeliveryQuery) -> Vec<Delivery> {
        let rows = self.outbox.values().filter(|row| row.state == query.state);
        let rows = rows.filter(|row| query.after.is_none_or(|after| row.id() > after));
        rows.take(size(query.limit)).filter_map(|row| self.delivery(row)).collect()
    }

    /// A row with what it delivers, which is there as long as the row is.
    pub(crate) fn delivery(&self, row: &OutboxRow) -> Option<Delivery> {
        let content = match row.kind {
            PostKind::Answer => Content::Answer(self.answered(CommandId::from_bytes(row.id))?),
            PostKind::Message => {
                let id = MessageId::from_bytes(row.id);
                Content::Message(self.messages.values().find(|it| it.id == id)?.as_ref().clone())
            }
        };
        let OutboxRow { lane, state, attempts, fence, due_at, settled_at, problem, .. } =
            row.clone();
        let id = row.id();
        Some(Delivery { id, lane, state, attempts, fence, due_at, settled_at, problem, content })
    }

    pub(crate) fn submitted(&self, limit: u32) -> Vec<Submitted> {
        let waiting = self.inbox.values().filter(|row| row.answer.is_none());
        let mut waiting: Vec<_> = waiting.cloned().collect();
        waiting.sort_by_key(|row| (row.created_at, row.id));
        let waiting = waiting.into_iter().take(size(limit));
        waiting
            .map(|InboxRow { id, command, created_at, .. }| Submitted { id, command, created_at })
            .collect()
    }

    pub(crate) fn answered(&self, id: CommandId) -> Option<Answered> {
        self.inbox.get(&id)?.answered()
    }
}
