//! The joint meeting through the engine: from the proposal of items to issued minutes and verified
//! tasks, and back to the case it was about; and every attempt to get round its rules.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    county,
    duty::owed::OwedDuty,
    engine::{Command, Engine, EngineError, Receipt, VerifyOptions},
    procedure::Refusal,
    store::{CaseQuery, Meta, StaffRow, StoredCase},
    terms::{
        actor::{Actor, Grant, Role},
        area::AreaPurpose,
        evidence::ActedBy,
        id::{ActorId, CaseId, OriginId, UnitId},
        text::Text,
        time::Timestamp,
    },
    testing::{ManualClock, MemoryStore},
    trail::{Kind, LinkKind},
};
use serde_json::{Value, json};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
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

/// A county with a joint meeting, and its clock.
struct County {
    engine: Engine,
    clock: ManualClock,
}

impl County {
    async fn new() -> Self {
        let meta = Meta {
            realm: "999999".parse().expect("a realm"),
            name: "示例县".to_owned(),
            origin: OriginId::from_bytes([3; 16]),
            created_at: at("2026-03-01"),
            demo: true,
        };
        let clock = ManualClock::at(at("2026-03-02 09:00"));
        let setup = county::setup(MemoryStore::new(meta)).expect("well formed");
        let engine = setup.clock(clock.clone()).open().await.expect("complete");
        let people = vec![
            person("director", "child_welfare_director", "village", "999999101201"),
            person("station", "town_station", "town", "999999101"),
            person("convener", "convener", "county-government", "999999"),
            person("inspection", "government_inspection_office", "county-government", "999999"),
            person("office-1", "joint_meeting_office", "civil-affairs", "999999"),
            person("office-2", "joint_meeting_office", "civil-affairs", "999999"),
            person("bureau", "civil_affairs_bureau", "civil-affairs", "999999"),
            person("civil", "member_liaison", "civil-affairs", "999999"),
            person("education", "member_liaison", "education", "999999"),
            person("health", "member_liaison", "health", "999999"),
        ];
        engine.change_staff(&actor("director"), people).await.expect("the first people");
        Self { engine, clock }
    }

    async fn open(
        &self,
        who: &str,
        procedure: &'static str,
        step: &'static str,
        form: Value,
    ) -> CaseId {
        let command = Command::open_named(actor(who), procedure, step, form);
        self.engine.execute(command).await.expect("an opened case").case
    }

    /// An alert about a child in the village.
    async fn alert(&self) -> CaseId {
        let form = json!({
            "source": "director", "facts": "样例线索", "seen_at": "2026-03-02 08:00",
            "suspected_red": false, "description": "身份不明的示例儿童",
        });
        let command = Command::open_named(actor("director"), "risk_alert", "register_clue", form)
            .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"));
        self.engine.execute(command).await.expect("an alert").case
    }

    async fn item(&self, who: &str, title: &str, cases: &[CaseId]) -> CaseId {
        let form = json!({
            "title": title, "problem": "示例问题", "asked_of": ["education"], "source": "member",
            "cases": cases, "reply_to": "education",
        });
        self.open(who, "agenda_item", "propose_item", form).await
    }

    async fn meeting(&self) -> CaseId {
        let form = json!({ "kind": "thematic", "purpose": "研究示例事项" });
        self.open("office-1", "meeting", "propose_meeting", form).await
    }

