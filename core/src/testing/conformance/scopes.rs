//! Clauses on scopes: the rows that whoever looks beside compares and sets.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Fixture,
    fixture::begin,
    records::{SampleCase, case_id, incident_id, subject_id, together},
};
use crate::{
    store::{Group, GroupOutcome, Scope, Store, Wanted},
    terms::{
        area::Realm,
        id::{IncidentId, SubjectId},
    },
};

/// More often than any writer has to try again.
const MOST_TRIES: usize = 100;

async fn revisions(fixture: &Fixture, scopes: &[Scope]) -> Vec<i64> {
    let wanted = Wanted { scopes: scopes.to_vec(), ..Wanted::default() };
    let found: BTreeMap<Scope, i64> = fixture.load(&wanted).await.scopes;
    scopes.iter().map(|scope| found[scope]).collect()
}

/// A scope that nobody has raised yet has revision 0.
pub async fn a_scope_without_a_row_is_zero(fixture: Fixture) {
    let case = fixture.sample(1);
    assert_eq!(revisions(&fixture, &[case.subject_scope(), case.incident_scope()]).await, [0, 0]);
}

/// Each scope of a written group is raised by one.
pub async fn a_written_group_raises_its_scopes_by_one(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let (subject, incident) = (case.subject_scope(), case.incident_scope());
    fixture.write(case.step("open").locks(subject, 0).locks(incident, 0).group()).await;
    assert_eq!(revisions(&fixture, &[subject, incident]).await, [1, 1]);
    fixture.write(case.step("open").locks(subject, 1).group()).await;
    assert_eq!(revisions(&fixture, &[subject, incident]).await, [2, 1]);
}

/// A step that locks no scope raises none.
pub async fn a_group_without_scopes_raises_none(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    assert_eq!(revisions(&fixture, &[case.subject_scope(), case.incident_scope()]).await, [0, 0]);
}

/// Who read an older revision of a scope conflicts.
pub async fn a_stale_scope_conflicts_and_writes_nothing(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2).about(1));
    let subject = a.subject_scope();
    fixture.write(a.step("open").locks(subject, 0).group()).await;
    fixture.conflict(b.step("open").locks(subject, 0).group()).await;
    assert!(fixture.case(b.id).await.is_none());
    assert_eq!(revisions(&fixture, &[subject]).await, [1]);
}

/// Who expects a later revision of a scope than there is conflicts.
pub async fn a_scope_ahead_conflicts(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let subject = case.subject_scope();
    fixture.conflict(case.step("open").locks(subject, 1).group()).await;
    assert!(fixture.case(case.id).await.is_none());
    assert_eq!(revisions(&fixture, &[subject]).await, [0]);
}

/// One stale scope keeps the group's other scopes as they are.
pub async fn a_conflict_raises_no_scope(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let (subject, incident) = (case.subject_scope(), case.incident_scope());
    fixture.conflict(case.step("open").locks(subject, 0).locks(incident, 3).group()).await;
    assert_eq!(revisions(&fixture, &[subject, incident]).await, [0, 0]);
}

/// A stale case keeps the scopes of its group as they are.
pub async fn a_stale_case_raises_no_scope(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let subject = case.subject_scope();
    case.goes("lost");
    fixture.conflict(case.step("open").locks(subject, 0).group()).await;
    assert_eq!(revisions(&fixture, &[subject]).await, [0]);
}

/// A scope is raised once, however many steps its group has.
pub async fn a_scope_is_raised_once_for_a_group_of_many_steps(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let subject = case.subject_scope();
    let first = case.step("open").locks(subject, 0).group();
    fixture.write(together([first, case.goes_on(5)])).await;
    assert_eq!(revisions(&fixture, &[subject]).await, [1]);
}

/// Subject and incident of the same sixteen bytes are two scopes.
pub async fn a_subject_and_an_incident_of_one_id_are_two_scopes(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let subject = Scope::subject(SubjectId::from_bytes([7; 16]));
    let incident = Scope::incident(IncidentId::from_bytes([7; 16]));
    fixture.write(case.step("open").locks(subject, 0).group()).await;
    assert_eq!(revisions(&fixture, &[subject, incident]).await, [1, 0]);
    fixture.write(case.step("open").locks(incident, 0).group()).await;
    assert_eq!(revisions(&fixture, &[subject, incident]).await, [1, 1]);
}

/// The scopes of two groups of one call are raised apart.
pub async fn only_the_scopes_of_groups_that_stand_are_raised(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    let scopes = [a.subject_scope(), b.subject_scope()];
    let groups =
        [a.step("open").locks(scopes[0], 4).group(), b.step("open").locks(scopes[1], 0).group()];
    fixture.append(&groups).await;
    assert_eq!(revisions(&fixture, &scopes).await, [0, 1]);
}

