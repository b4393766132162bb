//! Hexacase: an embeddable casework engine for the protection of left-behind and at-risk children.

pub mod calendar;
pub mod care;
pub mod case;
pub mod county;
pub mod duty;
pub mod engine;

pub mod procedure;
pub mod rules;
#[cfg(feature = "sql")]
pub mod sql;
pub mod store;
pub mod terms;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trail;
