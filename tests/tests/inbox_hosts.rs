//! A portal in another language puts commands into the inbox, in its own transaction.
//!
//! It needs `java` (with its compiler) and PostgreSQL's JDBC driver, which `tests/run` installs
//! where it can; elsewhere it says that it was not run.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command as Process, Stdio},
    time::Duration,
};

use hexacase::{
    engine::WorkerOptions,
    store::{CaseQuery, DeliveryQuery, DeliveryState},
    testing::ManualClock,
};
use hexacase_postgres::PostgresStore;
use hexacase_tests::{
    postgres,
    proxy::Proxy,
    small::{at, engine, meta, people},
    workspace::root,
};

/// Where Debian puts the driver.
const DRIVER: &str = "/usr/share/java/postgresql.jar";

fn driver() -> Option<PathBuf> {
    let path = env::var_os("HEXACASE_JDBC").map_or_else(|| PathBuf::from(DRIVER), PathBuf::from);
    let java = Process::new("java").arg("--list-modules").stderr(Stdio::null()).output().ok()?;
    let compiles = String::from_utf8_lossy(&java.stdout).contains("jdk.compiler");
    (path.exists() && compiles).then_some(path)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_java_portal_takes_steps_by_a_table() {
    let Some(driver) = driver() else {
        println!("not run: there is no Java compiler, or no JDBC driver at {DRIVER}");
        return;
    };
    let options = postgres::options();
    let schema = options.schema.clone();
    let store = PostgresStore::connect(options).await.expect("a database");
    store.init(&meta()).await.expect("an empty schema");
    let engine = engine(store, ManualClock::at(at("2026-03-02 09:00"))).await;
    people(&engine).await;
    let worker = engine.run_worker(WorkerOptions {
        inbox_every: Some(Duration::from_millis(20)),
        ..WorkerOptions::default()
    });

    let proxy = Proxy::to(postgres::socket()).await;
    // The portal's own table is in a schema of its own.
    let url = format!(
        "jdbc:postgresql://127.0.0.1:{}/postgres?user=hexacase&sslmode=disable&gssEncMode=disable",
        proxy.port
    );
    let client = root().join("examples/inbox/Portal.java");
    let ran = tokio::task::spawn_blocking(move || java(&driver, &client, &url, &schema)).await;
    let said = ran.expect("no panic");
    println!("{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines[0].starts_with("clue: done {") && lines[0].contains("\"revision\":1"), "{said}");
    assert_eq!(lines[1], "rolled back: 0 rows, waiting: 0");
    assert!(lines[2].starts_with("refused: refused {"), "{said}");
    assert!(lines[2].contains("refusal.role_missing"), "{said}");

    worker.stop().await;
    let cases =
        CaseQuery { procedure: Some("risk_alert".into()), limit: 9, ..CaseQuery::default() };
    assert_eq!(engine.cases(&cases).await.expect("a list").len(), 1);
    let answers = DeliveryQuery { state: DeliveryState::Pending, after: None, limit: 9 };
    let waiting = engine.deliveries(&answers).await.expect("a list");
    let answers = waiting.iter().filter(|delivery| delivery.id.to_string().starts_with("answer/"));
    assert_eq!(answers.count(), 2, "{waiting:?}");
}

fn java(driver: &Path, client: &Path, url: &str, schema: &str) -> String {
    let output = Process::new("java")
        .arg("-cp")
        .arg(driver)
        .arg(client)
        .args([url, schema, "999999", "director"])
        .output()
        .expect("java");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("text")
}
