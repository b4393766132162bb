//! Whether the child can go home 送回评估与会商 (未成年人保护法 第93条第2款). Where a guardian did the harm a
//! conference decides; else the assessment is enough (guards a, b).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    GuardianshipState, TemporaryGuardianship,
    decision::harm,
    guards::{HARM_NEEDS_CONFERENCE, NO_HARM_NO_CONFERENCE, NOT_FIT_TO_RETURN, harm_is_known},
    with_the_carer,
};
use crate::{
    care::{
        chain::{H28, H43},
        codes::RevocationGround,
        mechanisms::{
            emergency_response::EMERGENCY_RESPONSE, filled::filled, linked_data::IdentifyRevocation,
        },
        roles::{CIVIL_AFFAIRS_BUREAU, COUNTY, MINOR_PROTECTION_CENTER, PROVIDER},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, Person},
        id::UnitId,
        label::Label,
        text::Text,
    },
};

const CONFERENCE: LegalBasis = LegalBasis::recalled(
    "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第19条、第20条",
);

/// 启动送回评估: it is looked at whether the conditions of a return are met again.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessGuardian {
    /// Who assesses.
    pub team: Vec<Person>,
    /// The guardian.
    pub guardian: Person,
}

impl Transition<TemporaryGuardianship> for AssessGuardian {
    const NAME: &'static str = "assess_guardian";
    const LABEL: Label = Label::new("启动送回评估", "assess the return");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Placed]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::AssessingReturn]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER, PROVIDER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::seen(
        "未成年人保护法 第93条第2款；监护侵害另见法发〔2014〕24号第18条（待核实）",
    );

    fn apply(&self, _: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        filled("team", &self.team)
    }
}

/// 召集会商: after a guardian's harm the organs concerned come together over the assessment.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallConference {
    /// The report of the assessment.
    pub report: Attachment,
    /// Who takes part.
    pub members: Vec<UnitId>,
    /// How the police's case stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_statement: Option<Attachment>,
}

impl Transition<TemporaryGuardianship> for CallConference {
    const NAME: &'static str = "call_conference";
    const LABEL: Label = Label::new("召集会商", "call the conference");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::AssessingReturn]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::InConference]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BESIDE: &'static [&'static str] = &[EMERGENCY_RESPONSE];
    const BASIS: LegalBasis = CONFERENCE;

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        filled("members", &self.members)?;
        step.demand(step.is_rehearsal() || harm_is_known(step), &NO_HARM_NO_CONFERENCE)?;
        // What only the emergency said so far, this case says from here on.
        harm(step, true);
        Ok(())
    }
}

/// 决定送回（非监护侵害）: the conditions are met again; the guardian is told to collect the child.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideReturn {
    /// The report of the assessment.
    pub report: Attachment,
    /// Whether the conditions are met again.
    pub conditions_met: bool,
    /// What the child says, or why it could not be asked.
    pub child_view: Text,
    /// The notice to the guardian.
    pub notice: Attachment,
}

impl Transition<TemporaryGuardianship> for DecideReturn {
    const NAME: &'static str = "decide_return";
    const LABEL: Label = Label::new("决定送回（非监护侵害）", "decide on the return (no harm)");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::AssessingReturn]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::ReturnNotified]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BESIDE: &'static [&'static str] = &[EMERGENCY_RESPONSE];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第93条第2款");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        step.demand(!harm_is_known(step), &HARM_NEEDS_CONFERENCE)?;
        step.demand(self.conditions_met, &NOT_FIT_TO_RETURN)
    }
}

/// 继续临时监护: the child stays.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideContinue {
    /// The report of the assessment.
    pub report: Attachment,
    /// Why.
    pub reason: Text,
}

impl Transition<TemporaryGuardianship> for DecideContinue {
    const NAME: &'static str = "decide_continue";
    const LABEL: Label = Label::new("继续临时监护", "go on with the guardianship");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::AssessingReturn]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Placed]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第93条第2款");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        stays(step);
        Ok(())
    }
}

/// 会商同意送回: the conference finds that the danger is over; the guardian is told to collect the
/// child.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcludeReturn {
    /// The minutes.
    pub minutes: Attachment,
    /// Whether the danger is over.
    pub danger_gone: bool,
    /// What the child says, or why it could not be asked.
    pub child_view: Text,
    /// The notice to the guardian.
    pub notice: Attachment,
    /// Who was told: the school, the village and whoever else watches over the child.
    pub told: Vec<UnitId>,
}

impl Transition<TemporaryGuardianship> for ConcludeReturn {
    const NAME: &'static str = "conclude_return";
    const LABEL: Label = Label::new("会商同意送回", "the conference agrees to the return");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::InConference]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::ReturnNotified]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = CONFERENCE;

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        filled("told", &self.told)?;
        step.demand(self.danger_gone, &NOT_FIT_TO_RETURN)
    }
}

/// 会商继续监护: the conference does not agree to the return.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcludeContinue {
    /// The minutes.
    pub minutes: Attachment,
    /// Why.
    pub reason: Text,
}

impl Transition<TemporaryGuardianship> for ConcludeContinue {
    const NAME: &'static str = "conclude_continue";
    const LABEL: Label = Label::new("会商继续监护", "the conference does not agree");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::InConference]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Placed]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = CONFERENCE;

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        stays(step);
        Ok(())
    }
}

/// 会商提起撤销: the conference finds a situation in which the guardian's right is to be revoked; that
/// goes its own way (H28), and the child stays.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcludeRevocation {
    /// The minutes.
    pub minutes: Attachment,
    /// On which ground.
    pub ground: RevocationGround,
}

impl Transition<TemporaryGuardianship> for ConcludeRevocation {
    const NAME: &'static str = "conclude_revocation";
    const LABEL: Label = Label::new("会商提起撤销", "the conference moves for revocation");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::InConference]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Placed]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER, CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[COUNTY];
    const HANDOFFS: &'static [Handoff] = &[H28];
    const BASIS: LegalBasis = LegalBasis::seen(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第35条；第19条（待核实）",
    );

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        stays(step);
        let facts = step.data.facts.clone();
        let report = Some(self.minutes.clone());
        step.hand_off(H28.id, &IdentifyRevocation { ground: self.ground, facts, report })
    }
}

/// 直接提起撤销: civil affairs applies for revocation, without a conference (H43).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRevocation {
    /// On which ground.
    pub ground: RevocationGround,
}

impl Transition<TemporaryGuardianship> for FileRevocation {
    const NAME: &'static str = "file_revocation";
    const LABEL: Label = Label::new("直接提起撤销", "apply for revocation");
    const FROM: Source<GuardianshipState> = Source::AnyOpen;
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[COUNTY];
    const HANDOFFS: &'static [Handoff] = &[H43];
    const BASIS: LegalBasis = LegalBasis::seen("民法典 第36条");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        let facts = step.data.facts.clone();
        step.hand_off(H43.id, &IdentifyRevocation { ground: self.ground, facts, report: None })
    }
}

/// The child stays, and where it goes was looked at just now.
fn stays(step: &mut StepContext<'_, TemporaryGuardianship>) {
    step.data.reviewed_at = step.data.reviewed_at.max(Some(step.occurred_at()));
    with_the_carer(step);
}
