//! A CSV file as rows of cells in the order of its table of columns.
//!
//! Rows are counted as a spreadsheet counts them: a quoted line break does not begin a row, a blank
//! line is one.

use super::{
    cell::{Cell, check_text},
    columns::Table,
    fault::Fault,
    problem::InputProblem,
};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A file whose header was understood.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    file: &'a str,
    table: &'static Table,
    /// For each column of the table its header as written, if the file has it.
    headers: Vec<Option<String>>,
    rows: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    number: u64,
    /// For each column of the table its cell, if the row has it.
    cells: Vec<Option<String>>,
}

impl<'a> Sheet<'a> {
    /// Reads a file, or says why nothing of it can be read. Problems of single rows leave the
    /// others readable.
    pub(super) fn read(
        table: &'static Table,
        file: &'a str,
        bytes: &[u8],
        problems: &mut Vec<InputProblem>,
    ) -> Option<Self> {
        let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
        if let Err(error) = std::str::from_utf8(bytes) {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = lines(good).saturating_add(1);
            problems.push(InputProblem::in_file(file, Some(line), &Fault::NotUtf8));
            return None;
        }
        let mut records = records(file, bytes, problems).into_iter();
        let (_, header) = records.next().unwrap_or((1, csv::StringRecord::new()));
        let (places, headers) = columns(table, file, &header, problems);
        let mut sheet = Self { file, table, headers, rows: Vec::new() };
        for (number, record) in records {
            sheet.take(number, &record, &places, problems);
        }
        Some(sheet)
    }

    fn take(
        &mut self,
        number: u64,
        record: &csv::StringRecord,
        places: &[Option<usize>],
        problems: &mut Vec<InputProblem>,
    ) {
        // Spreadsheets write rows that were once used as rows of blank cells.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        let surplus = record.iter().skip(places.len()).any(|cell| !cell.is_empty());
        if record.len() < places.len() || surplus {
            let fault = Fault::RowWidth { expected: places.len(), found: record.len() };
            problems.push(InputProblem::in_file(self.file, Some(number), &fault));
            return;
        }
        let mut cells = vec![None; self.table.columns.len()];
        for (cell, place) in record.iter().zip(places) {
            if let Some(slot) = place.and_then(|at| cells.get_mut(at)) {
                *slot = Some(cell.to_owned());
            }
        }
        self.rows.push(Line { number, cells });
    }

    /// The rows, to be read one by one.
    pub(super) fn rows<'s>(&'s self, problems: &'s mut Vec<InputProblem>) -> Rows<'s> {
        Rows { sheet: self, next: 0, problems }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// The rows of a sheet. No iterator: each row borrows the list of problems in turn.
#[derive(Debug)]
pub(super) struct Rows<'s> {
    sheet: &'s Sheet<'s>,
    next: usize,
    problems: &'s mut Vec<InputProblem>,
}

impl Rows<'_> {
    /// The next row.
    pub(super) fn next(&mut self) -> Option<Row<'_>> {
        let line = self.sheet.rows.get(self.next)?;
        self.next += 1;
        Some(Row { sheet: self.sheet, line, problems: self.problems })
    }
}

/// One row, and where its problems go.
#[derive(Debug)]
pub(super) struct Row<'s> {
    sheet: &'s Sheet<'s>,
    line: &'s Line,
    problems: &'s mut Vec<InputProblem>,
}

