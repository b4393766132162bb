//! `action_item` 议定事项: a task given to a unit by issued minutes, a verified finding or an
//! incident review.
//!
//! It is about the unit that was asked first, and entrusted to the one that leads it now. A study
//! 调研 or a policy 出台政策 ends with the number of its document, or of the new rules.

mod assigning;
mod data;
mod guards;
mod state;
#[cfg(test)]
mod tests;
mod working;

pub use assigning::{Acknowledge, Assign, Object, ReassignUnit, Uphold, WithdrawAction};
pub use data::ActionItemData;
pub use state::ActionItemState;
pub use working::{ReportProgress, ReportResult, ReturnResult, Rework, StartWork, Verify};

use crate::{
    care::roles::{CONVENER, JOINT_MEETING_OFFICE, MEMBER_LIAISON},
    procedure::{Define, Duty, Guard, Procedure, Refusal, StepContext, Timing},
    terms::{area::AreaPurpose, facts::SubjectKind, id::UnitId, label::Label, time::CivilDate},
};

/// The procedure.
#[derive(Clone, Copy, Debug)]
pub struct ActionItem;

impl Procedure for ActionItem {
    const NAME: &'static str = "action_item";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("议定事项", "action item");
    const MECHANISM: Option<&'static str> = Some("joint_meeting");
    const SUBJECT: SubjectKind = SubjectKind::Unit;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Unit];
    const GUARDS: &'static [&'static Guard] = guards::ALL;

    type State = ActionItemState;
    type Data = ActionItemData;

    fn define(define: Define<Self>) -> Define<Self> {
        duties(define)
            .transition::<Assign>()
            .transition::<Acknowledge>()
            .transition::<Object>()
            .transition::<ReassignUnit>()
            .transition::<Uphold>()
            .transition::<StartWork>()
            .transition::<ReportProgress>()
            .transition::<ReportResult>()
            .transition::<Verify>()
            .transition::<ReturnResult>()
            .transition::<Rework>()
            .transition::<WithdrawAction>()
    }

    fn timing(duty: &str, data: &ActionItemData) -> Timing {
        match duty {
            "report_result" => Timing::default().due(data.due.map(CivilDate::end)),
            _ => Timing::default(),
        }
    }
}

fn duties(define: Define<ActionItem>) -> Define<ActionItem> {
    use ActionItemState as In;
    define
        .duty(
            Duty::new("acknowledge", "签收", "acknowledge")
                .on(&[In::Assigned])
                .owed_by(&[MEMBER_LIAISON])
                .recorded_by(&[MEMBER_LIAISON])
                .limits(&["C17"])
                .ladder("action_item")
                .fulfilled_by(&["acknowledge", "object"]),
        )
        .duty(
            Duty::new("settle_objection", "裁定异议", "decide on the objection")
                .on(&[In::Objected])
                .owed_by(&[CONVENER])
                .recorded_by(&[CONVENER, JOINT_MEETING_OFFICE])
                .limits(&["C12"])
                .ladder("office")
                .fulfilled_by(&["reassign_unit", "uphold"]),
        )
        .duty(
            Duty::new("start_work", "开始办理", "start work")
                .on(&[In::Acknowledged])
                .owed_by(&[MEMBER_LIAISON])
                .recorded_by(&[MEMBER_LIAISON])
                .limits(&["C22"])
                .ladder("action_item")
                .fulfilled_by(&["start_work"]),
        )
        .duty(
            Duty::new("report_result", "按期反馈", "report the result in time")
                .on(&[In::InProgress])
                .owed_by(&[MEMBER_LIAISON])
                .recorded_by(&[MEMBER_LIAISON])
                .limits(&["C19"])
                .ladder("action_item")
                .fulfilled_by(&["report_result"]),
        )
        .duty(
            Duty::new("verify_result", "核销", "verify the result")
                .on(&[In::Reported])
                .owed_by(&[JOINT_MEETING_OFFICE])
                .recorded_by(&[JOINT_MEETING_OFFICE, CONVENER])
                .limits(&["C18"])
                .ladder("office")
                .fulfilled_by(&["verify", "return_result"]),
        )
        .duty(
            Duty::new("rework", "重办", "do it again")
                .on(&[In::Returned])
                .owed_by(&[MEMBER_LIAISON])
                .recorded_by(&[MEMBER_LIAISON])
                .limits(&["C17"])
                .ladder("action_item")
                .fulfilled_by(&["rework"]),
        )
}

/// Refuses a judicial organ as the unit that does something (guard e). Which units are, the
/// county's rules list.
pub(super) fn demand_may_lead<P: Procedure>(
    step: &StepContext<'_, P>,
    lead: &UnitId,
) -> Result<(), Refusal> {
    step.demand(!step.facts().rules.is_judicial_unit(lead), &guards::JUDICIAL_ORGAN_NOT_LEAD)
}
