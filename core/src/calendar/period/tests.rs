//! Tests of periods: the vectors of the law, and a hundred thousand walks.

use std::collections::BTreeSet;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn last_day(period: Period, from: &str) -> String {
    period.due(at(from), WorkCalendar::shipped()).at.date().to_string()
}

fn skipped(due: &Due) -> Vec<String> {
    due.skipped.iter().map(|day| day.date.to_string()).collect()
}

const fn months(amount: u32) -> Period {
    Period::from_next_day(amount, PeriodUnit::Month)
}

const fn days(amount: u32) -> Period {
    Period::from_next_day(amount, PeriodUnit::CalendarDay)
}

const fn working_days(amount: u32) -> Period {
    Period::from_next_day(amount, PeriodUnit::WorkingDay)
}

#[test]
fn a_month_ends_on_the_corresponding_day_else_on_the_last_of_the_month() {
    assert_eq!(last_day(months(1), "2026-01-31"), "2026-02-28");
    assert_eq!(last_day(months(1), "2024-01-31"), "2024-02-29");
    assert_eq!(last_day(months(1), "2026-08-31"), "2026-09-30");
    assert_eq!(last_day(months(1), "2026-12-31"), "2027-01-31");
    assert_eq!(
        last_day(Period { unit: PeriodUnit::Year, ..months(1) }, "2024-02-29"),
        "2025-02-28"
    );
}

#[test]
fn a_period_whose_first_day_counts_ends_the_day_before_the_corresponding_one() {
    let order = Period { start: Start::SameDay, ..months(6) };
    assert_eq!(last_day(order, "2026-03-01"), "2026-08-31");
    assert_eq!(last_day(order, "2026-08-28"), "2027-02-27");
    assert_eq!(last_day(order, "2026-08-29"), "2027-02-28");
    assert_eq!(last_day(order, "2026-08-31"), "2027-02-28");
    assert_eq!(last_day(Period { start: Start::SameDay, ..days(3) }, "2026-05-01"), "2026-05-03");
    let worked = Period { start: Start::SameDay, ..working_days(2) };
    assert_eq!(last_day(worked, "2026-03-05"), "2026-03-06");
}

#[test]
fn hours_run_from_the_moment_and_never_roll() {
    let eve = at("2026-02-14 17:20:30");
    let due = Period::hours(24).due(eve, WorkCalendar::shipped());
    assert_eq!(due, Due::fixed(at("2026-02-15 17:20:30")));
}

#[test]
fn days_begin_with_the_next_day_and_end_at_midnight() {
    let due = days(3).due(at("2026-03-02 00:00"), WorkCalendar::shipped());
    assert_eq!(due.at, at("2026-03-06 00:00").plus_millis(-1));
}

#[test]
fn a_last_day_off_rolls_over_the_whole_holiday() {
    let due = days(7).rolling().due(at("2026-02-10 09:00"), WorkCalendar::shipped());
    assert_eq!(due.at.date().to_string(), "2026-02-24");
    assert_eq!(skipped(&due).first().map(String::as_str), Some("2026-02-17"));
    assert_eq!(skipped(&due).last().map(String::as_str), Some("2026-02-23"));
    assert_eq!(due.skipped.len(), 7);
    assert_eq!(last_day(days(7), "2026-02-10"), "2026-02-17");
}

#[test]
fn a_make_up_weekend_is_no_reason_to_roll() {
    assert_eq!(last_day(days(5).rolling(), "2026-02-23"), "2026-02-28");
    assert_eq!(last_day(working_days(4), "2026-02-24"), "2026-02-28");
}

#[test]
fn working_days_pass_over_weekends_and_holidays_and_say_so() {
    let due = working_days(5).due(at("2026-09-29 15:00"), WorkCalendar::shipped());
    assert_eq!(due.at.date().to_string(), "2026-10-12");
    assert_eq!(
        skipped(&due),
        [
            "2026-10-01",
            "2026-10-02",
            "2026-10-03",
            "2026-10-04",
            "2026-10-05",
            "2026-10-06",
            "2026-10-07",
            "2026-10-11"
        ]
    );
    assert!(!due.provisional);
}

#[test]
fn what_looks_beyond_the_last_notice_is_provisional() {
    let calendar = WorkCalendar::shipped();
    let due = working_days(3).due(at("2026-12-30 10:00"), calendar);
    // 1 January 2027 counts, because nobody has said yet that it is off.
    assert_eq!((due.at.date().to_string().as_str(), due.provisional), ("2027-01-04", true));
    assert!(!working_days(1).due(at("2026-12-30 10:00"), calendar).provisional);
    assert!(days(3).rolling().due(at("2026-12-30 10:00"), calendar).provisional);
    assert!(!days(1).rolling().due(at("2026-12-30 10:00"), calendar).provisional);
    assert!(months(2).rolling().due(at("2026-12-30 10:00"), calendar).provisional);
}

