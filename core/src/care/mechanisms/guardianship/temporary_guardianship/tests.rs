//! Tests of the temporary guardianship: its ways, each refusal, its clocks. Its ends are tested in
//! [`endings`]; the custody ledger beside the ledger itself.

use serde_json::{Value, json};

use super::*;
use crate::{
    care::{
        codes::{PlacementKind, TemporaryGuardianshipGround},
        mechanisms::{
            custody_ledger::{CustodyHolder, carer_at},
            emergency_response::{EMERGENCY_RESPONSE, GUARDIAN_DID_HARM, TAKEN_OVER_AT},
        },
        roles::{COURT, MEDICAL_INSTITUTION, PARENT_GUARDIAN, POLICE},
        test_walk::{TestCase, beside, file},
        test_world::test_world,
    },
    procedure::HandOver,
    terms::time::Timestamp,
};

mod endings;
mod returns;

fn ids(handed: &[HandOver]) -> Vec<&'static str> {
    handed.iter().map(|hand_over| hand_over.id).collect()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn requested(harm: bool) -> TestCase {
    let mut case = TestCase::of::<TemporaryGuardianship>();
    let form = json!({
        "ground": "guardian_missing_no_other", "facts": "父母失联", "harm_by_guardian": harm,
    });
    case.take("request", "2026-03-02 09:00", form).unwrap();
    case
}

fn approve(taken_over_at: &str) -> Value {
    json!({
        "ground": "guardian_missing_no_other", "taken_over_at": taken_over_at, "decision": file(),
    })
}

fn approved(harm: bool) -> TestCase {
    let mut case = requested(harm);
    case.take("approve", "2026-03-04 10:00", approve("2026-03-04 09:00")).unwrap();
    case
}

fn place(day: &str) -> Value {
    json!({
        "kind": "foster_family", "carer": "寄养家庭", "phone": "13900000000", "from": day,
        "transfer_paper": file(),
    })
}

/// Taken over on 4 March 2026 at 9, placed that afternoon and registered.
fn placed(harm: bool) -> TestCase {
    let mut case = approved(harm);
    case.take("place", "2026-03-04 15:00", place("2026-03-04")).unwrap();
    case.take("record_intake", "2026-03-04 16:00", json!({ "health": "良好" })).unwrap();
    case
}

fn assess(case: &mut TestCase, at: &str) {
    let form = json!({ "team": ["示社工"], "guardian": "样父" });
    case.take("assess_guardian", at, form).unwrap();
}

fn conference(case: &mut TestCase, at: &str) {
    let form = json!({ "report": file(), "members": ["police", "civil-affairs"] });
    case.take("call_conference", at, form).unwrap();
}

fn taken_over_at(case: &TestCase) -> Option<Timestamp> {
    case.data::<GuardianshipData>().taken_over_at
}

fn carer(case: &TestCase, at: &str) -> Option<String> {
    let data = case.data::<GuardianshipData>();
    let lines = [data.brought, data.custody].concat();
    match carer_at(&lines, time(at))? {
        CustodyHolder::Person(person) => Some(person.name.to_string()),
        other => Some(format!("{other:?}")),
    }
}

fn guard(code: &'static Guard) -> Result<Vec<HandOver>, Refusal> {
    Err(Refusal::Guard { guard: code })
}

#[test]
fn the_definition_builds() {
    let definition = TemporaryGuardianship::define(Define::new()).build(&test_world()).unwrap();
    assert_eq!(definition.states().len(), 18);
    assert_eq!(definition.duties().len(), 17);
    assert_eq!(definition.waits().len(), 2);
    assert!(!definition.duty("sign_transfer").unwrap().excusable);
}

