//! How long the law allows from one state of a procedure to another.

use std::hash::RandomState;

use petgraph::{
    algo::all_simple_paths,
    graph::{DiGraph, NodeIndex},
    visit::{Dfs, EdgeRef as _, Reversed, Walker as _},
};

use super::{Definition, check::is_act};
use crate::duty::{
    owed::DutyKind,
    time_limit::{LimitId, TimeLimit},
    total::TotalTime,
};

/// Paths looked at before the answer is said to be incomplete. The procedures of a county have a
/// dozen states and some hundred paths.
const MOST_PATHS: usize = 20_000;

/// A path and what the law allows on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatutoryPath {
    /// The states, the first and the last among them.
    pub states: Vec<&'static str>,
    /// The limit that counted in each state where one did, in order.
    pub limits: Vec<(&'static str, LimitId)>,
    /// What they come to.
    pub total: TotalTime,
    /// Whether every path was looked at. A graph so dense that it has more than 20 000 paths
    /// would take too long.
    pub complete: bool,
}

/// The path without a repeated state on which the limits of statutory basis come to most, from
/// entering `from` to entering `to`; nothing when no path leads there. `limit` looks up a limit,
/// as a rule pack does.
///
/// In each state the longest limit counts, of the duties that bind how long the case stays: duties
/// of the state that a transition out of it fulfils, and waits. A duty to do something again and
/// again while the case stays (visits) binds nothing, and neither does a side duty. A limit
/// without a number, and one that is not law, count as nothing: the answer is what the law says,
/// not how long it takes. Which of two totals is longer is judged by
/// [`TotalTime::rough_hours`]; facts of life are no part of a path.
pub fn longest_statutory<'a>(
    definition: &Definition,
    from: &str,
    to: &str,
    limit: impl Fn(&LimitId) -> Option<&'a TimeLimit>,
) -> Option<StatutoryPath> {
    let node = |name: &str| {
        let at = definition.states().iter().position(|state| state.name == name);
        at.map(NodeIndex::new)
    };
    let (start, goal) = (node(from)?, node(to)?);
    let stays: Vec<_> = definition
        .states()
        .iter()
        .map(|state| longest_stay(definition, state.name, &limit))
        .collect();
    let told = |path: &[NodeIndex], complete| {
        let states: Vec<_> = path
            .iter()
            .filter_map(|node| definition.states().get(node.index()))
            .map(|state| state.name)
            .collect();
        let before_last = path.split_last().map_or(&[][..], |(_, before)| before);
        let stays = before_last.iter().filter_map(|node| stays.get(node.index())?.as_ref());
        let mut limits = Vec::new();
        let mut total = TotalTime::default();
        for (state, id, time) in stays {
            limits.push((*state, id.clone()));
            total = total.plus(*time);
        }
        StatutoryPath { states, limits, total, complete }
    };
    if start == goal {
        return Some(told(&[start], true));
    }
    let mut graph = one_edge_each(definition);
    let back = Reversed(&graph);
    let leads_there: Vec<_> = Dfs::new(back, goal).iter(back).collect();
    if !leads_there.contains(&start) {
        return None;
    }
    // Branches that never come to the goal would be walked to their ends in vain.
    graph.retain_edges(|graph, edge| {
        graph.edge_endpoints(edge).is_some_and(|(_, to)| leads_there.contains(&to))
    });
    let mut paths = all_simple_paths::<Vec<_>, _, RandomState>(&graph, start, goal, 0, None);
    let mut longest: Option<StatutoryPath> = None;
    for path in paths.by_ref().take(MOST_PATHS) {
        let path = told(&path, true);
        let longer = longest
            .as_ref()
            .is_none_or(|known| path.total.rough_hours() > known.total.rough_hours());
        if longer {
            longest = Some(path);
        }
    }
    let complete = paths.next().is_none();
    longest.map(|path| StatutoryPath { complete, ..path })
}

/// The graph of states, moved by acts: no self-loops, and one edge where several lead.
fn one_edge_each(definition: &Definition) -> DiGraph<(), ()> {
    let mut graph = DiGraph::new();
    for _ in definition.states() {
        graph.add_node(());
    }
    for edge in definition.graph.edge_references() {
        let moves = edge.source() != edge.target();
        if moves && definition.transitions().get(*edge.weight()).is_some_and(is_act) {
            graph.update_edge(edge.source(), edge.target(), ());
        }
    }
    graph
}

type Stay = (&'static str, LimitId, TotalTime);

fn longest_stay<'a>(
    definition: &Definition,
    state: &'static str,
    limit: &impl Fn(&LimitId) -> Option<&'a TimeLimit>,
) -> Option<Stay> {
    let leaves = |name: &str| {
        definition
            .transition(name)
            .is_some_and(|step| step.starts_in(state) && step.to.iter().any(|to| *to != state))
    };
    let duties = definition.duties().iter().filter(|duty| {
        let here = duty.kind == DutyKind::State && duty.states.contains(&state);
        here && duty.fulfilled_by.iter().any(|name| leaves(name))
    });
    let waits = definition.waits().iter().filter(|wait| wait.state == state);
    let ids = duties.flat_map(|duty| &duty.limits).chain(waits.flat_map(|wait| &wait.limits));
    let mut longest: Option<Stay> = None;
    for id in ids {
        let Some(found) = limit(id).filter(|limit| limit.basis.is_statutory()) else { continue };
        let Some(time) = found.period.as_ref().map(TotalTime::of) else { continue };
        let longer =
            longest.as_ref().is_none_or(|known| time.rough_hours() > known.2.rough_hours());
        if longer {
            longest = Some((state, id.clone(), time));
        }
    }
    longest
}
