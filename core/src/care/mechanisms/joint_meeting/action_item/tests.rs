//! Tests of the rules, the clocks and the ways of an action item.

use serde_json::{Value, json};

use super::*;
use crate::{
    care::{
        rules::national,
        scheme::listed_oversight::ListedOversight,
        test_case::{TestCase, beside, built},
    },
    terms::id::CaseId,
};

const OFFICE: &str = "joint_meeting_office";
const EDUCATION: &str = "member_liaison@education";
const DAY: &str = "2026-03-02 09:00";

fn assign(kind: &str) -> Value {
    json!({
        "kind": kind, "task": "示例任务", "lead": "education", "due": "2026-03-31",
        "source": "督查结论样001",
    })
}

fn assigned(kind: &str) -> TestCase {
    let mut case = TestCase::new::<ActionItem>();
    case.does(OFFICE, DAY, "assign", &assign(kind));
    case
}

fn reason() -> Value {
    json!({ "reason": "示例理由" })
}

fn in_progress(kind: &str) -> TestCase {
    let mut case = assigned(kind);
    case.does(EDUCATION, "2026-03-02 15:00", "acknowledge", &json!({ "responsible": "示股长" }));
    case.does(EDUCATION, "2026-03-03 09:00", "start_work", &json!({}));
    case
}

fn reported() -> TestCase {
    let mut case = in_progress("task");
    case.does(EDUCATION, "2026-03-20 09:00", "report_result", &json!({ "result": "已办结" }));
    case
}

#[test]
fn a_task_goes_from_its_assignment_to_its_verification() {
    let mut case = assigned("task");
    assert_eq!(case.attribute("lead_unit"), Some("education"));
    assert_eq!(case.owes(), ["acknowledge"]);
    case.does(EDUCATION, "2026-03-02 15:00", "acknowledge", &json!({ "responsible": "示股长" }));
    case.does(EDUCATION, "2026-03-03 09:00", "start_work", &json!({ "plan": "分两步" }));
    assert_eq!(case.due("report_result"), Some(("C19".to_owned(), "2026-03-31".to_owned())));
    case.does(EDUCATION, "2026-03-10 09:00", "report_progress", &json!({ "progress": "过半" }));
    assert_eq!(case.due("report_result"), Some(("C19".to_owned(), "2026-03-31".to_owned())));
    case.does(EDUCATION, "2026-03-20 09:00", "report_result", &json!({ "result": "已办结" }));
    case.does(OFFICE, "2026-03-23 09:00", "return_result", &reason());
    case.does(EDUCATION, "2026-03-24 09:00", "rework", &json!({}));
    case.does(EDUCATION, "2026-03-26 09:00", "report_result", &json!({ "result": "已补办" }));
    case.does(OFFICE, "2026-03-27 09:00", "verify", &json!({ "note": "已查看" }));
    assert_eq!(case.facts.state, "verified_closed");
}

#[test]
fn whoever_reported_does_not_verify() {
    let mut case = in_progress("task");
    let report = json!({ "result": "已办结" });
    case.does("member_liaison@education/one", "2026-03-20 09:00", "report_result", &report);
    let verify = json!({ "note": "已查看" });
    let code = case.refused("joint_meeting_office/one", "2026-03-21 09:00", "verify", &verify);
    assert_eq!(code, "refusal.four_eyes");
    case.does("joint_meeting_office/two", "2026-03-21 09:00", "verify", &verify);
}

#[test]
fn the_unit_that_leads_never_verifies_its_own_work_and_the_convener_does() {
    let mut case = reported();
    for (step, form) in [("verify", json!({ "note": "已查看" })), ("return_result", reason())] {
        let code = case.refused("joint_meeting_office@education", "2026-03-21 09:00", step, &form);
        assert_eq!(code, "refusal.guard.lead_not_verifier", "{step}");
    }
    let verify = json!({ "note": "已查看" });
    case.does("convener@education", "2026-03-21 09:00", "verify", &verify);
}

#[test]
fn an_objection_is_decided_by_the_convener_and_proposes_oversight() {
    let mut case = assigned("task");
    let object = json!({ "reason": "不属本单位职责", "proposed": "health" });
    case.does(EDUCATION, "2026-03-02 15:00", "object", &object);
    assert_eq!(case.handed(), ["H04"]);
    assert_eq!(case.owes(), ["settle_objection"]);
    // The form that is handed over opens an oversight, and nothing more.
    let mut oversight = TestCase::new::<ListedOversight>();
    let mut item = beside("action_item", &oversight, true);
    item.facts.id = case.facts.id;
    oversight.named = vec![item];
    oversight.by_chain = true;
    let form = case.handoffs[0].payload.clone();
    assert_eq!(form["unit"], "education");
    oversight.does(EDUCATION, "2026-03-02 15:00", "propose_oversight", &form);
    assert_eq!(oversight.owes(), ["sign_or_decline"]);
    let to_health = json!({ "lead": "health", "reason": "异议成立" });
    assert_eq!(
        case.refused(EDUCATION, "2026-03-03 09:00", "reassign_unit", &to_health),
        "refusal.role_missing"
    );
    case.does("convener", "2026-03-03 09:00", "reassign_unit", &to_health);
    assert_eq!(case.attribute("lead_unit"), Some("health"));
    let taken = json!({ "responsible": "示科长" });
    assert_eq!(
        case.refused(EDUCATION, "2026-03-03 10:00", "acknowledge", &taken),
        "refusal.out_of_area"
    );
    case.does("member_liaison@health", "2026-03-03 10:00", "acknowledge", &taken);
    let again = json!({ "reason": "仍有异议" });
    case.does("member_liaison@health", "2026-03-03 11:00", "object", &again);
    assert_eq!(case.handoffs[0].payload["duty"], "start_work");
    case.does("convener", "2026-03-04 09:00", "uphold", &reason());
    assert_eq!(case.owes(), ["start_work"]);
}

