//! What alerts, reports, emergencies and temporary guardianships keep.

use hexacase::procedure::{Point, Policy};

use super::{ALERT, EMERGENCY, GUARDIANSHIP, Proof, REPORT};

/// 强制报告.
pub(super) fn of_reports() -> Vec<Proof> {
    let proof = |kept, broken, way| Proof { procedure: REPORT, kept, broken, way };
    vec![
        // Nothing that needs an approval stands before a report. Reports know no approvals, so
        // what breaks such a policy is looked for in an alert.
        proof(
            Policy::no_approval_before("report_to_police"),
            (ALERT, Policy::no_approval_before("clear")),
            "grading -(confirm_grade)-> monitoring -(clear)-> cleared",
        ),
        proof(
            Policy::no_approval_before("report_to_department"),
            (ALERT, Policy::no_approval_before("confirm_grade")),
            "verifying -(propose_grade)-> grading -(confirm_grade)-> monitoring",
        ),
        proof(
            Policy::no_approval_before("record_report_made"),
            (ALERT, Policy::no_approval_before("dismiss")),
            "-(register_clue)-> clue_received -(dismiss)-> dismissed",
        ),
        // Every report is answered to whoever made it, or it is said why it cannot be.
        proof(
            Policy::precedes(&["notify_result", "notification_impossible"], Point::State("closed")),
            (REPORT, Policy::precedes(&["notify_result"], Point::State("closed"))),
            "decided -(notification_impossible)-> result_notified -(close)-> closed",
        ),
        proof(
            Policy::precedes(&["notify_result", "notification_impossible"], Point::End),
            (REPORT, Policy::precedes(&["notification_impossible"], Point::End)),
            "decided -(notify_result)-> result_notified -(close)-> closed",
        ),
        // No report ends that was not made.
        proof(
            Policy::precedes(
                &["report_to_police", "report_to_department", "record_report_made"],
                Point::End,
            ),
            (REPORT, Policy::precedes(&["report_to_police", "report_to_department"], Point::End)),
            "decided -(notify_result)-> result_notified -(close)-> closed",
        ),
        proof(
            Policy::precedes(&["receive_by_police"], Point::Transition("begin_review")),
            (REPORT, Policy::precedes(&["begin_review"], Point::State("under_review"))),
            "received_by_police -(transfer_jurisdiction)-> transferring -(jurisdiction_accepted)-> under_review",
        ),
        // A refusal to file is answered, or new facts come up.
        proof(
            Policy::no_end_while(
                "decide_next_step",
                &[
                    "apply_reconsideration",
                    "resubmit_new_facts",
                    "accept_not_filed",
                    "ordered_to_file",
                ],
            ),
            (
                REPORT,
                Policy::no_end_while(
                    "decide_next_step",
                    &["apply_reconsideration", "resubmit_new_facts", "ordered_to_file"],
                ),
            ),
            "decided -(notify_result)-> result_notified -(close)-> closed",
        ),
        // Whatever the state: danger is answered at once, and help is asked for.
        proof(
            Policy::always_possible("raise_danger"),
            (REPORT, Policy::always_possible("begin_review")),
            "-(discover)-> discovered",
        ),
        proof(
            Policy::always_possible("refer_needs"),
            (REPORT, Policy::always_possible("ask_supplement")),
            "-(discover)-> discovered",
        ),
        proof(
            Policy::always_within_reach(&[Point::State("closed")]),
            (REPORT, Policy::always_within_reach(&[Point::Transition("report_to_police")])),
            "reported -(receive_by_police)-> received_by_police -(begin_review)-> under_review",
        ),
    ]
}

