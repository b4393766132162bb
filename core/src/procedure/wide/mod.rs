//! The engine-wide steps 通用办理 as data: what they are, what their forms ask for, who may take
//! them. The engine carries them out; the floor that knows the law fills in the table.

pub mod forms;
mod table;

pub use table::{Also, Second, SecondPersons, WideRule, WideStep, WideTable};
