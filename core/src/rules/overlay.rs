//! A county's overlay over a rule pack 县级规则.
//!
//! | a limit that rests on | may be |
//! |---|---|
//! | local practice, the county's setting, the product's default | changed and removed freely |
//! | a document (司法文件, 规范性文件) or law (法定) | tightened, on a basis as strong; never loosened, moved to another event, or removed |
//!
//! A tightened limit keeps a basis of the same force, because the stricter number must come from
//! somewhere that may say so, such as the province's regulation. A county that merely wishes to
//! be faster adds a limit of its own beside it. A number where law only says 立即 is an addition,
//! and needs law too.
//!
//! A limit in the overlay says its `basis`, `document` and `verified`; what else it leaves out
//! stays. `removed = true` takes a limit away. `judicial_units` names the county's courts and
//! procuratorates by their ids in the directory; an overlay adds to them.
//!
//! Ladders are custom: what an overlay says of one replaces that, and what it leaves out stays.
//! `marks = { removed = true }` takes the cards away. Only whom a ladder stands over is fixed, and
//! neither judicial organs nor families can be moved to a ladder of others, be marked, or be
//! reached by more than their own ladders may say.
//!
//! **What is tighter.** Periods of different units cannot be compared by their numbers: a month
//! has 28 to 31 days and five working days may take two weeks. So both are reckoned for events at
//! the first and the last instant and at noon of every day of the [shipped
//! calendar](WorkCalendar::shipped) and of the year after it, and the new one must never be the
//! later. The answer names an event for which it is.

use super::{
    problem::{RulesError, RulesProblem},
    reading::{Item, Reading, named},
    rule_pack::{RulePack, Rules, finish},
};
use crate::{
    calendar::{period::Period, work_calendar::WorkCalendar},
    duty::{
        ladder::Over,
        time_limit::{Basis, Bound, Force, LimitId, TimeLimit},
    },
    terms::{
        actor::Role,
        strict_toml::Sheet,
        time::{CivilDate, Timestamp},
    },
};

impl RulePack {
    /// This pack with a county's overlay laid over it. The result has the overlay's name and
    /// version.
    ///
    /// # Errors
    /// Every problem of the overlay, each with file, line and column; among them every attempt
    /// to loosen what binds.
    pub fn overlay(&self, file_name: &str, toml: &str) -> Result<Self, RulesError> {
        let sheet = Sheet::parse(file_name, toml).map_err(|problems| RulesError { problems })?;
        let rules = lay_over(&self.rules, &sheet);
        finish(rules, sheet.into_problems())
    }
}

fn lay_over(below: &Rules, sheet: &Sheet<'_, RulesProblem>) -> Option<Rules> {
    let reading = Reading { sheet };
    let mut root = sheet.root();
    let mut rules = below.clone();
    let name = root.need("name").and_then(|item| item.text());
    let version = root.need("version").and_then(|item| item.text());
    if let Some(body) = root.take("coordinating_body").and_then(|item| item.text()) {
        rules.coordinating_body = Role::named(body);
    }
    if let Some(body) = root.take("oversight_body").and_then(|item| item.text()) {
        rules.oversight_body = Some(Role::named(body));
    }
    // An organ that is a court stays one: a county adds its own, and takes none away.
    rules.judicial_units.extend(reading.judicial_units(&mut root));
    for item in named(&mut root, "limit") {
        let id = LimitId::named(item.key);
        let under = below.limits.get(&id);
        if removes(&item) {
            match removal(&id, under) {
                None => drop(rules.limits.remove(&id)),
                Some(problem) => sheet.problem(item.key_at, problem),
            }
        } else if let Some(limit) = reading.limit(&item, under) {
            for problem in under.into_iter().flat_map(|under| trespasses(under, &limit)) {
                sheet.problem(item.key_at, problem);
            }
            rules.limits.insert(id, limit);
        }
    }
    let items = named(&mut root, "ladder");
    let ladders: Vec<_> = items
        .iter()
        .filter_map(|item| {
            let under = below.ladders.get(item.key);
            Some((item, reading.ladder(item, under, Basis::CountyConfigured)?))
        })
        .collect();
    reading.each_party_once(ladders.iter().map(|(item, ladder)| (*item, ladder)));
    for (item, ladder) in ladders {
        for party in &ladder.parties {
            for other in rules.ladders.values_mut() {
                if !other.parties.contains(party) || other.name == ladder.name {
                    continue;
                }
                if other.over != Over::Organ && other.over != ladder.over {
                    let (party, expected) = (party.clone(), other.over);
                    let ladder = ladder.name.clone();
                    let problem = RulesProblem::PartyMoved { party, ladder, expected };
                    sheet.problem(item.key_at, problem);
                }
                other.parties.retain(|name| name != party);
            }
        }
        rules.ladders.insert(ladder.name.clone(), ladder);
    }
    root.finish();
    (rules.name, rules.version) = (name?, version?);
    Some(rules)
}

/// Whether a limit of the overlay says nothing but `removed = true`.
fn removes(item: &Item<'_>) -> bool {
    let Some(mut table) = item.table() else { return false };
    let removed = table.take("removed").and_then(|item| item.flag()) == Some(true);
    if removed {
        table.finish();
    }
    removed
}

fn removal(id: &LimitId, under: Option<&TimeLimit>) -> Option<RulesProblem> {
    let limit = id.clone();
    match under {
        None => Some(RulesProblem::NothingToRemove { limit }),
        Some(under) if under.basis.force() > Force::Customary => {
            Some(RulesProblem::Removed { limit, basis: under.basis })
        }
        Some(_) => None,
    }
}

/// What `new` may not do to `old`.
fn trespasses(old: &TimeLimit, new: &TimeLimit) -> Vec<RulesProblem> {
    let (limit, basis) = (old.id.clone(), old.basis);
    let mut problems = Vec::new();
    if basis.force() == Force::Customary {
        return problems;
    }
    if new.basis.force() < basis.force() {
        let (limit, found) = (limit.clone(), new.basis);
        problems.push(RulesProblem::WeakerBasis { limit, expected: basis, found });
    }
    if old.event != new.event {
        let (limit, found) = (limit.clone(), new.event.en.to_string());
        let expected = old.event.en.to_string();
        problems.push(RulesProblem::EventChanged { limit, basis, expected, found });
    }
    if old.bound == Bound::Window || new.bound == Bound::Window {
        if (old.period, old.bound) != (new.period, new.bound) {
            problems.push(RulesProblem::WindowMoved { limit, basis });
        }
        return problems;
    }
    match (old.period, new.period) {
        (None, _) => {}
        (Some(_), None) => problems.push(RulesProblem::NumberLost { limit, basis }),
        (Some(old), Some(new)) => {
            if let Some(event) = later_for(old, new) {
                let ends = |period: Period| period.due(event, WorkCalendar::shipped()).at.date();
                let (expected, found) = (ends(old), ends(new));
                problems.push(RulesProblem::Loosened { limit, basis, event, expected, found });
            }
        }
    }
    problems
}

/// An event for which `new` ends later than `old`.
fn later_for(old: Period, new: Period) -> Option<Timestamp> {
    let calendar = WorkCalendar::shipped();
    let first = calendar.years().next()?.year;
    let from = CivilDate::new(first, 1, 1)?.days();
    let until = CivilDate::new(calendar.last_year()?.saturating_add(1), 12, 31)?.days();
    (from..=until)
        .map(CivilDate::from_days)
        .flat_map(|day| [day.start(), day.start().plus_hours(12), day.end()])
        .find(|event| new.due(*event, calendar).at > old.due(*event, calendar).at)
}

#[cfg(test)]
mod tests;
