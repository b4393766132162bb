//! Tests of the rules, the clocks and the ways of an oversight.

use serde_json::{Value, json};

use super::*;
use crate::{
    care::{
        mechanisms::joint_meeting::agenda_item::AgendaItem,
        test_case::{TestCase, beside},
    },
    procedure::Beside,
};

const INSPECTION: &str = "government_inspection_office";
const OFFICE: &str = "joint_meeting_office";
const LIAISON: &str = "member_liaison";

fn file() -> Value {
    crate::care::test_walk::file()
}

/// A case of another procedure, in which something is overdue.
fn overdue(procedure: &str, case: &TestCase) -> Beside {
    beside(procedure, case, true)
}

fn proposal(about: &Beside, unit: &str, owed_by: &str, duty: &str) -> Value {
    json!({
        "unit": unit, "owed_by": owed_by, "obligation": "逾期事项示例",
        "overdue_since": "2026-03-01 09:00", "case": about.facts.id, "duty": duty, "limit": "C12",
    })
}

/// An oversight proposed about `duty` of a case of `procedure`, which `unit` owes as `owed_by`.
fn proposed(procedure: &str, unit: &str, owed_by: &str, duty: &str) -> TestCase {
    let mut case = TestCase::new::<ListedOversight>();
    let about = overdue(procedure, &case);
    case.named = vec![about.clone()];
    let form = proposal(&about, unit, owed_by, duty);
    case.does(OFFICE, "2026-03-09 09:00", "propose_oversight", &form);
    case
}

fn of_a_bureau() -> TestCase {
    proposed("action_item", LIAISON, LIAISON, "report_result")
}

fn sign(listed: bool) -> Value {
    json!({
        "notice": file(), "signed_by": "示县长", "due": "2026-03-20", "listed": listed,
    })
}

fn signed() -> TestCase {
    let mut case = of_a_bureau();
    case.does(INSPECTION, "2026-03-09 10:00", "sign_oversight", &sign(true));
    case
}

fn reason() -> Value {
    json!({ "reason": "已核实" })
}

#[test]
fn a_demand_is_signed_answered_judged_and_released() {
    let mut case = of_a_bureau();
    assert_eq!(case.owes(), ["sign_or_decline"]);
    assert_eq!(case.attribute("listed"), None);
    case.does(INSPECTION, "2026-03-09 10:00", "sign_oversight", &sign(true));
    assert_eq!(case.owes(), ["chase_reply", "reply_oversight"]);
    // In whose name it goes out stands in one place.
    assert_eq!(case.data.as_ref().unwrap()["issuing"], INSPECTION);
    assert_eq!(case.attribute("issued_by"), None);
    assert_eq!(case.attribute("listed"), Some("yes"));
    assert_eq!(case.attribute("lead_unit"), Some(LIAISON));
    // By the date of the notice, not by the limit that runs without one.
    assert_eq!(case.due("reply_oversight"), Some(("C88".to_owned(), "2026-03-20".to_owned())));
    case.does(LIAISON, "2026-03-12 09:00", "reply", &json!({ "result": "已办结" }));
    case.does(INSPECTION, "2026-03-13 09:00", "return_reply", &reason());
    // The date of the notice binds the first reply only.
    assert_eq!(case.due("reply_oversight"), Some(("C88".to_owned(), "2026-03-27".to_owned())));
    case.does(LIAISON, "2026-03-16 09:00", "reply", &json!({ "result": "已办结并附证明" }));
    case.does(INSPECTION, "2026-03-17 09:00", "release", &reason());
    assert_eq!(case.facts.state, "released");
}

#[test]
fn no_demand_goes_to_a_judicial_organ_whichever_way_it_is_proposed() {
    let notice = "refusal.guard.judicial_organ_not_demanded";
    // Owed by a court: no procedure has such a duty, but the chain may know of one.
    let mut case = TestCase::new::<ListedOversight>();
    let about = overdue("temporary_guardianship", &case);
    case.named = vec![about.clone()];
    case.by_chain = true;
    let form = proposal(&about, "court", "court", "duty_of_a_court");
    case.does("system", "2026-03-09 09:00", "propose_oversight", &form);
    case.by_chain = false;
    for who in [INSPECTION, "convener"] {
        assert_eq!(case.refused(who, "2026-03-09 10:00", "sign_oversight", &sign(false)), notice);
    }
    case.does(
        "convener",
        "2026-03-09 10:00",
        "send_inquiry",
        &json!({"letter": file(), "to": "court"}),
    );
    assert_eq!(case.owes(), ["chase_answer"]);
    assert_eq!(case.attribute("listed"), None);
}

