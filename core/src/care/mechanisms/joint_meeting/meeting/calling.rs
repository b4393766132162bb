//! From the proposal of a meeting to its notice, and what keeps it from being held.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Meeting, MeetingData, MeetingState, guards, is_ahead};
use crate::{
    care::{
        chain::{ITEM_DEFERRED, ITEM_MOVED_ON},
        codes::{ItemsGoTo, MeetingKind},
        mechanisms::{
            filled::filled,
            joint_meeting::agenda_item::{AgendaItem, DeferItem, TakeUp, waits_for},
        },
        roles::{
            CIVIL_AFFAIRS_BUREAU, CONVENER, JOINT_MEETING_OFFICE, MEMBER_LIAISON, OFFICE,
            PROCURATORATE,
        },
        told::{EVERY_CASE, ours},
    },
    procedure::{
        Handoff, LegalBasis, Procedure as _, Refusal, Roles, Source, StepContext, Target,
        Transition,
    },
    terms::{
        evidence::{Attachment, CaseRef, Person},
        id::{CaseId, UnitId},
        label::Label,
        text::Text,
        time::{CivilDate, Timestamp},
    },
};

/// The states of a meeting that is still to be held.
pub(super) const AHEAD: &[MeetingState] =
    &[MeetingState::Proposed, MeetingState::Scheduled, MeetingState::Notified];

/// 提议召开.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeMeeting {
    /// What kind of meeting.
    pub kind: MeetingKind,
    /// What it is for, without a child's name.
    pub purpose: Text,
    /// What it should deal with. A case conference remembers the cases for whoever fixes the
    /// date; an agenda item comes on the list when it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<CaseRef>>,
}

impl Transition<Meeting> for ProposeMeeting {
    const NAME: &'static str = "propose_meeting";
    const LABEL: Label = Label::new("提议召开", "propose a meeting");
    const FROM: Source<MeetingState> = Source::Opens;
    const TO: Target<MeetingState> = Target::To(&[MeetingState::Proposed]);
    const ACTED_BY: Roles = &[MEMBER_LIAISON, OFFICE, CIVIL_AFFAIRS_BUREAU, PROCURATORATE];
    const BY: Roles = &[MEMBER_LIAISON, OFFICE, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis =
        LegalBasis::practice("国办函〔2016〕30号：全国层面原则上每年召开一次全体会议，县里确定");

    fn apply(&self, step: &mut StepContext<'_, Meeting>) -> Result<(), Refusal> {
        step.data.kind = Some(self.kind);
        step.data.purpose = Some(self.purpose.clone());
        if self.kind == MeetingKind::CaseConference {
            step.data.cases = ours(self.items.as_deref().unwrap_or_default()).collect();
        }
        step.attribute("kind", self.kind.name());
        Ok(())
    }
}

/// 列入议题: an item was accepted for this meeting. The item's own step does it; the office may
/// record it where that was missed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListItem {
    /// The item.
    pub item: CaseId,
}

impl Transition<Meeting> for ListItem {
    const NAME: &'static str = "list_item";
    const LABEL: Label = Label::new("列入议题", "put an item on the list");
    const FROM: Source<MeetingState> = Source::In(AHEAD);
    const TO: Target<MeetingState> = Target::Same;
    const ACTED_BY: Roles = &[JOINT_MEETING_OFFICE];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const NAMES: &'static [&'static str] = &[AgendaItem::NAME];
    const BASIS: LegalBasis = LegalBasis::practice("联席会议办公室汇总议题");

    fn apply(&self, step: &mut StepContext<'_, Meeting>) -> Result<(), Refusal> {
        // The item's own step is decided in the same moment; the chain vouches for it.
        if !step.facts().by_chain && !step.is_rehearsal() {
            demand_for_this_meeting(step, self.item, "item")?;
        }
        step.data.list(self.item);
        Ok(())
    }

    fn looks_at(&self, _: &MeetingData) -> Vec<CaseId> {
        vec![self.item]
    }
}

