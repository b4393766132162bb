//! The disk is full under a writer on SQLite, by a limit for the size of a file and by a file system
//! that has no room left, in the log and in the middle of tidying the log into the database: each step
//! is done or answered with an error that says what it is, what was acknowledged is there and nothing
//! is there in part, reading goes on, and the same engine goes on writing once there is room.
//!
//! The writer is a process of its own, because a limit is one of a process, and the small file system
//! is seen by no other. What it leaves is copied as it is while the disk is full, as it would be found
//! after the end of the process at that moment, and again in the end.
//!
//! A limit comes from SQLite as a write that failed and not as a full disk (`store.disk_failed`). The
//! long form tries more limits and sizes, so that they fall on all places within a page of the log:
//! `HEXACASE_LONG=1 cargo test -p hexacase-tests --test full_disk -- --nocapture`.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command as Process},
    time::Duration,
};

use hexacase::{
    engine::{Command, Engine, EngineError, Receipt, VerifyOptions},
    store::{CaseQuery, StoreError},
    testing::ManualClock,
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{
    reread::Reread,
    said::Said,
    small::{self, at},
};
use sqlx::{Connection as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions};

/// What the writer is told: its database, where to leave copies, and what takes its room.
const DATABASE: &str = "HEXACASE_FULL_DATABASE";
const COPIES: &str = "HEXACASE_FULL_COPIES";
const ROOM: &str = "HEXACASE_FULL_ROOM";
/// The two things that take room. The ballast is a file beside the database.
const LIMIT: &str = "limit";
const BALLAST: &str = "ballast";
/// How large the ballast is: room for all that comes after it is gone.
const BALLAST_BYTES: u64 = 12 * MIB;

const MIB: u64 = 1024 * 1024;
/// When SQLite tidies its log into the database: after so many bytes of it.
const TIDIED: u64 = 1_000 * (4_096 + 24);

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().expect("a runtime")
}

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::connect(SqliteOptions::new(path)).await.expect("a database")
}

