//! The ladder over overdue duties: rungs, proposals, outage, absence, extension and suspension in
//! the middle, two sweeps at once, judicial organs, refusals of the receiving procedure.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on is to stop"
)]

use hexacase::{
    care::rules::national,
    county,
    duty::{mark::Mark, owed::OwedDuty},
    engine::{Command, Engine, Swept, VerifyOptions},
    store::{Absence, CaseQuery, Rung, Store, StoredCase},
    terms::{
        area::AreaPurpose,
        id::{ActorId, CaseId, UnitId},
        time::CivilDate,
    },
    testing::{ManualClock, MemoryStore},
    trail::{Kind, LinkKind},
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::escalated::{actor, ask, at, engine, meta, people, person};
use serde_json::{Value, json};

async fn sweep(engine: &Engine) -> Swept {
    engine.sweep().await.expect("a sweep")
}

/// Sweeps at nine each morning up to and including this day.
async fn sweep_daily(engine: &Engine, clock: &ManualClock, from: &str, to: &str) {
    let (from, to) = (at(from).date().days(), at(to).date().days());
    for day in from..=to {
        clock.set(CivilDate::from_days(day).start().plus_hours(9));
        sweep(engine).await;
    }
}

async fn rungs(engine: &Engine, case: CaseId, duty: &str) -> Vec<Rung> {
    let mut rungs = engine.escalations(Some(case), u32::MAX).await.expect("rungs");
    rungs.retain(|rung| rung.duty == duty);
    rungs
}

fn names(rungs: &[Rung]) -> Vec<&str> {
    rungs.iter().map(|rung| rung.addressee.as_str()).collect()
}

async fn owed(engine: &Engine, case: CaseId, name: &str) -> OwedDuty {
    let rows = engine.duties_of(case).await.expect("duties");
    let mut named = rows.into_iter().map(|row| row.duty).filter(|duty| duty.name == name);
    named.next_back().expect("a duty of this name")
}

/// The papers proposed about a duty, as their data tell.
async fn papers(engine: &Engine, duty: &str) -> Vec<(StoredCase, String)> {
    let query =
        CaseQuery { procedure: Some("paper".to_owned()), limit: u32::MAX, ..CaseQuery::default() };
    let mut papers = Vec::new();
    for case in engine.cases(&query).await.expect("papers") {
        let data = engine.data_of(&case).expect("data");
        let told = data.as_array().and_then(|told| told.first()).and_then(Value::as_str);
        let told = told.expect("one line").to_owned();
        if told.split(' ').nth(1) == Some(duty) {
            papers.push((case, told));
        }
    }
    papers
}

async fn told(engine: &Engine, duty: &str) -> Vec<String> {
    papers(engine, duty).await.into_iter().map(|(_, told)| told).collect()
}

/// What the escalations of a case say of a duty, in order.
async fn entries(engine: &Engine, case: CaseId, duty: &str) -> Vec<Value> {
    let history = engine.history(case).await.expect("a history");
    let escalated = history.into_iter().filter(|entry| entry.envelope.kind == Kind::Escalate);
    let bodies = escalated.filter_map(|entry| entry.body);
    let all = bodies.flat_map(|body| body.payload["rungs"].as_array().cloned().expect("rungs"));
    all.filter(|rung| rung["duty"] == duty).collect()
}

async fn clean(engine: &Engine) {
    let verdict = engine.verify(VerifyOptions { redecide: true }, |_| ()).await.expect("a verdict");
    assert_eq!(verdict.faults, []);
}

async fn whole_ladder(store: impl Store) {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = engine(store, national(), &clock).await;
    let case = ask(&engine).await;
    let due = owed(&engine, case, "answer").await.due().expect("a date");
    assert_eq!(due.date(), at("2026-03-05").date());
    sweep_daily(&engine, &clock, "2026-03-02", "2026-04-10").await;
    let climbed = rungs(&engine, case, "answer").await;
    assert_eq!(
        names(&climbed),
        ["holder", "unit_leader", "town_leader", "coordinating_body", "X01", "X02"]
    );
    let days: Vec<_> =
        climbed.iter().map(|rung| rung.climbed_at.date().days() - due.date().days()).collect();
    assert_eq!(days, [1, 2, 4, 8, 16, 31], "each on the morning after its day");
    assert!(climbed.iter().all(|rung| !rung.late && rung.generation == 0));
    assert_eq!(
        told(&engine, "answer").await,
        ["X01 answer town-station", "X02 answer town-station"]
    );
    // Each proposal waits in its first state, written by the system, with links both ways.
    let detail = engine.case(case).await.expect("the case");
    for (paper, told) in papers(&engine, "answer").await {
        assert_eq!(paper.facts.state, "proposed");
        assert_eq!(paper.facts.incident, detail.image.facts.incident);
        let first = engine.history(paper.facts.id).await.expect("a history").remove(0).envelope;
        assert_eq!((first.kind, first.actor.as_str()), (Kind::OpenedBy, "system"));
        let from = first.links.first().expect("a link");
        assert_eq!((from.kind, from.case), (LinkKind::HandedFrom, case));
        let entry = engine.history(case).await.expect("a history");
        let entry = &entry[usize::try_from(from.seq.expect("an entry")).expect("small") - 1];
        assert!(entry.envelope.links.iter().any(|link| link.kind == LinkKind::HandedTo
            && link.case == paper.facts.id
            && told.starts_with(link.handoff.as_deref().unwrap_or("?"))));
    }
    let list = engine.worklist(&actor("office"), None, 50).await.expect("a worklist");
    assert!(list.items.iter().any(|item| item.transitions == ["sign_paper"]));
    // Nothing but proposals followed.
    assert_eq!(detail.image.facts.state, "asked");
    clean(&engine).await;
}

#[tokio::test]
async fn a_duty_nobody_fulfils_climbs_to_the_proposed_agenda_item_and_nothing_else_follows() {
    whole_ladder(MemoryStore::new(meta())).await;
    let folder = tempfile::tempdir().expect("a folder");
    let options = SqliteOptions::new(folder.path().join("ladder.db"));
    let store = SqliteStore::connect(options).await.expect("a database");
    store.init(&meta()).await.expect("an empty database");
    whole_ladder(store).await;
}

#[tokio::test]
async fn after_an_outage_of_forty_days_all_rungs_are_climbed_in_order_in_one_entry() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = engine(MemoryStore::new(meta()), national(), &clock).await;
    let case = ask(&engine).await;
    clock.set(at("2026-04-14 09:00"));
    let swept = sweep(&engine).await;
    let climbed = rungs(&engine, case, "answer").await;
    assert_eq!(climbed.iter().map(|rung| rung.rung).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    assert!(climbed.iter().all(|rung| rung.late));
    assert_eq!(told(&engine, "answer").await.len(), 2, "one proposal each");
    let history = engine.history(case).await.expect("a history");
    assert_eq!(history.iter().filter(|entry| entry.envelope.kind == Kind::Escalate).count(), 1);
    assert!(swept.rungs > 6 && swept.left == 0);
    assert_eq!(sweep(&engine).await.rungs, 0);
    clean(&engine).await;
}

fn away(deputy: Option<&str>) -> Vec<Absence> {
    let deputy = deputy.map(|id| ActorId::new(id).expect("an id"));
    let (from, to) = (at("2026-03-01").date(), at("2026-03-31").date());
    vec![Absence { from, to, deputy }]
}

/// Who was reached by each reminder of a duty, of `reached` rungs.
async fn reached(absent: &[(&str, Option<&str>)], duty: &str) -> Vec<(String, String, String)> {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = engine(MemoryStore::new(meta()), national(), &clock).await;
    let mut staff = people();
    for (id, deputy) in absent {
        let row = staff.iter_mut().find(|row| row.id.as_str() == *id).expect("a person");
        row.absences = away(*deputy);
    }
    engine.change_staff(&actor("office"), staff).await.expect("a change");
    let case = ask(&engine).await;
    clock.set(at("2026-03-14 09:00"));
    sweep(&engine).await;
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let told = entries(&engine, case, duty).await.into_iter().map(|rung| {
        let persons = rung["persons"].as_array().cloned().unwrap_or_default();
        let persons: Vec<_> = persons.iter().map(text).collect();
        (text(&rung["addressee"]), text(&rung["unit"]), persons.join(" "))
    });
    told.collect()
}

fn lines(reached: &[(String, String, String)]) -> Vec<String> {
    reached.iter().map(|(to, unit, who)| format!("{to} {unit}: {who}")).collect()
}

#[tokio::test]
async fn a_reminder_reaches_the_people_of_the_unit_and_its_leaders_upward() {
    assert_eq!(
        lines(&reached(&[], "answer").await),
        [
            "holder town-station: station station-head",
            "unit_leader town-station: station-head",
            "town_leader town: town-leader",
            "coordinating_body office: office",
        ]
    );
    // A village's unit is led by the town's supervisor; a bureau without a leader and without a
    // town above it is led by whoever coordinates.
    assert_eq!(
        lines(&reached(&[], "visit").await),
        [
            "holder village: director",
            "unit_leader town: supervisor",
            "town_leader town: town-leader",
            "coordinating_body office: office",
        ]
    );
    assert_eq!(lines(&reached(&[], "fund").await)[1], "unit_leader town: town-leader");
}

#[tokio::test]
async fn an_absent_person_is_stood_in_for_by_the_deputy_else_by_the_leader() {
    let with_deputy = reached(&[("director", Some("supervisor"))], "visit").await;
    assert_eq!(lines(&with_deputy)[0], "holder village: supervisor");
    let without = reached(&[("station", None)], "answer").await;
    assert_eq!(lines(&without)[0], "holder town-station: station-head");
    // The only director is away, and so is whoever leads the village: the town's leader.
    let nobody = reached(&[("director", None), ("supervisor", None)], "visit").await;
    assert_eq!(
        lines(&nobody)[..2],
        ["holder village: town-leader", "unit_leader town: town-leader"]
    );
    let no_town = reached(&[("station-head", None), ("town-leader", None)], "answer").await;
    assert_eq!(
        lines(&no_town)[1..],
        [
            "unit_leader office: office",
            "town_leader office: office",
            "coordinating_body office: office",
        ]
    );
}

async fn take(engine: &Engine, who: &str, case: CaseId, step: &str, form: Value) -> i64 {
    let command = Command::fire_named(actor(who), case, step, form);
    engine.execute(command).await.expect("a step").revision.get()
}

/// Proposes a step that takes two, and has it confirmed.
async fn by_two(engine: &Engine, case: CaseId, step: &str, form: Value) {
    let entry = take(engine, "station", case, step, form).await;
    take(engine, "supervisor", case, "confirm_step", json!({ "entry": entry })).await;
}

#[tokio::test]
async fn an_extension_begins_the_ladder_anew_and_the_proposal_made_before_it_stands() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = engine(MemoryStore::new(meta()), national(), &clock).await;
    let case = ask(&engine).await;
    sweep_daily(&engine, &clock, "2026-03-02", "2026-03-22").await;
    assert_eq!(names(&rungs(&engine, case, "answer").await).last(), Some(&"X01"));
    let form = json!({
        "duty": "answer", "until": "2026-04-10", "reason": "样例原因", "basis": "样例依据",
    });
    by_two(&engine, case, "extend_deadline", form).await;
    assert_eq!(owed(&engine, case, "answer").await.rung, 0);
    sweep_daily(&engine, &clock, "2026-03-22", "2026-04-10").await;
    assert_eq!(rungs(&engine, case, "answer").await.len(), 5, "nothing is due");
    assert_eq!(papers(&engine, "answer").await[0].0.facts.state, "proposed");
    sweep_daily(&engine, &clock, "2026-04-11", "2026-05-20").await;
    let climbed = rungs(&engine, case, "answer").await;
    let anew: Vec<_> = climbed.iter().filter(|rung| rung.generation == 1).collect();
    assert_eq!(anew.iter().map(|rung| rung.rung).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(told(&engine, "answer").await.len(), 3);
    clean(&engine).await;
}

#[tokio::test]
async fn a_suspension_stops_the_ladder_and_it_goes_on_when_the_clock_runs_again() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = engine(MemoryStore::new(meta()), national(), &clock).await;
    let case = ask(&engine).await;
    clock.set(at("2026-03-04 09:00"));
    let form = json!({
        "duty": "answer", "until": "2026-03-31", "reason": "样例原因", "basis": "样例依据",
    });
    by_two(&engine, case, "suspend_deadline", form).await;
    sweep_daily(&engine, &clock, "2026-03-04", "2026-03-31").await;
    assert_eq!(names(&rungs(&engine, case, "answer").await), [""; 0]);
    let due = owed(&engine, case, "answer").await.due().expect("a date");
    assert!(due > at("2026-03-31").date().end());
    sweep_daily(&engine, &clock, "2026-04-01", "2026-05-20").await;
    let climbed = rungs(&engine, case, "answer").await;
    assert_eq!(climbed.len(), 6);
    assert!(climbed.iter().all(|rung| rung.generation == 1 && rung.climbed_at > due));
}

