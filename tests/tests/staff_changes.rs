//! Absences, deputies and transfers in the engine: who may, who has each duty afterwards, and that
//! a change is whole.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    county,
    engine::{Command, Engine, EngineError, Post, StaffChange, VerifyOptions},
    procedure::Refusal,
    store::{Absence, Meta, StaffRow, Store},
    terms::{
        actor::{Actor, Grant, Role},
        area::AreaPurpose,
        id::{ActorId, CaseId, OriginId, UnitId},
        time::{CivilDate, Timestamp},
    },
    testing::{ManualClock, MemoryStore},
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use serde_json::json;

const VILLAGE: &str = "999999101201";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn day(text: &str) -> CivilDate {
    text.parse().expect("a day")
}

fn id(text: &str) -> ActorId {
    ActorId::new(text).expect("an id")
}

fn actor(text: &str) -> Actor {
    Actor::at_work(id(text))
}

fn person(name: &str, role: &str, area: &str, leader: bool) -> StaffRow {
    let unit = UnitId::new(format!("unit-{area}")).expect("a unit");
    let area = area.parse().expect("an area");
    StaffRow {
        id: id(name),
        name: name.to_owned(),
        grants: vec![Grant { role: Role::named(role), area, unit: unit.clone() }],
        unit,
        leader,
        active: true,
        absences: Vec::new(),
    }
}

/// An engine with a village of two, its town and the county, and a clue in the village.
async fn engine_on(store: impl Store) -> (Engine, ManualClock, CaseId) {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let setup = county::setup(store).expect("well formed").clock(clock.clone());
    let engine = setup.open().await.expect("complete");
    let people = vec![
        person("director", "child_welfare_director", VILLAGE, false),
        person("helper", "village_committee", VILLAGE, false),
        person("supervisor", "child_welfare_supervisor", "999999101", true),
        person("town-leader", "town_leader", "999999101", false),
        person("office", "joint_meeting_office", "999999", true),
        person("data", "data_admin", "999999", false),
    ];
    engine.change_staff(&actor("data"), people).await.expect("the first people");
    let form = json!({
        "source": "director", "facts": "样例线索", "seen_at": "2026-03-02 08:00",
        "suspected_red": false, "description": "身份不明的示例儿童",
    });
    let clue = Command::open_named(actor("director"), "risk_alert", "register_clue", form)
        .in_area(AreaPurpose::Residence, VILLAGE.parse().expect("an area"));
    let case = engine.execute(clue).await.expect("a clue").case;
    (engine, clock, case)
}

async fn in_memory() -> (Engine, ManualClock, CaseId) {
    engine_on(MemoryStore::new(meta())).await
}

fn meta() -> Meta {
    Meta {
        realm: "999999".parse().expect("a realm"),
        name: "示例县".to_owned(),
        origin: OriginId::from_bytes([3; 16]),
        created_at: at("2026-03-01"),
        demo: true,
    }
}

fn leave(deputy: Option<&str>) -> StaffChange {
    let absence =
        Absence { from: day("2026-03-03"), to: day("2026-03-10"), deputy: deputy.map(id) };
    StaffChange::Leave { person: id("director"), absence }
}

