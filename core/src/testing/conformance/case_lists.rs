//! Clauses on lists of cases.

use super::{
    Fixture,
    duties::{SampleDuty, duty, range},
    fixture::{ALL, MOST_PAGES},
    records::{case_id, incident_id, minute, subject_id},
};
use crate::store::CaseQuery;

fn all() -> CaseQuery {
    CaseQuery { limit: ALL, ..CaseQuery::default() }
}

/// Cases are listed in order of id, whichever was written first.
pub async fn cases_are_listed_in_order_of_id(fixture: Fixture) {
    for number in [3, 1, 10, 2] {
        fixture.write(fixture.sample(number).goes("open")).await;
    }
    assert_eq!(fixture.listed(&all()).await, "abcj");
}

/// An empty store lists nothing.
pub async fn an_empty_store_lists_no_cases(fixture: Fixture) {
    assert_eq!(fixture.listed(&all()).await, "");
}

/// Cases are listed by procedure.
pub async fn cases_are_listed_by_procedure(fixture: Fixture) {
    for (procedure, number) in ["visit", "petition", "visit", "visits"].into_iter().zip(1..) {
        fixture.write(fixture.sample(number).following(procedure).goes("open")).await;
    }
    let query = CaseQuery { procedure: Some("visit".to_owned()), ..all() };
    assert_eq!(fixture.listed(&query).await, "ac");
}

/// Cases are listed by the state they are in now.
pub async fn cases_are_listed_by_state(fixture: Fixture) {
    for number in 1..=3 {
        let mut case = fixture.sample(number);
        fixture.write(case.goes("open")).await;
        if number == 2 {
            fixture.write(case.goes("answered")).await;
        }
    }
    let by_state = |state: &str| CaseQuery { state: Some(state.to_owned()), ..all() };
    assert_eq!(fixture.listed(&by_state("open")).await, "ac");
    assert_eq!(fixture.listed(&by_state("answered")).await, "b");
    assert_eq!(fixture.listed(&by_state("ope")).await, "");
}

/// Cases are listed by area and what lies within it, and never by a neighbour's.
pub async fn cases_are_listed_by_area_and_what_lies_within(fixture: Fixture) {
    let areas = ["", "001", "001001", "001002", "002", "010"];
    for (digits, number) in areas.into_iter().zip(1..) {
        fixture.write(fixture.sample(number).in_area(&fixture.area(digits)).goes("open")).await;
    }
    for (digits, letters) in [("", "abcdef"), ("001", "bcd"), ("001002", "d"), ("003", "")] {
        let query = CaseQuery { area: Some(range(&fixture.area(digits))), ..all() };
        assert_eq!(fixture.listed(&query).await, letters, "{digits}");
    }
}

/// A range of areas holds its first code and not its last.
pub async fn a_range_of_areas_ends_before_its_end(fixture: Fixture) {
    for (digits, number) in ["001", "002", "003"].into_iter().zip(1..) {
        fixture.write(fixture.sample(number).in_area(&fixture.area(digits)).goes("open")).await;
    }
    let ends =
        |from: &str, to: &str| Some((fixture.area(from).to_string(), fixture.area(to).to_string()));
    assert_eq!(fixture.listed(&CaseQuery { area: ends("001", "003"), ..all() }).await, "ab");
    assert_eq!(fixture.listed(&CaseQuery { area: ends("002", "002"), ..all() }).await, "");
    assert_eq!(fixture.listed(&CaseQuery { area: ends("003", "001"), ..all() }).await, "");
}

/// Cases are listed by subject, ended ones too.
pub async fn cases_are_listed_by_subject(fixture: Fixture) {
    for number in 1..=4 {
        let mut case = fixture.sample(number).about(number % 2);
        fixture.write(case.step("closed").ends().group()).await;
    }
    let query = CaseQuery { subject: Some(subject_id(1)), ..all() };
    assert_eq!(fixture.listed(&query).await, "ac");
}

/// Cases are listed by incident, ended ones too.
pub async fn cases_are_listed_by_incident(fixture: Fixture) {
    for number in 1..=4 {
        let mut case = fixture.sample(number).of_incident(number % 2);
        fixture.write(case.step("closed").ends().group()).await;
    }
    let query = CaseQuery { incident: Some(incident_id(0)), ..all() };
    assert_eq!(fixture.listed(&query).await, "bd");
}

/// Cases that ended are left out of a list of open ones, and return when they go on.
pub async fn ended_cases_are_left_out_of_open_ones(fixture: Fixture) {
    fixture.write(fixture.sample(1).goes("open")).await;
    let mut ended = fixture.sample(2);
    fixture.write(ended.step("closed").ends().group()).await;
    let open = CaseQuery { open_only: true, ..all() };
    assert_eq!(
        (fixture.listed(&open).await, fixture.listed(&all()).await),
        ("a".into(), "ab".into())
    );
    fixture.write(ended.goes("reopened")).await;
    assert_eq!(fixture.listed(&open).await, "ab");
}

/// A case is found by its number, and by no other year's.
pub async fn a_case_is_found_by_its_number(fixture: Fixture) {
    for (year, index) in [2025, 2026, 2026].into_iter().zip(1..) {
        fixture.write(fixture.sample(index).in_year(year).goes("open")).await;
    }
    let number = fixture.case(case_id(3)).await.unwrap().number;
    let by_number = |year, number| CaseQuery { number: Some((year, number)), ..all() };
    assert_eq!(fixture.listed(&by_number(2026, number.number)).await, "c");
    assert_eq!(fixture.listed(&by_number(2024, number.number)).await, "");
    assert_eq!(fixture.listed(&by_number(2026, 9_999)).await, "");
}

