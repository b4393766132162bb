//! Clauses on loading what steps need.

use std::collections::BTreeSet;

use super::{
    Fixture,
    duties::{SampleDuty, clerk_in, duty},
    records::{CLERK, case_id, incident_id, letters, minute, person, subject_id, together},
};
use crate::{
    duty::owed::{Deadline, DutyKind, DutyState},
    store::{DutyCursor, DutyFilter, DutyQuery, DutyRow, Read, StoredCase, Wanted, WorklistQuery},
    terms::{
        actor::Role,
        id::{ActorId, CaseId},
    },
};

async fn loaded(fixture: &Fixture, wanted: &Wanted) -> String {
    letters(fixture.load(wanted).await.cases.iter().map(|case| case.facts.id))
}

fn by_id(ids: &[CaseId]) -> Wanted {
    Wanted { cases: ids.to_vec(), ..Wanted::default() }
}

fn beside(id: CaseId) -> Wanted {
    Wanted { beside: vec![id], ..by_id(&[id]) }
}

/// A load that wants nothing finds nothing.
pub async fn a_load_of_nothing_is_empty(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").commanded(1).group()).await;
    let loaded = fixture.load(&Wanted::default()).await;
    assert!(loaded.cases.is_empty() && loaded.commands.is_empty() && loaded.scopes.is_empty());
}

/// Cases that do not exist are left out.
pub async fn unknown_cases_are_left_out(fixture: Fixture) {
    fixture.write(fixture.sample(1).goes("open")).await;
    assert_eq!(loaded(&fixture, &by_id(&[case_id(2), case_id(1), case_id(3)])).await, "a");
    assert_eq!(loaded(&fixture, &beside(case_id(9))).await, "");
}

/// Cases are given in order of id, each once, however often they are wanted.
pub async fn each_case_is_given_once_in_order_of_id(fixture: Fixture) {
    for number in [3, 1, 2] {
        fixture.write(fixture.sample(number).about(1).of_incident(1).goes("open")).await;
    }
    let ids = [case_id(3), case_id(1), case_id(3)];
    let wanted = Wanted {
        beside: ids.to_vec(),
        subjects: vec![subject_id(1), subject_id(1)],
        incidents: vec![incident_id(1)],
        ..by_id(&ids)
    };
    assert_eq!(loaded(&fixture, &wanted).await, "abc");
}

/// Beside a case are the open cases of its subject.
pub async fn open_cases_of_the_same_subject_are_beside(fixture: Fixture) {
    for number in 1..=3 {
        fixture.write(fixture.sample(number).about(number % 2).goes("open")).await;
    }
    assert_eq!(loaded(&fixture, &beside(case_id(1))).await, "ac");
}

/// Beside a case are the open cases of its incident.
pub async fn open_cases_of_the_same_incident_are_beside(fixture: Fixture) {
    for number in 1..=3 {
        fixture.write(fixture.sample(number).of_incident(number % 2).goes("open")).await;
    }
    assert_eq!(loaded(&fixture, &beside(case_id(3))).await, "ac");
}

/// A page of a worklist is where its duties stand, with their cases, each once and as they are loaded
/// but for what may be left out; in a transaction with what it wrote.
pub async fn a_worklist_is_given_with_how_its_cases_stand(fixture: Fixture) {
    for number in 1..=3 {
        let mut case = fixture.sample(number);
        let step = case.step("open").sets("grade", "high").changes(person("u-1"));
        let step = step.owes(duty(1).shown_to(CLERK)).owes(duty(2)).owes(duty(3).shown_to(CLERK));
        fixture.write(step.group()).await;
        fixture.write(case.step("on").fulfils(1).group()).await;
    }
    let mut fresh = fixture.sample(4);
    let fresh = fresh.step("open").owes(duty(1).shown_to(CLERK)).owes(duty(2).shown_to(CLERK));
    let fresh = fresh.group();
    let everywhere = [clerk_in(&fixture.area(""))];
    let second = DutyCursor { order: i64::MIN, case: case_id(1), no: 9 };
    for (seen, after, limit) in [
        (&everywhere[..], None, 100),
        (&everywhere[..], None, 2),
        (&everywhere[..], Some(second), 100),
        (&[], None, 100),
    ] {
        let page = WorklistQuery { seen, after, limit };
        let mut reader = fixture.reader().await;
        same_as_listed(&mut *reader, page).await;
        let mut tx = fixture.begin().await;
        tx.append(std::slice::from_ref(&fresh)).await.unwrap();
        same_as_listed(&mut *tx, page).await;
    }
}

