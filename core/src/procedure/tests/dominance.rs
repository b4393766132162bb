//! The search behind [`Policy::precedes`] against petgraph's dominators, which find the same
//! another way.

use petgraph::{
    algo::dominators::simple_fast,
    graph::{DiGraph, NodeIndex},
};

use super::{
    super::{Definition, Point, Policy},
    petition::{follow_up, petition},
};

/// States and transitions as nodes, with one node for every taking of a transition, and the node
/// all paths start from.
fn subdivided(definition: &Definition) -> (DiGraph<Option<&str>, ()>, NodeIndex) {
    let mut graph = DiGraph::new();
    let states: Vec<_> =
        definition.states().iter().map(|state| graph.add_node(Some(state.name))).collect();
    let start = graph.add_node(None);
    let node = |name: &str| {
        states[definition.states().iter().position(|state| state.name == name).unwrap()]
    };
    for spec in definition.transitions() {
        let mut froms: Vec<_> = spec.from.iter().map(|from| (node(from), Some(*from))).collect();
        if spec.opens_case {
            froms.push((start, None));
        }
        for (from, name) in froms {
            let itself = name.filter(|_| spec.keeps_state);
            for to in itself.iter().chain(&spec.to) {
                let taking = graph.add_node(Some(spec.name));
                graph.add_edge(from, taking, ());
                graph.add_edge(taking, node(to), ());
            }
        }
    }
    (graph, start)
}

#[test]
fn what_dominates_a_state_precedes_it() {
    for definition in [petition(), follow_up()] {
        let (graph, start) = subdivided(&definition);
        let dominators = simple_fast(&graph, start);
        for (at, state) in definition.states().iter().enumerate() {
            let node = NodeIndex::new(at);
            let above: Vec<_> = dominators
                .strict_dominators(node)
                .unwrap()
                .filter_map(|node| graph[node])
                .collect();
            for spec in definition.transitions() {
                let proven = Policy::precedes(&[spec.name], Point::State(state.name))
                    .check(&definition)
                    .is_ok();
                let takings = graph.node_weights().filter(|name| **name == Some(spec.name)).count();
                // A transition with several takings can precede without any one of them doing so.
                if takings == 1 || above.contains(&spec.name) {
                    let dominates = above.contains(&spec.name);
                    assert_eq!(proven, dominates, "{} before {}", spec.name, state.name);
                }
            }
        }
    }
}
