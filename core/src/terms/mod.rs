//! The vocabulary every other floor speaks: ids, times, areas, actors, labels.
//!
//! Nothing here knows of procedures, stores or the law, and nothing here performs I/O but
//! [`time::SystemClock`] and [`entropy::SystemEntropy`], which exist to be handed in.

pub mod actor;
pub mod area;
pub mod canonical;
pub mod entropy;
pub mod evidence;
pub mod facts;
pub mod id;
pub mod label;
pub mod place;
pub mod strict_json;
pub mod strict_toml;
pub mod text;
pub mod time;
