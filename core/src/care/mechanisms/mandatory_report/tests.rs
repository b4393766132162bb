//! Tests of the mandatory report: its whole way, each refusal, its clocks.

use serde_json::{Value, json};

use super::{ReportState, data::Remedy, *};
use crate::{
    care::{
        roles::COUNTY_POLICE,
        test_walk::{TestCase, beside, file},
        test_world::test_world,
    },
    procedure::HandOver,
    terms::id::ActorId,
};

fn discovery() -> Value {
    json!({
        "found_at": "2026-03-02 08:50",
        "facts": "手臂多处淤青",
        "situations": ["multiple_injuries_or_neglect", "other_serious"],
        "description": "约十岁女童",
    })
}

fn discovered() -> TestCase {
    let mut case = TestCase::of::<MandatoryReport>();
    case.take("discover", "2026-03-02 09:00", discovery()).unwrap();
    case
}

fn report(channel: &str) -> Value {
    json!({ "at": "2026-03-02 09:10", "channel": channel, "receiver": "王警官", "oral": true })
}

fn at(time: &str) -> Value {
    json!({ "at": time })
}

fn with(mut form: Value, field: &str, value: impl Into<Value>) -> Value {
    form[field] = value.into();
    form
}

/// A report that the police have under review since 2 March, 10:00.
fn under_review() -> TestCase {
    let mut case = discovered();
    case.take("report_to_police", "2026-03-02 09:10", report("police_station")).unwrap();
    let receipt = json!({ "registered_at": "2026-03-02 10:00", "officer": "王警官" });
    case.take("receive_by_police", "2026-03-02 10:00", receipt).unwrap();
    case.take("begin_review", "2026-03-02 10:30", at("2026-03-02 10:30")).unwrap();
    case
}

/// A report that the police decided on 4 March not to file.
fn not_filed(mut case: TestCase) -> TestCase {
    let decision = json!({
        "non_filing_notice": file(), "at": "2026-03-04 09:00", "reason": "没有犯罪事实",
    });
    case.take("decide_not_file", "2026-03-04 09:00", decision).unwrap();
    case
}

/// A report with a department, received on 2 March, 10:00.
fn in_department() -> TestCase {
    let mut case = discovered();
    let mut form = report("civil_affairs");
    form.as_object_mut().unwrap().remove("oral");
    case.take("report_to_department", "2026-03-02 09:10", form).unwrap();
    let receipt = json!({ "at": "2026-03-02 10:00", "officer": "李科长" });
    case.take("receive_by_department", "2026-03-02 10:00", receipt).unwrap();
    case
}

fn finding(no_unlawful_sign: bool) -> Value {
    json!({ "finding": "走访核实", "no_unlawful_sign": no_unlawful_sign })
}

fn settled(outcome: &str) -> TestCase {
    let mut case = in_department();
    case.take("handle_in_department", "2026-03-02 11:00", finding(true)).unwrap();
    let result = json!({ "outcome": outcome, "measures": "上门帮扶" });
    case.take("department_result", "2026-03-03 09:00", result).unwrap();
    let told = json!({ "to": "报告人", "manner": "电话", "at": "2026-03-03 10:00" });
    case.take("notify_result", "2026-03-03 10:00", told).unwrap();
    case
}

fn ids(handed: &[HandOver]) -> Vec<&'static str> {
    handed.iter().map(|hand_over| hand_over.id).collect()
}

#[test]
fn the_definition_builds() {
    let definition = MandatoryReport::define(Define::new()).build(&test_world()).unwrap();
    assert_eq!(definition.states().len(), 15);
    assert_eq!(definition.duties().len(), 24);
}

