//! Assessment and help with real handoffs: what an alert asks for is opened, what the plan hands
//! over reaches the units that are to serve, and the plan sees how they end.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    county,
    engine::{Command, Engine, EngineError, Receipt, VerifyOptions},
    store::{CaseQuery, Meta, StaffRow, StoredCase},
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

fn person(id: &str, role: &str, area: &str, unit: &str) -> StaffRow {
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

fn actor(id: &str) -> Actor {
    Actor::at_work(ActorId::new(id).expect("an id"))
}

/// A county with a village, a town, the county's offices and two units that serve.
struct Stage {
    engine: Engine,
    clock: ManualClock,
}

impl Stage {
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
            person("director", "child_welfare_director", "999999101201", "village"),
            person("station", "town_station", "999999101", "town"),
            person("supervisor", "child_welfare_supervisor", "999999101", "town"),
            person("leader", "town_leader", "999999101", "town"),
            person("office", "joint_meeting_office", "999999", "office"),
            person("bureau", "civil_affairs_bureau", "999999", "civil-affairs"),
            person("center", "minor_protection_center", "999999", "center"),
            person("teacher", "school", "999999101", "town-school"),
            person("education", "member_liaison", "999999", "education"),
            person("health", "member_liaison", "999999", "health"),
            person("justice", "member_liaison", "999999", "justice"),
        ];
        engine.change_staff(&actor("director"), people).await.expect("the first people");
        Self { engine, clock }
    }

    async fn send(&self, command: Command) -> Result<Receipt, EngineError> {
        self.engine.execute(command).await
    }

    async fn take(&self, when: &str, who: &str, case: CaseId, step: &str, form: Value) -> Receipt {
        self.clock.set(at(when));
        let command = Command::fire_named(actor(who), case, step, form);
        let command = match acting(step) {
            Some((role, organ)) => command.acted_by(ActedBy {
                role: Role::named(role),
                organ: Text::new(organ).expect("a text"),
                document_no: None,
                document_date: None,
                person: None,
                scan: None,
            }),
            None => command,
        };
        match self.send(command).await {
            Ok(receipt) => receipt,
            Err(problem) => panic!("`{step}` by {who}: {problem}"),
        }
    }

    async fn refused(&self, who: &str, case: CaseId, step: &str, form: Value) -> String {
        match self.send(Command::fire_named(actor(who), case, step, form)).await {
            Err(EngineError::Refused(refusal)) => refusal.code(),
            other => panic!("expected a refusal of `{step}`, found {other:?}"),
        }
    }

    /// The cases of the child in a procedure, oldest first.
    async fn cases(&self, procedure: &str) -> Vec<StoredCase> {
        let query = CaseQuery { limit: 100, ..CaseQuery::default() };
        let mut cases = self.engine.cases(&query).await.expect("cases");
        cases.retain(|case| case.facts.procedure == procedure && case.facts.subject == CHILD);
        cases.sort_by_key(|case| case.facts.id);
        cases
    }

    async fn state(&self, case: CaseId) -> String {
        self.engine.stored_case(case).await.expect("a case").facts.state
    }

    /// Who holds the open duties of a case.
    async fn holders(&self, case: CaseId) -> Vec<(String, String)> {
        let rows = self.engine.duties_of(case).await.expect("duties");
        rows.into_iter()
            .filter(|row| row.duty.is_open())
            .map(|row| {
                let unit = row.duty.holder.unit.map(|unit| unit.to_string());
                (row.duty.name, unit.unwrap_or_default())
            })
            .collect()
    }

    async fn listed(&self, who: &str, case: CaseId) -> bool {
        let list = self.engine.worklist(&actor(who), None, 50).await.expect("a worklist");
        list.items.iter().any(|item| item.row.case == case)
    }

    /// An alert of the child, graded so.
    async fn alert(&self, points: i64, colour: &str) -> CaseId {
        let clue = json!({
            "source": "director", "facts": "祖父病重，无人照料", "seen_at": "2026-03-02 08:00",
            "suspected_red": false,
        });
        let open = Command::open_named(actor("director"), "risk_alert", "register_clue", clue)
            .about(CHILD)
            .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"));
        let case = self.send(open).await.expect("an alert").case;
        let verifier = json!({ "verifier": "示例甲" });
        self.take("2026-03-02 10:00", "director", case, "start_verification", verifier).await;
        let grade = json!({
            "instrument": "four_colour/1", "colour": colour, "left_behind": true,
            "answers": { "guardianship": points, "physiology": 80, "behaviour": 90 },
        });
        self.take("2026-03-02 11:00", "director", case, "propose_grade", grade).await;
        let confirm = json!({ "colour": colour, "first_visit_due": "2026-03-09" });
        self.take("2026-03-02 12:00", "supervisor", case, "confirm_grade", confirm).await;
        case
    }

    /// The assessment of the child, up to its referrals on 9 March.
    async fn assisting(&self, referrals: Value) -> CaseId {
        let case = self.cases("assessment_assistance").await.first().expect("one").facts.id;
        let team = json!({ "team": ["示例甲", "示例乙"], "in_house": 2 });
        self.take("2026-03-03 09:00", "station", case, "assign_team", team).await;
        let report = json!({
            "report": file(), "surveyed_on": "2026-03-05", "place": "家中",
            "capacity_grade": "insufficient", "needs": ["psychology"], "child_view": "想和奶奶住",
            "temporary_guardianship": false, "programmes": ["最低生活保障"],
        });
        self.take("2026-03-05 09:00", "station", case, "submit_report", report).await;
        let plan = json!({
            "goals": "有人照料", "measures": ["心理疏导"], "units": ["education"],
            "until": "2026-09-30",
        });
        self.take("2026-03-06 09:00", "station", case, "draft_plan", plan).await;
        self.take("2026-03-07 09:00", "leader", case, "approve_plan", json!({})).await;
        let sent = json!({ "referrals": referrals });
        self.take("2026-03-09 09:00", "station", case, "send_referrals", sent).await;
        case
    }
}

