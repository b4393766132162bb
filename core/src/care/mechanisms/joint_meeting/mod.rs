//! The mechanism 联席会议: meetings, the matters put before them, and the tasks that come out.

pub mod agenda_item;
