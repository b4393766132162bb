//! The danger is over 险情解除与办结.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    EMERGENCY_RESPONSE, EmergencyResponse, EmergencyState,
    data::EmergencyData,
    guards::{
        CARER_NOT_IN_LEDGER, MISSING_TWICE, THIRTY_DAYS, by_two, missing_times,
        twice_within_30_days,
    },
};
use crate::{
    care::{
        chain::{H14, H17},
        codes::{ReportChannel, ReportableSituation},
        mechanisms::{
            assessment::assessment_assistance::opening::OpenAssessment, custody_ledger::is_with,
            filled::filled, mandatory_report::discovery::RecordReportMade,
        },
        roles::{FRONT, MINOR_PROTECTION_CENTER, NEAR, POLICE_STATION, TOWN_STATION},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{CaseRef, Person},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 确认险情解除: the danger is over, and the child is with a named carer. A child who went missing
/// twice within thirty days is looked at by two persons (guard e).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmDangerCleared {
    /// Who looked.
    pub checked_by: Vec<Person>,
    /// Who cares for the child now.
    pub carer: Person,
    /// What the child says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_view: Option<Text>,
}

impl Transition<EmergencyResponse> for ConfirmDangerCleared {
    const NAME: &'static str = "confirm_danger_cleared";
    const LABEL: Label = Label::new("确认险情解除", "confirm that the danger is over");
    const FROM: Source<EmergencyState> =
        Source::In(&[EmergencyState::ResolvedOnSite, EmergencyState::InEmergencyCare]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::DangerCleared]);
    const ACTED_BY: Roles = &[POLICE_STATION, TOWN_STATION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[NEAR];
    const BESIDE: &'static [&'static str] = &[EMERGENCY_RESPONSE];
    const ENDED_BESIDE: &'static [&'static str] = &[EMERGENCY_RESPONSE];
    const BASIS: LegalBasis = LegalBasis::practice("确认险情解除");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        filled("checked_by", &self.checked_by)?;
        let missing = missing_times(step);
        let reviewed = !twice_within_30_days(&missing) || by_two(&self.checked_by);
        step.demand(reviewed, &MISSING_TWICE)?;
        let cared_for = step.state() != Some(EmergencyState::InEmergencyCare)
            || is_with(&step.data.custody, step.occurred_at(), &self.carer);
        step.demand(cared_for, &CARER_NOT_IN_LEDGER)
    }

    /// An earlier emergency did not end before the child was missing in it.
    fn looks_back(&self, data: &EmergencyData) -> Option<Timestamp> {
        data.missing.iter().min().map(|first| first.plus_millis(-THIRTY_DAYS))
    }
}

/// 补强制报告: what was found points to an unlawful act, and the report of it was made (H17).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportUnlawfulAct {
    /// What was found.
    pub facts: Text,
    /// When the report was made.
    pub reported_at: Timestamp,
    /// Through which channel.
    pub channel: ReportChannel,
    /// Who took the report there.
    pub receiver: Text,
    /// Which of the reportable situations it is.
    pub situations: Vec<ReportableSituation>,
}

impl Transition<EmergencyResponse> for ReportUnlawfulAct {
    const NAME: &'static str = "report_unlawful_act";
    const LABEL: Label = Label::new("补强制报告", "record the mandatory report");
    const FROM: Source<EmergencyState> = Source::AnyOpen;
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[FRONT, TOWN_STATION];
    const BY: Roles = &[FRONT, TOWN_STATION];
    const HANDOFFS: &'static [Handoff] = &[H17];
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第2款");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("reported_at", self.reported_at)?;
        filled("situations", &self.situations)?;
        let report = RecordReportMade {
            reported_at: self.reported_at,
            channel: self.channel,
            receiver: self.receiver.clone(),
            facts: self.facts.clone(),
            situations: self.situations.clone(),
            reporter: None,
        };
        step.hand_off(H17.id, &report)
    }
}

/// 办结: the child is with a named carer, every hand-over is signed, and assessment and assistance go on
/// (H14).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Who cares for the child now.
    pub carer_now: Person,
    /// The case of assessment, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<CaseRef>,
}

impl Transition<EmergencyResponse> for Close {
    const NAME: &'static str = "close";
    const LABEL: Label = Label::new("办结", "close the emergency");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::DangerCleared]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::Closed]);
    const ACTED_BY: Roles = &[TOWN_STATION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[NEAR];
    const HANDOFFS: &'static [Handoff] = &[H14];
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）第四部分第三项",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        let reason = step.data.danger.clone();
        let assessment = OpenAssessment::of(step.facts(), reason, &[])?;
        step.hand_off(H14.id, &assessment)
    }
}
