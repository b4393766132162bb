//! Two batches of one engine under way at once, on a store that lets transactions go beside each
//! other: whatever they share is carried out once and in order, a batch that panics takes no other
//! with it, and an engine whose runtime goes down answers all who wait.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
};

use async_trait::async_trait;
use hexacase::{
    engine::{Command, Engine, EngineError, VerifyOptions},
    store::{Meta, OwnedTx, Read, Store, StoreError},
    terms::{area::Realm, id::CaseId},
    testing::{ManualClock, MemoryStore},
};
use hexacase_tests::{
    mischief::Dice,
    small::{self, actor, at, clue, meta, numbered, people},
};
use serde_json::json;
use tokio::{
    runtime::{Builder, Runtime},
    sync::Semaphore,
};

/// A store in which a transaction begins when the gate lets it, or panics.
#[derive(Debug)]
struct Gated {
    inner: MemoryStore,
    gate: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    panics: Arc<AtomicBool>,
}

impl Gated {
    fn new(permits: usize) -> Self {
        Self {
            inner: MemoryStore::optimistic(meta()),
            gate: Arc::new(Semaphore::new(permits)),
            waiting: Arc::default(),
            panics: Arc::default(),
        }
    }
}

#[async_trait]
impl Store for Gated {
    async fn begin(&self, realm: &Realm) -> Result<Box<dyn OwnedTx>, StoreError> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.gate.acquire().await.expect("open").forget();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        assert!(!self.panics.swap(false, Ordering::SeqCst), "as it was told");
        self.inner.begin(realm).await
    }

    async fn reader(&self, realm: &Realm) -> Result<Box<dyn Read>, StoreError> {
        self.inner.reader(realm).await
    }

    async fn meta(&self) -> Result<Meta, StoreError> {
        self.inner.meta().await
    }

    fn batches_at_once(&self) -> usize {
        self.inner.batches_at_once()
    }
}

const MANY: usize = 1_000;

async fn engine(store: impl Store) -> Engine {
    let engine = small::engine(store, ManualClock::at(at("2026-03-02 09:00"))).await;
    people(&engine).await;
    engine
}

fn note(case: CaseId, text: &str) -> Command {
    Command::fire_named(actor("director"), case, "add_note".to_owned(), json!({ "text": text }))
}

fn joins(case: CaseId, other: CaseId) -> Command {
    let form = json!({ "case": other, "reason": "样例：同一起事件" });
    Command::fire_named(actor("station"), case, "join_incident".to_owned(), form)
}

async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_second_batch_goes_while_the_first_is_under_way() {
    let store = Gated::new(MANY);
    let (gate, waiting) = (Arc::clone(&store.gate), Arc::clone(&store.waiting));
    let engine = engine(store).await;
    gate.forget_permits(usize::MAX);
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let engine = engine.clone();
            tokio::spawn(async move { engine.execute(clue()).await })
        })
        .collect();
    settle().await;
    assert_eq!(waiting.load(Ordering::SeqCst), 2, "batches that are about to begin");
    gate.add_permits(MANY);
    for asked in asked {
        asked.await.expect("no panic").expect("an alert");
    }
}

