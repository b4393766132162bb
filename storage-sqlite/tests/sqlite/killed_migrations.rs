//! A migration that stops anywhere: it leaves the version before or the newest, and the next one
//! resumes, from an empty file and from every earlier version.
//!
//! It is stopped by each statement that fails, by the end of its process at each point where it waits,
//! and by a log that ends anywhere within what the migration wrote, as the end of a process leaves it
//! in the middle of the commit.

use std::{env, fs, path::Path, process};

use hexacase_sqlite::{SqliteOptions, SqliteStore};
use sqlx::{AssertSqlSafe, Connection, Executor, Row, SqliteConnection};
use tempfile::TempDir;

use crate::support::{Database, cancel_after, options};

/// The migrations in their order.
const MIGRATIONS: [(&str, &str); 4] = [
    ("0001_casework", include_str!("../../migrations/0001_casework.sql")),
    ("0002_post", include_str!("../../migrations/0002_post.sql")),
    ("0003_views", include_str!("../../migrations/0003_views.sql")),
    ("0004_worklist", include_str!("../../migrations/0004_worklist.sql")),
];

const BOOKKEEPING: &str = "CREATE TABLE hexacase_migration (\
     version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT";

/// A database that was set up in version 1, so that a migration has a realm to bring along.
const META: &str = "INSERT INTO hexacase_meta (realm, name, origin, created_at, demo) \
     VALUES ('999999', '示例县', x'00', 0, 1)";

/// Where the child finds its file, and after how many polls it ends.
const FILE: &str = "HEXACASE_MIGRATION_FILE";
const POLLS: &str = "HEXACASE_MIGRATION_POLLS";

async fn run(connection: &mut SqliteConnection, text: &str) {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.unwrap();
}

/// A file as the program of an earlier version left it; version 0 is an empty one.
async fn at_version(version: usize) -> Database {
    let database = Database::empty().await;
    let mut stranger = database.stranger().await;
    // Nobody cuts the power here.
    run(&mut stranger, "PRAGMA synchronous = OFF").await;
    for (number, (name, text)) in (1..=version).zip(MIGRATIONS) {
        if number == 1 {
            run(&mut stranger, BOOKKEEPING).await;
        }
        run(&mut stranger, &text.replace("{prefix}", "hexacase_")).await;
        let line = format!("INSERT INTO hexacase_migration VALUES ({number}, '{name}')");
        run(&mut stranger, &line).await;
        if number == 1 {
            run(&mut stranger, META).await;
        }
    }
    stranger.close().await.unwrap();
    database
}

/// Everything that is in the schema, the versions, and what a migration brings along.
async fn snapshot(database: &Database) -> Vec<String> {
    let mut stranger = database.stranger().await;
    let mut lines = Vec::new();
    let text = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema \
         ORDER BY type, name";
    for row in stranger.fetch_all(text).await.unwrap() {
        lines.push(row.get::<String, _>(0));
    }
    for (table, text) in [
        ("hexacase_migration", "SELECT version || ' ' || name FROM hexacase_migration"),
        ("hexacase_turn", "SELECT realm || ' ' || name FROM hexacase_turn"),
    ] {
        if lines.iter().any(|line| line.starts_with(&format!("table {table} "))) {
            for row in stranger.fetch_all(text).await.unwrap() {
                lines.push(row.get(0));
            }
        }
    }
    let sound = stranger.fetch_one("PRAGMA integrity_check").await.unwrap();
    assert_eq!(sound.get::<String, _>(0), "ok");
    stranger.close().await.unwrap();
    lines
}

/// What a migration that nothing stops makes of a version.
async fn whole(version: usize) -> Vec<String> {
    let database = at_version(version).await;
    database.store.migrate().await.unwrap();
    snapshot(&database).await
}

/// The statements from a version to the newest, each by what makes it fail and what takes that away.
fn obstacles(version: usize) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (number, (_, text)) in (1..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
        let text = text.replace("{prefix}", "hexacase_");
        for words in text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()) {
            // Something else has the name of what the statement makes.
            let name = match words.as_slice() {
                ["CREATE", "UNIQUE", "INDEX", name, ..]
                | ["CREATE", "TABLE" | "INDEX" | "VIEW", name, ..] => *name,
                _ => continue,
            };
            all.push((format!("CREATE TABLE {name} (realm, name)"), format!("DROP TABLE {name}")));
        }
        // The line of the version follows the last statement of each migration.
        let table = if version == 0 { format!("{BOOKKEEPING};") } else { String::new() };
        let refuse = format!(
            "{table} CREATE TRIGGER refuse BEFORE INSERT ON hexacase_migration \
             WHEN NEW.version = {number} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        );
        all.push((refuse, "DROP TRIGGER refuse".to_owned()));
    }
    all
}

