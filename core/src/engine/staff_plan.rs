//! Reckoning what a change of one person does: the rows of the directory, and who has each duty.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    EngineError, Inner, Staff,
    staffing::{Moved, Post, StaffChange, StaffPlan, not_possible},
};
use crate::{
    case::FindHolder as _,
    procedure::Refusal,
    store::{Absence, DutyCursor, DutyFilter, DutyQuery, DutyRow, Read, SeenAs, StaffRow},
    terms::{
        actor::{Grant, MatchBy},
        area::AreaCode,
        id::{ActorId, CaseId, UnitId},
        time::CivilDate,
    },
};

const PAGE: u32 = 500;

/// A plan in the making.
pub(super) struct Plan<'a> {
    before: &'a Staff,
    person: &'a StaffRow,
    change: &'a StaffChange,
    /// The rows that change.
    people: BTreeMap<ActorId, StaffRow>,
    /// The days on which the duties must have somebody.
    days: Vec<CivilDate>,
    taken_over: Vec<Grant>,
    /// The duties, each with the grants through which the person saw it.
    found: BTreeMap<(CaseId, u32), (DutyRow, bool, Vec<Grant>)>,
}

impl<'a> Plan<'a> {
    /// The rows that a change makes.
    pub(super) fn of(
        before: &'a Staff,
        change: &'a StaffChange,
        today: CivilDate,
    ) -> Result<Self, Refusal> {
        let person = active(before, "person", change.person())?;
        let mut plan = Self {
            before,
            person,
            change,
            people: BTreeMap::new(),
            days: vec![today],
            taken_over: Vec::new(),
            found: BTreeMap::new(),
        };
        match change {
            StaffChange::Leave { absence, .. } => plan.leave(absence, today)?,
            StaffChange::Deputy { on, deputy, .. } => plan.deputy(*on, deputy.as_ref(), today)?,
            StaffChange::Transfer { to, post, list_confirmed, .. } => {
                plan.transfer(to.as_ref(), post.as_ref(), *list_confirmed, today)?;
            }
        }
        Ok(plan)
    }

    fn leave(&mut self, absence: &Absence, today: CivilDate) -> Result<(), Refusal> {
        if absence.to < absence.from {
            return Err(Refusal::field(
                "to",
                format!("expected a day not before {}, found {}", absence.from, absence.to),
            ));
        }
        if absence.to < today {
            return Err(not_possible(
                format!("{} 已经过去；离岗须在结束前登记", absence.to),
                format!("{} is over; an absence is entered before it ends", absence.to),
            ));
        }
        let overlaps = |known: &&Absence| known.from <= absence.to && absence.from <= known.to;
        if let Some(known) = self.person.absences.iter().find(overlaps) {
            return Err(not_possible(
                format!("与已登记的离岗（{} 至 {}）重叠", known.from, known.to),
                format!("it overlaps the absence from {} to {}", known.from, known.to),
            ));
        }
        self.check_deputy(absence.deputy.as_ref(), absence.from, absence.to)?;
        let mut row = self.person.clone();
        row.absences.push(absence.clone());
        row.absences.sort();
        self.people.insert(row.id.clone(), row);
        self.days = self.days_of(absence.from.max(today), absence.to);
        Ok(())
    }

    fn deputy(
        &mut self,
        on: CivilDate,
        deputy: Option<&ActorId>,
        today: CivilDate,
    ) -> Result<(), Refusal> {
        let mut row = self.person.clone();
        let known = row.absences.iter_mut().find(|absence| absence.from <= on && on <= absence.to);
        let Some(absence) = known else {
            return Err(not_possible(
                format!("“{}”在 {on} 没有登记离岗，请先用 staff leave 登记", row.id),
                format!("`{}` is not away on {on}; enter the absence first", row.id),
            ));
        };
        let (from, to) = (absence.from, absence.to);
        absence.deputy = deputy.cloned();
        self.check_deputy(deputy, from.max(today), to)?;
        self.people.insert(row.id.clone(), row);
        self.days = self.days_of(from.max(today).min(to), to);
        Ok(())
    }

