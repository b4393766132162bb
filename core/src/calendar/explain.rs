//! Why a date is that date, in a sentence a person can check with a wall calendar.

use super::{
    period::{Due, Period, PeriodUnit, Roll, SkippedDay, Start},
    work_calendar::WorkCalendar,
};
use crate::terms::{
    label::Label,
    time::{CivilDate, Timestamp},
};

/// How a limit is called when its date is explained.
#[derive(Clone, Copy, Debug)]
pub struct LimitName<'l> {
    /// Its id, e.g. `D25`.
    pub id: &'l str,
    /// Its name.
    pub label: &'l Label,
    /// What it rests on, as shown: “法定：《…》第114条”, “县里自定”.
    pub basis: &'l Label,
}

/// Why a period that an event at `from` started ends at `due`: the limit, the start, the unit,
/// each day that was passed over and its reason, the roll, the basis, and what is provisional.
///
/// `due` is the answer of [`Period::due`] for the same `period` and `from`.
pub fn why(
    limit: &LimitName<'_>,
    period: Period,
    from: Timestamp,
    due: &Due,
    calendar: &WorkCalendar,
) -> Label {
    let (begin, passed) = (begin(period, from), passed(period, due));
    let (end, doubt) = (end(period, due), doubt(from, due, calendar));
    let (label, id, amount, basis) = (limit.label, limit.id, period.label(), limit.basis);
    Label::owned(
        format!(
            "{}（{id}，{}）：{}{}，{}。依据：{}。{}",
            label.zh, amount.zh, begin.zh, passed.zh, end.zh, basis.zh, doubt.zh
        ),
        format!(
            "{} ({id}, {}): {}{}; {}. Basis: {}.{}",
            label.en, amount.en, begin.en, passed.en, end.en, basis.en, doubt.en
        ),
    )
}

fn begin(period: Period, from: Timestamp) -> Label {
    let day = from.date();
    if period.unit == PeriodUnit::Hour {
        return Label::owned(
            format!("自{}起算，按小时连续计算，节假日不扣除", from.chinese()),
            format!("counted from {}, by the hour, holidays included", minute(from)),
        );
    }
    match period.start {
        Start::SameDay => Label::owned(
            format!("自{}起算，当日计入", day.chinese()),
            format!("counted from {day}, that day included"),
        ),
        // A period of days that claims to run from the moment is reckoned from the next day.
        Start::NextDay | Start::FromMoment => Label::owned(
            format!("自{}的次日起算", day.chinese()),
            format!("counted from the day after {day}"),
        ),
    }
}

fn passed(period: Period, due: &Due) -> Label {
    let runs = runs(&due.skipped);
    let last = due.at.date();
    let zh = runs.iter().map(Run::chinese).collect::<Vec<_>>().join("、");
    let en = runs.iter().map(Run::english).collect::<Vec<_>>().join(", ");
    match (period.unit, period.roll, runs.is_empty()) {
        (PeriodUnit::Hour, _, _) => Label::new("", ""),
        (PeriodUnit::WorkingDay, _, true) => {
            Label::new("，其间没有休息日", ", with no day off in between")
        }
        (PeriodUnit::WorkingDay, _, false) => {
            Label::owned(format!("，扣除{zh}"), format!(", not counting {en}"))
        }
        (_, Roll::None, _) => Label::new(
            "，节假日不扣除，末日不顺延",
            ", holidays included, with no extension of the last day",
        ),
        (_, Roll::NextWorkingDay, true) => {
            Label::new("，末日为工作日，不需顺延", "; the last day is a working day and stands")
        }
        (_, Roll::NextWorkingDay, false) => Label::owned(
            format!("，末日遇{zh}，顺延至{}", last.chinese()),
            format!("; the last day meets {en} and moves on to {last}"),
        ),
    }
}

fn end(period: Period, due: &Due) -> Label {
    if period.unit == PeriodUnit::Hour {
        return Label::owned(
            format!("至{}届满", due.at.chinese()),
            format!("over at {}", minute(due.at)),
        );
    }
    let last = due.at.date();
    Label::owned(format!("至{}24时届满", last.chinese()), format!("over at the end of {last}"))
}

fn minute(at: Timestamp) -> String {
    let minutes = at.millis_of_day() / 60_000;
    format!("{} {:02}:{:02}", at.date(), minutes / 60, minutes % 60)
}

