//! What is wrong with a cell, said so that the person at the spreadsheet can find and mend it.

use std::fmt;

use serde::Serialize;

use super::fault::Fault;
use crate::spreadsheet::{TableProblem, column_letters};

/// One thing that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputProblem {
    /// A stable code such as `input.bad_date`.
    pub code: &'static str,
    /// The file.
    pub file: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The row as a spreadsheet shows it; the header is row 1. Nothing if the file as a whole is
    /// meant.
    pub row: Option<u64>,
    /// The column's header as the file writes it.
    pub column: Option<String>,
    /// The cell as the file has it.
    pub value: Option<String>,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
}

impl InputProblem {
    /// A problem of a whole file, or of a row of it.
    pub(crate) fn in_file(file: &str, row: Option<u64>, fault: &Fault) -> Self {
        Self::in_cell(file, row, None, None, fault)
    }

    /// A problem of a cell.
    pub(crate) fn in_cell(
        file: &str,
        row: Option<u64>,
        column: Option<&str>,
        value: Option<&str>,
        fault: &Fault,
    ) -> Self {
        Self {
            code: fault.code(),
            file: file.to_owned(),
            sheet: None,
            row,
            column: column.map(str::to_owned),
            value: value.map(cut),
            zh: fault.zh(),
            en: fault.en(),
        }
    }

    /// On this sheet of a workbook.
    #[must_use]
    pub(crate) fn on_sheet(self, sheet: Option<&str>) -> Self {
        Self { sheet: sheet.map(str::to_owned), ..self }
    }

    /// A problem of a table as such.
    pub(crate) fn of_table(file: &str, problem: TableProblem) -> Self {
        let TableProblem { fault, sheet, row, column } = problem;
        let mut said = Self::in_file(file, row, &Fault::Table(fault));
        said.column = column.map(column_letters);
        said.on_sheet(sheet.as_deref())
    }

    /// The problem and its place in one Chinese line.
    pub fn chinese(&self) -> String {
        let sheet = self.sheet.as_ref().map(|name| format!(" 工作表“{name}”")).unwrap_or_default();
        let row = self.row.map(|row| format!(" 第 {row} 行")).unwrap_or_default();
        let column = self.column.as_ref().map(|name| format!("「{name}」")).unwrap_or_default();
        let value =
            self.value.as_ref().map(|value| format!("“{}”", shown(value))).unwrap_or_default();
        format!("{}{sheet}{row}{column}{value}：{}", self.file, self.zh)
    }
}

impl fmt::Display for InputProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, ", sheet `{sheet}`")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        if let Some(value) = &self.value {
            write!(f, ", value `{}`", shown(value))?;
        }
        write!(f, ": {}", self.en)
    }
}

/// So many characters of a cell are shown; a file of the wrong kind has cells of any length.
const SHOWN: usize = 200;

/// A cell as far as it is shown.
fn cut(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

/// A cell on one line: what would break the line, or hide in it, is escaped.
fn shown(value: &str) -> String {
    let line =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    value.chars().map(line).collect()
}

/// Everything that is wrong with the files, in the order of files, rows and columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(transparent)]
pub struct InputErrors(pub Vec<InputProblem>);

impl fmt::Display for InputErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}
