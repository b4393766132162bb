//! Clauses on commands: what was carried out is remembered with its step, and only with it.

use super::{
    Fixture,
    fixture::stood,
    records::{command_id, minute, together},
};
use crate::{
    store::{GroupOutcome, StoredCommand, Wanted},
    terms::id::Digest,
};

async fn found(fixture: &Fixture, numbers: &[u32]) -> Vec<StoredCommand> {
    let commands = numbers.iter().map(|number| command_id(*number)).collect();
    let wanted = Wanted { commands, ..Wanted::default() };
    let mut found = fixture.load(&wanted).await.commands;
    found.sort_by_key(|command| command.id);
    found
}

/// A command is found once its step is written.
pub async fn a_command_is_found_after_its_step(fixture: Fixture) {
    assert_eq!(found(&fixture, &[1]).await, []);
    fixture.write(fixture.sample(1).step("open").commanded(1).group()).await;
    assert_eq!(found(&fixture, &[1]).await[0].id, command_id(1));
}

/// Commands that nobody carried out are left out of what is found.
pub async fn an_unknown_command_is_left_out(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").commanded(1).group()).await;
    let found = found(&fixture, &[2, 1, 3]).await;
    assert_eq!(found.iter().map(|command| command.id).collect::<Vec<_>>(), [command_id(1)]);
}

/// A command tells all that its receipt needs.
pub async fn a_command_tells_what_its_receipt_needs(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let numbers = fixture.write(case.goes("open")).await;
    fixture.write(case.step("answered").at(minute(30)).commanded(1).group()).await;
    let expected = StoredCommand {
        id: command_id(1),
        hash: Digest::of(&1_u32.to_le_bytes()),
        case: case.id,
        seq: 2,
        entry: case.facts().head,
        recorded_at: minute(30),
        state: "answered".to_owned(),
        number: numbers[0].1.clone(),
    };
    assert_eq!(found(&fixture, &[1]).await, [expected]);
}

/// What a command gave stays what it was when the case goes on.
pub async fn a_command_keeps_what_it_gave_when_the_case_goes_on(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").commanded(1).group()).await;
    let before = found(&fixture, &[1]).await;
    fixture.write(case.step("answered").commanded(2).group()).await;
    assert_eq!(found(&fixture, &[1]).await, before);
}

/// A command that was carried out conflicts in another group, on whatever case.
pub async fn a_command_that_was_carried_out_conflicts(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(a.step("open").commanded(1).group()).await;
    fixture.conflict(a.clone().step("answered").commanded(1).group()).await;
    fixture.conflict(b.step("open").commanded(1).group()).await;
    assert!(fixture.case(b.id).await.is_none());
    assert_eq!(fixture.entries_of(a.id).await.len(), 1);
    assert_eq!(found(&fixture, &[1]).await[0].case, a.id);
}

/// A repeated command holds back nothing but its own group.
pub async fn a_repeated_command_lets_other_groups_stand(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").commanded(1).group()).await;
    let repeat = fixture.sample(2).step("open").commanded(1).group();
    let other = fixture.sample(3).step("open").commanded(3).group();
    assert_eq!(stood(&fixture.append(&[repeat, other]).await), [false, true]);
}

/// A group that falls forgets its commands, so that they may be tried again.
pub async fn a_group_that_falls_forgets_its_commands(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    let mut stale = case.clone();
    fixture.write(case.goes("on")).await;
    fixture.conflict(stale.step("lost").commanded(1).group()).await;
    assert_eq!(found(&fixture, &[1]).await, []);
    fixture.write(case.step("answered").commanded(1).group()).await;
    assert_eq!(found(&fixture, &[1]).await[0].seq, 3);
}

/// A command of a transaction that was dropped may be carried out later.
pub async fn a_dropped_transaction_forgets_its_commands(fixture: Fixture) {
    let group = fixture.sample(1).step("open").commanded(1).group();
    let mut tx = fixture.begin().await;
    tx.append(std::slice::from_ref(&group)).await.unwrap();
    drop(tx);
    assert_eq!(found(&fixture, &[1]).await, []);
    fixture.write(group).await;
}

/// A command carried out earlier in a transaction conflicts in it and is found in it.
pub async fn a_command_counts_in_its_own_transaction(fixture: Fixture) {
    let mut tx = fixture.begin().await;
    tx.append(&[fixture.sample(1).step("open").commanded(1).group()]).await.unwrap();
    let wanted = Wanted { commands: vec![command_id(1)], ..Wanted::default() };
    assert_eq!(tx.load(&wanted).await.unwrap().commands.len(), 1);
    let repeat = fixture.sample(2).step("open").commanded(1).group();
    assert_eq!(tx.append(&[repeat]).await.unwrap(), [GroupOutcome::Conflict]);
}

/// Every command of a group is remembered with its own step.
pub async fn each_command_of_a_group_is_remembered_with_its_step(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    let group = together([
        a.step("open").commanded(1).group(),
        a.step("answered").commanded(2).group(),
        b.step("open").commanded(3).group(),
    ]);
    fixture.write(group).await;
    let found = found(&fixture, &[1, 2, 3]).await;
    let steps: Vec<_> = found.iter().map(|it| (it.case, it.seq, it.state.as_str())).collect();
    assert_eq!(steps, [(a.id, 1, "open"), (a.id, 2, "answered"), (b.id, 1, "open")]);
    let entries = fixture.entries_of(a.id).await;
    assert_eq!([found[0].entry, found[1].entry], [entries[0].hash, entries[1].hash]);
}
