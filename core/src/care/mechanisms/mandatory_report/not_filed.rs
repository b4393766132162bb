//! After a decision not to file 不予立案: notice, reconsideration, oversight, new facts, or letting it
//! stand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    MandatoryReport, ReportState,
    data::{DecidedBy, Oversight, decide},
};
use crate::{
    care::{
        chain::H13,
        mechanisms::linked_data::RegisterProceeding,
        roles::{
            CIVIL_AFFAIRS_BUREAU, COMPLAINANT, COUNTY_POLICE, FOLLOW, FRONT,
            MINOR_PROTECTION_CENTER, PROCURATORATE, WOMENS_FEDERATION,
        },
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, Person},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 送达通知书: the notice is served on whoever complained.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServeNonFiling {
    /// Who was served.
    pub to: Person,
    /// When; the time to ask for reconsideration runs from here.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for ServeNonFiling {
    const NAME: &'static str = "serve_non_filing";
    const LABEL: Label = Label::new("送达通知书", "serve the notice of non-filing");
    const FROM: Source<ReportState> = Source::AnyOpen;
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第178条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.notice_at = Some(self.at);
        Ok(())
    }
}

/// 申请复议: the complainant asks the organ that decided to reconsider; after that was refused, the
/// organ above it to review 复核.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyReconsideration {
    /// The application.
    pub application: Attachment,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for ApplyReconsideration {
    const NAME: &'static str = "apply_reconsideration";
    const LABEL: Label = Label::new("申请复议", "ask for reconsideration");
    const FROM: Source<ReportState> = Source::In(&[ReportState::NotFiled]);
    const TO: Target<ReportState> = Target::To(&[ReportState::UnderReconsideration]);
    const ACTED_BY: Roles = &[COMPLAINANT];
    const BY: Roles = &[FOLLOW, WOMENS_FEDERATION];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第179条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}

/// 维持不予立案: the decision stands. After the first refusal a review 复核 may be asked for.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconsiderationUpheld {
    /// The decision.
    pub decision: Attachment,
    /// Which stage decided: 复议 or 复核.
    pub stage: Text,
}

impl Transition<MandatoryReport> for ReconsiderationUpheld {
    const NAME: &'static str = "reconsideration_upheld";
    const LABEL: Label = Label::new("维持不予立案", "uphold the decision not to file");
    const FROM: Source<ReportState> = Source::In(&[ReportState::UnderReconsideration]);
    const TO: Target<ReportState> = Target::To(&[ReportState::NotFiled]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第179条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.data.remedy = step.data.remedy.refused();
        step.data.upheld_at = Some(step.occurred_at());
        Ok(())
    }
}

/// 撤销不予立案: the decision is set aside, and the matter is under review again.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconsiderationGranted {
    /// The decision.
    pub decision: Attachment,
}

impl Transition<MandatoryReport> for ReconsiderationGranted {
    const NAME: &'static str = "reconsideration_granted";
    const LABEL: Label = Label::new("撤销不予立案", "set the decision aside");
    const FROM: Source<ReportState> = Source::In(&[ReportState::UnderReconsideration]);
    const TO: Target<ReportState> = Target::To(&[ReportState::UnderReview]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第179条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.data.review_anew(step.occurred_at());
        Ok(())
    }
}

/// 提请检察监督: the procuratorate is asked to oversee the decision. The police then explain
/// themselves to it; a second request while that is owed stands for its notice to file
/// 通知立案, and the longer clock for filing begins.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestOversight {
    /// The letter to the procuratorate.
    pub letter: Attachment,
}

impl Transition<MandatoryReport> for RequestOversight {
    const NAME: &'static str = "request_oversight";
    const LABEL: Label = Label::new("提请检察监督", "ask for procuratorial oversight");
    const FROM: Source<ReportState> = Source::In(&[ReportState::NotFiled]);
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[COMPLAINANT, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[MINOR_PROTECTION_CENTER, CIVIL_AFFAIRS_BUREAU];
    const OPENS: &'static [&'static str] = &["explain_or_file"];
    const HANDOFFS: &'static [Handoff] = &[H13];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第182条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        if step.data.oversight != Oversight::None {
            step.data.oversight = Oversight::Ordered;
            return Ok(());
        }
        step.data.oversight = Oversight::Asked;
        let proceeding = RegisterProceeding::of("procuratorial_oversight", step.facts());
        step.hand_off(H13.id, &proceeding)
    }
}

/// 通知立案后立案: the procuratorate gives notice to file, and the police file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderedToFile {
    /// 通知立案书: the procuratorate's notice to file.
    pub filing_order: Attachment,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for OrderedToFile {
    const NAME: &'static str = "ordered_to_file";
    const LABEL: Label = Label::new("通知立案后立案", "file after the procuratorate's notice");
    const FROM: Source<ReportState> = Source::In(&[ReportState::NotFiled]);
    const TO: Target<ReportState> = Target::To(&[ReportState::CriminalCase]);
    const ACTED_BY: Roles = &[PROCURATORATE, COUNTY_POLICE];
    const BY: Roles = &[MINOR_PROTECTION_CENTER, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第182条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.oversight = Oversight::None;
        Ok(())
    }
}

/// 监督终结: the procuratorate answers, and its oversight ends.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OversightEnds {
    /// What it answered.
    pub answer: Text,
}

impl Transition<MandatoryReport> for OversightEnds {
    const NAME: &'static str = "oversight_ends";
    const LABEL: Label = Label::new("监督终结", "end the oversight");
    const FROM: Source<ReportState> = Source::AnyOpen;
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[PROCURATORATE];
    const BY: Roles = &[MINOR_PROTECTION_CENTER, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第182条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.data.oversight = Oversight::None;
        Ok(())
    }
}

/// 新事实再报: new facts or evidence came up, and the police review again.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResubmitNewFacts {
    /// What is new.
    pub facts: Text,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for ResubmitNewFacts {
    const NAME: &'static str = "resubmit_new_facts";
    const LABEL: Label = Label::new("新事实再报", "report again with new facts");
    const FROM: Source<ReportState> = Source::In(&[ReportState::NotFiled]);
    const TO: Target<ReportState> = Target::To(&[ReportState::UnderReview]);
    const ACTED_BY: Roles = &[FRONT, COMPLAINANT];
    const BY: Roles = &[FRONT, MINOR_PROTECTION_CENTER];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第178条第3款");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.review_anew(self.at);
        Ok(())
    }
}

/// 接受不予立案: our side lets the decision stand, and says why the child is safe.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptNotFiled {
    /// Why no remedy is used.
    pub reason: Text,
    /// Why the child is safe all the same.
    pub child_safe_because: Text,
}

impl Transition<MandatoryReport> for AcceptNotFiled {
    const NAME: &'static str = "accept_not_filed";
    const LABEL: Label = Label::new("接受不予立案", "accept the decision not to file");
    const FROM: Source<ReportState> = Source::In(&[ReportState::NotFiled]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Decided]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[MINOR_PROTECTION_CENTER, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::practice("接受不予立案并说明儿童安全");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        // 不予立案 is a fact of its own and no outcome of the list (guard g).
        decide(step, DecidedBy::Department, None);
        Ok(())
    }
}