    /// Takes a step; whoever has no role to act in records the convener's act.
    async fn try_take(
        &self,
        who: &str,
        case: CaseId,
        step: &'static str,
        form: Value,
    ) -> Result<Receipt, Refusal> {
        let mut command = Command::fire_named(actor(who), case, step, form);
        let stored = self.stored(case).await;
        let definition = self.engine.registry().newest(&stored.facts.procedure).cloned();
        let spec = definition.as_ref().and_then(|one| one.transition(step)).expect("a step");
        let convener = Role::new("convener");
        let office = Role::new("joint_meeting_office");
        if who.starts_with("office") && !spec.acted_by.contains(&office) {
            command = command.acted_by(ActedBy {
                role: convener,
                organ: Text::new("示例县联席会议").expect("a text"),
                document_no: None,
                document_date: None,
                person: None,
                scan: None,
            });
        }
        match self.engine.execute(command).await {
            Ok(receipt) => Ok(receipt),
            Err(EngineError::Refused(refusal)) => Err(refusal),
            Err(problem) => panic!("`{step}`: {problem}"),
        }
    }

    async fn take(&self, who: &str, case: CaseId, step: &'static str, form: Value) -> Receipt {
        match self.try_take(who, case, step, form).await {
            Ok(receipt) => receipt,
            Err(refusal) => panic!("`{step}` by {who}: {refusal}"),
        }
    }

    async fn refused(&self, who: &str, case: CaseId, step: &'static str, form: Value) -> String {
        match self.try_take(who, case, step, form).await {
            Ok(_) => panic!("`{step}` by {who} was possible"),
            Err(refusal) => refusal.code(),
        }
    }

    async fn stored(&self, case: CaseId) -> StoredCase {
        self.engine.stored_case(case).await.expect("a case")
    }

    async fn state(&self, case: CaseId) -> String {
        self.stored(case).await.facts.state
    }

    async fn of(&self, procedure: &str) -> Vec<StoredCase> {
        let query =
            CaseQuery { procedure: Some(procedure.to_owned()), limit: 100, ..CaseQuery::default() };
        self.engine.cases(&query).await.expect("the cases")
    }

    fn until(&self, time: &str) {
        self.clock.set(at(time));
    }

    async fn is_sound(&self) {
        let options = VerifyOptions { redecide: true };
        let verdict = self.engine.verify(options, |_| ()).await.expect("a verdict");
        assert!(verdict.is_clean(), "{:#?}", verdict.faults);
    }
}

fn actor(id: &str) -> Actor {
    Actor::at_work(ActorId::new(id).expect("an id"))
}

fn file() -> Value {
    json!({"sha256": "00".repeat(32), "name": "示例.txt", "media_type": "text/plain", "size": 3})
}

fn task(text: &str, lead: &str) -> Value {
    json!({ "task": text, "lead": lead, "due": "2026-04-30" })
}

/// A meeting that was held on three items, the first of them about an alert.
async fn held(county: &County) -> (CaseId, [CaseId; 3], CaseId) {
    let alert = county.alert().await;
    let items = [
        county.item("education", "议题一", &[alert]).await,
        county.item("station", "议题二", &[]).await,
        county.item("office-1", "议题三", &[]).await,
    ];
    let meeting = county.meeting().await;
    for item in items {
        let accept = json!({ "meeting": meeting, "lead": "education" });
        let receipt = county.take("office-1", item, "accept_item", accept).await;
        assert_eq!(receipt.linked, [meeting]);
    }
    let schedule = json!({
        "at": "2026-03-10 09:00", "place": "示例会议室", "chair": "示县长", "items": items,
    });
    county.take("office-1", meeting, "schedule", schedule).await;
    let notice = json!({ "notice": file(), "attendees": ["education", "health"] });
    county.take("office-1", meeting, "send_notice", notice).await;
    county.until("2026-03-10 11:00");
    let convene = json!({ "sign_in": file(), "present": ["education"], "absent": ["health"] });
    let receipt = county.take("convener", meeting, "convene", convene).await;
    assert_eq!(receipt.linked.len(), 3);
    for item in items {
        assert_eq!(county.state(item).await, "discussed");
    }
    let draft = json!({ "draft": file(), "decisions": items });
    county.take("office-1", meeting, "draft_minutes", draft).await;
    (meeting, items, alert)
}

fn issue(tasks: &Value) -> Value {
    json!({ "minutes": file(), "issued_on": "2026-03-10", "tasks": tasks })
}

