//! What is written and read: rows as the engine means them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    duty::owed::OwedDuty,
    terms::{
        actor::{Grant, Role},
        area::Realm,
        facts::{CaseFacts, CaseNumber},
        id::{
            ActorId, CaseId, CommandId, Digest, IncidentId, MessageId, OriginId, Revision,
            SubjectId, UnitId,
        },
        time::{CivilDate, Timestamp},
    },
    trail::Sealed,
};

/// What a database is: whose, since when, under which origin. Written once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The county.
    pub realm: Realm,
    /// Its name.
    pub name: String,
    /// The id in the origin of its trail.
    pub origin: OriginId,
    /// When it was set up.
    pub created_at: Timestamp,
    /// A demo: its clock and randomness may be set.
    pub demo: bool,
}

/// What a lock is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopeKind {
    /// All cases of a subject.
    Subject,
    /// All cases of an incident.
    Incident,
}

impl ScopeKind {
    /// The name used in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Incident => "incident",
        }
    }
}

/// One row that every step which looks beside compares and sets 范围锁.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// On what.
    pub kind: ScopeKind,
    /// Which.
    pub id: [u8; 16],
}

impl Scope {
    /// The scope of a subject.
    pub fn subject(id: SubjectId) -> Self {
        Self { kind: ScopeKind::Subject, id: *id.as_bytes() }
    }

    /// The scope of an incident.
    pub fn incident(id: IncidentId) -> Self {
        Self { kind: ScopeKind::Incident, id: *id.as_bytes() }
    }
}

/// A case as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCase {
    /// Its facts.
    pub facts: CaseFacts,
    /// Its human number.
    pub number: CaseNumber,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Its open duties, in order of number.
    pub duties: Vec<OwedDuty>,
    /// The sealed body of its last entry, which holds what the case remembers; may be nothing
    /// on a worklist ([`Read::worklist`](super::Read::worklist)).
    pub body: Option<Sealed>,
}

impl StoredCase {
    /// One of its open duties, with what a list needs of the case.
    pub fn duty_row(&self, no: u32) -> Option<DutyRow> {
        let duty = self.duties.iter().find(|duty| duty.no == no)?;
        Some(DutyRow::of(&self.facts, &self.number, duty))
    }
}

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// The case.
    pub case: CaseId,
    /// Its number within the case.
    pub seq: i64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The envelope's bytes, as hashed.
    pub bytes: Vec<u8>,
    /// Their hash.
    pub hash: Digest,
    /// The sealed body, if it was asked for and is there.
    pub body: Option<Vec<u8>>,
}

/// A command that was carried out, and what it gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCommand {
    /// Its id.
    pub id: CommandId,
    /// The hash of what was asked.
    pub hash: Digest,
    /// The case it moved.
    pub case: CaseId,
    /// The entry it wrote.
    pub seq: i64,
    /// The hash of that entry.
    pub entry: Digest,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The state the case was in after it.
    pub state: String,
    /// The case's human number.
    pub number: CaseNumber,
}

/// A duty with what a list needs of its case.
#[derive(Clone, Debug, PartialEq)]
pub struct DutyRow {
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The procedure.
    pub procedure: String,
    /// The case's state.
    pub state: String,
    /// Whom the case is about.
    pub subject: SubjectId,
    /// The area that counts.
    pub area: String,
    /// The duty.
    pub duty: OwedDuty,
}

impl DutyRow {
    /// A duty of a case.
    pub fn of(facts: &CaseFacts, number: &CaseNumber, duty: &OwedDuty) -> Self {
        Self {
            case: facts.id,
            number: number.clone(),
            procedure: facts.procedure.clone(),
            state: facts.state.clone(),
            subject: facts.subject.id,
            area: facts.area.as_str().to_owned(),
            duty: duty.clone(),
        }
    }

    /// Where a list ordered by date stands after this row.
    pub fn cursor(&self) -> super::DutyCursor {
        let order = self.duty.due().map_or(i64::MIN, Timestamp::as_millis);
        super::DutyCursor { order, case: self.case, no: self.duty.no }
    }
}

/// A definition that open cases follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionInUse {
    /// The procedure.
    pub procedure: String,
    /// The hash of the definition.
    pub definition: Digest,
    /// How many open cases follow it.
    pub open_cases: i64,
}

/// A message written with a step, for the host or another system to fetch.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The case whose step wrote it.
    pub case: CaseId,
    /// The entry it was written with.
    pub seq: i64,
    /// What it is, e.g. `handoff`, `propose`, `escalate`.
    pub kind: String,
    /// What it says, as JSON. Sealed fields are not in it, but it may name linked cases.
    pub content: Value,
    /// When it was written.
    pub recorded_at: Timestamp,
}

