//! The mechanism 联席会议: meetings, the matters put before them, and the tasks that come out.
//!
//! An item is accepted for a meeting and then stands on its list; the meeting takes it up, and it
//! is settled before the minutes are issued. What is adopted becomes action items, each once.
//! Everything about a child stays in the child's own cases: meetings and items name them by id.
//!
//! Sources: 国办函〔2016〕30号 for the national joint meeting (yearly plenary in principle, no seal
//! and no formal document of its own); the rest is practice, and the county decides.

pub mod action_item;
pub mod agenda_item;
pub mod meeting;
mod task;

pub use task::Task;
