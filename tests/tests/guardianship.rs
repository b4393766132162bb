//! One child from the alarm to the end of temporary guardianship, through the engine: two cases, one
//! custody ledger, and time that passes.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    care::mechanisms::custody_ledger::{CaseLedger, ChildLedger, CustodyHolder, WRITERS},
    county,
    engine::{Command, Engine, EngineError, Receipt, VerifyOptions},
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
    trail::Kind,
};
use serde_json::{Value, json};

const CHILD: Subject = Subject { kind: SubjectKind::Child, id: SubjectId::from_bytes([5; 16]) };

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn person(id: &str, roles: &[&str], area: &str, leader: bool) -> StaffRow {
    let unit = UnitId::new(format!("unit-{id}")).expect("a unit");
    let grants = roles.iter().map(|role| Grant {
        role: Role::named(*role),
        area: area.parse().expect("an area"),
        unit: unit.clone(),
    });
    StaffRow {
        id: ActorId::new(id).expect("an id"),
        name: id.to_owned(),
        grants: grants.collect(),
        unit,
        leader,
        active: true,
        absences: Vec::new(),
    }
}

/// A county with one child, and what happens to it.
struct World {
    engine: Engine,
    clock: ManualClock,
}

impl World {
    async fn new() -> Self {
        let clock = ManualClock::at(at("2026-03-02 08:00"));
        let meta = Meta {
            realm: "999999".parse().expect("a realm"),
            name: "示例县".to_owned(),
            origin: OriginId::from_bytes([3; 16]),
            created_at: at("2026-03-01"),
            demo: true,
        };
        let setup = county::setup(MemoryStore::new(meta)).expect("well formed");
        let engine = setup.clock(clock.clone()).open().await.expect("complete");
        let people = vec![
            person("director", &["child_welfare_director"], "999999101201", false),
            person("station", &["town_station", "child_welfare_supervisor"], "999999101", true),
            person("town-leader", &["town_leader"], "999999101", false),
            person("office", &["joint_meeting_office"], "999999", false),
            person("center", &["minor_protection_center"], "999999", false),
            person("bureau", &["civil_affairs_bureau"], "999999", true),
        ];
        engine.change_staff(&Self::actor("director"), people).await.expect("the first people");
        Self { engine, clock }
    }

    fn actor(who: &str) -> Actor {
        Actor::at_work(ActorId::new(who).expect("an id"))
    }

    async fn open(&self, who: &str, procedure: &str, step: &str, form: Value) -> Receipt {
        let command = Command::open_named(Self::actor(who), procedure, step, form)
            .about(CHILD)
            .in_area(AreaPurpose::Incident, "999999101201".parse().expect("an area"));
        self.engine.execute(command).await.expect("a case")
    }

    async fn try_step(
        &self,
        who: &str,
        acted: Option<&str>,
        case: CaseId,
        step: &str,
        form: Value,
    ) -> Result<Receipt, EngineError> {
        let command = Command::fire_named(Self::actor(who), case, step, form);
        let organ = Text::new("示例机关").expect("a text");
        let acted = acted.map(|role| ActedBy {
            role: Role::named(role),
            organ,
            document_no: None,
            document_date: None,
            person: None,
            scan: None,
        });
        self.engine
            .execute(match acted {
                Some(acted) => command.acted_by(acted),
                None => command,
            })
            .await
    }

    /// A step at a time: the clock is put there first.
    async fn step(&self, when: &str, who: &str, case: CaseId, step: &str, form: Value) -> Receipt {
        self.clock.set(at(when));
        let (who, acted) = match who.split_once('/') {
            Some((who, acted)) => (who, Some(acted)),
            None => (who, None),
        };
        let done = self.try_step(who, acted, case, step, form).await;
        done.unwrap_or_else(|problem| panic!("`{step}`: {problem}"))
    }

    async fn state(&self, case: CaseId) -> String {
        self.engine.stored_case(case).await.expect("a case").facts.state
    }

