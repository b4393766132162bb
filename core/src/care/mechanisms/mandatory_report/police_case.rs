//! The police's case 治安案件、刑事案件, to its outcome.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    MandatoryReport, ReportState,
    data::{DecidedBy, decide},
    guards::{OUTCOME_OF_ANOTHER_WAY, a_public_security_case_may},
};
use crate::{
    care::{
        chain::H12,
        codes::ReportOutcome,
        mechanisms::linked_data::RegisterProceeding,
        roles::{COUNTY_POLICE, FOLLOW, POLICE},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, Person},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 治安处理结果: how the public security case ended. 不予处罚 stands here.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdminOutcome {
    /// How it ended.
    pub outcome: ReportOutcome,
    /// The decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Attachment>,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for AdminOutcome {
    const NAME: &'static str = "admin_outcome";
    const LABEL: Label = Label::new("治安处理结果", "record the public security outcome");
    const FROM: Source<ReportState> = Source::In(&[ReportState::AdminCase]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Decided]);
    const ACTED_BY: Roles = &[POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::recalled("治安管理处罚法");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.demand(a_public_security_case_may(self.outcome), &OUTCOME_OF_ANOTHER_WAY)?;
        decide(step, DecidedBy::Police, Some(self.outcome));
        Ok(())
    }
}

/// 行转刑: the public security case becomes a criminal one.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertToCriminal {
    /// The decision.
    pub document: Attachment,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for ConvertToCriminal {
    const NAME: &'static str = "convert_to_criminal";
    const LABEL: Label = Label::new("行转刑", "convert to a criminal case");
    const FROM: Source<ReportState> = Source::In(&[ReportState::AdminCase]);
    const TO: Target<ReportState> = Target::To(&[ReportState::CriminalCase]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::recalled("治安案件转为刑事案件办理的规定");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}

/// 刑转行: the criminal case becomes a public security one, whose clock starts now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertToAdmin {
    /// The decision.
    pub document: Attachment,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for ConvertToAdmin {
    const NAME: &'static str = "convert_to_admin";
    const LABEL: Label = Label::new("刑转行", "convert to a public security case");
    const FROM: Source<ReportState> = Source::In(&[ReportState::CriminalCase]);
    const TO: Target<ReportState> = Target::To(&[ReportState::AdminCase]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::recalled("刑事案件转为治安案件办理的规定");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.admin_since = Some(self.at);
        Ok(())
    }
}

/// 撤案: the police withdraw the criminal case.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawCriminal {
    /// The decision.
    pub document: Attachment,
    /// Why.
    pub reason: Text,
}

impl Transition<MandatoryReport> for WithdrawCriminal {
    const NAME: &'static str = "withdraw_criminal";
    const LABEL: Label = Label::new("撤案", "withdraw the criminal case");
    const FROM: Source<ReportState> = Source::In(&[ReportState::CriminalCase]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Decided]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const OPENS: &'static [&'static str] = &["notify_withdrawal"];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第186条至第189条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        decide(step, DecidedBy::Police, Some(ReportOutcome::CaseWithdrawn));
        Ok(())
    }
}

/// 移送起诉: the police send the case to the procuratorate. What follows there is another
/// procedure's and never holds this one up (guard h).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendToProsecution {
    /// The letter of transfer.
    pub document: Attachment,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for SendToProsecution {
    const NAME: &'static str = "send_to_prosecution";
    const LABEL: Label = Label::new("移送起诉", "send to prosecution");
    const FROM: Source<ReportState> = Source::In(&[ReportState::CriminalCase]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Decided]);
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const HANDOFFS: &'static [Handoff] = &[H12];
    const BASIS: LegalBasis = LegalBasis::recalled("刑事诉讼法关于移送审查起诉的规定");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        decide(step, DecidedBy::Police, Some(ReportOutcome::SentToProsecution));
        let proceeding = RegisterProceeding::of("criminal_trial", step.facts());
        step.hand_off(H12.id, &proceeding)
    }
}

/// 告知撤案: the police tell those concerned that the case is withdrawn.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyWithdrawal {
    /// Who was told.
    pub to: Person,
    /// When.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for NotifyWithdrawal {
    const NAME: &'static str = "notify_withdrawal";
    const LABEL: Label = Label::new("告知撤案", "tell of the withdrawal");
    const FROM: Source<ReportState> = Source::AnyOpen;
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[COUNTY_POLICE];
    const BY: Roles = &[FOLLOW];
    const BASIS: LegalBasis = LegalBasis::seen("《公安机关办理刑事案件程序规定》第189条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}
