//! Whether what transactions saw and wrote can be told as if they had come one after the other.
//!
//! Adya's dependencies between transactions: who wrote the next version of an object (write-write),
//! who saw what another wrote (write-read), and who wrote what another saw the version before of
//! (read-write, an anti-dependency). Where they go in a circle, no order explains the history. A
//! circle with two anti-dependencies is write skew: two looked at each other's case, each found that
//! it might go on, and both did. That an object was not there is seen too: as its version 0.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
};

/// So many transactions of those that may lie on a circle are asked for the shortest one.
const ASKED: usize = 256;

/// What one transaction saw and wrote. Versions of an object are counted from 1; 0 is that it was
/// not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction<O> {
    /// What to call it in a report.
    pub name: String,
    /// Which version of which object it saw.
    pub reads: Vec<(O, i64)>,
    /// Which version of which object it wrote.
    pub writes: Vec<(O, i64)>,
}

/// Why one transaction comes before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// The other wrote the next version.
    WriteWrite,
    /// The other saw what it wrote.
    WriteRead,
    /// The other wrote the version after the one that it saw: an anti-dependency.
    ReadWrite,
}

/// One step of a circle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge<O> {
    /// Who comes before.
    pub from: String,
    /// Why.
    pub dependency: Dependency,
    /// By which object.
    pub object: O,
    /// Who comes after.
    pub to: String,
}

/// What no order of the transactions explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anomaly<O> {
    /// A transaction saw a version that nobody wrote: a dirty read, or a write that was lost.
    SawWhatNobodyWrote {
        /// Who saw it.
        reader: String,
        /// Of what.
        object: O,
        /// Which version.
        version: i64,
    },
    /// Two wrote the same version: an update was lost.
    WrittenTwice {
        /// Of what.
        object: O,
        /// Which version.
        version: i64,
        /// Who.
        writers: [String; 2],
    },
    /// A version is missing between others.
    Missing {
        /// Of what.
        object: O,
        /// Which version.
        version: i64,
    },
    /// They go in a circle; this is a short one.
    Circle(Vec<Edge<O>>),
}

impl<O> Anomaly<O> {
    /// Whether it is a write skew: a circle with two anti-dependencies at the least.
    pub fn is_write_skew(&self) -> bool {
        let Self::Circle(edges) = self else { return false };
        edges.iter().filter(|edge| edge.dependency == Dependency::ReadWrite).count() >= 2
    }
}

impl<O: fmt::Display> fmt::Display for Anomaly<O> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SawWhatNobodyWrote { reader, object, version } => {
                write!(out, "{reader} saw version {version} of {object}, which nobody wrote")
            }
            Self::WrittenTwice { object, version, writers: [one, other] } => {
                write!(out, "{one} and {other} both wrote version {version} of {object}")
            }
            Self::Missing { object, version } => {
                write!(out, "nobody wrote version {version} of {object}, but later ones are there")
            }
            Self::Circle(edges) => {
                write!(out, "transactions go in a circle:")?;
                for edge in edges {
                    let Edge { from, dependency, object, to } = edge;
                    let why = match dependency {
                        Dependency::WriteWrite => "wrote over by",
                        Dependency::WriteRead => "seen by",
                        Dependency::ReadWrite => "did not see",
                    };
                    write!(out, "\n  {from} –{why}→ {to} ({object})")?;
                }
                Ok(())
            }
        }
    }
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// Transactions.
    pub transactions: usize,
    /// Edges of the graph.
    pub write_write: usize,
    /// Edges of the graph.
    pub write_read: usize,
    /// Edges of the graph: anti-dependencies.
    pub read_write: usize,
}

/// Everything that was committed.
///
/// ```
/// # use hexacase::testing::{History, Transaction};
/// let took = |name: &str, saw: [(&'static str, i64); 2], wrote| Transaction {
///     name: name.to_owned(),
///     reads: saw.to_vec(),
///     writes: vec![wrote],
/// };
/// let mut history = History::default();
/// history.add(took("opened both", [("a", 0), ("b", 0)], ("a", 1)));
/// history.add(took("opened b", [("a", 1), ("b", 0)], ("b", 1)));
/// assert!(history.explain().is_ok());
/// // Each saw the other as it was before.
/// history.add(took("on duty by a", [("a", 1), ("b", 1)], ("a", 2)));
/// history.add(took("on duty by b", [("a", 1), ("b", 1)], ("b", 2)));
/// assert!(history.explain().unwrap_err().is_write_skew());
/// ```
#[derive(Clone, Debug)]
pub struct History<O> {
    transactions: Vec<Transaction<O>>,
}

impl<O> Default for History<O> {
    fn default() -> Self {
        Self { transactions: Vec::new() }
    }
}