#[test]
fn civil_affairs_decides_and_the_center_places_the_child() {
    let mut case = requested(false);
    assert_eq!((case.state(), case.owed()), ("requested", vec!["decide"]));
    assert_eq!(case.holder("decide"), "civil_affairs_bureau");
    assert_eq!(case.clock("decide"), ("C50".into(), Some("2026-03-05 23:59".into())));
    let handed = case.take("approve", "2026-03-04 10:00", approve("2026-03-04 09:00")).unwrap();
    assert_eq!((ids(&handed), case.state()), (vec!["L13"], "approved"));
    assert_eq!(handed[0].payload["at"], json!(time("2026-03-04 09:00")));
    assert_eq!(case.clock("place"), ("C04".into(), Some("2026-03-05 10:00".into())));
    case.take("place", "2026-03-04 15:00", place("2026-03-04")).unwrap();
    assert_eq!(
        case.owed(),
        ["intake_check", "plan_ahead", "stay_norm", "nine_months", "eleven_months"]
    );
    assert_eq!(case.holder("plan_ahead"), "minor_protection_center");
    assert_eq!(case.clock("intake_check"), ("C56".into(), Some("2026-03-05 15:00".into())));
    assert_eq!(case.clock("plan_ahead"), ("C60".into(), Some("2026-06-04 23:59".into())));
    assert_eq!(case.attribute("carer_now"), Some("foster_family"));
    assert_eq!(case.attribute("institution"), None);
}

#[test]
fn a_refusal_names_a_carer_and_tells_the_emergency() {
    let mut case = requested(false);
    let without = json!({ "reason": "有亲属愿意照料", "remedies_told": "可向上级申诉" });
    let refused = case.take("refuse", "2026-03-03 09:00", without);
    assert!(matches!(refused, Err(Refusal::Field { .. })), "{refused:?}");
    let form = json!({
        "reason": "有亲属愿意照料", "who_cares": "祖父", "remedies_told": "可向上级申诉",
    });
    let handed = case.take("refuse", "2026-03-03 09:00", form).unwrap();
    assert_eq!((ids(&handed), case.state()), (vec!["L14"], "refused"));
    assert_eq!(handed[0].payload["who_cares"], "祖父");
}

#[test]
fn a_child_has_one_temporary_guardianship_at_a_time() {
    let form = json!({
        "ground": "other_by_law", "facts": "无人照料", "harm_by_guardian": false,
    });
    let mut case = TestCase::of::<TemporaryGuardianship>();
    case.beside = vec![beside(TEMPORARY_GUARDIANSHIP, None)];
    let refused = case.take("request", "2026-03-02 09:00", form.clone());
    assert_eq!(refused, guard(&guards::ONE_GUARDIANSHIP));
    case.beside = vec![beside(TEMPORARY_GUARDIANSHIP, Some("2026-02-01 09:00"))];
    case.take("request", "2026-03-02 09:00", form).unwrap();
}

#[test]
fn whoever_asks_names_a_ground_and_only_the_chain_leaves_it_to_the_decision() {
    let form = json!({ "facts": "无人照料", "harm_by_guardian": false });
    let mut case = TestCase::of::<TemporaryGuardianship>();
    let refused = case.take("request", "2026-03-02 09:00", form.clone());
    assert!(matches!(refused, Err(Refusal::Field { field, .. }) if field == "ground"));
    case.take_by_chain("request", "2026-03-02 09:00", form).unwrap();
    assert_eq!(case.attribute("ground"), None);
    case.take("approve", "2026-03-04 10:00", approve("2026-03-04 09:00")).unwrap();
    assert_eq!(case.attribute("ground"), Some("guardian_missing_no_other"));
}

#[test]
fn nobody_took_over_in_the_future() {
    let future = requested(false).take("approve", "2026-03-04 10:00", approve("2026-03-05 09:00"));
    assert!(matches!(future, Err(Refusal::Field { field, .. }) if field == "taken_over_at"));
}

