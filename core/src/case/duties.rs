//! Opening, closing and renewing the duties of one case.

use std::collections::BTreeMap;

use super::holder::{FindHolder, Near, find_holder};
use crate::{
    calendar::work_calendar::WorkCalendar,
    duty::{
        ladder::Ladder,
        owed::{Deadline, DutyChange, DutyKind, DutyState, LedgerLine, OwedDuty},
        time_limit::LimitId,
    },
    procedure::{Clocks, Definition, DutySpec, Timing, UnitRule},
    rules::rule_pack::RulePack,
    terms::{
        actor::{MatchBy, Role, RoleTable},
        id::UnitId,
        time::Timestamp,
    },
};

/// The duties of one case while a step is decided: what stands, and what changed.
#[derive(Debug)]
pub struct Ledger<'a> {
    definition: &'a Definition,
    rules: &'a RulePack,
    calendar: &'a WorkCalendar,
    roles: &'a RoleTable,
    directory: &'a dyn FindHolderDebug,
    near: Near<'a>,
    at: Timestamp,
    duties: Vec<OwedDuty>,
    count: u32,
    changes: BTreeMap<u32, DutyChange>,
}

/// [`FindHolder`] that can be shown, so that a [`Ledger`] can.
pub trait FindHolderDebug: FindHolder + std::fmt::Debug {}
impl<T: FindHolder + std::fmt::Debug> FindHolderDebug for T {}

/// What the duties of a case depend on.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The definition of the case.
    pub definition: &'a Definition,
    /// The rules in force.
    pub rules: &'a RulePack,
    /// The calendar in force.
    pub calendar: &'a WorkCalendar,
    /// The roles that exist.
    pub roles: &'a RoleTable,
    /// Who has accounts where.
    pub directory: &'a dyn FindHolderDebug,
}

impl<'a> Ledger<'a> {
    /// The ledger of a case with these duties, for a step that happened `at`.
    pub fn new(
        ground: &Ground<'a>,
        near: Near<'a>,
        at: Timestamp,
        duties: &[OwedDuty],
        count: u32,
    ) -> Self {
        let Ground { definition, rules, calendar, roles, directory } = *ground;
        let duties = duties.iter().filter(|duty| duty.is_open()).cloned().collect();
        let changes = BTreeMap::new();
        Self { definition, rules, calendar, roles, directory, near, at, duties, count, changes }
    }

    /// How many duties the case has had, this step's among them.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The open duties.
    pub fn open(&self) -> impl Iterator<Item = &OwedDuty> {
        self.duties.iter().filter(|duty| duty.is_open())
    }

    /// What changed, by number.
    pub fn into_changes(self) -> Vec<DutyChange> {
        self.changes.into_values().collect()
    }

    fn record(&mut self, duty: &OwedDuty, line: Option<LedgerLine>) {
        let before = match self.changes.get(&duty.no) {
            Some(DutyChange::Set { line, .. }) => *line,
            Some(DutyChange::Closed { .. }) | None => None,
        };
        let change = match (duty.closed_at, before) {
            // Known from an earlier entry: that it ended is all there is to tell.
            (Some(at), None) => {
                let name = duty.name.clone();
                DutyChange::Closed { no: duty.no, name, state: duty.state, at }
            }
            _ => DutyChange::Set { duty: duty.clone(), line: line.or(before) },
        };
        self.changes.insert(duty.no, change);
    }

    /// Changes the open duties that `pick` picks.
    pub fn change(
        &mut self,
        pick: impl Fn(&OwedDuty) -> bool,
        line: Option<LedgerLine>,
        mut change: impl FnMut(&mut OwedDuty),
    ) -> usize {
        let mut changed = Vec::new();
        for duty in self.duties.iter_mut().filter(|duty| duty.is_open() && pick(duty)) {
            change(duty);
            changed.push(duty.clone());
        }
        for duty in &changed {
            self.record(duty, line);
        }
        changed.len()
    }

    /// Ends the open duties that `pick` picks.
    pub fn close(&mut self, state: DutyState, pick: impl Fn(&OwedDuty) -> bool) -> usize {
        let at = self.at;
        self.change(pick, None, |duty| duty.close(state, at))
    }

