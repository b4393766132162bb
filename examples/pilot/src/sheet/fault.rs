//! Why a sheet, a row or a cell is not taken: a stable code, and the reason in both languages.

/// What is wrong with a sheet, a row or a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SheetFault {
    /// A file without the columns of a sheet.
    NotASheet,
    /// No id of a sheet.
    BadSheetId,
    /// The sheet of another county.
    OtherCounty {
        /// Which.
        found: String,
        /// The county here.
        here: String,
    },
    /// The sheet of another database, or an id that was changed.
    OtherDatabase,
    /// Rows of two sheets in one file.
    TwoSheets,
    /// A row without its key.
    NoKey,
    /// A key that does not fit the case and the duty beside it.
    Altered,
    /// A row that stands there twice.
    Twice {
        /// The earlier row.
        row: u64,
    },
    /// A formula where a value is asked for.
    Formula,
    /// A cell that must be filled in.
    Missing,
    /// A value that is not one of those asked for, or not of that kind.
    Value {
        /// What is asked for, in Chinese.
        zh: String,
        /// What is asked for.
        en: String,
    },
    /// A day after today.
    Future,
    /// A question that this step does not ask.
    NotAsked,
    /// A step that asks for files, or for more than a cell holds.
    InSystemOnly,
    /// The duty was done meanwhile.
    Done {
        /// By which step and whom, in Chinese.
        zh: String,
        /// By which step and whom.
        en: String,
    },
    /// The case is in another state than when the sheet was printed.
    MovedOn {
        /// Printed in this state.
        from: String,
        /// Now in this one.
        to: String,
    },
    /// The row was recorded before and says something else now.
    Changed {
        /// The differences, in Chinese.
        zh: String,
        /// The differences.
        en: String,
    },
}

impl SheetFault {
    /// Every code with its Chinese text.
    pub const CODES: [(&'static str, &'static str); 17] = [
        (
            "sheet.not_a_sheet",
            "不是 `pilot sheet` 打印的周工作表：找不到表头（行号、案号、办理日期等）",
        ),
        ("sheet.bad_id", "表号不完整或被改动，请用原表"),
        ("sheet.other_county", "这是另一县的周工作表"),
        ("sheet.other_database", "这不是从此数据库打印的周工作表，或表号被改动"),
        ("sheet.two_sheets", "一个文件中有两张表的行，请分开登记"),
        ("sheet.no_key", "没有行号；表外新增的事项请用 `pilot open` 或 `pilot act` 登记"),
        ("sheet.altered", "行号与案号、事项对不上，隐藏列被改动或行内容错位，请用原表"),
        ("sheet.twice", "同一行号出现两次"),
        ("sheet.formula", "单元格是公式，请改写为值"),
        ("sheet.missing", "必填"),
        ("sheet.value", "填写不符合要求"),
        ("sheet.future", "日期晚于今天"),
        ("sheet.not_asked", "所选办理不问这一项"),
        ("sheet.in_system_only", "该事项要附文件或内容较多，不能用周工作表登记，请用 `pilot act`"),
        ("sheet.done", "该事项打印后已另行办结，本行未登记"),
        ("sheet.moved_on", "打印以后个案状态已变，本行未登记"),
        ("sheet.changed", "本行此前已登记，内容后来改过；未改写，确需更正请用 `pilot amend`"),
    ];

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotASheet => "sheet.not_a_sheet",
            Self::BadSheetId => "sheet.bad_id",
            Self::OtherCounty { .. } => "sheet.other_county",
            Self::OtherDatabase => "sheet.other_database",
            Self::TwoSheets => "sheet.two_sheets",
            Self::NoKey => "sheet.no_key",
            Self::Altered => "sheet.altered",
            Self::Twice { .. } => "sheet.twice",
            Self::Formula => "sheet.formula",
            Self::Missing => "sheet.missing",
            Self::Value { .. } => "sheet.value",
            Self::Future => "sheet.future",
            Self::NotAsked => "sheet.not_asked",
            Self::InSystemOnly => "sheet.in_system_only",
            Self::Done { .. } => "sheet.done",
            Self::MovedOn { .. } => "sheet.moved_on",
            Self::Changed { .. } => "sheet.changed",
        }
    }

    /// Whether the row is good and something else stands against it: another sheet, another step.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::MovedOn { .. } | Self::Changed { .. })
    }

    /// The reason in Chinese.
    pub fn zh(&self) -> String {
        let code = self.code();
        let text = Self::CODES.iter().find(|(known, _)| *known == code).map_or("", |(_, zh)| zh);
        match self {
            Self::OtherCounty { found, here } => format!("{text}（{found}），本县是 {here}"),
            Self::Twice { row } => format!("{text}，前一次在第 {row} 行"),
            Self::Value { zh, .. } => format!("{text}：应为{zh}"),
            Self::Done { zh, .. } | Self::Changed { zh, .. } => format!("{text}：{zh}"),
            Self::MovedOn { from, to } => format!("{text}：打印时“{from}”，现为“{to}”"),
            _ => text.to_owned(),
        }
    }

    /// The reason in English.
    pub fn en(&self) -> String {
        match self {
            Self::NotASheet => {
                "not a sheet that `pilot sheet` printed: its heading is not there".into()
            }
            Self::BadSheetId => "the id of the sheet is not whole; use the sheet as printed".into(),
            Self::OtherCounty { found, here } => {
                format!("the sheet is of county `{found}`, here is `{here}`")
            }
            Self::OtherDatabase => {
                "the sheet was not printed from this database, or its id was changed".into()
            }
            Self::TwoSheets => "the file holds rows of two sheets; record them apart".into(),
            Self::NoKey => "no row key; what is not on the sheet is recorded by `pilot open` or \
                            `pilot act`"
                .into(),
            Self::Altered => {
                "the row key does not fit the case and duty beside it; use the sheet as printed"
                    .into()
            }
            Self::Twice { row } => format!("the row key stands in row {row} already"),
            Self::Formula => "the cell is a formula; write the value".into(),
            Self::Missing => "must be filled in".into(),
            Self::Value { en, .. } => format!("expected {en}"),
            Self::Future => "the day is after today".into(),
            Self::NotAsked => "the step does not ask this".into(),
            Self::InSystemOnly => "the step asks for files or for more than a cell holds; record \
                                   it with `pilot act`"
                .into(),
            Self::Done { en, .. } => {
                format!("it was done meanwhile, the row is not recorded: {en}")
            }
            Self::MovedOn { from, to } => format!(
                "the case has moved on since the sheet was printed, from `{from}` to `{to}`; the \
                 row is not recorded"
            ),
            Self::Changed { en, .. } => format!(
                "the row was recorded before and says something else now; nothing is overwritten, \
                 `pilot amend` corrects: {en}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_are_told_from_faults() {
        let done = SheetFault::Done { zh: "第 3 步".into(), en: "entry 3".into() };
        assert!(done.is_conflict() && !SheetFault::Missing.is_conflict());
        assert_eq!(done.zh(), "该事项打印后已另行办结，本行未登记：第 3 步");
        assert!(SheetFault::CODES.iter().all(|(code, _)| code.starts_with("sheet.")));
    }
}