#[tokio::test]
async fn two_sweeps_at_once_climb_each_rung_and_make_each_proposal_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = SqliteOptions::new(folder.path().join("twice.db"));
    let store = SqliteStore::connect(options).await.expect("a database");
    store.init(&meta()).await.expect("an empty database");
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let one = engine(store.clone(), national(), &clock).await;
    let mut cases = Vec::new();
    for _ in 0..8 {
        cases.push(ask(&one).await);
    }
    clock.set(at("2026-04-14 09:00"));
    let (first, second) = tokio::join!(
        tokio::spawn({
            let engine = one.clone();
            async move { engine.sweep().await }
        }),
        tokio::spawn({
            let engine = one.clone();
            async move { engine.sweep().await }
        })
    );
    let both = [first, second].map(|swept| swept.expect("no panic").expect("a sweep"));
    sweep(&one).await;
    for case in &cases {
        assert_eq!(rungs(&one, *case, "answer").await.len(), 6);
    }
    assert_eq!(papers(&one, "answer").await.len(), 16);
    let proposed: usize = both.iter().map(|swept| swept.proposed.len()).sum();
    let all = one.cases(&CaseQuery { limit: 999, ..CaseQuery::default() }).await.expect("cases");
    assert_eq!(all.len(), cases.len() + proposed);
    clean(&one).await;
}

