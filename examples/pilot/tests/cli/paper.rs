//! Forms on paper: what stands there, for whom, and what does not.

use std::{collections::BTreeMap, fs, path::PathBuf};

use hexacase::terms::{
    facts::{CaseFacts, Subject, SubjectKind},
    id::{ActorId, CaseId, Digest, IncidentId, Revision, SubjectId},
    time::Timestamp,
};
use hexacase_pilot::{
    output::{Lang, Words},
    paper::{Dossier, FORMS, Filed, Form, Names, Sight, Step, Title, html},
};
use serde_json::{Map, Value, json};

use crate::pilot::{Pilot, child, register};

fn clue(pilot: &Pilot, who: &str) -> String {
    let form = json!({
        "found_at": "2026-01-02 10:00", "facts": "手臂多处淤青 <b>=1+1</b>",
        "situations": ["multiple_injuries_or_neglect"], "child": "999999-2026-00001",
    });
    let done = pilot.form(&format!("open mandatory_report --as {who}"), &form).result();
    done["case_number"].as_str().unwrap().to_owned()
}

#[test]
fn the_forms_are_listed() {
    let pilot = Pilot::new();
    let list = pilot.args(&["print", "--list", "--json"]).result();
    let names: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|line| &line["form"]).collect();
    assert!(names.contains(&&json!("report")) && names.contains(&&json!("custody-transfer")));
    assert!(pilot.args(&["print", "--list"]).out.contains("强制报告表"));
    assert!(!pilot.path("demo.db").exists());
}

#[test]
fn an_empty_form_needs_no_database() {
    let pilot = Pilot::new();
    for form in FORMS {
        let said = pilot.args(&["print", form.name, "--blank"]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains("空白表") && !said.out.contains("案号 9"), "{}", said.out);
    }
    assert!(pilot.args(&["print", "强制报告表", "--blank"]).out.contains("<h1>侵害未成年人"));
    let said = pilot.args(&["print", "letter", "--blank", "--json"]);
    assert_eq!((said.code, &said.error()["code"]), (2, &"usage.unknown_paper".into()));
}

#[test]
fn a_report_names_its_case_its_entry_and_its_hash() {
    let pilot = Pilot::with_county();
    let case = clue(&pilot, "director-201");
    let line = format!("print report {case} --as director-201 --county . --out report.html");
    let done = pilot.json(&line).result();
    let page = fs::read_to_string(pilot.path("report.html")).unwrap();
    let trail = pilot.json(&format!("trail {case}")).result();
    let last = trail["items"].as_array().unwrap().last().unwrap().clone();
    let hash = last["hash"].as_str().unwrap()[..16].to_owned();
    assert_eq!((&done["hash"], &done["revision"]), (&json!(hash), &last["seq"]));
    assert!(page.contains(&format!("案号 {case}　截至第 1 步　留痕 {hash}")), "{page}");
    assert!(page.contains("林样溪") && page.contains("2026年1月2日 10:00"));
    assert!(page.contains("示例县示枫镇例上枫村"), "the names of the county's files");
    assert!(page.contains("手臂多处淤青 &lt;b&gt;=1+1&lt;/b&gt;") && !page.contains("<b>=1"));
    // Nothing is fetched.
    assert!(!page.contains("http") && !page.contains("<link") && !page.contains("<script"));
}

#[test]
fn who_reported_stands_on_the_report_for_the_reporter_and_the_receiver_only() {
    let pilot = Pilot::with_county();
    let case = clue(&pilot, "director-201");
    let of = |actor: &str| pilot.text(&format!("print report {case} --as {actor}")).out;
    assert!(of("director-201").contains("谢示秋"), "the reporter");
    assert!(of("bureau-1").contains("谢示秋"), "the receiving department");
    let page = of("supervisor-101");
    assert!(page.contains("依法保密，不在本页显示") && !page.contains("谢示秋"), "{page}");
}

#[test]
fn whoever_has_no_part_in_a_case_gets_no_paper_of_it() {
    let pilot = Pilot::with_county();
    let case = clue(&pilot, "director-201");
    let said = pilot.json(&format!("print report {case} --as data-1"));
    assert_eq!((said.code, &said.error()["code"]), (3, &"paper.no_part".into()));
    let said = pilot.json(&format!("print custody-transfer {case} --as bureau-1"));
    assert_eq!((said.code, &said.error()["code"]), (3, &"paper.other_procedure".into()));
}

