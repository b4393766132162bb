//! What is SQLite's own: settings, schema, the host's transaction, plans. What every store must do
//! is tested by the conformance suite.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says so by failing")]

mod corruption;
mod host;
mod killed_migrations;
mod lists;
mod migrations;
mod read_only;
mod settings;
mod support;
mod transactions;
mod upkeep;
mod views;
