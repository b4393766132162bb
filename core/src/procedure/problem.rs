//! What can be wrong with a definition. All of it is told at once.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::{duty::time_limit::LimitId, terms::actor::Role};

use super::{MAX_HANDOFF_DEPTH, Mode};

/// What a definition is checked against: the names the world around it defines.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The roles that exist; the bool says whether some of its people have accounts.
    pub roles: Vec<(Role, bool)>,
    /// The limits of the rule pack; the bool says whether they have a number.
    pub limits: Vec<(LimitId, bool)>,
    /// The ladders of the rule pack.
    pub ladders: BTreeSet<String>,
    /// The engine-wide steps that may fulfil duties, e.g. `record_follow_up`.
    pub engine_steps: BTreeSet<&'static str>,
    /// The other procedures this binary carries, each with the transitions that open a case.
    pub procedures: Vec<(&'static str, Vec<&'static str>)>,
    /// Procedures that are carried elsewhere: handoffs to them are written as messages.
    pub elsewhere: BTreeSet<&'static str>,
}

/// One thing wrong with a definition, with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are the names in the message above them")]
pub enum Problem {
    /// Two things share a name.
    #[error("{kind} `{name}` is declared twice")]
    Twice { kind: &'static str, name: &'static str },
    /// A name that is empty or not in snake case.
    #[error("{kind} `{name}` is no snake_case name")]
    BadName { kind: &'static str, name: &'static str },
    /// Nothing opens a case.
    #[error("no transition opens a case")]
    NoOpening,
    /// An opening transition leads nowhere.
    #[error("transition `{transition}` opens a case but names no state for it")]
    OpensNowhere { transition: &'static str },
    /// A transition that neither moves nor keeps the state.
    #[error("transition `{transition}` leads nowhere")]
    LeadsNowhere { transition: &'static str },
    /// A transition that starts nowhere.
    #[error("transition `{transition}` starts nowhere")]
    StartsNowhere { transition: &'static str },
    /// No path from an opening leads to the state.
    #[error("state `{state}` cannot be reached from any opening")]
    Unreachable { state: &'static str },
    /// An open state that nothing leaves.
    #[error("state `{state}` has no way out and is not an end")]
    DeadEnd { state: &'static str },
    /// An open state from which no end can be reached.
    #[error("no end can be reached from state `{state}`")]
    NoEnd { state: &'static str },
    /// An end that something leaves.
    #[error("transition `{transition}` leaves the end `{state}`")]
    LeavesEnd { state: &'static str, transition: &'static str },
    /// A state that the procedure's list of states leaves out.
    #[error("{place}: state `{state}` is not in the procedure's list of states")]
    UnknownState { place: String, state: &'static str },
    /// A transition nobody may record.
    #[error("transition `{transition}` may be recorded by nobody with an account")]
    NobodyRecords { transition: &'static str },
    /// A transition nobody acts in.
    #[error("transition `{transition}` is nobody's act")]
    NobodyActs { transition: &'static str },
    /// A role that does not exist.
    #[error("{place}: role `{role}` is in no role table")]
    UnknownRole { place: String, role: String },
    /// An open state in which nobody owes anything and no time runs.
    #[error("state `{state}` declares neither a duty nor a wait")]
    NothingOwed { state: &'static str },
    /// An open state whose duties are all done once, while the case stays in it.
    #[error("state `{state}` owes nothing more once its duties are done, and the case stays in it")]
    OwesNothingLater { state: &'static str },
    /// A duty nobody owes.
    #[error("duty `{duty}` is owed by nobody")]
    NobodyOwes { duty: &'static str },
    /// A duty nobody with an account may record.
    #[error("duty `{duty}` may be recorded by nobody with an account")]
    NoHolder { duty: &'static str },
    /// A duty that nothing fulfils.
    #[error("duty `{duty}` is fulfilled by nothing")]
    NothingFulfils { duty: &'static str },
    /// A duty that names a transition which does not exist.
    #[error("duty `{duty}` is fulfilled by the unknown transition `{transition}`")]
    UnknownFulfilment { duty: &'static str, transition: &'static str },
    /// A duty whose transition cannot be taken in its state.
    #[error("duty `{duty}` of state `{state}`: `{transition}` cannot be taken there")]
    NotPossibleThere { duty: &'static str, state: &'static str, transition: &'static str },
    /// A role that may record a duty but none of the transitions that fulfil it.
    #[error("duty `{duty}`: role `{role}` may take none of the transitions that fulfil it")]
    CannotFulfil { duty: &'static str, role: String },
    /// A duty or wait in an end.
    #[error("`{duty}` is declared in the end `{state}`")]
    OwedInEnd { duty: &'static str, state: &'static str },
    /// A duty of states that names none.
    #[error("duty `{duty}` is declared in no state")]
    InNoState { duty: &'static str },
    /// A side duty that no transition opens.
    #[error("side duty `{duty}` is opened by no transition")]
    NeverOpened { duty: &'static str },
    /// A transition that opens a duty which is no side duty.
    #[error("transition `{transition}` opens `{duty}`, which is no side duty of this procedure")]
    OpensUnknown { transition: &'static str, duty: &'static str },
    /// A transition that opens a duty where nothing is owed any more.
    #[error("transition `{transition}` opens `{duty}`, but leads only to an end")]
    OpensInEnd { transition: &'static str, duty: &'static str },
    /// A side duty that can be open in a state from which nothing that fulfils it can be reached.
    #[error("side duty `{duty}` can never be fulfilled once the case is `{state}`")]
    SideStuck { duty: &'static str, state: &'static str },
    /// A duty without a limit.
    #[error("duty `{duty}` names no time limit")]
    NoLimit { duty: &'static str },
    /// A limit that no rule pack defines.
    #[error("`{duty}`: time limit `{limit}` is in no rule pack")]
    UnknownLimit { duty: &'static str, limit: String },
    /// A ladder that no rule pack defines.
    #[error("duty `{duty}`: ladder `{ladder}` is in no rule pack")]
    UnknownLadder { duty: &'static str, ladder: &'static str },
    /// A wait whose limit has no number.
    #[error("wait `{wait}`: limit `{limit}` has no number, so it never passes")]
    WaitWithoutNumber { wait: &'static str, limit: String },
    /// A wait that fires what the system may not take in its state.
    #[error("wait `{wait}` fires `{transition}`, which is no step of the system in its state")]
    BadFiring { wait: &'static str, transition: &'static str },
    /// A step of the system that no wait fires.
    #[error("transition `{transition}` is a step of the system, but no wait fires it")]
    NeverFired { transition: &'static str },
    /// A four-eyes rule about a transition that does not exist.
    #[error("transition `{transition}` checks the unknown transition `{checked}`")]
    ChecksUnknown { transition: &'static str, checked: &'static str },
    /// A transition that looks beside at cases of a procedure nobody carries.
    #[error("transition `{transition}` looks beside at the unknown procedure `{procedure}`")]
    SeesUnknown { transition: &'static str, procedure: &'static str },
    /// A handoff to a procedure nobody carries.
    #[error("handoff `{handoff}` goes to the unknown procedure `{to}`")]
    UnknownProcedure { handoff: &'static str, to: &'static str },
    /// A handoff by a transition that opens no case there.
    #[error("handoff `{handoff}` ({mode:?}) by `{opens_by}`, which opens no case of `{to}`")]
    DoesNotOpen { handoff: &'static str, to: &'static str, opens_by: &'static str, mode: Mode },
    /// A handoff that informs by a transition the receiving procedure does not have.
    #[error("handoff `{handoff}` informs `{to}` by `{transition}`, which it does not have")]
    InformsUnknown { handoff: &'static str, to: &'static str, transition: &'static str },
    /// A form that takes unknown fields.
    #[error("the form of `{transition}` takes unknown fields; deny them")]
    OpenForm { transition: &'static str },
    /// A transition without a named basis.
    #[error("transition `{transition}` names no basis")]
    NoBasis { transition: &'static str },
    /// A name that the engine gives to something of its own: an engine-wide step, a duty to
    /// confirm one, an end that every procedure has.
    #[error("{kind} `{name}` has a name that the engine uses itself")]
    TakesEngineName { kind: &'static str, name: &'static str },
    /// Handoffs that can follow each other for ever within one step.
    #[error("handoffs form a circle within one step: {}", path.join(" → "))]
    HandoffCircle { path: Vec<String> },
    /// Handoffs that follow each other too often within one step.
    #[error("handoffs go {} deep within one step, at most {MAX_HANDOFF_DEPTH}: {}",
        path.len().saturating_sub(1), path.join(" → "))]
    HandoffsTooDeep { path: Vec<String> },
}

/// Everything that is wrong with one procedure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("procedure `{procedure}` is not well formed: {}", list(problems))]
pub struct DefinitionError {
    /// The procedure.
    pub procedure: &'static str,
    /// What is wrong, in a stable order.
    pub problems: Vec<Problem>,
}

fn list(problems: &[Problem]) -> String {
    let mut text = String::new();
    for (at, problem) in problems.iter().enumerate() {
        let _ = write!(text, "{}{problem}", if at > 0 { "; " } else { "" });
    }
    text
}
