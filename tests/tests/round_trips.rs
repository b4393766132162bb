//! Statements and awaited calls of each public call on SQLite, counted and kept in the README.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::{env, fmt::Write as _, fs};

use hexacase::{
    county,
    engine::{Command, VerifyOptions},
    store::{CaseQuery, Store as _},
    terms::{actor::Actor, area::AreaPurpose},
};
use hexacase_pilot::demo::VirtualClock;
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{walk, workspace};
use serde_json::json;

const BEGIN: &str = "<!-- round-trips:begin -->";
const END: &str = "<!-- round-trips:end -->";

struct Count<'s> {
    store: &'s SqliteStore,
    table: String,
}

impl Count<'_> {
    async fn of<T>(&mut self, call: &str, what: &str, work: impl Future<Output = T>) -> T {
        let before = self.store.statements();
        let done = work.await;
        let after = self.store.statements();
        let (calls, statements) =
            (after.calls - before.calls, after.statements - before.statements);
        let _ = writeln!(self.table, "| `{call}` | {what} | {calls} | {statements} |");
        done
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_public_call_takes_the_statements_the_readme_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (meta, county) = walk::meta(12, 8);
    let options = SqliteOptions::new(folder.path().join("count.db"));
    let store = SqliteStore::connect(options).await.expect("a database");
    store.init(&meta).await.expect("an empty database");
    drop(walk::Ground::new(store.clone(), &county, 8).await);
    // A fixed time, so that nothing is due today that was not due yesterday.
    let clock = VirtualClock::at(county.first_day().start().plus_hours(9));
    let setup = county::setup(store.clone()).expect("definitions").clock(clock);
    let engine = setup.open().await.expect("a set-up");
    let director = county
        .staff
        .iter()
        .find(|row| row.roles.iter().any(|role| role == "child_welfare_director"))
        .expect("a director");
    let actor = Actor::at_work(director.id.clone());
    let clue = || {
        let form = json!({
            "source": "director", "facts": "样例", "seen_at": engine.now(),
            "suspected_red": false, "description": "示例",
        });
        Command::open_named(actor.clone(), "risk_alert", "register_clue", form)
            .in_area(AreaPurpose::Residence, director.area.clone())
    };
    let begin = |case| {
        let form = json!({ "verifier": "示例甲" });
        Command::fire_named(actor.clone(), case, "start_verification", form)
    };
    // The first call of each kind prepares its statements; the counts are those of every later one.
    let warm = engine.execute(clue()).await.expect("an alert");
    engine.execute(begin(warm.case)).await.expect("a step");
    let mut count = Count { store: &store, table: String::new() };
    let opened =
        count.of("execute", "open a case", engine.execute(clue())).await.expect("an alert");
    count.of("execute", "one step", engine.execute(begin(opened.case))).await.expect("a step");
    let refused = engine.execute(begin(opened.case));
    count.of("execute", "a refusal", refused).await.expect_err("a refusal");
    let report = json!({ "facts": "样例", "situations": ["other_serious"] });
    let report = Command::fire_named(actor.clone(), opened.case, "trigger_report", report);
    count.of("execute", "a step with a handoff", engine.execute(report)).await.expect("a report");
    let many: Vec<_> = (0..32).map(|_| clue()).collect();
    for answer in count.of("execute_many", "32 cases opened", engine.execute_many(many)).await {
        answer.expect("an alert");
    }
    let mut tx = store.begin(&meta.realm).await.expect("a transaction");
    let joined = engine.execute_in(&mut *tx, clue());
    count.of("execute_in", "one step in a transaction", joined).await.expect("an alert");
    drop(tx);
    count.of("worklist", "a page of 50", engine.worklist(&actor, None, 50)).await.expect("a page");
    count.of("overdue", "a page of 50", engine.overdue(None, None, 50)).await.expect("a page");
    count.of("gaps", "a page of 50", engine.gaps(None, 50)).await.expect("a page");
    let explained = engine.explain(&actor, opened.case, "dismiss");
    count.of("explain", "one transition", explained).await.expect("an answer");
    count.of("case", "one case", engine.case(opened.case)).await.expect("a case");
    let then = engine.case_as_of(opened.case, engine.now());
    count.of("case_as_of", "one case", then).await.expect("a case");
    count.of("stored_case", "one case", engine.stored_case(opened.case)).await.expect("a case");
    let query = CaseQuery { limit: 50, ..CaseQuery::default() };
    count.of("cases", "a page of 50", engine.cases(&query)).await.expect("a page");
    count.of("history", "one case", engine.history(opened.case)).await.expect("entries");
    count.of("feed", "a page of 50", engine.feed(None, 50)).await.expect("a page");
    count.of("duties_of", "one case", engine.duties_of(opened.case)).await.expect("duties");
    count.of("escalations", "all", engine.escalations(None, 50)).await.expect("rungs");
    count.of("messages", "a page of 50", engine.messages(None, 50)).await.expect("messages");
    count.of("staff", "all", engine.staff()).await.expect("people");
    count.of("sweep", "nothing due", engine.sweep()).await.expect("a sweep");
    count.of("reproject", "nothing stale", engine.reproject(true)).await.expect("nothing");
    let verified = engine.verify(VerifyOptions::default(), |_| ());
    let _ = count
        .of("verify", "this database, three a page of 200 cases", verified)
        .await
        .expect("a verdict");
    keep(&count.table);
}

fn keep(rows: &str) {
    let path = workspace::root().join("README.md");
    let readme = fs::read_to_string(&path).expect("the README");
    let head = "| call | what | awaited calls | statements |\n|---|---|---:|---:|\n";
    let (before, rest) = readme.split_once(BEGIN).expect("the mark where the table begins");
    let (_, after) = rest.split_once(END).expect("the mark where the table ends");
    let wanted = format!("{before}{BEGIN}\n{head}{rows}{END}{after}");
    if env::var_os("HEXACASE_BLESS").is_some() {
        fs::write(&path, wanted).expect("the README can be written");
    } else {
        assert_eq!(readme, wanted, "bless with HEXACASE_BLESS=1");
    }
}
