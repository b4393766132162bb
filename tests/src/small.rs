//! A county of a handful of people, for tests that tell one story.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on is to stop"
)]

use hexacase::{
    county,
    engine::{Command, Engine},
    store::{Meta, StaffRow, Store},
    terms::{
        actor::{Actor, Grant, Role},
        area::AreaPurpose,
        id::{ActorId, CaseId, CommandId, OriginId, UnitId},
        time::{Clock, Timestamp},
    },
};
use serde_json::{Value, json};

/// A time.
#[must_use]
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Somebody at work.
#[must_use]
pub fn actor(id: &str) -> Actor {
    Actor::at_work(ActorId::new(id).expect("an id"))
}

/// Somebody with one role, for an area, in a unit.
#[must_use]
pub fn person(id: &str, role: &str, unit: &str, area: &str) -> StaffRow {
    let unit = UnitId::new(unit).expect("a unit");
    let area = area.parse().expect("an area");
    StaffRow {
        id: ActorId::new(id).expect("an id"),
        name: id.to_owned(),
        grants: vec![Grant { role: Role::named(role), area, unit: unit.clone() }],
        unit,
        leader: false,
        active: true,
        absences: Vec::new(),
    }
}

/// What the county's database says of itself.
#[must_use]
pub fn meta() -> Meta {
    Meta {
        realm: "999999".parse().expect("a realm"),
        name: "示例县".to_owned(),
        origin: OriginId::from_bytes([3; 16]),
        created_at: at("2026-03-01"),
        demo: true,
    }
}

/// An engine on a store that was set up.
pub async fn engine(store: impl Store, clock: impl Clock) -> Engine {
    let setup = county::setup(store).expect("well formed").clock(clock);
    setup.open().await.expect("complete")
}

/// Puts in the people of one village, its town and the county's bureau.
pub async fn people(engine: &Engine) {
    let people = vec![
        person("director", "child_welfare_director", "village", "999999101201"),
        person("station", "town_station", "town", "999999101"),
        person("bureau", "civil_affairs_bureau", "civil-affairs", "999999"),
    ];
    engine.change_staff(&actor("director"), people).await.expect("the first people");
}

/// What a clue says about a child whom nobody knows yet.
#[must_use]
pub fn clue_form() -> Value {
    json!({
        "source": "director", "facts": "样例线索", "seen_at": "2026-03-02 08:00",
        "suspected_red": false, "description": "身份不明的示例儿童",
    })
}

/// The director's clue, which opens an alert in the village.
#[must_use]
pub fn clue() -> Command {
    Command::open_named(actor("director"), "risk_alert", "register_clue", clue_form())
        .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"))
}

/// The step after a clue: somebody goes and looks.
#[must_use]
pub fn verification(case: CaseId) -> Command {
    let form = json!({ "verifier": "示例甲" });
    Command::fire_named(actor("director"), case, "start_verification", form)
}

/// A command id for each number.
#[must_use]
pub fn numbered(number: u64) -> CommandId {
    let mut id = [7; 16];
    id.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    CommandId::from_bytes(id)
}
