//! From hand to hand 护送、交接、照料: who has the child, and what the hand-over obliges to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EmergencyResponse, EmergencyState, guardian_did_harm, guards::owes_case_statement};
use crate::{
    care::{
        codes::PlacementKind,
        mechanisms::custody_ledger::{
            AT_HOME, CustodyHolder, CustodyRecord, ON_THE_WAY, WRITERS, acting, hand_over, sign,
        },
        roles::{
            CIVIL_AFFAIRS_BUREAU, FOLLOW, MINOR_PROTECTION_CENTER, NEAR, POLICE, POLICE_STATION,
            RELATIVE, TEMPORARY_CARER, VILLAGE_COMMITTEE,
        },
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, Person},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// Hands the child to a carer.
fn place(
    step: &mut StepContext<'_, EmergencyResponse>,
    to: Person,
    kind: PlacementKind,
    at: Timestamp,
    written: bool,
) -> Result<(), Refusal> {
    let to = CustodyRecord::to(CustodyHolder::Person(to), at);
    hand_over(step, CustodyRecord { kind: Some(kind), written, ..to }, kind.name())?;
    step.data.removed_at = None;
    Ok(())
}

/// The child is taken along by whoever acts.
pub(super) fn take_along(
    step: &mut StepContext<'_, EmergencyResponse>,
    at: Timestamp,
) -> Result<(), Refusal> {
    let to = acting(step);
    hand_over(step, CustodyRecord::to(to, at), ON_THE_WAY)?;
    step.data.removed_at = Some(at);
    Ok(())
}

/// The child stays at home. Where it was taken along before, that custody ends with this line;
/// where it never was, there is no ledger to write.
pub(super) fn stay_home(
    step: &mut StepContext<'_, EmergencyResponse>,
    carer: CustodyHolder,
    at: Timestamp,
) -> Result<(), Refusal> {
    if step.data.custody.is_empty() {
        return Ok(());
    }
    hand_over(step, CustodyRecord::to(carer, at), AT_HOME)
}

/// 护送: the child is brought to a carer near by; the escorting organ has custody on the way
/// (guard a).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escort {
    /// Where to.
    pub destination: Text,
    /// To which kind of place.
    pub kind: PlacementKind,
}

impl Transition<EmergencyResponse> for Escort {
    const NAME: &'static str = "escort";
    const LABEL: Label = Label::new("护送", "escort the child");
    const FROM: Source<EmergencyState> =
        Source::In(&[EmergencyState::ChildRemoved, EmergencyState::MedicalFirst]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::Escorting]);
    const ACTED_BY: Roles = &[POLICE_STATION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[NEAR];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第11条",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        let (to, at) = (acting(step), step.occurred_at());
        hand_over(step, CustodyRecord::to(to, at), ON_THE_WAY)
    }
}

/// 接收方拒收: a carer does not take the child. The escorting organ keeps custody, and the next in
/// order is asked: another guardian, a relative, the village committee, the protection
/// institution (guard f).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiverRefuses {
    /// Who refused.
    pub who: Text,
    /// Why.
    pub reason: Text,
    /// Who is asked next.
    pub next: Text,
}

impl Transition<EmergencyResponse> for ReceiverRefuses {
    const NAME: &'static str = "receiver_refuses";
    const LABEL: Label = Label::new("接收方拒收", "the receiver refuses");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::Escorting]);
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[RELATIVE, VILLAGE_COMMITTEE, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("接收方拒收后落实下一接收方");
}

/// 交接: the child is handed to a carer. An oral hand-over is valid at once and has to be signed
/// later (guard b). The police's statement about the case is owed only where a guardian did the
/// harm and a protection institution takes the child in (guard c).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustodyTransfer {
    /// To whom.
    pub to: Person,
    /// Which kind of placement.
    pub kind: PlacementKind,
    /// When it happened.
    pub at: Timestamp,
    /// Whether it was put in writing then.
    pub written: bool,
    /// Whether a guardian did the harm.
    pub harm_by_guardian: bool,
}

