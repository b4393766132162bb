//! Clauses on worklists: which open duties are shown to whom.

use super::{
    Fixture,
    duties::{SampleDuty, clerk_in, duty, in_area, in_unit, range, worklist},
    fixture::MOST_PAGES,
    records::{CLERK, SampleCase, letters, minute},
};
use crate::{
    duty::owed::DutyState,
    store::{DutyCursor, DutyFilter, DutyRow, SeenAs},
    terms::{actor::Role, time::Timestamp},
};

const LEADER: Role = Role::new("leader");

/// Writes a case in this area with one duty shown to clerks.
async fn owed_in(fixture: &Fixture, number: u32, digits: &str) -> SampleCase {
    let mut case = fixture.sample(number).in_area(&fixture.area(digits));
    fixture.write(case.step("open").owes(duty(1).shown_to(CLERK)).group()).await;
    case
}

/// Who answers for an area sees what is owed in it and within it.
pub async fn an_area_sees_what_is_owed_within_it(fixture: Fixture) {
    for (digits, number) in ["", "001", "001001", "001002", "002", "010"].into_iter().zip(1..) {
        owed_in(&fixture, number, digits).await;
    }
    let seen = [
        ("", "a1 b1 c1 d1 e1 f1"),
        ("001", "b1 c1 d1"),
        ("001001", "c1"),
        ("002", "e1"),
        ("003", ""),
    ];
    for (digits, duties) in seen {
        let filter = worklist([clerk_in(&fixture.area(digits))]);
        assert_eq!(fixture.owed(&filter).await, duties, "{digits}");
    }
}

/// A range of areas holds its first code and not its last.
pub async fn a_worklist_ends_before_the_end_of_its_range(fixture: Fixture) {
    for (digits, number) in ["001", "002", "003"].into_iter().zip(1..) {
        owed_in(&fixture, number, digits).await;
    }
    for (first, last, duties) in [("001", "003", "a1 b1"), ("002", "002", ""), ("003", "001", "")] {
        let (from, to) = (fixture.area(first).to_string(), fixture.area(last).to_string());
        let filter = worklist([SeenAs::InArea { role: CLERK, from, to }]);
        assert_eq!(fixture.owed(&filter).await, duties);
    }
}

/// A duty is shown to the roles it names and to no other.
pub async fn a_duty_is_shown_to_its_roles_only(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(duty(1).shown_to(CLERK)).owes(duty(2).shown_to(LEADER));
    fixture.write(step.owes(duty(3)).owes(duty(4).shown_to(CLERK).shown_to(LEADER)).group()).await;
    let county = fixture.realm().area();
    for (role, duties) in [(CLERK, "a1 a4"), (LEADER, "a2 a4"), (Role::new("clerks"), "")] {
        assert_eq!(fixture.owed(&worklist([in_area(role, &county)])).await, duties);
    }
}

/// A duty shown to a role in a unit is on the list of that unit only.
pub async fn a_unit_sees_what_is_shown_to_it(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(duty(1).shown_in(CLERK, "school"));
    let step = step.owes(duty(2).shown_in(CLERK, "clinic"));
    fixture.write(step.owes(duty(3).shown_in(LEADER, "school")).group()).await;
    let seen = async |role, unit| fixture.owed(&worklist([in_unit(role, unit)])).await;
    assert_eq!(seen(CLERK, "school").await, "a1");
    assert_eq!(seen(CLERK, "clinic").await, "a2");
    assert_eq!(seen(LEADER, "school").await, "a3");
    assert_eq!(seen(LEADER, "clinic").await, "");
}

/// What is shown to a unit is not shown to an area, nor the other way round.
pub async fn what_is_shown_to_a_unit_is_not_shown_to_an_area(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(duty(1).shown_in(CLERK, "school"));
    fixture.write(step.owes(duty(2).shown_to(CLERK)).group()).await;
    let (area, unit) = (clerk_in(&fixture.realm().area()), in_unit(CLERK, "school"));
    assert_eq!(fixture.owed(&worklist([area.clone()])).await, "a2");
    assert_eq!(fixture.owed(&worklist([unit.clone()])).await, "a1");
    assert_eq!(fixture.owed(&worklist([area, unit])).await, "a1 a2");
}

/// A duty seen in several ways is listed once.
pub async fn a_duty_seen_in_several_ways_is_listed_once(fixture: Fixture) {
    let mut case = fixture.sample(1).in_area(&fixture.area("001001"));
    let write = duty(1).shown_to(CLERK).shown_to(LEADER).shown_in(CLERK, "school");
    fixture.write(case.step("open").owes(write).group()).await;
    let ways = [
        clerk_in(&fixture.area("001")),
        clerk_in(&fixture.area("001001")),
        clerk_in(&fixture.area("001")),
        in_area(LEADER, &fixture.realm().area()),
        in_unit(CLERK, "school"),
    ];
    assert_eq!(fixture.owed(&worklist(ways)).await, "a1");
}

