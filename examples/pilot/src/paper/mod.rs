//! Forms on paper 文书: what a case holds, as A4 pages for signature, seal and file.
//!
//! A paper never says what the case does not hold: what is missing is an empty line, to be filled
//! in by hand. What may stand on it is decided by [`Sight`]; who reported stands on the report
//! itself at most, and no child on a notice of oversight.

mod beside;
pub mod dossier;
mod forms;
pub mod html;
pub mod layout;
mod names;
mod reading;
mod sight;

pub use dossier::{Dossier, Filed, Step, Title};
pub use forms::{FORMS, Form, Withheld};
pub use names::Names;
pub use sight::Sight;

pub(crate) use dossier::file_of;
pub(crate) use sight::takes_part;
