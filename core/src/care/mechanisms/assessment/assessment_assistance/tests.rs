//! Tests of the assessment: its whole way, each refusal, its clocks.

use serde_json::{Value, json};

use super::{guards, *};
use crate::{
    care::{
        roles::{CIVIL_AFFAIRS_BUREAU, PARENT_GUARDIAN, TOWN_LEADER},
        test_walk::{TestCase, beside, file},
        test_world::test_world,
    },
    procedure::{Beside, HandOver, Refusal, State as _},
    terms::id::ActorId,
};

mod endings;

fn opening() -> Value {
    json!({ "source": "走访", "reason": "祖父病重，无人照料" })
}

fn opened(form: Value) -> TestCase {
    let mut case = TestCase::of::<AssessmentAssistance>();
    case.take("open_assessment", "2026-03-02 09:00", form).unwrap();
    case
}

fn report(needs: &[&str]) -> Value {
    json!({
        "report": file(), "surveyed_on": "2026-03-05", "place": "家中",
        "capacity_grade": "insufficient", "needs": needs, "child_view": "想和奶奶住",
        "temporary_guardianship": false,
    })
}

fn plan() -> Value {
    json!({
        "goals": "有人照料、按时上学", "measures": ["心理疏导", "结对帮扶"],
        "units": ["education", "womens-federation"], "until": "2026-09-30",
    })
}

fn referral(need: &str, unit: &str) -> Value {
    json!({
        "need": need, "to_unit": unit, "what": "每周一次", "from": "2026-03-20",
        "until": "2026-06-30", "shared_fields": ["姓名", "就读年级"],
    })
}

/// An assessment whose report found these needs on 6 March.
fn reported(form: Value, needs: &[&str]) -> TestCase {
    let mut case = opened(form);
    let team = json!({ "team": ["示例甲", "示例乙"], "in_house": 2 });
    case.take("assign_team", "2026-03-03 09:00", team).unwrap();
    case.take("submit_report", "2026-03-06 09:00", report(needs)).unwrap();
    case
}

/// An assessment whose plan was drafted on 9 March by `first`.
fn planned(form: Value, needs: &[&str]) -> TestCase {
    let mut case = reported(form, needs);
    case.take("draft_plan", "2026-03-09 09:00", plan()).unwrap();
    case
}

/// An assessment whose referrals were sent on 11 March.
fn assisting() -> TestCase {
    let mut case = planned(opening(), &["psychology"]);
    case.person = ActorId::constant("leader");
    case.take("approve_plan", "2026-03-10 09:00", json!({})).unwrap();
    let sent = json!({ "referrals": [referral("psychology", "education")] });
    case.take("send_referrals", "2026-03-11 09:00", sent).unwrap();
    case.person = ActorId::constant("first");
    case
}

/// An assessment followed by visits from 30 June.
fn followed() -> TestCase {
    let mut case = assisting();
    case.take("services_done", "2026-06-30 09:00", json!({ "results": "已完成" })).unwrap();
    case
}

/// An assessment that is assessed anew since 20 July, by `first`.
fn reassessing() -> TestCase {
    let mut case = followed();
    let score = json!({ "guardianship": 70, "physiology": 80, "behaviour": 90 });
    let form = json!({ "instrument": "four_colour/1", "score": score });
    case.take("reassess", "2026-07-20 09:00", form).unwrap();
    case
}

fn ids(handed: &[HandOver]) -> Vec<&str> {
    handed.iter().map(|handed| handed.id).collect()
}

fn with(mut form: Value, field: &str, value: impl Into<Value>) -> Value {
    form[field] = value.into();
    form
}

fn marked(procedure: &str, attributes: &[(&str, &str)]) -> Beside {
    let mut other = beside(procedure, None);
    let marks = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    other.attributes.extend(marks);
    other
}

fn refused<T: std::fmt::Debug>(guard: &'static Guard) -> Result<T, Refusal> {
    Err(Refusal::Guard { guard })
}

fn field(answer: Result<Vec<HandOver>, Refusal>) -> String {
    answer.unwrap_err().to_string()
}

#[test]
fn the_definition_builds() {
    let definition = AssessmentAssistance::define(Define::new()).build(&test_world()).unwrap();
    assert_eq!((definition.states().len(), definition.duties().len()), (15, 13));
}

