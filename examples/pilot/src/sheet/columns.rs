//! The columns of a weekly sheet: the one table from which the sheet, its reader and
//! `docs/formats.md` are made. Behind these stand the questions of the week's steps, one column
//! each.

use crate::county::{
    cell::Kind,
    columns::{Column, Table},
};

const fn column(
    (zh, key): (&'static str, &'static str),
    kind: Kind,
    example: &'static str,
    (help_zh, help_en): (&'static str, &'static str),
) -> Column {
    Column { key, zh, kind, required: false, example, help_zh, help_en }
}

/// The key of a row.
pub const KEY: &str = "row";
/// The step that was taken.
pub const STEP: &str = "step";
/// The day.
pub const DAY: &str = "day";
/// The time of day.
pub const CLOCK: &str = "clock";
/// In which capacity somebody else acted.
pub const ACTED: &str = "acted_as";
/// Which organ or person that was.
pub const ORGAN: &str = "organ";
/// The state when the sheet was printed.
pub const STATE: &str = "state";
/// The revision when the sheet was printed.
pub const REVISION: &str = "revision";
/// The id of the case.
pub const CASE: &str = "case";
/// The number of the duty in the case.
pub const DUTY_NO: &str = "duty_no";
/// The id of the sheet.
pub const SHEET: &str = "sheet";

/// Columns that a person fills in, beside the questions.
pub const TO_FILL: [&str; 5] = [STEP, DAY, CLOCK, ACTED, ORGAN];
/// Columns that only the program reads.
pub const HIDDEN: [&str; 5] = [STATE, REVISION, CASE, DUTY_NO, SHEET];
/// What stands where a question does not belong to the row.
pub const NOT_ASKED: &str = "—";

/// The columns before the questions, and the hidden ones behind them.
pub const WEEK: Table = Table {
    file: "周工作表 weekly sheet (.xlsx)",
    zh: "`pilot sheet` 打印、`pilot record` 登记；表头在说明文字之下",
    en: "printed by `pilot sheet`, taken in by `pilot record`; the heading stands below the notes",
    columns: &[
        column(("行号", KEY), Kind::Id, "001-3f9a12cd", ("不要改动", "leave it as it is")),
        column(("案号", "case_number"), Kind::Text, "999999-2026-000012", ("", "")),
        column(("儿童", "child"), Kind::Text, "林样溪", ("", "")),
        column(
            ("住址", "place"),
            Kind::Text,
            "示例县示枫镇例上枫村",
            ("取自 --county 的区划表，没有则为区划代码", "names from `--county`, else the code"),
        ),
        column(
            ("监护人及电话", "contact"),
            Kind::Text,
            "林例山（祖父） 00000000001",
            ("只给可看该儿童档案的人", "only for those who may see the child's file"),
        ),
        column(("应办事项", "duty"), Kind::Text, "定期走访", ("", "")),
        column(("应于", "due"), Kind::Text, "2026年5月3日", ("空白即尽快", "blank: without delay")),
        column(("要问什么", "ask"), Kind::Text, "走访登记：结果（必填）……", ("", "")),
        column(
            ("办理", STEP),
            Kind::Text,
            "走访登记",
            ("只有一种办理时已填好", "filled in where there is one only"),
        ),
        column(
            ("办理日期", DAY),
            Kind::Date,
            "2026-05-03",
            (
                "实际发生的日期；填了日期的行才登记",
                "when it happened; a row with nothing filled in is left alone",
            ),
        ),
        column(
            ("时间", CLOCK),
            Kind::Text,
            "14:05",
            ("可不填，不填即该日零时", "may be blank: the day's midnight"),
        ),
        column(
            ("实际办理人身份", ACTED),
            Kind::Role,
            "父母、监护人",
            ("办理人不是本人时填", "where somebody else acted"),
        ),
        column(
            ("实际办理的机关或人员", ORGAN),
            Kind::Text,
            "林例山",
            ("办理人不是本人时填", "where somebody else acted"),
        ),
        column(("打印时状态", STATE), Kind::Name, "active", ("隐藏列", "hidden")),
        column(("打印时步数", REVISION), Kind::Int, "4", ("隐藏列", "hidden")),
        column(
            ("个案编号", CASE),
            Kind::Id,
            "0190a000-0000-7000-8000-000000000001",
            ("隐藏列", "hidden"),
        ),
        column(("事项序号", DUTY_NO), Kind::Int, "2", ("隐藏列", "hidden")),
        column(
            ("表号", SHEET),
            Kind::Id,
            "999999/director-101201/2026-05-04/3f9a12cd/07be91aa",
            ("隐藏列；只能登记进打印它的数据库", "hidden; binds the sheet to its database"),
        ),
    ],
};