#[tokio::test]
async fn three_items_become_minutes_and_verified_tasks_and_the_case_learns_it() {
    let county = County::new().await;
    let (meeting, [first, second, third], alert) = held(&county).await;
    let not_yet = county.refused("office-2", meeting, "issue_minutes", issue(&json!([]))).await;
    assert_eq!(not_yet, "refusal.guard.items_not_settled");
    let adopt = json!({
        "minutes": file(), "tasks": [task("甲任务", "education"), task("乙任务", "health")],
    });
    let early = county.refused("office-1", first, "adopt", adopt.clone()).await;
    assert_eq!(early, "refusal.duties_open");
    for item in [first, second] {
        county.take("office-1", item, "answer_proposer", json!({ "answer": "已研究" })).await;
    }
    let before = county.stored(alert).await;
    let adopted = county.take("office-1", first, "adopt", adopt).await;
    assert_eq!(adopted.linked.len(), 3);
    county.take("office-1", second, "not_adopt", json!({ "reason": "条件不具备" })).await;
    let late = county.refused("office-2", meeting, "issue_minutes", issue(&json!([]))).await;
    assert_eq!(late, "refusal.guard.items_not_settled");
    let over = json!({ "reason": "下次再议", "until": "2026-04-10" });
    county.take("office-1", third, "carry_over", over).await;
    // Whoever drafted does not issue; and what the item opened is not opened again.
    let tasks =
        json!([task("甲任务", "education"), task("乙任务", "health"), task("丙任务", "education")]);
    let own = county.refused("office-1", meeting, "issue_minutes", issue(&tasks)).await;
    assert_eq!(own, "refusal.four_eyes");
    let issued = county.take("office-2", meeting, "issue_minutes", issue(&tasks)).await;
    assert_eq!(issued.linked.len(), 1);

    // The alert was told, and nothing was done to it.
    let after = county.stored(alert).await;
    assert_eq!((&after.facts.state, &after.duties), (&before.facts.state, &before.duties));
    let told = county.engine.history(alert).await.expect("a history").pop().expect("an entry");
    assert_eq!(told.envelope.kind, Kind::Informed);
    assert!(
        told.envelope
            .links
            .iter()
            .any(|link| { link.kind == LinkKind::HandedFrom && link.case == first })
    );
    let said = told.body.expect("a body").payload;
    assert_eq!(said["outcome"], "resolved");

    // Each unit has its tasks, and nobody else can touch them.
    let actions = county.of("action_item").await;
    assert_eq!(actions.len(), 3);
    for action in &actions {
        let id = action.facts.id;
        let unit = action.attributes.get("lead_unit").expect("a unit").clone();
        let holder = action.duties.first().and_then(|duty| duty.holder.unit.clone());
        assert_eq!(holder.map(|unit| unit.to_string()), Some(unit.clone()));
        let taken = json!({ "responsible": "示股长" });
        let other = if unit == "education" { "health" } else { "education" };
        let foreign = county.refused(other, id, "acknowledge", taken.clone()).await;
        assert_eq!(foreign, "refusal.out_of_area");
        // The liaison of the office's own unit reaches what the office opened.
        let office = county.refused("civil", id, "acknowledge", taken.clone()).await;
        assert_eq!(office, "refusal.guard.only_the_lead");
        county.take(&unit, id, "acknowledge", taken).await;
        county.take(&unit, id, "start_work", json!({})).await;
        county.take(&unit, id, "report_result", json!({ "result": "已办结" })).await;
        county.take("office-1", id, "verify", json!({ "note": "已查看" })).await;
        assert_eq!(county.state(id).await, "verified_closed");
    }
    assert_eq!(county.state(meeting).await, "minutes_issued");
    assert_eq!(county.state(third).await, "deferred");
    county.is_sound().await;
}