#[test]
fn approved_without_a_placement_keeps_the_emergency_carer() {
    let line = |to: Value, at: &str| json!({ "to": to, "at": at, "written": true });
    let mut uncle = line(json!({ "person": { "name": "伯父" } }), "2026-03-02 23:00");
    uncle["kind"] = json!("relative");
    let ledger = json!([line(json!({ "organ": "示例派出所" }), "2026-03-02 21:00"), uncle]);
    let mut case = TestCase::of::<TemporaryGuardianship>();
    let form = json!({ "facts": "无人照料", "harm_by_guardian": true, "custody": ledger });
    case.take_by_chain("request", "2026-03-03 09:00", form).unwrap();
    case.take("approve", "2026-03-04 10:00", approve("2026-03-04 09:00")).unwrap();
    assert_eq!(carer(&case, "2026-03-04 14:59").as_deref(), Some("伯父"));
    assert_eq!(case.attribute("carer_now"), Some("relative"));
    case.take("place", "2026-03-04 15:00", place("2026-03-04")).unwrap();
    assert_eq!(carer(&case, "2026-03-04 14:59").as_deref(), Some("伯父"));
    assert_eq!(carer(&case, "2026-03-04 15:00").as_deref(), Some("寄养家庭"));
    let first = case.data::<GuardianshipData>().custody.remove(0);
    assert!(matches!(first.from, Some(CustodyHolder::Person(_))));
}

#[test]
fn a_ledger_that_is_brought_is_in_order_and_not_of_the_future() {
    let line = |at: &str| json!({ "to": { "organ": "示例派出所" }, "at": at, "written": false });
    for custody in [
        json!([line("2026-03-02 21:00"), line("2026-03-02 20:00")]),
        json!([line("2026-03-09 21:00")]),
    ] {
        let form = json!({ "facts": "无人照料", "harm_by_guardian": false, "custody": custody });
        let refused = TestCase::of::<TemporaryGuardianship>().take_by_chain(
            "request",
            "2026-03-03 09:00",
            form,
        );
        assert!(matches!(refused, Err(Refusal::Field { field, .. }) if field == "custody"));
    }
}

#[test]
fn a_placement_by_word_of_mouth_is_valid_at_once_and_has_to_be_signed() {
    let mut case = approved(false);
    let mut form = place("2026-03-04");
    form.as_object_mut().unwrap().remove("transfer_paper");
    case.take("place", "2026-03-04 15:00", form).unwrap();
    assert_eq!(carer(&case, "2026-03-04 15:00").as_deref(), Some("寄养家庭"));
    assert_eq!(case.clock("sign_transfer"), ("C30".into(), Some("2026-03-05 23:59".into())));
    case.take("sign_custody_transfer", "2026-03-05 09:00", json!({ "document": file() })).unwrap();
    assert!(!case.owed().contains(&"sign_transfer"));
    let change = json!({
        "kind": "minor_protection_institution", "carer": "未保中心", "reason": "就医方便",
        "child_view": "愿意",
    });
    case.take("change_placement", "2026-03-06 09:00", change).unwrap();
    assert!(case.owed().contains(&"sign_transfer"));
    assert_eq!(case.attribute("institution"), Some("true"));
    let data = case.data::<GuardianshipData>();
    assert_eq!(data.custody.iter().filter(|line| line.is_unsigned()).count(), 1);
}

#[test]
fn a_placement_is_dated_by_its_day_and_never_before_the_last_hand_over() {
    let mut late = approved(false);
    late.take("place", "2026-03-06 09:00", place("2026-03-05")).unwrap();
    assert_eq!(late.data::<GuardianshipData>().custody[0].at, time("2026-03-05 00:00"));
    let tomorrow = approved(false).take("place", "2026-03-04 15:00", place("2026-03-05"));
    assert!(matches!(tomorrow, Err(Refusal::Field { field, .. }) if field == "from"));
    let line = json!({ "to": { "person": "伯父" }, "at": "2026-03-05 23:00", "written": true });
    let form = json!({ "facts": "样例", "harm_by_guardian": false, "custody": [line] });
    let mut case = TestCase::of::<TemporaryGuardianship>();
    case.take_by_chain("request", "2026-03-06 09:00", form).unwrap();
    case.take("approve", "2026-03-06 10:00", approve("2026-03-06 09:30")).unwrap();
    let before = case.take("place", "2026-03-06 11:00", place("2026-03-04"));
    assert_eq!(before, guard(&crate::care::mechanisms::custody_ledger::CUSTODY_GOES_BACK));
    case.take("place", "2026-03-06 11:00", place("2026-03-05")).unwrap();
    assert_eq!(case.data::<GuardianshipData>().custody[0].at, time("2026-03-05 23:00"));
}

