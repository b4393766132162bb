//! Tests of the referral: its whole way, each refusal, its clocks.

use serde_json::{Value, json};

use super::{guards, *};
use crate::{
    care::{
        mechanisms::mandatory_report::MandatoryReport,
        roles::CONVENER,
        test_walk::{TestCase, beside},
        test_world::test_world,
    },
    procedure::{HandOver, Refusal},
    terms::id::ActorId,
};

fn request(need: &str, unit: &str) -> Value {
    json!({
        "need": need, "to_unit": unit, "what": "每周一次辅导", "from": "2026-03-09",
        "until": "2026-06-30", "shared_fields": ["姓名", "就读年级"],
    })
}

fn sent() -> TestCase {
    let mut case = TestCase::of::<Referral>();
    case.take("send_referral", "2026-03-02 09:00", request("psychology", "education")).unwrap();
    case
}

fn accepted() -> TestCase {
    let mut case = sent();
    let form = json!({ "responsible": "示例老师", "begins": "2026-03-09" });
    case.take("accept_referral", "2026-03-03 09:00", form).unwrap();
    case
}

fn serving() -> TestCase {
    let mut case = accepted();
    case.take("start_service", "2026-03-09 17:00", json!({ "first_on": "2026-03-09" })).unwrap();
    case
}

fn no(reason: &str) -> Value {
    json!({ "reason": reason, "text": "没有心理教师" })
}

/// A referral that `first` refused on 3 March; the next steps are `second`'s.
fn refused() -> TestCase {
    let mut case = sent();
    case.take("refuse_referral", "2026-03-03 09:00", no("no_capacity")).unwrap();
    case.person = ActorId::constant("second");
    case
}

fn ids(handed: &[HandOver]) -> Vec<&str> {
    handed.iter().map(|handed| handed.id).collect()
}

/// Another referral of the child: of the same plan unless `elsewhere`.
fn other(need: &str, unit: &str, refusals: Option<&str>) -> Beside {
    let mut other = beside("referral", None);
    other.facts.incident = crate::terms::id::IncidentId::from_bytes([1; 16]);
    let mut set =
        |key: &str, value: &str| other.attributes.insert(key.to_owned(), value.to_owned());
    set("need", need);
    set("receiving_unit", unit);
    if let Some(refusals) = refusals {
        set("refusals", refusals);
    }
    other
}

#[test]
fn the_definition_builds() {
    let definition = Referral::define(Define::new()).build(&test_world()).unwrap();
    assert_eq!((definition.states().len(), definition.duties().len()), (7, 5));
}

#[test]
fn a_referral_goes_from_the_sending_to_the_effect() {
    let mut case = sent();
    assert_eq!(case.owed(), ["answer_referral", "chase_answer"]);
    assert_eq!(case.clock("answer_referral"), ("C44".into(), Some("2026-03-05 23:59".into())));
    assert_eq!(case.attribute("lead_unit"), Some("education"));
    let form = json!({ "responsible": "示例老师", "begins": "2026-03-09" });
    case.take("accept_referral", "2026-03-03 09:00", form).unwrap();
    // Three working days from the day on which the unit said that it begins.
    assert_eq!(case.clock("start_service"), ("C44".into(), Some("2026-03-12 23:59".into())));
    case.take("start_service", "2026-03-10 17:00", json!({ "first_on": "2026-03-09" })).unwrap();
    assert_eq!(case.clock("log_service"), ("C45".into(), Some("2026-04-09 23:59".into())));
    let log = json!({ "on": "2026-03-20", "what": "第二次", "child_present": true });
    case.take("log_service", "2026-03-21 09:00", log).unwrap();
    assert_eq!(case.clock("log_service").1, Some("2026-04-20 23:59".into()));
    let done = json!({ "result": "八次", "effect": "情绪平稳", "child_view": "愿意继续" });
    case.take("complete_service", "2026-05-20 09:00", done).unwrap();
    assert_eq!((case.state(), case.owed()), ("completed", vec![]));
}

#[test]
fn a_need_of_a_child_goes_to_a_unit_once() {
    let mut case = TestCase::of::<Referral>();
    let send = |case: &mut TestCase| {
        case.take("send_referral", "2026-03-02 09:00", request("psychology", "education"))
    };
    case.beside = vec![other("psychology", "education", None)];
    assert_eq!(send(&mut case), Err(Refusal::Guard { guard: &guards::ONE_PER_UNIT_AND_NEED }));
    case.beside = vec![other("psychology", "health", None), other("education", "education", None)];
    let mut ended = other("psychology", "education", None);
    ended.facts.closed_at = Some("2026-03-01".parse().unwrap());
    case.beside.push(ended);
    send(&mut case).unwrap();
}

