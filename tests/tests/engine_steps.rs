//! What the engine does around a transition: repeated commands, the second person, corrections,
//! ladders, handoffs, the host's transaction, waits.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    care, county,
    duty::owed::OwedDuty,
    engine::{Command, Engine, EngineError, Receipt, Setup},
    procedure::{
        Define, Duty, LegalBasis, Procedure, Refusal, Roles, Source, State, Target, Transition,
        Wait,
    },
    store::{DutyRow, Meta, StaffRow, Store},
    terms::{
        actor::{Actor, Grant, Role, SYSTEM},
        area::AreaPurpose,
        evidence::ActedBy,
        facts::SubjectKind,
        id::{ActorId, CaseId, CommandId, OriginId, UnitId},
        label::Label,
        text::Text,
        time::Timestamp,
    },
    testing::{ManualClock, MemoryStore},
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::small::clue;
use serde_json::{Value, json};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
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

fn person(id: &str, role: &str, area: &str, leader: bool) -> StaffRow {
    let unit = UnitId::new(format!("unit-{area}")).expect("a unit");
    let area = area.parse().expect("an area");
    StaffRow {
        id: ActorId::new(id).expect("an id"),
        name: id.to_owned(),
        grants: vec![Grant { role: Role::named(role), area, unit: unit.clone() }],
        unit,
        leader,
        active: true,
        absences: Vec::new(),
    }
}

/// A village, its town and the county.
async fn staffed(engine: &Engine) {
    let people = vec![
        person("director", "child_welfare_director", "999999101201", false),
        person("station", "town_station", "999999101", false),
        person("supervisor", "child_welfare_supervisor", "999999101", true),
        person("town-leader", "town_leader", "999999101", false),
        person("office", "joint_meeting_office", "999999", false),
        person("center", "minor_protection_center", "999999", false),
    ];
    engine.change_staff(&actor("director"), people).await.expect("the first people");
}

async fn set_up(store: impl Store, clock: &ManualClock) -> Engine {
    let setup = county::setup(store).expect("well formed").clock(clock.clone());
    let engine = setup.open().await.expect("complete");
    staffed(&engine).await;
    engine
}

fn actor(id: &str) -> Actor {
    Actor::at_work(ActorId::new(id).expect("an id"))
}

async fn take(engine: &Engine, who: &str, case: CaseId, step: &str, form: Value) -> Receipt {
    let command = Command::fire_named(actor(who), case, step, form);
    engine.execute(command).await.expect("a step")
}

async fn refused(engine: &Engine, who: &str, case: CaseId, step: &str, form: Value) -> Refusal {
    match engine.execute(Command::fire_named(actor(who), case, step, form)).await {
        Err(EngineError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, found {other:?}"),
    }
}

async fn duty(engine: &Engine, case: CaseId, name: &str) -> DutyRow {
    let rows = engine.duties_of(case).await.expect("duties");
    let mut named = rows.into_iter().filter(|row| row.duty.name == name);
    named.next_back().expect("a duty of this name")
}

#[tokio::test]
async fn a_repeated_command_gives_the_first_receipt_and_another_under_its_id_is_refused() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = set_up(MemoryStore::new(meta()), &clock).await;
    let id = CommandId::from_bytes([7; 16]);
    let first = engine.execute(clue().with_id(id)).await.expect("an alert");
    clock.set(at("2026-03-03 09:00"));
    let again = engine.execute(clue().with_id(id)).await.expect("the first receipt");
    assert!(again.repeated && !first.repeated);
    assert_eq!((again.case, again.revision, again.hash), (first.case, first.revision, first.hash));
    let form = json!({ "verifier": "示例甲" });
    let other = Command::fire_named(actor("director"), first.case, "start_verification", form);
    let answer = engine.execute(other.with_id(id)).await;
    assert!(matches!(answer, Err(EngineError::Refused(Refusal::CommandReused { .. }))));
}

