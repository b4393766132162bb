//! A sheet as a table: one row a duty, one column a question.

use super::{
    WeekRow, WeekSheet,
    columns::{self, HIDDEN, NOT_ASKED, WEEK},
};
use crate::{
    output::{Lang, time},
    spreadsheet::{OutColumn, OutSheet},
};

/// A spreadsheet offers a list of choices of at most so many characters.
const LONGEST_LIST: usize = 255;

const NOTES: [&str; 4] = [
    "一行是一件应办事项。办了就填“办理日期”和后面要问的各项；没办的行留空，不要删列、改行号。",
    "“—”表示该行不问这一项。选择项请照“要问什么”中的字样填写；多项用顿号分隔。",
    "填好后：pilot record 文件名 --as 登记人（先加 --dry-run 试一遍）；同一张表登记两次不会重复。",
    "含儿童个人信息，只限本人工作使用，用毕交回存档。",
];

/// The table.
pub fn workbook(sheet: &WeekSheet) -> OutSheet {
    let questions = headings(&sheet.rows);
    let others_act =
        sheet.rows.iter().any(|row| row.asked.iter().any(|step| !step.acted.is_empty()));
    let known: Vec<&str> = WEEK.columns.iter().map(|column| column.key).collect();
    let (front, back): (Vec<&str>, Vec<&str>) =
        known.into_iter().partition(|key| !HIDDEN.contains(key));
    let headed = |key: &str| {
        let hidden = HIDDEN.contains(&key)
            || (!others_act && [columns::ACTED, columns::ORGAN].contains(&key));
        let labels = if key == columns::STEP { steps(&sheet.rows) } else { Vec::new() };
        OutColumn { heading: heading(key).to_owned(), choices: offered(labels), hidden }
    };
    let asked = questions.iter().map(|(heading, field)| OutColumn {
        choices: offered(choices(&sheet.rows, field)),
        ..OutColumn::headed(heading.clone())
    });
    let out = front.iter().map(|key| headed(key));
    let columns = out.chain(asked).chain(back.iter().map(|key| headed(key))).collect();
    let rows = sheet.rows.iter().map(|row| {
        let cells = front.iter().map(|key| cell(sheet, row, key));
        let answers = questions.iter().map(|(_, field)| {
            let asked =
                row.asked.iter().any(|step| step.questions.iter().any(|q| q.field == *field));
            if asked { String::new() } else { NOT_ASKED.to_owned() }
        });
        cells.chain(answers).chain(back.iter().map(|key| cell(sheet, row, key))).collect()
    });
    let (monday, sunday) = (sheet.monday.chinese(), sheet.sunday.chinese());
    let title = format!("周工作表　{}（{}）　{monday}至{sunday}", sheet.person, sheet.unit);
    let above = std::iter::once(title).chain(NOTES.map(str::to_owned));
    OutSheet {
        name: "周工作表".to_owned(),
        above: above.map(|line| vec![line]).collect(),
        columns,
        rows: rows.collect(),
        spare: 0,
    }
}

/// The Chinese heading of a column of the table.
pub(super) fn heading(key: &str) -> &'static str {
    WEEK.columns.iter().find(|column| column.key == key).map_or("", |column| column.zh)
}

/// The columns of the questions: heading and field. Two fields of the same name in Chinese say
/// their own as well.
fn headings(rows: &[WeekRow]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let questions = rows.iter().flat_map(|row| &row.asked).flat_map(|step| &step.questions);
    for question in questions {
        if found.iter().any(|(_, field)| *field == question.field) {
            continue;
        }
        let taken = found.iter().any(|(heading, _)| *heading == question.label)
            || WEEK.columns.iter().any(|column| column.zh == question.label);
        let heading = if taken {
            format!("{}（{}）", question.label, question.field)
        } else {
            question.label.clone()
        };
        found.push((heading, question.field.clone()));
    }
    found
}

fn cell(sheet: &WeekSheet, row: &WeekRow, key: &str) -> String {
    match key {
        columns::KEY => row.key.clone(),
        "case_number" => row.number.clone(),
        "child" => row.child.clone(),
        "place" => row.place.clone(),
        "contact" => row.contact.clone(),
        "duty" => row.duty.clone(),
        "due" => row.due.map_or_else(String::new, |due| time::due(due, Lang::Zh)),
        "ask" => ask(row),
        columns::STEP => match row.asked.as_slice() {
            [] => NOT_ASKED.to_owned(),
            [only] => only.label.clone(),
            _ => String::new(),
        },
        columns::STATE => row.state.clone(),
        columns::REVISION => row.revision.to_string(),
        columns::CASE => row.id.case.to_string(),
        columns::DUTY_NO => row.id.duty.to_string(),
        columns::SHEET => sheet.id.as_str().to_owned(),
        _ => String::new(),
    }
}

/// What to ask, in words.
pub(super) fn ask(row: &WeekRow) -> String {
    if row.asked.is_empty() {
        return "要附文件或内容较多，须在系统中办理".to_owned();
    }
    row.asked.iter().map(super::Asked::text).collect::<Vec<_>>().join("\n")
}

fn steps(rows: &[WeekRow]) -> Vec<String> {
    let labels = rows.iter().flat_map(|row| &row.asked).map(|step| step.label.clone());
    once(labels)
}

fn choices(rows: &[WeekRow], field: &str) -> Vec<String> {
    let questions = rows.iter().flat_map(|row| &row.asked).flat_map(|step| &step.questions);
    once(questions.filter(|question| question.field == field).flat_map(super::Question::choices))
}

fn once(labels: impl Iterator<Item = String>) -> Vec<String> {
    let mut found = Vec::new();
    for label in labels {
        if !found.contains(&label) {
            found.push(label);
        }
    }
    found
}

/// The choices, unless the list is longer than a spreadsheet takes.
fn offered(labels: Vec<String>) -> Vec<String> {
    let length: usize = labels.iter().map(|label| label.chars().count() + 1).sum();
    // A comma would part the label in two.
    let fits = length <= LONGEST_LIST && labels.iter().all(|label| !label.contains(','));
    if fits { labels } else { Vec::new() }
}