#[test]
fn the_year_runs_from_the_taking_over_through_every_placement_hospital_stay_and_absence() {
    let mut case = placed(true);
    let since = taken_over_at(&case);
    let due = ("D14".into(), Some("2027-03-04 23:59".into()));
    assert_eq!(case.clock("stay_norm"), due);
    let change = json!({
        "kind": "relative", "carer": "姑母", "reason": "更稳定", "child_view": "愿意",
        "transfer_paper": file(),
    });
    case.take("change_placement", "2026-04-01 09:00", change).unwrap();
    let sick = json!({ "hospital": "县医院", "at": "2026-05-01 09:00" });
    case.take("hospitalise", "2026-05-01 09:00", sick).unwrap();
    assert_eq!(case.owed(), ["hospital_contact"]);
    assert_eq!(case.clock("hospital_contact"), ("C13".into(), Some("2026-05-04 23:59".into())));
    let note = json!({ "note": "恢复良好" });
    case.take_of(MEDICAL_INSTITUTION, "县医院", "hospital_note", "2026-05-03 09:00", note).unwrap();
    case.take("back_from_hospital", "2026-05-10 09:00", json!({ "at": "2026-05-10 09:00" }))
        .unwrap();
    assert_eq!(case.clock("stay_norm"), due);
    let gone = json!({ "at": "2026-06-01 20:00", "last_seen": "车站" });
    let handed = case.take("abscond", "2026-06-01 21:00", gone).unwrap();
    assert_eq!(ids(&handed), ["H27"]);
    assert_eq!(handed[0].payload["place"], "车站");
    assert_eq!(case.clock("find_child"), ("C36".into(), Some("2026-06-02 21:00".into())));
    assert_eq!(carer(&case, "2026-06-02").as_deref(), Some("姑母"), "custody goes on");
    let found = json!({ "at": "2026-06-03 08:00", "condition": "平安" });
    case.take_of(POLICE, "示例派出所", "found", "2026-06-03 09:00", found).unwrap();
    assert_eq!((case.state(), case.clock("stay_norm")), ("placed", due));
    assert_eq!(taken_over_at(&case), since);
    assert_eq!(carer(&case, "2026-06-04").as_deref(), Some("姑母"));
    assert_eq!(case.attribute("carer_now"), Some("relative"));
}

#[test]
fn without_harm_by_a_guardian_the_countys_own_limit_runs() {
    let case = placed(false);
    assert_eq!(case.clock("stay_norm"), ("C63".into(), Some("2027-03-04 23:59".into())));
    assert_eq!(case.attribute(GUARDIAN_DID_HARM), None);
    // What became known since the request is in the decision.
    let mut case = requested(false);
    let mut form = approve("2026-03-04 09:00");
    form["harm_by_guardian"] = json!(true);
    case.take("approve", "2026-03-04 10:00", form).unwrap();
    case.take("place", "2026-03-04 15:00", place("2026-03-04")).unwrap();
    assert_eq!(case.clock("stay_norm").0, "D14");
}

