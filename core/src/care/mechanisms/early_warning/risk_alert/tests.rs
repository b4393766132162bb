//! Tests of the definition, its clocks and its rules.

mod endings;

use serde_json::{Value, json};

use super::*;
use crate::{
    care::{
        chain::VISIT_COUNTS,
        codes::VisitResult,
        register::care_file::CareFile,
        test_case::{CHILD, TestCase, at, beside, built},
    },
    procedure::Mode,
};

const DIRECTOR: &str = "child_welfare_director";
const SUPERVISOR: &str = "child_welfare_supervisor";
const STATION: &str = "town_station";

fn clue(red: bool) -> Value {
    json!({
        "source": "neighbour", "facts": "独自在家数日", "seen_at": "2026-03-02 08:00",
        "child": CHILD, "suspected_red": red
    })
}

fn visit(result: &str, at: &str) -> Value {
    json!({ "result": result, "at": at, "place": "家中", "safety": "平安" })
}

fn grade(points: [u8; 3], colour: &str) -> Value {
    let [guardianship, physiology, behaviour] = points;
    json!({
        "instrument": "four_colour/1", "colour": colour,
        "answers": {
            "guardianship": guardianship, "physiology": physiology, "behaviour": behaviour
        }
    })
}

fn confirm(colour: &str) -> Value {
    json!({ "colour": colour, "first_visit_due": "2026-03-10" })
}

/// An alert in which a grade waits for its confirmation.
fn graded(points: [u8; 3], colour: &str) -> TestCase {
    let mut case = TestCase::new::<RiskAlert>();
    case.does(DIRECTOR, "2026-03-02 09:00", "register_clue", &clue(false));
    let verifier = json!({ "verifier": "某某" });
    case.does(DIRECTOR, "2026-03-02 10:00", "start_verification", &verifier);
    let met = visit("met", "2026-03-03 09:00");
    case.does(DIRECTOR, "2026-03-03 10:00", "record_visit", &met);
    case.does(DIRECTOR, "2026-03-04 10:00", "propose_grade", &grade(points, colour));
    case
}

/// An alert that is watched.
fn watched(points: [u8; 3], colour: &str) -> TestCase {
    let mut case = graded(points, colour);
    case.does(SUPERVISOR, "2026-03-05 10:00", "confirm_grade", &confirm(colour));
    case
}

fn clear(colour: &str) -> Value {
    json!({ "visits": [6, 7], "reason": "监护落实", "colour": colour })
}

/// A watched alert with two met visits since its confirmation.
fn calm(colour: &str) -> TestCase {
    let mut case = watched([70, 80, 90], colour);
    for day in ["2026-03-09 09:00", "2026-03-20 09:00"] {
        case.does(DIRECTOR, day, "record_visit", &visit("met", day));
    }
    case
}

#[test]
fn an_alert_goes_from_its_clue_to_its_end() {
    let mut case = TestCase::new::<RiskAlert>();
    case.does(DIRECTOR, "2026-03-02 09:00", "register_clue", &clue(false));
    assert_eq!(case.owes(), ["start_verification"]);
    assert_eq!(case.due("start_verification").unwrap().0, "C01");
    let holder = case.owed("start_verification").unwrap().holder.role.clone();
    assert_eq!(holder.as_str(), STATION);
    let verifier = json!({ "verifier": "某某" });
    case.does(DIRECTOR, "2026-03-02 10:00", "start_verification", &verifier);
    assert_eq!(case.owes(), ["first_visit", "propose_grade"]);
    // Three days from the clue, not from the start of the verification.
    assert_eq!(case.due("first_visit").unwrap(), ("C02".into(), "2026-03-05".into()));
    assert_eq!(case.owed("first_visit").unwrap().holder.role.as_str(), DIRECTOR);
    let met = visit("met", "2026-03-03 09:00");
    case.does(DIRECTOR, "2026-03-03 10:00", "record_visit", &met);
    assert_eq!(case.owes(), ["propose_grade"]);
    assert_eq!(case.attribute("last_met"), Some("2026-03-03"));
    case.does(DIRECTOR, "2026-03-04 10:00", "propose_grade", &grade([70, 80, 90], "blue"));
    case.does(SUPERVISOR, "2026-03-05 10:00", "confirm_grade", &confirm("blue"));
    assert_eq!(case.owes(), ["review_grade", "visit"]);
    assert_eq!(case.handed(), [""; 0]);
    assert_eq!(case.attribute("colour"), Some("blue"));
    assert_eq!(case.attribute("worst_axis"), Some("guardianship"));
    assert_eq!(case.due("visit").unwrap().1, "2026-03-10");
    assert_eq!(case.due("review_grade").unwrap(), ("C10".into(), "2027-03-05".into()));
    assert_eq!(case.owed("review_grade").unwrap().holder.role.as_str(), STATION);
    let mut case = calm("blue");
    assert_eq!(case.due("visit").unwrap(), ("C07".into(), "2026-04-20".into()));
    case.does(SUPERVISOR, "2026-03-21 09:00", "clear", &clear("blue"));
    assert_eq!(case.facts.state, "cleared");
    assert_eq!(case.owes(), [""; 0]);
}