#[test]
fn a_report_goes_from_the_discovery_to_the_reply() {
    let mut case = discovered();
    assert_eq!(case.owed(), ["report_now"]);
    assert_eq!(case.attribute("situations"), Some("multiple_injuries_or_neglect,other_serious"));
    case.take("report_to_police", "2026-03-02 09:10", report("police_station")).unwrap();
    assert_eq!(
        case.owed(),
        ["accept_report", "chase_receipt", "file_with_authority", "preserve_evidence"]
    );
    let receipt = json!({
        "acceptance_receipt": file(), "registered_at": "2026-03-02 10:00", "officer": "王警官",
    });
    case.take("receive_by_police", "2026-03-02 10:00", receipt).unwrap();
    assert_eq!(case.holder("chase_review"), "minor_protection_center");
    case.take("begin_review", "2026-03-02 10:30", at("2026-03-02 10:30")).unwrap();
    let filed = json!({ "filing_decision": file(), "at": "2026-03-04 09:00" });
    case.take_of(COUNTY_POLICE, "县公安局", "file_criminal", "2026-03-04 09:00", filed).unwrap();
    let sent = json!({ "document": file(), "at": "2026-04-01 09:00" });
    let handed = case.take("send_to_prosecution", "2026-04-01 09:00", sent).unwrap();
    assert_eq!(ids(&handed), ["H12"]);
    assert_eq!(handed[0].payload["kind"], "criminal_trial");
    assert_eq!(case.attribute("outcome"), Some("sent_to_prosecution"));
    let told = json!({ "to": "报告人", "manner": "电话", "at": "2026-04-02 09:00" });
    case.take("notify_result", "2026-04-02 09:00", told).unwrap();
    let handed =
        case.take("refer_needs", "2026-04-02 09:30", json!({ "needs": ["psychology"] })).unwrap();
    assert_eq!(ids(&handed), ["H10"]);
    let close = json!({ "note": "已转介", "needs": ["psychology"] });
    assert_eq!(
        case.take("close", "2026-04-02 10:00", close.clone()),
        Err(Refusal::DutiesOpen {
            duties: vec!["file_with_authority".into(), "preserve_evidence".into()]
        })
    );
    let filed = json!({ "form": file(), "at": "2026-03-02 15:00" });
    case.take("file_record", "2026-04-02 10:10", filed).unwrap();
    let kept = json!({ "what": "照片", "where": "学校德育处" });
    case.take("preserve_evidence", "2026-04-02 10:10", kept).unwrap();
    case.take("close", "2026-04-02 10:20", close).unwrap();
    assert_eq!((case.state(), case.owed()), ("closed", vec![]));
}

#[test]
fn the_report_itself_waits_for_nobodys_approval_and_hides_who_made_it() {
    let definition = MandatoryReport::define(Define::new()).build(&test_world()).unwrap();
    assert!(definition.transitions().iter().all(|step| !step.is_approval()));
    let secret = definition.transitions().iter().filter(|step| step.reporter_secret);
    assert_eq!(
        secret.map(|step| step.name).collect::<Vec<_>>(),
        [
            "discover",
            "record_report_made",
            "report_to_police",
            "report_to_department",
            "raise_danger",
            "file_record",
            "preserve_evidence",
            "record_retraction",
        ]
    );
    for (duty, excusable) in [("notify_result", false), ("serve_non_filing", true)] {
        assert_eq!(definition.duty(duty).unwrap().excusable, excusable);
    }
}

#[test]
fn a_sign_of_an_unlawful_act_goes_to_the_police() {
    let mut case = in_department();
    let refused = case.take("handle_in_department", "2026-03-02 11:00", finding(false));
    assert_eq!(refused, Err(Refusal::Guard { guard: &guards::UNLAWFUL_SIGN }));
    let letter = json!({ "facts": "疑似殴打", "letter": file() });
    case.take("pass_to_police", "2026-03-02 11:10", letter).unwrap();
    assert_eq!(case.state(), "reported");
    assert_eq!(case.clock("accept_report"), ("D02".into(), None));
}

