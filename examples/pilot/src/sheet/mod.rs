//! Weekly sheets 周工作表 for a village without network: what somebody owes in a week, to be filled in
//! by hand or in a spreadsheet, and read back row by row.
//!
//! A sheet is not stored. What ties it to this database is in the sheet itself: its id, and a key
//! for each row, which no other case, duty or database gives. A row becomes a command whose id
//! follows from both, so reading a sheet twice records nothing twice.

pub mod columns;
pub mod fault;
mod filled;
mod id;
mod judge;
mod paper;
mod question;
mod week;
mod workbook;

pub use fault::SheetFault;
pub use filled::{Answer, CellFault, Filled, FilledRow};
pub use id::{RowId, SheetId, command_of};
pub use judge::{Claim, Judged, judge};
pub use paper::paper;
pub use question::{Asked, Question};
pub use week::{WeekRow, WeekSheet, monday_of};
pub use workbook::workbook;

pub(crate) use week::{asked_of, held};
