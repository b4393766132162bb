//! Among those who work in the county: a duty that need not be done any more, and one that changes
//! hands.

use hexacase::procedure::wide::WideStep;
use serde_json::json;

use super::warnings::{monitored, not_met_twice};
use crate::simulation::teller::Teller;

pub(super) async fn tell(teller: &mut Teller) {
    nobody_need_go_again(teller).await;
    a_caseload_changes_hands(teller).await;
    about_the_wrong_child(teller).await;
    opened_by_mistake(teller).await;
}

async fn nobody_need_go_again(teller: &mut Teller) {
    let child = teller.tell("nobody need look for another way to the child");
    let alert = monitored(teller, &child).await;
    not_met_twice(teller, alert).await;
    let excuse = json!({ "duty": "other_channel" });
    teller.wide_by_two(alert, WideStep::ExcuseDuty, excuse).await;
    assert!(!teller.seen(alert).owes("other_channel"));
}

async fn a_caseload_changes_hands(teller: &mut Teller) {
    let child = teller.tell("a caseload changes hands");
    let alert = monitored(teller, &child).await;
    let [from, to] = teller.two_of(alert, "review_grade");
    let named = json!({ "duty": "review_grade", "person": from, "unit": null, "cause": null });
    teller.wide(alert, WideStep::ReassignHolder, named).await;
    let over = json!({ "from": from, "to": to, "list_confirmed": true });
    teller.wide(alert, WideStep::CaseloadTransfer, over).await;
    let duties = &teller.seen(alert).image.duties;
    let held = duties.iter().filter(|duty| duty.holder.person.as_ref() == Some(&to));
    assert_eq!(held.count(), 1);
}

async fn about_the_wrong_child(teller: &mut Teller) {
    let wrong = teller.tell("an alert is about the wrong child");
    let alert = monitored(teller, &wrong).await;
    teller.wide(alert, WideStep::AddNote, json!({})).await;
    teller.wide(alert, WideStep::Attach, json!({})).await;
    let until = teller.now().date().plus_days(10);
    let still = json!({ "duty": "review_grade", "until": until });
    teller.wide_by_two(alert, WideStep::SuspendDeadline, still).await;
    let right = teller.tell("an alert is about another child");
    let other = monitored(teller, &right).await;
    teller.wide(other, WideStep::JoinIncident, json!({ "case": alert })).await;
    teller.wide(other, WideStep::SplitIncident, json!({})).await;
    let free = teller.tell("an alert is about a third child");
    let bound = json!({ "child": free.subject.id });
    teller.wide_by_two(alert, WideStep::RebindSubject, bound).await;
    assert_eq!(teller.seen(alert).facts().subject, free.subject);
}

async fn opened_by_mistake(teller: &mut Teller) {
    let child = teller.tell("an alert was opened by mistake");
    let alert = monitored(teller, &child).await;
    teller.wide(alert, WideStep::AnnulCase, json!({})).await;
    let entry = teller.last_entry(alert);
    teller.wide(alert, WideStep::DeclineStep, json!({ "entry": entry })).await;
    teller.wide_by_two(alert, WideStep::AnnulCase, json!({})).await;
}
