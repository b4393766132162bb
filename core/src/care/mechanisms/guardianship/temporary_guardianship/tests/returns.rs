//! Tests of the way home: the assessment, the conference, the hand-over, the visits, a relapse.

use super::*;

fn decide_return(conditions_met: bool) -> Value {
    json!({
        "report": file(), "conditions_met": conditions_met, "child_view": "想回家",
        "notice": file(),
    })
}

fn conclude_return(danger_gone: bool) -> Value {
    json!({
        "minutes": file(), "danger_gone": danger_gone, "child_view": "想回家", "notice": file(),
        "told": ["school"],
    })
}

fn collect(at: &str) -> Value {
    json!({ "by": "样父", "at": at, "transfer_paper": file() })
}

/// Taken home on 10 April 2026.
fn at_home(harm: bool) -> TestCase {
    let mut case = placed(harm);
    assess(&mut case, "2026-04-01 09:00");
    if harm {
        conference(&mut case, "2026-04-03 09:00");
        case.take("conclude_return", "2026-04-07 09:00", conclude_return(true)).unwrap();
    } else {
        case.take("decide_return", "2026-04-07 09:00", decide_return(true)).unwrap();
    }
    let step = "collect_child";
    let handed = case
        .take_of(PARENT_GUARDIAN, "样父", step, "2026-04-10 10:00", collect("2026-04-10 09:00"))
        .unwrap();
    assert_eq!((ids(&handed), case.state()), (vec!["H29"], "follow_up"));
    case
}

#[test]
fn after_a_guardians_harm_only_the_conference_returns_a_child() {
    let mut case = placed(true);
    assess(&mut case, "2026-04-01 09:00");
    assert_eq!(case.clock("assess"), ("C41".into(), Some("2026-04-23 23:59".into())));
    let alone = case.take("decide_return", "2026-04-02 09:00", decide_return(true));
    assert_eq!(alone, guard(&guards::HARM_NEEDS_CONFERENCE));
    let nobody = json!({ "report": file(), "members": [] });
    let empty = case.take("call_conference", "2026-04-03 09:00", nobody);
    assert!(matches!(empty, Err(Refusal::Field { field, .. }) if field == "members"));
    conference(&mut case, "2026-04-03 09:00");
    let danger = case.take("conclude_return", "2026-04-07 09:00", conclude_return(false));
    assert_eq!(danger, guard(&guards::NOT_FIT_TO_RETURN));
    case.take("conclude_return", "2026-04-07 09:00", conclude_return(true)).unwrap();
    assert_eq!(case.clock("collect_child"), ("D15".into(), Some("2026-04-10 23:59".into())));
}

#[test]
fn without_harm_the_assessment_is_enough_and_says_that_the_conditions_are_met() {
    let mut case = placed(false);
    assess(&mut case, "2026-04-01 09:00");
    let members = json!({ "report": file(), "members": ["police"] });
    let called = case.take("call_conference", "2026-04-02 09:00", members);
    assert_eq!(called, guard(&guards::NO_HARM_NO_CONFERENCE));
    let unfit = case.take("decide_return", "2026-04-02 09:00", decide_return(false));
    assert_eq!(unfit, guard(&guards::NOT_FIT_TO_RETURN));
    case.take("decide_return", "2026-04-02 09:00", decide_return(true)).unwrap();
    assert_eq!(case.clock("collect_child"), ("C31a".into(), Some("2026-04-09 23:59".into())));
}

