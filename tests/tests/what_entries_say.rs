//! What an entry may say: when something happened, within bounds, and not which office reported.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    county,
    engine::{Command, Engine, EngineError, VerifyOptions},
    store::{Meta, StaffRow, StoredCase},
    terms::{
        actor::{Actor, Grant, Role},
        area::AreaPurpose,
        id::{ActorId, CaseId, OriginId, UnitId},
        time::Timestamp,
    },
    testing::{ManualClock, MemoryStore},
};
use serde_json::{Value, json};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn actor(id: &str) -> Actor {
    Actor::at_work(ActorId::new(id).expect("an id"))
}

fn person(id: &str, role: &str, unit: &str, area: &str) -> StaffRow {
    let unit = UnitId::new(unit).expect("a unit");
    let area = area.parse().expect("an area");
    StaffRow {
        id: ActorId::new(id).expect("an id"),
        name: id.to_owned(),
        grants: vec![Grant { role: Role::named(role), area, unit: unit.clone() }],
        unit,
        leader: true,
        active: true,
        absences: Vec::new(),
    }
}

/// A village of one director, a school, their town and the county.
struct County {
    engine: Engine,
    clock: ManualClock,
}

impl County {
    async fn new() -> Self {
        let meta = Meta {
            realm: "999999".parse().expect("a realm"),
            name: "示例县".to_owned(),
            origin: OriginId::from_bytes([5; 16]),
            created_at: at("2026-03-01"),
            demo: true,
        };
        let clock = ManualClock::at(at("2026-03-05 09:00"));
        let setup = county::setup(MemoryStore::new(meta)).expect("well formed");
        let engine = setup.clock(clock.clone()).open().await.expect("complete");
        let people = vec![
            person("director", "child_welfare_director", "village-of-one", "999999101201"),
            person("teacher", "school", "the-school", "999999101"),
            person("station", "town_station", "town", "999999101"),
            person("center", "minor_protection_center", "center", "999999"),
            person("office", "joint_meeting_office", "office", "999999"),
        ];
        engine.change_staff(&actor("director"), people).await.expect("the first people");
        Self { engine, clock }
    }

    async fn asked(&self, command: Command) -> Result<CaseId, String> {
        match self.engine.execute(command).await {
            Ok(receipt) => Ok(receipt.case),
            Err(EngineError::Refused(refusal)) => Err(refusal.code()),
            Err(problem) => panic!("{problem}"),
        }
    }

    async fn reported_by(&self, who: &str) -> StoredCase {
        let form = json!({
            "found_at": "2026-03-05 08:00", "facts": "身上有伤",
            "situations": ["multiple_injuries_or_neglect"], "description": "示例儿童",
        });
        let command = Command::open_named(actor(who), "mandatory_report", "discover", form)
            .in_area(AreaPurpose::Incident, "999999101201".parse().expect("an area"));
        let case = self.asked(command).await.expect("a report");
        self.engine.stored_case(case).await.expect("a case")
    }

    async fn envelopes(&self, case: CaseId) -> String {
        let entries = self.engine.history(case).await.expect("a history");
        let told = entries.iter().map(|entry| serde_json::to_string(&entry.envelope));
        told.collect::<Result<String, _>>().expect("envelopes")
    }
}

#[tokio::test]
async fn a_report_from_an_office_of_one_does_not_name_the_office() {
    let county = County::new().await;
    let report = county.reported_by("director").await;
    let case = report.facts.id;
    assert_eq!(report.facts.opened_by, None);
    let first = county.engine.history(case).await.expect("a history").remove(0);
    assert_eq!(first.envelope.facts.expect("the facts").opened_by, None);
    assert!(!county.envelopes(case).await.contains("\"director\""), "the director is named");
    // Whoever discovered it goes on with it, as the right rests on the area.
    let page = county.engine.worklist(&actor("director"), None, 20).await.expect("a worklist");
    assert!(page.items.iter().any(|item| item.row.case == case));
    let form = json!({
        "at": "2026-03-05 08:30", "channel": "police_110", "receiver": "示例派出所", "oral": true,
    });
    let told = Command::fire_named(actor("director"), case, "report_to_police", form);
    county.asked(told).await.expect("the report goes out");
    let verdict = county.engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean());
}

#[tokio::test]
async fn a_role_that_is_matched_by_unit_keeps_its_unit_or_could_not_go_on() {
    let county = County::new().await;
    let report = county.reported_by("teacher").await;
    assert_eq!(report.facts.opened_by.map(|unit| unit.to_string()).as_deref(), Some("the-school"));
    let page = county.engine.worklist(&actor("teacher"), None, 20).await.expect("a worklist");
    assert!(page.items.iter().any(|item| item.row.case == report.facts.id));
}

fn clue() -> Value {
    json!({
        "source": "director", "facts": "样例线索", "seen_at": "2026-03-05 08:00",
        "suspected_red": false, "description": "身份不明的示例儿童",
    })
}

fn alert() -> Command {
    Command::open_named(actor("director"), "risk_alert", "register_clue", clue())
        .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"))
}

#[tokio::test]
async fn nothing_happened_in_the_year_1_and_much_happened_before_its_case_was_entered() {
    let county = County::new().await;
    let too_early = Err("refusal.too_early".to_owned());
    assert_eq!(county.asked(alert().occurred_at(at("0001-01-01 00:00"))).await, too_early);
    let case = county.asked(alert().occurred_at(at("2026-03-04 15:00"))).await.expect("an alert");
    county.clock.set(at("2026-03-06 09:00"));
    let step = |name: &str, form: Value, when: &str| {
        Command::fire_named(actor("director"), case, name.to_owned(), form).occurred_at(at(when))
    };
    let note = || json!({ "text": "补记" });
    let verify = || json!({ "verifier": "示例甲" });
    // No step of the procedure, and none of the engine.
    let when = "0001-01-01 00:00";
    assert_eq!(county.asked(step("start_verification", verify(), when)).await, too_early);
    assert_eq!(county.asked(step("add_note", note(), when)).await, too_early);
    county.asked(step("add_note", note(), "2026-03-02 00:00")).await.expect("a note");
    county.asked(step("start_verification", verify(), "2026-03-04 10:00")).await.expect("a step");
    let form = json!({
        "entry": 3, "field": "occurred_at", "new_value": "0001-01-01 00:00", "reason": "笔误",
    });
    let amend = Command::fire_named(actor("director"), case, "amend_entry", form);
    assert_eq!(county.asked(amend).await, too_early);
}
