//! Children in danger.

use hexacase::terms::id::CaseId;
use serde_json::json;

use crate::simulation::teller::{Child, Teller};

pub(super) async fn tell(teller: &mut Teller) {
    missing_and_found_dead(teller).await;
    out_of_hospital_to_the_guardian(teller).await;
    a_carer_is_arranged(teller).await;
    in_care_and_civil_affairs_does_not_take_over(teller).await;
    dead_by_the_word_of_two(teller).await;
}

/// Somebody is with the child.
pub(super) async fn on_scene(teller: &mut Teller, child: &Child) -> CaseId {
    let case = teller.opens("emergency_response", "raise_alarm", child, json!({})).await;
    teller.does(case, "dispatch", json!({ "responder": "police" })).await;
    teller.does(case, "arrive", json!({})).await;
    case
}

async fn missing_and_found_dead(teller: &mut Teller) {
    let child = teller.tell("a missing child is found dead");
    let case = teller.opens("emergency_response", "raise_alarm", &child, json!({})).await;
    teller.hours(6);
    teller.does(case, "start_search", json!({})).await;
    teller.does(case, "widen_search", json!({})).await;
    teller.hours(20);
    teller.does(case, "found_dead", json!({})).await;
}

async fn out_of_hospital_to_the_guardian(teller: &mut Teller) {
    let child = teller.tell("a child goes home from hospital");
    let case = on_scene(teller, &child).await;
    teller.does(case, "send_to_hospital", json!({})).await;
    teller.does(case, "hospital_report", json!({})).await;
    teller.hours(30);
    teller.does(case, "discharge_to_guardian", json!({})).await;
    teller.does(case, "danger_again", json!({})).await;
    teller.does(case, "start_search", json!({})).await;
    teller.does(case, "found_injured", json!({})).await;
}

async fn a_carer_is_arranged(teller: &mut Teller) {
    let child = teller.tell("parents who are away arrange for a carer");
    let case = on_scene(teller, &child).await;
    teller.does(case, "order_guardian_back", json!({})).await;
    teller.hours(10);
    teller.does(case, "guardian_returned", json!({})).await;
    // And goes away again.
    teller.does(case, "danger_again", json!({})).await;
    teller.does(case, "order_guardian_back", json!({})).await;
    teller.hours(10);
    teller.does(case, "carer_arranged", json!({})).await;
    teller.does(case, "record_child_view", json!({})).await;
    teller.does(case, "confirm_danger_cleared", json!({})).await;
    teller.does(case, "close", json!({})).await;
}

async fn in_care_and_civil_affairs_does_not_take_over(teller: &mut Teller) {
    let child = teller.tell("civil affairs does not take over a child in emergency care");
    let case = on_scene(teller, &child).await;
    teller.does(case, "order_guardian_back", json!({})).await;
    teller.hours(30);
    teller.does(case, "guardian_not_back", json!({})).await;
    teller.does(case, "escort", json!({})).await;
    teller.does(case, "receiver_refuses", json!({})).await;
    let oral = json!({
        "kind": "minor_protection_institution", "written": false, "harm_by_guardian": true,
    });
    teller.does(case, "custody_transfer", oral).await;
    teller.hours(24);
    teller.does(case, "review_care", json!({})).await;
    let elsewhere = json!({ "kind": "minor_protection_institution", "written": false });
    teller.does(case, "change_carer", elsewhere).await;
    for step in [
        "sign_custody_transfer",
        "notify_rights",
        "record_intake",
        "supply_case_statement",
        "guardian_is_offender",
        "request_temporary_guardianship",
    ] {
        teller.does(case, step, json!({})).await;
    }
    let guardianship = teller.newest("temporary_guardianship", &child);
    teller.does(guardianship, "refuse", json!({})).await;
    // The emergency was told by the refusal itself.
    assert_eq!(teller.seen(case).facts().state, "in_emergency_care");
}

async fn dead_by_the_word_of_two(teller: &mut Teller) {
    let child = teller.tell("a death is recorded by two persons");
    let case = on_scene(teller, &child).await;
    let died = json!({ "event": "died" });
    teller.does(case, "record_life_event", died.clone()).await;
    teller.does_by_another(case, "record_life_event", died).await;
    assert_eq!(teller.seen(case).facts().state, "closed_deceased");
}
