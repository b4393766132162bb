//! In hospital 送医.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EmergencyResponse, EmergencyState, custody::stay_home};
use crate::{
    care::{
        mechanisms::custody_ledger::{CustodyHolder, WRITERS},
        roles::{MEDICAL_INSTITUTION, NEAR, POLICE_STATION, TOWN_STATION},
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, Person},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 先行送医: whoever is hurt goes to hospital first; custody stays with whoever has it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendToHospital {
    /// Which hospital.
    pub hospital: Text,
    /// When it happened.
    pub at: Timestamp,
    /// Whether the injuries are to be appraised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injury_appraisal: Option<bool>,
}

impl Transition<EmergencyResponse> for SendToHospital {
    const NAME: &'static str = "send_to_hospital";
    const LABEL: Label = Label::new("先行送医", "send to hospital");
    const FROM: Source<EmergencyState> = Source::In(&[
        EmergencyState::OnScene,
        EmergencyState::ChildRemoved,
        EmergencyState::Escorting,
    ]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::MedicalFirst]);
    const ACTED_BY: Roles = &[POLICE_STATION, TOWN_STATION];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::seen(
        "反家庭暴力法 第15条；《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第12条（待核实）",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        // The way to a carer begins anew when the child leaves the hospital.
        step.data.removed_at = None;
        Ok(())
    }
}

/// 伤病情通报: the hospital tells how the child is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HospitalReport {
    /// What it says.
    pub report: Text,
    /// Its paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Attachment>,
}

impl Transition<EmergencyResponse> for HospitalReport {
    const NAME: &'static str = "hospital_report";
    const LABEL: Label = Label::new("伤病情通报", "the hospital reports");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::MedicalFirst]);
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[MEDICAL_INSTITUTION];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("医院通报伤病情");
}

/// 出院交监护人: the child leaves hospital with a guardian who is safe.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DischargeToGuardian {
    /// To whom.
    pub to: Person,
    /// Why the child is safe there.
    pub safe_because: Text,
}

impl Transition<EmergencyResponse> for DischargeToGuardian {
    const NAME: &'static str = "discharge_to_guardian";
    const LABEL: Label = Label::new("出院交监护人", "discharge to a guardian");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::MedicalFirst]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::ResolvedOnSite]);
    const ACTED_BY: Roles = &[MEDICAL_INSTITUTION, POLICE_STATION];
    const BY: Roles = &[NEAR];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::practice("出院交监护人并说明安全");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        let at = step.occurred_at();
        stay_home(step, CustodyHolder::Person(self.to.clone()), at)
    }
}
