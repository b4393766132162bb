//! The sweep of a county in which a hundredth of a million open duties fell due.

use clap::Args;
use serde::Serialize;
use tokio::time::Instant;

use crate::{
    bulk::{self, Load, SetClock},
    measure,
    place::{Kind, Outcome},
    report::{self, Row},
};

/// What is measured.
#[derive(Clone, Debug, Args)]
pub(crate) struct Sweep {
    /// Open duties, one in each case; one in a hundred is due 未完成的应办事项数
    #[arg(long, default_value_t = 100_000)]
    duties: usize,
    /// Cases about each child: those beside a case are loaded with it 每名儿童个案数
    #[arg(long, default_value_t = 3)]
    per_child: usize,
}

/// One sweep.
#[derive(Debug, Serialize)]
struct Line {
    task: &'static str,
    store: &'static str,
    open_duties: usize,
    sweep: &'static str,
    rungs: usize,
    left: usize,
    seconds: f64,
    cpu_seconds: f64,
    /// The most memory during the sweep, in MiB.
    rss_mb: u64,
    /// The memory before it, in MiB.
    rss_before_mb: u64,
}

impl Row for Line {
    const HEAD: &'static [&'static str] = &[
        "store",
        "open duties",
        "sweep",
        "rungs",
        "left",
        "seconds",
        "CPU s",
        "peak RSS MiB",
        "RSS before MiB",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.store.to_owned(),
            self.open_duties.to_string(),
            self.sweep.to_owned(),
            self.rungs.to_string(),
            self.left.to_string(),
            format!("{:.2}", self.seconds),
            format!("{:.2}", self.cpu_seconds),
            self.rss_mb.to_string(),
            self.rss_before_mb.to_string(),
        ]
    }
}

/// Measures.
pub(crate) async fn carry_out(
    kind: Kind,
    database: Option<&str>,
    sweep: &Sweep,
    json: bool,
) -> Outcome<()> {
    let load = Load { cases: sweep.duties, entries: 1, per_child: sweep.per_child };
    let (place, loaded) = bulk::make(kind, database, "sweep", load).await?;
    // Only the time is kept: the sweep's memory is its own.
    let now = loaded.now;
    drop(loaded);
    // The clock stands still, or a midnight during the loading would let more fall due.
    let engine = place.engine(SetClock::at(now)).await?;
    let mut lines = Vec::new();
    for which in ["the first", "again, nothing due"] {
        measure::forget_most_memory();
        let (rss_before_mb, cpu) = (measure::most_memory(), measure::cpu_seconds());
        let began = Instant::now();
        let swept = engine.sweep().await?;
        let seconds = began.elapsed().as_secs_f64();
        lines.push(Line {
            task: "sweep",
            store: kind.name(),
            open_duties: sweep.duties,
            sweep: which,
            rungs: swept.rungs,
            left: swept.left,
            seconds,
            cpu_seconds: measure::cpu_seconds() - cpu,
            rss_mb: measure::most_memory(),
            rss_before_mb,
        });
        eprintln!("{which}: {} rungs in {seconds:.2} s", swept.rungs);
    }
    report::print(&lines, json)?;
    drop(engine);
    place.remove().await
}
