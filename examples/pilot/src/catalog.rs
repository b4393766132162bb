//! The results of commands that need no database, and of those about a whole database.

use hexacase::{
    store::Absence,
    terms::{
        id::{CaseId, Digest},
        time::{CivilDate, Timestamp},
    },
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::results::Bilingual;

/// A line of `limits`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LimitLine {
    /// Its id.
    pub limit: String,
    /// What is to be done.
    pub label: Bilingual,
    /// How many; nothing where the law gives no number.
    pub amount: Option<u32>,
    /// `hour`, `calendar_day`, `working_day`, `month` or `year`.
    pub unit: Option<String>,
    /// The word that stands instead of a number, such as 立即.
    pub word: Option<Bilingual>,
    /// The event it runs from.
    pub event: Bilingual,
    /// `from_moment`, `same_day` or `next_day`.
    pub start: Option<String>,
    /// `none` or `next_working_day`.
    pub roll: Option<String>,
    /// What it rests on.
    pub basis: String,
    /// Which document sets it.
    pub document: String,
    /// Whether the text of the document was seen.
    pub verified: bool,
}

/// A line of `definitions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DefinitionLine {
    /// The procedure's name.
    pub procedure: String,
    /// The mechanism it belongs to.
    pub mechanism: Option<String>,
    /// Its version.
    pub version: u32,
    /// The hash of all it says.
    pub hash: Digest,
    /// What people call it.
    pub label: Bilingual,
    /// Its states, in reading order.
    pub states: Vec<StateLine>,
    /// The duties that steps open beside the states.
    pub side_duties: Vec<SideDutyLine>,
    /// Its transitions, in table order.
    pub transitions: Vec<TransitionLine>,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StateLine {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Bilingual,
    /// Whether it is an end.
    pub terminal: bool,
    /// What is owed in it.
    pub duties: Vec<DutyLine>,
    /// What time alone ends.
    pub waits: Vec<WaitLine>,
}

/// A duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DutyLine {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Bilingual,
    /// Who owes it.
    pub owed_by: Vec<String>,
    /// Who may record it done.
    pub recorded_by: Vec<String>,
    /// Its candidate limits.
    pub limits: Vec<String>,
    /// The transitions that fulfil it.
    pub fulfilled_by: Vec<String>,
}

/// A duty beside the states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SideDutyLine {
    /// The duty.
    #[serde(flatten)]
    pub duty: DutyLine,
    /// The transitions that open it.
    pub opened_by: Vec<String>,
}

/// A wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WaitLine {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Bilingual,
    /// Its candidate limits.
    pub limits: Vec<String>,
    /// The transition that ends it.
    pub fires: String,
}

/// A transition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransitionLine {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Bilingual,
    /// Where it starts: empty for one that opens a case, `any` for any open state.
    pub from: Vec<String>,
    /// Where it leads: `same` where it may keep the state.
    pub to: Vec<String>,
    /// Which users may record it.
    pub by: Vec<String>,
    /// Who acts.
    pub acted_by: Vec<String>,
    /// Where it comes from.
    pub basis: String,
    /// The handoffs it may make.
    pub handoffs: Vec<HandoffLine>,
}

/// A handoff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HandoffLine {
    /// Its id in the chain.
    pub id: String,
    /// The receiving procedure.
    pub to: String,
    /// The transition it takes there.
    pub opens_by: String,
    /// `open`, `inform`, `propose` or `message`.
    pub mode: String,
}

/// A line of `staff list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaffLine {
    /// The person's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The roles.
    pub roles: Vec<String>,
    /// The office.
    pub unit: String,
    /// The area of the first role.
    pub area: Option<String>,
    /// Whether the person leads the office.
    pub leader: bool,
    /// Whether the account is active.
    pub active: bool,
    /// When the person is away.
    pub absences: Vec<AbsenceLine>,
}

/// When somebody is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AbsenceLine {
    /// The first day.
    pub from: CivilDate,
    /// The last day.
    pub to: CivilDate,
    /// Who stands in; without one, the leader of the unit.
    pub deputy: Option<String>,
}

impl From<&Absence> for AbsenceLine {
    fn from(absence: &Absence) -> Self {
        let deputy = absence.deputy.as_ref().map(ToString::to_string);
        Self { from: absence.from, to: absence.to, deputy }
    }
}

