//! Random commands over all procedures: 100,000 on the memory store, 10,000 on SQLite. Every walk
//! comes into every procedure, and moves cases of it.

use hexacase::testing::MemoryStore;
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{
    reach::Reach,
    walk::{Ground, meta},
};

/// So many commands in all, split over seeds so that one failure names its seed.
const COMMANDS: usize = 100_000;
const SEEDS: [u64; 4] = [1, 2, 3, 4];

/// A walk that never came into a procedure would say nothing about it: of each, so many cases have
/// more than one entry in the end.
fn is_everywhere(reach: &Reach, moved: usize) {
    assert!(!reach.is_empty(), "there are no procedures");
    let short = reach.short_of(moved);
    assert!(short.is_empty(), "too little was done in {short:?}:\n{reach}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_people_do_the_trail_replays_and_every_open_case_is_on_somebodys_list() {
    let (mut commands, mut done, mut all) = (0, 0, Reach::default());
    for seed in SEEDS {
        let (meta, county) = meta(24, seed);
        let mut ground = Ground::new(MemoryStore::new(meta), &county, seed).await;
        let walked = ground.walk(COMMANDS / SEEDS.len()).await;
        ground.check().await;
        println!("seed {seed}: {walked:?}, {} duties", ground.duties().await);
        let reach = ground.reach().await;
        is_everywhere(&reach, 10);
        all.add(&reach);
        commands += walked.commands;
        done += walked.done;
    }
    println!("{commands} commands, {done} carried out\n{all}");
    assert!(commands >= COMMANDS);
    assert!(done * 10 > commands, "only {done} of {commands} commands were possible");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_holds_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let (meta, county) = meta(24, 5);
    let options = SqliteOptions::new(folder.path().join("walk.db"));
    let store = SqliteStore::connect(options).await.expect("a database");
    store.init(&meta).await.expect("an empty database");
    let mut ground = Ground::new(store, &county, 5).await;
    let walked = ground.walk(10_000).await;
    ground.check().await;
    println!("{walked:?}, {} duties", ground.duties().await);
    let reach = ground.reach().await;
    println!("{reach}");
    is_everywhere(&reach, 1);
    assert!(walked.commands >= 10_000);
}
