//! Clauses on transactions: all or nothing, and nobody sees half.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use super::{
    Fixture,
    duties::{SampleDuty, clerk_in, duty, worklist},
    fixture::{ALL, written},
    records::{CLERK, SampleCase, command_id, person, together},
};
use crate::{
    store::{CaseQuery, Group, GroupOutcome, Read, StoreError, Wanted},
    terms::id::Revision,
};

/// A step with every kind of row.
fn full_step(fixture: &Fixture, case: &mut SampleCase, number: u32) -> Group {
    let step = case.step("open").owes(duty(1).shown_to(CLERK)).sets("grade", "1");
    let step = step.commanded(number).tells(number).climbs(1, 0, number);
    let scope = fixture.sample(number).subject_scope();
    step.changes(person("u-9")).locks(scope, 0).group()
}

/// How many rows of each kind there are.
async fn rows(fixture: &Fixture, read: &mut dyn Read) -> [usize; 8] {
    let cases = read.cases(&CaseQuery { limit: ALL, ..CaseQuery::default() }).await.unwrap();
    let scope = fixture.sample(1).subject_scope();
    let wanted = Wanted { commands: vec![command_id(1)], scopes: vec![scope], ..Wanted::default() };
    let loaded = read.load(&wanted).await.unwrap();
    let entries = crate::store::EntryQuery { limit: ALL, ..Default::default() };
    let filter = worklist([clerk_in(&fixture.realm().area())]);
    let duties = crate::store::DutyQuery { filter, after: None, limit: ALL };
    [
        cases.len(),
        read.entries(&entries).await.unwrap().len(),
        read.duties(&duties).await.unwrap().len(),
        cases.iter().map(|case| case.attributes.len()).sum(),
        loaded.commands.len() + usize::try_from(loaded.scopes[&scope]).unwrap(),
        read.messages(None, ALL).await.unwrap().len(),
        read.rungs(None, ALL).await.unwrap().len(),
        read.staff().await.unwrap().1.len(),
    ]
}

const NOTHING: [usize; 8] = [0; 8];
const EVERYTHING: [usize; 8] = [1, 1, 1, 1, 2, 1, 1, 1];

/// A committed group is there with every kind of row.
pub async fn a_committed_group_is_there_whole(fixture: Fixture) {
    let group = full_step(&fixture, &mut fixture.sample(1), 1);
    fixture.write(group).await;
    assert_eq!(rows(&fixture, &mut *fixture.reader().await).await, EVERYTHING);
}

/// A group that conflicts leaves no row of any kind.
pub async fn a_conflict_leaves_nothing_of_any_kind(fixture: Fixture) {
    let mut group = full_step(&fixture, &mut fixture.sample(1), 1);
    group.expect.push((fixture.sample(2).id, Revision::new(3)));
    fixture.conflict(group).await;
    assert_eq!(rows(&fixture, &mut *fixture.reader().await).await, NOTHING);
}

/// A transaction that is dropped leaves no row of any kind.
pub async fn a_dropped_transaction_leaves_nothing(fixture: Fixture) {
    let group = full_step(&fixture, &mut fixture.sample(1), 1);
    let mut tx = fixture.begin().await;
    tx.append(&[group]).await.unwrap();
    drop(tx);
    assert_eq!(rows(&fixture, &mut *fixture.reader().await).await, NOTHING);
    assert_eq!(rows(&fixture, &mut *fixture.begin().await).await, NOTHING);
}

/// After a transaction was dropped the next one begins and writes.
pub async fn a_dropped_transaction_makes_way_for_the_next(fixture: Fixture) {
    for _ in 0..20 {
        let mut tx = fixture.begin().await;
        tx.append(&[fixture.sample(1).goes("open")]).await.unwrap();
        drop(tx);
    }
    fixture.write(fixture.sample(1).goes("open")).await;
}

/// Readers see nothing of what is not committed.
pub async fn what_is_not_committed_is_invisible_to_readers(fixture: Fixture) {
    let group = full_step(&fixture, &mut fixture.sample(1), 1);
    let mut tx = fixture.begin().await;
    tx.append(&[group]).await.unwrap();
    assert_eq!(rows(&fixture, &mut *fixture.reader().await).await, NOTHING);
    tx.commit().await.unwrap();
    assert_eq!(rows(&fixture, &mut *fixture.reader().await).await, EVERYTHING);
}

/// A transaction sees what it wrote itself.
pub async fn a_transaction_sees_what_it_wrote(fixture: Fixture) {
    let group = full_step(&fixture, &mut fixture.sample(1), 1);
    let mut tx = fixture.begin().await;
    tx.append(&[group]).await.unwrap();
    assert_eq!(rows(&fixture, &mut *tx).await, EVERYTHING);
}

