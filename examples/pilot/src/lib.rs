//! The pilot's library: a county as files, the sample county that ships with it, and a played
//! year of its work.

pub mod county;
pub mod demo;
pub(crate) mod random;
