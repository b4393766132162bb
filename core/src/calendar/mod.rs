//! The work calendar, and the reckoning of legal periods with it.
//!
//! Which days are worked is data, one file for each year's holiday notice. A date that rests on
//! a year without its notice is provisional and says so; nothing here ever refuses to reckon
//! but [`Period::due_strict`](period::Period::due_strict), which was asked to. This floor knows
//! amounts and days; which limit of which law they belong to is the business of
//! [`duty`](crate::duty).

pub mod explain;
pub mod period;
pub mod work_calendar;
pub mod year;
