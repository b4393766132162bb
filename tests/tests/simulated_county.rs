//! Counties of 200 children over three years, every invariant looked at after every step.
//!
//! Two tests share 200,000 steps, so that a runner with two cores spreads them. The long form, a
//! million steps, is asked for with the environment variable `HEXACASE_LONG=1`; it takes longer than
//! a runner of tests may allow, so run it with
//! `HEXACASE_LONG=1 cargo test -p hexacase-tests --test simulated_county -- --nocapture`.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::env;

use hexacase::testing::MemoryStore;
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::simulation::{Outcome, Plan, county, simulate};

/// Steps of the short form and of the long one, and over how many tests they are spread.
const SHORT: u64 = 200_000;
const LONG: u64 = 1_000_000;
const SHARES: u64 = 2;

/// So many unasked, wrong or repeated commands for a hundred that people owe: a county of 200
/// children then takes about 100,000 steps in its three years.
const MISCHIEF: usize = 30;

/// One county after the other, each to its end, until the share is reached.
async fn share(which: u64) {
    let long = env::var_os("HEXACASE_LONG").is_some();
    let wanted = if long { LONG } else { SHORT } / SHARES;
    let mut all = Outcome::default();
    let mut seed = which;
    while all.steps < wanted {
        let (meta, county) = county(seed, 200, 3);
        let plan = Plan { seed, mischief: MISCHIEF, keep: false, steps: None };
        let outcome = simulate(MemoryStore::new(meta), &county, plan).await;
        println!("seed {seed}: {}", outcome.line());
        all.add(&outcome);
        seed += SHARES;
    }
    let form = if long { "long" } else { "short" };
    println!("{form} form, share {which} of {SHARES}: {}", all.line());
    println!("{}", all.tally.table());
    let (meta, _) = county(1, 8, 1);
    let engine = hexacase::county::setup(MemoryStore::new(meta)).expect("the definitions");
    let engine = engine.open().await.expect("a set-up");
    println!("{}", all.coverage.table(&engine));
    assert!(all.steps >= wanted, "only {} steps", all.steps);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_invariant_holds_after_every_step_of_the_first_share() {
    share(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_invariant_holds_after_every_step_of_the_second_share() {
    share(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_same_holds_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let (meta, county) = county(9, 40, 1);
    let options = SqliteOptions::new(folder.path().join("county.db"));
    let store = SqliteStore::connect(options).await.expect("a database");
    store.init(&meta).await.expect("an empty database");
    let plan = Plan { seed: 9, mischief: 150, keep: false, steps: Some(2_000) };
    let outcome = simulate(store, &county, plan).await;
    println!("{}", outcome.line());
    assert!(outcome.steps >= 1_500, "only {} steps", outcome.steps);
}
