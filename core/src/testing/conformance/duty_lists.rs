//! Clauses on the other lists of duties: late, for the sweep, gaps, deadlines, of a case, all.

use super::{
    Fixture,
    duties::{SampleDuty, duty, range},
    fixture::MOST_PAGES,
    records::{case_id, letters, minute},
};
use crate::{
    duty::owed::DutyState,
    store::{DutyCursor, DutyFilter, DutyRow},
    terms::{id::ActorId, time::Timestamp},
};

fn overdue(now: Timestamp) -> DutyFilter {
    DutyFilter::Overdue { now, area: None }
}

fn by_due(row: &DutyRow) -> i64 {
    row.duty.due().map_or(i64::MIN, Timestamp::as_millis)
}

/// Reads every page of a list.
async fn pages(
    fixture: &Fixture,
    filter: &DutyFilter,
    limit: u32,
    order: fn(&DutyRow) -> i64,
) -> String {
    let (mut after, mut seen) = (None, Vec::new());
    for _ in 0..MOST_PAGES {
        let page = fixture.page_of_duties(filter, after, limit).await;
        seen.extend(page.iter().map(|row| format!("{}{}", letters([row.case]), row.duty.no)));
        let Some(last) = page.last() else { return seen.join(" ") };
        after = Some(DutyCursor { order: order(last), case: last.case, no: last.duty.no });
    }
    panic!("the pages do not end");
}

/// A duty is late once its last millisecond has passed, and not in it.
pub async fn a_duty_is_late_after_its_last_millisecond(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").owes(duty(1).due(minute(9))).group()).await;
    assert_eq!(fixture.owed(&overdue(minute(9).plus_millis(-1))).await, "");
    assert_eq!(fixture.owed(&overdue(minute(9))).await, "");
    assert_eq!(fixture.owed(&overdue(minute(9).plus_millis(1))).await, "a1");
}

/// What has no date is never late.
pub async fn what_has_no_date_is_never_late(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").owes(duty(1)).owes(duty(2).at_once()).group()).await;
    assert_eq!(fixture.owed(&overdue(Timestamp::from_millis(i64::MAX))).await, "");
}

/// A duty that ended is not listed as late, though it was.
pub async fn an_ended_duty_is_not_listed_as_late(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(duty(1).due(minute(1)));
    fixture.write(step.owes(duty(2).due(minute(1))).group()).await;
    fixture.write(case.step("on").at(minute(50)).fulfils(1).group()).await;
    assert_eq!(fixture.owed(&overdue(minute(60))).await, "a2");
}

/// Late duties are listed with the longest overdue first.
pub async fn late_duties_are_in_order_of_date(fixture: Fixture) {
    for (number, due) in [(1, 5), (2, 3), (3, 5), (4, 9)] {
        let mut case = fixture.sample(number);
        let step = case.step("open").owes(duty(2).due(minute(due)));
        fixture.write(step.owes(duty(1).due(minute(due))).group()).await;
    }
    assert_eq!(fixture.owed(&overdue(minute(6))).await, "b1 b2 a1 a2 c1 c2");
}

/// Late duties are listed by area.
pub async fn late_duties_are_listed_by_area(fixture: Fixture) {
    for (digits, number) in ["", "001", "001001", "002"].into_iter().zip(1..) {
        let mut case = fixture.sample(number).in_area(&fixture.area(digits));
        fixture.write(case.step("open").owes(duty(1).due(minute(1))).group()).await;
    }
    for (digits, duties) in [("", "a1 b1 c1 d1"), ("001", "b1 c1"), ("003", "")] {
        let area = Some(range(&fixture.area(digits)));
        let filter = DutyFilter::Overdue { now: minute(60), area };
        assert_eq!(fixture.owed(&filter).await, duties, "{digits}");
    }
}

/// A duty whose date is put off is not late any more.
pub async fn a_duty_that_is_put_off_is_not_late(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").owes(duty(1).due(minute(5))).group()).await;
    fixture.write(case.step("on").owes(duty(1).due(minute(50))).group()).await;
    assert_eq!(fixture.owed(&overdue(minute(10))).await, "");
    assert_eq!(fixture.owed(&overdue(minute(51))).await, "a1");
}

/// Pages of late duties follow each other without gap or repeat.
pub async fn pages_of_late_duties_follow_without_gap_or_repeat(fixture: Fixture) {
    for number in 1..=9 {
        let write = duty(1).due(minute(number % 3));
        fixture.write(fixture.sample(number).step("open").owes(write).group()).await;
    }
    let seen = pages(&fixture, &overdue(minute(9)), 2, by_due).await;
    assert_eq!(seen, "c1 f1 i1 a1 d1 g1 b1 e1 h1");
}

