//! Handoffs across procedures: circles, chains that are too deep, and receivers that lack the
//! transition they are to be informed by.
//!
//! What one definition says of its own handoffs is checked when it is built; here the definitions
//! stand side by side.

use std::collections::BTreeSet;

use petgraph::{
    algo::{astar, tarjan_scc},
    graph::{DiGraph, NodeIndex},
    visit::EdgeRef as _,
};

use super::{Definition, Mode, ONLY_TOLD, Problem};

/// How many handoffs may follow each other within one step.
pub const MAX_HANDOFF_DEPTH: usize = 4;

/// Everything that is wrong with the handoffs between these procedures, in a stable order:
/// [`handoff_circles`], and handoffs that inform a procedure by a transition it does not have.
/// Procedures that are not among them are carried elsewhere and not looked at.
pub fn chain_problems(definitions: &[&Definition]) -> Vec<Problem> {
    let mut problems: BTreeSet<_> = handoff_circles(definitions).into_iter().collect();
    for definition in definitions {
        for handoff in definition.transitions().iter().flat_map(|spec| &spec.handoffs) {
            let receiver = definitions.iter().find(|receiver| receiver.name() == handoff.to);
            let lacks =
                receiver.is_some_and(|receiver| receiver.transition(handoff.opens_by).is_none());
            if lacks && handoff.mode == Mode::Inform && handoff.opens_by != ONLY_TOLD {
                problems.insert(Problem::InformsUnknown {
                    handoff: handoff.id,
                    to: handoff.to,
                    transition: handoff.opens_by,
                });
            }
        }
    }
    problems.into_iter().collect()
}

/// Circles of handoffs within one step, and chains of more than [`MAX_HANDOFF_DEPTH`]. Of each
/// handoff that lies on circles the shortest is told.
///
/// A transition that hands off takes the receiving transition in the same step, and that one may
/// hand off again. A proposal waits for a person and a message for another realm: neither goes on
/// within the step.
pub fn handoff_circles(definitions: &[&Definition]) -> Vec<Problem> {
    let chain = Chain::of(definitions);
    let mut problems = BTreeSet::new();
    let in_circles: BTreeSet<_> = chain.circles().into_iter().flatten().collect();
    for edge in chain.graph.edge_references() {
        if let Some(circle) = chain.shortest_circle(edge.source(), edge.target()) {
            problems.insert(Problem::HandoffCircle { path: chain.told(&circle) });
        }
    }
    for start in chain.graph.node_indices() {
        let first = chain.graph.edges_directed(start, petgraph::Incoming).next().is_none();
        if first {
            let path = chain.deepest(start, &in_circles);
            if path.len() > MAX_HANDOFF_DEPTH.saturating_add(1) {
                problems.insert(Problem::HandoffsTooDeep { path: chain.told(&path) });
            }
        }
    }
    problems.into_iter().collect()
}

/// Transitions of procedures, and which takes which in the same step.
struct Chain {
    graph: DiGraph<(&'static str, &'static str), ()>,
}

impl Chain {
    fn of(definitions: &[&Definition]) -> Self {
        let mut graph = DiGraph::new();
        for definition in definitions {
            for spec in definition.transitions() {
                graph.add_node((definition.name(), spec.name));
            }
        }
        let node = |graph: &DiGraph<_, ()>, name| {
            graph.node_indices().find(|node| graph.node_weight(*node) == Some(&name))
        };
        for definition in definitions {
            for spec in definition.transitions() {
                for handoff in &spec.handoffs {
                    let at_once = match handoff.mode {
                        Mode::Open | Mode::Inform => true,
                        Mode::Propose | Mode::Message => false,
                    };
                    let from = node(&graph, (definition.name(), spec.name));
                    let to = node(&graph, (handoff.to, handoff.opens_by));
                    if let (true, Some(from), Some(to)) = (at_once, from, to) {
                        graph.update_edge(from, to, ());
                    }
                }
            }
        }
        Self { graph }
    }

    /// Sets of transitions, each of which can come round to itself.
    fn circles(&self) -> Vec<Vec<NodeIndex>> {
        let mut components = tarjan_scc(&self.graph);
        components.retain(|nodes| {
            nodes.len() > 1 || nodes.iter().any(|node| self.graph.find_edge(*node, *node).is_some())
        });
        components
    }

    fn next(&self, node: NodeIndex) -> Vec<NodeIndex> {
        let mut next: Vec<_> = self.graph.edges(node).map(|edge| edge.target()).collect();
        next.sort_unstable();
        next
    }

    /// The shortest circle by this handoff, written from its first transition in definition order,
    /// so that it is the same circle from whichever of its handoffs it is found.
    fn shortest_circle(&self, from: NodeIndex, to: NodeIndex) -> Option<Vec<NodeIndex>> {
        let (_, mut circle) = astar(&self.graph, to, |node| node == from, |_| 1_u32, |_| 0)?;
        let (first, _) = circle.iter().enumerate().min_by_key(|(_, node)| **node)?;
        circle.rotate_left(first);
        circle.extend(circle.first().copied());
        Some(circle)
    }

    /// The longest way down from `start` that stays out of circles.
    fn deepest(&self, start: NodeIndex, in_circles: &BTreeSet<NodeIndex>) -> Vec<NodeIndex> {
        let mut longest = Vec::new();
        for node in self.next(start) {
            if !in_circles.contains(&node) {
                let below = self.deepest(node, in_circles);
                if below.len() > longest.len() {
                    longest = below;
                }
            }
        }
        longest.insert(0, start);
        longest
    }

    fn told(&self, path: &[NodeIndex]) -> Vec<String> {
        path.iter()
            .filter_map(|node| self.graph.node_weight(*node))
            .map(|(procedure, transition)| format!("{procedure}/{transition}"))
            .collect()
    }
}
