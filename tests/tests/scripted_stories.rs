//! What the procedures declare is reached: by scripted stories of what chance seldom brings about,
//! and by one small county whose people walk everywhere else. Every step of both is looked at.

use std::collections::BTreeSet;

use hexacase::{county::setup, testing::MemoryStore};
use hexacase_tests::simulation::{Outcome, Plan, county, simulate, stories};

/// What neither has to reach, and why.
const NOT_REACHED: &[(&str, &str)] = &[];

/// What made the stories necessary: even 200,000 steps of chance did not reach it, or hardly.
const TOLD: &[&str] = &[
    "agenda_item handoff L04.emergency_response",
    "emergency_response handoff H32",
    "emergency_response state closed_deceased",
    "emergency_response step change_carer",
    "emergency_response step discharge_to_guardian",
    "emergency_response step found_dead",
    "emergency_response step guardianship_refused",
    "emergency_response step widen_search",
    "listed_oversight step record_answer",
    "listed_oversight step send_inquiry",
    "meeting handoff H01",
    "meeting handoff H02",
    "meeting handoff L06",
    "meeting step fail_quorum",
    "referral handoff L11",
    "risk_alert duty other_channel",
    "risk_alert step second_failed_visit",
    "temporary_guardianship handoff H28",
    "temporary_guardianship handoff L14",
    "temporary_guardianship state ended_deceased",
    "temporary_guardianship step conclude_revocation",
];

/// The invariants that only a story meets for certain.
const MET: &[&str] =
    &["extension_stands", "merged_reporters_are_told", "provisional_fires_nothing"];

async fn told() -> Outcome {
    let (meta, county) = county(1, 60, 1);
    stories::tell(MemoryStore::new(meta), &county, 1).await
}

/// What an outcome did not reach.
async fn missing(outcome: &Outcome) -> BTreeSet<String> {
    let (meta, _) = county(1, 8, 1);
    let engine = setup(MemoryStore::new(meta)).map(|setup| async { setup.open().await });
    let Ok(opening) = engine else { panic!("the definitions are not well formed") };
    match opening.await {
        Ok(engine) => {
            println!("{}", outcome.coverage.table(&engine));
            outcome.coverage.missing(&engine)
        }
        Err(problem) => panic!("{problem}"),
    }
}

#[tokio::test]
async fn the_stories_reach_what_chance_seldom_does() {
    let told = told().await;
    println!("{}", told.line());
    let missing = missing(&told).await;
    let untold: Vec<_> = TOLD.iter().filter(|name| missing.contains(**name)).collect();
    assert!(untold.is_empty(), "{untold:#?}");
    let idle: Vec<_> = MET.iter().filter(|name| told.tally.count(name).met == 0).collect();
    assert!(idle.is_empty(), "{idle:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn everything_declared_is_reached_and_every_invariant_is_met() {
    let mut all = told().await;
    let (meta, county) = county(3, 30, 2);
    let plan = Plan { seed: 3, mischief: 60, keep: false, steps: None };
    all.add(&simulate(MemoryStore::new(meta), &county, plan).await);
    println!("{}", all.line());
    println!("{}", all.tally.table());
    let missing = missing(&all).await;
    let excused: BTreeSet<String> =
        NOT_REACHED.iter().map(|(name, _)| (*name).to_owned()).collect();
    let unreached: Vec<_> = missing.difference(&excused).collect();
    assert!(unreached.is_empty(), "declared, and not reached: {unreached:#?}");
    let reached: Vec<_> = excused.difference(&missing).collect();
    assert!(reached.is_empty(), "it is reached now; nothing has to excuse it: {reached:#?}");
    let untaken = all.coverage.missing_wide();
    assert!(untaken.is_empty(), "engine-wide steps that nobody took: {untaken:#?}");
    let idle = all.tally.never_met();
    assert!(idle.is_empty(), "the condition of these was never met: {idle:#?}");
}
