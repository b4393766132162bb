//! 会议纪要: what a meeting decided. Minutes bear no seal, and name no child.

use serde_json::Value;

use super::Withheld;
use crate::paper::{
    dossier::Dossier,
    layout::{Paper, Part, Run, Style, wide},
    reading::{code, day, person, text, time, unit, units},
};

const ISSUE: &[&str] = &["issue_minutes"];

const CANCELLED: Withheld =
    Withheld { zh: "会议已取消，没有纪要", en: "the meeting was cancelled" };

/// Lines to write on where nothing is known.
const ROOM: u8 = 3;

pub(super) fn fill(d: &Dossier) -> Result<Paper, Withheld> {
    if d.filed.as_ref().is_some_and(|filed| filed.facts.state == "cancelled") {
        return Err(CANCELLED);
    }
    let conference = d.datum("kind").is_some_and(|kind| kind == "case_conference");
    let draft = d.filed.is_some() && d.step(ISSUE).is_none();
    let county = d.county.clone().unwrap_or_default();
    let name = if conference { "个案会商" } else { "未成年人保护工作联席会议" };
    let items = d.titles.iter().map(|title| {
        let named = d.without_names(Some(title.title.clone())).unwrap_or_default();
        match d.without_names(title.conclusion.clone()) {
            Some(conclusion) => format!("{named}（{}）：{conclusion}", title.number),
            None => format!("{named}（{}）", title.number),
        }
    });
    let tasks = d.field(ISSUE, "tasks").and_then(Value::as_array);
    let tasks: Vec<String> =
        tasks.into_iter().flatten().filter_map(|value| task(d, value)).collect();
    let issued = day(d.field(ISSUE, "issued_on"));
    let date = issued.unwrap_or_else(|| "　　　年　　月　　日".to_owned());
    let parts = vec![
        Part::Grid(vec![
            wide("会议类型", code(&d.words, "MeetingKind", d.datum("kind")), 1),
            wide("会议目的", d.without_names(text(d.datum("purpose"))), 1),
            wide("时间", time(d.datum("at")), 1),
            wide("地点", text(d.field(&["schedule"], "place")), 1),
            wide("主持人", person(d.field(&["schedule"], "chair")), 1),
            wide("出席单位", units(d.field(&["convene"], "present"), &d.names), 1),
            wide("缺席单位", units(d.field(&["convene"], "absent"), &d.names), 1),
        ]),
        Part::Heading("一、会议议题"),
        Part::List(items.collect(), ROOM),
        Part::Heading("二、议定事项"),
        Part::List(tasks, ROOM),
        Part::Paragraph(vec![Run::Text(
            "议定事项由牵头单位按期办理，办理结果书面反馈联席会议办公室。",
        )]),
        Part::Note(format!("分送：各成员单位。\n联席会议办公室　　　　{date}印发")),
    ];
    Ok(Paper {
        title: format!("{county}{name}纪要{}", if draft { "（稿）" } else { "" }),
        number: vec![
            Run::Text("〔"),
            Run::Gap(None, 3),
            Run::Text("〕第"),
            Run::Gap(None, 2),
            Run::Text("次"),
        ],
        style: Style::Minutes,
        parts,
    })
}

/// A task: what is to be done, by which unit, until when.
fn task(d: &Dossier, value: &Value) -> Option<String> {
    let mut said = d.without_names(text(value.get("task")))?;
    let mut who = Vec::new();
    who.extend(unit(value.get("lead"), &d.names).map(|lead| format!("牵头单位：{lead}")));
    who.extend(units(value.get("assist"), &d.names).map(|units| format!("配合单位：{units}")));
    who.extend(day(value.get("due")).map(|due| format!("{due}前办结")));
    if !who.is_empty() {
        said = format!("{said}（{}）", who.join("；"));
    }
    Some(said)
}
