//! The six mechanisms 六项机制, in the order of the chain.

pub mod early_warning;