/// An agenda item, accepted for this very meeting.
fn demand_for_this_meeting(
    step: &StepContext<'_, Meeting>,
    item: CaseId,
    field: &str,
) -> Result<(), Refusal> {
    let Some(named) = step.named(item) else {
        let reason = format!("expected an agenda item of this county, found `{item}`");
        return Err(Refusal::field(field, reason));
    };
    let own = step.facts().case.map(|case| case.id);
    let accepted = own.is_some_and(|own| waits_for(named, own));
    step.demand(accepted, &guards::NOT_FOR_THIS_MEETING)
}

/// 定期: when, where, who presides, and what is dealt with.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// When.
    pub at: Timestamp,
    /// Where.
    pub place: Text,
    /// Who presides.
    pub chair: Person,
    /// What is dealt with: the items accepted for it, all of them; for a case conference the
    /// cases too.
    pub items: Vec<CaseId>,
}

impl Transition<Meeting> for Schedule {
    const NAME: &'static str = "schedule";
    const LABEL: Label = Label::new("定期", "fix the date");
    const FROM: Source<MeetingState> = Source::In(&[MeetingState::Proposed]);
    const TO: Target<MeetingState> = Target::To(&[MeetingState::Scheduled]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const NAMES: &'static [&'static str] = EVERY_CASE;
    const BASIS: LegalBasis = LegalBasis::practice("召集人确定会期和议程");

    fn apply(&self, step: &mut StepContext<'_, Meeting>) -> Result<(), Refusal> {
        filled("items", &self.items)?;
        demand_ahead(step, "at", self.at)?;
        let listed = step.data.items.clone();
        // What a case conference speaks about may be any case; whatever its state, it is not moved.
        let conference = step.data.kind == Some(MeetingKind::CaseConference);
        let (items, cases): (Vec<CaseId>, Vec<CaseId>) =
            self.items.iter().copied().partition(|id| !conference || listed.contains(id));
        if !step.is_rehearsal() {
            for (at, id) in self.items.iter().enumerate() {
                let field = format!("items[{at}]");
                if items.contains(id) {
                    demand_for_this_meeting(step, *id, &field)?;
                } else if step.named(*id).is_none() {
                    let reason = format!("expected a case of this county, found `{id}`");
                    return Err(Refusal::field(field, reason));
                }
            }
            let own = step.facts().case.map(|case| case.id);
            let waits = |id: &CaseId| {
                let named = step.named(*id).zip(own);
                named.is_some_and(|(item, own)| waits_for(item, own))
            };
            let left_out = listed.iter().any(|id| !self.items.contains(id) && waits(id));
            step.demand(!left_out, &guards::ITEM_LEFT_OUT)?;
        }
        for id in items {
            step.data.list(id);
        }
        step.data.cases = cases;
        hold_at(step, Some(self.at));
        Ok(())
    }

    fn looks_at(&self, data: &MeetingData) -> Vec<CaseId> {
        self.items.iter().chain(&data.items).copied().collect()
    }
}

fn demand_ahead(
    step: &StepContext<'_, Meeting>,
    field: &str,
    at: Timestamp,
) -> Result<(), Refusal> {
    if at < step.occurred_at() {
        let reason = format!("expected a time not before the step, found `{at}`");
        return Err(Refusal::field(field, reason));
    }
    Ok(())
}

fn hold_at(step: &mut StepContext<'_, Meeting>, at: Option<Timestamp>) {
    step.data.at = at;
    match at {
        Some(at) => step.attribute("date", at.date().to_string()),
        None => step.clear_attribute("date"),
    }
}

/// 取消: the meeting is not held, and its items go to another one or are deferred.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelMeeting {
    /// Why.
    pub reason: Text,
    /// Where its items go.
    pub items_go_to: ItemsGoTo,
    /// The meeting they go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<CaseId>,
    /// Until when they are deferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<CivilDate>,
}

