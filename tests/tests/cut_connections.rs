//! The connection to PostgreSQL is cut after every so many bytes that the client sent, and after every
//! so many that the server answered, from the first greeting to the answer of the commit: what became
//! of the step is settled by its command id, and it is never done twice.
//!
//! The long form cuts eight times as often:
//! `HEXACASE_LONG=1 tests/postgres run cargo test -p hexacase-tests --test cut_connections -- --nocapture`.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::env;

use hexacase::{
    engine::{Command, Engine, EngineError, Receipt, VerifyOptions},
    store::CaseQuery,
    testing::ManualClock,
};
use hexacase_postgres::{PostgresOptions, PostgresStore};
use hexacase_tests::{
    postgres,
    proxy::{Cut, Proxy},
    small::{self, at},
};

/// Cuts in each direction, beside those of the last bytes.
const SHORT: u64 = 40;
const LONG: u64 = 320;
/// The last bytes, which are cut one by one.
const END: u64 = 40;

fn clue(number: u64) -> Command {
    small::clue().with_id(small::numbered(number))
}

async fn engine(store: PostgresStore) -> Engine {
    small::engine(store, ManualClock::at(at("2026-03-02 09:00"))).await
}

/// A program that reaches the server through the proxy: it opens the database and takes one step.
async fn step(options: &PostgresOptions, number: u64) -> Option<Result<Receipt, EngineError>> {
    let store = PostgresStore::connect(options.clone()).await.ok()?;
    let setup = hexacase::county::setup(store).expect("definitions");
    let engine = setup.clock(ManualClock::at(at("2026-03-02 09:00"))).open().await.ok()?;
    Some(engine.execute(clue(number)).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_anywhere_never_does_a_step_twice() {
    let direct = postgres::options();
    let store = PostgresStore::connect(direct.clone()).await.expect("a database");
    store.init(&small::meta()).await.expect("an empty schema");
    let whole = engine(store).await;
    small::people(&whole).await;
    let proxy = Proxy::to(postgres::socket()).await;
    let mut options = direct;
    options.url = format!("postgres://hexacase@127.0.0.1:{}/postgres", proxy.port);
    options.readers = 1;

    // What a step takes when nothing is cut. The connection that writes is the one that sends most.
    step(&options, 0).await.expect("a connection").expect("a step");
    let carried = proxy.carried();
    let writer = (0..carried.len()).max_by_key(|at| carried[*at].0).expect("a connection");
    let (client, server) = carried[writer];
    let cuts = if env::var_os("HEXACASE_LONG").is_some() { LONG } else { SHORT };
    let (mut refused, mut failed, mut acknowledged, mut unknown) = (0, 0, 0, 0);
    let mut steps = 0;
    let of_client = |bytes| Cut::Client { connection: writer, bytes };
    let of_server = |bytes| Cut::Server { connection: writer, bytes };
    let directions: [(u64, &dyn Fn(u64) -> Cut); 2] = [(client, &of_client), (server, &of_server)];
    for (most, cut) in directions {
        // All over the exchange, and at every byte of its end, where the commit is.
        let ends = most.saturating_sub(END)..=most;
        for at in (0..cuts).map(|at| most * at / cuts).chain(ends) {
            steps += 1;
            proxy.cut(cut(at));
            let answer = step(&options, steps).await;
            proxy.cut(Cut::Never);
            let settled = whole.execute(clue(steps)).await.expect("the same command again");
            match answer {
                None => refused += 1,
                Some(Ok(receipt)) => {
                    assert!(settled.repeated, "step {steps} was acknowledged and is lost");
                    assert_eq!((receipt.case, receipt.hash), (settled.case, settled.hash));
                    acknowledged += 1;
                }
                Some(Err(EngineError::Refused(refusal))) => panic!("step {steps}: {refusal}"),
                Some(Err(_)) if settled.repeated => unknown += 1,
                Some(Err(_)) => failed += 1,
            }
        }
    }
    println!(
        "{steps} cuts within {client} bytes sent and {server} answered: {refused} before a step, {failed} \
         steps not done, {unknown} done without an answer, {acknowledged} done"
    );
    assert!(unknown > 0 && failed > 0 && acknowledged > 0, "the cuts did not meet the commit");
    let alerts = CaseQuery {
        procedure: Some("risk_alert".to_owned()),
        limit: 100_000,
        ..CaseQuery::default()
    };
    let cases = whole.cases(&alerts).await.expect("a list").len();
    assert_eq!(u64::try_from(cases).ok(), Some(steps + 1), "one case for each command");
    let verdict = whole.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
    assert!(verdict.is_clean(), "{:?}", verdict.faults);
}
