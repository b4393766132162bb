//! What is PostgreSQL's own: settings, schema, the host's transaction, several writers, plans. What
//! every store must do is tested by the conformance suite.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says so by failing")]

mod corruption;
mod host;
mod killed_migrations;
#[path = "../server/line.rs"]
mod line;
mod lists;
mod migrations;
mod rights;
#[path = "../server/mod.rs"]
mod server;
mod settings;
mod support;
mod transactions;
mod trouble;
mod upkeep;
mod views;
mod writers;
