//! Not home 交亲友、移送、长期监护: the other ends of a temporary guardianship.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    GuardianshipState, TemporaryGuardianship,
    guards::{NO_SEARCH_NOTICE, RIGHTS_NOT_TOLD, SEARCH_TOO_SHORT, searched_long_enough},
    with_the_carer,
};
use crate::{
    care::{
        codes::{LongTermGround, PlacementKind},
        mechanisms::custody_ledger::{
            AT_HOME, CustodyHolder, CustodyRecord, ELSEWHERE, WRITERS, hand_over,
        },
        roles::{CIVIL_AFFAIRS_BUREAU, COUNTY, COURT, MINOR_PROTECTION_CENTER, VILLAGE_COMMITTEE},
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        area::AreaCode,
        evidence::{Attachment, Person},
        id::UnitId,
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 交亲友照料: a relative or friend takes the child, confirmed by the village or the police. After a
/// guardian's harm they are told of the right to apply for revocation (guard a).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandToRelative {
    /// To whom.
    pub to: Person,
    /// Who confirmed that they can care for the child.
    pub confirmed_by: UnitId,
    /// What they, and the child, say to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Text>,
    /// The signed paper.
    pub transfer_paper: Attachment,
    /// Whether they were told of the right to apply.
    pub rights_told: bool,
}

impl Transition<TemporaryGuardianship> for HandToRelative {
    const NAME: &'static str = "hand_to_relative";
    const LABEL: Label = Label::new("交亲友照料", "hand to a relative or friend");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Placed]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::EndedToRelative]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis =
        LegalBasis::seen("未成年人保护法 第93条；监护侵害另见法发〔2014〕24号第17条（待核实）");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        step.demand(self.rights_told || !step.data.guardian_did_harm, &RIGHTS_NOT_TOLD)?;
        let (at, to) = (step.occurred_at(), CustodyHolder::Person(self.to.clone()));
        let line = CustodyRecord::signed(to, at, self.transfer_paper.clone());
        hand_over(step, line, PlacementKind::Relative.name())
    }
}

/// 联系移送户籍地: the county of the child's registration is asked to take the child. Until it
/// acknowledges, nothing changes here (guard f).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferTransfer {
    /// Which county.
    pub to_county: AreaCode,
    /// The file that was sent.
    pub file: Attachment,
}

impl Transition<TemporaryGuardianship> for OfferTransfer {
    const NAME: &'static str = "offer_transfer";
    const LABEL: Label = Label::new("联系移送户籍地", "offer the child to another county");
    const FROM: Source<GuardianshipState> =
        Source::In(&[GuardianshipState::Placed, GuardianshipState::ReturnNotified]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Transferring]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("联系户籍地接收");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        let here = step.facts().case.map(|case| case.realm.area());
        if here.is_some_and(|here| here.covers(&self.to_county)) {
            let found = &self.to_county;
            return Err(Refusal::field(
                "to_county",
                format!("expected another county, found `{found}`"),
            ));
        }
        Ok(())
    }
}

/// 户籍地接收: the other county has the child from here on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferAccepted {
    /// Which unit there.
    pub accepted_by: UnitId,
    /// The signed paper.
    pub transfer_paper: Attachment,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<TemporaryGuardianship> for TransferAccepted {
    const NAME: &'static str = "transfer_accepted";
    const LABEL: Label = Label::new("户籍地接收", "the other county takes the child");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Transferring]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::EndedTransferred]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[COUNTY];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::practice("户籍地接收");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        let to = CustodyHolder::Unit(self.accepted_by.clone());
        let line = CustodyRecord::signed(to, self.at, self.transfer_paper.clone());
        hand_over(step, line, ELSEWHERE)
    }
}

/// 户籍地不接收: the other county does not take the child; it stays here.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferRefused {
    /// Why.
    pub reason: Text,
}

impl Transition<TemporaryGuardianship> for TransferRefused {
    const NAME: &'static str = "transfer_refused";
    const LABEL: Label = Label::new("户籍地不接收", "the other county refuses");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Transferring]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Placed]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("户籍地不接收的继续照料");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        with_the_carer(step);
        Ok(())
    }
}

/// 转长期监护: civil affairs is guardian for good; the carer keeps the child. Parents count as not
/// found only after a search in public that lasted (guard h).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertLongTerm {
    /// On which ground.
    pub ground: LongTermGround,
    /// The decision.
    pub decision: Attachment,
}

impl Transition<TemporaryGuardianship> for ConvertLongTerm {
    const NAME: &'static str = "convert_long_term";
    const LABEL: Label = Label::new("转长期监护", "turn into long-term guardianship");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Placed]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::EndedLongTerm]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第94条");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        if self.ground == LongTermGround::ParentsNotFound {
            step.demand(step.data.search_published, &NO_SEARCH_NOTICE)?;
            step.demand(searched_long_enough(step), &SEARCH_TOO_SHORT)?;
        }
        Ok(())
    }
}

/// 已另定监护人: a court or the parties have settled who is guardian; the child goes to that person.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianAppointed {
    /// The judgment or agreement.
    pub document: Attachment,
    /// The guardian.
    pub guardian: Person,
    /// The signed paper.
    pub transfer_paper: Attachment,
}

impl Transition<TemporaryGuardianship> for GuardianAppointed {
    const NAME: &'static str = "guardian_appointed";
    const LABEL: Label = Label::new("已另定监护人", "another guardian is settled");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::Placed]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::EndedGuardianAppointed]);
    const ACTED_BY: Roles = &[COURT, VILLAGE_COMMITTEE, CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[COUNTY];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::seen("民法典 第31条、第36条");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        let (at, to) = (step.occurred_at(), CustodyHolder::Person(self.guardian.clone()));
        let line = CustodyRecord::signed(to, at, self.transfer_paper.clone());
        hand_over(step, line, AT_HOME)
    }
}