/// Who really acts where somebody else of the town records the step.
fn acting(step: &str) -> Option<(&'static str, &'static str)> {
    (step == "redirect").then_some(("town_station", "示例镇未保站"))
}

fn file() -> Value {
    json!({
        "sha256": "00".repeat(32), "name": "报告.pdf", "media_type": "application/pdf", "size": 3
    })
}

fn referral(need: &str, unit: &str) -> Value {
    json!({
        "need": need, "to_unit": unit, "what": "每周一次辅导", "from": "2026-03-09",
        "until": "2026-06-30", "shared_fields": ["姓名"],
    })
}

#[tokio::test]
async fn a_yellow_alert_opens_the_assessment_and_the_plan_ends_when_its_referrals_have() {
    let stage = Stage::new().await;
    let alert = stage.alert(50, "yellow").await;
    let assessments = stage.cases("assessment_assistance").await;
    assert_eq!(assessments.len(), 1, "opened in the same step");
    assert_eq!(assessments[0].attributes.get("colour").map(String::as_str), Some("yellow"));
    assert_eq!(
        stage.holders(assessments[0].facts.id).await,
        [("assign_team".into(), "town".into())]
    );

    let plan = stage.assisting(json!([referral("psychology", "education")])).await;
    let referrals = stage.cases("referral").await;
    assert_eq!(referrals.len(), 1);
    let sent = referrals[0].facts.id;
    // The receiving unit owes the answer and sees it; another unit does not.
    let holders = stage.holders(sent).await;
    assert!(holders.contains(&("answer_referral".into(), "education".into())), "{holders:?}");
    assert!(holders.contains(&("chase_answer".into(), "town".into())), "{holders:?}");
    assert!(stage.listed("education", sent).await && !stage.listed("health", sent).await);
    let accept = json!({ "responsible": "示例老师", "begins": "2026-03-12" });
    let code = stage.refused("health", sent, "accept_referral", accept.clone()).await;
    assert_eq!(code, "refusal.out_of_area");
    let done = json!({ "results": "已完成" });
    let code = stage.refused("station", plan, "services_done", done.clone()).await;
    assert_eq!(code, "refusal.guard.referrals_open");

    stage.take("2026-03-10 09:00", "education", sent, "accept_referral", accept).await;
    let start = json!({ "first_on": "2026-03-12" });
    stage.take("2026-03-12 18:00", "education", sent, "start_service", start).await;
    let complete = json!({ "result": "八次", "effect": "情绪平稳" });
    stage.take("2026-05-20 09:00", "education", sent, "complete_service", complete).await;
    stage.take("2026-05-21 09:00", "station", plan, "services_done", done).await;
    let reassess = json!({ "instrument": "four_colour/1" });
    stage.take("2026-06-20 09:00", "supervisor", plan, "reassess", reassess).await;
    let close = json!({ "report": file(), "effect": "照料稳定", "child_view": "很好" });
    stage.take("2026-06-21 09:00", "station", plan, "close_goal_met", close).await;
    assert_eq!(stage.state(plan).await, "closed_goal_met");
    // The color is looked at anew, visibly, and has not changed.
    let alert = stage.engine.stored_case(alert).await.expect("the alert");
    assert_eq!(alert.facts.state, "regrading");
    assert_eq!(alert.attributes.get("colour").map(String::as_str), Some("yellow"));
    let verdict = stage.engine.verify(VerifyOptions { redecide: true }, |_| ()).await;
    assert!(verdict.expect("a verdict").is_clean());
}

