//! The pilot's library: a county as files, and the sample county that ships with it.

pub mod county;
