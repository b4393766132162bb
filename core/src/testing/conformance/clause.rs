//! The clauses as a list, for those who run the suite themselves: to try it on a store that is
//! wrong, or to report what a store keeps in one table.

use std::{
    any::Any,
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
};

use super::Fixture;
use crate::testing::block_on;

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One clause of the store's contract.
#[derive(Clone, Copy)]
pub struct Clause {
    topic: &'static str,
    name: &'static str,
    run: fn(Fixture) -> Running,
}

impl fmt::Debug for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.topic, self.name)
    }
}

impl Clause {
    /// What it is about, e.g. `scopes`.
    pub fn topic(&self) -> &'static str {
        self.topic
    }

    /// What it says, as a sentence.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Puts an empty store to it, on this thread.
    ///
    /// # Errors
    /// What did not hold, in the words of the assertion.
    pub fn check<F: Future<Output = Fixture>>(&self, fresh: impl Fn() -> F) -> Result<(), String> {
        let run = || self.hold(fresh);
        // Whatever the clause leaves half done is dropped with its store.
        catch_unwind(AssertUnwindSafe(run)).map_err(|panic| said(&*panic))
    }

    fn hold<F: Future<Output = Fixture>>(&self, fresh: impl Fn() -> F) {
        block_on(async { (self.run)(fresh().await).await });
    }
}

/// Puts an empty store to the clause of this topic and name, on this thread: what a test of
/// [`store_conformance!`](crate::store_conformance) does.
///
/// By name, where a call would do: the code of an async function belongs to whoever awaits it, and
/// every program that tests a store would compile all clauses for itself. That took minutes.
///
/// # Panics
/// Where the store does not keep it, and where there is no such clause.
#[doc(hidden)]
pub fn hold<F: Future<Output = Fixture>>(topic: &str, name: &str, fresh: impl Fn() -> F) {
    let all = [clauses(), damage_clauses()].concat();
    let clause = all.iter().find(|clause| (clause.topic, clause.name) == (topic, name));
    clause.unwrap_or_else(|| panic!("no clause {topic}::{name}")).hold(fresh);
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a text".to_owned())
}

macro_rules! list {
    (all => $($topic:ident { $($clause:ident,)* })*) => {
        vec![$($(
            Clause {
                topic: stringify!($topic),
                name: stringify!($clause),
                run: |fixture| Box::pin(super::$topic::$clause(fixture)),
            },
        )*)*]
    };
}

/// The clauses that every store can be put to, in the order of the list.
///
/// ```
/// use hexacase::testing::{Fixture, MemoryStore, conformance::{clauses, sample_meta}};
///
/// let fresh = || async { Fixture::new(MemoryStore::new(sample_meta()), sample_meta()) };
/// for clause in clauses().iter().filter(|clause| clause.topic() == "scopes") {
///     assert_eq!(clause.check(fresh), Ok(()), "{clause:?}");
/// }
/// ```
pub fn clauses() -> Vec<Clause> {
    crate::store_conformance_clauses!([list] all)
}

/// The clauses for a store that can be damaged.
pub fn damage_clauses() -> Vec<Clause> {
    crate::store_conformance_damage!([list] all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryStore, conformance::sample_meta};

    #[test]
    fn a_clause_that_does_not_hold_says_what_it_found() {
        // Nothing can be damaged here, which is what these clauses need.
        let fresh = || async { Fixture::new(MemoryStore::new(sample_meta()), sample_meta()) };
        let clause = damage_clauses()[0];
        let said = clause.check(fresh).unwrap_err();
        assert_eq!(format!("{clause:?}"), "damage::a_case_with_a_damaged_area_is_named");
        assert!(said.contains("needs `damaged_by`"), "{said}");
    }
}