#[tokio::test]
async fn an_extension_takes_a_second_person_and_begins_a_new_generation() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = set_up(MemoryStore::new(meta()), &clock).await;
    let case = engine.execute(clue()).await.expect("an alert").case;
    let before = duty(&engine, case, "start_verification").await.duty;
    let form = json!({
        "duty": "start_verification", "until": "2026-03-10", "reason": "大雪封路", "basis": "县里规定",
    });
    let proposed = take(&engine, "director", case, "extend_deadline", form.clone()).await;
    assert!(proposed.proposed);
    assert_eq!(duty(&engine, case, "start_verification").await.duty.due(), before.due());
    let listed = engine.worklist(&actor("station"), None, 50).await.expect("a worklist");
    assert!(listed.items.iter().any(|item| item.row.duty.name == "confirm_extend_deadline"));
    let confirm = json!({ "entry": proposed.revision });
    let own = refused(&engine, "director", case, "confirm_step", confirm.clone()).await;
    assert!(matches!(own, Refusal::FourEyes { .. }), "{own}");
    take(&engine, "station", case, "confirm_step", confirm).await;
    let after = duty(&engine, case, "start_verification").await.duty;
    assert_eq!(
        after.due(),
        Some("2026-03-10".parse::<hexacase::terms::time::CivilDate>().expect("a day").end())
    );
    assert_eq!(after.deadline.map(|deadline| deadline.generation), Some(1));
    let verdict = engine.verify(hexacase::engine::VerifyOptions { redecide: true }, |_| ()).await;
    assert!(verdict.expect("a verdict").is_clean());
}

#[tokio::test]
async fn a_corrected_date_moves_the_deadline_that_rests_on_it() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = set_up(MemoryStore::new(meta()), &clock).await;
    let case = engine.execute(clue()).await.expect("an alert").case;
    assert_eq!(
        duty(&engine, case, "start_verification").await.duty.due().map(Timestamp::date),
        Some(at("2026-03-03").date())
    );
    clock.set(at("2026-03-03 10:00"));
    // It came in on Friday, not on Monday: one working day from Friday ends on Monday.
    let form = json!({
        "entry": 1, "field": "occurred_at", "new_value": "2026-02-27 16:00", "reason": "登记有误",
    });
    let proposed = take(&engine, "director", case, "amend_entry", form).await;
    assert!(proposed.proposed, "a date is a legal fact");
    let confirm = json!({ "entry": proposed.revision });
    take(&engine, "station", case, "confirm_step", confirm).await;
    let after = duty(&engine, case, "start_verification").await.duty;
    // 2026-02-28 is a Saturday that is worked.
    assert_eq!(after.due().map(Timestamp::date), Some(at("2026-02-28").date()));
    let then = engine.case_as_of(case, at("2026-03-02 23:00")).await.expect("the case then");
    assert_eq!(
        then.image.duties.first().and_then(OwedDuty::due).map(Timestamp::date),
        Some(at("2026-03-03").date())
    );
}

#[tokio::test]
async fn every_rung_is_climbed_once_and_those_of_an_outage_in_order_and_marked_late() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = set_up(MemoryStore::new(meta()), &clock).await;
    let case = engine.execute(clue()).await.expect("an alert").case;
    clock.set(at("2026-03-03 23:59"));
    assert_eq!(engine.sweep().await.expect("a sweep").rungs, 0, "the day is not over");
    clock.set(at("2026-03-04 00:01"));
    assert!(engine.sweep().await.expect("a sweep").rungs > 0);
    assert_eq!(engine.sweep().await.expect("a sweep").rungs, 0, "climbed already");
    // Nobody sweeps for two weeks.
    clock.set(at("2026-03-18 09:00"));
    engine.sweep().await.expect("a sweep");
    let rungs = engine.escalations(Some(case), 100).await.expect("rungs");
    let of_duty: Vec<_> = rungs.iter().filter(|rung| rung.duty == "start_verification").collect();
    let steps: Vec<_> =
        of_duty.iter().map(|rung| (rung.rung, rung.addressee.as_str(), rung.late)).collect();
    assert_eq!(
        steps,
        [
            (0, "holder", false),
            (1, "unit_leader", true),
            (2, "town_leader", true),
            (3, "coordinating_body", true),
        ]
    );
    let entries = engine.history(case).await.expect("a history");
    assert_eq!(entries.iter().filter(|entry| entry.envelope.transition == "escalate").count(), 2);
}

