//! What the SQL stores share: statement texts, the decoding of rows, and the meaning of errors.
//!
//! Only what two databases have in common stands here: every text takes `$1`-style parameters and
//! the placeholder `{prefix}`, every column is TEXT, an integer of 64 bits, bytes or a truth
//! value. How a batch is loaded and appended is each database's own dialect. Nothing here opens a
//! connection or runs a statement.

mod cells;
mod decode;
mod error;
mod read;
mod script;

pub use cells::{Cells, Record};
pub use decode::{
    ATTRIBUTE, BODY_JOIN, CASE, DUTY, NO_DATE, attribute, case, case_id, command,
    definition_in_use, duty, duty_kind, duty_row, entry, message, meta, rung, scope, staff,
};
pub use error::{Cause, failed};
pub use read::{cases, definitions_in_use, duties, entries, messages, rungs, staff_list};
pub use script::{Bad, Prefix, Script, Value};