/// What is provisional: the years between start and end whose notice is missing.
fn doubt(from: Timestamp, due: &Due, calendar: &WorkCalendar) -> Label {
    if !due.provisional {
        return Label::new("", "");
    }
    let years = from.date().year()..=due.at.date().year();
    let missing: Vec<_> =
        years.filter(|year| !calendar.covers(*year)).map(|year| year.to_string()).collect();
    Label::owned(
        format!("{}年放假通知尚未载入，日期为暂定。", missing.join("、")),
        format!(
            " The holiday notice of {} is not loaded yet; the date is provisional.",
            missing.join(", ")
        ),
    )
}

/// Days in a row that were passed over for the same reason.
struct Run {
    first: CivilDate,
    last: CivilDate,
    reason: Label,
}

impl Run {
    fn chinese(&self) -> String {
        let days = if self.first == self.last {
            self.first.chinese()
        } else {
            format!("{}至{}", self.first.chinese(), self.last.chinese())
        };
        format!("{days}（{}）", self.reason.zh)
    }

    fn english(&self) -> String {
        let days = if self.first == self.last {
            self.first.to_string()
        } else {
            format!("{} to {}", self.first, self.last)
        };
        format!("{days} ({})", self.reason.en)
    }
}

fn runs(days: &[SkippedDay]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for SkippedDay { date, day } in days {
        let reason = day.label();
        match runs.last_mut() {
            Some(run) if run.reason == reason && run.last.plus_days(1) == *date => run.last = *date,
            Some(_) | None => runs.push(Run { first: *date, last: *date, reason }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explain(period: Period, from: &str) -> Label {
        let (calendar, from) = (WorkCalendar::shipped(), from.parse().unwrap());
        let limit = LimitName {
            id: "X01",
            label: &Label::new("答复", "reply"),
            basis: &Label::new("法定：《某法》第1条", "statutory: 《某法》第1条"),
        };
        why(&limit, period, from, &period.due(from, calendar), calendar)
    }

    #[test]
    fn hours_are_explained_by_the_clock() {
        let why = explain(Period::hours(24), "2026-05-01 09:05");
        assert_eq!(
            why.zh,
            "答复（X01，24小时）：自2026年5月1日 09:05起算，按小时连续计算，节假日不扣除，\
             至2026年5月2日 09:05届满。依据：法定：《某法》第1条。"
        );
        assert_eq!(
            why.en,
            "reply (X01, 24 hours): counted from 2026-05-01 09:05, by the hour, holidays included; \
             over at 2026-05-02 09:05. Basis: statutory: 《某法》第1条."
        );
    }

    #[test]
    fn working_days_name_every_day_that_was_not_counted() {
        let why = explain(Period::from_next_day(5, PeriodUnit::WorkingDay), "2026-09-29 10:00");
        assert_eq!(
            why.zh,
            "答复（X01，5个工作日）：自2026年9月29日的次日起算，\
             扣除2026年10月1日至2026年10月7日（国庆节）、2026年10月11日（周末），\
             至2026年10月12日24时届满。依据：法定：《某法》第1条。"
        );
        assert_eq!(
            why.en,
            "reply (X01, 5 working days): counted from the day after 2026-09-29, \
             not counting 2026-10-01 to 2026-10-07 (National Day), 2026-10-11 (weekend); \
             over at the end of 2026-10-12. Basis: statutory: 《某法》第1条."
        );
    }

    #[test]
    fn a_roll_names_the_days_rolled_over() {
        let week = Period::from_next_day(7, PeriodUnit::CalendarDay);
        assert_eq!(
            explain(week.rolling(), "2026-03-01").zh,
            "答复（X01，7日）：自2026年3月1日的次日起算，末日遇2026年3月8日（周末），\
             顺延至2026年3月9日，至2026年3月9日24时届满。依据：法定：《某法》第1条。"
        );
        assert!(explain(week.rolling(), "2026-03-02").zh.contains("末日为工作日，不需顺延"));
        assert!(
            explain(week, "2026-03-01").zh.contains("节假日不扣除，末日不顺延，至2026年3月8日")
        );
    }

    #[test]
    fn a_first_day_that_counts_is_said_to() {
        let order = Period { start: Start::SameDay, ..Period::from_next_day(6, PeriodUnit::Month) };
        assert!(explain(order, "2026-03-01").zh.contains("自2026年3月1日起算，当日计入"));
    }

    #[test]
    fn a_provisional_date_names_the_year_whose_notice_is_missing() {
        let why = explain(Period::from_next_day(5, PeriodUnit::WorkingDay), "2026-12-28");
        assert!(why.zh.ends_with("2027年放假通知尚未载入，日期为暂定。"), "{}", why.zh);
        assert!(why.en.ends_with("the date is provisional."), "{}", why.en);
    }
}