#[tokio::test]
async fn a_triggered_report_is_a_case_of_its_own_in_the_same_step_and_hides_who_reported() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = set_up(MemoryStore::new(meta()), &clock).await;
    let alert = engine.execute(clue()).await.expect("an alert").case;
    let form = json!({ "facts": "手臂有伤", "situations": ["multiple_injuries_or_neglect"] });
    let receipt = take(&engine, "director", alert, "trigger_report", form).await;
    let report = *receipt.linked.first().expect("a report");
    let entry = engine.history(report).await.expect("a history").remove(0);
    assert_eq!(entry.envelope.role.as_ref().map(Role::as_str), Some("reporter"));
    assert!(!entry.envelope.actor.as_str().contains("director"));
    assert_eq!(entry.body.expect("a body").reporter, Some(actor("director").id));
    let stale =
        Command::fire_named(actor("station"), alert, "dismiss", json!({ "reason": "查无此事" }));
    let answer = engine.execute(stale.expecting(hexacase::terms::id::Revision::FIRST)).await;
    assert!(matches!(answer, Err(EngineError::Refused(Refusal::RevisionMoved { .. }))));
}

#[tokio::test]
async fn a_step_and_the_hosts_own_write_stand_or_fall_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = SqliteOptions::new(folder.path().join("host.db"));
    let store = SqliteStore::connect(options).await.expect("a database");
    store.init(&meta()).await.expect("an empty database");
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = set_up(store.clone(), &clock).await;
    let open = |keep: bool| {
        let (engine, store) = (engine.clone(), store.clone());
        async move {
            let mut tx = store.begin(&meta().realm).await.expect("a transaction");
            let receipt = engine.execute_in(&mut *tx, clue()).await.expect("an alert");
            let form = json!({ "reason": "" });
            let bad = Command::fire_named(actor("station"), receipt.case, "dismiss", form);
            let refusal = engine.execute_in(&mut *tx, bad).await;
            assert!(
                matches!(refusal, Err(EngineError::Refused(_))),
                "the transaction stays usable"
            );
            if keep {
                tx.commit().await.expect("a commit");
            }
            receipt.case
        }
    };
    let (gone, kept) = (open(false).await, open(true).await);
    assert!(engine.stored_case(gone).await.is_err());
    assert_eq!(engine.stored_case(kept).await.expect("the case").facts.state, "clue_received");
}

/// A county's own seventh procedure: a notice that lapses after a day.
#[derive(Debug)]
struct Notice;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NoticeState {
    Asked,
    Standing,
    Lapsed,
}

impl State for NoticeState {
    const ALL: &'static [Self] = &[Self::Asked, Self::Standing, Self::Lapsed];

    fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Standing => "standing",
            Self::Lapsed => "lapsed",
        }
    }

    fn label(self) -> Label {
        Label::new("告示", self.name())
    }

    fn is_terminal(self) -> bool {
        self == Self::Lapsed
    }
}

impl Procedure for Notice {
    const NAME: &'static str = "notice";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("告示", "notice");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Residence];
    type State = NoticeState;
    type Data = ();

