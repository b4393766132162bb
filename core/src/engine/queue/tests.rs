//! Tests of the queue: what goes beside what, what waits, and that nobody is left.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::*;
use crate::{
    engine::{Action, command::Open},
    terms::{
        actor::Actor,
        entropy::Entropy as _,
        facts::{Subject, SubjectKind},
        id::{ActorId, CaseId, CommandId, IncidentId, SubjectId},
    },
    testing::SeededEntropy,
};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A step in a case, known by a number.
fn step(case: u8, number: usize) -> Command {
    let actor = Actor::at_work(ActorId::constant("u-7"));
    let form = json!({ "number": number });
    Command::fire_named(actor, CaseId::from_bytes([case; 16]), "add_note".to_owned(), form)
}

/// The opening of a case about a child, after an incident.
fn opening(child: u8, incident: u8, number: usize) -> Command {
    let open = Open {
        procedure: "risk_alert".to_owned(),
        transition: "register_clue".to_owned(),
        payload: json!({ "number": number }),
        subject: Some(Subject { kind: SubjectKind::Child, id: SubjectId::from_bytes([child; 16]) }),
        incident: Some(IncidentId::from_bytes([incident; 16])),
        areas: BTreeMap::new(),
    };
    Command::new(Actor::at_work(ActorId::constant("u-7")), Action::Open(open))
}

fn number(job: &Job) -> u64 {
    let (Action::Fire { payload, .. } | Action::Open(Open { payload, .. })) = &job.command.action;
    payload["number"].as_u64().unwrap()
}

fn push(queue: &Queue, command: Command) {
    drop(queue.push(command, false, None, at(0)).unwrap());
}

/// Somebody begins to lead, and gets the numbers of his first batch.
fn begins(queue: &Queue) -> (Option<Touched>, Vec<u64>) {
    assert!(queue.wants_leader());
    let mut touched = None;
    let batch = queue.next(at(0), &mut touched);
    (touched, batch.iter().map(number).collect())
}

fn next(queue: &Queue, touched: &mut Option<Touched>) -> Vec<u64> {
    queue.next(at(0), touched).iter().map(number).collect()
}

#[test]
fn one_leader_takes_all_and_nobody_leads_beside_him() {
    let queue = Queue::new(100, 1);
    (0..10).for_each(|n| push(&queue, step(1, n)));
    let (mut touched, batch) = begins(&queue);
    assert_eq!(batch, (0..10).collect::<Vec<_>>());
    (10..30).for_each(|n| push(&queue, step(2, n)));
    assert!(!queue.wants_leader());
    assert_eq!(next(&queue, &mut touched), (10..30).collect::<Vec<_>>());
    assert!(next(&queue, &mut touched).is_empty());
    assert!(!queue.wants_leader(), "nobody waits");
    push(&queue, step(3, 30));
    assert_eq!(begins(&queue).1, [30]);
}

#[test]
fn two_share_what_waits_and_a_few_wait_for_the_next_batch() {
    let queue = Queue::new(100, 2);
    (0..10).for_each(|n| push(&queue, step(u8::try_from(n).unwrap(), n)));
    let (mut first, batch) = begins(&queue);
    assert_eq!(batch, [0, 1, 2, 3, 4]);
    let (mut second, batch) = begins(&queue);
    assert_eq!(batch, [5, 6, 7, 8, 9]);
    assert!(!queue.wants_leader());
    // Three are not worth a transaction beside another one.
    (10..13).for_each(|n| push(&queue, step(u8::try_from(n).unwrap(), n)));
    assert!(next(&queue, &mut second).is_empty());
    assert!(!queue.wants_leader());
    assert_eq!(next(&queue, &mut first), [10, 11, 12]);
    // One that is urgent is.
    drop(queue.push(step(13, 13), true, None, at(0)).unwrap());
    assert_eq!(begins(&queue).1, [13]);
}

#[test]
fn what_touches_the_same_waits_and_who_stands_behind_it_too() {
    let queue = Queue::new(100, 2);
    let id = CommandId::from_bytes([7; 16]);
    let first = [step(1, 0), opening(2, 3, 1), step(4, 2).with_id(id)];
    for command in first {
        push(&queue, command);
    }
    let (mut first, batch) = begins(&queue);
    assert_eq!(batch, [0, 1, 2]);
    let waits = [
        step(1, 10),
        opening(2, 30, 11),
        opening(20, 3, 12),
        step(40, 13).with_id(id),
        // Behind the step that has the same id.
        step(40, 14),
    ];
    for command in waits {
        push(&queue, command);
    }
    (20..24).for_each(|n| push(&queue, step(50, n)));
    let (mut second, batch) = begins(&queue);
    assert_eq!(batch, [20, 21, 22, 23]);
    assert!(next(&queue, &mut second).is_empty(), "the others wait for the first batch");
    assert_eq!(next(&queue, &mut first), [10, 11, 12, 13, 14]);
}