#[test]
fn the_role_in_which_a_unit_owes_is_one_that_owes_the_duty() {
    let mut case = TestCase::new::<ListedOversight>();
    let about = overdue("mandatory_report", &case);
    case.named = vec![about.clone()];
    let refused = |case: &mut TestCase, owed_by: &str, duty: &str| {
        let form = proposal(&about, "court", owed_by, duty);
        case.act(OFFICE, "2026-03-09 09:00", "propose_oversight", &form).unwrap_err().to_string()
    };
    // Calling a court a member unit does not make it one.
    let told = refused(&mut case, LIAISON, "decide_filing");
    assert!(told.starts_with("field `owed_by`: expected who owes `decide_filing`"), "{told}");
    let told = refused(&mut case, LIAISON, "nothing");
    assert!(told.starts_with("field `duty`: expected a duty of `mandatory_report`"), "{told}");
    let told = refused(&mut case, "nobody", "decide_filing");
    assert!(told.starts_with("field `owed_by`: expected a role"), "{told}");
    case.named.clear();
    let told = refused(&mut case, LIAISON, "decide_filing");
    assert!(told.starts_with("field `case`"), "{told}");
}

#[test]
fn a_unit_that_the_rules_list_as_judicial_organ_gets_no_demand_in_any_role() {
    let mut case = TestCase::new::<ListedOversight>();
    case.rules = crate::care::rules::national()
        .overlay("x.toml", "name = 'x'\nversion = '1'\njudicial_units = ['example-court']\n")
        .unwrap();
    let about = overdue("action_item", &case);
    case.named = vec![about.clone()];
    // Its liaison owes the task like any member's, and still it is a court.
    let form = proposal(&about, "example-court", LIAISON, "report_result");
    case.does(OFFICE, "2026-03-09 09:00", "propose_oversight", &form);
    let code = case.refused("convener", "2026-03-09 10:00", "sign_oversight", &sign(true));
    assert_eq!(code, "refusal.guard.judicial_organ_not_demanded");
    let letter = json!({"letter": file(), "to": "example-court"});
    case.does("convener", "2026-03-09 10:00", "send_inquiry", &letter);
}

#[test]
fn police_in_an_investigation_get_a_letter_and_police_who_should_come_a_demand() {
    let mut case = proposed("mandatory_report", "police", "county_police", "decide_filing");
    let code = case.refused(INSPECTION, "2026-03-09 10:00", "sign_oversight", &sign(false));
    assert_eq!(code, "refusal.guard.judicial_organ_not_demanded");
    // What is not known any more counts as an investigation.
    case.named.clear();
    let code = case.refused(INSPECTION, "2026-03-09 10:00", "sign_oversight", &sign(false));
    assert_eq!(code, "refusal.guard.judicial_organ_not_demanded");
    let mut case = proposed("emergency_response", "police", "police_station", "case_statement");
    let code = case.refused(INSPECTION, "2026-03-09 10:00", "sign_oversight", &sign(false));
    assert_eq!(code, "refusal.guard.judicial_organ_not_demanded");
    let mut case = proposed("emergency_response", "police", "police_station", "reach_child");
    case.does(INSPECTION, "2026-03-09 10:00", "sign_oversight", &sign(false));
}

#[test]
fn a_letter_is_for_those_who_cannot_be_demanded_anything_of_and_goes_to_them() {
    let mut case = of_a_bureau();
    let letter = json!({"letter": file(), "to": LIAISON});
    let code = case.refused("convener", "2026-03-09 10:00", "send_inquiry", &letter);
    assert_eq!(code, "refusal.guard.inquiry_for_judicial_organs");
    let mut case = proposed("mandatory_report", "police", "county_police", "decide_filing");
    let letter = json!({"letter": file(), "to": "another"});
    let refusal = case.act("convener", "2026-03-09 10:00", "send_inquiry", &letter).unwrap_err();
    assert!(refusal.to_string().starts_with("field `to`"), "{refusal}");
}

#[test]
fn what_an_organ_answered_is_never_sent_back_as_a_demand() {
    for (by, step) in [(OFFICE, "record_answer"), (OFFICE, "ask_procuratorate")] {
        let mut case = proposed("mandatory_report", "police", "county_police", "decide_filing");
        let letter = json!({"letter": file(), "to": "police"});
        case.does("convener", "2026-03-09 10:00", "send_inquiry", &letter);
        case.does(by, "2026-03-19 10:00", step, &json!({ "letter": file() }));
        let code = case.refused("convener", "2026-03-20 10:00", "return_reply", &reason());
        assert_eq!(code, "refusal.guard.letter_not_returned", "{step}");
        case.does("convener", "2026-03-20 10:00", "release", &reason());
        assert_eq!(case.attribute("listed"), None);
    }
}

