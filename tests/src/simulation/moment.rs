//! One step of a simulated county as a checker sees it: what was asked, what was written, how the
//! touched cases stood before and after, and what stands beside them.
//!
//! Everything here is read from the store and folded by the checker itself; nothing of it is taken
//! from what the engine says it did.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hexacase::{
    duty::owed::{DutyChange, DutyState, OwedDuty},
    engine::{Engine, Receipt, Staff},
    procedure::{Definition, TransitionSpec},
    store::{Message, Rung, Scope, StoredCase},
    terms::{
        facts::CaseFacts,
        id::{ActorId, CaseId, CommandId, Digest, UnitId},
        time::Timestamp,
    },
    trail::{Body, CaseImage, Envelope, Kind, LinkKind},
};
use serde_json::Value;

/// Who works in the county, and under which rules.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The engine: definitions, rules, roles, calendar, origin.
    pub engine: Engine,
    /// The people as the directory has them now.
    pub staff: Arc<Staff>,
    /// Units with an active account.
    pub active: Arc<BTreeSet<UnitId>>,
}

impl Ground {
    /// The definition a case follows.
    #[must_use]
    pub fn definition(&self, facts: &CaseFacts) -> Option<&Definition> {
        self.engine.registry().of_case(facts).ok().map(AsRef::as_ref)
    }
}

/// What a checker remembers of a case besides how it stands.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Entries read so far.
    pub entries: i64,
    /// The states it was in.
    pub states: BTreeSet<String>,
    /// Who took each step last.
    pub hands: BTreeMap<String, ActorId>,
    /// Rungs climbed: duty, generation, rung.
    pub rungs: BTreeSet<(u32, u32, u32)>,
    /// Who proposed what waits for a second person, by entry.
    pub proposed: BTreeMap<i64, ActorId>,
    /// By which decision the child goes home, once it was decided.
    pub returning: Option<String>,
    /// The handoff of mode propose that opened the case, while nobody has acted on it.
    pub proposal: Option<String>,
    /// Dates that a person granted by an extension, by duty.
    pub extended: BTreeMap<u32, Option<Timestamp>>,
    /// How often a reporter was told the result, or that this is impossible.
    pub answers: u32,
    /// Whether the case was reported once.
    pub sent: bool,
}

/// A case as its entries tell it, and what it remembers.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Facts, attributes, open duties.
    pub image: CaseImage,
    /// What the case remembers.
    pub data: Value,
    /// What the checker remembers.
    pub past: Past,
}

impl Seen {
    /// Its facts.
    #[must_use]
    pub fn facts(&self) -> &CaseFacts {
        &self.image.facts
    }

    /// Whether it is an open case of this procedure.
    #[must_use]
    pub fn is_open(&self, procedure: &str) -> bool {
        self.facts().procedure == procedure && self.facts().is_open()
    }

    /// An attribute.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.image.attributes.get(key).map(String::as_str)
    }

    /// Whether it owes a duty of this name.
    #[must_use]
    pub fn owes(&self, duty: &str) -> bool {
        self.image.duties.iter().any(|owed| owed.is_open() && owed.name == duty)
    }
}

/// One entry that the step wrote, opened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it says.
    pub envelope: Envelope,
    /// Its sealed part.
    pub body: Body,
    /// Its bytes as stored.
    pub bytes: Vec<u8>,
    /// Its hash as stored.
    pub hash: Digest,
    /// Its sealed part as stored.
    pub sealed: Vec<u8>,
    /// How the case stood just before it; nothing for the first.
    pub before: Option<Arc<CaseImage>>,
    /// What the case remembered just before it.
    pub data_before: Value,
}

impl Entry {
    /// Whether a transition of the procedure was taken.
    #[must_use]
    pub fn is_step(&self) -> bool {
        matches!(self.envelope.kind, Kind::Step | Kind::OpenedBy)
    }

    /// Whether it is this step.
    #[must_use]
    pub fn is(&self, transition: &str) -> bool {
        self.is_step() && self.envelope.transition == transition
    }

    /// Who recorded it, also where the envelope keeps that secret.
    #[must_use]
    pub fn person(&self) -> &ActorId {
        self.body.reporter.as_ref().unwrap_or(&self.envelope.actor)
    }

    /// Whether time itself wrote it.
    #[must_use]
    pub fn by_system(&self) -> bool {
        self.envelope.actor.as_str() == "system"
    }

