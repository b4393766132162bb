//! Commands that need no database, and the generated list of codes.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::pilot::Pilot;

fn json(args: &str) -> Value {
    let pilot = Pilot::new();
    let args: Vec<&str> = args.split_whitespace().chain(["--json"]).collect();
    let result = pilot.args(&args).result();
    assert!(!pilot.path("demo.db").exists(), "{args:?} made a database");
    result
}

#[test]
fn the_list_of_codes_is_current() {
    let definitions = hexacase_pilot::database::definitions().unwrap();
    let text = hexacase_pilot::codes::markdown(definitions.iter().map(AsRef::as_ref));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes.md");
    if std::env::var_os("HEXACASE_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(found, text, "docs/codes.md differs; if that is meant, bless it: HEXACASE_BLESS=1");
}

#[test]
fn a_deadline_says_why_it_is_that_date() {
    let result = json("deadline D25 --from 2026-09-01");
    assert_eq!(result["limit"], "D25");
    assert_eq!(result["from"], "2026-09-01T00:00:00.000+08:00");
    assert!(result["due"].as_str().unwrap().ends_with("T23:59:59.999+08:00"));
    assert!(result["why"]["zh"].as_str().unwrap().contains("依据"));
    assert!(result["skipped"].is_array() && result["provisional"].is_boolean());
    // The id may be written small.
    assert_eq!(json("deadline d25 --from 2026-09-01")["limit"], "D25");
}

#[test]
fn a_strict_deadline_has_no_provisional_answer() {
    let pilot = Pilot::new();
    let limits = json("limits");
    let working = limits["items"].as_array().unwrap().iter();
    let working = working.filter(|line| line["unit"] == "working_day").map(|line| &line["limit"]);
    let id = working.map(|id| id.as_str().unwrap()).next().unwrap();
    let loose = ["deadline", id, "--from", "2090-12-30", "--json"];
    assert_eq!(pilot.args(&loose).result()["provisional"], true);
    let said = pilot.args(&["deadline", id, "--from", "2090-12-30", "--strict", "--json"]);
    assert_eq!(said.code, 3);
    assert_eq!(said.error()["code"], "calendar.horizon");
}

#[test]
fn definitions_give_what_scripts_rest_on() {
    let result = json("definitions");
    let items = result["items"].as_array().unwrap();
    assert!(!items.is_empty() && result["next"].is_null());
    for item in items {
        for key in [
            "procedure",
            "mechanism",
            "version",
            "hash",
            "label",
            "states",
            "side_duties",
            "transitions",
        ] {
            assert!(item.get(key).is_some(), "no `{key}`");
        }
        for state in item["states"].as_array().unwrap() {
            let owes = !state["duties"].as_array().unwrap().is_empty();
            let waits = !state["waits"].as_array().unwrap().is_empty();
            assert!(owes || waits || state["terminal"] == true, "{state}");
        }
        let opens = |step: &&Value| step["from"].as_array().unwrap().is_empty();
        let steps = item["transitions"].as_array().unwrap();
        assert!(steps.iter().any(|step| opens(&step)), "{}", item["procedure"]);
    }
    let one = json("definitions care_file");
    assert_eq!(one["items"].as_array().unwrap().len(), 1);
}

#[test]
fn texts_are_chinese_unless_english_is_asked_for() {
    let pilot = Pilot::new();
    let zh = pilot.args(&["definitions", "care_file"]);
    assert!(zh.code == 0 && zh.out.contains("儿童档案"), "{}", zh.out);
    let en = pilot.args(&["definitions", "care_file", "--lang", "en"]);
    assert!(en.out.contains("child's file"), "{}", en.out);
    assert!(pilot.args(&["limits"]).out.contains("待核实"));
}

#[test]
fn diagrams_are_text_for_other_programs() {
    let pilot = Pilot::new();
    let mermaid = pilot.args(&["diagram", "care_file"]);
    assert!(mermaid.out.contains("stateDiagram-v2"), "{}", mermaid.out);
    let dot = pilot.args(&["diagram", "chain", "--format", "dot"]);
    assert!(dot.out.starts_with("digraph"), "{}", dot.out);
}

#[test]
fn a_schema_is_that_of_the_form_or_of_a_result() {
    let pilot = Pilot::new();
    let form: Value =
        serde_json::from_str(&pilot.args(&["schema", "care_file", "open_file"]).out).unwrap();
    assert!(form["properties"]["register"].is_object());
    let wide: Value =
        serde_json::from_str(&pilot.args(&["schema", "care_file", "amend_entry"]).out).unwrap();
    assert!(wide["properties"]["new_value"].is_object() || wide["properties"]["new_value"] == true);
    let result: Value =
        serde_json::from_str(&pilot.args(&["schema", "--output", "worklist"]).out).unwrap();
    assert!(result["properties"]["items"].is_object());
}

#[test]
fn every_command_with_a_result_has_a_schema() {
    for command in [
        "act",
        "amend",
        "annul",
        "attach",
        "backup",
        "case",
        "cases",
        "check",
        "child",
        "confirm",
        "deadline",
        "decline",
        "definitions",
        "demo",
        "diagram",
        "doctor",
        "explain",
        "feed",
        "import",
        "init",
        "join",
        "limits",
        "merge",
        "migrate",
        "note",
        "note --case",
        "open",
        "overdue",
        "rebind",
        "reopen",
        "restore",
        "review",
        "split",
        "staff deputy",
        "staff leave",
        "staff list",
        "staff transfer",
        "sweep",
        "today",
        "trail",
        "verify",
        "worklist",
    ] {
        assert!(hexacase_pilot::commands::of_result(command).is_some(), "{command}");
    }
}

#[test]
fn an_overlay_is_checked_with_its_places() {
    let pilot = Pilot::new();
    assert_eq!(pilot.args(&["check"]).code, 0);
    pilot.write("county.toml", "name = \"x\"\nversion = \"1\"\n[limit.D25]\nremoved = true\n");
    let said = pilot.args(&["check", "--overlay", "county.toml", "--json"]);
    assert_eq!(said.code, 3);
    let error = said.error();
    assert_eq!(error["code"], "rules.invalid");
    assert_eq!(
        (&error["place"]["file"], &error["place"]["row"]),
        (&"county.toml".into(), &3.into())
    );
}

#[test]
fn unknown_names_are_a_wrong_command_line() {
    let pilot = Pilot::new();
    for (args, code) in [
        ("definitions nothing", "usage.unknown_procedure"),
        ("diagram nothing", "usage.unknown_procedure"),
        ("schema care_file nothing", "usage.unknown_transition"),
        ("schema --output nothing", "usage.unknown_command"),
        ("deadline D9999 --from 2026-01-01", "usage.unknown_limit"),
        ("deadline D25 --from yesterday", "usage.arguments"),
        ("nothing", "usage.arguments"),
    ] {
        let args: Vec<&str> = args.split_whitespace().chain(["--json"]).collect();
        let said = pilot.args(&args);
        assert_eq!(said.code, 2, "{args:?}: {}", said.err);
        assert_eq!(said.error()["code"], code);
    }
}

#[test]
fn help_is_no_failure() {
    let pilot = Pilot::new();
    for args in [&["--help"][..], &["act", "--help"], &["--version"]] {
        let said = pilot.args(args);
        assert!(said.code == 0 && !said.out.is_empty() && said.err.is_empty(), "{args:?}");
    }
}
