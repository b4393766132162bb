//! More commands than an engine can carry out: what was taken in is answered, what was not is told
//! so at once, and a mandatory report does not wait behind alerts.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::sync::Arc;

use async_trait::async_trait;
use hexacase::{
    county,
    engine::{Command, EngineError, Receipt},
    store::{Meta, OwnedTx, Read, Store, StoreError},
    terms::area::Realm,
    testing::{ManualClock, MemoryStore},
};
use hexacase_tests::small::{actor, at, meta, people};
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinHandle};

/// A store in which a transaction begins when the gate lets it.
#[derive(Debug)]
struct Gated {
    inner: MemoryStore,
    gate: Arc<Semaphore>,
}

#[async_trait]
impl Store for Gated {
    async fn begin(&self, realm: &Realm) -> Result<Box<dyn OwnedTx>, StoreError> {
        self.gate.acquire().await.expect("open").forget();
        self.inner.begin(realm).await
    }

    async fn reader(&self, realm: &Realm) -> Result<Box<dyn Read>, StoreError> {
        self.inner.reader(realm).await
    }

    async fn meta(&self) -> Result<Meta, StoreError> {
        self.inner.meta().await
    }
}

fn opening(procedure: &str, transition: &str, form: &Value) -> Command {
    let command = json!({
        "actor": { "id": "director" },
        "open": {
            "procedure": procedure, "transition": transition, "form": form,
            "areas": { "residence": "999999101201", "incident": "999999101201" },
        },
    });
    Command::from_json(&command.to_string()).expect("a command")
}

fn alert() -> Command {
    let form = json!({
        "source": "director", "facts": "样例线索", "seen_at": "2026-03-02 08:00",
        "suspected_red": false, "description": "身份不明的示例儿童",
    });
    opening("risk_alert", "register_clue", &form)
}

fn report() -> Command {
    let form = json!({
        "found_at": "2026-03-02 08:00", "facts": "样例：手臂多处淤青",
        "situations": ["multiple_injuries_or_neglect"], "description": "身份不明的示例儿童",
    });
    opening("mandatory_report", "discover", &form)
}

/// Tasks that begin to wait in the order in which they are made.
async fn waiting(asked: JoinHandle<Result<Receipt, EngineError>>) -> Asked {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    asked
}

type Asked = JoinHandle<Result<Receipt, EngineError>>;

#[tokio::test]
async fn who_cannot_be_answered_soon_is_told_so_and_the_urgent_goes_first() {
    let gate = Arc::new(Semaphore::new(1_000));
    let store = Gated { inner: MemoryStore::new(meta()), gate: Arc::clone(&gate) };
    let setup = county::setup(store).expect("well formed").at_most_waiting(3);
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = setup.clock(clock).open().await.expect("complete");
    people(&engine).await;
    let ask = |command: Command| {
        let engine = engine.clone();
        waiting(tokio::spawn(async move { engine.execute(command).await }))
    };
    gate.forget_permits(usize::MAX);
    // The first is on its way to the store; three wait behind it.
    let mut asked = Vec::new();
    for _ in 0..4 {
        asked.push(ask(alert()).await);
    }
    let busy = ask(alert()).await.await.expect("no panic").expect_err("one too many");
    let EngineError::Busy { retry_after } = &busy else { panic!("{busy}") };
    assert!(!retry_after.is_zero() && busy.is_retryable());
    assert_eq!(busy.code(), "engine.busy");
    // The line of what is urgent is another one.
    let report = ask(report()).await;
    assert!(!report.is_finished());
    gate.add_permits(1_000);
    let number = |receipt: Receipt| receipt.number.number;
    let report = number(report.await.expect("no panic").expect("a report"));
    let mut alerts = Vec::new();
    for asked in asked {
        alerts.push(number(asked.await.expect("no panic").expect("an alert")));
    }
    // The first alert was under way already; the report came before those that waited.
    assert_eq!(alerts.len(), 4);
    assert!(alerts[0] < report && alerts[1..].iter().all(|alert| report < *alert));
    // There is room again.
    ask(alert()).await.await.expect("no panic").expect("an alert");
}

#[tokio::test]
async fn many_commands_of_one_caller_are_all_carried_out() {
    let setup = county::setup(MemoryStore::new(meta())).expect("well formed");
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = setup.at_most_waiting(256).clock(clock).open().await.expect("complete");
    people(&engine).await;
    let answers = engine.execute_many((0..700).map(|_| alert())).await;
    assert_eq!(answers.len(), 700);
    assert!(answers.iter().all(Result::is_ok));
}

/// In a line of its own the urgent one would overtake the first note.
#[tokio::test]
async fn many_commands_of_one_caller_stay_in_their_order_though_some_are_urgent() {
    let setup = county::setup(MemoryStore::new(meta())).expect("well formed");
    let clock = ManualClock::at(at("2026-03-02 09:00"));
    let engine = setup.clock(clock).open().await.expect("complete");
    people(&engine).await;
    let case = engine.execute(report()).await.expect("a report").case;
    let does = |transition: &str, form: Value| {
        Command::fire_named(actor("director"), case, transition.to_owned(), form)
    };
    let note = |text: &str| does("add_note", json!({ "text": text }));
    let to_police = json!({
        "at": "2026-03-02 08:30", "channel": "police_110", "receiver": "示例甲", "oral": true,
    });
    // A note may be added in every procedure, so it is not urgent; the report to the police is.
    let mixed = [note("样例一"), does("report_to_police", to_police), note("样例二")];
    let names: Vec<String> = mixed.iter().map(|command| command.transition().to_owned()).collect();
    let answers = engine.execute_many(mixed).await;
    let revisions: Vec<i64> =
        answers.into_iter().map(|one| one.expect("a step").revision.get()).collect();
    assert_eq!(revisions, [2, 3, 4]);
    let entries = engine.history(case).await.expect("entries");
    let taken: Vec<&str> =
        entries[1..].iter().map(|entry| entry.envelope.transition.as_str()).collect();
    assert_eq!(taken, names);
}
