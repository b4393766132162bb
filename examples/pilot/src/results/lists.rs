//! The lines of lists.

use hexacase::terms::{
    id::{CaseId, Digest, IncidentId, SubjectId},
    time::Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::HolderResult;

/// A line of `cases`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CaseLine {
    /// Its id.
    pub case: CaseId,
    /// Its human number.
    pub case_number: String,
    /// The procedure it follows.
    pub procedure: String,
    /// Its state.
    pub state: String,
    /// Whom it is about.
    pub subject: SubjectId,
    /// What kind of subject that is.
    pub subject_kind: String,
    /// The unit it is entrusted to, where it is entrusted to one.
    pub lead_unit: Option<String>,
    /// The incident.
    pub incident: IncidentId,
    /// The area that counts.
    pub area: String,
    /// How many entries it has.
    pub revision: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
}

/// A line of `child`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChildLine {
    /// The child.
    pub subject: SubjectId,
    /// The child's file.
    pub file: CaseId,
    /// The name.
    pub name: Option<String>,
    /// The sex.
    pub sex: Option<String>,
    /// The day of birth.
    pub birth: Option<String>,
    /// The guardian.
    pub guardian: Option<String>,
    /// Who cares for the child at the time that was asked for, by the custody ledger; nothing
    /// while the child was never taken along.
    pub carer: Option<CarerLine>,
    /// Every case about the child.
    pub cases: Vec<CaseLine>,
}

/// Who cares for a child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CarerLine {
    /// What kind of holder: `person`, `organ`, `actor`, `unit`; `of_age` or `died` when nobody has
    /// custody any more.
    pub holder: String,
    /// The name.
    pub name: Option<String>,
    /// Which kind of placement it is, where it is one.
    pub placement: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// The case that says so.
    pub case: CaseId,
    /// Its human number.
    pub case_number: String,
}

/// A line of `trail` and of `feed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntryLine {
    /// The case.
    pub case: CaseId,
    /// Its number within the case.
    pub seq: i64,
    /// What kind of entry.
    pub kind: String,
    /// The transition or engine-wide step.
    pub transition: String,
    /// The state before.
    pub from: Option<String>,
    /// The state after.
    pub to: String,
    /// Who recorded it.
    pub actor: String,
    /// In which role.
    pub role: Option<String>,
    /// In which role the one acted who really acted, if somebody else.
    pub acted_by: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Its hash.
    pub hash: Digest,
    /// The hash of the entry before.
    pub prev: Digest,
}

/// A line of `worklist`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkLine {
    /// The case.
    pub case: CaseId,
    /// Its human number.
    pub case_number: String,
    /// The procedure.
    pub procedure: String,
    /// The case's state.
    pub state: String,
    /// The duty.
    pub duty: String,
    /// When it is due; nothing where the law gives no number.
    pub due: Option<Timestamp>,
    /// Whether it is past its date.
    pub overdue: bool,
    /// The card it shows: `yellow` or `red`.
    pub mark: Option<String>,
    /// Whether the date rests on a year without its holiday notice.
    pub provisional: bool,
    /// Who is accountable.
    pub holder: HolderResult,
    /// Whom the case is about.
    pub subject: SubjectId,
    /// The transitions that fulfil it and may be taken now.
    pub transitions: Vec<String>,
}

/// A line of `overdue`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OverdueLine {
    /// The case.
    pub case: CaseId,
    /// Its human number.
    pub case_number: String,
    /// The procedure.
    pub procedure: String,
    /// The case's state.
    pub state: String,
    /// The duty.
    pub duty: String,
    /// The limit.
    pub limit: Option<String>,
    /// When it was due.
    pub due: Timestamp,
    /// For how many whole days it is overdue.
    pub days: i64,
    /// Whether the date rests on a year without its holiday notice.
    pub provisional: bool,
    /// Who is accountable.
    pub holder: HolderResult,
    /// Whom the case is about.
    pub subject: SubjectId,
    /// The area that counts.
    pub area: String,
    /// How many rungs of its ladder were climbed.
    pub rungs: u32,
    /// The card it shows: `yellow` or `red`.
    pub mark: Option<String>,
    /// What the next rung reminds or proposes: an addressee or a link.
    pub next_rung: Option<String>,
    /// It is climbed when the time is past this.
    pub next_rung_at: Option<Timestamp>,
}

/// `overdue --by …`: a line for each unit, party, village, person or limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OverdueCount {
    /// Which; nothing for duties that nobody holds.
    pub key: Option<String>,
    /// What people call it.
    pub label: String,
    /// How many duties are overdue.
    pub count: u64,
    /// The earliest date.
    pub oldest_due: Timestamp,
    /// For how many whole days that one is overdue.
    pub days: i64,
    /// How many of them show a yellow card.
    pub yellow: u64,
    /// How many show a red one.
    pub red: u64,
}
