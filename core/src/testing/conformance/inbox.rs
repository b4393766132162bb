//! Clauses on the inbox: a command that was put there is taken in its turn and answered once.

use serde_json::json;

use super::{
    Fixture,
    fixture::{ALL, PATIENCE},
    records::{command_id, minute},
};
use crate::{
    store::{
        Answered, Content, DeliveryQuery, DeliveryState, LeaseWanted, NewAnswer, Outcome, OwnedTx,
        PostId, Submitted,
    },
    terms::id::CommandId,
};

fn command(number: u32, at: u32) -> Submitted {
    Submitted {
        id: command_id(number),
        command: json!({ "到": ["镇", number] }).to_string(),
        created_at: minute(at),
    }
}

fn given(number: u32, outcome: Outcome) -> NewAnswer {
    let answer = json!({ "答": number, "b": [null, { "c": "说明" }] });
    NewAnswer { id: command_id(number), at: minute(90), outcome, answer }
}

fn ids(commands: &[Submitted]) -> Vec<CommandId> {
    commands.iter().map(|command| command.id).collect()
}

fn numbered(numbers: &[u32]) -> Vec<CommandId> {
    numbers.iter().map(|number| command_id(*number)).collect()
}

async fn submit(fixture: &Fixture, commands: &[Submitted]) -> Vec<CommandId> {
    let mut tx = fixture.begin().await;
    let new = tx.submit(commands).await.unwrap();
    tx.commit().await.unwrap();
    new
}

async fn answer(fixture: &Fixture, answers: &[NewAnswer]) -> Vec<CommandId> {
    let mut tx = fixture.begin().await;
    let answered = tx.answer(answers).await.unwrap();
    tx.commit().await.unwrap();
    answered
}

async fn waiting(fixture: &Fixture) -> Vec<Submitted> {
    fixture.reader().await.submitted(ALL).await.unwrap()
}

/// A command that was put into the inbox comes back whole, to readers and to who takes it.
pub async fn a_submitted_command_comes_back_whole(fixture: Fixture) {
    assert_eq!(submit(&fixture, &[command(1, 5)]).await, numbered(&[1]));
    assert_eq!(waiting(&fixture).await, [command(1, 5)]);
    let mut tx = fixture.begin().await;
    assert_eq!(tx.take_submitted(ALL).await.unwrap(), [command(1, 5)]);
}

/// The inbox is in order of time, then id, and a list has at most its limit.
pub async fn the_inbox_is_in_order(fixture: Fixture) {
    submit(&fixture, &[command(3, 7), command(2, 9)]).await;
    submit(&fixture, &[command(9, 5), command(1, 7)]).await;
    assert_eq!(ids(&waiting(&fixture).await), numbered(&[9, 1, 3, 2]));
    let mut tx = fixture.begin().await;
    assert_eq!(ids(&tx.take_submitted(3).await.unwrap()), numbered(&[9, 1, 3]));
    drop(tx);
    assert_eq!(fixture.reader().await.submitted(0).await.unwrap(), []);
}

/// An id that is in the inbox stays what it is, and does not disturb its neighbors.
pub async fn a_command_is_submitted_once(fixture: Fixture) {
    submit(&fixture, &[command(1, 5)]).await;
    assert_eq!(submit(&fixture, &[command(1, 9), command(2, 9)]).await, numbered(&[2]));
    assert_eq!(waiting(&fixture).await, [command(1, 5), command(2, 9)]);
}

/// What a dropped transaction put into the inbox was never there.
pub async fn a_dropped_transaction_submits_nothing(fixture: Fixture) {
    let mut tx = fixture.begin().await;
    tx.submit(&[command(1, 5)]).await.unwrap();
    assert_eq!(ids(&tx.submitted(ALL).await.unwrap()), numbered(&[1]));
    drop(tx);
    assert_eq!(waiting(&fixture).await, []);
    assert_eq!(submit(&fixture, &[command(1, 6)]).await, numbered(&[1]));
}

/// An answer comes back whole, and its command waits no more.
pub async fn an_answer_comes_back_whole(fixture: Fixture) {
    submit(&fixture, &[command(1, 5), command(2, 6), command(3, 7), command(4, 8)]).await;
    for (number, outcome) in (1_u32..).zip(Outcome::ALL) {
        let new = given(number, outcome);
        assert_eq!(answer(&fixture, std::slice::from_ref(&new)).await, numbered(&[number]));
        let expected = Answered {
            id: new.id,
            created_at: minute(4 + number),
            answered_at: new.at,
            outcome,
            answer: new.answer,
        };
        let found = fixture.reader().await.answered(new.id).await.unwrap();
        assert_eq!(found, Some(expected));
    }
    assert_eq!(ids(&waiting(&fixture).await), numbered(&[4]));
    assert_eq!(fixture.reader().await.answered(command_id(4)).await.unwrap(), None);
    assert_eq!(fixture.reader().await.answered(command_id(5)).await.unwrap(), None);
}

