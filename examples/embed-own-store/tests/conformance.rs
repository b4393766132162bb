//! The journal keeps the contract of a store.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

use std::sync::Arc;

use embed_own_store::JournalStore;
use hexacase::{
    store::Store,
    testing::{Fixture, conformance::sample_meta},
};

async fn fresh() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("county.journal");
    let store = JournalStore::create(&path, &sample_meta()).unwrap();
    let fixture = Fixture::new(store, sample_meta()).guarded_by(folder);
    fixture.reopened_by(move || {
        let store: Arc<dyn Store> = Arc::new(JournalStore::open(&path).unwrap());
        async { store }
    })
}

hexacase::store_conformance!(fresh);
