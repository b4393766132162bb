//! The description of the files, made from the table of columns.

use super::{
    cell::Kind,
    codes::CodeName,
    columns::{Column, TABLES, Table},
    fault::DATE_FORMS,
};
use crate::sheet::columns::WEEK;

/// `docs/formats.md`.
pub fn markdown() -> String {
    let head = HEAD.replace("DATE_FORMS", DATE_FORMS);
    let week = [section(&WEEK), QUESTIONS.to_owned()];
    std::iter::once(head).chain(TABLES.iter().map(|table| section(table))).chain(week).collect()
}

const QUESTIONS: &str = "\n其后每个问题一列，列名即表单字段的中文名；不问该项的行填“—”。 Behind these one column for each\nquestion, headed by the Chinese name of the form's field; `—` where a row does not ask it.\n";

const HEAD: &str = "\
# 文件格式 File formats

<!-- Generated from the tables of columns of the parsers; mend those. -->

一个县是一个文件夹，其中的表都是 CSV，另有 `files/` 存放作为证据的文件。
A county is a folder of CSV tables, with documents used as evidence under `files/`.

- 编码为 UTF-8，有无 BOM 均可；GB18030 以后的版本支持。 Encoding is UTF-8 with or without BOM;
  GB18030 comes in a later version.
- 表头用中文或英文均可，列的次序不限，多列、缺列都是错误。 Headers in Chinese or English, columns in
  any order; unknown and missing columns are errors.
- 每个错误的单元格都一次报出：文件、行（表头为第 1 行）、列、值、原因。 Every bad cell is reported in
  one go, with file, row (the header is row 1), column, value and reason.
- 日期 dates: DATE_FORMS（最后一种是电子表格的日期序号 the last is a spreadsheet's serial number）。
- 时间 times: `2026-03-01 14:05[:00]`（北京时间 Beijing time），或 RFC 3339；只写日期即该日零时 a date
  alone is its midnight.
- 列表用顿号“、”分隔，也可用分号、逗号。 Lists are separated by `、`, also by semicolons or commas.
- 代码可写中文名或英文代码。 A code may be given by its Chinese name or its English code.
- 文字原样保留，不去空白；以 = + - @ 开头的也只是文字，不会运算。 Text is kept as it is, nothing is
  trimmed; a cell that starts with = + - @ is text and is never computed.
- 身份证号、电话等长数字的单元格须设为“文本”，否则电子表格会改写末几位；改写过的能认出并报错。 Format
  cells of long numbers as text, or a spreadsheet rounds them; rounded ones are recognized.
";

fn section(table: &Table) -> String {
    let title = format!("\n## `{}` {}\n\n{}\n\n", table.file, table.zh, capital(table.en));
    let head = "| 列 | column | 类型 type | 必填 required | 例 example | 说明 notes |\n\
                |---|---|---|---|---|---|\n";
    let rows = table.columns.iter().map(row);
    let lists = table.columns.iter().filter_map(|column| match column.kind {
        Kind::Code(list) | Kind::Codes(list) => {
            Some(format!("\n`{}`: {}\n", column.key, names(list)))
        }
        _ => None,
    });
    [title, head.to_owned()].into_iter().chain(rows).chain(lists).collect()
}

fn row(column: &Column) -> String {
    let example = match column.example {
        "" => String::new(),
        example => format!("`{}`", example.replace('|', "\\|")),
    };
    let help = match (column.help_zh, column.help_en) {
        ("", "") => String::new(),
        (zh, en) => format!("{zh} · {en}"),
    };
    let required = if column.required { "是 yes" } else { "" };
    let kind = kind(column.kind);
    format!("| {} | `{}` | {kind} | {required} | {example} | {help} |\n", column.zh, column.key)
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "文字 text",
        Kind::Texts => "文字列表 texts",
        Kind::Id => "编号 id",
        Kind::Date => "日期 date",
        Kind::Time => "时间 time",
        Kind::Area => "区划代码 area code",
        Kind::Bool => "是、否 yes, no",
        Kind::Int => "整数 whole number",
        Kind::Phone => "电话 telephone",
        Kind::Identity => "身份证号 identity number",
        Kind::Name => "名称 name",
        Kind::Json => "JSON 对象 JSON object",
        Kind::Role => "岗位 role",
        Kind::Roles => "岗位列表 roles",
        Kind::Code(_) => "代码 code",
        Kind::Codes(_) => "代码列表 codes",
    }
}

fn names(list: &[CodeName]) -> String {
    let one = |name: &CodeName| format!("`{}` {}", name.code, name.zh);
    list.iter().map(one).collect::<Vec<_>>().join(" · ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + chars.as_str() + "."
    })
}
