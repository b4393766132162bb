//! The invariants, by what they are about.

pub mod care;
pub mod handoffs;
pub mod holders;
pub mod reports;
pub mod time;
pub mod trail;
pub mod watching;
