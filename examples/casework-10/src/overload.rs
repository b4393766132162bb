//! More steps than the store can take. How long do those wait that are taken in, how soon is it told to
//! those that are not, and is anything lost?
//!
//! The capacity is measured first. Then steps come at many times its rate, as an open loop: nobody
//! waits for an answer before the next one comes. A wait begins when its step was to come, so that a
//! bench which falls behind is not taken for an engine that is quick. One in two hundred is a
//! mandatory report, which goes before the others.

use std::{sync::Arc, time::Duration};

use clap::Args;
use serde::Serialize;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use crate::{
    bulk::{self, Load},
    clients::{Answers, Clients},
    measure,
    place::{Kind, Outcome},
    report::{self, Row},
};

/// What is measured.
#[derive(Clone, Debug, Args)]
pub(crate) struct Overload {
    /// How many times the capacity comes 到达量为处理能力的倍数
    #[arg(long, default_value_t = 10)]
    times: u64,
    /// For how many seconds 持续秒数
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Stored cases, of which each takes one step at a time: more than may wait 已存个案数
    #[arg(long, default_value_t = 10_000)]
    cases: usize,
}

/// Clients while the capacity is measured: enough that batches are full.
const CLIENTS: usize = 512;
/// For how long it is.
const CAPACITY: Duration = Duration::from_secs(3);
/// One of so many is urgent.
const URGENT: u64 = 200;
/// What was taken in is to be answered so soon, but for one in a hundred.
const SOON: Duration = Duration::from_secs(2);
/// Who is not answered so long after the last one came never will be.
const NEVER: Duration = Duration::from_mins(2);
/// Memory that grows by more in the second half of the time, in MiB, is not flat.
const FLAT: u64 = 16;

/// One of the two lines in which commands wait.
#[derive(Debug, Serialize)]
struct Line {
    task: &'static str,
    store: &'static str,
    steps: &'static str,
    /// Steps a second of 512 clients that wait for their answers.
    capacity: u64,
    offered_per_s: u64,
    offered: u64,
    accepted: u64,
    busy: u64,
    /// Answered otherwise: neither carried out nor told to come again later.
    failed: u64,
    /// Never answered.
    lost: u64,
    /// What stands in the store of it.
    found: u64,
    p50_us: u64,
    p99_us: u64,
    busy_p99_us: u64,
    rss_before_mb: u64,
    /// The most memory in the first half of the time.
    rss_half_mb: u64,
    rss_mb: u64,
}

impl Row for Line {
    const HEAD: &'static [&'static str] = &[
        "store",
        "steps",
        "capacity/s",
        "offered/s",
        "offered",
        "accepted",
        "busy",
        "failed",
        "lost",
        "found",
        "p50 ms",
        "p99 ms",
        "busy p99 ms",
        "RSS before MiB",
        "first half",
        "peak",
    ];

    #[expect(clippy::cast_precision_loss, reason = "a share is no count")]
    fn cells(&self) -> Vec<String> {
        let share = self.busy as f64 * 100.0 / self.offered.max(1) as f64;
        let millis = |micros: u64| format!("{:.1}", micros as f64 / 1_000.0);
        vec![
            self.store.to_owned(),
            self.steps.to_owned(),
            self.capacity.to_string(),
            self.offered_per_s.to_string(),
            self.offered.to_string(),
            self.accepted.to_string(),
            format!("{share:.1} %"),
            self.failed.to_string(),
            self.lost.to_string(),
            self.found.to_string(),
            millis(self.p50_us),
            millis(self.p99_us),
            millis(self.busy_p99_us),
            self.rss_before_mb.to_string(),
            self.rss_half_mb.to_string(),
            self.rss_mb.to_string(),
        ]
    }
}

/// Memory of the whole bench, in MiB.
#[derive(Debug)]
struct Memory {
    before: u64,
    /// The most of the first half of the time.
    half: u64,
    /// The most until the last one was answered.
    most: u64,
}

