//! What the county's procedures keep on every path, and for each such policy a like one that they
//! do not keep, with the path that shows it: a proof that finds nothing must be able to find
//! something.
//!
//! Policies speak of the graph. What a guard over data keeps is tested with the procedure.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

use hexacase::{
    care,
    procedure::{Definition, Point, Policy, longest_statutory},
};

const REPORT: &str = "mandatory_report";
const EMERGENCY: &str = "emergency_response";
const GUARDIANSHIP: &str = "temporary_guardianship";
const ALERT: &str = "risk_alert";
const ASSESSMENT: &str = "assessment_assistance";
const REFERRAL: &str = "referral";
const FILE: &str = "care_file";
const MEETING: &str = "meeting";
const ITEM: &str = "agenda_item";
const ACTION: &str = "action_item";
const OVERSIGHT: &str = "listed_oversight";

/// What a procedure keeps, and what one does not.
struct Proof {
    procedure: &'static str,
    kept: Policy,
    broken: (&'static str, Policy),
    /// The end of the path that shows it.
    way: &'static str,
}

fn proofs() -> Vec<Proof> {
    let mut proofs = of_reports();
    proofs.extend(of_emergencies());
    proofs.extend(of_guardianships());
    proofs.extend(of_alerts());
    proofs.extend(of_assessments());
    proofs.extend(of_referrals());
    proofs.extend(of_files());
    proofs.extend(of_meetings());
    proofs.extend(of_oversight());
    proofs
}

/// 强制报告.
fn of_reports() -> Vec<Proof> {
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
fn of_emergencies() -> Vec<Proof> {
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
fn of_guardianships() -> Vec<Proof> {
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
fn of_alerts() -> Vec<Proof> {
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

/// 评估帮扶.
fn of_assessments() -> Vec<Proof> {
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
fn of_referrals() -> Vec<Proof> {
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
fn of_files() -> Vec<Proof> {
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
fn of_meetings() -> Vec<Proof> {
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
fn of_oversight() -> Vec<Proof> {
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

fn definitions() -> Vec<Definition> {
    care::definitions(care::rules::national()).unwrap()
}

fn named<'a>(definitions: &'a [Definition], name: &str) -> &'a Definition {
    let found = definitions.iter().find(|definition| definition.name() == name);
    found.unwrap_or_else(|| panic!("`{name}` is not carried"))
}

#[test]
fn every_policy_is_kept_on_every_path() {
    let definitions = definitions();
    let broken: Vec<_> = proofs()
        .iter()
        .filter_map(|proof| proof.kept.check(named(&definitions, proof.procedure)).err())
        .map(|counterexample| counterexample.to_string())
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_planted_violation_is_found_with_its_path() {
    let definitions = definitions();
    let mut missed = Vec::new();
    for proof in proofs() {
        let (procedure, policy) = &proof.broken;
        let found = policy.check(named(&definitions, procedure));
        let found = found.map_or_else(|broken| broken.to_string(), |()| format!("kept: {policy}"));
        if !found.ends_with(proof.way) {
            missed.push(format!("expected … {}\n   found {found}", proof.way));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn from_every_state_of_every_procedure_an_act_leads_on_to_an_end() {
    for definition in definitions() {
        assert_eq!(Policy::always_within_reach(&[Point::End]).check(&definition), Ok(()));
    }
}

#[test]
fn the_law_bounds_the_way_from_the_report_to_the_decision() {
    let definitions = definitions();
    let rules = care::rules::national();
    let longest =
        longest_statutory(named(&definitions, REPORT), "reported", "decided", |id| rules.limit(id));
    let longest = longest.unwrap();
    let limits: Vec<_> = longest.limits.iter().map(|(_, id)| id.as_str()).collect();
    // Limits of documents, such as those for the decision to file, are not law and do not count.
    assert_eq!(limits, ["D09a", "D06", "D08a", "D35a"], "{:?}", longest.states);
    assert_eq!(longest.total.label().zh, "40日加24小时");
    assert!(longest.complete);
}
