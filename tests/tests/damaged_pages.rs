//! One page of an SQLite file is damaged, in the middle of it and of each kind: overwritten, emptied,
//! half lost, or with one bit turned. What `check_up` and `verify` find of it is counted. A page that is
//! lost is found by the check-up, a bit that is turned in an index too; whatever is not found, nothing
//! panics, and whoever works is answered.
//!
//! The long form damages a page of each kind in every table and index:
//! `HEXACASE_LONG=1 cargo test -p hexacase-tests --test damaged_pages -- --nocapture`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on is to stop"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
};

use hexacase::{
    county,
    engine::{EngineError, Receipt, SetupError, Swept, VerifyOptions},
    store::{CaseQuery, StoreError},
    terms::{id::CommandId, time::Timestamp},
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{
    small,
    walk::{self, Ground, Witness},
};
use sqlx::{
    Connection as _, Executor as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions,
};

const PAGE: usize = 4_096;
const COMMANDS: usize = 256;
/// Pages of each kind in the short form.
const SHORT: usize = 4;

/// What becomes of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Damage {
    /// Somebody else's bytes.
    Overwritten,
    /// Nothing but zeros.
    Emptied,
    /// The second half of it is nothing but zeros.
    HalfLost,
    /// One bit of its last row is turned.
    BitTurned,
}

const DAMAGES: [Damage; 4] =
    [Damage::Overwritten, Damage::Emptied, Damage::HalfLost, Damage::BitTurned];

impl Damage {
    fn strike(self, page: &mut [u8]) {
        let half = page.len() / 2;
        match self {
            Self::Overwritten => page.fill(0x5a),
            Self::Emptied => page.fill(0),
            Self::HalfLost => page.iter_mut().skip(half).for_each(|byte| *byte = 0),
            // Rows fill a page from its end.
            Self::BitTurned => page.iter_mut().rev().skip(40).take(1).for_each(|byte| *byte ^= 1),
        }
    }
}

/// Gives each command an id, which is a row too.
struct Numbered(u64);

impl Witness for Numbered {
    fn id(&mut self) -> Option<CommandId> {
        self.0 += 1;
        Some(small::numbered(self.0))
    }

    fn done(&mut self, _: &Receipt) {}

    fn swept(&mut self, _: Timestamp, _: &Swept) {}
}

/// A file with cases of all kinds, and free pages.
async fn worked(path: &Path) {
    let (meta, county) = walk::meta(8, 31);
    let store = SqliteStore::connect(SqliteOptions::new(path)).await.expect("a database");
    store.init(&meta).await.expect("an empty database");
    let mut ground = Ground::new(store.clone(), &county, 31).await;
    ground.walk_before(COMMANDS, &mut Numbered(0)).await;
    drop(ground);
    store.close().await.expect("nobody uses it");
    let mut host = connect(path).await;
    for text in [
        "CREATE TABLE photo (bytes BLOB)",
        "INSERT INTO photo VALUES (zeroblob(50000))",
        "DROP TABLE photo",
    ] {
        host.execute(text).await.expect("the host's own table");
    }
    host.close().await.expect("a close");
}

async fn connect(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path);
    SqliteConnection::connect_with(&options).await.expect("a database")
}

/// The pages of each kind that hold something: of which table or index each is, and its number. The
/// kinds are SQLite's own words, and `schema` and `free`.
async fn pages(path: &Path) -> BTreeMap<String, Vec<(String, usize)>> {
    let mut connection = connect(path).await;
    let text = "SELECT name, pagetype, pageno, ncell FROM dbstat ORDER BY name, pagetype, pageno";
    let mut groups: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for row in connection.fetch_all(text).await.expect("the pages") {
        let (name, kind): (String, String) = (row.get(0), row.get(1));
        let number = usize::try_from(row.get::<i64, _>(2)).expect("a number");
        used.insert(number);
        let kind = if name == "sqlite_schema" { "schema".to_owned() } else { kind };
        if row.get::<i64, _>(3) > 0 || kind == "overflow" {
            groups.entry((kind, name)).or_default().push(number);
        }
    }
    connection.close().await.expect("a close");
    let all = fs::metadata(path).expect("a file").len() / u64::try_from(PAGE).expect("a size");
    let all = usize::try_from(all).expect("a number");
    let free: Vec<usize> = (1..=all).filter(|number| !used.contains(number)).collect();
    groups.insert(("free".to_owned(), "nobody".to_owned()), free);
    let mut pages: BTreeMap<String, Vec<(String, usize)>> = BTreeMap::new();
    for ((kind, name), numbers) in groups {
        // The one in the middle of them.
        let number = numbers[numbers.len() / 2];
        pages.entry(kind).or_default().push((name, number));
    }
    pages
}

