//! How a county is simulated, and what came of it.

use std::collections::BTreeMap;

use super::{coverage::Coverage, invariant::Tally, moment::Moment};

/// How a county is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Chance.
    pub seed: u64,
    /// So many wrong, unasked or repeated commands for a hundred that people owe.
    pub mischief: usize,
    /// Whether a moment of each invariant is kept in which its condition was met.
    pub keep: bool,
    /// Stop after so many steps; nothing for the county's whole time.
    pub steps: Option<u64>,
}

/// What a simulation did.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Steps: one for each entry that was written.
    pub steps: u64,
    /// Commands that were carried out; what they handed over are steps too.
    pub commands: u64,
    /// Commands that were refused.
    pub refused: u64,
    /// Sweeps, and entries they wrote.
    pub sweeps: (u64, u64),
    /// Cases in the end.
    pub cases: usize,
    /// Worklist rows compared at checkpoints.
    pub compared: usize,
    /// Changes among the people.
    pub people: BTreeMap<&'static str, u64>,
    /// How often each invariant was looked at.
    pub tally: Tally,
    /// What was reached.
    pub coverage: Coverage,
    /// For each invariant a moment in which its condition was met, where asked for.
    pub kept: BTreeMap<&'static str, Vec<Moment>>,
}

impl Outcome {
    /// Adds another county's.
    pub fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.refused += other.refused;
        self.sweeps.0 += other.sweeps.0;
        self.sweeps.1 += other.sweeps.1;
        self.commands += other.commands;
        self.cases += other.cases;
        self.compared += other.compared;
        for (what, count) in &other.people {
            *self.people.entry(what).or_default() += count;
        }
        self.tally.add(&other.tally);
        self.coverage.add(&other.coverage);
    }

    /// One line of it.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { steps, commands, refused, sweeps: (sweeps, swept), cases, compared, .. } = self;
        let people = &self.people;
        format!(
            "{steps} steps by {commands} commands ({refused} more were refused) and {sweeps} sweeps \
             ({swept} steps), {cases} cases, {compared} worklist rows compared, people {people:?}"
        )
    }
}
