//! What an assessment remembers between its steps, and what that says about its clocks.

use serde::{Deserialize, Serialize};

use crate::{
    care::{
        codes::{CapacityGrade, Colour, PlanNeed},
        mechanisms::early_warning::scale::Answers,
        register::visit_log::VisitLog,
    },
    procedure::Timing,
    terms::{
        id::UnitId,
        text::Text,
        time::{CivilDate, Timestamp},
    },
};

/// What an assessment remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, no state of the others"
)]
pub struct AssessmentData {
    /// Why the child is assessed.
    pub reason: Option<Text>,
    /// The needs that were seen by whoever asked for the assessment.
    pub needs_seen: Vec<PlanNeed>,
    /// The color of the alert that asked for it.
    pub colour: Option<Colour>,
    /// Whether an item of that alert makes it red whatever its points.
    pub forced_red: bool,
    /// Whether the child is left behind; nobody is from 16 on.
    pub left_behind: bool,
    /// The last report.
    pub report: Option<Report>,
    /// The benefit programmes that a need was recorded for.
    pub programmes: Vec<Text>,
    /// When the conference is held.
    pub conference_at: Option<Timestamp>,
    /// The plan.
    pub plan: Option<Plan>,
    /// The needs that went to a unit, each once.
    pub referred: Vec<PlanNeed>,
    /// Whether a guardian's refusal stands.
    pub guardian_refuses: bool,
    /// Since when the child is followed by visits.
    pub followed_since: Option<Timestamp>,
    /// The visits since then.
    pub visits: VisitLog,
    /// The points of the last assessment anew.
    pub score: Option<Answers>,
    /// Whether the child moved away.
    pub moved_away: bool,
}

/// What the report found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When the family was surveyed.
    pub surveyed_on: CivilDate,
    /// How well the child is guarded.
    pub capacity_grade: CapacityGrade,
    /// What the child needs.
    pub needs: Vec<PlanNeed>,
    /// Whether the child needs temporary guardianship.
    pub temporary_guardianship: bool,
}

/// What was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What is to be reached.
    pub goals: Text,
    /// By what.
    pub measures: Vec<Text>,
    /// Which units help; nobody else is told of the child.
    pub units: Vec<UnitId>,
    /// Until when.
    pub until: CivilDate,
    /// Whether it rests on the child being left behind.
    pub rests_on_left_behind: bool,
}

impl AssessmentData {
    /// What the data say about the clock of `duty`. The other duties run from their own opening.
    pub(super) fn timing(&self, duty: &str) -> Timing {
        match duty {
            // A conference that was called for a later day is concluded after that day.
            "conclude_conference" => Timing::default().from(self.conference_at),
            "follow_up_visit" => {
                Timing::default().from(self.visits.last_met.max(self.followed_since))
            }
            _ => Timing::default(),
        }
    }

    /// The needs that the report found.
    pub(super) fn needs(&self) -> &[PlanNeed] {
        self.report.as_ref().map_or(&[], |report| &report.needs)
    }

    /// From now on the child is followed by visits.
    pub(super) fn follow(&mut self, since: Timestamp) {
        self.followed_since = Some(since);
    }
}