impl Transition<Meeting> for CancelMeeting {
    const NAME: &'static str = "cancel_meeting";
    const LABEL: Label = Label::new("取消", "cancel");
    const FROM: Source<MeetingState> = Source::In(AHEAD);
    const TO: Target<MeetingState> = Target::To(&[MeetingState::Cancelled]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE, CONVENER];
    const NAMES: &'static [&'static str] = &[AgendaItem::NAME, Meeting::NAME];
    const HANDOFFS: &'static [Handoff] = &[ITEM_DEFERRED, ITEM_MOVED_ON];
    const BASIS: LegalBasis = LegalBasis::practice("召集人取消会议，议题另行安排");

    fn apply(&self, step: &mut StepContext<'_, Meeting>) -> Result<(), Refusal> {
        let today = step.occurred_at().date();
        let (until, onward) = match (self.items_go_to, self.until, self.meeting) {
            (ItemsGoTo::Deferred, Some(until), _) => (until, None),
            (ItemsGoTo::AnotherMeeting, _, Some(meeting)) => (today, Some(meeting)),
            (ItemsGoTo::Deferred, None, _) => {
                return Err(Refusal::field("until", "expected the day until which they wait"));
            }
            (ItemsGoTo::AnotherMeeting, _, None) => {
                return Err(Refusal::field("meeting", "expected the meeting they go to"));
            }
        };
        let Some(own) = step.facts().case.map(|case| case.id) else { return Ok(()) };
        if let Some(meeting) = onward.filter(|_| !step.is_rehearsal()) {
            let fits = meeting != own && step.named(meeting).is_some_and(is_ahead);
            step.demand(fits, &guards::ITEMS_GO_AHEAD)?;
        }
        let items = step.data.items.clone();
        for item in items {
            if !step.named(item).is_some_and(|named| waits_for(named, own)) {
                continue;
            }
            let put_off = DeferItem { reason: self.reason.clone(), until };
            step.hand_off_to(ITEM_DEFERRED.id, item, &put_off)?;
            if let Some(meeting) = onward {
                step.hand_off_to(ITEM_MOVED_ON.id, item, &TakeUp { meeting })?;
            }
        }
        Ok(())
    }

    fn looks_at(&self, data: &MeetingData) -> Vec<CaseId> {
        data.items.iter().copied().chain(self.meeting).collect()
    }
}

/// 通知: everybody knows when and about what.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendNotice {
    /// The notice.
    pub notice: Attachment,
    /// The units that are to come.
    pub attendees: Vec<UnitId>,
}

impl Transition<Meeting> for SendNotice {
    const NAME: &'static str = "send_notice";
    const LABEL: Label = Label::new("通知", "send the notice");
    const FROM: Source<MeetingState> = Source::In(&[MeetingState::Scheduled]);
    const TO: Target<MeetingState> = Target::To(&[MeetingState::Notified]);
    const ACTED_BY: Roles = &[JOINT_MEETING_OFFICE];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("会前通知");

    fn apply(&self, _: &mut StepContext<'_, Meeting>) -> Result<(), Refusal> {
        filled("attendees", &self.attendees)
    }
}

/// 延期: another date.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Postpone {
    /// Why.
    pub reason: Text,
    /// When it is held now.
    pub at: Timestamp,
}

impl Transition<Meeting> for Postpone {
    const NAME: &'static str = "postpone";
    const LABEL: Label = Label::new("延期", "postpone");
    const FROM: Source<MeetingState> = Source::In(&[MeetingState::Notified]);
    const TO: Target<MeetingState> = Target::To(&[MeetingState::Scheduled]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("召集人可以延期");

    fn apply(&self, step: &mut StepContext<'_, Meeting>) -> Result<(), Refusal> {
        demand_ahead(step, "at", self.at)?;
        hold_at(step, Some(self.at));
        Ok(())
    }
}

/// 未足法定人数: too few came.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailQuorum {
    /// Who came.
    pub present: Vec<UnitId>,
    /// When it is held instead, if that is known already; else it is postponed to a date later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

impl Transition<Meeting> for FailQuorum {
    const NAME: &'static str = "fail_quorum";
    const LABEL: Label = Label::new("未足法定人数", "record that too few came");
    const FROM: Source<MeetingState> = Source::In(&[MeetingState::Notified]);
    const TO: Target<MeetingState> = Target::To(&[MeetingState::Scheduled]);
    const ACTED_BY: Roles = &[CONVENER];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("到会不足的，另行召开");

    fn apply(&self, step: &mut StepContext<'_, Meeting>) -> Result<(), Refusal> {
        if let Some(at) = self.at {
            demand_ahead(step, "at", at)?;
        }
        // The date that passed binds nobody any more.
        hold_at(step, self.at);
        Ok(())
    }
}