    fn check_deputy(
        &self,
        deputy: Option<&ActorId>,
        from: CivilDate,
        to: CivilDate,
    ) -> Result<(), Refusal> {
        let Some(deputy) = deputy else { return Ok(()) };
        let row = active(self.before, "deputy", deputy)?;
        if deputy == &self.person.id {
            return Err(Refusal::field("deputy", "expected somebody else than the absent person"));
        }
        let away = |absence: &&Absence| absence.from <= to && from <= absence.to;
        match row.absences.iter().find(away) {
            Some(absence) => Err(not_possible(
                format!("代理人“{deputy}”自己在 {} 至 {} 离岗", absence.from, absence.to),
                format!("the deputy `{deputy}` is away from {} to {}", absence.from, absence.to),
            )),
            None => Ok(()),
        }
    }

    fn transfer(
        &mut self,
        to: Option<&ActorId>,
        post: Option<&Post>,
        list_confirmed: bool,
        today: CivilDate,
    ) -> Result<(), Refusal> {
        if !list_confirmed {
            let reason = "expected `true`: both look through the list";
            return Err(Refusal::field("list_confirmed", reason));
        }
        let successor = to.map(|to| active(self.before, "to", to)).transpose()?;
        if to == Some(&self.person.id) {
            return Err(Refusal::field("to", "expected somebody else than the person who goes"));
        }
        let old = self.person;
        let mut row = old.clone();
        if let Some(Post { unit, leader, grants }) = post {
            row.unit = unit.clone();
            row.leader = *leader;
            row.grants.clone_from(grants);
        } else {
            row.active = false;
            row.leader = false;
            row.grants.clear();
            row.absences.retain(|absence| absence.to < today);
            self.forget_deputy(to, today);
        }
        let row_now = row.clone();
        self.people.insert(row.id.clone(), row);
        let given_up = old.grants.iter().filter(|grant| !row_now.grants.contains(grant));
        let kept = |grant: &Grant| {
            let others = self.before.people().filter(|other| other.id != old.id && other.active);
            let mut held = others.chain([&row_now]).flat_map(|other| &other.grants);
            held.any(|other| {
                other.role == grant.role
                    && other.unit == grant.unit
                    && other.area.covers(&grant.area)
            })
        };
        let vacant: Vec<Grant> = given_up.filter(|grant| !kept(grant)).cloned().collect();
        if let Some(successor) = successor {
            let mut row =
                self.people.get(&successor.id).cloned().unwrap_or_else(|| successor.clone());
            let new = vacant.iter().filter(|grant| !row.grants.contains(grant));
            self.taken_over = new.cloned().collect();
            row.grants.extend(self.taken_over.iter().cloned());
            // Whoever takes over the post in the same office leads it, if nobody else does.
            let led = |row: &StaffRow| row.active && row.leader && row.unit == old.unit;
            let others = self.before.people().filter(|other| other.id != old.id);
            let still_led = others.chain([&row_now]).any(led);
            row.leader |= old.leader && !still_led && row.unit == old.unit;
            self.people.insert(row.id.clone(), row);
        }
        Ok(())
    }

    /// Whoever named the person as deputy gets the successor instead.
    fn forget_deputy(&mut self, to: Option<&ActorId>, today: CivilDate) {
        for other in self.before.people() {
            let names = |absence: &Absence| {
                absence.to >= today && absence.deputy.as_ref() == Some(&self.person.id)
            };
            if other.id == self.person.id || !other.absences.iter().any(names) {
                continue;
            }
            let mut row = other.clone();
            for absence in row.absences.iter_mut().filter(|absence| names(absence)) {
                absence.deputy = to.filter(|to| *to != &other.id).cloned();
            }
            self.people.insert(row.id.clone(), row);
        }
    }

    /// The first day of a time, and every day within it on which somebody's absence begins, or the
    /// day after it ends: who is there changes on no other day.
    fn days_of(&self, from: CivilDate, to: CivilDate) -> Vec<CivilDate> {
        let changes = self.before.people().flat_map(|row| &row.absences);
        let changes = changes.flat_map(|absence| [absence.from, absence.to.plus_days(1)]);
        let mut days: BTreeSet<CivilDate> =
            changes.filter(|day| from <= *day && *day <= to).collect();
        days.insert(from);
        days.into_iter().collect()
    }

