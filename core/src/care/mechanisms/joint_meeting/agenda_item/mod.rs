//! `agenda_item` 议题: a matter put before the joint meeting: by a member, by the ladder's last
//! rung, by an incident or an inspection.
//!
//! What the ladder writes is a proposal and nothing else: only a person takes it on the agenda,
//! defers or rejects it. When it ends, the cases it is about are told.

mod data;
mod deciding;
mod guards;
mod proposal;
mod settling;
mod state;
#[cfg(test)]
mod tests;

pub use data::AgendaItemData;
pub use deciding::{AcceptItem, DeferItem, RejectItem, TakeUp};
pub use proposal::{ProposeItem, WithdrawItem};
pub use settling::{Adopt, AnswerProposer, CarryOver, NotAdopt, RecordDiscussion};
pub use state::AgendaItemState;

use crate::{
    care::{
        codes::Colour,
        roles::{CONVENER, JOINT_MEETING_OFFICE},
        told::{Told, tell},
    },
    procedure::{Beside, Define, Duty, Guard, Procedure, Refusal, StepContext, Timing},
    terms::{
        area::AreaPurpose, facts::SubjectKind, id::CaseId, label::Label, text::Text,
        time::CivilDate,
    },
};

/// The attribute that keeps the meeting it is accepted for.
const LISTED_FOR: &str = "meeting";
/// The attribute that says that a case it is about was a red alert.
const RED_ALERT: &str = "red_alert";

/// The procedure.
#[derive(Clone, Copy, Debug)]
pub struct AgendaItem;

impl Procedure for AgendaItem {
    const NAME: &'static str = "agenda_item";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("议题", "agenda item");
    const MECHANISM: Option<&'static str> = Some("joint_meeting");
    const SUBJECT: SubjectKind = SubjectKind::County;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Unit];
    const GUARDS: &'static [&'static Guard] = guards::ALL;

    type State = AgendaItemState;
    type Data = AgendaItemData;

    fn define(define: Define<Self>) -> Define<Self> {
        duties(define)
            .transition::<ProposeItem>()
            .transition::<AcceptItem>()
            .transition::<DeferItem>()
            .transition::<RejectItem>()
            .transition::<TakeUp>()
            .transition::<RecordDiscussion>()
            .transition::<AnswerProposer>()
            .transition::<Adopt>()
            .transition::<NotAdopt>()
            .transition::<CarryOver>()
            .transition::<WithdrawItem>()
    }

    fn timing(duty: &str, data: &AgendaItemData) -> Timing {
        match duty {
            "take_up_again" => Timing::default().due(data.until.map(CivilDate::end)),
            _ => Timing::default(),
        }
    }
}

fn duties(define: Define<AgendaItem>) -> Define<AgendaItem> {
    use AgendaItemState as In;
    define
        .duty(
            Duty::new("decide_item", "决定是否列入", "decide whether it comes on the agenda")
                .on(&[In::Proposed])
                .owed_by(&[JOINT_MEETING_OFFICE])
                .recorded_by(&[JOINT_MEETING_OFFICE, CONVENER])
                .limits(&["C20"])
                .ladder("office")
                .fulfilled_by(&["accept_item", "defer_item", "reject_item"]),
        )
        .duty(
            Duty::new("bring_to_meeting", "上会", "bring it before the meeting")
                .on(&[In::Accepted])
                .owed_by(&[JOINT_MEETING_OFFICE])
                .recorded_by(&[JOINT_MEETING_OFFICE])
                .limits(&["C19"])
                .ladder("office")
                .fulfilled_by(&["record_discussion", "defer_item"]),
        )
        .duty(
            Duty::new("take_up_again", "到期再议", "take it up again")
                .on(&[In::Deferred])
                .owed_by(&[JOINT_MEETING_OFFICE])
                .recorded_by(&[JOINT_MEETING_OFFICE, CONVENER])
                .limits(&["C19"])
                .ladder("office")
                .fulfilled_by(&["take_up", "reject_item"]),
        )
        .duty(
            Duty::new("settle_item", "写入纪要", "settle it in the minutes")
                .on(&[In::Discussed])
                .owed_by(&[CONVENER])
                .recorded_by(&[JOINT_MEETING_OFFICE])
                .limits(&["C16"])
                .ladder("office")
                .fulfilled_by(&["adopt", "not_adopt", "carry_over"]),
        )
        .duty(
            // Not in the table of duties: nothing else brings the answer to the proposer.
            Duty::new("answer_proposer", "答复提出单位", "answer the proposer")
                .owed_by(&[JOINT_MEETING_OFFICE])
                .recorded_by(&[JOINT_MEETING_OFFICE])
                .limits(&["C17"])
                .ladder("office")
                .fulfilled_by(&["answer_proposer", "reject_item", "withdraw_item"])
                .never_excused(),
        )
}

/// Whether a case is an open alert of the color red.
fn is_red_alert(case: &Beside) -> bool {
    let colour = case.attributes.get("colour").map(String::as_str);
    case.facts.procedure == "risk_alert"
        && case.facts.is_open()
        && colour == Some(Colour::Red.name())
}

/// Whether an item is accepted for this meeting and not yet dealt with there.
pub(super) fn waits_for(item: &Beside, meeting: CaseId) -> bool {
    is_of(item, meeting) && item.facts.state == "accepted"
}

/// Whether an item still stands on this meeting's list, dealt with there or not, and is not
/// settled.
pub(super) fn is_unsettled(item: &Beside, meeting: CaseId) -> bool {
    is_of(item, meeting) && matches!(item.facts.state.as_str(), "accepted" | "discussed")
}

fn is_of(item: &Beside, meeting: CaseId) -> bool {
    item.facts.procedure == AgendaItem::NAME
        && item.attributes.get(LISTED_FOR) == Some(&meeting.to_string())
}

/// The item ends: the cases it is about are told what became of it.
fn decided(
    step: &mut StepContext<'_, AgendaItem>,
    outcome: &'static str,
    said: &Text,
) -> Result<(), Refusal> {
    let cases = step.data.cases.clone();
    tell(step, &cases, &Told { outcome, said })
}
