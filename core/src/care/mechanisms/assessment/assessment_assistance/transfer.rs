//! Handing the plan of a child who moved to the place that takes it over. A move is a fact of life
//! and sends the plan by itself; until the other place acknowledges, it stays open here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AssessmentAssistance, AssessmentState, is_here};
use crate::{
    care::roles::{CIVIL_AFFAIRS_BUREAU, TOWN, TOWN_STATION},
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{id::UnitId, label::Label, text::Text, time::Timestamp},
};

/// 对方已接收: the other place takes the plan over.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferAccepted {
    /// Which unit.
    pub accepted_by: UnitId,
    /// When.
    pub at: Timestamp,
}

impl Transition<AssessmentAssistance> for TransferAccepted {
    const NAME: &'static str = "transfer_accepted";
    const LABEL: Label = Label::new("对方已接收", "record that it was received");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::TransferringOut]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::TransferredOut]);
    const ACTED_BY: Roles = &[TOWN_STATION];
    const BY: Roles = &[TOWN, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转出流程");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}

/// 对方退回: the other place does not take the plan over, and the child is assessed here again.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferRefused {
    /// Why.
    pub reason: Text,
    /// Whether the child proved to live here after all; then the plan can end here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_is_here: Option<bool>,
}

impl Transition<AssessmentAssistance> for TransferRefused {
    const NAME: &'static str = "transfer_refused";
    const LABEL: Label = Label::new("对方退回", "record that it was sent back");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::TransferringOut]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::PendingAssessment]);
    const ACTED_BY: Roles = &[TOWN_STATION];
    const BY: Roles = &[TOWN, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转出流程");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        if self.child_is_here == Some(true) {
            is_here(step);
        }
        Ok(())
    }
}