#[test]
fn a_red_suspicion_makes_the_verification_a_matter_of_hours() {
    let mut case = TestCase::new::<RiskAlert>();
    case.does(DIRECTOR, "2026-03-02 09:00", "register_clue", &clue(true));
    let due = |case: &TestCase, duty| case.owed(duty).unwrap().due().unwrap();
    assert_eq!(due(&case, "start_verification"), at("2026-03-02 13:00"));
    let verifier = json!({ "verifier": "某某" });
    case.does(DIRECTOR, "2026-03-02 10:00", "start_verification", &verifier);
    assert_eq!(due(&case, "first_visit"), at("2026-03-02 13:00"));
}

#[test]
fn the_color_says_how_often_to_visit_and_a_left_behind_child_at_least_as_often() {
    let mut data = RiskAlertData { graded_at: Some(at("2026-03-05")), ..RiskAlertData::default() };
    assert_eq!(RiskAlert::timing("visit", &data), Timing::default());
    let intervals = [
        (Colour::Red, "C05"),
        (Colour::Yellow, "C06"),
        (Colour::Blue, "C07"),
        (Colour::Green, "C08"),
    ];
    for (colour, limit) in intervals {
        data.colour = Some(colour);
        for duty in ["visit", "visit_until_accepted"] {
            let from_grade = Timing::fits([limit]).from(data.graded_at);
            assert_eq!(RiskAlert::timing(duty, &data), from_grade);
        }
        let met = Some(at("2026-03-09"));
        let mut left_behind = RiskAlertData { left_behind: LeftBehind::Yes, ..data.clone() };
        left_behind.visits.last_met = met;
        let both = Timing::fits([limit, "C09"]).from(met);
        assert_eq!(RiskAlert::timing("visit", &left_behind), both);
    }
}

#[test]
fn the_shorter_interval_runs_for_a_left_behind_child() {
    for (points, colour, limit) in [([90, 90, 90], "green", "C09"), ([50, 90, 90], "yellow", "C06")]
    {
        let mut case = graded(points, colour);
        case.facts.state = "regrading".to_owned();
        let mut form = grade(points, colour);
        form["left_behind"] = json!(true);
        case.does(DIRECTOR, "2026-03-05 09:00", "propose_grade", &form);
        assert_eq!(case.attribute("left_behind"), Some("yes"));
        case.does(SUPERVISOR, "2026-03-05 10:00", "confirm_grade", &confirm(colour));
        let met = visit("met", "2026-03-09 09:00");
        case.does(DIRECTOR, "2026-03-09 10:00", "record_visit", &met);
        assert_eq!(case.due("visit").unwrap().0, limit);
    }
}

#[test]
fn whether_a_child_is_left_behind_is_asked_of_its_file() {
    let mut case = graded([90, 90, 90], "green");
    case.facts.state = "regrading".to_owned();
    let mut file = beside("care_file", &case, true);
    file.attributes.insert("left_behind".to_owned(), "yes".to_owned());
    case.beside.push(file);
    case.does(DIRECTOR, "2026-03-05 09:00", "propose_grade", &grade([90, 90, 90], "green"));
    assert_eq!(case.attribute("left_behind"), Some("yes"));
}

