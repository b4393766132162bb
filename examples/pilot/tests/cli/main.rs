//! The pilot as people and scripts meet it: the built binary on databases of its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod backups;
mod bad_input;
mod casework;
mod catalog;
mod damaged;
mod databases;
mod guide;
mod imports;
mod mornings;
mod paper;
mod pilot;
mod postgres;
mod registers;
mod server;
mod server_trouble;
mod sheets;
mod staffing;
mod tasks;
