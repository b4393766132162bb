//! One case that moves through its procedure without store or engine: what each step decides is
//! taken over, and what it hands over is given back.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{roles, rules::national, test_world::test_world};
use crate::{
    calendar::work_calendar::WorkCalendar,
    case::{CaseView, Decide, FindHolder, decide},
    duty::owed::OwedDuty,
    procedure::{Beside, Define, Definition, HandOver, Procedure, Refusal, StepFacts},
    terms::{
        actor::{Grant, Profile, Role},
        area::{AreaCode, AreaPurpose},
        evidence::ActedBy,
        facts::{CaseFacts, Subject, SubjectKind},
        id::{ActorId, CaseId, Digest, IncidentId, Revision, SubjectId, UnitId},
        text::Text,
        time::Timestamp,
    },
};

/// A unit with an active account in every role.
#[derive(Debug)]
struct OneUnit;

const UNIT: UnitId = UnitId::constant("one");

impl FindHolder for OneUnit {
    fn unit_for(&self, _: &Role, _: &AreaCode) -> Option<UnitId> {
        Some(UNIT)
    }

    fn has_role(&self, _: &UnitId, _: &Role) -> bool {
        true
    }
}

/// The child the case is about.
pub(crate) const CHILD: Subject =
    Subject { kind: SubjectKind::Child, id: SubjectId::from_bytes([7; 16]) };

/// A case, and somebody who may take every step of it.
#[derive(Debug)]
pub(crate) struct TestCase {
    definition: Definition,
    facts: Option<CaseFacts>,
    attributes: BTreeMap<String, String>,
    duties: Vec<OwedDuty>,
    data: Value,
    /// The cases beside it.
    pub(crate) beside: Vec<Beside>,
    /// The cases its forms name.
    pub(crate) named: Vec<Beside>,
    /// Who takes the next steps.
    pub(crate) person: ActorId,
}

impl TestCase {
    /// A case of this procedure, not opened yet.
    pub(crate) fn of<P: Procedure>() -> Self {
        let definition = P::define(Define::new()).build(&test_world()).expect("it is well formed");
        Self {
            definition,
            facts: None,
            attributes: BTreeMap::new(),
            duties: Vec::new(),
            data: Value::Null,
            beside: Vec::new(),
            named: Vec::new(),
            person: ActorId::constant("first"),
        }
    }

    /// Takes a step that happened `at`, as an act of whoever records it.
    pub(crate) fn take(
        &mut self,
        name: &str,
        at: &str,
        form: impl Into<Value>,
    ) -> Result<Vec<HandOver>, Refusal> {
        self.step(name, at, &form.into(), None, false)
    }

    /// Takes a step that a handoff or time brings.
    pub(crate) fn take_by_chain(
        &mut self,
        name: &str,
        at: &str,
        form: impl Into<Value>,
    ) -> Result<Vec<HandOver>, Refusal> {
        self.step(name, at, &form.into(), None, true)
    }

    /// Takes a step that happened `at`, as an act of an organ outside.
    pub(crate) fn take_of(
        &mut self,
        role: &[Role],
        organ: &str,
        name: &str,
        at: &str,
        form: impl Into<Value>,
    ) -> Result<Vec<HandOver>, Refusal> {
        let acted = ActedBy {
            role: role[0].clone(),
            organ: Text::new(organ).unwrap(),
            document_no: None,
            document_date: None,
            person: None,
            scan: None,
        };
        self.step(name, at, &form.into(), Some(&acted), false)
    }

    fn step(
        &mut self,
        name: &str,
        at: &str,
        form: &Value,
        acted_by: Option<&ActedBy>,
        by_chain: bool,
    ) -> Result<Vec<HandOver>, Refusal> {
        let at: Timestamp = at.parse().unwrap();
        let area: AreaCode = "999999001".parse().unwrap();
        let areas = BTreeMap::from([(AreaPurpose::Incident, area.clone())]);
        let roles = roles::table();
        let grants = roles.iter().map(|spec| Grant {
            role: spec.role.clone(),
            area: area.clone(),
            unit: UNIT,
        });
        let profile = Profile {
            id: self.person.clone(),
            unit: Some(UNIT),
            leader: false,
            grants: grants.collect(),
        };
        let incident = IncidentId::from_bytes([1; 16]);
        let step = decide(
            &Decide {
                definition: &self.definition,
                rules: national(),
                calendar: WorkCalendar::shipped(),
                roles: &roles,
                directory: &OneUnit,
                case: self.facts.as_ref().map(|facts| CaseView {
                    facts,
                    attributes: &self.attributes,
                    duties: &self.duties,
                    data: &self.data,
                }),
                subject: CHILD,
                incident,
                areas: &areas,
                opened_by: Some(&UNIT),
                profile: &profile,
                by_chain,
                acted_by,
                occurred_at: at,
                recorded_at: at,
                beside: &self.beside,
                named: &self.named,
            },
            name,
            form,
        )?;
        self.rehearse(name, form, (acted_by, by_chain), at, &step.data);
        let mut facts = match self.facts.take() {
            Some(facts) => facts,
            None => case(self.definition.name(), CHILD, incident, at),
        };
        facts.state = step.to;
        facts.duties = step.duty_count;
        facts.revision = facts.revision.next();
        facts.closed_at = step.ended.then_some(at);
        facts.recorded_at = at;
        self.facts = Some(facts);
        self.data = step.data;
        for change in &step.duties {
            change.apply(&mut self.duties);
        }
        for (key, value) in step.attributes {
            match value {
                Some(value) => self.attributes.insert(key, value),
                None => self.attributes.remove(&key),
            };
        }
        Ok(step.handoffs)
    }

