//! Handing the plan of a child who moved to the place that takes it over. A move is a fact of life
//! and sends the plan by itself; until the other place acknowledges, it stays open here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AssessmentAssistance, AssessmentState, is_here};
use crate::{
    care::{
        chain::PLAN_RECEIVED,
        mechanisms::assessment::referral::{REFERRAL, sending::WithdrawReferral},
        roles::{CIVIL_AFFAIRS_BUREAU, TOWN, TOWN_STATION},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        id::{CaseId, UnitId},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 对方已接收: the other place takes the plan over. The referrals that still run here end with it.
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
    const HANDOFFS: &'static [Handoff] = &[PLAN_RECEIVED];
    const BESIDE: &'static [&'static str] = &[REFERRAL];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转出流程");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        let reason = Text::new(format!("儿童已迁离，帮扶方案由{}接收", self.accepted_by))
            .map_err(|problem| Refusal::field("accepted_by", problem.to_string()))?;
        let withdraw = WithdrawReferral { reason };
        let open: Vec<CaseId> = step
            .beside(REFERRAL)
            .filter(|referral| referral.facts.is_open())
            .map(|referral| referral.facts.id)
            .collect();
        open.into_iter()
            .try_for_each(|referral| step.hand_off_to(PLAN_RECEIVED.id, referral, &withdraw))
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
