//! Somebody beside the engine, a portal or an administrator, works on the same PostgreSQL database in
//! transactions of his own, and locks rows of cases in an order that is not the engine's: real
//! deadlocks, of which now he and now the engine is the victim, and real serialization failures.
//! Whoever is the victim, nothing half done is left, no step is done twice, and the engine either does
//! it again by itself or answers that the same command may be given again.
//!
//! The long form lets more rivals loose:
//! `HEXACASE_LONG=1 tests/postgres run cargo test -p hexacase-tests --test rivals -- --nocapture`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on is to stop"
)]

use std::{
    borrow::Cow,
    collections::BTreeMap,
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hexacase::{
    duty::owed::{DutyState, OwedDuty},
    engine::{Command, Engine, EngineError, Receipt, VerifyOptions},
    store::{OwnedTx, StoreError},
    terms::{
        area::AreaPurpose,
        facts::{Subject, SubjectKind},
        id::{CaseId, SubjectId},
    },
    testing::ManualClock,
};
use hexacase_postgres::{HostRef, PostgresOptions, PostgresStore};
use hexacase_tests::{
    mischief::Dice,
    orders::{self, ORDER},
    postgres,
    small::{self, actor, at},
};
use serde_json::json;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, PgPool, error::DatabaseError,
};

/// Commands of each engine in the short form and the long one.
const SHORT: u64 = 60;
const LONG: u64 = 1_500;
/// Cases that engines and rivals meet in.
const CASES: usize = 6;

/// Who waits so long before the server looks for a deadlock is never its victim here.
const NEVER: &str = "1h";
/// Who waits so long is, once the other one waits too.
const SOON: &str = "10ms";
/// The same, where the other one has to begin to wait in the meantime.
const LATER: &str = "2s";

/// Options of a session that looks for deadlocks after a time, known by the name of its schema.
fn patient(options: &PostgresOptions, deadlock_timeout: &str) -> PostgresOptions {
    let mut options = options.clone();
    options.url = format!(
        "{}&application_name={}&options=-cdeadlock_timeout={deadlock_timeout}",
        options.url, options.schema
    );
    // Longer than a rival waits, so that nobody's patience ends what a deadlock must.
    options.lock_timeout = Duration::from_mins(1);
    options
}

/// A database of one test, set up.
async fn fresh() -> PostgresOptions {
    let options = postgres::options();
    let store = PostgresStore::connect(options.clone()).await.expect("a database");
    store.init(&small::meta()).await.expect("an empty schema");
    small::people(&engine_on(&options).await).await;
    options
}

async fn engine_on(options: &PostgresOptions) -> Engine {
    let store = PostgresStore::connect(options.clone()).await.expect("a database");
    small::engine(store, ManualClock::at(at("2026-03-02 09:00"))).await
}

/// The rival: a session in a transaction of its own.
struct Rival {
    connection: PgConnection,
    schema: String,
}

impl Rival {
    async fn new(options: &PostgresOptions, deadlock_timeout: &str) -> Self {
        let connection = PgConnection::connect(&options.url).await.expect("a session");
        let mut rival = Self { connection, schema: options.schema.clone() };
        let patience = "SET lock_timeout = '30s'; SET deadlock_timeout = ";
        rival.run(&format!("{patience}'{deadlock_timeout}'")).await.expect("a superuser");
        rival
    }

    async fn run(&mut self, text: &str) -> Result<(), sqlx::Error> {
        let text = text.replace("{schema}", &self.schema);
        self.connection.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.map(drop)
    }

    async fn locks(&mut self, case: CaseId) -> Result<(), sqlx::Error> {
        let id = hex::encode(case.as_bytes());
        let lock = "SELECT FROM {schema}.case_file WHERE realm = '999999' AND id = ";
        self.run(&format!("{lock}'\\x{id}' FOR UPDATE")).await
    }