#[test]
fn a_name_that_is_markup_or_a_formula_stays_text() {
    let pilot = Pilot::with_county();
    pilot.write(
        "more.csv",
        register(&[child("999999-2026-00003", "<script>alert(1)</script>", "999999101201")]),
    );
    pilot.json("import more.csv --as data-1").result();
    let form = json!({
        "found_at": "2026-01-02 10:00", "facts": "=1+1",
        "situations": ["other_serious"], "child": "999999-2026-00003",
    });
    let done = pilot.form("open mandatory_report --as director-201", &form).result();
    let case = done["case_number"].as_str().unwrap();
    let page = pilot.text(&format!("print report {case} --as director-201")).out;
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
    assert!(!page.contains("<script"));
}

fn step(seq: i64, transition: &str, form: Value) -> Step {
    Step {
        seq,
        transition: transition.to_owned(),
        form,
        acted_by: None,
        by: ActorId::new("someone-1").unwrap(),
        occurred_at: "2026-05-03 14:05".parse::<Timestamp>().unwrap(),
    }
}

/// A case as `print` would read it, of always the same content.
fn dossier(form: &Form, data: Value, steps: Vec<Step>) -> Dossier {
    let at = "2026-05-03 14:05".parse::<Timestamp>().unwrap();
    let definitions = hexacase_pilot::database::definitions().unwrap();
    let subject = Subject { kind: SubjectKind::Child, id: SubjectId::from_bytes([3; 16]) };
    let facts = CaseFacts {
        realm: "999999".parse().unwrap(),
        id: CaseId::from_bytes([1; 16]),
        procedure: form.procedures[0].to_owned(),
        definition: Digest::of(b"definition"),
        rule_pack: Digest::of(b"rules"),
        subject,
        incident: IncidentId::from_bytes([2; 16]),
        areas: BTreeMap::new(),
        area: "999999101201".parse().unwrap(),
        opened_by: None,
        state: "open".to_owned(),
        revision: Revision::new(7),
        opened_at: at,
        closed_at: None,
        recorded_at: at,
        head: Digest::of(b"head"),
        duties: 1,
    };
    let child = json!({
        "name": "林样溪", "sex": "女", "birth": "2015-03-01", "school": "primary-01",
        "guardian": "林例山", "relation": "祖父", "phone": "00000000001", "health": "健康",
    });
    let filed = Filed {
        number: "999999-2026-000012".to_owned(),
        facts,
        revision: 7,
        hash: "0123456789abcdef".to_owned(),
        data,
        steps,
        child: child.as_object().cloned().unwrap_or_else(Map::new),
        sight: Sight { case: true, file: false, reporter: false },
    };
    let title = Title {
        number: "999999-2026-000009".to_owned(),
        title: "林样溪的复学".to_owned(),
        conclusion: Some("由教体局办理".to_owned()),
    };
    Dossier {
        words: Words::new(Lang::Zh, definitions),
        names: Names::default(),
        county: Some("示例县".to_owned()),
        filed: Some(filed),
        titles: vec![title],
        veiled: vec!["何例枫".to_owned()],
        limit: Some("首次见面（县里自定）".to_owned()),
        judicial: false,
    }
}

