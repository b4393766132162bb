//! Wrong commands, wrong forms, wrong ids: what is said, and with which exit code.

use serde_json::json;

use crate::pilot::Pilot;

#[test]
fn data_that_is_no_object_is_a_wrong_command_line() {
    let pilot = Pilot::with_county();
    let act = |data: &str| {
        let file = pilot.file();
        let args = [
            "act",
            &file,
            "complete_file",
            "--as",
            "director-201",
            "--data",
            data,
            "--json",
            "--database",
            "sqlite:work.db",
        ];
        pilot.args(&args)
    };
    let said = act("{\"guardians\": ");
    assert_eq!(said.code, 2);
    let error = said.error();
    assert_eq!(error["code"], "usage.data_not_json");
    assert_eq!(error["place"]["row"], 1);
    assert_eq!(act("[1]").error()["code"], "usage.data_no_object");
    assert_eq!(act("@nothing.json").error()["code"], "pilot.io");
}

#[test]
fn a_form_without_data_says_what_it_needs() {
    let pilot = Pilot::with_county();
    let file = pilot.file();
    let said = pilot.json(&format!("act {file} complete_file --as director-201"));
    assert_eq!(said.code, 2);
    let error = said.error();
    assert_eq!(error["code"], "usage.data_missing");
    assert!(error["reasons"][0]["zh"].as_str().unwrap().contains("guardians"), "{error}");
}

#[test]
fn a_wrong_field_is_refused_with_its_place() {
    let pilot = Pilot::with_county();
    let line = format!("act {} complete_file --as director-201", pilot.file());
    let good = json!({ "guardians": ["林例山"], "carer": "林例山", "condition": "好" });
    let mut unknown = good.clone();
    unknown["colour"] = json!("red");
    let said = pilot.form(&line, &unknown);
    assert_eq!(said.code, 3);
    let error = said.error();
    assert_eq!(
        (&error["code"], &error["place"]["field"]),
        (&"refusal.field".into(), &"colour".into())
    );
    assert!(error["reasons"][0]["zh"].as_str().unwrap().contains("pilot schema"), "{error}");
    let mut bad = good;
    bad["acted_by"] = json!({ "role": "police_station" });
    let said = pilot.form(&line, &bad);
    assert_eq!(said.error()["place"]["field"], "acted_by");
}

#[test]
fn an_unknown_step_lists_the_possible_ones() {
    let pilot = Pilot::with_county();
    let said = pilot.text(&format!("act {} fly --as director-201", pilot.file()));
    assert_eq!(said.code, 3);
    assert!(said.err.contains("refusal.unknown_transition"), "{}", said.err);
    assert!(said.err.contains("complete_file（完成建档）"), "{}", said.err);
    let said = pilot.json("open nothing --as director-201");
    assert_eq!(said.code, 3);
    let error = said.error();
    assert!(error["reasons"][0]["en"].as_str().unwrap().contains("care_file"), "{error}");
}

#[test]
fn somebody_without_the_role_learns_who_may() {
    let pilot = Pilot::with_county();
    let line = format!("act {} complete_file --as bureau-1", pilot.file());
    let form = json!({ "guardians": ["林例山"], "carer": "林例山", "condition": "好" });
    let said = pilot.form(&line, &form);
    assert_eq!(said.code, 3);
    let error = said.error();
    assert_eq!(error["code"], "refusal.role_missing");
    assert!(error["zh"].as_str().unwrap().contains("儿童主任"), "{error}");
    assert!(error["reasons"][0]["zh"].as_str().unwrap().contains("director-201"), "{error}");
}

#[test]
fn ids_are_whole_or_their_ends_or_numbers() {
    let pilot = Pilot::with_county();
    let file = pilot.file();
    let end = &file[file.len() - 12..];
    let case = pilot.json(&format!("case {end}")).result();
    assert_eq!(case["case"], file.as_str());
    let number = case["case_number"].as_str().unwrap();
    assert_eq!(pilot.json(&format!("case {number}")).result()["case"], file.as_str());
    for (text, exit, code) in [
        ("abc", 2, "usage.id"),
        ("ffffffffffff", 3, "refusal.no_such_case"),
        ("999999-2026-999999", 3, "refusal.no_such_case"),
        ("00000000-0000-7000-8000-000000000000", 3, "refusal.no_such_case"),
    ] {
        let said = pilot.json(&format!("case {text}"));
        assert_eq!((said.code, &said.error()["code"]), (exit, &code.into()), "{text}");
    }
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let pilot = Pilot::with_county();
    for line in
        ["cases --after x", "feed --after x", "overdue --after x", "worklist --as a --after x"]
    {
        let said = pilot.json(line);
        assert_eq!((said.code, &said.error()["code"]), (2, &"usage.cursor".into()), "{line}");
    }
}

#[test]
fn a_child_nobody_knows_is_said() {
    let pilot = Pilot::with_county();
    let said = pilot.json("child 无此人");
    assert_eq!((said.code, &said.error()["code"]), (3, &"input.unknown_child".into()));
    let form = json!({
        "child": "999999-2026-09999", "source": "director", "facts": "x", "seen_at": "2026-01-02",
        "suspected_red": false,
    });
    let said = pilot.form("open risk_alert --as director-201", &form);
    let error = said.error();
    assert_eq!(
        (&error["code"], &error["place"]["field"]),
        (&"input.unknown_child".into(), &"child".into())
    );
}