impl Row<'_> {
    /// The number of the row as a spreadsheet shows it.
    pub(super) fn number(&self) -> u64 {
        self.line.number
    }

    /// The cell of a column. Nothing if it is bad, which is then reported, or if the whole column
    /// is missing, which was reported with the header.
    pub(super) fn get<T: Cell>(&mut self, key: &str) -> Option<T> {
        let at = self.sheet.table.position(key)?;
        let column = self.sheet.table.columns.get(at)?;
        debug_assert_eq!(column.kind, T::KIND, "{key}");
        let cell = self.line.cells.get(at)?.as_deref()?;
        let value = check_text(cell).and_then(|()| {
            if !cell.trim().is_empty() {
                return T::read(cell);
            }
            let blank = if column.required { None } else { T::blank() };
            blank.ok_or(Fault::Required)
        });
        match value {
            Ok(value) => Some(value),
            Err(fault) => {
                self.report(key, &fault);
                None
            }
        }
    }

    /// Says that a cell is wrong, perhaps only beside others.
    pub(super) fn report(&mut self, key: &str, fault: &Fault) {
        let at = self.sheet.table.position(key);
        let header = at.and_then(|at| self.sheet.headers.get(at)).and_then(Option::as_deref);
        let cell = at.and_then(|at| self.line.cells.get(at)).and_then(Option::as_deref);
        let cell = cell.filter(|cell| !cell.is_empty());
        let row = Some(self.line.number);
        self.problems.push(InputProblem::in_cell(self.sheet.file, row, header, cell, fault));
    }
}

/// How many line ends there are.
fn lines(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for &byte in bytes {
        count += u64::from(byte == b'\r' || (byte == b'\n' && before != b'\r'));
        before = byte;
    }
    count
}

/// The records with their row numbers.
fn records(
    file: &str,
    bytes: &[u8],
    problems: &mut Vec<InputProblem>,
) -> Vec<(u64, csv::StringRecord)> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut records = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut number = 0;
    let mut from = 0;
    // The bytes were checked to be UTF-8 and a slice gives no I/O error, so an error is the end.
    while reader.read_record(&mut record).unwrap_or(false) {
        let to = usize::try_from(reader.position().byte()).unwrap_or(bytes.len());
        let span = bytes.get(from..to).unwrap_or_default();
        number += 1 + blank_lines(span, from.checked_sub(1).and_then(|at| bytes.get(at)));
        if span.split(|&byte| byte == b'"').count() % 2 == 0 {
            problems.push(InputProblem::in_file(file, Some(number), &Fault::OpenQuote));
        } else {
            records.push((number, record.clone()));
        }
        from = to;
    }
    records
}

/// How many blank lines the reader skipped before the record. The `\n` of a `\r\n` may have been
/// left to the next record.
fn blank_lines(span: &[u8], before: Option<&u8>) -> u64 {
    let rest = match (before, span) {
        (Some(b'\r'), [b'\n', rest @ ..]) => rest,
        _ => span,
    };
    let end = rest.iter().position(|byte| !b"\r\n".contains(byte)).unwrap_or(rest.len());
    lines(rest.get(..end).unwrap_or_default())
}

/// Where each column of the file stands in the table, and each header of the table in the file.
fn columns(
    table: &Table,
    file: &str,
    header: &csv::StringRecord,
    problems: &mut Vec<InputProblem>,
) -> (Vec<Option<usize>>, Vec<Option<String>>) {
    let mut headers = vec![None; table.columns.len()];
    let mut places = Vec::new();
    // Blank headers at the end are columns that a spreadsheet once used.
    let named = header.iter().enumerate().filter(|(_, name)| !name.is_empty());
    let last = named.last().map_or(0, |(at, _)| at + 1);
    for name in header.iter().take(last) {
        let place = table.position(name);
        let slot = place.and_then(|at| headers.get_mut(at));
        let fault = match slot {
            None => Some(Fault::UnknownColumn),
            Some(Some(_)) => Some(Fault::RepeatedColumn),
            Some(empty) => {
                *empty = Some(name.to_owned());
                None
            }
        };
        if let Some(fault) = &fault {
            problems.push(InputProblem::in_cell(file, Some(1), Some(name), None, fault));
        }
        places.push(if fault.is_none() { place } else { None });
    }
    for (column, found) in table.columns.iter().zip(&headers) {
        if found.is_none() {
            let fault = Fault::MissingColumn { zh: column.zh, key: column.key };
            problems.push(InputProblem::in_file(file, Some(1), &fault));
        }
    }
    (places, headers)
}