#[test]
fn only_meeting_the_child_fulfils_a_visit_duty() {
    let failed = VisitResult::ALL.iter().filter(|result| **result != VisitResult::Met);
    for result in failed {
        let mut case = watched([70, 80, 90], "blue");
        let before = case.due("visit");
        let form = visit(result.name(), "2026-03-09 09:00");
        case.does(DIRECTOR, "2026-03-09 10:00", "record_visit", &form);
        assert_eq!(case.owes(), ["retry_visit", "review_grade", "visit"]);
        assert_eq!(case.due("visit"), before);
        assert_eq!(case.due("retry_visit").unwrap(), ("C13".into(), "2026-03-12".into()));
        assert_eq!(case.attribute("last_met"), Some("2026-03-03"));
        assert_eq!(case.handed(), [""; 0]);
        // The second failure renews the duty, and does not fulfil it.
        let form = visit(result.name(), "2026-03-12 09:00");
        case.does(DIRECTOR, "2026-03-12 10:00", "record_visit", &form);
        assert_eq!(case.fulfilled("retry_visit"), 0);
        assert_eq!(case.due("retry_visit").unwrap().1, "2026-03-15");
        let met = visit("met", "2026-03-13 09:00");
        case.does(DIRECTOR, "2026-03-13 10:00", "record_visit", &met);
        assert_eq!(case.owes(), ["review_grade", "visit"]);
        assert_eq!(case.handed(), ["L02"]);
    }
}

#[test]
fn another_way_is_looked_for_after_two_failed_visits_and_not_before() {
    let mut case = watched([70, 80, 90], "blue");
    let attempts = json!({
        "attempts": ["2026-03-09 09:00", "2026-03-10 09:00"], "tried": "电话、邻里"
    });
    let step = "second_failed_visit";
    let first = visit("not_home", "2026-03-09 09:00");
    case.does(DIRECTOR, "2026-03-09 10:00", "record_visit", &first);
    let code = case.refused(DIRECTOR, "2026-03-10 10:00", step, &attempts);
    assert_eq!(code, "refusal.guard.two_failed_visits");
    let second = visit("refused", "2026-03-10 09:00");
    case.does(DIRECTOR, "2026-03-10 10:00", "record_visit", &second);
    assert_eq!(case.attribute("failed_visits"), Some("2"));
    case.does(DIRECTOR, "2026-03-10 11:00", step, &attempts);
    assert!(case.owes().contains(&"other_channel"));
    // Another failure leaves it open, a report fulfils it.
    let third = visit("phone_only", "2026-03-11 09:00");
    case.does(DIRECTOR, "2026-03-11 10:00", "record_visit", &third);
    assert!(case.owes().contains(&"other_channel"));
    let report = json!({ "facts": "多日不见", "situations": ["abandoned_or_unattended"] });
    case.does(DIRECTOR, "2026-03-11 11:00", "trigger_report", &report);
    assert_eq!(case.fulfilled("other_channel"), 1);
}

#[test]
fn nothing_that_needs_an_approval_stands_before_the_report() {
    let definition = built::<RiskAlert>();
    let report = definition.transition("trigger_report").unwrap();
    assert!(report.from_any && report.keeps_state && !report.is_approval());
    assert!(report.reporter_secret);
    let opening = definition.transition("register_clue").unwrap();
    assert!(!opening.is_approval());
    let mut case = TestCase::new::<RiskAlert>();
    case.does(DIRECTOR, "2026-03-02 09:00", "register_clue", &clue(true));
    let form = json!({
        "facts": "身上有伤", "situations": ["multiple_injuries_or_neglect"], "oral": true
    });
    case.does(DIRECTOR, "2026-03-02 09:05", "trigger_report", &form);
    assert_eq!(case.facts.state, "clue_received");
    assert_eq!(case.handed(), ["H05"]);
    let sent = json!({
        "found_at": at("2026-03-02 09:05"), "facts": "身上有伤",
        "situations": ["multiple_injuries_or_neglect"], "child": CHILD
    });
    assert_eq!(case.handoffs[0].payload, sent);
    let empty = json!({ "facts": "身上有伤", "situations": [] });
    let code = case.refused(DIRECTOR, "2026-03-02 09:06", "trigger_report", &empty);
    assert_eq!(code, "refusal.field");
}