/// Measures.
pub(crate) async fn carry_out(
    kind: Kind,
    database: Option<&str>,
    overload: &Overload,
    json: bool,
) -> Outcome<()> {
    let load = Load { cases: overload.cases, entries: 1, per_child: 1 };
    let (place, loaded) = bulk::make(kind, database, "overload", load).await?;
    let clients = Arc::new(Clients::new(place.engine_now().await?, loaded));
    // What first steps prepare is not measured.
    let first = closed(&clients, CAPACITY / 3).await?;
    let counted = closed(&clients, CAPACITY).await?;
    let capacity = counted / CAPACITY.as_secs();
    eprintln!("capacity: {capacity} steps/s");
    let memory = open(&clients, capacity.saturating_mul(overload.times).max(1), overload).await?;
    let found = clients.found(first.saturating_add(counted)).await?;
    let line = |steps, answers: &Answers, found| {
        let offered = answers.offered();
        let (accepted, busy) = (answers.accepted.count(), answers.busy.count());
        let failed = answers.failed();
        Line {
            task: "overload",
            store: kind.name(),
            steps,
            capacity,
            offered_per_s: offered / overload.seconds.max(1),
            offered,
            accepted,
            busy,
            failed,
            lost: offered.saturating_sub(accepted.saturating_add(busy).saturating_add(failed)),
            found,
            p50_us: answers.accepted.share(50),
            p99_us: answers.accepted.share(99),
            busy_p99_us: answers.busy.share(99),
            rss_before_mb: memory.before,
            rss_half_mb: memory.half,
            rss_mb: memory.most,
        }
    };
    let lines =
        [line("ordinary", &clients.ordinary, found.0), line("urgent", &clients.urgent, found.1)];
    report::print(&lines, json)?;
    drop(clients);
    place.remove().await?;
    let mut problems: Vec<String> = lines.iter().flat_map(problems).collect();
    let Memory { half, most, .. } = memory;
    if most > half.saturating_add(FLAT) {
        problems.push(format!("memory grew from {half} to {most} MiB in the second half"));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ").into()) }
}

/// What is not as it should be with one kind of steps.
fn problems(line: &Line) -> Vec<String> {
    let steps = line.steps;
    let mut problems = Vec::new();
    if line.lost > 0 {
        problems.push(format!("{} {steps} steps were lost", line.lost));
    }
    if line.failed > 0 {
        problems.push(format!("{} {steps} steps failed", line.failed));
    }
    if line.found != line.accepted {
        let (accepted, found) = (line.accepted, line.found);
        problems.push(format!("{accepted} {steps} steps were accepted, and {found} are stored"));
    }
    if u128::from(line.p99_us) > SOON.as_micros() {
        let (p99, soon) = (line.p99_us / 1_000, SOON.as_millis());
        problems.push(format!("p99 of accepted {steps} steps: at most {soon} ms, found {p99}"));
    }
    problems
}

/// Steps of clients that wait for each answer, for a while; gives how many were carried out.
async fn closed(clients: &Arc<Clients>, length: Duration) -> Outcome<u64> {
    let until = Instant::now() + length;
    let answers = Arc::new(Answers::default());
    let mut running = JoinSet::new();
    for _ in 0..CLIENTS {
        let (clients, answers) = (Arc::clone(clients), Arc::clone(&answers));
        running.spawn(async move {
            while Instant::now() < until {
                clients.step(Instant::now(), &answers).await;
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended?;
    }
    let (offered, done) = (answers.offered(), answers.accepted.count());
    if offered == done { Ok(done) } else { Err("a step failed before there were many".into()) }
}

/// Steps that come at a rate, whatever becomes of those before.
async fn open(clients: &Arc<Clients>, rate: u64, overload: &Overload) -> Outcome<Memory> {
    measure::forget_most_memory();
    let before = measure::most_memory();
    let mut half = None;
    let length = Duration::from_secs(overload.seconds);
    // Every step holds one end; when the last is answered, nobody does.
    let (held, mut answered) = mpsc::channel::<()>(1);
    let mut tick = interval(Duration::from_millis(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (began, mut turn) = (Instant::now(), 0_u64);
    loop {
        tick.tick().await;
        let passed = began.elapsed().min(length);
        let due = u64::try_from(passed.as_micros())?.saturating_mul(rate) / 1_000_000;
        while turn < due {
            let at = began + Duration::from_micros(turn.saturating_mul(1_000_000) / rate);
            come(clients, turn, at, held.clone());
            turn = turn.saturating_add(1);
        }
        if passed * 2 >= length {
            half.get_or_insert_with(measure::most_memory);
        }
        if passed >= length {
            break;
        }
    }
    drop(held);
    // Nothing is ever sent: the channel is closed, or somebody is still not answered.
    if timeout(NEVER, answered.recv()).await.is_err() {
        eprintln!("some are not answered after {NEVER:?}");
    }
    Ok(Memory { before, half: half.unwrap_or(before), most: measure::most_memory() })
}

/// One step comes.
fn come(clients: &Arc<Clients>, turn: u64, at: Instant, held: mpsc::Sender<()>) {
    let clients = Arc::clone(clients);
    tokio::spawn(async move {
        let _held = held;
        if turn % URGENT == URGENT - 1 {
            clients.report(at, turn).await;
        } else {
            clients.step(at, &clients.ordinary).await;
        }
    });
}
