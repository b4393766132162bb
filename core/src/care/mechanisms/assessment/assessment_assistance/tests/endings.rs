//! How an assessment ends, what a refusal and harm by a guardian do, and what happens to the child.

use serde_json::{Value, json};

use super::*;
use crate::care::mechanisms::mandatory_report::MandatoryReport;

const AT: &str = "2026-07-21 09:00";

fn close() -> Value {
    json!({ "report": file(), "effect": "祖母照料稳定", "why_not": "住校考试" })
}

fn close_refused() -> Value {
    json!({
        "no_danger_because": "由祖母照料", "told_remedies": "可随时向镇未保站申请",
        "under_8_unattended": false,
    })
}

/// An assessment that a guardian refuses, recorded by `first`; the next steps are a leader's.
fn guardian_refuses(form: Value) -> TestCase {
    let mut case = opened(form);
    let refusal = json!({ "who": "示例父", "what": "不愿接受评估" });
    case.take_of(PARENT_GUARDIAN, "家庭", "record_refusal", "2026-03-02 10:00", refusal).unwrap();
    case.person = ActorId::constant("leader");
    case
}

fn event(case: &mut TestCase, event: &str) {
    let form = json!({ "event": event, "date": "2026-03-21" });
    case.take("record_life_event", AT, form).unwrap();
}

#[test]
fn closing_takes_another_person_than_the_one_whose_work_it_ends() {
    let mut case = reassessing();
    assert!(matches!(case.take("close_goal_met", AT, close()), Err(Refusal::FourEyes { .. })));
    let mut case = reported(opening(), &[]);
    let none = json!({ "reason": "家庭稳定" });
    let answer = case.take("close_no_need", "2026-03-07 09:00", none.clone());
    assert!(matches!(answer, Err(Refusal::FourEyes { .. })));
    case.person = ActorId::constant("leader");
    case.take("close_no_need", "2026-03-07 09:00", none).unwrap();
    let mut case = guardian_refuses(opening());
    case.person = ActorId::constant("first");
    let answer = case.take("close_refused", "2026-03-03 09:00", close_refused());
    assert!(matches!(answer, Err(Refusal::FourEyes { .. })));
}

#[test]
fn reaching_the_goal_grades_the_alert_anew_and_colours_nothing() {
    let mut case = reassessing();
    case.person = ActorId::constant("other");
    let silent = json!({ "report": file(), "effect": "祖母照料稳定" });
    assert!(field(case.take("close_goal_met", AT, silent)).starts_with("field `child_view`"));
    case.beside = vec![beside("referral", None)];
    let answer = case.take("close_goal_met", AT, close());
    assert_eq!(answer, refused(&guards::REFERRALS_OPEN));
    case.beside = vec![];
    let handed = case.take("close_goal_met", AT, close()).unwrap();
    assert_eq!(
        handed[0].payload,
        json!({ "cause": "帮扶目标达成结案；复评得分：监护70、生理80、行为90；祖母照料稳定" })
    );
    assert_eq!(case.attribute("child_view"), Some("not_possible"));
}

#[test]
fn an_assessment_anew_may_go_on_with_visits() {
    let mut case = reassessing();
    case.take("continue_follow_up", AT, json!({ "reason": "再看一学期" })).unwrap();
    assert_eq!(case.owed(), ["follow_up_visit", "reassess"]);
    assert_eq!(case.clock("follow_up_visit").1, Some("2026-08-21 23:59".into()));
}

#[test]
fn what_the_report_found_is_not_closed_as_no_need() {
    let at = "2026-03-07 09:00";
    let none = json!({ "reason": "家庭稳定" });
    let mut case = reported(opening(), &["psychology"]);
    case.person = ActorId::constant("leader");
    assert_eq!(case.take("close_no_need", at, none.clone()), refused(&guards::NO_NEED));
    case.take("return_report", at, json!({ "reason": "补充" })).unwrap();
    let removed = with(report(&[]), "temporary_guardianship", true);
    case.take("submit_report", at, removed).unwrap();
    case.person = ActorId::constant("other");
    assert_eq!(case.take("close_no_need", at, none), refused(&guards::NO_NEED));
}

