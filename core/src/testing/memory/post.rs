//! The outbox and the inbox of the memory store.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    changes::Changes,
    tables::Tables,
    view::{View, size},
};
use crate::{
    store::{
        Answered, Content, Delivery, DeliveryQuery, DeliveryState, LeaseWanted, Message, NewAnswer,
        PostId, Settled, Settlement, Submitted,
    },
    terms::{id::CommandId, time::Timestamp},
};

/// Where a delivery stands among all that are pending: lane, entry, place, id.
pub(super) type Place = ([u8; 16], i64, usize, PostId);
/// Where a command stands in the inbox.
pub(super) type Turn = (Timestamp, CommandId);

/// A row of the outbox.
#[derive(Clone, Debug)]
pub(super) struct OutboxRow {
    delivery: Delivery,
    seq: i64,
    no: usize,
}

impl OutboxRow {
    /// A message that a step wrote, at its place in the group.
    pub(super) fn of_message(message: &Message, no: usize) -> Self {
        let id = PostId::of_message(message.id);
        let content = Content::Message(message.clone());
        let lane = *message.case.as_bytes();
        Self::new(id, lane, message.recorded_at, content, (message.seq, no))
    }

    fn of_answer(answered: &Answered) -> Self {
        let id = PostId::of_answer(answered.id);
        let content = Content::Answer(answered.clone());
        Self::new(id, id.id, answered.answered_at, content, (0, 0))
    }

    fn new(
        id: PostId,
        lane: [u8; 16],
        due_at: Timestamp,
        content: Content,
        (seq, no): (i64, usize),
    ) -> Self {
        let delivery = Delivery {
            id,
            lane,
            state: DeliveryState::Pending,
            attempts: 0,
            fence: 0,
            due_at,
            settled_at: None,
            problem: None,
            content,
        };
        Self { delivery, seq, no }
    }

    pub(super) fn id(&self) -> PostId {
        self.delivery.id
    }

    pub(super) fn place(&self) -> Place {
        (self.delivery.lane, self.seq, self.no, self.delivery.id)
    }

    pub(super) fn is_pending(&self) -> bool {
        self.delivery.state == DeliveryState::Pending
    }
}

/// A row of the inbox.
#[derive(Clone, Debug)]
pub(super) enum InboxRow {
    /// It waits.
    Waits(Submitted),
    /// It was answered.
    Answered(Answered),
}

impl InboxRow {
    pub(super) fn turn(&self) -> Option<Turn> {
        match self {
            Self::Waits(submitted) => Some((submitted.created_at, submitted.id)),
            Self::Answered(_) => None,
        }
    }
}

impl View<'_> {
    pub(super) fn deliveries(self, query: &DeliveryQuery) -> Vec<Delivery> {
        let mut found: BTreeMap<PostId, &Arc<OutboxRow>> =
            self.base.outbox.iter().map(at).collect();
        found.extend(self.changes.outbox.iter().map(at));
        let after = |id: &PostId| query.after.is_none_or(|after| *id > after);
        found
            .into_iter()
            .filter(|(id, row)| after(id) && row.delivery.state == query.state)
            .take(size(query.limit))
            .map(|(_, row)| row.delivery.clone())
            .collect()
    }

    pub(super) fn submitted(self, limit: u32) -> Vec<Submitted> {
        let committed = self.base.waiting.iter().filter_map(|(_, id)| self.base.inbox.get(id));
        let mut found: BTreeMap<Turn, Submitted> = BTreeMap::new();
        for row in committed.chain(self.changes.inbox.values()) {
            if let InboxRow::Waits(submitted) = row.as_ref()
                && !self.is_answered(submitted.id)
            {
                found.insert((submitted.created_at, submitted.id), submitted.clone());
            }
        }
        found.into_values().take(size(limit)).collect()
    }

    pub(super) fn answered(self, id: CommandId) -> Option<Answered> {
        match self.changes.inbox.get(&id).or_else(|| self.base.inbox.get(&id))?.as_ref() {
            InboxRow::Answered(answered) => Some(answered.clone()),
            InboxRow::Waits(_) => None,
        }
    }

    fn is_answered(self, id: CommandId) -> bool {
        let own = self.changes.inbox.get(&id);
        own.is_some_and(|row| matches!(row.as_ref(), InboxRow::Answered(_)))
    }
}

fn at<'a>((id, row): (&PostId, &'a Arc<OutboxRow>)) -> (PostId, &'a Arc<OutboxRow>) {
    (*id, row)
}

impl Changes {
    /// The row of a delivery as it stands in this transaction.
    fn delivery<'a>(&'a self, base: &'a Tables, id: PostId) -> Option<&'a Arc<OutboxRow>> {
        self.outbox.get(&id).or_else(|| base.outbox.get(&id))
    }

    fn change(&mut self, mut row: OutboxRow, change: impl FnOnce(&mut Delivery)) -> Delivery {
        change(&mut row.delivery);
        let delivery = row.delivery.clone();
        self.outbox.insert(row.id(), Arc::new(row));
        delivery
    }

