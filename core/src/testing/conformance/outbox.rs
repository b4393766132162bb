//! Clauses on the outbox: what a step writes is delivered at least once, in order, by one at a
//! time.

use super::{
    Fixture,
    fixture::{ALL, MOST_PAGES, PATIENCE},
    records::{message_id, minute, together},
};
use crate::{
    store::{
        Content, Delivery, DeliveryQuery, DeliveryState, LeaseWanted, PostId, Settled, Settlement,
    },
    terms::{id::Revision, time::Timestamp},
};

/// When leases of the clauses are taken, long after everything was written.
fn now() -> Timestamp {
    minute(100)
}

fn until() -> Timestamp {
    minute(105)
}

fn id(number: u32) -> PostId {
    PostId::of_message(message_id(number))
}

/// Their ids in order: in which order leases come is not promised.
fn ids(deliveries: &[Delivery]) -> Vec<PostId> {
    let mut ids: Vec<PostId> = deliveries.iter().map(|delivery| delivery.id).collect();
    ids.sort_unstable();
    ids
}

fn numbered(numbers: &[u32]) -> Vec<PostId> {
    numbers.iter().map(|number| id(*number)).collect()
}

async fn lease_at(
    fixture: &Fixture,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Vec<Delivery> {
    let mut tx = fixture.begin().await;
    let leased = tx.lease(&LeaseWanted { now, until, limit }).await.unwrap();
    tx.commit().await.unwrap();
    leased
}

async fn lease(fixture: &Fixture, limit: u32) -> Vec<Delivery> {
    lease_at(fixture, now(), until(), limit).await
}

async fn settle(fixture: &Fixture, delivery: &Delivery, settlement: Settlement) -> bool {
    let settled = Settled { id: delivery.id, fence: delivery.fence, settlement };
    let mut tx = fixture.begin().await;
    let noted = tx.settle(&[settled]).await.unwrap();
    tx.commit().await.unwrap();
    noted == [delivery.id]
}

fn delivered() -> Settlement {
    Settlement::Delivered { at: now() }
}

fn later(due_at: Timestamp) -> Settlement {
    Settlement::Later { due_at, problem: "no answer".to_owned() }
}

fn dead() -> Settlement {
    Settlement::Dead { at: now(), problem: "gone".to_owned() }
}

async fn listed(fixture: &Fixture, state: DeliveryState) -> Vec<Delivery> {
    let query = DeliveryQuery { state, after: None, limit: ALL };
    fixture.reader().await.deliveries(&query).await.unwrap()
}

/// A message that a step wrote waits in the outbox, whole.
pub async fn a_message_waits_in_the_outbox(fixture: Fixture) {
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").at(minute(7)).tells(1).group()).await;
    let expected = Delivery {
        id: id(1),
        lane: *case.id.as_bytes(),
        state: DeliveryState::Pending,
        attempts: 0,
        fence: 0,
        due_at: minute(7),
        settled_at: None,
        problem: None,
        content: Content::Message(fixture.messages().await.remove(0)),
    };
    assert_eq!(listed(&fixture, DeliveryState::Pending).await, [expected]);
}

/// A group that falls, or whose transaction is dropped, puts nothing into the outbox.
pub async fn what_was_not_written_is_not_delivered(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let other = fixture.sample(2).id;
    fixture.conflict(case.step("open").tells(1).expects(other, Revision::FIRST).group()).await;
    let mut case = fixture.sample(3);
    let mut tx = fixture.begin().await;
    tx.append(&[case.step("open").tells(2).group()]).await.unwrap();
    drop(tx);
    assert_eq!(listed(&fixture, DeliveryState::Pending).await, []);
    assert_eq!(lease(&fixture, ALL).await, []);
}

/// What is leased comes whole, with its fence and attempts raised, and due again when the lease
/// ends.
pub async fn a_lease_gives_what_is_delivered(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").tells(1).group()).await;
    let leased = lease(&fixture, ALL).await;
    assert_eq!(leased, listed(&fixture, DeliveryState::Pending).await);
    assert_eq!((leased[0].attempts, leased[0].fence, leased[0].due_at), (1, 1, until()));
}

/// What is leased is nobody else's until the lease ends; then it is leased anew.
pub async fn a_lease_ends_with_its_time(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").tells(1).group()).await;
    assert_eq!(lease(&fixture, ALL).await.len(), 1);
    assert_eq!(lease_at(&fixture, until().plus_millis(-1), minute(200), ALL).await, []);
    let again = lease_at(&fixture, until(), minute(200), ALL).await;
    assert_eq!((again[0].attempts, again[0].fence), (2, 2));
}

/// A message that is not due yet is not leased.
pub async fn a_message_is_leased_when_it_is_due(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").at(minute(7)).tells(1).group()).await;
    assert_eq!(lease_at(&fixture, minute(7).plus_millis(-1), until(), ALL).await, []);
    assert_eq!(lease_at(&fixture, minute(7), until(), ALL).await.len(), 1);
}

/// Of each case one message is leased, the first; those of several cases side by side.
pub async fn of_each_case_the_first_message_is_leased(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(a.step("open").at(minute(5)).tells(9).tells(2).group()).await;
    fixture.write(b.step("open").at(minute(4)).tells(7).group()).await;
    fixture.write(a.step("on").at(minute(6)).tells(1).group()).await;
    assert_eq!(ids(&lease(&fixture, ALL).await), numbered(&[7, 9]));
    assert_eq!(lease(&fixture, ALL).await, []);
}

/// The messages of a case follow each other as they were written, whatever their ids.
pub async fn the_messages_of_a_case_are_delivered_in_order(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    let groups = [
        a.step("open").tells(9).tells(2).tells(5).group(),
        a.step("on").tells(1).group(),
        b.step("open").tells(3).group(),
    ];
    fixture.write(together(groups)).await;
    for number in 0..10 {
        fixture.write(a.step("on").tells(20 - number).group()).await;
    }
    let mut seen = Vec::new();
    for _ in 0..MOST_PAGES {
        let leased = lease(&fixture, 1).await;
        let Some(first) = leased.first() else { break };
        seen.push(first.id);
        assert!(settle(&fixture, first, delivered()).await);
    }
    seen.retain(|seen| *seen != id(3));
    assert_eq!(seen, numbered(&[9, 2, 5, 1, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11]));
    assert_eq!(listed(&fixture, DeliveryState::Delivered).await.len(), 15);
    assert_eq!(listed(&fixture, DeliveryState::Pending).await, []);
}

/// A lease gives at most its limit, the longest due first.
pub async fn a_lease_gives_at_most_its_limit(fixture: Fixture) {
    for number in 1..=3_u32 {
        let at = minute(10 - number);
        let mut case = fixture.sample(number);
        fixture.write(case.step("open").at(at).tells(number).group()).await;
    }
    assert_eq!(lease(&fixture, 0).await, []);
    assert_eq!(ids(&lease(&fixture, 2).await), numbered(&[2, 3]));
    assert_eq!(ids(&lease(&fixture, 2).await), numbered(&[1]));
}

/// A lease in a transaction that is dropped was none.
pub async fn a_dropped_lease_was_none(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").tells(1).group()).await;
    let mut tx = fixture.begin().await;
    let wanted = LeaseWanted { now: now(), until: until(), limit: ALL };
    assert_eq!(tx.lease(&wanted).await.unwrap().len(), 1);
    drop(tx);
    // A database may take a moment to let go of what a dropped transaction held.
    for _ in 0..PATIENCE {
        if let Some(leased) = lease(&fixture, ALL).await.first() {
            assert_eq!((leased.fence, leased.attempts), (1, 1));
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it stays leased");
}

/// What was delivered is listed so, with its time, and not leased again.
pub async fn what_was_delivered_is_done(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").tells(1).group()).await;
    let leased = lease(&fixture, ALL).await;
    assert!(settle(&fixture, &leased[0], delivered()).await);
    let done = listed(&fixture, DeliveryState::Delivered).await;
    assert_eq!((done[0].settled_at, done[0].attempts), (Some(now()), 1));
    assert_eq!(lease_at(&fixture, minute(1_000), minute(1_001), ALL).await, []);
}

/// Who comes with an older fence comes too late, whatever it says.
pub async fn an_older_fence_settles_nothing(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").tells(1).group()).await;
    let first = lease(&fixture, ALL).await.remove(0);
    let second = lease_at(&fixture, until(), minute(200), ALL).await.remove(0);
    for settlement in [delivered(), later(now()), dead()] {
        assert!(!settle(&fixture, &first, settlement).await);
    }
    assert_eq!(listed(&fixture, DeliveryState::Pending).await, std::slice::from_ref(&second));
    assert!(settle(&fixture, &second, delivered()).await);
}

/// A delivery is settled once.
pub async fn a_delivery_is_settled_once(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").tells(1).group()).await;
    let leased = lease(&fixture, ALL).await.remove(0);
    assert!(settle(&fixture, &leased, delivered()).await);
    assert!(!settle(&fixture, &leased, dead()).await);
    assert_eq!(listed(&fixture, DeliveryState::Dead).await, []);
}

/// What failed is tried again when it is due, and holds back what follows it in its case.
pub async fn what_failed_waits_and_holds_its_case_back(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").tells(1).tells(2).group()).await;
    let leased = lease(&fixture, ALL).await.remove(0);
    assert!(settle(&fixture, &leased, later(minute(150))).await);
    assert_eq!(lease_at(&fixture, minute(149), minute(160), ALL).await, []);
    let again = lease_at(&fixture, minute(150), minute(160), ALL).await;
    assert_eq!(ids(&again), numbered(&[1]));
    assert_eq!(again[0].problem.as_deref(), Some("no answer"));
}

/// What was given up is listed with its reason, and steps aside.
pub async fn what_was_given_up_steps_aside(fixture: Fixture) {
    fixture.write(fixture.sample(1).step("open").tells(1).tells(2).group()).await;
    let leased = lease(&fixture, ALL).await.remove(0);
    assert!(settle(&fixture, &leased, dead()).await);
    let dead = listed(&fixture, DeliveryState::Dead).await;
    assert_eq!(ids(&dead), numbered(&[1]));
    assert_eq!((dead[0].problem.as_deref(), dead[0].settled_at), (Some("gone"), Some(now())));
    assert_eq!(ids(&lease(&fixture, ALL).await), numbered(&[2]));
}

/// A dead delivery is tried again when somebody asks for it, and nothing else is.
pub async fn the_dead_are_tried_again_on_request(fixture: Fixture) {
    let (mut a, mut b) = (fixture.sample(1), fixture.sample(2));
    fixture.write(a.step("open").tells(1).group()).await;
    fixture.write(b.step("open").tells(2).group()).await;
    let mut leased = lease(&fixture, ALL).await;
    leased.sort_by_key(|delivery| delivery.id);
    assert!(settle(&fixture, &leased[0], dead()).await);
    assert!(settle(&fixture, &leased[1], delivered()).await);
    let mut tx = fixture.begin().await;
    let again = tx.retry(&numbered(&[1, 2, 3]), minute(120)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(again, numbered(&[1]));
    let leased = lease_at(&fixture, minute(120), minute(130), ALL).await;
    assert_eq!(ids(&leased), numbered(&[1]));
    assert_eq!((leased[0].attempts, leased[0].settled_at, leased[0].fence), (1, None, 2));
}

/// Several attempts are settled in one call, each as it ended.
pub async fn several_attempts_are_settled_together(fixture: Fixture) {
    for number in 1..=3 {
        fixture.write(fixture.sample(number).step("open").tells(number).group()).await;
    }
    let mut leased = lease(&fixture, ALL).await;
    leased.sort_by_key(|delivery| delivery.id);
    let settlements = [delivered(), later(minute(150)), dead()];
    let settled: Vec<Settled> = leased
        .iter()
        .zip(settlements)
        .map(|(delivery, settlement)| Settled {
            id: delivery.id,
            fence: delivery.fence,
            settlement,
        })
        .collect();
    let mut tx = fixture.begin().await;
    let mut noted = tx.settle(&settled).await.unwrap();
    tx.commit().await.unwrap();
    noted.sort_unstable();
    assert_eq!(noted, numbered(&[1, 2, 3]));
    for (state, number) in DeliveryState::ALL.into_iter().zip([2, 1, 3]) {
        assert_eq!(ids(&listed(&fixture, state).await), numbered(&[number]), "{state:?}");
    }
}

/// Pages of deliveries follow each other without gap or repeat.
pub async fn pages_of_deliveries_follow_without_gap_or_repeat(fixture: Fixture) {
    let mut case = fixture.sample(1);
    for number in 1..=7 {
        fixture.write(case.step("on").tells(number).group()).await;
    }
    let (mut after, mut seen) = (None, Vec::new());
    for _ in 0..MOST_PAGES {
        let query = DeliveryQuery { state: DeliveryState::Pending, after, limit: 3 };
        let page = fixture.reader().await.deliveries(&query).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page.iter().map(|delivery| delivery.id));
    }
    assert_eq!(seen, numbered(&[1, 2, 3, 4, 5, 6, 7]));
}