    /// Waits until a session of the engine waits for a lock.
    async fn sees_the_engine_wait(&mut self) {
        for _ in 0..100_000 {
            let waiting = "SELECT count(*) FROM pg_stat_activity \
                 WHERE application_name = $1 AND wait_event_type = 'Lock'";
            let query = sqlx::query_scalar(waiting).bind(self.schema.clone());
            // Within a transaction the statistics stand still.
            self.run("SELECT pg_stat_clear_snapshot()").await.expect("a statement");
            let count: i64 = query.fetch_one(&mut self.connection).await.expect("a number");
            if count > 0 {
                return;
            }
        }
        panic!("the engine does not wait for the rival");
    }
}

fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(DatabaseError::code).map(Cow::into_owned)
}

/// Two cases, in the order in which the engine locks them.
async fn two_cases(engine: &Engine) -> (CaseId, CaseId) {
    let opened = engine.execute_many([small::clue(), small::clue()]).await;
    let mut cases: Vec<CaseId> =
        opened.into_iter().map(|one| one.expect("an alert").case).collect();
    cases.sort_unstable();
    (cases[0], cases[1])
}

async fn revision(engine: &Engine, case: CaseId) -> i64 {
    engine.stored_case(case).await.expect("the case").facts.revision.get()
}

async fn is_clean(engine: &Engine) {
    let verdict = engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults);
}

