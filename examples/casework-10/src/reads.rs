//! What people ask for, in a database of a county's size.

use clap::Args;
use hexacase::{engine::Engine, store::CaseQuery, terms::id::CaseId};
use indicatif::ProgressBar;
use serde::Serialize;
use tokio::time::Instant;

use crate::{
    bulk::{self, Load, Loaded},
    measure,
    place::{Kind, Outcome},
    report::{self, Row},
    villages,
};

/// What is measured.
#[derive(Clone, Debug, Args)]
pub(crate) struct Reads {
    /// Stored cases, each with an open duty 已存个案数
    #[arg(long, default_value_t = 100_000)]
    cases: usize,
    /// Entries of each case 每案留痕数
    #[arg(long, default_value_t = 10)]
    entries: usize,
    /// Entries of the long case 长案留痕数
    #[arg(long, default_value_t = 1_000)]
    history: usize,
    /// How often each is asked for 次数
    #[arg(long, default_value_t = 1_000)]
    calls: usize,
}

/// Cases about each child.
const PER_CHILD: usize = 3;
const PAGE: u32 = 50;

/// One question.
#[derive(Debug, Serialize)]
struct Line {
    task: &'static str,
    store: &'static str,
    stored_cases: usize,
    stored_entries: usize,
    read: &'static str,
    calls: usize,
    /// Rows of one answer, on average.
    rows: f64,
    p50_us: u64,
    p99_us: u64,
}

impl Row for Line {
    const HEAD: &'static [&'static str] =
        &["store", "stored cases", "what", "calls", "rows", "p50 us", "p99 us"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.store.to_owned(),
            self.stored_cases.to_string(),
            self.read.to_owned(),
            self.calls.to_string(),
            format!("{:.1}", self.rows),
            self.p50_us.to_string(),
            self.p99_us.to_string(),
        ]
    }
}

/// The questions, as they are printed.
const READS: [&str; 8] = [
    "worklist of a village's director, page of 50",
    "worklist of a town, page of 50",
    "worklist of the whole county, page of 50",
    "overdue, page of 50",
    "overdue of a town, page of 50",
    "a child with all cases",
    "one case",
    "history of the long case",
];

/// Measures.
pub(crate) async fn carry_out(
    kind: Kind,
    database: Option<&str>,
    reads: &Reads,
    json: bool,
) -> Outcome<()> {
    let load = Load { cases: reads.cases, entries: reads.entries, per_child: PER_CHILD };
    let (place, loaded) = bulk::make(kind, database, "reads", load).await?;
    let engine = place.engine_now().await?;
    let village = loaded.villages.first().ok_or("there is no village")?;
    let long = bulk::open(&engine, village).await?;
    bulk::moved(&engine, village, long, reads.history.saturating_sub(1)).await?;
    let mut lines = Vec::new();
    for (which, read) in READS.iter().enumerate() {
        // What takes long is asked for less often, but often enough for a p99.
        let calls = if which == 7 { reads.calls.min(200) } else { reads.calls };
        let progress = ProgressBar::new(u64::try_from(calls)?).with_message(*read);
        let (mut waits, mut rows) = (Vec::new(), 0_usize);
        // The first tenth prepares statements and warms the cache.
        for call in 0..calls.saturating_add(calls / 10) {
            let asked = Instant::now();
            let found = ask(&engine, &loaded, long, which, call).await?;
            if call >= calls / 10 {
                waits.push(u64::try_from(asked.elapsed().as_micros())?);
                rows = rows.saturating_add(found);
                progress.inc(1);
            }
        }
        progress.finish_and_clear();
        waits.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "an average is no count")]
        let each = rows as f64 / calls.max(1) as f64;
        let (p50_us, p99_us) = (measure::share(&waits, 50), measure::share(&waits, 99));
        lines.push(Line {
            task: "reads",
            store: kind.name(),
            stored_cases: reads.cases,
            stored_entries: reads.cases.saturating_mul(reads.entries),
            read,
            calls,
            rows: each,
            p50_us,
            p99_us,
        });
        eprintln!("{read}: p50 {p50_us} us, p99 {p99_us} us");
    }
    report::print(&lines, json)?;
    drop(engine);
    place.remove().await
}

/// Asks one question, about somebody drawn at random, and tells how many rows came.
async fn ask(
    engine: &Engine,
    loaded: &Loaded,
    long: CaseId,
    which: usize,
    call: usize,
) -> Outcome<usize> {
    let draw = measure::drawn(which, call);
    Ok(match which {
        0 => {
            let at = draw % loaded.villages.len();
            let village = loaded.villages.get(at).ok_or("there is no such village")?;
            engine.worklist(&bulk::director(village), None, PAGE).await?.items.len()
        }
        1 => engine.worklist(&villages::of_a_town(), None, PAGE).await?.items.len(),
        2 => engine.worklist(&villages::of_the_county(), None, PAGE).await?.items.len(),
        3 => engine.overdue(None, None, PAGE).await?.len(),
        4 => {
            let town = loaded.villages.get(draw % loaded.villages.len());
            let town = town.and_then(|village| village.area.as_str().get(..9)).unwrap_or_default();
            engine.overdue(Some(&town.parse()?), None, PAGE).await?.len()
        }
        5 => {
            let child = loaded.children.get(draw % loaded.children.len().max(1)).copied();
            let query = CaseQuery { subject: child, limit: PAGE, ..CaseQuery::default() };
            engine.cases(&query).await?.len()
        }
        6 => {
            let case = loaded.cases.get(draw % loaded.cases.len()).ok_or("there is no case")?;
            engine.case(case.0).await?.image.duties.len()
        }
        _ => engine.history(long).await?.len(),
    })
}
