//! The engine on PostgreSQL: a random walk and a simulated county as on the other stores, and two
//! programs on one database at once.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use hexacase::{
    county,
    engine::{Command, Engine, EngineError, Receipt, VerifyOptions},
    store::CaseQuery,
    terms::{
        actor::Actor,
        area::AreaPurpose,
        id::{ActorId, CommandId},
    },
};
use hexacase_postgres::PostgresStore;
use hexacase_tests::{
    postgres,
    simulation::{Plan, simulate},
    walk::{Ground, meta},
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_people_do_the_trail_replays_on_postgres_too() {
    let (meta, county) = meta(24, 5);
    let store = PostgresStore::connect(postgres::options()).await.expect("a database");
    store.init(&meta).await.expect("an empty schema");
    let mut ground = Ground::new(store, &county, 5).await;
    let walked = ground.walk(5_000).await;
    ground.check().await;
    println!("{walked:?}, {} duties", ground.duties().await);
    assert!(walked.commands >= 5_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_invariant_of_a_simulated_county_holds_on_postgres_too() {
    let (meta, county) = meta(40, 9);
    let store = PostgresStore::connect(postgres::options()).await.expect("a database");
    store.init(&meta).await.expect("an empty schema");
    let plan = Plan { seed: 9, mischief: 150, keep: false, steps: Some(1_000) };
    let outcome = simulate(store, &county, plan).await;
    println!("{}", outcome.line());
    assert!(outcome.steps >= 750, "only {} steps", outcome.steps);
}

/// Two programs on one database, somebody of its directory, and a clue in his or her village.
async fn two_programs() -> (Engine, Engine, ActorId, Command) {
    let options = postgres::options();
    let (meta, county) = meta(8, 7);
    let store = PostgresStore::connect(options.clone()).await.expect("a database");
    store.init(&meta).await.expect("an empty schema");
    drop(Ground::new(store.clone(), &county, 7).await);
    let another = PostgresStore::connect(options).await.expect("the database");
    let open =
        async |store| county::setup(store).expect("definitions").open().await.expect("a set-up");
    let one = open(store).await;
    let two = open(another).await;
    let director = county
        .staff
        .iter()
        .find(|row| row.roles.iter().any(|role| role == "child_welfare_director"))
        .expect("a director");
    let form = json!({
        "source": "director", "facts": "样例线索", "seen_at": one.now(), "suspected_red": false,
        "description": "身份不明的示例儿童",
    });
    let clue = Command::open_named(
        Actor::at_work(director.id.clone()),
        "risk_alert",
        "register_clue",
        form,
    )
    .in_area(AreaPurpose::Residence, director.area.clone());
    (one, two, director.id.clone(), clue)
}

fn begin(who: &ActorId, opened: &Receipt) -> Command {
    let form = json!({ "verifier": "示例甲" });
    Command::fire_named(Actor::at_work(who.clone()), opened.case, "start_verification", form)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_programs_one_takes_the_step_and_the_other_sees_it() {
    let (one, two, who, clue) = two_programs().await;
    for _ in 0..30 {
        let opened = one.execute(clue.clone()).await.expect("an alert");
        let (left, right) =
            tokio::join!(one.execute(begin(&who, &opened)), two.execute(begin(&who, &opened)));
        let lost = match (left, right) {
            (Ok(_), lost) | (lost, Ok(_)) => lost,
            (left, right) => panic!("{left:?} {right:?}"),
        };
        assert!(matches!(lost, Err(EngineError::Refused(_))), "{lost:?}");
    }
    let verdict = two.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_both_get_is_carried_out_once_and_both_give_its_receipt() {
    let (one, two, _, clue) = two_programs().await;
    let all = CaseQuery { limit: 10_000, ..CaseQuery::default() };
    let before = one.cases(&all).await.expect("a list").len();
    for round in 1..=30_u8 {
        let command = clue.clone().with_id(CommandId::from_bytes([round; 16]));
        let (left, right) = tokio::join!(one.execute(command.clone()), two.execute(command));
        let (left, right) = (left.expect("a receipt"), right.expect("a receipt"));
        assert_eq!((left.case, left.hash), (right.case, right.hash), "round {round}");
    }
    assert_eq!(two.cases(&all).await.expect("a list").len(), before + 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_busy_programs_number_their_cases_without_a_gap() {
    let (one, two, who, clue) = two_programs().await;
    let mut tasks = Vec::new();
    for task in 0..16 {
        let engine = if task % 2 == 0 { one.clone() } else { two.clone() };
        let (who, clue) = (who.clone(), clue.clone());
        tasks.push(tokio::spawn(async move {
            for _ in 0..12 {
                let opened = engine.execute(clue.clone()).await.expect("an alert");
                engine.execute(begin(&who, &opened)).await.expect("a verification");
            }
        }));
    }
    for task in tasks {
        task.await.expect("a task");
    }
    let all = CaseQuery { limit: 10_000, ..CaseQuery::default() };
    let cases = one.cases(&all).await.expect("a list");
    let this_year = cases.iter().map(|case| case.number.year).max();
    let mut numbers: Vec<_> = cases
        .iter()
        .filter(|case| Some(case.number.year) == this_year)
        .map(|case| case.number.number)
        .collect();
    numbers.sort_unstable();
    assert!(numbers.len() >= 16 * 12, "only {} cases", numbers.len());
    let first = numbers.first().copied().expect("a number");
    let without_gap: Vec<i64> = (first..).take(numbers.len()).collect();
    assert_eq!(numbers, without_gap);
    let verdict = one.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:#?}", verdict.faults);
}
