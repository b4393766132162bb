//! A played county on the memory store: what the pilot's demo rests on.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    county,
    store::Meta,
    terms::{actor::Actor, id::OriginId},
    testing::MemoryStore,
};
use hexacase_pilot::{
    county::{
        County,
        generate::{SAMPLE, generate},
    },
    demo::{self, Filler, Player, SeededEntropy, VirtualClock},
};

async fn play(county: &County, seed: u64) -> demo::DemoResult {
    let start = county.first_day().start().plus_hours(8);
    let clock = VirtualClock::at(start);
    let meta = Meta {
        realm: county.realm.clone(),
        name: county.name.clone(),
        origin: OriginId::from_bytes([6; 16]),
        created_at: start,
        demo: true,
    };
    let engine = county::setup(MemoryStore::new(meta))
        .expect("the definitions are well formed")
        .clock(clock.clone())
        .entropy(SeededEntropy::new(seed))
        .open()
        .await
        .expect("the set-up is complete");
    demo::import_staff(&engine, county).await.expect("the staff is well formed");
    let keeper = county.staff.iter().find(|row| row.roles.iter().any(|role| role == "data_admin"));
    let actor = Actor::at_work(keeper.expect("somebody keeps the register").id.clone());
    demo::import_register(&engine, &actor, &county.children, |_| ())
        .await
        .expect("every row can be opened");
    let units = county.units.iter().map(|unit| unit.id.to_string()).collect();
    let areas = county.areas.iter().map(|area| area.code.to_string()).collect();
    let file = serde_json::from_value(serde_json::json!({
        "sha256": "00".repeat(32), "name": "示例.txt", "media_type": "text/plain", "size": 3,
    }))
    .expect("a file");
    let filler = Filler::new(seed, vec![file], units, areas);
    let player = Player::new(&engine, &clock, county, filler, seed).await.expect("a player");
    let played = player.play(|_| ()).await.expect("the year can be played");
    let result =
        demo::report(&engine, county.children.len(), played, |_| ()).await.expect("a report");
    println!("{}", demo::text(&engine, county, &result, None));
    result
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_gives_the_same_trail() {
    let county = County::from_files(&generate(6, 60, 1, 2026)).expect("a generated county");
    let first = play(&county, 6).await;
    let second = play(&county, 6).await;
    assert_eq!(first.trail_digest, second.trail_digest);
    assert_eq!(first.verify.faults, 0, "{:?}", first.verify);
    assert!(first.steps > 500, "only {} steps", first.steps);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_county_shows_the_whole_chain() {
    let county = County::sample().expect("the sample county is well formed");
    let shown = play(&county, SAMPLE.seed).await;
    let chain = &shown.chain;
    assert_eq!(chain.mechanisms.len(), 6, "{:?}", chain.mechanisms);
    for mechanism in &chain.mechanisms {
        assert!(mechanism.ended > 0, "nothing came to its end: {mechanism:?}");
    }
    assert!(chain.children > 0, "no child went the whole chain");
    let done = chain.returned.iter().filter(|matter| matter.done_at.is_some());
    assert!(done.count() > 0, "the ladder brought nothing to the joint meeting and back");
    assert_eq!(shown.verify.faults, 0, "{:?}", shown.verify);
    // People who know their work are seldom refused; a play that blocks itself shows here.
    assert!(shown.refusals * 10 < shown.steps, "{:#?}", shown.refused);
}
