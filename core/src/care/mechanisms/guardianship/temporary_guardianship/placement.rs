//! Placement 安置: with whom the child lives while civil affairs is its guardian.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GuardianshipState, TemporaryGuardianship};
use crate::{
    care::{
        codes::PlacementKind,
        mechanisms::custody_ledger::{CustodyHolder, CustodyRecord, WRITERS, hand_over, sign},
        roles::{CIVIL_AFFAIRS_BUREAU, COUNTY, MINOR_PROTECTION_CENTER},
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, Person},
        label::Label,
        text::Text,
        time::{CivilDate, Timestamp},
    },
};

/// 安置: the child is placed with a carer, who has it from here on. Without a paper the hand-over is
/// valid at once and has to be signed later.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Which kind of placement.
    pub kind: PlacementKind,
    /// With whom.
    pub carer: Person,
    /// How to reach the carer.
    pub phone: Text,
    /// From which day on.
    pub from: CivilDate,
    /// The signed paper, where there is one already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_paper: Option<Attachment>,
}

impl Transition<TemporaryGuardianship> for Place {
    const NAME: &'static str = "place";
    const LABEL: Label = Label::new("安置", "place the child");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Approved]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Placed]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const OPENS: &'static [&'static str] = &["intake_check", "sign_transfer"];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第93条第1款");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        let at = instant_on(step, self.from)?;
        let mut carer = self.carer.clone();
        carer.phone.get_or_insert_with(|| self.phone.clone());
        step.data.reviewed_at = Some(at);
        settle(step, carer, self.kind, at, self.transfer_paper.as_ref())
    }
}

/// 变更安置: another carer has the child from here on. The stay goes on; its clock is not touched
/// (guard c).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePlacement {
    /// Which kind of placement.
    pub kind: PlacementKind,
    /// With whom.
    pub carer: Person,
    /// Why.
    pub reason: Text,
    /// What the child says, or why it could not be asked.
    pub child_view: Text,
    /// The signed paper, where there is one already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_paper: Option<Attachment>,
}

impl Transition<TemporaryGuardianship> for ChangePlacement {
    const NAME: &'static str = "change_placement";
    const LABEL: Label = Label::new("变更安置", "change the placement");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Placed]);
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const OPENS: &'static [&'static str] = &["sign_transfer"];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::practice("变更安置须听取儿童意见");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        let (at, paper) = (step.occurred_at(), self.transfer_paper.as_ref());
        settle(step, self.carer.clone(), self.kind, at, paper)
    }
}

/// 入住登记: the child is examined and registered where it lives now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordIntake {
    /// How the child is.
    pub health: Text,
    /// What the child brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub belongings: Option<Text>,
    /// Which school it goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<Text>,
}

impl Transition<TemporaryGuardianship> for RecordIntake {
    const NAME: &'static str = "record_intake";
    const LABEL: Label = Label::new("入住登记", "record the intake");
    const FROM: Source<GuardianshipState> = Source::AnyOpen;
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::seen("民政部令第84号");
}

/// 补签交接单: the paper of an oral hand-over.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignCustodyTransfer {
    /// The signed paper.
    pub document: Attachment,
}

impl Transition<TemporaryGuardianship> for SignCustodyTransfer {
    const NAME: &'static str = "sign_custody_transfer";
    const LABEL: Label = Label::new("补签交接单", "sign the hand-over");
    const FROM: Source<GuardianshipState> = Source::AnyOpen;
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("口头交接当场有效，事后补签");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        sign(step, &self.document);
        Ok(())
    }
}

/// Hands the child to a carer; without a paper it is owed.
fn settle(
    step: &mut StepContext<'_, TemporaryGuardianship>,
    carer: Person,
    kind: PlacementKind,
    at: Timestamp,
    paper: Option<&Attachment>,
) -> Result<(), Refusal> {
    let line = CustodyRecord {
        kind: Some(kind),
        written: paper.is_some(),
        document: paper.cloned(),
        ..CustodyRecord::to(CustodyHolder::Person(carer), at)
    };
    hand_over(step, line, kind.name())?;
    if paper.is_some() {
        step.hold_back("sign_transfer");
    }
    match kind {
        PlacementKind::MinorProtectionInstitution | PlacementKind::ChildWelfareInstitution => {
            step.attribute("institution", "true");
        }
        PlacementKind::Relative
        | PlacementKind::FosterFamily
        | PlacementKind::BoardingSchool
        | PlacementKind::Hospital => step.clear_attribute("institution"),
    }
    Ok(())
}

/// An instant of a day that a form names: that of the step if it was that day; else the day's
/// first, or, later that day, when the child was last handed over.
fn instant_on(
    step: &StepContext<'_, TemporaryGuardianship>,
    day: CivilDate,
) -> Result<Timestamp, Refusal> {
    let facts = step.facts();
    if day > facts.recorded_at.date() {
        let reason = format!("expected a day not after the recording, found `{day}`");
        return Err(Refusal::field("from", reason));
    }
    let last = step.data.last_line().map(|line| line.at).filter(|last| last.date() == day);
    Ok(match last {
        _ if facts.occurred_at.date() == day => facts.occurred_at,
        Some(last) => last,
        None => day.start(),
    })
}
