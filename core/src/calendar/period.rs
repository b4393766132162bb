//! Legal periods, reckoned after the Civil Code 民法典 200–204.
//!
//! | unit | begins | ends |
//! |---|---|---|
//! | hour | at the moment (201) | so many hours later, whatever the day |
//! | calendar day, working day | the next day (201), or the same day where the law says so | at 24:00 of the last day (203) |
//! | month, year | the next day (201), or the same day | at 24:00 of the corresponding day, else of the month's last day (202) |
//!
//! A last day that is a day off rolls to the day after it where the limit says so (203). Other
//! statutes may differ (204); that is why start and roll are data of each limit.

use serde::{Deserialize, Serialize};

use super::work_calendar::{DayKind, WorkCalendar};
use crate::terms::{
    label::Label,
    time::{CivilDate, Timestamp},
};

/// The unit a period is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// 小时.
    Hour,
    /// 日.
    CalendarDay,
    /// 工作日.
    WorkingDay,
    /// 月.
    Month,
    /// 年.
    Year,
}

impl PeriodUnit {
    /// Every unit.
    pub const ALL: [Self; 5] =
        [Self::Hour, Self::CalendarDay, Self::WorkingDay, Self::Month, Self::Year];

    /// The name used in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::CalendarDay => "calendar_day",
            Self::WorkingDay => "working_day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// So many of the unit, in words: 15个工作日, 15 working days.
    pub fn amount(self, amount: u32) -> Label {
        let (zh, en) = match self {
            Self::Hour => ("小时", "hour"),
            Self::CalendarDay => ("日", "calendar day"),
            Self::WorkingDay => ("个工作日", "working day"),
            Self::Month => ("个月", "month"),
            Self::Year => ("年", "year"),
        };
        let plural = if amount == 1 { "" } else { "s" };
        Label::owned(format!("{amount}{zh}"), format!("{amount} {en}{plural}"))
    }
}

/// When a period begins to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// At the moment of the event. For hours, and only for them.
    FromMoment,
    /// With the day of the event, which counts as the first.
    SameDay,
    /// With the day after the event.
    NextDay,
}

impl Start {
    /// Every start.
    pub const ALL: [Self; 3] = [Self::FromMoment, Self::SameDay, Self::NextDay];

    /// The name used in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FromMoment => "from_moment",
            Self::SameDay => "same_day",
            Self::NextDay => "next_day",
        }
    }
}

/// What becomes of a last day that is a day off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roll {
    /// It stays the last day.
    None,
    /// The period ends with the next day that is worked.
    NextWorkingDay,
}

impl Roll {
    /// Every roll.
    pub const ALL: [Self; 2] = [Self::None, Self::NextWorkingDay];

    /// The name used in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NextWorkingDay => "next_working_day",
        }
    }
}

/// A period of time 期间: how much of what, from when, and whether it rolls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: PeriodUnit,
    /// From when.
    pub start: Start,
    /// What becomes of a last day that is a day off.
    pub roll: Roll,
}

impl Period {
    /// The largest amount a limit may state.
    pub const MAX_AMOUNT: u32 = 9_999;

    /// So many hours from the moment.
    pub const fn hours(amount: u32) -> Self {
        Self { amount, unit: PeriodUnit::Hour, start: Start::FromMoment, roll: Roll::None }
    }

    /// So many of `unit` from the next day, not rolling.
    pub const fn from_next_day(amount: u32, unit: PeriodUnit) -> Self {
        Self { amount, unit, start: Start::NextDay, roll: Roll::None }
    }

    /// This period, rolling to the next working day.
    #[must_use]
    pub const fn rolling(self) -> Self {
        Self { roll: Roll::NextWorkingDay, ..self }
    }

