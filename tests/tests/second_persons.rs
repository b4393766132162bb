//! What a second person confirms, what a notice leaves alone, and whom a handoff does not name: each
//! was found by the simulated county first.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    county,
    engine::{Command, Engine, Receipt},
    procedure::Refusal,
    store::{CaseQuery, Meta, StaffRow},
    terms::{
        actor::{Actor, Grant, Role},
        area::AreaPurpose,
        evidence::ActedBy,
        facts::{Subject, SubjectKind},
        id::{ActorId, CaseId, OriginId, SubjectId, UnitId},
        text::Text,
        time::Timestamp,
    },
    testing::{ManualClock, MemoryStore},
};
use hexacase_tests::simulation::staffing;
use serde_json::{Value, json};

const VILLAGE: &str = "999999101201";
const TOWN: &str = "999999101";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn actor(text: &str) -> Actor {
    Actor::at_work(ActorId::new(text).expect("an id"))
}

fn person(name: &str, role: &str, area: &str) -> StaffRow {
    let unit = UnitId::new(format!("unit-{area}")).expect("a unit");
    let area = area.parse().expect("an area");
    StaffRow {
        id: ActorId::new(name).expect("an id"),
        name: name.to_owned(),
        grants: vec![Grant { role: Role::named(role.to_owned()), area, unit: unit.clone() }],
        unit,
        leader: false,
        active: true,
        absences: Vec::new(),
    }
}

fn child(number: u8) -> Subject {
    Subject { kind: SubjectKind::Child, id: SubjectId::from_bytes([number; 16]) }
}

async fn engine() -> (MemoryStore, Engine, ManualClock) {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let store = MemoryStore::new(Meta {
        realm: "999999".parse().expect("a realm"),
        name: "示例县".to_owned(),
        origin: OriginId::from_bytes([3; 16]),
        created_at: at("2026-01-01 00:00"),
        demo: true,
    });
    let setup = county::setup(store.clone()).expect("well formed").clock(clock.clone());
    let engine = setup.open().await.expect("complete");
    let people = vec![
        person("director", "child_welfare_director", VILLAGE),
        person("station-1", "town_station", TOWN),
        person("station-2", "town_station", TOWN),
        person("center", "minor_protection_center", "999999"),
        person("keeper", "data_admin", "999999"),
        person("office", "joint_meeting_office", "999999"),
    ];
    engine.change_staff(&actor("keeper"), people).await.expect("the first people");
    (store, engine, clock)
}

async fn open(
    engine: &Engine,
    who: &str,
    what: (&str, &str),
    about: Subject,
    form: Value,
) -> Receipt {
    let village = VILLAGE.parse().expect("an area");
    let command = Command::open_named(actor(who), what.0, what.1, form)
        .about(about)
        .in_area(AreaPurpose::Residence, village);
    engine.execute(command).await.expect("it can be opened")
}

async fn take(engine: &Engine, who: &str, case: CaseId, step: &str, form: Value) -> Receipt {
    let command = Command::fire_named(actor(who), case, step, form);
    engine.execute(command).await.expect("the step can be taken")
}

/// A step of the police, recorded by one of us.
async fn by_police(engine: &Engine, who: &str, case: CaseId, step: &str, form: Value) -> Receipt {
    let command = Command::fire_named(actor(who), case, step, form).acted_by(ActedBy {
        role: Role::new("police_station"),
        organ: Text::new("示例派出所").expect("a name"),
        document_no: None,
        document_date: None,
        person: None,
        scan: None,
    });
    engine.execute(command).await.expect("the step can be taken")
}

async fn report(engine: &Engine, who: &str) -> Receipt {
    let form = json!({
        "reported_at": "2026-03-02T08:00:00+08:00", "channel": "police_110", "receiver": "值班室",
        "facts": "手臂有伤", "situations": ["other_serious"],
    });
    open(engine, who, ("mandatory_report", "record_report_made"), child(1), form).await
}