/// Two steps in one batch on another task.
fn batch(
    engine: &Engine,
    (first, second): (CaseId, CaseId),
) -> tokio::task::JoinHandle<Vec<Result<Receipt, EngineError>>> {
    let engine = engine.clone();
    tokio::spawn(async move {
        let both = [small::verification(first), small::verification(second)];
        engine.execute_many(both).await
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_is_the_victim_of_a_deadlock_is_carried_out_once_all_the_same() {
    let options = fresh().await;
    let engine = engine_on(&patient(&options, LATER)).await;
    let (first, second) = two_cases(&engine).await;
    let mut rival = Rival::new(&options, NEVER).await;
    rival.run("BEGIN").await.expect("a transaction");
    rival.locks(second).await.expect("nobody has it");
    let steps = batch(&engine, (first, second));
    rival.sees_the_engine_wait().await;
    // Nobody but the engine can be the victim, so that it was one when this comes back.
    rival.locks(first).await.expect("the engine let go of it");
    rival.run("COMMIT").await.expect("a commit");
    for answer in steps.await.expect("the batch") {
        assert_eq!(answer.expect("a step").revision.get(), 2);
    }
    assert_eq!((revision(&engine, first).await, revision(&engine, second).await), (2, 2));
    is_clean(&engine).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_of_which_the_rival_is_the_victim_is_not_seen() {
    let options = fresh().await;
    let engine = engine_on(&patient(&options, NEVER)).await;
    let (first, second) = two_cases(&engine).await;
    let mut rival = Rival::new(&options, SOON).await;
    rival.run("BEGIN").await.expect("a transaction");
    rival.locks(second).await.expect("nobody has it");
    let steps = batch(&engine, (first, second));
    rival.sees_the_engine_wait().await;
    let error = rival.locks(first).await.expect_err("a deadlock");
    assert_eq!(code(&error).as_deref(), Some("40P01"), "{error}");
    rival.run("ROLLBACK").await.expect("a rollback");
    for answer in steps.await.expect("the batch") {
        assert_eq!(answer.expect("a step").revision.get(), 2);
    }
    is_clean(&engine).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_is_the_victim_may_be_given_again_and_is_done_once() {
    let options = fresh().await;
    let store = PostgresStore::connect(patient(&options, LATER)).await.expect("a database");
    let engine = orders::engine(store).await;
    let child = SubjectId::from_bytes([5; 16]);
    let draft = Command::open_named(actor("director"), ORDER, "draft", json!({}))
        .about(Subject { kind: SubjectKind::Child, id: child })
        .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"));
    let order = engine.execute(draft).await.expect("an order").case;
    let put = Command::fire_named(actor("director"), order, "put_in_force", json!({}))
        .with_id(small::numbered(1));
    let mut rival = Rival::new(&options, NEVER).await;
    rival.run("BEGIN").await.expect("a transaction");
    rival.locks(order).await.expect("nobody has it");
    let step = tokio::spawn({
        let (engine, put) = (engine.clone(), put.clone());
        async move { engine.execute(put).await }
    });
    rival.sees_the_engine_wait().await;
    // The step looks beside, so it has its child's scope before its case.
    let scope = "SELECT FROM {schema}.scope WHERE realm = '999999' AND kind = 'subject' AND id = ";
    let id = hex::encode(child.as_bytes());
    rival.run(&format!("{scope}'\\x{id}' FOR UPDATE")).await.expect("the engine let go of it");
    let problem = step.await.expect("the step").expect_err("a deadlock");
    assert_eq!((problem.code().as_str(), problem.is_retryable()), ("store.busy", true));
    assert_eq!(revision(&engine, order).await, 1, "half of a step is there");
    rival.run("COMMIT").await.expect("a commit");
    let done = engine.execute(put.clone()).await.expect("the same command again");
    let again = engine.execute(put).await.expect("and again");
    assert_eq!((done.repeated, again.repeated, again.hash), (false, true, done.hash));
    assert_eq!(revision(&engine, order).await, 2);
    is_clean(&engine).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hosts_transaction_that_is_the_victim_leaves_neither_its_row_nor_its_steps() {
    let options = fresh().await;
    let store = PostgresStore::connect(patient(&options, NEVER)).await.expect("a database");
    let engine = small::engine(store.clone(), ManualClock::at(at("2026-03-02 09:00"))).await;
    let (first, second) = two_cases(&engine).await;
    let mut rival = Rival::new(&options, NEVER).await;
    rival.run("CREATE TABLE {schema}.fee (paid BIGINT)").await.expect("a table");
    let pool = PgPool::connect(&options.url).await.expect("the host's pool");
    let pay = format!("INSERT INTO {}.fee VALUES (1)", options.schema);
    // The host takes its steps in an order that is not the engine's.
    let mut host = store.begin_host(&pool).await.expect("a transaction");
    host.connection().execute("SET LOCAL deadlock_timeout = '10ms'").await.expect("a superuser");
    host.connection().execute(AssertSqlSafe(pay.clone())).await.expect("a row");
    engine.execute_in(&mut host, small::verification(second)).await.expect("a step");
    let steps = batch(&engine, (first, second));
    rival.sees_the_engine_wait().await;
    let problem = engine.execute_in(&mut host, small::verification(first)).await;
    let problem = problem.expect_err("a deadlock");
    assert_eq!((problem.code().as_str(), problem.is_retryable()), ("store.busy", true));
    let committed = Box::new(host).commit().await;
    assert!(matches!(committed, Err(StoreError::Interrupted)), "{committed:?}");
    for answer in steps.await.expect("the batch") {
        assert_eq!(answer.expect("a step").revision.get(), 2);
    }
    let fees = format!("SELECT count(*) FROM {}.fee", options.schema);
    let paid: i64 =
        sqlx::query_scalar(AssertSqlSafe(fees)).fetch_one(&pool).await.expect("a number");
    assert_eq!(paid, 0, "the host's row is there without its steps");
    is_clean(&engine).await;
}

/// A step finds the rows of duties, and of those to whom they are shown, by their place. Whoever writes
/// one anew moves it, and nobody has locked it: the engine waits for the case's row.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_whose_duties_are_written_anew_while_it_waits_is_whole() {
    for table in ["duty", "duty_match"] {
        let options = fresh().await;
        let engine = engine_on(&patient(&options, NEVER)).await;
        let case = engine.execute(small::clue()).await.expect("an alert").case;
        let mut rival = Rival::new(&options, NEVER).await;
        rival.run("BEGIN").await.expect("a transaction");
        rival.locks(case).await.expect("nobody has it");
        let step = tokio::spawn({
            let engine = engine.clone();
            async move { engine.execute(small::verification(case)).await }
        });
        rival.sees_the_engine_wait().await;
        rival.run(&format!("UPDATE {{schema}}.{table} SET no = no")).await.expect("rows");
        rival.run("COMMIT").await.expect("a commit");
        assert_eq!(step.await.expect("the step").expect("it is done").revision.get(), 2);

        // What the rows say is what the entries come to.
        let stored = engine.stored_case(case).await.expect("the case");
        let mut told = engine.case(case).await.expect("its entries").image.duties;
        let ended = told.iter().find(|duty| duty.name == "start_verification");
        assert_eq!(ended.map(|duty| duty.state), Some(DutyState::Fulfilled));
        told.retain(OwedDuty::is_open);
        assert_eq!(stored.duties, told);
        // An ended duty is shown to nobody, and an open one to somebody.
        let odd = "SELECT count(*) FROM {schema}.duty AS d WHERE (d.state = 'open') <> EXISTS \
             (SELECT FROM {schema}.duty_match AS m WHERE m.realm = d.realm \
              AND m.case_id = d.case_id AND m.no = d.no)";
        let odd = sqlx::query_scalar(AssertSqlSafe(odd.replace("{schema}", &options.schema)));
        let odd: i64 = odd.fetch_one(&mut rival.connection).await.expect("a number");
        assert_eq!(odd, 0, "`{table}` was written anew");
        is_clean(&engine).await;
    }
}

/// What a session is set to does not matter: the engine writes at READ COMMITTED. At the levels that
/// the sessions are set to here, each of these steps would be a serialization failure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_are_set_to_a_stricter_isolation_take_their_steps() {
    for (level, escaped) in
        [("REPEATABLE READ", "repeatable%5C%20read"), ("SERIALIZABLE", "serializable")]
    {
        let options = fresh().await;
        let mut strict = patient(&options, NEVER);
        strict.url = format!("{}%20-cdefault_transaction_isolation={escaped}", strict.url);
        let store = PostgresStore::connect(strict.clone()).await.expect("a database");
        let engine = small::engine(store.clone(), ManualClock::at(at("2026-03-02 09:00"))).await;
        let case = engine.execute(small::clue()).await.expect("an alert").case;
        let mut rival = Rival::new(&options, NEVER).await;
        let begin = format!("BEGIN ISOLATION LEVEL {level}");

        // Another version of the case's row comes between the load and the lock.
        rival.run(&begin).await.expect("a transaction");
        rival.run("UPDATE {schema}.case_file SET revision = revision").await.expect("a row");
        let step = tokio::spawn({
            let engine = engine.clone();
            async move { engine.execute(small::verification(case)).await }
        });
        rival.sees_the_engine_wait().await;
        rival.run("COMMIT").await.expect("a commit");
        assert_eq!(step.await.expect("the step").expect("it is done").revision.get(), 2);

        // The rival looked before a step and wants to write after it: the failure is his.
        rival.run(&begin).await.expect("a transaction");
        rival.run("SELECT revision FROM {schema}.case_file").await.expect("rows");
        let note = json!({ "text": "样例" });
        let note = Command::fire_named(actor("director"), case, "add_note", note);
        engine.execute(note.clone()).await.expect("a note");
        let error = rival.locks(case).await.expect_err("a serialization failure");
        assert_eq!(code(&error).as_deref(), Some("40001"), "{error}");
        rival.run("ROLLBACK").await.expect("a rollback");

        // A host's own transaction at such a level is refused, and one that the store begins is not
        // at it.
        let pool = PgPool::connect(&strict.url).await.expect("the host's pool");
        let mut own = pool.begin().await.expect("a transaction");
        let refused = HostRef::new(&mut own, &store).await.expect_err("it is not safe").to_string();
        assert!(refused.contains("transaction_isolation"), "{refused}");
        drop(own);
        let mut host = store.begin_host(&pool).await.expect("a transaction");
        engine.execute_in(&mut host, note).await.expect("a note");
        Box::new(host).commit().await.expect("a commit");
        assert_eq!(revision(&engine, case).await, 4);
        is_clean(&engine).await;
    }
}

/// Locks two cases after each other, again and again, until the engines are done.
async fn disturb(mut rival: Rival, cases: Vec<CaseId>, seed: u64, over: Arc<AtomicBool>) -> usize {
    let (mut dice, mut deadlocks) = (Dice::new(seed), 0);
    while !over.load(Ordering::SeqCst) {
        rival.run("BEGIN").await.expect("a transaction");
        for _ in 0..2 {
            let case = *dice.pick(&cases).expect("there are cases");
            match rival.locks(case).await {
                Ok(()) => {}
                Err(error) => {
                    assert_eq!(code(&error).as_deref(), Some("40P01"), "{error}");
                    deadlocks += 1;
                    break;
                }
            }
        }
        rival.run("ROLLBACK").await.expect("a rollback");
    }
    deadlocks
}

/// Gives commands in batches, and again those that may be; gives how many were.
async fn work(engine: Engine, cases: Vec<CaseId>, from: u64, commands: u64) -> usize {
    let (mut dice, mut again) = (Dice::new(from), 0);
    let mut waiting: Vec<Command> = Vec::new();
    let mut next = from;
    while next < from + commands || !waiting.is_empty() {
        while waiting.len() < 4 && next < from + commands {
            let case = *dice.pick(&cases).expect("there are cases");
            let form = json!({ "text": format!("样例{next}") });
            let note = Command::fire_named(actor("director"), case, "add_note", form);
            waiting.push(note.with_id(small::numbered(next)));
            next += 1;
        }
        let given = std::mem::take(&mut waiting);
        for (command, answer) in given.iter().zip(engine.execute_many(given.clone()).await) {
            match answer {
                Ok(receipt) => assert!(!receipt.repeated, "a failure that stands"),
                Err(problem) => {
                    assert!(problem.is_retryable(), "{problem:?}");
                    again += 1;
                    waiting.push(command.clone());
                }
            }
        }
    }
    again
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn among_many_deadlocks_every_command_is_done_once() {
    let options = fresh().await;
    let impatient = patient(&options, SOON);
    let (one, two) = (engine_on(&impatient).await, engine_on(&impatient).await);
    let opened = one.execute_many((0..CASES).map(|_| small::clue())).await;
    let cases: Vec<CaseId> = opened.into_iter().map(|one| one.expect("an alert").case).collect();
    let commands = if env::var_os("HEXACASE_LONG").is_some() { LONG } else { SHORT };
    let over = Arc::new(AtomicBool::new(false));
    let mut rivals = tokio::task::JoinSet::new();
    for seed in 1..=3 {
        let rival = Rival::new(&options, SOON).await;
        rivals.spawn(disturb(rival, cases.clone(), seed, Arc::clone(&over)));
    }
    let (first, second) = tokio::join!(
        tokio::spawn(work(one.clone(), cases.clone(), 1_000_000, commands)),
        tokio::spawn(work(two, cases.clone(), 2_000_000, commands)),
    );
    let again = first.expect("an engine") + second.expect("an engine");
    over.store(true, Ordering::SeqCst);
    let mut deadlocks = 0;
    while let Some(rival) = rivals.join_next().await {
        deadlocks += rival.expect("a rival");
    }
    let mut notes: BTreeMap<_, usize> = BTreeMap::new();
    for case in &cases {
        for entry in one.history(*case).await.expect("entries") {
            if let Some(command) = entry.envelope.command {
                *notes.entry(command).or_default() += 1;
            }
        }
    }
    println!(
        "2 engines, 3 rivals, {CASES} cases: {} commands done once each, {again} of them given again, \
         {deadlocks} deadlocks of which a rival was the victim",
        notes.len()
    );
    assert_eq!(u64::try_from(notes.len()).ok(), Some(2 * commands));
    assert!(notes.values().all(|times| *times == 1), "a command was carried out twice");
    is_clean(&one).await;
}
