//! Visits to the child at regular times.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CareFile, CareFileState, mark_moved, note_alert};
use crate::{
    care::{
        codes::VisitResult,
        register::visit_log::RETRY_VISIT,
        roles::{CHILD_WELFARE_DIRECTOR, PROVIDER, VILLAGE},
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::Person, label::Label, text::Text, time::Timestamp},
};

/// 走访登记: somebody went to see the child. A met visit that is recorded in an open alert comes
/// here from there, so that it counts for both; a visit recorded here counts here only.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordVisit {
    /// Whether the child was met.
    pub result: VisitResult,
    /// When.
    pub at: Timestamp,
    /// Who was met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met_with: Option<Vec<Person>>,
    /// Whether the child is safe, in words.
    pub safety: Text,
    /// Whether the parents were in contact this week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_this_week: Option<bool>,
}

impl Transition<CareFile> for RecordVisit {
    const NAME: &'static str = "record_visit";
    const LABEL: Label = Label::new("走访登记", "record a visit");
    const FROM: Source<CareFileState> =
        Source::In(&[CareFileState::Active, CareFileState::MovingOut]);
    const TO: Target<CareFileState> = Target::Same;
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR, PROVIDER];
    const BY: Roles = &[VILLAGE];
    const OPENS: &'static [&'static str] = &[RETRY_VISIT];
    const BESIDE: &'static [&'static str] = &["risk_alert"];
    const BASIS: LegalBasis = LegalBasis::practice("走访频次参照外地做法，由县里确定");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        let settles = step.data.visits.record(self.result, self.at, None);
        settles.settle(step, &["routine_visit"], &[RETRY_VISIT]);
        if settles.visit {
            step.attribute("last_met", self.at.date().to_string());
        }
        if self.result == VisitResult::Moved {
            mark_moved(step);
        }
        note_alert(step);
        Ok(())
    }
}
