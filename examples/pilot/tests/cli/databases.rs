//! The life of a database: what is made, what is refused.

use crate::pilot::Pilot;

#[test]
fn nothing_but_init_and_the_demo_makes_a_database() {
    let pilot = Pilot::new();
    let said = pilot.json("cases");
    assert_eq!(said.code, 1);
    assert_eq!(said.error()["code"], "database.missing");
    assert!(!pilot.path("work.db").exists());
    let said = pilot.args(&["worklist", "--as", "a"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("数据库不存在") && said.err.contains("pilot demo"), "{}", said.err);
}

#[test]
fn init_sets_an_empty_database_up_once() {
    let pilot = Pilot::new();
    let result = pilot.json("init --realm 999999000000 --name 示例县").result();
    assert_eq!((&result["realm"], &result["name"]), (&"999999".into(), &"示例县".into()));
    assert!(result["origin"].as_str().unwrap().starts_with("hexacase/999999/"));
    let said = pilot.json("init --realm 999999");
    assert_eq!(said.code, 3);
    assert_eq!(said.error()["code"], "database.set_up_before");
    let migrated = pilot.json("migrate").result();
    assert_eq!(migrated["from"], migrated["to"]);
}

#[test]
fn init_never_takes_the_place_of_the_demo() {
    let pilot = Pilot::new();
    let said = pilot.args(&["init", "--realm", "999999", "--json"]);
    assert_eq!(said.code, 2);
    assert_eq!(said.error()["code"], "usage.database_not_named");
}

#[test]
fn a_demo_is_never_played_over_real_work() {
    let pilot = Pilot::with_county();
    let said = pilot.json("demo");
    assert_eq!(said.code, 3);
    assert_eq!(said.error()["code"], "database.not_demo");
    let cases = pilot.json("cases").result();
    assert_eq!(cases["items"].as_array().unwrap().len(), 2);
}

#[test]
fn real_work_has_no_other_time_than_now() {
    let pilot = Pilot::with_county();
    let said =
        pilot.args(&["cases", "--now", "2026-01-01", "--database", "sqlite:work.db", "--json"]);
    assert_eq!(said.code, 2);
    assert_eq!(said.error()["code"], "usage.now_needs_demo");
}

#[test]
fn another_kind_of_database_is_refused() {
    let pilot = Pilot::new();
    for url in ["mysql://x", "work.db", "sqlite:"] {
        let said = pilot.args(&["cases", "--json", "--database", url]);
        assert_eq!(said.code, 2, "{url}");
        assert_eq!(said.error()["code"], "usage.database_url");
    }
    pilot.write(":memory:", "x");
    let said = pilot.args(&["cases", "--json", "--database", "sqlite::memory:"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.error()["code"], "store.unsafe_setting");
}

#[test]
fn another_programs_file_is_left_alone() {
    let pilot = Pilot::new();
    pilot.write("work.db", "no database at all, but long enough to be looked at as one".repeat(40));
    let said = pilot.json("cases");
    assert_eq!(said.code, 1, "{}", said.err);
    assert_eq!(said.error()["code"], "store.not_a_database");
    assert!(said.error()["zh"].as_str().unwrap().contains("文本文件"), "{}", said.err);
}

#[test]
fn a_small_demo_is_played_twice_with_the_same_trail() {
    let pilot = Pilot::new();
    let play = || pilot.json("demo --children 12 --seed 3").result();
    let (first, second) = (play(), play());
    assert_eq!(first["verify"]["verdict"], "clean");
    assert_eq!(first["trail_digest"], second["trail_digest"]);
    // The demo's own now is the end of its play.
    let swept = pilot.json("sweep").result();
    assert!(swept["at"].as_str().unwrap().starts_with("2026-12-31"), "{swept}");
    let said = pilot.args(&[
        "overdue",
        "--by",
        "party",
        "--now",
        "2027-06-30",
        "--database",
        "sqlite:work.db",
        "--json",
    ]);
    assert!(!said.result()["items"].as_array().unwrap().is_empty());
    // Years later, without a sweep: every line says its card and what its ladder does next.
    let late = ["--now", "2027-06-30", "--database", "sqlite:work.db"];
    let said = pilot.args(&[&["overdue", "--json"][..], &late].concat()).result();
    let line = &said["items"][0];
    for key in ["mark", "next_rung", "next_rung_at", "rungs"] {
        assert!(line.get(key).is_some(), "no `{key}`: {line}");
    }
    let number = line["case_number"].as_str().unwrap();
    let said = pilot.args(&[&["case", number, "--ladder"][..], &late].concat());
    assert!(
        said.out.contains("逐级提醒（阶梯 ") && said.out.contains("1 提醒承办单位"),
        "{}",
        said.out
    );
    let swept = pilot.args(&[&["sweep", "--json"][..], &late].concat()).result();
    assert!(!swept["proposed"].as_array().unwrap().is_empty(), "{swept}");
    assert!(swept["refused"].as_array().unwrap().is_empty(), "{swept}");
}
