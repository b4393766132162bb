//! `listed_oversight` 督办: a signed demand on a unit to do an overdue thing; to judicial organs a
//! letter of inquiry.

mod proposal;

pub use proposal::ProposeOversight;
