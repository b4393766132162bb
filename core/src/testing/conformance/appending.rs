//! Clauses on appending: revisions, groups, and the facts of a case.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    Fixture,
    fixture::stood,
    records::{case_id, incident_id, minute, subject_id, together},
};
use crate::{
    store::{GroupOutcome, Wanted},
    terms::{
        area::AreaPurpose,
        facts::{Subject, SubjectKind},
        id::{Digest, Revision},
    },
    trail::Sealed,
};

/// The first append of a case expects none, and stores it.
pub async fn a_first_append_opens_a_case(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    let stored = fixture.case(case.id).await.unwrap();
    assert_eq!(&stored.facts, case.facts());
    assert_eq!(stored.facts.revision, Revision::FIRST);
    assert_eq!(fixture.entries_of(case.id).await.len(), 1);
}

/// A case that is there cannot be opened again.
pub async fn a_second_first_append_conflicts(fixture: Fixture) {
    fixture.write(fixture.sample(1).goes("open")).await;
    fixture.conflict(fixture.sample(1).goes("other")).await;
    assert_eq!(fixture.case(case_id(1)).await.unwrap().facts.state, "open");
}

/// A step on a case that is not there conflicts.
pub async fn a_step_on_a_case_that_is_not_there_conflicts(fixture: Fixture) {
    let mut case = fixture.sample(1);
    case.goes("open");
    fixture.conflict(case.goes("answered")).await;
    assert!(fixture.case(case.id).await.is_none());
}

/// Who decided on an older revision conflicts, and the case stays as the first writer left it.
pub async fn a_stale_writer_conflicts_and_writes_nothing(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    let mut stale = case.clone();
    fixture.write(case.goes("answered")).await;
    fixture.conflict(stale.step("rejected").sets("grade", "1").group()).await;
    let stored = fixture.case(case.id).await.unwrap();
    assert_eq!((&stored.facts, stored.attributes.len()), (case.facts(), 0));
    assert_eq!(fixture.entries_of(case.id).await.len(), 2);
}

/// Who expects more than there is conflicts.
pub async fn a_writer_ahead_of_the_case_conflicts(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    case.goes("lost");
    fixture.conflict(case.goes("answered")).await;
    assert_eq!(fixture.case(case.id).await.unwrap().facts.revision, Revision::FIRST);
}

/// Revision 10 follows revision 9, as a number and not as a text.
pub async fn revisions_keep_their_order_above_nine(fixture: Fixture) {
    let mut case = fixture.sample(1);
    for _ in 0..12 {
        fixture.write(case.goes("open")).await;
    }
    let seqs: Vec<_> = fixture.entries_of(case.id).await.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=12).collect::<Vec<_>>());
    assert_eq!(fixture.case(case.id).await.unwrap().facts.revision, Revision::new(12));
}

/// Revision 100 follows revision 99.
pub async fn revisions_keep_their_order_above_ninety_nine(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes_on(98)).await;
    for _ in 0..4 {
        fixture.write(case.goes("open")).await;
    }
    let seqs: Vec<_> = fixture.entries_of(case.id).await.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=102).collect::<Vec<_>>());
    assert_eq!(&fixture.case(case.id).await.unwrap().facts, case.facts());
}

/// Two steps on one case in one group write two entries and the later state.
pub async fn two_steps_of_one_group_write_two_entries_and_the_last_state(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let first = case.step("open").sets("grade", "1").sets("kind", "x").group();
    let second = case.step("answered").sets("grade", "2").group();
    fixture.write(together([first, second])).await;
    let stored = fixture.case(case.id).await.unwrap();
    assert_eq!(&stored.facts, case.facts());
    assert_eq!(stored.attributes["grade"], "2");
    assert_eq!(stored.attributes["kind"], "x");
    assert_eq!(fixture.entries_of(case.id).await.len(), 2);
}

