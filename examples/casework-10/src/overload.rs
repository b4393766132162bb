//! More steps than the store can take. How long do those wait that are taken in, how soon is it told to
//! those that are not, and is anything lost?
//!
//! The capacity is measured first. Then steps come at many times its rate, as an open loop: nobody
//! waits for an answer before the next one comes. A wait begins when its step was to come, so that a
//! bench which falls behind is not taken for an engine that is quick. One in two hundred is a
//! mandatory report, which goes before the others.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use clap::Args;
use hexacase::{
    engine::{Command, Engine, EngineError},
    procedure::Procedure,
    store::{CaseQuery, StoredCase},
    terms::{
        area::AreaPurpose,
        entropy::{SystemEntropy, uuid_v7},
        id::{CaseId, CommandId},
        time::{Clock, SystemClock},
    },
};
use serde::Serialize;
use serde_json::json;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use crate::{
    back_and_forth::{BackAndForth, MOVES},
    bulk::{self, Load},
    measure,
    place::{Kind, Outcome},
    report::{self, Row},
    spread::Spread,
    villages::Village,
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

/// Clients while the capacity is measured.
const CLIENTS: usize = 64;
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
/// The procedure of what is urgent.
const REPORT: &str = "mandatory_report";

/// One of the two lines in which commands wait.
#[derive(Debug, Serialize)]
struct Line {
    task: &'static str,
    store: &'static str,
    steps: &'static str,
    /// Steps a second of 64 clients that wait for their answers.
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

/// A case that takes no step at the moment.
#[derive(Clone, Copy, Debug)]
struct Idle {
    case: CaseId,
    village: usize,
    /// How many steps it took since it was loaded.
    moves: usize,
}

/// What became of steps.
#[derive(Debug, Default)]
struct Answers {
    offered: AtomicU64,
    accepted: Spread,
    busy: Spread,
    failed: AtomicU64,
}

impl Answers {
    fn note(&self, due: Instant, answer: Result<(), &EngineError>) {
        match answer {
            Ok(()) => self.accepted.add(due.elapsed()),
            Err(EngineError::Busy { .. }) => self.busy.add(due.elapsed()),
            Err(problem) => {
                // The first one tells enough.
                if self.failed.fetch_add(1, Ordering::Relaxed) == 0 {
                    eprintln!("a step failed: {problem}");
                }
            }
        }
    }

    fn offer(&self) {
        self.offered.fetch_add(1, Ordering::Relaxed);
    }
}

/// Who gives the steps.
#[derive(Debug)]
struct Clients {
    engine: Engine,
    villages: Vec<Village>,
    idle: Mutex<VecDeque<Idle>>,
    ordinary: Answers,
    urgent: Answers,
}

impl Clients {
    /// The case that has been idle the longest, and its next step.
    fn next(&self) -> Option<(Idle, Command)> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop_front()?;
        let village = self.villages.get(idle.village)?;
        Some((idle, bulk::step(village, idle.case, MOVES.get(idle.moves % 2)?)))
    }

    /// A step of the case that has been idle the longest. What fails keeps its case: nobody knows
    /// where that one is.
    async fn step(&self, due: Instant, answers: &Answers) {
        answers.offer();
        let Some((mut idle, command)) = self.next() else {
            answers.failed.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let answer = self.engine.execute(command).await;
        answers.note(due, answer.as_ref().map(drop));
        match answer {
            Ok(_) => idle.moves = idle.moves.saturating_add(1),
            Err(EngineError::Busy { .. }) => {}
            Err(_) => return,
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push_back(idle);
    }

    /// A mandatory report out of some village.
    async fn report(&self, due: Instant, village: &Village) {
        self.urgent.offer();
        let now = SystemClock.now();
        let form = json!({
            "found_at": now.plus_hours(-1), "facts": "样例：手臂多处淤青",
            "situations": ["multiple_injuries_or_neglect"], "description": "身份不明的示例儿童",
        });
        let command = Command::open_named(bulk::director(village), REPORT, "discover", form)
            .in_area(AreaPurpose::Residence, village.area.clone())
            .in_area(AreaPurpose::Incident, village.area.clone())
            .with_id(CommandId::from(uuid_v7(now, &SystemEntropy)));
        let answer = self.engine.execute(command).await;
        self.urgent.note(due, answer.as_ref().map(drop));
    }
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
    let idle = loaded.cases.iter().map(|(case, village)| Idle {
        case: *case,
        village: *village,
        moves: 0,
    });
    let clients = Arc::new(Clients {
        engine: place.engine_now().await?,
        idle: Mutex::new(idle.collect()),
        villages: loaded.villages,
        ordinary: Answers::default(),
        urgent: Answers::default(),
    });
    // What first steps prepare is not measured.
    let first = closed(&clients, CAPACITY / 3).await?;
    let counted = closed(&clients, CAPACITY).await?;
    let capacity = counted / CAPACITY.as_secs();
    eprintln!("capacity: {capacity} steps/s");
    let memory = open(&clients, capacity.saturating_mul(overload.times).max(1), overload).await?;
    let found = found(&clients, first.saturating_add(counted)).await?;
    let (rss_before_mb, rss_half_mb) = memory;
    let line = |steps, answers: &Answers, found| {
        let offered = answers.offered.load(Ordering::Relaxed);
        let (accepted, busy) = (answers.accepted.count(), answers.busy.count());
        let failed = answers.failed.load(Ordering::Relaxed);
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
            rss_before_mb,
            rss_half_mb,
            rss_mb: measure::most_memory(),
        }
    };
    let lines =
        [line("ordinary", &clients.ordinary, found.0), line("urgent", &clients.urgent, found.1)];
    report::print(&lines, json)?;
    drop(clients);
    place.remove().await?;
    let problems: Vec<String> = lines.iter().flat_map(problems).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ").into()) }
}

/// What is not as it should be.
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
    if line.rss_mb > line.rss_half_mb.saturating_add(FLAT) {
        let (half, all) = (line.rss_half_mb, line.rss_mb);
        problems.push(format!("memory grew from {half} to {all} MiB in the second half"));
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
    let (offered, done) = (answers.offered.load(Ordering::Relaxed), answers.accepted.count());
    if offered == done { Ok(done) } else { Err("a step failed before there were many".into()) }
}

/// Steps that come at a rate, whatever becomes of those before; gives the memory before, and the most
/// of the first half.
async fn open(clients: &Arc<Clients>, rate: u64, overload: &Overload) -> Outcome<(u64, u64)> {
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
    Ok((before, half.unwrap_or(before)))
}

/// One step comes.
fn come(clients: &Arc<Clients>, turn: u64, at: Instant, held: mpsc::Sender<()>) {
    let clients = Arc::clone(clients);
    tokio::spawn(async move {
        let _held = held;
        if turn % URGENT == URGENT - 1 {
            let drawn = measure::drawn(0, usize::try_from(turn).unwrap_or(0));
            if let Some(village) = clients.villages.get(drawn % clients.villages.len()) {
                clients.report(at, village).await;
            }
        } else {
            clients.step(at, &clients.ordinary).await;
        }
    });
}

/// How many steps of each kind stand in the store, but for those that were taken `before`. A case
/// that is not where its answers say is an error.
async fn found(clients: &Clients, before: u64) -> Outcome<(u64, u64)> {
    let told: BTreeMap<CaseId, usize> = {
        let idle = clients.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter().map(|idle| (idle.case, idle.moves)).collect()
    };
    let mut steps = 0_u64;
    let mut odd = 0_usize;
    each(&clients.engine, BackAndForth::NAME, |case| {
        // Its first entry opened it.
        let moves = u64::try_from(case.facts.revision.get()).unwrap_or(0).saturating_sub(1);
        steps = steps.saturating_add(moves);
        let told = told.get(&case.facts.id).map(|told| u64::try_from(*told).unwrap_or(0));
        odd = odd.saturating_add(usize::from(told.is_some_and(|told| told != moves)));
    })
    .await?;
    if odd > 0 {
        return Err(format!("{odd} cases are not where their answers say").into());
    }
    let mut reports = 0_u64;
    each(&clients.engine, REPORT, |_| reports = reports.saturating_add(1)).await?;
    Ok((steps.saturating_sub(before), reports))
}

/// Every case of a procedure.
async fn each(engine: &Engine, procedure: &str, mut look: impl FnMut(&StoredCase)) -> Outcome<()> {
    let mut after: Option<CaseId> = None;
    loop {
        let procedure = Some(procedure.to_owned());
        let query = CaseQuery { procedure, after, limit: 500, ..CaseQuery::default() };
        let page = engine.cases(&query).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.facts.id);
        page.iter().for_each(&mut look);
    }
}
