//! Children in temporary guardianship: who go home, come back, stay long, grow up or die.

use hexacase::terms::id::CaseId;
use serde_json::json;

use crate::simulation::teller::{Child, Teller};

pub(super) async fn tell(teller: &mut Teller) {
    home_and_back_and_home(teller).await;
    of_age(teller).await;
    // So that the notice of a long stay falls into a year whose holidays nobody knows yet.
    teller.days(100).await;
    let long = teller.tell("a guardian who did harm may lose the guardianship");
    let stay = placed(teller, &long).await;
    let dead = teller.tell("a child dies in temporary guardianship");
    let short = placed(teller, &dead).await;
    let died = json!({ "event": "died" });
    teller.does(short, "record_life_event", died.clone()).await;
    teller.does_by_another(short, "record_life_event", died).await;
    assert_eq!(teller.seen(short).facts().state, "ended_deceased");

    // Nine months, and then eleven.
    teller.days(290).await;
    assert!(teller.seen(stay).owes("decide_stay"));
    teller.does(stay, "review_stay", json!({})).await;
    teller.days(60).await;
    for outcome in ["conclude_continue", "conclude_revocation"] {
        teller.does(stay, "assess_guardian", json!({})).await;
        teller.does(stay, "call_conference", json!({})).await;
        teller.does(stay, outcome, json!({})).await;
    }
}

async fn go_home(teller: &mut Teller, case: CaseId, then: &'static str) {
    for step in ["assess_guardian", "call_conference", "conclude_return", then] {
        teller.does(case, step, json!({})).await;
    }
}

async fn home_and_back_and_home(teller: &mut Teller) {
    let child = teller.tell("a child goes home, is harmed again, and goes home at last");
    let case = placed(teller, &child).await;
    go_home(teller, case, "withdraw_notice").await;
    go_home(teller, case, "record_not_collected").await;
    go_home(teller, case, "collect_child").await;
    let met = json!({ "result": "met" });
    teller.does(case, "record_visit", met.clone()).await;
    teller.hours(30);
    teller.does(case, "relapse", json!({})).await;
    let there = json!({ "kind": "minor_protection_institution" });
    teller.does(case, "place", there).await;
    teller.does(case, "offer_transfer", json!({})).await;
    teller.does(case, "transfer_refused", json!({})).await;
    for step in ["record_intake", "sign_custody_transfer"] {
        teller.does(case, step, json!({})).await;
    }
    go_home(teller, case, "collect_child").await;
    teller.does(case, "record_visit", met).await;
    teller.does(case, "end_follow_up", json!({})).await;
}

async fn of_age(teller: &mut Teller) {
    let child = teller.tell("a child comes of age in temporary guardianship");
    let case = placed(teller, &child).await;
    teller.does(case, "record_life_event", json!({ "event": "turned_18" })).await;
    assert_eq!(teller.seen(case).facts().state, "ended_adult");
}

/// Civil affairs is asked to take over, because a guardian did harm.
pub(super) async fn requested(teller: &mut Teller, child: &Child) -> CaseId {
    let harm = json!({ "harm_by_guardian": true, "ground": "seriously_harmed_or_threatened" });
    teller.opens("temporary_guardianship", "request", child, harm).await
}

async fn placed(teller: &mut Teller, child: &Child) -> CaseId {
    let case = requested(teller, child).await;
    let ground = json!({ "ground": "seriously_harmed_or_threatened" });
    teller.does(case, "approve", ground).await;
    teller.does(case, "place", json!({ "kind": "minor_protection_institution" })).await;
    teller.does(case, "record_intake", json!({})).await;
    teller.does(case, "sign_custody_transfer", json!({})).await;
    case
}