    async fn ledger(&self) -> ChildLedger {
        let query = CaseQuery { subject: Some(CHILD.id), limit: 100, ..CaseQuery::default() };
        let mut cases = self.engine.cases(&query).await.expect("cases");
        cases.retain(|case| WRITERS.contains(&case.facts.procedure.as_str()));
        cases.sort_by_key(|case| (case.facts.opened_at, case.facts.id));
        ChildLedger::of(cases.iter().map(|case| {
            let data = self.engine.data_of(case).expect("data");
            (case.facts.id, CaseLedger::read(&data).expect("a ledger"))
        }))
    }

    async fn carer(&self, when: &str) -> String {
        let ledger = self.ledger().await;
        match ledger.at(at(when)).map(|line| &line.record.to) {
            Some(CustodyHolder::Person(person)) => person.name.to_string(),
            Some(CustodyHolder::Organ(organ)) => organ.to_string(),
            other => format!("{other:?}"),
        }
    }
}

fn file() -> Value {
    json!({ "sha256": "ab".repeat(32), "name": "文书.pdf", "media_type": "application/pdf", "size": 9 })
}

/// From the alarm to the request: the uncle has the child since 23:00 on 2 March.
async fn until_the_request(world: &World) -> (CaseId, CaseId) {
    world.clock.set(at("2026-03-02 20:00"));
    let alarm = json!({ "at": "2026-03-02 20:00", "danger": "继父殴打", "place": "三组" });
    let emergency = world.open("director", "emergency_response", "raise_alarm", alarm).await.case;
    let come = json!({ "responder": "village", "at": "2026-03-02 20:15", "found": "身上有伤" });
    world.step("2026-03-02 20:20", "director", emergency, "local_first_response", come).await;
    let removed = json!({ "ground": "面临人身危险", "at": "2026-03-02 21:00" });
    world
        .step("2026-03-02 21:05", "station/police_station", emergency, "remove_child", removed)
        .await;
    let escort = json!({ "destination": "伯父家", "kind": "relative" });
    world.step("2026-03-02 21:30", "station/police_station", emergency, "escort", escort).await;
    let to = json!({
        "to": "样伯父", "kind": "relative", "at": "2026-03-02 23:00", "written": true,
        "harm_by_guardian": true,
    });
    world.step("2026-03-02 23:05", "center", emergency, "custody_transfer", to).await;
    let ask = json!({ "ground": "seriously_harmed_or_threatened" });
    let step = "request_temporary_guardianship";
    let receipt = world.step("2026-03-03 09:00", "center", emergency, step, ask).await;
    let guardianship = *receipt.linked.first().expect("a case of temporary guardianship");
    (emergency, guardianship)
}

fn approve(taken_over_at: &str) -> Value {
    json!({
        "ground": "seriously_harmed_or_threatened", "taken_over_at": taken_over_at,
        "decision": file(),
    })
}

async fn placed(world: &World) -> (CaseId, CaseId) {
    let (emergency, guardianship) = until_the_request(world).await;
    let decision = approve("2026-03-04 09:00");
    world.step("2026-03-04 09:30", "bureau", guardianship, "approve", decision).await;
    let place = json!({
        "kind": "foster_family", "carer": "寄养家庭", "phone": "13900000000",
        "from": "2026-03-04", "transfer_paper": file(),
    });
    world.step("2026-03-04 15:00", "center", guardianship, "place", place).await;
    let intake = json!({ "health": "良好" });
    world.step("2026-03-04 16:00", "center", guardianship, "record_intake", intake).await;
    (emergency, guardianship)
}

