//! What a step costs. N cases are opened and moved through ten steps, each durable when it is
//! acknowledged, by 1, 8, 64 and 256 clients, and beside it, in the same run, the same work is done
//! by hand. 每步办理的代价，与手写 SQL 同场比较。
//!
//! `casework-10 --store sqlite|postgres --database URL --clients N --cases N --json` runs the engine
//! alone and prints one line. Without `--store` everything is compared, round after round, and a
//! table and a plot come out.
//!
//! `growth`, `reads`, `sweep` and `replay` fill a database first (`bulk` says how) and measure what a
//! county's size does to a step, to what people ask for, to the sweep, and to `verify`. `overload` has
//! many times more steps come than can be taken.

mod back_and_forth;
mod bulk;
mod by_hand;
mod clients;
mod engine;
mod flushes;
mod growth;
mod measure;
mod overload;
mod place;
mod plot;
mod reads;
mod replay;
mod report;
mod spread;
mod sweep;
mod villages;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use comfy_table::{Table, presets};

use crate::{
    growth::Growth,
    measure::Measured,
    overload::Overload,
    place::{Kind, Outcome},
    reads::Reads,
    replay::Replay,
    sweep::Sweep,
};

/// What a step costs, beside the same work written by hand.
#[derive(Debug, Parser)]
#[command(version, after_help = FLUSHES)]
struct Arguments {
    #[command(subcommand)]
    task: Option<Task>,
    /// The engine alone on this store 只测引擎
    #[arg(long, global = true)]
    store: Option<Kind>,
    /// Where: a new file for SQLite, `postgres://…` for PostgreSQL 数据库
    #[arg(long, global = true)]
    database: Option<String>,
    /// Clients at once; several numbers for the comparison 同时的用户数
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 64, 256])]
    clients: Vec<usize>,
    /// Cases; each takes ten steps 个案数
    #[arg(long, default_value_t = 500)]
    cases: usize,
    /// Rounds of the comparison; the middle one counts 轮数
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Where the plot goes 图的文件
    #[arg(long)]
    plot: Option<PathBuf>,
    /// JSON, one line for each result
    #[arg(long, global = true)]
    json: bool,
}

/// What else is measured, in a database that was filled before.
#[derive(Debug, Subcommand)]
enum Task {
    /// Steps among ever more stored cases 数据增长后的办理
    Growth(Growth),
    /// Lists, cases and histories 查询
    Reads(Reads),
    /// A sweep 期限巡查
    Sweep(Sweep),
    /// Verifying and replaying a trail 核验与重放
    Replay(Replay),
    /// Many times more steps than can be taken 过载
    Overload(Overload),
}

/// What the help says of a figure that is not only ours.
const FLUSHES: &str = "\
flushes/step: how often the disk of the database was flushed, as Linux counts it for the whole device,
whoever caused it. Blank where nothing is counted: in memory, on overlay or btrfs, on a device that
never flushes, and for a server that is reached by TCP or may not say where its data is.
每步刷盘数：Linux 对整个设备的计数，包括其他程序；无计数处为空。";