#[tokio::test]
async fn a_second_procedure_that_asks_for_help_tells_the_open_assessment() {
    let stage = Stage::new().await;
    stage.alert(50, "yellow").await;
    let found = json!({
        "found_at": "2026-03-02 13:00", "facts": "手臂多处淤青",
        "situations": ["multiple_injuries_or_neglect"],
    });
    let open = Command::open_named(actor("director"), "mandatory_report", "discover", found)
        .about(CHILD)
        .in_area(AreaPurpose::Incident, "999999101201".parse().expect("an area"));
    stage.clock.set(at("2026-03-02 13:00"));
    let report = stage.send(open).await.expect("a report").case;
    let refer = json!({ "needs": ["health"] });
    let bureau = stage.take("2026-03-02 14:00", "bureau", report, "refer_needs", refer).await;
    let assessments = stage.cases("assessment_assistance").await;
    assert_eq!(assessments.len(), 1, "no second one");
    assert!(bureau.linked.contains(&assessments[0].facts.id));
    let history = stage.engine.history(assessments[0].facts.id).await.expect("a history");
    let last = history.last().expect("an entry");
    assert_eq!(
        (last.envelope.kind, assessments[0].facts.state.as_str()),
        (Kind::Informed, "pending_assessment")
    );
    // By hand neither.
    let form = json!({ "source": "来电", "reason": "邻居反映" });
    let again =
        Command::open_named(actor("station"), "assessment_assistance", "open_assessment", form)
            .about(CHILD)
            .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"));
    match stage.send(again).await {
        Err(EngineError::Refused(refusal)) => {
            assert_eq!(refusal.code(), "refusal.guard.one_assessment");
        }
        other => panic!("expected a refusal, found {other:?}"),
    }
}

#[tokio::test]
async fn a_refusal_is_the_lead_units_and_a_new_unit_is_asked_in_the_same_step() {
    let stage = Stage::new().await;
    stage.alert(50, "yellow").await;
    let plan = stage.assisting(json!([referral("psychology", "education")])).await;
    let first = stage.cases("referral").await[0].facts.id;
    let no = json!({ "reason": "no_capacity", "text": "没有心理教师" });
    stage.take("2026-03-10 09:00", "education", first, "refuse_referral", no).await;
    assert_eq!(stage.holders(first).await, [("adjudicate".into(), "town".into())]);
    assert!(stage.listed("station", first).await && !stage.listed("education", first).await);
    let other = json!({ "new_unit": "health" });
    let receipt = stage.take("2026-03-11 09:00", "supervisor", first, "redirect", other).await;
    let referrals = stage.cases("referral").await;
    let states: Vec<_> = referrals.iter().map(|case| case.facts.state.as_str()).collect();
    assert_eq!((states, receipt.linked.len()), (vec!["withdrawn", "sent"], 1));
    let second = referrals[1].facts.id;
    assert!(stage.listed("health", second).await);
    // The plan waits for the new one as it did for the first.
    let done = json!({ "results": "已完成" });
    let code = stage.refused("station", plan, "services_done", done).await;
    assert_eq!(code, "refusal.guard.referrals_open");
}

