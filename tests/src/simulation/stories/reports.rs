//! Mandatory reports: police who refuse, and reporters of the same facts who are each told.

use hexacase::{procedure::wide::WideStep, terms::id::CaseId};
use serde_json::json;

use crate::simulation::teller::{Child, Teller};

pub(super) async fn tell(teller: &mut Teller) {
    filed_after_the_procuratorate_s_notice(teller).await;
    reviewed_three_times(teller).await;
    not_filed_and_accepted(teller).await;
    unfounded(teller).await;
    two_reporters_of_the_same_facts(teller).await;
}

async fn received(teller: &mut Teller, child: &Child) -> CaseId {
    let report = teller.opens("mandatory_report", "discover", child, json!({})).await;
    teller.does(report, "report_to_police", json!({ "channel": "police_110" })).await;
    teller.does(report, "receive_by_police", json!({})).await;
    report
}

/// The police review a report.
pub(super) async fn under_review(teller: &mut Teller, child: &Child) -> CaseId {
    let report = received(teller, child).await;
    teller.does(report, "begin_review", json!({})).await;
    report
}

async fn filed_after_the_procuratorate_s_notice(teller: &mut Teller) {
    let child = teller.tell("the police file after the procuratorate's notice");
    let report = received(teller, &child).await;
    let steps = [
        "transfer_jurisdiction",
        "jurisdiction_refused",
        "begin_review",
        "decide_not_file",
        "serve_non_filing",
        "apply_reconsideration",
        "reconsideration_upheld",
        "request_oversight",
        "ordered_to_file",
    ];
    take_all(teller, report, &steps).await;
    assert_eq!(teller.seen(report).facts().state, "criminal_case");
}

async fn take_all(teller: &mut Teller, report: CaseId, steps: &[&'static str]) {
    for step in steps {
        teller.hours(5);
        teller.does(report, step, json!({})).await;
    }
}

/// More filings than any report of a story has.
const MOST_FILINGS: usize = 5;

/// What is owed beside the way of a report is done.
async fn put_on_file(teller: &mut Teller, report: CaseId) {
    for (duty, step) in
        [("file_with_authority", "file_record"), ("preserve_evidence", "preserve_evidence")]
    {
        // Each reporter and each new fact owes it once; a duty that stays open is a fault to see.
        for _ in 0..MOST_FILINGS {
            if teller.seen(report).owes(duty) {
                teller.does(report, step, json!({})).await;
            }
        }
        assert!(!teller.seen(report).owes(duty), "`{step}` leaves `{duty}` open");
    }
}

async fn reviewed_three_times(teller: &mut Teller) {
    let child = teller.tell("the police review a report three times");
    let report = under_review(teller, &child).await;
    let refused = ["decide_not_file", "serve_non_filing"];
    take_all(teller, report, &refused).await;
    take_all(teller, report, &["apply_reconsideration", "reconsideration_granted"]).await;
    take_all(teller, report, &refused).await;
    let filed = ["resubmit_new_facts", "file_criminal", "convert_to_admin", "convert_to_criminal"];
    take_all(teller, report, &filed).await;
    take_all(teller, report, &["withdraw_criminal", "notify_withdrawal"]).await;
}

async fn not_filed_and_accepted(teller: &mut Teller) {
    let child = teller.tell("a decision not to file is accepted");
    let report = under_review(teller, &child).await;
    take_all(teller, report, &["decide_not_file", "serve_non_filing", "accept_not_filed"]).await;
}

async fn unfounded(teller: &mut Teller) {
    let child = teller.tell("a report proves unfounded");
    let report = under_review(teller, &child).await;
    take_all(teller, report, &["ask_supplement", "supply_supplement", "find_unfounded"]).await;
    put_on_file(teller, report).await;
    take_all(teller, report, &["notify_result", "close_unfounded"]).await;
}

async fn two_reporters_of_the_same_facts(teller: &mut Teller) {
    let child = teller.tell("two reporters of the same facts are each told");
    let first = received(teller, &child).await;
    let second = received(teller, &child).await;
    teller.wide_by_two(second, WideStep::MergeCase, json!({ "survivor": first })).await;
    assert_eq!(teller.seen(first).attribute("merged_cases"), Some("1"));
    for step in ["begin_review", "accept_admin", "admin_outcome"] {
        teller.does(first, step, json!({})).await;
    }
    put_on_file(teller, first).await;
    teller.does(first, "notify_result", json!({})).await;
    // The second one is still owed an answer.
    assert!(!teller.seen(first).image.duties.is_empty());
    teller.does(first, "notify_result", json!({})).await;
    teller.does(first, "close", json!({})).await;
}
