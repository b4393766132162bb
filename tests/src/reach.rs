//! How far a run came in each procedure: its cases, and the entries of their trails.
//!
//! A procedure that a run never reached says nothing about it, however many steps it took.

use std::{collections::BTreeMap, fmt};

use hexacase::{engine::Engine, store::StoredCase};

/// What one procedure came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Cases.
    pub cases: usize,
    /// Of them, those that have more than the entry that opened them.
    pub moved: usize,
    /// Entries of all of them.
    pub entries: i64,
}

/// What every procedure came to that has transitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    procedures: BTreeMap<String, Reached>,
}

impl Reach {
    /// What the procedures of an engine came to in these cases. One that has none is counted too.
    pub fn of<'a>(engine: &Engine, cases: impl IntoIterator<Item = &'a StoredCase>) -> Self {
        let definitions = engine.registry().iter();
        let walked = definitions.filter(|definition| !definition.transitions().is_empty());
        let named = walked.map(|definition| (definition.name().to_owned(), Reached::default()));
        let mut reach = Self { procedures: named.collect() };
        for case in cases {
            let reached = reach.procedures.entry(case.facts.procedure.clone()).or_default();
            // The revision of a case is the number of its last entry.
            let entries = case.facts.revision.get();
            reached.cases += 1;
            reached.moved += usize::from(entries > 1);
            reached.entries += entries;
        }
        reach
    }

    /// Adds what another run came to.
    pub fn add(&mut self, other: &Self) {
        for (name, more) in &other.procedures {
            let reached = self.procedures.entry(name.clone()).or_default();
            reached.cases += more.cases;
            reached.moved += more.moved;
            reached.entries += more.entries;
        }
    }

    /// How many procedures there are.
    pub fn len(&self) -> usize {
        self.procedures.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.procedures.is_empty()
    }

    /// The procedures of which fewer than so many cases have more than one entry.
    pub fn short_of(&self, moved: usize) -> Vec<&str> {
        let short = self.procedures.iter().filter(|(_, reached)| reached.moved < moved);
        short.map(|(name, _)| name.as_str()).collect()
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["procedure", "cases", "moved", "entries"];
        write!(f, "{:<24}{:>8}{:>8}{:>9}", head[0], head[1], head[2], head[3])?;
        for (name, Reached { cases, moved, entries }) in &self.procedures {
            write!(f, "\n{name:<24}{cases:>8}{moved:>8}{entries:>9}")?;
        }
        Ok(())
    }
}