/// Why and by which object one transaction comes before another, by their places.
type Graph<'a, O> = BTreeMap<usize, BTreeMap<usize, (Dependency, &'a O)>>;

impl<O: Clone + Ord> History<O> {
    /// Adds a transaction that was committed, in any order.
    pub fn add(&mut self, transaction: Transaction<O>) {
        self.transactions.push(transaction);
    }

    /// Looks for what no order explains.
    ///
    /// # Errors
    /// The first [`Anomaly`].
    pub fn explain(&self) -> Result<Explained, Anomaly<O>> {
        let writers = self.writers()?;
        let mut explained =
            Explained { transactions: self.transactions.len(), ..Explained::default() };
        let mut graph = Graph::new();
        let mut join = |from: usize, dependency, object, to: usize| {
            let counted = match dependency {
                Dependency::WriteWrite => &mut explained.write_write,
                Dependency::WriteRead => &mut explained.write_read,
                Dependency::ReadWrite => &mut explained.read_write,
            };
            if from != to {
                *counted += 1;
                graph.entry(from).or_default().entry(to).or_insert((dependency, object));
            }
        };
        for ((object, version), writer) in &writers {
            if let Some(next) = writers.get(&(object, version + 1)) {
                join(*writer, Dependency::WriteWrite, *object, *next);
            }
        }
        for (reader, transaction) in self.transactions.iter().enumerate() {
            for (object, version) in &transaction.reads {
                if let Some(writer) = writers.get(&(object, *version)) {
                    join(*writer, Dependency::WriteRead, object, reader);
                } else if *version != 0 {
                    let reader = transaction.name.clone();
                    let (object, version) = (object.clone(), *version);
                    return Err(Anomaly::SawWhatNobodyWrote { reader, object, version });
                }
                if let Some(next) = writers.get(&(object, version + 1)) {
                    join(reader, Dependency::ReadWrite, object, *next);
                }
            }
        }
        match self.circle(&graph) {
            Some(circle) => Err(Anomaly::Circle(circle)),
            None => Ok(explained),
        }
    }

    /// Who wrote each version.
    fn writers(&self) -> Result<BTreeMap<(&O, i64), usize>, Anomaly<O>> {
        let mut writers: BTreeMap<(&O, i64), usize> = BTreeMap::new();
        for (at, transaction) in self.transactions.iter().enumerate() {
            for (object, version) in &transaction.writes {
                if let Some(other) = writers.insert((object, *version), at) {
                    let writers = [self.name(other), self.name(at)];
                    let (object, version) = (object.clone(), *version);
                    return Err(Anomaly::WrittenTwice { object, version, writers });
                }
            }
        }
        for (object, version) in writers.keys() {
            if *version > 1 && !writers.contains_key(&(*object, version - 1)) {
                return Err(Anomaly::Missing { object: (*object).clone(), version: version - 1 });
            }
        }
        Ok(writers)
    }

    fn name(&self, at: usize) -> String {
        self.transactions.get(at).map(|transaction| transaction.name.clone()).unwrap_or_default()
    }

    /// A short circle, if there is any.
    fn circle(&self, graph: &Graph<'_, O>) -> Option<Vec<Edge<O>>> {
        let left = unordered(self.transactions.len(), graph);
        let circles = left.iter().take(ASKED).filter_map(|start| way_back(graph, &left, *start));
        let shortest = circles.min_by_key(Vec::len)?;
        let mut edges = Vec::new();
        for (from, to) in shortest {
            let (dependency, object) = graph.get(&from)?.get(&to)?;
            edges.push(Edge {
                from: self.name(from),
                dependency: *dependency,
                object: (*object).clone(),
                to: self.name(to),
            });
        }
        Some(edges)
    }
}

/// Those that cannot be put into an order: all that lie on circles, and what lies between circles.
fn unordered<O>(count: usize, graph: &Graph<'_, O>) -> BTreeSet<usize> {
    let mut reverse: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (from, nexts) in graph {
        for to in nexts.keys() {
            reverse.entry(*to).or_default().push(*from);
        }
    }
    let mut left: BTreeSet<usize> = (0..count).collect();
    let forward = |at: usize| graph.get(&at).into_iter().flat_map(BTreeMap::keys).copied();
    let backward = |at: usize| reverse.get(&at).into_iter().flatten().copied();
    strip(&mut left, forward, backward);
    strip(&mut left, backward, forward);
    left
}