#[tokio::test]
async fn a_statement_that_fails_anywhere_leaves_what_was_and_the_next_migration_resumes() {
    let mut stops = Vec::new();
    for version in 0..MIGRATIONS.len() {
        let whole = whole(version).await;
        let obstacles = obstacles(version);
        stops.push(obstacles.len());
        for (make, take_away) in obstacles {
            let database = at_version(version).await;
            let mut stranger = database.stranger().await;
            run(&mut stranger, &make).await;
            let before = snapshot(&database).await;
            assert!(database.store.migrate().await.is_err(), "{version}: {make}");
            assert_eq!(snapshot(&database).await, before, "{version}: {make}");
            run(&mut stranger, &take_away).await;
            database.store.migrate().await.unwrap();
            assert_eq!(snapshot(&database).await, whole, "{version}: {make}");
        }
    }
    println!("SQLite: a statement failed at {stops:?} places from version 0, 1, 2 and 3");
    assert!(stops.iter().all(|count| *count > 1) && stops[0] >= 40, "{stops:?}");
}

/// What the process does that ends in the middle of a migration: it has no time to put anything in
/// order.
#[tokio::test]
async fn a_process_that_ends_while_it_migrates() {
    let Some(file) = env::var_os(FILE) else { return };
    let polls = env::var(POLLS).unwrap().parse().unwrap();
    let store = SqliteStore::connect(SqliteOptions::new(file)).await.unwrap();
    match cancel_after(polls, async {
        let done = store.migrate().await;
        done.unwrap();
    })
    .await
    {
        Some(()) => {}
        None => process::abort(),
    }
}

/// Runs a child on a file; whether it came to its end.
fn child(file: &Path, polls: usize) -> bool {
    let test = "killed_migrations::a_process_that_ends_while_it_migrates";
    let output = process::Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(FILE, file)
        .env(POLLS, polls.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("running 1 test"), "{said}");
    // A test that fails leaves a code; a process that was ended by a signal does not.
    assert!(matches!(output.status.code(), None | Some(0)), "{said}");
    output.status.success()
}

#[tokio::test]
async fn a_process_that_ends_anywhere_in_a_migration_leaves_what_the_next_one_resumes() {
    let (mut ends, mut finished) = (Vec::new(), 0);
    for version in 0..MIGRATIONS.len() {
        let whole = whole(version).await;
        for polls in 1.. {
            let database = at_version(version).await;
            let before = snapshot(&database).await;
            let came_to_its_end = child(&database.folder.path().join("cases.db"), polls);
            let left = snapshot(&database).await;
            assert!(left == before || left == whole, "{version}, {polls} polls: {left:#?}");
            finished += usize::from(left == whole);
            database.store.migrate().await.unwrap();
            assert_eq!(snapshot(&database).await, whole, "{version}, {polls} polls");
            if came_to_its_end {
                ends.push(polls - 1);
                break;
            }
        }
    }
    println!(
        "SQLite: a process ended at {ends:?} places of a migration from version 0, 1, 2 and 3; \
         {finished} migrations were committed by then, four of them to their end"
    );
}

#[tokio::test]
async fn a_commit_that_ends_anywhere_in_the_log_leaves_what_the_next_migration_resumes() {
    const FRAME: usize = 4_096 + 24;
    let mut cuts = Vec::new();
    for version in 0..MIGRATIONS.len() {
        let whole = whole(version).await;
        let database = at_version(version).await;
        let before = snapshot(&database).await;
        let wal = database.folder.path().join("cases.db-wal");
        // The store keeps the file open, so that the log is not taken into it.
        let began = fs::read(&wal).map_or(0, |log| log.len());
        database.store.migrate().await.unwrap();
        let (file, log) = (database.folder.path().join("cases.db"), fs::read(&wal).unwrap());
        assert!(log.len() > began, "the migration is in the log");
        // At the end of every page that was written, and in the middle of each.
        let places: Vec<_> = (began..log.len()).step_by(FRAME / 2).chain([log.len()]).collect();
        cuts.push(places.len());
        for end in places {
            let folder = TempDir::new().unwrap();
            fs::copy(&file, folder.path().join("cases.db")).unwrap();
            fs::write(folder.path().join("cases.db-wal"), &log[..end]).unwrap();
            let store = SqliteStore::connect(options(&folder)).await.unwrap();
            let cut = Database { folder, store };
            let left = snapshot(&cut).await;
            assert!(left == before || left == whole, "{version}, cut at {end}: {left:#?}");
            cut.store.migrate().await.unwrap();
            assert_eq!(snapshot(&cut).await, whole, "{version}, cut at {end}");
        }
    }
    println!("SQLite: the log was cut at {cuts:?} places of a commit from version 0, 1, 2 and 3");
}
