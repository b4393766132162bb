//! What an import did, or would do, in words.

use std::fmt::Write as _;

use crate::{
    county::{columns::CHILDREN, problem::InputProblem, register_file::RegisterRows},
    failure::Reason,
    index::masked,
    output::{Lang, Output, table},
    register::{
        Register,
        plan::{Action, Plan},
    },
    results::{ChildHere, FieldChange, RegisterImport, RowChange, RowOpened},
};

/// How many lines of each kind are shown; `--json` has all.
const MOST_LINES: usize = 50;

/// What is known before anything is compared.
pub(super) fn result_of(name: &str, rows: &RegisterRows, dry_run: bool) -> RegisterImport {
    RegisterImport {
        file: name.to_owned(),
        sheet: rows.sheet.clone(),
        rows: rows.rows,
        ignored_columns: rows.ignored.clone(),
        formulas: rows.formulas,
        tidied: rows.tidied,
        dry_run,
        ..RegisterImport::default()
    }
}

/// What was done.
pub(super) fn fill(result: &mut RegisterImport, plan: &Plan, register: &Register) {
    for (row, child, action) in &plan.rows {
        let (row, register_number) = (*row, child.register_number.clone());
        let name = masked(&child.name);
        match action {
            Action::Same => result.known += 1,
            Action::Closed => result.closed += 1,
            Action::Open => {
                result.imported += 1;
                result.opened.push(RowOpened { row, register_number, name });
            }
            Action::Update(at, changes) => {
                result.changed += 1;
                let Some(file) = register.files.get(*at) else { continue };
                let fields = changes.iter().map(|change| FieldChange {
                    column: CHILDREN
                        .columns
                        .get(change.column)
                        .map_or_else(String::new, |column| column.key.to_owned()),
                    before: change.before.clone(),
                    after: change.after.clone(),
                });
                let (case, fields) = (file.case, fields.collect());
                result.changes.push(RowChange { row, register_number, name, case, fields });
            }
        }
    }
    let missing = plan.missing.iter().filter_map(|at| register.files.get(*at));
    result.missing = missing
        .map(|file| {
            let number = file.cells.get("register_number");
            ChildHere {
                subject: file.subject,
                register_number: (!number.is_empty()).then(|| number.to_owned()),
                name: masked(file.cells.get("name")),
            }
        })
        .collect();
}

/// All of it for people.
pub(super) fn text(
    result: &RegisterImport,
    problems: &[InputProblem],
    refused: &[Reason],
    out: &Output,
) -> String {
    let mut text = head(result, out);
    list(&mut text, out, ("新建档案", "new files"), opened(result, out));
    list(&mut text, out, ("更新", "changes"), changes(result, out));
    list(
        &mut text,
        out,
        (
            "同村在档、本表未列（未作处理）",
            "in use in the same villages, not in this file (left alone)",
        ),
        missing(result, out),
    );
    list(&mut text, out, ("未导入的行", "rows that were not taken"), bad(problems, refused, out));
    text
}

fn head(result: &RegisterImport, out: &Output) -> String {
    let RegisterImport { file, rows, imported, changed, known, closed, skipped, .. } = result;
    let mut text = match out.lang() {
        Lang::Zh => format!("{file}：{rows} 行，新建 {imported}，更新 {changed}，未变 {known}"),
        Lang::En => {
            format!("{file}: {rows} rows, {imported} new, {changed} changed, {known} unchanged")
        }
    };
    let mut more = |count: u64, zh: &str, en: &str| {
        if count > 0 {
            let (comma, said) = (out.say("，", ", "), out.say(zh, en));
            let _ = match out.lang() {
                Lang::Zh => write!(text, "{comma}{said} {count}"),
                Lang::En => write!(text, "{comma}{count} {said}"),
            };
        }
    };
    more(*closed, "档案已归档未动", "of closed files left alone");
    more(*skipped, "未导入", "not taken");
    more(result.formulas, "按公式的值读取的单元格", "cells read by the value of their formula");
    more(result.tidied, "已整理的单元格", "cells tidied");
    if result.dry_run {
        text.push_str(out.say("；只是试算，没有写入", "; only tried, nothing was written"));
    }
    if let Some(path) = &result.skipped_file {
        let said = out.say("未导入的行已另存，改好后可再导入：", "the rows not taken stand in ");
        let _ = write!(text, "\n{said}{path}");
    }
    if !result.ignored_columns.is_empty() {
        let said = out.say("按对照表不导入的列：", "columns left out by the map: ");
        let _ = write!(text, "\n{said}{}", result.ignored_columns.join("、"));
    }
    text
}

