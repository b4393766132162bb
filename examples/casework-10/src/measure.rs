//! What is measured: how long each step took to be acknowledged, and what it left behind.

use std::{fs, future::Future, sync::Arc, time::Duration};

use serde::Serialize;
use tokio::{task::JoinSet, time::Instant};

/// What a run came to. Its names are what scripts read.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measured {
    /// Who did the work.
    pub(crate) contestant: String,
    /// How many clients at once.
    pub(crate) clients: usize,
    /// Acknowledged steps a second; opening the cases does not count.
    pub(crate) tps: f64,
    /// Half of the steps were acknowledged within so many microseconds.
    pub(crate) p50_us: u64,
    /// 99 of 100 steps were.
    pub(crate) p99_us: u64,
    /// The steps.
    pub(crate) transitions: usize,
    /// The most memory the program had so far, in MiB.
    pub(crate) rss_mb: u64,
    /// What the database grew by for each step, in bytes, the cases' opening included.
    pub(crate) bytes_per_tr: u64,
    /// Statements for each step, where they are counted.
    pub(crate) statements_per_tr: Option<f64>,
    /// Awaited calls of the database for each step, where they are counted.
    pub(crate) calls_per_tr: Option<f64>,
    /// Flushes of the database's disk for each step, whoever caused them, where they are counted.
    pub(crate) flushes_per_tr: Option<f64>,
}

/// Has `clients` clients take every step of their share of `cases`, step by step as people work
/// through a queue, and measures each.
pub(crate) async fn run<F, R>(
    cases: usize,
    clients: usize,
    step: F,
) -> Result<(Duration, Vec<u64>), String>
where
    F: Fn(usize, usize) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), String>> + Send,
{
    let step = Arc::new(step);
    let mut running = JoinSet::new();
    let began = Instant::now();
    for client in 0..clients {
        let step = Arc::clone(&step);
        running.spawn(async move {
            let mut waits = Vec::new();
            for number in 0..10 {
                for case in (client..cases).step_by(clients) {
                    let asked = Instant::now();
                    step(case, number).await?;
                    waits.push(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX));
                }
            }
            Ok::<_, String>(waits)
        });
    }
    let mut all = Vec::new();
    while let Some(waits) = running.join_next().await {
        all.extend(waits.map_err(|problem| problem.to_string())??);
    }
    Ok((began.elapsed(), all))
}

impl Measured {
    /// What waits come to.
    pub(crate) fn of(contestant: &str, clients: usize, took: Duration, waits: Vec<u64>) -> Self {
        let mut waits = waits;
        waits.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "a rate is no count")]
        let tps = waits.len() as f64 / took.as_secs_f64();
        Self {
            contestant: contestant.to_owned(),
            clients,
            tps,
            p50_us: share(&waits, 50),
            p99_us: share(&waits, 99),
            transitions: waits.len(),
            rss_mb: most_memory(),
            bytes_per_tr: 0,
            statements_per_tr: None,
            calls_per_tr: None,
            flushes_per_tr: None,
        }
    }

    /// With what the database grew by.
    pub(crate) fn grew_by(mut self, bytes: u64) -> Self {
        self.bytes_per_tr = bytes / u64::try_from(self.transitions.max(1)).unwrap_or(1);
        self
    }

    /// With what the database was asked.
    pub(crate) fn asked(mut self, calls: u64, statements: u64) -> Self {
        self.calls_per_tr = Some(self.each(calls));
        self.statements_per_tr = Some(self.each(statements));
        self
    }

    /// With how often its disk was flushed, where that is known.
    pub(crate) fn flushed(mut self, flushes: Option<u64>) -> Self {
        self.flushes_per_tr = flushes.map(|count| self.each(count));
        self
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate is no count")]
    fn each(&self, count: u64) -> f64 {
        count as f64 / self.transitions.max(1) as f64
    }
}

/// The wait within which so many of a hundred were done; they are in order.
pub(crate) fn share(waits: &[u64], percent: usize) -> u64 {
    let at = waits.len().saturating_mul(percent) / 100;
    waits.get(at.min(waits.len().saturating_sub(1))).copied().unwrap_or(0)
}

/// A number drawn at random, the same for the same `seed` and `turn`, so that two runs ask for the
/// same. The mixing is that of `SplitMix64`.
pub(crate) fn drawn(seed: usize, turn: usize) -> usize {
    let turn = u64::try_from(turn).unwrap_or(0).wrapping_add(1);
    let seed = u64::try_from(seed).unwrap_or(0).wrapping_add(1).wrapping_mul(0xd134_2543_de82_ef95);
    let mut state = seed.wrapping_add(turn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((state ^ (state >> 31)) >> 1).unwrap_or(0)
}

/// Has Linux count the most memory anew; where it does not, what is told is that of the whole run.
pub(crate) fn forget_most_memory() {
    if let Err(problem) = fs::write("/proc/self/clear_refs", "5") {
        eprintln!("the most memory is that of the whole run: {problem}");
    }
}

/// The time that this program had on all cores, in seconds, as Linux tells it. A database server's
/// is not in it.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in brackets may have spaces in it; user and system time are the 12th and 13th after.
    let after = stat.rsplit_once(')').map(|(_, after)| after).unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory that the program had, in MiB, as Linux tells it.
pub(crate) fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1_024
}