async fn file(engine: &Engine, about: Subject) -> Receipt {
    let form = json!({
        "child": about.id, "types": ["left_behind_child"], "areas": [VILLAGE], "register": {},
    });
    open(engine, "director", ("care_file", "open_file"), about, form).await
}

async fn proposed(engine: &Engine, case: CaseId, step: &str, form: Value) -> Receipt {
    let receipt = take(engine, "station-1", case, step, form).await;
    assert!(receipt.proposed && receipt.linked.is_empty(), "nothing has happened yet: {receipt:?}");
    receipt
}

#[tokio::test]
async fn a_case_goes_back_only_to_a_state_it_was_in() {
    let (_, engine, _) = engine().await;
    let clue = json!({
        "source": "director", "facts": "样例线索", "seen_at": "2026-03-02T08:00:00+08:00",
        "suspected_red": false,
    });
    let alert = open(&engine, "director", ("risk_alert", "register_clue"), child(1), clue).await;
    let verifier = json!({ "verifier": "示例甲" });
    take(&engine, "director", alert.case, "start_verification", verifier).await;
    let dismissed = json!({ "reason": "情况不属实" });
    let command = Command::fire_named(actor("station-1"), alert.case, "dismiss", dismissed);
    let command = command.acted_by(ActedBy {
        role: Role::new("child_welfare_supervisor"),
        organ: Text::new("示例镇").expect("a name"),
        document_no: None,
        document_date: None,
        person: None,
        scan: None,
    });
    engine.execute(command).await.expect("the clue is dismissed");
    let back = |state: &str| json!({ "cause": "新情况", "facts": "邻居再次反映", "state": state });
    // Nobody ever graded the child.
    let skipped = Command::fire_named(actor("station-1"), alert.case, "reopen", back("monitoring"));
    let answer = engine.execute(skipped).await.map_err(|problem| problem.to_string());
    let why = "field `state`: expected a state that the case was in, found `monitoring`";
    assert_eq!(answer.map(|receipt| receipt.state), Err(why.to_owned()));
    let reopened = take(&engine, "station-1", alert.case, "reopen", back("verifying")).await;
    assert_eq!(reopened.state, "verifying");
}

#[tokio::test]
async fn merged_reports_of_two_incidents_end_when_each_reporter_was_told() {
    let (_, engine, _) = engine().await;
    let (one, two) = (report(&engine, "director").await, report(&engine, "center").await);
    let merge = json!({ "survivor": one.case, "reason": "同一事实" });
    let merge = proposed(&engine, two.case, "merge_case", merge).await;
    let confirm = json!({ "entry": merge.revision });
    let merged = take(&engine, "station-2", two.case, "confirm_step", confirm).await;
    assert_eq!((merged.state.as_str(), merged.linked.as_slice()), ("merged", &[one.case][..]));

    let now = engine.now();
    let received = json!({ "registered_at": now, "officer": { "name": "样民警" } });
    by_police(&engine, "center", one.case, "receive_by_police", received).await;
    by_police(&engine, "center", one.case, "begin_review", json!({ "at": now })).await;
    by_police(&engine, "center", one.case, "find_unfounded", json!({ "finding": "查无此事" }))
        .await;
    let told = |manner: &str| json!({ "to": { "name": "示报告人" }, "manner": manner, "at": now });
    let first = by_police(&engine, "center", one.case, "notify_result", told("电话")).await;
    assert_eq!(first.state, "decided", "another reporter is still owed an answer");
    let stored = engine.stored_case(one.case).await.expect("the case");
    assert!(stored.duties.iter().any(|duty| duty.name == "notify_result"));
    let second = by_police(&engine, "center", one.case, "notify_result", told("当面")).await;
    assert_eq!(second.state, "result_notified");
}

