//! The outbox and the inbox through the engine: what a step tells is delivered in order and at
//! least once, and a command that somebody put into a table is carried out once.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use hexacase::{
    engine::{Courier, CourierError, DeliveryPolicy, Engine, InboxRound, WorkerOptions},
    store::{
        Answered, CaseQuery, Content, Delivery, DeliveryQuery, DeliveryState, Outcome, PostId,
        Store, Submitted,
    },
    terms::{id::CommandId, time::Clock as _},
    testing::{ManualClock, MemoryStore},
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::small::{at, clue_form, engine, meta, people};
use serde_json::{Value, json};

/// How the receiver answers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    Takes,
    Away,
    Refuses,
}

/// A receiver that writes down what it got.
#[derive(Debug)]
struct Receiver {
    mood: Mutex<Mood>,
    got: Mutex<Vec<Delivery>>,
}

impl Receiver {
    fn new() -> Arc<Self> {
        Arc::new(Self { mood: Mutex::new(Mood::Takes), got: Mutex::default() })
    }

    fn becomes(&self, mood: Mood) {
        *self.mood.lock().expect("no panic") = mood;
    }

    fn got(&self) -> Vec<Delivery> {
        self.got.lock().expect("no panic").clone()
    }
}

#[async_trait]
impl Courier for Receiver {
    async fn deliver(&self, delivery: &Delivery) -> Result<(), CourierError> {
        match *self.mood.lock().expect("no panic") {
            Mood::Takes => self.got.lock().expect("no panic").push(delivery.clone()),
            Mood::Away => return Err(CourierError::NotNow("nobody there".to_owned())),
            Mood::Refuses => return Err(CourierError::Never("unknown address".to_owned())),
        }
        Ok(())
    }
}

/// A county with an alert whose duty is long overdue, so that its ladder told several people.
async fn overdue() -> (Engine, ManualClock) {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = engine(MemoryStore::new(meta()), clock.clone()).await;
    people(&engine).await;
    for _ in 0..2 {
        let command = hexacase::engine::Command::from_json(&clue("director").to_string());
        engine.execute(command.expect("a command")).await.expect("an alert");
    }
    clock.advance_days(40);
    assert!(engine.sweep().await.expect("a sweep").rungs > 2);
    (engine, clock)
}

/// A command that opens an alert, as a host in another language writes it.
fn clue(who: &str) -> Value {
    json!({
        "actor": { "id": who },
        "open": {
            "procedure": "risk_alert", "transition": "register_clue",
            "form": clue_form(),
            "areas": { "residence": "999999101201" },
        },
    })
}

async fn listed(engine: &Engine, state: DeliveryState) -> Vec<Delivery> {
    let query = DeliveryQuery { state, after: None, limit: 1_000 };
    engine.deliveries(&query).await.expect("a list")
}

/// Delivers until a round delivers nothing.
async fn deliver_all(engine: &Engine, receiver: &Arc<Receiver>) -> usize {
    let courier: Arc<dyn Courier> = Arc::clone(receiver) as _;
    let mut all = 0;
    loop {
        let round = engine.deliver(&courier, &DeliveryPolicy::default()).await.expect("a round");
        all += round.delivered;
        if round.delivered == 0 {
            return all;
        }
    }
}

#[tokio::test]
async fn what_the_ladder_tells_is_delivered_in_order() {
    let (engine, _) = overdue().await;
    let waiting = listed(&engine, DeliveryState::Pending).await;
    let receiver = Receiver::new();
    assert_eq!(deliver_all(&engine, &receiver).await, waiting.len());
    let mut by_case: BTreeMap<[u8; 16], Vec<i64>> = BTreeMap::new();
    for delivery in receiver.got() {
        let Content::Message(message) = delivery.content else { continue };
        by_case.entry(delivery.lane).or_default().push(message.seq);
    }
    assert!(by_case.len() >= 2, "{by_case:?}");
    for seqs in by_case.values() {
        assert!(seqs.is_sorted(), "{by_case:?}");
    }
    assert_eq!(listed(&engine, DeliveryState::Pending).await, []);
    assert_eq!(listed(&engine, DeliveryState::Delivered).await.len(), waiting.len());
}

#[tokio::test]
async fn what_fails_is_tried_again_and_in_the_end_given_up() {
    let (engine, clock) = overdue().await;
    let receiver = Receiver::new();
    receiver.becomes(Mood::Away);
    let courier: Arc<dyn Courier> = Arc::clone(&receiver) as _;
    let policy = DeliveryPolicy { attempts: 3, ..DeliveryPolicy::default() };
    let first = engine.deliver(&courier, &policy).await.expect("a round");
    assert!(first.postponed > 0 && first.delivered + first.dead == 0, "{first:?}");
    assert_eq!(engine.deliver(&courier, &policy).await.expect("a round").attempts(), 0);
    clock.advance(Duration::from_secs(5));
    assert_eq!(
        engine.deliver(&courier, &policy).await.expect("a round").postponed,
        first.postponed
    );
    clock.advance(Duration::from_secs(10));
    assert_eq!(engine.deliver(&courier, &policy).await.expect("a round").dead, first.postponed);
    let dead = listed(&engine, DeliveryState::Dead).await;
    assert_eq!(dead.len(), first.postponed);
    assert!(dead.iter().all(|one| one.problem.as_deref() == Some("nobody there")), "{dead:?}");
    // The receiver is back; somebody has the dead tried again.
    receiver.becomes(Mood::Takes);
    let rest = deliver_all(&engine, &receiver).await;
    let ids: Vec<PostId> = dead.iter().map(|delivery| delivery.id).collect();
    assert_eq!(engine.retry_deliveries(&ids).await.expect("a retry").len(), ids.len());
    assert_eq!(deliver_all(&engine, &receiver).await, ids.len());
    assert_eq!(receiver.got().len(), rest + ids.len());
}