#[test]
fn harm_that_only_the_emergency_knows_of_binds_too() {
    let mut case = placed(false);
    assess(&mut case, "2026-04-01 09:00");
    let mut emergency = beside(EMERGENCY_RESPONSE, None);
    emergency.attributes.insert(GUARDIAN_DID_HARM.into(), "true".into());
    case.beside = vec![emergency];
    let alone = case.take("decide_return", "2026-04-02 09:00", decide_return(true));
    assert_eq!(alone, guard(&guards::HARM_NEEDS_CONFERENCE));
    conference(&mut case, "2026-04-03 09:00");
    case.take("conclude_return", "2026-04-07 09:00", conclude_return(true)).unwrap();
    assert_eq!(case.clock("collect_child").0, "D15");
    // Another matter, over long ago, does not count.
    let mut case = placed(false);
    assess(&mut case, "2026-04-01 09:00");
    let mut old = beside(EMERGENCY_RESPONSE, Some("2024-01-01 09:00"));
    old.attributes.insert(GUARDIAN_DID_HARM.into(), "true".into());
    case.beside = vec![old];
    case.take("decide_return", "2026-04-02 09:00", decide_return(true)).unwrap();
}

#[test]
fn every_return_and_every_change_of_place_asks_for_the_childs_view() {
    let definition = TemporaryGuardianship::define(Define::new()).build(&test_world()).unwrap();
    for step in ["change_placement", "decide_return", "conclude_return"] {
        let schema = &definition.transition(step).unwrap().schema;
        let required = schema["required"].as_array().unwrap();
        assert!(required.contains(&json!("child_view")), "{step}");
    }
}

#[test]
fn a_child_that_stays_is_with_its_carer_and_was_looked_at() {
    let mut case = placed(true);
    assess(&mut case, "2026-04-01 09:00");
    let stays = json!({ "report": file(), "reason": "父亲仍酗酒" });
    case.take("decide_continue", "2026-04-02 09:00", stays).unwrap();
    assert_eq!(
        (case.state(), case.clock("plan_ahead").1),
        ("placed", Some("2026-07-02 23:59".into()))
    );
    assess(&mut case, "2026-05-01 09:00");
    conference(&mut case, "2026-05-03 09:00");
    assert_eq!(case.clock("conclude").0, "C42");
    let stays = json!({ "minutes": file(), "reason": "危险未消除" });
    case.take("conclude_continue", "2026-05-05 09:00", stays).unwrap();
    assess(&mut case, "2026-06-01 09:00");
    conference(&mut case, "2026-06-03 09:00");
    let revoke = json!({ "minutes": file(), "ground": "severe_abuse" });
    let handed = case.take("conclude_revocation", "2026-06-05 09:00", revoke).unwrap();
    assert_eq!((ids(&handed), case.state()), (vec!["H28"], "placed"));
    assert_eq!(handed[0].payload["ground"], "severe_abuse");
    assert_eq!(handed[0].payload["facts"], "父母失联");
    let handed =
        case.take("file_revocation", "2026-06-06 09:00", json!({ "ground": "severe_abuse" }));
    assert_eq!(ids(&handed.unwrap()), ["H43"]);
    assert_eq!(case.clock("stay_norm").1.as_deref(), Some("2027-03-04 23:59"));
}

#[test]
fn a_child_that_is_not_collected_or_may_not_go_after_all_stays() {
    for (step, form) in [
        ("record_not_collected", json!({ "tried": "电话、上门", "next": "再次评估" })),
        ("withdraw_notice", json!({ "reason": "父亲再次酒后打人" })),
    ] {
        let mut case = placed(false);
        assess(&mut case, "2026-04-01 09:00");
        case.take("decide_return", "2026-04-07 09:00", decide_return(true)).unwrap();
        case.take(step, "2026-04-20 09:00", form).unwrap();
        assert_eq!(case.state(), "placed");
        assert_eq!(carer(&case, "2026-04-20 10:00").as_deref(), Some("寄养家庭"));
    }
}

