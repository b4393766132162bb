//! Clauses on what a store says of itself, and on realms that are not its own.

use super::Fixture;
use crate::{store::StoreError, terms::area::Realm};

fn another(fixture: &Fixture) -> Realm {
    let realm = if fixture.realm().as_str() == "110101" { "110102" } else { "110101" };
    realm.parse().unwrap()
}

fn check(fixture: &Fixture, problem: Option<StoreError>) {
    match problem {
        Some(StoreError::OtherRealm { found, wanted }) => {
            assert_eq!((&found, wanted), (fixture.realm(), another(fixture)));
        }
        other => panic!("expected `OtherRealm`, found {other:?}"),
    }
}

/// The store says what it was set up as.
pub async fn a_store_says_what_it_was_set_up_as(fixture: Fixture) {
    assert_eq!(fixture.store().meta().await.unwrap(), *fixture.meta());
    fixture.write(fixture.sample(1).goes("open")).await;
    assert_eq!(fixture.store().meta().await.unwrap(), *fixture.meta());
}

/// No transaction begins in another realm.
pub async fn no_transaction_begins_in_another_realm(fixture: Fixture) {
    check(&fixture, fixture.store().begin(&another(&fixture)).await.err());
    fixture.write(fixture.sample(1).goes("open")).await;
}

/// Nobody reads in another realm.
pub async fn nobody_reads_in_another_realm(fixture: Fixture) {
    check(&fixture, fixture.store().reader(&another(&fixture)).await.err());
}
