//! The reply, the answer to a letter, and how they are judged.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, ListedOversight, OversightState, guards};
use crate::{
    care::roles::{
        CIVIL_AFFAIRS_BUREAU, CONVENER, COURT, GOVERNMENT_INSPECTION_OFFICE, JOINT_MEETING_OFFICE,
        MEMBER_LIAISON, POLICE, PROCURATORATE, TOWN_LEADER,
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition, UnitRule},
    terms::{evidence::Attachment, label::Label, text::Text},
};

/// 回复: the unit says what it did.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// What was done.
    pub result: Text,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<Attachment>>,
}

impl Transition<ListedOversight> for Reply {
    const NAME: &'static str = "reply";
    const LABEL: Label = Label::new("回复", "reply");
    const FROM: Source<OversightState> = Source::In(&[OversightState::Issued]);
    const TO: Target<OversightState> = Target::To(&[OversightState::Replied]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON, TOWN_LEADER];
    const BY: Roles = &[MEMBER_LIAISON, TOWN_LEADER];
    const UNITS: UnitRule = UnitRule::Entrusted(&guards::ONLY_THE_UNIT_REPLIES);
    const BASIS: LegalBasis = LegalBasis::practice("被督办单位按期回复");

    fn apply(&self, step: &mut StepContext<'_, ListedOversight>) -> Result<(), Refusal> {
        step.data.answer = Some(Answer::Reply);
        Ok(())
    }
}

/// 复函: the organ that was asked has answered.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordAnswer {
    /// Its letter.
    pub letter: Attachment,
}

impl Transition<ListedOversight> for RecordAnswer {
    const NAME: &'static str = "record_answer";
    const LABEL: Label = Label::new("复函", "record the answer");
    const FROM: Source<OversightState> = Source::In(&[OversightState::InquirySent]);
    const TO: Target<OversightState> = Target::To(&[OversightState::Replied]);
    const ACTED_BY: Roles = &[COURT, PROCURATORATE, POLICE];
    const BY: Roles = &[JOINT_MEETING_OFFICE, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::practice("登记复函");

    fn apply(&self, step: &mut StepContext<'_, ListedOversight>) -> Result<(), Refusal> {
        step.data.answer = Some(Answer::Letter);
        Ok(())
    }
}

/// 提请检察监督: the letter was of no avail, and the procuratorate is asked for its oversight.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskProcuratorate {
    /// The request.
    pub letter: Attachment,
}

impl Transition<ListedOversight> for AskProcuratorate {
    const NAME: &'static str = "ask_procuratorate";
    const LABEL: Label = Label::new("提请检察监督", "ask the procuratorate for oversight");
    const FROM: Source<OversightState> = Source::In(&[OversightState::InquirySent]);
    const TO: Target<OversightState> = Target::To(&[OversightState::Replied]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第105条");

    fn apply(&self, step: &mut StepContext<'_, ListedOversight>) -> Result<(), Refusal> {
        step.data.answer = Some(Answer::Procuratorate);
        Ok(())
    }
}

/// 退回: the reply does not convince, and the demand stands.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnReply {
    /// Why.
    pub reason: Text,
}

impl Transition<ListedOversight> for ReturnReply {
    const NAME: &'static str = "return_reply";
    const LABEL: Label = Label::new("退回", "return the reply");
    const FROM: Source<OversightState> = Source::In(&[OversightState::Replied]);
    const TO: Target<OversightState> = Target::To(&[OversightState::Issued]);
    const ACTED_BY: Roles = &[GOVERNMENT_INSPECTION_OFFICE, CONVENER];
    const BY: Roles = &[GOVERNMENT_INSPECTION_OFFICE, JOINT_MEETING_OFFICE, CONVENER];
    const UNITS: UnitRule = guards::BY_ANOTHER_UNIT;
    const BASIS: LegalBasis = LegalBasis::practice("回复不实或者不到位的，退回");

    fn apply(&self, step: &mut StepContext<'_, ListedOversight>) -> Result<(), Refusal> {
        let replied = step.data.answer == Some(Answer::Reply);
        step.demand(replied, &guards::LETTER_NOT_RETURNED)?;
        // The date of the notice is past or soon will be: the limit of a reply runs anew.
        step.data.due = None;
        step.data.answer = None;
        Ok(())
    }
}

/// 解除: the demand is met, or the inquiry has run its course.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Why.
    pub reason: Text,
}

impl Transition<ListedOversight> for Release {
    const NAME: &'static str = "release";
    const LABEL: Label = Label::new("解除", "release");
    const FROM: Source<OversightState> = Source::In(&[OversightState::Replied]);
    const TO: Target<OversightState> = Target::To(&[OversightState::Released]);
    const ACTED_BY: Roles = &[GOVERNMENT_INSPECTION_OFFICE, CONVENER];
    const BY: Roles = &[GOVERNMENT_INSPECTION_OFFICE, JOINT_MEETING_OFFICE, CONVENER];
    const UNITS: UnitRule = guards::BY_ANOTHER_UNIT;
    const BASIS: LegalBasis = LegalBasis::practice("办理到位的，解除督办");
}