/// A rung is due once its last millisecond has passed, and not in it.
pub async fn a_rung_is_due_after_its_last_millisecond(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").owes(duty(1).rung_at(minute(9))).group()).await;
    let due = |now| DutyFilter::RungDue { now };
    assert_eq!(fixture.owed(&due(minute(9))).await, "");
    assert_eq!(fixture.owed(&due(minute(9).plus_millis(1))).await, "a1");
}

/// Rungs are listed in the order they are due, whatever the dates of their duties.
pub async fn rungs_are_in_the_order_they_are_due(fixture: Fixture) {
    for (number, due, rung) in [(1, 1, 30), (2, 2, 20), (3, 3, 10), (4, 4, 20)] {
        let write = duty(1).due(minute(due)).rung_at(minute(rung));
        fixture.write(fixture.sample(number).step("open").owes(write).group()).await;
    }
    fixture.write(fixture.sample(5).step("open").owes(duty(1).due(minute(1))).group()).await;
    let filter = DutyFilter::RungDue { now: minute(60) };
    assert_eq!(fixture.owed(&filter).await, "c1 b1 d1 a1");
}

/// A rung that was climbed makes way for the next one, and the last one for none.
pub async fn a_climbed_rung_makes_way_for_the_next(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").owes(duty(1).rung_at(minute(5))).group()).await;
    let filter = DutyFilter::RungDue { now: minute(10) };
    fixture.write(case.step("open").owes(duty(1).rung_at(minute(9))).group()).await;
    assert_eq!(fixture.owed(&filter).await, "a1");
    fixture.write(case.step("open").owes(duty(1).rung_at(minute(20))).group()).await;
    assert_eq!(fixture.owed(&filter).await, "");
    fixture.write(case.step("open").owes(duty(1)).group()).await;
    assert_eq!(fixture.owed(&DutyFilter::RungDue { now: minute(99) }).await, "");
}

/// The ladder of a duty that ended is not climbed any more.
pub async fn the_ladder_of_an_ended_duty_is_not_climbed(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").owes(duty(1).rung_at(minute(5))).group()).await;
    fixture.write(case.step("on").closes(1, DutyState::Cancelled).group()).await;
    assert_eq!(fixture.owed(&DutyFilter::RungDue { now: minute(99) }).await, "");
}

/// Pages of the sweep follow each other by the rungs' dates, without gap or repeat.
pub async fn pages_of_the_sweep_follow_without_gap_or_repeat(fixture: Fixture) {
    for number in 1..=9 {
        let write = duty(1).due(minute(number)).rung_at(minute(20 - number % 3));
        fixture.write(fixture.sample(number).step("open").owes(write).group()).await;
    }
    let order = |row: &DutyRow| row.duty.next_rung_at.unwrap().as_millis();
    let seen = pages(&fixture, &DutyFilter::RungDue { now: minute(99) }, 2, order).await;
    assert_eq!(seen, "b1 e1 h1 a1 d1 g1 c1 f1 i1");
}

/// Gaps are the open duties that nobody holds.
pub async fn gaps_are_open_duties_that_nobody_holds(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(duty(1).gap()).owes(duty(2)).owes(duty(3).gap());
    fixture.write(step.owes(duty(4).gap().due(minute(1))).group()).await;
    assert_eq!(fixture.owed(&DutyFilter::Gaps).await, "a1 a3 a4");
    fixture.write(case.step("on").fulfils(3).owes(duty(1)).group()).await;
    assert_eq!(fixture.owed(&DutyFilter::Gaps).await, "a4");
}

/// Open duties are listed, all of them or those that are held in a person's name.
pub async fn open_duties_are_listed_by_person_too(fixture: Fixture) {
    let of = |id: &'static str| DutyFilter::Open { person: Some(ActorId::constant(id)) };
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(duty(1).named("u-1")).owes(duty(2).due(minute(1)));
    let step = step.owes(duty(3).named("u-2")).owes(duty(4).named("u-1").due(minute(2)));
    fixture.write(step.group()).await;
    assert_eq!(fixture.owed(&DutyFilter::Open { person: None }).await, "a1 a3 a2 a4");
    assert_eq!(fixture.owed(&of("u-1")).await, "a1 a4");
    assert_eq!(pages(&fixture, &of("u-1"), 1, by_due).await, "a1 a4");
    fixture.write(case.step("on").fulfils(1).group()).await;
    assert_eq!(fixture.owed(&of("u-1")).await, "a4");
    assert_eq!(fixture.owed(&of("u-3")).await, "");
}

