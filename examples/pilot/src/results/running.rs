//! The results of commands that keep a pilot running.

use hexacase::terms::{
    actor::Grant,
    id::{CaseId, Digest, SubjectId},
    time::{CivilDate, Timestamp},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Bilingual, HolderResult};
use crate::catalog::StaffLine;

/// `staff leave`, `staff deputy`, `staff transfer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaffChangeResult {
    /// Whom it concerns.
    pub person: String,
    /// Whether nothing was written because that was asked for.
    pub dry_run: bool,
    /// The hash of the entry in the directory's record; nothing where nothing was written.
    pub receipt: Option<Digest>,
    /// The people that change, as they stand afterwards.
    pub people: Vec<StaffLine>,
    /// Roles that the successor takes over.
    pub taken_over: Vec<GrantLine>,
    /// The open duties it concerns.
    pub duties: Vec<MovedLine>,
    /// How many of them nobody would have afterwards. Without `--dry-run` that is refused.
    pub lost: u64,
    /// Units that lose their leader.
    pub leaderless: Vec<String>,
}

/// A role for an area, in a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GrantLine {
    /// The role.
    pub role: String,
    /// The area.
    pub area: String,
    /// The unit.
    pub unit: String,
}

impl From<&Grant> for GrantLine {
    fn from(grant: &Grant) -> Self {
        let Grant { role, area, unit } = grant;
        Self { role: role.to_string(), area: area.to_string(), unit: unit.to_string() }
    }
}

/// A duty that a change concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MovedLine {
    /// The case.
    pub case: CaseId,
    /// Its human number.
    pub case_number: String,
    /// The procedure.
    pub procedure: String,
    /// The duty.
    pub duty: String,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// Whom the case is about.
    pub subject: SubjectId,
    /// Whether the person held it in his or her own name, so that it is handed over.
    pub in_person: bool,
    /// Who can record it afterwards.
    pub to: Vec<String>,
}

/// `backup`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BackupResult {
    /// The file.
    pub file: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many files of evidence it holds.
    pub evidence: u64,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// Evidence that is damaged; it was copied as it is.
    pub damaged: Vec<String>,
}

/// `restore`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RestoreResult {
    /// The county.
    pub realm: String,
    /// Its name.
    pub name: String,
    /// When the copy was taken.
    pub taken_at: Timestamp,
    /// How many cases were verified.
    pub cases: u64,
    /// How many entries were verified.
    pub entries: u64,
    /// How many files of evidence it holds.
    pub evidence: u64,
}

/// `note` about the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NoteResult {
    /// `program`.
    pub about: String,
    /// When it was written down.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
}

/// How bad a finding of `doctor` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Work is lost or goes wrong: do something now.
    Fault,
    /// Something will go wrong if nothing is done.
    Warning,
    /// Worth knowing.
    Note,
    /// As it should be.
    Good,
}

/// `doctor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DoctorResult {
    /// `good`, `warning` or `fault`: the worst of the findings.
    pub verdict: String,
    /// When it looked.
    pub at: Timestamp,
    /// What it found, the worst first.
    pub findings: Vec<Finding>,
}

/// What `doctor` found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// What was looked at, as a stable code.
    pub check: String,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub found: Bilingual,
    /// What to do; empty where nothing is to be done.
    pub advice: Bilingual,
}

/// `today`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TodayResult {
    /// Whose day.
    pub person: String,
    /// The name.
    pub name: String,
    /// The day.
    pub date: CivilDate,
    /// Whether it is worked.
    pub working_day: bool,
    /// Whether the person is entered as away today.
    pub away: bool,
    /// Colleagues the person stands in for.
    pub stands_in_for: Vec<StandInLine>,
    /// Past their date, longest first.
    pub overdue: Vec<TodayLine>,
    /// Without a date: to be done at once.
    pub at_once: Vec<TodayLine>,
    /// Due today.
    pub due_today: Vec<TodayLine>,
    /// Due in the seven days after today.
    pub coming: Vec<TodayLine>,
    /// How many are due later.
    pub later: u64,
    /// Proposals of colleagues that wait for the person's confirmation.
    pub to_confirm: Vec<TodayLine>,
    /// Reminders that reached the person since the last working day.
    pub reminders: Vec<ReminderLine>,
    /// Since when reminders are listed.
    pub since: Timestamp,
}

/// Somebody absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StandInLine {
    /// Who.
    pub person: String,
    /// The name.
    pub name: String,
    /// The first day of the absence.
    pub from: CivilDate,
    /// The last day.
    pub to: CivilDate,
}

/// A duty of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TodayLine {
    /// The case.
    pub case: CaseId,
    /// Its human number.
    pub case_number: String,
    /// The procedure.
    pub procedure: String,
    /// The duty.
    pub duty: String,
    /// When it is due; where overdue, since when.
    pub due: Option<Timestamp>,
    /// `yellow` or `red`, where it is marked.
    pub mark: Option<String>,
    /// For how many days it is overdue.
    pub days_late: i64,
    /// Whether the date rests on a year without its holiday notice.
    pub provisional: bool,
    /// Who is accountable.
    pub holder: HolderResult,
    /// Whom the case is about.
    pub subject: SubjectId,
    /// The absent colleagues whose duty it is; empty where it is the person's own.
    pub instead_of: Vec<String>,
    /// What can be done now.
    pub transitions: Vec<String>,
}

/// A reminder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReminderLine {
    /// The case.
    pub case: CaseId,
    /// The overdue duty.
    pub duty: String,
    /// As whom it reached the person, e.g. `unit_leader`.
    pub addressee: String,
    /// When.
    pub at: Timestamp,
}
