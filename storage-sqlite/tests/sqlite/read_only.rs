//! A file that may be read and not written, and a folder in which nothing may be made: what can be
//! read is read, and everything else is an error that says so.
//!
//! Who runs as root may write whatever its mode says, so the file is mounted read-only, in a process
//! that has its mounts to itself.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use hexacase::store::{CaseQuery, Store, StoreError};
use hexacase_sqlite::{SqliteOptions, SqliteStore};

use crate::support::{Database, meta, opening, realm};

/// What the child is told: its file.
const FILE: &str = "HEXACASE_READ_ONLY_FILE";

/// Mounts a place read-only and becomes the child.
const MOUNT: &str = r#"mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@""#;

async fn cases(store: &SqliteStore) -> Result<usize, StoreError> {
    let all = CaseQuery { limit: 9, ..CaseQuery::default() };
    Ok(store.reader(&realm()).await?.cases(&all).await?.len())
}

fn is_no_access<T: std::fmt::Debug>(what: &str, result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::NoAccess { .. })), "{what}: {result:?}");
}

#[tokio::test]
async fn a_program_that_may_not_write_its_file() {
    let Some(path) = env::var_os(FILE).map(PathBuf::from) else { return };
    let store = SqliteStore::connect(SqliteOptions::new(&path)).await.unwrap();
    assert_eq!(store.meta().await.unwrap(), meta());
    assert_eq!(cases(&store).await.unwrap(), 1);
    // Twice, so that what the first leaves is seen too.
    for _ in 0..2 {
        let mut tx = store.begin(&realm()).await.unwrap();
        is_no_access("append", tx.append(&[opening(3)]).await);
        assert!(matches!(tx.commit().await, Err(StoreError::Interrupted)));
    }
    assert_eq!(cases(&store).await.unwrap(), 1);
    assert_eq!(store.check_up().await.unwrap().problems, Vec::<String>::new());
    assert!(store.init(&meta()).await.is_err());
    let copy = path.with_extension("copy");
    store.copy_to(&copy).await.unwrap();
    store.close().await.unwrap();
    let copied = SqliteStore::connect(SqliteOptions::new(&copy)).await.unwrap();
    assert_eq!(cases(&copied).await.unwrap(), 1);
}

#[tokio::test]
async fn a_program_that_may_not_write_the_folder() {
    let Some(path) = env::var_os(FILE).map(PathBuf::from) else { return };
    for name in ["cases.db", "none.db"] {
        let options = SqliteOptions::new(path.with_file_name(name));
        is_no_access(name, SqliteStore::connect(options).await.map(drop));
    }
}

/// Runs a child for which a place is mounted read-only; false where that is not permitted.
fn run(place: &Path, file: &Path, child: &str) -> bool {
    let mounts = ["-rm", "sh", "-c", "mount --bind /mnt /mnt"];
    let permitted = Command::new("unshare").args(mounts).output();
    if !permitted.is_ok_and(|output| output.status.success()) {
        println!("left out: a process may not mount anything of its own here (`unshare -rm`)");
        return false;
    }
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", MOUNT])
        .arg(place)
        .arg(env::current_exe().unwrap())
        .args(["--exact", child, "--nocapture", "--test-threads=1"])
        .env(FILE, file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{errors}");
    true
}

#[tokio::test]
async fn a_read_only_file_is_read_and_every_write_is_refused() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    database.store.close().await.unwrap();
    let path = database.folder.path().join("cases.db");
    let before = fs::read(&path).unwrap();
    if run(&path, &path, "read_only::a_program_that_may_not_write_its_file") {
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[tokio::test]
async fn a_read_only_folder_is_refused_at_once() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    database.store.close().await.unwrap();
    let path = database.folder.path().join("cases.db");
    run(database.folder.path(), &path, "read_only::a_program_that_may_not_write_the_folder");
}
