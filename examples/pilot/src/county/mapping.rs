//! A map 对照表: from a county's own headings and values to those of the register.
//!
//! It is a table like any other, so that whoever keeps the register can write it in the same
//! spreadsheet. Nothing is left out of an import but what the map names.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    cell::Kind,
    columns::{CHILDREN, MAP, Table},
    fault::Fault,
    problem::{InputErrors, InputProblem},
    sheet::{REASON, Row, Sheet, pick},
    tidy,
};
use crate::spreadsheet::{self, GridCell, Value};

/// What is done with a column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// It is this column of the table.
    Column(usize),
    /// It is left out.
    Ignored,
    /// It has no heading, and nothing may stand in it.
    Blank,
    /// Nobody knows.
    Unknown,
}

/// A map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The row of the headings, from 1.
    pub head_row: u64,
    /// The sheet that is read.
    pub sheet: Option<String>,
    /// Whether slips are mended where they can be: white space, characters of full width.
    pub tidy: bool,
    file: String,
    headings: BTreeMap<String, Target>,
    /// For a heading and a value of the file the value it stands for.
    values: BTreeMap<(String, String), String>,
    constants: BTreeMap<usize, String>,
    /// In which row of the map a heading is named first.
    rows: BTreeMap<String, u64>,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            head_row: 1,
            sheet: None,
            tidy: false,
            file: String::new(),
            headings: BTreeMap::new(),
            values: BTreeMap::new(),
            constants: BTreeMap::new(),
            rows: BTreeMap::new(),
        }
    }
}