#[test]
fn help_goes_from_the_assessment_to_the_goal() {
    let mut case = opened(opening());
    assert_eq!(case.owed(), ["assign_team"]);
    assert_eq!(case.clock("assign_team"), ("C40".into(), Some("2026-03-05 23:59".into())));
    assert_eq!(case.holder("assign_team"), "town_station");
    let team = json!({ "team": ["示例甲", "示例乙"], "in_house": 2 });
    case.take("assign_team", "2026-03-03 09:00", team).unwrap();
    assert_eq!(case.clock("submit_report"), ("C41".into(), Some("2026-03-24 23:59".into())));
    case.take("submit_report", "2026-03-06 09:00", report(&["psychology"])).unwrap();
    let call = json!({ "members": ["education"], "at": "2026-03-10 14:30" });
    case.take("call_conference", "2026-03-06 10:00", call).unwrap();
    // The time to conclude runs from the conference, not from its calling.
    assert_eq!(case.clock("conclude_conference").1, Some("2026-03-17 23:59".into()));
    case.take("draft_plan", "2026-03-10 17:00", plan()).unwrap();
    case.person = ActorId::constant("leader");
    case.take("approve_plan", "2026-03-11 09:00", json!({ "note": "同意" })).unwrap();
    let sent = json!({ "referrals": [referral("psychology", "education")] });
    let handed = case.take("send_referrals", "2026-03-12 09:00", sent).unwrap();
    assert_eq!(ids(&handed), ["H18"]);
    // Only the declared fields travel.
    assert_eq!(handed[0].payload, referral("psychology", "education"));
    case.take("record_progress", "2026-04-10 09:00", json!({ "note": "已到校两次" })).unwrap();
    assert_eq!(case.clock("drive_services"), ("C45".into(), Some("2026-05-10 23:59".into())));
    case.take("services_done", "2026-06-30 09:00", json!({ "results": "已完成" })).unwrap();
    assert_eq!(case.owed(), ["follow_up_visit", "reassess"]);
    case.take("reassess", "2026-07-20 09:00", json!({ "instrument": "four_colour/1" })).unwrap();
    case.person = ActorId::constant("other");
    let close = json!({ "report": file(), "effect": "祖母照料稳定", "child_view": "很好" });
    let handed = case.take("close_goal_met", "2026-07-21 09:00", close).unwrap();
    assert_eq!((case.state(), case.owed(), ids(&handed)), ("closed_goal_met", vec![], vec!["H21"]));
}

#[test]
fn what_other_procedures_hand_over_is_what_the_form_takes() {
    let alert = json!({
        "source": "走访", "reason": "独居", "needs_seen": ["safety"], "colour": "red",
        "worst_axis": "guardianship", "forced_red": true, "left_behind": true,
    });
    let case = opened(alert.clone());
    let form: opening::OpenAssessment = serde_json::from_value(alert.clone()).unwrap();
    assert_eq!(serde_json::to_value(form).unwrap(), alert);
    assert_eq!(
        (case.attribute("colour"), case.holder("assign_team")),
        (Some("red"), "minor_protection_center")
    );
    let data: AssessmentData = case.data();
    assert!(data.forced_red && data.left_behind);
    assert_eq!(data.needs_seen, [crate::care::codes::PlanNeed::Safety]);
}

#[test]
fn a_child_has_one_open_assessment() {
    let mut case = TestCase::of::<AssessmentAssistance>();
    case.beside = vec![beside("assessment_assistance", None)];
    let answer = case.take("open_assessment", "2026-03-02 09:00", opening());
    assert_eq!(answer, refused(&guards::ONE_ASSESSMENT));
    case.beside = vec![beside("assessment_assistance", Some("2026-02-01 09:00"))];
    case.take("open_assessment", "2026-03-02 09:00", opening()).unwrap();
}

#[test]
fn the_team_has_as_many_of_our_own_as_it_has_people() {
    let mut case = opened(opening());
    let team = |people: Value, own: i64| json!({ "team": people, "in_house": own });
    for own in [-1, 2] {
        let answer = case.take("assign_team", "2026-03-03 09:00", team(json!(["示例甲"]), own));
        assert!(field(answer).starts_with("field `in_house`"));
    }
    let answer = case.take("assign_team", "2026-03-03 09:00", team(json!([]), 0));
    assert!(field(answer).starts_with("field `team`"));
}

#[test]
fn a_report_says_what_the_child_says_or_why_it_could_not_be_asked() {
    let mut case = opened(opening());
    let team = json!({ "team": ["示例甲"], "in_house": 1 });
    case.take("assign_team", "2026-03-03 09:00", team).unwrap();
    let at = "2026-03-06 09:00";
    let both = with(report(&[]), "why_not", "只有两岁");
    let mut neither = report(&[]);
    neither.as_object_mut().unwrap().remove("child_view");
    let with_reason = with(neither.clone(), "why_not", "只有两岁");
    for form in [both, neither] {
        assert!(field(case.take("submit_report", at, form)).starts_with("field `child_view`"));
    }
    let later = with(report(&[]), "surveyed_on", "2026-03-07");
    assert!(field(case.take("submit_report", at, later)).starts_with("field `surveyed_on`"));
    case.take("submit_report", at, with_reason).unwrap();
    assert_eq!(case.attribute("child_view"), Some("not_possible"));
    assert_eq!(
        (case.attribute("surveyed_on"), case.attribute("article_93_2")),
        (Some("2026-03-05"), None)
    );
}

