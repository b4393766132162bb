//! The joint meeting: dates that fail, items that move on, and what is told to the cases they are
//! about; and letters of inquiry to those whom nobody may demand anything of.

use hexacase::terms::id::CaseId;
use serde_json::{Value, json};

use super::emergencies::on_scene;
use crate::simulation::teller::{Child, Teller};

pub(super) async fn tell(teller: &mut Teller) {
    an_item_goes_through_two_meetings(teller).await;
    the_police_are_asked(teller).await;
}

async fn propose(teller: &mut Teller) -> CaseId {
    let kind = json!({ "kind": "thematic" });
    teller.opens_in_county("meeting", "propose_meeting", kind).await
}

fn in_a_week(teller: &Teller) -> Value {
    json!({ "at": teller.now().plus_hours(7 * 24) })
}

async fn an_item_goes_through_two_meetings(teller: &mut Teller) {
    let child = teller.tell("an item goes through two meetings");
    let cases = json!([
        on_scene(teller, &child).await,
        super::guardianship::requested(teller, &child).await,
        super::help::ask_for(teller, &child).await,
        super::warnings::monitored(teller, &child).await,
        super::reports::under_review(teller, &child).await,
        teller.newest("assessment_assistance", &child),
        child.file,
    ]);
    let first = propose(teller).await;
    let second = propose(teller).await;
    let about = json!({ "source": "member", "cases": cases });
    let item = teller.opens_in_county("agenda_item", "propose_item", about).await;
    teller.does(item, "accept_item", json!({ "meeting": first })).await;
    let onward = json!({ "items_go_to": "another_meeting", "meeting": second, "until": null });
    teller.does(first, "cancel_meeting", onward).await;
    assert_eq!(teller.seen(item).attribute("meeting"), Some(second.to_string().as_str()));

    let at = teller.now().plus_hours(7 * 24);
    teller.does(second, "schedule", json!({ "items": [item], "at": at })).await;
    teller.does(second, "send_notice", json!({})).await;
    let later = in_a_week(teller);
    teller.does(second, "fail_quorum", later).await;
    teller.does(second, "send_notice", json!({})).await;
    let later = in_a_week(teller);
    teller.does(second, "postpone", later).await;
    teller.does(second, "send_notice", json!({})).await;
    teller.days(7).await;
    let came = json!({ "present": ["education"], "absent": ["health"] });
    teller.does(second, "convene", came).await;
    assert_eq!(teller.seen(item).facts().state, "discussed");

    teller.does(item, "answer_proposer", json!({})).await;
    teller.does(item, "adopt", json!({})).await;
    for step in ["draft_minutes", "return_draft", "draft_minutes"] {
        teller.does(second, step, json!({})).await;
    }
    let due = teller.now().date().plus_days(40);
    let task = json!({ "task": "示例纪要另列的任务", "lead": "education", "due": due });
    teller.does(second, "issue_minutes", json!({ "tasks": [task] })).await;

    let action = teller.newest_where("action_item", |seen| seen.facts().is_open());
    for step in ["acknowledge", "start_work", "report_progress", "report_result", "verify"] {
        teller.does(action, step, json!({})).await;
    }
    // What the item was adopted with.
    let action = teller.newest_where("action_item", |seen| seen.facts().is_open());
    teller.does(action, "object", json!({})).await;
    teller.does(action, "uphold", json!({})).await;
    an_item_about_a_task(teller, action).await;
}

/// An item about a task of an earlier one; that it is not taken on is told there.
async fn an_item_about_a_task(teller: &mut Teller, action: CaseId) {
    let about = json!({ "source": "member", "cases": [action] });
    let item = teller.opens_in_county("agenda_item", "propose_item", about).await;
    teller.does(item, "reject_item", json!({})).await;
    let member = json!({ "source": "member" });
    let item = teller.opens_in_county("agenda_item", "propose_item", member).await;
    teller.does(item, "withdraw_item", json!({})).await;
}

/// A report that the police have to decide on, and do not.
async fn overdue(teller: &mut Teller, child: &Child) -> CaseId {
    let report = super::reports::under_review(teller, child).await;
    let asked = json!({
        "unit": "county-police", "owed_by": "county_police", "case": report,
        "duty": "decide_filing", "overdue_since": teller.now(), "limit": null,
    });
    teller.opens_in_county("listed_oversight", "propose_oversight", asked).await
}

async fn the_police_are_asked(teller: &mut Teller) {
    let child = teller.tell("the police answer a letter of inquiry");
    let oversight = overdue(teller, &child).await;
    teller.does(oversight, "send_inquiry", json!({ "to": "county-police" })).await;
    teller.does(oversight, "record_answer", json!({})).await;
    teller.does(oversight, "release", json!({})).await;

    let child = teller.tell("the police do not answer, and the procuratorate is asked");
    let oversight = overdue(teller, &child).await;
    teller.does(oversight, "send_inquiry", json!({ "to": "county-police" })).await;
    teller.does(oversight, "ask_procuratorate", json!({})).await;
}