fn main() -> ExitCode {
    match measure(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("casework-10: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Outcome<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build()?;
    match (&arguments.task, arguments.store) {
        (Some(task), Some(kind)) => runtime.block_on(filled(task, kind, arguments)),
        (Some(_), None) => Err("`--store sqlite` or `--store postgres` is needed".into()),
        (None, Some(kind)) => runtime.block_on(alone(kind, arguments)),
        (None, None) => compare(&runtime, arguments),
    }
}

async fn filled(task: &Task, kind: Kind, arguments: &Arguments) -> Outcome<()> {
    let (database, json) = (arguments.database.as_deref(), arguments.json);
    match task {
        Task::Growth(growth) => growth::carry_out(kind, database, growth, json).await,
        Task::Reads(reads) => reads::carry_out(kind, database, reads, json).await,
        Task::Sweep(sweep) => sweep::carry_out(kind, database, sweep, json).await,
        Task::Replay(replay) => replay::carry_out(kind, database, replay, json).await,
        Task::Overload(overload) => overload::carry_out(kind, database, overload, json).await,
    }
}

async fn alone(kind: Kind, arguments: &Arguments) -> Outcome<()> {
    let clients = arguments.clients.first().copied().unwrap_or(1).max(1);
    let folder = tempfile::tempdir()?;
    let measured = match (kind, &arguments.database) {
        (Kind::Sqlite, None) => {
            let path = folder.path().join("bench.db");
            engine::on_sqlite(&path, arguments.cases, clients).await?
        }
        (Kind::Sqlite, Some(path)) => {
            let path = PathBuf::from(path.strip_prefix("sqlite:").unwrap_or(path));
            engine::on_sqlite(&path, arguments.cases, clients).await?
        }
        (Kind::Postgres, Some(url)) => {
            let schema = format!("bench_{}", std::process::id());
            engine::on_postgres(url, &schema, arguments.cases, clients).await?
        }
        (Kind::Postgres, None) => return Err("--database postgres://… is needed".into()),
    };
    if arguments.json {
        println!("{}", serde_json::to_string(&measured)?);
    } else {
        println!("{}", table(&[(measured, None)]));
    }
    Ok(())
}

/// Every contestant in every round, the order turned round in every second one.
fn compare(runtime: &tokio::runtime::Runtime, arguments: &Arguments) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let mut results: BTreeMap<(String, usize), Vec<Measured>> = BTreeMap::new();
    let mut runs: Vec<(usize, u8)> = Vec::new();
    for clients in &arguments.clients {
        runs.extend((0..5_u8).map(|contestant| (*clients, contestant)));
    }
    for round in 0..arguments.rounds {
        if round > 0 {
            runs.reverse();
        }
        for (clients, contestant) in &runs {
            let name = format!("r{round}_{clients}_{contestant}");
            let path = folder.path().join(&name);
            let (cases, clients) = (arguments.cases, *clients);
            let url = arguments.database.as_deref();
            let schema = format!("bench_{}_{name}", std::process::id());
            let measured = match (contestant, url) {
                (0, _) => runtime.block_on(by_hand::on_sqlite(&path, cases, clients))?,
                (1, _) => runtime.block_on(engine::on_sqlite(&path, cases, clients))?,
                (2, _) if clients == 1 => by_hand::on_rusqlite(&path, cases)?,
                (3, Some(url)) => {
                    runtime.block_on(by_hand::on_postgres(url, &schema, cases, clients))?
                }
                (4, Some(url)) => {
                    runtime.block_on(engine::on_postgres(url, &schema, cases, clients))?
                }
                _ => continue,
            };
            eprintln!(
                "{}/{}: {}, {clients} clients: {:.0} steps/s",
                round.saturating_add(1),
                arguments.rounds,
                measured.contestant,
                measured.tps
            );
            let key = (measured.contestant.clone(), clients);
            results.entry(key).or_default().push(measured);
        }
    }
    let rows = with_ratios(&results);
    if arguments.json {
        for (measured, _) in &rows {
            println!("{}", serde_json::to_string(measured)?);
        }
    } else {
        println!("{}", table(&rows));
    }
    if let Some(path) = &arguments.plot {
        std::fs::write(path, plot::svg(&rows))?;
        eprintln!("plot: {}", path.display());
    }
    Ok(())
}

/// The run in the middle of each contestant, and the median of its ratios to the work by hand in the
/// same rounds.
fn with_ratios(results: &BTreeMap<(String, usize), Vec<Measured>>) -> Vec<(Measured, Option<f64>)> {
    let mut rows = Vec::new();
    for ((contestant, clients), runs) in results {
        let by_hand = contestant.strip_prefix("engine, ").and_then(|database| {
            results.get(&(format!("by hand, sqlx pool, {database}"), *clients))
        });
        let ratio = by_hand.and_then(|hand| {
            let mut ratios: Vec<f64> =
                runs.iter().zip(hand).map(|(ours, theirs)| ours.tps / theirs.tps).collect();
            ratios.sort_by(f64::total_cmp);
            ratios.get(ratios.len() / 2).copied()
        });
        let mut sorted = runs.clone();
        sorted.sort_by(|a, b| a.tps.total_cmp(&b.tps));
        rows.extend(sorted.get(sorted.len() / 2).cloned().map(|middle| (middle, ratio)));
    }
    rows.sort_by_key(|(measured, _)| (measured.clients, measured.contestant.clone()));
    rows
}

fn table(rows: &[(Measured, Option<f64>)]) -> Table {
    let mut table = Table::new();
    *table.style_mut() = presets::ASCII_MARKDOWN;
    table.set_header([
        "clients",
        "who",
        "steps/s",
        "p50 us",
        "p99 us",
        "bytes/step",
        "calls/step",
        "statements/step",
        "flushes/step",
        "RSS MiB",
        "ratio",
    ]);
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
    for (measured, ratio) in rows {
        table.add_row([
            measured.clients.to_string(),
            measured.contestant.clone(),
            format!("{:.0}", measured.tps),
            measured.p50_us.to_string(),
            measured.p99_us.to_string(),
            measured.bytes_per_tr.to_string(),
            number(measured.calls_per_tr),
            number(measured.statements_per_tr),
            number(measured.flushes_per_tr),
            measured.rss_mb.to_string(),
            number(*ratio),
        ]);
    }
    table
}