impl Mapping {
    /// Reads a map for the register.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, InputErrors> {
        let mut problems = Vec::new();
        let plain = Self::default();
        let book = spreadsheet::read(bytes)
            .map_err(|problem| InputErrors(vec![InputProblem::of_table(file, problem)]))?;
        problems.extend(
            book.problems.iter().map(|problem| InputProblem::of_table(file, problem.clone())),
        );
        let mut mapping = Self { file: file.to_owned(), ..Self::default() };
        if let Some(grid) = pick(&book, &plain, file, &mut problems)
            && let Some(sheet) =
                Sheet::of_grid(&MAP, file, (book.format, grid), &plain, &mut problems)
        {
            let mut rows = sheet.rows(&mut problems);
            while let Some(mut row) = rows.next() {
                mapping.take(&mut row);
            }
        }
        if problems.is_empty() { Ok(mapping) } else { Err(InputErrors(problems)) }
    }

    fn take(&mut self, row: &mut Row<'_>) {
        let column = row.get::<String>("column");
        let mut text = |key: &str| row.get::<Option<String>>(key);
        let (heading, found, value) = (text("heading"), text("found"), text("value"));
        let (Some(column), Some(heading), Some(found), Some(value)) =
            (column, heading, found, value)
        else {
            return;
        };
        match (column.as_str(), heading, value) {
            ("工作表" | "sheet", None, Some(value)) => self.sheet = Some(value),
            ("表头行" | "head_row", None, Some(value)) => match value.parse() {
                Ok(number @ 1..=1000) => self.head_row = number,
                _ => row.report("value", &Fault::BadSetting(" 1 至 1000 的行号 (1 to 1000)")),
            },
            ("整理" | "tidy", None, Some(value)) => match value.as_str() {
                "是" | "yes" => self.tidy = true,
                "否" | "no" => self.tidy = false,
                _ => row.report("value", &Fault::BadSetting("“是”或“否” (yes or no)")),
            },
            ("不导入" | "ignore", Some(heading), None) => {
                self.point(row, heading, Target::Ignored, true);
            }
            (name, heading, value) => match (CHILDREN.position(name), heading) {
                (None, _) => row.report("column", &Fault::UnknownTarget),
                (Some(at), Some(heading)) => {
                    self.point(row, heading.clone(), Target::Column(at), found.is_none());
                    if let Some(found) = found {
                        let key = (heading, found);
                        if self.values.contains_key(&key) {
                            row.report("found", &Fault::RepeatedItem(key.1.clone()));
                        }
                        self.values.insert(key, value.unwrap_or_default());
                    }
                }
                (Some(at), None) => match value {
                    Some(value) => drop(self.constants.insert(at, value)),
                    None => row.report("heading", &Fault::Required),
                },
            },
        }
    }

    /// Says what a heading is; several rows may give values for the same.
    fn point(&mut self, row: &mut Row<'_>, heading: String, target: Target, once: bool) {
        let before = self.headings.insert(heading.clone(), target);
        if let Some(&first) = self.rows.get(&heading)
            && (once || before != Some(target))
        {
            row.report("heading", &Fault::Duplicate { row: first });
        }
        self.rows.entry(heading).or_insert(row.number());
    }

    /// What a column of the file is.
    pub(super) fn target(&self, table: &Table, heading: &str) -> Target {
        let heading = heading.trim();
        if heading == REASON {
            return Target::Ignored;
        }
        if heading.is_empty() {
            return Target::Blank;
        }
        let own = || table.position(heading).map_or(Target::Unknown, Target::Column);
        self.headings.get(heading).copied().unwrap_or_else(own)
    }

    /// Whether the map says what this heading is.
    pub(super) fn names(&self, heading: &str) -> bool {
        self.headings.contains_key(heading.trim())
    }

    /// What stands in every row of a column that the file does not have.
    pub(super) fn constant(&self, column: usize) -> Option<&str> {
        self.constants.get(&column).map(String::as_str)
    }

    /// The headings that the map names and the file lacks, as problems of the map.
    pub(super) fn unmet<'h>(&self, found: impl Iterator<Item = &'h str>) -> Vec<InputProblem> {
        let found: BTreeSet<&str> = found.map(str::trim).collect();
        let missing = self.rows.iter().filter(|(heading, _)| !found.contains(heading.as_str()));
        let mut problems: Vec<_> = missing
            .map(|(heading, row)| {
                let column = MAP.columns.iter().find(|column| column.key == "heading");
                let (name, fault) = (column.map(|column| column.zh), Fault::NoSuchHeading);
                InputProblem::in_cell(&self.file, Some(*row), name, Some(heading), &fault)
            })
            .collect();
        problems.sort_by_key(|problem| problem.row);
        problems
    }

    /// A cell as the register writes it, and whether a slip was mended.
    pub(super) fn translate<'c>(
        &self,
        heading: &str,
        kind: Kind,
        cell: Cow<'c, GridCell>,
    ) -> (Cow<'c, GridCell>, bool) {
        let text = cell.text().into_owned();
        let tidied = match &cell.value {
            Value::Text(text) if self.tidy => {
                Some(if kind.is_free() { tidy::text(text) } else { tidy::value(text) })
            }
            _ => None,
        };
        let mended = tidied.as_deref().is_some_and(|tidied| tidied != text);
        let said = tidied.as_deref().unwrap_or(&text);
        let mapped = self.value(heading.trim(), kind, said);
        let said = mapped.or(tidied.filter(|_| mended));
        let text = said.map(GridCell::of_text);
        (text.map_or(cell, Cow::Owned), mended)
    }

    /// What the map says a value stands for: the whole cell, else the items of a list.
    fn value(&self, heading: &str, kind: Kind, text: &str) -> Option<String> {
        let stands_for = |text: &str| self.values.get(&(heading.to_owned(), text.to_owned()));
        if self.values.is_empty() {
            return None;
        }
        if let Some(value) = stands_for(text) {
            return Some(value.clone());
        }
        if !kind.is_list() {
            return None;
        }
        let items: Vec<&str> = text.split(super::cell::SEPARATORS).collect();
        if !items.iter().any(|item| stands_for(item).is_some()) {
            return None;
        }
        let said = items.into_iter().map(|item| stands_for(item).map_or(item, String::as_str));
        Some(said.filter(|item| !item.is_empty()).collect::<Vec<_>>().join("、"))
    }
}