#[test]
fn a_judicial_organ_is_never_given_a_task_neither_first_nor_later() {
    let overlay = "name = 'x'\nversion = '1'\njudicial_units = ['court', 'procuratorate']\n";
    let mut case = TestCase::new::<ActionItem>();
    case.rules = national().overlay("x.toml", overlay).unwrap();
    let mut form = assign("task");
    form["lead"] = json!("court");
    let never = "refusal.guard.judicial_organ_not_lead";
    assert_eq!(case.refused(OFFICE, DAY, "assign", &form), never);
    // The chain gets no further.
    case.by_chain = true;
    assert_eq!(case.refused(OFFICE, DAY, "assign", &form), never);
    case.by_chain = false;
    case.does(OFFICE, DAY, "assign", &assign("task"));
    case.does(EDUCATION, "2026-03-02 15:00", "object", &reason());
    let to_court = json!({ "lead": "procuratorate", "reason": "示例" });
    assert_eq!(case.refused("convener", "2026-03-03 09:00", "reassign_unit", &to_court), never);
}

#[test]
fn only_the_liaison_of_the_lead_unit_works_on_it() {
    let mut case = assigned("task");
    case.facts.opened_by = Some(UnitId::constant("civil-affairs"));
    // The liaison of the unit that assigned it reaches the case, and is not the one asked.
    let other = "member_liaison@civil-affairs";
    let code = case.refused(other, DAY, "acknowledge", &json!({ "responsible": "某" }));
    assert_eq!(code, "refusal.guard.only_the_lead");
    assert_eq!(case.refused(other, DAY, "object", &reason()), "refusal.guard.only_the_lead");
}

#[test]
fn a_task_comes_from_something_decided_and_never_from_the_system() {
    let mut case = TestCase::new::<ActionItem>();
    let mut form = assign("task");
    let mut meeting = beside("meeting", &case, true);
    meeting.facts.id = CaseId::from_bytes([5; 16]);
    form["source"] = json!(meeting.facts.id);
    let refusal = case.act(OFFICE, DAY, "assign", &form).unwrap_err();
    assert!(refusal.to_string().starts_with("field `source`"), "{refusal}");
    for (state, settled) in [("convened", false), ("cancelled", false), ("minutes_issued", true)] {
        meeting.facts.state = state.to_owned();
        case.named = vec![meeting.clone()];
        let answer = case.act(OFFICE, DAY, "assign", &form).map_err(|refusal| refusal.code());
        let expected =
            if settled { Ok(()) } else { Err("refusal.guard.source_settled".to_owned()) };
        assert_eq!(answer.map(|_| ()), expected, "{state}");
    }
    let mut case = TestCase::new::<ActionItem>();
    for by_chain in [false, true] {
        case.by_chain = by_chain;
        let code = case.refused("system", DAY, "assign", &assign("task"));
        let never =
            if by_chain { "refusal.guard.action_never_by_sweep" } else { "refusal.acts_as_system" };
        assert_eq!(code, never);
    }
}

#[test]
fn a_study_ends_with_the_number_of_its_document() {
    for kind in ["study", "policy"] {
        let mut case = in_progress(kind);
        let mut result = json!({ "result": "已完成" });
        let code = case.refused(EDUCATION, "2026-03-20 09:00", "report_result", &result);
        assert_eq!(code, "refusal.guard.study_ends_with_document", "{kind}");
        result["document_no"] = json!("示政办〔2026〕1号");
        case.does(EDUCATION, "2026-03-20 09:00", "report_result", &result);
    }
}

#[test]
fn overdue_work_changes_no_state_by_itself() {
    let definition = built::<ActionItem>();
    assert!(definition.waits().is_empty());
    let system = |spec: &&crate::procedure::TransitionSpec| {
        spec.acted_by.iter().any(|role| role.as_str() == "system")
    };
    assert_eq!(definition.transitions().iter().filter(system).count(), 0);
}

#[test]
fn a_task_is_not_due_before_it_is_given_and_can_be_taken_back() {
    let mut case = TestCase::new::<ActionItem>();
    let mut form = assign("task");
    form["due"] = json!("2026-03-01");
    let refusal = case.act(OFFICE, DAY, "assign", &form).unwrap_err();
    assert!(refusal.to_string().starts_with("field `due`"), "{refusal}");
    let mut case = in_progress("task");
    case.does("convener", "2026-03-05 09:00", "withdraw_action", &reason());
    assert_eq!((case.facts.state.as_str(), case.owes().len()), ("withdrawn", 0));
}
