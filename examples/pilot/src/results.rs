//! The results of commands as scripts read them. Fields are only ever added.

mod lists;
mod register;
mod review;
mod running;
mod sheets;

use std::collections::BTreeMap;

use hexacase::{
    calendar::work_calendar::DayKind,
    duty::owed::Holder,
    engine::Receipt,
    procedure::Refusal,
    terms::{
        actor::Role,
        id::{CaseId, CommandId, Digest, IncidentId, SubjectId},
        label::Label,
        time::{CivilDate, Timestamp},
    },
    trail::{Link, LinkKind},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

pub use lists::{CarerLine, CaseLine, ChildLine, EntryLine, OverdueCount, OverdueLine, WorkLine};
pub use register::{ChildHere, FieldChange, RegisterExport, RegisterImport, RowChange, RowOpened};
pub use review::{
    ClueToVisit, FeedbackLine, Lag, RefusalCount, ReviewResult, StepsOfPerson, UnusedTransition,
};
pub use running::{
    BackupResult, DoctorResult, Finding, GrantLine, Level, MovedLine, NoteResult, ReminderLine,
    RestoreResult, StaffChangeResult, StandInLine, TodayLine, TodayResult,
};
pub use sheets::{RecordLine, RecordResult, RowOutcome, RowProblem, SheetResult};

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Bilingual {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<&Label> for Bilingual {
    fn from(label: &Label) -> Self {
        Self { zh: label.zh.to_string(), en: label.en.to_string() }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Page<T> {
    /// What the page holds.
    pub items: Vec<T>,
    /// What `--after` takes for the next page; nothing when this is the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A list that fits on one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// `open`, `act` and every other command that takes a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StepResult {
    /// The case.
    pub case: CaseId,
    /// Its human number.
    pub case_number: String,
    /// Its revision: the number of the entry.
    pub revision: i64,
    /// The state it is in.
    pub state: String,
    /// What proves the step.
    pub receipt: ReceiptResult,
}

/// What proves a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReceiptResult {
    /// The hash of the entry.
    pub hash: Digest,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The command it carried out, if it had an id.
    pub command: Option<CommandId>,
    /// Whether it had been carried out before; then nothing was written now.
    pub repeated: bool,
    /// Whether the step waits for a second person.
    pub proposed: bool,
    /// Cases that the step opened or informed.
    pub linked: Vec<CaseId>,
}

impl From<Receipt> for ReceiptResult {
    fn from(receipt: Receipt) -> Self {
        let Receipt { hash, recorded_at, command, repeated, proposed, linked, .. } = receipt;
        Self { hash, recorded_at, command, repeated, proposed, linked }
    }
}

/// Who is accountable for a duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HolderResult {
    /// In which role.
    pub role: String,
    /// The unit.
    pub unit: Option<String>,
    /// The person, where one was named.
    pub person: Option<String>,
    /// Whether nobody holds it.
    pub gap: bool,
}

impl From<&Holder> for HolderResult {
    fn from(holder: &Holder) -> Self {
        Self {
            role: holder.role.to_string(),
            unit: holder.unit.as_ref().map(ToString::to_string),
            person: holder.person.as_ref().map(ToString::to_string),
            gap: holder.gap,
        }
    }
}

/// A duty of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DutyResult {
    /// Its name in the procedure.
    pub duty: String,
    /// The same, as definitions call it.
    pub name: String,
    /// What people call it.
    pub label: Bilingual,
    /// Its number within the case.
    pub no: u32,
    /// Who owes it.
    pub owed_by: Vec<String>,
    /// Who may record it done.
    pub recorded_by: Vec<String>,
    /// Who is accountable.
    pub holder: HolderResult,
    /// The limit that runs.
    pub limit: Option<String>,
    /// When it is due; nothing where the law gives no number.
    pub due: Option<Timestamp>,
    /// Whether the date rests on a year without its holiday notice.
    pub provisional: bool,
    /// What the limit rests on.
    pub basis: Option<String>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// `open`, `fulfilled`, `cancelled` or `excused`.
    pub state: String,
    /// Whether it is, or was when it ended, past its date.
    pub overdue: bool,
    /// The card it shows: `yellow` or `red`.
    pub mark: Option<String>,
    /// Its ladder, while it is open and has a date.
    pub ladder: Option<LadderResult>,
}

/// The ladder of a duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LadderResult {
    /// Its name in the rule pack.
    pub name: String,
    /// Whom it stands over: `organ`, `judicial` or `family`.
    pub over: String,
    /// By what right.
    pub basis: String,
    /// How many rungs were climbed for the deadline that runs.
    pub climbed: u32,
    /// Every rung, in order.
    pub rungs: Vec<RungResult>,
    /// After how many days past the date a yellow card is shown; nothing: never.
    pub yellow_after_days: Option<u32>,
    /// After how many a red one.
    pub red_after_days: Option<u32>,
}

