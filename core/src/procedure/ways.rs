//! The ways a case can go through a definition's graph, the shortest first.
//!
//! A way is followed together with a *phase*: a number that says what was met on it so far. Each
//! question about paths is then one search in breadth, and its answer the shortest path there is.

use std::collections::{BTreeSet, VecDeque};

use petgraph::{graph::NodeIndex, visit::EdgeRef as _};

use super::{Definition, Passed, TransitionSpec};

/// One edge: a transition that is taken, and the states on both sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taking<'a> {
    /// The state before; nothing when the transition opens the case.
    pub(super) from: Option<&'static str>,
    /// The transition.
    pub(super) by: &'a TransitionSpec,
    /// The state after.
    pub(super) to: &'static str,
    /// Whether the state after is an end.
    pub(super) ends: bool,
}

/// What a search does with an edge it could follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is not followed.
    Stop,
    /// It is followed; from here on the phase is this.
    Go(u8),
    /// It is what was looked for.
    Found,
}

/// A place of the search: the edge one came by, and what was met so far.
struct Visit<'a> {
    before: Option<usize>,
    taking: Taking<'a>,
    state: NodeIndex,
    phase: u8,
}

/// The ways through one definition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ways<'a> {
    definition: &'a Definition,
}

impl<'a> Ways<'a> {
    pub(super) fn of(definition: &'a Definition) -> Self {
        Self { definition }
    }

    /// The shortest path from any opening, phase 0, to an edge on which `judge` says
    /// [`Verdict::Found`]; of equally short ones the first in definition order.
    pub(super) fn search_from_opening(
        self,
        judge: impl FnMut(u8, &Taking<'a>) -> Verdict,
    ) -> Option<Vec<Passed>> {
        self.search(None, judge)
    }

    /// The same from a state.
    pub(super) fn search_from(
        self,
        state: &str,
        judge: impl FnMut(u8, &Taking<'a>) -> Verdict,
    ) -> Option<Vec<Passed>> {
        self.search(Some(self.node(state)?), judge)
    }

    fn node(self, state: &str) -> Option<NodeIndex> {
        self.definition.states.iter().position(|spec| spec.name == state).map(NodeIndex::new)
    }

    fn openings(self) -> Vec<(NodeIndex, Taking<'a>)> {
        let opening = self.definition.transitions.iter().filter(|spec| spec.opens_case);
        let edges = opening.flat_map(|by| by.to.iter().map(move |to| (by, *to)));
        edges.filter_map(|(by, to)| self.edge(None, by, self.node(to)?)).collect()
    }

    fn leaving(self, state: NodeIndex) -> Vec<(NodeIndex, Taking<'a>)> {
        let from = self.definition.states.get(state.index()).map(|spec| spec.name);
        let edges = self.definition.graph.edges(state).filter_map(|edge| {
            let by = self.definition.transitions.get(*edge.weight())?;
            self.edge(from, by, edge.target())
        });
        let mut edges: Vec<_> = edges.collect();
        // The graph lists the newest edge first.
        edges.reverse();
        edges
    }

    fn edge(
        self,
        from: Option<&'static str>,
        by: &'a TransitionSpec,
        target: NodeIndex,
    ) -> Option<(NodeIndex, Taking<'a>)> {
        let to = self.definition.states.get(target.index())?;
        Some((target, Taking { from, by, to: to.name, ends: to.terminal }))
    }

    fn search(
        self,
        start: Option<NodeIndex>,
        mut judge: impl FnMut(u8, &Taking<'a>) -> Verdict,
    ) -> Option<Vec<Passed>> {
        let mut visits: Vec<Visit<'a>> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::new();
        let mut next = match start {
            None => self.openings(),
            Some(state) => {
                seen.insert((state, 0));
                self.leaving(state)
            }
        };
        let (mut before, mut phase) = (None, 0);
        loop {
            for (state, taking) in next {
                match judge(phase, &taking) {
                    Verdict::Stop => {}
                    Verdict::Found => return Some(path(&visits, before, taking)),
                    Verdict::Go(phase) => {
                        if seen.insert((state, phase)) {
                            queue.push_back(visits.len());
                            visits.push(Visit { before, taking, state, phase });
                        }
                    }
                }
            }
            let at = queue.pop_front()?;
            let visit = visits.get(at)?;
            (before, phase) = (Some(at), visit.phase);
            next = self.leaving(visit.state);
        }
    }
}

/// The takings that led to the last one, as transitions and states in turn.
fn path(visits: &[Visit<'_>], mut before: Option<usize>, last: Taking<'_>) -> Vec<Passed> {
    let mut takings = vec![last];
    while let Some(visit) = before.and_then(|at| visits.get(at)) {
        takings.push(visit.taking);
        before = visit.before;
    }
    takings.reverse();
    let start = takings.first().and_then(|first| first.from).map(Passed::State);
    let passed = takings
        .iter()
        .flat_map(|taking| [Passed::Transition(taking.by.name), Passed::State(taking.to)]);
    start.into_iter().chain(passed).collect()
}
