//! How an alert ends, and what happens to the child beside it.

use serde_json::{Value, json};

use super::{DIRECTOR, SUPERVISOR, calm, clear, grade, visit, watched};
use crate::care::test_case::{TestCase, beside};

#[test]
fn an_alert_is_cleared_only_when_all_is_well() {
    let when = "2026-03-21 09:00";
    let code = |case: &mut TestCase, form: &Value| case.refused(SUPERVISOR, when, "clear", form);
    let mut case = calm("blue");
    let one = json!({ "visits": [7, 7], "reason": "监护落实", "colour": "blue" });
    assert_eq!(code(&mut case, &one), "refusal.field");
    assert_eq!(code(&mut case, &clear("green")), "refusal.guard.clear_colour");
    assert_eq!(code(&mut calm("yellow"), &clear("blue")), "refusal.guard.clear_colour");
    assert_eq!(code(&mut calm("yellow"), &clear("yellow")), "refusal.guard.clear_colour");
    for procedure in ["mandatory_report", "emergency_response", "temporary_guardianship"] {
        let mut case = calm("blue");
        case.beside.push(beside(procedure, &case, true));
        assert_eq!(code(&mut case, &clear("blue")), "refusal.guard.clear_with_open_case");
        case.beside = vec![beside(procedure, &case, false)];
        case.does(SUPERVISOR, when, "clear", &clear("blue"));
    }
    let mut case = calm("blue");
    let failed = visit("not_home", "2026-03-20 12:00");
    case.does(DIRECTOR, "2026-03-20 13:00", "record_visit", &failed);
    let met = visit("met", "2026-03-20 18:00");
    case.does(DIRECTOR, "2026-03-20 19:00", "record_visit", &met);
    assert_eq!(code(&mut case, &clear("blue")), "refusal.guard.two_met_visits");
}

#[test]
fn a_child_who_moved_is_handed_over_and_never_cleared() {
    let mut case = calm("blue");
    let moved = visit("moved", "2026-03-20 12:00");
    case.does(DIRECTOR, "2026-03-20 13:00", "record_visit", &moved);
    assert_eq!(case.attribute("moved_away"), Some("yes"));
    for day in ["2026-03-21 09:00", "2026-03-22 09:00"] {
        case.does(DIRECTOR, day, "record_visit", &visit("met", day));
    }
    let code = case.refused(SUPERVISOR, "2026-03-23 09:00", "clear", &clear("blue"));
    assert_eq!(code, "refusal.guard.moved_not_cleared");
    let file = json!({
        "sha256": "ab".repeat(32), "name": "档案.pdf", "media_type": "application/pdf", "size": 9
    });
    let send = json!({
        "to_area": "999998001", "to_unit": "other-town", "file": file, "reason": "随父母迁居"
    });
    case.does(SUPERVISOR, "2026-03-23 10:00", "send_transfer_out", &send);
    assert_eq!(case.owes(), ["chase_transfer", "visit_until_accepted"]);
    assert_eq!(case.due("visit_until_accepted").unwrap(), ("C07".into(), "2026-04-22".into()));
    let back = json!({ "reason": "查无此人" });
    case.does("civil_affairs_bureau", "2026-03-24 10:00", "transfer_refused", &back);
    case.does(SUPERVISOR, "2026-03-25 10:00", "send_transfer_out", &send);
    let taken = json!({
        "accepted_by": "other-town", "person": "某某", "at": "2026-03-26 09:00"
    });
    case.does(SUPERVISOR, "2026-03-26 10:00", "transfer_accepted", &taken);
    assert_eq!(case.facts.state, "transferred_out");
}

#[test]
fn turning_16_ends_being_left_behind_and_asks_for_a_grade() {
    let event = json!({ "event": "turned_16", "date": "2026-03-21" });
    let mut case = calm("blue");
    case.does(SUPERVISOR, "2026-03-21 09:00", "record_life_event", &event);
    assert_eq!(case.owes(), ["review_grade", "visit"]);
    let mut case = calm("blue");
    case.data.as_mut().unwrap()["left_behind"] = json!("yes");
    case.does(SUPERVISOR, "2026-03-21 09:00", "record_life_event", &event);
    assert_eq!(case.owes(), ["regrade", "review_grade", "visit"]);
    assert_eq!(case.facts.state, "monitoring");
    let why = json!({ "cause": "年满十六周岁" });
    case.does(SUPERVISOR, "2026-03-22 09:00", "start_regrade", &why);
    assert_eq!(case.owes(), ["finish_regrade"]);
    let mut form = grade([70, 80, 90], "blue");
    form["left_behind"] = json!(true);
    case.does(DIRECTOR, "2026-03-23 09:00", "propose_grade", &form);
    assert_eq!(case.attribute("left_behind"), None);
}

#[test]
fn coming_of_age_and_death_end_the_alert_and_moving_does_not() {
    let event = |event: &str| json!({ "event": event, "date": "2026-03-21" });
    let mut case = watched([30, 80, 90], "red");
    case.does(SUPERVISOR, "2026-03-21 09:00", "record_life_event", &event("turned_18"));
    assert_eq!(case.facts.state, "closed_left_scope");
    assert_eq!(case.owes(), [""; 0]);
    let mut case = watched([30, 80, 90], "red");
    case.does("town_station/li", "2026-03-21 09:00", "record_life_event", &event("died"));
    assert_eq!((case.facts.state.as_str(), case.handed()), ("monitoring", vec![]));
    assert!(!case.owes().contains(&"regrade"));
    case.does("town_station/wang", "2026-03-21 10:00", "record_life_event", &event("died"));
    assert_eq!((case.facts.state.as_str(), case.handed()), ("closed_left_scope", vec!["L01"]));
    let mut case = calm("blue");
    case.does(SUPERVISOR, "2026-03-21 09:00", "record_life_event", &event("moved_away"));
    assert_eq!(case.facts.state, "monitoring");
    let code = case.refused(SUPERVISOR, "2026-03-22 09:00", "clear", &clear("blue"));
    assert_eq!(code, "refusal.guard.moved_not_cleared");
}