    /// Finds the open duties that the change concerns.
    pub(super) async fn find_duties(
        &mut self,
        engine: &Inner,
        reader: &mut (dyn Read + '_),
    ) -> Result<(), EngineError> {
        let row = self.people.get(&self.person.id).unwrap_or(self.person);
        let (transfer, grants): (bool, Vec<Grant>) = match self.change {
            // Whoever stands in for others may not go without somebody for their duties either.
            StaffChange::Leave { .. } | StaffChange::Deputy { .. } => {
                let days = self.days.iter();
                let held = days.flat_map(|day| self.before.profile(&self.person.id, *day).grants);
                (false, held.collect::<BTreeSet<_>>().into_iter().collect())
            }
            StaffChange::Transfer { .. } => {
                let given_up = self.person.grants.iter().filter(|held| !row.grants.contains(held));
                (true, given_up.cloned().collect())
            }
        };
        for grant in grants {
            let Some(way) = engine.seen_through(&grant) else { continue };
            for row in all(reader, DutyFilter::SeenAs(vec![way])).await? {
                let key = (row.case, row.duty.no);
                self.found.entry(key).or_insert((row, false, Vec::new())).2.push(grant.clone());
            }
        }
        if transfer {
            let person = Some(self.person.id.clone());
            for row in all(reader, DutyFilter::Open { person }).await? {
                let key = (row.case, row.duty.no);
                self.found.entry(key).or_insert((row, false, Vec::new())).1 = true;
            }
        }
        Ok(())
    }

    /// The plan, with who has each duty afterwards.
    pub(super) fn finish(self, engine: &Inner) -> StaffPlan {
        let mut rows: BTreeMap<ActorId, StaffRow> =
            self.before.people().map(|row| (row.id.clone(), row.clone())).collect();
        rows.extend(self.people.clone());
        let after = Staff::new(self.before.revision(), rows.into_values().collect());
        let successor = match self.change {
            StaffChange::Transfer { to, .. } => to.as_ref(),
            StaffChange::Leave { .. } | StaffChange::Deputy { .. } => None,
        };
        // Who is there with which grants, on each day that counts.
        let there: Vec<Vec<(ActorId, Vec<Grant>)>> = self
            .days
            .iter()
            .map(|day| {
                let at_work = after.people().filter(|row| !after.is_away(&row.id, *day));
                at_work.map(|row| (row.id.clone(), after.profile(&row.id, *day).grants)).collect()
            })
            .collect();
        // The successor's unit becomes accountable for what was held in person.
        let self_held = |row: &DutyRow, to: &ActorId| {
            let mut row = row.clone();
            row.duty.holder.unit = after.person(to).map(|to| to.unit.clone());
            let grants = after.person(to).map_or(&[][..], |to| &to.grants);
            engine.records(&row, &[], grants)
        };
        // Nobody of the accountable unit is left who could be held to account.
        let left_by_its_holder = |row: &DutyRow| {
            let holder = &row.duty.holder;
            holder.unit.as_ref().is_some_and(|unit| {
                self.before.has_role(unit, &holder.role) && !after.has_role(unit, &holder.role)
            })
        };
        let mut duties: Vec<Moved> = self
            .found
            .into_values()
            .map(|(row, in_person, through)| {
                let sees = |grants: &[Grant]| engine.records(&row, &through, grants);
                let mut days = there.iter().map(|day| {
                    let who = day.iter().filter(|(_, grants)| sees(grants));
                    who.map(|(id, _)| id.clone()).collect::<BTreeSet<_>>()
                });
                let first = days.next().unwrap_or_default();
                // A day on which nobody is there leaves the duty to nobody.
                let always = days.all(|day| !day.is_empty());
                let mut to: Vec<ActorId> =
                    if always { first.into_iter().collect() } else { Vec::new() };
                if in_person {
                    to = successor.filter(|to| self_held(&row, to)).cloned().into_iter().collect();
                } else if left_by_its_holder(&row) {
                    to.clear();
                }
                Moved { row, in_person, to }
            })
            .collect();
        duties.sort_by_key(|moved| moved.row.cursor());
        let units: BTreeSet<_> =
            self.before.people().filter(|row| row.active).map(|row| row.unit.clone()).collect();
        let led = |staff: &Staff, unit: &UnitId| {
            let mut people = staff.people().filter(|row| row.active && &row.unit == unit);
            people.any(|row| row.leader)
        };
        let leaderless =
            units.into_iter().filter(|unit| led(self.before, unit) && !led(&after, unit)).collect();
        let people = self.people.into_values().collect();
        StaffPlan { people, taken_over: self.taken_over, duties, leaderless }
    }
}

/// The refusal of a plan that leaves duties to nobody.
pub(super) fn lost(engine: &Inner, plan: &StaffPlan) -> Option<Refusal> {
    let lost: Vec<&Moved> = plan.duties.iter().filter(|moved| moved.to.is_empty()).collect();
    let row = &lost.first()?.row;
    let definition = engine.registry.newest(&row.procedure);
    let spec = definition.and_then(|definition| definition.duty(&row.duty.name));
    let name = row.duty.name.as_str();
    let duty = spec.map_or(name, |spec| spec.label.zh.as_ref());
    let (count, number) = (lost.len(), &row.number);
    Some(not_possible(
        format!(
            "有 {count} 项应办事项届时将无人可办，例如 {number} 的“{duty}”；请指定代理人或接任人"
        ),
        format!(
            "{count} duties would be left to nobody, such as `{name}` of {number}; name a deputy \
             or a successor"
        ),
    ))
}

fn active<'s>(staff: &'s Staff, field: &str, id: &ActorId) -> Result<&'s StaffRow, Refusal> {
    staff
        .person(id)
        .filter(|row| row.active)
        .ok_or_else(|| Refusal::field(field, format!("expected an active account, found `{id}`")))
}

