//! The suite every store must pass: a clause of the contract each, as a test with a sentence for
//! a name.
//!
//! [`store_conformance!`](crate::store_conformance) makes one test of each clause. A clause gets a
//! [`Fixture`]: an empty store of its own. `docs/write-a-store.md` shows how to run them all.
//! [`clauses`] lists them for those who run the suite themselves.
//!
//! The clauses speak to the store through its traits only. What they need beside them (damage, or
//! opening the store once more) the fixture says how to do.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a clause says that it does not hold by panicking"
)]

mod clause;
mod clauses;
mod duties;
mod fixture;
mod records;
mod steps;

pub mod appending;
pub mod atomicity;
pub mod attributes;
pub mod case_lists;
pub mod commands;
pub mod damage;
pub mod duty_lists;
pub mod entry_lists;
pub mod feeds;
pub mod inbox;
pub mod loading;
pub mod numbers;
pub mod outbox;
pub mod realms;
pub mod reopening;
pub mod scopes;
pub mod staff;
pub mod tasks;
pub mod texts;
pub mod walks;
pub mod worklists;

pub use clause::{Clause, clauses, damage_clauses, hold};
pub use fixture::{Damage, Damaged, Fixture};
pub use records::sample_meta;
