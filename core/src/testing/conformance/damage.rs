//! Clauses on rows that cannot be read: they are named, and nothing is made up in their place.

use super::{
    Fixture,
    duties::{SampleDuty, clerk_in, duty, worklist},
    fixture::{ALL, Damage, Damaged},
    records::{CLERK, command_id, message_id, minute, person},
};
use crate::{
    store::{CaseQuery, DutyFilter, DutyQuery, EntryQuery, StoreError, Wanted},
    terms::id::{ActorId, CaseId},
};

fn all() -> CaseQuery {
    CaseQuery { limit: ALL, ..CaseQuery::default() }
}

/// Two cases with a row of every kind each.
async fn write_two(fixture: &Fixture) -> [CaseId; 2] {
    for number in 1..=2 {
        let mut case = fixture.sample(number);
        let owed = duty(1).due(minute(9)).shown_to(CLERK);
        let step = case.step("open").owes(owed).commanded(number).tells(number);
        fixture.write(step.changes(person(&format!("u-{number}"))).group()).await;
    }
    [fixture.sample(1).id, fixture.sample(2).id]
}

/// An answer must be an error that names table and column, and a row by what identifies it.
fn named<T>(answer: Result<T, StoreError>, damaged: Damaged, key: &str) {
    let plain = |text: &str| text.replace('-', "").to_lowercase();
    match answer.err() {
        Some(StoreError::Corrupt { table, row, column, problem }) => {
            assert_eq!((table, column), (damaged.table, damaged.column));
            assert!(plain(&row).contains(&plain(key)), "row `{row}` names not `{key}`");
            assert!(!problem.is_empty());
        }
        other => panic!("expected `Corrupt`, found {other:?}"),
    }
}

fn wanting(case: CaseId) -> Wanted {
    Wanted { cases: vec![case], ..Wanted::default() }
}

/// A case whose area is no code is named, loaded or listed.
pub async fn a_case_with_a_damaged_area_is_named(fixture: Fixture) {
    let [case, _] = write_two(&fixture).await;
    let Some(done) = fixture.damage(Damage::CaseArea(case)).await else { return };
    let mut reader = fixture.reader().await;
    named(reader.load(&wanting(case)).await, done, &case.to_string());
    named(reader.cases(&all()).await, done, &case.to_string());
}

/// A case whose last hash is too short is named.
pub async fn a_case_with_a_damaged_head_is_named(fixture: Fixture) {
    let [case, _] = write_two(&fixture).await;
    let Some(done) = fixture.damage(Damage::CaseHead(case)).await else { return };
    named(fixture.reader().await.load(&wanting(case)).await, done, &case.to_string());
    named(fixture.begin().await.load(&wanting(case)).await, done, &case.to_string());
}

/// A duty whose state is no word for one is named.
pub async fn a_duty_with_a_damaged_state_is_named(fixture: Fixture) {
    let [case, _] = write_two(&fixture).await;
    let Some(done) = fixture.damage(Damage::DutyState(case, 1)).await else { return };
    let query = DutyQuery { filter: DutyFilter::OfCase(case), after: None, limit: ALL };
    named(fixture.reader().await.duties(&query).await, done, &case.to_string());
}

/// An entry whose hash is too short is named.
pub async fn an_entry_with_a_damaged_hash_is_named(fixture: Fixture) {
    let [case, _] = write_two(&fixture).await;
    let Some(done) = fixture.damage(Damage::EntryHash(case, 1)).await else { return };
    let mut reader = fixture.reader().await;
    for of in [Some(case), None] {
        let query = EntryQuery { case: of, limit: ALL, ..EntryQuery::default() };
        named(reader.entries(&query).await, done, &case.to_string());
    }
}

/// A command whose hash is too short is named, and not taken for one that was never given.
pub async fn a_command_with_a_damaged_hash_is_named(fixture: Fixture) {
    write_two(&fixture).await;
    let command = command_id(1);
    let Some(done) = fixture.damage(Damage::CommandHash(command)).await else { return };
    let wanted = Wanted { commands: vec![command], ..Wanted::default() };
    named(fixture.reader().await.load(&wanted).await, done, &command.to_string());
}

/// A message whose content is no JSON is named.
pub async fn a_message_with_damaged_content_is_named(fixture: Fixture) {
    write_two(&fixture).await;
    let message = message_id(1);
    let Some(done) = fixture.damage(Damage::MessageContent(message)).await else { return };
    named(fixture.reader().await.messages(None, ALL).await, done, &message.to_string());
}

/// A person whose roles cannot be read is named, and not taken for one without roles.
pub async fn a_person_with_damaged_roles_is_named(fixture: Fixture) {
    write_two(&fixture).await;
    let person = ActorId::constant("u-1");
    let Some(done) = fixture.damage(Damage::StaffGrants(person)).await else { return };
    named(fixture.reader().await.staff().await, done, "u-1");
}

/// A damaged case is no hindrance to the others.
pub async fn a_damaged_case_is_no_hindrance_to_others(fixture: Fixture) {
    let [damaged, other] = write_two(&fixture).await;
    if fixture.damage(Damage::CaseHead(damaged)).await.is_none() {
        return;
    }
    assert!(fixture.case(other).await.is_some());
    fixture.write(fixture.sample(3).goes("open")).await;
    // The list, and not how its cases stand: that names the damage instead.
    let seen = fixture.duties(&worklist([clerk_in(&fixture.realm().area())])).await;
    assert!(seen.iter().any(|row| row.case == other && row.duty.no == 1), "{seen:?}");
}
