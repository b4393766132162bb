//! The result of `review`.

use hexacase::terms::time::{CivilDate, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// `review`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReviewResult {
    /// The first day.
    pub from: CivilDate,
    /// The last day.
    pub to: CivilDate,
    /// Entries recorded in that time by people, the directory's left out.
    pub steps: u64,
    /// Cases opened.
    pub opened: u64,
    /// Cases ended.
    pub ended: u64,
    /// The people of the directory, and what each recorded; those who recorded nothing too.
    pub people: Vec<StepsOfPerson>,
    /// From what happened to its entry, over all steps.
    pub lag: Lag,
    /// Refusals by reason.
    pub refusals: Vec<RefusalCount>,
    /// From the clue to the first visit.
    pub clue_to_visit: ClueToVisit,
    /// Transitions that nobody took in that time.
    pub unused: Vec<UnusedTransition>,
    /// What people said about the program.
    pub feedback: Vec<FeedbackLine>,
    /// Lines of the log that could not be read.
    pub unread: u64,
}

/// What somebody recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StepsOfPerson {
    /// The person; `reporter` for all reports whose author is kept secret.
    pub person: String,
    /// The name, where the directory has one.
    pub name: Option<String>,
    /// How many steps.
    pub steps: u64,
    /// On how many days.
    pub days: u64,
    /// From what happened to its entry.
    pub lag: Lag,
    /// How many of the person's commands were refused.
    pub refused: u64,
}

/// How long after it happened something was recorded, in minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lag {
    /// The median: half were recorded as soon or sooner.
    pub median_minutes: Option<i64>,
    /// Nine of ten were recorded as soon or sooner.
    pub p90_minutes: Option<i64>,
}

/// Refusals for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefusalCount {
    /// The reason, as a code.
    pub code: String,
    /// The command.
    pub command: String,
    /// The transition, or the procedure that was to be opened.
    pub step: Option<String>,
    /// How often.
    pub count: u64,
    /// To how many people.
    pub people: u64,
}

/// From the clue to the first visit of its case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClueToVisit {
    /// Clues recorded in that time.
    pub clues: u64,
    /// How many of them were visited by its end.
    pub visited: u64,
    /// The median of hours from clue to visit, by when each happened.
    pub median_hours: Option<i64>,
    /// Nine of ten took so many hours or fewer.
    pub p90_hours: Option<i64>,
    /// Of those that wait for a visit, for how many hours the oldest has.
    pub longest_wait_hours: Option<i64>,
}

/// A transition that nobody took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnusedTransition {
    /// The procedure.
    pub procedure: String,
    /// The transition.
    pub transition: String,
}

/// What somebody said about the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FeedbackLine {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub person: String,
    /// What.
    pub text: String,
}
