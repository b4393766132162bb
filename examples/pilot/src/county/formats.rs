//! The description of the files, made from the table of columns.

use super::{
    cell::Kind,
    codes::CodeName,
    columns::{Column, MAP, TABLES, Table},
    fault::DATE_FORMS,
};
use crate::{sheet::columns::WEEK, spreadsheet};

/// `docs/formats.md`.
pub fn markdown() -> String {
    let head = HEAD
        .replace("DATE_FORMS", DATE_FORMS)
        .replace("MAX_MB", &(spreadsheet::MAX_BYTES >> 20).to_string())
        .replace("MAX_UNPACKED", &(spreadsheet::MAX_UNPACKED >> 20).to_string())
        .replace("MAX_ROWS", &spreadsheet::MAX_ROWS.to_string())
        .replace("MAX_COLUMNS", &spreadsheet::MAX_COLUMNS.to_string());
    let map = [section(&MAP), MAP_NOTES.to_owned()];
    let week = [section(&WEEK), QUESTIONS.to_owned()];
    let tables = TABLES.iter().map(|table| section(table));
    std::iter::once(head).chain(tables).chain(map).chain(week).collect()
}

const QUESTIONS: &str = "\n其后每个问题一列，列名即表单字段的中文名；不问该项的行填“—”。 Behind these one column for each\nquestion, headed by the Chinese name of the form's field; `—` where a row does not ask it.\n";

const HEAD: &str = "\
# 文件格式 File formats

<!-- Generated from the tables of columns of the parsers; mend those. -->

一个县是一个文件夹，其中的表都是 CSV，另有 `files/` 存放作为证据的文件。
A county is a folder of CSV tables, with documents used as evidence under `files/`.

- 每张表可以是 `.csv`（UTF-8，有无 BOM 均可，或 GB18030）或 `.xlsx`，按内容识别；县的文件夹里文件名照
  旧。 Each table may be `.csv` (UTF-8 with or without BOM, or GB18030) or `.xlsx`; the bytes tell, not
  the name.
- 表头用中文或英文均可，列的次序不限；必填的列不能缺，多出的列是错误。不必填的列可以没有，没有就是
  “未提及”，再次导入时原有内容不动。 Headings in Chinese or English, columns in any order; unknown and
  missing required columns are errors. A column that may be blank may be missing: then the file says
  nothing of it, and what is known stays.
- 每个错误的单元格都一次报出：文件、行（表头为第 1 行）、列、值、原因。 Every bad cell is reported in
  one go, with file, row (the header is row 1), column, value and reason.
- 日期 dates: DATE_FORMS（最后一种是电子表格的日期序号 the last is a spreadsheet's serial number）。
- 时间 times: `2026-03-01 14:05[:00]`（北京时间 Beijing time），或 RFC 3339；只写日期即该日零时 a date
  alone is its midnight.
- 列表用顿号“、”分隔，也可用分号、逗号。 Lists are separated by `、`, also by semicolons or commas.
- 代码可写中文名或英文代码。 A code may be given by its Chinese name or its English code.
- 文字原样保留，不去空白；以 = + - @ 开头的也只是文字，不会运算。写出的 CSV 在这样的文字前加一个撇号
  （'），读回时去掉。 Text is kept as it is, nothing is trimmed; a cell that starts with = + - @ is text
  and is never computed. In a CSV file that is written such a text has an apostrophe before it, which is
  taken away again when it is read.
- 工作簿中的公式按其保存时的值读取；没有值或出错的公式是错误。 A formula in a workbook is read by the
  value it had when it was saved; one without a value or with an error is an error.
- 身份证号、电话等长数字的单元格须设为“文本”，否则电子表格会改写末几位；改写过的（1.1E+17、末尾变
  000、丢了开头的 0、全角数字、看不见的字符）能认出并报错。导出的 `.xlsx` 已全部设为文本。 Format cells
  of long numbers as text, or a spreadsheet rounds them; what it did to them (1.1E+17, trailing 000, lost
  leading zeros, digits of full width, invisible characters) is recognized. In an `.xlsx` that is written
  all cells are text.
