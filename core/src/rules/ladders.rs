//! Reads the ladders of packs and overlays.

use std::collections::BTreeMap;

use super::{
    problem::RulesProblem,
    reading::{Item, Reading, Table},
};
use crate::duty::{
    ladder::{Addressee, Aim, Ladder, Over, Rung, RungUnit},
    mark::{MarkDays, Marks},
    time_limit::{Basis, Force},
};

/// The ladder of duties that name none and that organs of several kinds owe.
pub const DEFAULT_LADDER: &str = "default";

impl<'t> Reading<'t> {
    /// A ladder. What an overlay does not say stays as in `below`, but for the basis: whoever
    /// changes a ladder answers for it. Whom it stands over can never be changed.
    pub(super) fn ladder(
        &self,
        item: &Item<'t>,
        below: Option<&Ladder>,
        own: Basis,
    ) -> Option<Ladder> {
        let name = item.key.to_owned();
        self.name(item);
        let mut table = item.table()?;
        let over = self.over(&name, &mut table, below);
        let parties = match table.take("parties") {
            Some(item) => item.items().map(|items| items.filter_map(|item| item.text()).collect()),
            None => Some(below.map(|below| below.parties.clone()).unwrap_or_default()),
        };
        let basis = match table.take("basis") {
            Some(item) => self.custom(&name, &item),
            None => Some(own),
        };
        let rungs = match (table.take("rungs"), below) {
            (Some(item), _) => self.rungs(&name, &item),
            (None, Some(below)) => Some(below.rungs.clone()),
            (None, None) => table.need("rungs").and(None),
        };
        let marks = match table.take("marks") {
            Some(item) => self.marks(&name, &item, below.is_some()),
            None => below.and_then(|below| below.marks),
        };
        table.finish();
        let ladder =
            Ladder { name, over: over?, parties: parties?, basis: basis?, rungs: rungs?, marks };
        self.suits(item, &ladder);
        Some(ladder)
    }

    /// Every ladder, each party on one of them.
    pub(super) fn each_party_once<'l>(&self, read: impl Iterator<Item = (&'l Item<'t>, &'l Ladder)>)
    where
        't: 'l,
    {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for (item, ladder) in read {
            for party in &ladder.parties {
                if let Some(other) = seen.insert(party, &ladder.name) {
                    let (party, other) = (party.clone(), other.to_owned());
                    let problem =
                        RulesProblem::PartyTwice { party, ladder: ladder.name.clone(), other };
                    self.sheet.problem(item.key_at, problem);
                }
            }
        }
    }

    fn over(&self, name: &str, table: &mut Table<'t>, below: Option<&Ladder>) -> Option<Over> {
        let Some(item) = table.take("over") else {
            return Some(below.map_or(Over::Organ, |below| below.over));
        };
        let found = item.word(&Over::ALL, Over::name)?;
        if let Some(below) = below
            && below.over != found
        {
            let (ladder, expected) = (name.to_owned(), below.over);
            self.sheet.problem(item.at(), RulesProblem::OverChanged { ladder, expected, found });
        }
        Some(found)
    }

    /// A ladder binds nobody by law, and must not look as if it did.
    fn custom(&self, name: &str, item: &Item<'t>) -> Option<Basis> {
        let found = item.word(&Basis::ALL, Basis::name)?;
        if found.force() > Force::Customary {
            let ladder = name.to_owned();
            self.sheet.problem(item.at(), RulesProblem::LadderAsLaw { ladder, found });
        }
        Some(found)
    }

    fn rungs(&self, name: &str, item: &Item<'t>) -> Option<Vec<Rung>> {
        let mut rungs: Vec<Rung> = Vec::new();
        for item in item.items()? {
            let mut table = item.table()?;
            let after = table.need("after").and_then(|item| item.count());
            let unit =
                table.need("unit").and_then(|item| item.word(&RungUnit::ALL, RungUnit::name));
            let aim = self.aim(name, &item, &mut table);
            table.finish();
            let rung = Rung { after: after?, unit: unit?, aim: aim? };
            if let Some(before) = rungs.last()
                && before.unit == rung.unit
                && before.after > rung.after
            {
                let (ladder, expected, found) = (name.to_owned(), before.after, rung.after);
                let problem = RulesProblem::DescendingRung { ladder, expected, found };
                self.sheet.problem(item.at(), problem);
            }
            rungs.push(rung);
        }
        if rungs.is_empty() {
            self.sheet.problem(item.at(), RulesProblem::NoRung { ladder: name.to_owned() });
        }
        Some(rungs)
    }

    fn aim(&self, name: &str, item: &Item<'t>, table: &mut Table<'t>) -> Option<Aim> {
        match (table.take("to"), table.take("propose")) {
            (Some(to), None) => to.word(&Addressee::ALL, Addressee::name).map(Aim::To),
            (None, Some(link)) => link.text().map(Aim::Propose),
            (both, _) => {
                let found = if both.is_some() { "both" } else { "neither" };
                let ladder = name.to_owned();
                self.sheet.problem(item.at(), RulesProblem::ToOrPropose { ladder, found });
                None
            }
        }
    }

    /// The cards. An overlay takes them away by `removed = true`. None too where they cannot be
    /// read: then the text is no pack.
    fn marks(&self, name: &str, item: &Item<'t>, overlay: bool) -> Option<Marks> {
        let mut table = item.table()?;
        let removed = if overlay { table.take("removed") } else { None };
        if removed.and_then(|item| item.flag()) == Some(true) {
            table.finish();
            return None;
        }
        let statutory = table.take("statutory").and_then(|item| self.mark_days(name, &item));
        let other = table.take("other").and_then(|item| self.mark_days(name, &item));
        table.finish();
        Some(Marks { statutory, other })
    }

    fn mark_days(&self, name: &str, item: &Item<'t>) -> Option<MarkDays> {
        let mut table = item.table()?;
        let yellow = table.need("yellow").and_then(|item| item.count());
        let red = table.need("red").and_then(|item| item.count());
        table.finish();
        let days = MarkDays { yellow: yellow?, red: red? };
        if days.red < days.yellow {
            let (ladder, expected, found) = (name.to_owned(), days.yellow, days.red);
            self.sheet.problem(item.at(), RulesProblem::RedFirst { ladder, expected, found });
        }
        Some(days)
    }

    /// Whether its rungs and cards suit those it stands over.
    fn suits(&self, item: &Item<'t>, ladder: &Ladder) {
        for rung in ladder.rungs.iter().filter(|rung| !ladder.over.allows(&rung.aim)) {
            let (ladder, over) = (ladder.name.clone(), ladder.over);
            let found = rung.aim.name().to_owned();
            self.sheet.problem(item.key_at, RulesProblem::NotForThese { ladder, over, found });
        }
        if ladder.marks.is_some() && !ladder.over.may_be_marked() {
            let (ladder, over) = (ladder.name.clone(), ladder.over);
            self.sheet.problem(item.key_at, RulesProblem::NeverMarked { ladder, over });
        }
    }
}
