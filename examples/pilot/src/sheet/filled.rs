//! Reading a sheet that was filled in: its rows, and what each cell says. Nothing is looked up here.

use std::collections::BTreeMap;

use hexacase::{
    engine::Engine,
    terms::{
        actor::Role,
        id::CaseId,
        time::{CivilDate, Timestamp},
    },
};
use serde_json::{Map, Value};

use super::{
    Asked, RowId, SheetFault, SheetId,
    columns::{self, NOT_ASKED, TO_FILL, WEEK},
    workbook::heading,
};
use crate::{
    county::{cell, roles},
    spreadsheet::{Book, Grid, GridCell, Line, Value as Held},
};

/// A sheet that was filled in.
#[derive(Clone, Debug)]
pub struct Filled {
    /// Its id.
    pub id: SheetId,
    /// Its rows.
    pub rows: Vec<FilledRow>,
}

/// A fault, the heading of its column and the value of its cell.
pub type CellFault = (SheetFault, Option<String>, Option<String>);

/// A row.
#[derive(Clone, Debug)]
pub struct FilledRow {
    /// Its number as a spreadsheet counts it.
    pub line: u64,
    /// Its key as written.
    pub key: String,
    /// What it is about; nothing where the key does not fit.
    pub id: Option<RowId>,
    /// The number of the case as written.
    pub case_number: String,
    /// The state when it was printed.
    pub state: String,
    /// The revision when it was printed.
    pub revision: Option<i64>,
    /// What is wrong with it as a row.
    pub faults: Vec<CellFault>,
    cells: BTreeMap<String, GridCell>,
}

/// What a row says was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The step.
    pub step: String,
    /// When.
    pub at: Timestamp,
    /// In which capacity somebody else acted, and who.
    pub acted: Option<(Role, String)>,
    /// The form.
    pub form: Map<String, Value>,
}

impl Filled {
    /// Reads a file.
    ///
    /// # Errors
    /// Why no row of it can be taken, and in which row that shows.
    pub fn read(engine: &Engine, book: &Book) -> Result<Self, (SheetFault, Option<u64>)> {
        let found = book.sheets.iter().find_map(|grid| Some((grid, head(grid)?)));
        let (grid, head) = found.ok_or((SheetFault::NotASheet, None))?;
        let headings: Vec<String> =
            head.cells.iter().map(|cell| cell.text().trim().to_owned()).collect();
        let lines = grid.lines.iter().filter(|line| line.number > head.number && !line.is_blank());
        let mut rows: Vec<FilledRow> = Vec::new();
        let mut id: Option<SheetId> = None;
        for line in lines {
            let cells: BTreeMap<String, GridCell> =
                headings.iter().cloned().zip(line.cells.iter().cloned()).collect();
            let mut row = FilledRow::new(line.number, cells);
            let sheet = row.text(columns::SHEET);
            match (&id, row.faults.is_empty()) {
                (None, true) => {
                    let read = SheetId::read(engine, &sheet);
                    id = Some(read.map_err(|fault| (fault, Some(line.number)))?);
                }
                (Some(id), true) if id.as_str() != sheet => {
                    return Err((SheetFault::TwoSheets, Some(line.number)));
                }
                _ => {}
            }
            if let (Some(id), Some(own)) = (&id, row.id)
                && own.key(id.as_str()) != row.key
            {
                row.id = None;
                row.fault(SheetFault::Altered, columns::KEY);
            }
            let twice = rows.iter().find(|before| !row.key.is_empty() && before.key == row.key);
            if let Some(before) = twice {
                row.fault(SheetFault::Twice { row: before.line }, columns::KEY);
            }
            rows.push(row);
        }
        let id = id.ok_or((SheetFault::BadSheetId, None))?;
        Ok(Self { id, rows })
    }
}

/// The row of headings: the first that names the key and the day.
fn head(grid: &Grid) -> Option<&Line> {
    let has =
        |line: &Line, key: &str| line.cells.iter().any(|cell| cell.text().trim() == heading(key));
    let all = [columns::KEY, columns::DAY, columns::CASE, columns::SHEET];
    grid.lines.iter().find(|line| all.iter().all(|key| has(line, key)))
}