/// Takes away, again and again, those that nobody of the others comes before.
fn strip<N: Iterator<Item = usize>, B: Iterator<Item = usize>>(
    left: &mut BTreeSet<usize>,
    nexts: impl Fn(usize) -> N,
    befores: impl Fn(usize) -> B,
) {
    let mut waiting: BTreeMap<usize, usize> = left
        .iter()
        .map(|at| (*at, befores(*at).filter(|before| left.contains(before)).count()))
        .collect();
    let mut free: Vec<usize> =
        waiting.iter().filter(|(_, befores)| **befores == 0).map(|(at, _)| *at).collect();
    while let Some(at) = free.pop() {
        left.remove(&at);
        for next in nexts(at) {
            if let Some(befores) = waiting.get_mut(&next).filter(|befores| **befores > 0) {
                *befores -= 1;
                if *befores == 0 {
                    free.push(next);
                }
            }
        }
    }
}

/// The shortest way from one back to itself, as steps.
fn way_back<O>(
    graph: &Graph<'_, O>,
    left: &BTreeSet<usize>,
    start: usize,
) -> Option<Vec<(usize, usize)>> {
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for next in graph.get(&at)?.keys().filter(|next| left.contains(next)) {
            if *next == start {
                let mut steps = vec![(at, start)];
                let mut at = at;
                while let Some(before) = came_from.get(&at) {
                    steps.push((*before, at));
                    at = *before;
                }
                steps.reverse();
                return Some(steps);
            }
            if !came_from.contains_key(next) {
                came_from.insert(*next, at);
                queue.push_back(*next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Things and their versions.
    type Versions<'a> = &'a [(&'static str, i64)];

    fn history(transactions: &[(&str, Versions<'_>, Versions<'_>)]) -> History<&'static str> {
        let mut history = History::default();
        for (name, reads, writes) in transactions {
            let (reads, writes) = (reads.to_vec(), writes.to_vec());
            history.add(Transaction { name: (*name).to_owned(), reads, writes });
        }
        history
    }

    #[test]
    fn what_comes_one_after_the_other_is_explained_in_whatever_order_it_is_told() {
        let told = history(&[
            ("third", &[("a", 1), ("b", 1)], &[("a", 2)]),
            ("first", &[("a", 0), ("b", 0)], &[("a", 1)]),
            ("second", &[("a", 1), ("b", 0)], &[("b", 1)]),
        ]);
        let explained = told.explain().unwrap();
        assert_eq!((explained.transactions, explained.write_write), (3, 1));
        assert_eq!((explained.write_read, explained.read_write), (3, 2));
    }

    #[test]
    fn write_skew_is_found_and_told() {
        let told = history(&[
            ("one", &[("a", 0), ("b", 0)], &[("a", 1)]),
            ("other", &[("a", 0), ("b", 0)], &[("b", 1)]),
        ]);
        let anomaly = told.explain().unwrap_err();
        assert!(anomaly.is_write_skew());
        assert_eq!(
            anomaly.to_string(),
            "transactions go in a circle:\n  one –did not see→ other (b)\n  other –did not see→ one (a)"
        );
    }

    #[test]
    fn a_circle_over_three_is_found_behind_much_that_is_in_order() {
        let mut told = history(&[
            ("x", &[("a", 0), ("b", 0)], &[("a", 1)]),
            ("y", &[("b", 0), ("c", 0)], &[("b", 1)]),
            ("z", &[("c", 0), ("a", 0)], &[("c", 1)]),
        ]);
        for version in 1..500 {
            let (reads, writes) = (vec![("a", version)], vec![("a", version + 1)]);
            told.add(Transaction { name: version.to_string(), reads, writes });
        }
        let Err(Anomaly::Circle(edges)) = told.explain() else { panic!("it goes unseen") };
        assert_eq!(edges.len(), 3);
    }

    #[test]
    fn read_skew_is_a_circle_but_no_write_skew() {
        // It saw the one before and the other after.
        let told = history(&[
            ("writes both", &[], &[("a", 1), ("b", 1)]),
            ("sees half", &[("a", 0), ("b", 1)], &[("c", 1)]),
        ]);
        let anomaly = told.explain().unwrap_err();
        assert!(matches!(anomaly, Anomaly::Circle(_)) && !anomaly.is_write_skew());
    }

    #[test]
    fn a_lost_update_a_dirty_read_and_a_gap_are_told() {
        let lost = history(&[("one", &[], &[("a", 1)]), ("other", &[], &[("a", 1)])]);
        let told = "one and other both wrote version 1 of a";
        assert_eq!(lost.explain().unwrap_err().to_string(), told);
        let dirty = history(&[("one", &[("a", 1)], &[("b", 1)])]);
        let told = "one saw version 1 of a, which nobody wrote";
        assert_eq!(dirty.explain().unwrap_err().to_string(), told);
        let gap = history(&[("one", &[], &[("a", 2)])]);
        let told = "nobody wrote version 1 of a, but later ones are there";
        assert_eq!(gap.explain().unwrap_err().to_string(), told);
    }
}
