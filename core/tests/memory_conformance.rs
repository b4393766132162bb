//! The memory store keeps the contract, whenever its transactions take their turn to write.

use std::sync::Arc;

use hexacase::{
    store::Store,
    testing::{Fixture, MemoryStore, conformance::sample_meta},
};

fn fixture(store: MemoryStore) -> Fixture {
    let kept = store.clone();
    Fixture::new(store, sample_meta()).reopened_by(move || {
        let store: Arc<dyn Store> = Arc::new(kept.clone());
        async { store }
    })
}

mod turn_at_begin {
    use super::*;

    async fn fresh() -> Fixture {
        fixture(MemoryStore::new(sample_meta()))
    }

    hexacase::store_conformance!(fresh);
}

mod turn_at_append {
    use super::*;

    async fn fresh() -> Fixture {
        fixture(MemoryStore::optimistic(sample_meta()))
    }

    hexacase::store_conformance!(fresh);
}
