//! What must always hold, by name, and how often that was looked at.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    invariants::{care, handoffs, holders, reports, time, trail, watching},
    moment::Moment,
};

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its condition was not met: nothing was shown.
    Idle,
    /// Its condition was met, and it held.
    Held,
    /// It does not hold.
    Broken(String),
}

impl Verdict {
    /// It holds, or it does not for this reason.
    pub fn of(holds: bool, why: impl FnOnce() -> String) -> Self {
        if holds { Self::Held } else { Self::Broken(why()) }
    }

    /// The worst of several: one broken breaks all, one met is a condition met.
    pub fn all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        let mut worst = Self::Idle;
        for verdict in verdicts {
            match verdict {
                Self::Idle => {}
                Self::Held => worst = Self::Held,
                Self::Broken(why) => return Self::Broken(why),
            }
        }
        worst
    }
}

/// One thing that must hold after every step.
#[derive(Clone, Copy, Debug)]
pub struct Invariant {
    /// Its name.
    pub name: &'static str,
    /// Its number among the cross-case invariants of the domain (7.1); nothing for those of the
    /// engine.
    pub number: Option<u8>,
    /// What it says.
    pub says: &'static str,
    /// Looks at a step.
    pub check: fn(&Moment) -> Verdict,
}

/// Every invariant: those of the domain by number, then those of the engine.
pub const ALL: &[&[Invariant]] =
    &[holders::ALL, reports::ALL, watching::ALL, care::ALL, handoffs::ALL, trail::ALL, time::ALL];

/// Every invariant, in order of number.
#[must_use]
pub fn all() -> Vec<&'static Invariant> {
    let mut all: Vec<&Invariant> = ALL.iter().copied().flatten().collect();
    all.sort_by_key(|invariant| invariant.number.unwrap_or(u8::MAX));
    all
}

/// Invariants of 7.1 that no step of a case can show, and what shows them instead.
pub const ELSEWHERE: &[(u8, &str)] = &[
    (14, "limits of other bases are never shown as 法定: core/src/care/rules, tests of `national`"),
    (22, "posts with contact to children: `post` is not carried by this version"),
    (24, "needs in entitlement, refusal or gap: `welfare_entitlement` is not carried"),
];

/// How often an invariant was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Steps looked at.
    pub checked: u64,
    /// Of them, those in which its condition was met.
    pub met: u64,
}

/// Counts of all invariants.
#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<&'static str, Count>);

impl Tally {
    /// Looks at a step; the first invariant that does not hold, with the reason.
    pub fn look(&mut self, moment: &Moment) -> Option<(&'static Invariant, String)> {
        for invariant in ALL.iter().copied().flatten() {
            let count = self.0.entry(invariant.name).or_default();
            count.checked += 1;
            match (invariant.check)(moment) {
                Verdict::Idle => {}
                Verdict::Held => count.met += 1,
                Verdict::Broken(why) => return Some((invariant, why)),
            }
        }
        None
    }

    /// How often an invariant was looked at.
    #[must_use]
    pub fn count(&self, name: &str) -> Count {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// Adds the counts of another county.
    pub fn add(&mut self, other: &Self) {
        for (name, count) in &other.0 {
            let mine = self.0.entry(name).or_default();
            mine.checked += count.checked;
            mine.met += count.met;
        }
    }

    /// Invariants whose condition was never met: they were not shown.
    #[must_use]
    pub fn never_met(&self) -> Vec<&'static str> {
        let all = all().into_iter().map(|invariant| invariant.name);
        all.filter(|name| self.count(name).met == 0).collect()
    }

    /// The list of invariants with their counts.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text =
            String::from("  7.1  invariant                              checked        met\n");
        for invariant in all() {
            let number = invariant.number.map_or_else(|| "-".to_owned(), |n| n.to_string());
            let count = self.count(invariant.name);
            let _ = writeln!(
                text,
                "  {number:>3}  {:<36} {:>9}  {:>9}  {}",
                invariant.name, count.checked, count.met, invariant.says
            );
        }
        for (number, why) in ELSEWHERE {
            let _ = writeln!(text, "  {number:>3}  not in the simulation: {why}");
        }
        text
    }
}
