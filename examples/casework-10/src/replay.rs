//! Checking and replaying a whole trail.

use clap::Args;
use hexacase::{
    engine::{Engine, VerifyOptions},
    store::CaseQuery,
    terms::id::CaseId,
};
use indicatif::ProgressBar;
use serde::Serialize;
use tokio::time::Instant;

use crate::{
    bulk::{self, Load},
    measure,
    place::{Kind, Outcome},
    report::{self, Row},
};

/// What is measured.
#[derive(Clone, Debug, Args)]
pub(crate) struct Replay {
    /// Entries in all 留痕总数
    #[arg(long, default_value_t = 100_000)]
    entries: usize,
    /// Entries of each case 每案留痕数
    #[arg(long, default_value_t = 10)]
    per_case: usize,
}

/// One way through all entries.
#[derive(Debug, Serialize)]
struct Line {
    task: &'static str,
    store: &'static str,
    what: &'static str,
    entries: u64,
    /// What is not as the trail says, or a date that is not as the calendar says.
    faults: usize,
    seconds: f64,
    cpu_seconds: f64,
    entries_per_s: f64,
    rss_mb: u64,
}

impl Row for Line {
    const HEAD: &'static [&'static str] =
        &["store", "what", "entries", "faults", "seconds", "CPU s", "entries/s", "RSS MiB"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.store.to_owned(),
            self.what.to_owned(),
            self.entries.to_string(),
            self.faults.to_string(),
            format!("{:.2}", self.seconds),
            format!("{:.2}", self.cpu_seconds),
            format!("{:.0}", self.entries_per_s),
            self.rss_mb.to_string(),
        ]
    }
}

/// Measures.
pub(crate) async fn carry_out(
    kind: Kind,
    database: Option<&str>,
    replay: &Replay,
    json: bool,
) -> Outcome<()> {
    let entries = replay.per_case.max(1);
    let cases = replay.entries.div_ceil(entries);
    let load = Load { cases, entries, per_child: 1 };
    let (place, _) = bulk::make(kind, database, "replay", load).await?;
    let engine = place.engine_now().await?;
    let mut lines = Vec::new();
    for what in [
        "verify",
        "verify, and decide again",
        "replay, case by case",
        "open deadlines reckoned anew",
    ] {
        let progress = ProgressBar::new(u64::try_from(cases)?).with_message(what);
        let cpu = measure::cpu_seconds();
        let began = Instant::now();
        let (entries, faults) = match what {
            "verify" => verify(&engine, false, &progress).await?,
            "verify, and decide again" => verify(&engine, true, &progress).await?,
            "replay, case by case" => (replayed(&engine, &progress).await?, 0),
            _ => {
                // One in each case. Nothing moves, since they were reckoned with this calendar.
                (u64::try_from(cases)?, engine.reproject(false).await?.len())
            }
        };
        let seconds = began.elapsed().as_secs_f64();
        progress.finish_and_clear();
        #[expect(clippy::cast_precision_loss, reason = "a rate is no count")]
        let entries_per_s = entries as f64 / seconds;
        lines.push(Line {
            task: "replay",
            store: kind.name(),
            what,
            entries,
            faults,
            seconds,
            cpu_seconds: measure::cpu_seconds() - cpu,
            entries_per_s,
            rss_mb: measure::most_memory(),
        });
        eprintln!("{what}: {entries} entries in {seconds:.2} s, {faults} faults");
    }
    report::print(&lines, json)?;
    drop(engine);
    place.remove().await
}

async fn verify(engine: &Engine, redecide: bool, progress: &ProgressBar) -> Outcome<(u64, usize)> {
    let options = VerifyOptions { redecide };
    let verdict = engine.verify(options, |done| progress.set_position(done)).await?;
    for fault in verdict.faults.iter().take(3) {
        eprintln!("{}: {}", fault.case, fault.problem);
    }
    Ok((verdict.entries, verdict.faults.len()))
}

/// Folds the entries of every case, as showing one does.
async fn replayed(engine: &Engine, progress: &ProgressBar) -> Outcome<u64> {
    let (mut after, mut entries): (Option<CaseId>, u64) = (None, 0);
    loop {
        let query = CaseQuery { after, limit: 200, ..CaseQuery::default() };
        let page = engine.cases(&query).await?;
        let Some(last) = page.last() else { return Ok(entries) };
        after = Some(last.facts.id);
        for case in page {
            let detail = engine.case(case.facts.id).await?;
            let told = detail.image.facts.revision.get();
            if detail.image.facts != case.facts {
                return Err(format!("`{}` is not as its entries say", case.facts.id).into());
            }
            entries = entries.saturating_add(u64::try_from(told)?);
            progress.inc(1);
        }
    }
}
