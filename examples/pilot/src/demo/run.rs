//! `pilot demo`: a fresh demo database, the county's people and register, the played time, and
//! what it shows.

use std::fs;

use hexacase::{
    engine::EngineError,
    store::Meta,
    terms::{
        actor::Actor,
        entropy::uuid_v7,
        evidence::{Attachment, FieldClass},
        id::{ActorId, OriginId},
        time::{Clock as _, SystemClock},
    },
};

use super::{
    Filler, Player, SeededEntropy, VirtualClock, import_register, import_staff, report, text,
};
use crate::{
    cli::DemoArgs,
    county::{County, generate},
    database::{self, Opened},
    failure::{Exit, Failure},
    output::Output,
};

/// Plays the demo.
///
/// # Errors
/// A database that is no demo, a county that cannot be read, a register that is refused.
pub async fn run(args: DemoArgs, out: &Output) -> Result<Exit, Failure> {
    let began = SystemClock.now();
    let county = county(&args)?;
    let seed = args.seed.or(county.seed).unwrap_or(generate::SAMPLE.seed);
    let start = county.first_day().start();
    let (clock, entropy) = (VirtualClock::at(start), SeededEntropy::new(seed));
    let meta = Meta {
        realm: county.realm.clone(),
        name: county.name.clone(),
        origin: OriginId::from(uuid_v7(start, &entropy)),
        created_at: start,
        demo: true,
    };
    let opened = database::create_demo(&args.global, &meta, clock.clone(), entropy).await?;
    let engine = &opened.engine;
    import_staff(engine, &county).await?;
    register(&opened, &county, out).await?;
    let files = documents(&opened, &county).await?;
    let units = county.units.iter().map(|unit| unit.id.to_string()).collect();
    let areas = county.areas.iter().map(|area| area.code.to_string()).collect();
    let filler = Filler::new(seed, files, units, areas);
    let days = county.last_day().days() - county.first_day().days() + 1;
    let bar = out.progress(u64::try_from(days).ok(), "演示", "playing");
    let player = Player::new(engine, &clock, &county, filler, seed).await?;
    let first = county.first_day().days();
    let played = player
        .play(|at| bar.set_position(u64::try_from(at.date().days() - first).unwrap_or(0)))
        .await?;
    bar.finish_and_clear();
    let bar = out.progress(None, "核验个案", "verifying cases");
    let told = bar.clone();
    let children = county.children.len();
    let mut result = report(engine, children, played, move |done| told.set_position(done)).await?;
    bar.finish_and_clear();
    result.seconds = seconds(SystemClock.now().as_millis().saturating_sub(began.as_millis()));
    result.peak_rss_mb = peak_rss_mb();
    let faulty = result.verify.faults > 0;
    out.result("demo", &result, || {
        text(engine, &county, &result, args.global.database.as_deref())
    })?;
    Ok(if faulty { Exit::Faulty } else { Exit::Done })
}

fn county(args: &DemoArgs) -> Result<County, Failure> {
    let sample = generate::SAMPLE;
    let county = match (&args.county, args.children, args.seed, args.years) {
        (Some(folder), ..) => County::read(folder)?,
        (None, None, None, None) => County::sample()?,
        (None, children, seed, years) => {
            let children = children.and_then(|count| usize::try_from(count).ok());
            let files = generate::generate(
                seed.unwrap_or(sample.seed),
                children.unwrap_or(sample.children),
                years.unwrap_or(sample.years),
                sample.first_year,
            );
            County::from_files(&files)?
        }
    };
    Ok(county)
}

/// Opens a file for every child of the register.
async fn register(opened: &Opened, county: &County, out: &Output) -> Result<(), Failure> {
    let keeper = county.staff.iter().find(|row| row.roles.iter().any(|role| role == "data_admin"));
    let keeper = keeper.map_or(ActorId::constant("set-up"), |row| row.id.clone());
    let bar = out.progress(u64::try_from(county.children.len()).ok(), "导入台账", "importing");
    let progress = |done: usize| bar.set_position(u64::try_from(done).unwrap_or(0));
    let actor = Actor::at_work(keeper);
    let imported = import_register(&opened.engine, &actor, &county.children, progress).await;
    bar.finish_and_clear();
    imported.map(drop).map_err(|(at, problem): (usize, EngineError)| {
        // The header is row 1.
        let row = u64::try_from(at).unwrap_or(0).saturating_add(2);
        Failure::from(problem).in_row(crate::county::columns::CHILDREN.file, row)
    })
}

/// Keeps the county's documents as evidence.
async fn documents(opened: &Opened, county: &County) -> Result<Vec<Attachment>, Failure> {
    let mut files = Vec::new();
    for (name, bytes) in &county.documents {
        let name = name.strip_prefix("files/").unwrap_or(name);
        files.push(opened.blobs.attach(name, bytes, FieldClass::Case).await?);
    }
    Ok(files)
}

fn seconds(millis: i64) -> f64 {
    let millis = u32::try_from(millis).unwrap_or(u32::MAX);
    f64::from(millis) / 1000.0
}

/// The most memory this process held, where the system tells.
fn peak_rss_mb() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024)
}