#[test]
fn a_refusal_is_settled_or_ends_the_case_where_no_duty_in_law_remains() {
    let at = "2026-03-03 09:00";
    let mut case = guardian_refuses(opening());
    assert_eq!(case.owed(), ["assign_team", "settle_refusal"]);
    assert_eq!(case.attribute("guardian_refuses"), Some("yes"));
    case.take("settle_refusal", at, json!({ "result": "已同意" })).unwrap();
    assert_eq!((case.owed(), case.attribute("guardian_refuses")), (vec!["assign_team"], None));
    let answer = case.take("close_refused", at, close_refused());
    assert_eq!(answer, refused(&guards::NO_REFUSAL));
    let mut case = guardian_refuses(opening());
    case.take("close_refused", at, close_refused()).unwrap();
    assert_eq!((case.state(), case.owed()), ("closed_refused", vec![]));
}

#[test]
fn danger_is_never_closed_as_refused() {
    let at = "2026-03-03 09:00";
    let danger = refused(&guards::DANGER_REMAINS);
    let unattended = with(close_refused(), "under_8_unattended", true);
    assert_eq!(guardian_refuses(opening()).take("close_refused", at, unattended), danger);
    let forced = with(opening(), "forced_red", true);
    assert_eq!(guardian_refuses(forced).take("close_refused", at, close_refused()), danger);
    for other in ["mandatory_report", "emergency_response", "temporary_guardianship"] {
        let mut case = guardian_refuses(opening());
        case.beside = vec![beside(other, None)];
        assert_eq!(case.take("close_refused", at, close_refused()), danger, "{other}");
        case.beside = vec![beside(other, Some("2026-03-01 09:00"))];
        case.take("close_refused", at, close_refused()).unwrap();
    }
    let mut case = guardian_refuses(opening());
    case.beside = vec![marked("risk_alert", &[("colour", "red"), ("forced_red", "yes")])];
    assert_eq!(case.take("close_refused", at, close_refused()), danger);
    case.beside = vec![marked("risk_alert", &[("colour", "yellow"), ("forced_red", "no")])];
    case.beside.push(beside("referral", None));
    let answer = case.take("close_refused", at, close_refused());
    assert_eq!(answer, refused(&guards::REFERRALS_OPEN));
    case.beside.pop();
    case.take("close_refused", at, close_refused()).unwrap();
}

#[test]
fn temporary_guardianship_that_the_report_asks_for_is_danger_too() {
    let mut case = opened(opening());
    let team = json!({ "team": ["示例甲"], "in_house": 1 });
    case.take("assign_team", "2026-03-03 09:00", team).unwrap();
    let found = with(report(&["guardianship"]), "temporary_guardianship", true);
    case.take("submit_report", "2026-03-06 09:00", found).unwrap();
    case.take("draft_plan", "2026-03-09 09:00", plan()).unwrap();
    let refusal = json!({ "who": "示例父", "what": "不愿接受帮扶" });
    case.take_of(PARENT_GUARDIAN, "家庭", "record_refusal", "2026-03-09 10:00", refusal).unwrap();
    case.person = ActorId::constant("leader");
    let answer = case.take("close_refused", "2026-03-10 09:00", close_refused());
    assert_eq!(answer, refused(&guards::DANGER_REMAINS));
}

#[test]
fn harm_by_a_guardian_is_reported_at_once_and_the_case_goes_on() {
    let mut case = guardian_refuses(opening());
    let handed = case
        .take("find_guardian_harm", "2026-03-03 09:00", json!({ "facts": "身上有新伤" }))
        .unwrap();
    assert_eq!(ids(&handed), ["H19", "H44"]);
    assert_eq!(handed[0].payload["situations"], json!(["other_serious"]));
    assert_eq!(handed[1].payload, json!({ "facts": "身上有新伤" }));
    assert_eq!((case.state(), case.owed()), ("pending_assessment", vec!["assign_team"]));
    // The report takes what it is handed.
    let mut told = TestCase::of::<MandatoryReport>();
    told.take("discover", "2026-03-03 09:00", handed[0].payload.clone()).unwrap();
    let definition = AssessmentAssistance::define(Define::new()).build(&test_world()).unwrap();
    assert!(definition.transition("find_guardian_harm").unwrap().reporter_secret);
}

