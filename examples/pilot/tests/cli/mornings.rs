//! The morning, remarks, the check-up and the review.

use std::fs;

use serde_json::{Value, json};

use crate::pilot::Pilot;

const ALL: &str = "review --from 2020-01-01 --to 2099-12-31";

fn checks(doctor: &Value, level: &str) -> Vec<String> {
    let findings = doctor["findings"].as_array().unwrap();
    let at = findings.iter().filter(|finding| finding["level"] == level);
    at.map(|finding| finding["check"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_morning_has_every_duty_once() {
    let pilot = Pilot::with_county();
    let today = pilot.json("today --as supervisor-101").result();
    for key in ["person", "name", "date", "working_day", "away", "reminders", "since", "to_confirm"]
    {
        assert!(today.get(key).is_some(), "no `{key}`");
    }
    let parts = ["overdue", "at_once", "due_today", "coming"];
    let count: usize = parts.iter().map(|part| today[part].as_array().unwrap().len()).sum();
    let later = today["later"].as_u64().unwrap();
    let worklist = pilot.json("worklist --as supervisor-101").result();
    assert_eq!(count as u64 + later, worklist["items"].as_array().unwrap().len() as u64);
    let text = pilot.text("today --as supervisor-101");
    assert!(text.out.contains("何示梅") && text.out.contains("没有："), "{}", text.out);
    let said = pilot.json("today --as nobody");
    assert_eq!((said.code, &said.error()["code"]), (3, &"input.unknown_person".into()));
}

#[test]
fn what_a_colleague_proposed_waits_in_the_morning_of_another() {
    let pilot = Pilot::with_county();
    let file = pilot.file();
    let form = json!({ "reason": "opened_by_mistake", "text": "误开" });
    let line = format!("act {file} annul_case --as bureau-1");
    assert_eq!(pilot.form(&line, &form).result()["receipt"]["proposed"], true);
    assert_eq!(pilot.json("today --as bureau-1").result()["to_confirm"], json!([]));
    let today = pilot.json("today --as bureau-2").result();
    assert_eq!(today["to_confirm"][0]["duty"], "confirm_annul_case");
    assert!(pilot.text("today --as bureau-2").out.contains("待您复核"));
}

#[test]
fn a_demo_has_overdue_duties_and_reminders_in_somebodys_morning() {
    let pilot = Pilot::new();
    pilot.json("demo --children 12 --seed 3").result();
    // Half a year later nobody has done anything, and the ladders are climbed.
    let now = "--now 2027-06-30";
    pilot.json(&format!("sweep {now}")).result();
    let late = pilot.json(&format!("overdue {now} --limit 1")).result();
    let unit = late["items"][0]["holder"]["unit"].clone();
    let staff = pilot.json("staff list --limit 1000").result();
    let (mut overdue, mut reminders) = (0, 0);
    for row in staff["items"].as_array().unwrap().iter().filter(|row| row["unit"] == unit) {
        let id = row["id"].as_str().unwrap();
        let today = pilot.json(&format!("today --as {id} {now}")).result();
        overdue += today["overdue"].as_array().unwrap().len();
        reminders += today["reminders"].as_array().unwrap().len();
        for line in today["overdue"].as_array().unwrap() {
            assert!(line["due"].as_str().unwrap() < "2027-07-01");
        }
    }
    assert!(overdue > 0 && reminders > 0, "{overdue} overdue, {reminders} reminders");
}

#[test]
fn a_note_on_a_case_is_an_entry_and_one_on_the_program_is_not() {
    let pilot = Pilot::with_county();
    let file = pilot.file();
    let said =
        pilot.json(&format!("note 祖父耳背，请大声说话 --case {file} --as director-201")).result();
    assert_eq!(said["revision"], 2);
    let trail = pilot.json(&format!("trail {file}")).result();
    assert_eq!(trail["items"][1]["transition"], "add_note");
    let before = pilot.json("feed").result();
    let noted = pilot.json("note 列表字太小 --as director-201").result();
    assert_eq!((&noted["about"], &noted["text"]), (&"program".into(), &"列表字太小".into()));
    assert_eq!(pilot.json("feed").result(), before);
    let review = pilot.json(ALL).result();
    assert_eq!(review["feedback"][0]["person"], "director-201");
    for (line, code) in [
        ("note 电话13800000000打不通 --as director-201", "input.number_in_note"),
        ("note 很好 --as nobody", "input.unknown_person"),
    ] {
        let said = pilot.json(line);
        assert_eq!((said.code, &said.error()["code"]), (3, &code.into()), "{line}");
    }
    // Whoever may not act on a case does not write into it.
    let said = pilot.json(&format!("note 看看 --case {file} --as nobody"));
    assert_eq!(said.error()["code"], "refusal.role_missing");
}

#[test]
fn a_review_counts_steps_refusals_and_the_way_from_clue_to_visit() {
    let pilot = Pilot::with_county();
    let clue = json!({
        "source": "director", "facts": "无人照看", "seen_at": "2026-01-02 10:00",
        "suspected_red": false, "child": "999999-2026-00001",
    });
    let line = "open risk_alert --as director-201 --occurred-at 2026-01-02";
    let case = pilot.form(line, &clue).result()["case"].as_str().unwrap().to_owned();
    let wait = pilot.json(ALL).result()["clue_to_visit"].clone();
    assert_eq!((&wait["clues"], &wait["visited"]), (&1.into(), &0.into()));
    assert!(wait["longest_wait_hours"].is_i64());
    let act = |step: &str| format!("act {case} {step} --as director-201 --occurred-at");
    let verifier = json!({ "verifier": "谢示秋" });
    pilot.form(&format!("{} 2026-01-03", act("start_verification")), &verifier).result();
    let met = json!({
        "result": "met", "at": "2026-01-03 10:00", "place": "家中", "safety": "平安",
    });
    pilot.form(&format!("{} 2026-01-03T10:00:00+08:00", act("record_visit")), &met).result();
    assert_eq!(
        pilot.json(&format!("annul {case} --reason duplicate --text 误 --as data-1")).code,
        3
    );
    let review = pilot.json(ALL).result();
    assert_eq!(review["clue_to_visit"]["visited"], 1);
    let people = review["people"].as_array().unwrap();
    assert_eq!(people.len(), 5);
    let of = |id: &str| people.iter().find(|line| line["person"] == id).unwrap();
    assert_eq!(of("data-1")["refused"], 1);
    assert!(of("director-201")["lag"]["median_minutes"].as_i64().unwrap() > 0);
    let reasons = review["refusals"].as_array().unwrap();
    let missing = reasons.iter().find(|line| line["code"] == "refusal.role_missing").unwrap();
    assert_eq!((&missing["command"], &missing["count"]), (&"annul".into(), &1.into()));
    let unused = review["unused"].as_array().unwrap();
    let is = |name: &str| {
        unused.iter().any(|line| line["transition"] == name && line["procedure"] == "risk_alert")
    };
    assert!(is("dismiss") && !is("register_clue") && !is("start_verification"));
    let text = pilot.text(ALL);
    assert!(text.out.contains("线索到走访") && text.out.contains("登记时差"), "{}", text.out);
    // No name, no case and no form stands in the log.
    let log = fs::read_to_string(pilot.path("work.db.pilot.jsonl")).unwrap();
    assert!(!log.contains("林样溪") && !log.contains(&case) && !log.contains("误"), "{log}");
    let said = pilot.json("review --from 2026-02-01 --to 2026-01-01");
    assert_eq!((said.code, &said.error()["code"]), (2, &"usage.time_backwards".into()));
}

#[test]
fn a_check_up_says_what_is_missing_and_what_to_do() {
    let pilot = Pilot::with_county();
    let doctor = pilot.json("doctor").result();
    assert_eq!(checks(&doctor, "fault"), Vec::<String>::new(), "{doctor}");
    let warnings = checks(&doctor, "warning");
    assert!(warnings.contains(&"backup.age".to_owned()), "{warnings:?}");
    assert!(warnings.contains(&"sweep.late".to_owned()), "{warnings:?}");
    pilot.json("backup copy.tar").result();
    pilot.json("sweep").result();
    let doctor = pilot.json("doctor").result();
    let good = checks(&doctor, "good");
    for check in [
        "backup.age",
        "sweep.late",
        "file.structure",
        "file.settings",
        "clock.behind",
        "duties.held",
    ] {
        assert!(good.contains(&check.to_owned()), "{check}: {good:?}");
    }
    let text = pilot.text("doctor");
    assert!(text.out.contains("【正常】") && text.out.contains("截至"), "{}", text.out);
}

#[test]
fn somebody_away_without_anybody_standing_in_is_a_fault() {
    let pilot = Pilot::with_county();
    let away = "staff leave director-201 --from 2020-01-01 --to 2099-12-31 --deputy bureau-2";
    pilot.json(&format!("{away} --as data-1")).result();
    assert_eq!(pilot.json("doctor").code, 0);
    // Leaving the deputy out leaves it to the leader of the village, who is the one away.
    pilot.json("staff deputy director-201 --none --as data-1").result();
    let said = pilot.json("doctor");
    assert_eq!(said.code, 4);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(checks(&document["result"], "fault"), ["staff.absences"]);
    assert_eq!(document["result"]["verdict"], "fault");
}

#[test]
fn a_check_up_of_what_is_no_database_says_what_it_is() {
    let pilot = Pilot::new();
    assert_eq!(pilot.json("doctor").error()["code"], "database.missing");
    pilot.write("work.db", "编号,姓名\n".repeat(200));
    let said = pilot.json("doctor");
    assert_eq!(said.code, 4);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let finding = &document["result"]["findings"][0];
    assert_eq!(
        (&finding["check"], &finding["level"]),
        (&"store.not_a_database".into(), &"fault".into())
    );
    assert!(finding["found"]["zh"].as_str().unwrap().contains("文本文件"), "{finding}");
    let said = pilot.json("cases");
    assert_eq!((said.code, &said.error()["code"]), (1, &"store.not_a_database".into()));
    assert!(said.error()["zh"].as_str().unwrap().contains("文本文件"), "{}", said.err);
}