#[tokio::test]
async fn the_third_refusal_of_a_need_waits_before_the_joint_meeting_and_moves_nothing_else() {
    let stage = Stage::new().await;
    stage.alert(50, "yellow").await;
    stage.assisting(json!([referral("psychology", "education")])).await;
    let agenda = || async {
        let query = CaseQuery { limit: 100, ..CaseQuery::default() };
        let mut cases = stage.engine.cases(&query).await.expect("cases");
        cases.retain(|case| case.facts.procedure == "agenda_item");
        cases
    };
    let no = json!({ "reason": "no_capacity", "text": "没有心理教师" });
    for (day, unit, next) in
        [(10, "education", Some("health")), (12, "health", Some("justice")), (16, "justice", None)]
    {
        assert!(agenda().await.is_empty(), "before the third");
        let sent = stage.cases("referral").await.pop().expect("a referral").facts.id;
        let when = format!("2026-03-{day} 09:00");
        stage.take(&when, unit, sent, "refuse_referral", no.clone()).await;
        if let Some(next) = next {
            let when = format!("2026-03-{day} 10:00");
            stage.take(&when, "supervisor", sent, "redirect", json!({ "new_unit": next })).await;
        }
    }
    let items = agenda().await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].facts.state, "proposed");
    assert_eq!(items[0].facts.subject.kind, SubjectKind::County);
    let last = stage.cases("referral").await.pop().expect("a referral");
    assert_eq!(last.facts.state, "refused");
    assert!(stage.listed("office", items[0].facts.id).await, "a person takes it up");
}

#[tokio::test]
async fn the_town_answers_for_a_unit_without_an_account() {
    let stage = Stage::new().await;
    let form = referral("psychology", "counsellors");
    let send = Command::open_named(actor("station"), "referral", "send_referral", form)
        .about(CHILD)
        .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"));
    let sent = stage.send(send).await.expect("a referral").case;
    let holders = stage.holders(sent).await;
    assert!(holders.iter().all(|(_, unit)| unit == "town"), "{holders:?}");
}

#[tokio::test]
async fn one_need_goes_to_a_unit_once_and_a_refused_handoff_leaves_nothing() {
    let stage = Stage::new().await;
    stage.alert(50, "yellow").await;
    let plan = stage.cases("assessment_assistance").await[0].facts.id;
    let team = json!({ "team": ["示例甲"], "in_house": 1 });
    stage.take("2026-03-03 09:00", "station", plan, "assign_team", team).await;
    let report = json!({
        "report": file(), "surveyed_on": "2026-03-03", "place": "家中",
        "capacity_grade": "normal", "needs": ["psychology"], "why_not": "只有两岁",
        "temporary_guardianship": false,
    });
    stage.take("2026-03-05 09:00", "station", plan, "submit_report", report).await;
    let draft = json!({
        "goals": "情绪平稳", "measures": ["心理疏导"], "units": ["education"], "until": "2026-09-30",
    });
    stage.take("2026-03-06 09:00", "station", plan, "draft_plan", draft).await;
    stage.take("2026-03-07 09:00", "leader", plan, "approve_plan", json!({})).await;
    let twice = referral("psychology", "education");
    let sent = json!({ "referrals": [twice.clone(), twice] });
    let code = stage.refused("station", plan, "send_referrals", sent).await;
    assert_eq!(code, "refusal.guard.one_per_unit_and_need");
    assert_eq!(
        (stage.state(plan).await, stage.cases("referral").await.len()),
        ("plan_approved".into(), 0)
    );
}

