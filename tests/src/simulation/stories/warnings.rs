//! Warnings: a child nobody can meet, one that grows out of a grade, and dates that are moved.

use hexacase::{procedure::wide::WideStep, terms::id::CaseId};
use serde_json::json;

use crate::simulation::teller::{Child, Teller};

pub(super) async fn tell(teller: &mut Teller) {
    nobody_meets_the_child(teller).await;
    cleared_after_two_visits(teller).await;
    the_child_moves_away(teller).await;
    of_age_and_in_danger(teller).await;
    grown_out_of_the_grade(teller).await;
    dismissed_and_reopened(teller).await;
    more_time_stands(teller).await;
}

async fn verified(teller: &mut Teller, child: &Child) -> CaseId {
    let quiet = json!({ "suspected_red": false });
    let alert = teller.opens("risk_alert", "register_clue", child, quiet).await;
    teller.does(alert, "start_verification", json!({})).await;
    teller.does(alert, "record_visit", json!({ "result": "met" })).await;
    alert
}

async fn graded(teller: &mut Teller, child: &Child, colour: &str, points: u32) -> CaseId {
    let alert = verified(teller, child).await;
    let grade = json!({
        "answers": { "guardianship": points, "physiology": 80, "behaviour": 80 },
        "colour": colour, "forced": null, "left_behind": true,
    });
    teller.does(alert, "propose_grade", grade).await;
    teller.does(alert, "confirm_grade", json!({})).await;
    alert
}

/// An alert of the color yellow.
pub(super) async fn monitored(teller: &mut Teller, child: &Child) -> CaseId {
    graded(teller, child, "yellow", 50).await
}

async fn cleared_after_two_visits(teller: &mut Teller) {
    let child = teller.tell("a mild alert is cleared after two visits");
    let alert = graded(teller, &child, "blue", 70).await;
    teller.does(alert, "record_child_view", json!({})).await;
    for _ in 0..2 {
        teller.hours(30);
        teller.does(alert, "record_visit", json!({ "result": "met" })).await;
    }
    teller.does(alert, "clear", json!({})).await;
}

async fn the_child_moves_away(teller: &mut Teller) {
    let child = teller.tell("a child moves away, and is received at the second try");
    let alert = monitored(teller, &child).await;
    teller.does(alert, "record_life_event", json!({ "event": "moved_away" })).await;
    for answer in ["transfer_refused", "transfer_accepted"] {
        teller.does(alert, "send_transfer_out", json!({})).await;
        teller.does(alert, answer, json!({})).await;
    }
}

async fn of_age_and_in_danger(teller: &mut Teller) {
    let child = teller.tell("somebody nearly of age is in danger");
    let alert = monitored(teller, &child).await;
    teller.does(alert, "intervene_now", json!({ "danger": true })).await;
    teller.does(alert, "record_life_event", json!({ "event": "turned_18" })).await;
    assert_eq!(teller.seen(alert).facts().state, "closed_left_scope");
}

pub(super) async fn not_met_twice(teller: &mut Teller, alert: CaseId) {
    for _ in 0..2 {
        teller.hours(30);
        teller.does(alert, "record_visit", json!({ "result": "not_home" })).await;
    }
    teller.does(alert, "second_failed_visit", json!({})).await;
}

async fn nobody_meets_the_child(teller: &mut Teller) {
    let child = teller.tell("nobody meets the child at home");
    let alert = monitored(teller, &child).await;
    not_met_twice(teller, alert).await;
    assert!(teller.seen(alert).owes("other_channel"));
    teller.hours(5);
    teller.does(alert, "record_visit", json!({ "result": "met" })).await;
}

async fn grown_out_of_the_grade(teller: &mut Teller) {
    let child = teller.tell("a left-behind child turns sixteen");
    let alert = monitored(teller, &child).await;
    teller.does(alert, "record_life_event", json!({ "event": "turned_16" })).await;
    assert!(teller.seen(alert).owes("regrade"));
    teller.does(alert, "start_regrade", json!({})).await;
    teller.does(alert, "propose_grade", json!({})).await;
}

async fn dismissed_and_reopened(teller: &mut Teller) {
    let child = teller.tell("a clue is dismissed and taken up again");
    let alert = verified(teller, &child).await;
    teller.does(alert, "dismiss", json!({})).await;
    teller.wide(alert, WideStep::Reopen, json!({ "state": "verifying" })).await;
}

async fn more_time_stands(teller: &mut Teller) {
    let child = teller.tell("more time that was given stands");
    let alert = monitored(teller, &child).await;
    let confirmed = teller.last_entry(alert);
    let until = teller.now().date().plus_days(500);
    let longer = json!({ "duty": "review_grade", "until": until, "limit": null });
    teller.wide_by_two(alert, WideStep::ExtendDeadline, longer).await;
    let earlier = json!({
        "entry": confirmed, "field": "occurred_at", "new_value": teller.now().plus_millis(-60_000),
    });
    teller.wide_by_two(alert, WideStep::AmendEntry, earlier).await;
}
