//! The receiving unit's answer.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    PUT_TO_MEETING, REFERRAL, REFUSALS, Referral, ReferralState, lead_unit, need_of, receiving_unit,
};
use crate::{
    care::{
        chain::NEED_REFUSED,
        codes::{AgendaSource, ReferralRefusal},
        mechanisms::joint_meeting::agenda_item::ProposeItem,
        roles::{MEMBER_LIAISON, PROVIDER, RECEIVER, SCHOOL},
    },
    procedure::{
        Beside, Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition,
    },
    terms::{
        evidence::{CaseRef, Person},
        id::UnitId,
        label::Label,
        text::Text,
        time::CivilDate,
    },
};

/// A need that was refused so often is put before the joint meeting. Our own proposal.
const TO_MEETING_AFTER: u32 = 3;

/// 接收: the unit takes the referral.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptReferral {
    /// Who there answers for it.
    pub responsible: Person,
    /// On which day it begins; not after the last day of the referral.
    pub begins: CivilDate,
}

impl Transition<Referral> for AcceptReferral {
    const NAME: &'static str = "accept_referral";
    const LABEL: Label = Label::new("接收", "accept the referral");
    const FROM: Source<ReferralState> = Source::In(&[ReferralState::Sent]);
    const TO: Target<ReferralState> = Target::To(&[ReferralState::Accepted]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON, SCHOOL, PROVIDER];
    const BY: Roles = &[RECEIVER];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转介流程");

    fn apply(&self, step: &mut StepContext<'_, Referral>) -> Result<(), Refusal> {
        if let Some(request) = &step.data.request
            && self.begins > request.until
        {
            let (until, found) = (request.until, self.begins);
            let reason = format!("expected a day not after `{until}`, found `{found}`");
            return Err(Refusal::field("begins", reason));
        }
        step.data.begins = Some(self.begins);
        Ok(())
    }
}

/// 退回: the unit does not take the referral, and says why.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefuseReferral {
    /// Why.
    pub reason: ReferralRefusal,
    /// Why, in words.
    pub text: Text,
    /// Which unit would be better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better_unit: Option<UnitId>,
}

impl Transition<Referral> for RefuseReferral {
    const NAME: &'static str = "refuse_referral";
    const LABEL: Label = Label::new("退回", "refuse the referral");
    const FROM: Source<ReferralState> = Source::In(&[ReferralState::Sent]);
    const TO: Target<ReferralState> = Target::To(&[ReferralState::Refused]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON, SCHOOL, PROVIDER];
    const BY: Roles = &[RECEIVER];
    const HANDOFFS: &'static [Handoff] = &[NEED_REFUSED];
    const BESIDE: &'static [&'static str] = &[REFERRAL];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转介流程");

    fn apply(&self, step: &mut StepContext<'_, Referral>) -> Result<(), Refusal> {
        refused(step, self.reason, &self.text)
    }
}

/// 无法开始: the unit took the referral, and cannot serve the child after all.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CannotStart {
    /// Why.
    pub reason: ReferralRefusal,
    /// Why, in words.
    pub text: Text,
}

impl Transition<Referral> for CannotStart {
    const NAME: &'static str = "cannot_start";
    const LABEL: Label = Label::new("无法开始", "cannot start the service");
    const FROM: Source<ReferralState> = Source::In(&[ReferralState::Accepted]);
    const TO: Target<ReferralState> = Target::To(&[ReferralState::Refused]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON, SCHOOL, PROVIDER];
    const BY: Roles = &[RECEIVER];
    const HANDOFFS: &'static [Handoff] = &[NEED_REFUSED];
    const BESIDE: &'static [&'static str] = &[REFERRAL];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转介流程");

    fn apply(&self, step: &mut StepContext<'_, Referral>) -> Result<(), Refusal> {
        refused(step, self.reason, &self.text)
    }
}

/// A refusal: the lead unit decides on it, and the third one of a need is put before the joint
/// meeting.
fn refused(
    step: &mut StepContext<'_, Referral>,
    reason: ReferralRefusal,
    text: &Text,
) -> Result<(), Refusal> {
    step.data.refusals = step.data.refusals.saturating_add(1);
    step.data.refusal = Some(reason);
    step.data.begins = None;
    step.attribute(REFUSALS, step.data.refusals.to_string());
    if let Some(lead) = lead_unit(step) {
        step.entrust(&lead);
    }
    put_to_meeting(step, text)
}

/// Proposes an item of the agenda when the need was refused often enough, once for a need.
fn put_to_meeting(step: &mut StepContext<'_, Referral>, text: &Text) -> Result<(), Refusal> {
    let Some(request) = step.data.request.clone() else { return Ok(()) };
    let Some(case) = step.facts().case else { return Ok(()) };
    // Of the same plan: what a unit refused years ago is another matter.
    let others: Vec<&Beside> = step
        .beside(REFERRAL)
        .filter(|other| other.facts.id != case.id && other.facts.incident == case.incident)
        .filter(|other| need_of(other) == Some(request.need))
        .collect();
    let before = |other: &Beside| -> u32 {
        other.attributes.get(REFUSALS).and_then(|count| count.parse().ok()).unwrap_or(0)
    };
    let refusals: u32 = others.iter().map(|other| before(other)).sum();
    let put = step.attribute_before(PUT_TO_MEETING).is_some()
        || others.iter().any(|other| other.attributes.contains_key(PUT_TO_MEETING));
    if put || refusals.saturating_add(step.data.refusals) < TO_MEETING_AFTER {
        return Ok(());
    }
    let refusing = others.iter().filter(|other| before(other) > 0);
    let units: BTreeSet<UnitId> = refusing
        .clone()
        .filter_map(|other| receiving_unit(other))
        .chain([request.to_unit.clone()])
        .collect();
    let cases = [case.id].into_iter().chain(refusing.map(|other| other.facts.id));
    let title = format!("一项帮扶需求三次被退回：{}", request.need.label().zh);
    let item = ProposeItem {
        title: Text::new(title).unwrap_or_else(|_| text.clone()),
        problem: text.clone(),
        asked_of: units.into_iter().collect(),
        source: AgendaSource::Member,
        cases: Some(cases.map(CaseRef::Case).collect()),
        reply_to: lead_unit(step).unwrap_or(request.to_unit),
        limit: None,
    };
    step.attribute(PUT_TO_MEETING, "yes");
    step.hand_off(NEED_REFUSED.id, &item)
}