#[test]
fn an_outcome_belongs_to_its_way() {
    let mut case = in_department();
    case.take("handle_in_department", "2026-03-02 11:00", finding(true)).unwrap();
    let penalty = json!({ "outcome": "no_penalty", "measures": "无" });
    let refused = case.take("department_result", "2026-03-03 09:00", penalty);
    assert_eq!(refused, Err(Refusal::Guard { guard: &guards::OUTCOME_OF_ANOTHER_WAY }));

    let mut case = under_review();
    let accepted = json!({ "document": file(), "at": "2026-03-02 15:00" });
    case.take("accept_admin", "2026-03-02 15:00", accepted).unwrap();
    assert_eq!(case.clock("handle_admin"), ("D35a".into(), Some("2026-04-01 23:59".into())));
    let outcome = |code: &str| json!({ "outcome": code, "at": "2026-03-10 09:00" });
    let refused = case.take("admin_outcome", "2026-03-10 09:00", outcome("sent_to_prosecution"));
    assert_eq!(refused, Err(Refusal::Guard { guard: &guards::OUTCOME_OF_ANOTHER_WAY }));
    case.take("admin_outcome", "2026-03-10 09:00", outcome("no_penalty")).unwrap();
    assert_eq!(case.attribute("outcome"), Some("no_penalty"));
}

#[test]
fn a_report_closes_when_every_need_was_referred_and_no_emergency_is_open() {
    let mut case = settled("department_help");
    let close = json!({ "note": "已帮扶", "needs": ["psychology", "welfare"] });
    case.take("refer_needs", "2026-03-03 11:00", json!({ "needs": ["psychology"] })).unwrap();
    let refused = case.take("close", "2026-03-03 12:00", close.clone());
    assert_eq!(refused, Err(Refusal::Guard { guard: &guards::NEEDS_NOT_REFERRED }));
    case.take("refer_needs", "2026-03-03 12:10", json!({ "needs": ["welfare"] })).unwrap();

    case.beside = vec![beside("emergency_response", None)];
    let refused = case.take("close", "2026-03-03 12:20", close.clone());
    assert_eq!(refused, Err(Refusal::Guard { guard: &guards::EMERGENCY_OPEN }));
    let refused = case.take("close_unfounded", "2026-03-03 12:20", json!({ "note": "查否" }));
    assert_eq!(refused, Err(Refusal::Guard { guard: &guards::EMERGENCY_OPEN }));
    case.beside = vec![beside("emergency_response", Some("2026-03-03 12:30"))];
    case.take("close", "2026-03-03 13:00", close).unwrap();
    assert_eq!(case.state(), "closed");
}

#[test]
fn only_what_proved_unfounded_is_closed_as_unfounded() {
    let mut case = settled("department_help");
    let refused = case.take("close_unfounded", "2026-03-03 11:00", json!({ "note": "无" }));
    assert_eq!(refused, Err(Refusal::Guard { guard: &guards::NOT_UNFOUNDED }));
    let mut case = settled("unfounded");
    case.take("close_unfounded", "2026-03-03 11:00", json!({ "note": "无" })).unwrap();
    assert_eq!(case.state(), "closed_unfounded");
}

#[test]
fn the_channel_fits_whom_the_report_goes_to() {
    let mut case = discovered();
    let refused = case.take("report_to_police", "2026-03-02 09:10", report("education"));
    assert_eq!(
        refused.unwrap_err().to_string(),
        "field `channel`: expected one of the police, found `education`"
    );
    let empty = with(discovery(), "situations", json!([]));
    let refused = TestCase::of::<MandatoryReport>().take("discover", "2026-03-02 09:00", empty);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "field `situations`: expected at least one, found an empty list"
    );
}

#[test]
fn a_declined_report_is_made_again_and_what_was_done_beside_it_stands() {
    let mut case = discovered();
    case.take("report_to_police", "2026-03-02 09:10", report("police_110")).unwrap();
    let filed = json!({ "form": file(), "at": "2026-03-02 09:30" });
    case.take("file_record", "2026-03-02 09:30", filed).unwrap();
    let declined = json!({ "reason": "不属本辖区", "right_organ": "邻县公安局" });
    case.take("decline_not_ours", "2026-03-02 09:40", declined).unwrap();
    assert_eq!(case.owed(), ["preserve_evidence", "report_now"]);
    let again = with(report("police_110"), "at", "2026-03-02 09:50");
    case.take("report_to_police", "2026-03-02 09:50", again).unwrap();
    assert_eq!(case.owed(), ["preserve_evidence", "accept_report", "chase_receipt"]);
    assert_eq!(case.clock("preserve_evidence").1.as_deref(), Some("2026-03-03 09:50"));
    assert_eq!(case.attribute("report_sent"), Some("true"));
}