/// `init`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InitResult {
    /// The county.
    pub realm: String,
    /// Its name.
    pub name: String,
    /// The origin of its trail.
    pub origin: String,
    /// When it was set up.
    pub created_at: Timestamp,
    /// The version of its schema.
    pub schema_version: i64,
    /// The files to fill in that were written.
    pub forms: Vec<String>,
}

/// `migrate`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MigrateResult {
    /// The version before.
    pub from: Option<i64>,
    /// The version now.
    pub to: i64,
}

/// `import`, `staff import`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ImportResult {
    /// The file.
    pub file: String,
    /// How many rows it holds.
    pub rows: u64,
    /// How many of them were taken in.
    pub imported: u64,
    /// How many were here already and left as they are.
    pub known: u64,
    /// Whether nothing was written because that was asked for.
    pub dry_run: bool,
}

/// `sweep`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SweepResult {
    /// Rungs climbed.
    pub rungs: u64,
    /// Waits ended.
    pub waits: u64,
    /// Cases left to the next sweep.
    pub left: u64,
    /// Proposals that rungs opened; each waits for a person's signature.
    pub proposed: Vec<ProposalLine>,
    /// Proposals that the receiving procedure refused; their rungs count as climbed.
    pub refused: Vec<RefusedProposalLine>,
    /// When it swept.
    pub at: Timestamp,
}

/// A proposal that a rung opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProposalLine {
    /// The case whose duty is overdue.
    pub case: CaseId,
    /// Its human number.
    pub case_number: String,
    /// The duty.
    pub duty: String,
    /// The escalation link.
    pub link: String,
    /// The case that waits; nothing when it went out as a message.
    pub opened: Option<CaseId>,
    /// Its human number.
    pub opened_number: Option<String>,
}

/// A proposal that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefusedProposalLine {
    /// The case whose duty is overdue.
    pub case: CaseId,
    /// Its human number.
    pub case_number: String,
    /// The duty.
    pub duty: String,
    /// The escalation link.
    pub link: String,
    /// The code of the refusal.
    pub code: String,
    /// Why.
    pub reason: Bilingual,
}

/// `check`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckResult {
    /// The rules' name.
    pub rule_pack: String,
    /// Their version.
    pub version: String,
    /// Their hash.
    pub hash: Digest,
    /// How many procedures are well formed under them.
    pub definitions: u64,
    /// How many limits they have.
    pub limits: u64,
    /// How many ladders they have.
    pub ladders: u64,
    /// Limits that the overlay added or changed.
    pub changed: Vec<String>,
}

/// `diagram`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DiagramResult {
    /// What is drawn.
    pub procedure: String,
    /// `mermaid` or `dot`.
    pub format: String,
    /// The state that is marked.
    pub state: Option<String>,
    /// The diagram's text.
    pub text: String,
}

/// A line of `print --list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaperLine {
    /// Its name on the command line.
    pub form: String,
    /// What it is called.
    pub label: Bilingual,
    /// The procedures whose cases it is filled from.
    pub procedures: Vec<String>,
}

/// `print`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaperResult {
    /// Which form.
    pub form: String,
    /// The case; nothing for an empty form.
    pub case: Option<CaseId>,
    /// Its number.
    pub case_number: Option<String>,
    /// The revision of the case that stands on the paper.
    pub revision: Option<i64>,
    /// The start of the hash of its last entry, as the paper names it.
    pub hash: Option<String>,
    /// The file that was written; nothing where the page is given here.
    pub file: Option<String>,
    /// The page, where no file was named.
    pub html: Option<String>,
}

impl PaperResult {
    /// An empty form.
    pub fn blank(form: &str) -> Self {
        Self {
            form: form.to_owned(),
            case: None,
            case_number: None,
            revision: None,
            hash: None,
            file: None,
            html: None,
        }
    }
}

/// `verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerifyResult {
    /// `clean` or `faulty`.
    pub verdict: String,
    /// Cases looked at.
    pub cases: u64,
    /// Entries looked at.
    pub entries: u64,
    /// Files compared with their digest.
    pub attachments: u64,
    /// Everything that is not as the trail says.
    pub faults: Vec<FaultLine>,
    /// Entries that could not be decided again.
    pub not_redecided: u64,
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FaultLine {
    /// The case.
    pub case: CaseId,
    /// The entry.
    pub seq: Option<i64>,
    /// Where it is stored.
    pub table: String,
    /// What is wrong.
    pub problem: String,
}
