//! The pilot on PostgreSQL: all that it does on SQLite, with the same result.

use std::{
    fs,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    pilot::{Pilot, Said},
    server,
};

/// A result without what depends on the machine.
fn of_any_machine(mut result: Value) -> Value {
    for key in ["seconds", "peak_rss_mb"] {
        assert!(result.as_object_mut().unwrap().remove(key).is_some(), "no `{key}`");
    }
    result
}

/// The lines of a text without the one that tells seconds and memory, and the one that names the
/// database.
fn lines(said: &Said) -> Vec<&str> {
    assert_eq!(said.code, 0, "{}", said.err);
    let of_this_run = |line: &&str| line.contains("内存峰值") || line.contains("--database");
    said.out.lines().filter(|line| !of_this_run(line)).collect()
}

#[test]
fn a_demo_is_the_same_on_both_databases() {
    let (file, server) = (Pilot::new(), Pilot::on_postgres());
    let play = |pilot: &Pilot| of_any_machine(pilot.json("demo --children 12 --seed 7").result());
    let (on_file, on_server) = (play(&file), play(&server));
    assert_eq!(on_file["verify"]["verdict"], "clean");
    assert_eq!(on_file["trail_digest"], on_server["trail_digest"]);
    assert_eq!(on_file, on_server);
    // What is printed is the same too, and so is everything that is asked of it afterwards.
    for line in [
        "cases",
        "overdue --by party",
        "today --as director-101201",
        "worklist --as director-101201 --json",
        "feed --limit 500 --json",
        "review --from 2026-01-01 --to 2026-12-31",
        "verify --redecide",
        "overdue --now 2027-06-30 --json",
        "sweep",
    ] {
        let (on_file, on_server) = (file.text(line), server.text(line));
        assert_eq!(lines(&on_file), lines(&on_server), "{line}");
    }
}

#[test]
fn a_demo_is_played_anew_over_itself_and_prints_the_same() {
    let (file, server) = (Pilot::new(), Pilot::on_postgres());
    server.json("demo --children 4 --seed 2 --years 1").result();
    let evidence = server.path(&folder(&server)).join("blobs");
    assert!(evidence.is_dir());
    let again = server.text("demo --children 4 --seed 3");
    assert_eq!(lines(&again), lines(&file.text("demo --children 4 --seed 3")));
    assert!(server.json("verify").result()["verdict"] == "clean");
}

/// The folder of a pilot's evidence.
fn folder(pilot: &Pilot) -> String {
    format!("hexacase-postgres-{}", pilot.schema())
}

#[test]
fn a_county_is_worked_in_from_its_setting_up_to_the_check_of_its_trail() {
    let pilot = Pilot::on_postgres().in_county();
    let said = pilot.json("init --realm 999999");
    assert_eq!((said.code, &said.error()["code"]), (3, &"database.set_up_before".into()));
    let migrated = pilot.json("migrate").result();
    assert_eq!(migrated["from"], migrated["to"]);
    // A register that is given again changes nothing.
    assert_eq!(pilot.json("import children.csv --as data-1").result()["known"], 2);
    let file = pilot.file();
    let form = json!({
        "guardians": [{ "name": "林例山", "relation": "祖父" }], "carer": "林例山",
        "condition": "好",
    });
    let line = format!("act {file} complete_file --as director-201");
    assert_eq!(pilot.form(&line, &form).result()["state"], "active");
    let clue = json!({
        "source": "director", "facts": "无人照看", "seen_at": "2026-01-02 10:00",
        "suspected_red": false, "child": "999999-2026-00001",
    });
    let opened = pilot.form("open risk_alert --as director-201", &clue).result();
    let alert = opened["case"].as_str().unwrap();
    pilot.write("photo.png", "样图");
    pilot.json(&format!("attach {alert} photo.png --as director-201")).result();
    let kept = pilot.path(&folder(&pilot));
    assert!(kept.join("blobs").is_dir());
    let worklist = pilot.json("worklist --as director-201").result();
    assert!(!worklist["items"].as_array().unwrap().is_empty());
    // Who may not do it is refused, and the log beside the evidence knows.
    let said = pilot.form(&line, &form);
    assert_eq!(said.code, 3);
    pilot.json("sweep").result();
    let log = fs::read_to_string(kept.join("pilot.jsonl")).unwrap();
    assert!(log.contains("refusal") && log.contains("sweep"), "{log}");
    let verified = pilot.json("verify --redecide").result();
    assert_eq!((&verified["verdict"], &verified["attachments"]), (&"clean".into(), &1.into()));
    let said = pilot.json("demo");
    assert_eq!((said.code, &said.error()["code"]), (3, &"database.not_demo".into()));
    assert_eq!(pilot.file(), file);
}

#[test]
fn a_check_up_tells_of_the_server_and_what_to_copy() {
    let pilot = Pilot::on_postgres().in_county();
    let found = pilot.json("doctor").result();
    let findings = found["findings"].as_array().unwrap();
    let of = |check: &str| findings.iter().find(|finding| finding["check"] == check).unwrap();
    assert_eq!(of("server.settings")["level"], "good");
    assert!(of("server.settings")["found"]["zh"].as_str().unwrap().contains("PostgreSQL 1"));
    assert_eq!(of("server.structure")["level"], "good");
    assert_eq!(of("backup.age")["level"], "note");
    assert!(!findings.iter().any(|finding| finding["check"] == "file.structure"));
}