/// All conditions of a list hold together.
pub async fn conditions_hold_together(fixture: Fixture) {
    let town = fixture.area("001");
    for number in 1..=16 {
        let bit = |bit: u32| number & bit != 0;
        let mut case = fixture.sample(number).about(number & 1).of_incident(number & 2);
        if bit(4) {
            case = case.in_area(&town);
        }
        let step = case.step(if bit(8) { "open" } else { "other" }).sets("k", "v");
        fixture.write(step.group()).await;
    }
    let query = CaseQuery {
        procedure: Some("petition".to_owned()),
        state: Some("open".to_owned()),
        area: Some(range(&town)),
        subject: Some(subject_id(1)),
        incident: Some(incident_id(2)),
        open_only: true,
        attribute: Some(("k".to_owned(), "v".to_owned())),
        ..all()
    };
    assert_eq!(fixture.listed(&query).await, "o");
    let narrower = [
        CaseQuery { incident: Some(incident_id(0)), ..query.clone() },
        CaseQuery { number: Some((2026, 1)), ..query.clone() },
        CaseQuery { attribute: Some(("k".to_owned(), "w".to_owned())), ..query.clone() },
        CaseQuery { state: Some("closed".to_owned()), ..query },
    ];
    let mut lists = Vec::new();
    for query in narrower {
        lists.push(fixture.listed(&query).await);
    }
    assert_eq!(lists, ["m", "", "", ""]);
}

/// Reads every page of a list.
async fn pages(fixture: &Fixture, query: &CaseQuery) -> Vec<String> {
    let mut query = query.clone();
    let mut pages = Vec::new();
    while pages.len() < MOST_PAGES {
        let page = fixture.reader().await.cases(&query).await.unwrap();
        let Some(last) = page.last() else { return pages };
        let after = Some(last.facts.id);
        pages.push(fixture.listed(&query).await);
        query.after = after;
    }
    panic!("the pages do not end");
}

/// Pages of cases follow each other without gap or repeat.
pub async fn pages_of_cases_follow_without_gap_or_repeat(fixture: Fixture) {
    for number in 1..=7 {
        fixture.write(fixture.sample(number).goes("open")).await;
    }
    let page = |limit| CaseQuery { limit, ..all() };
    assert_eq!(pages(&fixture, &page(3)).await, ["abc", "def", "g"]);
    assert_eq!(pages(&fixture, &page(7)).await, ["abcdefg"]);
    assert_eq!(pages(&fixture, &page(1)).await.concat(), "abcdefg");
}

/// Pages of a narrowed list are full while there is more, and leave nothing out.
pub async fn pages_of_a_narrowed_list_leave_nothing_out(fixture: Fixture) {
    for number in 1..=12 {
        let mut case = fixture.sample(number).about(number % 3).of_incident(number % 3);
        let state = if number % 3 == 0 { "open" } else { "other" };
        let value = (number % 3).to_string();
        fixture.write(case.step(state).sets("third", &value).group()).await;
    }
    let page = || CaseQuery { limit: 3, ..all() };
    for query in [
        CaseQuery { state: Some("open".to_owned()), ..page() },
        CaseQuery { subject: Some(subject_id(0)), ..page() },
        CaseQuery { incident: Some(incident_id(0)), ..page() },
        CaseQuery { attribute: Some(("third".to_owned(), "0".to_owned())), ..page() },
    ] {
        assert_eq!(pages(&fixture, &query).await, ["cfi", "l"], "{query:?}");
    }
}

/// A page may start after a case that is not in the list, or not in the store.
pub async fn a_page_may_start_after_any_id(fixture: Fixture) {
    for number in [2, 4, 6] {
        fixture.write(fixture.sample(number).goes("open")).await;
    }
    for (after, letters) in [(1, "bdf"), (2, "df"), (3, "df"), (6, ""), (7, "")] {
        let query = CaseQuery { after: Some(case_id(after)), ..all() };
        assert_eq!(fixture.listed(&query).await, letters, "after {after}");
    }
}

/// A page of none is empty; a page of one has one.
pub async fn a_page_of_cases_has_at_most_its_limit(fixture: Fixture) {
    for number in 1..=2 {
        fixture.write(fixture.sample(number).goes("open")).await;
    }
    assert_eq!(fixture.listed(&CaseQuery::default()).await, "");
    assert_eq!(fixture.listed(&CaseQuery { limit: 1, ..all() }).await, "a");
    assert_eq!(fixture.listed(&CaseQuery { limit: u32::MAX, ..all() }).await, "ab");
}

/// A listed case is as whole as a loaded one.
pub async fn a_listed_case_is_whole(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = case.step("open").sets("grade", "1").owes(duty(1).due(minute(9))).owes(duty(2));
    fixture.write(step.sealing("k1", b"body").group()).await;
    fixture.write(case.step("on").fulfils(2).group()).await;
    let listed = fixture.reader().await.cases(&all()).await.unwrap().pop();
    assert_eq!(listed, fixture.case(case.id).await);
}
