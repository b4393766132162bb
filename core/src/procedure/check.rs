//! Whether a definition is well formed: its names, its paths, its transitions, its handoffs.
//!
//! Everything that is wrong is told at once. What a definition says of its duties is looked at in
//! `check_duties`; how handoffs follow each other across procedures, in
//! [`chain_problems`](super::chain_problems).

use std::collections::BTreeSet;

use petgraph::{
    Direction,
    graph::{EdgeReference, NodeIndex},
    visit::{Dfs, EdgeFiltered, EdgeRef as _, Reversed, Walker as _},
};

use super::{Definition, Handoff, Mode, Problem, TransitionSpec, World, wide::WideStep};
use crate::{
    duty::owed::DutyKind,
    terms::{
        actor::{Role, SYSTEM},
        facts::{ANNULLED, MERGED},
    },
};

/// Every problem of a definition, in a stable order.
pub(super) fn check(definition: &Definition, world: &World) -> Vec<Problem> {
    let mut check = Check { definition, world, problems: BTreeSet::new() };
    check.names();
    check.paths();
    for spec in &definition.transitions {
        check.transition(spec);
        check.handoffs(spec);
    }
    check.duties();
    check.waits();
    check.problems.into_iter().collect()
}

pub(super) struct Check<'a> {
    pub(super) definition: &'a Definition,
    pub(super) world: &'a World,
    problems: BTreeSet<Problem>,
}

/// What a procedure can count on. A fact of life moves a case too, but nobody waits for a death:
/// it is no way out.
pub(super) fn is_act(spec: &TransitionSpec) -> bool {
    !spec.life_event
}

