//! Whether the duties and waits of a definition are well formed: somebody owes them, somebody can
//! record them done, a limit runs, and none of them can get stuck.

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use super::{
    DutySpec, Problem, TransitionSpec,
    check::{Check, is_act},
};
use crate::{duty::owed::DutyKind, rules::DEFAULT_LADDER, terms::actor::SYSTEM};

impl Check<'_> {
    pub(super) fn duties(&mut self) {
        let definition = self.definition;
        for state in definition.states.iter().filter(|state| !state.terminal) {
            let state = state.name;
            if definition.waits.iter().any(|wait| wait.state == state) {
                continue;
            }
            let owed: Vec<_> =
                definition.duties.iter().filter(|duty| duty.states.contains(&state)).collect();
            if owed.is_empty() {
                self.add(Problem::NothingOwed { state });
            } else if !owed.iter().any(|duty| self.lasts(duty, state)) {
                self.add(Problem::OwesNothingLater { state });
            }
        }
        for spec in &definition.duties {
            self.duty(spec);
            self.limits(spec);
            match spec.kind {
                DutyKind::State => self.state_duty(spec),
                DutyKind::Side => self.side_duty(spec),
                DutyKind::Open | DutyKind::Wait => {}
            }
        }
    }

    /// Whether a duty is owed for as long as the case is in `state`: nothing fulfils it and leaves
    /// the case there without opening it anew.
    fn lasts(&self, duty: &DutySpec, state: &str) -> bool {
        let definition = self.definition;
        let can_lapse = |step: &TransitionSpec| match duty.kind {
            DutyKind::State => {
                let keeps = step.keeps_state || step.to.contains(&state);
                duty.once && keeps && step.starts_in(state)
            }
            // It opens with the case and never anew.
            DutyKind::Open => {
                step.keeps_state || !step.to.iter().all(|to| definition.is_terminal(to))
            }
            DutyKind::Side | DutyKind::Wait => true,
        };
        let renewed = duty.kind == DutyKind::State && !duty.once;
        !duty.fulfilled_by.iter().any(|name| match definition.transition(name) {
            Some(step) => can_lapse(step),
            // An engine-wide step keeps the state.
            None => !renewed,
        })
    }

    fn duty(&mut self, spec: &DutySpec) {
        let definition = self.definition;
        let duty = spec.name;
        let place = format!("duty `{duty}`");
        if spec.owed_by.is_empty() {
            self.add(Problem::NobodyOwes { duty });
        }
        for role in &spec.owed_by {
            self.role(&place, role);
        }
        let mut recorders = 0;
        for role in &spec.recorded_by {
            recorders += u32::from(self.role(&place, role));
            let can = spec.fulfilled_by.iter().any(|name| {
                self.world.engine_steps.contains(name)
                    || definition.transition(name).is_none_or(|step| step.by.contains(role))
            });
            if !can && !spec.fulfilled_by.is_empty() {
                self.add(Problem::CannotFulfil { duty, role: role.to_string() });
            }
        }
        if recorders == 0 {
            self.add(Problem::NoHolder { duty });
        }
        self.known_states(&place, &spec.states);
        for state in spec.states.iter().filter(|state| definition.is_terminal(state)) {
            self.add(Problem::OwedInEnd { duty, state });
        }
        if spec.fulfilled_by.is_empty() {
            self.add(Problem::NothingFulfils { duty });
        }
        for transition in &spec.fulfilled_by {
            let known = definition.transition(transition).is_some();
            if !known && !self.world.engine_steps.contains(transition) {
                self.add(Problem::UnknownFulfilment { duty, transition });
            }
        }
    }

    fn limits(&mut self, spec: &DutySpec) {
        let duty = spec.name;
        if spec.limits.is_empty() {
            self.add(Problem::NoLimit { duty });
        }
        for limit in &spec.limits {
            if !self.world.limits.iter().any(|(known, _)| known == limit) {
                self.add(Problem::UnknownLimit { duty, limit: limit.to_string() });
            }
        }
        let ladder = spec.ladder.unwrap_or(DEFAULT_LADDER);
        if !self.world.ladders.contains(ladder) {
            self.add(Problem::UnknownLadder { duty, ladder });
        }
    }

    fn state_duty(&mut self, spec: &DutySpec) {
        let definition = self.definition;
        let duty = spec.name;
        if spec.states.is_empty() {
            self.add(Problem::InNoState { duty });
        }
        for transition in &spec.fulfilled_by {
            let Some(step) = definition.transition(transition) else { continue };
            for state in spec.states.iter().filter(|state| !step.starts_in(state)) {
                self.add(Problem::NotPossibleThere { duty, state, transition });
            }
        }
    }

    /// A side duty outlives its state: wherever the case can go while it is open, something that
    /// fulfils it must still be within reach. A fact of life may carry the case somewhere, but it
    /// is no means to fulfil anything.
    fn side_duty(&mut self, spec: &DutySpec) {
        let definition = self.definition;
        let duty = spec.name;
        if spec.opened_by.is_empty() {
            self.add(Problem::NeverOpened { duty });
            return;
        }
        let opening = spec.opened_by.iter().filter_map(|name| definition.transition(name));
        let starts: Vec<_> = opening
            .flat_map(|step| step.from.iter().filter(|_| step.keeps_state).chain(&step.to))
            .filter_map(|state| self.node(state))
            .collect();
        let fulfilling: BTreeSet<NodeIndex> = spec
            .fulfilled_by
            .iter()
            .flat_map(|name| {
                let everywhere = self.world.engine_steps.contains(name);
                let step = definition.transition(name);
                definition.states.iter().filter(move |state| {
                    let starts = step.is_some_and(|step| step.starts_in(state.name));
                    !state.terminal && (everywhere || starts)
                })
            })
            .filter_map(|state| self.node(state.name))
            .collect();
        // Past a step that fulfils it, it is not open any more.
        let still_open = self.reach(starts, |step| !spec.fulfilled_by.contains(&step.name));
        for node in still_open {
            let Some(state) = definition.states.get(node.index()) else { continue };
            if !state.terminal && self.reach([node], is_act).is_disjoint(&fulfilling) {
                self.add(Problem::SideStuck { duty, state: state.name });
            }
        }
    }

    pub(super) fn waits(&mut self) {
        let definition = self.definition;
        for spec in &definition.waits {
            let wait = spec.name;
            self.known_states(&format!("wait `{wait}`"), &[spec.state]);
            if definition.is_terminal(spec.state) {
                self.add(Problem::OwedInEnd { duty: wait, state: spec.state });
            }
            for limit in &spec.limits {
                match self.world.limits.iter().find(|(known, _)| known == limit) {
                    None => {
                        self.add(Problem::UnknownLimit { duty: wait, limit: limit.to_string() });
                    }
                    Some((_, false)) => {
                        self.add(Problem::WaitWithoutNumber { wait, limit: limit.to_string() });
                    }
                    Some((_, true)) => {}
                }
            }
            let fits = definition
                .transition(spec.fires)
                .is_some_and(|step| step.acted_by.contains(&SYSTEM) && step.starts_in(spec.state));
            if !fits {
                self.add(Problem::BadFiring { wait, transition: spec.fires });
            }
        }
    }
}
