//! A missing child 查找.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EmergencyResponse, EmergencyState, LAST_MISSING};
use crate::{
    care::{
        chain::H32,
        mechanisms::{
            custody_ledger::{CustodyEnd, end_custody},
            linked_data::OpenReview,
        },
        roles::{ANY_REPORTER, MEDICAL_INSTITUTION, NEAR, POLICE, TOWN_STATION},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::Attachment, label::Label, text::Text, time::Timestamp},
};

/// 启动快速查找: the child is missing. The police search and file at once.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartSearch {
    /// Since when.
    pub missing_since: Timestamp,
    /// Where and with whom the child was last seen.
    pub last_seen: Text,
    /// What the child looks like and wears.
    pub description: Text,
}

impl Transition<EmergencyResponse> for StartSearch {
    const NAME: &'static str = "start_search";
    const LABEL: Label = Label::new("启动快速查找", "start the search");
    const FROM: Source<EmergencyState> = Source::In(&[
        EmergencyState::EmergencyReceived,
        EmergencyState::Dispatched,
        EmergencyState::OnScene,
        EmergencyState::InEmergencyCare,
        EmergencyState::GuardianshipRequested,
    ]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::Searching]);
    const ACTED_BY: Roles = &[POLICE];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::seen(
        "《关于依法惩治拐卖妇女儿童犯罪的意见》第8条；《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）（待核实）",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("missing_since", self.missing_since)?;
        step.data.missing.push(self.missing_since);
        step.attribute(LAST_MISSING, self.missing_since.to_string());
        Ok(())
    }
}

/// 扩大查找: the search goes further.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WidenSearch {
    /// Where.
    pub area: Text,
    /// By which means.
    pub means: Text,
}

impl Transition<EmergencyResponse> for WidenSearch {
    const NAME: &'static str = "widen_search";
    const LABEL: Label = Label::new("扩大查找", "widen the search");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::Searching]);
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[POLICE, TOWN_STATION];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("扩大查找");
}

/// 找到（平安）: the child is found, unhurt.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundSafe {
    /// When it happened.
    pub at: Timestamp,
    /// Where.
    pub place: Text,
    /// In which condition.
    pub condition: Text,
}

impl Transition<EmergencyResponse> for FoundSafe {
    const NAME: &'static str = "found_safe";
    const LABEL: Label = Label::new("找到（平安）", "found safe");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::Searching]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::OnScene]);
    const ACTED_BY: Roles = &[POLICE, ANY_REPORTER];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("找到儿童");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}

/// 找到（受伤）: the child is found hurt, and goes to hospital.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundInjured {
    /// When it happened.
    pub at: Timestamp,
    /// Which hospital.
    pub hospital: Text,
}

impl Transition<EmergencyResponse> for FoundInjured {
    const NAME: &'static str = "found_injured";
    const LABEL: Label = Label::new("找到（受伤）", "found hurt");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::Searching]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::MedicalFirst]);
    const ACTED_BY: Roles = &[POLICE, ANY_REPORTER];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("找到儿童");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}

/// 找到（死亡）: the child is dead. A fact of life, no act: it ends the case whatever is still owed,
/// and opens a review of what was done before (H32).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundDead {
    /// When it was found out.
    pub at: Timestamp,
    /// The paper that says so.
    pub document: Attachment,
}

impl Transition<EmergencyResponse> for FoundDead {
    const NAME: &'static str = "found_dead";
    const LABEL: Label = Label::new("找到（死亡）", "found dead");
    const FROM: Source<EmergencyState> =
        Source::In(&[EmergencyState::Searching, EmergencyState::MedicalFirst]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::ClosedDeceased]);
    const ACTED_BY: Roles = &[POLICE, MEDICAL_INSTITUTION];
    const BY: Roles = &[NEAR];
    const HANDOFFS: &'static [Handoff] = &[H32];
    const LIFE_EVENT: bool = true;
    const BASIS: LegalBasis = LegalBasis::practice("儿童死亡");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        end_custody(step, CustodyEnd::Died, self.at);
        let what = step.data.danger.clone();
        let review = OpenReview::of(step.facts(), what, self.at);
        step.hand_off(H32.id, &review)
    }
}
