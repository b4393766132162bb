//! The pilot.
fn main() {}