    /// What is contradictory about the period, if anything is. Such a period is still reckoned,
    /// by its unit: hours run from the moment and never roll, all others from a day.
    pub fn fault(self) -> Option<&'static str> {
        let hours = self.unit == PeriodUnit::Hour;
        if self.amount == 0 {
            Some("expected an amount of at least `1`, found `0`")
        } else if self.amount > Self::MAX_AMOUNT {
            Some("expected an amount of at most `9999`, found more")
        } else if hours != (self.start == Start::FromMoment) {
            Some("expected the start `from_moment` for the unit `hour`, and for no other")
        } else if hours && self.roll != Roll::None {
            Some("expected the roll `none` for the unit `hour`, which does not roll")
        } else if self.unit == PeriodUnit::WorkingDay && self.roll != Roll::None {
            Some("expected the roll `none` for the unit `working_day`, which ends on one")
        } else {
            None
        }
    }

    /// Whether the calendar has a say in where the period ends. One that has none is never
    /// provisional.
    pub fn asks_calendar(self) -> bool {
        match self.unit {
            PeriodUnit::Hour => false,
            PeriodUnit::WorkingDay => true,
            PeriodUnit::CalendarDay | PeriodUnit::Month | PeriodUnit::Year => {
                self.roll == Roll::NextWorkingDay
            }
        }
    }

    /// The amount and its unit in words: 15个工作日, 15 working days.
    pub fn label(self) -> Label {
        self.unit.amount(self.amount)
    }

    /// When a period that an event at `from` starts is over.
    ///
    /// ```
    /// use hexacase::{
    ///     calendar::{period::{Period, PeriodUnit}, work_calendar::WorkCalendar},
    ///     terms::time::Timestamp,
    /// };
    ///
    /// let calendar = WorkCalendar::shipped();
    /// let event: Timestamp = "2026-04-28 09:30".parse()?;
    /// let week = Period::from_next_day(3, PeriodUnit::CalendarDay).rolling();
    /// let due = week.due(event, calendar);
    /// assert_eq!(due.at.date().to_string(), "2026-05-06"); // 1 May is a holiday, up to the 5th
    /// assert!(!due.provisional);
    /// # Ok::<_, hexacase::terms::time::TimeError>(())
    /// ```
    pub fn due(self, from: Timestamp, calendar: &WorkCalendar) -> Due {
        self.reckon(from, calendar).0
    }

    /// The same, but no answer where it would be provisional.
    ///
    /// # Errors
    /// [`CalendarHorizon`] when a day had to be looked at whose year's notice is not loaded.
    pub fn due_strict(
        self,
        from: Timestamp,
        calendar: &WorkCalendar,
    ) -> Result<Due, CalendarHorizon> {
        match self.reckon(from, calendar) {
            (due, None) => Ok(due),
            (_, Some(date)) => Err(CalendarHorizon { date, last_year: calendar.last_year() }),
        }
    }

    fn reckon(self, from: Timestamp, calendar: &WorkCalendar) -> (Due, Option<CivilDate>) {
        let mut walk = Walk::over(calendar);
        let event = from.date();
        let same_day = self.start == Start::SameDay;
        let day_before_first = if same_day { before(event) } else { event };
        let last = match self.unit {
            PeriodUnit::Hour => return (Due::fixed(from.plus_hours(self.amount.into())), None),
            PeriodUnit::CalendarDay => day_before_first.plus_days(self.amount),
            PeriodUnit::WorkingDay => walk.count(day_before_first, self.amount),
            PeriodUnit::Month => months_after(event, self.amount, same_day),
            PeriodUnit::Year => months_after(event, self.amount.saturating_mul(12), same_day),
        };
        walk.end(last, self.roll)
    }

    /// Moves a date of this period on by an interval in which its clock stood still 中止, in the
    /// period's own unit:
    ///
    /// - hours move by the length of the interval, to the millisecond;
    /// - days, months and years by the calendar days from the day of `suspended_from` to that of
    ///   `suspended_until`;
    /// - working days by the working days after the first of these up to and with the second.
    ///
    /// So a day on which the clock ran for a while counts as used, and the first day that counts
    /// again is the one after the suspension ended, as after any event (201). The new last day
    /// rolls like the old one. An interval that begins after `due` moves nothing: the time was
    /// over by then.
    pub fn push(
        self,
        due: Timestamp,
        suspended_from: Timestamp,
        suspended_until: Timestamp,
        calendar: &WorkCalendar,
    ) -> Due {
        let idle = suspended_from > due || suspended_until < suspended_from;
        let until = if idle { suspended_from } else { suspended_until };
        let (first, last) = (suspended_from.date(), until.date());
        let mut walk = Walk::over(calendar);
        let moved = match self.unit {
            PeriodUnit::Hour => {
                let millis = until.as_millis().saturating_sub(suspended_from.as_millis());
                return Due::fixed(due.plus_millis(millis));
            }
            PeriodUnit::CalendarDay | PeriodUnit::Month | PeriodUnit::Year => CivilDate::from_days(
                due.date().days().saturating_add(last.days()).saturating_sub(first.days()),
            ),
            PeriodUnit::WorkingDay => {
                walk.look(due.date());
                let idle_days = walk.working_between(first, last);
                walk.count(due.date(), idle_days)
            }
        };
        walk.end(moved, self.roll).0
    }
}