async fn engine(store: &SqliteStore, clock: ManualClock) -> Engine {
    small::engine(store.clone(), clock).await
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Somebody who opens alerts and goes on with them, one command after the other.
struct Writer {
    engine: Engine,
    clock: ManualClock,
    commands: u64,
    last: Option<Receipt>,
    failed: Vec<Command>,
}

impl Writer {
    /// The next command; each has an id.
    fn next(&mut self) -> Command {
        self.commands += 1;
        self.clock.advance(Duration::from_mins(1));
        let command = match self.last.take() {
            None => small::clue(),
            Some(opened) => small::verification(opened.case),
        };
        command.with_id(small::numbered(self.commands))
    }

    /// Says aloud what was done, and keeps what was not.
    fn heard(&mut self, command: Command, answer: Result<Receipt, EngineError>) -> Option<String> {
        match answer {
            Ok(receipt) => {
                println!("{}", Said::of(&receipt).expect("every command has an id"));
                self.last = Some(receipt).filter(|receipt| receipt.revision.get() == 1);
                None
            }
            Err(problem) => {
                self.failed.push(command);
                Some(problem.code())
            }
        }
    }

    async fn give(&mut self) -> Option<String> {
        let command = self.next();
        let answer = self.engine.execute(command.clone()).await;
        self.heard(command, answer)
    }
}

/// What the writer does.
#[test]
fn a_writer_whose_disk_fills() {
    let Some(path) = env::var_os(DATABASE).map(PathBuf::from) else { return };
    let copies = PathBuf::from(env::var_os(COPIES).expect("a folder"));
    let room = env::var(ROOM).expect("what takes the room");
    // The first line follows the test runner's own words.
    println!();
    runtime().block_on(async {
        let clock = ManualClock::at(at("2026-03-02 09:00"));
        let store = open(&path).await;
        let engine = engine(&store, clock.clone()).await;
        let mut writer = Writer { engine, clock, commands: 0, last: None, failed: Vec::new() };
        let code = loop {
            if let Some(code) = writer.give().await {
                break code;
            }
        };
        for end in ["", "-wal"] {
            // `fs::copy` asks for more than there is, which the limit forbids.
            let bytes = fs::read(beside(&path, end)).expect("a file");
            fs::write(beside(&copies.join("full.db"), end), bytes).expect("a copy");
        }
        println!("FULL {code} {}", writer.commands);
        stays_full(&store, &mut writer, &path, &room, &code).await;
        make_room(&path, &room);
        for command in std::mem::take(&mut writer.failed) {
            let receipt = writer.engine.execute(command.clone()).await.expect("there is room");
            assert!(!receipt.repeated, "a step was kept that was said to have failed");
            writer.heard(command, Ok(receipt));
        }
        for _ in 0..10 {
            assert_eq!(writer.give().await, None, "there is room");
        }
        store.close().await.expect("nobody uses it");
        fs::copy(&path, copies.join("end.db")).expect("a copy");
        println!("END {}", writer.commands);
    });
}

/// While there is no room, every step is done or fails in the same way, alone and in a batch, and
/// what only reads goes on, for programs that come now too.
async fn stays_full(store: &SqliteStore, writer: &mut Writer, path: &Path, room: &str, code: &str) {
    for _ in 0..6 {
        if let Some(again) = writer.give().await {
            assert_eq!(again, code, "another error for the same reason");
        }
    }
    let batch: Vec<Command> = (0..4).map(|_| writer.next()).collect();
    let answers = writer.engine.execute_many(batch.clone()).await;
    for (command, answer) in batch.into_iter().zip(answers) {
        if let Some(again) = writer.heard(command, answer) {
            // The store does not know of a write that failed in a commit whether it stands.
            let lost = room == LIMIT && again == "engine.lost";
            assert!(lost || again == code, "`{again}` for the same reason");
        }
    }
    let all = CaseQuery { limit: 1_000, ..CaseQuery::default() };
    let cases = writer.engine.cases(&all).await.expect("a list").len();
    let other = open(path).await;
    let reader = engine(&other, writer.clock.clone()).await;
    assert_eq!(reader.cases(&all).await.expect("a list").len(), cases);
    drop(reader);
    other.close().await.expect("nobody uses it");
    assert_eq!(store.check_up().await.expect("a check").problems, Vec::<String>::new());
    if room == BALLAST {
        let copy = beside(path, "-copy");
        let copied = store.copy_to(&copy).await;
        assert!(matches!(copied, Err(StoreError::DiskFull { .. })), "{copied:?}");
        fs::remove_file(copy).expect("what was begun");
    }
}

fn make_room(path: &Path, room: &str) {
    if room == BALLAST {
        return fs::remove_file(beside(path, "-ballast")).expect("the ballast");
    }
    let pid = process::id().to_string();
    let raised = Process::new("prlimit").args(["--pid", &pid, "--fsize=unlimited:"]).status();
    assert!(raised.expect("prlimit, which comes with util-linux").success());
}

/// Sets a database up, and gives its size. The host's own table beside ours makes it as large as is
/// wanted.
fn prepare(path: &Path, bytes: u64) -> u64 {
    runtime().block_on(async {
        let store = open(path).await;
        store.init(&small::meta()).await.expect("an empty database");
        let engine = engine(&store, ManualClock::at(at("2026-03-02 09:00"))).await;
        small::people(&engine).await;
        store.close().await.expect("nobody uses it");
        let found = fs::metadata(path).expect("a file").len();
        if let Some(more) = bytes.checked_sub(found).filter(|more| *more > 0) {
            let options = SqliteConnectOptions::new().filename(path);
            let mut host = SqliteConnection::connect_with(&options).await.expect("the host");
            host.execute("CREATE TABLE photo (bytes BLOB)").await.expect("a table");
            let photo = sqlx::query("INSERT INTO photo VALUES (zeroblob($1))");
            let more = i64::try_from(more).expect("a size");
            photo.bind(more).execute(&mut host).await.expect("a row");
            host.close().await.expect("a close");
        }
    });
    fs::metadata(path).expect("a file").len()
}

/// What a writer said, and what became of it.
struct Heard {
    full: Vec<Said>,
    all: Vec<Said>,
    code: String,
}

/// Lets the writer run in a shell that took its room, and listens.
fn run(shell: &mut Process, path: &Path, copies: &Path, room: &str) -> Heard {
    fs::create_dir_all(copies).expect("a folder");
    let output = shell
        .arg(env::current_exe().expect("this test"))
        .args(["--exact", "a_writer_whose_disk_fills", "--nocapture", "--test-threads=1"])
        .env(DATABASE, path)
        .env(COPIES, copies)
        .env(ROOM, room)
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{said}\n{errors}", output.status);
    let (full, rest) = said.split_once("\nFULL ").expect("the disk was full");
    let code = rest.split(' ').next().expect("a code").to_owned();
    assert!(rest.contains("\nEND "), "the writer did not come to its end:\n{said}\n{errors}");
    let heard = |text: &str| text.lines().filter_map(Said::read).collect();
    Heard { full: heard(full), all: heard(&said), code }
}

/// What was acknowledged is there, whole, and nothing else.
fn look(copies: &Path, heard: &Heard) {
    for (name, said) in [("full.db", &heard.full), ("end.db", &heard.all)] {
        runtime().block_on(async {
            let store = open(&copies.join(name)).await;
            let engine = engine(&store, ManualClock::at(at("2026-04-02 09:00"))).await;
            let mut reread = Reread::default();
            let read = reread.read(&engine, said).await;
            assert_eq!(read, Ok(()), "{name}");
            // The entry of the people, and one for each step.
            assert_eq!(reread.entries(), said.len() + 1, "{name}: steps that nobody heard of");
            let verdict = engine.verify(VerifyOptions::default(), |_| ()).await;
            let verdict = verdict.expect("a verdict");
            assert!(verdict.is_clean(), "{name}: {:#?}", verdict.faults);
            let checkup = store.check_up().await.expect("a check");
            assert_eq!(checkup.problems, Vec::<String>::new(), "{name}");
            store.close().await.expect("nobody uses it");
        });
    }
}

fn is_long() -> bool {
    env::var_os("HEXACASE_LONG").is_some()
}

#[test]
fn a_limit_for_the_size_of_a_file_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut steps, mut runs) = (0, 0);
    let small = prepare(&folder.path().join("small.db"), 0);
    let large = prepare(&folder.path().join("large.db"), TIDIED + small);
    let tries = if is_long() { 40 } else { 3 };
    // In the log; and where the log is tidied into a database that may not grow.
    for (name, from) in [("small.db", MIB), ("large.db", large + 64 * 1024)] {
        for round in 0..tries {
            // The shell counts in 512 bytes.
            let blocks = from / 512 + 7 * round;
            let path = folder.path().join(format!("{blocks}.db"));
            fs::copy(folder.path().join(name), &path).expect("a copy");
            let copies = folder.path().join(format!("copies-{blocks}"));
            let mut shell = Process::new("sh");
            let limit = r#"trap "" XFSZ; ulimit -S -f "$0" && exec "$@""#;
            shell.arg("-c").arg(limit).arg(blocks.to_string());
            let heard = run(&mut shell, &path, &copies, LIMIT);
            assert_eq!(heard.code, "store.disk_failed");
            look(&copies, &heard);
            (steps, runs) = (steps + heard.all.len(), runs + 1);
        }
    }
    println!("{runs} limits for the size of a file: {steps} acknowledged steps, no loss");
}

