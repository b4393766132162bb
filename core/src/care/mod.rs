//! The county's work: what the engine is for. Built on the floors below, and on nothing else.

pub mod rules;
