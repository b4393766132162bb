//! What the tests that cross crates share: finding the files, comparing golden ones, and
//! reading Rust and SQL as tokens.
//!
//! Nothing here knows a rule. The rules stand in `tests/`, one file each, as data where they can.

pub mod escalated;
pub mod fuse;
pub mod golden;
pub mod mischief;
pub mod nodes;
pub mod orders;
pub mod place;
pub mod postgres;
pub mod proxy;
pub mod reach;
pub mod reread;
pub mod rust_source;
pub mod said;
pub mod simulation;
pub mod small;
pub mod sql;
pub mod walk;
pub mod worklists;
pub mod workspace;
