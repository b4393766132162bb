//! A database in a temporary folder and small batches for it. Nothing here asserts anything.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use hexacase::{
    duty::{
        owed::{Deadline, DutyKind, DutyState, Holder, OwedDuty},
        time_limit::LimitId,
    },
    store::{
        CaseWrite, DutyWrite, Group, GroupOutcome, Loaded, Meta, NewCommand, NewEntry, NewMessage,
        NewRung, Scope, Store, StoreError, Wanted,
    },
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
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use sqlx::{Connection, SqliteConnection, SqlitePool, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

/// A store that was set up, in a folder that goes with it.
pub(crate) struct Database {
    pub(crate) folder: TempDir,
    pub(crate) store: SqliteStore,
}

pub(crate) const TOWN: &str = "999999001";

pub(crate) fn realm() -> Realm {
    "999999".parse().unwrap()
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn bytes16(n: u8) -> [u8; 16] {
    let mut bytes = [n; 16];
    bytes[0] = 1;
    bytes
}

pub(crate) fn case_id(n: u8) -> CaseId {
    CaseId::from_bytes(bytes16(n))
}

pub(crate) fn meta() -> Meta {
    Meta {
        realm: realm(),
        name: "示例县".to_owned(),
        origin: OriginId::from_bytes(bytes16(9)),
        created_at: at(1),
        demo: true,
    }
}

impl Database {
    pub(crate) async fn new() -> Self {
        let database = Self::empty().await;
        database.store.init(&meta()).await.unwrap();
        database
    }

    /// A file without any table.
    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::connect(options(&folder)).await.unwrap();
        Self { folder, store }
    }

    /// A connection of somebody else, as lax as SQLite allows.
    pub(crate) async fn stranger(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new()
            .filename(self.folder.path().join("cases.db"))
            .foreign_keys(false)
            .busy_timeout(std::time::Duration::from_millis(500));
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// A pool of the host, with the driver's own settings.
    pub(crate) async fn host(&self) -> SqlitePool {
        let file = self.folder.path().join("cases.db");
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(std::time::Duration::from_millis(500));
        let pool = SqlitePool::connect_with(options).await.unwrap();
        sqlx::query("CREATE TABLE IF NOT EXISTS fee (paid INTEGER)").execute(&pool).await.unwrap();
        pool
    }

    pub(crate) async fn append(&self, groups: &[Group]) -> Vec<GroupOutcome> {
        let mut tx = self.store.begin(&realm()).await.unwrap();
        let outcomes = tx.append(groups).await.unwrap();
        tx.commit().await.unwrap();
        outcomes
    }

    pub(crate) async fn load(&self, cases: &[CaseId]) -> Result<Loaded, StoreError> {
        let wanted = Wanted { cases: cases.to_vec(), ..Wanted::default() };
        self.store.reader(&realm()).await?.load(&wanted).await
    }

    pub(crate) async fn run(&self, sql: &'static str) {
        sqlx::query(sql).execute(&mut self.stranger().await).await.unwrap();
    }
}

pub(crate) fn options(folder: &TempDir) -> SqliteOptions {
    let mut options = SqliteOptions::new(folder.path().join("cases.db"));
    options.busy_timeout = std::time::Duration::from_millis(500);
    options
}

pub(crate) fn facts(n: u8, revision: i64) -> CaseFacts {
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

pub(crate) fn duty(no: u32, due: Option<i64>) -> OwedDuty {
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

pub(crate) fn shown(duty: OwedDuty) -> DutyWrite {
    DutyWrite { duty, matches: vec![(Role::new("clerk"), None)] }
}

pub(crate) fn entry(n: u8, seq: i64) -> NewEntry {
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
pub(crate) fn opening(n: u8) -> Group {
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
        }],
        staff: Vec::new(),
    }
}

/// A later step of case `n`, from `revision`.
pub(crate) fn moving(n: u8, revision: i64) -> Group {
    let facts = facts(n, revision + 1);
    Group {
        expect: vec![(facts.id, Revision::new(revision))],
        entries: vec![entry(n, revision + 1)],
        cases: vec![CaseWrite {
            facts,
            number_in: None,
            attributes: Vec::new(),
            duties: Vec::new(),
        }],
        ..Group::default()
    }
}

/// A future that is dropped after it was polled so many times.
pub(crate) struct Cancelled<F> {
    pub(crate) future: Pin<Box<F>>,
    pub(crate) polls_left: usize,
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

pub(crate) fn cancel_after<F: Future>(polls: usize, future: F) -> Cancelled<F> {
    Cancelled { future: Box::pin(future), polls_left: polls }
}
