//! Four programs with 64 tasks each on one database, all with a worker, killed at random and
//! started anew: each case has one history, each rung is climbed once, each message is delivered
//! and in order, each command of the inbox is answered once, and nobody waits for ever.
//!
//! The short form runs for some seconds, the long one for a minute:
//! `HEXACASE_LONG=1 tests/postgres run cargo test -p hexacase-tests --test many_nodes -- --nocapture`.
//! Times that it prints are the machine's; nothing is asserted about them.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on, or a program that failed, is to stop"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command as Process, Stdio},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use hexacase::{
    engine::{Courier, Engine, VerifyOptions},
    store::{DeliveryQuery, DeliveryState, Store, Submitted},
    terms::{
        id::CommandId,
        time::{Clock as _, SystemClock, Timestamp},
    },
};
use hexacase_tests::{
    mischief::Dice,
    nodes::{self, SharedClock, Sink},
    place::Place,
    reread::Reread,
    said::Said,
    walk::{self, Ground},
};
use serde_json::json;

const NODES: usize = 4;
const TASKS: u64 = 64;
/// Seconds of the short form and the long one.
const SHORT: u64 = 6;
const LONG: u64 = 60;

/// What a child is told: its database, its seed, when the time began, and the receiver's file.
const DATABASE: &str = "HEXACASE_NODE_DATABASE";
const SEED: &str = "HEXACASE_NODE_SEED";
const BEGAN: &str = "HEXACASE_NODE_BEGAN";
const SINK: &str = "HEXACASE_NODE_SINK";

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().expect("a runtime")
}

/// How long to wait for a lock.
const PATIENCE: Duration = Duration::from_secs(5);

async fn set_up(place: &Place) {
    let (meta, county) = walk::meta(12, 11);
    let store = place.store(PATIENCE).await;
    store.init(&meta).await;
    drop(Ground::new(store, &county, 1).await);
}

async fn submit(place: &Place, command: Submitted) {
    let realm = walk::meta(12, 11).0.realm;
    let store = place.store(PATIENCE).await;
    loop {
        let put = async {
            let mut tx = store.begin(&realm).await?;
            tx.submit(std::slice::from_ref(&command)).await?;
            tx.commit().await
        };
        match put.await {
            Ok(()) => return,
            Err(problem) if problem.is_retryable() => {}
            Err(problem) => panic!("the inbox: {problem:?}"),
        }
    }
}

fn clock_from(began: Timestamp) -> SharedClock {
    let (_, county) = walk::meta(12, 11);
    SharedClock { began, start: county.first_day().start().plus_hours(12) }
}

/// What each program does.
#[test]
fn a_program_that_is_killed() {
    let Ok(place) = env::var(DATABASE) else { return };
    let number = |name| env::var(name).expect("a number").parse::<i64>().expect("a number");
    let (seed, began) = (number(SEED).unsigned_abs(), Timestamp::from_millis(number(BEGAN)));
    let sink = PathBuf::from(env::var_os(SINK).expect("a file"));
    // The first line follows the test runner's own words.
    println!();
    runtime().block_on(async {
        let (_, county) = walk::meta(12, 11);
        let clock = clock_from(began);
        let store = Place::read(&place).store(PATIENCE).await;
        nodes::run(store, &county, clock, seed, TASKS, &sink).await;
    });
}

/// A program, killed when nobody watches it any more.
struct Node {
    child: Child,
    reader: Option<JoinHandle<Vec<String>>>,
    errors: PathBuf,
}

impl Node {
    fn start(place: &Place, began: Timestamp, seed: u64, folder: &Path) -> Self {
        let errors = folder.join(format!("node-{seed}.errors"));
        let mut child = Process::new(env::current_exe().expect("this test"))
            .args(["--exact", "a_program_that_is_killed", "--nocapture", "--test-threads=1"])
            .env(DATABASE, place.to_string())
            .env(SEED, seed.to_string())
            .env(BEGAN, began.as_millis().to_string())
            .env(SINK, folder.join("sink"))
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&errors).expect("a file"))
            .spawn()
            .expect("a child");
        let out = child.stdout.take().expect("a pipe");
        let reader =
            thread::spawn(move || BufReader::new(out).lines().map_while(Result::ok).collect());
        Self { child, reader: Some(reader), errors }
    }

    /// Kills it and gives what it said.
    fn kill(mut self) -> Vec<String> {
        self.child.kill().expect("the child can be killed");
        let status = self.child.wait().expect("the child has ended");
        if matches!(status.code(), Some(0 | 101)) {
            let errors = fs::read_to_string(&self.errors).unwrap_or_default();
            panic!("a program ended by itself ({status}):\n{errors}");
        }
        self.reader.take().expect("killed once").join().expect("a reader")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What the programs said.
#[derive(Default)]
struct Heard {
    said: Vec<Said>,
    longest: i64,
    again: BTreeMap<String, usize>,
}

impl Heard {
    fn take(&mut self, lines: Vec<String>) {
        for line in lines {
            self.said.extend(Said::read(&line));
            let words: Vec<&str> = line.split(' ').collect();
            let waited = match words.as_slice() {
                ["WAITED", waited] => *waited,
                ["AGAIN", waited, code] => {
                    *self.again.entry((*code).to_owned()).or_default() += 1;
                    waited
                }
                _ => continue,
            };
            self.longest = self.longest.max(waited.parse().unwrap_or(0));
        }
    }
}

#[test]
fn many_programs_share_one_sqlite_file() {
    let folder = tempfile::tempdir().expect("a folder");
    many_programs(&Place::Sqlite(folder.path().join("county.db")), folder.path());
}

#[test]
fn many_programs_share_one_postgres_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    many_programs(&Place::postgres(), folder.path());
}

