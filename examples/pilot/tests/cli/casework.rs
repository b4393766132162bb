//! A day's work: opening, acting, correcting, a second person, lists.

use serde_json::{Value, json};

use crate::pilot::Pilot;

fn complete(pilot: &Pilot) -> (String, Value) {
    let file = pilot.file();
    let form = json!({
        "guardians": [{ "name": "林例山", "relation": "祖父" }], "carer": "林例山",
        "condition": "好",
    });
    let line = format!("act {file} complete_file --as director-201");
    (file, pilot.form(&line, &form).result())
}

#[test]
fn a_step_gives_a_receipt_and_moves_the_case() {
    let pilot = Pilot::with_county();
    let (file, done) = complete(&pilot);
    assert_eq!((&done["case"], &done["state"]), (&file.as_str().into(), &"active".into()));
    assert_eq!(done["revision"], 2);
    assert_eq!(done["receipt"]["repeated"], false);
    let case = pilot.json(&format!("case {file}")).result();
    for key in [
        "case",
        "case_number",
        "procedure",
        "definition",
        "rule_pack",
        "subject",
        "incident",
        "areas",
        "state",
        "revision",
        "opened_at",
        "closed_at",
        "data",
        "duties",
        "attributes",
        "links",
    ] {
        assert!(case.get(key).is_some(), "no `{key}`");
    }
    assert_eq!(case["areas"]["residence"], "999999101201");
    let duties = case["duties"].as_array().unwrap();
    let visit = duties.iter().find(|duty| duty["duty"] == "routine_visit").unwrap();
    for key in [
        "name",
        "owed_by",
        "recorded_by",
        "holder",
        "limit",
        "due",
        "provisional",
        "basis",
        "opened_at",
        "state",
    ] {
        assert!(visit.get(key).is_some(), "no `{key}`");
    }
    assert_eq!(
        (&visit["state"], &visit["holder"]["unit"]),
        (&"open".into(), &"village-201".into())
    );
    let before = pilot.json(&format!("case {file} --as-of 2000-01-01"));
    assert_eq!((before.code, &before.error()["code"]), (3, &"refusal.no_such_case".into()));
    let text = pilot.text(&format!("case {file}"));
    assert!(text.out.contains("在档") && text.out.contains("林＊＊"), "{}", text.out);
}

#[test]
fn a_command_id_makes_a_repeat_harmless() {
    let pilot = Pilot::with_county();
    let id = "0190a000-0000-7000-8000-000000000001";
    let form = json!({
        "source": "director", "facts": "无人照看", "seen_at": "2026-01-02 10:00",
        "suspected_red": false, "child": "999999-2026-00001",
    });
    let line = format!("open risk_alert --as director-201 --command-id {id}");
    let first = pilot.form(&line, &form).result();
    let second = pilot.form(&line, &form).result();
    assert_eq!(first["case"], second["case"]);
    assert_eq!(
        (&first["receipt"]["repeated"], &second["receipt"]["repeated"]),
        (&false.into(), &true.into())
    );
    let mut other = form;
    other["facts"] = json!("别的事");
    let said = pilot.form(&line, &other);
    assert_eq!((said.code, &said.error()["code"]), (3, &"refusal.command_reused".into()));
    // The case is about the child whose register number was given.
    let case = pilot.json(&format!("case {}", first["case"].as_str().unwrap())).result();
    let child = pilot.json("child 999999-2026-00001").result();
    assert_eq!(case["subject"], child["items"][0]["subject"]);
    assert_eq!(child["items"][0]["cases"].as_array().unwrap().len(), 2);
}

#[test]
fn whoever_looked_before_somebody_else_acted_is_told() {
    let pilot = Pilot::with_county();
    let (file, _) = complete(&pilot);
    let form = json!({ "result": "met" });
    let line = format!("act {file} record_visit --as director-201 --expect-revision 1");
    let said = pilot.form(&line, &form);
    assert_eq!(said.code, 3);
}

#[test]
fn the_worklist_has_what_the_actor_may_do() {
    let pilot = Pilot::with_county();
    let list = pilot.json("worklist --as director-201").result();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    let item = &items[0];
    for key in [
        "case",
        "case_number",
        "procedure",
        "state",
        "duty",
        "due",
        "overdue",
        "provisional",
        "holder",
        "subject",
        "transitions",
    ] {
        assert!(item.get(key).is_some(), "no `{key}`");
    }
    assert_eq!(item["duty"], "complete_file");
    assert!(item["transitions"].as_array().unwrap().contains(&json!("complete_file")));
    let text = pilot.text("worklist --as director-201");
    assert!(text.out.contains("完成建档") && text.out.contains("林＊＊"), "{}", text.out);
    // An empty list says what it is, or why it is empty.
    assert!(pilot.text("worklist --as nobody").out.contains("人员名录中没有"));
    assert!(pilot.text("overdue").out.contains("没有逾期事项"));
    assert!(pilot.json("overdue --by unit").result()["items"].as_array().unwrap().is_empty());
}

