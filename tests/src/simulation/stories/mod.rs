//! Short stories of a county, for what chance seldom brings about. Each is about a child of its own
//! and says step for step what happens; who takes a step, and what its form says beside what
//! matters, comes from the county.

mod among_us;
mod emergencies;
mod guardianship;
mod help;
mod meetings;
mod reports;
mod warnings;

use hexacase::testing::MemoryStore;
use hexacase_pilot::county::County;

use super::{Outcome, teller::Teller};

/// Tells all stories in one county, on a store that was set up for it.
///
/// # Panics
/// When a step of a story cannot be taken, or an invariant does not hold after it.
pub async fn tell(store: MemoryStore, county: &County, seed: u64) -> Outcome {
    let mut teller = Teller::begin(store, county, seed).await;
    among_us::tell(&mut teller).await;
    emergencies::tell(&mut teller).await;
    help::tell(&mut teller).await;
    meetings::tell(&mut teller).await;
    reports::tell(&mut teller).await;
    warnings::tell(&mut teller).await;
    // These take a year, in which what the others left open grows late.
    guardianship::tell(&mut teller).await;
    teller.end().await
}
