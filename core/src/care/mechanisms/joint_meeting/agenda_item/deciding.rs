//! Whether and when an item comes before a meeting.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AgendaItem, AgendaItemData, AgendaItemState, LISTED_FOR, RED_ALERT, decided, guards,
    is_red_alert,
};
use crate::{
    care::{
        chain::{ITEM_LISTED, TOLD},
        mechanisms::joint_meeting::meeting::{self, ListItem, Meeting},
        roles::{CONVENER, JOINT_MEETING_OFFICE},
        told::EVERY_CASE,
    },
    procedure::{
        Handoff, LegalBasis, Procedure as _, Refusal, Roles, Source, StepContext, Target,
        Transition,
    },
    terms::{
        evidence::Attachment,
        id::{CaseId, UnitId},
        label::Label,
        text::Text,
        time::CivilDate,
    },
};

/// 列入: the item comes before this meeting.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptItem {
    /// Which meeting, one that is still to be held.
    pub meeting: CaseId,
    /// The unit that presents it.
    pub lead: UnitId,
}

impl Transition<AgendaItem> for AcceptItem {
    const NAME: &'static str = "accept_item";
    const LABEL: Label = Label::new("列入", "take on the agenda");
    const FROM: Source<AgendaItemState> = Source::In(&[AgendaItemState::Proposed]);
    const TO: Target<AgendaItemState> = Target::To(&[AgendaItemState::Accepted]);
    const ACTED_BY: Roles = &[JOINT_MEETING_OFFICE];
    const BY: Roles = &[JOINT_MEETING_OFFICE, CONVENER];
    const NAMES: &'static [&'static str] = &[Meeting::NAME];
    const HANDOFFS: &'static [Handoff] = &[ITEM_LISTED];
    const BASIS: LegalBasis = LegalBasis::practice("联席会议办公室汇总议题");

    fn apply(&self, step: &mut StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
        step.data.lead = Some(self.lead.clone());
        list(step, self.meeting)
    }

    fn looks_at(&self, _: &AgendaItemData) -> Vec<CaseId> {
        vec![self.meeting]
    }
}

/// 恢复列入: a deferred item comes before this meeting.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeUp {
    /// Which meeting, one that is still to be held.
    pub meeting: CaseId,
}

impl Transition<AgendaItem> for TakeUp {
    const NAME: &'static str = "take_up";
    const LABEL: Label = Label::new("恢复列入", "take up again");
    const FROM: Source<AgendaItemState> = Source::In(&[AgendaItemState::Deferred]);
    const TO: Target<AgendaItemState> = Target::To(&[AgendaItemState::Accepted]);
    const ACTED_BY: Roles = &[JOINT_MEETING_OFFICE];
    const BY: Roles = &[JOINT_MEETING_OFFICE, CONVENER];
    const NAMES: &'static [&'static str] = &[Meeting::NAME];
    const HANDOFFS: &'static [Handoff] = &[ITEM_LISTED];
    const BASIS: LegalBasis = LegalBasis::practice("联席会议办公室汇总议题");

    fn apply(&self, step: &mut StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
        list(step, self.meeting)
    }

    fn looks_at(&self, _: &AgendaItemData) -> Vec<CaseId> {
        vec![self.meeting]
    }
}

/// Puts the item on the list of a meeting, and tells the meeting.
fn list(step: &mut StepContext<'_, AgendaItem>, meeting: CaseId) -> Result<(), Refusal> {
    if !step.is_rehearsal() {
        let Some(named) = step.named(meeting) else {
            let reason = format!("expected a meeting of this county, found `{meeting}`");
            return Err(Refusal::field("meeting", reason));
        };
        step.demand(meeting::is_ahead(named), &guards::MEETING_AHEAD)?;
    }
    step.data.meeting = Some(meeting);
    step.data.until = None;
    step.attribute(LISTED_FOR, meeting.to_string());
    let Some(item) = step.facts().case.map(|case| case.id) else { return Ok(()) };
    step.hand_off_to(ITEM_LISTED.id, meeting, &ListItem { item })
}

/// 暂缓: not now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeferItem {
    /// Why.
    pub reason: Text,
    /// Until when.
    pub until: CivilDate,
}

impl Transition<AgendaItem> for DeferItem {
    const NAME: &'static str = "defer_item";
    const LABEL: Label = Label::new("暂缓", "defer");
    const FROM: Source<AgendaItemState> =
        Source::In(&[AgendaItemState::Proposed, AgendaItemState::Accepted]);
    const TO: Target<AgendaItemState> = Target::To(&[AgendaItemState::Deferred]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE, CONVENER];
    const NAMES: &'static [&'static str] = EVERY_CASE;
    const BASIS: LegalBasis = LegalBasis::practice("召集人可以暂缓");

    fn apply(&self, step: &mut StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
        demand_convener_if_grave(step)?;
        defer(step, self.until)
    }

    fn looks_at(&self, data: &AgendaItemData) -> Vec<CaseId> {
        data.cases.clone()
    }
}

/// Off the list of any meeting, until a day.
pub(super) fn defer(
    step: &mut StepContext<'_, AgendaItem>,
    until: CivilDate,
) -> Result<(), Refusal> {
    if until < step.occurred_at().date() {
        let reason = format!("expected a day not before the step, found `{until}`");
        return Err(Refusal::field("until", reason));
    }
    step.data.until = Some(until);
    step.data.meeting = None;
    step.clear_attribute(LISTED_FOR);
    Ok(())
}

/// 不予列入: the matter does not come before the joint meeting. It is said where it can go.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectItem {
    /// Why.
    pub reason: Text,
    /// Where the proposer can go next.
    pub other_way: Text,
    /// The written answer to the proposer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Attachment>,
}

impl Transition<AgendaItem> for RejectItem {
    const NAME: &'static str = "reject_item";
    const LABEL: Label = Label::new("不予列入", "do not take on the agenda");
    const FROM: Source<AgendaItemState> =
        Source::In(&[AgendaItemState::Proposed, AgendaItemState::Deferred]);
    const TO: Target<AgendaItemState> = Target::To(&[AgendaItemState::Rejected]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[CONVENER, JOINT_MEETING_OFFICE];
    const NAMES: &'static [&'static str] = EVERY_CASE;
    const HANDOFFS: &'static [Handoff] = TOLD;
    const BASIS: LegalBasis = LegalBasis::practice("不予列入的，说明理由和其他途径");

    fn apply(&self, step: &mut StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
        demand_convener_if_grave(step)?;
        decided(step, "rejected", &self.reason)
    }

    fn looks_at(&self, data: &AgendaItemData) -> Vec<CaseId> {
        data.cases.clone()
    }
}

/// Guard (b). The deferral of a canceled meeting counts like any other.
fn demand_convener_if_grave(step: &StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
    if step.is_rehearsal() {
        return Ok(());
    }
    let rules = step.facts().rules;
    let limit = step.data.limit.as_ref().and_then(|id| rules.limit(id));
    let red = step.attribute_before(RED_ALERT).is_some()
        || step.data.cases.iter().any(|id| step.named(*id).is_some_and(is_red_alert));
    let grave = red || limit.is_some_and(|limit| limit.basis.is_statutory());
    let in_person = step.facts().actor.holds_any(CONVENER);
    step.demand(!grave || in_person, &guards::CONVENER_DECIDES)
}