/// A rung of a duty's ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RungResult {
    /// Counted from 0.
    pub rung: usize,
    /// Whom it reminds.
    pub to: Option<String>,
    /// The link it proposes by.
    pub proposes: Option<String>,
    /// What people call it.
    pub label: Bilingual,
    /// It is climbed when the time is past this.
    pub due: Option<Timestamp>,
    /// When it was climbed.
    pub climbed_at: Option<Timestamp>,
    /// The unit it reached.
    pub unit: Option<String>,
    /// Whether it was climbed long after it was due: the sweep did not run.
    pub late: bool,
}

/// A link to another case or entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LinkResult {
    /// `handed_to`, `handed_from`, `merged_into`, `merged_from` or `corrects`.
    pub kind: String,
    /// The case.
    pub case: CaseId,
    /// The entry.
    pub seq: Option<i64>,
    /// The handoff in the chain.
    pub handoff: Option<String>,
}

impl From<&Link> for LinkResult {
    fn from(link: &Link) -> Self {
        let kind = match link.kind {
            LinkKind::HandedTo => "handed_to",
            LinkKind::HandedFrom => "handed_from",
            LinkKind::MergedInto => "merged_into",
            LinkKind::MergedFrom => "merged_from",
            LinkKind::Corrects => "corrects",
        };
        let (case, seq, handoff) = (link.case, link.seq, link.handoff.clone());
        Self { kind: kind.to_owned(), case, seq, handoff }
    }
}

/// `case`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CaseResult {
    /// Its id.
    pub case: CaseId,
    /// Its human number.
    pub case_number: String,
    /// The procedure it follows.
    pub procedure: String,
    /// The hash of the definition.
    pub definition: Digest,
    /// The hash of the rules its last step was decided under.
    pub rule_pack: Digest,
    /// Whom it is about.
    pub subject: SubjectId,
    /// `child`, `unidentified_child`, `unit`, `village`, `town` or `county`.
    pub subject_kind: String,
    /// The incident.
    pub incident: IncidentId,
    /// Its areas by purpose.
    pub areas: BTreeMap<String, String>,
    /// The area that counts.
    pub area: String,
    /// Its state.
    pub state: String,
    /// How many entries it has.
    pub revision: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// What it remembers.
    pub data: Value,
    /// Its duties, ended ones too.
    pub duties: Vec<DutyResult>,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Its links.
    pub links: Vec<LinkResult>,
}

/// `explain`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExplainResult {
    /// The case.
    pub case: CaseId,
    /// The transition.
    pub transition: String,
    /// Who asks.
    pub actor: String,
    /// Whether it is possible, as far as that can be told without the form.
    pub possible: bool,
    /// In which role.
    pub role: Option<String>,
    /// Everything that stands against it.
    pub reasons: Vec<RefusalLine>,
}

/// A reason against a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefusalLine {
    /// Its stable code.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<&Refusal> for RefusalLine {
    fn from(refusal: &Refusal) -> Self {
        let Bilingual { zh, en } = Bilingual::from(&refusal.label());
        Self { code: refusal.code(), zh, en }
    }
}

/// `deadline`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeadlineResult {
    /// The limit.
    pub limit: String,
    /// What it rests on.
    pub basis: String,
    /// Whether the text of the document was seen.
    pub verified: bool,
    /// The event it runs from.
    pub from: Timestamp,
    /// When it is over; nothing where the law gives no number.
    pub due: Option<Timestamp>,
    /// Whether the date rests on a year without its holiday notice.
    pub provisional: bool,
    /// Why it is that date.
    pub why: Bilingual,
    /// The days that were passed over.
    pub skipped: Vec<SkippedLine>,
}

/// A day that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SkippedLine {
    /// The day.
    pub date: CivilDate,
    /// `weekend`, `holiday`, `working` or `make_up`.
    pub kind: String,
    /// What people call it; a holiday by its name.
    pub label: Bilingual,
}

impl SkippedLine {
    /// The line of a day.
    pub fn new(date: CivilDate, day: &DayKind) -> Self {
        let kind = match day {
            DayKind::Working => "working",
            DayKind::Weekend => "weekend",
            DayKind::Holiday { .. } => "holiday",
            DayKind::MakeUp => "make_up",
        };
        Self { date, kind: kind.to_owned(), label: Bilingual::from(&day.label()) }
    }
}

/// Role names as data.
pub fn names<'r>(roles: impl IntoIterator<Item = &'r Role>) -> Vec<String> {
    roles.into_iter().map(ToString::to_string).collect()
}