/// The end of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last instant in time.
    pub at: Timestamp,
    /// Whether it rests on a year whose notice is not loaded, and may yet move.
    pub provisional: bool,
    /// The days that were passed over: not counted, or rolled over. Earliest first.
    pub skipped: Vec<SkippedDay>,
}

impl Due {
    fn fixed(at: Timestamp) -> Self {
        Self { at, provisional: false, skipped: Vec::new() }
    }
}

/// A day that was passed over, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedDay {
    /// The day.
    pub date: CivilDate,
    /// What kind of day it is.
    #[serde(flatten)]
    pub day: DayKind,
}

/// The calendar ends before the period does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no holiday notice is loaded for the year of `{date}`")]
pub struct CalendarHorizon {
    /// The first day that had to be looked at without a notice.
    pub date: CivilDate,
    /// The last year whose notice is loaded.
    pub last_year: Option<i32>,
}

/// A way from day to day that remembers what it passed.
struct Walk<'c> {
    calendar: &'c WorkCalendar,
    skipped: Vec<SkippedDay>,
    beyond: Option<CivilDate>,
}

impl<'c> Walk<'c> {
    fn over(calendar: &'c WorkCalendar) -> Self {
        Self { calendar, skipped: Vec::new(), beyond: None }
    }

    /// Whether the day is worked; takes note of one without a notice.
    fn look(&mut self, date: CivilDate) -> bool {
        if self.beyond.is_none() && !self.calendar.covers(date.year()) {
            self.beyond = Some(date);
        }
        self.calendar.is_working(date)
    }

    /// The same, and a day that is not worked is passed over.
    fn pass(&mut self, date: CivilDate) -> bool {
        let working = self.look(date);
        if !working {
            self.skipped.push(SkippedDay { date, day: self.calendar.day(date).kind });
        }
        working
    }

    /// The `amount`th working day after `date`.
    fn count(&mut self, date: CivilDate, amount: u32) -> CivilDate {
        let (mut date, mut left) = (date, amount);
        while left > 0 {
            let next = date.plus_days(1);
            if next == date {
                break; // the end of all dates
            }
            date = next;
            left -= u32::from(self.pass(date));
        }
        date
    }

    /// The working days after `first` up to and with `last`.
    fn working_between(&mut self, first: CivilDate, last: CivilDate) -> u32 {
        let days = first.days().saturating_add(1)..=last.days();
        days.fold(0, |sum, day| sum + u32::from(self.look(CivilDate::from_days(day))))
    }

    /// Rolls and ends the walk: what was found, and the first day without a notice.
    fn end(mut self, last: CivilDate, roll: Roll) -> (Due, Option<CivilDate>) {
        let mut last = last;
        while roll == Roll::NextWorkingDay && !self.pass(last) && last != last.plus_days(1) {
            last = last.plus_days(1);
        }
        let provisional = self.beyond.is_some();
        (Due { at: last.end(), provisional, skipped: self.skipped }, self.beyond)
    }
}

fn before(date: CivilDate) -> CivilDate {
    CivilDate::from_days(date.days().saturating_sub(1))
}

/// The last day of a period of months. Where the day of the event counts, that is the day before
/// the corresponding one; where the month has none, it is the month's last day either way.
fn months_after(event: CivilDate, months: u32, same_day: bool) -> CivilDate {
    let corresponding = event.plus_months(months);
    if same_day && corresponding.day() == event.day() {
        before(corresponding)
    } else {
        corresponding
    }
}

#[cfg(test)]
mod tests;
