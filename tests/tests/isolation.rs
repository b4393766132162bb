//! Four engines on one database take steps that look beside, on few children at a time: what each
//! step saw is written in its entry, and the checker finds an order that explains all of them. The
//! same over a store that leaves the scopes out is found to have no such order, so that the checker
//! and the load are shown to be worth something.
//!
//! PostgreSQL runs at READ COMMITTED, SQLite with one writer at a time. The long form takes 200,000
//! steps on each: `HEXACASE_LONG=1 tests/postgres run cargo test -p hexacase-tests --test isolation
//! -- --nocapture`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on, or an engine that failed, is to stop"
)]

#[path = "wrong_stores/wrong_store.rs"]
mod wrong_store;

use std::{
    collections::BTreeMap,
    env,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use hexacase::{
    engine::{Command, Engine, EngineError, VerifyOptions},
    store::{Group, GroupOutcome, Loaded, Read, Store, StoreTx, Wanted},
    terms::{
        area::AreaPurpose,
        facts::{Subject, SubjectKind},
        id::{CaseId, SubjectId},
    },
    testing::{Anomaly, Explained, History, MemoryStore},
};
use hexacase_postgres::{PostgresOptions, PostgresStore};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{
    mischief::Dice,
    orders::{self, MOST, ORDER},
    postgres, reread,
    small::{self, actor},
};
use serde_json::json;
use wrong_store::{Answer, Fault, Unaltered, WrongStore};

const ENGINES: usize = 4;
/// Tasks of each engine.
const TASKS: usize = 4;
/// Steps of orders that must be committed, in the short form and the long one.
const SHORT: usize = 1_000;
const LONG: usize = 200_000;
/// Steps without scopes.
const PLANTED: usize = 300;
/// How long each of them waits between what it saw and what it writes.
const OTHERS_DECIDE: Duration = Duration::from_millis(5);
/// Steps after which the children change, and how many there are at a time.
const STAYS: usize = 60;
const AT_A_TIME: usize = 3;

/// Writes without the scopes that a group expects.
#[derive(Debug)]
struct LeavesTheScopesOut;

#[async_trait]
impl Fault for LeavesTheScopesOut {
    async fn load(&self, inner: &mut dyn Read, wanted: &Wanted) -> Answer<Loaded> {
        let loaded = inner.load(wanted).await;
        // Time for the other engines to decide on the same, on a slow machine too: who only
        // yields here may be through before another one has begun.
        tokio::time::sleep(OTHERS_DECIDE).await;
        loaded
    }

    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let mut written = groups.to_vec();
        for group in &mut written {
            group.scopes.clear();
        }
        inner.append(&written).await
    }
}

/// What the tasks share.
#[derive(Debug, Default)]
struct County {
    /// The orders of each child, and whether they were last seen in force.
    orders: Mutex<BTreeMap<usize, BTreeMap<CaseId, bool>>>,
    done: AtomicUsize,
    files: AtomicUsize,
    refused: AtomicUsize,
    again: AtomicUsize,
}

fn child(number: usize) -> SubjectId {
    let mut bytes = [5; 16];
    bytes.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    SubjectId::from_bytes(bytes)
}

/// Something that looks beside.
fn command(county: &County, dice: &mut Dice, number: usize) -> (Command, bool) {
    let known = county.orders.lock().unwrap_or_else(PoisonError::into_inner);
    let orders: Vec<(CaseId, bool)> =
        known.get(&number).into_iter().flatten().map(|(id, in_force)| (*id, *in_force)).collect();
    drop(known);
    let order = dice.pick(&orders).copied();
    let full = orders.len() >= MOST;
    let director = actor("director");
    let (area, child) = ("999999101201", child(number));
    if dice.one_in(if full { 40 } else { 6 }) {
        let form = json!({ "child": child, "types": ["left_behind_child"], "areas": [area] });
        return (Command::open_named(director, "care_file", "open_file", form), false);
    }
    let command = match order.filter(|_| !dice.one_in(if full { 40 } else { 3 })) {
        None => Command::open_named(director, ORDER, "draft", json!({}))
            .about(Subject { kind: SubjectKind::Child, id: child })
            .in_area(AreaPurpose::Residence, area.parse().expect("an area")),
        Some((order, in_force)) => {
            let step = if in_force { "lift" } else { "put_in_force" };
            Command::fire_named(director, order, step, json!({}))
        }
    };
    (command, true)
}

async fn work(engine: Engine, county: Arc<County>, seed: u64, steps: usize) {
    let mut dice = Dice::new(seed);
    loop {
        let done = county.done.load(Ordering::SeqCst);
        if done >= steps {
            return;
        }
        let number = done / STAYS * AT_A_TIME + dice.below(AT_A_TIME);
        let (command, of_orders) = command(&county, &mut dice, number);
        match engine.execute(command).await {
            Ok(_) if !of_orders => drop(county.files.fetch_add(1, Ordering::SeqCst)),
            Ok(receipt) => {
                county.done.fetch_add(1, Ordering::SeqCst);
                let mut known = county.orders.lock().unwrap_or_else(PoisonError::into_inner);
                let in_force = receipt.state == "in_force";
                known.entry(number).or_default().insert(receipt.case, in_force);
            }
            Err(EngineError::Refused(_)) => {
                county.refused.fetch_add(1, Ordering::SeqCst);
            }
            Err(problem) if problem.is_retryable() => {
                county.again.fetch_add(1, Ordering::SeqCst);
            }
            Err(problem) => panic!("the engine failed: {problem:?}"),
        }
    }
}