/// A rung that was climbed.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// The case.
    pub case: CaseId,
    /// The duty's number in it.
    pub duty_no: u32,
    /// The duty's name.
    pub duty: String,
    /// The generation of its deadline.
    pub generation: u32,
    /// Which rung, counted from 0.
    pub rung: u32,
    /// To whom.
    pub addressee: String,
    /// The unit it went to, if there is one.
    pub unit: Option<UnitId>,
    /// When the rung was due.
    pub due: Timestamp,
    /// When it was climbed.
    pub climbed_at: Timestamp,
    /// Whether it was climbed long after it was due: the sweep did not run.
    pub late: bool,
}

/// When a person is away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Absence {
    /// The first day.
    pub from: CivilDate,
    /// The last day.
    pub to: CivilDate,
    /// Who stands in; without one, the leader of the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<ActorId>,
}

/// A person of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRow {
    /// The host's id of the person.
    pub id: ActorId,
    /// What people call the person. Shown to colleagues; never in an envelope.
    pub name: String,
    /// The roles, each for an area, in a unit.
    pub grants: Vec<Grant>,
    /// The office.
    pub unit: UnitId,
    /// Whether the person leads it.
    pub leader: bool,
    /// Whether the account is active.
    pub active: bool,
    /// When the person is away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absences: Vec<Absence>,
}

impl StaffRow {
    /// Whether the person holds a role.
    pub fn holds(&self, role: &Role) -> bool {
        self.grants.iter().any(|grant| &grant.role == role)
    }
}

/// What a load found.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The cases: those wanted by id, and the ones beside them, each once, in order of id.
    pub cases: Vec<StoredCase>,
    /// The commands that were carried out before.
    pub commands: Vec<StoredCommand>,
    /// The revision of every wanted scope and of the scopes of every wanted case; 0 where there
    /// is no row yet.
    pub scopes: BTreeMap<Scope, i64>,
    /// The revision of the directory of staff.
    pub directory: i64,
}

/// One duty to be written, with the rows that show it to people.
#[derive(Clone, Debug, PartialEq)]
pub struct DutyWrite {
    /// The duty as it stands after.
    pub duty: OwedDuty,
    /// Roles that may record it; the unit where the role matches by unit. Empty once it ended.
    pub matches: Vec<(Role, Option<UnitId>)>,
}

/// The last state of a case in a group.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseWrite {
    /// Its facts after the group's last step on it.
    pub facts: CaseFacts,
    /// The year in which a new case is numbered; nothing for a case that exists.
    pub number_in: Option<i32>,
    /// Attributes set, or taken away.
    pub attributes: Vec<(String, Option<String>)>,
    /// The duties that changed.
    pub duties: Vec<DutyWrite>,
    /// Whether more of the facts changed than what each step moves ([`CaseFacts::only_moved`]). A
    /// store may leave the rest of the row as it is if not; one that writes all of it is as right.
    pub restated: bool,
    /// How many duties the case had before: those with higher numbers are new, all others are
    /// there.
    pub had_duties: u32,
}

/// An entry to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// The case.
    pub case: CaseId,
    /// Its number within the case.
    pub seq: i64,
    /// When it is recorded.
    pub recorded_at: Timestamp,
    /// The envelope's bytes.
    pub bytes: Vec<u8>,
    /// Their hash.
    pub hash: Digest,
    /// The sealed body.
    pub body: Vec<u8>,
    /// The key it is sealed with.
    pub key: String,
}

/// A command to be remembered with its step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommand {
    /// Its id.
    pub id: CommandId,
    /// The hash of what was asked.
    pub hash: Digest,
    /// The case it moved.
    pub case: CaseId,
    /// The entry it wrote.
    pub seq: i64,
    /// The state the case is in after it.
    pub state: String,
}

/// A message to be written with its step.
pub type NewMessage = Message;
/// A rung to be written with its step.
pub type NewRung = Rung;

/// Steps that stand or fall together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// The revision each case must have; [`Revision::NONE`] for a case that must not exist.
    pub expect: Vec<(CaseId, Revision)>,
    /// The revision each scope must have; it is raised by one.
    pub scopes: Vec<(Scope, i64)>,
    /// The last state of each case.
    pub cases: Vec<CaseWrite>,
    /// Every entry, in order.
    pub entries: Vec<NewEntry>,
    /// The commands.
    pub commands: Vec<NewCommand>,
    /// The messages.
    pub messages: Vec<NewMessage>,
    /// The rungs climbed.
    pub rungs: Vec<NewRung>,
    /// The people of the directory that changed, whole.
    pub staff: Vec<StaffRow>,
}

/// What became of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupOutcome {
    /// It stands. New cases have these numbers.
    Written(Vec<(CaseId, CaseNumber)>),
    /// Somebody else came first; nothing of the group was written.
    Conflict,
}
