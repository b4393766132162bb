//! A sheet as rows of cells in the order of its table of columns.

use std::borrow::Cow;

use super::{
    cell::{Cell, read_cell},
    columns::Table,
    fault::Fault,
    mapping::{Mapping, Target},
    problem::InputProblem,
};
use crate::spreadsheet::{Book, Format, Grid, GridCell, Line, Merged};

/// The heading under which rows that were not taken carry their reasons. It is never read.
pub(super) const REASON: &str = "未导入原因";

/// A sheet whose headings were understood.
#[derive(Debug)]
pub(super) struct Sheet<'g> {
    file: &'g str,
    name: Option<&'g str>,
    table: &'static Table,
    /// For each column of the table its heading as written, if the file has it.
    headings: Vec<Option<String>>,
    rows: Vec<SheetRow<'g>>,
    /// Headings that the map leaves out.
    pub(super) ignored: Vec<String>,
    /// How many cells were tidied, as the map asks.
    pub(super) tidied: u64,
    /// How many cells are formulas, of which the value is read.
    pub(super) formulas: u64,
}

#[derive(Debug)]
struct SheetRow<'g> {
    number: u64,
    /// For each column of the table its cell, if the file has the column.
    cells: Vec<Option<Cow<'g, GridCell>>>,
}

/// The sheet that is meant: the one the map names, else the only one that holds anything.
pub(super) fn pick<'g>(
    book: &'g Book,
    mapping: &Mapping,
    file: &str,
    problems: &mut Vec<InputProblem>,
) -> Option<&'g Grid> {
    let mut report = |fault: &Fault| problems.push(InputProblem::in_file(file, None, fault));
    if let Some(wanted) = mapping.sheet.as_deref() {
        let found = book.sheets.iter().find(|grid| grid.name.as_deref() == Some(wanted));
        if found.is_none() {
            report(&Fault::NoSheet(wanted.to_owned()));
        }
        return found;
    }
    let mut filled = book.sheets.iter().filter(|grid| !grid.lines.iter().all(Line::is_blank));
    match (filled.next(), filled.next()) {
        (Some(only), None) => Some(only),
        (None, _) => {
            report(&Fault::NoHeadings);
            None
        }
        (Some(_), Some(_)) => {
            let names: Vec<_> = book.sheets.iter().filter_map(|grid| grid.name.clone()).collect();
            report(&Fault::SeveralSheets(names.join("、")));
            None
        }
    }
}

