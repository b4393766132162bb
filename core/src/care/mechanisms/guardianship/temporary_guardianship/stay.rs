//! The stay 照料期间: looked at regularly, in hospital, missing and found. None of it restarts the
//! clock of the stay, and none of it moves custody (guards c, e).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    GuardianshipState, STAY_NOTICE, TemporaryGuardianship,
    data::{ELEVEN_MONTHS, NINE_MONTHS},
    with_the_carer,
};
use crate::{
    care::{
        chain::H27,
        mechanisms::{
            custody_ledger::{CustodyRecord, WRITERS, hand_over},
            emergency_response::alarm::RaiseAlarm,
        },
        roles::{COUNTY, MEDICAL_INSTITUTION, MINOR_PROTECTION_CENTER, POLICE},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{actor::SYSTEM, facts::SubjectKind, label::Label, text::Text, time::Timestamp},
};

/// 研判去向: where the child is to go from here.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewStay {
    /// What was found.
    pub finding: Text,
    /// What comes next.
    pub next: Text,
}

impl Transition<TemporaryGuardianship> for ReviewStay {
    const NAME: &'static str = "review_stay";
    const LABEL: Label = Label::new("研判去向", "review where the child goes");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Placed]);
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("定期研判去向，间隔由县里确定");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        step.data.reviewed_at = step.data.reviewed_at.max(Some(step.occurred_at()));
        Ok(())
    }
}

/// 期限提示: nine, and then eleven months since the taking over are past. Time alone takes this step.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StayWarning {}

impl Transition<TemporaryGuardianship> for StayWarning {
    const NAME: &'static str = "stay_warning";
    const LABEL: Label = Label::new("期限提示", "notice of a long stay");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Placed]);
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[&[SYSTEM]];
    const BY: Roles = &[];
    const OPENS: &'static [&'static str] = &["decide_stay"];
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第15条",
    );

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        let now = step.occurred_at();
        let passed = step.facts().duties.iter().any(|wait| {
            wait.name == NINE_MONTHS && wait.is_open() && wait.due().is_some_and(|due| due < now)
        });
        // Both waits are ended by this step; each by a taking of its own, in their order.
        let (given, other) =
            if passed { (NINE_MONTHS, ELEVEN_MONTHS) } else { (ELEVEN_MONTHS, NINE_MONTHS) };
        step.leave_open(other);
        step.attribute(STAY_NOTICE, given);
        Ok(())
    }
}

/// 住院: the child is in hospital; whoever has custody keeps it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hospitalise {
    /// Which hospital.
    pub hospital: Text,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<TemporaryGuardianship> for Hospitalise {
    const NAME: &'static str = "hospitalise";
    const LABEL: Label = Label::new("住院", "take the child to hospital");
    const FROM: Source<GuardianshipState> =
        Source::In(&[GuardianshipState::Placed, GuardianshipState::AssessingReturn]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Hospitalised]);
    const ACTED_BY: Roles = &[MEDICAL_INSTITUTION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("住院期间照料责任不变");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)
    }
}

/// 住院情况: how the child is in hospital.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HospitalNote {
    /// How the child is.
    pub note: Text,
}

impl Transition<TemporaryGuardianship> for HospitalNote {
    const NAME: &'static str = "hospital_note";
    const LABEL: Label = Label::new("住院情况", "note from the hospital");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Hospitalised]);
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[MEDICAL_INSTITUTION];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("医院通报情况");
}

/// 出院: the child is back with its carer.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackFromHospital {
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<TemporaryGuardianship> for BackFromHospital {
    const NAME: &'static str = "back_from_hospital";
    const LABEL: Label = Label::new("出院", "back from hospital");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Hospitalised]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Placed]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("出院返回安置处");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        with_the_carer(step);
        Ok(())
    }
}

/// 走失、离开: the child is missing; an emergency is opened (H27). Whoever has custody keeps it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Abscond {
    /// When it happened.
    pub at: Timestamp,
    /// Where and with whom the child was last seen.
    pub last_seen: Text,
}

impl Transition<TemporaryGuardianship> for Abscond {
    const NAME: &'static str = "abscond";
    const LABEL: Label = Label::new("走失、离开", "the child is missing");
    const FROM: Source<GuardianshipState> =
        Source::In(&[GuardianshipState::Placed, GuardianshipState::Hospitalised]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Absconded]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const HANDOFFS: &'static [Handoff] = &[H27];
    const BASIS: LegalBasis = LegalBasis::practice("走失即启动应急处置");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        let subject = step.facts().subject;
        let alarm = RaiseAlarm {
            at: self.at,
            danger: missing(&self.last_seen),
            place: self.last_seen.clone(),
            child: (subject.kind == SubjectKind::Child).then_some(subject.id),
            description: None,
        };
        step.hand_off(H27.id, &alarm)
    }
}

/// What the danger is, in words of the alarm.
fn missing(last_seen: &Text) -> Text {
    Text::new(format!("临时监护期间走失，最后见到：{last_seen}"))
        .unwrap_or_else(|_| last_seen.clone())
}

/// 找回: the child is back with its carer. The ledger says so, for somebody else may have had the
/// child meanwhile.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// When it happened.
    pub at: Timestamp,
    /// In which condition.
    pub condition: Text,
    /// Why the child left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_left: Option<Text>,
}

impl Transition<TemporaryGuardianship> for Found {
    const NAME: &'static str = "found";
    const LABEL: Label = Label::new("找回", "the child is found");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Absconded]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Placed]);
    const ACTED_BY: Roles = &[POLICE, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::practice("找回后返回安置处");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        with_the_carer(step);
        let lines = step.data.custody.iter();
        let placed = lines.rev().find_map(|line| Some((line.to.clone(), line.kind?)));
        let Some((carer, kind)) = placed else { return step.demand_past("at", self.at) };
        hand_over(step, CustodyRecord::to(carer, self.at), kind.name())
    }
}
