//! When nobody can take the child back 监护: temporary guardianship, and measures against a guardian
//! who did the harm.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    EmergencyResponse, EmergencyState, TAKEN_OVER_AT, guardian_did_harm,
    guards::{DECIDED_ELSEWHERE, NOT_TAKEN_OVER},
};
use crate::{
    care::{
        chain::{H15, H16},
        codes::TemporaryGuardianshipGround,
        mechanisms::{
            guardianship::temporary_guardianship::{TEMPORARY_GUARDIANSHIP, decision::Request},
            linked_data::ProposeMeasure,
        },
        roles::{
            CIVIL_AFFAIRS_BUREAU, COUNTY, MINOR_PROTECTION_CENTER, NEAR, POLICE, TOWN_STATION,
        },
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::CaseRef, label::Label, text::Text, time::Timestamp},
};

/// 提请临时监护: nobody can take the child back for now; civil affairs is asked to take over (H15). The
/// case of temporary guardianship brings the custody ledger along. Where one is open already, it is
/// told.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestTemporaryGuardianship {
    /// On which ground.
    pub ground: TemporaryGuardianshipGround,
}

impl Transition<EmergencyResponse> for RequestTemporaryGuardianship {
    const NAME: &'static str = "request_temporary_guardianship";
    const LABEL: Label = Label::new("提请临时监护", "ask for temporary guardianship");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::InEmergencyCare]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::GuardianshipRequested]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER, POLICE, TOWN_STATION];
    const BY: Roles = &[NEAR];
    const HANDOFFS: &'static [Handoff] = &[H15];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第92条");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        let request = Request {
            ground: Some(self.ground),
            facts: Request::facts_of(step.data.danger.as_ref())?,
            harm_by_guardian: step.data.harm_by_guardian,
            custody: step.data.custody.clone(),
        };
        step.hand_off(H15.id, &request)
    }
}

/// 民政已接管: civil affairs has taken over as temporary guardian. The decision in the other case is
/// told here by itself; recorded by hand it must name the same time. The carer keeps the child
/// until it is placed there.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianshipTakenOver {
    /// The case of temporary guardianship.
    pub case: CaseRef,
    /// When; guardianship is civil affairs' from here.
    pub at: Timestamp,
}

impl Transition<EmergencyResponse> for GuardianshipTakenOver {
    const NAME: &'static str = "guardianship_taken_over";
    const LABEL: Label = Label::new("民政已接管", "civil affairs took over");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::GuardianshipRequested]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::DangerCleared]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[COUNTY];
    const BESIDE: &'static [&'static str] = &[TEMPORARY_GUARDIANSHIP];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第92条");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        if !step.is_rehearsal() && !step.facts().by_chain {
            let mut open = step.beside(TEMPORARY_GUARDIANSHIP).filter(|case| case.facts.is_open());
            let taken = open.find_map(|case| Some((case, case.attributes.get(TAKEN_OVER_AT)?)));
            let Some((other, taken)) = taken else {
                return Err(Refusal::Guard { guard: &NOT_TAKEN_OVER });
            };
            if let CaseRef::Case(named) = self.case
                && named != other.facts.id
            {
                let (expected, found) = (other.facts.id, named);
                let reason = format!("expected the open case `{expected}`, found `{found}`");
                return Err(Refusal::field("case", reason));
            }
            if *taken != self.at.to_string() {
                let reason =
                    format!("expected the time of the decision `{taken}`, found `{}`", self.at);
                return Err(Refusal::field("at", reason));
            }
        }
        step.attribute(TAKEN_OVER_AT, self.at.to_string());
        Ok(())
    }
}

/// 不予临时监护: civil affairs does not take over, and says who cares for the child instead. The
/// decision in the other case is told here by itself.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianshipRefused {
    /// Why.
    pub reason: Text,
    /// Who cares for the child.
    pub who_cares: Text,
}

impl Transition<EmergencyResponse> for GuardianshipRefused {
    const NAME: &'static str = "guardianship_refused";
    const LABEL: Label = Label::new("不予临时监护", "temporary guardianship refused");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::GuardianshipRequested]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::InEmergencyCare]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[COUNTY];
    const BESIDE: &'static [&'static str] = &[TEMPORARY_GUARDIANSHIP];
    const BASIS: LegalBasis = LegalBasis::practice("不予临时监护须说明由谁照料");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        let open = step.open_beside(TEMPORARY_GUARDIANSHIP);
        step.demand(step.facts().by_chain || open.is_none(), &DECIDED_ELSEWHERE)
    }
}

/// 监护人侵害: a guardian did the harm, so measures against the guardian are prepared (H16).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianIsOffender {
    /// What the guardian did.
    pub facts: Text,
}

impl Transition<EmergencyResponse> for GuardianIsOffender {
    const NAME: &'static str = "guardian_is_offender";
    const LABEL: Label = Label::new("监护人侵害", "the guardian is the offender");
    const FROM: Source<EmergencyState> = Source::AnyOpen;
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[POLICE, CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[NEAR, CIVIL_AFFAIRS_BUREAU];
    const HANDOFFS: &'static [Handoff] = &[H16];
    const BASIS: LegalBasis = LegalBasis::seen(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第1条",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        guardian_did_harm(step);
        step.hand_off(H16.id, &ProposeMeasure { facts: self.facts.clone() })
    }
}
