//! Tests of the definition, its clocks and its rules.

use serde_json::{Value, json};

use super::*;
use crate::{
    care::{
        codes::VisitResult,
        test_case::{CHILD, TestCase, VILLAGE_CODE, beside, built},
    },
    terms::id::CaseId,
};

const DIRECTOR: &str = "child_welfare_director";
const SUPERVISOR: &str = "child_welfare_supervisor";
const FEDERATION: &str = "womens_federation";

fn open(types: &[&str]) -> Value {
    json!({
        "child": CHILD, "types": types, "areas": [VILLAGE_CODE, "999999002"],
        "register": { "name": "某某", "birth": "2015-03-01", "school": "一小" }
    })
}

fn draft(types: &[&str]) -> TestCase {
    let mut case = TestCase::new::<CareFile>();
    case.does("data_admin", "2026-03-02 09:00", "open_file", &open(types));
    case
}

fn complete() -> Value {
    json!({
        "guardians": [{ "name": "祖母某", "relation": "祖母" }], "carer": "祖母某",
        "condition": "祖辈照护，基本到位", "school": "二小"
    })
}

fn active(types: &[&str]) -> TestCase {
    let mut case = draft(types);
    case.does(DIRECTOR, "2026-03-03 09:00", "complete_file", &complete());
    case
}

fn visit(result: &str, at: &str) -> Value {
    json!({ "result": result, "at": at, "safety": "平安" })
}

fn event(event: &str) -> Value {
    json!({ "event": event, "date": "2026-03-04" })
}

/// An open alert of this color.
fn alert(case: &TestCase, colour: Colour) -> Beside {
    let mut alert = beside("risk_alert", case, true);
    alert.attributes.insert("colour".to_owned(), colour.name().to_owned());
    alert
}

const CLOSE: &str = r#"{ "reason": "parent_returned", "proof": "父亲返乡，村委会证明" }"#;

fn close() -> Value {
    serde_json::from_str(CLOSE).unwrap()
}

#[test]
fn a_file_goes_from_its_opening_to_the_archive() {
    let form = open(&["农村留守儿童", "child_in_difficulty"]);
    let opening = built::<CareFile>().transition("open_file").unwrap().opening(&form).unwrap();
    assert_eq!(opening.subject, Some(CHILD));
    let areas: Vec<_> =
        opening.areas.iter().map(|(purpose, area)| (purpose.name(), area.as_str())).collect();
    assert_eq!(areas, [("residence", VILLAGE_CODE), ("hukou", "999999002")]);
    let mut case = draft(&["农村留守儿童", "child_in_difficulty"]);
    assert_eq!(case.owes(), ["complete_file"]);
    assert_eq!(case.attribute("left_behind"), Some("yes"));
    assert_eq!(case.facts.areas.len(), 2);
    case.does(DIRECTOR, "2026-03-03 09:00", "complete_file", &complete());
    assert_eq!(case.owes(), ["keep_pairing", "routine_visit", "update_file"]);
    let register = &case.data.as_ref().unwrap()["register"];
    assert_eq!((&register["school"], &register["name"]), (&json!("二小"), &json!("某某")));
    assert_eq!(register["relation"], "祖母");
    // The child is left behind, so the month of left-behind children runs, not the quarter.
    assert_eq!(case.due("routine_visit").unwrap(), ("C09".into(), "2026-04-03".into()));
    let met = visit("met", "2026-03-20 09:00");
    case.does(DIRECTOR, "2026-03-20 10:00", "record_visit", &met);
    assert_eq!(case.due("routine_visit").unwrap().1, "2026-04-20");
    case.does(SUPERVISOR, "2026-03-21 09:00", "close_file", &close());
    assert_eq!((case.facts.state.as_str(), case.owes()), ("archived", vec![]));
}

#[test]
fn nothing_personal_stands_in_an_attribute() {
    let mut case = active(&["农村留守儿童"]);
    let met = visit("met", "2026-03-20 09:00");
    case.does(DIRECTOR, "2026-03-20 10:00", "record_visit", &met);
    let known: Vec<_> = case.attributes.keys().map(String::as_str).collect();
    assert_eq!(known, ["last_met", "left_behind"]);
}