/// A transaction sees the case as it left it, and not as it found it as well.
pub async fn a_transaction_sees_a_case_once_as_it_left_it(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let owed = duty(1).shown_to(CLERK);
    fixture.write(case.step("open").owes(owed).sets("grade", "1").tells(1).group()).await;
    let mut tx = fixture.begin().await;
    tx.append(&[case.step("closed").fulfils(1).clears("grade").tells(2).group()]).await.unwrap();
    assert_eq!(rows(&fixture, &mut *tx).await, [1, 2, 0, 0, 0, 2, 0, 0]);
    let wanted = Wanted { beside: vec![case.id], cases: vec![case.id], ..Wanted::default() };
    let loaded = tx.load(&wanted).await.unwrap();
    assert_eq!((loaded.cases.len(), &loaded.cases[0].facts), (1, case.facts()));
}

/// Two appends of one transaction become visible together.
pub async fn two_appends_of_one_transaction_stand_together(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let mut tx = fixture.begin().await;
    tx.append(&[case.goes("open")]).await.unwrap();
    let second = tx.append(&[case.goes("answered"), fixture.sample(2).goes("open")]).await.unwrap();
    assert!(matches!(second[..], [GroupOutcome::Written(_), GroupOutcome::Written(_)]));
    assert!(fixture.case(case.id).await.is_none());
    tx.commit().await.unwrap();
    assert_eq!(&fixture.case(case.id).await.unwrap().facts, case.facts());
    assert_eq!(fixture.entries_of(case.id).await.len(), 2);
}