impl FilledRow {
    fn new(line: u64, cells: BTreeMap<String, GridCell>) -> Self {
        let mut row = Self {
            line,
            key: String::new(),
            id: None,
            case_number: String::new(),
            state: String::new(),
            revision: None,
            faults: Vec::new(),
            cells,
        };
        row.key = row.text(columns::KEY);
        row.case_number = row.text("case_number");
        row.state = row.text(columns::STATE);
        row.revision = row.text(columns::REVISION).parse().ok();
        if row.key.is_empty() {
            row.fault(SheetFault::NoKey, columns::KEY);
            return row;
        }
        let no = RowId::number(&row.key);
        let case: Option<CaseId> = row.text(columns::CASE).parse().ok();
        let duty: Option<u32> = row.text(columns::DUTY_NO).parse().ok();
        match (no, case, duty) {
            (Some(no), Some(case), Some(duty)) => row.id = Some(RowId { no, case, duty }),
            _ => row.fault(SheetFault::Altered, columns::KEY),
        }
        row
    }

    /// Remembers what is wrong with a cell.
    fn fault(&mut self, fault: SheetFault, key: &str) {
        let named = self.named(heading(key), fault);
        self.faults.push(named);
    }

    fn named(&self, heading: &str, fault: SheetFault) -> CellFault {
        let value = self.cell(heading);
        (fault, Some(heading.to_owned()), value.filter(|text| !text.is_empty()))
    }

    fn text(&self, key: &str) -> String {
        self.cell(heading(key)).unwrap_or_default()
    }

    fn cell(&self, heading: &str) -> Option<String> {
        self.cells.get(heading).map(|cell| cell.text().trim().to_owned())
    }

    /// What somebody wrote in a cell; nothing where it is blank or not asked.
    fn written(&self, heading: &str) -> Option<String> {
        self.cell(heading).filter(|text| !text.is_empty() && text != NOT_ASKED)
    }

    /// The headings of questions: those that are no columns of the table.
    fn questions(&self) -> impl Iterator<Item = &String> {
        let known = |heading: &str| WEEK.columns.iter().any(|column| column.zh == heading);
        self.cells.keys().filter(move |heading| !heading.is_empty() && !known(heading))
    }

    /// Whether nothing was filled in: the step alone is printed.
    pub fn is_blank(&self) -> bool {
        let own = TO_FILL.iter().filter(|key| **key != columns::STEP);
        own.map(|key| heading(key)).all(|heading| self.written(heading).is_none())
            && self.questions().all(|heading| self.written(heading).is_none())
    }

    /// What the row says was done, by one of these steps.
    ///
    /// # Errors
    /// Every cell that is wrong.
    pub fn answer(&self, steps: &[Asked], now: Timestamp) -> Result<Answer, Vec<CellFault>> {
        if steps.is_empty() {
            return Err(vec![self.named(heading(columns::STEP), SheetFault::InSystemOnly)]);
        }
        let mut faults = Vec::new();
        for (heading, cell) in &self.cells {
            let filled = TO_FILL.iter().any(|key| self::heading(key) == heading);
            let asked = self.questions().any(|question| question == heading);
            if (filled || asked) && cell.formula.is_some() {
                faults.push(self.named(heading, SheetFault::Formula));
            }
        }
        let step = self.step(steps).map_err(|fault| faults.push(fault)).ok();
        let at = self.at(now).map_err(|fault| faults.push(fault)).ok();
        let mut form = Map::new();
        let mut acted = None;
        if let Some(step) = step {
            acted = self.acted(step).map_err(|fault| faults.push(fault)).ok().flatten();
            self.fields(step, &mut form, &mut faults);
        }
        match (step, at) {
            (Some(step), Some(at)) if faults.is_empty() => {
                step.fill_when(&mut form, at);
                Ok(Answer { step: step.step.clone(), at, acted, form })
            }
            _ => Err(faults),
        }
    }