#[test]
fn danger_opens_an_emergency_and_its_absence_does_not() {
    let mut case = TestCase::new::<RiskAlert>();
    case.facts.subject.kind = SubjectKind::UnidentifiedChild;
    let code = case.refused(DIRECTOR, "2026-03-02 09:00", "register_clue", &clue(true));
    assert_eq!(code, "refusal.guard.clue_needs_description");
    let mut form = clue(true);
    form["description"] = json!("约七岁男童，蓝色外套");
    case.does(DIRECTOR, "2026-03-02 09:00", "register_clue", &form);
    let mut form = json!({ "action": "已赶往", "informed": ["town"], "danger": false });
    case.does(STATION, "2026-03-02 09:30", "intervene_now", &form);
    assert_eq!(case.handed(), [""; 0]);
    form["danger"] = json!(true);
    case.does(STATION, "2026-03-02 09:40", "intervene_now", &form);
    assert_eq!(case.handed(), ["H06"]);
    let sent = json!({
        "at": at("2026-03-02 09:40"), "danger": "独自在家数日；已采取：已赶往",
        "place": "独自在家数日", "description": "约七岁男童，蓝色外套"
    });
    assert_eq!(case.handoffs[0].payload, sent);
}

#[test]
fn no_color_milder_than_the_instruments_can_be_proposed_or_confirmed() {
    let mut case = graded([70, 80, 90], "yellow");
    // More serious than the points is possible; confirming it milder is not.
    let code = case.refused(SUPERVISOR, "2026-03-05 10:00", "confirm_grade", &confirm("blue"));
    assert_eq!(code, "refusal.guard.not_milder_than_proposed");
    let reason = json!({ "reason": "依据不足" });
    case.does(SUPERVISOR, "2026-03-05 11:00", "return_grade", &reason);
    let form = grade([70, 80, 90], "green");
    let code = case.refused(DIRECTOR, "2026-03-05 12:00", "propose_grade", &form);
    assert_eq!(code, "refusal.guard.not_milder_than_score");
    let mut form = grade([100, 100, 100], "yellow");
    form["forced"] = json!(["suicide"]);
    let code = case.refused(DIRECTOR, "2026-03-05 12:00", "propose_grade", &form);
    assert_eq!(code, "refusal.guard.forced_is_red");
    form["colour"] = json!("red");
    case.does(DIRECTOR, "2026-03-05 12:00", "propose_grade", &form);
    case.does(SUPERVISOR, "2026-03-05 13:00", "confirm_grade", &confirm("red"));
    assert_eq!(case.attribute("forced_red"), Some("yes"));
    assert_eq!(case.attribute("worst_axis"), Some("behaviour"));
}

#[test]
fn a_form_with_unknown_instrument_or_impossible_points_is_refused_with_its_place() {
    let mut case = graded([70, 80, 90], "blue");
    case.facts.state = "verifying".to_owned();
    let refusal = |case: &mut TestCase, form: &Value| {
        case.act(DIRECTOR, "2026-03-05 12:00", "propose_grade", form).unwrap_err().to_string()
    };
    assert_eq!(
        refusal(&mut case, &grade([70, 101, 90], "blue")),
        "field `answers.physiology`: expected 0 to 100 points, found `101`"
    );
    let mut form = grade([70, 80, 90], "blue");
    form["instrument"] = json!("four_colour/0");
    assert!(refusal(&mut case, &form).starts_with("field `instrument`: unknown variant"));
}

#[test]
fn red_asks_for_an_intervention_and_yellow_and_red_for_an_assessment() {
    let cases = [
        ([30, 80, 90], "red", true, true),
        ([50, 80, 90], "yellow", false, true),
        ([70, 80, 90], "blue", false, false),
        ([90, 80, 90], "green", false, false),
    ];
    for (points, colour, intervenes, assesses) in cases {
        let mut case = watched(points, colour);
        assert_eq!(case.owes().contains(&"intervene_red"), intervenes, "{colour}");
        assert_eq!(case.handed().contains(&"H07"), assesses, "{colour}");
        if assesses {
            assert_eq!(case.handoffs[0].payload["colour"], colour);
            assert_eq!(case.handoffs[0].payload["reason"], "独自在家数日");
        }
        if intervenes {
            let form = json!({ "action": "接到镇上", "informed": [], "danger": false });
            case.does(STATION, "2026-03-05 12:00", "intervene_now", &form);
            assert_eq!(case.fulfilled("intervene_red"), 1);
        }
    }
}