#[test]
fn nine_and_eleven_months_are_told_once_each_and_ask_for_a_decision() {
    let mut case = placed(true);
    assert_eq!(case.clock("nine_months"), ("C52".into(), Some("2026-12-04 23:59".into())));
    assert_eq!(case.clock("eleven_months"), ("C53".into(), Some("2027-02-04 23:59".into())));
    case.take_by_chain("stay_warning", "2026-12-05 00:01", json!({})).unwrap();
    assert_eq!(case.attribute(STAY_NOTICE), Some(NINE_MONTHS));
    assert_eq!(case.clock("decide_stay"), ("C45".into(), Some("2027-01-05 23:59".into())));
    assert!(case.owed().contains(&ELEVEN_MONTHS) && !case.owed().contains(&NINE_MONTHS));
    // Back from hospital the notice that was given is not given again.
    let sick = json!({ "hospital": "县医院", "at": "2026-12-10 09:00" });
    case.take("hospitalise", "2026-12-10 09:00", sick).unwrap();
    case.take("back_from_hospital", "2026-12-20 09:00", json!({ "at": "2026-12-20 09:00" }))
        .unwrap();
    assert!(case.owed().contains(&ELEVEN_MONTHS) && !case.owed().contains(&NINE_MONTHS));
    assert!(!case.owed().contains(&"decide_stay"));
    case.take_by_chain("stay_warning", "2027-02-05 00:01", json!({})).unwrap();
    assert_eq!(case.attribute(STAY_NOTICE), Some(ELEVEN_MONTHS));
    assert!(!case.owed().contains(&ELEVEN_MONTHS));
    assert!(case.owed().contains(&"decide_stay"));
    let review = json!({ "finding": "父亲仍在逃", "next": "准备撤销监护人资格" });
    case.take("review_stay", "2027-02-06 09:00", review).unwrap();
    assert!(!case.owed().contains(&"decide_stay"));
    assert_eq!(case.clock("plan_ahead"), ("C60".into(), Some("2027-05-06 23:59".into())));
}

#[test]
fn both_notices_that_passed_unseen_are_given_one_after_the_other() {
    let mut case = placed(true);
    let sick = json!({ "hospital": "县医院", "at": "2026-11-10 09:00" });
    case.take("hospitalise", "2026-11-10 09:00", sick).unwrap();
    case.take("back_from_hospital", "2027-03-10 09:00", json!({ "at": "2027-03-10 09:00" }))
        .unwrap();
    for notice in [NINE_MONTHS, ELEVEN_MONTHS] {
        case.take_by_chain("stay_warning", "2027-03-11 00:01", json!({})).unwrap();
        assert_eq!(case.attribute(STAY_NOTICE), Some(notice));
    }
    assert!(!case.owed().iter().any(|owed| owed.ends_with("_months")));
    // A year is over: it is shown and not refused.
    assert_eq!(case.clock("stay_norm").1.as_deref(), Some("2027-03-04 23:59"));
    assess(&mut case, "2027-03-12 09:00");
}

#[test]
fn nobody_takes_the_notice_of_time_by_hand() {
    let refused = placed(true).take("stay_warning", "2027-01-05 09:00", json!({}));
    assert!(matches!(refused, Err(Refusal::RoleMissing { .. })), "{refused:?}");
}

#[test]
fn who_the_child_is_is_compared_and_searched_for() {
    let mut case = approved(false);
    let unknown = json!({ "description": "约五岁女童" });
    case.take("mark_unidentified", "2026-03-04 11:00", unknown).unwrap();
    assert_eq!(case.owed(), ["place", "compare_identity", "publish_search"]);
    assert_eq!(case.clock("compare_identity"), ("C56".into(), Some("2026-03-05 11:00".into())));
    assert_eq!(case.clock("publish_search"), ("C18".into(), Some("2026-03-09 23:59".into())));
    let compared = json!({ "result": "无匹配", "dna": true });
    case.take_of(POLICE, "示例派出所", "record_comparison", "2026-03-05 09:00", compared).unwrap();
    let search = json!({ "where": "省级报刊", "at": "2026-03-06", "text": "寻亲公告" });
    case.take("publish_search", "2026-03-06 09:00", search).unwrap();
    assert_eq!(case.owed(), ["place"]);
}