#[test]
fn one_child_has_one_file() {
    let mut case = TestCase::new::<CareFile>();
    case.beside.push(beside("care_file", &case, true));
    let code = case.refused(DIRECTOR, "2026-03-02 09:00", "open_file", &open(&[]));
    assert_eq!(code, "refusal.guard.one_file");
    case.beside = vec![beside("care_file", &case, false)];
    case.does(DIRECTOR, "2026-03-02 09:00", "open_file", &open(&[]));
    let mut form = open(&[]);
    form["areas"] = json!([]);
    let mut case = TestCase::new::<CareFile>();
    assert_eq!(case.refused(DIRECTOR, "2026-03-02", "open_file", &form), "refusal.field");
}

#[test]
fn the_interval_of_visits_follows_an_open_alert() {
    let limits = [
        (Some(Colour::Red), "C05"),
        (Some(Colour::Yellow), "C06"),
        (Some(Colour::Blue), "C07"),
        (Some(Colour::Green), "C08"),
        (None, "C08"),
    ];
    for (colour, limit) in limits {
        for left_behind in [false, true] {
            let data = CareFileData { left_behind, colour, ..CareFileData::default() };
            let both = [limit].into_iter().chain(left_behind.then_some("C09"));
            assert_eq!(CareFile::timing("routine_visit", &data), Timing::fits(both));
        }
    }
    let mut case = draft(&[]);
    case.beside.push(alert(&case, Colour::Yellow));
    case.does(DIRECTOR, "2026-03-03 09:00", "complete_file", &complete());
    assert_eq!(case.due("routine_visit").unwrap().0, "C06");
    case.beside.clear();
    let met = visit("met", "2026-03-04 09:00");
    case.does(DIRECTOR, "2026-03-04 10:00", "record_visit", &met);
    assert_eq!(case.due("routine_visit").unwrap().0, "C08");
}

#[test]
fn only_meeting_the_child_fulfils_the_visit() {
    for result in VisitResult::ALL.iter().filter(|result| **result != VisitResult::Met) {
        let mut case = active(&[]);
        let before = case.due("routine_visit");
        let form = visit(result.name(), "2026-03-09 09:00");
        case.does(DIRECTOR, "2026-03-09 10:00", "record_visit", &form);
        assert_eq!(case.due("routine_visit"), before);
        assert_eq!(case.due("retry_visit").unwrap(), ("C13".into(), "2026-03-12".into()));
        let met = visit("met", "2026-03-10 09:00");
        case.does(DIRECTOR, "2026-03-10 10:00", "record_visit", &met);
        assert_eq!(case.fulfilled("retry_visit"), 1);
        assert_eq!(case.fulfilled("routine_visit"), 1);
    }
}

#[test]
fn the_facts_are_checked_again_a_quarter_after_they_were_checked() {
    let mut case = active(&[]);
    assert_eq!(case.due("update_file").unwrap(), ("C92".into(), "2026-06-03".into()));
    let form = |day: &str| json!({ "changes": "转学", "checked_on": day });
    let mut first = form("2026-03-10");
    first["register"] = json!({ "school": "三小" });
    case.does(DIRECTOR, "2026-03-12 09:00", "update_file", &first);
    assert_eq!(case.due("update_file").unwrap().1, "2026-06-10");
    assert_eq!(case.data.as_ref().unwrap()["register"]["school"], "三小");
    assert_eq!(case.data.as_ref().unwrap()["register"]["name"], "某某");
    // A late entry of an earlier check does not put the next one off, nor bring it nearer.
    case.does(DIRECTOR, "2026-03-13 09:00", "update_file", &form("2026-03-08"));
    assert_eq!(
        (case.fulfilled("update_file"), case.due("update_file").unwrap().1),
        (1, "2026-06-10".into())
    );
    let future = form("2026-03-15");
    assert_eq!(case.refused(DIRECTOR, "2026-03-14", "update_file", &future), "refusal.field");
}