#[tokio::test]
async fn harm_that_a_service_finds_is_reported_in_the_same_step_and_hides_who_found_it() {
    let stage = Stage::new().await;
    stage.alert(50, "yellow").await;
    stage.assisting(json!([referral("psychology", "education")])).await;
    let sent = stage.cases("referral").await[0].facts.id;
    let accept = json!({ "responsible": "示例老师", "begins": "2026-03-12" });
    stage.take("2026-03-10 09:00", "education", sent, "accept_referral", accept).await;
    let found = json!({ "facts": "手臂有烫伤" });
    stage.clock.set(at("2026-03-11 09:00"));
    let report =
        Command::fire_named(actor("education"), sent, "report_danger", found).acted_by(ActedBy {
            role: Role::named("any_reporter"),
            organ: Text::new("示例学校").expect("a text"),
            document_no: None,
            document_date: None,
            person: None,
            scan: None,
        });
    stage.send(report).await.expect("a report");
    let reports = stage.cases("mandatory_report").await;
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].facts.state, "discovered");
    let history = stage.engine.history(sent).await.expect("a history");
    let last = history.last().expect("an entry");
    assert_ne!(last.envelope.actor.as_str(), "education");
}

#[tokio::test]
async fn a_plan_received_elsewhere_withdraws_the_referrals_that_run() {
    let stage = Stage::new().await;
    stage.alert(50, "yellow").await;
    let plan = stage.assisting(json!([referral("psychology", "education")])).await;
    let sent = stage.cases("referral").await[0].facts.id;
    let moved = json!({ "event": "moved_away", "date": "2026-04-01" });
    stage.take("2026-04-01 09:00", "station", plan, "record_life_event", moved).await;
    assert_eq!(stage.state(sent).await, "sent", "it runs until the plan is received");
    let taken = json!({ "accepted_by": "other-town", "at": "2026-04-02 09:00" });
    stage.take("2026-04-02 10:00", "station", plan, "transfer_accepted", taken).await;
    assert_eq!(
        (stage.state(plan).await, stage.state(sent).await),
        ("transferred_out".into(), "withdrawn".into())
    );
    let verdict = stage.engine.verify(VerifyOptions { redecide: true }, |_| ()).await;
    assert!(verdict.expect("a verdict").is_clean());
}

#[tokio::test]
async fn a_correction_of_an_approved_plan_does_not_ask_again_who_was_who() {
    let stage = Stage::new().await;
    stage.alert(30, "red").await;
    let plan = stage.cases("assessment_assistance").await[0].facts.id;
    assert_eq!(stage.holders(plan).await, [("assign_team".into(), "center".into())]);
    let team = json!({ "team": ["示例甲"], "in_house": 1 });
    stage.take("2026-03-03 09:00", "center", plan, "assign_team", team).await;
    let report = json!({
        "report": file(), "surveyed_on": "2026-03-03", "place": "家中",
        "capacity_grade": "improper", "needs": [], "child_view": "想上学",
        "temporary_guardianship": false,
    });
    stage.take("2026-03-05 09:00", "center", plan, "submit_report", report).await;
    let draft = json!({
        "goals": "安全", "measures": ["入户"], "units": [], "until": "2026-09-30",
    });
    stage.take("2026-03-06 09:00", "center", plan, "draft_plan", draft).await;
    stage.clock.set(at("2026-03-07 09:00"));
    let code = stage.refused("leader", plan, "approve_plan", json!({})).await;
    assert_eq!(code, "refusal.guard.red_plan_needs_county");
    stage.take("2026-03-07 09:00", "bureau", plan, "approve_plan", json!({})).await;
    let own = json!({ "referrals": [], "own_measures": "每周入户" });
    stage.take("2026-03-08 09:00", "center", plan, "send_referrals", own).await;
    let form = json!({
        "entry": 2, "field": "in_house", "new_value": 0, "reason": "均为外聘社工",
    });
    let amended = stage.take("2026-03-09 09:00", "center", plan, "amend_entry", form).await;
    assert!(amended.proposed);
    let confirm = json!({ "entry": amended.revision });
    stage.take("2026-03-09 10:00", "station", plan, "confirm_step", confirm).await;
    let verdict = stage.engine.verify(VerifyOptions::default(), |_| ()).await;
    assert!(verdict.expect("a verdict").is_clean());
}