/// A transaction that is dropped raises no scope.
pub async fn a_dropped_transaction_raises_no_scope(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let subject = case.subject_scope();
    let mut tx = fixture.begin().await;
    tx.append(&[case.step("open").locks(subject, 0).group()]).await.unwrap();
    drop(tx);
    assert_eq!(revisions(&fixture, &[subject]).await, [0]);
}

/// A scope raised earlier in a transaction counts in it.
pub async fn a_scope_raised_in_the_same_transaction_counts(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2).about(1));
    let subject = a.subject_scope();
    let mut tx = fixture.begin().await;
    tx.append(&[a.step("open").locks(subject, 0).group()]).await.unwrap();
    let stale = b.clone().step("open").locks(subject, 0).group();
    assert_eq!(tx.append(&[stale]).await.unwrap(), [GroupOutcome::Conflict]);
    let fresh = b.step("open").locks(subject, 1).group();
    assert!(matches!(tx.append(&[fresh]).await.unwrap()[..], [GroupOutcome::Written(_)]));
    tx.commit().await.unwrap();
    assert_eq!(revisions(&fixture, &[subject]).await, [2]);
}

/// Opens a case if no open case is beside it, as an engine does: load, decide, append, and once
/// more after a conflict.
async fn open_if_alone(
    store: Arc<dyn Store>,
    realm: Realm,
    case: SampleCase,
    wanted: Wanted,
) -> bool {
    for _ in 0..MOST_TRIES {
        let mut tx = begin(&store, &realm).await;
        let loaded = tx.load(&wanted).await.unwrap();
        tokio::task::yield_now().await;
        if !loaded.cases.is_empty() {
            return false;
        }
        let mut case = case.clone();
        let step = loaded
            .scopes
            .iter()
            .fold(case.step("open"), |step, (scope, revision)| step.locks(*scope, *revision));
        let group: Group = step.group();
        if let [GroupOutcome::Written(_)] = tx.append(&[group]).await.unwrap()[..] {
            tokio::task::yield_now().await;
            tx.commit().await.unwrap();
            return true;
        }
    }
    panic!("the case conflicts without end");
}

/// Runs two writers that may each open a case only if there is none beside it.
async fn write_skew(fixture: &Fixture, a: SampleCase, b: SampleCase, wanted: &Wanted) {
    let run = |case| {
        let (store, realm) = (fixture.store(), fixture.realm().clone());
        tokio::spawn(open_if_alone(store, realm, case, wanted.clone()))
    };
    let (a, b) = (run(a), run(b));
    let opened = [a.await.unwrap(), b.await.unwrap()];
    assert_eq!(opened.iter().filter(|opened| **opened).count(), 1, "{opened:?}");
}

/// Of two who looked beside a subject and saw nothing, the second sees the first or conflicts.
pub async fn of_two_who_look_beside_a_subject_one_sees_the_other(fixture: Fixture) {
    for round in 1..=20 {
        let a = fixture.sample(2 * round).about(round);
        let b = fixture.sample(2 * round + 1).about(round);
        let wanted = Wanted {
            subjects: vec![subject_id(round)],
            scopes: vec![a.subject_scope()],
            ..Wanted::default()
        };
        write_skew(&fixture, a, b, &wanted).await;
    }
}

/// Of two who looked beside an incident and saw nothing, the second sees the first or conflicts.
pub async fn of_two_who_look_beside_an_incident_one_sees_the_other(fixture: Fixture) {
    for round in 1..=20 {
        let a = fixture.sample(2 * round).of_incident(round);
        let b = fixture.sample(2 * round + 1).of_incident(round);
        let wanted = Wanted {
            incidents: vec![incident_id(round)],
            scopes: vec![a.incident_scope()],
            ..Wanted::default()
        };
        write_skew(&fixture, a, b, &wanted).await;
    }
}

/// A load gives the scopes of the cases it was asked for by id.
pub async fn a_load_gives_the_scopes_of_its_cases(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let (subject, incident) = (case.subject_scope(), case.incident_scope());
    fixture.write(case.step("open").locks(subject, 0).group()).await;
    let wanted = Wanted { cases: vec![case.id, case_id(9)], ..Wanted::default() };
    let loaded = fixture.load(&wanted).await;
    assert_eq!((loaded.scopes.get(&subject), loaded.scopes.get(&incident)), (Some(&1), Some(&0)));
}
