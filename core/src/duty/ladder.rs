//! Ladders 逐级提醒: whom an overdue duty reaches, and when.
//!
//! A ladder names addressees, not persons; who they are at that moment the engine asks its
//! directory. The last rung proposes a matter to a meeting. It never decides anything.

use serde::{Deserialize, Serialize};

use crate::{
    calendar::{
        period::{Period, PeriodUnit},
        work_calendar::WorkCalendar,
    },
    terms::{
        label::Label,
        time::{CivilDate, Timestamp},
    },
};

/// Whom a rung reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    /// The unit or person that holds the duty.
    Holder,
    /// The leader of the holder's unit.
    UnitLeader,
    /// The leader of the town who answers for the field.
    TownLeader,
    /// The body that coordinates the protection of minors.
    CoordinatingBody,
    /// An outside organ by a letter of inquiry 函询: all that is ever sent to a court, a
    /// procuratorate or the police in an investigation.
    Inquiry,
}

impl Addressee {
    /// Every addressee.
    pub const ALL: [Self; 5] =
        [Self::Holder, Self::UnitLeader, Self::TownLeader, Self::CoordinatingBody, Self::Inquiry];

    /// The name used in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::UnitLeader => "unit_leader",
            Self::TownLeader => "town_leader",
            Self::CoordinatingBody => "coordinating_body",
            Self::Inquiry => "inquiry",
        }
    }

    /// What people call it.
    pub const fn label(self) -> Label {
        match self {
            Self::Holder => Label::new("承办单位", "the holder"),
            Self::UnitLeader => Label::new("单位负责人", "the unit's leader"),
            Self::TownLeader => Label::new("镇分管领导", "the town's leader"),
            Self::CoordinatingBody => Label::new("统筹协调机构", "the coordinating body"),
            Self::Inquiry => Label::new("函询", "a letter of inquiry"),
        }
    }

    /// Whether a duty that a judicial organ owes may reach it.
    pub const fn suits_judicial_organs(self) -> bool {
        match self {
            Self::Holder | Self::Inquiry => true,
            Self::UnitLeader | Self::TownLeader | Self::CoordinatingBody => false,
        }
    }
}

/// The unit a rung counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RungUnit {
    /// 日.
    CalendarDay,
    /// 工作日.
    WorkingDay,
    /// 小时.
    Hour,
}

impl RungUnit {
    /// Every unit.
    pub const ALL: [Self; 3] = [Self::CalendarDay, Self::WorkingDay, Self::Hour];

    /// The name used in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CalendarDay => "calendar_day",
            Self::WorkingDay => "working_day",
            Self::Hour => "hour",
        }
    }
}

/// One step of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rung {
    /// How long after the duty was due.
    pub after: u32,
    /// Counted in what.
    pub unit: RungUnit,
    /// Whom it reaches.
    pub to: Addressee,
}

/// A ladder: rungs in the order they are climbed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// Its name in the rule pack.
    pub name: String,
    /// Its rungs.
    pub rungs: Vec<Rung>,
}

impl Ladder {
    /// When the rung with this index, counted from 0, is to be climbed for a duty that is due at
    /// `due`; nothing past the last rung.
    ///
    /// Days keep the time of day of `due`, so a duty that is due at the end of a day reaches its
    /// rungs at the ends of days. Like `due` itself this is the last instant before: the rung is
    /// climbed when the time is past it.
    pub fn rung_at(
        &self,
        index: usize,
        due: Timestamp,
        calendar: &WorkCalendar,
    ) -> Option<Timestamp> {
        let rung = self.rungs.get(index)?;
        Some(match rung.unit {
            RungUnit::Hour => due.plus_hours(rung.after.into()),
            RungUnit::CalendarDay => on(due.date().plus_days(rung.after), due),
            RungUnit::WorkingDay => {
                let period = Period::from_next_day(rung.after, PeriodUnit::WorkingDay);
                on(period.due(due, calendar).at.date(), due)
            }
        })
    }

    /// Whether it may stand over a duty that a judicial organ owes.
    pub fn suits_judicial_organs(&self) -> bool {
        self.rungs.iter().all(|rung| rung.to.suits_judicial_organs())
    }
}

/// The time of day of `time`, on `date`.
fn on(date: CivilDate, time: Timestamp) -> Timestamp {
    date.start().plus_millis(time.millis_of_day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(unit: RungUnit) -> Ladder {
        let rung = |after, to| Rung { after, unit, to };
        Ladder {
            name: "default".to_owned(),
            rungs: vec![rung(0, Addressee::Holder), rung(3, Addressee::TownLeader)],
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn rungs_count_from_the_due_date_in_their_own_unit() {
        let calendar = WorkCalendar::shipped();
        let due = at("2026-09-30").date().end();
        let rung = |unit, index| ladder(unit).rung_at(index, due, calendar);
        assert_eq!(rung(RungUnit::CalendarDay, 0), Some(due));
        assert_eq!(rung(RungUnit::CalendarDay, 1), Some(at("2026-10-03").date().end()));
        assert_eq!(rung(RungUnit::WorkingDay, 0), Some(due));
        assert_eq!(rung(RungUnit::WorkingDay, 1), Some(at("2026-10-10").date().end()));
        assert_eq!(rung(RungUnit::Hour, 1), Some(due.plus_hours(3)));
        assert_eq!(rung(RungUnit::Hour, 2), None);
    }

    #[test]
    fn rungs_of_days_keep_the_time_of_day() {
        let due = at("2026-03-02 14:05");
        let rung = ladder(RungUnit::CalendarDay).rung_at(1, due, WorkCalendar::shipped());
        assert_eq!(rung, Some(at("2026-03-05 14:05")));
    }

    #[test]
    fn a_judicial_organ_is_reached_by_inquiry_only() {
        assert!(!ladder(RungUnit::Hour).suits_judicial_organs());
        let rungs = vec![Rung { after: 7, unit: RungUnit::CalendarDay, to: Addressee::Inquiry }];
        assert!(Ladder { name: "judicial".to_owned(), rungs }.suits_judicial_organs());
    }
}