    /// Opens a duty, or renews the deadline of the one of this name that is open.
    pub fn open_duty(&mut self, spec: &DutySpec, clocks: &Clocks, state: Option<&str>) {
        let timing = clocks.timings.get(spec.name).cloned().unwrap_or_default();
        let renewed = self.duties.iter().find(|duty| duty.is_open() && duty.name == spec.name);
        let generation = renewed
            .and_then(|duty| duty.deadline.as_ref())
            .map_or(0, |deadline| deadline.generation.saturating_add(1));
        let deadline = self.deadline(&spec.limits, &timing, self.at, generation);
        let next_rung_at = self.first_rung(self.ladder_of(spec), deadline.as_ref());
        if let Some(no) = renewed.map(|duty| duty.no) {
            self.change(
                |duty| duty.no == no,
                Some(LedgerLine::Renewed),
                |duty| {
                    duty.deadline.clone_from(&deadline);
                    duty.rung = 0;
                    duty.next_rung_at = next_rung_at;
                },
            );
            return;
        }
        let preferred = state
            .and_then(|state| clocks.holders.get(state))
            .map(Vec::as_slice)
            .unwrap_or_default();
        let coordinating = self.rules.coordinating_body();
        let holder = find_holder(
            self.directory,
            self.roles,
            preferred,
            &spec.recorded_by,
            &Near { units: self.units_of(spec), ..self.near.clone() },
            coordinating,
        );
        self.push(spec.name, spec.kind, holder, deadline, next_rung_at);
    }

    /// Which units may fulfil a duty: what all its transitions refuse to a unit, the duty does.
    fn units_of(&self, spec: &DutySpec) -> UnitRule {
        let mut steps = spec.fulfilled_by.iter().map(|name| self.definition.transition(name));
        let first = steps.next().flatten().map_or(UnitRule::Any, |step| step.units);
        let judges = |units: &UnitRule| matches!(units, UnitRule::NotEntrusted { .. });
        let all = judges(&first) && steps.all(|step| step.is_some_and(|step| judges(&step.units)));
        if all { first } else { UnitRule::Any }
    }

    /// Opens the waits of a state, but for those held back.
    pub fn open_waits(&mut self, state: &str, clocks: &Clocks, held_back: &[&str]) {
        let definition = self.definition;
        let here = definition.waits().iter().filter(|wait| wait.state == state);
        for wait in here.filter(|wait| !held_back.contains(&wait.name)) {
            let timing = clocks.timings.get(wait.name).cloned().unwrap_or_default();
            let deadline = self.deadline(&wait.limits, &timing, self.at, 0);
            // A provisional date never fires a wait; loading the notice sets it going.
            let fires_at = deadline
                .as_ref()
                .filter(|deadline| !deadline.provisional)
                .and_then(|deadline| deadline.due);
            let holder = crate::duty::owed::Holder {
                role: crate::terms::actor::SYSTEM,
                unit: None,
                person: None,
                gap: false,
            };
            self.push(wait.name, DutyKind::Wait, holder, deadline, fires_at);
        }
    }

    fn push(
        &mut self,
        name: &str,
        kind: DutyKind,
        holder: crate::duty::owed::Holder,
        deadline: Option<Deadline>,
        next_rung_at: Option<Timestamp>,
    ) {
        self.count = self.count.saturating_add(1);
        let duty = OwedDuty {
            no: self.count,
            name: name.to_owned(),
            kind,
            state: DutyState::Open,
            opened_at: self.at,
            closed_at: None,
            holder,
            deadline,
            rung: 0,
            next_rung_at,
        };
        self.record(&duty, Some(LedgerLine::Granted));
        self.duties.push(duty);
    }

    /// The deadline that runs: of the limits that fit, the one that is due first. Not yet known
    /// which fits: the first listed.
    pub fn deadline(
        &self,
        limits: &[LimitId],
        timing: &Timing,
        at: Timestamp,
        generation: u32,
    ) -> Option<Deadline> {
        let from = timing.from.unwrap_or(at);
        let fits = |limit: &&LimitId| timing.fit.contains(&limit.as_str());
        let mut fitting: Vec<&LimitId> = limits.iter().filter(fits).collect();
        if fitting.is_empty() {
            fitting.extend(limits.first());
        }
        let deadlines = fitting.into_iter().map(|limit| {
            let due = self.rules.limit(limit).and_then(|limit| limit.period.as_ref());
            let due = due.map(|period| period.due(from, self.calendar));
            Deadline {
                limit: limit.clone(),
                from,
                due: timing.due.or(due.as_ref().map(|due| due.at)),
                provisional: timing.due.is_none() && due.is_some_and(|due| due.provisional),
                calendar: self.calendar.hash(),
                generation,
                suspended_until: None,
            }
        });
        // Without a number is not "first": a number that fits is stricter than 及时.
        deadlines.min_by_key(|deadline| (deadline.due.is_none(), deadline.due))
    }