#[tokio::test]
async fn a_child_goes_from_the_alarm_over_guardianship_home_and_to_assessment() {
    let world = World::new().await;
    let (emergency, guardianship) = until_the_request(&world).await;
    assert_eq!(world.state(guardianship).await, "requested");
    assert_eq!(world.carer("2026-03-03 12:00").await, "样伯父");

    // Nothing is recorded as taken over before it was, nor refused past the decision.
    let early = json!({ "case": guardianship, "at": "2026-03-03 09:00" });
    let early = world.try_step("bureau", None, emergency, "guardianship_taken_over", early).await;
    assert!(matches!(early, Err(EngineError::Refused(Refusal::Guard { .. }))), "{early:?}");

    let decision = approve("2026-03-04 09:00");
    let receipt = world.step("2026-03-04 09:30", "bureau", guardianship, "approve", decision).await;
    assert_eq!(receipt.linked, [emergency], "the decision is told where it was waited for");
    assert_eq!(world.state(emergency).await, "danger_cleared");
    assert_eq!(world.state(guardianship).await, "approved");
    // Approved without a placement keeps the emergency carer.
    assert_eq!(world.carer("2026-03-04 14:59").await, "样伯父");

    let place = json!({
        "kind": "foster_family", "carer": "寄养家庭", "phone": "13900000000", "from": "2026-03-04",
    });
    world.step("2026-03-04 15:00", "center", guardianship, "place", place).await;
    // By word of mouth: valid at once, and to be signed.
    assert_eq!(world.carer("2026-03-04 15:00").await, "寄养家庭");
    let signed = json!({ "document": file() });
    world.step("2026-03-05 09:00", "center", guardianship, "sign_custody_transfer", signed).await;
    let intake = json!({ "health": "良好" });
    world.step("2026-03-05 09:10", "center", guardianship, "record_intake", intake).await;

    for (step, form) in [
        ("notify_rights", json!({ "to": "样伯父", "document": file() })),
        ("record_intake", json!({ "health": "良好" })),
    ] {
        let who = if step == "notify_rights" { "center/police_station" } else { "center" };
        world.step("2026-03-05 10:00", who, emergency, step, form).await;
    }
    let close = json!({ "carer_now": "寄养家庭" });
    world.step("2026-03-05 11:00", "station", emergency, "close", close).await;

    let team = json!({ "team": ["示社工"], "guardian": "样母" });
    world.step("2026-05-06 09:00", "center", guardianship, "assess_guardian", team).await;
    let returned = json!({
        "report": file(), "conditions_met": true, "child_view": "想回家", "notice": file(),
    });
    let alone = world.try_step("bureau", None, guardianship, "decide_return", returned).await;
    assert!(
        matches!(&alone, Err(EngineError::Refused(refusal)) if refusal.code().ends_with("harm_needs_conference")),
        "{alone:?}"
    );
    let call = json!({ "report": file(), "members": ["police", "bureau"] });
    world.step("2026-05-08 09:00", "center", guardianship, "call_conference", call).await;
    let agreed = json!({
        "minutes": file(), "danger_gone": true, "child_view": "想和妈妈住", "notice": file(),
        "told": ["school"],
    });
    world.step("2026-05-11 09:00", "center", guardianship, "conclude_return", agreed).await;
    let home = json!({ "by": "样母", "at": "2026-05-13 10:00", "transfer_paper": file() });
    let who = "station/parent_guardian";
    world.step("2026-05-13 11:00", who, guardianship, "collect_child", home).await;
    let last = world.engine.history(guardianship).await.expect("a history").pop();
    let handed = last.and_then(|entry| entry.body).map(|body| body.handed).unwrap_or_default();
    assert_eq!(handed.first().map(|handed| handed.handoff.as_str()), Some("H29"));
    assert_eq!(world.carer("2026-05-13 10:00").await, "样母");

    let visit = json!({ "result": "met", "at": "2026-05-18 10:00", "finding": "照护正常" });
    world.step("2026-05-18 12:00", "director", guardianship, "record_visit", visit).await;
    let end = json!({ "note": "照护良好", "visits": 1 });
    world.step("2026-11-16 10:00", "center", guardianship, "end_follow_up", end).await;
    assert_eq!(world.state(guardianship).await, "ended_returned");

    // One holder at every instant from the removal on, over both cases.
    let ledger = world.ledger().await;
    let lines = ledger.lines();
    assert_eq!(lines.len(), 5);
    assert!(lines.windows(2).all(|pair| {
        pair[0].record.at <= pair[1].record.at
            && pair[1].record.from.as_ref() == Some(&pair[0].record.to)
    }));
    assert_eq!(ledger.at(at("2026-03-02 20:59")), None);
    let verdict = world.engine.verify(VerifyOptions { redecide: true }, |_| ()).await;
    let verdict = verdict.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults);
}

