//! Clauses on the directory of staff.

use super::{
    Fixture,
    records::{person, together, unit},
};
use crate::{
    store::{Absence, StaffRow},
    terms::{
        actor::{Grant, Role},
        id::{ActorId, Revision},
        time::CivilDate,
    },
};

async fn directory(fixture: &Fixture) -> (i64, Vec<StaffRow>) {
    fixture.reader().await.staff().await.unwrap()
}

/// A person comes back whole: grants and absences in their order.
pub async fn a_person_comes_back_whole(fixture: Fixture) {
    let day = |day| CivilDate::new(2026, 2, day).unwrap();
    let grant = |role, digits, of| Grant {
        role: Role::new(role),
        area: fixture.area(digits),
        unit: unit(of),
    };
    let row = StaffRow {
        grants: vec![grant("leader", "001", "town"), grant("clerk", "", "office")],
        leader: true,
        active: false,
        absences: vec![
            Absence { from: day(20), to: day(28), deputy: Some(ActorId::constant("u-2")) },
            Absence { from: day(1), to: day(1), deputy: None },
        ],
        ..person("u-1")
    };
    fixture.write(fixture.sample(1).step("open").changes(row.clone()).group()).await;
    assert_eq!(directory(&fixture).await.1, [row]);
}

/// A person who changes is replaced whole, and the others stay.
pub async fn a_person_who_changes_is_replaced_whole(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let day = CivilDate::new(2026, 2, 3).unwrap();
    let away = StaffRow {
        absences: vec![Absence { from: day, to: day, deputy: None }],
        leader: true,
        ..person("u-1")
    };
    fixture.write(case.step("open").changes(away).changes(person("u-2")).group()).await;
    fixture.write(case.step("on").changes(person("u-1")).group()).await;
    assert_eq!(directory(&fixture).await.1, [person("u-1"), person("u-2")]);
}

/// People are in order of id, byte by byte.
pub async fn people_are_in_order_of_id(fixture: Fixture) {
    let ids = ["B", "a", "a1", "a10", "a2", "é", "中", "Ａ", "𠮷"];
    let mut case = fixture.sample(1);
    let step = ids.iter().rev().fold(case.step("open"), |step, id| step.changes(person(id)));
    fixture.write(step.group()).await;
    let found = directory(&fixture).await.1;
    assert_eq!(found.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ids);
}

/// The revision grows by one with a group that changes staff, however many people it changes.
pub async fn the_revision_grows_by_one_with_a_group(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let before = directory(&fixture).await.0;
    let group = together([
        case.step("open").changes(person("u-1")).changes(person("u-2")).group(),
        case.step("on").changes(person("u-3")).group(),
    ]);
    fixture.write(group).await;
    assert_eq!(directory(&fixture).await.0, before + 1);
}

/// Two groups of one call that change staff let the revision grow by two.
pub async fn the_revision_grows_with_each_group_of_a_call(fixture: Fixture) {
    let before = directory(&fixture).await.0;
    let change = |number: u32| {
        let id = format!("u-{number}");
        fixture.sample(number).step("open").changes(person(&id)).group()
    };
    fixture.append(&[change(1), fixture.sample(2).goes("open"), change(3)]).await;
    let (revision, staff) = directory(&fixture).await;
    assert_eq!((revision, staff.len()), (before + 2, 2));
}

/// The revision stays with groups that change nobody.
pub async fn the_revision_stays_where_nobody_changes(fixture: Fixture) {
    let before = directory(&fixture).await.0;
    fixture.write(fixture.sample(1).goes("open")).await;
    assert_eq!(directory(&fixture).await.0, before);
}

/// A group that falls changes nobody and keeps the revision.
pub async fn a_group_that_falls_changes_nobody(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let before = directory(&fixture).await;
    let step = case.step("open").expects(fixture.sample(2).id, Revision::new(4));
    fixture.conflict(step.changes(person("u-1")).group()).await;
    assert_eq!(directory(&fixture).await, before);
}

/// A transaction sees the people it changed, and the revision they have in it.
pub async fn a_transaction_sees_the_people_it_changed(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").changes(person("u-1")).group()).await;
    let before = directory(&fixture).await;
    let mut tx = fixture.begin().await;
    let moved = StaffRow { unit: unit("town"), ..person("u-1") };
    tx.append(&[case.step("on").changes(moved.clone()).group()]).await.unwrap();
    assert_eq!(tx.staff().await.unwrap(), (before.0 + 1, vec![moved]));
    assert_eq!(directory(&fixture).await, before);
}
