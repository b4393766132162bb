//! How a simulated county begins: its people and its register are in the engine, and nothing was
//! done yet.

use std::{collections::VecDeque, sync::Arc};

use hexacase::{
    engine::Engine,
    store::{Meta, Store},
    terms::id::OriginId,
};
use hexacase_pilot::{
    county::{County, generate::generate},
    demo::{self, Filler, SeededEntropy, VirtualClock},
};
use serde_json::json;

use super::{
    Simulation,
    mirror::Mirror,
    moment::Act,
    outcome::{Outcome, Plan},
    staffing::{self, Staffing},
};
use crate::mischief::Mischief;

/// An invented county of so many children, whose files tell of so many years, and what its
/// database says of itself.
///
/// # Panics
/// When the generated files are not well formed.
#[must_use]
pub fn county(seed: u64, children: usize, years: u32) -> (Meta, County) {
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

/// Sets a county up on a store. What is imported is looked at like any other step.
pub(super) async fn begin<S: Store + Clone>(
    store: S,
    county: &County,
    plan: Plan,
) -> (Simulation<S>, VirtualClock) {
    let start = county.first_day().start().plus_hours(8);
    let clock = VirtualClock::at(start);
    let engine = open(&store, &clock, plan.seed, county.first_year).await;
    demo::import_staff(&engine, county).await.expect("the staff is well formed");
    let staffing = Staffing::of(&engine).await;
    let keeper = staffing.keeper();
    let files = demo::import_register(&engine, &keeper, &county.children, |_| ()).await;
    files.expect("every row can be opened");
    let people = county.staff.iter().map(|row| row.id.clone()).collect();
    let ground = staffing.ground(&engine);
    let mut simulation = Simulation {
        mirror: Mirror::new(Arc::new(store.clone())),
        store,
        plan,
        engine,
        clock: clock.clone(),
        last: start,
        mischief: Mischief::new(plan.seed, filler(county, plan.seed + 1), people),
        staffing,
        ground,
        known: VecDeque::new(),
        noticed: county.first_year,
        outcome: Outcome::default(),
    };
    simulation.look(Act::StaffChanged, None).await;
    (simulation, clock)
}

/// Whoever fills in the forms of a county.
pub(super) fn filler(county: &County, seed: u64) -> Filler {
    let file = json!({"sha256": "00".repeat(32), "name": "示例.txt", "media_type": "text/plain", "size": 3});
    let files = vec![serde_json::from_value(file).expect("an attachment")];
    let units = county.units.iter().map(|unit| unit.id.to_string()).collect();
    let areas = county.areas.iter().map(|area| area.code.to_string()).collect();
    let liaisons =
        county.staff.iter().filter(|row| row.roles.iter().any(|it| it == "member_liaison"));
    let members = liaisons.map(|row| row.unit.to_string()).collect();
    Filler::new(seed, files, units, areas).with_members(members)
}

/// An engine with the holiday notices of the years up to this one.
pub(super) async fn open<S: Store + Clone>(
    store: &S,
    clock: &VirtualClock,
    seed: u64,
    year: i32,
) -> Engine {
    hexacase::county::setup(store.clone())
        .expect("the definitions are well formed")
        .clock(clock.clone())
        .entropy(SeededEntropy::new(seed.wrapping_mul(31).wrapping_add(year.unsigned_abs().into())))
        .calendar(staffing::calendar(year).expect("a calendar"))
        .open()
        .await
        .expect("the set-up is complete")
}