#[test]
fn a_newer_register_changes_what_it_says_in_any_open_state() {
    let mut case = draft(&["left_behind_child"]);
    let update = json!({
        "changes": "父亲返乡，已迁居", "checked_on": "2026-03-03",
        "register": { "name": "某某某", "hukou": "110101" }, "cleared": ["school"],
        "types": ["child_in_difficulty"], "residence": "999999002"
    });
    case.does("data_admin", "2026-03-03 09:00", "update_file", &update);
    assert_eq!((case.facts.state.as_str(), case.attribute("left_behind")), ("draft", None));
    assert_eq!(case.facts.areas[&AreaPurpose::Residence].as_str(), "999999002");
    let data = case.data.as_ref().unwrap();
    assert_eq!(data["types"], json!(["child_in_difficulty"]));
    let register = json!({ "name": "某某某", "birth": "2015-03-01", "hukou": "110101" });
    assert_eq!(data["register"], register);
    let away = json!({ "changes": "迁走", "checked_on": "2026-03-03", "residence": "110101" });
    let code = case.refused("data_admin", "2026-03-04 09:00", "update_file", &away);
    assert_eq!(code, "refusal.field");
}

#[test]
fn a_pairing_holds_until_the_helper_leaves() {
    let mut case = active(&[]);
    let pair = json!({ "helper": "某某", "from": "2026-03-04", "record_checked": false });
    case.does(FEDERATION, "2026-03-04 09:00", "record_pairing", &pair);
    assert_eq!(case.owes(), ["routine_visit", "update_file"]);
    assert_eq!(case.attribute("helper_checked"), Some("no"));
    let left = json!({ "reason": "外出务工", "at": "2026-03-09" });
    case.does(FEDERATION, "2026-03-09 09:00", "helper_left", &left);
    assert_eq!(case.owes(), ["replace_helper", "routine_visit", "update_file"]);
    let code = case.refused(SUPERVISOR, "2026-03-10 09:00", "close_file", &close());
    assert_eq!(code, "refusal.duties_open");
    case.does(DIRECTOR, "2026-03-10 09:00", "record_pairing", &pair);
    assert_eq!(case.fulfilled("replace_helper"), 1);
    assert_eq!(case.attribute("paired"), Some("yes"));
}

#[test]
fn one_contact_counts_for_the_entrusted_care_too() {
    let mut case = active(&[]);
    let form = json!({ "at": "2026-03-04", "mode": "视频通话", "parent": "某某" });
    case.does(DIRECTOR, "2026-03-04 19:00", "record_contact", &form);
    assert_eq!(case.handed(), ["H37"]);
    let sent = json!({ "at": "2026-03-04", "mode": "视频通话" });
    assert_eq!(case.handoffs[0].payload, sent);
}

#[test]
fn every_wish_is_owed_an_answer_of_its_own() {
    let mut case = active(&[]);
    let wish = |wish: &str| json!({ "wish": wish });
    let fulfil = json!({ "at": "2026-03-20", "by": "某志愿者" });
    let code = case.refused(DIRECTOR, "2026-03-04 09:00", "fulfil_wish", &fulfil);
    assert_eq!(code, "refusal.guard.no_open_wish");
    case.does(DIRECTOR, "2026-03-05 09:00", "record_wish", &wish("书包"));
    case.does(FEDERATION, "2026-03-15 09:00", "record_wish", &wish("见到妈妈"));
    assert_eq!(case.due("answer_wish").unwrap(), ("C89".into(), "2026-04-05".into()));
    case.does(DIRECTOR, "2026-03-20 09:00", "fulfil_wish", &fulfil);
    assert_eq!(case.fulfilled("answer_wish"), 1);
    // The second wish is owed from when it was recorded.
    assert_eq!(case.due("answer_wish").unwrap().1, "2026-04-15");
    let cannot = json!({ "reason": "母亲年内不能返乡", "told_child": true });
    case.does(SUPERVISOR, "2026-03-21 09:00", "cannot_fulfil_wish", &cannot);
    assert_eq!((case.fulfilled("answer_wish"), case.owed("answer_wish")), (2, None));
}