- 合并的单元格是错误，请取消合并。 Merged cells are errors.
- 一个工作簿里只有一张有内容的工作表时读它；有几张时由对照表指明。 Of a workbook the only sheet that holds
  anything is read; of several the map names one.
- 大小 limits: MAX_MB MB，解开后 unpacked MAX_UNPACKED MB，MAX_ROWS 行 rows，MAX_COLUMNS 列 columns。
";

const MAP_NOTES: &str = "
一行说一件事。 A row says one thing:

| 列 | 表中列名 | 表中的值 | 值 | 意思 meaning |
|---|---|---|---|---|
| 姓名 | 儿童姓名 |  |  | 表中“儿童姓名”一列就是“姓名” · the heading `儿童姓名` is our `姓名` |
| 监护情况 | 监护能力 | 较好 | 好 | 其中“较好”写作“好” · there `较好` means `好` |
| 类别 | 是否留守 | 是 | 留守儿童 | 几列可以合成一个列表 · several columns may make one list |
| 类别 | 是否留守 | 否 |  | 空白即不填 · blank for nothing |
| 民族 |  |  | 汉族 | 表中没有这一列，每行都填“汉族” · every row has it |
| 不导入 | 序号 |  |  | 这一列不导入，结果中会列出 · left out, and named in the result |
| 工作表 |  |  | 台账 | 读哪张工作表 · which sheet |
| 表头行 |  |  | 3 | 表头在第几行，以上不读 · the row of the headings; what is above is not read |
| 整理 |  |  | 是 | 去掉前后空白和看不见的字符，全角数字字母改半角 · mends white space, invisible characters and full width |

## 导入与导出台账 Taking the register in and writing it out

- `pilot import 文件 --as 经办人 [--map 对照表] [--dry-run] [--skip-bad]`：全部正确才写入，一次提交；中途
  断电、退出，数据库仍是原样，重做一次即可。 All good or nothing, in one transaction: whatever ends the
  program leaves the database as it was, and the same command does it again.
- 再次导入同一登记号的儿童，只把变了的列记入档案（`update_file`），不会重复建档；表中空白的列即清空，表
  中没有的列不动。 A child who is known is never opened again: what changed is taken as `update_file`, field
  by field. A blank cell clears, a missing column leaves alone.
- 登记号是儿童终身的。身份证号已在另一登记号名下的，或都没有两个不同的身份证号而姓名、出生日期、监护人
  相同的，视为同一儿童，该行不收，并说明其登记号。县内搬家只改“居住地区划”；迁出县的按转出办理。 A
  register number is a child's for good. A child who is known under another number (by identity number, or
  by name, birth and guardian where no two identity numbers tell them apart) is refused with that number.
  A move within the county is a change of residence; out of the county the file is sent out.
- 结果列出：新建、逐列的变化、未变、同村在档而表中未列的儿童（不作处理）。已归档的不动。 The result says
  who is new, what changed field by field, how many are unchanged, and who of the same villages is not in
  the file (nothing is done about them). Closed files are left alone.
- `--skip-bad`：有错的行另存为“原名.未导入.csv/xlsx”，与原表同样的列，末尾加“未导入原因”；改好后可直接再
  导入（该列不读）。 Bad rows go to a file of the same headings with their reasons, which is taken in again
  once mended.
- `pilot export 文件`：在用档案的台账各列，按登记号排列，同样的内容得出同样的字节。走访、结对、心愿等是
  档案的办理记录，不是台账的列，再次导入不会影响它们。 The register's columns of all files in use, in order
  of number; the same content gives the same bytes. Visits, pairings and wishes are steps of the file and no
  columns: taking a register in never touches them.
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
