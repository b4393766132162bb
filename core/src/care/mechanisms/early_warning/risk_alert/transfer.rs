//! Handing the alert of a child who moved to the place that takes it over. Until that place
//! acknowledges, the alert stays open here and visits go on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RiskAlert, RiskAlertState};
use crate::{
    care::roles::{CHILD_WELFARE_SUPERVISOR, CIVIL_AFFAIRS_BUREAU, TOWN},
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        area::AreaCode, evidence::Attachment, id::UnitId, label::Label, text::Text, time::Timestamp,
    },
};

/// 转出: the alert is sent to another place.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendTransferOut {
    /// Where the child lives now.
    pub to_area: AreaCode,
    /// Who is asked to take over.
    pub to_unit: UnitId,
    /// The file that was sent.
    pub file: Attachment,
    /// Why.
    pub reason: Text,
}

impl Transition<RiskAlert> for SendTransferOut {
    const NAME: &'static str = "send_transfer_out";
    const LABEL: Label = Label::new("转出", "send the alert elsewhere");
    const FROM: Source<RiskAlertState> = Source::In(&[
        RiskAlertState::Verifying,
        RiskAlertState::Monitoring,
        RiskAlertState::Regrading,
    ]);
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::TransferringOut]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR];
    const BY: Roles = &[TOWN];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转出流程");
}

/// 对方已接收: the other place takes over.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferAccepted {
    /// Which unit.
    pub accepted_by: UnitId,
    /// Who there.
    pub person: Text,
    /// When.
    pub at: Timestamp,
}

impl Transition<RiskAlert> for TransferAccepted {
    const NAME: &'static str = "transfer_accepted";
    const LABEL: Label = Label::new("对方已接收", "record that it was received");
    const FROM: Source<RiskAlertState> = Source::In(&[RiskAlertState::TransferringOut]);
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::TransferredOut]);
    const ACTED_BY: Roles = &[TOWN];
    const BY: Roles = &[TOWN, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转出流程");

    fn apply(&self, step: &mut StepContext<'_, RiskAlert>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}

/// 对方退回: the other place does not take over, and the watching goes on here.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferRefused {
    /// Why.
    pub reason: Text,
}

impl Transition<RiskAlert> for TransferRefused {
    const NAME: &'static str = "transfer_refused";
    const LABEL: Label = Label::new("对方退回", "record that it was sent back");
    const FROM: Source<RiskAlertState> = Source::In(&[RiskAlertState::TransferringOut]);
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::Monitoring]);
    const ACTED_BY: Roles = &[TOWN];
    const BY: Roles = &[TOWN, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转出流程");
}
