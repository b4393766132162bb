//! Every invariant of the simulation finds what it is there for: a true moment is made untrue, and
//! the checker says so.

use hexacase::testing::MemoryStore;
use hexacase_tests::{
    simulation::{
        Plan,
        invariant::{Verdict, all},
        plants::plant,
        simulate,
    },
    walk,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_invariant_finds_a_planted_violation() {
    let (meta, county) = walk::meta(40, 4);
    let plan = Plan { seed: 4, mischief: 400, keep: true, steps: Some(3_000) };
    let outcome = simulate(MemoryStore::new(meta), &county, plan).await;
    let any: Vec<_> = outcome.kept.values().flatten().cloned().collect();
    let mut blind = Vec::new();
    for invariant in all() {
        // Where its condition was not met in so short a time, any moment is made to meet it.
        let met = outcome.kept.get(invariant.name).filter(|met| !met.is_empty());
        let found = met.unwrap_or(&any).iter().any(|moment| {
            assert!(
                !matches!((invariant.check)(moment), Verdict::Broken(_)),
                "{} is broken before anything was planted",
                invariant.name
            );
            let mut moment = moment.clone();
            let planted = plant(invariant.name, &mut moment);
            planted == Some(true) && matches!((invariant.check)(&moment), Verdict::Broken(_))
        });
        if !found {
            blind.push((invariant.name, met.is_some()));
        }
    }
    assert!(blind.is_empty(), "planted and not found (name, whether it was met): {blind:?}");
}