impl<'g> Sheet<'g> {
    /// Reads a grid, or says why nothing of it can be read. Problems of single rows leave the
    /// others readable.
    pub(super) fn of_grid(
        table: &'static Table,
        file: &'g str,
        (format, grid): (Format, &'g Grid),
        mapping: &Mapping,
        problems: &mut Vec<InputProblem>,
    ) -> Option<Self> {
        let mut sheet = Self {
            file,
            name: grid.name.as_deref(),
            table,
            headings: vec![None; table.columns.len()],
            rows: Vec::new(),
            ignored: Vec::new(),
            tidied: 0,
            formulas: 0,
        };
        let head = grid.lines.iter().find(|line| line.number == mapping.head_row);
        let Some(head) = head.filter(|line| !line.is_blank()) else {
            let row = Some(mapping.head_row);
            problems
                .push(InputProblem::in_file(file, row, &Fault::NoHeadings).on_sheet(sheet.name));
            return None;
        };
        let targets = sheet.columns(head, mapping, problems);
        for merged in grid.merged.iter().filter(|merged| merged.rows.1 > mapping.head_row) {
            sheet.report_merged(merged, head, mapping.head_row, problems);
        }
        let lines = grid.lines.iter().filter(|line| line.number > mapping.head_row);
        for line in lines.filter(|line| !line.is_blank()) {
            sheet.take(line, &targets, (format, mapping), problems);
        }
        Some(sheet)
    }

    /// What each column of the file is; and each heading of the table in the file.
    fn columns(
        &mut self,
        head: &Line,
        mapping: &Mapping,
        problems: &mut Vec<InputProblem>,
    ) -> Vec<(String, Target)> {
        let row = Some(head.number);
        let mut report = |heading: Option<&str>, fault: &Fault| {
            let problem = InputProblem::in_cell(self.file, row, heading, None, fault);
            problems.push(problem.on_sheet(self.name));
        };
        // Blank headings at the end are columns that a spreadsheet once used.
        let names: Vec<String> = head.cells.iter().map(|cell| cell.text().into_owned()).collect();
        let last = names.iter().rposition(|name| !name.trim().is_empty()).map_or(0, |at| at + 1);
        let mut targets = Vec::new();
        for name in names.into_iter().take(last) {
            let target = mapping.target(self.table, &name);
            let fault = match target {
                Target::Ignored => {
                    if name != REASON {
                        self.ignored.push(name.clone());
                    }
                    None
                }
                Target::Blank => None,
                Target::Unknown => Some(Fault::UnknownColumn),
                Target::Column(at) => {
                    let takes_several =
                        self.table.columns.get(at).is_some_and(|column| column.kind.is_list());
                    match self.headings.get_mut(at) {
                        Some(Some(_)) if !(takes_several && mapping.names(&name)) => {
                            Some(Fault::RepeatedColumn)
                        }
                        Some(slot) => {
                            slot.get_or_insert_with(|| name.clone());
                            None
                        }
                        None => None,
                    }
                }
            };
            if let Some(fault) = &fault {
                report(Some(&name), fault);
            }
            targets.push((name, if fault.is_none() { target } else { Target::Ignored }));
        }
        for (at, column) in self.table.columns.iter().enumerate() {
            let found = self.headings.get(at).is_some_and(Option::is_some);
            if !found && column.required && mapping.constant(at).is_none() {
                report(None, &Fault::MissingColumn { zh: column.zh, key: column.key });
            }
        }
        targets
    }

    /// A merged cell holds its value in one row, or one column, of several.
    fn report_merged(
        &self,
        merged: &Merged,
        head: &Line,
        head_row: u64,
        problems: &mut Vec<InputProblem>,
    ) {
        let heading = head.cells.get(merged.columns.0).map(|cell| cell.text().into_owned());
        let fault = Fault::Merged(merged.to_string());
        for row in merged.rows.0.max(head_row + 1)..=merged.rows.1.min(head_row + 200_000) {
            let problem =
                InputProblem::in_cell(self.file, Some(row), heading.as_deref(), None, &fault);
            problems.push(problem.on_sheet(self.name));
        }
    }

    fn take(
        &mut self,
        line: &'g Line,
        targets: &[(String, Target)],
        (format, mapping): (Format, &Mapping),
        problems: &mut Vec<InputProblem>,
    ) {
        let headed = targets.iter().map(|(_, target)| *target != Target::Blank);
        let mut headed = headed.chain(std::iter::repeat(false));
        // What stands under no heading must not be lost without a word.
        let surplus = line.cells.iter().any(|cell| {
            let is_headed = headed.next().unwrap_or(false);
            !is_headed && !cell.text().trim().is_empty()
        });
        // A workbook leaves out the blank cells at the end of a row; text has its separators.
        let short = matches!(format, Format::Csv(_)) && line.cells.len() < targets.len();
        if short || surplus {
            let fault = Fault::RowWidth { expected: targets.len(), found: line.cells.len() };
            let problem = InputProblem::in_file(self.file, Some(line.number), &fault);
            problems.push(problem.on_sheet(self.name));
            return;
        }
        let blank = GridCell::default();
        let mut cells: Vec<Option<Cow<'g, GridCell>>> = vec![None; self.table.columns.len()];
        for (at, (heading, target)) in targets.iter().enumerate() {
            let Target::Column(column) = *target else { continue };
            let (Some(kind), Some(slot)) =
                (self.table.columns.get(column).map(|column| column.kind), cells.get_mut(column))
            else {
                continue;
            };
            let cell = match line.cells.get(at) {
                Some(cell) => Cow::Borrowed(cell),
                None => Cow::Owned(blank.clone()),
            };
            self.formulas += u64::from(cell.formula.is_some());
            let (cell, tidied) = mapping.translate(heading, kind, cell);
            self.tidied += u64::from(tidied);
            *slot = Some(match slot.take() {
                None => cell,
                Some(before) => Cow::Owned(joined(&before, &cell)),
            });
        }
        for (at, slot) in cells.iter_mut().enumerate() {
            if let (None, Some(value)) = (&slot, mapping.constant(at)) {
                *slot = Some(Cow::Owned(GridCell::of_text(value)));
            }
        }
        self.rows.push(SheetRow { number: line.number, cells });
    }

    /// Which columns of the table the file has, or the map gives.
    pub(super) fn present(&self, mapping: &Mapping) -> Vec<bool> {
        let headings = self.headings.iter().enumerate();
        headings.map(|(at, found)| found.is_some() || mapping.constant(at).is_some()).collect()
    }

    /// The rows, to be read one by one.
    pub(super) fn rows<'s>(&'s self, problems: &'s mut Vec<InputProblem>) -> Rows<'s> {
        Rows { sheet: self, next: 0, problems }
    }

    /// Whether the row could be read as one.
    pub(super) fn has_row(&self, number: u64) -> bool {
        self.rows.binary_search_by_key(&number, |row| row.number).is_ok()
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// A list from two columns.
fn joined(before: &GridCell, more: &GridCell) -> GridCell {
    let (before, more) = (before.text(), more.text());
    let texts = [before.as_ref(), more.as_ref()];
    let said: Vec<&str> = texts.into_iter().filter(|text| !text.trim().is_empty()).collect();
    GridCell::of_text(said.join("、"))
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
        let row = self.sheet.rows.get(self.next)?;
        self.next += 1;
        Some(Row { sheet: self.sheet, cells: row, problems: self.problems })
    }
}

/// One row, and where its problems go.
#[derive(Debug)]
pub(super) struct Row<'s> {
    sheet: &'s Sheet<'s>,
    cells: &'s SheetRow<'s>,
    problems: &'s mut Vec<InputProblem>,
}

impl Row<'_> {
    /// The number of the row as a spreadsheet shows it.
    pub(super) fn number(&self) -> u64 {
        self.cells.number
    }

    /// The cell of a column. Nothing if it is bad, which is then reported, or if a whole column that
    /// must be there is missing, which was reported with the headings. A column that may be blank
    /// may be missing.
    pub(super) fn get<T: Cell>(&mut self, key: &str) -> Option<T> {
        let at = self.sheet.table.position(key)?;
        let column = self.sheet.table.columns.get(at)?;
        debug_assert_eq!(column.kind, T::KIND, "{key}");
        let blank = || if column.required { None } else { T::blank() };
        let Some(cell) = self.cells.cells.get(at)?.as_deref() else { return blank() };
        let value = if cell.formula.is_none() && cell.text().trim().is_empty() {
            blank().ok_or(Fault::Required)
        } else {
            read_cell(cell)
        };
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
        let heading = at.and_then(|at| self.sheet.headings.get(at)).and_then(Option::as_deref);
        let cell = at.and_then(|at| self.cells.cells.get(at)).and_then(Option::as_deref);
        let cell = cell.map(GridCell::text).filter(|text| !text.is_empty());
        let row = Some(self.cells.number);
        let problem = InputProblem::in_cell(self.sheet.file, row, heading, cell.as_deref(), fault);
        self.problems.push(problem.on_sheet(self.sheet.name));
    }
}