/// The duties of a case are listed by date, ended ones too, and no other case's.
pub async fn the_duties_of_a_case_are_listed_with_ended_ones(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    let step = a.step("open").owes(duty(1).due(minute(9))).owes(duty(2)).owes(duty(3));
    fixture.write(step.owes(duty(4).due(minute(5))).group()).await;
    fixture.write(b.step("open").owes(duty(1)).group()).await;
    fixture
        .write(a.step("on").at(minute(7)).fulfils(4).closes(3, DutyState::Excused).group())
        .await;
    assert_eq!(fixture.owed(&DutyFilter::OfCase(a.id)).await, "a2 a3 a4 a1");
    assert_eq!(fixture.owed(&DutyFilter::OfCase(case_id(3))).await, "");
    let cases = |from, to| DutyFilter::OfCases(case_id(from), case_id(to));
    assert_eq!(fixture.owed(&cases(1, 1)).await, "a2 a3 a4 a1");
    assert_eq!(fixture.owed(&cases(1, 9)).await, "a2 a3 b1 a4 a1");
    assert_eq!(fixture.owed(&cases(2, 9)).await, "b1");
    assert_eq!(fixture.owed(&cases(2, 1)).await, "");
    let rows = fixture.duties(&DutyFilter::OfCase(a.id)).await;
    let states: Vec<_> = rows.iter().map(|row| (row.duty.state, row.duty.closed_at)).collect();
    assert_eq!(states[1], (DutyState::Excused, Some(minute(7))));
    assert_eq!(states[2], (DutyState::Fulfilled, Some(minute(7))));
    assert_eq!(states[3], (DutyState::Open, None));
}

/// The list of all duties holds every one, ended ones too.
pub async fn all_duties_are_listed_with_ended_ones(fixture: Fixture) {
    for number in 1..=2 {
        let mut case = fixture.sample(number);
        let step = case.step("open").owes(duty(1).due(minute(9))).owes(duty(2));
        fixture.write(step.group()).await;
        fixture.write(case.step("closed").ends().fulfils(1).group()).await;
    }
    assert_eq!(fixture.owed(&DutyFilter::All).await, "a2 b2 a1 b1");
}

/// Pages of all duties follow each other without gap or repeat, within a case too.
pub async fn pages_of_all_duties_follow_without_gap_or_repeat(fixture: Fixture) {
    for number in 1..=3 {
        let mut case = fixture.sample(number);
        let step = (1..=4).fold(case.step("open"), |step, no| step.owes(duty(no)));
        fixture.write(step.owes(duty(5).due(minute(1))).group()).await;
    }
    let undated: Vec<_> = ["a", "b", "c"]
        .iter()
        .flat_map(|case| (1..=4).map(move |no| format!("{case}{no}")))
        .collect();
    let seen = pages(&fixture, &DutyFilter::All, 5, by_due).await;
    assert_eq!(seen, format!("{} a5 b5 c5", undated.join(" ")));
    let of_case = pages(&fixture, &DutyFilter::OfCase(case_id(2)), 2, by_due).await;
    assert_eq!(of_case, "b1 b2 b3 b4 b5");
}

/// Deadlines that rest on a year without its notice are listed while their duties are open.
pub async fn provisional_deadlines_are_listed_while_open(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let provisional = |no, at| duty(no).due(minute(at)).provisional();
    let step = case.step("open").owes(provisional(1, 9)).owes(provisional(2, 5)).owes(duty(3));
    fixture.write(step.owes(provisional(4, 7)).group()).await;
    fixture.write(case.step("on").fulfils(4).group()).await;
    assert_eq!(fixture.owed(&DutyFilter::Deadlines).await, "a2 a1");
    assert_eq!(pages(&fixture, &DutyFilter::Deadlines, 1, by_due).await, "a2 a1");
}

/// A page of none is empty, whatever is listed.
pub async fn a_page_of_duties_has_at_most_its_limit(fixture: Fixture) {
    let write = |no| duty(no).due(minute(1)).provisional().rung_at(minute(1)).gap();
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").owes(write(1)).owes(write(2)).group()).await;
    for filter in [
        overdue(minute(9)),
        DutyFilter::RungDue { now: minute(9) },
        DutyFilter::Gaps,
        DutyFilter::OfCase(case.id),
        DutyFilter::Deadlines,
        DutyFilter::All,
    ] {
        assert_eq!(fixture.page_of_duties(&filter, None, 0).await, [], "{filter:?}");
        assert_eq!(fixture.page_of_duties(&filter, None, 1).await.len(), 1, "{filter:?}");
        assert_eq!(fixture.owed(&filter).await, "a1 a2", "{filter:?}");
    }
}