#[test]
fn whoever_verified_or_proposed_neither_confirms_nor_dismisses() {
    let mut case = TestCase::new::<RiskAlert>();
    case.does(DIRECTOR, "2026-03-02 09:00", "register_clue", &clue(false));
    let verifier = json!({ "verifier": "某某" });
    case.does("town_station/li", "2026-03-02 10:00", "start_verification", &verifier);
    let reason = json!({ "reason": "查无此事" });
    let code = case.refused("town_station/li", "2026-03-02 11:00", "dismiss", &reason);
    assert_eq!(code, "refusal.four_eyes");
    case.does("town_station/wang", "2026-03-03 09:00", "propose_grade", &grade([70; 3], "blue"));
    for (who, code) in [("li", "refusal.four_eyes"), ("wang", "refusal.four_eyes")] {
        let who = format!("child_welfare_supervisor/{who}");
        let found = case.refused(&who, "2026-03-03 10:00", "confirm_grade", &confirm("blue"));
        assert_eq!(found, code);
    }
    case.does("town_station/zhao", "2026-03-03 10:00", "confirm_grade", &confirm("blue"));
}

#[test]
fn the_first_visit_after_a_confirmation_has_the_date_that_was_set() {
    let mut case = graded([70, 80, 90], "blue");
    let past = json!({ "colour": "blue", "first_visit_due": "2026-03-04" });
    let code = case.refused(SUPERVISOR, "2026-03-05 10:00", "confirm_grade", &past);
    assert_eq!(code, "refusal.field");
    case.does(SUPERVISOR, "2026-03-05 10:00", "confirm_grade", &confirm("blue"));
    let due = case.owed("visit").unwrap().due();
    assert_eq!(due, Some(at("2026-03-10").date().end()));
    // Entered now, but it took place before the confirmation: the date stays.
    let early = visit("met", "2026-03-04 09:00");
    case.does(DIRECTOR, "2026-03-06 10:00", "record_visit", &early);
    assert_eq!(case.due("visit").unwrap().1, "2026-03-10");
    let met = visit("met", "2026-03-08 09:00");
    case.does(DIRECTOR, "2026-03-08 10:00", "record_visit", &met);
    assert_eq!(case.due("visit").unwrap(), ("C07".into(), "2026-04-08".into()));
}

#[test]
fn every_rule_has_its_own_code_and_both_texts() {
    let mut codes: Vec<_> = RiskAlert::GUARDS.iter().map(|guard| guard.code).collect();
    assert!(codes.iter().all(|code| code.starts_with("guard.")));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), RiskAlert::GUARDS.len());
}

#[test]
fn one_met_visit_fulfils_the_visit_duty_of_the_file_too() {
    let link = VISIT_COUNTS;
    let mut file = TestCase::new::<CareFile>();
    assert_eq!((link.to, link.mode), (file.definition.name(), Mode::Inform));
    // A child without an open file gets none by a visit, and the file tells nobody of its visits.
    let step = file.definition.transition(link.opens_by).unwrap();
    assert!(!step.opens_case && step.handoffs.is_empty());
    let form = json!({ "child": CHILD, "types": [], "areas": ["999999001203"] });
    file.does(DIRECTOR, "2026-03-02 08:00", "open_file", &form);
    let form = json!({ "guardians": ["某某"], "carer": "某某", "condition": "尚可" });
    file.does(DIRECTOR, "2026-03-02 09:00", "complete_file", &form);
    let mut case = watched([70, 80, 90], "blue");
    let met = visit("met", "2026-03-08 09:00");
    case.does(DIRECTOR, "2026-03-08 10:00", "record_visit", &met);
    let told = case.handoffs[0].payload.clone();
    file.does(DIRECTOR, "2026-03-08 10:00", link.opens_by, &told);
    assert_eq!((case.fulfilled("visit"), file.fulfilled("routine_visit")), (1, 1));
    assert_eq!(file.attribute("last_met"), case.attribute("last_met"));
}
