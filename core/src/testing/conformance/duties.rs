//! Duties for the clauses.

use super::records::{CLERK, minute};
use crate::{
    duty::{
        owed::{Deadline, DutyKind, DutyState, Holder, OwedDuty},
        time_limit::LimitId,
    },
    store::{DutyFilter, DutyWrite, SeenAs},
    terms::{
        actor::Role,
        area::AreaCode,
        id::{ActorId, Digest, UnitId},
        time::Timestamp,
    },
};

/// An open duty without a date, held by a unit, shown to nobody.
pub(super) fn duty(no: u32) -> DutyWrite {
    let duty = OwedDuty {
        no,
        name: "answer".to_owned(),
        kind: DutyKind::State,
        state: DutyState::Open,
        opened_at: minute(1),
        closed_at: None,
        holder: Holder {
            role: CLERK,
            unit: Some(UnitId::constant("office")),
            person: None,
            gap: false,
        },
        deadline: None,
        rung: 0,
        next_rung_at: None,
    };
    DutyWrite { duty, matches: Vec::new() }
}

/// A deadline that ends then.
pub(super) fn deadline(due: Option<Timestamp>) -> Deadline {
    Deadline {
        limit: LimitId::constant("D1"),
        from: minute(1),
        due,
        provisional: false,
        calendar: Digest::of(b"calendar"),
        generation: 0,
        suspended_until: None,
    }
}

/// What a sample duty can be told in one word each.
pub(super) trait SampleDuty: Sized {
    /// It is due then.
    fn due(self, at: Timestamp) -> Self;
    /// Its limit has no number.
    fn at_once(self) -> Self;
    /// Its date rests on a year without its notice.
    fn provisional(self) -> Self;
    /// Its next rung is due then.
    fn rung_at(self, at: Timestamp) -> Self;
    /// Nobody holds it.
    fn gap(self) -> Self;
    /// A person holds it.
    fn named(self, person: &'static str) -> Self;
    /// It is shown to this role in the case's area.
    fn shown_to(self, role: Role) -> Self;
    /// It is shown to this role in a unit.
    fn shown_in(self, role: Role, unit: &str) -> Self;
}

impl SampleDuty for DutyWrite {
    fn due(mut self, at: Timestamp) -> Self {
        self.duty.deadline = Some(deadline(Some(at)));
        self
    }

    fn at_once(mut self) -> Self {
        self.duty.deadline = Some(deadline(None));
        self
    }

    fn provisional(mut self) -> Self {
        let running = self.duty.deadline.take();
        self.duty.deadline = running.map(|running| Deadline { provisional: true, ..running });
        self
    }

    fn rung_at(mut self, at: Timestamp) -> Self {
        self.duty.next_rung_at = Some(at);
        self
    }

    fn gap(mut self) -> Self {
        self.duty.holder.unit = None;
        self.duty.holder.gap = true;
        self
    }

    fn named(mut self, person: &'static str) -> Self {
        self.duty.holder.person = Some(ActorId::constant(person));
        self
    }

    fn shown_to(mut self, role: Role) -> Self {
        self.matches.push((role, None));
        self
    }

    fn shown_in(mut self, role: Role, unit: &str) -> Self {
        self.matches.push((role, Some(UnitId::new(unit).unwrap())));
        self
    }
}

/// Sees what is shown to the clerks of an area and of the areas within it.
pub(super) fn clerk_in(area: &AreaCode) -> SeenAs {
    in_area(CLERK, area)
}

/// Sees what is shown to a role in an area and in the areas within it.
pub(super) fn in_area(role: Role, area: &AreaCode) -> SeenAs {
    let (from, to) = range(area);
    SeenAs::InArea { role, from, to }
}

/// Sees what is shown to a role in a unit.
pub(super) fn in_unit(role: Role, unit: &str) -> SeenAs {
    SeenAs::InUnit { role, unit: UnitId::new(unit).unwrap() }
}

/// The worklist of somebody who sees in these ways.
pub(super) fn worklist(ways: impl Into<Vec<SeenAs>>) -> DutyFilter {
    DutyFilter::SeenAs(ways.into())
}

/// The codes of an area and of what lies within it.
pub(super) fn range(area: &AreaCode) -> (String, String) {
    (area.as_str().to_owned(), area.range_end())
}
