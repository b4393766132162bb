//! Clauses on the human numbers of cases.

use std::collections::BTreeSet;

use super::{
    Fixture,
    fixture::written,
    records::{YEAR, case_id, together},
};
use crate::terms::facts::CaseNumber;

/// The first case of a year has number 1 of realm and year.
pub async fn the_first_number_is_one(fixture: Fixture) {
    let numbers = fixture.write(fixture.sample(1).goes("open")).await;
    let first = CaseNumber { realm: fixture.realm().clone(), year: YEAR, number: 1 };
    assert_eq!(numbers, [(case_id(1), first)]);
}

/// Later cases have greater numbers.
pub async fn later_cases_have_greater_numbers(fixture: Fixture) {
    let mut last = 0;
    for index in 1..=12 {
        let number = fixture.write(fixture.sample(index).goes("open")).await[0].1.number;
        assert!(number > last, "{number} follows {last}");
        last = number;
    }
}

/// Each year counts for itself.
pub async fn each_year_counts_for_itself(fixture: Fixture) {
    let mut numbers = Vec::new();
    for (year, index) in [2025, 2026, 2025, 2027].into_iter().zip(1..) {
        let given = fixture.write(fixture.sample(index).in_year(year).goes("open")).await;
        assert_eq!(given[0].1.year, year);
        numbers.push(given[0].1.number);
    }
    assert_eq!((numbers[0], numbers[1], numbers[3]), (1, 1, 1));
    assert!(numbers[2] > 1);
}

/// An outcome names the numbers of new cases only.
pub async fn an_outcome_names_new_cases_only(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(a.goes("open")).await;
    let numbers = fixture.write(together([a.goes("handed_over"), b.goes("received")])).await;
    assert_eq!(numbers.iter().map(|(case, _)| *case).collect::<Vec<_>>(), [b.id]);
    assert_eq!(fixture.write(a.goes("on")).await, []);
}

/// The numbers of one call differ, within a group and between groups.
pub async fn the_numbers_of_one_call_differ(fixture: Fixture) {
    let groups: Vec<_> = (0..20)
        .map(|group| together((1..=5).map(|case| fixture.sample(group * 5 + case).goes("open"))))
        .collect();
    let numbers = written(&fixture.append(&groups).await);
    let differ: BTreeSet<_> = numbers.iter().map(|(_, number)| number.number).collect();
    assert_eq!((numbers.len(), differ.len()), (100, 100));
}

/// A number that an outcome gave is the case's from then on.
pub async fn a_number_stays_with_its_case(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let given = fixture.write(case.goes("open")).await[0].1.clone();
    fixture.write(case.goes_on(3)).await;
    fixture.write(fixture.sample(2).goes("open")).await;
    assert_eq!(fixture.case(case.id).await.unwrap().number, given);
}

/// After a conflict or a dropped transaction no number is given twice.
pub async fn no_number_is_given_twice(fixture: Fixture) {
    let mut lost = fixture.sample(9);
    lost.goes("open");
    let mut given = BTreeSet::new();
    for index in 1..=5 {
        let mut tx = fixture.begin().await;
        tx.append(&[fixture.sample(index).goes("open")]).await.unwrap();
        drop(tx);
        let groups = [lost.clone().goes("on"), fixture.sample(index).goes("open")];
        fixture.append(&groups).await;
        given.insert(fixture.case(case_id(index)).await.unwrap().number.number);
    }
    assert_eq!(given.len(), 5);
}
