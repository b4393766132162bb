//! Handing the child's needs to those who can meet them, and keeping them at it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AssessmentAssistance, AssessmentState,
    guards::{NEEDS_NOT_COVERED, NOTHING_SENT, REFERRALS_OPEN, UNIT_NOT_IN_PLAN, uncovered},
};
use crate::{
    care::{
        chain::H18,
        mechanisms::assessment::referral::{REFERRAL, sending::SendReferral},
        roles::{MINOR_PROTECTION_CENTER, NEAR, PROVIDER, TOWN, TOWN_STATION},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{label::Label, text::Text},
};

/// 发出转介: each need goes to the unit that can meet it, one referral for each unit and need, with
/// no more about the child than the form of that referral says (H18).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendReferrals {
    /// The referrals; may be empty where all is done by own measures, or was sent before the plan
    /// was amended.
    pub referrals: Vec<SendReferral>,
    /// What is done without a referral.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_measures: Option<Text>,
}

impl Transition<AssessmentAssistance> for SendReferrals {
    const NAME: &'static str = "send_referrals";
    const LABEL: Label = Label::new("发出转介", "send the referrals");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::PlanApproved]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::Assisting]);
    const ACTED_BY: Roles = &[TOWN_STATION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[NEAR];
    const HANDOFFS: &'static [Handoff] = &[H18];
    const BASIS: LegalBasis = LegalBasis::practice("转介单的格式沿用外地系统，县里确定");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        let own = self.own_measures.is_some();
        let mut referred = step.data.referred.clone();
        referred.extend(self.referrals.iter().map(|sent| sent.need));
        step.demand(own || !referred.is_empty(), &NOTHING_SENT)?;
        let covered = own || uncovered(step.data.needs(), &referred).next().is_none();
        step.demand(covered, &NEEDS_NOT_COVERED)?;
        let units = step.data.plan.as_ref().map_or(&[][..], |plan| &plan.units);
        let planned = self.referrals.iter().all(|sent| units.contains(&sent.to_unit));
        step.demand(planned, &UNIT_NOT_IN_PLAN)?;
        referred.sort_unstable();
        referred.dedup();
        step.data.referred = referred;
        self.referrals.iter().try_for_each(|sent| step.hand_off(H18.id, sent))
    }
}

/// 记录进展: what was done for the child this month.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordProgress {
    /// What.
    pub note: Text,
}

impl Transition<AssessmentAssistance> for RecordProgress {
    const NAME: &'static str = "record_progress";
    const LABEL: Label = Label::new("记录进展", "record the progress");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::Assisting]);
    const TO: Target<AssessmentState> = Target::Same;
    const ACTED_BY: Roles = &[TOWN, PROVIDER];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("按月跟进由县里确定");
}

/// 服务结束转回访: every referral has ended, whichever way, and the child is followed by visits
/// (guard a).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServicesDone {
    /// What came of them.
    pub results: Text,
}

impl Transition<AssessmentAssistance> for ServicesDone {
    const NAME: &'static str = "services_done";
    const LABEL: Label = Label::new("服务结束转回访", "end the services, follow by visits");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::Assisting]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::FollowUp]);
    const ACTED_BY: Roles = &[TOWN_STATION];
    const BY: Roles = &[NEAR];
    const BESIDE: &'static [&'static str] = &[REFERRAL];
    const BASIS: LegalBasis = LegalBasis::practice("全部转介办结后转入回访，县里确定");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        step.demand(step.open_beside(REFERRAL).is_none(), &REFERRALS_OPEN)?;
        step.data.follow(step.occurred_at());
        Ok(())
    }
}