/// A duty shown twice to one role and unit is listed once.
pub async fn a_duty_shown_to_two_units_is_listed_once(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let write = duty(1).shown_in(CLERK, "school").shown_in(CLERK, "clinic");
    fixture.write(case.step("open").owes(write).group()).await;
    let ways = [in_unit(CLERK, "school"), in_unit(CLERK, "clinic")];
    assert_eq!(fixture.owed(&worklist(ways)).await, "a1");
}

/// Who sees in no way sees nothing.
pub async fn nobody_sees_nothing(fixture: Fixture) {
    owed_in(&fixture, 1, "").await;
    assert_eq!(fixture.owed(&worklist([])).await, "");
}

/// What is to be done at once comes first, then what is due, the earliest first.
pub async fn what_is_owed_at_once_comes_first_then_by_date(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(duty(1).due(minute(9)).shown_to(CLERK));
    let step = step.owes(duty(2).due(minute(3)).shown_to(CLERK));
    let step = step.owes(duty(3).at_once().shown_to(CLERK)).owes(duty(4).shown_to(CLERK));
    fixture.write(step.owes(duty(5).due(minute(10)).shown_to(CLERK)).group()).await;
    let filter = worklist([clerk_in(&fixture.realm().area())]);
    assert_eq!(fixture.owed(&filter).await, "a3 a4 a2 a1 a5");
}

/// A date before 1970 comes after what has no date.
pub async fn an_early_date_comes_after_none(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let early = minute(1).plus_millis(-9_000_000_000_000);
    let step = case.step("open").owes(duty(1).due(early).shown_to(CLERK));
    fixture.write(step.owes(duty(2).shown_to(CLERK)).group()).await;
    let filter = worklist([clerk_in(&fixture.realm().area())]);
    assert_eq!(fixture.owed(&filter).await, "a2 a1");
}

/// What is due at one time is in order of case, then number.
pub async fn what_is_due_at_one_time_is_in_order_of_case_and_number(fixture: Fixture) {
    for number in [3, 1, 2] {
        let mut case = fixture.sample(number);
        let owed = |no| duty(no).due(minute(9)).shown_to(CLERK);
        fixture.write(case.step("open").owes(owed(10)).owes(owed(9)).group()).await;
    }
    let filter = worklist([clerk_in(&fixture.realm().area())]);
    assert_eq!(fixture.owed(&filter).await, "a9 a10 b9 b10 c9 c10");
}

/// A duty that ended, in whatever way, is on nobody's list.
pub async fn ended_duties_vanish(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let owed = |no| duty(no).shown_to(CLERK).shown_in(LEADER, "school");
    let step = (1..=4).fold(case.step("open"), |step, no| step.owes(owed(no)));
    fixture.write(step.group()).await;
    let step = case.step("on").fulfils(1).closes(2, DutyState::Cancelled);
    fixture.write(step.closes(3, DutyState::Excused).group()).await;
    let ways = [clerk_in(&fixture.realm().area()), in_unit(LEADER, "school")];
    assert_eq!(fixture.owed(&worklist(ways)).await, "a4");
}

/// A duty that is opened again under its number is shown again.
pub async fn a_duty_opened_again_is_shown_again(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").owes(duty(1).shown_to(CLERK)).group()).await;
    fixture.write(case.step("on").fulfils(1).group()).await;
    fixture.write(case.step("open").owes(duty(1).due(minute(9)).shown_to(CLERK)).group()).await;
    let filter = worklist([clerk_in(&fixture.realm().area())]);
    assert_eq!(fixture.owed(&filter).await, "a1");
}

/// A duty that is written again is shown to the roles it names now, and to those only.
pub async fn a_duty_that_changes_is_shown_to_its_new_roles(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").owes(duty(1).shown_in(CLERK, "school")).group()).await;
    let write = duty(1).shown_in(CLERK, "clinic").shown_to(LEADER);
    fixture.write(case.step("on").owes(write).group()).await;
    let county = fixture.realm().area();
    for (way, duties) in [
        (in_unit(CLERK, "school"), ""),
        (in_unit(CLERK, "clinic"), "a1"),
        (in_area(LEADER, &county), "a1"),
    ] {
        assert_eq!(fixture.owed(&worklist([way])).await, duties);
    }
}

/// A duty stays where it is shown while its case goes on without touching it.
pub async fn a_duty_that_is_not_touched_stays_shown(fixture: Fixture) {
    let mut case = owed_in(&fixture, 1, "001").await;
    fixture.write(case.goes_on(3)).await;
    assert_eq!(fixture.owed(&worklist([clerk_in(&fixture.area("001"))])).await, "a1");
}

