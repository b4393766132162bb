//! Which ladder a duty climbs, how far it has come, what comes next, and which card it shows.

use super::{Engine, Inner};
use crate::{
    duty::{
        ladder::{Ladder, Rung},
        mark::{Mark, MarkDays},
        owed::{DutyKind, OwedDuty},
    },
    procedure::{Definition, Escalation},
    terms::time::Timestamp,
};

/// How a duty stands on its ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnLadder<'a> {
    /// The ladder.
    pub ladder: &'a Ladder,
    /// How many of its rungs were climbed for the deadline that runs.
    pub climbed: u32,
    /// The next rung and when it is due; nothing past the last one, or without a date.
    pub next: Option<(&'a Rung, Timestamp)>,
    /// The card it shows now.
    pub mark: Option<Mark>,
    /// After how many days past its date it shows a card; nothing: never.
    pub mark_days: Option<MarkDays>,
}

impl Engine {
    /// How a duty of a procedure stands on its ladder at `now`; nothing for a wait, and for a procedure
    /// that is not carried.
    pub fn on_ladder(
        &self,
        procedure: &str,
        duty: &OwedDuty,
        now: Timestamp,
    ) -> Option<OnLadder<'_>> {
        let inner = &*self.inner;
        let definition = inner.registry.newest(procedure)?;
        let ladder = inner.ladder_of(definition, duty)?;
        let next = duty.next_rung_at.filter(|_| duty.is_open());
        let next = next.and_then(|at| Some((ladder.rungs.get(duty.rung as usize)?, at)));
        let limit = duty.deadline.as_ref().and_then(|deadline| inner.rules.limit(&deadline.limit));
        Some(OnLadder {
            ladder,
            climbed: duty.rung,
            next,
            mark: inner.mark_of(ladder, duty, now),
            mark_days: ladder.marks.and_then(|marks| marks.days(limit)),
        })
    }

    /// The links by which ladders open proposals.
    pub fn escalation_links(&self) -> &[Escalation] {
        &self.inner.escalations
    }
}

impl Inner {
    /// The ladder that a duty climbs.
    pub(super) fn ladder_of(&self, definition: &Definition, duty: &OwedDuty) -> Option<&Ladder> {
        if duty.kind == DutyKind::Wait {
            return None;
        }
        match definition.duty(&duty.name) {
            Some(spec) => self.rules.ladder_for(spec.ladder, &spec.owed_by, &self.roles),
            None => self.rules.ladder(self.wide.confirm_ladder),
        }
    }

    /// The card a duty shows at `now`. Reckoned, never stored.
    pub(super) fn mark_of(&self, ladder: &Ladder, duty: &OwedDuty, now: Timestamp) -> Option<Mark> {
        let limit = duty.deadline.as_ref().and_then(|deadline| self.rules.limit(&deadline.limit));
        ladder.marks.and_then(|marks| marks.of(duty, limit, now))
    }

    /// The link of this id.
    pub(super) fn escalation(&self, id: &str) -> Option<&Escalation> {
        self.escalations.iter().find(|link| link.id == id)
    }
}
