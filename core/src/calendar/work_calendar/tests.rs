//! Tests of the calendar: what the years say, and what is refused.

use super::*;

fn date(text: &str) -> CivilDate {
    text.parse().unwrap()
}

const HEAD: &str = "year = 2030\ntitle = '通知'\nnumber = '1号'\npublished = 2029-11-04\n\
                    verified = true\nsource = '自拟'\n";

fn problems(tail: &str) -> String {
    WorkCalendar::load(&[("2030.toml", &format!("{HEAD}{tail}"))]).unwrap_err().to_string()
}

#[test]
fn the_shipped_years_are_loaded_in_order() {
    let calendar = WorkCalendar::shipped();
    let years: Vec<_> = calendar.years().map(|year| (year.year, year.verified)).collect();
    assert_eq!(
        years,
        [(2021, false), (2022, false), (2023, false), (2024, false), (2025, false), (2026, true)]
    );
    assert_eq!(calendar.last_year(), Some(2026));
    assert!(calendar.covers(2021) && !calendar.covers(2020) && !calendar.covers(2027));
}

#[test]
fn the_year_2026_has_the_248_working_days_of_its_notice() {
    let calendar = WorkCalendar::shipped();
    let days = date("2026-01-01").days()..=date("2026-12-31").days();
    let working = days.filter(|day| calendar.is_working(CivilDate::from_days(*day))).count();
    assert_eq!(working, 248);
}

#[test]
fn a_day_is_what_the_notice_or_else_the_week_says() {
    let calendar = WorkCalendar::shipped();
    let kind = |text| calendar.day(date(text)).kind;
    assert_eq!(kind("2026-02-13"), DayKind::Working);
    assert_eq!(kind("2026-02-14"), DayKind::MakeUp);
    assert_eq!(kind("2026-02-17").label().zh, "春节");
    assert_eq!(kind("2026-03-01"), DayKind::Weekend);
    assert_eq!(calendar.day(date("2027-01-01")), Day { kind: DayKind::Working, noticed: false });
}

#[test]
fn the_two_ways_to_ask_for_a_day_agree() {
    let calendar = WorkCalendar::shipped();
    for day in date("2020-12-01").days()..date("2027-02-01").days() {
        let day = CivilDate::from_days(day);
        assert_eq!(calendar.is_working(day), calendar.day(day).kind.is_working(), "{day}");
    }
}

#[test]
fn the_hash_follows_the_days_and_nothing_else() {
    let load = |text: &str| WorkCalendar::load(&[("2030.toml", text)]).unwrap().hash();
    let range = "workdays = []\n[[off]]\nname = { zh = '元旦', en = 'New Year' }\n\
                 from = 2030-01-01\nto = 2030-01-02\n";
    let single = "workdays = []\n[[off]]\nname = { zh = '新年', en = 'New Year' }\n\
                  from = 2030-01-02\nto = 2030-01-02\n[[off]]\n\
                  name = { zh = '新年', en = 'New Year' }\nfrom = 2030-01-01\nto = 2030-01-01\n";
    let hash = load(&format!("{HEAD}{range}"));
    assert_eq!(hash, load(&format!("{HEAD}{single}")));
    assert_eq!(hash, load(&format!("{}{range}", HEAD.replace("通知", "别的标题"))));
    assert_ne!(hash, load(&format!("{HEAD}workdays = []\n")));
    assert_ne!(hash, WorkCalendar::load(&[]).unwrap().hash());
}

#[test]
fn a_later_load_replaces_a_year() {
    let text = format!("{HEAD}workdays = []\n").replace("year = 2030", "year = 2026");
    let calendar = WorkCalendar::shipped().with(&[("ours.toml", &text)]).unwrap();
    assert!(calendar.is_working(date("2026-02-17")));
    assert_eq!(calendar.years().count(), 6);
}

#[test]
fn unknown_and_missing_keys_are_named_with_their_place() {
    assert_eq!(
        problems("workday = [2030-01-05]\n"),
        "2030.toml:1:1: missing key `workdays`\n\
         2030.toml:7:1: unknown key `workday`, expected one of `year`, `title`, `number`, \
         `published`, `verified`, `source`, `workdays`, `off`"
    );
}

#[test]
fn days_that_cannot_be_are_named_with_their_place() {
    assert_eq!(
        problems(
            "workdays = [2030-01-05, 2030-01-05, 2030-01-07, 2031-01-04]\n\
             [[off]]\nname = { zh = '元旦', en = 'New Year' }\nfrom = 2030-01-04\nto = 2030-01-05\n\
             [[off]]\nname = { zh = '春节', en = 'Spring' }\nfrom = 2030-03-02\nto = 2030-03-01\n\
             [[off]]\nname = { zh = '跨年', en = 'Turn' }\nfrom = 2030-12-31\nto = 2031-01-01\n"
        ),
        "2030.toml:7:25: `2030-01-05` is already a make-up day\n\
         2030.toml:7:37: expected a Saturday or Sunday as a make-up day, found `2030-01-07`\n\
         2030.toml:7:49: expected a day of `2030`, found `2031-01-04`\n\
         2030.toml:10:8: `2030-01-05` is already a make-up day\n\
         2030.toml:15:6: expected a last day on or after `2030-03-02`, found `2030-03-01`\n\
         2030.toml:19:6: expected a day of `2030`, found `2031-01-01`"
    );
}

#[test]
fn the_same_year_in_two_files_is_a_problem() {
    let text = format!("{HEAD}workdays = []\n");
    assert_eq!(
        WorkCalendar::load(&[("a.toml", &text), ("b.toml", &text)]).unwrap_err().to_string(),
        "b.toml:1:8: year `2030` is also in `a.toml`"
    );
}
