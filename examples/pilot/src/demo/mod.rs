//! A year of a county's work, played in virtual time through the engine's public API.
//!
//! Happenings reach the county as its files say; people with an account find what they owe and do
//! it, some late, some away. The same seed gives the same trail, byte for byte: time and
//! randomness come from here and from nowhere else.

mod agenda;
mod chain;
mod choices;
mod clock;
mod filler;
mod help;
mod import;
mod knowing;
mod meetings;
mod news;
mod people;
mod phrases;
mod play;
mod report;
mod run;
mod story;
mod text;

pub use chain::{Chain, MechanismCount, Returned};
pub use choices::shape;
pub use clock::{SeededEntropy, VirtualClock};
pub use filler::Filler;
pub use import::{
    directory_row, import_register, import_staff, open_file, register_form, subject_of, update_file,
};
pub use play::{Played, Player, Turn};
pub use report::{DemoResult, report};
pub use run::run;
pub use text::text;