fn many_programs(place: &Place, folder: &Path) {
    let seconds = if env::var_os("HEXACASE_LONG").is_some() { LONG } else { SHORT };
    let runtime = runtime();
    runtime.block_on(set_up(place));
    let began = SystemClock.now();
    let (mut heard, mut kills, mut seeds) = (Heard::default(), 0_u32, 1..);
    let mut start = || Node::start(place, began, seeds.next().unwrap_or(0), folder);
    let mut nodes: Vec<Node> = (0..NODES).map(|_| start()).collect();
    let mut dice = Dice::new(5);
    let mut submitted = Vec::new();
    // Each round puts a command into the inbox, waits, and kills a program.
    while SystemClock.now().as_millis()
        < began.as_millis() + 1_000 * i64::try_from(seconds).unwrap_or(0)
    {
        let number = u8::try_from(submitted.len() % 256).unwrap_or(0);
        let mut bytes = [number; 16];
        bytes[0] = 0xee;
        let id = CommandId::from_bytes(bytes);
        let command = json!({ "actor": { "id": "nobody" },
            "open": { "procedure": "risk_alert", "transition": "register_clue", "form": {} } });
        let row = Submitted { id, command: command.to_string(), created_at: SystemClock.now() };
        runtime.block_on(submit(place, row));
        submitted.push(id);
        thread::sleep(Duration::from_millis(500 + u64::try_from(dice.below(800)).unwrap_or(0)));
        if dice.one_in(2) {
            let node = nodes.swap_remove(dice.below(nodes.len()));
            heard.take(node.kill());
            kills += 1;
            nodes.push(start());
        }
    }
    for node in nodes {
        heard.take(node.kill());
    }
    let looked = runtime.block_on(look(place, clock_from(began), &heard, &submitted, folder));
    println!(
        "{}: {NODES} programs with {TASKS} tasks for {seconds} s, {kills} killed: {} acknowledged \
         steps, {looked}; the longest wait was {} ms; tried again: {:?}",
        place.kind(),
        heard.said.len(),
        heard.longest,
        heard.again
    );
}

/// Looks at what they left.
async fn look(
    place: &Place,
    clock: SharedClock,
    heard: &Heard,
    submitted: &[CommandId],
    folder: &Path,
) -> String {
    let engine = nodes::engine(place.store(PATIENCE).await, clock).await;
    // What is under way in dead hands falls free in the programs' time; one program finishes.
    let courier: Arc<dyn Courier> = Arc::new(Sink::at(&folder.join("sink")));
    engine.take_inbox().await.expect("the inbox");
    let policy = nodes::worker_options(&folder.join("sink")).delivery;
    let waiting = |state| DeliveryQuery { state, after: None, limit: 1 };
    while !engine.deliveries(&waiting(DeliveryState::Pending)).await.expect("a list").is_empty() {
        engine.deliver(&courier, &policy).await.expect("a round");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for id in submitted {
        assert!(engine.answer_to(*id).await.expect("the inbox").is_some(), "{id} has no answer");
    }
    let mut reread = Reread::default();
    reread.read(&engine, &heard.said).await.expect("what was said is there, and follows");
    let rungs = reread.rungs(&engine).await.expect("the rungs");
    let verdict = engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults.iter().take(5).collect::<Vec<_>>());
    let (delivered, twice) = deliveries(&engine, folder, submitted).await;
    format!(
        "{} entries, {rungs} rungs, {delivered} deliveries of which {twice} came twice, {} answers",
        reread.entries(),
        submitted.len()
    )
}

/// Everything was delivered, and the first time in order. Gives how much, and how much again.
async fn deliveries(engine: &Engine, folder: &Path, submitted: &[CommandId]) -> (usize, usize) {
    let text = fs::read_to_string(folder.join("sink")).expect("the receiver's file");
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut last: BTreeMap<&str, i64> = BTreeMap::new();
    let mut twice = 0;
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [id, lane, seq] = words.as_slice() else { panic!("a line of the receiver: {line}") };
        if !seen.insert(*id) {
            twice += 1;
            continue;
        }
        let seq: i64 = seq.parse().expect("a number");
        let before = last.insert(*lane, seq).unwrap_or(0);
        assert!(before <= seq, "{id}: entry {seq} of {lane} came after entry {before}");
    }
    let mut after = None;
    let mut written = submitted.len();
    loop {
        let page = engine.messages(after, 500).await.expect("the messages");
        let Some(message) = page.last() else { break };
        after = Some((message.recorded_at, message.id));
        for message in &page {
            let id = format!("message/{}", message.id);
            assert!(seen.contains(id.as_str()), "{id} was never delivered");
        }
        written += page.len();
    }
    assert_eq!(seen.len(), written, "something was delivered that is not there");
    (seen.len(), twice)
}
