//! The power fails: the write-ahead log of an SQLite file is cut at every 512 bytes and around every
//! acknowledgement, with and without garbage behind the cut and with and without the shared-memory
//! file, and opened again. What was acknowledged by then is there, and nothing is there in part.
//!
//! What a power cut leaves is what was synced and any part of what was not. At `synchronous = FULL`
//! the log is synced before a commit is acknowledged, so everything up to the length that the log
//! had at an acknowledgement counts as synced, and any later cut may happen. A control that claims a
//! later acknowledgement must be caught, or the test would prove nothing.
//!
//! The long form takes more steps:
//! `HEXACASE_LONG=1 cargo test -p hexacase-tests --test power_loss -- --nocapture`.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use hexacase::{
    engine::{Engine, VerifyOptions},
    store::{EntryQuery, Store as _},
    terms::id::CaseId,
    testing::ManualClock,
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::small::{self, at};

/// Steps of the short form and the long one.
const SHORT: usize = 10;
const LONG: usize = 120;
/// A whole page of garbage and a bit.
const GARBAGE: usize = 5_000;
/// The whole trail is verified in one image of so many.
const WHOLE: usize = 64;

/// What a database tells: each entry by case, number and hash.
type Told = Vec<(CaseId, i64, String)>;

/// What was there, and how long the log was, when a step was acknowledged.
struct Acknowledged {
    log: u64,
    told: Told,
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

async fn told(store: &SqliteStore) -> Told {
    let mut reader = store.reader(&small::meta().realm).await.expect("a reader");
    let all = EntryQuery { limit: 100_000, ..EntryQuery::default() };
    let entries = reader.entries(&all).await.expect("the entries");
    entries.into_iter().map(|entry| (entry.case, entry.seq, entry.hash.to_string())).collect()
}

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::connect(SqliteOptions::new(path)).await.expect("a database")
}

async fn engine(store: &SqliteStore) -> Engine {
    small::engine(store.clone(), ManualClock::at(at("2026-03-02 09:00"))).await
}

/// Takes steps, and copies the files as they are between acknowledgements, while nobody has tidied
/// the log into the database.
async fn worked(folder: &Path, steps: usize) -> (PathBuf, Vec<Acknowledged>) {
    let path = folder.join("worked.db");
    {
        let store = open(&path).await;
        store.init(&small::meta()).await.expect("an empty database");
        small::people(&engine(&store).await).await;
        // A clean close tidies the log away.
        store.close().await.expect("nobody uses it");
    }
    let store = open(&path).await;
    let engine = engine(&store).await;
    let log = beside(&path, "-wal");
    let length = || fs::metadata(&log).map_or(0, |file| file.len());
    let mut acknowledged = vec![Acknowledged { log: 0, told: told(&store).await }];
    let mut open_case = None;
    for _ in 0..steps {
        let command = match open_case.take() {
            None => small::clue(),
            Some(case) => small::verification(case),
        };
        let opens = command.case().is_none();
        let receipt = engine.execute(command).await.expect("a step");
        open_case = opens.then_some(receipt.case);
        acknowledged.push(Acknowledged { log: length(), told: told(&store).await });
    }
    let copy = folder.join("cut.db");
    fs::copy(&path, &copy).expect("a copy");
    fs::copy(&log, beside(&copy, "-wal")).expect("a copy");
    fs::copy(beside(&path, "-shm"), beside(&copy, "-shm")).expect("a copy");
    store.close().await.expect("nobody uses it");
    (copy, acknowledged)
}

/// What stands behind the cut, and whether the shared-memory file is left.
#[derive(Clone, Copy, Debug)]
enum Left {
    Nothing,
    Garbage,
    SharedMemory,
}