/// A headed table, cut where it gets too long.
fn list(
    text: &mut String,
    out: &Output,
    title: (&str, &str),
    (header, rows): (Vec<&str>, Vec<Vec<String>>),
) {
    if rows.is_empty() {
        return;
    }
    let more = rows.len().saturating_sub(MOST_LINES);
    let _ = write!(text, "\n\n{}\n", out.say(title.0, title.1));
    text.push_str(&table::table(&header, rows.into_iter().take(MOST_LINES)));
    if more > 0 {
        let _ = match out.lang() {
            Lang::Zh => write!(text, "\n…… 另有 {more} 行，加 --json 可看全部"),
            Lang::En => write!(text, "\n… and {more} more; `--json` gives all"),
        };
    }
}

fn opened<'h>(result: &RegisterImport, out: &Output) -> (Vec<&'h str>, Vec<Vec<String>>) {
    let header = match out.lang() {
        Lang::Zh => vec!["行", "登记号", "姓名"],
        Lang::En => vec!["row", "register number", "name"],
    };
    let line =
        |row: &RowOpened| vec![row.row.to_string(), row.register_number.clone(), row.name.clone()];
    (header, result.opened.iter().map(line).collect())
}

fn changes<'h>(result: &RegisterImport, out: &Output) -> (Vec<&'h str>, Vec<Vec<String>>) {
    let header = match out.lang() {
        Lang::Zh => vec!["行", "登记号", "姓名", "列", "原为", "现为"],
        Lang::En => vec!["row", "register number", "name", "column", "before", "after"],
    };
    let mut rows = Vec::new();
    for change in &result.changes {
        for field in &change.fields {
            let column = CHILDREN.columns.iter().find(|column| column.key == field.column);
            let heading = column.map_or("", |column| out.say(column.zh, column.key));
            rows.push(vec![
                change.row.to_string(),
                change.register_number.clone(),
                change.name.clone(),
                heading.to_owned(),
                field.before.clone(),
                field.after.clone(),
            ]);
        }
    }
    (header, rows)
}

fn missing<'h>(result: &RegisterImport, out: &Output) -> (Vec<&'h str>, Vec<Vec<String>>) {
    let header = match out.lang() {
        Lang::Zh => vec!["登记号", "姓名"],
        Lang::En => vec!["register number", "name"],
    };
    let line = |child: &ChildHere| {
        let number = child.register_number.clone();
        vec![number.unwrap_or_else(|| child.subject.to_string()), child.name.clone()]
    };
    (header, result.missing.iter().map(line).collect())
}

fn bad<'h>(
    problems: &[InputProblem],
    refused: &[Reason],
    out: &Output,
) -> (Vec<&'h str>, Vec<Vec<String>>) {
    let header = match out.lang() {
        Lang::Zh => vec!["行", "列", "内容", "原因"],
        Lang::En => vec!["row", "column", "value", "reason"],
    };
    let number = |row: Option<u64>| row.map(|row| row.to_string()).unwrap_or_default();
    let mut rows: Vec<(Option<u64>, Vec<String>)> = Vec::new();
    rows.extend(problems.iter().map(|problem| {
        let said = out.say(&problem.zh, &problem.en).to_owned();
        let cells = [problem.column.clone(), problem.value.clone()].map(Option::unwrap_or_default);
        let [column, value] = cells;
        (problem.row, vec![number(problem.row), column, value, said])
    }));
    rows.extend(refused.iter().map(|reason| {
        let said = out.say(&reason.zh, &reason.en).to_owned();
        let row = reason.place.row;
        (row, vec![number(row), String::new(), String::new(), said])
    }));
    rows.sort_by_key(|(row, _)| *row);
    (header, rows.into_iter().map(|(_, cells)| cells).collect())
}
