//! Records for the clauses: valid as the engine's are, made in one line.
//!
//! A [`SampleCase`] follows one case. Each [`SampleStep`] becomes an envelope that is folded into
//! the case as the engine folds it, so that facts, entries and duties always agree.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Builder;

pub(super) use super::steps::{SampleStep, together};
use crate::{
    store::{Group, Meta, Scope, StaffRow},
    terms::{
        actor::Role,
        area::{AreaCode, AreaPurpose, Realm},
        facts::{CaseFacts, Subject, SubjectKind},
        id::{
            ActorId, CaseId, CommandId, Digest, IncidentId, MessageId, OriginId, Revision,
            SubjectId, UnitId,
        },
        time::Timestamp,
    },
    trail::{Body, CaseImage, Envelope, EnvelopeFacts, Kind, Origin, SUITE, VERSION, genesis},
};

/// The year samples are numbered in.
pub(super) const YEAR: i32 = 2026;
/// The first of the samples' minutes: 2 March 2026, 09:00 in Beijing.
const START: i64 = 1_772_413_200_000;

/// What a test database says of itself.
pub fn sample_meta() -> Meta {
    Meta {
        realm: "999999".parse().unwrap(),
        name: "示范县".to_owned(),
        origin: OriginId::from(uuid(0, 9)),
        created_at: minute(0),
        demo: true,
    }
}

fn uuid(number: u32, kind: u8) -> uuid::Uuid {
    Builder::from_unix_timestamp_millis(u64::from(number), &[kind; 10]).into_uuid()
}

/// The id of a case. A greater number is a later id.
pub(super) fn case_id(number: u32) -> CaseId {
    uuid(number, 1).into()
}

pub(super) fn subject_id(number: u32) -> SubjectId {
    uuid(number, 2).into()
}

pub(super) fn incident_id(number: u32) -> IncidentId {
    uuid(number, 3).into()
}

pub(super) fn command_id(number: u32) -> CommandId {
    uuid(number, 4).into()
}

pub(super) fn message_id(number: u32) -> MessageId {
    uuid(number, 5).into()
}

/// So many minutes after the samples begin.
pub(super) fn minute(number: u32) -> Timestamp {
    Timestamp::from_millis(START).plus_millis(i64::from(number) * 60_000)
}

/// Samples by their letters: `a` is the first.
pub(super) fn letters(ids: impl IntoIterator<Item = CaseId>) -> String {
    let letter = |id| ('a'..='z').zip(1..).find(|(_, number)| case_id(*number) == id);
    ids.into_iter().map(|id| letter(id).map_or('?', |(letter, _)| letter)).collect()
}

/// The role most samples are shown to.
pub(super) const CLERK: Role = Role::new("clerk");

/// A unit by its id.
pub(super) fn unit(id: &str) -> UnitId {
    UnitId::new(id).unwrap()
}

/// A person of the directory.
pub(super) fn person(id: &str) -> StaffRow {
    StaffRow {
        id: ActorId::new(id).unwrap(),
        name: format!("人员{id}"),
        grants: Vec::new(),
        unit: unit("office"),
        leader: false,
        active: true,
        absences: Vec::new(),
    }
}

/// One case, step by step.
#[derive(Clone, Debug)]
pub(super) struct SampleCase {
    pub(super) id: CaseId,
    realm: Realm,
    origin: Origin,
    pub(super) year: i32,
    stated: EnvelopeFacts,
    pub(super) image: Option<CaseImage>,
}

impl SampleCase {
    pub(super) fn new(meta: &Meta, number: u32) -> Self {
        let area = meta.realm.area();
        let stated = EnvelopeFacts {
            procedure: "petition".to_owned(),
            subject: Subject { kind: SubjectKind::Child, id: subject_id(number) },
            incident: incident_id(number),
            areas: BTreeMap::from([(AreaPurpose::Residence, area.clone())]),
            area,
            opened_by: Some(unit("office")),
        };
        let origin = Origin::new(&meta.realm, meta.origin);
        let (id, realm) = (case_id(number), meta.realm.clone());
        Self { id, realm, origin, year: YEAR, stated, image: None }
    }

    /// About this subject from its next step on.
    pub(super) fn about(mut self, subject: u32) -> Self {
        self.stated.subject.id = subject_id(subject);
        self
    }

    /// Of this incident from its next step on.
    pub(super) fn of_incident(mut self, incident: u32) -> Self {
        self.stated.incident = incident_id(incident);
        self
    }

    /// In this area from its next step on.
    pub(super) fn in_area(mut self, area: &AreaCode) -> Self {
        self.stated.area = area.clone();
        self
    }

    /// Of another procedure.
    pub(super) fn following(mut self, procedure: &str) -> Self {
        procedure.clone_into(&mut self.stated.procedure);
        self
    }

    /// Numbered in this year.
    pub(super) fn in_year(mut self, year: i32) -> Self {
        self.year = year;
        self
    }

    /// Its facts after the last step.
    pub(super) fn facts(&self) -> &CaseFacts {
        &self.image.as_ref().unwrap().facts
    }

    pub(super) fn subject_scope(&self) -> Scope {
        Scope::subject(self.stated.subject.id)
    }

    pub(super) fn incident_scope(&self) -> Scope {
        Scope::incident(self.stated.incident)
    }

    /// The next step, to this state. It happens in the minute of its number.
    pub(super) fn step(&mut self, state: &str) -> SampleStep<'_> {
        let revision = self.image.as_ref().map_or(Revision::NONE, |image| image.facts.revision);
        let seq = revision.next().get();
        let at = minute(u32::try_from(seq).unwrap());
        let prev = self.image.as_ref().map(|image| image.facts.head);
        let envelope = Envelope {
            v: VERSION,
            suite: SUITE.to_owned(),
            realm: self.realm.clone(),
            case: self.id,
            seq,
            prev: prev.unwrap_or_else(|| genesis(&self.realm, self.id, &self.origin)),
            kind: Kind::Step,
            actor: ActorId::constant("u-1"),
            role: Some(CLERK),
            acted_by: None,
            purpose: "casework".to_owned(),
            directory: "staff".to_owned(),
            command: None,
            occurred_at: at,
            recorded_at: at,
            definition: Digest::of(b"definition"),
            rule_pack: Digest::of(format!("rules {seq}").as_bytes()),
            calendar: Digest::of(b"calendar"),
            from: self.image.as_ref().map(|image| image.facts.state.clone()),
            to: state.to_owned(),
            ended: false,
            transition: format!("to_{state}"),
            facts: Some(self.stated.clone()),
            duties: Vec::new(),
            attributes: BTreeMap::new(),
            messages: Vec::new(),
            links: Vec::new(),
            body: Digest::of(b""),
            key: "plain".to_owned(),
        };
        let payload = json!({ "case": self.id, "seq": seq });
        let body = serde_json::to_vec(&Body { payload, ..Body::default() }).unwrap();
        let group = Group { expect: vec![(self.id, revision)], ..Group::default() };
        SampleStep { case: self, envelope, body, matches: BTreeMap::new(), group }
    }

    /// The group of a plain step.
    pub(super) fn goes(&mut self, state: &str) -> Group {
        self.step(state).group()
    }

    /// The groups of plain steps, `count` of them, as one.
    pub(super) fn goes_on(&mut self, count: usize) -> Group {
        together((0..count).map(|_| self.goes("open")).collect::<Vec<_>>())
    }
}