    /// A field of its form.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.body.payload.get(name).filter(|value| !value.is_null())
    }

    /// The duties that it ended this way, by name.
    pub fn ended(&self, how: DutyState) -> impl Iterator<Item = &str> {
        self.envelope.duties.iter().filter_map(move |change| match change {
            DutyChange::Closed { name, state, .. } if *state == how => Some(name.as_str()),
            DutyChange::Set { duty, .. } if duty.state == how => Some(duty.name.as_str()),
            DutyChange::Closed { .. } | DutyChange::Set { .. } => None,
        })
    }

    /// The cases it is linked to in this way, with the handoff.
    pub fn links(&self, kind: LinkKind) -> impl Iterator<Item = (CaseId, Option<&str>)> {
        let links = self.envelope.links.iter().filter(move |link| link.kind == kind);
        links.map(|link| (link.case, link.handoff.as_deref()))
    }
}

/// A case that the step wrote to.
#[derive(Clone, Debug)]
pub struct Touched {
    /// Before the step; nothing if it opened the case.
    pub before: Option<Arc<Seen>>,
    /// After it, as its entries tell.
    pub after: Arc<Seen>,
    /// After it, as the store has it.
    pub stored: StoredCase,
    /// What was written, in order.
    pub entries: Vec<Entry>,
}

impl Touched {
    /// Its facts after the step.
    #[must_use]
    pub fn facts(&self) -> &CaseFacts {
        self.after.facts()
    }

    /// What this transition is, for the case.
    #[must_use]
    pub fn spec<'g>(&self, ground: &'g Ground, entry: &Entry) -> Option<&'g TransitionSpec> {
        ground.definition(self.facts())?.transition(&entry.envelope.transition)
    }

    /// What the checker remembered before the step.
    #[must_use]
    pub fn past(&self) -> Past {
        self.before.as_ref().map(|before| before.past.clone()).unwrap_or_default()
    }

    /// The duties open before the step.
    #[must_use]
    pub fn open_before(&self) -> &[OwedDuty] {
        self.before.as_ref().map_or(&[], |before| &before.image.duties)
    }
}

/// What was done.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
#[derive(Clone, Debug)]
pub enum Act {
    /// Somebody asked for a step.
    Asked {
        /// Its id, if it had one, and the receipt it had got before.
        id: Option<(CommandId, Option<Receipt>)>,
        /// Whether it expected a revision that the case no longer has.
        stale: bool,
        /// What came of it.
        answer: Answer,
    },
    /// The sweep ran.
    Swept,
    /// A notice arrived and the deadlines were reckoned anew.
    Reprojected,
    /// The people of the county changed.
    StaffChanged,
}

/// What came of a command.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It was carried out.
    Done(Receipt),
    /// It was refused, with this code.
    Refused(String),
}

/// Whether a duty stands on somebody's worklist, and whether it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Who looked.
    pub person: ActorId,
    /// The case.
    pub case: CaseId,
    /// The duty.
    pub duty: String,
    /// Whether the person may fulfil it now.
    pub permitted: bool,
    /// Whether it is on the list.
    pub listed: bool,
}

/// One step and what came of it.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub act: Act,
    /// The cases that were written to.
    pub touched: Vec<Touched>,
    /// The messages that were written.
    pub messages: Vec<Message>,
    /// The rungs that were climbed.
    pub rungs: Vec<Rung>,
    /// Every case of the same child or incident as a touched one, after the step; the touched ones
    /// are among them.
    pub beside: Vec<Arc<Seen>>,
    /// The scopes of the touched cases: their revision before and after.
    pub scopes: Vec<(Scope, i64, i64)>,
    /// Worklists that were looked at.
    pub looks: Vec<Look>,
    /// Of cases bound to another child in this step: the wrong child's cases as a list gives them.
    pub left_behind: Vec<CaseId>,
    /// The county.
    pub ground: Ground,
}

impl Moment {
    /// Every entry with its case.
    pub fn entries(&self) -> impl Iterator<Item = (&Touched, &Entry)> {
        self.touched.iter().flat_map(|case| case.entries.iter().map(move |entry| (case, entry)))
    }

    /// Every taking of this step of this procedure.
    pub fn steps<'m>(
        &'m self,
        procedure: &'m str,
        transition: &'m str,
    ) -> impl Iterator<Item = (&'m Touched, &'m Entry)> {
        self.entries().filter(move |(case, entry)| {
            case.facts().procedure == procedure && entry.is(transition)
        })
    }

    /// The other open cases of this procedure about the same child.
    pub fn open_beside<'m>(
        &'m self,
        case: &'m CaseFacts,
        procedure: &'m str,
    ) -> impl Iterator<Item = &'m Arc<Seen>> {
        self.beside.iter().filter(move |other| {
            other.facts().subject == case.subject
                && other.facts().id != case.id
                && other.is_open(procedure)
        })
    }

    /// A case of the moment.
    #[must_use]
    pub fn case(&self, id: CaseId) -> Option<&Touched> {
        self.touched.iter().find(|case| case.facts().id == id)
    }
}
