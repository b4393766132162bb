//! The child's file 一人一档, and what every visit to a child has in common.

pub mod care_file;
pub mod visit_log;
