//! The alarm 接报: who goes out, and who is there first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EmergencyResponse, EmergencyState, guards::CHILD_NOT_SEEN};
use crate::{
    care::{
        codes::ResponderKind,
        roles::{
            ANY_REPORTER, CHILD_WELFARE_DIRECTOR, FRONT, HOTLINE_OPERATOR, MEDICAL_INSTITUTION,
            NEAR, POLICE_STATION, REPORTER, SCHOOL, TOWN, TOWN_STATION,
        },
    },
    procedure::{LegalBasis, Opening, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::Person, id::SubjectId, label::Label, text::Text, time::Timestamp},
};

/// 接报: a child is in danger now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RaiseAlarm {
    /// When the alarm came.
    pub at: Timestamp,
    /// What the danger is.
    pub danger: Text,
    /// Where.
    pub place: Text,
    /// The child, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<SubjectId>,
    /// Who the child is, as far as can be seen, when nobody knows the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
}

impl Transition<EmergencyResponse> for RaiseAlarm {
    const NAME: &'static str = "raise_alarm";
    const LABEL: Label = Label::new("接报", "raise the alarm");
    const FROM: Source<EmergencyState> = Source::Opens;
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::EmergencyReceived]);
    const ACTED_BY: Roles = &[ANY_REPORTER, FRONT, POLICE_STATION, HOTLINE_OPERATOR];
    const BY: Roles = &[REPORTER, HOTLINE_OPERATOR];
    const BASIS: LegalBasis = LegalBasis::seen(
        "反家庭暴力法 第15条；《关于做好因突发事件影响造成监护缺失未成年人救助保护工作的意见》（民发〔2021〕5号）",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.danger = Some(self.danger.clone());
        Ok(())
    }

    fn opening(&self) -> Opening {
        Opening { subject: self.child, ..Opening::default() }
    }
}

/// 出警、派员: somebody is on the way.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// Who goes out.
    pub responder: ResponderKind,
    /// When they set out; the time to reach the child runs from here.
    pub at: Timestamp,
}

impl Transition<EmergencyResponse> for Dispatch {
    const NAME: &'static str = "dispatch";
    const LABEL: Label = Label::new("出警、派员", "send somebody");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::EmergencyReceived]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::Dispatched]);
    const ACTED_BY: Roles = &[POLICE_STATION, TOWN_STATION];
    const BY: Roles = &[FRONT, TOWN_STATION];
    const BASIS: LegalBasis = LegalBasis::seen(
        "反家庭暴力法 第15条；《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第7条（待核实）",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.dispatched_at = Some(self.at);
        Ok(())
    }
}

/// 村镇学校先到场: whoever is nearest is with the child before the police. Guardians lost to a sudden
/// event need no police at all.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalFirstResponse {
    /// Who came.
    pub responder: ResponderKind,
    /// When they reached the child.
    pub at: Timestamp,
    /// What they found.
    pub found: Text,
}

impl Transition<EmergencyResponse> for LocalFirstResponse {
    const NAME: &'static str = "local_first_response";
    const LABEL: Label = Label::new("村镇学校先到场", "first response on the spot");
    const FROM: Source<EmergencyState> =
        Source::In(&[EmergencyState::EmergencyReceived, EmergencyState::Dispatched]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::OnScene]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR, TOWN_STATION, SCHOOL, MEDICAL_INSTITUTION];
    const BY: Roles = &[FRONT, TOWN_STATION];
    const BASIS: LegalBasis = LegalBasis::seen(
        "《关于做好因突发事件影响造成监护缺失未成年人救助保护工作的意见》（民发〔2021〕5号）；其他情形为工作做法",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}

/// 到场: the police are with the child.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrive {
    /// When it happened.
    pub at: Timestamp,
    /// Who came.
    pub officer: Person,
}

impl Transition<EmergencyResponse> for Arrive {
    const NAME: &'static str = "arrive";
    const LABEL: Label = Label::new("到场", "the police arrive");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::Dispatched]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::OnScene]);
    const ACTED_BY: Roles = &[POLICE_STATION];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::recalled("公安机关到场处置的规定");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.police_arrived = true;
        Ok(())
    }
}

/// 误报: nothing was the matter. Somebody has seen the child (guard d).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordFalseAlarm {
    /// What it was.
    pub note: Text,
    /// That the child was seen.
    pub child_seen: bool,
}

impl Transition<EmergencyResponse> for RecordFalseAlarm {
    const NAME: &'static str = "record_false_alarm";
    const LABEL: Label = Label::new("误报", "record a false alarm");
    const FROM: Source<EmergencyState> =
        Source::In(&[EmergencyState::OnScene, EmergencyState::EmergencyReceived]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::FalseAlarm]);
    const ACTED_BY: Roles = &[POLICE_STATION, TOWN_STATION];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("见到儿童本人后按误报办结");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand(self.child_seen, &CHILD_NOT_SEEN)
    }
}

/// 通报乡镇: the police tell the town, whatever else they do (guard h).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyTown {
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<EmergencyResponse> for NotifyTown {
    const NAME: &'static str = "notify_town";
    const LABEL: Label = Label::new("通报乡镇", "tell the town");
    const FROM: Source<EmergencyState> = Source::AnyOpen;
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[POLICE_STATION];
    const BY: Roles = &[TOWN];
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}