#[test]
fn a_file_with_another_open_case_is_not_archived() {
    for other in OTHER_CASES {
        let mut case = active(&[]);
        case.beside.push(beside(other, &case, true));
        let code = case.refused(SUPERVISOR, "2026-03-04 09:00", "close_file", &close());
        assert_eq!(code, "refusal.guard.file_with_open_case");
        let mut case = draft(&[]);
        case.beside.push(beside(other, &case, true));
        let reject = json!({ "reason": "registered_by_mistake" });
        let code = case.refused(SUPERVISOR, "2026-03-04 09:00", "reject_file", &reject);
        assert_eq!(code, "refusal.guard.file_with_open_case");
        case.beside = vec![beside(other, &case, false)];
        case.does(SUPERVISOR, "2026-03-04 09:00", "reject_file", &reject);
    }
}

#[test]
fn the_file_of_a_child_who_moved_is_sent_and_stays_until_it_is_received() {
    let mut case = active(&[]);
    let moved = json!({ "reason": "moved_away", "proof": "村委会证明" });
    let code = case.refused(SUPERVISOR, "2026-03-04 09:00", "close_file", &moved);
    assert_eq!(code, "refusal.guard.moved_file_is_sent");
    case.beside.push(alert(&case, Colour::Blue));
    let mut send = json!({ "to_area": "999998001", "open_cases": ["2026-1"] });
    let code = case.refused(SUPERVISOR, "2026-03-04 09:00", "send_out", &send);
    assert_eq!(code, "refusal.guard.open_cases_listed");
    send["open_cases"] = json!([CaseId::from_bytes([9; 16])]);
    case.does(SUPERVISOR, "2026-03-04 09:00", "send_out", &send);
    assert_eq!(case.owes(), ["chase_receiving"]);
    let received = json!({ "accepted_by": "other-town", "at": "2026-03-05 09:00" });
    let code = case.refused(SUPERVISOR, "2026-03-05 10:00", "receive_elsewhere", &received);
    assert_eq!(code, "refusal.guard.file_with_open_case");
    case.beside = vec![beside("risk_alert", &case, false)];
    let back = json!({ "reason": "查无此人" });
    case.does("civil_affairs_bureau", "2026-03-06 09:00", "return_file", &back);
    case.does(SUPERVISOR, "2026-03-07 09:00", "send_out", &send);
    case.does(SUPERVISOR, "2026-03-08 09:00", "receive_elsewhere", &received);
    assert_eq!(case.facts.state, "archived");
}

#[test]
fn at_16_being_left_behind_ends_and_the_other_categories_stay() {
    let mut case = active(&["left_behind_child", "child_in_difficulty"]);
    case.does(DIRECTOR, "2026-03-04 09:00", "record_life_event", &event("turned_16"));
    assert_eq!(case.attribute("left_behind"), None);
    let data = case.data.as_ref().unwrap();
    assert_eq!(
        (&data["left_behind"], &data["types"][1]),
        (&json!(false), &json!("child_in_difficulty"))
    );
    assert_eq!(case.facts.state, "active");
}

#[test]
fn at_18_the_file_ends_after_the_last_open_case() {
    let mut case = active(&[]);
    case.beside.push(beside("mandatory_report", &case, true));
    case.does(DIRECTOR, "2026-03-04 09:00", "record_life_event", &event("turned_18"));
    assert_eq!((case.facts.state.as_str(), case.attribute("of_age")), ("active", Some("yes")));
    case.beside.clear();
    case.does(DIRECTOR, "2026-03-05 09:00", "record_life_event", &event("turned_18"));
    assert_eq!(case.facts.state, "archived");
}

#[test]
fn death_archives_at_once_and_moving_sends_the_file_out() {
    let mut case = active(&[]);
    case.beside.push(beside("mandatory_report", &case, true));
    case.does("town_station/li", "2026-03-04 09:00", "record_life_event", &event("died"));
    assert_eq!(case.facts.state, "active");
    case.does("town_station/wang", "2026-03-04 10:00", "record_life_event", &event("died"));
    assert_eq!(case.facts.state, "archived");
    let mut case = active(&[]);
    case.does(DIRECTOR, "2026-03-04 09:00", "record_life_event", &event("moved_away"));
    assert_eq!((case.facts.state.as_str(), case.owes()), ("moving_out", vec!["chase_receiving"]));
    case.does(DIRECTOR, "2026-03-05 09:00", "record_life_event", &event("moved_away"));
    assert_eq!(case.facts.state, "moving_out");
}