/// Two cases of one group are both written.
pub async fn two_cases_of_one_group_are_written_together(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(together([a.goes("open"), b.goes("open")])).await;
    fixture.write(together([a.goes("handed_over"), b.goes("received")])).await;
    assert_eq!(&fixture.case(a.id).await.unwrap().facts, a.facts());
    assert_eq!(&fixture.case(b.id).await.unwrap().facts, b.facts());
}

/// One stale case holds back every other case of its group.
pub async fn one_stale_case_holds_back_its_whole_group(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(together([a.goes("open"), b.goes("open")])).await;
    let mut stale = b.clone();
    fixture.write(b.goes("answered")).await;
    fixture.conflict(together([a.goes("handed_over"), stale.goes("received")])).await;
    assert_eq!(fixture.case(a.id).await.unwrap().facts.state, "open");
    assert_eq!(fixture.entries_of(a.id).await.len(), 1);
}

/// Of two groups of one call the one that loses takes the other not with it.
pub async fn of_two_groups_one_may_fall_alone(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(together([a.goes("open"), b.goes("open")])).await;
    let mut stale = a.clone();
    fixture.write(a.goes("answered")).await;
    let outcomes = fixture.append(&[stale.goes("rejected"), b.goes("answered")]).await;
    assert_eq!(stood(&outcomes), [false, true]);
    assert_eq!(fixture.case(a.id).await.unwrap().facts.state, "answered");
    assert_eq!(&fixture.case(b.id).await.unwrap().facts, b.facts());
}

/// Outcomes stand in the order of their groups.
pub async fn each_group_has_its_outcome_in_its_place(fixture: Fixture) {
    let mut lost = fixture.sample(2);
    lost.goes("open");
    let groups =
        [fixture.sample(1).goes("open"), lost.goes("open"), fixture.sample(3).goes("open")];
    let outcomes = fixture.append(&groups).await;
    assert_eq!(stood(&outcomes), [true, false, true]);
    let named = |outcome: &GroupOutcome| match outcome {
        GroupOutcome::Written(numbers) => numbers.iter().map(|(case, _)| *case).collect(),
        GroupOutcome::Conflict => Vec::new(),
    };
    let named: Vec<_> = outcomes.iter().map(named).collect();
    assert_eq!(named, [vec![case_id(1)], vec![], vec![case_id(3)]]);
}

/// A case that is expected but not written still counts.
pub async fn an_expectation_counts_though_its_case_is_not_written(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(together([a.goes("open"), b.goes("open")])).await;
    let stale = b.clone().step("x").expects(a.id, Revision::new(2)).group();
    fixture.conflict(stale).await;
    fixture.write(b.step("x").expects(a.id, Revision::FIRST).group()).await;
    assert_eq!(fixture.case(a.id).await.unwrap().facts.revision, Revision::FIRST);
}

/// A case that must not exist, and does not, is no hindrance.
pub async fn an_expectation_of_no_case_holds_while_there_is_none(fixture: Fixture) {
    let mut a = fixture.sample(1);
    fixture.write(a.step("open").expects(case_id(2), Revision::NONE).group()).await;
    fixture.write(fixture.sample(2).goes("open")).await;
    fixture.conflict(a.step("on").expects(case_id(2), Revision::NONE).group()).await;
}

/// Nothing to write is written at once.
pub async fn an_append_of_no_groups_has_no_outcomes(fixture: Fixture) {
    assert_eq!(fixture.append(&[]).await, []);
}

/// A batch of the greatest size is written in one call.
pub async fn a_batch_of_256_groups_is_written_in_one_call(fixture: Fixture) {
    let groups: Vec<_> = (1..=256).map(|number| fixture.sample(number).goes("open")).collect();
    let outcomes = fixture.append(&groups).await;
    assert!(outcomes.len() == 256 && !stood(&outcomes).contains(&false));
    let cases = (1..=256).map(case_id).collect();
    let loaded = fixture.load(&Wanted { cases, ..Wanted::default() }).await;
    assert_eq!(loaded.cases.len(), 256);
}