/// Gives a line to several pilots at once.
fn at_once(pilot: &Pilot, lines: &[Vec<String>]) -> Vec<Said> {
    let start = |args: &Vec<String>| {
        Command::new(env!("CARGO_BIN_EXE_pilot"))
            .args(args)
            .args(["--json", "--database", &pilot.database])
            .current_dir(pilot.path("."))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let started: Vec<_> = lines.iter().map(start).collect();
    let ended = started.into_iter().map(|child| {
        let output = child.wait_with_output().unwrap();
        Said {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    });
    ended.collect()
}

#[test]
fn two_pilots_at_once_take_different_steps_both_and_the_same_step_once() {
    let pilot = Pilot::on_postgres().in_county();
    let words = |line: &str, form: &Value| {
        let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        words.extend(["--data".to_owned(), form.to_string()]);
        words
    };
    let clue = json!({
        "source": "director", "facts": "示例线索", "seen_at": "2026-01-02 10:00",
        "suspected_red": false, "child": "999999-2026-00001",
    });
    let open = words("open risk_alert --as director-201", &clue);
    // Of three, each comes too late twice at most, and the engine tries three times.
    let opened = at_once(&pilot, &[open.clone(), open.clone(), open]);
    let mut numbers: Vec<String> = opened
        .iter()
        .map(|said| said.result()["case_number"].as_str().unwrap().to_owned())
        .collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 3);
    let form = json!({ "guardians": [{ "name": "林例山", "relation": "祖父" }], "carer": "林例山", "condition": "好" });
    let act = words(&format!("act {} complete_file --as director-201", pilot.file()), &form);
    let mut codes: Vec<i32> =
        at_once(&pilot, &[act.clone(), act]).iter().map(|said| said.code).collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 3]);
    assert_eq!(pilot.json("verify").result()["verdict"], "clean");
}

#[test]
fn evidence_is_found_where_it_is_said_to_be_and_nowhere_else() {
    let mut pilot = Pilot::on_postgres().in_county();
    let folder = folder(&pilot);
    fs::rename(pilot.path(&folder), pilot.path("elsewhere")).unwrap();
    let said = pilot.json("cases");
    assert_eq!((said.code, &said.error()["code"]), (1, &"database.files_missing".into()));
    assert!(said.error()["reasons"][0]["zh"].as_str().unwrap().contains("--files"), "{}", said.err);
    assert!(!pilot.path(&folder).exists());
    pilot.json("cases --files elsewhere").result();
    // The folder of another database, even one of the same name, is never used.
    let other = Pilot::on_postgres().in_county();
    let theirs = other.path(&self::folder(&other));
    let said = pilot.json(&format!("cases --files {}", theirs.display()));
    assert_eq!((said.code, &said.error()["code"]), (3, &"database.files_of_another".into()));
    let said = pilot.json(&format!("cases --files {}", pilot.path(".").display()));
    assert_eq!((said.code, &said.error()["code"]), (3, &"database.files_of_another".into()));
    pilot.database = "sqlite:work.db".to_owned();
    let said = pilot.json("cases --files elsewhere");
    assert_eq!((said.code, &said.error()["code"]), (2, &"usage.files".into()));
}

#[test]
fn a_demo_never_takes_the_evidence_of_another_database() {
    let real = Pilot::on_postgres().in_county();
    let theirs = real.path(&folder(&real));
    fs::write(theirs.join("pilot.jsonl"), "").unwrap();
    let demo = Pilot::on_postgres();
    let line = format!("demo --children 2 --seed 1 --files {}", theirs.display());
    let said = demo.json(&line);
    assert_eq!((said.code, &said.error()["code"]), (3, &"database.files_of_another".into()));
    // Nor when there is a demo to be taken away.
    demo.json("demo --children 2 --seed 1").result();
    let said = demo.json(&line);
    assert_eq!((said.code, &said.error()["code"]), (3, &"database.files_of_another".into()));
    assert!(theirs.join("pilot.jsonl").exists());
    assert!(!demo.json("cases").result()["items"].as_array().unwrap().is_empty());
}

/// Runs a program of the server's.
fn tool(name: &str, args: &[&str]) {
    let done = Command::new(name).args(args).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test]
async fn what_the_servers_own_tools_copied_is_brought_back_by_them() {
    let pilot = Pilot::on_postgres().in_county();
    let (schema, before) = (pilot.schema(), pilot.json("feed").result());
    let said = pilot.json("backup copy.tar");
    assert_eq!((said.code, &said.error()["code"]), (2, &"usage.server_copy".into()));
    let hint = said.error()["reasons"][0]["en"].as_str().unwrap().to_owned();
    assert!(hint.contains(&format!("--schema={schema}")), "{hint}");
    assert!(hint.contains(&folder(&pilot)), "{hint}");
    let file = pilot.path("copy.dump").display().to_string();
    let (url, schema_only) = (server::url(), format!("--schema={schema}"));
    tool("pg_dump", &["--format=custom", &schema_only, "--file", &file, &url]);
    server::run(format!("DROP SCHEMA {schema} CASCADE")).await;
    let said = pilot.json("restore copy.tar");
    assert_eq!((said.code, &said.error()["code"]), (2, &"usage.server_copy".into()));
    tool("pg_restore", &["--dbname", &url, "--exit-on-error", &file]);
    assert_eq!(pilot.json("feed").result(), before);
    assert_eq!(pilot.json("verify").result()["verdict"], "clean");
}
