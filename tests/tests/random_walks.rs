//! 100,000 random commands over all procedures on the memory store.

use hexacase::testing::MemoryStore;
use hexacase_tests::walk::{Ground, meta};

/// So many commands in all, split over seeds so that one failure names its seed.
const COMMANDS: usize = 100_000;
const SEEDS: [u64; 4] = [1, 2, 3, 4];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_people_do_the_trail_replays_and_every_open_case_is_on_somebodys_list() {
    let (mut commands, mut done) = (0, 0);
    for seed in SEEDS {
        let (meta, county) = meta(24, seed);
        let mut ground = Ground::new(MemoryStore::new(meta), &county, seed).await;
        let walked = ground.walk(COMMANDS / SEEDS.len()).await;
        ground.check().await;
        println!("seed {seed}: {walked:?}, {} duties", ground.duties().await);
        commands += walked.commands;
        done += walked.done;
    }
    println!("{commands} commands, {done} carried out");
    assert!(commands >= COMMANDS);
    assert!(done * 10 > commands, "only {done} of {commands} commands were possible");
}
