//! How a task comes to a unit: assigned, objected to, given to another or upheld, taken back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ActionItem, ActionItemData, ActionItemState, demand_may_lead, guards};
use crate::{
    care::{
        chain::H04,
        codes::ActionKind,
        roles::{
            CONVENER, GOVERNMENT_INSPECTION_OFFICE, JOINT_MEETING_OFFICE, MEMBER_LIAISON, SYSTEM,
        },
        scheme::listed_oversight::ProposeOversight,
        told::ours,
    },
    procedure::{
        Handoff, LegalBasis, Opening, Refusal, Roles, Source, StepContext, Target, Transition,
        UnitRule,
    },
    terms::{
        evidence::{CaseRef, Person},
        id::{CaseId, UnitId},
        label::Label,
        text::Text,
        time::CivilDate,
    },
};

/// 交办: a unit is given a task.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// Which kind.
    pub kind: ActionKind,
    /// What is to be done, without a child's name.
    pub task: Text,
    /// The unit that does it.
    pub lead: UnitId,
    /// The units that help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assist: Option<Vec<UnitId>>,
    /// By when.
    pub due: CivilDate,
    /// The meeting or the item it comes from; a finding or a review by its number.
    pub source: CaseRef,
}

impl Transition<ActionItem> for Assign {
    const NAME: &'static str = "assign";
    const LABEL: Label = Label::new("交办", "assign");
    const FROM: Source<ActionItemState> = Source::Opens;
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::Assigned]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE, GOVERNMENT_INSPECTION_OFFICE];
    const NAMES: &'static [&'static str] = &["meeting", "agenda_item"];
    const BASIS: LegalBasis = LegalBasis::practice("议定事项由召集人交办");

    fn apply(&self, step: &mut StepContext<'_, ActionItem>) -> Result<(), Refusal> {
        let system = SYSTEM.iter().any(|role| role.as_str() == step.actor().as_str());
        step.demand(!system, &guards::NEVER_BY_SWEEP)?;
        demand_may_lead(step, &self.lead)?;
        let today = step.occurred_at().date();
        if self.due < today {
            let reason = format!("expected a day not before the step, found `{}`", self.due);
            return Err(Refusal::field("due", reason));
        }
        self.demand_source(step)?;
        step.data = ActionItemData {
            kind: Some(self.kind),
            task: Some(self.task.clone()),
            lead: Some(self.lead.clone()),
            assist: self.assist.clone().unwrap_or_default(),
            due: Some(self.due),
            source: Some(self.source.clone()),
            proposed: None,
        };
        step.entrust(&self.lead);
        step.attribute("kind", self.kind.name());
        step.attribute("due", self.due.to_string());
        Ok(())
    }

    fn opening(&self) -> Opening {
        Opening { unit: Some(self.lead.clone()), ..Opening::default() }
    }

    fn looks_at(&self, _: &ActionItemData) -> Vec<CaseId> {
        ours(std::slice::from_ref(&self.source)).collect()
    }
}

impl Assign {
    /// What a person names as source was decided. The step that hands over is decided in the same
    /// moment, and the chain vouches for it.
    fn demand_source(&self, step: &StepContext<'_, ActionItem>) -> Result<(), Refusal> {
        let CaseRef::Case(id) = &self.source else { return Ok(()) };
        if step.facts().by_chain || step.is_rehearsal() {
            return Ok(());
        }
        let Some(source) = step.named(*id) else {
            let reason = format!("expected a meeting or an agenda item, found `{id}`");
            return Err(Refusal::field("source", reason));
        };
        let settled = matches!(
            (source.facts.procedure.as_str(), source.facts.state.as_str()),
            ("meeting", "minutes_issued") | ("agenda_item", "resolved")
        );
        step.demand(settled, &guards::SOURCE_SETTLED)
    }
}

/// 签收: the unit takes the task and names who does it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    /// Who is responsible in the unit.
    pub responsible: Person,
}

