//! What tests need, ours and those of hosts: a clock and a randomness that obey, a store that
//! forgets when the test ends, one that fails on request, the suite every store must pass, and a
//! checker of isolation. [`samples::cancel_after`] drops a future half way.
//!
//! Nothing here is for production: no call waits for a disk, and a wrong test ends in a panic.

mod block_on;
mod clock;
pub mod conformance;
mod entropy;
mod failing;
mod isolation;
mod memory;
pub mod samples;

pub use block_on::block_on;
pub use clock::ManualClock;
pub use conformance::Fixture;
pub use entropy::SeededEntropy;
pub use failing::{FailingStore, Fails};
pub use isolation::{Anomaly, Dependency, Edge, Explained, History, Transaction};
pub use memory::MemoryStore;
