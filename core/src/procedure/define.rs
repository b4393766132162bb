//! Building a definition out of types, and checking all of it at once.

use std::{collections::BTreeSet, marker::PhantomData};

use petgraph::{
    Direction,
    graph::{DiGraph, NodeIndex},
    visit::{Dfs, Reversed, Walker as _},
};
use serde::Serialize;

use super::{
    Definition, DefinitionError, Duty, DutySpec, Mode, Problem, Procedure, State, StateSpec,
    Transition, TransitionSpec, Wait, WaitSpec, World, definition::clocks_fn,
};
use crate::{
    duty::owed::DutyKind,
    terms::{
        actor::{Role, SYSTEM},
        facts::SubjectKind,
        id::Digest,
        label::Label,
    },
};

/// Gathers what a procedure declares; [`Define::build`] checks it against the [`World`].
#[derive(Debug)]
pub struct Define<P: Procedure> {
    duties: Vec<DutySpec>,
    waits: Vec<WaitSpec>,
    transitions: Vec<TransitionSpec>,
    of: PhantomData<fn() -> P>,
}

impl<P: Procedure> Default for Define<P> {
    fn default() -> Self {
        Self { duties: Vec::new(), waits: Vec::new(), transitions: Vec::new(), of: PhantomData }
    }
}

impl<P: Procedure> Define<P> {
    /// Nothing declared yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a duty.
    #[must_use]
    pub fn duty(mut self, duty: Duty<P::State>) -> Self {
        let mut spec = duty.spec;
        spec.states = match spec.kind {
            DutyKind::State => duty.on.iter().map(|state| state.name()).collect(),
            DutyKind::Open => open_states::<P>().map(State::name).collect(),
            DutyKind::Side | DutyKind::Wait => Vec::new(),
        };
        self.duties.push(spec);
        self
    }

    /// Declares a wait.
    #[must_use]
    pub fn wait(mut self, wait: Wait<P::State>) -> Self {
        debug_assert_eq!(wait.spec.state, wait.on.name());
        self.waits.push(wait.spec);
        self
    }

    /// Declares a transition.
    #[must_use]
    pub fn transition<T: Transition<P>>(mut self) -> Self {
        self.transitions.push(TransitionSpec::of::<P, T>());
        self
    }

    /// The transitions that open a case.
    pub fn openings(&self) -> Vec<&'static str> {
        self.transitions.iter().filter(|spec| spec.opens_case).map(|spec| spec.name).collect()
    }

    /// Checks everything and gives the definition.
    ///
    /// # Errors
    /// [`DefinitionError`] with every problem, in a stable order.
    pub fn build(mut self, world: &World) -> Result<Definition, DefinitionError> {
        for duty in &mut self.duties {
            let opening = self.transitions.iter().filter(|spec| spec.opens.contains(&duty.name));
            duty.opened_by = opening.map(|spec| spec.name).collect();
        }
        let states: Vec<_> = P::State::ALL
            .iter()
            .map(|state| StateSpec {
                name: state.name(),
                label: state.label(),
                terminal: state.is_terminal(),
            })
            .collect();
        let graph = graph(&states, &self.transitions);
        let hash = content_hash::<P>(&states, &self);
        let definition = Definition {
            name: P::NAME,
            version: P::VERSION,
            label: P::LABEL,
            mechanism: P::MECHANISM,
            subject: P::SUBJECT,
            area: P::AREA.to_vec(),
            states,
            duties: self.duties,
            waits: self.waits,
            transitions: self.transitions,
            guards: P::GUARDS.to_vec(),
            graph,
            hash,
            clocks: clocks_fn::<P>(),
        };
        let mut check = Check { definition: &definition, world, problems: BTreeSet::new() };
        check.names();
        check.paths();
        check.transitions();
        check.duties();
        check.waits();
        check.handoffs();
        let problems: Vec<_> = check.problems.into_iter().collect();
        if problems.is_empty() {
            Ok(definition)
        } else {
            Err(DefinitionError { procedure: P::NAME, problems })
        }
    }
}

fn open_states<P: Procedure>() -> impl Iterator<Item = P::State> {
    P::State::ALL.iter().copied().filter(|state| !state.is_terminal())
}

/// Nodes are states by position; edges are transitions by position. Self-loops stand for steps
/// that keep the state.
fn graph(states: &[StateSpec], transitions: &[TransitionSpec]) -> DiGraph<usize, usize> {
    let mut graph = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..states.len()).map(|at| graph.add_node(at)).collect();
    let node = |name: &str| {
        let at = states.iter().position(|state| state.name == name)?;
        nodes.get(at).copied()
    };
    for (at, transition) in transitions.iter().enumerate() {
        for from in transition.from.iter().filter_map(|name| node(name)) {
            if transition.keeps_state {
                graph.add_edge(from, from, at);
            }
            for to in transition.to.iter().filter_map(|name| node(name)) {
                graph.add_edge(from, to, at);
            }
        }
    }
    graph
}

