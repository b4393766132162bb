//! The proposal 提出议题, and how it is taken back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AgendaItem, AgendaItemData, AgendaItemState, RED_ALERT, guards, is_red_alert};
use crate::{
    care::{
        codes::AgendaSource,
        mechanisms::filled::filled,
        roles::{
            CASE, GOVERNMENT_INSPECTION_OFFICE, JOINT_MEETING_OFFICE, MEMBER_LIAISON, OFFICE,
            SYSTEM,
        },
        told::{EVERY_CASE, ours},
    },
    duty::time_limit::LimitId,
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::CaseRef,
        id::{CaseId, UnitId},
        label::Label,
        text::Text,
    },
};

/// 提出议题: a member, an inspection, or the ladder's last rung puts a matter before the joint
/// meeting. Nothing else follows until the office or the convener decides on it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeItem {
    /// What it is called on the agenda, without a child's name.
    pub title: Text,
    /// What is to be solved.
    pub problem: Text,
    /// The units that are asked for something.
    pub asked_of: Vec<UnitId>,
    /// Where it comes from. Only the ladder, or a declined oversight, writes `escalation`.
    pub source: AgendaSource,
    /// The cases it is about; those of ours learn what became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<Vec<CaseRef>>,
    /// The unit that is told what became of it.
    pub reply_to: UnitId,
    /// The time limit that passed, where an overdue obligation is the matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub limit: Option<LimitId>,
}

impl ProposeItem {
    fn of_ours(&self) -> Vec<CaseId> {
        ours(self.cases.as_deref().unwrap_or_default()).collect()
    }
}

impl Transition<AgendaItem> for ProposeItem {
    const NAME: &'static str = "propose_item";
    const LABEL: Label = Label::new("提出议题", "propose an item");
    const FROM: Source<AgendaItemState> = Source::Opens;
    const TO: Target<AgendaItemState> = Target::To(&[AgendaItemState::Proposed]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON, OFFICE, CASE, GOVERNMENT_INSPECTION_OFFICE, SYSTEM];
    const BY: Roles = &[MEMBER_LIAISON, OFFICE, CASE, GOVERNMENT_INSPECTION_OFFICE];
    const NAMES: &'static [&'static str] = EVERY_CASE;
    const BASIS: LegalBasis = LegalBasis::practice("成员单位和逐级提醒提出议题");

    fn apply(&self, step: &mut StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
        let by_chain = step.facts().by_chain || step.is_rehearsal();
        let escalates = self.source == AgendaSource::Escalation;
        step.demand(by_chain || !escalates, &guards::ESCALATION_BY_LADDER_ONLY)?;
        // The ladder may know of nobody who owes the duty, and brings it up all the same.
        if !by_chain {
            filled("asked_of", &self.asked_of)?;
        }
        let cases = self.of_ours();
        if !step.is_rehearsal() {
            let unknown = cases.iter().find(|id| step.named(**id).is_none());
            if let Some(id) = unknown {
                let reason = format!("expected cases of this county, found `{id}`");
                return Err(Refusal::field("cases", reason));
            }
            // Its color may change before anybody decides; what it was counts as well.
            if cases.iter().any(|id| step.named(*id).is_some_and(is_red_alert)) {
                step.attribute(RED_ALERT, "yes");
            }
        }
        step.attribute("source", self.source.name());
        step.attribute("reply_to", self.reply_to.as_str());
        step.data = AgendaItemData {
            title: Some(self.title.clone()),
            source: Some(self.source),
            cases,
            reply_to: Some(self.reply_to.clone()),
            limit: self.limit.clone(),
            ..AgendaItemData::default()
        };
        Ok(())
    }

    fn looks_at(&self, _: &AgendaItemData) -> Vec<CaseId> {
        self.of_ours()
    }
}

/// 撤回: whoever proposed it takes it back.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawItem {
    /// Why.
    pub reason: Text,
}

impl Transition<AgendaItem> for WithdrawItem {
    const NAME: &'static str = "withdraw_item";
    const LABEL: Label = Label::new("撤回", "withdraw");
    const FROM: Source<AgendaItemState> = Source::In(&[
        AgendaItemState::Proposed,
        AgendaItemState::Accepted,
        AgendaItemState::Deferred,
    ]);
    const TO: Target<AgendaItemState> = Target::To(&[AgendaItemState::Withdrawn]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON, CASE];
    const BY: Roles = &[MEMBER_LIAISON, CASE, JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("提出单位可以撤回");

    fn apply(&self, step: &mut StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
        let escalated = step.data.source == Some(AgendaSource::Escalation);
        step.demand(!escalated, &guards::WITHDRAWN_BY_PROPOSER)?;
        let facts = step.facts();
        let unit = facts.actor.unit.as_ref();
        let opened_by = facts.case.and_then(|case| case.opened_by.as_ref());
        let own = unit.is_some() && (unit == step.data.reply_to.as_ref() || unit == opened_by);
        let for_them = facts.actor.holds_any(JOINT_MEETING_OFFICE);
        step.demand(step.is_rehearsal() || own || for_them, &guards::WITHDRAWN_BY_PROPOSER)
    }
}