#[tokio::test]
async fn a_judicial_organ_gets_a_letter_and_a_request_and_no_card() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = engine(MemoryStore::new(meta()), national(), &clock).await;
    let case = ask(&engine).await;
    sweep_daily(&engine, &clock, "2026-03-02", "2026-06-30").await;
    assert_eq!(names(&rungs(&engine, case, "rule").await), ["holder", "inquiry", "X03"]);
    assert_eq!(told(&engine, "rule").await, ["X03 rule court"]);
    assert_eq!(
        names(&rungs(&engine, case, "call").await),
        ["holder", "unit_leader", "town_leader"],
        "a family is never overseen"
    );
    assert!(told(&engine, "call").await.is_empty());
    let mut cards = Vec::new();
    for name in ["answer", "rule", "call", "help", "fund"] {
        let duty = owed(&engine, case, name).await;
        let on = engine.on_ladder("matter", &duty, engine.now()).expect("a ladder");
        cards.push((on.ladder.name.as_str(), on.mark));
    }
    assert_eq!(
        cards,
        [
            ("default", Some(Mark::Red)),
            ("judicial", None),
            ("family", None),
            ("mass_organization", Some(Mark::Red)),
            ("department", Some(Mark::Red)),
        ]
    );
}

#[tokio::test]
async fn a_refusal_of_the_receiving_procedure_stops_nothing_and_says_why() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = engine(MemoryStore::new(meta()), national(), &clock).await;
    let case = ask(&engine).await;
    clock.set(at("2026-04-14 09:00"));
    let swept = sweep(&engine).await;
    let refused: Vec<_> =
        swept.refused.iter().map(|one| (one.duty.as_str(), one.link.as_str())).collect();
    assert_eq!(refused, [("help", "X02")]);
    assert_eq!(names(&rungs(&engine, case, "help").await).last(), Some(&"X02"));
    let last = entries(&engine, case, "help").await.pop().expect("a rung");
    assert_eq!(last["refused"]["code"], "refusal.field");
    assert!(told(&engine, "help").await.is_empty());
    assert_eq!(told(&engine, "answer").await.len(), 2, "the others stand");
    assert_eq!(sweep(&engine).await, Swept::default(), "it is not tried again");
    clean(&engine).await;
}

