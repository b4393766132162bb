//! Absences, deputies, transfers: no duty is lost, and nothing is half done.

use serde_json::{Value, json};

use crate::pilot::{Pilot, STAFF};

/// A time that holds the present, whenever the test runs.
const AWAY: &str = "--from 2020-01-01 --to 2099-12-31";

fn worklist(pilot: &Pilot, who: &str) -> Vec<String> {
    let list = pilot.json(&format!("worklist --as {who}")).result();
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["case_number"].as_str().unwrap().to_owned()).collect()
}

fn person(pilot: &Pilot, id: &str) -> Value {
    let staff = pilot.json("staff list").result();
    let items = staff["items"].as_array().unwrap();
    items.iter().find(|row| row["id"] == id).unwrap().clone()
}

fn clean(pilot: &Pilot) {
    assert_eq!(pilot.json("verify --redecide").result()["verdict"], "clean");
}

#[test]
fn a_deputy_has_the_duties_of_whoever_is_away() {
    let pilot = Pilot::with_county();
    assert!(worklist(&pilot, "bureau-2").is_empty());
    let line = format!("staff leave director-201 {AWAY} --deputy bureau-2 --as director-201");
    let tried = pilot.json(&format!("{line} --dry-run")).result();
    assert_eq!((&tried["dry_run"], &tried["receipt"]), (&true.into(), &Value::Null));
    assert_eq!(tried["duties"].as_array().unwrap().len(), 1);
    assert_eq!(tried["duties"][0]["to"], json!(["bureau-2", "supervisor-101"]));
    assert!(worklist(&pilot, "bureau-2").is_empty());
    let done = pilot.json(&line).result();
    assert!(done["receipt"].is_string());
    assert_eq!(done["people"][0]["absences"][0]["deputy"], "bureau-2");
    assert_eq!(worklist(&pilot, "bureau-2").len(), 1);
    let today = pilot.json("today --as bureau-2").result();
    assert_eq!(today["stands_in_for"][0]["person"], "director-201");
    let mine = |day: &Value| {
        ["overdue", "at_once", "due_today", "coming"]
            .iter()
            .flat_map(|part| day[part].as_array().unwrap().clone())
            .collect::<Vec<_>>()
    };
    for line in mine(&today) {
        assert_eq!(line["instead_of"], json!(["director-201"]));
    }
    // Another deputy, then none: the town has it in any case.
    let to = "staff deputy director-201 --to supervisor-101 --as data-1";
    assert_eq!(pilot.json(to).result()["people"][0]["absences"][0]["deputy"], "supervisor-101");
    assert!(worklist(&pilot, "bureau-2").is_empty());
    let none = pilot.json("staff deputy director-201 --none --as data-1").result();
    assert_eq!(none["people"][0]["absences"][0]["deputy"], Value::Null);
    let text = pilot.text("staff list");
    assert!(text.out.contains("2099-12-31"), "{}", text.out);
    clean(&pilot);
}

#[test]
fn nobody_goes_away_with_duties_that_are_left_to_nobody() {
    let pilot = Pilot::with_county();
    // The village of the second child has no director: only the town can complete its file.
    let alone = format!("staff leave supervisor-101 {AWAY} --as data-1");
    let tried = pilot.json(&format!("{alone} --dry-run")).result();
    assert_eq!(tried["lost"], 1);
    let said = pilot.json(&alone);
    assert_eq!((said.code, &said.error()["code"]), (3, &"refusal.not_applicable".into()));
    assert!(said.error()["zh"].as_str().unwrap().contains("无人可办"), "{}", said.err);
    assert_eq!(person(&pilot, "supervisor-101")["absences"], json!([]));
    pilot
        .json(&format!("staff leave supervisor-101 {AWAY} --deputy bureau-2 --as data-1"))
        .result();
    // Whoever stands in may not go without somebody else.
    let said = pilot.json(&format!("staff leave bureau-2 {AWAY} --as bureau-1"));
    assert_eq!(said.code, 3, "{}", said.out);
    let said =
        pilot.json(&format!("staff leave bureau-1 {AWAY} --deputy supervisor-101 --as data-1"));
    assert!(said.error()["zh"].as_str().unwrap().contains("离岗"), "{}", said.err);
    clean(&pilot);
}

#[test]
fn only_who_keeps_the_directory_or_leads_the_unit_changes_it() {
    let pilot = Pilot::with_county();
    for stranger in ["bureau-1", "supervisor-101"] {
        let line = format!("staff leave director-201 {AWAY} --deputy bureau-2 --as {stranger}");
        let said = pilot.json(&line);
        let error = said.error();
        assert_eq!((said.code, &error["code"]), (3, &"refusal.role_missing".into()), "{stranger}");
        assert!(error["zh"].as_str().unwrap().contains("数据管理员"), "{error}");
    }
    for (line, code) in [
        (
            "staff leave nobody --from 2020-01-01 --to 2099-12-31 --as data-1",
            "input.unknown_person",
        ),
        (
            "staff leave director-201 --from 2020-01-01 --to 2020-01-02 --as data-1",
            "refusal.not_applicable",
        ),
        ("staff leave director-201 --from 2099-01-02 --to 2099-01-01 --as data-1", "refusal.field"),
        ("staff deputy director-201 --to bureau-2 --as data-1", "refusal.not_applicable"),
    ] {
        let said = pilot.json(line);
        assert_eq!((said.code, &said.error()["code"]), (3, &code.into()), "{line}");
    }
    let own = format!("staff leave director-201 {AWAY} --deputy director-201 --as data-1");
    assert_eq!(pilot.json(&own).error()["place"]["field"], "deputy");
}