#[test]
fn at_16_a_plan_that_rests_on_being_left_behind_is_looked_at_again() {
    let left_behind = || with(opening(), "left_behind", true);
    let mut case = planned(left_behind(), &[]);
    event(&mut case, "turned_16");
    assert_eq!(case.owed(), ["approve_plan", "reassess_at_16"]);
    assert_eq!(case.clock("reassess_at_16").0, "C41");
    let data: AssessmentData = case.data();
    assert!(!data.left_behind && !data.plan.unwrap().rests_on_left_behind);
    case.take("return_plan", AT, json!({ "reason": "已满16周岁" })).unwrap();
    case.take("draft_plan", AT, with(plan(), "until", "2026-12-31")).unwrap();
    assert_eq!(case.owed(), ["approve_plan"]);
    // Not before there is a plan, not where the plan rests on something else, not at 18.
    let mut case = opened(left_behind());
    event(&mut case, "turned_16");
    assert_eq!(case.owed(), ["assign_team"]);
    let mut case = assisting();
    event(&mut case, "turned_16");
    assert_eq!((case.state(), case.owed()), ("assisting", vec!["drive_services"]));
}

#[test]
fn coming_of_age_ends_the_case_with_a_year_of_aftercare_and_death_ends_it() {
    let mut case = followed();
    event(&mut case, "turned_18");
    assert_eq!(case.state(), AssessmentState::ClosedLeftScope.name());
    assert_eq!(case.attribute("aftercare_until"), Some("2027-07-21"));
    let mut case = assisting();
    event(&mut case, "died");
    assert_eq!(case.state(), "assisting");
    case.person = ActorId::constant("second");
    event(&mut case, "died");
    assert_eq!((case.state(), case.attribute("aftercare_until")), ("closed_left_scope", None));
}

#[test]
fn the_plan_of_a_child_who_moved_stays_open_until_it_is_received_there() {
    let mut case = assisting();
    event(&mut case, "moved_away");
    assert_eq!((case.state(), case.owed()), ("transferring_out", vec!["chase_transfer"]));
    let taken = json!({ "accepted_by": "other-town", "at": "2026-07-22 09:00" });
    assert!(case.take("transfer_accepted", AT, taken.clone()).is_err(), "not yet");
    // Sent back: it can be assessed here, and still not end here.
    case.take("transfer_refused", AT, json!({ "reason": "查无此人" })).unwrap();
    assert_eq!(case.state(), "pending_assessment");
    let refusal = json!({ "who": "示例父", "what": "不愿" });
    case.take_of(PARENT_GUARDIAN, "家庭", "record_refusal", AT, refusal).unwrap();
    case.person = ActorId::constant("leader");
    assert_eq!(case.take("close_refused", AT, close_refused()), refused(&guards::MOVED_IS_SENT));
    event(&mut case, "moved_away");
    let here = json!({ "reason": "已随父母返回", "child_is_here": true });
    case.take("transfer_refused", AT, here).unwrap();
    case.take("close_refused", AT, close_refused()).unwrap();
    let mut case = assisting();
    event(&mut case, "moved_away");
    case.take("transfer_accepted", "2026-07-22 10:00", taken).unwrap();
    assert_eq!(case.state(), "transferred_out");
}

#[test]
fn a_visit_that_finds_the_family_gone_keeps_the_plan_from_ending_here() {
    let mut case = followed();
    let moved = json!({ "result": "moved", "at": "2026-07-10 09:00", "findings": "已搬走" });
    case.take("record_visit", "2026-07-10 10:00", moved).unwrap();
    assert_eq!(case.attribute("moved_away"), Some("yes"));
    case.take("reassess", "2026-07-20 09:00", json!({ "instrument": "four_colour/1" })).unwrap();
    case.person = ActorId::constant("other");
    let answer = case.take("close_goal_met", AT, close());
    assert_eq!(answer, refused(&guards::MOVED_IS_SENT));
    case.take("continue_follow_up", AT, json!({ "reason": "再找" })).unwrap();
    let met = json!({ "result": "met", "at": "2026-07-25 09:00", "findings": "已回村" });
    case.take("record_visit", "2026-07-25 10:00", met).unwrap();
    assert_eq!(case.attribute("moved_away"), None);
}

#[test]
fn referrals_run_until_the_plan_is_received_elsewhere_and_end_with_it() {
    let mut case = assisting();
    case.beside = vec![beside("referral", None), beside("referral", Some("2026-06-01 09:00"))];
    event(&mut case, "moved_away");
    let taken = json!({ "accepted_by": "other-town", "at": "2026-07-22 09:00" });
    let handed = case.take("transfer_accepted", "2026-07-22 10:00", taken).unwrap();
    assert_eq!((ids(&handed), handed[0].case), (vec!["L12"], Some(case.beside[0].facts.id)));
    let reason = &handed[0].payload["reason"];
    assert_eq!(reason, "儿童已迁离，帮扶方案由other-town接收");
}
