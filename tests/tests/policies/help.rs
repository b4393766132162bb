//! What assessments, referrals, files, meetings and oversight keep.

use hexacase::procedure::{Point, Policy};

use super::{ACTION, ASSESSMENT, FILE, ITEM, MEETING, OVERSIGHT, Proof, REFERRAL};

/// 评估帮扶.
pub(super) fn of_assessments() -> Vec<Proof> {
    let proof = |kept, broken, way| Proof { procedure: ASSESSMENT, kept, broken, way };
    vec![
        // What the child says, or why it could not be asked, stands in the report, and no plan is
        // without one.
        proof(
            Policy::precedes(&["submit_report"], Point::State("plan_drafted")),
            (ASSESSMENT, Policy::precedes(&["call_conference"], Point::State("plan_drafted"))),
            "report_submitted -(draft_plan)-> plan_drafted",
        ),
        // A plan is carried out when somebody approved it.
        proof(
            Policy::precedes(&["approve_plan"], Point::Transition("send_referrals")),
            (ASSESSMENT, Policy::precedes(&["approve_plan"], Point::State("closed_refused"))),
            "-(open_assessment)-> pending_assessment -(close_refused)-> closed_refused",
        ),
        // The goal is met after the services ended (no referral of the plan is open then) and the
        // child was assessed anew.
        proof(
            Policy::precedes(&["services_done"], Point::State("closed_goal_met")),
            (ASSESSMENT, Policy::precedes(&["extend_plan"], Point::State("closed_goal_met"))),
            "follow_up -(reassess)-> reassessing -(close_goal_met)-> closed_goal_met",
        ),
        proof(
            Policy::precedes(&["reassess"], Point::State("closed_goal_met")),
            (ASSESSMENT, Policy::precedes(&["record_visit"], Point::State("closed_goal_met"))),
            "follow_up -(reassess)-> reassessing -(close_goal_met)-> closed_goal_met",
        ),
        // Without a report nobody says that there is no need.
        proof(
            Policy::precedes(&["submit_report"], Point::State("closed_no_need")),
            (ASSESSMENT, Policy::precedes(&["submit_report"], Point::State("closed_refused"))),
            "-(open_assessment)-> pending_assessment -(close_refused)-> closed_refused",
        ),
        // Harm is reported from every state.
        proof(
            Policy::always_possible("find_guardian_harm"),
            (ASSESSMENT, Policy::always_possible("close_refused")),
            "-(open_assessment)-> pending_assessment -(record_life_event)-> transferring_out",
        ),
        // The plan of a child that moves stays open here until it is received, or comes back.
        proof(
            Policy::no_end_while("chase_transfer", &["transfer_accepted", "transfer_refused"]),
            (ASSESSMENT, Policy::no_end_while("chase_transfer", &["transfer_accepted"])),
            "transferring_out -(transfer_refused)-> pending_assessment -(close_refused)-> closed_refused",
        ),
        proof(
            Policy::no_end_while(
                "approve_plan",
                &["approve_plan", "return_plan", "close_refused", "record_life_event"],
            ),
            (
                ASSESSMENT,
                Policy::no_end_while(
                    "approve_plan",
                    &["approve_plan", "return_plan", "record_life_event"],
                ),
            ),
            "report_submitted -(draft_plan)-> plan_drafted -(close_refused)-> closed_refused",
        ),
        proof(
            Policy::always_within_reach(&[Point::State("closed_goal_met")]),
            (ASSESSMENT, Policy::always_within_reach(&[Point::Transition("open_assessment")])),
            "-(open_assessment)-> pending_assessment",
        ),
    ]
}

/// 转介单.
pub(super) fn of_referrals() -> Vec<Proof> {
    let proof = |kept, broken, way| Proof { procedure: REFERRAL, kept, broken, way };
    vec![
        proof(
            Policy::precedes(
                &["accept_referral", "must_accept"],
                Point::Transition("start_service"),
            ),
            (REFERRAL, Policy::precedes(&["accept_referral"], Point::Transition("start_service"))),
            "refused -(must_accept)-> accepted -(start_service)-> serving",
        ),
        proof(
            Policy::precedes(&["start_service"], Point::State("completed")),
            (REFERRAL, Policy::precedes(&["start_service"], Point::State("closed_unserved"))),
            "sent -(refuse_referral)-> refused -(accept_refusal)-> closed_unserved",
        ),
        // A refusal never ends by itself: somebody decides on it.
        proof(
            Policy::no_end_while("adjudicate", &["redirect", "must_accept", "accept_refusal"]),
            (REFERRAL, Policy::no_end_while("adjudicate", &["must_accept", "accept_refusal"])),
            "sent -(refuse_referral)-> refused -(redirect)-> withdrawn",
        ),
        proof(
            Policy::always_possible("report_danger"),
            (REFERRAL, Policy::always_possible("log_service")),
            "-(send_referral)-> sent",
        ),
        // Nobody approves before a child is served.
        proof(
            Policy::no_approval_before("accept_referral"),
            (REFERRAL, Policy::no_approval_before("log_service")),
            "refused -(must_accept)-> accepted -(start_service)-> serving -(log_service)-> serving",
        ),
    ]
}

