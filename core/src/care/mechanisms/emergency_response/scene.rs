//! On the scene 现场处置: settle it, order the parents back, or take the child along. A child is asked
//! once, with an adult beside, a girl by a woman (未成年人保护法 第110条至第112条; guard g).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    EmergencyResponse, EmergencyState,
    custody::{stay_home, take_along},
};
use crate::{
    care::{
        codes::GuardianMeasureKind,
        mechanisms::custody_ledger::{CustodyHolder, WRITERS, acting},
        roles::{
            ANY_REPORTER, ENTRUSTED_CARER, FRONT, NEAR, PARENT_GUARDIAN, POLICE_STATION,
            TOWN_STATION,
        },
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, Person},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 现场化解: the danger is stopped, and the child stays at home with a named carer.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveOnSite {
    /// What was stopped, and how.
    pub stopped: Text,
    /// What was imposed on the guardian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<GuardianMeasureKind>,
    /// Who cares for the child now.
    pub carer: Person,
    /// What the child says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_view: Option<Text>,
}

impl Transition<EmergencyResponse> for ResolveOnSite {
    const NAME: &'static str = "resolve_on_site";
    const LABEL: Label = Label::new("现场化解", "settle it on the spot");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::OnScene]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::ResolvedOnSite]);
    const ACTED_BY: Roles = &[POLICE_STATION, TOWN_STATION];
    const BY: Roles = &[NEAR];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::seen("反家庭暴力法 第15条、第16条");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        let at = step.occurred_at();
        stay_home(step, CustodyHolder::Person(self.carer.clone()), at)
    }
}

/// 责令返回: a child left alone; the parents are ordered to come back by a time (guard h).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderGuardianBack {
    /// What was ordered.
    pub order: Text,
    /// What they answered.
    pub answer: Text,
    /// By when.
    pub due: Timestamp,
}

impl Transition<EmergencyResponse> for OrderGuardianBack {
    const NAME: &'static str = "order_guardian_back";
    const LABEL: Label = Label::new("责令返回", "order the guardian back");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::OnScene]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::GuardianOrderedBack]);
    const ACTED_BY: Roles = &[POLICE_STATION];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.data.police_arrived = true;
        step.data.back_by = Some(self.due);
        Ok(())
    }
}

/// 监护人已返回: the guardian is back with the child, and somebody has seen it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianReturned {
    /// When it happened.
    pub at: Timestamp,
    /// Who saw it.
    pub seen_by: Person,
}

impl Transition<EmergencyResponse> for GuardianReturned {
    const NAME: &'static str = "guardian_returned";
    const LABEL: Label = Label::new("监护人已返回", "the guardian is back");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::GuardianOrderedBack]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::ResolvedOnSite]);
    const ACTED_BY: Roles = &[PARENT_GUARDIAN];
    const BY: Roles = &[NEAR];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        let back = acting(step);
        stay_home(step, back, self.at)
    }
}

/// 已落实委托照护: the parents have entrusted the child to a carer who was checked.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CarerArranged {
    /// The carer.
    pub carer: Person,
    /// Who checked.
    pub verified_by: Person,
    /// The paper of entrustment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Attachment>,
}

impl Transition<EmergencyResponse> for CarerArranged {
    const NAME: &'static str = "carer_arranged";
    const LABEL: Label = Label::new("已落实委托照护", "a carer is arranged");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::GuardianOrderedBack]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::ResolvedOnSite]);
    const ACTED_BY: Roles = &[PARENT_GUARDIAN, ENTRUSTED_CARER];
    const BY: Roles = &[NEAR];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第22条、第23条");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        let at = step.occurred_at();
        stay_home(step, CustodyHolder::Person(self.carer.clone()), at)
    }
}

/// 未返回、联系不上: nobody came. The child is taken along by those on the spot, who have custody
/// from now on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianNotBack {
    /// What was tried.
    pub tried: Text,
}

impl Transition<EmergencyResponse> for GuardianNotBack {
    const NAME: &'static str = "guardian_not_back";
    const LABEL: Label = Label::new("未返回、联系不上", "the guardian does not come");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::GuardianOrderedBack]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::ChildRemoved]);
    const ACTED_BY: Roles = &[POLICE_STATION, TOWN_STATION];
    const BY: Roles = &[NEAR];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        let at = step.occurred_at();
        take_along(step, at)
    }
}

/// 带离: the police take the child out of danger, and have custody from now on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveChild {
    /// On which ground.
    pub ground: Text,
    /// What the child says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_view: Option<Text>,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<EmergencyResponse> for RemoveChild {
    const NAME: &'static str = "remove_child";
    const LABEL: Label = Label::new("带离", "remove the child");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::OnScene]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::ChildRemoved]);
    const ACTED_BY: Roles = &[POLICE_STATION];
    const BY: Roles = &[NEAR];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第11条",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.data.police_arrived = true;
        take_along(step, self.at)
    }
}

/// 再次出险: the child is in danger again.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DangerAgain {
    /// What happened.
    pub facts: Text,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<EmergencyResponse> for DangerAgain {
    const NAME: &'static str = "danger_again";
    const LABEL: Label = Label::new("再次出险", "danger again");
    const FROM: Source<EmergencyState> =
        Source::In(&[EmergencyState::ResolvedOnSite, EmergencyState::DangerCleared]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::OnScene]);
    const ACTED_BY: Roles = &[ANY_REPORTER, POLICE_STATION];
    const BY: Roles = &[FRONT, TOWN_STATION];
    const BASIS: LegalBasis = LegalBasis::practice("再次出险");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}
