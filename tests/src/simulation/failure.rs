//! What is told when an invariant does not hold: which, where, and how it came to it.

#![expect(clippy::panic, reason = "a simulation that fails is to stop")]

use std::fmt::Write as _;

use hexacase::{engine::Command, store::Store};

use super::{Simulation, invariant::Invariant, moment::Moment};

impl<S: Store + Clone> Simulation<S> {
    /// Stops, and says why.
    pub(super) async fn fail(
        &self,
        invariant: &Invariant,
        why: &str,
        moment: &Moment,
        command: Option<&Command>,
    ) {
        let mut text = String::new();
        let number =
            invariant.number.map_or_else(String::new, |number| format!(" (7.1, {number})"));
        let _ = writeln!(text, "invariant `{}`{number}: {}", invariant.name, invariant.says);
        let _ = writeln!(text, "  {why}");
        let (seed, steps, at) = (self.plan.seed, self.outcome.steps, moment.at);
        let _ = writeln!(text, "  seed {seed}, step {steps}, {at}");
        match command {
            Some(command) => drop(writeln!(text, "  command {command:?}")),
            None => drop(writeln!(text, "  {:?}", moment.act)),
        }
        for case in moment.touched.iter().take(4) {
            let facts = case.facts();
            let _ = writeln!(text, "  {} {} `{}`", facts.procedure, facts.id, facts.state);
            let history = self.engine.history(facts.id).await.unwrap_or_default();
            for entry in history {
                let it = entry.envelope;
                let from = it.from.unwrap_or_default();
                let _ = writeln!(
                    text,
                    "    {:>3} {:?} {} {from} → {} by {} at {}",
                    it.seq, it.kind, it.transition, it.to, it.actor, it.recorded_at
                );
            }
        }
        panic!("{text}");
    }
}