#[tokio::test]
async fn a_refusal_brings_the_emergency_back_to_its_carer() {
    let world = World::new().await;
    let (emergency, guardianship) = until_the_request(&world).await;
    let refuse = json!({
        "reason": "伯父愿意长期照料", "who_cares": "样伯父", "remedies_told": "可向上级申诉",
    });
    world.step("2026-03-04 09:00", "bureau", guardianship, "refuse", refuse).await;
    assert_eq!(world.state(guardianship).await, "refused");
    assert_eq!(world.state(emergency).await, "in_emergency_care");
    assert_eq!(world.carer("2026-03-05").await, "样伯父");
    // Asked again, a new case is opened.
    let ask = json!({ "ground": "seriously_harmed_or_threatened" });
    let step = "request_temporary_guardianship";
    let receipt = world.step("2026-03-06 09:00", "center", emergency, step, ask).await;
    assert_ne!(receipt.linked, [guardianship]);
    assert_eq!(receipt.linked.len(), 1);
}

#[tokio::test]
async fn who_asks_while_guardianship_goes_on_tells_that_case_and_opens_no_second() {
    let world = World::new().await;
    let (emergency, guardianship) = placed(&world).await;
    let gone = json!({ "at": "2026-04-01 20:00", "last_seen": "车站" });
    let receipt = world.step("2026-04-01 21:00", "center", guardianship, "abscond", gone).await;
    let search = *receipt.linked.first().expect("an emergency");
    assert_ne!(search, emergency);
    let found = json!({ "responder": "village", "at": "2026-04-02 08:00", "found": "平安" });
    world.step("2026-04-02 08:10", "director", search, "local_first_response", found).await;
    let removed = json!({ "ground": "无人照看", "at": "2026-04-02 08:30" });
    world.step("2026-04-02 08:35", "station/police_station", search, "remove_child", removed).await;
    assert_eq!(world.carer("2026-04-02 08:29").await, "寄养家庭", "an absence moves no custody");
    assert_eq!(world.carer("2026-04-02 08:30").await, "示例机关");
    let escort = json!({ "destination": "未保中心", "kind": "minor_protection_institution" });
    world.step("2026-04-02 09:00", "station/police_station", search, "escort", escort).await;
    let to = json!({
        "to": "示站长", "kind": "minor_protection_institution", "at": "2026-04-02 10:00",
        "written": true, "harm_by_guardian": false,
    });
    world.step("2026-04-02 10:05", "center", search, "custody_transfer", to).await;

    // The other case cannot have had the child back before that.
    let back = |when: &str| json!({ "at": when, "condition": "平安" });
    let refused =
        world.try_step("center", None, guardianship, "found", back("2026-04-02 09:30")).await;
    assert!(
        matches!(&refused, Err(EngineError::Refused(refusal)) if refusal.code().ends_with("custody_goes_back")),
        "{refused:?}"
    );
    let ask = json!({ "ground": "guardian_missing_no_other" });
    let step = "request_temporary_guardianship";
    let receipt = world.step("2026-04-02 11:00", "center", search, step, ask).await;
    assert_eq!(receipt.linked, [guardianship]);
    let told = world.engine.history(guardianship).await.expect("a history").pop();
    assert_eq!(told.map(|entry| entry.envelope.kind), Some(Kind::Informed));
    // It was taken over long ago; the emergency names that time and no other.
    let taken = |when: &str| json!({ "case": guardianship, "at": when });
    let step = "guardianship_taken_over";
    let other = world.try_step("bureau", None, search, step, taken("2026-04-02 11:00")).await;
    assert!(
        matches!(&other, Err(EngineError::Refused(Refusal::Field { field, .. })) if field == "at"),
        "{other:?}"
    );
    world.step("2026-04-02 11:30", "bureau", search, step, taken("2026-03-04 09:00")).await;
    assert_eq!(world.state(search).await, "danger_cleared");
    let found = back("2026-04-02 12:00");
    world.step("2026-04-02 12:30", "center", guardianship, "found", found).await;
    assert_eq!(world.carer("2026-04-02 11:59").await, "示站长");
    assert_eq!(world.carer("2026-04-02 12:00").await, "寄养家庭");
}

