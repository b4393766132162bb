//! Duties: what is owed, by when, and whom it reaches when it is not done.

pub mod ladder;
pub mod mark;
pub mod owed;
pub mod time_limit;
pub mod total;
