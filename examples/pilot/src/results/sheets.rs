//! The results of `sheet` and `record`.

use hexacase::terms::{
    id::CaseId,
    time::{CivilDate, Timestamp},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::ReceiptResult;

/// `sheet`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SheetResult {
    /// The id of the sheet.
    pub sheet: String,
    /// Whose it is.
    pub actor: String,
    /// The first day of the week.
    pub monday: CivilDate,
    /// How many duties stand on it.
    pub rows: u64,
    /// The file that was written; nothing where the page is given here.
    pub file: Option<String>,
    /// The page, where no file was named.
    pub html: Option<String>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// Recorded; in a dry run: would be.
    Recorded,
    /// Recorded before, nothing was written now.
    Repeated,
    /// Not filled in.
    Blank,
    /// A cell is wrong; not recorded.
    Bad,
    /// Something else was recorded meanwhile; not recorded, nothing overwritten.
    Conflict,
    /// The engine refused the step; not recorded.
    Refused,
}

/// `record`: a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordLine {
    /// The row as a spreadsheet counts it.
    pub row: u64,
    /// Its key.
    pub key: String,
    /// The case.
    pub case: Option<CaseId>,
    /// Its number.
    pub case_number: String,
    /// The duty, by name.
    pub duty: Option<String>,
    /// The step, by name.
    pub step: Option<String>,
    /// When it happened.
    pub occurred_at: Option<Timestamp>,
    /// What became of it.
    pub outcome: RowOutcome,
    /// The number of the entry.
    pub revision: Option<i64>,
    /// The receipt.
    pub receipt: Option<ReceiptResult>,
    /// How many entries the case got between the print and this.
    pub since_print: Option<i64>,
    /// What stands against it.
    pub problems: Vec<RowProblem>,
}

/// What stands against a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RowProblem {
    /// A stable code.
    pub code: String,
    /// The heading of the column.
    pub column: Option<String>,
    /// The value of the cell.
    pub value: Option<String>,
    /// The reason, in Chinese.
    pub zh: String,
    /// The reason, in English.
    pub en: String,
}

/// `record`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordResult {
    /// The file.
    pub file: String,
    /// The id of the sheet.
    pub sheet: String,
    /// Whose sheet it is.
    pub sheet_of: String,
    /// Whether nothing was written because none was to be.
    pub dry_run: bool,
    /// Rows recorded.
    pub recorded: u64,
    /// Rows recorded before.
    pub repeated: u64,
    /// Rows not filled in.
    pub blank: u64,
    /// Rows with a wrong cell, in conflict, or refused.
    pub left: u64,
    /// The rows.
    pub items: Vec<RecordLine>,
}
