//! A writing process is killed at random moments, 200 times on an SQLite file and 15 times on a
//! PostgreSQL schema: what it acknowledged is there, whole, and nothing is half there.
//!
//! It walks through all procedures of the six mechanisms like `random_walks.rs`: people take
//! possible and impossible steps, alone and in batches, hand over to other procedures, correct and
//! merge; time passes, and sweeps climb ladders. After each kill its successor takes up what it
//! left, and so does the reader that looks for what was acknowledged.
//!
//! With no loss in 200 kills, the share of kills that lose something is below 1.5 % at 95 %
//! confidence (3/n). The long form kills 1,000 times (below 0.3 %), 200 times in each of five
//! counties, because one alone would grow and slow down, and 200 times on PostgreSQL; it takes longer
//! than a runner of tests may allow, so run it with
//! `HEXACASE_LONG=1 tests/postgres run cargo test -p hexacase-tests --test killed_writer -- --nocapture`.
//!
//! A killed process is no power cut: what it had handed to the system, or to the server, is written
//! all the same. The server itself is killed in `killed_server.rs`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on, or a writer that failed, is to stop"
)]

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{self, Child, Command as Process, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use hexacase::{
    county,
    engine::{Engine, Receipt, Swept, VerifyOptions},
    store::Meta,
    terms::{id::CommandId, time::Timestamp},
    trail::Kind,
};
use hexacase_pilot::county::County;
use hexacase_tests::{
    mischief::Dice,
    place::Place,
    reach::Reach,
    reread::{Reread, all_cases},
    said::Said,
    walk::{self, Ground, Witness},
};

/// Kills in each county, and how many counties the long form has.
const KILLS: u32 = 200;
const LONG: u64 = 5;
/// Kills on PostgreSQL in the short form. The long one has as many as a county.
const SHORT: u32 = 15;
/// The whole trail is verified after so many kills, and so after the last.
const WHOLE: u32 = 40;
/// One process in so many is killed without waiting until it has said anything.
const EARLY: usize = 10;

/// The kinds of entries that must come up: steps, both ends of handoffs, engine-wide steps with one
/// person and with two, rungs.
const KINDS: [Kind; 6] =
    [Kind::Step, Kind::OpenedBy, Kind::Informed, Kind::Engine, Kind::Proposed, Kind::Escalate];

/// Where the writing child finds its database; without it the test below does nothing.
const DATABASE: &str = "HEXACASE_KILLED_DATABASE";
/// The seed of its walk, and when the last entry was recorded.
const SEED: &str = "HEXACASE_KILLED_SEED";
const LAST: &str = "HEXACASE_KILLED_LAST";

/// A small county, in which people soon meet again.
fn meta() -> (Meta, County) {
    walk::meta(8, 7)
}

/// A machine with much else to do is slow, and that is no failure of a step.
const PATIENCE: Duration = Duration::from_hours(1);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Says aloud what is committed. Its commands have ids, from a stream of its own.
struct Aloud(Dice);

fn say(said: &Said) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{said}").expect("the pipe");
    out.flush().expect("the pipe");
}

impl Witness for Aloud {
    fn id(&mut self) -> Option<CommandId> {
        let mut bytes = [0; 16];
        bytes.fill_with(|| u8::try_from(self.0.below(256)).unwrap_or(0));
        Some(CommandId::from_bytes(bytes))
    }

    fn done(&mut self, receipt: &Receipt) {
        say(&Said::of(receipt).expect("every command has an id"));
    }

    fn swept(&mut self, at: Timestamp, swept: &Swept) {
        say(&Said::Swept { at, rungs: swept.rungs });
    }
}

/// What the killed process does: it takes up the walk where the one before was killed, for ever.
#[test]
fn the_writer_that_is_killed() {
    let Ok(place) = env::var(DATABASE) else { return };
    let number = |name| env::var(name).expect("a number").parse::<i64>().expect("a number");
    let seed = number(SEED).unsigned_abs();
    let last = Timestamp::from_millis(number(LAST));
    // The first line follows the test runner's own words.
    println!();
    runtime().block_on(async {
        let (_, county) = meta();
        let store = Place::read(&place).store(PATIENCE).await;
        let mut ground = Ground::taken_up(store, &county, seed, last).await;
        let mut aloud = Aloud(Dice::new(seed));
        ground.walk_before(usize::MAX, &mut aloud).await;
    });
}

/// A child that is killed when nobody watches it any more, also when the test fails.
struct Writer {
    child: Child,
    lines: Receiver<String>,
    errors: PathBuf,
}