#[test]
fn a_retraction_changes_nothing() {
    let mut case = discovered();
    case.take("report_to_police", "2026-03-02 09:10", report("police_110")).unwrap();
    let owed: Vec<String> = case.owed().into_iter().map(str::to_owned).collect();
    let retraction = json!({ "reason": "家长劝说", "pressure": true });
    case.take("record_retraction", "2026-03-02 09:40", retraction).unwrap();
    assert_eq!(
        (case.state(), case.owed()),
        ("reported", owed.iter().map(String::as_str).collect())
    );
}

#[test]
fn danger_a_suspect_and_needs_go_on_beside_the_report() {
    let mut case = discovered();
    let danger = json!({ "danger": "持刀威胁", "place": "家中", "at": "2026-03-02 09:05" });
    let handed = case.take("raise_danger", "2026-03-02 09:05", danger).unwrap();
    assert_eq!(ids(&handed), ["H09"]);
    assert_eq!(handed[0].payload["description"], "约十岁女童");
    let mut alarm =
        TestCase::of::<crate::care::mechanisms::emergency_response::EmergencyResponse>();
    alarm.take("raise_alarm", "2026-03-02 09:05", handed[0].payload.clone()).unwrap();

    let suspect = json!({ "facts": "系生父所为" });
    let handed = case.take("name_guardian_suspect", "2026-03-02 09:30", suspect).unwrap();
    assert_eq!((ids(&handed), case.attribute("guardian_suspected")), (vec!["H11"], Some("true")));

    let needs = json!({ "needs": ["guardianship"] });
    let handed = case.take("refer_needs", "2026-03-02 10:00", needs.clone()).unwrap();
    assert_eq!(ids(&handed), ["H10", "H31"]);
    assert_eq!(handed[1].payload["harm_by_guardian"], true);
    case.beside = vec![beside("emergency_response", None)];
    let handed = case.take("refer_needs", "2026-03-02 10:10", needs).unwrap();
    assert_eq!(ids(&handed), ["H10"]);
    assert_eq!((case.state(), case.owed()), ("discovered", vec!["report_now"]));
}

#[test]
fn the_duty_to_report_has_no_number_and_runs_from_the_discovery() {
    assert_eq!(discovered().clock("report_now"), ("D01".into(), None));
    let data: ReportData = discovered().data();
    assert_eq!(data.timing("report_now").from, Some("2026-03-02 08:50".parse().unwrap()));
}

#[test]
fn the_review_runs_from_the_receipt_and_an_organs_referral_has_three_days() {
    let case = under_review();
    assert_eq!(case.clock("decide_filing"), ("D04a".into(), Some("2026-03-03 10:00".into())));
    assert_eq!(case.clock("file_with_authority").0, "C24");
    let mut case = in_department();
    assert_eq!(case.clock("examine_report"), ("C27".into(), Some("2026-03-02 14:00".into())));
    let letter = json!({ "facts": "疑似殴打", "letter": file() });
    case.take("pass_to_police", "2026-03-02 11:10", letter).unwrap();
    let receipt = json!({ "registered_at": "2026-03-02 12:00", "officer": "王警官" });
    case.take("receive_by_police", "2026-03-02 12:00", receipt).unwrap();
    assert_eq!(case.clock("begin_review"), ("D09a".into(), Some("2026-03-05 23:59".into())));
    let missing = json!({ "missing": "伤情照片" });
    case.take("ask_supplement", "2026-03-02 13:00", missing).unwrap();
    assert_eq!(case.clock("supply_supplement"), ("D09c".into(), Some("2026-03-05 23:59".into())));
    case.take("begin_review", "2026-03-02 14:00", at("2026-03-02 14:00")).unwrap();
    assert_eq!(case.clock("decide_filing"), ("D05a".into(), Some("2026-03-05 23:59".into())));
    let case = not_filed(case);
    assert_eq!(case.clock("decide_next_step").0, "D09d");
}