/// 儿童档案.
pub(super) fn of_files() -> Vec<Proof> {
    let proof = |kept, broken, way| Proof { procedure: FILE, kept, broken, way };
    vec![
        proof(
            Policy::precedes(
                &["complete_file", "record_life_event"],
                Point::Transition("close_file"),
            ),
            (FILE, Policy::precedes(&["complete_file"], Point::State("archived"))),
            "-(open_file)-> draft -(reject_file)-> archived",
        ),
        // The file of a child that moves stays open here until it is received there.
        proof(
            Policy::precedes(
                &["send_out", "record_life_event"],
                Point::Transition("receive_elsewhere"),
            ),
            (FILE, Policy::precedes(&["send_out"], Point::Transition("receive_elsewhere"))),
            "draft -(record_life_event)-> moving_out -(receive_elsewhere)-> archived",
        ),
    ]
}

/// 联席会议.
pub(super) fn of_meetings() -> Vec<Proof> {
    let proof = |procedure, kept, broken, way| Proof { procedure, kept, broken, way };
    vec![
        // Minutes are of a meeting that was held, and somebody else drafted them.
        proof(
            MEETING,
            Policy::precedes(&["convene"], Point::State("minutes_issued")),
            (MEETING, Policy::precedes(&["convene"], Point::End)),
            "-(propose_meeting)-> proposed -(cancel_meeting)-> cancelled",
        ),
        proof(
            MEETING,
            Policy::precedes(&["send_notice"], Point::Transition("convene")),
            (MEETING, Policy::precedes(&["postpone"], Point::Transition("convene"))),
            "notified -(convene)-> convened",
        ),
        proof(
            MEETING,
            Policy::never_after(&["convene"], Point::State("cancelled")),
            (MEETING, Policy::never_after(&["send_notice"], Point::State("cancelled"))),
            "notified -(cancel_meeting)-> cancelled",
        ),
        // What the ladder or anybody else proposes ends only when a person has decided on it.
        proof(
            ITEM,
            Policy::precedes(
                &["accept_item", "defer_item", "reject_item", "withdraw_item"],
                Point::End,
            ),
            (ITEM, Policy::precedes(&["accept_item", "reject_item", "withdraw_item"], Point::End)),
            "accepted -(record_discussion)-> discussed -(adopt)-> resolved",
        ),
        proof(
            ITEM,
            Policy::precedes(&["record_discussion"], Point::Transition("adopt")),
            (ITEM, Policy::precedes(&["accept_item"], Point::Transition("adopt"))),
            "accepted -(record_discussion)-> discussed -(adopt)-> resolved",
        ),
        proof(
            ITEM,
            Policy::no_end_while("settle_item", &["adopt", "not_adopt", "carry_over"]),
            (ITEM, Policy::no_end_while("settle_item", &["adopt", "not_adopt"])),
            "deferred -(reject_item)-> rejected",
        ),
        // Work ends when somebody else has verified it, or when it is taken back.
        proof(
            ACTION,
            Policy::precedes(&["verify", "withdraw_action"], Point::End),
            (ACTION, Policy::precedes(&["verify"], Point::End)),
            "-(assign)-> assigned -(withdraw_action)-> withdrawn",
        ),
        proof(
            ACTION,
            Policy::precedes(&["report_result"], Point::Transition("verify")),
            (ACTION, Policy::precedes(&["rework"], Point::Transition("verify"))),
            "in_progress -(report_result)-> reported -(verify)-> verified_closed",
        ),
        proof(
            ACTION,
            Policy::no_end_while(
                "settle_objection",
                &["reassign_unit", "uphold", "withdraw_action"],
            ),
            (ACTION, Policy::no_end_while("settle_objection", &["reassign_unit", "uphold"])),
            "objected -(withdraw_action)-> withdrawn",
        ),
        proof(
            ACTION,
            Policy::always_possible("withdraw_action"),
            (ACTION, Policy::always_possible("report_progress")),
            "-(assign)-> assigned",
        ),
    ]
}

/// 督办.
pub(super) fn of_oversight() -> Vec<Proof> {
    let proof = |kept, broken, way| Proof { procedure: OVERSIGHT, kept, broken, way };
    vec![
        // Nothing goes out that nobody signed. By the graph a letter could come back as a demand;
        // the guard of `return_reply` keeps it from that.
        proof(
            Policy::precedes(&["sign_oversight", "return_reply"], Point::Transition("reply")),
            (OVERSIGHT, Policy::precedes(&["sign_oversight"], Point::State("replied"))),
            "inquiry_sent -(record_answer)-> replied",
        ),
        proof(
            Policy::precedes(&["sign_oversight", "send_inquiry", "decline"], Point::End),
            (OVERSIGHT, Policy::precedes(&["sign_oversight", "decline"], Point::End)),
            "inquiry_sent -(record_answer)-> replied -(release)-> released",
        ),
        proof(
            Policy::no_end_while("reply_oversight", &["reply"]),
            (OVERSIGHT, Policy::no_end_while("chase_answer", &["record_answer"])),
            "inquiry_sent -(ask_procuratorate)-> replied -(release)-> released",
        ),
        proof(
            Policy::never_after(&["sign_oversight"], Point::State("inquiry_sent")),
            (OVERSIGHT, Policy::never_after(&["send_inquiry"], Point::State("issued"))),
            "replied -(return_reply)-> issued",
        ),
    ]
}