/// A page of a worklist, given with its cases, is what the list of duties and a load give.
pub(super) async fn same_as_listed<R: Read + ?Sized>(store: &mut R, page: WorklistQuery<'_>) {
    let WorklistQuery { seen, after, limit } = page;
    let query = DutyQuery { filter: DutyFilter::SeenAs(seen.to_vec()), after, limit };
    let duties = store.duties(&query).await.unwrap();
    let cases: BTreeSet<CaseId> = duties.iter().map(|row| row.case).collect();
    let whole = store.load(&by_id(&cases.into_iter().collect::<Vec<_>>())).await.unwrap();
    let (places, loaded) = store.worklist(&page).await.unwrap();
    assert_eq!(places, duties.iter().map(DutyRow::cursor).collect::<Vec<_>>());
    assert_eq!((loaded.cases.len(), loaded.directory), (whole.cases.len(), whole.directory));
    for (case, whole) in loaded.cases.into_iter().zip(&whole.cases) {
        assert!(case.body.is_none() || case.body == whole.body);
        assert_eq!(&StoredCase { body: whole.body.clone(), ..case }, whole);
    }
    let rows: Vec<_> = places
        .iter()
        .filter_map(|place| {
            let case = whole.cases.iter().find(|case| case.facts.id == place.case)?;
            case.duty_row(place.no)
        })
        .collect();
    assert_eq!(rows, duties);
}

/// Beside several cases are those of each.
pub async fn cases_beside_several_are_those_of_each(fixture: Fixture) {
    let samples = [(1, 1), (2, 2), (1, 3), (4, 2), (5, 5)];
    for ((subject, incident), number) in samples.into_iter().zip(1..) {
        let mut case = fixture.sample(number).about(subject).of_incident(incident);
        fixture.write(case.goes("open")).await;
    }
    let ids = [case_id(1), case_id(2)];
    let wanted = Wanted { beside: ids.to_vec(), ..by_id(&ids) };
    assert_eq!(loaded(&fixture, &wanted).await, "abcd");
}

/// A case that ended is beside nobody, until it goes on.
pub async fn ended_cases_are_not_beside(fixture: Fixture) {
    fixture.write(fixture.sample(1).about(1).goes("open")).await;
    let mut ended = fixture.sample(2).about(1);
    fixture.write(ended.step("closed").ends().group()).await;
    assert_eq!(loaded(&fixture, &beside(case_id(1))).await, "a");
    fixture.write(ended.goes("reopened")).await;
    assert_eq!(loaded(&fixture, &beside(case_id(1))).await, "ab");
}

/// A case that ended in a transaction is not beside in it, and one that goes on in it is.
pub async fn a_case_that_ended_in_a_transaction_is_not_beside_in_it(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1).about(1), fixture.sample(2).about(1));
    fixture.write(together([a.goes("open"), b.step("closed").ends().group()])).await;
    let wanted = Wanted { subjects: vec![subject_id(1)], ..Wanted::default() };
    let mut tx = fixture.begin().await;
    tx.append(&[a.step("closed").ends().group(), b.goes("reopened")]).await.unwrap();
    let cases = tx.load(&wanted).await.unwrap().cases;
    assert_eq!(letters(cases.iter().map(|case| case.facts.id)), "b");
}