impl Check<'_> {
    pub(super) fn add(&mut self, problem: Problem) {
        self.problems.insert(problem);
    }

    fn names(&mut self) {
        let definition = self.definition;
        let mut owed: Vec<_> = definition.duties.iter().map(|duty| duty.name).collect();
        owed.extend(definition.waits.iter().map(|wait| wait.name));
        let states: Vec<_> = definition.states.iter().map(|state| state.name).collect();
        let transitions = definition.transitions.iter().map(|spec| spec.name).collect();
        for (kind, names) in [("state", states), ("transition", transitions), ("duty", owed)] {
            for name in &names {
                let mut bytes = name.bytes();
                let snake = bytes.next().is_some_and(|first| first.is_ascii_lowercase())
                    && bytes.all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
                if !snake {
                    self.add(Problem::BadName { kind, name });
                }
                if self.is_engines(kind, name) {
                    self.add(Problem::TakesEngineName { kind, name });
                }
            }
            self.once(kind, names);
        }
        self.once("guard", definition.guards.iter().map(|guard| guard.code));
    }

    fn is_engines(&self, kind: &str, name: &str) -> bool {
        match kind {
            "state" => [ANNULLED, MERGED].contains(&name),
            "transition" => {
                WideStep::named(name).is_some() || self.world.engine_steps.contains(name)
            }
            _ => WideStep::ALL.iter().any(|step| step.confirming() == name),
        }
    }

    fn once(&mut self, kind: &'static str, names: impl IntoIterator<Item = &'static str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                self.add(Problem::Twice { kind, name });
            }
        }
    }

    /// The node of a state of this procedure.
    pub(super) fn node(&self, state: &str) -> Option<NodeIndex> {
        self.definition.states.iter().position(|spec| spec.name == state).map(NodeIndex::new)
    }

    /// The states that can be reached from `starts` by transitions that `may` be taken, `starts`
    /// among them.
    pub(super) fn reach(
        &self,
        starts: impl IntoIterator<Item = NodeIndex>,
        may: impl Fn(&TransitionSpec) -> bool,
    ) -> BTreeSet<NodeIndex> {
        let ways = EdgeFiltered::from_fn(&self.definition.graph, |edge| self.is(edge, &may));
        starts.into_iter().flat_map(|start| Dfs::new(&ways, start).iter(&ways)).collect()
    }

    fn is(&self, edge: EdgeReference<'_, usize>, may: impl Fn(&TransitionSpec) -> bool) -> bool {
        self.definition.transitions.get(*edge.weight()).is_some_and(may)
    }

    fn paths(&mut self) {
        let definition = self.definition;
        let openings: Vec<_> =
            definition.transitions.iter().filter(|spec| spec.opens_case).collect();
        if openings.is_empty() {
            self.add(Problem::NoOpening);
        }
        let starts: Vec<_> =
            openings.iter().flat_map(|spec| &spec.to).filter_map(|name| self.node(name)).collect();
        let reached = self.reach(starts, |_| true);
        let ways = EdgeFiltered::from_fn(&definition.graph, |edge| self.is(edge, is_act));
        let back = Reversed(&ways);
        let ending: BTreeSet<NodeIndex> = definition
            .states
            .iter()
            .filter(|state| state.terminal)
            .filter_map(|state| self.node(state.name))
            .flat_map(|end| Dfs::new(back, end).iter(back))
            .collect();
        for state in &definition.states {
            let Some(node) = self.node(state.name) else { continue };
            if !reached.contains(&node) {
                self.add(Problem::Unreachable { state: state.name });
            }
            let mut leaving = definition.graph.edges_directed(node, Direction::Outgoing);
            if state.terminal {
                for edge in leaving {
                    if let Some(spec) = definition.transitions.get(*edge.weight()) {
                        let transition = spec.name;
                        self.add(Problem::LeavesEnd { state: state.name, transition });
                    }
                }
            } else if !leaving.any(|edge| edge.target() != node && self.is(edge, is_act)) {
                self.add(Problem::DeadEnd { state: state.name });
            } else if !ending.contains(&node) {
                self.add(Problem::NoEnd { state: state.name });
            }
        }
    }

    /// Tells of a role that does not exist; answers whether some of its people have accounts.
    pub(super) fn role(&mut self, place: &str, role: &Role) -> bool {
        let known = self.world.roles.iter().find(|(known, _)| known == role);
        if known.is_none() {
            self.add(Problem::UnknownRole { place: place.to_owned(), role: role.to_string() });
        }
        known.is_some_and(|(_, account)| *account)
    }

    /// Tells of states that `ALL` leaves out.
    pub(super) fn known_states(&mut self, place: &str, states: &[&'static str]) {
        for state in states {
            if self.node(state).is_none() {
                self.add(Problem::UnknownState { place: place.to_owned(), state });
            }
        }
    }

    fn transition(&mut self, spec: &TransitionSpec) {
        let definition = self.definition;
        let transition = spec.name;
        let place = format!("transition `{transition}`");
        if spec.opens_case && (spec.to.is_empty() || spec.keeps_state) {
            self.add(Problem::OpensNowhere { transition });
        } else if !spec.keeps_state && spec.to.is_empty() {
            self.add(Problem::LeadsNowhere { transition });
        }
        if !spec.opens_case && spec.from.is_empty() {
            self.add(Problem::StartsNowhere { transition });
        }
        self.known_states(&place, &spec.from);
        self.known_states(&place, &spec.to);
        for role in &spec.acted_by {
            self.role(&place, role);
        }
        if spec.acted_by.is_empty() {
            self.add(Problem::NobodyActs { transition });
        }
        let mut recorders = 0;
        for role in &spec.by {
            recorders += u32::from(self.role(&place, role));
        }
        // What time alone does, nobody records.
        let by_system = spec.acted_by.contains(&SYSTEM) && spec.by.is_empty();
        if recorders == 0 && !by_system {
            self.add(Problem::NobodyRecords { transition });
        }
        if by_system && !definition.waits.iter().any(|wait| wait.fires == transition) {
            self.add(Problem::NeverFired { transition });
        }
        for checked in &spec.four_eyes {
            if definition.transition(checked).is_none() {
                self.add(Problem::ChecksUnknown { transition, checked });
            }
        }
        let ends = !spec.keeps_state && spec.to.iter().all(|state| definition.is_terminal(state));
        for duty in &spec.opens {
            if definition.duty(duty).is_none_or(|duty| duty.kind != DutyKind::Side) {
                self.add(Problem::OpensUnknown { transition, duty });
            } else if ends && !spec.to.is_empty() {
                self.add(Problem::OpensInEnd { transition, duty });
            }
        }
        for procedure in &spec.beside {
            if !self.is_procedure(procedure) {
                self.add(Problem::SeesUnknown { transition, procedure });
            }
        }
        if spec.basis.text.trim().is_empty() {
            self.add(Problem::NoBasis { transition });
        }
        if spec.schema.get("additionalProperties") != Some(&false.into()) {
            self.add(Problem::OpenForm { transition });
        }
    }

    fn is_procedure(&self, name: &str) -> bool {
        name == self.definition.name
            || self.world.elsewhere.contains(name)
            || self.world.procedures.iter().any(|(known, _)| *known == name)
    }

    fn handoffs(&mut self, spec: &TransitionSpec) {
        self.once("handoff", spec.handoffs.iter().map(|handoff| handoff.id));
        for handoff in &spec.handoffs {
            let Handoff { id, to, opens_by, mode } = *handoff;
            if self.world.elsewhere.contains(to) {
                continue;
            }
            match self.openings(to) {
                None => self.add(Problem::UnknownProcedure { handoff: id, to }),
                // What informs an open case may be any of its transitions; the receiving
                // procedure is looked at with the whole chain.
                Some(openings) if mode != Mode::Inform && !openings.contains(&opens_by) => {
                    self.add(Problem::DoesNotOpen { handoff: id, to, opens_by, mode });
                }
                Some(_) => {}
            }
        }
    }

    /// The transitions that open a case of this procedure, if it is known.
    fn openings(&self, procedure: &str) -> Option<Vec<&'static str>> {
        if procedure == self.definition.name {
            let opening = self.definition.transitions.iter().filter(|spec| spec.opens_case);
            return Some(opening.map(|spec| spec.name).collect());
        }
        let known = self.world.procedures.iter().find(|(name, _)| *name == procedure);
        known.map(|(_, openings)| openings.clone())
    }
}
