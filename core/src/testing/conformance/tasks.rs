//! Clauses on tasks that run beside each other.

use std::sync::Arc;

use super::{
    Fixture,
    fixture::begin,
    records::{SampleCase, case_id, subject_id, together},
};
use crate::{
    store::{CaseQuery, GroupOutcome, Scope, Store, Wanted},
    terms::area::Realm,
};

/// Appends one group as a task of its own and says whether it stood.
fn racing(fixture: &Fixture, group: crate::store::Group) -> tokio::task::JoinHandle<bool> {
    let (store, realm): (Arc<dyn Store>, Realm) = (fixture.store(), fixture.realm().clone());
    tokio::spawn(async move {
        let mut tx = begin(&store, &realm).await;
        tokio::task::yield_now().await;
        let outcomes = tx.append(&[group]).await.unwrap();
        tokio::task::yield_now().await;
        tx.commit().await.unwrap();
        matches!(outcomes[..], [GroupOutcome::Written(_)])
    })
}

/// Of two tasks that write the same revision of a case exactly one stands, each time.
pub async fn of_two_tasks_on_one_revision_exactly_one_stands(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    for round in 0..100 {
        let mut other = case.clone();
        let left = racing(&fixture, case.goes("left"));
        let right = racing(&fixture, other.goes("right"));
        let stood = (left.await.unwrap(), right.await.unwrap());
        assert!(stood.0 != stood.1, "round {round}: {stood:?}");
        case = if stood.0 { case } else { other };
        assert_eq!(&fixture.case(case.id).await.unwrap().facts, case.facts(), "round {round}");
    }
    assert_eq!(fixture.entries_of(case.id).await.len(), 101);
}

/// Of eight tasks that open cases under one revision of a scope exactly one stands.
pub async fn of_many_tasks_on_one_scope_exactly_one_stands(fixture: Fixture) {
    let scope = Scope::subject(subject_id(99));
    for round in 0..10 {
        let tasks: Vec<_> = (1..=8)
            .map(|number| {
                let mut case = fixture.sample(round * 8 + number).about(99);
                racing(&fixture, case.step("open").locks(scope, i64::from(round)).group())
            })
            .collect();
        let mut stood = 0;
        for task in tasks {
            stood += u32::from(task.await.unwrap());
        }
        assert_eq!(stood, 1, "round {round}");
    }
}

/// Tasks on cases of their own all stand, and their numbers differ.
pub async fn tasks_on_cases_of_their_own_all_stand(fixture: Fixture) {
    let tasks: Vec<_> =
        (1..=20).map(|number| racing(&fixture, fixture.sample(number).goes("open"))).collect();
    for task in tasks {
        assert!(task.await.unwrap());
    }
    let query = CaseQuery { limit: 100, ..CaseQuery::default() };
    let cases = fixture.reader().await.cases(&query).await.unwrap();
    let mut numbers: Vec<_> = cases.iter().map(|case| case.number.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((cases.len(), numbers.len()), (20, 20));
}

/// A reader never sees one case of a group before the other.
pub async fn a_reader_never_sees_half_of_a_group(fixture: Fixture) {
    let pair: [SampleCase; 2] = [fixture.sample(1), fixture.sample(2)];
    let (store, realm) = (fixture.store(), fixture.realm().clone());
    let writer = tokio::spawn(async move {
        let [mut a, mut b] = pair;
        for _ in 0..50 {
            let mut tx = begin(&store, &realm).await;
            tx.append(&[together([a.goes("open"), b.goes("open")])]).await.unwrap();
            tokio::task::yield_now().await;
            tx.commit().await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let wanted = Wanted { cases: vec![case_id(1), case_id(2)], ..Wanted::default() };
    let mut reader = fixture.reader().await;
    while !writer.is_finished() {
        let cases = reader.load(&wanted).await.unwrap().cases;
        let revisions: Vec<_> = cases.iter().map(|case| case.facts.revision).collect();
        assert!(matches!(revisions[..], []) || revisions[0] == revisions[1], "{revisions:?}");
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
    assert_eq!(fixture.case(case_id(2)).await.unwrap().facts.revision.get(), 50);
}

/// What a transaction loaded does not change before it ends, or its append conflicts.
pub async fn what_was_loaded_does_not_change_under_a_transaction(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    for round in 0..20 {
        let mut mine = case.clone();
        let wanted = Wanted { cases: vec![case.id], ..Wanted::default() };
        let mut tx = fixture.begin().await;
        let before = tx.load(&wanted).await.unwrap().cases.pop().unwrap().facts;
        assert_eq!(&before, case.facts(), "round {round}");
        let theirs = racing(&fixture, case.goes("theirs"));
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
        let outcome = tx.append(&[mine.goes("mine")]).await.unwrap();
        let stood = matches!(outcome[..], [GroupOutcome::Written(_)]);
        tx.commit().await.unwrap();
        assert!(theirs.await.unwrap() != stood, "round {round}");
        case = if stood { mine } else { case };
    }
}
