//! The year files agree with the comparison that `tests/calendar/compare.py` wrote.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use hexacase::{
    calendar::work_calendar::{DayKind, WorkCalendar},
    terms::time::CivilDate,
};

const COMPARISON: &str = include_str!("../calendar/comparison.txt");

/// The rows: day → what our files, the first and the second data set say, and the verdict.
fn rows() -> BTreeMap<CivilDate, Vec<&'static str>> {
    let lines = COMPARISON.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let day = words.next().unwrap().parse().unwrap();
            (day, words.skip(1).collect())
        })
        .collect()
}

#[test]
fn every_day_the_year_files_name_is_compared_and_no_other_is_claimed() {
    let calendar = WorkCalendar::shipped();
    let rows = rows();
    let years: Vec<_> = calendar.years().map(|year| year.year).collect();
    let first = CivilDate::new(years[0], 1, 1).unwrap();
    let last = CivilDate::new(*years.last().unwrap(), 12, 31).unwrap();
    for day in first.days()..=last.days() {
        let day = CivilDate::from_days(day);
        let ours = match calendar.day(day).kind {
            DayKind::Holiday { .. } => "off",
            DayKind::MakeUp => "work",
            DayKind::Working | DayKind::Weekend => "-",
        };
        let compared = rows.get(&day).map_or("-", |row| row[0]);
        assert_eq!(ours, compared, "{day}: run tests/calendar/compare.py again");
    }
}

#[test]
fn no_day_is_worked_for_one_source_and_off_for_another() {
    let differing: Vec<_> = rows().into_iter().filter(|(_, row)| row[3] == "differs").collect();
    assert_eq!(differing, []);
}

#[test]
fn in_the_verified_year_all_three_sources_name_the_same_days() {
    assert!(rows().iter().filter(|(day, _)| day.year() == 2026).all(|(_, row)| row[3] == "same"));
}