/// 应急处置.
pub(super) fn of_emergencies() -> Vec<Proof> {
    let proof = |kept, broken, way| Proof { procedure: EMERGENCY, kept, broken, way };
    vec![
        // An emergency is closed when somebody said that the danger is over, or took the child
        // over; nothing else ends it but a false alarm and a death.
        proof(
            Policy::precedes(
                &["confirm_danger_cleared", "guardianship_taken_over"],
                Point::State("closed"),
            ),
            (EMERGENCY, Policy::precedes(&["confirm_danger_cleared"], Point::State("closed"))),
            "guardianship_requested -(guardianship_taken_over)-> danger_cleared -(close)-> closed",
        ),
        proof(
            Policy::precedes(
                &["close", "record_false_alarm", "found_dead", "record_life_event"],
                Point::End,
            ),
            (EMERGENCY, Policy::precedes(&["close", "record_false_alarm"], Point::End)),
            "-(raise_alarm)-> emergency_received -(record_life_event)-> closed_deceased",
        ),
        // Nobody waits for an approval to go, to bring a child out, or to hand it to a carer.
        proof(
            Policy::no_approval_before("local_first_response"),
            (ALERT, Policy::no_approval_before("start_regrade")),
            "grading -(confirm_grade)-> monitoring -(start_regrade)-> regrading",
        ),
        proof(
            Policy::no_approval_before("remove_child"),
            (ALERT, Policy::no_approval_before("transfer_accepted")),
            "monitoring -(send_transfer_out)-> transferring_out -(transfer_accepted)-> transferred_out",
        ),
        proof(
            Policy::no_approval_before("custody_transfer"),
            (ALERT, Policy::no_approval_before("transfer_refused")),
            "monitoring -(send_transfer_out)-> transferring_out -(transfer_refused)-> monitoring",
        ),
        // The chain of custody: escorted, handed over, and only then guardianship is asked for.
        proof(
            Policy::precedes(&["escort"], Point::Transition("custody_transfer")),
            (EMERGENCY, Policy::precedes(&["remove_child"], Point::Transition("escort"))),
            "on_scene -(send_to_hospital)-> medical_first -(escort)-> escorting",
        ),
        proof(
            Policy::precedes(
                &["custody_transfer"],
                Point::Transition("request_temporary_guardianship"),
            ),
            (EMERGENCY, Policy::precedes(&["custody_transfer"], Point::State("danger_cleared"))),
            "on_scene -(resolve_on_site)-> resolved_on_site -(confirm_danger_cleared)-> danger_cleared",
        ),
        // A home that was left as it was is looked at again.
        proof(
            Policy::no_end_while("check_home", &["confirm_danger_cleared", "danger_again"]),
            (EMERGENCY, Policy::no_end_while("check_home", &["confirm_danger_cleared"])),
            "resolved_on_site -(danger_again)-> on_scene -(record_false_alarm)-> false_alarm",
        ),
        proof(
            Policy::always_possible("report_unlawful_act"),
            (EMERGENCY, Policy::always_possible("start_search")),
            "-(raise_alarm)-> emergency_received -(start_search)-> searching",
        ),
        proof(
            Policy::always_within_reach(&[Point::State("closed")]),
            (EMERGENCY, Policy::always_within_reach(&[Point::Transition("dispatch")])),
            "-(raise_alarm)-> emergency_received -(dispatch)-> dispatched",
        ),
    ]
}