#[tokio::test]
async fn a_case_is_bound_to_a_child_that_has_cases_but_a_child_never_gets_a_second_file() {
    let (_, engine, _) = engine().await;
    let (wrong, right) = (report(&engine, "director").await, file(&engine, child(2)).await);
    let bind = json!({ "child": child(2).id, "reason": "登记错了孩子" });
    let bind = proposed(&engine, wrong.case, "rebind_subject", bind).await;
    let confirm = json!({ "entry": bind.revision });
    take(&engine, "center", wrong.case, "confirm_step", confirm).await;
    let query = CaseQuery { subject: Some(child(2).id), limit: 9, ..CaseQuery::default() };
    let cases = engine.cases(&query).await.expect("the right child's cases");
    let ids: Vec<CaseId> = cases.iter().map(|case| case.facts.id).collect();
    assert!(ids.contains(&wrong.case) && ids.contains(&right.case));

    let other = file(&engine, child(3)).await;
    let bind = json!({ "child": child(2).id, "reason": "登记错了孩子" });
    let command = Command::fire_named(actor("station-1"), other.case, "rebind_subject", bind);
    let refused = engine.execute(command).await.expect_err("the child has a file");
    assert!(matches!(
        refused,
        hexacase::engine::EngineError::Refused(Refusal::NotApplicable { .. })
    ));
}

#[tokio::test]
async fn a_notice_leaves_what_a_person_extended_and_what_waits_for_a_second_person() {
    let (store, engine, clock) = engine().await;
    let clue = json!({
        "source": "director", "facts": "样例", "seen_at": engine.now(), "suspected_red": false,
    });
    let alert = open(&engine, "director", ("risk_alert", "register_clue"), child(1), clue).await;
    let extend = json!({
        "duty": "start_verification", "until": "2027-03-30", "reason": "道路中断", "basis": "县里规定",
    });
    let first = proposed(&engine, alert.case, "extend_deadline", extend.clone()).await;
    let confirm = json!({ "entry": first.revision });
    take(&engine, "station-2", alert.case, "confirm_step", confirm).await;
    let later = json!({ "duty": "start_verification", "until": "2027-04-30", "reason": "道路中断",
        "basis": "县里规定" });
    proposed(&engine, alert.case, "extend_deadline", later).await;
    let owed = |engine: Engine| async move {
        let case = engine.stored_case(alert.case).await.expect("the case");
        case.duties.iter().map(|duty| (duty.name.clone(), duty.due())).collect::<Vec<_>>()
    };
    let before = owed(engine).await;
    let notice = staffing::notice(2027);
    let calendar = hexacase::calendar::work_calendar::WorkCalendar::shipped();
    let calendar = calendar.with(&[("2027.toml", notice.as_str())]).expect("a notice");
    let setup = county::setup(store).expect("well formed").clock(clock).calendar(calendar);
    let engine = setup.open().await.expect("complete");
    let moved = engine.reproject(true).await.expect("reckoned anew");
    let after = owed(engine).await;
    assert_eq!(before, after, "{moved:?}");
    assert!(after.iter().all(|(name, due)| !name.starts_with("confirm_") || due.is_some()));
}

#[tokio::test]
async fn an_open_report_that_is_told_of_another_does_not_learn_who_reported() {
    let (_, engine, _) = engine().await;
    let known = report(&engine, "center").await;
    let alarm = json!({ "at": engine.now(), "danger": "独自在家", "place": "家中" });
    let emergency =
        open(&engine, "center", ("emergency_response", "raise_alarm"), child(1), alarm).await;
    let found = json!({
        "facts": "身上有伤", "reported_at": engine.now(), "channel": "police_110",
        "receiver": "值班室", "situations": ["other_serious"],
    });
    let step = "report_unlawful_act";
    let told = take(&engine, "director", emergency.case, step, found).await;
    assert_eq!(told.linked, [known.case]);
    for case in [emergency.case, known.case] {
        let last = engine.history(case).await.expect("a history").pop().expect("an entry");
        assert!(last.envelope.actor.as_str().starts_with("reporter-"), "{:?}", last.envelope);
        let reporter = last.body.and_then(|body| body.reporter);
        assert_eq!(reporter.as_ref().map(ActorId::as_str), Some("director"));
    }
}