/// Sixteen people at once, in six cases of incidents that are joined meanwhile: nobody knows
/// beforehand that two steps meet there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_two_batches_share_is_carried_out_once_and_in_order() {
    let engine = engine(MemoryStore::optimistic(meta())).await;
    let mut cases = Vec::new();
    for _ in 0..6 {
        cases.push(engine.execute(clue()).await.expect("an alert").case);
    }
    let people: Vec<_> = (0..16_u64)
        .map(|person| {
            let (engine, cases) = (engine.clone(), cases.clone());
            tokio::spawn(async move {
                let mut dice = Dice::new(person);
                let (mut taken, mut joined) = (0_usize, 0_usize);
                for step in 0..40_u64 {
                    let case = *dice.pick(&cases).expect("a case");
                    let other = *dice.pick(&cases).expect("a case");
                    let joining = dice.one_in(4) && case != other;
                    let command = if joining {
                        joins(case, other)
                    } else {
                        note(case, &format!("样例{person}-{step}"))
                    };
                    match engine.execute(command.with_id(numbered(person * 100 + step))).await {
                        Ok(_) if joining => joined += 1,
                        Ok(_) => taken += 1,
                        // The two are of one incident already.
                        Err(EngineError::Refused(_)) if joining => {}
                        Err(problem) => return Err(problem),
                    }
                }
                Ok((taken, joined))
            })
        })
        .collect();
    let (mut taken, mut joined) = (0, 0);
    for person in people {
        let (notes, joins) = person.await.expect("no panic").expect("an answer to each");
        taken += notes;
        joined += joins;
    }
    assert!(joined > 5, "{joined}");
    let mut entries = 0;
    for case in &cases {
        entries += engine.history(*case).await.expect("entries").len();
    }
    assert_eq!(entries, cases.len() + taken + joined);
    let verdict = engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_caller_asks_for_stays_in_its_order() {
    let engine = engine(MemoryStore::optimistic(meta())).await;
    let case = engine.execute(clue()).await.expect("an alert").case;
    let others: Vec<_> = (0..4)
        .map(|_| {
            let engine = engine.clone();
            tokio::spawn(async move { engine.execute_many((0..100).map(|_| clue())).await })
        })
        .collect();
    let answers = engine.execute_many((0..600).map(|n| note(case, &format!("样例{n}")))).await;
    let revisions: Vec<i64> =
        answers.into_iter().map(|one| one.expect("a note").revision.get()).collect();
    assert_eq!(revisions, (2..602).collect::<Vec<_>>());
    for other in others {
        assert!(other.await.expect("no panic").iter().all(Result::is_ok));
    }
}

#[tokio::test]
async fn a_batch_that_panics_takes_no_other_with_it() {
    let store = Gated::new(MANY);
    let (gate, panics) = (Arc::clone(&store.gate), Arc::clone(&store.panics));
    let engine = engine(store).await;
    gate.forget_permits(usize::MAX);
    let asked: Vec<_> = (0..20)
        .map(|_| {
            let engine = engine.clone();
            tokio::spawn(async move { engine.execute(clue()).await })
        })
        .collect();
    settle().await;
    panics.store(true, Ordering::SeqCst);
    gate.add_permits(MANY);
    let (mut carried, mut lost) = (0, 0);
    for asked in asked {
        match asked.await.expect("no panic of a caller") {
            Ok(_) => carried += 1,
            Err(EngineError::Lost) => lost += 1,
            Err(problem) => panic!("{problem}"),
        }
    }
    assert!(carried > 0 && lost > 0 && carried + lost == 20, "{carried} and {lost}");
    engine.execute(clue()).await.expect("an alert");
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

/// Whoever led did so on a runtime that is gone. What he had begun is lost to its callers, who wait
/// on another one; everybody else is told to come again, and then carried out.
#[test]
fn a_runtime_that_goes_down_leaves_nobody_without_an_answer() {
    let store = Gated::new(MANY);
    let (gate, waiting) = (Arc::clone(&store.gate), Arc::clone(&store.waiting));
    let (ends, stays) = (runtime(), runtime());
    let engine = stays.block_on(engine(store));
    gate.forget_permits(usize::MAX);
    let ask = |on: &Runtime| {
        let engine = engine.clone();
        on.spawn(async move { engine.execute(clue()).await })
    };
    let wait_for = |batches: usize| {
        while waiting.load(Ordering::SeqCst) < batches {
            std::thread::yield_now();
        }
    };
    let first = ask(&ends);
    wait_for(1);
    let beside: Vec<_> = (0..8).map(|_| ask(&ends)).collect();
    wait_for(2);
    let mut behind: Vec<_> = (0..8).map(|_| Box::pin(engine.execute(clue()))).collect();
    for asked in &mut behind {
        let stands_in_line = poll_fn(|cx| Poll::Ready(asked.as_mut().poll(cx)));
        assert!(stays.block_on(stands_in_line).is_pending());
    }
    ends.shutdown_background();
    for asked in behind {
        match stays.block_on(asked) {
            Err(busy @ EngineError::Busy { .. }) => assert!(busy.is_retryable()),
            other => panic!("{other:?}"),
        }
    }
    assert!(stays.block_on(first).is_err(), "it went with its runtime");
    for asked in beside {
        assert!(stays.block_on(asked).is_err(), "it went with its runtime");
    }
    gate.add_permits(MANY);
    stays.block_on(engine.execute(clue())).expect("an alert");
}
