//! A store of a third party: cases in an append-only journal file, one line a commit, with the rows
//! in memory as long as the program runs. It is written against the traits of `hexacase::store` and
//! passes the suite that every store must pass (`tests/conformance.rs`).
//!
//! It suits a small county on one machine: one program at a time opens the file, and a transaction
//! copies the maps of rows, though not the rows. It has no answer to what outgrows the memory.

mod journal;
mod post;
mod reading;
mod record;
mod state;
mod store;

pub use store::JournalStore;
