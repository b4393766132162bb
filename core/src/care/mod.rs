//! The county's work 四个六: roles, code lists, procedures, and the chain between them.
//!
//! *Invariant*: `care` is built on the floors `case`, `procedure`, `rules`, `duty`, `calendar` and
//! `terms`, and on nothing else. A county's own seventh procedure has exactly its powers.

pub mod chain;
pub mod codes;
pub mod life;
pub mod mechanisms;
pub mod roles;

#[cfg(test)]
mod test_world;
