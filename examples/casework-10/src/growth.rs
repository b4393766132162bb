//! What becomes of a step when the database grows: the same steps on cases drawn at random from one
//! thousand, ten thousand, a hundred thousand stored ones.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use clap::Args;
use hexacase::engine::Engine;
use serde::Serialize;

use crate::{
    back_and_forth::MOVES,
    bulk::{self, Load, Loaded},
    measure::{self, Measured},
    place::{Kind, Outcome, Place},
    report::{self, Row},
};

/// What is measured.
#[derive(Clone, Debug, Args)]
pub(crate) struct Growth {
    /// Stored cases; each is a database of its own 已存个案数
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000])]
    sizes: Vec<usize>,
    /// Entries of each case 每案留痕数
    #[arg(long, default_value_t = 10)]
    entries: usize,
    /// Clients at once 同时的用户数
    #[arg(long, value_delimiter = ',', default_values_t = [1, 64])]
    clients: Vec<usize>,
    /// Steps of each round 每轮办理数
    #[arg(long, default_value_t = 2_000)]
    steps: usize,
    /// Rounds; the sizes take turns, and the middle one counts 轮数
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// A size at a number of clients.
#[derive(Debug, Serialize)]
struct Line {
    task: &'static str,
    store: &'static str,
    stored_cases: usize,
    stored_entries: usize,
    clients: usize,
    tps: f64,
    p50_us: u64,
    p99_us: u64,
    /// The median, over the rounds, of the ratio to the smallest size in the same round.
    relative: f64,
    /// What the loaded database took for each entry.
    bytes_per_entry: u64,
    rss_mb: u64,
}

impl Row for Line {
    const HEAD: &'static [&'static str] = &[
        "store",
        "stored cases",
        "clients",
        "steps/s",
        "p50 us",
        "p99 us",
        "to the smallest",
        "bytes/entry",
        "RSS MiB",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.store.to_owned(),
            self.stored_cases.to_string(),
            self.clients.to_string(),
            format!("{:.0}", self.tps),
            self.p50_us.to_string(),
            self.p99_us.to_string(),
            format!("{:.2}", self.relative),
            self.bytes_per_entry.to_string(),
            self.rss_mb.to_string(),
        ]
    }
}

/// A loaded database.
struct Grown {
    size: usize,
    bytes: u64,
    place: Place,
    engine: Engine,
    stored: Arc<Stored>,
    /// What each round gave, by number of clients in their order.
    runs: Vec<Vec<Measured>>,
}

/// The cases, and which of them are in the second state.
struct Stored {
    loaded: Loaded,
    there: Vec<AtomicBool>,
}

/// Measures.
pub(crate) async fn carry_out(
    kind: Kind,
    database: Option<&str>,
    growth: &Growth,
    json: bool,
) -> Outcome<()> {
    let mut sizes = growth.sizes.clone();
    sizes.sort_unstable();
    let mut grown = Vec::new();
    for size in sizes {
        let load = Load { cases: size, entries: growth.entries, per_child: 1 };
        let (place, loaded) = bulk::make(kind, database, &size.to_string(), load).await?;
        let moves = growth.entries.saturating_sub(1);
        let there = loaded.cases.iter().map(|_| AtomicBool::new(moves % 2 == 1)).collect();
        let stored = Arc::new(Stored { loaded, there });
        let engine = place.engine_now().await?;
        // What a first step prepares is not measured, nor is what the first ones read from disk.
        steps(&engine, &stored, growth.steps / 10, 1, 0).await?;
        let runs = growth.clients.iter().map(|_| Vec::new()).collect();
        let bytes = place.bytes().await?;
        grown.push(Grown { size, bytes, place, engine, stored, runs });
    }
    for round in 0..growth.rounds {
        for (at, clients) in growth.clients.iter().enumerate() {
            if round % 2 == 1 {
                grown.reverse();
            }
            for of_size in &mut grown {
                let Grown { size, engine, stored, runs, .. } = of_size;
                let seed = round.saturating_mul(growth.clients.len()).saturating_add(at + 1);
                let measured = steps(engine, stored, growth.steps, *clients, seed).await?;
                eprintln!(
                    "{}/{}: {size} cases, {clients} clients: {:.0} steps/s",
                    round + 1,
                    growth.rounds,
                    measured.tps
                );
                if let Some(runs) = runs.get_mut(at) {
                    runs.push(measured);
                }
            }
            if round % 2 == 1 {
                grown.reverse();
            }
        }
    }
    report::print(&lines(kind, growth, &grown), json)?;
    for of_size in grown {
        drop(of_size.engine);
        of_size.place.remove().await?;
    }
    Ok(())
}

fn lines(kind: Kind, growth: &Growth, grown: &[Grown]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, clients) in growth.clients.iter().enumerate() {
        let smallest = grown.first().and_then(|grown| grown.runs.get(at));
        for of_size in grown {
            let (Some(smallest), Some(runs)) = (smallest, of_size.runs.get(at)) else { continue };
            let ratios = runs.iter().zip(smallest).map(|(own, least)| own.tps / least.tps);
            let relative = report::median(ratios.collect());
            let mut sorted: Vec<&Measured> = runs.iter().collect();
            sorted.sort_by(|a, b| a.tps.total_cmp(&b.tps));
            let Some(middle) = sorted.get(sorted.len() / 2) else { continue };
            let entries = of_size.size.saturating_mul(growth.entries);
            lines.push(Line {
                task: "growth",
                store: kind.name(),
                stored_cases: of_size.size,
                stored_entries: entries,
                clients: *clients,
                tps: middle.tps,
                p50_us: middle.p50_us,
                p99_us: middle.p99_us,
                relative,
                bytes_per_entry: of_size.bytes / u64::try_from(entries.max(1)).unwrap_or(1),
                rss_mb: middle.rss_mb,
            });
        }
    }
    lines
}

/// Has clients take steps, each on a case drawn at random from its share of all.
async fn steps(
    engine: &Engine,
    stored: &Arc<Stored>,
    steps: usize,
    clients: usize,
    seed: usize,
) -> Outcome<Measured> {
    let all = stored.loaded.cases.len();
    if all < clients {
        return Err(format!("expected at least {clients} cases, found {all}").into());
    }
    let (engine, stored) = (engine.clone(), Arc::clone(stored));
    // The runner gives every client ten times its share of these numbers.
    let turns = (steps / 10).max(clients);
    let (took, waits) = measure::run(turns, clients, move |turn, number| {
        let draw = measure::drawn(seed, turn.saturating_mul(10).saturating_add(number));
        let client = turn % clients;
        let share = (all - client).div_ceil(clients).max(1);
        let at = client.saturating_add(clients.saturating_mul(draw % share));
        let (engine, stored) = (engine.clone(), Arc::clone(&stored));
        async move {
            let case = stored.loaded.cases.get(at).zip(stored.there.get(at));
            let Some(((case, village), there)) = case else {
                return Err("there is no such case".to_owned());
            };
            let village = stored.loaded.villages.get(*village).ok_or("there is no such village")?;
            let [forth, back] = MOVES;
            let name = if there.load(Ordering::Relaxed) { back } else { forth };
            let done = engine.execute(bulk::step(village, *case, name)).await;
            done.map_err(|problem| problem.to_string())?;
            there.fetch_xor(true, Ordering::Relaxed);
            Ok(())
        }
    })
    .await?;
    Ok(Measured::of("engine", clients, took, waits))
}