/// What was found.
#[derive(Debug)]
struct Found {
    isolation: Result<Explained, Anomaly<CaseId>>,
    /// Children with two files, with too many orders, or with two orders in force.
    broken_rules: usize,
    children: usize,
}

/// Lets engines work on stores that share one database.
async fn run(stores: Vec<Arc<dyn Store>>, steps: usize) -> Found {
    let county = Arc::new(County::default());
    let mut engines = Vec::new();
    for store in stores {
        engines.push(orders::engine(WrongStore::over(store, Arc::new(Unaltered))).await);
    }
    small::people(&engines[0]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for (at, engine) in engines.iter().enumerate() {
        for task in 0..TASKS {
            let seed = u64::try_from(at * TASKS + task).unwrap_or(0);
            tasks.spawn(work(engine.clone(), Arc::clone(&county), seed, steps));
        }
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("a task that ended well");
    }
    let found = look(&engines[0]).await;
    let figure = |count: &AtomicUsize| count.load(Ordering::SeqCst);
    println!(
        "{ENGINES} engines with {TASKS} tasks: {} steps and {} files of {} children; {} refused, {} \
         to try again; {} children with a broken rule; {:?}",
        figure(&county.done),
        figure(&county.files),
        found.children,
        figure(&county.refused),
        figure(&county.again),
        found.broken_rules,
        found.isolation
    );
    found
}

async fn look(engine: &Engine) -> Found {
    #[derive(Default)]
    struct Child {
        files: usize,
        orders: Vec<CaseId>,
        in_force: usize,
    }
    let mut children: BTreeMap<SubjectId, Child> = BTreeMap::new();
    let mut child_of = BTreeMap::new();
    for case in reread::all_cases(engine).await.expect("the cases") {
        let facts = case.facts;
        let child = children.entry(facts.subject.id).or_default();
        child_of.insert(facts.id, facts.subject.id);
        if facts.procedure == ORDER {
            child.orders.push(facts.id);
            child.in_force += usize::from(facts.state == "in_force");
        } else {
            child.files += 1;
        }
    }
    let broken =
        |child: &&Child| child.files > 1 || child.orders.len() > MOST || child.in_force > 1;
    let broken_rules = children.values().filter(broken).count();
    let mut history = History::default();
    let mut after = None;
    loop {
        let page = engine.feed(after, 500).await.expect("the entries");
        let Some((_, last)) = page.last() else { break };
        after = Some(*last);
        for (entry, _) in &page {
            let case = entry.envelope.case;
            let child = child_of.get(&case).and_then(|child| children.get(child));
            let orders = child.map(|child| child.orders.as_slice()).unwrap_or_default();
            if orders.contains(&case) {
                history.add(orders::transaction(entry, orders));
            }
        }
    }
    let verdict = engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults.iter().take(5).collect::<Vec<_>>());
    Found { isolation: history.explain(), broken_rules, children: children.len() }
}

fn steps() -> usize {
    if env::var_os("HEXACASE_LONG").is_some() { LONG } else { SHORT }
}

fn assert_isolated(found: &Found, steps: usize) {
    let explained = found.isolation.as_ref().unwrap_or_else(|anomaly| panic!("{anomaly}"));
    assert!(explained.transactions >= steps, "{explained:?}");
    assert!(explained.read_write > steps, "hardly anybody looked at anybody: {explained:?}");
    assert_eq!(found.broken_rules, 0);
}

fn assert_skewed(found: &Found) {
    let anomaly = found.isolation.as_ref().expect_err("the checker finds what is planted");
    println!("{anomaly}");
    assert!(anomaly.is_write_skew());
    assert!(found.broken_rules > 0, "no rule was broken");
}

async fn postgres(options: &PostgresOptions) -> PostgresStore {
    PostgresStore::connect(options.clone()).await.expect("a database")
}

async fn on_postgres(fault: impl Fn() -> Arc<dyn Fault>, steps: usize) -> Found {
    let options = postgres::options();
    postgres(&options).await.init(&small::meta()).await.expect("an empty schema");
    let mut stores: Vec<Arc<dyn Store>> = Vec::new();
    for _ in 0..ENGINES {
        stores.push(Arc::new(WrongStore::new(postgres(&options).await, fault())));
    }
    run(stores, steps).await
}

fn in_memory(fault: impl Fn() -> Arc<dyn Fault>) -> Vec<Arc<dyn Store>> {
    let memory = MemoryStore::optimistic(small::meta());
    let over = |_| Arc::new(WrongStore::new(memory.clone(), fault())) as Arc<dyn Store>;
    (0..ENGINES).map(over).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_on_one_postgres_schema_can_be_told_one_after_the_other() {
    assert_isolated(&on_postgres(|| Arc::new(Unaltered), steps()).await, steps());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_on_one_sqlite_file_can_be_told_one_after_the_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shared.db");
    let mut stores: Vec<Arc<dyn Store>> = Vec::new();
    for number in 0..ENGINES {
        let store = SqliteStore::connect(SqliteOptions::new(&path)).await.expect("a database");
        if number == 0 {
            store.init(&small::meta()).await.expect("an empty database");
        }
        stores.push(Arc::new(store));
    }
    assert_isolated(&run(stores, steps()).await, steps());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_in_memory_can_be_told_one_after_the_other() {
    assert_isolated(&run(in_memory(|| Arc::new(Unaltered)), SHORT).await, SHORT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_without_scopes_write_skew_is_found() {
    assert_skewed(&on_postgres(|| Arc::new(LeavesTheScopesOut), PLANTED).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_memory_without_scopes_write_skew_is_found() {
    assert_skewed(&run(in_memory(|| Arc::new(LeavesTheScopesOut)), PLANTED).await);
}