#[test]
fn what_never_asks_the_calendar_is_never_provisional() {
    let calendar = WorkCalendar::shipped();
    for period in [days(30), months(3), Period::hours(72)] {
        assert!(!period.due(at("2030-12-30 10:00"), calendar).provisional, "{period:?}");
        assert!(period.due_strict(at("2030-12-30 10:00"), calendar).is_ok());
    }
}

#[test]
fn the_strict_answer_names_the_first_day_without_a_notice() {
    let calendar = WorkCalendar::shipped();
    let horizon = working_days(5).due_strict(at("2026-12-30 10:00"), calendar).unwrap_err();
    assert_eq!(horizon.last_year, Some(2026));
    assert_eq!(horizon.to_string(), "no holiday notice is loaded for the year of `2027-01-01`");
    assert_eq!(
        working_days(1).due_strict(at("2026-12-30 10:00"), calendar),
        Ok(working_days(1).due(at("2026-12-30 10:00"), calendar))
    );
}

#[test]
fn a_suspension_moves_a_date_in_the_unit_of_its_period() {
    let calendar = WorkCalendar::shipped();
    let push = |period: Period, due: &str, from: &str, until: &str| {
        period.push(at(due), at(from), at(until), calendar).at
    };
    assert_eq!(
        push(Period::hours(24), "2026-03-03 10:00", "2026-03-02 12:00", "2026-03-02 12:30"),
        at("2026-03-03 10:30")
    );
    let tuesday = at("2026-03-10").date().end().to_string();
    let day = |period, from, until| push(period, &tuesday, from, until).date().to_string();
    assert_eq!(day(days(7), "2026-03-06 09:00", "2026-03-08 18:00"), "2026-03-12");
    assert_eq!(day(days(7).rolling(), "2026-03-05 09:00", "2026-03-09 18:00"), "2026-03-16");
    // From Friday to Monday one working day is lost, and none from Friday to Sunday.
    assert_eq!(day(working_days(5), "2026-03-06 09:00", "2026-03-09 18:00"), "2026-03-11");
    assert_eq!(day(working_days(5), "2026-03-06 09:00", "2026-03-08 18:00"), "2026-03-10");
    // The time was over before the clock was stopped.
    assert_eq!(day(days(7), "2026-03-11 00:00", "2026-03-20 00:00"), "2026-03-10");
    assert_eq!(day(days(7), "2026-03-05 00:00", "2026-03-02 00:00"), "2026-03-10");
}

#[test]
fn a_date_pushed_beyond_the_last_notice_is_provisional() {
    let calendar = WorkCalendar::shipped();
    let due = at("2026-12-25").date().end();
    let push = |period: Period| {
        period.push(due, at("2026-12-22 09:00"), at("2026-12-31 09:00"), calendar).provisional
    };
    assert!(push(working_days(5)) && push(days(5).rolling()) && !push(days(5)));
}

#[test]
fn a_contradictory_period_says_what_is_wrong() {
    assert_eq!(days(5).rolling().fault(), None);
    assert_eq!(Period::hours(24).fault(), None);
    assert!(days(0).fault().is_some_and(|fault| fault.ends_with("found `0`")));
    assert!(days(10_000).fault().is_some());
    assert!(Period { unit: PeriodUnit::Month, ..Period::hours(1) }.fault().is_some());
    assert!(Period { start: Start::NextDay, ..Period::hours(1) }.fault().is_some());
    assert!(Period::hours(1).rolling().fault().is_some());
    assert!(working_days(1).rolling().fault().is_some());
}

#[test]
fn the_end_of_all_dates_is_reached_without_a_fault() {
    let calendar = WorkCalendar::shipped();
    let edge = Timestamp::from_millis(i64::MAX);
    for unit in PeriodUnit::ALL {
        let period = Period { amount: u32::MAX, ..Period::from_next_day(1, unit) }.rolling();
        assert!(period.due(edge, calendar).at >= edge.date().start());
    }
}

/// A second, naive reckoning that shares nothing with the first but the lists of days: it walks
/// from day to day with its own idea of months and weeks.
struct Naive {
    off: BTreeSet<i64>,
    worked: BTreeSet<i64>,
    noticed: BTreeSet<i32>,
}

/// Year, month, day, and the days since 1970-01-01, which was a Thursday.
#[derive(Clone, Copy)]
struct Ymd(i32, u32, u32, i64);

impl Ymd {
    fn days_of_month(year: i32, month: u32) -> u32 {
        match month {
            4 | 6 | 9 | 11 => 30,
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            _ => 31,
        }
    }

