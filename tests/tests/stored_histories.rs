//! Databases that earlier versions wrote: they are brought to the schema of today, and every entry
//! replays to the state that the earlier version stored. `tests/histories/README.md` tells of them.

#![expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]

use std::{fs, io::Read as _, path::PathBuf};

use flate2::read::GzDecoder;
use hexacase::{
    engine::VerifyOptions,
    store::{DeliveryQuery, DeliveryState, Store as _, StoreError},
    testing::ManualClock,
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::{
    small::{at, engine},
    workspace::root,
};

fn histories() -> Vec<PathBuf> {
    let folder = fs::read_dir(root().join("tests/histories")).expect("the folder");
    let paths = folder.map(|file| file.expect("a file").path());
    paths.filter(|path| path.extension().is_some_and(|end| end == "gz")).collect()
}

#[tokio::test]
async fn stored_histories_replay_to_the_state_they_were_stored_with() {
    let histories = histories();
    assert!(!histories.is_empty(), "there is no history");
    for packed in histories {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history.db");
        let mut bytes = Vec::new();
        let file = fs::File::open(&packed).expect("a file");
        GzDecoder::new(file).read_to_end(&mut bytes).expect("a packed file");
        fs::write(&path, bytes).expect("a file");

        let store = SqliteStore::connect(SqliteOptions::new(&path)).await.expect("a database");
        // Nothing is migrated unasked.
        let before = store.meta().await;
        assert!(matches!(before, Err(StoreError::SchemaOlder { .. })), "{before:?}");
        store.migrate().await.expect("a migration");
        let engine = engine(store.clone(), ManualClock::at(at("2027-12-31"))).await;
        let options = VerifyOptions { redecide: true };
        let verdict = engine.verify(options, |_| ()).await.expect("a verdict");
        println!("{}: {} entries of {} cases", packed.display(), verdict.entries, verdict.cases);
        assert!(verdict.is_clean(), "{}: {:?}", packed.display(), verdict.faults);
        assert!(verdict.entries > 100);
        // Old news is not delivered as new.
        let query = DeliveryQuery { state: DeliveryState::Pending, after: None, limit: 1 };
        assert_eq!(engine.deliveries(&query).await.expect("a list"), []);
        store.close().await.expect("nobody uses it");
    }
}
