//! What an entry says, in the form that is hashed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    duty::owed::DutyChange,
    terms::{
        actor::Role,
        area::{AreaCode, AreaPurpose, Realm},
        canonical,
        evidence::ActedBy,
        facts::Subject,
        id::{ActorId, CaseId, CommandId, Digest, IncidentId, MessageId, UnitId},
        time::Timestamp,
    },
};

/// The version of the format.
pub const VERSION: u32 = 1;
/// The suite of the trail: SHA-256.
pub const SUITE: &str = "intl-1";

/// What kind of entry it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A transition of the procedure.
    Step,
    /// The first entry of a case that a handoff opened.
    OpenedBy,
    /// A handoff told the case something; its state is kept.
    Informed,
    /// A step of the engine: a correction, an extension, a reassignment.
    Engine,
    /// A correction that waits for a second person.
    Proposed,
    /// The sweep climbed a rung of a ladder.
    Escalate,
    /// A holiday notice was loaded and the open deadlines reckoned anew.
    Reproject,
    /// The directory of staff changed.
    Staff,
}

/// How an entry is linked to another case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A handoff went there.
    HandedTo,
    /// A handoff came from there.
    HandedFrom,
    /// The case was merged into it.
    MergedInto,
    /// The case took it in.
    MergedFrom,
    /// It corrects that entry.
    Corrects,
}

/// A link to an entry of this or another case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// How.
    pub kind: LinkKind,
    /// The case.
    pub case: CaseId,
    /// The entry, where it is a certain one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// The id of the handoff in the chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<String>,
}

/// The facts of a case that a first entry states and a later one states again when they change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeFacts {
    /// The procedure.
    pub procedure: String,
    /// Whom the case is about.
    pub subject: Subject,
    /// The incident.
    pub incident: IncidentId,
    /// Its areas by purpose.
    pub areas: BTreeMap<AreaPurpose, AreaCode>,
    /// The area that counts.
    pub area: AreaCode,
    /// The unit that opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<UnitId>,
}

/// An entry without its sealed body. Nothing personal and no free text stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// [`VERSION`].
    pub v: u32,
    /// [`SUITE`].
    pub suite: String,
    /// The county.
    pub realm: Realm,
    /// The case.
    pub case: CaseId,
    /// Counted from 1 without gaps within the case.
    pub seq: i64,
    /// The hash of the case's previous entry, or its genesis.
    pub prev: Digest,
    /// What kind of entry.
    pub kind: Kind,
    /// Who recorded it; a random alias where the reporter is kept secret.
    pub actor: ActorId,
    /// In which role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// In which role the one acted who really acted, if somebody else. The organ's name, its
    /// document and the person are in the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acted_by: Option<Role>,
    /// Why the actor acted, as a code.
    pub purpose: String,
    /// Which directory vouched for the actor.
    pub directory: String,
    /// The command it carries out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandId>,
    /// When it happened, in milliseconds UTC.
    #[serde(with = "millis")]
    pub occurred_at: Timestamp,
    /// When it was recorded, in milliseconds UTC.
    #[serde(with = "millis")]
    pub recorded_at: Timestamp,
    /// The hash of the definition.
    pub definition: Digest,
    /// The hash of the rule pack.
    pub rule_pack: Digest,
    /// The hash of the calendar.
    pub calendar: Digest,
    /// The state before; nothing for the first entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The state after.
    pub to: String,
    /// Whether the case has ended with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// Which transition or engine-wide step.
    pub transition: String,
    /// The facts of the case, in its first entry and when they change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<EnvelopeFacts>,
    /// What became of its duties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<DutyChange>,
    /// Attributes set, or taken away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Option<String>>,
    /// Messages written with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageId>,
    /// Links to other cases and entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// The hash of the stored body.
    pub body: Digest,
    /// The key the body is sealed with.
    pub key: String,
}

impl Envelope {
    /// The bytes that are stored and hashed: canonical JSON (RFC 8785).
    ///
    /// # Errors
    /// When the envelope has no canonical form; an envelope made by the engine always has.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        canonical::to_vec(self)
    }
}

/// What an entry keeps sealed: the form, what the case remembers after it, who really acted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// The form as it was sent.
    pub payload: Value,
    /// What the case remembers after the step.
    pub data: Value,
    /// Who really acted, if somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acted_by: Option<ActedBy>,
    /// Who recorded it, where the envelope keeps it secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<ActorId>,
    /// What was handed over, by the id of the handoff: a message only points here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handed: Vec<Handed>,
}

/// What a handoff gave to the other procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handed {
    /// The id of the handoff in the chain.
    pub handoff: String,
    /// The form it filled in for the receiving procedure.
    pub form: Value,
}

/// Instants as integers: shorter than text, and nobody can write one instant in two ways.
mod millis {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::terms::time::Timestamp;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(at.as_millis())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(from).map(Timestamp::from_millis)
    }
}
