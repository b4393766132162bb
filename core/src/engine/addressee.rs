//! Whom a rung reaches: the unit, and the people who are there that day.
//!
//! An absent person's reminder goes to the deputy, or without one to the leader of the unit. A
//! unit without a leader, and a leader who is away without a deputy, are passed over upward: for a
//! village to the town's child welfare supervisor, then to the town leader, then to the coordinating
//! body. Who was recused is not reminded.

use std::collections::BTreeSet;

use super::{Inner, Staff, workspace::Live};
use crate::{
    case::FindHolder as _,
    duty::{ladder::Addressee, owed::OwedDuty},
    store::StaffRow,
    terms::{
        actor::{Account, MatchBy, Role, RoleSpec},
        id::{ActorId, UnitId},
        time::CivilDate,
    },
};

/// Whom a rung reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reached {
    /// The unit, if there is one.
    pub(super) unit: Option<UnitId>,
    /// The people who were there that day; none where nobody has an account.
    pub(super) persons: BTreeSet<ActorId>,
}

/// Where people are looked up.
#[derive(Clone, Copy)]
pub(super) struct Lookup<'a> {
    pub(super) engine: &'a Inner,
    pub(super) staff: &'a Staff,
    pub(super) live: &'a Live,
    pub(super) on: CivilDate,
}

impl<'a> Lookup<'a> {
    pub(super) fn reach(&self, duty: &OwedDuty, to: Addressee) -> Reached {
        match to {
            Addressee::Holder | Addressee::Inquiry => self.holder(duty),
            Addressee::UnitLeader => self.unit_leader(duty.holder.unit.as_ref()),
            Addressee::TownLeader => self.town_leader(),
            Addressee::CoordinatingBody => self.coordinating_body(),
        }
    }

    fn holder(&self, duty: &OwedDuty) -> Reached {
        let Some(unit) = &duty.holder.unit else { return self.coordinating_body() };
        let persons = match duty.holder.person.as_ref().and_then(|id| self.staff.person(id)) {
            Some(named) => self.present(named).into_iter().collect(),
            None => self.in_role(unit, &duty.holder.role),
        };
        let persons =
            if persons.is_empty() { self.unit_leader(Some(unit)).persons } else { persons };
        Reached { unit: Some(unit.clone()), persons }
    }

    fn unit_leader(&self, unit: Option<&UnitId>) -> Reached {
        let Some(unit) = unit else { return self.town_leader() };
        let leaders = self.staff.people().filter(|row| row.active && row.leader);
        let mut leaders = leaders.filter(|row| &row.unit == unit);
        if let Some(leader) = leaders.find_map(|row| self.present(row)) {
            return Reached { unit: Some(unit.clone()), persons: [leader].into() };
        }
        let village = self.engine.village_leader.as_ref().filter(|_| self.staff.is_village(unit));
        village.and_then(|role| self.by_role(role)).unwrap_or_else(|| self.town_leader())
    }

    fn town_leader(&self) -> Reached {
        let role = self.engine.town_leader.as_ref();
        role.and_then(|role| self.by_role(role)).unwrap_or_else(|| self.coordinating_body())
    }

    fn coordinating_body(&self) -> Reached {
        let role = self.engine.rules.coordinating_body();
        let unit = self.staff.unit_for(role, &self.live.facts().area);
        let persons = unit.iter().flat_map(|unit| self.in_role(unit, role)).collect();
        Reached { unit, persons }
    }

    /// The unit of a role for the case's area, if somebody of it is there.
    fn by_role(&self, role: &Role) -> Option<Reached> {
        let unit = self.staff.unit_for(role, &self.live.facts().area)?;
        let persons = self.in_role(&unit, role);
        (!persons.is_empty()).then_some(Reached { unit: Some(unit), persons })
    }

    fn in_role(&self, unit: &UnitId, role: &Role) -> BTreeSet<ActorId> {
        let people = self.staff.people_of(unit, role, &self.live.facts().area);
        people.filter_map(|row| self.present(row)).collect()
    }

    fn present(&self, row: &StaffRow) -> Option<ActorId> {
        let recused = self.live.image.attributes.get("recused_person");
        let there = self.staff.present(row, self.on).map(|row| row.id.clone());
        there.filter(|id| recused.is_none_or(|recused| recused != id.as_str()))
    }

    /// The unit that owes a duty, and in which role: the first with an account for the case's
    /// area, else the outside organ by the name of its role, else the holder's unit.
    pub(super) fn owing(
        &self,
        duty: &OwedDuty,
        owed_by: &[&'a RoleSpec],
    ) -> Option<(UnitId, &'a RoleSpec)> {
        let holder = duty.holder.unit.as_ref();
        let inside = owed_by.iter().find_map(|spec| {
            let unit = match spec.match_by {
                MatchBy::Area => self.staff.unit_for(&spec.role, &self.live.facts().area),
                MatchBy::Unit => {
                    holder.filter(|unit| self.staff.has_role(unit, &spec.role)).cloned()
                }
            };
            Some((unit?, *spec))
        });
        let outside = || {
            let spec = owed_by.first().filter(|spec| spec.account == Account::No)?;
            Some((UnitId::new(spec.role.as_str()).ok()?, *spec))
        };
        let held = || Some((holder?.clone(), *owed_by.first()?));
        inside.or_else(outside).or_else(held)
    }
}