#[test]
fn a_report_on_a_child_in_temporary_guardianship_is_the_one_the_law_asks_for() {
    let mut case = opened(opening());
    let team = json!({ "team": ["示例甲"], "in_house": 1 });
    case.take("assign_team", "2026-03-03 09:00", team).unwrap();
    case.beside = vec![beside("temporary_guardianship", None)];
    case.take("submit_report", "2026-03-06 09:00", report(&[])).unwrap();
    assert_eq!(case.attribute("article_93_2"), Some("yes"));
    // A later report, after the child went home, is not.
    case.take("return_report", "2026-03-07 09:00", json!({ "reason": "补充" })).unwrap();
    case.beside = vec![];
    case.take("submit_report", "2026-03-08 09:00", report(&[])).unwrap();
    assert_eq!(case.attribute("article_93_2"), None);
}

#[test]
fn each_programme_found_is_recorded_as_a_need_once() {
    let mut case = opened(opening());
    let team = json!({ "team": ["示例甲"], "in_house": 1 });
    case.take("assign_team", "2026-03-03 09:00", team).unwrap();
    let found = with(report(&["welfare"]), "programmes", json!(["低保", "孤儿", "低保"]));
    let handed = case.take("submit_report", "2026-03-06 09:00", found.clone()).unwrap();
    assert_eq!(ids(&handed), ["H20", "H20"]);
    assert_eq!(handed[0].payload["programme"], "低保");
    assert_eq!(handed[0].payload["source"], "assessment");
    case.take("return_report", "2026-03-07 09:00", json!({ "reason": "补充" })).unwrap();
    let handed = case.take("submit_report", "2026-03-08 09:00", found).unwrap();
    assert_eq!(ids(&handed), [""; 0]);
}

#[test]
fn whoever_made_the_plan_does_not_approve_it() {
    let four_eyes = |answer: Result<Vec<HandOver>, Refusal>, earlier: &str| {
        assert!(
            matches!(&answer, Err(Refusal::FourEyes { earlier: found, .. }) if found == earlier),
            "{answer:?}"
        );
    };
    let mut case = planned(opening(), &[]);
    four_eyes(case.take("approve_plan", "2026-03-10 09:00", json!({})), "draft_plan");
    let mut case = assisting();
    case.person = ActorId::constant("second");
    let amend = json!({ "reason": "需增加单位", "units": ["health"], "measures": ["陪诊"] });
    case.take("amend_plan", "2026-04-01 09:00", amend).unwrap();
    four_eyes(case.take("approve_plan", "2026-04-02 09:00", json!({})), "amend_plan");
    let changed = case.data::<AssessmentData>().plan.unwrap();
    assert_eq!((changed.units[0].as_str(), changed.measures[0].as_str()), ("health", "陪诊"));
    let mut case = reassessing();
    case.person = ActorId::constant("second");
    let longer = json!({ "reason": "未稳定", "until": "2026-12-31" });
    case.take("extend_plan", "2026-07-21 09:00", longer).unwrap();
    four_eyes(case.take("approve_plan", "2026-07-22 09:00", json!({})), "extend_plan");
    let until = case.data::<AssessmentData>().plan.unwrap().until;
    assert_eq!(until.to_string(), "2026-12-31");
}

#[test]
fn the_plan_of_a_red_child_is_the_countys() {
    let at = "2026-03-10 09:00";
    let approve = |case: &mut TestCase, role| {
        case.person = ActorId::constant("leader");
        case.take_of(role, "示例单位", "approve_plan", at, json!({}))
    };
    // Red by the alert that asked for the assessment, or by the one that stands now.
    let mut by_form = planned(with(opening(), "colour", "red"), &[]);
    let mut by_alert = planned(opening(), &[]);
    by_alert.beside = vec![marked("risk_alert", &[("colour", "red")])];
    assert_eq!(by_form.holder("approve_plan"), "civil_affairs_bureau");
    for case in [&mut by_form, &mut by_alert] {
        assert_eq!(approve(case, TOWN_LEADER), refused(&guards::RED_NEEDS_COUNTY));
        approve(case, CIVIL_AFFAIRS_BUREAU).unwrap();
    }
    let mut yellow = planned(with(opening(), "colour", "yellow"), &[]);
    yellow.beside = vec![marked("risk_alert", &[("colour", "yellow")])];
    assert_eq!(yellow.holder("approve_plan"), "town_leader");
    approve(&mut yellow, TOWN_LEADER).unwrap();
}

