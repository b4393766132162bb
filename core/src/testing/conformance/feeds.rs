//! Clauses on what is written for others to fetch: messages, and the rungs that were climbed.

use serde_json::json;

use super::{
    Fixture,
    duties::duty,
    fixture::{ALL, MOST_PAGES},
    records::{SampleStep, case_id, letters, message_id, minute, together},
};
use crate::{
    store::{Message, Rung},
    terms::{
        id::{MessageId, Revision, UnitId},
        time::Timestamp,
    },
};

fn ids(messages: &[Message]) -> Vec<MessageId> {
    messages.iter().map(|message| message.id).collect()
}

fn numbered(numbers: &[u32]) -> Vec<MessageId> {
    numbers.iter().map(|number| message_id(*number)).collect()
}

async fn page(
    fixture: &Fixture,
    after: Option<(Timestamp, MessageId)>,
    limit: u32,
) -> Vec<Message> {
    fixture.reader().await.messages(after, limit).await.unwrap()
}

/// A message comes back whole.
pub async fn a_message_comes_back_whole(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.goes("open")).await;
    let content = json!({ "case": case.id, "到": ["镇", 1, null, { "b": 1, "a": [] }] });
    let step = case.step("on").at(minute(7).plus_millis(1));
    fixture.write(step.tells_this(1, "propose", content.clone()).group()).await;
    let expected = Message {
        id: message_id(1),
        case: case.id,
        seq: 2,
        kind: "propose".to_owned(),
        content,
        recorded_at: minute(7).plus_millis(1),
    };
    assert_eq!(fixture.messages().await, [expected]);
}

/// Messages are in order of time, then id, whoever wrote them.
pub async fn messages_are_in_order_of_time_and_id(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(a.step("open").at(minute(5)).tells(9).tells(2).group()).await;
    fixture.write(b.step("open").at(minute(4)).tells(7).group()).await;
    fixture.write(b.step("open").at(minute(5)).tells(4).group()).await;
    assert_eq!(ids(&fixture.messages().await), numbered(&[7, 2, 4, 9]));
}

/// Pages of messages follow each other without gap or repeat, within one instant too.
pub async fn pages_of_messages_follow_without_gap_or_repeat(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = (1..=4).fold(case.step("open"), SampleStep::tells);
    fixture.write(step.group()).await;
    let step = (5..=7).fold(case.step("open"), SampleStep::tells);
    fixture.write(step.group()).await;
    let (mut after, mut seen) = (None, Vec::new());
    for _ in 0..MOST_PAGES {
        let page = page(&fixture, after, 3).await;
        let Some(last) = page.last() else { break };
        after = Some((last.recorded_at, last.id));
        seen.extend(ids(&page));
    }
    assert_eq!(seen, numbered(&[1, 2, 3, 4, 5, 6, 7]));
}

/// A page of messages may start after one that is not there.
pub async fn a_page_of_messages_may_start_anywhere(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").tells(2).tells(4).group()).await;
    let after = |at, number| Some((at, message_id(number)));
    assert_eq!(ids(&page(&fixture, after(minute(1), 3), ALL).await), numbered(&[4]));
    assert_eq!(ids(&page(&fixture, after(minute(0), 9), ALL).await), numbered(&[2, 4]));
    assert_eq!(page(&fixture, after(minute(2), 0), ALL).await, []);
}

/// A page of none is empty; a page of one has one.
pub async fn a_page_of_messages_has_at_most_its_limit(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").tells(1).tells(2).group()).await;
    assert_eq!(page(&fixture, None, 0).await, []);
    assert_eq!(ids(&page(&fixture, None, 1).await), numbered(&[1]));
}

