//! `meeting` 会议: a meeting of the joint meeting: plenary, thematic, of the liaisons, or a case
//! conference.
//!
//! It is about the county; a case conference shares the incident of the cases it speaks about. It
//! names them by id and leaves their state alone: whoever may open them is decided there.

mod calling;
mod data;
mod guards;
mod holding;
mod state;
#[cfg(test)]
mod tests;

pub use calling::{
    CancelMeeting, FailQuorum, ListItem, Postpone, ProposeMeeting, Schedule, SendNotice,
};
pub use data::MeetingData;
pub use holding::{Convene, DraftMinutes, IssueMinutes, ReturnDraft};
pub use state::MeetingState;

use crate::{
    care::roles::{CONVENER, JOINT_MEETING_OFFICE},
    procedure::{Beside, Define, Duty, Guard, Procedure, State as _, Timing},
    terms::{area::AreaPurpose, facts::SubjectKind, label::Label},
};

/// The procedure.
#[derive(Clone, Copy, Debug)]
pub struct Meeting;

impl Procedure for Meeting {
    const NAME: &'static str = "meeting";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("会议", "meeting");
    const MECHANISM: Option<&'static str> = Some("joint_meeting");
    const SUBJECT: SubjectKind = SubjectKind::County;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Unit];
    const GUARDS: &'static [&'static Guard] = guards::ALL;

    type State = MeetingState;
    type Data = MeetingData;

    fn define(define: Define<Self>) -> Define<Self> {
        duties(define)
            .transition::<ProposeMeeting>()
            .transition::<ListItem>()
            .transition::<Schedule>()
            .transition::<CancelMeeting>()
            .transition::<SendNotice>()
            .transition::<Postpone>()
            .transition::<FailQuorum>()
            .transition::<Convene>()
            .transition::<DraftMinutes>()
            .transition::<ReturnDraft>()
            .transition::<IssueMinutes>()
    }

    fn timing(duty: &str, data: &MeetingData) -> Timing {
        match duty {
            "hold_meeting" => Timing::default().due(data.at),
            _ => Timing::default(),
        }
    }
}

fn duties(define: Define<Meeting>) -> Define<Meeting> {
    use MeetingState as In;
    define
        .duty(
            Duty::new("fix_date", "定会期", "fix the date")
                .on(&[In::Proposed])
                .owed_by(&[CONVENER])
                .recorded_by(&[JOINT_MEETING_OFFICE])
                .limits(&["C20"])
                .ladder("office")
                .fulfilled_by(&["schedule", "cancel_meeting"]),
        )
        .duty(
            Duty::new("give_notice", "发通知", "send the notice")
                .on(&[In::Scheduled])
                .owed_by(&[JOINT_MEETING_OFFICE])
                .recorded_by(&[JOINT_MEETING_OFFICE])
                .limits(&["C14"])
                .ladder("office")
                .fulfilled_by(&["send_notice", "cancel_meeting"]),
        )
        .duty(
            Duty::new("hold_meeting", "开会", "hold the meeting")
                .on(&[In::Notified])
                .owed_by(&[CONVENER])
                .recorded_by(&[JOINT_MEETING_OFFICE, CONVENER])
                .limits(&["C19"])
                .ladder("office")
                .fulfilled_by(&["convene", "postpone", "fail_quorum"]),
        )
        .duty(
            Duty::new("draft_minutes", "起草纪要", "draft the minutes")
                .on(&[In::Convened])
                .owed_by(&[JOINT_MEETING_OFFICE])
                .recorded_by(&[JOINT_MEETING_OFFICE])
                .limits(&["C15"])
                .ladder("office")
                .fulfilled_by(&["draft_minutes"]),
        )
        .duty(
            Duty::new("issue_minutes", "印发纪要", "issue the minutes")
                .on(&[In::MinutesDrafted])
                .owed_by(&[CONVENER])
                .recorded_by(&[CONVENER, JOINT_MEETING_OFFICE])
                .limits(&["C16"])
                .ladder("office")
                .fulfilled_by(&["issue_minutes", "return_draft"]),
        )
}

/// Whether a case is a meeting that was held, whatever became of its minutes.
pub(super) fn was_held(case: &Beside) -> bool {
    let held = [MeetingState::Convened, MeetingState::MinutesDrafted, MeetingState::MinutesIssued];
    let held = held.iter().any(|state| state.name() == case.facts.state);
    case.facts.procedure == Meeting::NAME && held
}

/// Whether a case is a meeting that is still to be held.
pub(super) fn is_ahead(case: &Beside) -> bool {
    let ahead = calling::AHEAD.iter().any(|state| state.name() == case.facts.state);
    case.facts.procedure == Meeting::NAME && case.facts.is_open() && ahead
}