#[test]
fn a_plan_lasts_until_a_day_to_come() {
    let mut case = reported(opening(), &[]);
    let past = with(plan(), "until", "2026-03-08");
    assert!(field(case.take("draft_plan", "2026-03-09 09:00", past)).starts_with("field `until`"));
    let nothing = with(plan(), "measures", json!([]));
    let answer = case.take("draft_plan", "2026-03-09 09:00", nothing);
    assert!(field(answer).starts_with("field `measures`"));
    case.take("draft_plan", "2026-03-09 09:00", plan()).unwrap();
    let back = json!({ "reason": "目标不明" });
    case.take("return_plan", "2026-03-10 09:00", back).unwrap();
    assert_eq!((case.state(), case.owed()), ("report_submitted", vec!["decide_way"]));
}

#[test]
fn every_need_goes_to_a_unit_of_the_plan_or_is_met_by_own_measures() {
    let at = "2026-03-11 09:00";
    let approved = || {
        let mut case = planned(opening(), &["psychology", "education"]);
        case.person = ActorId::constant("leader");
        case.take("approve_plan", "2026-03-10 09:00", json!({})).unwrap();
        case
    };
    let sent = |list: Vec<Value>| json!({ "referrals": list });
    let one = || referral("psychology", "education");
    let mut case = approved();
    assert_eq!(case.take("send_referrals", at, sent(vec![])), refused(&guards::NOTHING_SENT));
    assert_eq!(
        case.take("send_referrals", at, sent(vec![one()])),
        refused(&guards::NEEDS_NOT_COVERED)
    );
    let stranger = sent(vec![one(), referral("education", "health")]);
    assert_eq!(case.take("send_referrals", at, stranger), refused(&guards::UNIT_NOT_IN_PLAN));
    let own = with(sent(vec![one()]), "own_measures", "村里安排结对");
    case.take("send_referrals", at, own).unwrap();
    let mut case = approved();
    let both = sent(vec![one(), referral("education", "education")]);
    assert_eq!(ids(&case.take("send_referrals", at, both).unwrap()), ["H18", "H18"]);
    // What went to a unit before the plan was amended need not go again.
    let mut case = approved();
    let first = with(sent(vec![one()]), "own_measures", "村里安排结对");
    case.take("send_referrals", at, first).unwrap();
    case.take("amend_plan", at, json!({ "reason": "增加教育" })).unwrap();
    case.person = ActorId::constant("other");
    case.take("approve_plan", at, json!({})).unwrap();
    assert_eq!(case.take("send_referrals", at, sent(vec![])), refused(&guards::NEEDS_NOT_COVERED));
    case.take("send_referrals", at, sent(vec![referral("education", "education")])).unwrap();
}

#[test]
fn services_are_done_when_every_referral_has_ended() {
    let mut case = assisting();
    let done = json!({ "results": "已完成" });
    case.beside = vec![beside("referral", Some("2026-06-01 09:00")), beside("referral", None)];
    let answer = case.take("services_done", "2026-06-30 09:00", done.clone());
    assert_eq!(answer, refused(&guards::REFERRALS_OPEN));
    case.beside.pop();
    case.take("services_done", "2026-06-30 09:00", done).unwrap();
    assert_eq!(case.state(), "follow_up");
}

#[test]
fn only_a_visit_that_met_the_child_fulfils_the_visit_owed() {
    let mut case = followed();
    let due = |case: &TestCase| case.clock("follow_up_visit").1.unwrap();
    assert_eq!(due(&case), "2026-07-30 23:59");
    let visit = |result: &str, at: &str| json!({ "result": result, "at": at, "findings": "正常" });
    for result in ["not_home", "refused", "phone_only", "moved"] {
        let form = visit(result, "2026-07-10 09:00");
        case.take("record_visit", "2026-07-10 10:00", form).unwrap();
        assert_eq!(due(&case), "2026-07-30 23:59", "{result}");
    }
    let before = visit("met", "2026-06-20 09:00");
    case.take("record_visit", "2026-07-11 10:00", before).unwrap();
    assert_eq!(due(&case), "2026-07-30 23:59", "before the child was followed");
    let met = visit("met", "2026-07-15 09:00");
    case.take("record_visit", "2026-07-16 10:00", met).unwrap();
    assert_eq!(due(&case), "2026-08-15 23:59");
}
