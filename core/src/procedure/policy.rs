//! Proofs: what must hold on every path of a procedure, and a path on which it does not.
//!
//! A [`Policy`] speaks of the graph: of states, transitions and the order they can come in. It
//! does not speak of guards over data. A policy that holds, holds whatever the data say; one that
//! does not hold may still be kept by a guard, and then the guard's test is its proof. For the
//! same reason corrections and the other engine-wide steps, which are no edges, are not looked at.

use std::fmt;

use super::{
    Definition,
    check::is_act,
    refusal::list,
    ways::{Taking, Verdict, Ways},
};
use crate::duty::owed::DutyKind;

/// Something that can come to pass in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// A state is entered.
    State(&'static str),
    /// A transition is taken.
    Transition(&'static str),
    /// The case ends, whichever end it is.
    End,
}

impl Point {
    fn is(self, taking: &Taking<'_>) -> bool {
        match self {
            Self::State(name) => taking.to == name && taking.from != Some(name),
            Self::Transition(name) => taking.by.name == name,
            Self::End => taking.ends,
        }
    }

    fn unknown_in(self, definition: &Definition) -> Option<&'static str> {
        match self {
            Self::State(name) => definition.state(name).is_none().then_some(name),
            Self::Transition(name) => definition.transition(name).is_none().then_some(name),
            Self::End => None,
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(name) | Self::Transition(name) => write!(f, "`{name}`"),
            Self::End => f.write_str("an end"),
        }
    }
}

/// What must hold on every path. It is data; [`Policy::check`] proves it of a definition.
///
/// ```
/// use hexacase::procedure::{Point, Policy};
///
/// let policy = Policy::precedes(&["approve", "waive"], Point::State("answered"));
/// assert_eq!(policy.to_string(), "one of `approve`, `waive` comes before `answered`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// See [`Policy::precedes`].
    Precedes {
        /// The transitions, one of which is taken.
        any_of: Vec<&'static str>,
        /// What they come before.
        point: Point,
    },
    /// See [`Policy::never_after`].
    NeverAfter {
        /// The transitions after any of which it never comes to pass.
        any_of: Vec<&'static str>,
        /// What never comes to pass.
        point: Point,
    },
    /// See [`Policy::no_end_while`].
    NoEndWhile {
        /// The duty.
        duty: &'static str,
        /// The transitions, one of which is taken before the end.
        any_of: Vec<&'static str>,
    },
    /// See [`Policy::no_approval_before`].
    NoApprovalBefore {
        /// The transition.
        transition: &'static str,
    },
    /// See [`Policy::always_within_reach`].
    AlwaysWithinReach {
        /// What can come to pass.
        any_of: Vec<Point>,
    },
    /// See [`Policy::always_possible`].
    AlwaysPossible {
        /// The transition.
        transition: &'static str,
    },
}

impl Policy {
    /// On every path from every opening one of the transitions is taken before `point` comes to
    /// pass, or as it does. Dominance in a graph, said of a set of edges.
    pub fn precedes(any_of: &[&'static str], point: Point) -> Self {
        Self::Precedes { any_of: any_of.to_vec(), point }
    }

    /// Once one of the transitions was taken, `point` never comes to pass. The taking that comes
    /// to `point` at once is not meant.
    pub fn never_after(any_of: &[&'static str], point: Point) -> Self {
        Self::NeverAfter { any_of: any_of.to_vec(), point }
    }

    /// Once the duty was opened, no end is reached without passing one of the transitions.
    ///
    /// A side duty is opened by the transitions that name it, a duty of states by entering one of
    /// them, a duty of every open state with the case. Leaving a state counts for nothing here,
    /// although it cancels the duty: what the state asked for must have been done. An end that a
    /// fact of life leads to is no breach; the duty ends with its reason.
    pub fn no_end_while(duty: &'static str, any_of: &[&'static str]) -> Self {
        Self::NoEndWhile { duty, any_of: any_of.to_vec() }
    }

    /// Nothing that needs an approval stands on any path to the first taking of the transition,
    /// and the transition needs none itself.
    ///
    /// This is stricter than "can be taken without an approval", for which
    /// [`Policy::always_possible`] is the better word where a procedure has approvals elsewhere.
    pub fn no_approval_before(transition: &'static str) -> Self {
        Self::NoApprovalBefore { transition }
    }

    /// From every state a case can be in, one of the points can still come to pass, by acts and
    /// not by a fact of life. A state that is an end, and a point that is already reached, are
    /// left out.
    pub fn always_within_reach(any_of: &[Point]) -> Self {
        Self::AlwaysWithinReach { any_of: any_of.to_vec() }
    }

    /// The transition can be taken in every open state a case can be in.
    pub fn always_possible(transition: &'static str) -> Self {
        Self::AlwaysPossible { transition }
    }

    /// Proves the policy of a definition.
    ///
    /// # Errors
    /// A [`Counterexample`]: the shortest path that breaks it, or the first name in the policy
    /// that the definition does not have. Without that a policy about a name that was changed
    /// would hold of nothing.
    pub fn check(&self, definition: &Definition) -> Result<(), Counterexample> {
        let unknown = self.unknown_in(definition).map(|name| vec![Passed::Unknown(name)]);
        match unknown.or_else(|| self.broken_by(definition)) {
            None => Ok(()),
            Some(path) => {
                Err(Counterexample { procedure: definition.name(), policy: self.clone(), path })
            }
        }
    }

    fn unknown_in(&self, definition: &Definition) -> Option<&'static str> {
        let unknown = |names: &[&'static str]| {
            names.iter().copied().find(|name| definition.transition(name).is_none())
        };
        match self {
            Self::Precedes { any_of, point } | Self::NeverAfter { any_of, point } => {
                unknown(any_of).or_else(|| point.unknown_in(definition))
            }
            Self::NoEndWhile { duty, any_of } => {
                definition.duty(duty).is_none().then_some(*duty).or_else(|| unknown(any_of))
            }
            Self::NoApprovalBefore { transition } | Self::AlwaysPossible { transition } => {
                unknown(&[*transition])
            }
            Self::AlwaysWithinReach { any_of } => {
                any_of.iter().find_map(|point| point.unknown_in(definition))
            }
        }
    }

