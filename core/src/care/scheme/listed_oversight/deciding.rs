//! What is done with a proposal: signed as a demand, sent as a letter of inquiry, or declined.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    LOOKED_AT, ListedOversight, OversightData, OversightState, guards, may_be_demanded,
    may_be_inquired,
};
use crate::{
    care::{
        chain::H40,
        codes::AgendaSource,
        mechanisms::joint_meeting::agenda_item::ProposeItem,
        roles::{CONVENER, COUNTY_LEADER, GOVERNMENT_INSPECTION_OFFICE, JOINT_MEETING_OFFICE},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, CaseRef, Person},
        id::{CaseId, UnitId},
        label::Label,
        text::Text,
        time::CivilDate,
    },
};

/// 签批督办: a person signs, and only then does anything go out.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOversight {
    /// The notice. It names no child (guard d).
    pub notice: Attachment,
    /// Who signed it.
    pub signed_by: Person,
    /// By when the unit is to reply.
    pub due: CivilDate,
    /// Whether it is put on the public list 挂牌.
    pub listed: bool,
}

impl Transition<ListedOversight> for SignOversight {
    const NAME: &'static str = "sign_oversight";
    const LABEL: Label = Label::new("签批督办", "sign the demand");
    const FROM: Source<OversightState> = Source::In(&[OversightState::Proposed]);
    const TO: Target<OversightState> = Target::To(&[OversightState::Issued]);
    const ACTED_BY: Roles = &[COUNTY_LEADER, CONVENER];
    const BY: Roles = &[GOVERNMENT_INSPECTION_OFFICE, CONVENER];
    const NAMES: &'static [&'static str] = LOOKED_AT;
    const BASIS: LegalBasis =
        LegalBasis::practice("督办由人签批，以县政府督查室或者联席会议名义发出");

    fn apply(&self, step: &mut StepContext<'_, ListedOversight>) -> Result<(), Refusal> {
        let may = step.is_rehearsal() || may_be_demanded(step);
        step.demand(may, &guards::JUDICIAL_ORGAN_NOT_DEMANDED)?;
        let today = step.occurred_at().date();
        if self.due < today {
            let reason = format!("expected a day not before the signing, found `{}`", self.due);
            return Err(Refusal::field("due", reason));
        }
        step.data.due = Some(self.due);
        if let Some(unit) = step.data.unit.clone() {
            step.entrust(&unit);
        }
        // The signature says in whose name it goes out, whatever the rules said before.
        step.data.issuing = Some(step.facts().rules.oversight_body().clone());
        // Only a signature puts a unit on the list (guard b).
        step.attribute("listed", if self.listed { "yes" } else { "no" });
        Ok(())
    }

    fn looks_at(&self, data: &OversightData) -> Vec<CaseId> {
        data.case.into_iter().collect()
    }
}

/// 函询: a letter asks a judicial organ, or the police, how the matter stands.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendInquiry {
    /// The letter.
    pub letter: Attachment,
    /// To which unit: the one that owes it.
    pub to: UnitId,
}

impl Transition<ListedOversight> for SendInquiry {
    const NAME: &'static str = "send_inquiry";
    const LABEL: Label = Label::new("函询", "send a letter of inquiry");
    const FROM: Source<OversightState> = Source::In(&[OversightState::Proposed]);
    const TO: Target<OversightState> = Target::To(&[OversightState::InquirySent]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE, CONVENER];
    const BASIS: LegalBasis = LegalBasis::practice("对司法机关只函询、提请检察监督，不督办");

    fn apply(&self, step: &mut StepContext<'_, ListedOversight>) -> Result<(), Refusal> {
        step.demand(may_be_inquired(step), &guards::INQUIRY_FOR_JUDICIAL_ORGANS)?;
        // It answers outside; entrusting says who does not judge the answer.
        step.entrust(&self.to);
        match &step.data.unit {
            Some(unit) if *unit != self.to => {
                let reason = format!("expected `{unit}`, which owes it, found `{}`", self.to);
                Err(Refusal::field("to", reason))
            }
            _ => Ok(()),
        }
    }
}

/// 不予督办: no demand is made; the matter goes to the joint meeting's agenda as a proposal.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// Why.
    pub reason: Text,
}

impl Transition<ListedOversight> for Decline {
    const NAME: &'static str = "decline";
    const LABEL: Label = Label::new("不予督办", "decline");
    const FROM: Source<OversightState> = Source::In(&[OversightState::Proposed]);
    const TO: Target<OversightState> = Target::To(&[OversightState::Declined]);
    const ACTED_BY: Roles = &[COUNTY_LEADER, CONVENER];
    const BY: Roles = &[GOVERNMENT_INSPECTION_OFFICE, CONVENER, JOINT_MEETING_OFFICE];
    const NAMES: &'static [&'static str] = LOOKED_AT;
    const HANDOFFS: &'static [Handoff] = &[H40];
    const BASIS: LegalBasis = LegalBasis::practice("不予督办的，提请联席会议研究");

    fn apply(&self, step: &mut StepContext<'_, ListedOversight>) -> Result<(), Refusal> {
        let facts = step.facts();
        // The unit that proposed the oversight is told what becomes of the item; what the ladder
        // proposed has none, and whoever declines is told.
        let opened_by = facts.case.and_then(|case| case.opened_by.clone());
        let (Some(unit), Some(reply_to), Some(obligation)) = (
            step.data.unit.clone(),
            opened_by.or_else(|| facts.actor.unit.clone()),
            step.data.obligation.clone(),
        ) else {
            return Ok(());
        };
        let item = ProposeItem {
            title: obligation,
            problem: self.reason.clone(),
            asked_of: vec![unit],
            source: AgendaSource::Escalation,
            cases: step.data.case.map(|case| vec![CaseRef::Case(case)]),
            reply_to,
            limit: step.data.limit.clone(),
        };
        step.hand_off(H40.id, &item)
    }

    fn looks_at(&self, data: &OversightData) -> Vec<CaseId> {
        data.case.into_iter().collect()
    }
}