/// A command is answered once, and what is not in the inbox is not answered.
pub async fn a_command_is_answered_once(fixture: Fixture) {
    submit(&fixture, &[command(1, 5)]).await;
    answer(&fixture, &[given(1, Outcome::Done)]).await;
    let again = [given(1, Outcome::Refused), given(2, Outcome::Done)];
    assert_eq!(answer(&fixture, &again).await, []);
    let found = fixture.reader().await.answered(command_id(1)).await.unwrap();
    assert_eq!(found.map(|found| found.outcome), Some(Outcome::Done));
    assert_eq!(submit(&fixture, &[command(1, 5)]).await, []);
    assert_eq!(waiting(&fixture).await, []);
}

/// An answer of a dropped transaction was none.
pub async fn a_dropped_answer_was_none(fixture: Fixture) {
    submit(&fixture, &[command(1, 5)]).await;
    let mut tx = fixture.begin().await;
    assert_eq!(ids(&tx.take_submitted(ALL).await.unwrap()), numbered(&[1]));
    tx.answer(&[given(1, Outcome::Done)]).await.unwrap();
    assert_eq!(tx.submitted(ALL).await.unwrap(), []);
    drop(tx);
    assert_eq!(waiting(&fixture).await, [command(1, 5)]);
    assert_eq!(deliveries(&fixture).await, []);
}

/// An answer stands with the step that it answers, or neither does.
pub async fn an_answer_stands_with_its_step(fixture: Fixture) {
    submit(&fixture, &[command(1, 5)]).await;
    let mut case = fixture.sample(1);
    let step = case.step("open").commanded(1).group();
    for commits in [false, true] {
        let mut tx = fixture.begin().await;
        assert_eq!(ids(&tx.take_submitted(ALL).await.unwrap()), numbered(&[1]));
        tx.append(std::slice::from_ref(&step)).await.unwrap();
        tx.answer(&[given(1, Outcome::Done)]).await.unwrap();
        if commits {
            tx.commit().await.unwrap();
        } else {
            drop(tx);
        }
        assert_eq!(fixture.case(case.id).await.is_some(), commits);
        assert_eq!(waiting(&fixture).await.is_empty(), commits);
    }
}

async fn deliveries(fixture: &Fixture) -> Vec<PostId> {
    let query = DeliveryQuery { state: DeliveryState::Pending, after: None, limit: ALL };
    let found = fixture.reader().await.deliveries(&query).await.unwrap();
    found.iter().map(|delivery| delivery.id).collect()
}

/// An answer is delivered from the outbox, in a lane of its own.
pub async fn an_answer_is_delivered(fixture: Fixture) {
    submit(&fixture, &[command(1, 5), command(2, 6)]).await;
    answer(&fixture, &[given(1, Outcome::Done), given(2, Outcome::Refused)]).await;
    let expected = [1, 2].map(|number| PostId::of_answer(command_id(number)));
    assert_eq!(deliveries(&fixture).await, expected);
    let mut tx = fixture.begin().await;
    let wanted = LeaseWanted { now: minute(90), until: minute(95), limit: ALL };
    let mut leased = tx.lease(&wanted).await.unwrap();
    tx.commit().await.unwrap();
    leased.sort_by_key(|delivery| delivery.id);
    for (delivery, number) in leased.iter().zip([1, 2]) {
        assert_eq!((delivery.attempts, delivery.fence, delivery.due_at), (1, 1, minute(95)));
        let answered = fixture.reader().await.answered(command_id(number)).await.unwrap();
        assert_eq!(delivery.content, Content::Answer(answered.unwrap()));
    }
    assert_eq!(leased.len(), 2);
}

/// The inbox has one taker at a time: a second transaction waits, is told that the store is busy,
/// or finds nothing, and afterwards finds what the first one left.
pub async fn the_inbox_has_one_taker_at_a_time(fixture: Fixture) {
    submit(&fixture, &[command(1, 5), command(2, 6)]).await;
    let mut first = fixture.begin().await;
    assert_eq!(ids(&first.take_submitted(1).await.unwrap()), numbered(&[1]));
    let (store, realm) = (fixture.store(), fixture.realm().clone());
    let second = tokio::spawn(async move {
        let mut tx: Box<dyn OwnedTx> = super::fixture::begin(&store, &realm).await;
        tx.take_submitted(ALL).await.unwrap()
    });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    first.answer(&[given(1, Outcome::Done)]).await.unwrap();
    first.commit().await.unwrap();
    let found = ids(&second.await.unwrap());
    assert!(found.is_empty() || found == numbered(&[2]), "{found:?}");
    // A database may take a moment to let go of what the second one held.
    for _ in 0..PATIENCE {
        let mut third = fixture.begin().await;
        let found = ids(&third.take_submitted(ALL).await.unwrap());
        if !found.is_empty() {
            assert_eq!(found, numbered(&[2]));
            return;
        }
        third.commit().await.unwrap();
    }
    panic!("nobody can take the inbox any more");
}