fn content_hash<P: Procedure>(states: &[StateSpec], define: &Define<P>) -> Digest {
    #[derive(Serialize)]
    struct Content<'a> {
        name: &'a str,
        version: u32,
        states: &'a [StateSpec],
        duties: &'a [DutySpec],
        waits: &'a [WaitSpec],
        transitions: &'a [TransitionSpec],
    }
    let content = Content {
        name: P::NAME,
        version: P::VERSION,
        states,
        duties: &define.duties,
        waits: &define.waits,
        transitions: &define.transitions,
    };
    // Plain data with text keys always has a canonical form.
    Digest::of(&serde_json_canonicalizer::to_vec(&content).unwrap_or_default())
}

struct Check<'a> {
    definition: &'a Definition,
    world: &'a World,
    problems: BTreeSet<Problem>,
}

impl Check<'_> {
    fn add(&mut self, problem: Problem) {
        self.problems.insert(problem);
    }

    fn names(&mut self) {
        let definition = self.definition;
        let mut kinds: Vec<(&'static str, Vec<&'static str>)> = vec![
            ("state", definition.states.iter().map(|state| state.name).collect()),
            ("transition", definition.transitions.iter().map(|spec| spec.name).collect()),
        ];
        let mut owed: Vec<_> = definition.duties.iter().map(|duty| duty.name).collect();
        owed.extend(definition.waits.iter().map(|wait| wait.name));
        kinds.push(("duty", owed));
        for (kind, names) in kinds {
            let mut seen = BTreeSet::new();
            for name in names {
                if !seen.insert(name) {
                    self.add(Problem::Twice { kind, name });
                }
                let snake =
                    name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
                if name.is_empty() || !snake {
                    self.add(Problem::BadName { kind, name });
                }
            }
        }
    }

    fn node(&self, state: &str) -> Option<NodeIndex> {
        self.definition.states.iter().position(|spec| spec.name == state).map(NodeIndex::new)
    }

    /// The states that can be reached from `starts`, themselves among them.
    fn reach(&self, starts: impl IntoIterator<Item = NodeIndex>) -> BTreeSet<NodeIndex> {
        let graph = &self.definition.graph;
        starts.into_iter().flat_map(|start| Dfs::new(graph, start).iter(graph)).collect()
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
        let reached = self.reach(starts);
        let reversed = Reversed(&definition.graph);
        let ends = definition.states.iter().filter(|state| state.terminal);
        let ending: BTreeSet<NodeIndex> = ends
            .filter_map(|state| self.node(state.name))
            .flat_map(|end| Dfs::new(reversed, end).iter(reversed))
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
            } else if !leaving.any(|edge| {
                use petgraph::visit::EdgeRef as _;
                edge.target() != node
            }) {
                self.add(Problem::DeadEnd { state: state.name });
            } else if !ending.contains(&node) {
                self.add(Problem::NoEnd { state: state.name });
            }
        }
    }

    fn role(&mut self, place: &str, role: &Role) -> bool {
        let known = self.world.roles.iter().find(|(known, _)| known == role);
        if known.is_none() {
            self.add(Problem::UnknownRole { place: place.to_owned(), role: role.to_string() });
        }
        known.is_some_and(|(_, account)| *account)
    }

    fn transitions(&mut self) {
        let definition = self.definition;
        for spec in &definition.transitions {
            let transition = spec.name;
            let place = format!("transition `{transition}`");
            if spec.opens_case && spec.to.is_empty() {
                self.add(Problem::OpensNowhere { transition });
            } else if !spec.opens_case && !spec.keeps_state && spec.to.is_empty() {
                self.add(Problem::LeadsNowhere { transition });
            }
            if !spec.opens_case && spec.from.is_empty() {
                self.add(Problem::StartsNowhere { transition });
            }
            if self.world.engine_steps.contains(transition) {
                self.add(Problem::TakesEngineName { transition });
            }
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
            for duty in &spec.opens {
                if definition.duty(duty).is_none_or(|duty| duty.kind != DutyKind::Side) {
                    self.add(Problem::OpensUnknown { transition, duty });
                }
            }
            if spec.basis.text.trim().is_empty() {
                self.add(Problem::NoBasis { transition });
            }
            let closed = spec.schema.get("additionalProperties") == Some(&false.into());
            if !closed {
                self.add(Problem::OpenForm { transition });
            }
        }
    }

    fn duties(&mut self) {
        let definition = self.definition;
        for state in definition.states.iter().filter(|state| !state.terminal) {
            let owed = definition.duties.iter().any(|duty| duty.states.contains(&state.name));
            let waits = definition.waits.iter().any(|wait| wait.state == state.name);
            if !owed && !waits {
                self.add(Problem::NothingOwed { state: state.name });
            }
        }
        for spec in &definition.duties {
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
                        || definition.transition(name).is_some_and(|spec| spec.by.contains(role))
                });
                if !can && !spec.fulfilled_by.is_empty() {
                    self.add(Problem::CannotFulfil { duty, role: role.to_string() });
                }
            }
            if recorders == 0 {
                self.add(Problem::NoHolder { duty });
            }
            self.limits(spec);
            for state in &spec.states {
                if definition.is_terminal(state) {
                    self.add(Problem::OwedInEnd { duty, state });
                }
            }
            if spec.fulfilled_by.is_empty() {
                self.add(Problem::NothingFulfils { duty });
            }
            for name in &spec.fulfilled_by {
                let transition = *name;
                if self.world.engine_steps.contains(transition) {
                    continue;
                }
                let Some(step) = definition.transition(transition) else {
                    self.add(Problem::UnknownFulfilment { duty, transition });
                    continue;
                };
                if spec.kind == DutyKind::State {
                    for state in spec.states.iter().filter(|state| !step.starts_in(state)) {
                        self.add(Problem::NotPossibleThere { duty, state, transition });
                    }
                }
            }
            if spec.kind == DutyKind::Side {
                self.side_duty(spec);
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
        if !self.world.ladders.contains(spec.ladder) {
            self.add(Problem::UnknownLadder { duty, ladder: spec.ladder });
        }
    }

    /// A side duty outlives its state: wherever the case can go while it is open, something that
    /// fulfils it must still be within reach.
    fn side_duty(&mut self, spec: &DutySpec) {
        let definition = self.definition;
        let duty = spec.name;
        if spec.opened_by.is_empty() {
            self.add(Problem::NeverOpened { duty });
            return;
        }
        let opened_in = spec.opened_by.iter().filter_map(|name| definition.transition(name));
        let starts: Vec<_> = opened_in
            .flat_map(|step| if step.to.is_empty() { &step.from } else { &step.to })
            .filter_map(|state| self.node(state))
            .collect();
        let fulfilling: BTreeSet<NodeIndex> = spec
            .fulfilled_by
            .iter()
            .flat_map(|name| {
                let everywhere = self.world.engine_steps.contains(name);
                definition.states.iter().filter(move |state| {
                    !state.terminal
                        && (everywhere
                            || definition
                                .transition(name)
                                .is_some_and(|step| step.starts_in(state.name)))
                })
            })
            .filter_map(|state| self.node(state.name))
            .collect();
        for node in self.reach(starts) {
            let Some(state) = definition.states.get(node.index()) else { continue };
            if !state.terminal && self.reach([node]).is_disjoint(&fulfilling) {
                self.add(Problem::SideStuck { duty, state: state.name });
            }
        }
    }

    fn waits(&mut self) {
        let definition = self.definition;
        for spec in &definition.waits {
            let wait = spec.name;
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

    fn handoffs(&mut self) {
        let definition = self.definition;
        for handoff in definition.transitions.iter().flat_map(|spec| &spec.handoffs) {
            if self.world.elsewhere.contains(handoff.to) {
                continue;
            }
            let own = || {
                let opens = definition.transitions.iter().filter(|spec| spec.opens_case);
                opens.map(|spec| spec.name).collect::<Vec<_>>()
            };
            let openings = if handoff.to == definition.name {
                Some(own())
            } else {
                let known = self.world.procedures.iter().find(|(name, _)| *name == handoff.to);
                known.map(|(_, openings)| openings.clone())
            };
            match openings {
                None => self.add(Problem::UnknownProcedure { handoff: handoff.id, to: handoff.to }),
                Some(openings)
                    if handoff.mode != Mode::Inform && !openings.contains(&handoff.opens_by) =>
                {
                    self.add(Problem::DoesNotOpen {
                        handoff: handoff.id,
                        to: handoff.to,
                        opens_by: handoff.opens_by,
                        mode: handoff.mode,
                    });
                }
                Some(_) => {}
            }
        }
    }
}

impl Definition {
    /// A definition of one state without duties or transitions, for the engine's own records. It
    /// is not checked: nothing can be done in it but what the engine does.
    pub fn bare(name: &'static str, label: Label, state: &'static str) -> Self {
        let states = vec![StateSpec { name: state, label: label.clone(), terminal: false }];
        Self {
            name,
            version: 1,
            mechanism: None,
            subject: SubjectKind::County,
            area: Vec::new(),
            graph: graph(&states, &[]),
            hash: Digest::of(format!("bare/{name}/{state}").as_bytes()),
            label,
            states,
            duties: Vec::new(),
            waits: Vec::new(),
            transitions: Vec::new(),
            guards: Vec::new(),
            clocks: |_, _| Ok(super::Clocks::default()),
        }
    }
}