    fn define(define: Define<Self>) -> Define<Self> {
        define
            .duty(
                Duty::new("answer", "答复", "answer")
                    .on(&[NoticeState::Asked])
                    .owed_by(&[care::roles::TOWN_STATION])
                    .recorded_by(&[care::roles::TOWN_STATION])
                    .limits(&["C12"])
                    .fulfilled_by(&["grant"]),
            )
            .wait(Wait::new(
                "lapse",
                Label::new("期满", "lapse"),
                NoticeState::Standing,
                "C31",
                "lapse_notice",
            ))
            .transition::<Ask>()
            .transition::<Stand>()
            .transition::<Lapse>()
    }
}

macro_rules! notice_steps {
    ($($form:ident = $name:literal, $from:expr, $to:expr, $acts:expr, $by:expr;)*) => {$(
        #[derive(Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct $form {}

        impl Transition<Notice> for $form {
            const NAME: &'static str = $name;
            const LABEL: Label = Label::new("告示", $name);
            const FROM: Source<NoticeState> = $from;
            const TO: Target<NoticeState> = Target::To(&[$to]);
            const ACTED_BY: Roles = $acts;
            const BY: Roles = $by;
            const BASIS: LegalBasis = LegalBasis::practice("示例");
        }
    )*};
}

notice_steps! {
    Ask = "ask", Source::Opens, NoticeState::Asked,
        &[care::roles::CHILD_WELFARE_DIRECTOR], &[care::roles::CHILD_WELFARE_DIRECTOR];
    Stand = "grant", Source::In(&[NoticeState::Asked]), NoticeState::Standing,
        &[care::roles::TOWN_STATION], &[care::roles::TOWN_STATION];
    Lapse = "lapse_notice", Source::In(&[NoticeState::Standing]), NoticeState::Lapsed,
        &[&[SYSTEM]], &[];
}

#[tokio::test]
async fn time_alone_ends_a_wait_once_its_limit_has_passed() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let rules = care::rules::national();
    let notice = Notice::define(Define::new()).build(&care::world(rules)).expect("well formed");
    let roles = care::roles::table();
    let keepers = [care::roles::DATA_ADMIN].concat();
    let setup = Setup::new(MemoryStore::new(meta()), rules.clone(), roles, care::wide_table())
        .procedures([notice])
        .elsewhere(&["agenda_item", "listed_oversight"])
        .escalations(care::escalations())
        .directory_kept_by(&keepers)
        .town_leader(Role::new("town_leader"))
        .clock(clock.clone());
    let engine = setup.open().await.expect("complete");
    staffed(&engine).await;
    let ask = Command::open_named(actor("director"), "notice", "ask", json!({}))
        .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"));
    let case = engine.execute(ask).await.expect("a notice").case;
    take(&engine, "station", case, "grant", json!({})).await;
    clock.set(at("2026-03-03 08:59"));
    assert_eq!(engine.sweep().await.expect("a sweep").waits, 0);
    clock.set(at("2026-03-03 09:01"));
    assert_eq!(engine.sweep().await.expect("a sweep").waits, 1);
    let stored = engine.stored_case(case).await.expect("the case");
    assert_eq!(stored.facts.state, "lapsed");
    let last = engine.history(case).await.expect("a history").pop().expect("an entry");
    assert_eq!(last.envelope.actor.as_str(), "system");
    assert_eq!(engine.sweep().await.expect("a sweep").waits, 0);
}

#[tokio::test]
async fn a_right_forged_in_the_directory_is_found_and_a_case_elsewhere_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("forged.db");
    let store = SqliteStore::connect(SqliteOptions::new(&path)).await.expect("a database");
    store.init(&meta()).await.expect("an empty database");
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = set_up(store.clone(), &clock).await;
    let verify = || engine.verify(hexacase::engine::VerifyOptions::default(), |_| ());
    assert!(verify().await.expect("a verdict").is_clean());
    let elsewhere = clue().in_area(AreaPurpose::Residence, "123456".parse().expect("an area"));
    let answer = engine.execute(elsewhere).await;
    assert!(
        matches!(answer, Err(EngineError::Refused(Refusal::Field { field, .. })) if field == "areas")
    );
    // Somebody writes past the engine: a row of the directory without an entry.
    let mut tx = store.begin(&meta().realm).await.expect("a transaction");
    let forged = person("director", "county_leader", "999999", true);
    let group = hexacase::store::Group { staff: vec![forged], ..hexacase::store::Group::default() };
    tx.append(&[group]).await.expect("a written row");
    tx.commit().await.expect("a commit");
    let verdict = verify().await.expect("a verdict");
    assert_eq!(verdict.faults.iter().map(|fault| fault.table).collect::<Vec<_>>(), ["staff"]);
}