/// A case that moves takes all its open duties along, also those its step does not touch.
pub async fn a_case_that_moves_takes_its_duties_along(fixture: Fixture) {
    let case = owed_in(&fixture, 1, "001").await;
    let mut case = case.in_area(&fixture.area("002"));
    fixture.write(case.step("moved").owes(duty(2).shown_to(CLERK)).group()).await;
    let seen = async |digits| fixture.owed(&worklist([clerk_in(&fixture.area(digits))])).await;
    assert_eq!((seen("001").await, seen("002").await), (String::new(), "a1 a2".to_owned()));
    let by_area = DutyFilter::Overdue { now: minute(99), area: Some(range(&fixture.area("002"))) };
    fixture.write(case.step("on").owes(duty(3).due(minute(9))).group()).await;
    assert_eq!(fixture.owed(&by_area).await, "a3");
}

/// A listed duty says what its case is now.
pub async fn a_listed_duty_says_what_its_case_is_now(fixture: Fixture) {
    let mut case = fixture.sample(1).following("visit").about(7).in_area(&fixture.area("001"));
    let write = duty(1).due(minute(9)).rung_at(minute(10)).shown_to(CLERK);
    let number = fixture.write(case.step("open").owes(write.clone()).group()).await;
    fixture.write(case.goes("answered")).await;
    let row = fixture.duties(&worklist([clerk_in(&fixture.area("001"))])).await.pop().unwrap();
    assert_eq!((row.case, &row.number, &row.duty), (case.id, &number[0].1, &write.duty));
    assert_eq!((row.procedure.as_str(), row.state.as_str()), ("visit", "answered"));
    assert_eq!(row.subject, case.facts().subject.id);
    assert_eq!(row.area, fixture.area("001").as_str());
}

/// Pages of a worklist follow each other without gap or repeat, though duties are seen in several
/// ways.
pub async fn pages_of_a_worklist_follow_without_gap_or_repeat(fixture: Fixture) {
    let towns = ["001", "002", "003"];
    for number in 1..=12_u32 {
        let digits = towns[usize::try_from(number).unwrap() % 3];
        let mut case = fixture.sample(number).in_area(&fixture.area(digits));
        let write = if number % 4 == 0 { duty(1) } else { duty(1).due(minute(number % 4)) };
        let write = write.shown_to(CLERK).shown_to(LEADER).shown_in(CLERK, "school");
        fixture.write(case.step("open").owes(write).group()).await;
    }
    let county = fixture.realm().area();
    let ways = [clerk_in(&county), in_area(LEADER, &fixture.area("001")), in_unit(CLERK, "school")];
    let filter = worklist(ways);
    for limit in [1, 2, 5, 12] {
        let seen = page_by_page(&fixture, &filter, limit).await;
        let seen = letters(seen.iter().map(|row| row.case));
        assert_eq!(seen, "dhlaeibfjcgk", "pages of {limit}");
    }
}

/// All of a worklist, in pages of so many.
async fn page_by_page(fixture: &Fixture, filter: &DutyFilter, limit: u32) -> Vec<DutyRow> {
    let (mut after, mut seen) = (None, Vec::new());
    for _ in 0..MOST_PAGES {
        let page = fixture.page_of_duties(filter, after, limit).await;
        let Some(last) = page.last() else { break };
        let order = last.duty.due().map_or(i64::MIN, Timestamp::as_millis);
        after = Some(DutyCursor { order, case: last.case, no: last.duty.no });
        seen.extend(page);
    }
    seen
}

/// One of several areas may have most of what is first, much of it due at one time.
pub async fn pages_follow_where_one_area_has_most_of_what_is_first(fixture: Fixture) {
    let towns = ["001", "002", "003"];
    let mut owed = Vec::new();
    for ((digits, duties), number) in towns.into_iter().zip([25, 3, 9]).zip(1..) {
        let mut case = fixture.sample(number).in_area(&fixture.area(digits));
        let id = case.id;
        let mut step = case.step("open");
        for no in 1..=duties {
            let due = minute(if number == 1 { no / 8 } else { no });
            let write = duty(no).due(due).shown_to(CLERK);
            step = step.owes(if no % 2 == 0 { write.shown_to(LEADER) } else { write });
            owed.push((due, id, no));
        }
        fixture.write(step.group()).await;
    }
    owed.sort_unstable();
    let areas = towns.map(|digits| fixture.area(digits));
    let ways = areas.iter().flat_map(|area| [clerk_in(area), in_area(LEADER, area)]);
    let filter = worklist(ways.collect::<Vec<_>>());
    for limit in [3, 8, 9, 17, 37] {
        let seen = page_by_page(&fixture, &filter, limit).await;
        let seen = seen.iter().map(|row| (row.duty.due().unwrap(), row.case, row.duty.no));
        assert_eq!(seen.collect::<Vec<_>>(), owed, "pages of {limit}");
    }
}

/// A page of none is empty; a page of one has the first.
pub async fn a_page_of_a_worklist_has_at_most_its_limit(fixture: Fixture) {
    for number in 1..=3 {
        owed_in(&fixture, number, "").await;
    }
    let filter = worklist([clerk_in(&fixture.realm().area())]);
    assert_eq!(fixture.page_of_duties(&filter, None, 0).await, []);
    assert_eq!(fixture.page_of_duties(&filter, None, 1).await.len(), 1);
}
