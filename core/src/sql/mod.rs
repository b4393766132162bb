//! What the SQL stores share: statement texts, the decoding of rows, the documents of a batch, and
//! the meaning of errors.
//!
//! Only what two databases have in common stands here: every text takes `$1`-style parameters and
//! the placeholder `{prefix}`, every column is TEXT, an integer of 64 bits, bytes or a truth
//! value. How a batch is loaded and appended is each database's own dialect. Nothing here opens a
//! connection or runs a statement.

mod batch;
mod cells;
mod decode;
mod document;
mod error;
mod known;
mod of;
mod packed;
mod post;
mod read;
mod reading;
mod script;
mod worklist;

pub use batch::{Numbered, outcomes};
pub use cells::{Cells, Record};
pub use decode::{
    ATTRIBUTE, BODY, BODY_JOIN, CASE, DUTY, NO_DATE, attribute, case, case_id, command,
    definition_in_use, duty, duty_kind, duty_row, entry, message, meta, rung, scope, staff,
};
pub use document::{Documents, Rows, hexed, scope_document, wanted_document};
pub use error::{Cause, broken, failed};
pub use known::{Known, Unknown};
pub use of::Of;
pub use packed::{Packed, Row, Select};
pub use post::Posting;
pub use read::{
    cases, definitions_in_use, directory, duties, entries, messages, rungs, staff_list, worklist,
};
pub use reading::{Reading, loaded};
pub use script::{Bad, Prefix, Script, Text, Value};
pub use worklist::Merging;
