//! Procedures 程序: state machines whose states say, as data, who owes what by when.
//!
//! A procedure is written as types ([`Procedure`], [`State`], [`Transition`]); [`Define`] builds a
//! [`Definition`] from them, so that code, diagram, permission table and form cannot disagree.
//! Nothing here performs I/O or knows of stores.
//!
//! *Invariant*: petgraph stays private to this floor; names are stored and shown, never indices.

mod chain_check;
mod check;
mod check_duties;
mod context;
mod define;
mod definition;
mod diagram;
mod duty_spec;
mod escalation;
mod guard;
mod machine;
mod payload;
mod policy;
mod problem;
mod refusal;
mod role_table;
mod statutory;
mod transition;
mod unit_rule;
mod ways;
pub mod wide;

#[cfg(test)]
mod tests;

pub use chain_check::{MAX_HANDOFF_DEPTH, chain_problems, handoff_circles};
pub use context::{Beside, Effects, HandOver, LEAD_UNIT, StepContext, StepFacts};
pub use define::Define;
pub use definition::{Clocks, Definition, Opening, Ran, StateSpec, TransitionSpec};
pub use diagram::{DiagramFormat, chain_diagram, diagram};
pub use duty_spec::{Duty, DutySpec, Timing, Wait, WaitSpec};
pub use escalation::{Escalation, Overdue};
pub use guard::Guard;
pub use machine::{Procedure, State};
pub use payload::{check_payload, read_form};
pub use policy::{Counterexample, Passed, Point, Policy};
pub use problem::{DefinitionError, Problem, World};
pub use refusal::Refusal;
pub use role_table::role_table;
pub use statutory::{StatutoryPath, longest_statutory};
pub use transition::{
    Handoff, LegalBasis, Mode, ONLY_TOLD, Roles, Source, Standing, Target, Transition,
};
pub use unit_rule::UnitRule;
