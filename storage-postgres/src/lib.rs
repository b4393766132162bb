//! Cases in PostgreSQL: a schema of our own, alone in a database or beside the host's tables.
//!
//! [`PostgresStore`] keeps the cases of one realm; several stores may keep those of several realms
//! in one schema. A step is two calls: a load, and a statement that locks, looks, writes and
//! commits; what opens a case takes four. With [`HostTx`] or [`HostRef`] a step joins the host's transaction instead, so that the host's rows and the case's
//! become visible together or not at all.
//!
//! PostgreSQL has many writers. A load locks nothing; an append locks the rows that its groups
//! expect, in the order of their keys, looks at them and writes what still holds, so that locks
//! are held for two calls only, and READ COMMITTED is enough.
//!
//! *Never*: it never changes a schema unasked, never writes under a setting that could lose a
//! commit (see [`PostgresOptions`]), never relies on the state of a session, so that a pooler may
//! stand between, and never retries anything inside a host's transaction.

mod at_once;
mod demo;
mod dialect;
mod guard;
mod host;
mod link;
mod migrate;
mod place;
mod reading;
mod settings;
mod statements;
mod statistics;
mod store;
mod trouble;
mod tx;
mod upkeep;

pub use host::{HostRef, HostTx};
pub use link::Counts;
pub use place::Place;
pub use settings::PostgresOptions;
pub use store::PostgresStore;
pub use trouble::{Trouble, TroubleKind};
pub use upkeep::Checkup;