fn goes(to: Option<&str>) -> StaffChange {
    StaffChange::Transfer {
        person: id("director"),
        to: to.map(id),
        post: None,
        list_confirmed: true,
    }
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, EngineError>) -> Refusal {
    match answer {
        Err(EngineError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, found {other:?}"),
    }
}

async fn clean(engine: &Engine) {
    let verdict = engine.verify(VerifyOptions { redecide: true }, |_| {}).await.expect("verified");
    assert!(verdict.is_clean(), "{:?}", verdict.faults);
}

async fn name_holder(engine: &Engine, case: CaseId) {
    let form = json!({ "person": "director", "reason": "专人办理" });
    let command = Command::fire_named(actor("supervisor"), case, "reassign_holder", form);
    engine.execute(command).await.expect("a holder");
}

#[tokio::test]
async fn in_a_unit_without_a_leader_whoever_stands_above_it_may() {
    let (engine, _, _) = in_memory().await;
    for may in ["supervisor", "town-leader", "office", "data"] {
        engine.plan_staff_change(&actor(may), &leave(Some("helper"))).await.expect("may");
    }
    for may_not in ["helper", "director", "nobody"] {
        let said = engine.plan_staff_change(&actor(may_not), &leave(Some("helper"))).await;
        assert!(matches!(refusal(said), Refusal::RoleMissing { .. }), "{may_not}");
    }
    let mut lead = person("helper", "village_committee", VILLAGE, true);
    engine.change_staff(&actor("data"), vec![lead.clone()]).await.expect("a leader");
    let said = engine.plan_staff_change(&actor("town-leader"), &leave(Some("helper"))).await;
    assert!(matches!(refusal(said), Refusal::RoleMissing { .. }));
    engine.plan_staff_change(&actor("helper"), &leave(None)).await.expect("the leader may");
    // While the leader is away, the leader's deputy leads.
    let today = day("2026-03-02");
    lead.absences = vec![Absence { from: today, to: today, deputy: Some(id("director")) }];
    engine.change_staff(&actor("data"), vec![lead]).await.expect("an absence");
    let own = leave(Some("supervisor"));
    engine.plan_staff_change(&actor("director"), &own).await.expect("the deputy may");
}

#[tokio::test]
async fn a_deputy_has_the_duties_from_the_first_day_to_the_last() {
    let (engine, clock, case) = in_memory().await;
    let (_, plan) = engine
        .carry_staff_change(&actor("data"), &leave(Some("helper")))
        .await
        .expect("an absence");
    assert!(plan.duties.iter().all(|moved| moved.to.contains(&id("helper"))), "{plan:?}");
    let sees = async || {
        let page = engine.worklist(&actor("helper"), None, 50).await.expect("a worklist");
        page.items.iter().any(|item| item.row.case == case)
    };
    assert!(!sees().await);
    clock.set(at("2026-03-03 00:00"));
    assert!(sees().await);
    clock.set(at("2026-03-10 23:59"));
    assert!(sees().await);
    clock.set(at("2026-03-11 00:00"));
    assert!(!sees().await);
    clean(&engine).await;
}

#[tokio::test]
async fn an_absence_in_which_the_deputy_is_away_later_is_refused() {
    let (engine, _, _) = in_memory().await;
    let mut helper = person("helper", "village_committee", VILLAGE, false);
    let away = Absence { from: day("2026-03-09"), to: day("2026-03-20"), deputy: None };
    helper.absences = vec![away];
    engine.change_staff(&actor("data"), vec![helper]).await.expect("an absence");
    let said = engine.carry_staff_change(&actor("data"), &leave(Some("helper"))).await;
    assert!(matches!(refusal(said), Refusal::NotApplicable { .. }));
    assert!(
        engine
            .staff()
            .await
            .expect("staff")
            .iter()
            .all(|row| row.id != id("director") || row.absences.is_empty())
    );
}

#[tokio::test]
async fn whoever_keeps_the_directory_does_no_casework() {
    let (engine, _, case) = in_memory().await;
    name_holder(&engine, case).await;
    let said = engine.carry_staff_change(&actor("data"), &goes(Some("supervisor"))).await;
    let Refusal::NotApplicable { reason, .. } = refusal(said) else { panic!("another refusal") };
    assert!(reason.zh.contains("单位负责人"), "{}", reason.zh);
    let before = engine.history(case).await.expect("a history").len();
    let change = goes(Some("supervisor"));
    let (receipt, plan) =
        engine.carry_staff_change(&actor("town-leader"), &change).await.expect("a transfer");
    assert!(plan.duties.iter().any(|moved| moved.in_person));
    let history = engine.history(case).await.expect("a history");
    assert_eq!(history.len(), before + 1);
    let last = history.last().expect("an entry");
    assert_eq!(last.envelope.transition, "caseload_transfer");
    assert_eq!(last.envelope.role, Some(Role::new("town_leader")));
    assert_eq!(receipt.recorded_at, last.envelope.recorded_at);
    let rows = engine.duties_of(case).await.expect("duties");
    let open = rows.iter().filter(|row| row.duty.is_open() && row.duty.holder.person.is_some());
    assert!(open.into_iter().all(|row| row.duty.holder.person == Some(id("supervisor"))));
    clean(&engine).await;
}

#[tokio::test]
async fn a_successor_who_cannot_do_the_work_takes_over_nothing() {
    let (engine, _, case) = in_memory().await;
    name_holder(&engine, case).await;
    // The helper gets the director's role by taking over; a person of another office with the
    // role elsewhere would hold duties of an area that is not theirs.
    let stranger = person("stranger", "child_welfare_director", "999999102201", false);
    engine.change_staff(&actor("data"), vec![stranger]).await.expect("a stranger");
    let plan = engine
        .plan_staff_change(&actor("town-leader"), &goes(Some("stranger")))
        .await
        .expect("a plan");
    assert_eq!(plan.taken_over.len(), 1);
    assert!(plan.duties.iter().all(|moved| !moved.to.is_empty()), "{plan:?}");
    let nobody =
        engine.plan_staff_change(&actor("town-leader"), &goes(None)).await.expect("a plan");
    assert!(nobody.duties.iter().any(|moved| moved.in_person && moved.to.is_empty()));
    let said = engine.carry_staff_change(&actor("town-leader"), &goes(None)).await;
    assert!(matches!(refusal(said), Refusal::NotApplicable { .. }));
    clean(&engine).await;
}

#[tokio::test]
async fn whoever_named_the_leaver_as_deputy_gets_the_successor() {
    let (engine, _, _) = in_memory().await;
    let mut supervisor = person("supervisor", "child_welfare_supervisor", "999999101", true);
    let away =
        Absence { from: day("2026-04-01"), to: day("2026-04-09"), deputy: Some(id("director")) };
    supervisor.absences = vec![away];
    engine.change_staff(&actor("data"), vec![supervisor]).await.expect("an absence");
    engine.carry_staff_change(&actor("data"), &goes(Some("helper"))).await.expect("a transfer");
    let staff = engine.staff().await.expect("staff");
    let supervisor = staff.iter().find(|row| row.id == id("supervisor")).expect("there");
    assert_eq!(
        supervisor.absences.first().and_then(|away| away.deputy.clone()),
        Some(id("helper"))
    );
    clean(&engine).await;
}

#[tokio::test]
async fn a_move_within_reach_of_the_work_needs_no_successor() {
    let (engine, _, _) = in_memory().await;
    let unit = UnitId::new("unit-999999101").expect("a unit");
    let grant = |role: &str, area: &str, unit: &UnitId| Grant {
        role: Role::named(role),
        area: area.parse().expect("an area"),
        unit: unit.clone(),
    };
    let village = UnitId::new(format!("unit-{VILLAGE}")).expect("a unit");
    let post = Post {
        unit: unit.clone(),
        leader: false,
        grants: vec![
            grant("town_station", "999999101", &unit),
            grant("child_welfare_director", VILLAGE, &village),
        ],
    };
    let change = StaffChange::Transfer {
        person: id("director"),
        to: None,
        post: Some(post),
        list_confirmed: true,
    };
    let (_, plan) = engine.carry_staff_change(&actor("data"), &change).await.expect("a move");
    assert!(plan.duties.is_empty() && plan.taken_over.is_empty(), "{plan:?}");
    clean(&engine).await;
}

#[tokio::test]
async fn a_transfer_in_sqlite_is_whole_and_verifies() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = SqliteOptions::new(folder.path().join("cases.db"));
    let store = SqliteStore::connect(options).await.expect("a store");
    store.init(&meta()).await.expect("set up");
    let (engine, _, case) = engine_on(store).await;
    name_holder(&engine, case).await;
    let change = goes(Some("helper"));
    engine.carry_staff_change(&actor("town-leader"), &change).await.expect("a transfer");
    let again = engine.carry_staff_change(&actor("town-leader"), &change).await;
    assert!(matches!(refusal(again), Refusal::Field { field, .. } if field == "person"));
    clean(&engine).await;
}
