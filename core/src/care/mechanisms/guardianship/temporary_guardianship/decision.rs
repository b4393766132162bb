//! Request and decision 提请与决定.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    GuardianshipData, GuardianshipState, STAY_NOTICE, TEMPORARY_GUARDIANSHIP,
    TemporaryGuardianship, guards::ONE_GUARDIANSHIP,
};
use crate::{
    care::{
        chain::{NOT_TAKEN_OVER, TAKEN_OVER},
        codes::TemporaryGuardianshipGround,
        mechanisms::{
            custody_ledger::{CARER_NOW, CustodyRecord},
            emergency_response::{
                GUARDIAN_DID_HARM, TAKEN_OVER_AT,
                guardianship::{GuardianshipRefused, GuardianshipTakenOver},
            },
        },
        roles::{
            CIVIL_AFFAIRS_BUREAU, COUNTY, MINOR_PROTECTION_CENTER, POLICE, TOWN, TOWN_STATION,
        },
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, CaseRef, Person},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 提请: civil affairs is asked to take over guardianship for a time.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// On which ground. Only a report that asks by itself names none; the decision does in every
    /// case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<TemporaryGuardianshipGround>,
    /// The facts.
    pub facts: Text,
    /// Whether a guardian did the harm.
    pub harm_by_guardian: bool,
    /// Who has had the child until now, where an emergency kept a custody ledger.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custody: Vec<CustodyRecord>,
}

impl Request {
    /// The facts of a case that asks for guardianship.
    ///
    /// # Errors
    /// [`Refusal::Field`] when it knows none.
    pub fn facts_of(facts: Option<&Text>) -> Result<Text, Refusal> {
        facts.cloned().ok_or_else(|| Refusal::field("facts", "expected the facts, found none"))
    }
}

impl Transition<TemporaryGuardianship> for Request {
    const NAME: &'static str = "request";
    const LABEL: Label = Label::new("提请", "ask for temporary guardianship");
    const FROM: Source<GuardianshipState> = Source::Opens;
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Requested]);
    const ACTED_BY: Roles = &[POLICE, TOWN_STATION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[TOWN, COUNTY];
    const BESIDE: &'static [&'static str] = &[TEMPORARY_GUARDIANSHIP];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第92条");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        step.demand(step.open_beside(TEMPORARY_GUARDIANSHIP).is_none(), &ONE_GUARDIANSHIP)?;
        if self.ground.is_none() && !step.facts().by_chain {
            return Err(Refusal::field("ground", "expected the ground, found none"));
        }
        let in_order = self.custody.is_sorted_by_key(|line| line.at);
        if !in_order {
            return Err(Refusal::field("custody", "expected lines in the order of time"));
        }
        if let Some(last) = self.custody.last() {
            step.demand_past("custody", last.at)?;
            if let Some(kind) = last.kind {
                step.attribute(CARER_NOW, kind.name());
            }
        }
        step.data.facts = Some(self.facts.clone());
        step.data.brought.clone_from(&self.custody);
        if let Some(ground) = self.ground {
            on_ground(step, ground);
        }
        harm(step, self.harm_by_guardian);
        Ok(())
    }
}

/// 决定临时监护: civil affairs takes over. The clock of the whole stay begins here (guard c); whoever
/// has the child keeps it until it is placed (guard e).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// On which ground.
    pub ground: TemporaryGuardianshipGround,
    /// When civil affairs took over; the time of the stay runs from here.
    pub taken_over_at: Timestamp,
    /// The decision.
    pub decision: Attachment,
    /// Whether a guardian did the harm, where more is known now than when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harm_by_guardian: Option<bool>,
}

impl Transition<TemporaryGuardianship> for Approve {
    const NAME: &'static str = "approve";
    const LABEL: Label = Label::new("决定临时监护", "take over guardianship");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Requested]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Approved]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const HANDOFFS: &'static [Handoff] = &[TAKEN_OVER];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第92条");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        on_ground(step, self.ground);
        if let Some(did_harm) = self.harm_by_guardian {
            harm(step, did_harm);
        }
        take_over(step, self.taken_over_at)
    }
}

/// 不予: civil affairs does not take over, and says who cares for the child instead (guard i).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refuse {
    /// Why.
    pub reason: Text,
    /// Who cares for the child.
    pub who_cares: Person,
    /// Where whoever asked was told to go next.
    pub remedies_told: Text,
}

impl Transition<TemporaryGuardianship> for Refuse {
    const NAME: &'static str = "refuse";
    const LABEL: Label = Label::new("不予", "do not take over");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Requested]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Refused]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const HANDOFFS: &'static [Handoff] = &[NOT_TAKEN_OVER];
    const BASIS: LegalBasis = LegalBasis::practice("不予临时监护须说明由谁照料并告知救济途径");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        let refused = GuardianshipRefused {
            reason: self.reason.clone(),
            who_cares: self.who_cares.name.clone(),
        };
        step.hand_off(NOT_TAKEN_OVER.id, &refused)
    }
}

/// Guardianship is civil affairs' from `at`: the clock of the stay begins, and the emergency that
/// waits for it is told.
pub(super) fn take_over(
    step: &mut StepContext<'_, TemporaryGuardianship>,
    at: Timestamp,
) -> Result<(), Refusal> {
    step.demand_past("taken_over_at", at)?;
    step.data.taken_over_at = Some(at);
    step.attribute(TAKEN_OVER_AT, at.to_string());
    step.clear_attribute(STAY_NOTICE);
    let Some(case) = step.facts().case else { return Ok(()) };
    let taken = GuardianshipTakenOver { case: CaseRef::Case(case.id), at };
    step.hand_off(TAKEN_OVER.id, &taken)
}

fn on_ground(
    step: &mut StepContext<'_, TemporaryGuardianship>,
    ground: TemporaryGuardianshipGround,
) {
    step.data.ground = Some(ground);
    step.attribute("ground", ground.name());
}

/// Whether a guardian did the harm: what is owed, and who decides, depends on it.
pub(super) fn harm(step: &mut StepContext<'_, TemporaryGuardianship>, did_harm: bool) {
    step.data.guardian_did_harm = did_harm;
    if did_harm {
        step.attribute(GUARDIAN_DID_HARM, "true");
    } else {
        step.clear_attribute(GUARDIAN_DID_HARM);
    }
}

impl GuardianshipData {
    /// Forgets what belongs to the stay before, after a relapse.
    pub(super) fn begin_anew(&mut self) {
        self.reviewed_at = None;
        self.returned_at = None;
        self.visits = crate::care::register::visit_log::VisitLog::default();
    }
}