/// Makes the image of a cut.
fn image(master: &Path, into: &Path, cut: u64, left: Left) {
    let log = fs::read(beside(master, "-wal")).expect("the log");
    let cut = usize::try_from(cut).expect("a length");
    let mut kept = log.get(..cut).expect("a cut within the log").to_vec();
    if matches!(left, Left::Garbage) {
        kept.extend((0..GARBAGE).map(|at| u8::try_from(at % 251).unwrap_or(0)));
    }
    fs::copy(master, into).expect("a copy");
    fs::write(beside(into, "-wal"), kept).expect("a log");
    let shared = beside(into, "-shm");
    if matches!(left, Left::SharedMemory) {
        fs::copy(beside(master, "-shm"), shared).expect("a copy");
    } else if shared.exists() {
        fs::remove_file(shared).expect("a file that is there");
    }
}

/// Opens an image and says what is wrong with it: it must tell exactly what some acknowledgement
/// told, and not an earlier one than the last before the cut.
async fn look(
    path: &Path,
    acknowledged: &[Acknowledged],
    cut: u64,
    whole: bool,
) -> Result<(), String> {
    let store = open(path).await;
    let found = told(&store).await;
    let synced = acknowledged.iter().rposition(|step| step.log <= cut).unwrap_or(0);
    let stands = acknowledged.iter().rposition(|step| step.told == found);
    if whole {
        let engine = engine(&store).await;
        let verdict = engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
        if !verdict.is_clean() {
            return Err(format!("cut at {cut}: {:?}", verdict.faults));
        }
    }
    store.close().await.expect("nobody uses it");
    match stands {
        None => Err(format!("cut at {cut}: {} entries, which no step left", found.len())),
        Some(stands) if stands < synced => {
            Err(format!("cut at {cut}: step {synced} was acknowledged, step {stands} is there"))
        }
        Some(_) => Ok(()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_acknowledged_survives_a_power_cut_whole() {
    let steps = if env::var_os("HEXACASE_LONG").is_some() { LONG } else { SHORT };
    let folder = tempfile::tempdir().expect("a folder");
    let (master, acknowledged) = worked(folder.path(), steps).await;
    let end = acknowledged.last().expect("a step").log;
    assert!(end > 0 && acknowledged.is_sorted_by_key(|step| step.log), "the log was tidied away");
    let mut cuts: Vec<u64> = (0..=end).step_by(512).collect();
    for step in &acknowledged {
        cuts.extend([step.log.saturating_sub(1), step.log, (step.log + 1).min(end)]);
    }
    cuts.sort_unstable();
    cuts.dedup();
    let path = folder.path().join("image.db");
    let mut images = 0;
    for cut in &cuts {
        // Every cut as it is; the acknowledgements also with what a file system may leave.
        let near = acknowledged.iter().any(|step| step.log.abs_diff(*cut) <= 1);
        let lefts: &[Left] = if near {
            &[Left::Nothing, Left::Garbage, Left::SharedMemory]
        } else if cut % 1_536 == 0 {
            &[Left::Garbage]
        } else {
            &[Left::Nothing]
        };
        for left in lefts {
            image(&master, &path, *cut, *left);
            let looked = look(&path, &acknowledged, *cut, images % WHOLE == 0).await;
            assert!(looked.is_ok(), "{left:?}: {looked:?}");
            images += 1;
        }
    }
    println!("{steps} steps, {end} bytes of log, {images} images: nothing lost, nothing in part");

    // The control: a step that claims to be acknowledged before it was synced is found out.
    let mut liar: Vec<Acknowledged> = acknowledged;
    let mut caught = 0;
    for at in 1..liar.len() {
        let synced = liar[at].log;
        let claimed = liar[at - 1].log;
        liar[at].log = claimed;
        image(&master, &path, claimed, Left::Nothing);
        let looked = look(&path, &liar, claimed, false).await;
        assert!(looked.is_err(), "a loss of step {at} goes unseen");
        caught += 1;
        liar[at].log = synced;
    }
    println!("{caught} of {caught} lies were caught");
}
