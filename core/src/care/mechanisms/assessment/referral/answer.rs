//! The receiving unit's answer.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    PUT_TO_MEETING, REFERRAL, REFUSALS, Referral, ReferralState, lead_unit, need_of,
    receiving_unit, sending::SendReferral,
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
const TO_MEETING_AFTER: usize = 3;

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
    let Some(request) = step.data.request.clone() else { return Ok(()) };
    step.data.refused_by.push(request.to_unit.clone());
    step.data.refusal = Some(reason);
    step.data.begins = None;
    step.attribute(REFUSALS, step.data.refused_by.len().to_string());
    if let Some(lead) = lead_unit(step) {
        step.entrust(&lead);
    }
    put_to_meeting(step, &request, text)
}

/// Proposes an item of the agenda when the need was refused often enough, once for a need. What a
/// redirected referral was refused before it brings along; another that is open beside, of the
/// same plan, counts too.
fn put_to_meeting(
    step: &mut StepContext<'_, Referral>,
    request: &SendReferral,
    text: &Text,
) -> Result<(), Refusal> {
    let Some(case) = step.facts().case else { return Ok(()) };
    let others: Vec<&Beside> = step
        .beside(REFERRAL)
        .filter(|other| other.facts.is_open() && other.facts.id != case.id)
        .filter(|other| other.facts.incident == case.incident)
        .filter(|other| need_of(other) == Some(request.need))
        .collect();
    let of = |other: &Beside| -> usize {
        other.attributes.get(REFUSALS).and_then(|count| count.parse().ok()).unwrap_or(0)
    };
    let own = step.data.refused_by.len();
    let beside: usize = others.iter().map(|other| of(other)).sum();
    // The refusal that makes it enough is this one; later ones find it put before the meeting.
    let put = step.attribute_before(PUT_TO_MEETING).is_some()
        || own > TO_MEETING_AFTER
        || others.iter().any(|other| other.attributes.contains_key(PUT_TO_MEETING));
    if put || own.saturating_add(beside) < TO_MEETING_AFTER {
        return Ok(());
    }
    let refusing = others.into_iter().filter(|other| of(other) > 0);
    let cases = [case.id].into_iter().chain(refusing.clone().map(|other| other.facts.id));
    let units: BTreeSet<UnitId> =
        step.data.refused_by.iter().cloned().chain(refusing.filter_map(receiving_unit)).collect();
    let title = format!("一项帮扶需求三次被退回：{}", request.need.label().zh);
    let item = ProposeItem {
        title: Text::new(title).unwrap_or_else(|_| text.clone()),
        problem: text.clone(),
        asked_of: units.into_iter().collect(),
        source: AgendaSource::Member,
        cases: Some(cases.map(CaseRef::Case).collect()),
        reply_to: lead_unit(step).unwrap_or_else(|| request.to_unit.clone()),
        limit: None,
    };
    step.attribute(PUT_TO_MEETING, "yes");
    step.hand_off(NEED_REFUSED.id, &item)
}
