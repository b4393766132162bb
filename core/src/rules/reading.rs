//! Reads the tables that packs and overlays share.

use std::collections::BTreeSet;

use super::problem::RulesProblem;
use crate::{
    calendar::period::{Period, PeriodUnit, Roll, Start},
    duty::time_limit::{Basis, Bound, Force, LimitId, TimeLimit},
    terms::{
        id::UnitId,
        label::Label,
        strict_toml::{self, Sheet},
    },
};

pub(super) type Item<'t> = strict_toml::Item<'t, RulesProblem>;
pub(super) type Table<'t> = strict_toml::Table<'t, RulesProblem>;

/// The members of a table of named things; none if there is no such table.
pub(super) fn named<'t>(root: &mut Table<'t>, key: &'static str) -> Vec<Item<'t>> {
    root.take(key)
        .and_then(|item| item.table())
        .map(|table| table.members().collect())
        .unwrap_or_default()
}

/// Reads tables of one text.
pub(super) struct Reading<'t> {
    pub(super) sheet: &'t Sheet<'t, RulesProblem>,
}

impl<'t> Reading<'t> {
    /// A limit. What an overlay does not say stays as in `below`, but for basis, document and
    /// verified: whoever changes a limit says by what right.
    pub(super) fn limit(&self, item: &Item<'t>, below: Option<&TimeLimit>) -> Option<TimeLimit> {
        let id = LimitId::named(item.key);
        self.name(item);
        let mut table = item.table()?;
        let label = inherit(&mut table, "label", below.map(|below| below.label.clone()), |item| {
            item.label()
        });
        let event = inherit(&mut table, "event", below.map(|below| below.event.clone()), |item| {
            item.label()
        });
        let length = self.length(&id, item, &mut table, below);
        let bound = match table.take("bound") {
            Some(item) => item.word(&Bound::ALL, Bound::name),
            None => Some(below.map_or(Bound::Latest, |below| below.bound)),
        };
        let basis = table.need("basis").and_then(|item| item.word(&Basis::ALL, Basis::name));
        let document = self.document(&id, &mut table, basis, below.is_some());
        let verified = table.need("verified").and_then(|item| item.flag());
        let note = table.take("note").and_then(|item| item.text());
        table.finish();
        let (period, word) = length?;
        Some(TimeLimit {
            id,
            label: label?,
            period,
            word,
            event: event?,
            bound: bound?,
            basis: basis?,
            document: document?,
            verified: verified?,
            note,
        })
    }

    /// How long a limit runs: its number, or the word that stands for one.
    fn length(
        &self,
        id: &LimitId,
        item: &Item<'t>,
        table: &mut Table<'t>,
        below: Option<&TimeLimit>,
    ) -> Option<(Option<Period>, Option<Label>)> {
        let word = table.take("word");
        let keys = ["amount", "unit", "start", "roll"];
        let counted = keys.map(|key| table.take(key).is_some()).contains(&true);
        match (counted, word, below) {
            (true, None, _) => {
                let period = self.period(id, item, table, below.and_then(|below| below.period))?;
                Some((Some(period), None))
            }
            (false, Some(word), _) => Some((None, Some(word.label()?))),
            (false, None, Some(below)) => Some((below.period, below.word.clone())),
            (both, _, _) => {
                let found = if both { "both" } else { "neither" };
                let limit = id.clone();
                self.sheet.problem(item.key_at, RulesProblem::NumberOrWord { limit, found });
                None
            }
        }
    }

    fn period(
        &self,
        id: &LimitId,
        item: &Item<'t>,
        table: &mut Table<'t>,
        below: Option<Period>,
    ) -> Option<Period> {
        let amount = inherit(table, "amount", below.map(|below| below.amount), Item::count);
        let unit = inherit(table, "unit", below.map(|below| below.unit), |item| {
            item.word(&PeriodUnit::ALL, PeriodUnit::name)
        });
        let start = inherit(table, "start", below.map(|below| below.start), |item| {
            item.word(&Start::ALL, Start::name)
        });
        let roll = inherit(table, "roll", below.map(|below| below.roll), |item| {
            item.word(&Roll::ALL, Roll::name)
        });
        let period = Period { amount: amount?, unit: unit?, start: start?, roll: roll? };
        if let Some(fault) = period.fault() {
            let limit = id.clone();
            self.sheet.problem(item.key_at, RulesProblem::Period { limit, fault });
        }
        Some(period)
    }

    /// The document of a limit. Our own settings need none in a first pack; an overlay always
    /// says where its number comes from, and what claims to bind names a document.
    fn document(
        &self,
        id: &LimitId,
        table: &mut Table<'t>,
        basis: Option<Basis>,
        overlay: bool,
    ) -> Option<String> {
        let own = matches!(basis, Some(Basis::CountyConfigured | Basis::DesignDefault));
        let item = if own && !overlay { table.take("document") } else { table.need("document") };
        let Some(item) = item else {
            return own.then(String::new);
        };
        let document = item.text()?;
        let basis = basis?;
        if basis.force() > Force::Customary && !names_a_document(&document) {
            let (limit, found) = (id.clone(), document);
            self.sheet.problem(item.at(), RulesProblem::NamesNoDocument { limit, basis, found });
            return None;
        }
        Some(document)
    }

    /// The units of the directory that are courts or procuratorates.
    pub(super) fn judicial_units(&self, root: &mut Table<'t>) -> BTreeSet<UnitId> {
        let mut units = BTreeSet::new();
        let Some(items) = root.take("judicial_units").and_then(|item| item.items()) else {
            return units;
        };
        for item in items {
            let Some(text) = item.text() else { continue };
            match UnitId::new(text) {
                Ok(unit) => drop(units.insert(unit)),
                Err(problem) => self.sheet.problem(item.at(), RulesProblem::BadUnit { problem }),
            }
        }
        units
    }

    pub(super) fn name(&self, item: &Item<'t>) {
        let fits = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-');
        if item.key.is_empty() || !item.key.chars().all(fits) {
            let found = item.key.to_owned();
            self.sheet.problem(item.key_at, RulesProblem::BadName { found });
        }
    }
}

/// A key that must be there unless the pack below has its value.
fn inherit<'t, T>(
    table: &mut Table<'t>,
    key: &'static str,
    below: Option<T>,
    read: impl Fn(&Item<'t>) -> Option<T>,
) -> Option<T> {
    match below {
        None => table.need(key).and_then(|item| read(&item)),
        Some(below) => table.take(key).map_or(Some(below), |item| read(&item)),
    }
}

/// Whether a text names a document, by its title or by its number: 《…》, 〔2014〕24号, 令第84号.
fn names_a_document(text: &str) -> bool {
    ["《", "〔", "令第"].iter().any(|mark| text.contains(mark))
}
