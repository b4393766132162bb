//! Small batches with everything a step may write, for tests of a store's own. Nothing here asserts
//! anything.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "the codes of the samples are constant"
)]

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use crate::{
    duty::{
        owed::{Deadline, DutyKind, DutyState, Holder, OwedDuty},
        time_limit::LimitId,
    },
    store::{CaseWrite, DutyWrite, Group, Meta, NewCommand, NewEntry, NewMessage, NewRung, Scope},
    terms::{
        actor::Role,
        area::{AreaPurpose, Realm},
        facts::{CaseFacts, Subject, SubjectKind},
        id::{
            CaseId, CommandId, Digest, IncidentId, MessageId, OriginId, Revision, SubjectId, UnitId,
        },
        time::Timestamp,
    },
};

/// The town of the samples.
pub const TOWN: &str = "999999001";

/// The realm of the samples.
pub fn realm() -> Realm {
    "999999".parse().unwrap()
}

/// An instant.
pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// The bytes of an id.
pub fn bytes16(n: u8) -> [u8; 16] {
    let mut bytes = [n; 16];
    bytes[0] = 1;
    bytes
}

/// The id of case `n`.
pub fn case_id(n: u8) -> CaseId {
    CaseId::from_bytes(bytes16(n))
}

/// What the database of the samples is.
pub fn meta() -> Meta {
    Meta {
        realm: realm(),
        name: "示例县".to_owned(),
        origin: OriginId::from_bytes(bytes16(9)),
        created_at: at(1),
        demo: true,
    }
}

/// The facts of case `n` at a revision.
pub fn facts(n: u8, revision: i64) -> CaseFacts {
    CaseFacts {
        realm: realm(),
        id: case_id(n),
        procedure: "visit".to_owned(),
        definition: Digest::of(b"definition"),
        rule_pack: Digest::of(b"rules"),
        subject: Subject { kind: SubjectKind::Child, id: SubjectId::from_bytes(bytes16(n)) },
        incident: IncidentId::from_bytes(bytes16(n)),
        areas: BTreeMap::from([(AreaPurpose::Residence, TOWN.parse().unwrap())]),
        area: TOWN.parse().unwrap(),
        opened_by: Some(UnitId::constant("u-1")),
        state: format!("s{revision}"),
        revision: Revision::new(revision),
        opened_at: at(100),
        closed_at: None,
        recorded_at: at(100 + revision),
        head: Digest::of(&[n, 1]),
        duties: 1,
    }
}

/// An open duty, with a date if one is given.
pub fn duty(no: u32, due: Option<i64>) -> OwedDuty {
    OwedDuty {
        no,
        name: format!("duty{no}"),
        kind: DutyKind::State,
        state: DutyState::Open,
        opened_at: at(100),
        closed_at: None,
        holder: Holder {
            role: Role::new("clerk"),
            unit: Some(UnitId::constant("u-1")),
            person: None,
            gap: false,
        },
        deadline: Some(Deadline {
            limit: LimitId::constant("D25"),
            from: at(100),
            due: due.map(at),
            provisional: false,
            calendar: Digest::of(b"calendar"),
            generation: 0,
            suspended_until: None,
        }),
        rung: 0,
        next_rung_at: due.map(at),
    }
}

/// The duty as it is written, shown to the clerks.
pub fn shown(duty: OwedDuty) -> DutyWrite {
    DutyWrite { duty, matches: vec![(Role::new("clerk"), None)] }
}

/// An entry of case `n`.
pub fn entry(n: u8, seq: i64) -> NewEntry {
    let bytes = format!("entry {seq} of {n}").into_bytes();
    NewEntry {
        case: case_id(n),
        seq,
        recorded_at: at(100 + seq),
        hash: Digest::of(&bytes),
        bytes,
        body: format!("body {seq} of {n}").into_bytes(),
        key: "plain".to_owned(),
    }
}

/// A step that opens case `n`, with everything a step may write.
pub fn opening(n: u8) -> Group {
    let facts = facts(n, 1);
    Group {
        expect: vec![(facts.id, Revision::NONE)],
        scopes: vec![(Scope::subject(facts.subject.id), 0), (Scope::incident(facts.incident), 0)],
        entries: vec![entry(n, 1)],
        commands: vec![NewCommand {
            id: CommandId::from_bytes(bytes16(n)),
            hash: Digest::of(b"asked"),
            case: facts.id,
            seq: 1,
            state: facts.state.clone(),
        }],
        messages: vec![NewMessage {
            id: MessageId::from_bytes(bytes16(n)),
            case: facts.id,
            seq: 1,
            kind: "propose".to_owned(),
            content: serde_json::json!({ "to": "police" }),
            recorded_at: at(101),
        }],
        rungs: vec![NewRung {
            case: facts.id,
            duty_no: 1,
            duty: "duty1".to_owned(),
            generation: 0,
            rung: 0,
            addressee: "leader".to_owned(),
            unit: None,
            due: at(150),
            climbed_at: at(160),
            late: true,
        }],
        cases: vec![CaseWrite {
            facts,
            number_in: Some(2026),
            attributes: vec![("grade".to_owned(), Some("high".to_owned()))],
            duties: vec![shown(duty(1, Some(200)))],
            restated: true,
            had_duties: 0,
        }],
        staff: Vec::new(),
    }
}

/// A later step of case `n`, from `revision`.
pub fn moving(n: u8, revision: i64) -> Group {
    let facts = facts(n, revision + 1);
    Group {
        expect: vec![(facts.id, Revision::new(revision))],
        entries: vec![entry(n, revision + 1)],
        cases: vec![CaseWrite {
            facts,
            number_in: None,
            attributes: Vec::new(),
            duties: Vec::new(),
            restated: true,
            had_duties: 1,
        }],
        ..Group::default()
    }
}

/// A future that is dropped after it was polled so many times.
pub struct Cancelled<F> {
    future: Pin<Box<F>>,
    polls_left: usize,
}

impl<F> fmt::Debug for Cancelled<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancelled").field("polls_left", &self.polls_left).finish_non_exhaustive()
    }
}

impl<F: Future> Future for Cancelled<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls_left == 0 {
            return Poll::Ready(None);
        }
        self.polls_left -= 1;
        match self.future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // It is polled once more when it wakes, or dropped at once when it has no poll left.
            Poll::Pending if self.polls_left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// Drops a future after it was polled so many times; nothing if it did not end before.
pub fn cancel_after<F: Future>(polls: usize, future: F) -> Cancelled<F> {
    Cancelled { future: Box::pin(future), polls_left: polls }
}