#[tokio::test]
async fn an_outside_act_names_who_acted_and_nobody_acts_for_a_role_that_may_not() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = set_up(MemoryStore::new(meta()), &clock).await;
    let form = json!({ "at": "2026-03-02 08:50", "danger": "独自在家", "place": "家中" });
    let raise = Command::open_named(actor("director"), "emergency_response", "raise_alarm", form)
        .in_area(AreaPurpose::Incident, "999999101201".parse().expect("an area"));
    let case = engine.execute(raise).await.expect("an alarm").case;
    let form = json!({ "responder": "police", "at": "2026-03-02 08:55" });
    let dispatch = || Command::fire_named(actor("director"), case, "dispatch", form.clone());
    let nobody = engine.execute(dispatch()).await;
    assert!(matches!(nobody, Err(EngineError::Refused(Refusal::ActedByMissing { .. }))));
    let by = |role| ActedBy {
        role: Role::new(role),
        organ: Text::new("示例派出所").expect("a text"),
        document_no: None,
        document_date: None,
        person: None,
        scan: None,
    };
    let court = engine.execute(dispatch().acted_by(by("court"))).await;
    assert!(matches!(court, Err(EngineError::Refused(Refusal::ActedByRole { .. }))));
    let police = engine.execute(dispatch().acted_by(by("police_station"))).await;
    assert_eq!(police.expect("a step").state, "dispatched");
}

#[tokio::test]
async fn nobody_acts_in_the_name_of_the_system_and_nobody_is_called_like_it() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = set_up(MemoryStore::new(meta()), &clock).await;
    let refused = async |command: Command| match engine.execute(command).await {
        Err(EngineError::Refused(refusal)) => refusal.code(),
        answer => panic!("{answer:?}"),
    };
    let system = ActedBy {
        role: SYSTEM,
        organ: Text::new("系统").expect("a text"),
        document_no: None,
        document_date: None,
        person: None,
        scan: None,
    };
    // A clue may come from a system, but it is a person who says so.
    let clue = || {
        let form = json!({
            "source": "data_match", "facts": "样例线索", "seen_at": "2026-03-02 08:00",
            "suspected_red": false, "description": "身份不明的示例儿童",
        });
        Command::open_named(actor("director"), "risk_alert", "register_clue", form)
            .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"))
    };
    assert_eq!(refused(clue().acted_by(system.clone())).await, "refusal.acts_as_system");
    let case = engine.execute(clue()).await.expect("an alert").case;
    // Neither a step of the procedure nor one of the engine's own.
    for (step, form) in [
        ("start_verification", json!({ "verifier": "示例甲" })),
        ("add_note", json!({ "text": "备注" })),
    ] {
        let command = |actor| Command::fire_named(actor, case, step, form.clone());
        let claimed = command(actor("director")).acted_by(system.clone());
        assert_eq!(refused(claimed).await, "refusal.acts_as_system", "{step}");
        assert_eq!(refused(command(Actor::system())).await, "refusal.acts_as_system", "{step}");
    }
    let row = person("system", "town_station", "999999101", false);
    let answer = engine.change_staff(&actor("office"), vec![row]).await;
    assert!(matches!(&answer, Err(EngineError::Refused(Refusal::Field { field, .. }))
        if field == "people[0].id"));
}