#[tokio::test]
async fn a_provisional_date_climbs_its_ladder_but_fires_no_wait_and_shows_no_card() {
    let clock = ManualClock::at(at("2028-03-02 09:00"));
    let engine = engine(MemoryStore::new(meta()), national(), &clock).await;
    let case = ask(&engine).await;
    take(&engine, "station", case, "reply", json!({})).await;
    let watch = owed(&engine, case, "watch").await;
    assert!(watch.deadline.as_ref().is_some_and(|deadline| deadline.provisional));
    clock.set(at("2028-03-20 09:00"));
    let swept = sweep(&engine).await;
    assert!(swept.rungs >= 3 && swept.waits == 0);
    assert_eq!(engine.stored_case(case).await.expect("the case").facts.state, "resting");
    let on = engine.on_ladder("matter", &watch, engine.now()).expect("a ladder");
    assert_eq!(on.mark, None);
}

#[tokio::test]
async fn the_countys_own_ladder_ends_in_a_proposed_oversight_and_a_proposed_agenda_item() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let setup = county::setup(MemoryStore::new(meta())).expect("well formed");
    let engine = setup.clock(clock.clone()).open().await.expect("complete");
    let mut staff = people();
    staff.push(person("inspector", "government_inspection_office", "999999", "inspection", true));
    engine.change_staff(&actor("director"), staff).await.expect("the first people");
    let form = json!({
        "source": "director", "facts": "样例线索", "seen_at": "2026-03-02 08:00",
        "suspected_red": false, "description": "身份不明的示例儿童",
    });
    let clue = Command::open_named(actor("director"), "risk_alert", "register_clue", form)
        .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"));
    let case = engine.execute(clue).await.expect("an alert").case;
    sweep_daily(&engine, &clock, "2026-03-02", "2026-04-10").await;
    assert_eq!(
        names(&rungs(&engine, case, "start_verification").await),
        ["holder", "unit_leader", "town_leader", "coordinating_body", "X01", "X02"]
    );
    for (procedure, duty, unit) in [
        ("listed_oversight", "sign_or_decline", "inspection"),
        ("agenda_item", "decide_item", "office"),
    ] {
        let procedure = Some(procedure.to_owned());
        let query = CaseQuery { procedure, limit: 9, ..CaseQuery::default() };
        let found = engine.cases(&query).await.expect("cases");
        assert!(found.iter().all(|proposal| proposal.facts.state == "proposed"));
        let proposal = found.first().expect("a proposal");
        let held = owed(&engine, proposal.facts.id, duty).await.holder.unit;
        assert_eq!(held.as_ref().map(UnitId::as_str), Some(unit));
    }
    clean(&engine).await;
}