/// Looking back, the cases of the same child that ended at the time or later are beside, and those
/// of others, older ones and open ones are not.
pub async fn ended_cases_of_the_same_child_are_given_as_far_back_as_asked(fixture: Fixture) {
    fixture.write(fixture.sample(1).about(1).goes("open")).await;
    for (number, child, ended) in [(2, 1, 10), (3, 1, 20), (4, 1, 30), (5, 2, 30)] {
        let mut case = fixture.sample(number).about(child);
        fixture.write(case.step("closed").at(minute(ended)).ends().group()).await;
    }
    fixture.write(fixture.sample(6).about(1).goes("open")).await;
    let back = |ended: u32| Wanted {
        ended_beside: vec![(case_id(1), minute(ended))],
        ..by_id(&[case_id(1)])
    };
    assert_eq!(loaded(&fixture, &back(20)).await, "acd");
    assert_eq!(loaded(&fixture, &back(31)).await, "a");
    let both = Wanted { beside: vec![case_id(1)], ..back(30) };
    assert_eq!(loaded(&fixture, &both).await, "adf");
}

/// Looking back in a transaction sees what ended in it, and not what goes on in it.
pub async fn looking_back_in_a_transaction_sees_what_ended_in_it(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1).about(1), fixture.sample(2).about(1));
    let mut c = fixture.sample(3).about(1);
    let ended = c.step("closed").ends().group();
    fixture.write(together([a.goes("open"), b.goes("open"), ended])).await;
    let wanted = Wanted { ended_beside: vec![(case_id(1), minute(0))], ..by_id(&[case_id(1)]) };
    let mut tx = fixture.begin().await;
    let ended = b.step("closed").ends().group();
    tx.append(&[ended, c.goes("reopened")]).await.unwrap();
    let cases = tx.load(&wanted).await.unwrap().cases;
    assert_eq!(letters(cases.iter().map(|case| case.facts.id)), "ab");
}

/// A case that ended is given when it is wanted by id, and open cases are beside it.
pub async fn an_ended_case_is_given_by_its_id(fixture: Fixture) {
    fixture.write(fixture.sample(1).about(1).step("closed").ends().group()).await;
    fixture.write(fixture.sample(2).about(1).goes("open")).await;
    assert_eq!(loaded(&fixture, &by_id(&[case_id(1)])).await, "a");
    assert_eq!(loaded(&fixture, &beside(case_id(1))).await, "ab");
}

/// Nothing beside is given unless it is asked for.
pub async fn what_is_beside_is_given_only_when_asked_for(fixture: Fixture) {
    for number in 1..=3 {
        fixture.write(fixture.sample(number).about(1).goes("open")).await;
    }
    assert_eq!(loaded(&fixture, &by_id(&[case_id(2)])).await, "b");
}

/// The open cases of a subject are given without any case of it.
pub async fn open_cases_of_a_wanted_subject_are_given(fixture: Fixture) {
    fixture.write(fixture.sample(1).about(7).goes("open")).await;
    fixture.write(fixture.sample(2).about(7).step("closed").ends().group()).await;
    fixture.write(fixture.sample(3).about(8).goes("open")).await;
    let wanted = Wanted { subjects: vec![subject_id(7), subject_id(9)], ..Wanted::default() };
    assert_eq!(loaded(&fixture, &wanted).await, "a");
}

/// The open cases of an incident are given without any case of it.
pub async fn open_cases_of_a_wanted_incident_are_given(fixture: Fixture) {
    fixture.write(fixture.sample(1).of_incident(7).goes("open")).await;
    fixture.write(fixture.sample(2).of_incident(7).step("closed").ends().group()).await;
    fixture.write(fixture.sample(3).of_incident(8).goes("open")).await;
    let wanted = Wanted { incidents: vec![incident_id(7)], ..Wanted::default() };
    assert_eq!(loaded(&fixture, &wanted).await, "a");
}

/// However many cases are beside, all are given.
pub async fn what_is_beside_is_complete(fixture: Fixture) {
    let open = |number| fixture.sample(number).about(1).goes("open");
    for first in [0, 100, 200] {
        fixture.append(&(first + 1..=first + 100).map(open).collect::<Vec<_>>()).await;
    }
    assert_eq!(fixture.load(&beside(case_id(150))).await.cases.len(), 300);
}

