//! The six mechanisms 六项机制 of the county's scheme, each a folder of procedures, in the order of
//! the chain. What a mechanism hands to another one stands in [`chain`](super::chain).

pub mod assessment;
pub mod custody_ledger;
pub mod early_warning;
pub mod emergency_response;
mod filled;
pub mod guardianship;
pub mod joint_meeting;
pub mod linked_data;
pub mod mandatory_report;