#[test]
fn a_referral_ends_after_it_begins_and_begins_before_it_ends() {
    let mut form = request("psychology", "education");
    form["until"] = json!("2026-03-08");
    let answer = TestCase::of::<Referral>().take("send_referral", "2026-03-02 09:00", form);
    assert!(answer.unwrap_err().to_string().starts_with("field `until`"));
    let late = json!({ "responsible": "示例老师", "begins": "2026-07-01" });
    let answer = sent().take("accept_referral", "2026-03-03 09:00", late);
    assert!(answer.unwrap_err().to_string().starts_with("field `begins`"));
    let ahead = json!({ "first_on": "2026-03-11" });
    let answer = accepted().take("start_service", "2026-03-10 09:00", ahead);
    assert!(answer.unwrap_err().to_string().starts_with("field `first_on`"));
    let ahead = json!({ "on": "2026-03-11", "what": "计划", "child_present": true });
    let answer = serving().take("log_service", "2026-03-10 09:00", ahead);
    assert!(answer.unwrap_err().to_string().starts_with("field `on`"));
}

#[test]
fn a_refusal_goes_back_to_whoever_sent_it_and_another_person_decides() {
    let mut case = refused();
    assert_eq!(case.owed(), ["adjudicate"]);
    assert_eq!((case.attribute("lead_unit"), case.attribute("refusals")), (Some("one"), Some("1")));
    assert_eq!(case.attribute("receiving_unit"), Some("education"));
    case.person = ActorId::constant("first");
    let gap = json!({ "gap_remains": "心理需求未满足", "reason": "县内无资源" });
    for (step, form) in [
        ("accept_refusal", gap.clone()),
        ("must_accept", json!({ "law_or_function": "职责", "reason": "应当" })),
        ("redirect", json!({ "new_unit": "health" })),
    ] {
        let answer = case.take(step, "2026-03-04 09:00", form);
        assert!(matches!(answer, Err(Refusal::FourEyes { .. })), "{step}");
    }
    case.person = ActorId::constant("second");
    case.take("accept_refusal", "2026-03-04 09:00", gap).unwrap();
    assert_eq!(case.state(), "closed_unserved");
}

#[test]
fn a_unit_that_must_accept_is_entrusted_with_it_again() {
    let mut case = refused();
    let must = json!({ "law_or_function": "学校心理健康教育职责", "reason": "属本职" });
    case.take_of(CONVENER, "县政府", "must_accept", "2026-03-04 09:00", must).unwrap();
    assert_eq!((case.state(), case.attribute("lead_unit")), ("accepted", Some("education")));
    // It named no day, so it starts within three working days.
    assert_eq!(case.clock("start_service").1, Some("2026-03-09 23:59".into()));
    case.take("cannot_start", "2026-03-06 09:00", no("no_capacity")).unwrap();
    assert_eq!((case.state(), case.attribute("refusals")), ("refused", Some("2")));
}

#[test]
fn redirecting_asks_another_unit_for_the_same_in_the_same_step() {
    let mut case = refused();
    let same = case.take("redirect", "2026-03-10 09:00", json!({ "new_unit": "education" }));
    assert_eq!(same, Err(Refusal::Guard { guard: &guards::NOT_THE_SAME_UNIT }));
    let late = case.take("redirect", "2026-07-01 09:00", json!({ "new_unit": "health" }));
    assert!(late.unwrap_err().to_string().starts_with("field `until`"));
    let handed =
        case.take("redirect", "2026-03-10 09:00", json!({ "new_unit": "health" })).unwrap();
    assert_eq!((ids(&handed), case.state()), (vec!["H23"], "withdrawn"));
    let mut expected = request("psychology", "health");
    expected["from"] = json!("2026-03-10");
    expected["refused_by"] = json!(["education"]);
    assert_eq!(handed[0].payload, expected);
    let mut new = TestCase::of::<Referral>();
    new.take("send_referral", "2026-03-10 09:00", expected).unwrap();
}

