//! Ladders 逐级提醒: whom an overdue duty reaches, and when.
//!
//! A ladder names addressees, not persons; who they are at that moment the engine asks its
//! directory. Its last rungs propose: a case is opened that waits for a person's signature. No
//! rung decides anything.
//!
//! There is a ladder per kind of organ (our reading, basis `design_default`): what is proposed
//! against a bureau is no way to speak to a court, and a family is helped and not overseen.

use serde::{Deserialize, Serialize};

use super::{mark::Marks, time_limit::Basis};
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
    /// An outside organ by a letter of inquiry 函询, which the holder writes. Beside a request for
    /// procuratorial oversight it is all that is ever sent to a court, a procuratorate or the
    /// police in an investigation.
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
}

/// What kind of organ owes the duties that a ladder stands over.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// An organ, organization or provider that the county may remind, mark and oversee.
    #[default]
    Organ,
    /// A court, a procuratorate, or the police in an investigation: they get letters of inquiry
    /// and requests for procuratorial oversight, and are never marked.
    Judicial,
    /// A family: its people are reminded and helped, never overseen and never marked.
    Family,
}

impl Over {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Organ, Self::Judicial, Self::Family];

    /// The name used in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organ => "organ",
            Self::Judicial => "judicial",
            Self::Family => "family",
        }
    }

    /// What people call it.
    pub const fn label(self) -> Label {
        match self {
            Self::Organ => Label::new("机关、单位和组织", "organs and organizations"),
            Self::Judicial => Label::new("司法机关、侦查机关", "judicial organs"),
            Self::Family => Label::new("家庭", "families"),
        }
    }

    /// Whether a rung of its ladders may aim there. Which proposals suit a judicial organ the
    /// proposal itself says, where it is wired.
    pub const fn allows(self, aim: &Aim) -> bool {
        match (self, aim) {
            (Self::Organ, Aim::To(to)) => !matches!(to, Addressee::Inquiry),
            (Self::Judicial, Aim::To(to)) => matches!(to, Addressee::Holder | Addressee::Inquiry),
            (Self::Family, Aim::To(to)) => {
                matches!(to, Addressee::Holder | Addressee::UnitLeader | Addressee::TownLeader)
            }
            (Self::Organ | Self::Judicial, Aim::Propose(_)) => true,
            (Self::Family, Aim::Propose(_)) => false,
        }
    }

    /// Whether its duties may be marked 亮牌.
    pub const fn may_be_marked(self) -> bool {
        matches!(self, Self::Organ)
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

/// What a rung does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// It reminds somebody.
    To(Addressee),
    /// It opens the case of this escalation link, as a proposal that a person signs or declines.
    Propose(String),
}

impl Aim {
    /// The name under which a climbed rung is kept: the addressee's, or the link's.
    pub fn name(&self) -> &str {
        match self {
            Self::To(to) => to.name(),
            Self::Propose(link) => link,
        }
    }
}

/// One step of a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rung {
    /// How long after the duty was due.
    pub after: u32,
    /// Counted in what.
    pub unit: RungUnit,
    /// Whom it reaches, or what it proposes.
    pub aim: Aim,
}

/// A ladder: rungs in the order they are climbed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// Its name in the rule pack.
    pub name: String,
    /// Who owes the duties it stands over.
    pub over: Over,
    /// The parties whose duties climb it, unless a duty names another.
    pub parties: Vec<String>,
    /// By what right: custom only. No law prescribes a ladder or a card.
    pub basis: Basis,
    /// Its rungs.
    pub rungs: Vec<Rung>,
    /// When its duties are marked; nothing: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Marks>,
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
            RungUnit::CalendarDay => days_after(due, rung.after),
            RungUnit::WorkingDay => {
                let period = Period::from_next_day(rung.after, PeriodUnit::WorkingDay);
                on(period.due(due, calendar).at.date(), due)
            }
        })
    }

    /// The links of its proposals.
    pub fn proposals(&self) -> impl Iterator<Item = &str> {
        self.rungs.iter().filter_map(|rung| match &rung.aim {
            Aim::Propose(link) => Some(link.as_str()),
            Aim::To(_) => None,
        })
    }
}

/// So many calendar days after `time`, at its time of day.
pub(super) fn days_after(time: Timestamp, days: u32) -> Timestamp {
    on(time.date().plus_days(days), time)
}

/// The time of day of `time`, on `date`.
fn on(date: CivilDate, time: Timestamp) -> Timestamp {
    date.start().plus_millis(time.millis_of_day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(unit: RungUnit) -> Ladder {
        let rung = |after, to| Rung { after, unit, aim: Aim::To(to) };
        Ladder {
            name: "default".to_owned(),
            over: Over::Organ,
            parties: Vec::new(),
            basis: Basis::DesignDefault,
            rungs: vec![rung(0, Addressee::Holder), rung(3, Addressee::TownLeader)],
            marks: None,
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
    fn each_kind_of_organ_is_reached_as_fits_it() {
        let allowed = |over: Over| {
            let aims = Addressee::ALL.map(Aim::To).into_iter();
            let aims = aims.chain([Aim::Propose("X01".to_owned())]);
            let names = aims.filter(|aim| over.allows(aim)).map(|aim| aim.name().to_owned());
            names.collect::<Vec<_>>()
        };
        let organ = ["holder", "unit_leader", "town_leader", "coordinating_body", "X01"];
        assert_eq!(allowed(Over::Organ), organ);
        assert_eq!(allowed(Over::Judicial), ["holder", "inquiry", "X01"]);
        assert_eq!(allowed(Over::Family), ["holder", "unit_leader", "town_leader"]);
        assert_eq!(Over::ALL.map(Over::may_be_marked), [true, false, false]);
    }
}
