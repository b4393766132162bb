//! A CSV file as rows of text.
//!
//! Rows are counted as a spreadsheet counts them: a quoted line break does not begin a row, a blank
//! line is one.

use super::{
    Book, Encoding, Format, Grid, GridCell, Line, MAX_COLUMNS, MAX_ROWS, TableFault, TableProblem,
    inert,
};

/// Reads the table.
pub(super) fn read(encoding: Encoding, text: &str) -> Result<Book, TableProblem> {
    let bytes = text.as_bytes();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(text))
        .from_reader(bytes);
    let mut grid = Grid::default();
    let mut problems = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut number = 0;
    let mut from = 0;
    // The text is UTF-8 and a slice gives no I/O error, so an error is the end.
    while reader.read_record(&mut record).unwrap_or(false) {
        let to = usize::try_from(reader.position().byte()).unwrap_or(bytes.len());
        let span = bytes.get(from..to).unwrap_or_default();
        number += 1 + blank_lines(span, from.checked_sub(1).and_then(|at| bytes.get(at)));
        let row = Some(number);
        if number > MAX_ROWS {
            return Err(TableProblem { row, ..TableFault::TooManyRows.anywhere() });
        }
        if record.len() > MAX_COLUMNS {
            return Err(TableProblem { row, ..TableFault::TooManyColumns.anywhere() });
        }
        if span.split(|&byte| byte == b'"').count() % 2 == 0 {
            problems.push(TableProblem { row, ..TableFault::OpenQuote.anywhere() });
        } else {
            let cells = record.iter().map(|cell| GridCell::of_text(inert::bare(cell)));
            grid.lines.push(Line { number, cells: cells.collect() });
        }
        from = to;
    }
    Ok(Book { format: Format::Csv(encoding), sheets: vec![grid], problems })
}

/// Spreadsheets of some languages separate by semicolons, and a copy from a sheet by tabs. The head
/// row tells; commas where it holds none of them.
fn separator(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let count = |sign: char| head.matches(sign).count();
    [',', '\t', ';']
        .into_iter()
        .rev()
        .max_by_key(|sign| count(*sign))
        .and_then(|sign| u8::try_from(sign).ok())
        .unwrap_or(b',')
}

/// How many line ends there are.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for &byte in bytes {
        count += u64::from(byte == b'\r' || (byte == b'\n' && before != b'\r'));
        before = byte;
    }
    count
}

/// How many blank lines the reader skipped before the record. The `\n` of a `\r\n` may have been
/// left to the next record.
fn blank_lines(span: &[u8], before: Option<&u8>) -> u64 {
    let rest = match (before, span) {
        (Some(b'\r'), [b'\n', rest @ ..]) => rest,
        _ => span,
    };
    let end = rest.iter().position(|byte| !b"\r\n".contains(byte)).unwrap_or(rest.len());
    line_ends(rest.get(..end).unwrap_or_default())
}