/// What each form is filled from in its golden file.
fn filled(form: &Form) -> Dossier {
    match form.name {
        "report" => dossier(
            form,
            json!({
                "facts": "手臂多处淤青", "reported_at": "2026-05-03 15:00",
                "channel": "police_110", "evidence_preserved_at": "2026-05-03 16:00",
            }),
            vec![
                step(
                    1,
                    "discover",
                    json!({
                        "found_at": "2026-05-03 14:05", "facts": "手臂多处淤青",
                        "situations": ["multiple_injuries_or_neglect", "other_serious"],
                    }),
                ),
                step(
                    2,
                    "report_to_police",
                    json!({
                        "at": "2026-05-03 15:00", "channel": "police_110",
                        "receiver": "110 接警员", "oral": true,
                    }),
                ),
            ],
        ),
        "custody-transfer" => dossier(
            form,
            json!({
                "harm_by_guardian": true,
                "custody": [
                    { "to": { "organ": "示枫派出所" }, "at": "2026-05-03 14:30", "written": false },
                    {
                        "from": { "organ": "示枫派出所" },
                        "to": { "person": { "name": "林例川", "relation": "叔父" } },
                        "kind": "relative", "at": "2026-05-03 16:00", "written": true,
                    },
                ],
            }),
            vec![step(5, "record_intake", json!({ "health": "左臂软组织挫伤" }))],
        ),
        "referral" => dossier(
            form,
            json!({ "request": {
                "need": "psychology", "to_unit": "clinic-1", "what": "每周一次心理辅导",
                "from": "2026-05-04", "until": "2026-08-31",
                "shared_fields": ["姓名", "birth", "学习情况"],
            } }),
            vec![step(
                2,
                "refuse_referral",
                json!({
                    "reason": "no_capacity", "text": "暂无心理咨询师",
                }),
            )],
        ),
        "oversight" => dossier(
            form,
            json!({ "issuing": "government_inspection_office" }),
            vec![
                step(
                    1,
                    "propose_oversight",
                    json!({
                        "unit": "town-101", "owed_by": "town_station",
                        "obligation": "对林样溪、何例枫的首次见面",
                        "overdue_since": "2026-04-20 23:59",
                    }),
                ),
                step(
                    2,
                    "sign_oversight",
                    json!({
                        "signed_by": "陈示岭", "due": "2026-05-15", "listed": true,
                    }),
                ),
            ],
        ),
        _ => dossier(
            form,
            json!({ "kind": "thematic", "purpose": "研究复学", "at": "2026-05-03 09:00" }),
            vec![
                step(
                    2,
                    "schedule",
                    json!({
                        "at": "2026-05-03 09:00", "place": "县政府第二会议室", "chair": "陈示岭",
                    }),
                ),
                step(4, "convene", json!({ "present": ["town-101", "clinic-1"], "absent": [] })),
                step(
                    6,
                    "issue_minutes",
                    json!({
                        "issued_on": "2026-05-06", "tasks": [{ "task": "落实林样溪复学", "lead": "education-bureau", "assist": ["primary-01"], "due": "2026-05-31" }],
                    }),
                ),
            ],
        ),
    }
}

#[test]
fn every_form_looks_as_it_should() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/paper");
    for form in FORMS {
        let dossier = filled(form);
        let printed = ActorId::new("center-1").unwrap();
        let at = "2026-05-07 08:30".parse::<Timestamp>().unwrap();
        let page = html::page(&form.fill(&dossier).unwrap(), &dossier.trace(Some((&printed, at))));
        let path = folder.join(format!("{}.html", form.name));
        if std::env::var_os("HEXACASE_BLESS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &page).unwrap();
        }
        let found = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(found == page, "{} differs; if that is meant, HEXACASE_BLESS=1", path.display());
    }
}

#[test]
fn a_notice_of_oversight_and_minutes_name_no_child() {
    for name in ["oversight", "minutes"] {
        let form = Form::named(name).unwrap();
        let dossier = filled(form);
        let page = html::page(&form.fill(&dossier).unwrap(), &dossier.trace(None));
        assert!(page.contains("该儿童"), "{page}");
        assert!(!page.contains("林样溪") && !page.contains("何例枫"), "{page}");
    }
}

#[test]
fn a_referral_shares_what_it_declares_and_nothing_else() {
    let form = Form::named("referral").unwrap();
    let dossier = filled(form);
    let page = html::page(&form.fill(&dossier).unwrap(), &dossier.trace(None));
    assert!(page.contains("林样溪") && page.contains("2015年3月1日") && page.contains("学习情况"));
    assert!(!page.contains("林例山") && !page.contains("00000000001"), "{page}");
}

#[test]
fn judicial_organs_get_no_notice() {
    let form = Form::named("oversight").unwrap();
    let proposal = json!({ "unit": "court-1", "owed_by": "court", "obligation": "复函" });
    let dossier = dossier(form, json!({}), vec![step(1, "propose_oversight", proposal)]);
    assert!(form.fill(&dossier).unwrap_err().zh.contains("函询"));
}