#[test]
fn remedies_go_from_reconsideration_to_review_and_each_has_its_week() {
    let mut case = not_filed(under_review());
    assert_eq!(case.clock("serve_non_filing"), ("D07".into(), Some("2026-03-09 23:59".into())));
    assert_eq!(case.clock("decide_next_step"), ("D08a".into(), Some("2026-03-11 23:59".into())));
    let served = json!({ "to": "监护人", "at": "2026-03-05 09:00" });
    case.take("serve_non_filing", "2026-03-05 09:00", served).unwrap();
    let application = |at: &str| json!({ "application": file(), "at": at });
    let refusal = |stage: &str| json!({ "decision": file(), "stage": stage });
    case.take("apply_reconsideration", "2026-03-09 09:00", application("2026-03-09")).unwrap();
    assert_eq!(case.clock("chase_reconsideration").0, "D08b");
    case.take("reconsideration_upheld", "2026-03-20 09:00", refusal("复议")).unwrap();
    assert_eq!(case.clock("decide_next_step"), ("D08c".into(), Some("2026-03-27 23:59".into())));
    case.take("apply_reconsideration", "2026-03-23 09:00", application("2026-03-23")).unwrap();
    assert_eq!(case.clock("chase_reconsideration").0, "D08d");
    case.take("reconsideration_upheld", "2026-04-10 09:00", refusal("复核")).unwrap();
    assert_eq!(case.data::<ReportData>().remedy, Remedy::Reviewed);
    let anew = json!({ "facts": "新的证人", "at": "2026-04-20 09:00" });
    case.take("resubmit_new_facts", "2026-04-20 09:00", anew).unwrap();
    assert_eq!(case.clock("decide_filing"), ("D05a".into(), Some("2026-04-23 23:59".into())));
    assert_eq!(case.data::<ReportData>().remedy, Remedy::Open);
}

#[test]
fn the_police_explain_within_a_week_and_file_on_notice_within_fifteen_days() {
    let mut case = not_filed(under_review());
    let letter = || json!({ "letter": file() });
    let handed = case.take("request_oversight", "2026-03-05 09:00", letter()).unwrap();
    assert_eq!(ids(&handed), ["H13"]);
    assert_eq!(case.clock("explain_or_file"), ("D10a".into(), Some("2026-03-12 23:59".into())));
    let handed = case.take("request_oversight", "2026-03-12 09:00", letter()).unwrap();
    assert_eq!(ids(&handed), [""; 0]);
    assert_eq!(case.clock("explain_or_file"), ("D10b".into(), Some("2026-03-27 23:59".into())));
    let filed = json!({ "filing_order": file(), "at": "2026-03-20 09:00" });
    case.take("ordered_to_file", "2026-03-20 09:00", filed).unwrap();
    assert_eq!(case.state(), "criminal_case");
    assert!(!case.owed().contains(&"explain_or_file"));
}

#[test]
fn the_reporter_is_told_by_our_departments_within_five_working_days() {
    let mut case = not_filed(under_review());
    let accepted = json!({ "reason": "证据不足", "child_safe_because": "已随祖母生活" });
    case.take("accept_not_filed", "2026-03-09 09:00", accepted).unwrap();
    assert_eq!(case.clock("notify_result"), ("C26".into(), Some("2026-03-16 23:59".into())));
    assert_eq!(case.attribute("outcome"), None);
    let mut case = under_review();
    case.take("find_unfounded", "2026-03-03 09:00", json!({ "finding": "误会" })).unwrap();
    assert_eq!(case.clock("notify_result"), ("D12".into(), None));
    assert_eq!(case.attribute("outcome"), Some("unfounded"));
}

#[test]
fn a_case_goes_on_whatever_happens_to_the_child() {
    let mut case = under_review();
    for (person, event) in [("first", "died"), ("second", "died"), ("first", "moved_away")] {
        case.person = ActorId::constant(person);
        let form = json!({ "event": event, "date": "2026-03-03" });
        case.take("record_life_event", "2026-03-03 09:00", form).unwrap();
        assert_eq!(case.state(), ReportState::UnderReview.name());
    }
}
