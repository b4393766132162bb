//! What the unit rule refuses somebody stands on no worklist of that person, and what only one unit
//! may do is held by a unit that may.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    county,
    engine::{Command, Engine, EngineError},
    store::{Meta, StaffRow},
    terms::{
        actor::{Actor, Grant, Role},
        area::AreaPurpose,
        evidence::ActedBy,
        id::{ActorId, CaseId, OriginId, UnitId},
        text::Text,
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
        leader: false,
        active: true,
        absences: Vec::new(),
    }
}

/// Two towns, and a county whose civil affairs bureau is the office of the joint meeting and a
/// member of it.
struct County(Engine);

impl County {
    async fn new() -> Self {
        let meta = Meta {
            realm: "999999".parse().expect("a realm"),
            name: "示例县".to_owned(),
            origin: OriginId::from_bytes([4; 16]),
            created_at: at("2026-03-01"),
            demo: true,
        };
        let clock = ManualClock::at(at("2026-03-02 09:00"));
        let setup = county::setup(MemoryStore::new(meta)).expect("well formed");
        let engine = setup.clock(clock).open().await.expect("complete");
        let people = vec![
            person("director", "child_welfare_director", "village", "999999101201"),
            person("leader", "town_leader", "town", "999999101"),
            person("other-leader", "town_leader", "other-town", "999999102"),
            person("convener", "convener", "county-government", "999999"),
            person("inspection", "government_inspection_office", "county-government", "999999"),
            person("office", "joint_meeting_office", "civil-affairs", "999999"),
            person("civil", "member_liaison", "civil-affairs", "999999"),
            person("education", "member_liaison", "education", "999999"),
        ];
        engine.change_staff(&actor("director"), people).await.expect("the first people");
        Self(engine)
    }

    async fn asked(&self, command: Command) -> Result<CaseId, String> {
        match self.0.execute(command).await {
            Ok(receipt) => Ok(receipt.case),
            Err(EngineError::Refused(refusal)) => Err(refusal.code()),
            Err(problem) => panic!("{problem}"),
        }
    }

    async fn open(&self, who: &str, procedure: &'static str, step: &str, form: Value) -> CaseId {
        let place = "999999101201".parse().expect("an area");
        let command = Command::open_named(actor(who), procedure, step, form);
        let command = match procedure {
            "risk_alert" => command.in_area(AreaPurpose::Residence, place),
            _ => command.acted_by(by("convener")),
        };
        self.asked(command).await.expect("an opened case")
    }

    async fn take(
        &self,
        who: &str,
        case: CaseId,
        step: &str,
        form: Value,
    ) -> Result<CaseId, String> {
        self.asked(Command::fire_named(actor(who), case, step, form)).await
    }

    /// The steps that somebody's worklist offers in a case.
    async fn offered(&self, who: &str, case: CaseId) -> Vec<&'static str> {
        let page = self.0.worklist(&actor(who), None, 100).await.expect("a worklist");
        let here = page.items.into_iter().filter(|item| item.row.case == case);
        here.flat_map(|item| item.transitions).collect()
    }

    async fn holder(&self, case: CaseId, duty: &str) -> Option<String> {
        let rows = self.0.duties_of(case).await.expect("the duties");
        let row = rows.into_iter().find(|row| row.duty.is_open() && row.duty.name == duty);
        row.expect("the duty").duty.holder.unit.map(|unit| unit.to_string())
    }

    /// An oversight of the village, which verifies no clue, proposed by the office.
    async fn of_the_village(&self) -> CaseId {
        let clue = json!({
            "source": "director", "facts": "样例线索", "seen_at": "2026-03-02 08:00",
            "suspected_red": false, "description": "身份不明的示例儿童",
        });
        let alert = self.open("director", "risk_alert", "register_clue", clue).await;
        let form = json!({
            "unit": "village", "owed_by": "child_welfare_director", "obligation": "示例事项",
            "overdue_since": "2026-03-02 08:00", "case": alert, "duty": "start_verification",
        });
        let command =
            Command::open_named(actor("office"), "listed_oversight", "propose_oversight", form);
        let oversight = self.asked(command).await.expect("an oversight");
        let file = json!({
            "sha256": "00".repeat(32), "name": "示例.pdf", "media_type": "application/pdf", "size": 3,
        });
        let sign = json!({
            "notice": file, "signed_by": "示县长", "due": "2026-03-20", "listed": false,
        });
        let sign = Command::fire_named(actor("inspection"), oversight, "sign_oversight", sign);
        self.asked(sign.acted_by(by("convener"))).await.expect("a signature")
    }
}

fn by(role: &str) -> ActedBy {
    ActedBy {
        role: Role::named(role),
        organ: Text::new("示例县联席会议").expect("a text"),
        document_no: None,
        document_date: None,
        person: None,
        scan: None,
    }
}

#[tokio::test]
async fn an_oversight_of_a_village_is_answered_by_its_towns_leader_and_by_no_other_towns() {
    let county = County::new().await;
    let oversight = county.of_the_village().await;
    assert_eq!(county.holder(oversight, "reply_oversight").await.as_deref(), Some("town"));
    let reply = || json!({ "result": "已核实" });
    assert!(county.offered("other-leader", oversight).await.is_empty());
    let code = county.take("other-leader", oversight, "reply", reply()).await;
    assert_eq!(code, Err("refusal.out_of_area".to_owned()));
    assert_eq!(county.offered("leader", oversight).await, ["reply"]);
    county.take("leader", oversight, "reply", reply()).await.expect("the reply");
}

#[tokio::test]
async fn whoever_may_not_reply_to_an_oversight_does_not_find_it_on_the_worklist() {
    let county = County::new().await;
    let oversight = county.of_the_village().await;
    // The office of this unit opened the case, so its liaison reaches it.
    assert!(county.offered("civil", oversight).await.is_empty());
    let why = county.0.explain(&actor("civil"), oversight, "reply").await.expect("an answer");
    let codes: Vec<_> = why.reasons.iter().map(hexacase::procedure::Refusal::code).collect();
    assert_eq!(codes, ["refusal.guard.only_the_unit_replies"]);
    let code = county.take("civil", oversight, "reply", json!({ "result": "已核实" })).await;
    assert_eq!(code, Err("refusal.guard.only_the_unit_replies".to_owned()));
}

#[tokio::test]
async fn a_task_is_on_the_list_of_the_unit_that_leads_it_and_its_result_on_that_of_another() {
    let county = County::new().await;
    let assign = |lead: &str| {
        json!({
            "kind": "task", "task": "示例任务", "lead": lead, "due": "2026-03-31",
            "source": "督查结论样001",
        })
    };
    let of_education = county.open("office", "action_item", "assign", assign("education")).await;
    assert!(county.offered("civil", of_education).await.is_empty());
    assert_eq!(county.offered("education", of_education).await, ["acknowledge", "object"]);

    let own = county.open("office", "action_item", "assign", assign("civil-affairs")).await;
    for (step, form) in [
        ("acknowledge", json!({ "responsible": "示股长" })),
        ("start_work", json!({})),
        ("report_result", json!({ "result": "已办结" })),
    ] {
        county.take("civil", own, step, form).await.expect("a step");
    }
    // The bureau is the office too, and does not verify its own work: the convener is accountable.
    assert!(county.offered("office", own).await.is_empty());
    assert_eq!(county.holder(own, "verify_result").await.as_deref(), Some("county-government"));
    assert_eq!(county.offered("convener", own).await, ["verify", "return_result"]);
}
