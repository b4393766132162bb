//! What an alert remembers between its steps. It is sealed with every entry.

use serde::{Deserialize, Serialize};

use crate::{
    care::{codes::Colour, mechanisms::early_warning::scale::Grade, register::visit_log::VisitLog},
    procedure::Timing,
    terms::{
        text::Text,
        time::{CivilDate, Timestamp},
    },
};

/// What an alert remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RiskAlertData {
    /// The facts as last told: the clue's, then those of a report.
    pub facts: Option<Text>,
    /// Which child it is, while nobody knows.
    pub description: Option<Text>,
    /// When the clue came.
    pub clue_at: Option<Timestamp>,
    /// Whether whoever registered the clue suspected a red case.
    pub red_suspected: bool,
    /// Whether the child is left behind.
    pub left_behind: LeftBehind,
    /// Whether the child moved away.
    pub moved_away: bool,
    /// The grade that waits for its confirmation.
    pub proposal: Option<Proposal>,
    /// The confirmed color.
    pub colour: Option<Colour>,
    /// When the color was last confirmed.
    pub graded_at: Option<Timestamp>,
    /// Until when the child is to be met first after a confirmation; nothing once it was.
    pub first_visit_due: Option<CivilDate>,
    /// The visits.
    pub visits: VisitLog,
}

/// Whether a child is left behind 留守.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftBehind {
    /// It is not, or nobody said so.
    #[default]
    No,
    /// It is.
    Yes,
    /// It turned 16, after which nobody is.
    Outgrown,
}

/// A proposed grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The color that was proposed.
    pub colour: Colour,
    /// What the instrument gave.
    pub grade: Grade,
}

impl RiskAlertData {
    /// How often the child is to be visited. A left-behind child: by color and by the interval of
    /// left-behind children, of which the earlier date runs.
    pub(super) fn visit_timing(&self) -> Timing {
        // While nobody knows the color, none is said to fit and the strictest runs.
        let Some(colour) = self.colour else {
            return Timing::default().from(self.visits.last_met);
        };
        let by_colour = match colour {
            Colour::Red => "C05",
            Colour::Yellow => "C06",
            Colour::Blue => "C07",
            Colour::Green => "C08",
        };
        let left_behind = (self.left_behind == LeftBehind::Yes).then_some("C09");
        Timing::fits([by_colour].into_iter().chain(left_behind))
            .from(self.visits.last_met.or(self.graded_at))
            .due(self.first_visit_due.map(CivilDate::end))
    }
}