#[test]
fn lists_are_read_page_by_page() {
    let pilot = Pilot::with_county();
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = pilot.json(&format!("cases --limit 1 {after}")).result();
        seen.extend(page["items"].as_array().unwrap().iter().map(|line| line["case"].clone()));
        match page["next"].as_str() {
            Some(next) => after = format!("--after {next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 2);
    let mut entries = Vec::new();
    let mut after = String::new();
    loop {
        let page = pilot.json(&format!("feed --limit 1 {after}")).result();
        entries.extend(page["items"].as_array().unwrap().iter().map(|line| line["hash"].clone()));
        match page["next"].as_str() {
            Some(next) => after = format!("--after {next}"),
            None => break,
        }
    }
    // The people, and two files.
    assert_eq!(entries.len(), 3);
}

#[test]
fn a_trail_is_chained_entries() {
    let pilot = Pilot::with_county();
    let (file, _) = complete(&pilot);
    let trail = pilot.json(&format!("trail {file}")).result();
    let items = trail["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    for key in [
        "seq",
        "kind",
        "transition",
        "from",
        "to",
        "actor",
        "role",
        "acted_by",
        "occurred_at",
        "recorded_at",
        "hash",
        "prev",
    ] {
        assert!(items[1].get(key).is_some(), "no `{key}`");
    }
    assert_eq!(items[1]["prev"], items[0]["hash"]);
    assert_eq!(items[1]["role"], "child_welfare_director");
    assert!(pilot.text(&format!("trail {file}")).out.contains("完成建档"));
    assert!(pilot.text("feed").out.contains("人员变动"));
}

#[test]
fn a_step_is_explained_before_it_is_tried() {
    let pilot = Pilot::with_county();
    let file = pilot.file();
    let may = pilot.json(&format!("explain {file} complete_file --as director-201")).result();
    assert_eq!((&may["possible"], &may["role"]), (&true.into(), &"child_welfare_director".into()));
    let may_not = pilot.json(&format!("explain {file} complete_file --as bureau-1")).result();
    assert_eq!(may_not["possible"], false);
    assert_eq!(may_not["reasons"][0]["code"], "refusal.role_missing");
    let text = pilot.text(&format!("explain {file} record_visit --as director-201"));
    assert!(text.code == 0 && text.out.contains("不能办理"), "{}", text.out);
}

#[test]
fn a_correction_of_a_legal_fact_takes_two_persons() {
    let pilot = Pilot::with_county();
    let file = pilot.file();
    let annul = format!("annul {file} --reason test_entry --text 试录 --as bureau-1");
    let proposed = pilot.json(&annul).result();
    assert_eq!(
        (&proposed["receipt"]["proposed"], &proposed["state"]),
        (&true.into(), &"draft".into())
    );
    let entry = proposed["revision"].as_i64().unwrap();
    let said = pilot.json(&format!("confirm {file} {entry} --as bureau-1"));
    assert_eq!((said.code, &said.error()["code"]), (3, &"refusal.four_eyes".into()));
    let declined =
        pilot.json(&format!("decline {file} {entry} --reason 不是试录 --as bureau-2")).result();
    assert_eq!(declined["state"], "draft");
    let proposed = pilot.json(&annul).result();
    let entry = proposed["revision"].as_i64().unwrap();
    let done = pilot.json(&format!("confirm {file} {entry} --as bureau-2")).result();
    assert_eq!(done["state"], "annulled");
    let said = pilot.form(&format!("act {file} complete_file --as director-201"), &json!({}));
    assert_eq!((said.code, &said.error()["code"]), (3, &"refusal.case_ended".into()));
    assert_eq!(pilot.json("verify").result()["verdict"], "clean");
}

#[test]
fn free_text_is_amended_by_one_person() {
    let pilot = Pilot::with_county();
    let (file, _) = complete(&pilot);
    let line = format!("amend {file} 2 condition 一般 --reason 录错 --as director-201");
    let done = pilot.json(&line).result();
    assert_eq!(done["receipt"]["proposed"], false);
    let case = pilot.json(&format!("case {file}")).result();
    assert_eq!(case["data"]["register"]["condition"], "一般");
    let said = pilot.json(&format!("amend {file} 9 condition 好 --reason 录错 --as director-201"));
    assert_eq!(said.code, 3);
}

#[test]
fn a_file_goes_into_the_blob_store_and_its_digest_into_the_case() {
    let pilot = Pilot::with_county();
    let file = pilot.file();
    pilot.write("回执.txt", "收到");
    let done =
        pilot.json(&format!("attach {file} 回执.txt --note 回执 --as director-201")).result();
    assert_eq!(done["revision"], 2);
    let verdict = pilot.json("verify").result();
    assert_eq!((&verdict["verdict"], &verdict["attachments"]), (&"clean".into(), &1.into()));
    // A file that is gone, or changed, is a fault.
    std::fs::remove_dir_all(pilot.path("work.db.blobs")).unwrap();
    let said = pilot.json("verify");
    assert_eq!(said.code, 4);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(document["result"]["verdict"], "faulty");
    assert_eq!(document["result"]["faults"][0]["case"], file.as_str());
    assert_eq!(document["result"]["faults"][0]["seq"], 2);
}

#[test]
fn cases_join_and_leave_an_incident() {
    let pilot = Pilot::with_county();
    let clue = json!({
        "source": "director", "facts": "无人照看", "seen_at": "2026-01-02 10:00",
        "suspected_red": false, "child": "999999-2026-00001",
    });
    let first = pilot.form("open risk_alert --as director-201", &clue).result();
    let case = first["case_number"].as_str().unwrap();
    let file = pilot.file();
    let incident = |id: &str| pilot.json(&format!("case {id}")).result()["incident"].clone();
    assert_ne!(incident(case), incident(&file));
    pilot.json(&format!("join {case} {file} --reason 同一事 --as bureau-1")).result();
    assert_eq!(incident(case), incident(&file));
    let shared = incident(&file);
    let listed = pilot.json(&format!("cases --incident {}", shared.as_str().unwrap())).result();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    pilot.json(&format!("split {case} --reason 不是同一事 --as bureau-1")).result();
    assert_ne!(incident(case), incident(&file));
}

#[test]
fn a_child_is_shown_with_who_cares_for_it_then_and_now() {
    let pilot = Pilot::with_county();
    let alarm = json!({
        "at": "2026-01-02 10:00", "danger": "独自在家", "place": "三组",
        "child": "999999-2026-00001",
    });
    let opened = pilot.form("open emergency_response --as director-201", &alarm).result();
    let case = opened["case"].as_str().unwrap().to_owned();
    let act = |step: &str, who: &str, form: Value| {
        pilot.form(&format!("act {case} {step} --as {who}"), &form).result()
    };
    let police = json!({ "role": "police_station", "organ": "示例派出所" });
    let come = json!({ "responder": "village", "at": "2026-01-02 11:00", "found": "平安" });
    act("local_first_response", "director-201", come);
    let form = json!({ "ground": "无人照看", "at": "2026-01-02 12:00", "acted_by": police });
    act("remove_child", "supervisor-101", form);
    let form = json!({ "destination": "祖父家", "kind": "relative", "acted_by": police });
    let escort =
        format!("act {case} escort --as supervisor-101 --occurred-at 2026-01-02T13:00:00+08:00");
    pilot.form(&escort, &form).result();
    let form = json!({
        "to": "样祖父", "kind": "relative", "at": "2026-01-02 14:00", "written": true,
        "harm_by_guardian": false, "acted_by": police,
    });
    act("custody_transfer", "supervisor-101", form);
    let carer = |at: &str| {
        let child = pilot.json(&format!("child 林样溪{at}")).result();
        child["items"][0]["carer"].clone()
    };
    assert_eq!(carer(" --at 2026-01-01"), Value::Null);
    let then = carer(" --at 2026-01-02T13:30:00+08:00");
    assert_eq!((&then["holder"], &then["name"]), (&"organ".into(), &"示例派出所".into()));
    let now = carer("");
    assert_eq!((&now["holder"], &now["name"]), (&"person".into(), &"样祖父".into()));
    assert_eq!((&now["placement"], &now["case"]), (&"relative".into(), &case.as_str().into()));
    let text = pilot.text("child 林样溪").out;
    assert!(text.contains("样祖父（亲属抚养）"), "{text}");
}