#[tokio::test]
async fn the_notices_of_a_long_stay_come_with_time_once_each() {
    let world = World::new().await;
    let (_, guardianship) = placed(&world).await;
    let notices = async || {
        let entries = world.engine.history(guardianship).await.expect("a history");
        entries.iter().filter(|entry| entry.envelope.transition == "stay_warning").count()
    };
    let sweep = async |when: &str| {
        world.clock.set(at(when));
        world.engine.sweep().await.expect("a sweep").waits
    };
    // Nine months from the taking over end with 4 December.
    assert_eq!(sweep("2026-12-04 23:59").await, 0);
    assert_eq!(sweep("2026-12-05 00:01").await, 1);
    assert_eq!((sweep("2026-12-06 00:01").await, notices().await), (0, 1));
    let duties = world.engine.duties_of(guardianship).await.expect("duties");
    assert!(duties.iter().any(|row| row.duty.name == "decide_stay" && row.duty.is_open()));
    let last = world.engine.history(guardianship).await.expect("a history");
    let last = last.iter().rfind(|entry| entry.envelope.transition == "stay_warning");
    assert_eq!(last.map(|entry| entry.envelope.actor.as_str()), Some("system"));

    // In hospital nothing is told; back again, the first notice is not told anew.
    let sick = json!({ "hospital": "县医院", "at": "2027-01-20 09:00" });
    world.step("2027-01-20 09:00", "center", guardianship, "hospitalise", sick).await;
    assert_eq!(sweep("2027-02-10 00:01").await, 0);
    let back = json!({ "at": "2027-02-20 09:00" });
    world.step("2027-02-20 09:00", "center", guardianship, "back_from_hospital", back).await;
    assert_eq!((sweep("2027-02-20 10:00").await, notices().await), (1, 2));
    assert_eq!((sweep("2027-03-20 10:00").await, notices().await), (0, 2));
    let stored = world.engine.stored_case(guardianship).await.expect("the case");
    assert_eq!(stored.facts.state, "placed");
    assert_eq!(stored.attributes.get("stay_notice").map(String::as_str), Some("eleven_months"));
    // A year and more is not refused. It is late, shown, and climbs its ladder.
    let norm = world.engine.duties_of(guardianship).await.expect("duties");
    let norm = norm.iter().rfind(|row| row.duty.name == "stay_norm").expect("the norm");
    assert!(norm.duty.is_open() && norm.duty.is_late(at("2027-03-20 10:00")));
    let team = json!({ "team": ["示社工"], "guardian": "样母" });
    world.step("2027-03-21 09:00", "center", guardianship, "assess_guardian", team).await;
    let verdict = world.engine.verify(VerifyOptions { redecide: true }, |_| ()).await;
    assert!(verdict.expect("a verdict").is_clean());
}