#[test]
fn whoever_leaves_for_good_hands_the_post_over() {
    let pilot = Pilot::with_county();
    let alone = "staff transfer director-201 --as data-1 --list-confirmed";
    let said = pilot.json(alone);
    assert!(said.error()["zh"].as_str().unwrap().contains("无人可办"), "{}", said.err);
    let line = "staff transfer director-201 --to bureau-2 --as data-1";
    let said = pilot.json(line);
    assert_eq!(said.error()["place"]["field"], "list_confirmed");
    assert!(said.error()["zh"].as_str().unwrap().contains("移交清单"), "{}", said.err);
    let tried = pilot.json(&format!("{line} --dry-run")).result();
    assert_eq!((&tried["lost"], &tried["receipt"]), (&0.into(), &Value::Null));
    assert_eq!(person(&pilot, "director-201")["active"], true);
    let done = pilot.json(&format!("{line} --list-confirmed")).result();
    let taken = json!([{
        "role": "child_welfare_director", "area": "999999101201", "unit": "village-201",
    }]);
    assert_eq!(done["taken_over"], taken);
    assert_eq!(done["leaderless"], json!(["village-201"]));
    assert_eq!(person(&pilot, "director-201")["active"], false);
    assert_eq!(worklist(&pilot, "bureau-2").len(), 1);
    let said = pilot.json("today --as director-201");
    assert_eq!(said.error()["code"], "input.unknown_person");
    clean(&pilot);
    // The old file does not bring the person back.
    let said = pilot.json("staff import staff.csv --as data-1");
    assert_eq!(said.error()["reasons"][0]["code"], "input.needs_transfer");
}

#[test]
fn what_was_held_in_person_goes_over_with_an_entry_of_its_case() {
    let pilot = Pilot::with_county();
    let file = pilot.file();
    let form = json!({ "duty": "complete_file", "person": "director-201", "reason": "专人办理" });
    pilot.form(&format!("act {file} reassign_holder --as supervisor-101"), &form).result();
    let line = "staff transfer director-201 --to supervisor-101 --list-confirmed";
    let said = pilot.json(&format!("{line} --as data-1"));
    assert_eq!((said.code, &said.error()["code"]), (3, &"refusal.not_applicable".into()));
    assert!(said.error()["zh"].as_str().unwrap().contains("单位负责人"), "{}", said.err);
    let done = pilot.json(&format!("{line} --as director-201")).result();
    assert_eq!(done["duties"][0]["in_person"], true);
    assert_eq!(done["duties"][0]["to"], json!(["supervisor-101"]));
    let trail = pilot.json(&format!("trail {file}")).result();
    let last = trail["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["transition"], &last["actor"]),
        (&"caseload_transfer".into(), &"director-201".into())
    );
    let case = pilot.json(&format!("case {file}")).result();
    let duty =
        case["duties"].as_array().unwrap().iter().find(|duty| duty["duty"] == "complete_file");
    assert_eq!(duty.unwrap()["holder"]["person"], "supervisor-101");
    assert_eq!(
        pilot.json("doctor").result()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["check"] == "duties.gone")
            .count(),
        0
    );
    clean(&pilot);
}

#[test]
fn somebody_moves_to_another_post() {
    let pilot = Pilot::with_county();
    let line = "staff transfer director-201 --to supervisor-101 --unit village-202 \
                --area 999999101202 --role 儿童主任 --leader --list-confirmed --as data-1";
    let done = pilot.json(line).result();
    let moved = person(&pilot, "director-201");
    assert_eq!((&moved["unit"], &moved["area"]), (&"village-202".into(), &"999999101202".into()));
    assert_eq!(done["taken_over"][0]["area"], "999999101201");
    assert_eq!(worklist(&pilot, "director-201").len(), 1);
    assert_eq!(worklist(&pilot, "supervisor-101").len(), 2);
    let said = pilot.json(&line.replace("儿童主任", "村长"));
    assert_eq!((said.code, &said.error()["code"]), (2, &"usage.unknown_role".into()));
    clean(&pilot);
}

#[test]
fn a_file_that_takes_roles_away_is_refused_and_names_the_row() {
    let pilot = Pilot::with_county();
    let moved = STAFF.replace("village-201,999999101201", "village-201,999999101202");
    pilot.write("staff.csv", moved);
    let said = pilot.json("staff import staff.csv --as data-1");
    let error = said.error();
    assert_eq!((said.code, &error["code"]), (3, &"input.refused".into()));
    assert_eq!(error["reasons"][0]["code"], "input.needs_transfer");
    assert_eq!(error["reasons"][0]["place"]["row"], 6);
    assert_eq!(person(&pilot, "director-201")["area"], "999999101201");
}