    fn next(self) -> Self {
        let Self(year, month, day, days) = self;
        match (month, day == Self::days_of_month(year, month)) {
            (12, true) => Self(year + 1, 1, 1, days + 1),
            (_, true) => Self(year, month + 1, 1, days + 1),
            (_, false) => Self(year, month, day + 1, days + 1),
        }
    }

    fn of(days: i64) -> Self {
        let mut day = Self(2020, 1, 1, 18_262);
        while day.3 < days {
            day = day.next();
        }
        day
    }
}

impl Naive {
    fn of(calendar: &WorkCalendar) -> Self {
        let off = calendar.years().flat_map(super::super::year::CalendarYear::days_off);
        Self {
            off: off.map(CivilDate::days).collect(),
            worked: calendar.years().flat_map(|y| &y.workdays).map(|day| day.days()).collect(),
            noticed: calendar.years().map(|year| year.year).collect(),
        }
    }

    fn works(&self, day: Ymd) -> bool {
        let weekend = matches!((day.3 + 4) % 7, 0 | 6);
        self.worked.contains(&day.3) || (!weekend && !self.off.contains(&day.3))
    }

    /// The last day, the days passed over, and whether it is provisional.
    fn last_day(&self, period: Period, event: Ymd) -> (i64, Vec<i64>, bool) {
        let (mut passed, mut seen_unnoticed) = (Vec::new(), false);
        let mut see = |day: Ymd| {
            seen_unnoticed |= !self.noticed.contains(&day.0);
            let works = self.works(day);
            if !works {
                passed.push(day.3);
            }
            works
        };
        let counts_event = period.start == Start::SameDay;
        let mut day = event;
        match period.unit {
            PeriodUnit::Hour => unreachable!(),
            PeriodUnit::CalendarDay => {
                for _ in u32::from(counts_event)..period.amount {
                    day = day.next();
                }
            }
            PeriodUnit::WorkingDay => {
                let mut left = period.amount;
                if counts_event && see(day) {
                    left -= 1;
                }
                while left > 0 {
                    day = day.next();
                    left -= u32::from(see(day));
                }
            }
            PeriodUnit::Month | PeriodUnit::Year => {
                let months = if period.unit == PeriodUnit::Year { 12 } else { 1 } * period.amount;
                let (mut year, mut month) = (event.0, event.1);
                for _ in 0..months {
                    (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                }
                let length = Ymd::days_of_month(year, month);
                let exact = event.2 <= length;
                let target = if exact { event.2 } else { length };
                let mut previous = day;
                while (day.0, day.1, day.2) != (year, month, target) {
                    previous = day;
                    day = day.next();
                }
                if counts_event && exact {
                    day = previous;
                }
            }
        }
        if period.roll == Roll::NextWorkingDay {
            while !see(day) {
                day = day.next();
            }
        }
        (day.3, passed, seen_unnoticed)
    }
}

/// A xorshift generator: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

#[test]
fn a_hundred_thousand_random_periods_end_where_a_naive_walker_arrives() {
    let calendar = WorkCalendar::shipped();
    let naive = Naive::of(calendar);
    let mut random = Random(0x5eed_2026_1123);
    let mut provisional = 0;
    for _ in 0..100_000 {
        let unit = random.pick(&PeriodUnit::ALL[1..]);
        let most = match unit {
            PeriodUnit::CalendarDay => 120,
            PeriodUnit::WorkingDay => 60,
            PeriodUnit::Month => 14,
            PeriodUnit::Hour | PeriodUnit::Year => 2,
        };
        let period = Period {
            amount: u32::try_from(random.below(most) + 1).unwrap(),
            unit,
            start: random.pick(&[Start::SameDay, Start::NextDay]),
            roll: if unit == PeriodUnit::WorkingDay { Roll::None } else { random.pick(&Roll::ALL) },
        };
        // From September 2020 to the middle of 2027: both ends of what is noticed are crossed.
        let day = 18_506 + i64::try_from(random.below(2_500)).unwrap();
        let millis = i64::try_from(random.below(86_400_000)).unwrap();
        let from = CivilDate::from_days(day).start().plus_millis(millis);

        let due = period.due(from, calendar);
        let (last, passed, unnoticed) = naive.last_day(period, Ymd::of(day));
        assert_eq!(due.at, CivilDate::from_days(last).end(), "{period:?} from {from}");
        let skipped: Vec<_> = due.skipped.iter().map(|day| day.date.days()).collect();
        assert_eq!(skipped, passed, "{period:?} from {from}");
        assert_eq!(due.provisional, unnoticed, "{period:?} from {from}");
        assert_eq!(due.provisional, period.due_strict(from, calendar).is_err());
        provisional += u32::from(due.provisional);
    }
    assert!(provisional > 5_000, "only {provisional} cases looked beyond the notices");
}
