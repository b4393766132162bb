//! `agenda_item` 议题: a matter put before the joint meeting.

mod proposal;

pub use proposal::ProposeItem;
