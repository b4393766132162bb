//! Help that works, and help that is refused, by those it is meant for and by those who are asked to
//! give it.

use hexacase::terms::id::CaseId;
use serde_json::{Value, json};

use super::warnings::monitored;
use crate::simulation::teller::{Child, Teller};

pub(super) async fn tell(teller: &mut Teller) {
    the_goal_is_met(teller).await;
    nothing_is_needed(teller).await;
    the_plan_goes_with_the_child(teller).await;
    a_family_refuses(teller).await;
    a_need_is_refused_three_times(teller).await;
    wishes(teller).await;
}

async fn opened(teller: &mut Teller, child: &Child) -> CaseId {
    let source = json!({ "source": child.file });
    teller.opens("assessment_assistance", "open_assessment", child, source).await
}

fn report(needs: &[&str]) -> Value {
    json!({ "needs": needs, "temporary_guardianship": false })
}

async fn the_goal_is_met(teller: &mut Teller) {
    let child = teller.tell("help works, and the alert is graded anew");
    let alert = monitored(teller, &child).await;
    let case = teller.newest("assessment_assistance", &child);
    teller.does(case, "assign_team", json!({})).await;
    teller.does(case, "submit_report", report(&["psychology"])).await;
    teller.does(case, "draft_plan", json!({ "rests_on_left_behind": true })).await;
    teller.does(case, "record_life_event", json!({ "event": "turned_16" })).await;
    teller.does(case, "approve_plan", json!({})).await;
    teller.does(case, "send_referrals", json!({})).await;
    let referral = teller.newest("referral", &child);
    for step in ["accept_referral", "start_service", "log_service", "complete_service"] {
        teller.does(referral, step, json!({})).await;
    }
    teller.does(case, "services_done", json!({})).await;
    teller.does(case, "record_visit", json!({ "result": "met" })).await;
    teller.does(case, "reassess", json!({})).await;
    teller.does(case, "continue_follow_up", json!({})).await;
    teller.does(case, "reassess", json!({})).await;
    teller.does(case, "close_goal_met", json!({})).await;
    assert_eq!(teller.seen(alert).facts().state, "regrading");
}

async fn nothing_is_needed(teller: &mut Teller) {
    let child = teller.tell("an assessment finds that nothing is needed");
    let case = opened(teller, &child).await;
    teller.does(case, "assign_team", json!({})).await;
    teller.does(case, "submit_report", report(&["welfare"])).await;
    teller.does(case, "return_report", json!({})).await;
    teller.does(case, "submit_report", report(&[])).await;
    teller.does(case, "close_no_need", json!({})).await;
}

async fn the_plan_goes_with_the_child(teller: &mut Teller) {
    let child = teller.tell("a plan goes with the child that moves, and its referrals end");
    let case = opened(teller, &child).await;
    let referral = ask_for(teller, &child).await;
    let moved = json!({ "event": "moved_away" });
    for answer in ["transfer_refused", "transfer_accepted"] {
        teller.does(case, "record_life_event", moved.clone()).await;
        teller.does(case, answer, json!({})).await;
    }
    assert_eq!(teller.seen(referral).facts().state, "withdrawn");
}

pub(super) async fn ask_for(teller: &mut Teller, child: &Child) -> CaseId {
    let today = teller.now().date();
    let asked = json!({
        "need": "psychology", "to_unit": "education", "from": today,
        "until": today.plus_days(120),
    });
    teller.opens("referral", "send_referral", child, asked).await
}

async fn a_family_refuses(teller: &mut Teller) {
    let child = teller.tell("a family refuses every help");
    let case = opened(teller, &child).await;
    teller.does(case, "assign_team", json!({})).await;
    teller.does(case, "record_refusal", json!({})).await;
    teller.does(case, "close_refused", json!({})).await;
}

async fn a_need_is_refused_three_times(teller: &mut Teller) {
    let child = teller.tell("a need is refused three times");
    let until = teller.now().date().plus_days(120);
    let mut case = ask_for(teller, &child).await;
    for unit in ["health", "justice"] {
        teller.does(case, "refuse_referral", json!({})).await;
        let next = json!({ "new_unit": unit, "until": until });
        teller.does(case, "redirect", next).await;
        case = teller.newest("referral", &child);
    }
    teller.does(case, "refuse_referral", json!({})).await;
    teller.does(case, "accept_refusal", json!({})).await;
}

async fn wishes(teller: &mut Teller) {
    let child = teller.tell("one wish of a child is fulfilled and one is not");
    if teller.seen(child.file).facts().state == "draft" {
        teller.does(child.file, "complete_file", json!({})).await;
    }
    for step in [
        "record_child_view",
        "record_wish",
        "fulfil_wish",
        "record_wish",
        "cannot_fulfil_wish",
        "record_pairing",
        "helper_left",
    ] {
        teller.does(child.file, step, json!({})).await;
    }
    // The file comes back from where the child was to go.
    teller.does(child.file, "send_out", json!({ "open_cases": [] })).await;
    teller.does(child.file, "return_file", json!({})).await;
    teller.does(child.file, "record_pairing", json!({})).await;
    teller.does(child.file, "close_file", json!({})).await;
}
