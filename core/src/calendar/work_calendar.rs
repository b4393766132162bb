//! Which days are worked: weekends, and the holiday notices of the State Council 放假通知.
//!
//! One file a year states what the year's notice says. There is no official machine-readable
//! list, so each file says whether it was checked against the notice's own text. A year without
//! a file has weekends and nothing else, and every date that looked at it is provisional.
//!
//! The last days of December may be moved by the notice of the *next* year. Such days stand in
//! the file of the year they lie in, so a new notice may mean a new version of the old year's
//! file too; [`WorkCalendar::hash`] then changes, which is what makes open deadlines be
//! reckoned anew.

use std::{collections::BTreeMap, fmt, fmt::Write as _, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::year::{self, CalendarProblem, CalendarYear};
use crate::terms::{
    id::Digest,
    label::Label,
    place::{self, Located},
    time::CivilDate,
};

/// The years that come with the library, as (name, text).
pub const SHIPPED: &[(&str, &str)] = &[
    ("2021.toml", include_str!("years/2021.toml")),
    ("2022.toml", include_str!("years/2022.toml")),
    ("2023.toml", include_str!("years/2023.toml")),
    ("2024.toml", include_str!("years/2024.toml")),
    ("2025.toml", include_str!("years/2025.toml")),
    ("2026.toml", include_str!("years/2026.toml")),
];

/// The work calendar 工作日历: the years whose notices are loaded.
///
/// ```
/// use hexacase::{calendar::work_calendar::WorkCalendar, terms::time::CivilDate};
///
/// let calendar = WorkCalendar::shipped();
/// let make_up = CivilDate::new(2026, 2, 28).unwrap();
/// assert!(make_up.is_weekend() && calendar.is_working(make_up));
/// assert!(!calendar.covers(2027));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkCalendar {
    years: BTreeMap<i32, CalendarYear>,
    hash: Digest,
}

impl WorkCalendar {
    /// The calendar of [`SHIPPED`].
    pub fn shipped() -> &'static Self {
        static CALENDAR: LazyLock<WorkCalendar> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "the files are constants; a test loads them")]
            WorkCalendar::load(SHIPPED).expect("the shipped years are well-formed")
        });
        &CALENDAR
    }

    /// A calendar of these files, given as (name, text).
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, CalendarError> {
        Self::of(BTreeMap::new()).with(files)
    }

    /// This calendar with the years of these files, given as (name, text). A year that was
    /// loaded before is replaced.
    ///
    /// # Errors
    /// Every problem of every file; the same year in two of the files is one.
    pub fn with(&self, files: &[(&str, &str)]) -> Result<Self, CalendarError> {
        let mut problems = Vec::new();
        let mut years = self.years.clone();
        let mut read: BTreeMap<i32, &str> = BTreeMap::new();
        for (file, text) in files {
            let (year, place) = match year::read(file, text) {
                Ok(year) => year,
                Err(mut found) => {
                    problems.append(&mut found);
                    continue;
                }
            };
            if let Some(first) = read.insert(year.year, file) {
                let problem =
                    CalendarProblem::DuplicateYear { year: year.year, first: first.to_owned() };
                problems.push(Located { place, problem });
            }
            years.insert(year.year, year);
        }
        if problems.is_empty() { Ok(Self::of(years)) } else { Err(CalendarError { problems }) }
    }

    fn of(years: BTreeMap<i32, CalendarYear>) -> Self {
        let hash = hash(&years);
        Self { years, hash }
    }

    /// What kind of day it is.
    pub fn day(&self, date: CivilDate) -> Day {
        let year = self.years.get(&date.year());
        let holiday = year.and_then(|year| year.holiday(date));
        let kind = match (holiday, date.is_weekend()) {
            (Some(holiday), _) => DayKind::Holiday { name: holiday.name.clone() },
            (None, true) if year.is_some_and(|year| year.makes_up(date)) => DayKind::MakeUp,
            (None, true) => DayKind::Weekend,
            (None, false) => DayKind::Working,
        };
        Day { kind, noticed: year.is_some() }
    }

    /// Whether the day is worked.
    pub fn is_working(&self, date: CivilDate) -> bool {
        let year = self.years.get(&date.year());
        if date.is_weekend() {
            year.is_some_and(|year| year.makes_up(date))
        } else {
            year.is_none_or(|year| year.holiday(date).is_none())
        }
    }

    /// Whether the notice of this year is loaded.
    pub fn covers(&self, year: i32) -> bool {
        self.years.contains_key(&year)
    }

    /// The last year whose notice is loaded.
    pub fn last_year(&self) -> Option<i32> {
        self.years.last_key_value().map(|(year, _)| *year)
    }

    /// The years whose notices are loaded, earliest first.
    pub fn years(&self) -> impl Iterator<Item = &CalendarYear> {
        self.years.values()
    }

    /// The digest of all that decides a date: the loaded years, the days off, the make-up days.
    /// Names, titles and sources are left out, so that mending a note moves no deadline.
    pub fn hash(&self) -> Digest {
        self.hash
    }
}

/// Lines in the order of the days, however the files cut them into ranges.
fn hash(years: &BTreeMap<i32, CalendarYear>) -> Digest {
    let mut lines = String::from("hexacase calendar 1\n");
    for year in years.values() {
        let mut days: Vec<_> = year.days_off().map(|day| (day, "off")).collect();
        days.extend(year.workdays.iter().map(|day| (*day, "work")));
        days.sort_unstable();
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{}", year.year);
        for (day, kind) in days {
            let _ = writeln!(lines, "{day} {kind}");
        }
    }
    Digest::of(lines.as_bytes())
}

/// A day, as the calendar knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// What kind of day it is.
    pub kind: DayKind,
    /// Whether the notice of its year is loaded; if not, the kind may yet change.
    pub noticed: bool,
}

/// What kind of day it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DayKind {
    /// 工作日.
    Working,
    /// 周末.
    Weekend,
    /// 节假日, a day off by notice.
    Holiday {
        /// What is kept.
        name: Label,
    },
    /// 调休上班, a Saturday or Sunday that is worked by notice.
    MakeUp,
}

impl DayKind {
    /// Whether the day is worked.
    pub fn is_working(&self) -> bool {
        match self {
            Self::Working | Self::MakeUp => true,
            Self::Weekend | Self::Holiday { .. } => false,
        }
    }

    /// What people call it; a holiday by its name.
    pub fn label(&self) -> Label {
        match self {
            Self::Working => Label::new("工作日", "working day"),
            Self::Weekend => Label::new("周末", "weekend"),
            Self::Holiday { name } => name.clone(),
            Self::MakeUp => Label::new("调休上班", "make-up working day"),
        }
    }
}

/// Why files are no calendar: every problem of every file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarError {
    /// The problems, file by file.
    pub problems: Vec<Located<CalendarProblem>>,
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        place::list(f, &self.problems)
    }
}

impl std::error::Error for CalendarError {}

#[cfg(test)]
mod tests;
