//! Tables as offices exchange them: `.csv` in UTF-8 or GB18030, and `.xlsx`.
//!
//! [`read`] gives every cell with its exact place and what kind of value it holds; [`write_csv`] and
//! [`write_xlsx`] give bytes that are the same for the same content and in which nothing runs as a
//! formula. What the columns mean is no business of this module.

mod csv;
mod encoding;
pub mod fault;
mod inert;
mod value;
mod write;
mod xlsx;

#[cfg(test)]
mod tests;

use std::fmt;

pub use encoding::Encoding;
pub use fault::{TableFault, TableProblem};
pub use value::{GridCell, Value};
pub use write::{OutColumn, OutSheet, write, write_csv, write_xlsx};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 20;
/// The most that a packed file may hold when it is unpacked, in bytes: a packed file of a few
/// kilobytes can otherwise fill the memory.
pub const MAX_UNPACKED: u64 = 512 << 20;
/// The most rows of a sheet.
pub const MAX_ROWS: u64 = 200_000;
/// The most columns of a sheet.
pub const MAX_COLUMNS: usize = 500;

/// How a table is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with separators.
    Csv(Encoding),
    /// A workbook.
    Xlsx,
}

impl Format {
    /// The format that a file's name asks for. A CSV file is written as Excel reads it best: UTF-8
    /// with a byte order mark.
    ///
    /// # Errors
    /// [`TableFault::UnknownFormat`] for other names.
    pub fn of_name(name: &str) -> Result<Self, TableFault> {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Ok(Self::Csv(Encoding::Utf8Bom)),
            "xlsx" => Ok(Self::Xlsx),
            _ => Err(TableFault::UnknownFormat(ending)),
        }
    }
}

/// A file of one or more tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// How it is stored.
    pub format: Format,
    /// Its visible sheets; a CSV file has one without a name.
    pub sheets: Vec<Grid>,
    /// What is wrong with single rows and leaves the others readable.
    pub problems: Vec<TableProblem>,
}

/// A sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// Its name.
    pub name: Option<String>,
    /// Its rows that hold anything, in order.
    pub lines: Vec<Line>,
    /// Its merged cells.
    pub merged: Vec<Merged>,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its number as a spreadsheet shows it, from 1.
    pub number: u64,
    /// Its cells from the first column on; cells after the last may be left out.
    pub cells: Vec<GridCell>,
}

impl Line {
    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.text().trim().is_empty())
    }
}

/// Cells that were merged into one; only the first of them holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The first and the last row, from 1.
    pub rows: (u64, u64),
    /// The first and the last column, from 0.
    pub columns: (usize, usize),
}

impl fmt::Display for Merged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (column_letters(self.columns.0), column_letters(self.columns.1));
        write!(f, "{first}{}:{last}{}", self.rows.0, self.rows.1)
    }
}

/// A column's letters as a spreadsheet shows them; the first column is 0.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or(0)));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// Reads a file. What it is follows from its bytes, not from its name.
///
/// # Errors
/// Why nothing of it can be read.
pub fn read(bytes: &[u8]) -> Result<Book, TableProblem> {
    if bytes.len() > MAX_BYTES {
        return Err(TableFault::FileTooLarge.anywhere());
    }
    if bytes.starts_with(b"PK") {
        return xlsx::read(bytes);
    }
    // The compound file of Excel 97, which also wraps every workbook with a password.
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(TableFault::OldWorkbook.anywhere());
    }
    let (encoding, text) = encoding::decode(bytes)?;
    csv::read(encoding, &text)
}
