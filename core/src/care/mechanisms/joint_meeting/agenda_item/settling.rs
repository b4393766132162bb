//! What the meeting made of an item: discussed, the proposer told, adopted or not, or carried over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AgendaItem, AgendaItemData, AgendaItemState, decided, deciding::defer, guards};
use crate::{
    care::{
        chain::{ADOPTED, H03, TOLD},
        mechanisms::joint_meeting::{
            meeting::{self, Meeting},
            task::{self, TASKS, Task},
        },
        roles::{CONVENER, JOINT_MEETING_OFFICE},
        told::EVERY_CASE,
    },
    procedure::{
        Handoff, LegalBasis, Procedure as _, Refusal, Roles, Source, StepContext, Target,
        Transition,
    },
    terms::{evidence::Attachment, id::CaseId, label::Label, text::Text, time::CivilDate},
};

/// 记录议事: the meeting has dealt with it. What holds is what the minutes say. Convening the meeting
/// takes this step for its items (H02); by hand it is for what was missed there.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordDiscussion {
    /// What was concluded.
    pub conclusion: Text,
    /// The tasks that were spoken of, as a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Vec<Text>>,
    /// Who saw it otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dissent: Option<Text>,
}

impl Transition<AgendaItem> for RecordDiscussion {
    const NAME: &'static str = "record_discussion";
    const LABEL: Label = Label::new("记录议事", "record the discussion");
    const FROM: Source<AgendaItemState> = Source::In(&[AgendaItemState::Accepted]);
    const TO: Target<AgendaItemState> = Target::To(&[AgendaItemState::Discussed]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const OPENS: &'static [&'static str] = &["answer_proposer"];
    const NAMES: &'static [&'static str] = &[Meeting::NAME];
    const BASIS: LegalBasis = LegalBasis::practice("会议研究议题");

    fn apply(&self, step: &mut StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
        if !step.is_rehearsal() && !step.facts().by_chain {
            let meeting = step.data.meeting.and_then(|meeting| step.named(meeting));
            step.demand(meeting.is_some_and(meeting::was_held), &guards::MEETING_NOT_HELD)?;
        }
        step.data.conclusion = Some(self.conclusion.clone());
        Ok(())
    }

    fn looks_at(&self, data: &AgendaItemData) -> Vec<CaseId> {
        data.meeting.into_iter().collect()
    }
}

/// 答复提出单位: whoever proposed the item is told what became of it (guard c). An item that was
/// discussed does not end before.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerProposer {
    /// What they were told.
    pub answer: Text,
    /// The written answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Attachment>,
}

impl Transition<AgendaItem> for AnswerProposer {
    const NAME: &'static str = "answer_proposer";
    const LABEL: Label = Label::new("答复提出单位", "answer the proposer");
    const FROM: Source<AgendaItemState> =
        Source::In(&[AgendaItemState::Discussed, AgendaItemState::Deferred]);
    const TO: Target<AgendaItemState> = Target::Same;
    const ACTED_BY: Roles = &[JOINT_MEETING_OFFICE];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("议题办理结果答复提出单位");
}

/// 议定: the meeting adopts it, and its tasks go to their units.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adopt {
    /// The minutes, as far as they speak of the item.
    pub minutes: Attachment,
    /// Its tasks; each becomes an action item, and the minutes do not open it again.
    pub tasks: Vec<Task>,
}

impl Transition<AgendaItem> for Adopt {
    const NAME: &'static str = "adopt";
    const LABEL: Label = Label::new("议定", "adopt");
    const FROM: Source<AgendaItemState> = Source::In(&[AgendaItemState::Discussed]);
    const TO: Target<AgendaItemState> = Target::To(&[AgendaItemState::Resolved]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const NAMES: &'static [&'static str] = EVERY_CASE;
    const HANDOFFS: &'static [Handoff] = ADOPTED;
    const BASIS: LegalBasis = LegalBasis::practice("会议议定并交办");

    fn apply(&self, step: &mut StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
        step.demand(!self.tasks.is_empty(), &guards::NO_TASKS_IS_NOT_ADOPTED)?;
        task::check(step, &self.tasks)?;
        let item = step.facts().case.map(|case| case.id);
        for form in self.tasks.iter().filter_map(|task| task.assign(item)) {
            step.hand_off(H03.id, &form)?;
        }
        let keys: Vec<String> = self.tasks.iter().map(Task::key).collect();
        step.attribute(TASKS, keys.join(","));
        let said = match &step.data.conclusion {
            Some(conclusion) => conclusion.clone(),
            None => return Ok(()),
        };
        decided(step, "resolved", &said)
    }

    fn looks_at(&self, data: &AgendaItemData) -> Vec<CaseId> {
        data.cases.clone()
    }
}

/// 未通过.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotAdopt {
    /// Why.
    pub reason: Text,
}

impl Transition<AgendaItem> for NotAdopt {
    const NAME: &'static str = "not_adopt";
    const LABEL: Label = Label::new("未通过", "do not adopt");
    const FROM: Source<AgendaItemState> = Source::In(&[AgendaItemState::Discussed]);
    const TO: Target<AgendaItemState> = Target::To(&[AgendaItemState::NotAdopted]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const NAMES: &'static [&'static str] = EVERY_CASE;
    const HANDOFFS: &'static [Handoff] = TOLD;
    const BASIS: LegalBasis = LegalBasis::practice("会议未通过议题");

    fn apply(&self, step: &mut StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
        decided(step, "not_adopted", &self.reason)
    }

    fn looks_at(&self, data: &AgendaItemData) -> Vec<CaseId> {
        data.cases.clone()
    }
}

/// 下次再议.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CarryOver {
    /// Why.
    pub reason: Text,
    /// Until when.
    pub until: CivilDate,
}

impl Transition<AgendaItem> for CarryOver {
    const NAME: &'static str = "carry_over";
    const LABEL: Label = Label::new("下次再议", "carry over");
    const FROM: Source<AgendaItemState> = Source::In(&[AgendaItemState::Discussed]);
    const TO: Target<AgendaItemState> = Target::To(&[AgendaItemState::Deferred]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("会议决定下次再议");

    fn apply(&self, step: &mut StepContext<'_, AgendaItem>) -> Result<(), Refusal> {
        defer(step, self.until)
    }
}
