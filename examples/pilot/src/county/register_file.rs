//! A file of the register 台账 that somebody hands in: read against a map, its rows kept, so that
//! those that are not taken can be handed back as they were.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ChildRow, Ground,
    columns::CHILDREN,
    mapping::Mapping,
    problem::{InputErrors, InputProblem},
    read::{Others, Seen, child, sort},
    sheet::{REASON, Sheet, pick},
};
use crate::spreadsheet::{self, Book, Format, Grid, GridCell, OutColumn, OutSheet};

/// A file that could be opened as a table.
#[derive(Debug)]
pub struct RegisterFile {
    name: String,
    book: Book,
    /// Which sheet of the book is meant.
    sheet: usize,
    mapping: Mapping,
}

/// What the rows of a file say.
#[derive(Debug, Default)]
pub struct RegisterRows {
    /// The good rows, each with its number.
    pub children: Vec<(u64, ChildRow)>,
    /// What is wrong with the others, in the order of rows and columns.
    pub problems: Vec<InputProblem>,
    /// The register numbers of all rows, good or not.
    pub numbers: BTreeSet<String>,
    /// How many rows there are.
    pub rows: u64,
    /// For each column of the register whether the file has it. What a file does not have it does
    /// not say anything of.
    pub present: Vec<bool>,
    /// The sheet, in a workbook.
    pub sheet: Option<String>,
    /// Headings that the map leaves out.
    pub ignored: Vec<String>,
    /// How many cells are formulas, of which the value was read.
    pub formulas: u64,
    /// How many slips were mended.
    pub tidied: u64,
}

impl RegisterFile {
    /// Opens a file. `name` is the one that problems give.
    ///
    /// # Errors
    /// Why nothing of it can be read: nothing is known of its rows then.
    pub fn open(name: &str, bytes: &[u8], mapping: Mapping) -> Result<Self, InputErrors> {
        let of_table = |problem| InputProblem::of_table(name, problem);
        let book =
            spreadsheet::read(bytes).map_err(|problem| InputErrors(vec![of_table(problem)]))?;
        let mut problems: Vec<_> = book.problems.iter().cloned().map(of_table).collect();
        let grid = pick(&book, &mapping, name, &mut problems);
        let sheet =
            grid.and_then(|grid| book.sheets.iter().position(|one| std::ptr::eq(one, grid)));
        match sheet {
            Some(sheet) if problems.is_empty() => {
                Ok(Self { name: name.to_owned(), book, sheet, mapping })
            }
            _ => Err(InputErrors(problems)),
        }
    }

    fn grid(&self) -> Option<&Grid> {
        self.book.sheets.get(self.sheet)
    }

    /// How it is stored.
    pub fn format(&self) -> Format {
        self.book.format
    }

    /// Reads its rows. Problems of single rows leave the others readable.
    ///
    /// # Errors
    /// Everything that is wrong with its headings; its rows mean nothing then.
    pub fn read(&self, ground: &Ground) -> Result<RegisterRows, InputErrors> {
        let mut problems = Vec::new();
        let Some(grid) = self.grid() else { return Ok(RegisterRows::default()) };
        let head = grid.lines.iter().find(|line| line.number == self.mapping.head_row);
        let names: Vec<String> = head
            .map(|line| line.cells.iter().map(|cell| cell.text().into_owned()).collect())
            .unwrap_or_default();
        problems.extend(self.mapping.unmet(names.iter().map(String::as_str)));
        let format = self.book.format;
        let sheet =
            Sheet::of_grid(&CHILDREN, &self.name, (format, grid), &self.mapping, &mut problems);
        let in_rows = |problem: &InputProblem| {
            problem.file == self.name && problem.row.is_some_and(|row| row > self.mapping.head_row)
        };
        let Some(sheet) = sheet else { return Err(InputErrors(problems)) };
        let mut read = RegisterRows {
            present: sheet.present(&self.mapping),
            sheet: grid.name.clone(),
            ignored: sheet.ignored.clone(),
            formulas: sheet.formulas,
            tidied: sheet.tidied,
            rows: sheet.len() as u64,
            ..RegisterRows::default()
        };
        let (known, mut seen, mut others) = (ground.known(), Seen::new(), Others::default());
        let mut rows = sheet.rows(&mut problems);
        while let Some(mut row) = rows.next() {
            let number = row.number();
            if let Some(found) = child(&mut row, &known, &mut seen, &mut others) {
                read.children.push((number, found));
            }
        }
        sort(&CHILDREN, &mut problems);
        if !problems.iter().all(in_rows) {
            return Err(InputErrors(problems));
        }
        // A row with a problem of any kind is not good, also where a child could be read from it.
        let bad: BTreeSet<u64> = problems.iter().filter_map(|problem| problem.row).collect();
        read.children.retain(|(row, _)| !bad.contains(row));
        let readable = read.rows;
        let torn = bad.iter().filter(|row| !sheet.has_row(**row)).count() as u64;
        read.rows = readable + torn;
        read.problems = problems;
        read.numbers = seen.into_keys().map(|number| number.0).collect();
        Ok(read)
    }

    /// The rows with these reasons, as a sheet of the same headings and one more for the reason.
    /// What stands above the headings is kept, so that the same map reads it again.
    pub fn rows_with_reasons(&self, reasons: &BTreeMap<u64, Vec<String>>) -> OutSheet {
        let Some(grid) = self.grid() else { return OutSheet::default() };
        let line = |number: u64| grid.lines.iter().find(|line| line.number == number);
        let texts = |number: u64| -> Vec<String> {
            line(number)
                .map(|line| line.cells.iter().map(|cell| cell.text().into_owned()).collect())
                .unwrap_or_default()
        };
        let headings = texts(self.mapping.head_row);
        // A file that was handed back before has the reasons of that time.
        let before = headings.iter().position(|heading| heading.trim() == REASON);
        let without = |mut cells: Vec<String>| {
            if let Some(at) = before.filter(|at| *at < cells.len()) {
                cells.remove(at);
            }
            cells
        };
        let width = grid.lines.iter().map(|line| line.cells.len()).max().unwrap_or(0);
        let mut headings = without(headings);
        headings.resize(width.saturating_sub(usize::from(before.is_some())), String::new());
        let count = headings.len();
        let columns = headings.into_iter().chain([REASON.to_owned()]).map(OutColumn::headed);
        let rows = grid.lines.iter().filter_map(|line| {
            let why = reasons.get(&line.number)?;
            let texts = line.cells.iter().cloned().map(GridCell::into_text).collect();
            let mut cells = without(texts);
            cells.resize(count, String::new());
            cells.push(why.join("；"));
            Some(cells)
        });
        OutSheet {
            name: grid.name.clone().unwrap_or_else(|| "台账".to_owned()),
            above: (1..self.mapping.head_row).map(texts).collect(),
            columns: columns.collect(),
            rows: rows.collect(),
            ..OutSheet::default()
        }
    }
}
