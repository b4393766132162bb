//! Taking the report in 接受报告: by the police, or by a department that settles it or passes it on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    MandatoryReport, ReportState,
    data::{DecidedBy, decide},
    guards::{OUTCOME_OF_ANOTHER_WAY, UNLAWFUL_SIGN, a_department_may},
};
use crate::{
    care::{
        codes::ReportOutcome,
        roles::{
            DEPT, FRONT, HOTLINE_OPERATOR, MINOR_PROTECTION_CENTER, POLICE, POLICE_STATION,
            REPORTER, TOWN_STATION,
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

/// 公安接受: the police take the report, register it and give a receipt.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiveByPolice {
    /// 受案回执: the receipt the police give for the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance_receipt: Option<Attachment>,
    /// When it was registered; the clocks of the review run from here.
    pub registered_at: Timestamp,
    /// Who took it there.
    pub officer: Person,
}

impl Transition<MandatoryReport> for ReceiveByPolice {
    const NAME: &'static str = "receive_by_police";
    const LABEL: Label = Label::new("公安接受", "the police receive the report");
    const FROM: Source<ReportState> = Source::In(&[ReportState::Reported]);
    const TO: Target<ReportState> = Target::To(&[ReportState::ReceivedByPolice]);
    const ACTED_BY: Roles = &[POLICE_STATION];
    const BY: Roles = &[REPORTER];
    const BASIS: LegalBasis = LegalBasis::seen(
        "《公安机关办理刑事案件程序规定》第169条至第171条；《关于建立侵害未成年人案件强制报告制度的意见（试行）》第8条",
    );

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("registered_at", self.registered_at)?;
        step.data.received_at = Some(self.registered_at);
        Ok(())
    }
}

/// 部门接受: a department takes the report.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiveByDepartment {
    /// When it happened.
    pub at: Timestamp,
    /// Who took it there.
    pub officer: Person,
}

impl Transition<MandatoryReport> for ReceiveByDepartment {
    const NAME: &'static str = "receive_by_department";
    const LABEL: Label = Label::new("部门接受", "a department receives the report");
    const FROM: Source<ReportState> = Source::In(&[ReportState::Reported]);
    const TO: Target<ReportState> = Target::To(&[ReportState::ReceivedByDepartment]);
    const ACTED_BY: Roles = &[DEPT, HOTLINE_OPERATOR];
    const BY: Roles = &[DEPT, MINOR_PROTECTION_CENTER, HOTLINE_OPERATOR];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第3款");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.received_at = Some(self.at);
        Ok(())
    }
}

/// 不属管辖: the organ says that it is another's matter, and whose. The report has to be made
/// again at once: the case is back at its discovery.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineNotOurs {
    /// Why it is not theirs.
    pub reason: Text,
    /// Whose it is.
    pub right_organ: Text,
}

impl Transition<MandatoryReport> for DeclineNotOurs {
    const NAME: &'static str = "decline_not_ours";
    const LABEL: Label = Label::new("不属管辖", "decline as another organ's matter");
    const FROM: Source<ReportState> = Source::In(&[
        ReportState::Reported,
        ReportState::ReceivedByDepartment,
        ReportState::ReceivedByPolice,
    ]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Discovered]);
    const ACTED_BY: Roles = &[POLICE, DEPT];
    const BY: Roles = &[FRONT, DEPT, TOWN_STATION];
    const BASIS: LegalBasis =
        LegalBasis::seen("《关于建立侵害未成年人案件强制报告制度的意见（试行）》第8条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.data.received_at = None;
        step.data.referred_by_organ = false;
        Ok(())
    }
}

/// 移交公安: a department passes the report on, at once when a sign of an unlawful act appears
/// (guard e). From here the clocks for an administrative organ's referral count.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PassToPolice {
    /// The facts that point to an unlawful act.
    pub facts: Text,
    /// The letter of referral.
    pub letter: Attachment,
}

impl Transition<MandatoryReport> for PassToPolice {
    const NAME: &'static str = "pass_to_police";
    const LABEL: Label = Label::new("移交公安", "pass the report to the police");
    const FROM: Source<ReportState> =
        Source::In(&[ReportState::ReceivedByDepartment, ReportState::HandledByDepartment]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Reported]);
    const ACTED_BY: Roles = &[DEPT];
    const BY: Roles = &[DEPT, MINOR_PROTECTION_CENTER];
    const BASIS: LegalBasis = LegalBasis::seen(
        "《关于建立侵害未成年人案件强制报告制度的意见（试行）》第8条；《公安机关办理刑事案件程序规定》第180条",
    );

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.data.reported_at = Some(step.occurred_at());
        step.data.received_at = None;
        step.data.referred_by_organ = true;
        Ok(())
    }
}

/// 部门处置: the department settles the matter itself, which it may only where nothing points to
/// an unlawful act.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandleInDepartment {
    /// What the examination found.
    pub finding: Text,
    /// That nothing points to an unlawful act.
    pub no_unlawful_sign: bool,
}

impl Transition<MandatoryReport> for HandleInDepartment {
    const NAME: &'static str = "handle_in_department";
    const LABEL: Label = Label::new("部门处置", "handle the report in the department");
    const FROM: Source<ReportState> = Source::In(&[ReportState::ReceivedByDepartment]);
    const TO: Target<ReportState> = Target::To(&[ReportState::HandledByDepartment]);
    const ACTED_BY: Roles = &[DEPT];
    const BY: Roles = &[DEPT, MINOR_PROTECTION_CENTER];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第3款");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand(self.no_unlawful_sign, &UNLAWFUL_SIGN)
    }
}

/// 部门处置结果: what the department did about it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartmentResult {
    /// How it ended.
    pub outcome: ReportOutcome,
    /// What was done.
    pub measures: Text,
}

impl Transition<MandatoryReport> for DepartmentResult {
    const NAME: &'static str = "department_result";
    const LABEL: Label = Label::new("部门处置结果", "record the department's result");
    const FROM: Source<ReportState> = Source::In(&[ReportState::HandledByDepartment]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Decided]);
    const ACTED_BY: Roles = &[DEPT];
    const BY: Roles = &[DEPT, MINOR_PROTECTION_CENTER];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第3款");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand(a_department_may(self.outcome), &OUTCOME_OF_ANOTHER_WAY)?;
        decide(step, DecidedBy::Department, Some(self.outcome));
        Ok(())
    }
}
