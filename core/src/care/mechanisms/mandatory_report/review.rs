//! The police's review 受案、立案审查: who is competent, and whether there is a case.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    MandatoryReport, ReportState,
    data::{DecidedBy, Remedy, decide},
};
use crate::{
    care::{
        codes::ReportOutcome,
        mechanisms::filled::filled,
        roles::{COUNTY_POLICE, DEPT, FOLLOW, MINOR_PROTECTION_CENTER, POLICE, POLICE_STATION},
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::Attachment, label::Label, text::Text, time::Timestamp},
};

/// 移送管辖: the police hand the matter to the competent police organ and tell the reporter.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferJurisdiction {
    /// The notice of transfer.
    pub notice: Attachment,
    /// The organ that is competent.
    pub to_organ: Text,
    /// Whether the reporter was told.
    pub reporter_told: bool,
}

impl Transition<MandatoryReport> for TransferJurisdiction {
    const NAME: &'static str = "transfer_jurisdiction";
    const LABEL: Label = Label::new("移送管辖", "transfer to the competent organ");
    const FROM: Source<ReportState> = Source::In(&[ReportState::ReceivedByPolice]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Transferring]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第175条");
}

/// 接受移送: the competent organ takes the matter over; its own review starts with this receipt.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JurisdictionAccepted {
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for JurisdictionAccepted {
    const NAME: &'static str = "jurisdiction_accepted";
    const LABEL: Label = Label::new("接受移送", "accept the transfer");
    const FROM: Source<ReportState> = Source::In(&[ReportState::Transferring]);
    const TO: Target<ReportState> = Target::To(&[ReportState::UnderReview]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第175条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.received_at = Some(self.at);
        step.data.criminal_review = true;
        Ok(())
    }
}

/// 不接受移送: the other organ does not take it; it lies again where it was received.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JurisdictionRefused {
    /// Why it is not taken.
    pub reason: Text,
}

impl Transition<MandatoryReport> for JurisdictionRefused {
    const NAME: &'static str = "jurisdiction_refused";
    const LABEL: Label = Label::new("不接受移送", "refuse the transfer");
    const FROM: Source<ReportState> = Source::In(&[ReportState::Transferring]);
    const TO: Target<ReportState> = Target::To(&[ReportState::ReceivedByPolice]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::recalled("公安机关移送管辖的规定");
}

/// 开展审查: the police begin to review whether there is a case.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginReview {
    /// 受案登记: the register sheet of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_registration: Option<Attachment>,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for BeginReview {
    const NAME: &'static str = "begin_review";
    const LABEL: Label = Label::new("开展审查", "begin the review");
    const FROM: Source<ReportState> = Source::In(&[ReportState::ReceivedByPolice]);
    const TO: Target<ReportState> = Target::To(&[ReportState::UnderReview]);
    const ACTED_BY: Roles = &[POLICE_STATION];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第171条至第174条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}

/// 要求补充材料: the police say which material is missing. They may not refuse a referral because
/// of it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskSupplement {
    /// What is missing.
    pub missing: Text,
}

impl Transition<MandatoryReport> for AskSupplement {
    const NAME: &'static str = "ask_supplement";
    const LABEL: Label = Label::new("要求补充材料", "ask for missing material");
    const FROM: Source<ReportState> =
        Source::In(&[ReportState::ReceivedByPolice, ReportState::UnderReview]);
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[POLICE];
    const BY: Roles = &[DEPT, MINOR_PROTECTION_CENTER];
    const OPENS: &'static [&'static str] = &["supply_supplement"];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第180条");
}

/// 补充材料: the department supplies what was missing.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplySupplement {
    /// The material.
    pub files: Vec<Attachment>,
}

impl Transition<MandatoryReport> for SupplySupplement {
    const NAME: &'static str = "supply_supplement";
    const LABEL: Label = Label::new("补充材料", "supply the missing material");
    const FROM: Source<ReportState> = Source::AnyOpen;
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[DEPT];
    const BY: Roles = &[DEPT, MINOR_PROTECTION_CENTER];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第180条");

    fn apply(&self, _: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        filled("files", &self.files)
    }
}

/// 治安受案: the police accept it as a public security case.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptAdmin {
    /// The decision to accept.
    pub document: Attachment,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for AcceptAdmin {
    const NAME: &'static str = "accept_admin";
    const LABEL: Label = Label::new("治安受案", "accept as a public security case");
    const FROM: Source<ReportState> = Source::In(&[ReportState::UnderReview]);
    const TO: Target<ReportState> = Target::To(&[ReportState::AdminCase]);
    const ACTED_BY: Roles = &[POLICE_STATION];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis =
        LegalBasis::seen("《公安部关于改革完善受案立案制度的意见》（公通字〔2015〕32号）");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.admin_since = Some(self.at);
        Ok(())
    }
}

/// 刑事立案: the police open a criminal case.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileCriminal {
    /// 立案决定书: the decision to file.
    pub filing_decision: Attachment,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for FileCriminal {
    const NAME: &'static str = "file_criminal";
    const LABEL: Label = Label::new("刑事立案", "file a criminal case");
    const FROM: Source<ReportState> = Source::In(&[ReportState::UnderReview]);
    const TO: Target<ReportState> = Target::To(&[ReportState::CriminalCase]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第178条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}

/// 不予立案: the police decide not to open a criminal case. This is not 不予处罚, which is an outcome
/// of a public security case (guard g).
///
/// The notice is owed whether or not a complainant is known here: the form does not say who
/// complained. Where there is nobody to serve, the duty is excused with that reason.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideNotFile {
    /// 不予立案通知书: the notice of the decision.
    pub non_filing_notice: Attachment,
    /// When it happened.
    pub at: Timestamp,
    /// The reason it gives.
    pub reason: Text,
}

impl Transition<MandatoryReport> for DecideNotFile {
    const NAME: &'static str = "decide_not_file";
    const LABEL: Label = Label::new("不予立案", "decide not to file");
    const FROM: Source<ReportState> = Source::In(&[ReportState::UnderReview]);
    const TO: Target<ReportState> = Target::To(&[ReportState::NotFiled]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const OPENS: &'static [&'static str] = &["serve_non_filing"];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第178条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.non_filed_at = Some(self.at);
        step.data.notice_at = None;
        step.data.remedy = Remedy::Open;
        Ok(())
    }
}

/// 查否: the review shows that nothing of the kind happened.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindUnfounded {
    /// What the review found.
    pub finding: Text,
}

impl Transition<MandatoryReport> for FindUnfounded {
    const NAME: &'static str = "find_unfounded";
    const LABEL: Label = Label::new("查否", "find the report unfounded");
    const FROM: Source<ReportState> = Source::In(&[ReportState::UnderReview]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Decided]);
    const ACTED_BY: Roles = &[POLICE_STATION];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::practice("审查后查否");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        decide(step, DecidedBy::Police, Some(ReportOutcome::Unfounded));
        Ok(())
    }
}
