//! The work on a task, its result, and how it is verified.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ActionItem, ActionItemState, guards};
use crate::{
    care::{
        codes::ActionKind,
        roles::{CONVENER, JOINT_MEETING_OFFICE, MEMBER_LIAISON},
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition, UnitRule},
    terms::{evidence::Attachment, label::Label, text::Text},
};

/// 开始办理.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartWork {
    /// How it will be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Text>,
}

impl Transition<ActionItem> for StartWork {
    const NAME: &'static str = "start_work";
    const LABEL: Label = Label::new("开始办理", "start work");
    const FROM: Source<ActionItemState> = Source::In(&[ActionItemState::Acknowledged]);
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::InProgress]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON];
    const BY: Roles = &[MEMBER_LIAISON];
    const UNITS: UnitRule = guards::BY_THE_LEAD;
    const BASIS: LegalBasis = LegalBasis::practice("承办单位办理");
}

/// 报进展.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportProgress {
    /// How far it is.
    pub progress: Text,
}

impl Transition<ActionItem> for ReportProgress {
    const NAME: &'static str = "report_progress";
    const LABEL: Label = Label::new("报进展", "report progress");
    const FROM: Source<ActionItemState> = Source::In(&[ActionItemState::InProgress]);
    const TO: Target<ActionItemState> = Target::Same;
    const ACTED_BY: Roles = &[MEMBER_LIAISON];
    const BY: Roles = &[MEMBER_LIAISON];
    const UNITS: UnitRule = guards::BY_THE_LEAD;
    const BASIS: LegalBasis = LegalBasis::practice("承办单位报告进展");
}

/// 反馈结果.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportResult {
    /// What was done.
    pub result: Text,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<Attachment>>,
    /// The number of the document, or the version of the rules, that a study or policy ends with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_no: Option<Text>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Text>,
}

impl Transition<ActionItem> for ReportResult {
    const NAME: &'static str = "report_result";
    const LABEL: Label = Label::new("反馈结果", "report the result");
    const FROM: Source<ActionItemState> = Source::In(&[ActionItemState::InProgress]);
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::Reported]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON];
    const BY: Roles = &[MEMBER_LIAISON];
    const UNITS: UnitRule = guards::BY_THE_LEAD;
    const BASIS: LegalBasis = LegalBasis::practice("承办单位按期反馈");

    fn apply(&self, step: &mut StepContext<'_, ActionItem>) -> Result<(), Refusal> {
        let written = matches!(step.data.kind, Some(ActionKind::Study | ActionKind::Policy));
        step.demand(!written || self.document_no.is_some(), &guards::STUDY_ENDS_WITH_DOCUMENT)
    }
}

/// 核销: somebody else finds that it was done.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// What was looked at.
    pub note: Text,
}

impl Transition<ActionItem> for Verify {
    const NAME: &'static str = "verify";
    const LABEL: Label = Label::new("核销", "verify");
    const FROM: Source<ActionItemState> = Source::In(&[ActionItemState::Reported]);
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::VerifiedClosed]);
    const ACTED_BY: Roles = &[JOINT_MEETING_OFFICE, CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE, CONVENER];
    const UNITS: UnitRule = guards::BY_ANOTHER_UNIT;
    const FOUR_EYES: &'static [&'static str] = &["report_result"];
    const BASIS: LegalBasis = LegalBasis::practice("联席会议办公室核销；本单位承办的由召集人核销");
}

/// 退回: it was not done, or not well.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnResult {
    /// Why.
    pub reason: Text,
}

impl Transition<ActionItem> for ReturnResult {
    const NAME: &'static str = "return_result";
    const LABEL: Label = Label::new("退回", "return the result");
    const FROM: Source<ActionItemState> = Source::In(&[ActionItemState::Reported]);
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::Returned]);
    const ACTED_BY: Roles = &[JOINT_MEETING_OFFICE, CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE, CONVENER];
    const UNITS: UnitRule = guards::BY_ANOTHER_UNIT;
    const BASIS: LegalBasis = LegalBasis::practice("未办结或者不到位的，退回重办");
}

/// 重办.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rework {
    /// How it will be done now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Text>,
}

impl Transition<ActionItem> for Rework {
    const NAME: &'static str = "rework";
    const LABEL: Label = Label::new("重办", "do it again");
    const FROM: Source<ActionItemState> = Source::In(&[ActionItemState::Returned]);
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::InProgress]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON];
    const BY: Roles = &[MEMBER_LIAISON];
    const UNITS: UnitRule = guards::BY_THE_LEAD;
    const BASIS: LegalBasis = LegalBasis::practice("承办单位重办");
}
