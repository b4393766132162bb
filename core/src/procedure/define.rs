//! Building a definition out of types, and checking all of it at once.

use std::marker::PhantomData;

use petgraph::graph::{DiGraph, NodeIndex};
use serde::Serialize;

use super::{
    Definition, DefinitionError, Duty, DutySpec, Guard, Procedure, State, StateSpec, Transition,
    TransitionSpec, Wait, WaitSpec, World, check::check, definition::clocks_fn,
};
use crate::{
    duty::owed::DutyKind,
    terms::{area::AreaPurpose, canonical, facts::SubjectKind, id::Digest, label::Label},
};

/// Gathers what a procedure declares; [`Define::build`] checks it against the [`World`].
#[derive(Debug)]
pub struct Define<P: Procedure> {
    pub(super) states: Vec<StateSpec>,
    pub(super) duties: Vec<DutySpec>,
    pub(super) waits: Vec<WaitSpec>,
    pub(super) transitions: Vec<TransitionSpec>,
    pub(super) guards: Vec<&'static Guard>,
    of: PhantomData<fn() -> P>,
}

impl<P: Procedure> Default for Define<P> {
    fn default() -> Self {
        let states = P::State::ALL.iter().map(|state| StateSpec {
            name: state.name(),
            label: state.label(),
            terminal: state.is_terminal(),
        });
        Self {
            states: states.collect(),
            duties: Vec::new(),
            waits: Vec::new(),
            transitions: Vec::new(),
            guards: P::GUARDS.to_vec(),
            of: PhantomData,
        }
    }
}

impl<P: Procedure> Define<P> {
    /// The states and the guards; nothing else declared yet.
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
        let graph = graph(&self.states, &self.transitions);
        let hash = content_hash::<P>(&self);
        let definition = Definition {
            name: P::NAME,
            version: P::VERSION,
            label: P::LABEL,
            mechanism: P::MECHANISM,
            urgent: P::URGENT,
            subject: P::SUBJECT,
            area: P::AREA.to_vec(),
            states: self.states,
            duties: self.duties,
            waits: self.waits,
            transitions: self.transitions,
            guards: self.guards,
            graph,
            hash,
            clocks: clocks_fn::<P>(),
        };
        let problems = check(&definition, world);
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

fn content_hash<P: Procedure>(define: &Define<P>) -> Digest {
    #[derive(Serialize)]
    struct Content<'a> {
        name: &'a str,
        version: u32,
        label: Label,
        mechanism: Option<&'a str>,
        subject: SubjectKind,
        // It decides who may act, as a role does.
        area: &'a [AreaPurpose],
        states: &'a [StateSpec],
        duties: &'a [DutySpec],
        waits: &'a [WaitSpec],
        transitions: &'a [TransitionSpec],
        guards: Vec<&'a str>,
    }
    let content = Content {
        name: P::NAME,
        version: P::VERSION,
        label: P::LABEL,
        mechanism: P::MECHANISM,
        subject: P::SUBJECT,
        area: P::AREA,
        states: &define.states,
        duties: &define.duties,
        waits: &define.waits,
        transitions: &define.transitions,
        guards: define.guards.iter().map(|guard| guard.code).collect(),
    };
    // Plain data with text keys always has a canonical form.
    Digest::of(&canonical::to_vec(&content).unwrap_or_default())
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
            urgent: false,
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
