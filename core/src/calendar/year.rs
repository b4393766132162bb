//! What the holiday notice of one year says, and how it is read from its file.
//!
//! ```toml
//! year = 2026
//! title = "国务院办公厅关于2026年部分节假日安排的通知"
//! number = "国办发明电〔2025〕7号"
//! published = 2025-11-04
//! verified = true                      # whether the dates were checked against its text
//! source = "…"                         # where the dates come from
//! workdays = [2026-01-04]              # Saturdays and Sundays that are worked
//!
//! [[off]]
//! name = { zh = "元旦", en = "New Year's Day" }
//! from = 2026-01-01
//! to = 2026-01-03
//! ```

use std::collections::BTreeMap;

use serde::Serialize;

use crate::terms::{
    label::Label,
    place::{Located, Place},
    strict_toml::{Item, Sheet, TomlProblem},
    time::CivilDate,
};

/// What the notice of one year says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CalendarYear {
    /// The year.
    pub year: i32,
    /// The title of the notice.
    pub title: String,
    /// Its number 文号.
    pub number: String,
    /// When it was published.
    pub published: CivilDate,
    /// Whether the dates were checked against its text.
    pub verified: bool,
    /// Where the dates come from.
    pub source: String,
    /// The days off, earliest first.
    pub off: Vec<Holiday>,
    /// The Saturdays and Sundays that are worked 调休上班, earliest first.
    pub workdays: Vec<CivilDate>,
}

impl CalendarYear {
    /// The holiday the day belongs to.
    pub fn holiday(&self, date: CivilDate) -> Option<&Holiday> {
        self.off.iter().find(|holiday| (holiday.from..=holiday.to).contains(&date))
    }

    /// Whether the day is a weekend that is worked.
    pub fn makes_up(&self, date: CivilDate) -> bool {
        self.workdays.contains(&date)
    }

    /// Every day off by the notice, weekends within a holiday among them.
    pub fn days_off(&self) -> impl Iterator<Item = CivilDate> {
        self.off.iter().flat_map(Holiday::days)
    }
}

/// Days off in a row 放假.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holiday {
    /// What is kept.
    pub name: Label,
    /// The first day.
    pub from: CivilDate,
    /// The last day.
    pub to: CivilDate,
}

impl Holiday {
    /// Its days.
    pub fn days(&self) -> impl Iterator<Item = CivilDate> + use<> {
        (self.from.days()..=self.to.days()).map(CivilDate::from_days)
    }
}

/// What is wrong with a year's file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarProblem {
    /// The form of the file.
    #[error(transparent)]
    Toml(#[from] TomlProblem),
    /// A year that another file of the same load has.
    #[error("year `{year}` is also in `{first}`")]
    DuplicateYear {
        /// The year.
        year: i32,
        /// The file that came first.
        first: String,
    },
    /// A day of another year.
    #[error("expected a day of `{year}`, found `{date}`")]
    OutsideYear {
        /// The year of the file.
        year: i32,
        /// The day.
        date: CivilDate,
    },
    /// A holiday that ends before it begins.
    #[error("expected a last day on or after `{from}`, found `{to}`")]
    EndsBeforeStart {
        /// The first day.
        from: CivilDate,
        /// The last day.
        to: CivilDate,
    },
    /// A day named twice.
    #[error("`{date}` is already {found}")]
    NamedTwice {
        /// The day.
        date: CivilDate,
        /// What it already is.
        found: &'static str,
    },
    /// A make-up day that is worked anyway.
    #[error("expected a Saturday or Sunday as a make-up day, found `{date}`")]
    NotAWeekend {
        /// The day.
        date: CivilDate,
    },
}

/// Reads one file: the year, and the place where it says which.
pub(super) fn read(
    file: &str,
    text: &str,
) -> Result<(CalendarYear, Place), Vec<Located<CalendarProblem>>> {
    let sheet = Sheet::parse(file, text)?;
    let mut root = sheet.root();
    let year_item = root.need("year");
    let year = year_item.as_ref().and_then(Item::count).and_then(|year| i32::try_from(year).ok());
    let year_at = year_item.as_ref().map_or(0, Item::at);
    let title = root.need("title").and_then(|item| item.text());
    let number = root.need("number").and_then(|item| item.text());
    let published = root.need("published").and_then(|item| item.date());
    let verified = root.need("verified").and_then(|item| item.flag());
    let source = root.need("source").and_then(|item| item.text());

    let mut days = Days { sheet: &sheet, year, named: BTreeMap::new() };
    let mut workdays: Vec<_> = root
        .need("workdays")
        .and_then(|item| item.items())
        .into_iter()
        .flatten()
        .filter_map(|item| days.workday(&item))
        .collect();
    let mut off: Vec<_> = root
        .take("off")
        .and_then(|item| item.items())
        .into_iter()
        .flatten()
        .filter_map(|item| days.holiday(&item))
        .collect();
    workdays.sort_unstable();
    off.sort_unstable_by_key(|holiday| holiday.from);
    root.finish();

    let place = sheet.place(year_at);
    let problems = sheet.into_problems();
    match (year, title, number, published, verified, source) {
        (Some(year), Some(title), Some(number), Some(published), Some(verified), Some(source))
            if problems.is_empty() =>
        {
            let year =
                CalendarYear { year, title, number, published, verified, source, off, workdays };
            Ok((year, place))
        }
        _ => Err(problems),
    }
}

/// The days of a year's file while it is read: none is named twice.
struct Days<'t> {
    sheet: &'t Sheet<'t, CalendarProblem>,
    year: Option<i32>,
    named: BTreeMap<CivilDate, &'static str>,
}

impl Days<'_> {
    fn workday(&mut self, item: &Item<'_, CalendarProblem>) -> Option<CivilDate> {
        let date = item.date()?;
        self.name(date, "a make-up day", item.at());
        if !date.is_weekend() {
            self.sheet.problem(item.at(), CalendarProblem::NotAWeekend { date });
        }
        Some(date)
    }

    fn holiday(&mut self, item: &Item<'_, CalendarProblem>) -> Option<Holiday> {
        let mut table = item.table()?;
        let name = table.need("name").and_then(|item| item.label());
        let first = table.need("from");
        let from = first.as_ref().and_then(Item::date);
        let last = table.need("to");
        let to = last.as_ref().and_then(Item::date);
        table.finish();
        let ((first, last), holiday) =
            (first.zip(last)?, Holiday { name: name?, from: from?, to: to? });
        let Holiday { from, to, .. } = holiday;
        if to < from {
            self.sheet.problem(last.at(), CalendarProblem::EndsBeforeStart { from, to });
        } else if to.year() != from.year() {
            // Days of another year are not named one by one: a slip in the year may mean many.
            let date = if Some(from.year()) == self.year { to } else { from };
            let at = if date == to { last.at() } else { first.at() };
            self.outside(date, at);
        } else {
            for date in holiday.days() {
                self.name(date, "a day off", first.at());
            }
        }
        Some(holiday)
    }

    /// Takes note of a day.
    fn name(&mut self, date: CivilDate, what: &'static str, at: usize) {
        self.outside(date, at);
        if let Some(found) = self.named.insert(date, what) {
            self.sheet.problem(at, CalendarProblem::NamedTwice { date, found });
        }
    }

    fn outside(&self, date: CivilDate, at: usize) {
        if let Some(year) = self.year.filter(|year| *year != date.year()) {
            self.sheet.problem(at, CalendarProblem::OutsideYear { year, date });
        }
    }
}
