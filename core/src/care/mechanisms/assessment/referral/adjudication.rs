//! What follows when the unit refuses. Whoever decides is another person than who refused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Referral, ReferralState, guards::NOT_THE_SAME_UNIT, sending::SendReferral};
use crate::{
    care::{
        chain::H23,
        roles::{
            CIVIL_AFFAIRS_BUREAU, CONVENER, COUNTY, JOINT_MEETING_OFFICE, MINOR_PROTECTION_CENTER,
            TOWN, TOWN_STATION,
        },
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{id::UnitId, label::Label, text::Text, time::CivilDate},
};

/// Who refused does not decide on it.
const REFUSING: &[&str] = &["refuse_referral", "cannot_start"];

/// 改转他单位: another unit is asked, in the same step (H23); this referral ends.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// Which unit.
    pub new_unit: UnitId,
    /// Until when it is asked to serve, if not as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<CivilDate>,
}

impl Transition<Referral> for Redirect {
    const NAME: &'static str = "redirect";
    const LABEL: Label = Label::new("改转他单位", "redirect to another unit");
    const FROM: Source<ReferralState> = Source::In(&[ReferralState::Refused]);
    const TO: Target<ReferralState> = Target::To(&[ReferralState::Withdrawn]);
    const ACTED_BY: Roles = &[TOWN_STATION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[TOWN, COUNTY];
    const HANDOFFS: &'static [Handoff] = &[H23];
    const FOUR_EYES: &'static [&'static str] = REFUSING;
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转介流程");

    fn apply(&self, step: &mut StepContext<'_, Referral>) -> Result<(), Refusal> {
        let Some(request) = step.data.request.clone() else { return Ok(()) };
        step.demand(self.new_unit != request.to_unit, &NOT_THE_SAME_UNIT)?;
        let today = step.occurred_at().date();
        let until = self.until.unwrap_or(request.until);
        if until < today {
            let reason = format!("expected a day not before the step, found `{until}`");
            return Err(Refusal::field("until", reason));
        }
        let to_unit = self.new_unit.clone();
        let from = request.from.max(today);
        let refused_by = Some(step.data.refused_by.clone());
        let anew = SendReferral { to_unit, from, until, refused_by, ..request };
        step.hand_off(H23.id, &anew)
    }
}

/// 裁定应当接收: the need is this unit's function, and it takes the referral.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MustAccept {
    /// By which law or function of the unit.
    pub law_or_function: Text,
    /// Why.
    pub reason: Text,
}

impl Transition<Referral> for MustAccept {
    const NAME: &'static str = "must_accept";
    const LABEL: Label = Label::new("裁定应当接收", "decide that it must accept");
    const FROM: Source<ReferralState> = Source::In(&[ReferralState::Refused]);
    const TO: Target<ReferralState> = Target::To(&[ReferralState::Accepted]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU, CONVENER];
    const BY: Roles = &[CIVIL_AFFAIRS_BUREAU, JOINT_MEETING_OFFICE];
    const FOUR_EYES: &'static [&'static str] = REFUSING;
    const BASIS: LegalBasis =
        LegalBasis::seen("未成年人保护法 第六章（各部门职责）；裁定程序由县里确定");

    fn apply(&self, step: &mut StepContext<'_, Referral>) -> Result<(), Refusal> {
        if let Some(request) = step.data.request.clone() {
            step.entrust(&request.to_unit);
        }
        Ok(())
    }
}

/// 同意退回: nobody is asked again, and the need stays unmet, with a reason (guard c). The lead unit
/// says so; no unit ends its own referral by refusing it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptRefusal {
    /// What the child still lacks.
    pub gap_remains: Text,
    /// Why the refusal is right.
    pub reason: Text,
}

impl Transition<Referral> for AcceptRefusal {
    const NAME: &'static str = "accept_refusal";
    const LABEL: Label = Label::new("同意退回", "accept the refusal");
    const FROM: Source<ReferralState> = Source::In(&[ReferralState::Refused]);
    const TO: Target<ReferralState> = Target::To(&[ReferralState::ClosedUnserved]);
    const ACTED_BY: Roles = &[TOWN_STATION, CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[TOWN, COUNTY];
    const FOUR_EYES: &'static [&'static str] = REFUSING;
    const BASIS: LegalBasis = LegalBasis::practice("未满足的需求须写明缺口和理由");
}
