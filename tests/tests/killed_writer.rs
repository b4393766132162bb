//! A writing process is killed at random moments 200 times: what it acknowledged is there, whole,
//! and nothing is half there.
//!
//! With no loss in 200 kills, the share of kills that lose something is below 1.5 % at 95 %
//! confidence (3/n).

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command as Process, Stdio},
    thread,
    time::Duration,
};

use hexacase::{
    county,
    engine::{Command, Engine, VerifyOptions},
    store::CaseQuery,
    terms::{actor::Actor, area::AreaPurpose, id::ActorId},
    trail::LinkKind,
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::walk;
use serde_json::json;

const KILLS: u32 = 200;
/// Where the writing child finds its database; without it the test below does nothing.
const DATABASE: &str = "HEXACASE_KILLED_DATABASE";

async fn engine(path: &str) -> Engine {
    let store = SqliteStore::connect(SqliteOptions::new(path)).await.expect("a database");
    county::setup(store).expect("definitions").open().await.expect("a set-up")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// What the killed process does: eight tasks open alerts, begin them, and report, for ever.
#[test]
fn the_writer_that_is_killed() {
    let Ok(path) = env::var(DATABASE) else { return };
    runtime().block_on(async {
        let engine = engine(&path).await;
        let staff = engine.staff().await.expect("the staff");
        let director = staff
            .iter()
            .find(|row| {
                row.grants.iter().any(|grant| grant.role.as_str() == "child_welfare_director")
            })
            .expect("a director");
        let village = director.grants.first().expect("a grant").area.clone();
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let (engine, id, village) = (engine.clone(), director.id.clone(), village.clone());
            tasks.push(tokio::spawn(async move { write(&engine, &id, &village).await }));
        }
        for task in tasks {
            task.await.expect("a writing task");
        }
    });
}

async fn write(engine: &Engine, id: &ActorId, village: &hexacase::terms::area::AreaCode) {
    let actor = || Actor::at_work(id.clone());
    loop {
        let at = engine.now();
        let form = json!({
            "source": "director", "facts": "样例线索", "seen_at": at, "suspected_red": false,
            "description": "身份不明的示例儿童",
        });
        let open = Command::open_named(actor(), "risk_alert", "register_clue", form)
            .in_area(AreaPurpose::Residence, village.clone());
        let opened = engine.execute(open).await.expect("an alert can be opened");
        acknowledge(&opened);
        let begin = json!({ "verifier": "示例甲" });
        let begin = Command::fire_named(actor(), opened.case, "start_verification", begin);
        acknowledge(&engine.execute(begin).await.expect("a verification can begin"));
        let report = json!({ "facts": "样例", "situations": ["other_serious"] });
        let report = Command::fire_named(actor(), opened.case, "trigger_report", report);
        acknowledge(&engine.execute(report).await.expect("a report can be triggered"));
    }
}

fn acknowledge(receipt: &hexacase::engine::Receipt) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ACK {} {}", receipt.case, receipt.revision).expect("the pipe");
    out.flush().expect("the pipe");
}

#[test]
fn no_acknowledged_step_is_lost_and_none_is_half_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("killed.db");
    let path = path.to_str().expect("a path").to_owned();
    let runtime = runtime();
    runtime.block_on(async {
        let (meta, county) = walk::meta(8, 7);
        let store = SqliteStore::connect(SqliteOptions::new(&path)).await.expect("a database");
        store.init(&meta).await.expect("an empty database");
        drop(walk::Ground::new(store, &county, 7).await);
    });
    let mut acknowledged: BTreeMap<String, i64> = BTreeMap::new();
    let mut random: u64 = 20_260_101;
    let mut silent = 0;
    for kill in 1..=KILLS {
        let mut child = Process::new(env::current_exe().expect("this test"))
            .args(["--exact", "the_writer_that_is_killed", "--nocapture", "--test-threads=1"])
            .env(DATABASE, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a child");
        let out = child.stdout.take().expect("a pipe");
        let reader = thread::spawn(move || {
            let lines = BufReader::new(out).lines().map_while(Result::ok);
            lines.filter(|line| line.contains("ACK ")).collect::<Vec<_>>()
        });
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        thread::sleep(Duration::from_millis(40 + (random >> 33) % 160));
        child.kill().expect("the child can be killed");
        child.wait().expect("the child has ended");
        let lines = reader.join().expect("the reader");
        silent += u32::from(lines.is_empty());
        for line in lines {
            // The first line follows the test runner's own words.
            let words: Vec<&str> = line.split("ACK ").last().unwrap_or("").split(' ').collect();
            if let [case, revision] = words.as_slice()
                && let Ok(revision) = revision.parse::<i64>()
            {
                let known = acknowledged.entry((*case).to_owned()).or_default();
                *known = revision.max(*known);
            }
        }
        let whole = kill % 40 == 0;
        runtime.block_on(look(&path, &acknowledged, whole));
    }
    println!(
        "{KILLS} kills, {} acknowledged cases, {silent} kills before the first",
        acknowledged.len()
    );
    assert!(silent * 2 < KILLS, "most kills came before the first step");
}

/// What was acknowledged is there; all that is there is whole.
async fn look(path: &str, acknowledged: &BTreeMap<String, i64>, whole: bool) {
    let engine = engine(path).await;
    let mut revisions: BTreeMap<String, i64> = BTreeMap::new();
    let mut after = None;
    loop {
        let query = CaseQuery { after, limit: 500, ..CaseQuery::default() };
        let page = engine.cases(&query).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = Some(last.facts.id);
        for case in &page {
            revisions.insert(case.facts.id.to_string(), case.facts.revision.get());
        }
    }
    for (case, revision) in acknowledged {
        let found = revisions.get(case).copied().unwrap_or(0);
        assert!(found >= *revision, "case {case}: acknowledged {revision}, found {found}");
    }
    if !whole {
        return;
    }
    let verdict = engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults);
    for case in revisions.keys() {
        let case = case.parse().expect("an id");
        for entry in engine.history(case).await.expect("a history") {
            for link in entry.envelope.links {
                if link.kind == LinkKind::HandedTo {
                    assert!(revisions.contains_key(&link.case.to_string()), "half a handoff");
                }
            }
        }
    }
}
