//! What a store must do: contracts, records and queries. No database driver is named here.
//!
//! *Invariant*: there is no way to move a case but [`StoreTx::append`], which writes groups of
//! steps whole.

mod contract;
mod error;
mod post;
mod query;
mod record;

pub use contract::{NotConcluded, OwnedTx, Post, Read, Store, StoreTx};
pub use error::StoreError;
pub use post::{
    Answered, Content, Delivery, DeliveryQuery, DeliveryState, LeaseWanted, NewAnswer, Outcome,
    PostId, PostKind, Settled, Settlement, Submitted,
};
pub use query::{
    CaseCursor, CaseQuery, DutyCursor, DutyFilter, DutyQuery, EntryCursor, EntryQuery, SeenAs,
    Wanted, WorklistQuery,
};
pub use record::{
    Absence, CaseWrite, DefinitionInUse, DutyRow, DutyWrite, Group, GroupOutcome, Loaded, Message,
    Meta, NewCommand, NewEntry, NewMessage, NewRung, Rung, Scope, ScopeKind, StaffRow, StoredCase,
    StoredCommand, StoredEntry,
};
