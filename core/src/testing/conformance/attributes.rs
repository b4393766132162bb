//! Clauses on attributes: what lists and indicators ask for.

use super::{
    Fixture,
    fixture::ALL,
    records::{SampleCase, together},
};
use crate::store::CaseQuery;

async fn with(fixture: &Fixture, key: &str, value: &str) -> String {
    let attribute = Some((key.to_owned(), value.to_owned()));
    fixture.listed(&CaseQuery { attribute, limit: ALL, ..CaseQuery::default() }).await
}

async fn told(fixture: &Fixture, case: &SampleCase) -> Vec<(String, String)> {
    fixture.case(case.id).await.unwrap().attributes.into_iter().collect()
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

/// Cases are found by an attribute: key and value together.
pub async fn cases_are_found_by_key_and_value(fixture: Fixture) {
    for ((key, value), number) in [("a", "1"), ("a", "2"), ("b", "1"), ("a", "1")].iter().zip(1..) {
        fixture.write(fixture.sample(number).step("open").sets(key, value).group()).await;
    }
    assert_eq!(with(&fixture, "a", "1").await, "ad");
    assert_eq!(with(&fixture, "b", "1").await, "c");
    assert_eq!(with(&fixture, "b", "2").await, "");
}

/// An attribute that is set again has the new value only.
pub async fn an_attribute_set_again_has_the_new_value_only(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").sets("grade", "1").sets("kind", "x").group()).await;
    fixture.write(case.step("on").sets("grade", "2").group()).await;
    assert_eq!(told(&fixture, &case).await, [pair("grade", "2"), pair("kind", "x")]);
    assert_eq!(with(&fixture, "grade", "1").await, "");
    assert_eq!(with(&fixture, "grade", "2").await, "a");
}

/// An attribute that is taken away is gone.
pub async fn an_attribute_taken_away_is_gone(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").sets("grade", "1").sets("kind", "x").group()).await;
    fixture.write(case.step("on").clears("grade").group()).await;
    assert_eq!(told(&fixture, &case).await, [pair("kind", "x")]);
    assert_eq!(with(&fixture, "grade", "1").await, "");
    fixture.write(case.step("on").sets("grade", "3").group()).await;
    assert_eq!(with(&fixture, "grade", "3").await, "a");
}

/// An attribute that is not there can be taken away.
pub async fn an_attribute_that_is_not_there_can_be_taken_away(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").clears("grade").group()).await;
    assert_eq!(told(&fixture, &case).await, []);
}

/// An attribute set in a group and taken away in its next step is not there.
pub async fn the_last_word_of_a_group_on_an_attribute_counts(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let steps = [
        case.step("open").sets("a", "1").sets("b", "1").group(),
        case.step("on").clears("a").sets("b", "2").group(),
    ];
    fixture.write(together(steps)).await;
    assert_eq!(told(&fixture, &case).await, [pair("b", "2")]);
}

/// Attributes stay while the case goes on without them.
pub async fn attributes_stay_while_the_case_goes_on(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").sets("grade", "1").group()).await;
    fixture.write(case.goes_on(3)).await;
    fixture.write(case.step("closed").ends().group()).await;
    assert_eq!(told(&fixture, &case).await, [pair("grade", "1")]);
    assert_eq!(with(&fixture, "grade", "1").await, "a");
}
