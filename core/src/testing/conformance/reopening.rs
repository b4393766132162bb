//! Clauses on opening a store once more: what was committed is there, as it was.

use super::{
    Fixture,
    duties::{SampleDuty, duty},
    fixture::ALL,
    records::{CLERK, command_id, person},
};
use crate::store::{CaseQuery, Wanted};

/// A store that was opened anew says the same of itself.
pub async fn an_opened_store_is_what_it_was_set_up_as(fixture: Fixture) {
    let fixture = fixture.reopened().await;
    assert_eq!(fixture.store().meta().await.unwrap(), *fixture.meta());
}

/// What was committed is there after the store was opened anew.
pub async fn what_was_committed_outlasts_the_store(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(duty(1).shown_to(CLERK)).sets("grade", "1").commanded(1);
    fixture.write(step.tells(1).climbs(1, 0, 0).changes(person("u-1")).group()).await;
    let wanted = Wanted { commands: vec![command_id(1)], ..Wanted::default() };
    let before = (
        fixture.case(case.id).await,
        fixture.entries_of(case.id).await,
        fixture.load(&wanted).await.commands,
        fixture.messages().await,
        fixture.rungs().await,
        fixture.reader().await.staff().await.unwrap(),
    );
    let fixture = fixture.reopened().await;
    let after = (
        fixture.case(case.id).await,
        fixture.entries_of(case.id).await,
        fixture.load(&wanted).await.commands,
        fixture.messages().await,
        fixture.rungs().await,
        fixture.reader().await.staff().await.unwrap(),
    );
    assert_eq!(after, before);
    fixture.write(case.goes("answered")).await;
}

/// What was not committed is gone after the store was opened anew.
pub async fn what_was_not_committed_does_not_outlast_the_store(fixture: Fixture) {
    fixture.write(fixture.sample(1).goes("open")).await;
    let mut tx = fixture.begin().await;
    tx.append(&[fixture.sample(2).goes("open")]).await.unwrap();
    drop(tx);
    let fixture = fixture.reopened().await;
    assert_eq!(fixture.listed(&CaseQuery { limit: ALL, ..CaseQuery::default() }).await, "a");
}

/// Numbers and scopes go on where they were.
pub async fn numbers_and_scopes_go_on_where_they_were(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let scope = case.subject_scope();
    let first = fixture.write(case.step("open").locks(scope, 0).group()).await;
    let fixture = fixture.reopened().await;
    let mut other = fixture.sample(2);
    fixture.conflict(other.clone().step("open").locks(scope, 0).group()).await;
    let second = fixture.write(other.step("open").locks(scope, 1).group()).await;
    assert!(second[0].1.number > first[0].1.number);
}