    /// The ladder that a duty climbs.
    pub fn ladder_of(&self, spec: &DutySpec) -> Option<&'a Ladder> {
        self.rules.ladder_for(spec.ladder, &spec.owed_by, self.roles)
    }

    /// When the first rung of a ladder is due.
    pub fn first_rung(
        &self,
        ladder: Option<&Ladder>,
        deadline: Option<&Deadline>,
    ) -> Option<Timestamp> {
        ladder?.rung_at(0, deadline?.due?, self.calendar)
    }

    /// Reckons the open deadlines anew after a fact they rest on changed. What a person extended
    /// stands; `attributes` say what that is. `own_ladder` is what the engine's own duties climb.
    pub fn recompute(
        &mut self,
        clocks: &Clocks,
        line: LedgerLine,
        attributes: &BTreeMap<String, String>,
        own_ladder: Option<&Ladder>,
    ) {
        let open: Vec<OwedDuty> = self.open().cloned().collect();
        for duty in open {
            let Some(before) = duty.deadline.as_ref() else { continue };
            if attributes.get(&extension_of(duty.no)) == Some(&before.generation.to_string()) {
                continue;
            }
            let spec = self.definition.duty(&duty.name);
            let waits = || self.definition.waits().iter().find(|wait| wait.name == duty.name);
            let limits = match spec {
                Some(spec) => spec.limits.clone(),
                // A duty of the engine's own, e.g. to confirm a step, keeps the limit it has.
                None => {
                    waits().map_or_else(|| vec![before.limit.clone()], |wait| wait.limits.clone())
                }
            };
            let timing = clocks.timings.get(duty.name.as_str()).cloned().unwrap_or_default();
            let generation = before.generation.saturating_add(1);
            let after = self.deadline(&limits, &timing, duty.opened_at, generation);
            let same = after.as_ref().is_some_and(|after| {
                (after.due, after.provisional, &after.limit, after.from)
                    == (before.due, before.provisional, &before.limit, before.from)
            });
            if same || before.suspended_until.is_some() {
                continue;
            }
            let next = match (spec, duty.kind) {
                (_, DutyKind::Wait) => {
                    after.as_ref().filter(|after| !after.provisional).and_then(|after| after.due)
                }
                (Some(spec), _) => self.first_rung(self.ladder_of(spec), after.as_ref()),
                (None, _) => self.first_rung(own_ladder, after.as_ref()),
            };
            self.change(
                |open| open.no == duty.no,
                Some(line),
                |open| {
                    open.deadline.clone_from(&after);
                    open.rung = 0;
                    open.next_rung_at = next;
                },
            );
        }
    }
}

/// The attribute that remembers in which generation a person extended the deadline of a duty.
pub fn extension_of(no: u32) -> String {
    format!("extended.{no}")
}

/// Whom a duty is shown to: one row per role that may record it, with the unit where the role
/// matches by unit. The store keeps them so that a worklist is one indexed query.
pub fn match_rows(
    roles: &RoleTable,
    recorded_by: &[Role],
    holder: Option<&UnitId>,
    opened_by: Option<&UnitId>,
) -> Vec<(Role, Option<UnitId>)> {
    let mut rows = Vec::new();
    for role in recorded_by {
        match roles.get(role).map(|spec| spec.match_by) {
            Some(MatchBy::Area) => rows.push((role.clone(), None)),
            Some(MatchBy::Unit) => {
                for unit in [holder, opened_by].into_iter().flatten() {
                    let row = (role.clone(), Some(unit.clone()));
                    if !rows.contains(&row) {
                        rows.push(row);
                    }
                }
            }
            None => {}
        }
    }
    rows
}
