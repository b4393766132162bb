//! Clauses on lists of entries: one case's, and the feed of all.

use super::{
    Fixture,
    fixture::{ALL, MOST_PAGES},
    records::{case_id, letters, minute, together},
};
use crate::store::{EntryCursor, EntryQuery, StoredEntry};

fn all() -> EntryQuery {
    EntryQuery { limit: ALL, ..EntryQuery::default() }
}

fn of(case: u32) -> EntryQuery {
    EntryQuery { case: Some(case_id(case)), ..all() }
}

fn names(entries: &[StoredEntry]) -> Vec<String> {
    entries.iter().map(|entry| format!("{}{}", letters([entry.case]), entry.seq)).collect()
}

fn cursor(entry: &StoredEntry) -> EntryCursor {
    EntryCursor { recorded_at: entry.recorded_at, case: entry.case, seq: entry.seq }
}

async fn pages(fixture: &Fixture, mut query: EntryQuery) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    while pages.len() < MOST_PAGES {
        let page = fixture.entries(&query).await;
        let Some(last) = page.last() else { return pages };
        query.after = Some(cursor(last));
        pages.push(names(&page));
    }
    panic!("the pages do not end");
}

/// Entries of a case are listed by number, as numbers.
pub async fn entries_of_a_case_are_in_order_of_number(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(together([a.goes_on(11), b.goes_on(3)])).await;
    let found = fixture.entries(&of(1)).await;
    assert_eq!(names(&found), (1..=11).map(|seq| format!("a{seq}")).collect::<Vec<_>>());
}

/// A case that is not there has no entries.
pub async fn a_case_that_is_not_there_has_no_entries(fixture: Fixture) {
    fixture.write(fixture.sample(1).goes("open")).await;
    assert_eq!(fixture.entries(&of(2)).await, []);
}

/// An entry comes back as it was appended.
pub async fn an_entry_comes_back_as_it_was_appended(fixture: Fixture) {
    let group = fixture.sample(1).step("open").at(minute(77).plus_millis(1)).group();
    fixture.write(group.clone()).await;
    let (expected, found) = (&group.entries[0], fixture.entries(&of(1)).await);
    assert_eq!(found[0].case, expected.case);
    assert_eq!((found[0].seq, found[0].recorded_at), (1, minute(77).plus_millis(1)));
    assert_eq!((&found[0].bytes, found[0].hash), (&expected.bytes, expected.hash));
}

/// Bodies are given when they are asked for, each with its own entry.
pub async fn bodies_are_given_when_asked_for(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").sealing("k", b"one").group()).await;
    fixture.write(case.step("open").sealing("k", b"two").group()).await;
    for query in [of(1), all()] {
        let without = fixture.entries(&query).await;
        assert!(without.iter().all(|entry| entry.body.is_none()));
        let with = fixture.entries(&EntryQuery { bodies: true, ..query }).await;
        let bodies: Vec<_> = with.iter().map(|entry| entry.body.as_deref()).collect();
        assert_eq!(bodies, [Some(&b"one"[..]), Some(&b"two"[..])]);
    }
}

/// The feed is in order of time, then case, then number.
pub async fn the_feed_is_in_order_of_time_case_and_number(fixture: Fixture) {
    let (mut a, mut b, mut c) = (fixture.sample(1), fixture.sample(2), fixture.sample(3));
    fixture.write(c.step("open").at(minute(5)).group()).await;
    fixture.write(b.step("open").at(minute(7)).group()).await;
    fixture.write(together((0..11).map(|_| a.step("open").at(minute(7)).group()))).await;
    fixture.write(c.step("open").at(minute(6)).group()).await;
    let expected = ["c1", "c2"].map(str::to_owned).into_iter();
    let expected = expected.chain((1..=11).map(|seq| format!("a{seq}")));
    let expected: Vec<_> = expected.chain(["b1".to_owned()]).collect();
    assert_eq!(names(&fixture.entries(&all()).await), expected);
}