impl Transition<ActionItem> for Acknowledge {
    const NAME: &'static str = "acknowledge";
    const LABEL: Label = Label::new("签收", "acknowledge");
    const FROM: Source<ActionItemState> = Source::In(&[ActionItemState::Assigned]);
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::Acknowledged]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON];
    const BY: Roles = &[MEMBER_LIAISON];
    const UNITS: UnitRule = guards::BY_THE_LEAD;
    const BASIS: LegalBasis = LegalBasis::practice("承办单位签收并明确责任人");
}

/// 异议: the unit says that the task is not its own. Whoever decides on oversight learns it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// Why.
    pub reason: Text,
    /// Which unit should do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<UnitId>,
}

impl Transition<ActionItem> for Object {
    const NAME: &'static str = "object";
    const LABEL: Label = Label::new("异议", "object");
    const FROM: Source<ActionItemState> =
        Source::In(&[ActionItemState::Assigned, ActionItemState::Acknowledged]);
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::Objected]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON];
    const BY: Roles = &[MEMBER_LIAISON];
    const UNITS: UnitRule = guards::BY_THE_LEAD;
    const HANDOFFS: &'static [Handoff] = &[H04];
    const BASIS: LegalBasis = LegalBasis::practice("承办单位可以提出异议，由召集人裁定");

    fn apply(&self, step: &mut StepContext<'_, ActionItem>) -> Result<(), Refusal> {
        step.data.proposed.clone_from(&self.proposed);
        let facts = step.facts();
        let duty = match step.state() {
            Some(ActionItemState::Acknowledged) => "start_work",
            _ => "acknowledge",
        };
        let (Some(unit), Some(obligation), Some(case), Ok(duty), [owed_by]) = (
            step.data.lead.clone(),
            step.data.task.clone(),
            facts.case.map(|case| case.id),
            Text::new(duty),
            MEMBER_LIAISON,
        ) else {
            return Ok(());
        };
        // The link lacks a time since when it is overdue: it is not; the objection stands for it.
        let form = ProposeOversight {
            unit,
            owed_by: owed_by.clone(),
            obligation,
            overdue_since: step.occurred_at(),
            case,
            duty,
            limit: None,
        };
        step.hand_off(H04.id, &form)
    }
}

/// 改派: the convener finds the objection right and gives the task to another unit.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReassignUnit {
    /// The unit that does it now.
    pub lead: UnitId,
    /// Why.
    pub reason: Text,
}

impl Transition<ActionItem> for ReassignUnit {
    const NAME: &'static str = "reassign_unit";
    const LABEL: Label = Label::new("改派", "give to another unit");
    const FROM: Source<ActionItemState> = Source::In(&[ActionItemState::Objected]);
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::Assigned]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[CONVENER, JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("召集人裁定异议");

    fn apply(&self, step: &mut StepContext<'_, ActionItem>) -> Result<(), Refusal> {
        demand_may_lead(step, &self.lead)?;
        step.data.lead = Some(self.lead.clone());
        step.data.proposed = None;
        step.entrust(&self.lead);
        Ok(())
    }
}

/// 维持交办: the convener upholds the assignment.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uphold {
    /// Why.
    pub reason: Text,
}

impl Transition<ActionItem> for Uphold {
    const NAME: &'static str = "uphold";
    const LABEL: Label = Label::new("维持交办", "uphold the assignment");
    const FROM: Source<ActionItemState> = Source::In(&[ActionItemState::Objected]);
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::Acknowledged]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[CONVENER, JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("召集人裁定异议");
}

/// 撤销: the task is taken back.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawAction {
    /// Why.
    pub reason: Text,
}

impl Transition<ActionItem> for WithdrawAction {
    const NAME: &'static str = "withdraw_action";
    const LABEL: Label = Label::new("撤销", "withdraw");
    const FROM: Source<ActionItemState> = Source::AnyOpen;
    const TO: Target<ActionItemState> = Target::To(&[ActionItemState::Withdrawn]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[CONVENER, JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("召集人可以撤销交办");
}
