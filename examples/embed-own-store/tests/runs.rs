//! What the suite cannot try: the example runs, a torn line is cut off and one before the last is
//! not, and two programs do not share the file.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{fs, path::Path, process::Command};

use embed_own_store::JournalStore;
use hexacase::store::StoreError;

fn run(file: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_embed-own-store")).arg(file).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn the_example_runs_twice_and_verifies_what_it_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("county.journal");
    // The record of the directory is a case too.
    assert!(run(&file).contains("verified: 2 件个案 cases, 3 条留痕 entries, 0 处问题 faults"));
    let again = run(&file);
    assert!(
        again.contains("verified: 3 件个案 cases, 5 条留痕 entries, 0 处问题 faults"),
        "{again}"
    );
    assert!(again.contains("待办 to do: 999999-"), "{again}");
}

#[test]
fn a_line_that_was_being_written_is_cut_off_wherever_it_tore() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("county.journal");
    run(&file);
    let whole = fs::read(&file).unwrap();
    let before = whole.len() - whole.rsplit(|byte| *byte == b'\n').nth(1).unwrap().len() - 1;
    for length in before..whole.len() {
        fs::write(&file, whole.get(..length).unwrap()).unwrap();
        drop(JournalStore::open(&file).unwrap());
        assert_eq!(fs::read(&file).unwrap().len(), before, "cut at {length}");
    }
    fs::write(&file, &whole).unwrap();
    drop(JournalStore::open(&file).unwrap());
    assert_eq!(fs::read(&file).unwrap(), whole);
}

#[test]
fn a_damaged_line_before_the_last_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("county.journal");
    run(&file);
    let mut bytes = fs::read(&file).unwrap();
    let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 80;
    *bytes.get_mut(second).unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    let problem = JournalStore::open(&file).unwrap_err();
    assert!(matches!(problem, StoreError::Corrupt { table: "journal", .. }), "{problem:?}");
    assert!(problem.to_string().contains("line 2 does not fit its checksum"), "{problem}");
}

#[test]
fn a_journal_that_is_open_is_not_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("county.journal");
    run(&file);
    let open = JournalStore::open(&file).unwrap();
    let problem = JournalStore::open(&file).unwrap_err();
    assert!(matches!(problem, StoreError::Busy { .. }), "{problem:?}");
    drop(open);
    JournalStore::open(&file).unwrap();
}
