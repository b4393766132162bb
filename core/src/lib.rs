//! Hexacase: an embeddable casework engine for the protection of left-behind and at-risk children.

pub mod calendar;
pub mod care;
pub mod case;
pub mod duty;
pub mod procedure;
pub mod rules;
#[cfg(feature = "sql")]
pub mod sql;
pub mod store;
pub mod terms;
pub mod trail;