    fn step<'s>(&self, steps: &'s [Asked]) -> Result<&'s Asked, CellFault> {
        let heading = heading(columns::STEP);
        let labels: Vec<&str> = steps.iter().map(|step| step.label.as_str()).collect();
        let bad = || SheetFault::Value {
            zh: format!("其中之一：{}", labels.join("、")),
            en: format!("one of {}", labels.join(", ")),
        };
        match (self.written(heading), steps) {
            (None, [only]) => Ok(only),
            (None, _) => Err(self.named(heading, SheetFault::Missing)),
            (Some(text), _) => steps
                .iter()
                .find(|step| step.label == text || step.step == text)
                .ok_or_else(|| self.named(heading, bad())),
        }
    }

    fn at(&self, now: Timestamp) -> Result<Timestamp, CellFault> {
        let heading = heading(columns::DAY);
        let text = self.written(heading).ok_or_else(|| self.named(heading, SheetFault::Missing))?;
        let day: CivilDate = cell::date(&text).ok_or_else(|| {
            let (zh, en) = ("日期，如 2026-05-03", "a date such as 2026-05-03");
            self.named(heading, SheetFault::Value { zh: zh.to_owned(), en: en.to_owned() })
        })?;
        if day > now.date() {
            return Err(self.named(heading, SheetFault::Future));
        }
        let clock = self::heading(columns::CLOCK);
        let minutes = match self.cells.get(clock).map(|cell| &cell.value) {
            // A spreadsheet turns a time of day into a part of a day.
            Some(Held::Number(part)) => minutes_of(*part),
            _ => match self.written(clock) {
                None => Some(0),
                Some(text) => minutes_in(&text),
            },
        };
        let minutes = minutes.ok_or_else(|| {
            let (zh, en) = ("时间，如 14:05", "a time such as 14:05");
            self.named(clock, SheetFault::Value { zh: zh.to_owned(), en: en.to_owned() })
        })?;
        let at = day.start().plus_millis(i64::from(minutes) * 60_000);
        if at > now { Err(self.named(clock, SheetFault::Future)) } else { Ok(at) }
    }

    /// Who acted, where the sheet's person may not act alone.
    fn acted(&self, step: &Asked) -> Result<Option<(Role, String)>, CellFault> {
        let (role, organ) = (heading(columns::ACTED), heading(columns::ORGAN));
        let written = (self.written(role), self.written(organ));
        if step.acted.is_empty() && written == (None, None) {
            return Ok(None);
        }
        let Some(name) = written.1 else {
            return Err(self.named(organ, SheetFault::Missing));
        };
        let text = match (written.0, step.acted.as_slice()) {
            (Some(text), _) => text,
            (None, [only]) => only.to_string(),
            (None, _) => return Err(self.named(role, SheetFault::Missing)),
        };
        let found = roles::named(&text).map(|spec| spec.role.clone());
        let found = found.filter(|role| step.acted.is_empty() || step.acted.contains(role));
        let labels = || -> Vec<String> {
            let specs = step.acted.iter().filter_map(|role| roles::named(role.as_str()));
            specs.map(|spec| spec.label.zh.to_string()).collect()
        };
        let bad = || SheetFault::Value {
            zh: format!("其中之一：{}", labels().join("、")),
            en: format!("one of {}", labels().join(", ")),
        };
        found.map(|found| Some((found, name))).ok_or_else(|| self.named(role, bad()))
    }

    fn fields(&self, step: &Asked, form: &mut Map<String, Value>, faults: &mut Vec<CellFault>) {
        let mut used: Vec<&String> = Vec::new();
        for question in &step.questions {
            let long = format!("{}（{}）", question.label, question.field);
            let heading = self.questions().find(|heading| **heading == long);
            let heading =
                heading.or_else(|| self.questions().find(|heading| **heading == question.label));
            let text = heading.and_then(|heading| self.written(heading));
            used.extend(heading);
            match (text, heading) {
                (Some(text), Some(heading)) => match question.read(&text) {
                    Ok(value) => drop(form.insert(question.field.clone(), value)),
                    Err(fault) => faults.push(self.named(heading, fault)),
                },
                _ if question.required => {
                    let heading = heading.unwrap_or(&question.label);
                    faults.push(self.named(heading, SheetFault::Missing));
                }
                _ => {}
            }
        }
        let others = self.questions().filter(|heading| !used.contains(heading));
        let others: Vec<&String> =
            others.filter(|heading| self.written(heading).is_some()).collect();
        faults.extend(others.iter().map(|heading| self.named(heading, SheetFault::NotAsked)));
    }
}

/// `14:05`, also with the colon of full width and with seconds of zero.
fn minutes_in(text: &str) -> Option<u32> {
    let text = text.replace('：', ":");
    let mut parts = text.split(':');
    let mut number = || {
        let part = parts.next()?;
        let fits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<u32>().ok()).flatten()
    };
    let (hour, minute) = (number()?, number()?);
    let rest_fits = match parts.next() {
        None => true,
        Some(seconds) => seconds.bytes().all(|byte| byte == b'0') && parts.next().is_none(),
    };
    (hour < 24 && minute < 60 && rest_fits).then_some(hour * 60 + minute)
}

/// The minutes of a part of a day.
fn minutes_of(part: f64) -> Option<u32> {
    (0..24 * 60).find(|minute| (f64::from(*minute) / 1440.0 - part).abs() < 0.5 / 1440.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_read_as_written_and_as_a_spreadsheet_keeps_it() {
        assert_eq!(minutes_in("14:05"), Some(845));
        assert_eq!(minutes_in("8：30"), Some(510));
        assert_eq!(minutes_in("14:05:00"), Some(845));
        assert_eq!(minutes_in("24:00"), None);
        assert_eq!(minutes_in("下午"), None);
        assert_eq!(minutes_of(0.586_805_555_6), Some(845));
        assert_eq!(minutes_of(1.5), None);
    }
}