#[tokio::test]
async fn an_objection_becomes_an_oversight_and_declined_an_item_that_comes_back() {
    let county = County::new().await;
    let (_, [first, ..], _) = held(&county).await;
    county.take("office-1", first, "answer_proposer", json!({ "answer": "已研究" })).await;
    let adopt = json!({ "minutes": file(), "tasks": [task("甲任务", "education")] });
    county.take("office-1", first, "adopt", adopt).await;
    let action = county.of("action_item").await.remove(0).facts.id;
    let object = json!({ "reason": "不属本单位职责", "proposed": "health" });
    county.take("education", action, "object", object).await;
    let oversight = county.of("listed_oversight").await.remove(0);
    assert_eq!(oversight.facts.state, "proposed");
    assert_eq!(oversight.attributes.get("about_case"), Some(&action.to_string()));
    // It waits for a person, and changed nothing.
    assert_eq!(county.state(action).await, "objected");
    let decline = json!({ "reason": "提请联席会议研究" });
    county.take("convener", oversight.facts.id, "decline", decline).await;
    let mut items = county.of("agenda_item").await;
    let item = items.pop().expect("an item").facts.id;
    assert_eq!(county.state(item).await, "proposed");
    // Nobody takes back what the chain wrote, not even the unit it is about.
    for who in ["station", "education"] {
        let withdraw = json!({ "reason": "示例" });
        assert_eq!(
            county.refused(who, item, "withdraw_item", withdraw).await,
            "refusal.out_of_area"
        );
    }
    let reject = json!({ "reason": "已裁定", "other_way": "由召集人裁定异议" });
    county.take("convener", item, "reject_item", reject).await;
    let told = county.engine.history(action).await.expect("a history").pop().expect("an entry");
    assert_eq!(told.envelope.kind, Kind::Informed);
    assert_eq!(told.body.expect("a body").payload["outcome"], "rejected");
    let to_health = json!({ "lead": "health", "reason": "异议成立" });
    county.take("convener", action, "reassign_unit", to_health).await;
    let holder =
        county.stored(action).await.duties.first().and_then(|duty| duty.holder.unit.clone());
    assert_eq!(holder, Some(UnitId::constant("health")));
    county.is_sound().await;
}

#[tokio::test]
async fn more_time_for_a_task_is_the_conveners_to_give() {
    let county = County::new().await;
    let assign = json!({
        "kind": "task", "task": "甲任务", "lead": "education", "due": "2026-03-10",
        "source": "督查结论样001",
    });
    let command = Command::open_named(actor("office-1"), "action_item", "assign", assign);
    let convener = ActedBy {
        role: Role::new("convener"),
        organ: Text::new("示例县联席会议").expect("a text"),
        document_no: None,
        document_date: None,
        person: None,
        scan: None,
    };
    let opened = county.engine.execute(command.acted_by(convener)).await.expect("a task");
    let action = opened.case;
    county.take("education", action, "acknowledge", json!({ "responsible": "示股长" })).await;
    county.take("education", action, "start_work", json!({})).await;
    let form = json!({
        "duty": "report_result", "until": "2026-04-10", "reason": "材料未齐", "basis": "县里规定",
    });
    let command = Command::fire_named(actor("education"), action, "extend_deadline", form);
    let proposed = county.engine.execute(command).await.expect("a proposal");
    assert!(proposed.proposed);
    // Who may confirm elsewhere may not here, and it is not on their list either.
    for (who, may) in
        [("bureau", false), ("station", false), ("office-1", false), ("convener", true)]
    {
        let list = county.engine.worklist(&actor(who), None, 50).await.expect("a worklist");
        let listed = list.items.iter().any(|item| item.row.duty.name == "confirm_extend_deadline");
        assert_eq!(listed, may, "{who}");
        let confirm = json!({ "entry": proposed.revision });
        let command = Command::fire_named(actor(who), action, "confirm_step", confirm);
        assert_eq!(county.engine.execute(command).await.is_ok(), may, "{who}");
    }
    let stored = county.stored(action).await;
    let due = stored.duties.iter().find(|duty| duty.name == "report_result");
    let due = due.and_then(OwedDuty::due).map(|due| due.date().to_string());
    assert_eq!(due.as_deref(), Some("2026-04-10"));
    county.is_sound().await;
}