#[test]
fn nothing_but_a_signature_lists_a_unit() {
    let definition = crate::care::test_case::built::<ListedOversight>();
    let listing = definition
        .transitions()
        .iter()
        .filter(|spec| spec.schema.pointer("/properties/listed").is_some())
        .map(|spec| spec.name)
        .collect::<Vec<_>>();
    assert_eq!(listing, ["sign_oversight"]);
    let mut case = of_a_bureau();
    let mut unsigned = sign(true);
    unsigned.as_object_mut().unwrap().remove("signed_by");
    let refusal = case.act(INSPECTION, "2026-03-09 10:00", "sign_oversight", &unsigned);
    assert!(refusal.unwrap_err().to_string().contains("signed_by"));
}

#[test]
fn only_the_unit_itself_replies_and_nobody_judges_the_own_unit() {
    let mut case = proposed("action_item", "education", LIAISON, "report_result");
    case.does(INSPECTION, "2026-03-09 10:00", "sign_oversight", &sign(false));
    let reply = json!({ "result": "已办结" });
    let code = case.refused("member_liaison@health", "2026-03-10 10:00", "reply", &reply);
    assert_eq!(code, "refusal.out_of_area");
    // The liaison of the unit that opened the case sees it, and does not speak for another.
    case.facts.opened_by = Some(crate::terms::id::UnitId::constant("health"));
    let code = case.refused("member_liaison@health", "2026-03-10 10:00", "reply", &reply);
    assert_eq!(code, "refusal.guard.only_the_unit_replies");
    case.does("member_liaison@education", "2026-03-10 10:00", "reply", &reply);
    for step in ["release", "return_reply"] {
        let code =
            case.refused("joint_meeting_office@education", "2026-03-11 10:00", step, &reason());
        assert_eq!(code, "refusal.guard.own_unit_not_judged", "{step}");
    }
    case.does("convener@education", "2026-03-11 10:00", "release", &reason());
}

#[test]
fn nobody_proposes_in_the_name_of_the_system() {
    let mut case = TestCase::new::<ListedOversight>();
    let about = overdue("action_item", &case);
    case.named = vec![about.clone()];
    let form = proposal(&about, LIAISON, LIAISON, "report_result");
    case.as_role = Some("system".to_owned());
    let code = case.refused(OFFICE, "2026-03-09 09:00", "propose_oversight", &form);
    assert_eq!(code, "refusal.acts_as_system");
    case.as_role = None;
    let code = case.refused("system", "2026-03-09 09:00", "propose_oversight", &form);
    assert_eq!(code, "refusal.acts_as_system");
    case.by_chain = true;
    case.does("system", "2026-03-09 09:00", "propose_oversight", &form);
    assert_eq!(case.facts.state, "proposed");
}

#[test]
fn a_declined_proposal_becomes_a_proposed_item_that_knows_the_case() {
    let mut case = of_a_bureau();
    let about = case.named[0].facts.id;
    case.does(INSPECTION, "2026-03-09 10:00", "decline", &reason());
    assert_eq!(case.handed(), ["H40"]);
    let form = case.handoffs[0].payload.clone();
    assert_eq!(form["source"], "escalation");
    assert_eq!(form["cases"], json!([about]));
    assert_eq!(form["limit"], "C12");
    let mut item = TestCase::new::<AgendaItem>();
    item.named = case.named.clone();
    item.by_chain = true;
    item.does(INSPECTION, "2026-03-09 10:00", "propose_item", &form);
    assert_eq!(item.facts.state, "proposed");
}

#[test]
fn nothing_but_codes_and_ids_stands_outside_the_sealed_body() {
    let case = signed();
    let told: Vec<&str> = case.attributes.keys().map(String::as_str).collect();
    assert_eq!(told, ["about_case", "lead_unit", "listed", "owed_by"]);
}

#[test]
fn a_date_before_the_signing_and_a_time_to_come_are_refused() {
    let mut case = of_a_bureau();
    let mut early = sign(false);
    early["due"] = json!("2026-03-08");
    let refusal = case.act(INSPECTION, "2026-03-09 10:00", "sign_oversight", &early).unwrap_err();
    assert!(refusal.to_string().starts_with("field `due`"), "{refusal}");
    let mut case = TestCase::new::<ListedOversight>();
    let about = overdue("action_item", &case);
    case.named = vec![about.clone()];
    let mut form = proposal(&about, LIAISON, LIAISON, "report_result");
    form["overdue_since"] = json!("2026-03-10 09:00");
    let refusal = case.act(OFFICE, "2026-03-09 09:00", "propose_oversight", &form).unwrap_err();
    assert!(refusal.to_string().starts_with("field `overdue_since`"), "{refusal}");
}
