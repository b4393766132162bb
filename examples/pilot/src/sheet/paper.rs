//! A sheet on paper: one box a duty, with a place to write for every question.

use super::{WeekRow, WeekSheet};
use crate::{
    output::{Lang, time},
    paper::{
        html::Trace,
        layout::{Fill, Paper, Part, Row, Run, Signature, Style, pair, wide},
    },
};

const NOTE: &str = "办了的事项填写日期和各项，没办的留空。立即报告的事项不要等到录入：先打 110 或报乡镇工作站。\n\
    含儿童个人信息，只限本人工作使用，不得张贴、转交、拍照外传；录入后交回存档。";

/// The paper, and what ties it to its workbook.
pub fn paper(sheet: &WeekSheet) -> (Paper, Trace) {
    let (monday, sunday) = (sheet.monday.chinese(), sheet.sunday.chinese());
    let mut parts = vec![
        Part::Paragraph(vec![
            Run::Gap(Some(format!("{}（{}）", sheet.person, sheet.unit)), 0),
            Run::Text("　"),
            Run::Gap(Some(format!("{monday}至{sunday}")), 0),
            Run::Text("　共 "),
            Run::Gap(Some(sheet.rows.len().to_string()), 0),
            Run::Text(" 项"),
        ]),
        Part::Note(NOTE.to_owned()),
    ];
    parts.extend(sheet.rows.iter().map(entry));
    parts.push(Part::Signatures(vec![
        Signature { who: "填写人（签名）：", seal: None },
        Signature { who: "录入人（签名）：", seal: None },
    ]));
    let paper =
        Paper { title: "周工作表".to_owned(), number: Vec::new(), style: Style::Table, parts };
    let id = sheet.id.as_str();
    // On every page the end is enough to find the sheet; the person is nobody else's business.
    let end = id.rsplit('/').next().unwrap_or_default();
    let trace =
        Trace { entry: Some(format!("表号 {end} · {monday}")), line: format!("表号 {id}") };
    (paper, trace)
}

fn entry(row: &WeekRow) -> Part {
    let provisional = if row.provisional { "（暂定）" } else { "" };
    let right = match row.due {
        Some(due) => format!("应于 {}{provisional}", time::due(due, Lang::Zh)),
        None => "尽快".to_owned(),
    };
    let mut rows = vec![pair(
        ("儿童", Some(row.child.clone()).into()),
        ("住址", Some(row.place.clone()).into()),
    )];
    if !row.contact.is_empty() {
        rows.push(wide("监护人", Some(row.contact.clone()), 1));
    }
    rows.extend(places(row));
    Part::Entry {
        title: format!("{}．{}", row.id.no, row.duty),
        right,
        key: format!("行号 {}　案号 {}", row.key, row.number),
        rows,
    }
}

/// The places to write.
fn places(row: &WeekRow) -> Vec<Row> {
    if row.asked.is_empty() {
        return vec![wide("办理", Some(super::workbook::ask(row)), 1)];
    }
    let mut rows = Vec::new();
    if row.asked.len() > 1 {
        let labels = row.asked.iter().map(|step| (step.label.clone(), false));
        rows.push(wide("办理", Fill::Ticks(labels.collect()), 1));
    }
    rows.push(pair(("办理日期", Fill::Room), ("时间", Fill::Room)));
    if row.asked.iter().any(|step| !step.acted.is_empty()) {
        rows.push(wide("实际办理人身份、机关或姓名", Fill::Room, 1));
    }
    let mut seen: Vec<&str> = Vec::new();
    for question in row.asked.iter().flat_map(|step| &step.questions) {
        if seen.contains(&question.field.as_str()) {
            continue;
        }
        seen.push(&question.field);
        let choices = question.choices();
        let fill = if choices.is_empty() {
            Fill::Room
        } else {
            Fill::Ticks(choices.into_iter().map(|label| (label, false)).collect())
        };
        let lines = if question.is_text() && question.required { 2 } else { 1 };
        rows.push(wide(question.label.clone(), fill, lines));
    }
    rows
}
