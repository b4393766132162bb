//! Registers and people from files: all or nothing, faults with their places.

use crate::pilot::{AREAS, Pilot, STAFF, UNITS, child, register};

fn empty() -> Pilot {
    let pilot = Pilot::new();
    pilot.write("areas.csv", AREAS);
    pilot.write("units.csv", UNITS);
    pilot.write("staff.csv", STAFF);
    pilot.json("init --realm 999999").result();
    pilot.json("staff import staff.csv --as data-1").result();
    pilot
}

#[test]
fn a_good_register_is_taken_in_once() {
    let pilot = empty();
    let rows = [child("1", "林样溪", "999999101201"), child("2", "何例枫", "999999101202")];
    pilot.write("台账.csv", format!("\u{feff}{}", register(&rows)));
    let tried = pilot.json("import 台账.csv --as data-1 --dry-run").result();
    assert_eq!((&tried["imported"], &tried["dry_run"]), (&2.into(), &true.into()));
    assert_eq!(pilot.json("cases").result()["items"].as_array().unwrap().len(), 0);
    assert_eq!(pilot.json("import 台账.csv --as data-1").result()["imported"], 2);
    let again = pilot.json("import 台账.csv --as data-1").result();
    assert_eq!((&again["imported"], &again["known"]), (&0.into(), &2.into()));
    let cases = pilot.json("cases --procedure care_file").result();
    assert_eq!(cases["items"].as_array().unwrap().len(), 2);
    assert_eq!(pilot.json("verify --redecide").result()["verdict"], "clean");
}

#[test]
fn every_bad_cell_is_told_and_nothing_is_written() {
    let pilot = empty();
    let bad = child("2", "", "999999101201").replace("2015-03-01", "2015-02-30");
    let rows = [child("1", "林样溪", "999999101201"), bad, child("3", "何例枫", "999998101201")];
    pilot.write("children.csv", register(&rows));
    let said = pilot.json("import children.csv --as data-1");
    assert_eq!(said.code, 3);
    let error = said.error();
    assert_eq!(error["code"], "input.invalid");
    let told: Vec<_> = error["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| {
            let place = &reason["place"];
            assert_eq!(place["file"], "children.csv");
            let column = place["column"].as_str().unwrap().to_owned();
            (reason["code"].as_str().unwrap().to_owned(), place["row"].as_u64().unwrap(), column)
        })
        .collect();
    let expected = [
        ("input.required", 3, "姓名"),
        ("input.bad_date", 3, "出生日期"),
        ("input.dangling", 4, "居住地区划"),
    ];
    let expected = expected.map(|(code, row, column)| (code.to_owned(), row, column.to_owned()));
    assert_eq!(told, expected);
    assert_eq!(pilot.json("cases").result()["items"].as_array().unwrap().len(), 0);
}

#[test]
fn whoever_may_not_open_a_file_imports_nothing() {
    let pilot = empty();
    pilot.write("children.csv", register(&[child("1", "林样溪", "999999101201")]));
    let said = pilot.json("import children.csv --as bureau-1");
    assert_eq!(said.code, 3);
    let error = said.error();
    assert_eq!(error["code"], "input.refused");
    assert_eq!(error["reasons"][0]["code"], "refusal.role_missing");
    assert_eq!(error["reasons"][0]["place"]["row"], 2);
}

#[test]
fn without_areas_beside_it_a_register_is_held_to_the_county() {
    let pilot = empty();
    std::fs::remove_file(pilot.path("areas.csv")).unwrap();
    pilot.write("children.csv", register(&[child("1", "林样溪", "999998101201")]));
    let said = pilot.json("import children.csv --as data-1");
    assert_eq!(said.error()["code"], "input.outside_county");
    pilot.write("children.csv", register(&[child("1", "林样溪", "999999555201")]));
    assert_eq!(pilot.json("import children.csv --as data-1").result()["imported"], 1);
}

#[test]
fn people_are_listed_as_they_were_taken_in() {
    let pilot = empty();
    let staff = pilot.json("staff list --limit 2").result();
    assert_eq!(staff["items"].as_array().unwrap().len(), 2);
    let next = staff["next"].as_str().unwrap();
    let rest = pilot.json(&format!("staff list --after {next}")).result();
    assert_eq!(rest["items"].as_array().unwrap().len(), 3);
    let one = pilot.json("staff list --role child_welfare_director").result();
    let one = &one["items"][0];
    assert_eq!(one["id"], "director-201");
    assert_eq!(one["roles"], serde_json::json!(["child_welfare_director"]));
    assert_eq!(one["area"], "999999101201");
    let again = pilot.json("staff import staff.csv --as data-1").result();
    assert_eq!((&again["imported"], &again["known"]), (&0.into(), &5.into()));
    let said = pilot.text("staff list");
    assert!(said.out.contains("儿童督导员"), "{}", said.out);
}

#[test]
fn a_missing_file_is_a_failure() {
    let pilot = empty();
    let said = pilot.json("import nothing.csv --as data-1");
    assert_eq!((said.code, &said.error()["code"]), (1, &"pilot.io".into()));
}
