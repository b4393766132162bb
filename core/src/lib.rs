//! Hexacase: an embeddable casework engine for the protection of left-behind and at-risk children.

pub mod calendar;
pub mod care;
pub mod duty;
pub mod rules;
pub mod terms;