/// 临时监护.
pub(super) fn of_guardianships() -> Vec<Proof> {
    let proof = |kept, broken, way| Proof { procedure: GUARDIANSHIP, kept, broken, way };
    vec![
        // Nobody is placed before somebody decided to take over, and nobody has waited for an
        // approval to ask.
        proof(
            Policy::precedes(&["approve"], Point::State("placed")),
            (GUARDIANSHIP, Policy::precedes(&["relapse"], Point::State("placed"))),
            "requested -(approve)-> approved -(place)-> placed",
        ),
        proof(
            Policy::no_approval_before("request"),
            (ALERT, Policy::no_approval_before("start_regrade")),
            "grading -(confirm_grade)-> monitoring -(start_regrade)-> regrading",
        ),
        // Nobody is returned without an assessment, and without a decision that says so.
        proof(
            Policy::precedes(&["assess_guardian"], Point::State("return_notified")),
            (GUARDIANSHIP, Policy::precedes(&["call_conference"], Point::State("return_notified"))),
            "placed -(assess_guardian)-> assessing_return -(decide_return)-> return_notified",
        ),
        proof(
            Policy::precedes(&["decide_return", "conclude_return"], Point::State("follow_up")),
            (GUARDIANSHIP, Policy::precedes(&["decide_return"], Point::State("follow_up"))),
            "in_conference -(conclude_return)-> return_notified -(collect_child)-> follow_up",
        ),
        proof(
            Policy::precedes(&["call_conference"], Point::Transition("conclude_return")),
            (
                GUARDIANSHIP,
                Policy::precedes(&["call_conference"], Point::Transition("collect_child")),
            ),
            "assessing_return -(decide_return)-> return_notified -(collect_child)-> follow_up",
        ),
        proof(
            Policy::precedes(&["collect_child"], Point::State("ended_returned")),
            (GUARDIANSHIP, Policy::precedes(&["conclude_return"], Point::State("ended_returned"))),
            "return_notified -(collect_child)-> follow_up -(end_follow_up)-> ended_returned",
        ),
        // A guardian who was told to come is not forgotten.
        proof(
            Policy::no_end_while(
                "collect_child",
                &["collect_child", "record_not_collected", "withdraw_notice", "offer_transfer"],
            ),
            (
                GUARDIANSHIP,
                Policy::no_end_while(
                    "collect_child",
                    &["collect_child", "record_not_collected", "withdraw_notice"],
                ),
            ),
            "return_notified -(offer_transfer)-> transferring -(transfer_accepted)-> ended_transferred",
        ),
        // A missing child is found before anything else goes on, but for a fact of life.
        proof(
            Policy::no_end_while("find_child", &["found"]),
            (GUARDIANSHIP, Policy::no_end_while("hospital_contact", &["back_from_hospital"])),
            "absconded -(found)-> placed -(hand_to_relative)-> ended_to_relative",
        ),
        // The child is with us until the other county takes it.
        proof(
            Policy::precedes(&["transfer_accepted"], Point::State("ended_transferred")),
            (GUARDIANSHIP, Policy::never_after(&["offer_transfer"], Point::State("follow_up"))),
            "return_notified -(collect_child)-> follow_up",
        ),
        // Whatever the state: civil affairs can apply for revocation, and say that nobody knows
        // who the child is.
        proof(
            Policy::always_possible("file_revocation"),
            (GUARDIANSHIP, Policy::always_possible("hospitalise")),
            "-(request)-> requested",
        ),
        proof(
            Policy::always_possible("mark_unidentified"),
            (GUARDIANSHIP, Policy::always_possible("abscond")),
            "-(request)-> requested",
        ),
        proof(
            Policy::always_within_reach(&[Point::End]),
            (GUARDIANSHIP, Policy::always_within_reach(&[Point::Transition("approve")])),
            "requested -(approve)-> approved",
        ),
    ]
}

/// 预警线索.
pub(super) fn of_alerts() -> Vec<Proof> {
    let proof = |kept, broken, way| Proof { procedure: ALERT, kept, broken, way };
    vec![
        // An approval may stand before a report in an alert, but no report waits for it.
        proof(
            Policy::always_possible("trigger_report"),
            (ALERT, Policy::always_possible("record_visit")),
            "-(register_clue)-> clue_received",
        ),
        proof(
            Policy::always_possible("intervene_now"),
            (ALERT, Policy::always_possible("start_regrade")),
            "-(register_clue)-> clue_received",
        ),
        // Cleared is what was graded, once or again. An alert that the other county sent back
        // without a grade comes to be watched too; the guard of `clear` asks for its color.
        proof(
            Policy::precedes(&["confirm_grade", "transfer_refused"], Point::State("cleared")),
            (ALERT, Policy::precedes(&["start_regrade"], Point::State("cleared"))),
            "grading -(confirm_grade)-> monitoring -(clear)-> cleared",
        ),
        proof(
            Policy::precedes(&["propose_grade"], Point::Transition("confirm_grade")),
            (ALERT, Policy::precedes(&["start_regrade"], Point::Transition("confirm_grade"))),
            "verifying -(propose_grade)-> grading -(confirm_grade)-> monitoring",
        ),
        proof(
            Policy::precedes(&["start_verification"], Point::Transition("propose_grade")),
            (ALERT, Policy::precedes(&["start_verification"], Point::Transition("dismiss"))),
            "-(register_clue)-> clue_received -(dismiss)-> dismissed",
        ),
        proof(
            Policy::no_end_while("confirm_grade", &["confirm_grade", "return_grade"]),
            (ALERT, Policy::no_end_while("confirm_grade", &["confirm_grade"])),
            "grading -(return_grade)-> verifying -(dismiss)-> dismissed",
        ),
        // A child that moves is watched until it is received, or comes back.
        proof(
            Policy::no_end_while("chase_transfer", &["transfer_accepted", "transfer_refused"]),
            (ALERT, Policy::no_end_while("chase_transfer", &["transfer_accepted"])),
            "transferring_out -(transfer_refused)-> monitoring -(clear)-> cleared",
        ),
        proof(
            Policy::never_after(&["transfer_accepted"], Point::State("cleared")),
            (ALERT, Policy::never_after(&["send_transfer_out"], Point::State("cleared"))),
            "transferring_out -(transfer_refused)-> monitoring -(clear)-> cleared",
        ),
    ]
}