/// Mounts a small file system that only this process sees, puts the database and the ballast there
/// and becomes the writer. Its words: the size, the folder, the database, the size of the ballast.
const MOUNT: &str = r#"
mount -t tmpfs -o size="$0" none "$1" && cp "$2" "$1/cases.db" &&
head -c "$3" /dev/zero >"$1/cases.db-ballast" && shift 3 && exec "$@""#;

#[test]
fn a_full_file_system_loses_nothing() {
    let mounts = ["-rm", "sh", "-c", "mount -t tmpfs none /mnt"];
    let permitted = Process::new("unshare").args(mounts).output();
    if !permitted.is_ok_and(|output| output.status.success()) {
        println!("left out: a process may not mount a file system of its own here (`unshare -rm`)");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let prepared = folder.path().join("prepared.db");
    let bytes = prepare(&prepared, 0);
    let mounted = folder.path().join("mounted");
    fs::create_dir(&mounted).expect("a folder");
    let (mut steps, mut runs) = (0, 0);
    let tries = if is_long() { 20 } else { 2 };
    // In the log; and where the log is tidied into the database.
    for free in [MIB, TIDIED + 128 * 1024] {
        for round in 0..tries {
            let size = bytes + BALLAST_BYTES + free + round * 4_096;
            let copies = folder.path().join(format!("copies-{size}"));
            let mut shell = Process::new("unshare");
            shell.args(["-rm", "sh", "-c", MOUNT]).arg(size.to_string()).arg(&mounted);
            shell.arg(&prepared).arg(BALLAST_BYTES.to_string());
            let heard = run(&mut shell, &mounted.join("cases.db"), &copies, BALLAST);
            assert_eq!(heard.code, "store.disk_full");
            look(&copies, &heard);
            (steps, runs) = (steps + heard.all.len(), runs + 1);
        }
    }
    println!("{runs} full file systems: {steps} acknowledged steps, no loss");
}