#[tokio::test]
async fn a_canceled_meeting_hands_its_items_to_another_one_which_then_has_to_settle_them() {
    let county = County::new().await;
    let alert = county.alert().await;
    let item = county.item("education", "议题一", &[alert]).await;
    let (meeting, next) = (county.meeting().await, county.meeting().await);
    let accept = json!({ "meeting": meeting, "lead": "education" });
    county.take("office-1", item, "accept_item", accept).await;
    let nowhere = json!({ "reason": "停电", "items_go_to": "another_meeting", "meeting": meeting });
    let refused = county.refused("convener", meeting, "cancel_meeting", nowhere).await;
    assert_eq!(refused, "refusal.guard.items_go_ahead");
    let cancel = json!({ "reason": "停电", "items_go_to": "another_meeting", "meeting": next });
    let receipt = county.take("convener", meeting, "cancel_meeting", cancel).await;
    assert!(receipt.linked.contains(&item) && receipt.linked.contains(&next));
    assert_eq!(county.state(item).await, "accepted");
    // The other meeting cannot be scheduled without it.
    let second = county.item("education", "议题二", &[]).await;
    let accept = json!({ "meeting": next, "lead": "education" });
    county.take("office-1", second, "accept_item", accept).await;
    let schedule = |items: &[CaseId]| json!({ "at": "2026-03-10 09:00", "place": "示例会议室", "chair": "示县长", "items": items });
    let left_out = county.refused("office-1", next, "schedule", schedule(&[second])).await;
    assert_eq!(left_out, "refusal.guard.item_left_out");
    county.take("office-1", next, "schedule", schedule(&[item, second])).await;
    let put_off = json!({ "reason": "另行研究", "items_go_to": "deferred", "until": "2026-04-01" });
    county.take("convener", next, "cancel_meeting", put_off).await;
    for item in [item, second] {
        assert_eq!(county.state(item).await, "deferred");
    }
    county.is_sound().await;
}

#[tokio::test]
async fn nobody_opens_an_item_or_an_oversight_in_the_name_of_the_system() {
    let county = County::new().await;
    let alert = county.alert().await;
    let system = ActedBy {
        role: Role::new("system"),
        organ: Text::new("系统").expect("a text"),
        document_no: None,
        document_date: None,
        person: None,
        scan: None,
    };
    let item = json!({
        "title": "议题", "problem": "示例", "asked_of": ["education"], "source": "escalation",
        "cases": [alert], "reply_to": "education",
    });
    let oversight = json!({
        "unit": "village", "owed_by": "child_welfare_director", "obligation": "示例",
        "overdue_since": "2026-03-02 08:30", "case": alert, "duty": "start_verification",
    });
    for (procedure, step, form) in [
        ("agenda_item", "propose_item", item),
        ("listed_oversight", "propose_oversight", oversight.clone()),
    ] {
        let command = Command::open_named(actor("office-1"), procedure, step, form.clone());
        let answer = county.engine.execute(command.acted_by(system.clone())).await;
        assert!(matches!(&answer, Err(EngineError::Refused(Refusal::ActsAsSystem))), "{answer:?}");
        let command = Command::open_named(Actor::system(), procedure, step, form);
        let answer = county.engine.execute(command).await;
        assert!(matches!(answer, Err(EngineError::Refused(Refusal::ActsAsSystem))));
    }
    // By an own right it opens, and only once the office answers for it.
    county.open("office-1", "listed_oversight", "propose_oversight", oversight).await;
    county.is_sound().await;
}