/// A conflict leaves the transaction as good as it was.
pub async fn a_conflict_leaves_the_transaction_usable(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    let mut tx = fixture.begin().await;
    tx.append(&[fixture.sample(2).goes("open")]).await.unwrap();
    let conflicting = fixture.sample(1).goes("again");
    assert_eq!(tx.append(&[conflicting]).await.unwrap(), [GroupOutcome::Conflict]);
    let wanted = Wanted { cases: vec![case.id], ..Wanted::default() };
    assert_eq!(tx.load(&wanted).await.unwrap().cases.len(), 1);
    tx.append(&[case.goes("answered")]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(fixture.listed(&CaseQuery { limit: ALL, ..CaseQuery::default() }).await, "ab");
    assert_eq!(fixture.case(case.id).await.unwrap().facts.state, "answered");
}

/// An entry that is there is never written over, whatever is appended.
pub async fn an_entry_that_is_there_is_never_written_over(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    let before = fixture.entries_of(case.id).await;
    // No engine writes such a group: its entry has the number of one that is there.
    let mut forged = fixture.sample(1).goes("forged");
    forged.expect[0].1 = Revision::FIRST;
    forged.cases[0].number_in = None;
    let mut tx = fixture.begin().await;
    let outcome = tx.append(&[forged]).await;
    assert!(!matches!(outcome.as_deref(), Ok([GroupOutcome::Written(_)])), "{outcome:?}");
    drop(tx);
    assert_eq!(fixture.entries_of(case.id).await, before);
    fixture.write(case.goes("answered")).await;
}

/// After a group that cannot be written the others can be, in a transaction of their own.
pub async fn a_group_that_cannot_be_written_hurts_nobody_else(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    let mut forged = fixture.sample(1).goes("forged");
    forged.expect[0].1 = Revision::FIRST;
    forged.cases[0].number_in = None;
    let good = fixture.sample(2).goes("open");
    let mut tx = fixture.begin().await;
    if tx.append(&[good.clone(), forged]).await.is_err() {
        drop(tx);
        fixture.write(good).await;
    } else {
        tx.commit().await.unwrap();
    }
    assert_eq!(fixture.case(case.id).await.unwrap().facts, *case.facts());
    assert!(fixture.case(fixture.sample(2).id).await.is_some());
}

/// A reader sees what was committed after it was made.
pub async fn a_reader_sees_what_was_committed_after_it_was_made(fixture: Fixture) {
    let mut reader = fixture.reader().await;
    let group = full_step(&fixture, &mut fixture.sample(1), 1);
    assert_eq!(rows(&fixture, &mut *reader).await, NOTHING);
    fixture.write(group).await;
    assert_eq!(rows(&fixture, &mut *reader).await, EVERYTHING);
}

/// What was committed is visible in the transaction that begins next.
pub async fn a_transaction_sees_what_was_committed_before_it(fixture: Fixture) {
    for number in 1..=20 {
        fixture.write(fixture.sample(number).goes("open")).await;
        let mut tx = fixture.begin().await;
        let wanted = Wanted { cases: vec![fixture.sample(number).id], ..Wanted::default() };
        assert_eq!(tx.load(&wanted).await.unwrap().cases.len(), 1);
    }
}

/// A transaction in which nothing was written may be committed.
pub async fn a_transaction_that_wrote_nothing_may_be_committed(fixture: Fixture) {
    fixture.begin().await.commit().await.unwrap();
    let mut tx = fixture.begin().await;
    assert_eq!(rows(&fixture, &mut *tx).await, NOTHING);
    tx.commit().await.unwrap();
    fixture.write(fixture.sample(1).goes("open")).await;
}

/// What a transaction is concluded with is there whole, also on a case that was there before.
pub async fn what_is_concluded_is_there_whole(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let group = full_step(&fixture, &mut case, 1);
    let outcomes = fixture.begin().await.conclude(&[group]).await.unwrap();
    assert_eq!(rows(&fixture, &mut *fixture.reader().await).await, EVERYTHING);
    assert_eq!(written(&outcomes).len(), 1);
    let scope = fixture.sample(1).subject_scope();
    let step = case.step("closed").owes(duty(1).shown_to(CLERK)).sets("grade", "2");
    let step = step.commanded(2).tells(2).locks(scope, 1).group();
    let mut tx = fixture.begin().await;
    tx.load(&Wanted { cases: vec![case.id], ..Wanted::default() }).await.unwrap();
    let outcomes = tx.conclude(&[step]).await.unwrap();
    assert_eq!(outcomes, [GroupOutcome::Written(Vec::new())]);
    assert_eq!(rows(&fixture, &mut *fixture.reader().await).await, [1, 2, 1, 1, 3, 2, 1, 1]);
    assert_eq!(fixture.case(case.id).await.unwrap().attributes["grade"], "2");
}

/// Of the groups that a transaction is concluded with, those that are as expected stand.
pub async fn a_conclusion_writes_the_groups_that_stand(fixture: Fixture) {
    let (mut first, mut second) = (fixture.sample(1), fixture.sample(2));
    fixture.write(first.goes("open")).await;
    fixture.write(second.goes("open")).await;
    let mut stale = fixture.sample(1);
    stale.goes("open");
    let stale = stale.goes("elsewhere");
    fixture.write(first.goes("later")).await;
    for _ in 0..2 {
        let groups = [stale.clone(), second.goes("later")];
        let outcomes = fixture.begin().await.conclude(&groups).await.unwrap();
        assert_eq!(outcomes, [GroupOutcome::Conflict, GroupOutcome::Written(Vec::new())]);
    }
    assert_eq!(fixture.case(first.id).await.unwrap().facts.state, "later");
    assert_eq!(fixture.entries_of(second.id).await.len(), 3);
}

/// A command that was carried out falls, and its group with it, when a transaction is concluded.
pub async fn a_conclusion_knows_the_commands_that_were_carried_out(fixture: Fixture) {
    let (mut first, mut second) = (fixture.sample(1), fixture.sample(2));
    fixture.write(first.step("open").commanded(7).group()).await;
    fixture.write(second.goes("open")).await;
    let again = second.step("later").commanded(7).group();
    let outcomes = fixture.begin().await.conclude(&[again]).await.unwrap();
    assert_eq!(outcomes, [GroupOutcome::Conflict]);
    assert_eq!(fixture.entries_of(second.id).await.len(), 1);
}

/// A transaction that wrote before is concluded with what it wrote; one of which a call was dropped
/// is not concluded at all.
pub async fn a_conclusion_is_of_the_whole_transaction(fixture: Fixture) {
    let (mut first, mut second) = (fixture.sample(1), fixture.sample(2));
    fixture.write(second.goes("open")).await;
    let mut tx = fixture.begin().await;
    tx.append(&[first.goes("open")]).await.unwrap();
    let outcomes = tx.conclude(&[second.goes("later")]).await.unwrap();
    assert_eq!(outcomes, [GroupOutcome::Written(Vec::new())]);
    assert!(fixture.case(first.id).await.is_some());
    let mut tx = fixture.begin().await;
    let groups = [fixture.sample(3).goes_on(9)];
    if interrupted(tx.append(&groups), 1).await {
        return;
    }
    let failed = tx.conclude(&[second.goes("last")]).await.unwrap_err();
    assert!(matches!(failed.problem, StoreError::Interrupted) && !failed.maybe_written);
    assert!(fixture.case(fixture.sample(3).id).await.is_none());
}

/// Polls a future so many times and drops it. Whether it ended before that.
async fn interrupted<F: Future>(future: F, polls: u32) -> bool {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        if future.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        // Asked again at once where the store does not say when.
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

/// An append that was dropped half way cannot be committed.
pub async fn an_append_dropped_half_way_cannot_be_committed(fixture: Fixture) {
    for polls in 1..200 {
        let mut case = fixture.sample(polls);
        let groups = [together([case.goes_on(3), fixture.sample(1_000 + polls).goes("open")])];
        let mut tx = fixture.begin().await;
        let ended = interrupted(tx.append(&groups), polls).await;
        let committed = tx.commit().await;
        let found = fixture.entries_of(case.id).await.len();
        match (ended, committed) {
            (true, Ok(())) => return assert_eq!(found, 3),
            (false, Err(StoreError::Interrupted)) => assert_eq!(found, 0),
            (ended, committed) => panic!("ended: {ended}, committed: {committed:?}"),
        }
    }
}

/// A transaction that is dropped with an append half way leaves nothing and makes way.
pub async fn an_append_dropped_with_its_transaction_leaves_nothing(fixture: Fixture) {
    for polls in 1..50 {
        let group = [fixture.sample(1).goes_on(3)];
        let mut tx = fixture.begin().await;
        let ended = interrupted(tx.append(&group), polls).await;
        drop(tx);
        assert_eq!(rows(&fixture, &mut *fixture.reader().await).await, NOTHING);
        if ended {
            break;
        }
    }
    fixture.write(fixture.sample(1).goes("open")).await;
}