impl Writer {
    fn start(place: &Place, folder: &Path, seed: u64, last: Timestamp) -> Self {
        let errors = folder.join("errors");
        let mut child = Process::new(env::current_exe().expect("this test"))
            .args(["--exact", "the_writer_that_is_killed", "--nocapture", "--test-threads=1"])
            .env(DATABASE, place.to_string())
            .env(SEED, seed.to_string())
            .env(LAST, last.as_millis().to_string())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&errors).expect("a file"))
            .spawn()
            .expect("a child");
        let out = child.stdout.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        // It reads until the pipe ends, so that the child never waits for it.
        thread::spawn(move || {
            let read = BufReader::new(out).lines().map_while(Result::ok);
            read.for_each(|line| drop(sender.send(line)));
        });
        Self { child, lines, errors }
    }

    /// Waits until so many things were said, however long that takes.
    fn hear(&self, wanted: usize) -> Vec<Said> {
        self.lines.iter().filter_map(|line| Said::read(&line)).take(wanted).collect()
    }

    /// Kills it, and gives what else it said.
    fn kill(mut self) -> Vec<Said> {
        self.child.kill().expect("the child can be killed");
        let status = self.child.wait().expect("the child has ended");
        // A test that fails or ends by itself leaves one of these; a killed process does not.
        if matches!(status.code(), Some(0 | 101)) {
            let errors = fs::read_to_string(&self.errors).unwrap_or_default();
            panic!("the writer ended by itself ({status}):\n{errors}");
        }
        self.hear(usize::MAX)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn is_long() -> bool {
    env::var_os("HEXACASE_LONG").is_some()
}

#[test]
fn no_acknowledged_step_is_lost_and_none_is_half_there() {
    for county in 1..=if is_long() { LONG } else { 1 } {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::Sqlite(folder.path().join("killed.db"));
        kill_writers(&place, folder.path(), county, KILLS);
    }
}

#[test]
fn no_acknowledged_step_is_lost_on_postgres_and_none_is_half_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let kills = if is_long() { KILLS } else { SHORT };
    kill_writers(&Place::postgres(), folder.path(), 1, kills);
}

/// Kills the writers of a county one after the other, and looks at what each left.
fn kill_writers(place: &Place, folder: &Path, seed: u64, kills: u32) {
    let runtime = runtime();
    let mut reread = Reread::default();
    runtime.block_on(async {
        let (meta, county) = meta();
        let store = place.store(PATIENCE).await;
        store.init(&meta).await;
        let ground = Ground::new(store, &county, seed).await;
        reread.read(&ground.engine, &[]).await.expect("what was imported is there");
    });
    let mut dice = Dice::new(20_260_101 + seed);
    let (mut steps, mut sweeps, mut silent) = (0, 0, 0);
    let imported = reread.entries();
    for kill in 1..=kills {
        let program = format!("writer-{}-{seed}-{kill}", process::id());
        let named = place.named(&program);
        let writer = Writer::start(&named, folder, seed * 10_000 + u64::from(kill), reread.last());
        let early = dice.one_in(EARLY);
        let mut said = if early { Vec::new() } else { writer.hear(1 + dice.below(40)) };
        // The moment is random, but nothing rests on how much is done by then: a slow machine is
        // waited for before, and a child that has not said anything yet is killed only on purpose.
        let more = dice.below(if early { 200_000 } else { 20_000 });
        thread::sleep(Duration::from_micros(more as u64));
        said.extend(writer.kill());
        place.wait_for_end_of(&program);
        let swept = said.iter().filter(|said| matches!(said, Said::Swept { .. })).count();
        sweeps += swept;
        steps += said.len() - swept;
        silent += u32::from(said.is_empty());
        assert!(early || !said.is_empty(), "kill {kill}: somebody else ended the writer");
        let whole = kill % WHOLE == 0 || kill == kills;
        let looked = runtime.block_on(look(place, &mut reread, &said, whole));
        if let Err(wrong) = looked {
            panic!("county {seed}, kill {kill}: {wrong}");
        }
    }
    let (reach, said) = runtime.block_on(reached(place, &reread));
    let written = reread.entries() - imported;
    println!(
        "{}, county {seed}: {kills} kills ({silent} before a word was said), {steps} acknowledged steps \
         and {sweeps} sweeps, {written} entries, {} links between cases\n{:?}\n{reach}\n\
         acknowledged: {said:?}",
        place.kind(),
        reread.links,
        reread.kinds
    );
    assert!(written >= steps, "more steps were acknowledged than are there");
    // Few kills see few procedures.
    if kills < KILLS {
        return;
    }
    assert_eq!(reach.short_of(1), Vec::<&str>::new(), "nothing was done in these procedures");
    assert_eq!(said.len(), reach.len(), "a procedure has no acknowledged step");
    for kind in KINDS {
        assert!(reread.kinds.contains_key(&kind), "no entry is of kind {kind:?}");
    }
}

/// What every procedure came to, and how many of its steps were acknowledged.
async fn reached(place: &Place, reread: &Reread) -> (Reach, BTreeMap<String, usize>) {
    let engine = engine(place).await;
    let cases = all_cases(&engine).await.expect("the cases");
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for case in &cases {
        match reread.said_of(case.facts.id) {
            0 => {}
            steps => *said.entry(case.facts.procedure.clone()).or_default() += steps,
        }
    }
    (Reach::of(&engine, &cases), said)
}

async fn engine(place: &Place) -> Engine {
    let setup = county::setup(place.store(PATIENCE).await).expect("definitions");
    setup.open().await.expect("a set-up")
}

/// What was acknowledged is there; all that is there is whole.
async fn look(
    place: &Place,
    reread: &mut Reread,
    said: &[Said],
    whole: bool,
) -> Result<(), String> {
    let engine = engine(place).await;
    reread.read(&engine, said).await?;
    if !whole {
        return Ok(());
    }
    reread.rungs(&engine).await?;
    let verdict = engine.verify(VerifyOptions::default(), |_| ()).await;
    let verdict = verdict.map_err(|problem| format!("it cannot be verified: {problem:?}"))?;
    if verdict.is_clean() { Ok(()) } else { Err(format!("{:#?}", verdict.faults)) }
}
