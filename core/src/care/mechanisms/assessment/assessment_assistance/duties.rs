//! Who owes what in an assessment, by when.

use super::{AssessmentAssistance, AssessmentState as In};
use crate::{
    care::roles::{
        CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, CIVIL_AFFAIRS_BUREAU, COUNTY,
        MINOR_PROTECTION_CENTER, NEAR, PROVIDER, TOWN, TOWN_LEADER, TOWN_STATION, VILLAGE,
    },
    procedure::{Define, Duty},
};

/// The duty that a visit which met the child fulfils.
pub(super) const FOLLOW_UP_VISIT: &str = "follow_up_visit";
/// The duty to look at the plan of a child who is not left behind any more.
pub(super) const REASSESS_AT_16: &str = "reassess_at_16";

/// Declares who owes what in an assessment.
pub(super) fn duties(define: Define<AssessmentAssistance>) -> Define<AssessmentAssistance> {
    beside_the_states(helping(planning(assessing(define))))
}

/// From the opening to the report.
fn assessing(define: Define<AssessmentAssistance>) -> Define<AssessmentAssistance> {
    define
        .duty(
            Duty::new("assign_team", "组建评估组", "name the assessment team")
                .on(&[In::PendingAssessment])
                .owed_by(&[TOWN_STATION])
                .recorded_by(&[NEAR])
                .limits(&["C40"])
                .fulfilled_by(&["assign_team", "close_refused"]),
        )
        .duty(
            Duty::new("submit_report", "提交评估报告", "submit the report")
                .on(&[In::Assessing])
                .owed_by(&[TOWN_STATION, MINOR_PROTECTION_CENTER, PROVIDER])
                .recorded_by(&[NEAR])
                .limits(&["C41"])
                .fulfilled_by(&["submit_report", "close_refused"]),
        )
}

/// From the report to the referrals.
fn planning(define: Define<AssessmentAssistance>) -> Define<AssessmentAssistance> {
    define
        .duty(
            Duty::new(
                "decide_way",
                "决定会商、方案或无需帮扶",
                "decide on a conference, a plan, or no need",
            )
            .on(&[In::ReportSubmitted])
            .owed_by(&[TOWN_STATION])
            .recorded_by(&[TOWN, COUNTY])
            .limits(&["C42"])
            .fulfilled_by(&[
                "call_conference",
                "draft_plan",
                "close_no_need",
                "return_report",
            ]),
        )
        .duty(
            Duty::new("conclude_conference", "会商结论", "conclude the conference")
                .on(&[In::InConference])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[NEAR])
                .limits(&["C42"])
                .fulfilled_by(&["draft_plan"]),
        )
        .duty(
            Duty::new("approve_plan", "审批方案", "decide on the plan")
                .on(&[In::PlanDrafted])
                .owed_by(&[TOWN_LEADER, CIVIL_AFFAIRS_BUREAU])
                .recorded_by(&[TOWN_LEADER, CIVIL_AFFAIRS_BUREAU])
                .limits(&["C12"])
                .fulfilled_by(&["approve_plan", "return_plan"]),
        )
        .duty(
            Duty::new("send_referrals", "发出转介单", "send the referrals")
                .on(&[In::PlanApproved])
                .owed_by(&[TOWN_STATION])
                .recorded_by(&[NEAR])
                .limits(&["C22"])
                .fulfilled_by(&["send_referrals"]),
        )
}

/// While the child is helped, and followed afterwards.
fn helping(define: Define<AssessmentAssistance>) -> Define<AssessmentAssistance> {
    define
        .duty(
            Duty::new("drive_services", "跟进各单位服务", "keep the services going")
                .on(&[In::Assisting])
                .owed_by(&[TOWN_STATION])
                .recorded_by(&[NEAR])
                .limits(&["C45"])
                .fulfilled_by(&["record_progress", "amend_plan", "services_done"]),
        )
        .duty(
            Duty::new(FOLLOW_UP_VISIT, "回访", "visit the child again")
                .on(&[In::FollowUp])
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C45"])
                .fulfilled_by(&["record_visit"]),
        )
        .duty(
            Duty::new("reassess", "复评", "assess anew")
                .on(&[In::FollowUp])
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[NEAR])
                .limits(&["C46"])
                .fulfilled_by(&["reassess"]),
        )
        .duty(
            Duty::new("settle_reassessment", "复评结论", "conclude the assessment anew")
                .on(&[In::Reassessing])
                .owed_by(&[TOWN_STATION])
                .recorded_by(&[TOWN, COUNTY])
                .limits(&["C41"])
                .fulfilled_by(&["close_goal_met", "extend_plan", "continue_follow_up"]),
        )
        .duty(
            Duty::new("chase_transfer", "催问接收", "ask whether it was received")
                .on(&[In::TransferringOut])
                .owed_by(&[TOWN_STATION])
                .recorded_by(&[TOWN, CIVIL_AFFAIRS_BUREAU])
                .limits(&["C11"])
                .fulfilled_by(&["transfer_accepted", "transfer_refused", "record_follow_up"]),
        )
}

fn beside_the_states(define: Define<AssessmentAssistance>) -> Define<AssessmentAssistance> {
    define
        .duty(
            Duty::new("settle_refusal", "处理监护人拒绝", "settle the guardian's refusal")
                .owed_by(&[TOWN_STATION])
                .recorded_by(&[NEAR])
                .limits(&["C42"])
                .fulfilled_by(&["settle_refusal", "close_refused", "find_guardian_harm"]),
        )
        .duty(
            // Not in the table of duties: what happens to the child at 16 asks for it. Whatever
            // looks at the plan again fulfils it.
            Duty::new(
                REASSESS_AT_16,
                "满十六周岁后复评",
                "assess anew after the sixteenth birthday",
            )
            .owed_by(&[CHILD_WELFARE_SUPERVISOR])
            .recorded_by(&[NEAR])
            .limits(&["C41"])
            .fulfilled_by(&[
                "submit_report",
                "draft_plan",
                "amend_plan",
                "reassess",
                "extend_plan",
                "continue_follow_up",
                "close_goal_met",
                "close_refused",
                "transfer_accepted",
            ]),
        )
}
