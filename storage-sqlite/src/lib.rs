//! Cases in SQLite: one file, one writer, readers beside it.
//!
//! [`SqliteStore`] keeps the cases of one realm in one file, alone or beside the host's own
//! tables. A step is one transaction of two calls: one begins it and loads, one writes and
//! commits. With [`HostTx`]
//! or [`HostRef`] a step joins the host's transaction instead, so that the host's rows and the
//! case's become visible together or not at all.
//!
//! *Never*: it never changes a schema unasked, never writes under a setting that could lose a
//! commit (see [`SqliteOptions`]), and never retries anything inside a host's transaction.

mod dialect;
mod host;
mod link;
mod migrate;
mod reading;
mod settings;
mod statements;
mod store;
mod tx;
mod upkeep;

pub use host::{HostRef, HostTx};
pub use link::Counts;
pub use settings::SqliteOptions;
pub use store::SqliteStore;
pub use upkeep::Checkup;