/// A list until a time holds what was recorded at it, and nothing after.
pub async fn a_list_until_a_time_holds_what_was_recorded_at_it(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes_on(3)).await;
    for query in [of(1), all()] {
        let until = |at| EntryQuery { until: Some(at), ..query.clone() };
        assert_eq!(names(&fixture.entries(&until(minute(2))).await), ["a1", "a2"]);
        let before = until(minute(2).plus_millis(-1));
        assert_eq!(names(&fixture.entries(&before).await), ["a1"]);
        assert_eq!(fixture.entries(&until(minute(0))).await, []);
    }
}

/// Pages of a case's entries follow each other without gap or repeat.
pub async fn pages_of_a_case_follow_without_gap_or_repeat(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(together([a.goes_on(12), b.goes_on(12)])).await;
    let pages = pages(&fixture, EntryQuery { limit: 5, ..of(1) }).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 2]);
    assert_eq!(pages.concat(), (1..=12).map(|seq| format!("a{seq}")).collect::<Vec<_>>());
}

/// Pages of a case whose entries were recorded at one time follow each other by number.
pub async fn pages_of_a_case_in_one_instant_follow_by_number(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(together((0..12).map(|_| case.step("open").at(minute(1)).group()))).await;
    let pages = pages(&fixture, EntryQuery { limit: 5, ..of(1) }).await;
    assert_eq!(pages.concat(), (1..=12).map(|seq| format!("a{seq}")).collect::<Vec<_>>());
}

/// The entries of several cases are listed case by case, each by number, whenever they were
/// recorded; their pages follow each other without gap or repeat, and neither the case before them
/// nor the one after is among them.
pub async fn entries_of_several_cases_are_case_by_case(fixture: Fixture) {
    let [mut a, mut b, mut c, mut d] = [1, 2, 3, 4].map(|number| fixture.sample(number));
    fixture.write(c.step("open").at(minute(1)).group()).await;
    fixture.write(together([a.goes_on(2), b.goes_on(4), d.goes_on(2)])).await;
    fixture.write(c.step("open").at(minute(9)).group()).await;
    let cases = |from, to| EntryQuery { cases: Some((case_id(from), case_id(to))), ..all() };
    let expected = ["b1", "b2", "b3", "b4", "c1", "c2"];
    assert_eq!(names(&fixture.entries(&cases(2, 3)).await), expected);
    for limit in [1, 4, 5] {
        let pages = pages(&fixture, EntryQuery { limit, ..cases(2, 3) }).await;
        assert_eq!(pages.concat(), expected, "{limit} a page");
    }
    let until = EntryQuery { until: Some(minute(2)), ..cases(2, 3) };
    assert_eq!(names(&fixture.entries(&until).await), ["b1", "b2", "c1"]);
    assert_eq!(fixture.entries(&cases(3, 2)).await, []);
}

/// Pages of the feed follow each other without gap or repeat, also within one instant.
pub async fn pages_of_the_feed_follow_without_gap_or_repeat(fixture: Fixture) {
    let (mut a, mut b, mut c) = (fixture.sample(1), fixture.sample(2), fixture.sample(3));
    fixture.write(together([a.goes_on(4), b.goes_on(4), c.goes_on(4)])).await;
    let pages = pages(&fixture, EntryQuery { limit: 5, ..all() }).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 2]);
    let expected = (1..=4).flat_map(|seq| ["a", "b", "c"].map(|case| format!("{case}{seq}")));
    assert_eq!(pages.concat(), expected.collect::<Vec<_>>());
}

/// Pages end where the time ends that is asked for.
pub async fn pages_end_at_the_time_that_is_asked_for(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(together([a.goes_on(4), b.goes_on(4)])).await;
    let query = EntryQuery { until: Some(minute(2)), limit: 3, ..all() };
    assert_eq!(pages(&fixture, query).await.concat(), ["a1", "b1", "a2", "b2"]);
}

/// A page of none is empty; a page of one has one.
pub async fn a_page_of_entries_has_at_most_its_limit(fixture: Fixture) {
    fixture.write(fixture.sample(1).goes_on(2)).await;
    for query in [of(1), all()] {
        let page = |limit| EntryQuery { limit, ..query.clone() };
        assert_eq!(fixture.entries(&page(0)).await, []);
        assert_eq!(names(&fixture.entries(&page(1)).await), ["a1"]);
    }
}
