//! Who the people are: roles, areas, units, absences, deputies.
//!
//! The engine's own directory is the `staff` table. Its revision is read in the load of every
//! step, and the people only when it has changed, so that permission is decided on what stands in
//! the same transaction without reading a county's staff each time.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use async_trait::async_trait;

use crate::{
    case::FindHolder,
    store::{Absence, StaffRow, StoreError},
    terms::{
        actor::{Grant, Profile, Role},
        area::{AreaCode, Realm},
        id::{ActorId, UnitId},
        time::CivilDate,
    },
};

/// A host's own directory of people. It is asked before the transaction; the entry names which
/// directory vouched for the actor.
#[async_trait]
pub trait Directory: fmt::Debug + Send + Sync + 'static {
    /// Its name, as entries show it.
    fn name(&self) -> &str;

    /// The people of a realm. Called before every batch: an implementation keeps a cache.
    ///
    /// # Errors
    /// [`StoreError`] when it does not answer.
    async fn staff(&self, realm: &Realm) -> Result<Arc<Staff>, StoreError>;
}

/// The people of a realm at one revision of their directory.
#[derive(Debug, Default)]
pub struct Staff {
    revision: i64,
    people: BTreeMap<ActorId, StaffRow>,
    /// A unit with an active account, by role and area: the first by the id of its person.
    posts: BTreeMap<(Role, AreaCode), UnitId>,
    /// Every unit with an active account in a role.
    units: BTreeSet<(UnitId, Role)>,
}

impl Staff {
    /// The people, at a revision.
    pub fn new(revision: i64, rows: Vec<StaffRow>) -> Self {
        let people: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
        let (mut posts, mut units) = (BTreeMap::new(), BTreeSet::new());
        for row in people.values().filter(|row| row.active) {
            for grant in &row.grants {
                units.insert((grant.unit.clone(), grant.role.clone()));
                posts
                    .entry((grant.role.clone(), grant.area.clone()))
                    .or_insert_with(|| grant.unit.clone());
            }
        }
        Self { revision, people, posts, units }
    }

    /// The revision.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// The people, in order of id.
    pub fn people(&self) -> impl Iterator<Item = &StaffRow> {
        self.people.values()
    }

    /// One person.
    pub fn person(&self, id: &ActorId) -> Option<&StaffRow> {
        self.people.get(id)
    }

    /// The area a unit works for: of all its people's, the widest.
    pub fn area_of(&self, unit: &UnitId) -> Option<AreaCode> {
        let grants = self.people.values().filter(|row| row.active).flat_map(|row| &row.grants);
        let areas = grants.filter(|grant| &grant.unit == unit).map(|grant| &grant.area);
        areas.min_by_key(|area| area.as_str().len()).cloned()
    }

    /// The leader of a unit who is not away.
    pub fn leader_of(&self, unit: &UnitId, on: CivilDate) -> Option<&StaffRow> {
        self.people
            .values()
            .find(|row| row.active && row.leader && &row.unit == unit && absence(row, on).is_none())
    }

    /// The person, or whoever stands in on a day: the deputy, or without one the leader of the
    /// unit. Nothing when all of them are away.
    pub fn present<'a>(&'a self, row: &'a StaffRow, on: CivilDate) -> Option<&'a StaffRow> {
        let Some(away) = absence(row, on) else { return row.active.then_some(row) };
        match &away.deputy {
            Some(deputy) => {
                self.person(deputy).filter(|deputy| deputy.active && absence(deputy, on).is_none())
            }
            None => self.leader_of(&row.unit, on),
        }
    }