    /// A correction or a check of the trail takes the step again without the cases beside and the
    /// directory of then; it must give the same data.
    fn rehearse(
        &self,
        name: &str,
        form: &Value,
        (acted_by, by_chain): (Option<&ActedBy>, bool),
        at: Timestamp,
        data: &Value,
    ) {
        let spec = self.definition.transition(name).expect("it was taken");
        let open: Vec<_> = self.open().cloned().collect();
        let facts = StepFacts {
            case: self.facts.as_ref(),
            attributes: &self.attributes,
            duties: &open,
            subject: CHILD,
            incident: IncidentId::from_bytes([1; 16]),
            actor: &Profile::unknown(self.person.clone()),
            acted_by,
            occurred_at: at,
            recorded_at: at,
            beside: None,
            named: None,
            by_chain,
            rules: national(),
        };
        let before = self.facts.as_ref().map(|_| &self.data);
        let again = self.definition.run(spec, form, before, &facts).expect("it was taken");
        assert_eq!(&again.data, data, "`{name}` taken again gives other data");
    }

    /// The state it is in.
    pub(crate) fn state(&self) -> &str {
        self.facts.as_ref().map_or("-", |facts| facts.state.as_str())
    }

    /// An attribute.
    pub(crate) fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.get(key).map(String::as_str)
    }

    /// What it remembers.
    pub(crate) fn data<D: serde::de::DeserializeOwned>(&self) -> D {
        serde_json::from_value(self.data.clone()).expect("the data can be read")
    }

    /// The names of its open duties, in the order they were opened.
    pub(crate) fn owed(&self) -> Vec<&str> {
        self.open().map(|duty| duty.name.as_str()).collect()
    }

    /// Which limit runs for an open duty, and until when.
    pub(crate) fn clock(&self, duty: &str) -> (String, Option<String>) {
        let duty = self.open().find(|owed| owed.name == duty).expect("the duty is owed");
        let deadline = duty.deadline.as_ref().expect("a limit runs");
        let due = deadline.due.map(|due| due.to_string()[..16].replace('T', " "));
        (deadline.limit.to_string(), due)
    }

    /// The role that is accountable for an open duty.
    pub(crate) fn holder(&self, duty: &str) -> &str {
        let duty = self.open().find(|owed| owed.name == duty).expect("the duty is owed");
        duty.holder.role.as_str()
    }

    fn open(&self) -> impl Iterator<Item = &OwedDuty> {
        self.duties.iter().filter(|duty| duty.is_open())
    }
}

fn case(procedure: &str, subject: Subject, incident: IncidentId, at: Timestamp) -> CaseFacts {
    CaseFacts {
        realm: "999999".parse().unwrap(),
        id: CaseId::from_bytes([2; 16]),
        procedure: procedure.to_owned(),
        definition: Digest::of(b""),
        rule_pack: Digest::of(b""),
        subject,
        incident,
        areas: BTreeMap::from([(AreaPurpose::Incident, "999999001".parse().unwrap())]),
        area: "999999001".parse().unwrap(),
        opened_by: Some(UNIT),
        state: String::new(),
        revision: Revision::NONE,
        opened_at: at,
        closed_at: None,
        recorded_at: at,
        head: Digest::of(b""),
        duties: 0,
    }
}

/// Another case of the same child, open until `closed_at`.
pub(crate) fn beside(procedure: &str, closed_at: Option<&str>) -> Beside {
    let at = "2026-01-05 08:00".parse().unwrap();
    let facts = CaseFacts {
        id: CaseId::from_bytes([3; 16]),
        closed_at: closed_at.map(|at| at.parse().unwrap()),
        ..case(procedure, CHILD, IncidentId::from_bytes([9; 16]), at)
    };
    Beside { facts, attributes: BTreeMap::new() }
}

/// A file in a form.
pub(crate) fn file() -> Value {
    json!({
        "sha256": Digest::of(b"").to_string(),
        "name": "文书.pdf",
        "media_type": "application/pdf",
        "size": 1024,
    })
}
