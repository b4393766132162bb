//! Copies taken while others write, and files that are not what they should be.

use std::fs;

use crate::support::{Database, case_id, meta, opening, options, realm};
use hexacase::store::{DutyFilter, DutyQuery, Store, StoreError, Wanted};
use hexacase_sqlite::{SqliteOptions, SqliteStore};

#[tokio::test]
async fn a_copy_taken_between_two_commits_holds_the_first_and_opens_as_a_database() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    let copy = database.folder.path().join("copy.db");
    // A transaction that is open and has written does not stand in the way.
    let mut tx = database.store.begin(&realm()).await.unwrap();
    tx.append(&[opening(3)]).await.unwrap();
    database.store.copy_to(&copy).await.unwrap();
    tx.commit().await.unwrap();
    let copied = SqliteStore::connect(SqliteOptions::new(&copy)).await.unwrap();
    assert_eq!(copied.meta().await.unwrap(), meta());
    let mut reader = copied.reader(&realm()).await.unwrap();
    let wanted = Wanted { cases: vec![case_id(2), case_id(3)], ..Wanted::default() };
    let cases: Vec<_> = reader.load(&wanted).await.unwrap().cases;
    assert_eq!(cases.iter().map(|case| case.facts.id).collect::<Vec<_>>(), [case_id(2)]);
    assert_eq!(copied.check_up().await.unwrap().problems, Vec::<String>::new());
}

#[tokio::test]
async fn every_copy_taken_while_another_connection_writes_is_whole() {
    let database = Database::new().await;
    let other = SqliteStore::connect(options(&database.folder)).await.unwrap();
    let writer = tokio::spawn(async move {
        for number in 2..40 {
            let mut tx = other.begin(&realm()).await.unwrap();
            tx.append(&[opening(number)]).await.unwrap();
            tx.commit().await.unwrap();
        }
    });
    let mut seen = Vec::new();
    for number in 0..8 {
        let copy = database.folder.path().join(format!("copy-{number}.db"));
        database.store.copy_to(&copy).await.unwrap();
        let copied = SqliteStore::connect(SqliteOptions::new(&copy)).await.unwrap();
        assert_eq!(copied.check_up().await.unwrap().problems, Vec::<String>::new());
        let mut reader = copied.reader(&realm()).await.unwrap();
        let all = DutyQuery { filter: DutyFilter::All, after: None, limit: 999 };
        seen.push(reader.duties(&all).await.unwrap().len());
    }
    writer.await.unwrap();
    assert!(seen.is_sorted(), "{seen:?}");
}

#[tokio::test]
async fn a_copy_never_overwrites() {
    let database = Database::new().await;
    let taken = database.folder.path().join("taken");
    fs::write(&taken, "somebody's").unwrap();
    let error = database.store.copy_to(&taken).await.unwrap_err();
    assert!(matches!(error, StoreError::NoAccess { .. }), "{error:?}");
    assert_eq!(fs::read(&taken).unwrap(), b"somebody's");
    let nowhere = database.folder.path().join("no such folder").join("copy.db");
    let error = database.store.copy_to(&nowhere).await.unwrap_err();
    assert!(matches!(error, StoreError::NoAccess { .. }), "{error:?}");
}

#[tokio::test]
async fn a_text_file_is_said_to_be_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let text = "no database at all, but long enough to be looked at as one\n".repeat(99);
    fs::write(folder.path().join("cases.db"), &text).unwrap();
    let error = SqliteStore::connect(options(&folder)).await.unwrap_err();
    assert!(matches!(error, StoreError::NotADatabase { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(folder.path().join("cases.db")).unwrap(), text);
}

#[tokio::test]
async fn a_page_that_was_overwritten_is_found_by_the_check_up() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    let path = database.folder.path().join("cases.db");
    database.store.close().await.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    // Every page but the first, which holds the schema.
    bytes[4096..].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    let store = SqliteStore::connect(options(&database.folder)).await;
    let found = match store {
        Ok(store) => store.check_up().await,
        Err(error) => Err(error),
    };
    match found {
        Ok(checkup) => assert_ne!(checkup.problems, Vec::<String>::new()),
        Err(error) => assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}"),
    }
}

#[tokio::test]
async fn a_check_up_tells_settings_and_size() {
    let database = Database::new().await;
    let checkup = database.store.check_up().await.unwrap();
    assert_eq!((checkup.journal_mode.as_str(), checkup.synchronous), ("wal", 2));
    assert!(checkup.bytes > 0 && checkup.free_bytes <= checkup.bytes);
    assert_eq!(checkup.problems, Vec::<String>::new());
}
