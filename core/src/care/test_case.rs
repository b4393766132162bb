//! One case, walked through `decide` for the tests of its procedure.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{roles, rules::national, test_world::test_world};
use crate::{
    calendar::work_calendar::WorkCalendar,
    case::{CaseView, Decide, FindHolder, Step, decide},
    duty::owed::{DutyState, OwedDuty},
    procedure::{Beside, Define, Definition, HandOver, Procedure, Refusal},
    rules::rule_pack::RulePack,
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

/// The village every test case lives in.
pub(super) const VILLAGE_CODE: &str = "999999001203";

/// The child every test case is about.
pub(super) const CHILD: SubjectId = SubjectId::from_bytes([7; 16]);

/// Every role has an office, named after it.
#[derive(Debug)]
struct Offices;

impl FindHolder for Offices {
    fn unit_for(&self, role: &Role, _: &AreaCode) -> Option<UnitId> {
        UnitId::new(role.as_str()).ok()
    }

    fn has_role(&self, _: &UnitId, _: &Role) -> bool {
        true
    }
}

/// The definition of a procedure, built against the testing world.
pub(super) fn built<P: Procedure>() -> Definition {
    P::define(Define::new()).build(&test_world()).unwrap_or_else(|error| panic!("{error}"))
}

/// A time of the form `2026-03-02 09:00`.
pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A text.
pub(super) fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

/// A case of another procedure about the same child.
pub(super) fn beside(procedure: &str, case: &TestCase, open: bool) -> Beside {
    let facts = CaseFacts {
        id: CaseId::from_bytes([9; 16]),
        procedure: procedure.to_owned(),
        closed_at: (!open).then(|| at("2026-01-01")),
        ..case.facts.clone()
    };
    Beside { facts, attributes: BTreeMap::new() }
}

/// A case under test.
#[derive(Debug)]
pub(super) struct TestCase {
    /// Its definition.
    pub(super) definition: Definition,
    /// Its facts.
    pub(super) facts: CaseFacts,
    /// Its attributes.
    pub(super) attributes: BTreeMap<String, String>,
    /// All duties it had.
    pub(super) duties: Vec<OwedDuty>,
    /// What it remembers.
    pub(super) data: Option<Value>,
    /// What stands beside it.
    pub(super) beside: Vec<Beside>,
    /// The cases its forms name.
    pub(super) named: Vec<Beside>,
    /// The handoffs of the last step.
    pub(super) handoffs: Vec<HandOver>,
    /// The rules in force.
    pub(super) rules: RulePack,
    /// Whether the chain takes the next steps.
    pub(super) by_chain: bool,
    /// In which role the next steps claim to be acted, whoever records them.
    pub(super) as_role: Option<String>,
}

impl TestCase {
    /// A case that is not opened yet.
    pub(super) fn new<P: Procedure>() -> Self {
        let area: AreaCode = VILLAGE_CODE.parse().unwrap();
        let facts = CaseFacts {
            realm: area.county().unwrap(),
            id: CaseId::from_bytes([1; 16]),
            procedure: P::NAME.to_owned(),
            definition: Digest::of(b""),
            rule_pack: Digest::of(b""),
            subject: Subject { kind: SubjectKind::Child, id: CHILD },
            incident: IncidentId::from_bytes([2; 16]),
            areas: BTreeMap::from([(AreaPurpose::Residence, area.clone())]),
            area,
            opened_by: None,
            state: String::new(),
            revision: Revision::NONE,
            opened_at: at("2026-01-01"),
            closed_at: None,
            recorded_at: at("2026-01-01"),
            head: Digest::of(b""),
            duties: 0,
        };
        Self {
            definition: built::<P>(),
            facts,
            attributes: BTreeMap::new(),
            duties: Vec::new(),
            data: None,
            beside: Vec::new(),
            named: Vec::new(),
            handoffs: Vec::new(),
            rules: national().clone(),
            by_chain: false,
            as_role: None,
        }
    }

    /// Takes a step as `role@unit/person`, and keeps what it did. Who names no person or no unit is
    /// called like the role.
    pub(super) fn act(
        &mut self,
        who: &str,
        when: &str,
        name: &str,
        form: &Value,
    ) -> Result<Step, Refusal> {
        let (role, person) = who.split_once('/').unwrap_or((who, who));
        let (role, unit) = role.split_once('@').unwrap_or((role, role));
        let role = Role::named(role);
        let grant = Grant {
            role: role.clone(),
            area: VILLAGE_CODE.parse().unwrap(),
            unit: UnitId::new(unit).unwrap(),
        };
        let profile = Profile {
            id: ActorId::new(person).unwrap(),
            unit: Some(grant.unit.clone()),
            leader: false,
            grants: vec![grant],
        };
        let acts = self.definition.transition(name).map(|spec| spec.acted_by.clone());
        let claimed = self.as_role.clone().map(Role::named);
        let acted_by = claimed.or_else(|| {
            let acts = acts.filter(|acts| !acts.contains(&role) && !self.by_chain)?;
            acts.into_iter().next()
        });
        let acted_by = acted_by.map(|role| ActedBy {
            role,
            organ: text("某单位"),
            document_no: None,
            document_date: None,
            person: None,
            scan: None,
        });
        let table = roles::table();
        let open: Vec<_> = self.duties.iter().filter(|duty| duty.is_open()).cloned().collect();
        let step = decide(
            &Decide {
                definition: &self.definition,
                rules: &self.rules,
                calendar: WorkCalendar::shipped(),
                roles: &table,
                directory: &Offices,
                case: self.data.as_ref().map(|data| CaseView {
                    facts: &self.facts,
                    attributes: &self.attributes,
                    duties: &open,
                    data,
                }),
                subject: self.facts.subject,
                incident: self.facts.incident,
                areas: &self.facts.areas,
                opened_by: self.facts.opened_by.as_ref(),
                profile: &profile,
                by_chain: self.by_chain,
                acted_by: acted_by.as_ref(),
                occurred_at: at(when),
                recorded_at: at(when),
                beside: &self.beside,
                named: &self.named,
            },
            name,
            form,
        )?;
        self.keep(&step, at(when));
        Ok(step)
    }

    fn keep(&mut self, step: &Step, when: Timestamp) {
        self.facts.state.clone_from(&step.to);
        self.facts.closed_at = step.ended.then_some(when);
        self.facts.revision = self.facts.revision.next();
        self.facts.duties = step.duty_count;
        self.facts.areas.extend(step.areas.iter().cloned());
        self.data = Some(step.data.clone());
        for (key, value) in &step.attributes {
            match value {
                Some(value) => self.attributes.insert(key.clone(), value.clone()),
                None => self.attributes.remove(key),
            };
        }
        for change in &step.duties {
            change.apply(&mut self.duties);
        }
        self.handoffs.clone_from(&step.handoffs);
    }

    /// Takes a step that must be possible.
    #[track_caller]
    pub(super) fn does(&mut self, who: &str, when: &str, name: &str, form: &Value) {
        if let Err(refusal) = self.act(who, when, name, form) {
            panic!("`{name}` by {who} at {when}: {refusal}");
        }
    }

    /// The code by which a step is refused.
    #[track_caller]
    pub(super) fn refused(&mut self, who: &str, when: &str, name: &str, form: &Value) -> String {
        match self.act(who, when, name, form) {
            Ok(_) => panic!("`{name}` by {who} at {when} was possible"),
            Err(refusal) => refusal.code(),
        }
    }

    /// The open duty of this name.
    pub(super) fn owed(&self, name: &str) -> Option<&OwedDuty> {
        self.duties.iter().find(|duty| duty.is_open() && duty.name == name)
    }

    /// The names of the open duties, in order of name.
    pub(super) fn owes(&self) -> Vec<&str> {
        let open = self.duties.iter().filter(|duty| duty.is_open());
        let mut names: Vec<_> = open.map(|duty| duty.name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// How many duties of this name were fulfilled.
    pub(super) fn fulfilled(&self, name: &str) -> usize {
        let done = |duty: &&OwedDuty| duty.name == name && duty.state == DutyState::Fulfilled;
        self.duties.iter().filter(done).count()
    }

    /// The limit that runs for an open duty, and its last day.
    pub(super) fn due(&self, name: &str) -> Option<(String, String)> {
        let deadline = self.owed(name)?.deadline.as_ref()?;
        Some((deadline.limit.to_string(), deadline.due?.date().to_string()))
    }

    /// An attribute.
    pub(super) fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.get(key).map(String::as_str)
    }

    /// The ids of the handoffs of the last step.
    pub(super) fn handed(&self) -> Vec<&str> {
        self.handoffs.iter().map(|handoff| handoff.id).collect()
    }
}