#[test]
fn who_must_go_together_is_not_halved() {
    let queue = Queue::new(100, 2);
    let call = Some(queue.call());
    let push_call = |n: usize| {
        drop(queue.push(step(u8::try_from(n).unwrap(), n), false, call, at(0)).unwrap());
    };
    (0..8).for_each(push_call);
    // Behind them one of a case of theirs, and three who touch nothing of it.
    push(&queue, step(7, 8));
    (9..12).for_each(|n| push(&queue, step(u8::try_from(n).unwrap(), n)));
    let (mut first, batch) = begins(&queue);
    assert_eq!(batch, (0..9).collect::<Vec<_>>());
    (12..20).for_each(push_call);
    let (mut second, batch) = begins(&queue);
    assert_eq!(batch, [9, 10, 11], "the others of the call wait for the first");
    assert!(next(&queue, &mut second).is_empty());
    assert_eq!(next(&queue, &mut first), (12..20).collect::<Vec<_>>());
}

#[test]
fn a_leader_who_is_gone_leaves_nothing_locked() {
    let queue = Queue::new(100, 2);
    let push_four = |from: usize| {
        (from..from + 4).for_each(|n| push(&queue, step(u8::try_from(n % 8).unwrap(), n)));
    };
    push_four(0);
    let (mut first, batch) = begins(&queue);
    assert_eq!(batch, [0, 1, 2, 3]);
    assert!(queue.leave(&mut first), "nobody leads");
    push_four(8);
    let (mut second, batch) = begins(&queue);
    assert_eq!(batch, [8, 9, 10, 11]);
    push_four(4);
    let (mut third, batch) = begins(&queue);
    assert_eq!(batch, [4, 5, 6, 7]);
    assert!(!queue.leave(&mut second));
    assert!(queue.leave(&mut third));
}

/// Where all must wait, only as many again have the line looked through once more.
#[test]
fn a_line_that_must_wait_is_not_looked_through_for_each_who_comes() {
    let queue = Queue::new(100, 2);
    push(&queue, step(1, 0));
    let (mut first, _) = begins(&queue);
    (1..6).for_each(|n| push(&queue, step(1, n)));
    assert!(begins(&queue).1.is_empty());
    (6..10).for_each(|n| push(&queue, step(1, n)));
    assert!(!queue.wants_leader());
    // What is urgent does not wait for that.
    drop(queue.push(step(2, 10), true, None, at(0)).unwrap());
    let (mut second, batch) = begins(&queue);
    assert_eq!(batch, [10]);
    assert!(next(&queue, &mut second).is_empty());
    assert_eq!(next(&queue, &mut first), (1..10).collect::<Vec<_>>());
}

/// Whatever comes in whatever order: batches under way share nothing, what touches the same goes in
/// the order in which it came, and in the end nobody waits and nobody leads.
#[test]
fn whatever_comes_goes_in_order_and_nobody_is_left() {
    for seed in 0..300 {
        let dice = SeededEntropy::new(seed);
        let below = |n: u8| dice.bytes()[0] % n;
        let queue = Queue::new(10_000, usize::from(1 + below(3)));
        let calls: Vec<CallNo> = (0..3).map(|_| queue.call()).collect();
        let mut keys_of: Vec<Vec<Key>> = Vec::new();
        let mut leading: Vec<(Option<Touched>, Vec<u64>)> = Vec::new();
        let mut last: BTreeMap<Key, u64> = BTreeMap::new();
        let mut done = 0;
        let mut take = |queue: &Queue, touched: &mut Option<Touched>, keys_of: &[Vec<Key>]| {
            let batch = next(queue, touched);
            for number in &batch {
                for key in &keys_of[usize::try_from(*number).unwrap()] {
                    let before = last.insert(*key, *number);
                    assert!(before.is_none_or(|before| before < *number), "seed {seed}: {number}");
                }
            }
            batch
        };
        let mut rounds = 0;
        loop {
            rounds += 1;
            assert!(rounds < 10_000, "seed {seed}: somebody waits for ever");
            if keys_of.len() < 120 && below(3) > 0 {
                let number = keys_of.len();
                let command = match below(3) {
                    0 => opening(below(6), below(6), number),
                    _ => step(below(8), number),
                };
                let id = CommandId::from_bytes([below(40); 16]);
                let command = if below(4) == 0 { command.with_id(id) } else { command };
                let call = calls.get(usize::from(below(12))).copied();
                keys_of.push(Key::all_of(&command, call));
                drop(queue.push(command, false, call, at(0)).unwrap());
            }
            // As the engine does: somebody is asked to lead whenever one comes or a batch is taken.
            if below(2) == 0 && queue.wants_leader() {
                let mut touched = None;
                let batch = take(&queue, &mut touched, &keys_of);
                if !batch.is_empty() {
                    leading.push((touched, batch));
                }
            } else if !leading.is_empty() {
                let which = usize::from(below(3)) % leading.len();
                let (mut touched, batch) = leading.swap_remove(which);
                done += batch.len();
                let batch = take(&queue, &mut touched, &keys_of);
                if !batch.is_empty() {
                    leading.push((touched, batch));
                }
            }
            let mut seen = BTreeSet::new();
            for (_, batch) in &leading {
                let keys: BTreeSet<Key> = batch
                    .iter()
                    .flat_map(|n| keys_of[usize::try_from(*n).unwrap()].clone())
                    .collect();
                assert!(keys.into_iter().all(|key| seen.insert(key)), "seed {seed}");
            }
            if keys_of.len() == 120 && leading.is_empty() && done == 120 {
                break;
            }
        }
        assert!(!queue.wants_leader());
        assert_eq!(queue.waiting().leading, 0);
    }
}
