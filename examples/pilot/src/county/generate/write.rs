//! Writing rows as CSV files with Chinese headers.

use crate::county::columns::Table;

/// The rows of a file, each with a cell for every column of its table.
pub(super) type Rows = Vec<Vec<String>>;

/// The bytes of a file.
pub(super) fn csv(table: &Table, rows: &Rows) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header: Vec<&str> = table.columns.iter().map(|column| column.zh).collect();
    let mut written = writer.write_record(header);
    for row in rows {
        written = written.and_then(|()| writer.write_record(row));
    }
    let bytes = written.ok().and_then(|()| writer.into_inner().ok());
    #[expect(
        clippy::expect_used,
        reason = "memory takes every write, and rows are as wide as tables"
    )]
    bytes.expect("the rows have the width of their table")
}