#[test]
fn a_child_at_home_is_visited_and_only_meeting_it_counts() {
    let mut case = at_home(true);
    assert_eq!(case.attribute(TAKEN_OVER_AT), None);
    assert_eq!(carer(&case, "2026-04-10 09:00").as_deref(), Some("样父"));
    assert_eq!(case.attribute("carer_now"), Some("at_home"));
    assert_eq!(case.clock("follow_visit"), ("C54".into(), Some("2026-04-17 23:59".into())));
    assert_eq!(case.clock("end_follow_up"), ("C46".into(), Some("2026-10-10 23:59".into())));
    let visit = |result: &str, at: &str| json!({ "result": result, "at": at, "finding": "正常" });
    for result in ["not_home", "refused", "moved", "phone_only"] {
        let form = visit(result, "2026-04-12 09:00");
        case.take("record_visit", "2026-04-12 10:00", form).unwrap();
        assert_eq!(case.clock("follow_visit").0, "C54", "{result}");
    }
    // A visit before the return is none.
    let early = visit("met", "2026-04-09 09:00");
    case.take("record_visit", "2026-04-12 11:00", early).unwrap();
    assert_eq!(case.clock("follow_visit").0, "C54");
    case.take("record_visit", "2026-04-14 10:00", visit("met", "2026-04-14 09:00")).unwrap();
    assert_eq!(case.clock("follow_visit"), ("C45".into(), Some("2026-05-14 23:59".into())));
    let end = json!({ "note": "照护良好", "visits": 6 });
    case.take("end_follow_up", "2026-10-12 09:00", end).unwrap();
    assert_eq!(case.state(), "ended_returned");
}

#[test]
fn a_relapse_is_taken_over_anew_and_reported() {
    let mut case = at_home(true);
    let form = |at: &str| json!({ "facts": "再次被打", "taken_over_at": at });
    let before = case.take("relapse", "2026-06-01 12:00", form("2026-04-09 09:00"));
    assert!(matches!(before, Err(Refusal::Field { field, .. }) if field == "taken_over_at"));
    let handed = case.take("relapse", "2026-06-01 12:00", form("2026-06-01 11:00")).unwrap();
    assert_eq!((ids(&handed), case.state()), (vec!["H47", "L13"], "approved"));
    assert_eq!(handed[0].payload["facts"], "再次被打");
    assert_eq!(handed[0].payload["situations"], json!(["other_serious"]));
    let mut report = TestCase::of::<crate::care::mechanisms::mandatory_report::MandatoryReport>();
    report.take("discover", "2026-06-01 12:00", handed[0].payload.clone()).unwrap();
    assert_eq!(report.state(), "discovered");
    assert_eq!(taken_over_at(&case), Some(time("2026-06-01 11:00")));
    assert_eq!(carer(&case, "2026-06-01 13:00").as_deref(), Some("样父"), "until it is placed");
    case.take("place", "2026-06-01 15:00", place("2026-06-01")).unwrap();
    assert_eq!(case.clock("stay_norm"), ("D14".into(), Some("2027-06-01 23:59".into())));
    assert_eq!(case.clock("nine_months").1.as_deref(), Some("2027-03-01 23:59"));
    assert_eq!(case.clock("plan_ahead").1.as_deref(), Some("2026-09-01 23:59"));
}

#[test]
fn a_notice_that_was_given_before_the_return_is_given_anew_after_a_relapse() {
    let mut case = placed(true);
    case.take_by_chain("stay_warning", "2026-12-05 00:01", json!({})).unwrap();
    assess(&mut case, "2026-12-06 09:00");
    conference(&mut case, "2026-12-07 09:00");
    case.take("conclude_return", "2026-12-08 09:00", conclude_return(true)).unwrap();
    let home = collect("2026-12-10 09:00");
    case.take_of(PARENT_GUARDIAN, "样父", "collect_child", "2026-12-10 10:00", home).unwrap();
    let again = json!({ "facts": "再次被打", "taken_over_at": "2027-01-10 09:00" });
    case.take("relapse", "2027-01-10 10:00", again).unwrap();
    case.take("place", "2027-01-10 11:00", place("2027-01-10")).unwrap();
    assert_eq!(case.clock("nine_months").1.as_deref(), Some("2027-10-10 23:59"));
}
