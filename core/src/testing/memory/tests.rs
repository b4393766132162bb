//! Tests of the memory store beyond the contract.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use super::{MemoryStore, well_formed::check};
use crate::{
    store::{Group, Store, StoreError},
    terms::{
        area::Realm,
        id::{CaseId, Revision},
    },
    testing::{block_on, conformance::sample_meta},
};

fn realm() -> Realm {
    sample_meta().realm
}

#[test]
fn a_transaction_waits_until_the_one_before_it_has_ended() {
    block_on(async {
        let store = MemoryStore::new(sample_meta());
        let first = store.begin(&realm()).await.unwrap();
        let realm = realm();
        let mut second = pin!(store.begin(&realm));
        let mut context = Context::from_waker(Waker::noop());
        assert!(second.as_mut().poll(&mut context).is_pending());
        first.commit().await.unwrap();
        assert!(second.await.is_ok());
    });
}

#[test]
fn an_append_dropped_while_it_waits_for_its_turn_interrupts_the_transaction() {
    block_on(async {
        let store = MemoryStore::optimistic(sample_meta());
        let mut first = store.begin(&realm()).await.unwrap();
        let mut second = store.begin(&realm()).await.unwrap();
        first.append(&[]).await.unwrap();
        {
            let waiting = pin!(second.append(&[]));
            let mut context = Context::from_waker(Waker::noop());
            assert!(matches!(waiting.poll(&mut context), Poll::Pending));
        }
        first.commit().await.unwrap();
        assert!(matches!(second.staff().await, Err(StoreError::Interrupted)));
        assert!(matches!(second.commit().await, Err(StoreError::Interrupted)));
        assert!(store.begin(&realm()).await.unwrap().append(&[]).await.is_ok());
    });
}

#[test]
fn clones_share_what_is_stored() {
    block_on(async {
        let store = MemoryStore::new(sample_meta());
        assert_eq!(store.clone().meta().await.unwrap(), sample_meta());
        let _held = store.begin(&realm()).await.unwrap();
        let realm = realm();
        let mut other = pin!(store.begin(&realm));
        let mut context = Context::from_waker(Waker::noop());
        assert!(other.as_mut().poll(&mut context).is_pending());
    });
}

#[test]
fn a_group_that_no_engine_writes_is_named() {
    let id = CaseId::from_bytes([1; 16]);
    let twice = Group { expect: vec![(id, Revision::NONE); 2], ..Group::default() };
    let problem = StoreError::from(check(&realm(), &[twice]).unwrap_err());
    assert_eq!(problem.code(), "store.backend");
    let source = std::error::Error::source(&problem).unwrap().to_string();
    assert_eq!(source, format!("case {id}: it is expected twice in one call"));
}