#[tokio::test]
async fn a_need_of_a_guardian_asks_for_guardianship_once() {
    let world = World::new().await;
    let found = json!({
        "found_at": "2026-03-02 08:00", "facts": "父母失联", "situations": ["abandoned_or_unattended"],
    });
    let report = world.open("director", "mandatory_report", "discover", found).await.case;
    let needs = json!({ "needs": ["guardianship"] });
    let who = "center/county_police";
    let receipt = world.step("2026-03-02 09:00", who, report, "refer_needs", needs.clone()).await;
    let [assessment, guardianship] = *receipt.linked else { panic!("{:?}", receipt.linked) };
    let stored = world.engine.stored_case(assessment).await.expect("the case");
    assert_eq!(stored.facts.procedure, "assessment_assistance");
    let stored = world.engine.stored_case(guardianship).await.expect("the case");
    assert_eq!(stored.facts.procedure, "temporary_guardianship");
    assert_eq!(stored.facts.state, "requested");
    assert!(!stored.attributes.contains_key("ground"), "whoever decides names the ground");
    let receipt = world.step("2026-03-02 10:00", who, report, "refer_needs", needs).await;
    assert_eq!(receipt.linked, [assessment], "one is open; only the assessment is told");
}

/// An emergency in which the child is missing on this day of March and found again; who checks it
/// in the end.
async fn missing(world: &World, day: u32, checked_by: Value) -> (CaseId, Result<Receipt, String>) {
    let time = |clock: &str| format!("2026-{:02}-{:02} {clock}", 3 + day / 32, (day - 1) % 31 + 1);
    world.clock.set(at(&time("20:00")));
    let alarm = json!({ "at": time("20:00"), "danger": "走失", "place": "三组" });
    let case = world.open("director", "emergency_response", "raise_alarm", alarm).await.case;
    let gone = json!({
        "missing_since": time("19:30"), "last_seen": "村口", "description": "红色外套",
    });
    world.step(&time("20:10"), "station/police_station", case, "start_search", gone).await;
    let found = json!({ "at": time("21:00"), "place": "河边", "condition": "平安" });
    world.step(&time("21:10"), "station/police_station", case, "found_safe", found).await;
    let settled = json!({ "stopped": "送回家中", "carer": "祖父" });
    world.step(&time("21:30"), "station/police_station", case, "resolve_on_site", settled).await;
    world.clock.set(at(&time("22:00")));
    let cleared = json!({ "checked_by": checked_by, "carer": { "name": "祖父" } });
    let done = world.try_step("station", None, case, "confirm_danger_cleared", cleared).await;
    let done = done.map_err(|problem| match problem {
        EngineError::Refused(refusal) => refusal.code(),
        problem => panic!("{problem}"),
    });
    (case, done)
}

#[tokio::test]
async fn a_child_missing_again_within_thirty_days_is_checked_by_two_although_the_first_case_ended()
{
    let world = World::new().await;
    let one = || json!([{ "name": "周主任" }]);
    let (first, done) = missing(&world, 2, one()).await;
    done.expect("the first time one person is enough");
    let close = json!({ "carer_now": { "name": "祖父" } });
    world.step("2026-03-03 09:00", "center", first, "close", close).await;
    assert_eq!(world.state(first).await, "closed");

    let (second, done) = missing(&world, 20, one()).await;
    assert_eq!(done.map(|_| ()), Err("refusal.guard.missing_twice".to_owned()));
    let two = json!({
        "checked_by": [{ "name": "周主任" }, { "name": "陈督导" }], "carer": { "name": "祖父" },
    });
    world.step("2026-03-21 09:00", "station", second, "confirm_danger_cleared", two).await;
    let close = json!({ "carer_now": { "name": "祖父" } });
    world.step("2026-03-21 10:00", "center", second, "close", close).await;

    // More than thirty days later nobody asks about it any more.
    let (_, done) = missing(&world, 53, one()).await;
    done.expect("one person is enough again");
    let verdict = world.engine.verify(VerifyOptions { redecide: true }, |_| ()).await;
    assert!(verdict.expect("a verdict").is_clean());
}
