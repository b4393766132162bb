//! What taking a register in or writing one out did.

use hexacase::terms::id::{CaseId, SubjectId};
use schemars::JsonSchema;
use serde::Serialize;

/// `import`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RegisterImport {
    /// The file.
    pub file: String,
    /// Its sheet, where it is a workbook.
    pub sheet: Option<String>,
    /// How many rows it holds.
    pub rows: u64,
    /// How many children got a file.
    pub imported: u64,
    /// How many files changed.
    pub changed: u64,
    /// How many files say the same already and were left as they are.
    pub known: u64,
    /// How many rows are about files that are closed; they were left as they are.
    pub closed: u64,
    /// How many rows were not taken, with `--skip-bad`.
    pub skipped: u64,
    /// Where those rows stand now.
    pub skipped_file: Option<String>,
    /// The children who are new.
    pub opened: Vec<RowOpened>,
    /// What changed, row by row.
    pub changes: Vec<RowChange>,
    /// Children of the villages of this file who have a file in use and whom it does not name.
    /// Nothing is done about them.
    pub missing: Vec<ChildHere>,
    /// Headings that the map leaves out.
    pub ignored_columns: Vec<String>,
    /// How many cells are formulas, of which the value was read.
    pub formulas: u64,
    /// How many cells were tidied, as the map asks.
    pub tidied: u64,
    /// Whether nothing was written because that was asked for.
    pub dry_run: bool,
}

/// A row whose child is new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RowOpened {
    /// The row.
    pub row: u64,
    /// The child's number in the register.
    pub register_number: String,
    /// The name, masked.
    pub name: String,
}

/// A row that changes a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RowChange {
    /// The row.
    pub row: u64,
    /// The child's number in the register.
    pub register_number: String,
    /// The name, masked.
    pub name: String,
    /// The file.
    pub case: CaseId,
    /// What changes in it.
    pub fields: Vec<FieldChange>,
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldChange {
    /// The column's key in the format.
    pub column: String,
    /// What the register says.
    pub before: String,
    /// What the file says.
    pub after: String,
}

/// A child of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChildHere {
    /// The child.
    pub subject: SubjectId,
    /// The child's number in the register, if it has one.
    pub register_number: Option<String>,
    /// The name, masked.
    pub name: String,
}

/// `export`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RegisterExport {
    /// The file.
    pub file: String,
    /// How many children stand in it.
    pub children: u64,
    /// How many of them have no number in the register; a file with them cannot be taken in again.
    pub without_number: u64,
}