/// Several messages of one group are all written.
pub async fn every_message_of_a_group_is_written(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    let steps = [
        a.step("open").tells(1).tells(2).group(),
        a.step("on").tells(3).group(),
        b.step("open").tells(4).group(),
    ];
    fixture.write(together(steps)).await;
    let told: Vec<_> =
        fixture.messages().await.iter().map(|it| (letters([it.case]), it.seq)).collect();
    let expected = [("a", 1), ("a", 1), ("b", 1), ("a", 2)];
    assert_eq!(told, expected.map(|(case, seq)| (case.to_owned(), seq)));
}

/// A rung comes back whole.
pub async fn a_rung_comes_back_whole(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let mut group = case.step("open").owes(duty(2)).climbs(2, 3, 1).group();
    let rung = Rung {
        duty: "回访".to_owned(),
        addressee: "coordinating_body".to_owned(),
        unit: None,
        due: minute(5).plus_millis(1),
        climbed_at: minute(6).plus_millis(-1),
        late: false,
        ..group.rungs[0].clone()
    };
    group.rungs = vec![rung.clone()];
    fixture.write(group).await;
    assert_eq!(fixture.rungs().await, [rung]);
}

/// Rungs are in order of time, case, duty, generation and rung.
pub async fn rungs_are_in_order_of_their_climbing(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    let step = a.step("open").owes(duty(2)).owes(duty(10)).at(minute(5));
    let step = step.climbs(10, 0, 0).climbs(2, 1, 0).climbs(2, 0, 10).climbs(2, 0, 9);
    fixture.write(step.group()).await;
    fixture.write(b.step("open").owes(duty(1)).at(minute(5)).climbs(1, 0, 0).group()).await;
    fixture.write(b.step("open").at(minute(6)).climbs(1, 0, 1).group()).await;
    fixture.write(a.step("open").at(minute(6)).climbs(10, 0, 1).group()).await;
    let rungs = fixture.rungs().await;
    let order: Vec<_> = rungs
        .iter()
        .map(|it| format!("{}{}/{}/{}", letters([it.case]), it.duty_no, it.generation, it.rung))
        .collect();
    let expected = ["a2/0/9", "a2/0/10", "a2/1/0", "a10/0/0", "b1/0/0", "a10/0/1", "b1/0/1"];
    assert_eq!(order, expected);
}

/// The rungs of a case are its own.
pub async fn the_rungs_of_a_case_are_its_own(fixture: Fixture) {
    for number in 1..=2 {
        let mut case = fixture.sample(number);
        let step = case.step("open").owes(duty(1)).climbs(1, 0, 0).climbs(1, 0, 1);
        fixture.write(step.group()).await;
    }
    let mut reader = fixture.reader().await;
    let of_two = reader.rungs(Some(case_id(2)), ALL).await.unwrap();
    assert_eq!(
        of_two.iter().map(|rung| (rung.case, rung.rung)).collect::<Vec<_>>(),
        [(case_id(2), 0), (case_id(2), 1)]
    );
    assert_eq!(reader.rungs(Some(case_id(3)), ALL).await.unwrap(), []);
}

/// A list of rungs has at most its limit, the first ones.
pub async fn a_list_of_rungs_has_at_most_its_limit(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(duty(1)).climbs(1, 0, 0).climbs(1, 0, 1).climbs(1, 0, 2);
    fixture.write(step.group()).await;
    let mut reader = fixture.reader().await;
    for of in [None, Some(case.id)] {
        let first = |rungs: Vec<Rung>| rungs.iter().map(|rung| rung.rung).collect::<Vec<_>>();
        assert_eq!(reader.rungs(of, 0).await.unwrap(), []);
        assert_eq!(first(reader.rungs(of, 2).await.unwrap()), [0, 1]);
    }
}

/// A group that falls writes neither message nor rung.
pub async fn a_group_that_falls_tells_nothing(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = case.step("open").owes(duty(1)).climbs(1, 0, 0).tells(1);
    let mut group = step.expects(case_id(2), Revision::FIRST).group();
    group.rungs[0].unit = Some(UnitId::constant("town"));
    fixture.conflict(group).await;
    assert!(fixture.messages().await.is_empty() && fixture.rungs().await.is_empty());
}