#[tokio::test]
async fn what_is_refused_is_given_up_at_once() {
    let (engine, _) = overdue().await;
    let receiver = Receiver::new();
    receiver.becomes(Mood::Refuses);
    let courier: Arc<dyn Courier> = Arc::clone(&receiver) as _;
    let round = engine.deliver(&courier, &DeliveryPolicy::default()).await.expect("a round");
    assert!(round.dead > 0 && round.postponed == 0, "{round:?}");
}

fn command_id(number: u8) -> CommandId {
    CommandId::from_bytes([number; 16])
}

/// Puts commands into the inbox in their order.
async fn submit(store: &impl Store, commands: &[Value]) {
    let mut tx = store.begin(&meta().realm).await.expect("a transaction");
    let rows: Vec<Submitted> = (1_u8..)
        .zip(commands)
        .map(|(number, command)| Submitted {
            id: command_id(number),
            command: command.as_str().map_or_else(|| command.to_string(), str::to_owned),
            created_at: at("2026-03-02 09:00").plus_millis(number.into()),
        })
        .collect();
    tx.submit(&rows).await.expect("an inbox");
    tx.commit().await.expect("a commit");
}

async fn answer(engine: &Engine, number: u8) -> Answered {
    engine.answer_to(command_id(number)).await.expect("a list").expect("an answer")
}

#[tokio::test]
async fn commands_of_the_inbox_are_carried_out_in_order_and_once() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let store = MemoryStore::new(meta());
    let engine = engine(store.clone(), clock).await;
    people(&engine).await;
    let wrong_field = json!({ "actor": { "id": "director" }, "act": { "case": 7 } });
    let nobody = clue("nobody");
    let commands = [clue("director"), nobody, wrong_field, json!("{ no json"), clue("director")];
    submit(&store, &commands).await;
    let round = engine.take_inbox().await.expect("a round");
    assert_eq!(round, InboxRound { done: 2, refused: 3, failed: 0 });
    assert_eq!(engine.take_inbox().await.expect("a round"), InboxRound::default());
    let done = answer(&engine, 1).await;
    assert_eq!((done.outcome, &done.answer["revision"]), (Outcome::Done, &json!(1)));
    let mut told = Vec::new();
    for number in [2, 3, 4] {
        let answer = answer(&engine, number).await;
        told.push((answer.outcome, answer.answer["code"].as_str().unwrap_or_default().to_owned()));
    }
    let expected = ["refusal.role_missing", "refusal.field", "refusal.field"];
    let expected = expected.map(|code| (Outcome::Refused, code.to_owned()));
    assert_eq!(told, expected);
    let cases =
        CaseQuery { procedure: Some("risk_alert".into()), limit: 9, ..CaseQuery::default() };
    assert_eq!(engine.cases(&cases).await.expect("cases").len(), 2);
}

#[tokio::test]
async fn a_step_that_reads_its_history_goes_alone_and_in_its_turn() {
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let store = MemoryStore::new(meta());
    let engine = engine(store.clone(), clock).await;
    people(&engine).await;
    let opened = hexacase::engine::Command::from_json(&clue("director").to_string());
    let case = engine.execute(opened.expect("a command")).await.expect("an alert").case;
    let act = |transition: &str, form: Value| {
        json!({ "actor": { "id": "director" },
            "act": { "case": case, "transition": transition, "form": form } })
    };
    let amend = act(
        "amend_entry",
        json!({ "seq": 1, "field": "facts", "value": "样例线索（更正）", "reason": "示例更正" }),
    );
    submit(&store, &[act("start_verification", json!({ "verifier": "示例甲" })), amend]).await;
    let round = engine.take_inbox().await.expect("a round");
    assert_eq!(round.answered(), 2);
    assert_eq!(answer(&engine, 1).await.outcome, Outcome::Done);
    // Only a leader amends; that it was read and decided is what is asked here.
    assert_eq!(answer(&engine, 2).await.answer["code"], "refusal.role_missing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_takes_the_inbox_and_delivers_the_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("county.db");
    let store = SqliteStore::connect(SqliteOptions::new(&path)).await.expect("a database");
    store.init(&meta()).await.expect("an empty database");
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = engine(store.clone(), clock.clone()).await;
    people(&engine).await;
    let receiver = Receiver::new();
    let worker = engine.run_worker(WorkerOptions {
        sweep_every: Duration::from_millis(5),
        inbox_every: Some(Duration::from_millis(5)),
        outbox_every: Duration::from_millis(5),
        courier: Some(Arc::clone(&receiver) as _),
        ..WorkerOptions::default()
    });
    submit(&store, &[clue("director"), clue("nobody")]).await;
    while receiver.got().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let health = worker.health();
    assert!(health.is_well() && health.inbox.done == 2, "{health:?}");
    assert_eq!(health.inbox.succeeded_at, Some(clock.now()));
    worker.stop().await;
    let mut got: Vec<PostId> = receiver.got().iter().map(|delivery| delivery.id).collect();
    got.sort_unstable();
    assert_eq!(got, [1, 2].map(|number| PostId::of_answer(command_id(number))));
    store.close().await.expect("nobody uses it any more");
}