/// Every fact of a case comes back as it was written.
pub async fn a_case_keeps_every_fact(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let mut group = case.step("open").ends().group();
    let facts = &mut group.cases[0].facts;
    "visit".clone_into(&mut facts.procedure);
    facts.definition = Digest::of(b"another");
    facts.rule_pack = Digest::of(b"another pack");
    facts.subject = Subject { kind: SubjectKind::UnidentifiedChild, id: subject_id(77) };
    facts.incident = incident_id(78);
    facts.area = fixture.area("001203");
    facts.areas = AreaPurpose::ALL.into_iter().zip(["", "001", "002", "002001", "003"]).fold(
        BTreeMap::new(),
        |mut areas, (purpose, digits)| {
            areas.insert(purpose, fixture.area(digits));
            areas
        },
    );
    facts.opened_by = None;
    facts.opened_at = minute(3).plus_millis(1);
    facts.closed_at = Some(minute(4).plus_millis(-1));
    facts.recorded_at = minute(5);
    facts.duties = 41;
    let facts = facts.clone();
    fixture.write(group).await;
    assert_eq!(fixture.case(case.id).await.unwrap().facts, facts);
}

/// Every kind of subject comes back as it was written.
pub async fn every_kind_of_subject_is_kept(fixture: Fixture) {
    let kinds = [
        SubjectKind::Child,
        SubjectKind::UnidentifiedChild,
        SubjectKind::Unit,
        SubjectKind::Village,
        SubjectKind::Town,
        SubjectKind::County,
    ];
    for (kind, number) in kinds.into_iter().zip(1..) {
        let mut group = fixture.sample(number).goes("open");
        group.cases[0].facts.subject.kind = kind;
        fixture.write(group).await;
        assert_eq!(fixture.case(case_id(number)).await.unwrap().facts.subject.kind, kind);
    }
}

/// A case may end and be opened again.
pub async fn a_case_may_end_and_go_on(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    fixture.write(case.step("answered").ends().group()).await;
    assert_eq!(fixture.case(case.id).await.unwrap().facts.closed_at, Some(minute(2)));
    fixture.write(case.goes("open")).await;
    assert_eq!(fixture.case(case.id).await.unwrap().facts.closed_at, None);
}

/// A case has the body and the key of its last entry.
pub async fn a_case_has_the_body_and_key_of_its_last_entry(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").sealing("k1", b"first").group()).await;
    let second = case.step("open").sealing("k2", b"second").group();
    let third = case.step("open").sealing("k3", b"third").group();
    fixture.write(together([second, third])).await;
    let stored = fixture.case(case.id).await.unwrap();
    assert_eq!(stored.body, Some(Sealed { key: "k3".to_owned(), bytes: b"third".to_vec() }));
}

/// A case whose subject and incident changed is found under the new ones only.
pub async fn a_case_that_changes_its_subject_is_found_under_the_new_one(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    let mut case = case.about(7).of_incident(8);
    fixture.write(case.goes("identified")).await;
    let found = async |subjects: &[u32], incidents: &[u32]| {
        let wanted = Wanted {
            subjects: subjects.iter().map(|number| subject_id(*number)).collect(),
            incidents: incidents.iter().map(|number| incident_id(*number)).collect(),
            ..Wanted::default()
        };
        fixture.load(&wanted).await.cases.len()
    };
    assert_eq!(
        (found(&[1], &[1]).await, found(&[7], &[]).await, found(&[], &[8]).await),
        (0, 1, 1)
    );
    assert_eq!(fixture.case(case.id).await.unwrap().facts.subject.id, subject_id(7));
}

/// The content of one case does not run into that of another.
pub async fn cases_do_not_touch_each_other(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    let message = json!({ "of": "a" });
    fixture
        .write(a.step("open").sets("grade", "1").tells_this(1, "propose", message).group())
        .await;
    fixture.write(b.goes("open")).await;
    let stored = fixture.case(b.id).await.unwrap();
    assert!(stored.attributes.is_empty() && stored.duties.is_empty());
    fixture.write(b.step("closed").ends().group()).await;
    assert_eq!(&fixture.case(a.id).await.unwrap().facts, a.facts());
}