#[test]
fn the_third_refusal_of_a_need_is_put_before_the_joint_meeting_once() {
    let refuse = |before: Value, beside: Vec<Beside>| {
        let mut case = TestCase::of::<Referral>();
        let mut form = request("psychology", "education");
        form["refused_by"] = before;
        case.take("send_referral", "2026-03-02 09:00", form).unwrap();
        case.beside = beside;
        let handed = case.take("refuse_referral", "2026-03-03 09:00", no("not_our_function"));
        (case, handed.unwrap())
    };
    let none = [""; 0];
    assert_eq!(ids(&refuse(json!(["health"]), vec![]).1), none, "the second");
    let another_need = other("education", "health", Some("2"));
    assert_eq!(ids(&refuse(json!([]), vec![another_need]).1), none);
    let mut another_plan = other("psychology", "health", Some("2"));
    another_plan.facts.incident = crate::terms::id::IncidentId::from_bytes([8; 16]);
    assert_eq!(ids(&refuse(json!([]), vec![another_plan]).1), none);

    // By those who were asked before, and by one that is asked beside.
    let (_, handed) = refuse(json!(["health", "justice"]), vec![]);
    assert_eq!(ids(&handed), ["L11"]);
    assert_eq!(handed[0].payload["asked_of"], json!(["education", "health", "justice"]));
    let (mut case, handed) =
        refuse(json!(["health"]), vec![other("psychology", "youth", Some("1"))]);
    assert_eq!(ids(&handed), ["L11"]);
    let item = &handed[0].payload;
    assert_eq!(item["asked_of"], json!(["education", "health", "youth"]));
    assert_eq!((&item["source"], &item["reply_to"]), (&json!("member"), &json!("one")));
    assert_eq!(item["cases"].as_array().unwrap().len(), 2);
    assert_eq!(case.attribute("put_to_meeting"), Some("yes"));

    // Proposing changes nothing else: the lead unit decides as before.
    assert_eq!((case.state(), case.owed()), ("refused", vec!["adjudicate"]));
    case.person = ActorId::constant("second");
    let must = json!({ "law_or_function": "职责", "reason": "应当" });
    case.take_of(CONVENER, "县政府", "must_accept", "2026-03-04 09:00", must).unwrap();
    let again = case.take("cannot_start", "2026-03-05 09:00", no("no_capacity")).unwrap();
    assert_eq!(ids(&again), none, "put before it already");
    assert_eq!(ids(&refuse(json!(["a", "b", "c"]), vec![]).1), none, "by the third");
    let mut put = other("psychology", "health", Some("3"));
    put.attributes.insert("put_to_meeting".to_owned(), "yes".to_owned());
    assert_eq!(ids(&refuse(json!([]), vec![put]).1), none, "by the one beside");
}

#[test]
fn a_referral_is_withdrawn_or_stopped_with_what_remains_open() {
    for mut case in [sent(), accepted(), serving()] {
        case.take("withdraw_referral", "2026-04-01 09:00", json!({ "reason": "已转学" })).unwrap();
        assert_eq!((case.state(), case.owed()), ("withdrawn", vec![]));
    }
    let mut case = serving();
    let bare = case.take("stop_service", "2026-04-01 09:00", json!({ "reason": "教师调离" }));
    assert!(bare.is_err());
    let stop = json!({ "reason": "教师调离", "gap_remains": "仍需疏导" });
    case.take("stop_service", "2026-04-01 09:00", stop).unwrap();
    assert_eq!(case.state(), "closed_unserved");
}

#[test]
fn danger_found_while_serving_is_reported_at_once() {
    let mut case = serving();
    let found =
        json!({ "facts": "手臂有烟头烫伤", "situations": ["multiple_injuries_or_neglect"] });
    let handed = case.take("report_danger", "2026-03-20 09:00", found).unwrap();
    assert_eq!((ids(&handed), case.state()), (vec!["H22"], "serving"));
    let mut told = TestCase::of::<MandatoryReport>();
    told.take("discover", "2026-03-20 09:00", handed[0].payload.clone()).unwrap();
    assert_eq!(told.attribute("situations"), Some("multiple_injuries_or_neglect"));
    let definition = Referral::define(Define::new()).build(&test_world()).unwrap();
    assert!(definition.transition("report_danger").unwrap().reporter_secret);
}

#[test]
fn a_death_withdraws_the_referral_and_nothing_else_that_happens_to_the_child_does() {
    let event = |event: &str| json!({ "event": event, "date": "2026-03-03" });
    let mut case = serving();
    for other in ["turned_16", "turned_18", "moved_away", "died"] {
        case.take("record_life_event", "2026-03-10 09:00", event(other)).unwrap();
        assert_eq!(case.state(), "serving");
    }
    case.person = ActorId::constant("second");
    case.take("record_life_event", "2026-03-10 10:00", event("died")).unwrap();
    assert_eq!((case.state(), case.owed()), ("withdrawn", vec![]));
}
