//! Sending a referral, and taking it back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    NEED, RECEIVING_UNIT, REFERRAL, Referral, ReferralState, guards::ONE_PER_UNIT_AND_NEED,
    need_of, receiving_unit,
};
use crate::{
    care::{
        codes::PlanNeed,
        roles::{COUNTY, MINOR_PROTECTION_CENTER, TOWN, TOWN_STATION},
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{id::UnitId, label::Label, text::Text, time::CivilDate},
};

/// 转介: one need of the child is handed to one unit. What stands in this form is all that the unit
/// learns of the child (guard a).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendReferral {
    /// Which need.
    pub need: PlanNeed,
    /// The unit that is asked to meet it.
    pub to_unit: UnitId,
    /// What it is asked to do.
    pub what: Text,
    /// From when.
    pub from: CivilDate,
    /// Until when.
    pub until: CivilDate,
    /// Which facts about the child are shared with the unit, and no others.
    pub shared_fields: Vec<Text>,
    /// The units that refused this need before, one for each refusal. A redirected referral says
    /// so by itself; it is nothing about the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_by: Option<Vec<UnitId>>,
}

impl Transition<Referral> for SendReferral {
    const NAME: &'static str = "send_referral";
    const LABEL: Label = Label::new("转介", "send a referral");
    const FROM: Source<ReferralState> = Source::Opens;
    const TO: Target<ReferralState> = Target::To(&[ReferralState::Sent]);
    const ACTED_BY: Roles = &[TOWN_STATION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[TOWN, COUNTY];
    const BESIDE: &'static [&'static str] = &[REFERRAL];
    const BASIS: LegalBasis =
        LegalBasis::practice("转介单的格式沿用外地系统；《困境儿童个人信息保护工作办法》最小必要");

    fn apply(&self, step: &mut StepContext<'_, Referral>) -> Result<(), Refusal> {
        if self.until < self.from {
            let (from, found) = (self.from, self.until);
            let reason = format!("expected a day not before `{from}`, found `{found}`");
            return Err(Refusal::field("until", reason));
        }
        let same = step.beside(REFERRAL).filter(|other| other.facts.is_open()).any(|other| {
            need_of(other) == Some(self.need)
                && receiving_unit(other).as_ref() == Some(&self.to_unit)
        });
        step.demand(!same, &ONE_PER_UNIT_AND_NEED)?;
        step.data.request = Some(self.clone());
        step.data.refused_by = self.refused_by.clone().unwrap_or_default();
        step.attribute(NEED, self.need.name());
        step.attribute(RECEIVING_UNIT, self.to_unit.as_str());
        step.entrust(&self.to_unit);
        Ok(())
    }
}

/// 撤回: the need is met in another way, or is gone.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawReferral {
    /// Why.
    pub reason: Text,
}

impl Transition<Referral> for WithdrawReferral {
    const NAME: &'static str = "withdraw_referral";
    const LABEL: Label = Label::new("撤回", "withdraw the referral");
    const FROM: Source<ReferralState> =
        Source::In(&[ReferralState::Sent, ReferralState::Accepted, ReferralState::Serving]);
    const TO: Target<ReferralState> = Target::To(&[ReferralState::Withdrawn]);
    const ACTED_BY: Roles = &[TOWN_STATION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[TOWN, COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转介流程");
}
