//! Amounts of time added up unit by unit. The units are never turned into each other: one month is
//! not thirty days, and how many days ten working days are only a calendar knows.

use crate::{
    calendar::period::{Period, PeriodUnit},
    terms::label::Label,
};

/// So many hours, and so many days, and so on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TotalTime {
    /// 小时.
    pub hours: u32,
    /// 日.
    pub calendar_days: u32,
    /// 工作日.
    pub working_days: u32,
    /// 月.
    pub months: u32,
    /// 年.
    pub years: u32,
}

impl TotalTime {
    /// What one period takes.
    pub fn of(period: &Period) -> Self {
        let mut total = Self::default();
        let amount = match period.unit {
            PeriodUnit::Hour => &mut total.hours,
            PeriodUnit::CalendarDay => &mut total.calendar_days,
            PeriodUnit::WorkingDay => &mut total.working_days,
            PeriodUnit::Month => &mut total.months,
            PeriodUnit::Year => &mut total.years,
        };
        *amount = period.amount;
        total
    }

    /// Both one after the other.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            hours: self.hours.saturating_add(other.hours),
            calendar_days: self.calendar_days.saturating_add(other.calendar_days),
            working_days: self.working_days.saturating_add(other.working_days),
            months: self.months.saturating_add(other.months),
            years: self.years.saturating_add(other.years),
        }
    }

    /// About how many hours that is: a working day taken for 7/5 of a day, a month for 30 days, a
    /// year for 365. Good for saying which of two totals is likely the longer one, and for nothing
    /// else.
    pub fn rough_hours(&self) -> u64 {
        let days = u64::from(self.calendar_days)
            + u64::from(self.months) * 30
            + u64::from(self.years) * 365;
        u64::from(self.hours) + days * 24 + u64::from(self.working_days) * 24 * 7 / 5
    }

    /// In words, the longest unit first: 2年加1个月加3日.
    pub fn label(&self) -> Label {
        let amounts = [
            (self.years, PeriodUnit::Year),
            (self.months, PeriodUnit::Month),
            (self.working_days, PeriodUnit::WorkingDay),
            (self.calendar_days, PeriodUnit::CalendarDay),
            (self.hours, PeriodUnit::Hour),
        ];
        let labels: Vec<_> = amounts
            .into_iter()
            .filter(|(amount, _)| *amount > 0)
            .map(|(amount, unit)| unit.amount(amount))
            .collect();
        if labels.is_empty() {
            return Label::new("无", "none");
        }
        let zh: Vec<_> = labels.iter().map(|label| label.zh.as_ref()).collect();
        let en: Vec<_> = labels.iter().map(|label| label.en.as_ref()).collect();
        Label::owned(zh.join("加"), en.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_added_apart_and_told_the_longest_first() {
        let of = |amount, unit| TotalTime::of(&Period::from_next_day(amount, unit));
        let total = of(3, PeriodUnit::WorkingDay)
            .plus(of(1, PeriodUnit::Month))
            .plus(TotalTime::of(&Period::hours(24)))
            .plus(of(7, PeriodUnit::WorkingDay));
        assert_eq!(
            total,
            TotalTime { hours: 24, working_days: 10, months: 1, ..TotalTime::default() }
        );
        assert_eq!(total.label().zh, "1个月加10个工作日加24小时");
        assert_eq!(total.label().en, "1 month and 10 working days and 24 hours");
        assert_eq!(TotalTime::default().label().zh, "无");
    }

    #[test]
    fn rough_hours_put_totals_in_order() {
        let of = |amount, unit| TotalTime::of(&Period::from_next_day(amount, unit)).rough_hours();
        assert!(of(1, PeriodUnit::WorkingDay) > of(1, PeriodUnit::CalendarDay));
        assert!(of(20, PeriodUnit::WorkingDay) < of(1, PeriodUnit::Month));
        assert!(of(1, PeriodUnit::Year) > of(12, PeriodUnit::Month));
    }
}