async fn all(
    reader: &mut (dyn Read + '_),
    filter: DutyFilter,
) -> Result<Vec<DutyRow>, EngineError> {
    let (mut rows, mut after): (Vec<DutyRow>, Option<DutyCursor>) = (Vec::new(), None);
    loop {
        let query = DutyQuery { filter: filter.clone(), after, limit: PAGE };
        let page = reader.duties(&query).await?;
        let more = page.len() == PAGE as usize;
        after = page.last().map(DutyRow::cursor);
        rows.extend(page);
        if !more {
            return Ok(rows);
        }
    }
}

impl Inner {
    /// How duties are seen through a grant.
    pub(super) fn seen_through(&self, grant: &Grant) -> Option<SeenAs> {
        let role = grant.role.clone();
        Some(match self.roles.get(&grant.role)?.match_by {
            MatchBy::Area => {
                SeenAs::InArea { role, from: grant.area.to_string(), to: grant.area.range_end() }
            }
            MatchBy::Unit => SeenAs::InUnit { role, unit: grant.unit.clone() },
        })
    }

    /// Whether these grants let somebody record a duty. `through` are grants that are known to,
    /// which settles roles that match by the unit that opened the case.
    pub(super) fn records(&self, row: &DutyRow, through: &[Grant], grants: &[Grant]) -> bool {
        let definition = self.registry.newest(&row.procedure);
        let spec = definition.and_then(|definition| definition.duty(&row.duty.name));
        let roles = match spec {
            Some(spec) => spec.recorded_by.as_slice(),
            None => self.engine_duties.of(&row.procedure, &row.duty.name).unwrap_or_default(),
        };
        let area: Option<AreaCode> = row.area.parse().ok();
        grants.iter().filter(|grant| roles.contains(&grant.role)).any(|grant| {
            match self.roles.get(&grant.role).map(|spec| spec.match_by) {
                Some(MatchBy::Area) => area.as_ref().is_some_and(|area| grant.area.covers(area)),
                Some(MatchBy::Unit) => {
                    row.duty.holder.unit.as_ref() == Some(&grant.unit)
                        || through
                            .iter()
                            .any(|way| way.role == grant.role && way.unit == grant.unit)
                }
                None => false,
            }
        })
    }
}
