//! The meeting itself, and its minutes.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Meeting, MeetingData, MeetingState, guards};
use crate::{
    care::{
        chain::{H01, H02, ISSUED},
        mechanisms::{
            filled::filled,
            joint_meeting::{
                agenda_item::{AgendaItem, RecordDiscussion, is_unsettled, waits_for},
                task::{self, TASKS, Task},
            },
        },
        roles::{CONVENER, JOINT_MEETING_OFFICE},
        told::{EVERY_CASE, Told, tell},
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

/// 召开: the meeting is held. Each of its items counts as dealt with; what holds is what the
/// minutes say.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Convene {
    /// Who signed in.
    pub sign_in: Attachment,
    /// The units that came.
    pub present: Vec<UnitId>,
    /// The units that did not.
    pub absent: Vec<UnitId>,
}

impl Transition<Meeting> for Convene {
    const NAME: &'static str = "convene";
    const LABEL: Label = Label::new("召开", "hold the meeting");
    const FROM: Source<MeetingState> = Source::In(&[MeetingState::Notified]);
    const TO: Target<MeetingState> = Target::To(&[MeetingState::Convened]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE, CONVENER];
    const NAMES: &'static [&'static str] = &[AgendaItem::NAME];
    const HANDOFFS: &'static [Handoff] = &[H02];
    const BASIS: LegalBasis = LegalBasis::practice("召集人主持召开");

    fn apply(&self, step: &mut StepContext<'_, Meeting>) -> Result<(), Refusal> {
        filled("present", &self.present)?;
        if let Some(both) = self.absent.iter().find(|unit| self.present.contains(unit)) {
            let reason = format!("`{both}` stands among those present too");
            return Err(Refusal::field("absent", reason));
        }
        let (Some(own), Ok(conclusion)) =
            (step.facts().case.map(|case| case.id), Text::new("会议已研究，结论以会议纪要为准"))
        else {
            return Ok(());
        };
        let items = step.data.items.clone();
        for item in items {
            // An item that was put off or taken back since is not dealt with.
            if step.named(item).is_some_and(|named| waits_for(named, own)) {
                let discussed =
                    RecordDiscussion { conclusion: conclusion.clone(), tasks: None, dissent: None };
                step.hand_off_to(H02.id, item, &discussed)?;
            }
        }
        Ok(())
    }

    fn looks_at(&self, data: &MeetingData) -> Vec<CaseId> {
        data.items.clone()
    }
}

/// 起草纪要.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftMinutes {
    /// The draft.
    pub draft: Attachment,
    /// What was decided on: items and cases of this meeting.
    pub decisions: Vec<CaseId>,
}

impl Transition<Meeting> for DraftMinutes {
    const NAME: &'static str = "draft_minutes";
    const LABEL: Label = Label::new("起草纪要", "draft the minutes");
    const FROM: Source<MeetingState> = Source::In(&[MeetingState::Convened]);
    const TO: Target<MeetingState> = Target::To(&[MeetingState::MinutesDrafted]);
    const ACTED_BY: Roles = &[JOINT_MEETING_OFFICE];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("联席会议办公室起草纪要");

    fn apply(&self, step: &mut StepContext<'_, Meeting>) -> Result<(), Refusal> {
        let all = step.data.all();
        let foreign = self.decisions.iter().position(|id| !all.contains(id));
        match foreign {
            Some(at) => Err(Refusal::field(
                format!("decisions[{at}]"),
                "expected an item or a case this meeting dealt with",
            )),
            // A meeting whose items were all put off decided on nothing.
            None => Ok(()),
        }
    }
}

/// 退回修改.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnDraft {
    /// Why.
    pub reason: Text,
}

impl Transition<Meeting> for ReturnDraft {
    const NAME: &'static str = "return_draft";
    const LABEL: Label = Label::new("退回修改", "return the draft");
    const FROM: Source<MeetingState> = Source::In(&[MeetingState::MinutesDrafted]);
    const TO: Target<MeetingState> = Target::To(&[MeetingState::Convened]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[CONVENER, JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("召集人审定纪要");
}

/// 印发纪要: the minutes are out, and every task in them has gone to its unit, once.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueMinutes {
    /// The minutes.
    pub minutes: Attachment,
    /// The date they bear.
    pub issued_on: CivilDate,
    /// All tasks they name. Those that an item opened when it was adopted are not opened again.
    pub tasks: Vec<Task>,
}

impl Transition<Meeting> for IssueMinutes {
    const NAME: &'static str = "issue_minutes";
    const LABEL: Label = Label::new("印发纪要", "issue the minutes");
    const FROM: Source<MeetingState> = Source::In(&[MeetingState::MinutesDrafted]);
    const TO: Target<MeetingState> = Target::To(&[MeetingState::MinutesIssued]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const NAMES: &'static [&'static str] = EVERY_CASE;
    const HANDOFFS: &'static [Handoff] = ISSUED;
    const FOUR_EYES: &'static [&'static str] = &["draft_minutes"];
    const BASIS: LegalBasis =
        LegalBasis::recalled("议定事项以会议纪要印发；国办函〔2016〕30号：不刻制印章，不正式行文");

    fn apply(&self, step: &mut StepContext<'_, Meeting>) -> Result<(), Refusal> {
        if self.issued_on > step.facts().recorded_at.date() {
            let found = self.issued_on;
            let reason = format!("expected a day not after the recording, found `{found}`");
            return Err(Refusal::field("issued_on", reason));
        }
        task::check(step, &self.tasks)?;
        let (Some(own), false) = (step.facts().case.map(|case| case.id), step.is_rehearsal())
        else {
            return Ok(());
        };
        let mut opened: BTreeSet<String> = BTreeSet::new();
        for id in &step.data.items {
            let Some(item) = step.named(*id) else {
                let reason = format!("expected the item `{id}` to be known here");
                return Err(Refusal::field("items", reason));
            };
            step.demand(!is_unsettled(item, own), &guards::ITEMS_NOT_SETTLED)?;
            opened.extend(item.attributes.get(TASKS).into_iter().flat_map(|keys| task::keys(keys)));
        }
        let fresh = self.tasks.iter().filter(|task| !opened.contains(&task.key()));
        for form in fresh.filter_map(|task| task.assign(Some(own))) {
            step.hand_off(H01.id, &form)?;
        }
        let (cases, purpose) = (step.data.cases.clone(), step.data.purpose.clone());
        match purpose {
            Some(said) => tell(step, &cases, &Told { outcome: "minutes_issued", said: &said }),
            None => Ok(()),
        }
    }

    fn looks_at(&self, data: &MeetingData) -> Vec<CaseId> {
        data.all()
    }
}
