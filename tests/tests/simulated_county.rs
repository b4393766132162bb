//! Counties of 200 children over three years, every invariant looked at after every step.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{store::Meta, terms::id::OriginId, testing::MemoryStore};
use hexacase_pilot::county::{County, generate::generate};
use hexacase_tests::simulation::{Outcome, Plan, simulate};

fn county(seed: u64, children: usize, years: u32) -> (Meta, County) {
    let files = generate(seed, children, years, 2026);
    let county = County::from_files(&files).expect("a generated county is well formed");
    let meta = Meta {
        realm: county.realm.clone(),
        name: county.name.clone(),
        origin: OriginId::from_bytes([8; 16]),
        created_at: county.first_day().start(),
        demo: true,
    };
    (meta, county)
}

async fn on_memory(seeds: &[u64]) -> Outcome {
    let mut all = Outcome::default();
    for seed in seeds {
        let (meta, county) = county(*seed, 200, 3);
        let plan = Plan { seed: *seed, mischief: 60, keep: false, steps: None };
        let outcome = simulate(MemoryStore::new(meta), &county, plan).await;
        println!("seed {seed}: {}", outcome.line());
        all.add(&outcome);
    }
    println!("{}\n{}", all.line(), all.tally.table());
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn whatever_happens_in_a_county_every_invariant_holds() {
    let all = on_memory(&[1]).await;
    let (meta, _) = county(1, 8, 1);
    let engine = hexacase::county::setup(MemoryStore::new(meta)).expect("definitions");
    let engine = engine.open().await.expect("a set-up");
    println!("{}", all.coverage.table(&engine));
}