    pub(super) fn lease(&mut self, base: &Tables, wanted: &LeaseWanted) -> Vec<Delivery> {
        let committed = base.pending.iter().filter(|place| !self.outbox.contains_key(&place.3));
        let own = self.outbox.values().filter(|row| row.is_pending()).map(|row| row.place());
        let mut all: Vec<Place> = committed.copied().chain(own).collect();
        all.sort_unstable();
        // The first of each lane.
        all.dedup_by_key(|place| place.0);
        let rows = all.iter().filter_map(|place| self.delivery(base, place.3));
        let mut due: Vec<OutboxRow> = rows
            .filter(|row| row.delivery.due_at <= wanted.now)
            .map(|row| (**row).clone())
            .collect();
        due.sort_by_key(|row| (row.delivery.due_at, row.place()));
        due.truncate(size(wanted.limit));
        due.into_iter()
            .map(|row| {
                self.change(row, |delivery| {
                    delivery.fence += 1;
                    delivery.attempts += 1;
                    delivery.due_at = wanted.until;
                })
            })
            .collect()
    }

    pub(super) fn settle(&mut self, base: &Tables, settled: &[Settled]) -> Vec<PostId> {
        let mut noted = Vec::new();
        for one in settled {
            let row = self.delivery(base, one.id).filter(|row| row.is_pending());
            let Some(row) = row.filter(|row| row.delivery.fence == one.fence) else { continue };
            let row = (**row).clone();
            self.change(row, |delivery| match &one.settlement {
                Settlement::Delivered { at } => {
                    (delivery.state, delivery.settled_at) = (DeliveryState::Delivered, Some(*at));
                }
                Settlement::Later { due_at, problem } => {
                    (delivery.due_at, delivery.problem) = (*due_at, Some(problem.clone()));
                }
                Settlement::Dead { at, problem } => {
                    (delivery.state, delivery.settled_at) = (DeliveryState::Dead, Some(*at));
                    delivery.problem = Some(problem.clone());
                }
            });
            noted.push(one.id);
        }
        noted
    }

    pub(super) fn retry(&mut self, base: &Tables, ids: &[PostId], now: Timestamp) -> Vec<PostId> {
        let mut again = Vec::new();
        for id in ids {
            let row = self.delivery(base, *id);
            let dead = row.filter(|row| row.delivery.state == DeliveryState::Dead);
            let Some(row) = dead.map(|row| (**row).clone()) else { continue };
            self.change(row, |delivery| {
                delivery.state = DeliveryState::Pending;
                (delivery.attempts, delivery.due_at, delivery.settled_at) = (0, now, None);
            });
            again.push(*id);
        }
        again
    }

    pub(super) fn submit(&mut self, base: &Tables, commands: &[Submitted]) -> Vec<CommandId> {
        let mut new = Vec::new();
        for command in commands {
            if !base.inbox.contains_key(&command.id) && !self.inbox.contains_key(&command.id) {
                let row = InboxRow::Waits(command.clone());
                self.inbox.insert(command.id, Arc::new(row));
                new.push(command.id);
            }
        }
        new
    }

    pub(super) fn answer(&mut self, base: &Tables, answers: &[NewAnswer]) -> Vec<CommandId> {
        let mut given = Vec::new();
        for new in answers {
            let row = self.inbox.get(&new.id).or_else(|| base.inbox.get(&new.id));
            let Some(InboxRow::Waits(waiting)) = row.map(AsRef::as_ref) else { continue };
            let answered = Answered {
                id: new.id,
                created_at: waiting.created_at,
                answered_at: new.at,
                outcome: new.outcome,
                answer: new.answer.clone(),
            };
            let row = OutboxRow::of_answer(&answered);
            self.outbox.insert(row.id(), Arc::new(row));
            self.inbox.insert(new.id, Arc::new(InboxRow::Answered(answered)));
            given.push(new.id);
        }
        given
    }

    /// Puts the messages of a group into the outbox.
    pub(super) fn post(&mut self, messages: &[Message]) {
        for (no, message) in messages.iter().enumerate() {
            let row = OutboxRow::of_message(message, no);
            self.outbox.insert(row.id(), Arc::new(row));
        }
    }
}

impl Tables {
    /// Takes in the rows of a transaction.
    pub(super) fn take_in_post(
        &mut self,
        outbox: BTreeMap<PostId, Arc<OutboxRow>>,
        inbox: BTreeMap<CommandId, Arc<InboxRow>>,
    ) {
        for (id, row) in outbox {
            if row.is_pending() {
                self.pending.insert(row.place());
            } else {
                self.pending.remove(&row.place());
            }
            self.outbox.insert(id, row);
        }
        for (id, row) in inbox {
            if let Some(turn) = row.turn() {
                self.waiting.insert(turn);
            } else if let Some(turn) = self.inbox.get(&id).and_then(|row| row.turn()) {
                self.waiting.remove(&turn);
            }
            self.inbox.insert(id, row);
        }
    }
}
