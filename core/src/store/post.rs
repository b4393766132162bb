//! What goes out of a store and what comes in beside the calls of a program: the outbox, from which
//! couriers deliver, and the inbox, into which hosts of any language put commands.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::Message;
use crate::terms::{
    id::{CommandId, MessageId},
    time::Timestamp,
};

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PostKind {
    /// The answer to a command of the inbox.
    Answer,
    /// A message that was written with a step.
    Message,
}

impl PostKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Answer, Self::Message];

    /// The name used in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Message => "message",
        }
    }
}

/// What a delivery is known by, whatever becomes of it: the receiver tells a repeat by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostId {
    /// What is delivered.
    pub kind: PostKind,
    /// The id of the message, or of the command that is answered.
    pub id: [u8; 16],
}

impl PostId {
    /// The delivery of a message.
    pub fn of_message(id: MessageId) -> Self {
        Self { kind: PostKind::Message, id: *id.as_bytes() }
    }

    /// The delivery of an answer.
    pub fn of_answer(id: CommandId) -> Self {
        Self { kind: PostKind::Answer, id: *id.as_bytes() }
    }
}

impl fmt::Display for PostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.name(), uuid::Uuid::from_bytes(self.id))
    }
}

/// What became of a delivery so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryState {
    /// It waits, or somebody is at it.
    Pending,
    /// The receiver has it.
    Delivered,
    /// It was given up; a person may have it tried again.
    Dead,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Dead];

    /// The name used in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// A row of the outbox 发件箱, with what is delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// What it is known by.
    pub id: PostId,
    /// What it must stay in order with: messages of one case; an answer stands alone.
    pub lane: [u8; 16],
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was leased.
    pub attempts: u32,
    /// Grows with every lease: who comes with an older one comes too late.
    pub fence: i64,
    /// From when on it may be leased.
    pub due_at: Timestamp,
    /// When it was delivered or given up.
    pub settled_at: Option<Timestamp>,
    /// Why the last attempt failed, in the courier's words.
    pub problem: Option<String>,
    /// What is delivered.
    pub content: Content,
}

/// What a delivery delivers.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A message.
    Message(Message),
    /// An answer.
    Answer(Answered),
}

/// Deliveries that somebody wants to make now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseWanted {
    /// Now.
    pub now: Timestamp,
    /// Until when nobody else is to have them.
    pub until: Timestamp,
    /// At most so many.
    pub limit: u32,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Of which delivery.
    pub id: PostId,
    /// The fence of the lease.
    pub fence: i64,
    /// What became of it.
    pub settlement: Settlement,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The receiver has it.
    Delivered {
        /// Since when.
        at: Timestamp,
    },
    /// It is tried again.
    Later {
        /// From when on.
        due_at: Timestamp,
        /// Why.
        problem: String,
    },
    /// It is given up.
    Dead {
        /// When.
        at: Timestamp,
        /// Why.
        problem: String,
    },
}

/// A list of deliveries, in the order of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// In this state.
    pub state: DeliveryState,
    /// After this one.
    pub after: Option<PostId>,
    /// At most so many.
    pub limit: u32,
}

/// A command that somebody put into the inbox 收件箱 and that is not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// Its id, which is the command's.
    pub id: CommandId,
    /// What is asked, as JSON text (`docs/inbox.md`). Taken out of the row with the answer: the
    /// trail holds it sealed.
    pub command: String,
    /// When it was put there, as its sender says. The inbox is taken in this order.
    pub created_at: Timestamp,
}

/// How a command of the inbox ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was carried out; the answer holds the receipt.
    Done,
    /// It is not possible; the answer says why.
    Refused,
    /// It could not be decided and would not be the next time; the answer says why.
    Failed,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Done, Self::Refused, Self::Failed];

    /// The name used in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// A command of the inbox with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The command.
    pub id: CommandId,
    /// When it was put into the inbox.
    pub created_at: Timestamp,
    /// When it was answered.
    pub answered_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// The receipt, or why not.
    pub answer: Value,
}

/// An answer to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAnswer {
    /// To which command.
    pub id: CommandId,
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// The receipt, or why not.
    pub answer: Value,
}