    /// The active people who hold a role in a unit for an area, absent ones too.
    pub fn people_of<'a>(
        &'a self,
        unit: &'a UnitId,
        role: &'a Role,
        area: &'a AreaCode,
    ) -> impl Iterator<Item = &'a StaffRow> {
        let fits = move |grant: &Grant| {
            &grant.unit == unit && &grant.role == role && grant.area.covers(area)
        };
        self.people.values().filter(move |row| row.active && row.grants.iter().any(fits))
    }

    /// Whether a unit is a village's: all its people are there for villages.
    pub fn is_village(&self, unit: &UnitId) -> bool {
        let active = self.people.values().filter(|row| row.active);
        let mut areas = active
            .flat_map(|row| &row.grants)
            .filter(|grant| &grant.unit == unit)
            .map(|grant| grant.area.is_village())
            .peekable();
        areas.peek().is_some() && areas.all(|village| village)
    }

    /// Whether somebody is away on a day, or has no active account.
    pub fn is_away(&self, id: &ActorId, on: CivilDate) -> bool {
        self.people.get(id).is_none_or(|row| !row.active || absence(row, on).is_some())
    }

    /// Whether somebody leads a unit on a day: as its leader, or as the deputy of a leader who is
    /// away.
    pub fn leads(&self, id: &ActorId, unit: &UnitId, on: CivilDate) -> bool {
        if self.is_away(id, on) {
            return false;
        }
        let mut leaders =
            self.people.values().filter(|row| row.active && row.leader && &row.unit == unit);
        leaders.any(|leader| match absence(leader, on) {
            None => &leader.id == id,
            Some(absence) => absence.deputy.as_ref() == Some(id),
        })
    }

    /// Whether anybody leads a unit on a day.
    pub fn is_led(&self, unit: &UnitId, on: CivilDate) -> bool {
        self.people.keys().any(|id| self.leads(id, unit, on))
    }

    /// The absent colleagues somebody stands in for on a day: as their deputy or, where they named
    /// none, as the leader of their unit.
    pub fn stands_in_for<'a>(
        &'a self,
        id: &ActorId,
        on: CivilDate,
    ) -> impl Iterator<Item = (&'a StaffRow, &'a Absence)> {
        let row = self.people.get(id).filter(|row| row.active);
        let others = self
            .people
            .values()
            .filter(move |other| other.active && row.is_some_and(|row| row.id != other.id));
        others.filter_map(move |away| {
            let row = row?;
            let absence = absence(away, on)?;
            let stands_in = match &absence.deputy {
                Some(deputy) => deputy == &row.id,
                None => row.leader && row.unit == away.unit,
            };
            stands_in.then_some((away, absence))
        })
    }

    /// What somebody is on a day: the own roles, and those of absent colleagues he or she stands
    /// in for, as their deputy or, where they named none, as the leader of their unit.
    pub fn profile(&self, id: &ActorId, on: CivilDate) -> Profile {
        let Some(row) = self.people.get(id).filter(|row| row.active) else {
            return Profile::unknown(id.clone());
        };
        let mut grants = row.grants.clone();
        for (away, _) in self.stands_in_for(id, on) {
            let new = away.grants.iter().filter(|grant| !row.grants.contains(grant));
            grants.extend(new.cloned());
        }
        Profile { id: id.clone(), unit: Some(row.unit.clone()), leader: row.leader, grants }
    }

    /// Who holds a role for an area, nearest first, and is not away.
    pub fn holders_of<'a>(
        &'a self,
        role: &'a Role,
        area: &'a AreaCode,
        on: CivilDate,
    ) -> impl Iterator<Item = &'a StaffRow> {
        let covers = move |grant: &Grant| &grant.role == role && grant.area.covers(area);
        let fits = move |row: &&StaffRow| {
            row.active && row.grants.iter().any(covers) && absence(row, on).is_none()
        };
        self.people.values().filter(fits)
    }
}

fn absence(row: &StaffRow, on: CivilDate) -> Option<&Absence> {
    row.absences.iter().find(|absence| absence.from <= on && on <= absence.to)
}

impl FindHolder for Staff {
    fn unit_for(&self, role: &Role, area: &AreaCode) -> Option<UnitId> {
        area.and_above().find_map(|code| {
            let code = code.parse().ok()?;
            self.posts.get(&(role.clone(), code)).cloned()
        })
    }

    fn has_role(&self, unit: &UnitId, role: &Role) -> bool {
        self.units.contains(&(unit.clone(), role.clone()))
    }
}