    fn broken_by(&self, definition: &Definition) -> Option<Vec<Passed>> {
        let ways = Ways::of(definition);
        match self {
            Self::Precedes { any_of, point } => ways.search_from_opening(|_, taking| {
                if any_of.contains(&taking.by.name) {
                    Verdict::Stop
                } else {
                    found_or_go(point.is(taking), 0)
                }
            }),
            Self::NeverAfter { any_of, point } => ways.search_from_opening(|after, taking| {
                let taken = any_of.contains(&taking.by.name);
                found_or_go(after == 1 && point.is(taking), after | u8::from(taken))
            }),
            Self::NoEndWhile { duty, any_of } => no_end_while(definition, duty, any_of),
            Self::NoApprovalBefore { transition } => {
                ways.search_from_opening(|approved, taking| {
                    let approved = approved | u8::from(taking.by.is_approval());
                    match (taking.by.name == *transition, approved) {
                        (false, _) => Verdict::Go(approved),
                        (true, 0) => Verdict::Stop,
                        (true, _) => Verdict::Found,
                    }
                })
            }
            Self::AlwaysWithinReach { any_of } => {
                let stuck = definition.states().iter().filter(|state| {
                    let reached = any_of.contains(&Point::State(state.name));
                    let within_reach = ways.search_from(state.name, |_, taking| {
                        if is_act(taking.by) {
                            found_or_go(any_of.iter().any(|point| point.is(taking)), 0)
                        } else {
                            Verdict::Stop
                        }
                    });
                    !state.terminal && !reached && within_reach.is_none()
                });
                let stuck: Vec<_> = stuck.map(|state| state.name).collect();
                ways.search_from_opening(|_, taking| found_or_go(stuck.contains(&taking.to), 0))
            }
            Self::AlwaysPossible { transition } => {
                let step = definition.transition(transition)?;
                ways.search_from_opening(|_, taking| {
                    found_or_go(!taking.ends && !step.starts_in(taking.to), 0)
                })
            }
        }
    }
}

fn found_or_go(found: bool, phase: u8) -> Verdict {
    if found { Verdict::Found } else { Verdict::Go(phase) }
}

fn no_end_while(
    definition: &Definition,
    duty: &str,
    any_of: &[&'static str],
) -> Option<Vec<Passed>> {
    let spec = definition.duty(duty)?;
    Ways::of(definition).search_from_opening(|owed, taking| {
        let opens = match spec.kind {
            DutyKind::Side => spec.opened_by.contains(&taking.by.name),
            DutyKind::State => taking.from != Some(taking.to) && spec.states.contains(&taking.to),
            DutyKind::Open => taking.from.is_none(),
            DutyKind::Wait => false,
        };
        // As the ledger does it: first what the step fulfils, then what it opens.
        let still_owed = owed == 1 && !any_of.contains(&taking.by.name);
        let owed = still_owed || opens;
        match (taking.ends, owed && is_act(taking.by)) {
            (true, true) => Verdict::Found,
            (true, false) => Verdict::Stop,
            (false, _) => Verdict::Go(u8::from(owed)),
        }
    })
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Precedes { any_of, point } => {
                write!(f, "{} comes before {point}", one_of(any_of))
            }
            Self::NeverAfter { any_of, point } => {
                write!(f, "{point} never comes after {}", one_of(any_of))
            }
            Self::NoEndWhile { duty, any_of } => {
                write!(f, "once `{duty}` is owed, {} comes before an end", one_of(any_of))
            }
            Self::NoApprovalBefore { transition } => {
                write!(f, "no approval stands before `{transition}`")
            }
            Self::AlwaysWithinReach { any_of } => {
                let any_of: Vec<_> = any_of.iter().map(ToString::to_string).collect();
                write!(f, "{} is always within reach", any_of.join(" or "))
            }
            Self::AlwaysPossible { transition } => {
                write!(f, "`{transition}` is possible in every open state")
            }
        }
    }
}

fn one_of(names: &[&str]) -> String {
    let one_of = if names.len() == 1 { "" } else { "one of " };
    format!("{one_of}{}", list(names))
}

/// A piece of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// The case is in a state.
    State(&'static str),
    /// A transition is taken.
    Transition(&'static str),
    /// The policy speaks of something the definition does not have. It stands alone.
    Unknown(&'static str),
}

/// A path on which a policy does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{procedure}` breaks the policy that {policy}: {}", way(path))]
pub struct Counterexample {
    /// The procedure.
    pub procedure: &'static str,
    /// The policy.
    pub policy: Policy,
    /// Transitions and states in turn, from the opening on.
    pub path: Vec<Passed>,
}

fn way(path: &[Passed]) -> String {
    let pieces: Vec<_> = path
        .iter()
        .map(|passed| match passed {
            Passed::State(name) => (*name).to_owned(),
            Passed::Transition(name) => format!("-({name})->"),
            Passed::Unknown(name) => format!("it has no `{name}`"),
        })
        .collect();
    pieces.join(" ")
}
