//! Marks 亮牌: the yellow or red card beside an overdue duty.
//!
//! A card is a number of days past the date, as the rule pack says, and nothing more: it is reckoned
//! when somebody looks and never stored, it decides nothing, and it ends with the duty. Judicial
//! organs and families get none. Cards are a custom of counties, not law; the numbers are ours
//! until the county sets its own.

use serde::{Deserialize, Serialize};

use super::{ladder::days_after, owed::OwedDuty, time_limit::TimeLimit};
use crate::terms::{label::Label, time::Timestamp};

/// A card 牌.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// 黄牌.
    Yellow,
    /// 红牌.
    Red,
}

impl Mark {
    /// Every card, the milder first.
    pub const ALL: [Self; 2] = [Self::Yellow, Self::Red];

    /// The name used in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// What people call it.
    pub const fn label(self) -> Label {
        match self {
            Self::Yellow => Label::new("黄牌", "yellow card"),
            Self::Red => Label::new("红牌", "red card"),
        }
    }
}

/// After how many calendar days past the date a card is shown; 0: as soon as the date has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkDays {
    /// The yellow one.
    pub yellow: u32,
    /// The red one; not before the yellow one.
    pub red: u32,
}

/// The cards of a ladder. A limit of law and any other are counted apart; nothing: no card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Where the limit that runs may be shown as 法定.
    pub statutory: Option<MarkDays>,
    /// Everywhere else.
    pub other: Option<MarkDays>,
}

impl Marks {
    /// The days that hold for a limit.
    pub fn days(&self, limit: Option<&TimeLimit>) -> Option<MarkDays> {
        let statutory = limit.is_some_and(|limit| limit.basis.is_statutory());
        if statutory { self.statutory } else { self.other }
    }

    /// The card of a duty at `now`.
    ///
    /// A date that rests on a year without its holiday notice gives none: it may yet move.
    pub fn of(&self, duty: &OwedDuty, limit: Option<&TimeLimit>, now: Timestamp) -> Option<Mark> {
        let deadline = duty.deadline.as_ref().filter(|deadline| !deadline.provisional)?;
        let (due, days) = (deadline.due?, self.days(limit)?);
        let past = |after| duty.is_open() && now > days_after(due, after);
        if past(days.red) {
            Some(Mark::Red)
        } else if past(days.yellow) {
            Some(Mark::Yellow)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        duty::{
            owed::{Deadline, DutyKind, DutyState, Holder},
            time_limit::LimitId,
        },
        terms::{actor::SYSTEM, id::Digest},
    };

    const MARKS: Marks = Marks {
        statutory: Some(MarkDays { yellow: 0, red: 2 }),
        other: Some(MarkDays { yellow: 3, red: 3 }),
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn duty(provisional: bool) -> OwedDuty {
        OwedDuty {
            no: 1,
            name: "answer".to_owned(),
            kind: DutyKind::State,
            state: DutyState::Open,
            opened_at: at("2026-03-01"),
            closed_at: None,
            holder: Holder { role: SYSTEM, unit: None, person: None, gap: false },
            deadline: Some(Deadline {
                limit: LimitId::constant("X"),
                from: at("2026-03-01"),
                due: Some(at("2026-03-02").date().end()),
                provisional,
                calendar: Digest::of(b"calendar"),
                generation: 0,
                suspended_until: None,
            }),
            rung: 0,
            next_rung_at: None,
        }
    }

    #[test]
    fn a_card_is_shown_once_its_days_have_passed() {
        let mark = |time| MARKS.of(&duty(false), None, at(time));
        assert_eq!(mark("2026-03-05 23:59"), None);
        assert_eq!(mark("2026-03-06 00:00"), Some(Mark::Red), "both cards on one day: the graver");
        let none = Marks { statutory: None, other: None };
        assert_eq!(none.of(&duty(false), None, at("2027-03-01")), None);
    }

    #[test]
    fn neither_an_uncertain_date_nor_a_duty_that_ended_shows_one() {
        let late = at("2026-06-01");
        assert_eq!(MARKS.of(&duty(true), None, late), None);
        let mut ended = duty(false);
        ended.close(DutyState::Fulfilled, late);
        assert_eq!(MARKS.of(&ended, None, late), None);
    }
}