/// What the two ways of looking found; nothing where all seemed well.
#[derive(Debug)]
struct Found {
    checked: Option<String>,
    verified: Option<String>,
}

fn of_store(error: &StoreError) -> String {
    error.code().to_owned()
}

fn of_setup(error: &SetupError) -> String {
    match error {
        SetupError::Store(error) => of_store(error),
        other => other.to_string(),
    }
}

/// Looks at a file in every way that a program would.
async fn look(path: &Path) -> Found {
    let store = match SqliteStore::connect(SqliteOptions::new(path)).await {
        Ok(store) => store,
        Err(error) => {
            let said = Some(of_store(&error));
            return Found { checked: said.clone(), verified: said };
        }
    };
    let checked = match store.check_up().await {
        Ok(checkup) => checkup.problems.first().map(|_| "problems".to_owned()),
        Err(error) => Some(of_store(&error)),
    };
    let opened = county::setup(store.clone()).expect("definitions").open().await;
    let verified = match opened {
        Err(error) => Some(of_setup(&error)),
        Ok(engine) => {
            let verdict = engine.verify(VerifyOptions::default(), |_| ()).await;
            // Whoever only works may meet the page or not: a number that was set back comes as a key
            // that is taken. He is answered in any case.
            drop(engine.cases(&CaseQuery { limit: 50, ..CaseQuery::default() }).await);
            drop(engine.execute(small::clue()).await);
            drop(engine.sweep().await);
            match verdict {
                Ok(verdict) => verdict.faults.first().map(|_| "faults".to_owned()),
                Err(EngineError::Store(error)) => Some(of_store(&error)),
                Err(error) => Some(error.code()),
            }
        }
    };
    drop(store.close().await);
    Found { checked, verified }
}

/// Whether a failure says that the file is not as it was written.
fn is_honest(said: &str) -> bool {
    let known = ["store.damaged", "store.not_a_database", "store.corrupt", "problems", "faults"];
    known.contains(&said)
}

/// Whether a page is one of an index, of which the check-up compares every row.
fn is_index(name: &str) -> bool {
    name.contains("_by_") || name.starts_with("sqlite_autoindex_")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_damaged_page_is_found_or_does_no_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let (whole, image) = (folder.path().join("whole.db"), folder.path().join("image.db"));
    worked(&whole).await;
    let bytes = fs::read(&whole).expect("a file");
    let pages = pages(&whole).await;
    let most = if env::var_os("HEXACASE_LONG").is_some() { usize::MAX } else { SHORT };
    // By damage and kind: pages, found by the check-up, found by verifying, found by neither.
    let mut counts: BTreeMap<(Damage, &str), [usize; 4]> = BTreeMap::new();
    for (kind, named) in &pages {
        let step = named.len().div_ceil(most).max(1);
        for (name, number) in named.iter().step_by(step) {
            for damage in DAMAGES {
                let mut bytes = bytes.clone();
                let begins = (number - 1) * PAGE;
                damage.strike(&mut bytes[begins..begins + PAGE]);
                for end in ["-wal", "-shm"] {
                    drop(fs::remove_file(folder.path().join(format!("image.db{end}"))));
                }
                fs::write(&image, bytes).expect("an image");
                let found = look(&image).await;
                let place = format!("{damage:?}, {kind} page {number} of {name}: {found:?}");
                println!("{place}");
                let found_by_checking = found.checked.as_deref().is_some_and(is_honest);
                assert!(found_by_checking || found.checked.is_none(), "{place}");
                // A row that is gone may look as if it had never been.
                let honest = found.verified.as_deref().is_none_or(is_honest);
                assert!(honest || found_by_checking, "{place}");
                let lost = matches!(damage, Damage::Overwritten | Damage::Emptied);
                match kind.as_str() {
                    "free" => {}
                    // Nothing in the file says what a long row says on its further pages.
                    "overflow" => assert!(found.verified.is_some(), "{place}"),
                    _ if lost || is_index(name) => assert!(found.checked.is_some(), "{place}"),
                    _ => {}
                }
                let count = counts.entry((damage, kind)).or_default();
                let unseen = found.checked.is_none() && found.verified.is_none();
                count[0] += 1;
                count[1] += usize::from(found.checked.is_some());
                count[2] += usize::from(found.verified.is_some());
                count[3] += usize::from(unseen);
            }
        }
    }
    for ((damage, kind), [pages, checked, verified, unseen]) in &counts {
        println!(
            "{damage:?}, {kind}: {pages} pages, {checked} found by the check-up, {verified} by \
             verifying, {unseen} by neither"
        );
    }
}