impl Transition<EmergencyResponse> for CustodyTransfer {
    const NAME: &'static str = "custody_transfer";
    const LABEL: Label = Label::new("交接", "hand the child over");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::Escorting]);
    const TO: Target<EmergencyState> = Target::To(&[EmergencyState::InEmergencyCare]);
    const ACTED_BY: Roles = &[POLICE_STATION, TEMPORARY_CARER, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[NEAR];
    const OPENS: &'static [&'static str] =
        &["sign_transfer", "notify_rights", "intake", "case_statement"];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第11条",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        place(step, self.to.clone(), self.kind, self.at, self.written)?;
        if self.written {
            step.hold_back("sign_transfer");
        }
        if !owes_case_statement(self.harm_by_guardian, self.kind) {
            step.hold_back("case_statement");
        }
        if self.harm_by_guardian {
            guardian_did_harm(step);
        }
        Ok(())
    }
}

/// 补签交接单: the paper of an oral hand-over. The last open ones are signed with it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignCustodyTransfer {
    /// The signed paper.
    pub document: Attachment,
}

impl Transition<EmergencyResponse> for SignCustodyTransfer {
    const NAME: &'static str = "sign_custody_transfer";
    const LABEL: Label = Label::new("补签交接单", "sign the hand-over");
    const FROM: Source<EmergencyState> = Source::AnyOpen;
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[POLICE_STATION, TEMPORARY_CARER];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第11条",
    );

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        sign(step, &self.document);
        Ok(())
    }
}

/// 告知申请权利: whoever took the child in is told which applications may be made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyRights {
    /// Who was told.
    pub to: Person,
    /// The paper.
    pub document: Attachment,
}

impl Transition<EmergencyResponse> for NotifyRights {
    const NAME: &'static str = "notify_rights";
    const LABEL: Label = Label::new("告知申请权利", "tell of the right to apply");
    const FROM: Source<EmergencyState> = Source::AnyOpen;
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[POLICE_STATION];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第11条",
    );
}

/// 入住登记: the child is registered and examined on arrival.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordIntake {
    /// How the child is.
    pub health: Text,
    /// What the child brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub belongings: Option<Text>,
    /// A picture of the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<Attachment>,
}

impl Transition<EmergencyResponse> for RecordIntake {
    const NAME: &'static str = "record_intake";
    const LABEL: Label = Label::new("入住登记", "record the intake");
    const FROM: Source<EmergencyState> = Source::AnyOpen;
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER, TEMPORARY_CARER];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::seen("民政部令第84号");
}

/// 案件情况说明: the police say in writing how the case stands.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplyCaseStatement {
    /// The statement.
    pub document: Attachment,
}

impl Transition<EmergencyResponse> for SupplyCaseStatement {
    const NAME: &'static str = "supply_case_statement";
    const LABEL: Label = Label::new("案件情况说明", "supply the case statement");
    const FROM: Source<EmergencyState> = Source::AnyOpen;
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[POLICE];
    const BY: Roles = &[MINOR_PROTECTION_CENTER, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第13条",
    );
}

/// 研判: the daily look at how the child is and what comes next.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewCare {
    /// How the child is.
    pub note: Text,
    /// What comes next.
    pub next: Text,
}

impl Transition<EmergencyResponse> for ReviewCare {
    const NAME: &'static str = "review_care";
    const LABEL: Label = Label::new("研判", "review the care");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::InEmergencyCare]);
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[FOLLOW];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("每日研判");
}

/// 变更照料人: another carer takes the child over. It is a hand-over like the first: an oral one has to
/// be signed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCarer {
    /// To whom.
    pub to: Person,
    /// Which kind of placement.
    pub kind: PlacementKind,
    /// Whether it was put in writing then.
    pub written: bool,
    /// Why.
    pub reason: Text,
}

impl Transition<EmergencyResponse> for ChangeCarer {
    const NAME: &'static str = "change_carer";
    const LABEL: Label = Label::new("变更照料人", "change the carer");
    const FROM: Source<EmergencyState> = Source::In(&[EmergencyState::InEmergencyCare]);
    const TO: Target<EmergencyState> = Target::Same;
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[NEAR];
    const OPENS: &'static [&'static str] = &["sign_transfer"];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::practice("变更照料人");

    fn apply(&self, step: &mut StepContext<'_, EmergencyResponse>) -> Result<(), Refusal> {
        let at = step.occurred_at();
        place(step, self.to.clone(), self.kind, at, self.written)?;
        if self.written {
            step.hold_back("sign_transfer");
        }
        Ok(())
    }
}