/// A loaded case has its open duties, by number, and none that ended.
pub async fn a_loaded_case_has_its_open_duties_in_order(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = (1..=12).rev().fold(case.step("open"), |step, no| step.owes(duty(no)));
    fixture.write(step.group()).await;
    let closing = case.step("on").fulfils(2).closes(3, DutyState::Cancelled);
    fixture.write(closing.closes(4, DutyState::Excused).group()).await;
    let duties = fixture.case(case.id).await.unwrap().duties;
    let numbers: Vec<_> = duties.iter().map(|duty| duty.no).collect();
    assert_eq!(numbers, [1, 5, 6, 7, 8, 9, 10, 11, 12]);
}

/// Every fact of a duty comes back as it was written.
pub async fn a_loaded_duty_is_whole(fixture: Fixture) {
    let mut full = duty(1).due(minute(50)).provisional().rung_at(minute(60)).gap();
    full.duty.kind = DutyKind::Wait;
    full.duty.rung = 2;
    full.duty.holder.role = Role::new("leader");
    full.duty.holder.person = Some(ActorId::constant("u-7"));
    let running = full.duty.deadline.take();
    full.duty.deadline = running.map(|running| Deadline {
        generation: 3,
        suspended_until: Some(minute(55)),
        from: minute(2).plus_millis(1),
        ..running
    });
    let mut plain = duty(2).at_once();
    plain.duty.kind = DutyKind::Side;
    let expected = vec![full.duty.clone(), plain.duty.clone(), duty(3).duty];
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(full).owes(plain).owes(duty(3).shown_to(CLERK));
    fixture.write(step.group()).await;
    assert_eq!(fixture.case(case.id).await.unwrap().duties, expected);
}

/// A duty that is written again is the last one written.
pub async fn a_duty_that_changes_is_replaced_whole(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let first = duty(1).due(minute(50)).provisional().rung_at(minute(60)).gap();
    fixture.write(case.step("open").owes(first).owes(duty(2)).group()).await;
    fixture.write(case.step("on").owes(duty(1)).group()).await;
    let duties = fixture.case(case.id).await.unwrap().duties;
    assert_eq!(duties, [duty(1).duty, duty(2).duty]);
}

/// A duty opened and ended in one group is there as an ended one.
pub async fn a_duty_opened_and_ended_in_one_group_is_not_open(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let first = case.step("open").owes(duty(1).shown_to(CLERK)).owes(duty(2)).group();
    let second = case.step("on").fulfils(1).group();
    fixture.write(together([first, second])).await;
    assert_eq!(fixture.case(case.id).await.unwrap().duties, [duty(2).duty]);
}

/// Each loaded case has its own attributes.
pub async fn loaded_cases_have_their_own_attributes(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1).about(1), fixture.sample(2).about(1));
    fixture.write(a.step("open").sets("grade", "1").sets("kind", "x").group()).await;
    fixture.write(b.step("open").sets("grade", "2").group()).await;
    let cases = fixture.load(&beside(a.id)).await.cases;
    let told: Vec<Vec<_>> = cases
        .iter()
        .map(|case| case.attributes.iter().map(|(key, value)| format!("{key}={value}")).collect())
        .collect();
    assert_eq!(told, [vec!["grade=1", "kind=x"], vec!["grade=2"]]);
}

/// A case given because it is beside is as whole as one that was wanted.
pub async fn a_case_beside_is_as_whole_as_a_wanted_one(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2).about(1));
    fixture.write(a.goes("open")).await;
    fixture.write(b.step("open").sets("grade", "1").owes(duty(1).due(minute(9))).group()).await;
    let beside = fixture.load(&beside(a.id)).await.cases.pop().unwrap();
    assert_eq!(Some(beside), fixture.case(b.id).await);
}

/// A load gives the revision of the directory of staff.
pub async fn a_load_gives_the_revision_of_the_directory(fixture: Fixture) {
    let before = fixture.load(&Wanted::default()).await.directory;
    fixture.write(fixture.sample(1).step("open").changes(person("u-1")).group()).await;
    assert_eq!(fixture.load(&Wanted::default()).await.directory, before + 1);
}
