//! What a transition sees while it is applied, and what it may do.

use std::{collections::BTreeMap, mem};

use serde::Serialize;
use serde_json::Value;

use super::{Guard, Procedure, Refusal, State};
use crate::{
    duty::owed::OwedDuty,
    rules::rule_pack::RulePack,
    terms::{
        actor::Profile,
        area::{AreaCode, AreaPurpose},
        evidence::ActedBy,
        facts::{CaseFacts, Subject},
        id::{ActorId, CaseId, IncidentId, SubjectId, UnitId},
        time::Timestamp,
    },
};

/// A case beside the one that moves: of the same subject or the same incident 旁案.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Its facts.
    pub facts: CaseFacts,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
}

/// The attribute that keeps the unit a case is entrusted to 承办单位.
pub const LEAD_UNIT: &str = "lead_unit";

/// Everything a transition may know. It is data: deciding performs no I/O.
#[derive(Clone, Copy, Debug)]
pub struct StepFacts<'a> {
    /// The case as it stands; nothing when the transition opens it.
    pub case: Option<&'a CaseFacts>,
    /// Its attributes.
    pub attributes: &'a BTreeMap<String, String>,
    /// Its open duties.
    pub duties: &'a [OwedDuty],
    /// Whom it is about.
    pub subject: Subject,
    /// The facts it shares.
    pub incident: IncidentId,
    /// Who records the step.
    pub actor: &'a Profile,
    /// Who really acted, if somebody else.
    pub acted_by: Option<&'a ActedBy>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it is recorded.
    pub recorded_at: Timestamp,
    /// The declared cases beside it; nothing while a corrected history is rehearsed, when what
    /// stood beside then is not known any more.
    pub beside: Option<&'a [Beside]>,
    /// The declared cases that the form or the data names; nothing in a rehearsal, as `beside`.
    pub named: Option<&'a [Beside]>,
    /// Whether the chain or time takes the step, and not somebody by an own right.
    pub by_chain: bool,
    /// The rules in force.
    pub rules: &'a RulePack,
}

/// One handoff a transition made.
#[derive(Clone, Debug, PartialEq)]
pub struct HandOver {
    /// Its id in the chain.
    pub id: &'static str,
    /// The form of the receiving transition.
    pub payload: Value,
    /// The case that is to learn it; else the receiving procedure's open case of the same subject,
    /// or a new one.
    pub case: Option<CaseId>,
}

/// What a transition did, besides changing the data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// The state it chose, by name.
    pub to: Option<&'static str>,
    /// Duties that it does not open this time.
    pub held_back: Vec<&'static str>,
    /// Duties that it does not fulfil this time.
    pub left_open: Vec<&'static str>,
    /// Attributes set, or taken away.
    pub attributes: Vec<(&'static str, Option<String>)>,
    /// Handoffs made.
    pub handoffs: Vec<HandOver>,
    /// Areas set.
    pub areas: Vec<(AreaPurpose, AreaCode)>,
}

/// What [`apply`](super::Transition::apply) works with: the data of the case to change, the facts
/// to read, and the effects a transition may have.
#[derive(Debug)]
pub struct StepContext<'a, P: Procedure> {
    /// What the case remembers.
    pub data: P::Data,
    facts: &'a StepFacts<'a>,
    effects: Effects,
}

impl<'a, P: Procedure> StepContext<'a, P> {
    pub(super) fn new(data: P::Data, facts: &'a StepFacts<'a>) -> Self {
        Self { data, facts, effects: Effects::default() }
    }

    pub(super) fn finish(&mut self) -> Effects {
        mem::take(&mut self.effects)
    }

    /// The facts.
    pub fn facts(&self) -> &'a StepFacts<'a> {
        self.facts
    }

    /// When it happened.
    pub fn occurred_at(&self) -> Timestamp {
        self.facts.occurred_at
    }

    /// Who records it.
    pub fn actor(&self) -> &'a ActorId {
        &self.facts.actor.id
    }

    /// The subject.
    pub fn subject(&self) -> SubjectId {
        self.facts.subject.id
    }

    /// The state the case is in; nothing when the transition opens it.
    pub fn state(&self) -> Option<P::State> {
        let name = &self.facts.case?.state;
        P::State::ALL.iter().copied().find(|state| state.name() == name)
    }

    /// Chooses the state the case moves to, among those the transition declares.
    pub fn go(&mut self, to: P::State) {
        self.effects.to = Some(to.name());
    }

    /// Does not open this duty or wait although the transition, or the state it leads to, declares it.
    pub fn hold_back(&mut self, duty: &'static str) {
        self.effects.held_back.push(duty);
    }

    /// Does not fulfil this duty although the duty names the transition.
    pub fn leave_open(&mut self, duty: &'static str) {
        self.effects.left_open.push(duty);
    }

    /// Sets an attribute: an indexed fact that is neither personal nor free text.
    pub fn attribute(&mut self, key: &'static str, value: impl Into<String>) {
        self.effects.attributes.push((key, Some(value.into())));
    }

    /// Takes an attribute away.
    pub fn clear_attribute(&mut self, key: &'static str) {
        self.effects.attributes.push((key, None));
    }

    /// An attribute as it stood before the step.
    pub fn attribute_before(&self, key: &str) -> Option<&'a str> {
        self.facts.attributes.get(key).map(String::as_str)
    }

    /// Sets an area of the case.
    pub fn area(&mut self, purpose: AreaPurpose, area: AreaCode) {
        self.effects.areas.push((purpose, area));
    }

    /// Whether a duty of this name is owed.
    pub fn owes(&self, duty: &str) -> bool {
        self.facts.duties.iter().any(|owed| owed.name == duty && owed.is_open())
    }

    /// Entrusts the case to a unit 承办单位: it holds what is owed from this step on, if it has
    /// an active account in a role that may record it.
    pub fn entrust(&mut self, unit: &UnitId) {
        self.attribute(LEAD_UNIT, unit.as_str());
    }

    /// The unit the case was entrusted to before this step.
    pub fn lead_unit(&self) -> Option<&'a str> {
        self.attribute_before(LEAD_UNIT)
    }

    /// Makes a handoff that the transition declares. `form` is what the receiving transition asks
    /// for. Made twice in mode `open`, it opens two cases.
    ///
    /// # Errors
    /// [`Refusal::Handoff`] if the form cannot be written as JSON.
    pub fn hand_off(&mut self, id: &'static str, form: &impl Serialize) -> Result<(), Refusal> {
        self.hand(id, None, form)
    }

    /// Makes a handoff of mode `inform` to this very case, which [`Transition::looks_at`] named.
    ///
    /// [`Transition::looks_at`]: super::Transition::looks_at
    ///
    /// # Errors
    /// [`Refusal::Handoff`] if the form cannot be written as JSON.
    pub fn hand_off_to(
        &mut self,
        id: &'static str,
        case: CaseId,
        form: &impl Serialize,
    ) -> Result<(), Refusal> {
        self.hand(id, Some(case), form)
    }

    fn hand(
        &mut self,
        id: &'static str,
        case: Option<CaseId>,
        form: &impl Serialize,
    ) -> Result<(), Refusal> {
        let payload = serde_json::to_value(form).map_err(|problem| Refusal::Handoff {
            handoff: id.to_owned(),
            reason: problem.to_string(),
        })?;
        self.effects.handoffs.push(HandOver { id, payload, case });
        Ok(())
    }

    /// Whether the step is only rehearsed, after a correction: what stood beside it or was named
    /// by it is not known then, and rules that look there are not asked again.
    pub fn is_rehearsal(&self) -> bool {
        self.facts.beside.is_none()
    }

    /// A case that [`Transition::looks_at`] named, if it is there and of a declared procedure.
    ///
    /// [`Transition::looks_at`]: super::Transition::looks_at
    pub fn named(&self, case: CaseId) -> Option<&'a Beside> {
        self.facts.named.unwrap_or_default().iter().find(|named| named.facts.id == case)
    }

    /// The open case of this procedure about the same subject, if the transition declares to look
    /// beside and there is one.
    pub fn open_beside(&self, procedure: &str) -> Option<CaseId> {
        self.beside(procedure).find(|case| case.facts.is_open()).map(|case| case.facts.id)
    }

    /// The cases of this procedure about the same subject.
    pub fn beside(&self, procedure: &str) -> impl Iterator<Item = &'a Beside> {
        let subject = self.facts.subject;
        self.facts
            .beside
            .unwrap_or_default()
            .iter()
            .filter(move |case| case.facts.procedure == procedure && case.facts.subject == subject)
    }

    /// The cases of the same incident, whatever their subject.
    pub fn incident_beside(&self) -> impl Iterator<Item = &'a Beside> {
        let incident = self.facts.incident;
        let beside = self.facts.beside.unwrap_or_default();
        beside.iter().filter(move |case| case.facts.incident == incident)
    }

    /// Refuses unless the rule holds.
    ///
    /// # Errors
    /// [`Refusal::Guard`].
    pub fn demand(&self, holds: bool, guard: &'static Guard) -> Result<(), Refusal> {
        if holds { Ok(()) } else { Err(Refusal::Guard { guard }) }
    }

    /// Refuses a time or list that lies after the step itself.
    ///
    /// # Errors
    /// [`Refusal::Field`].
    pub fn demand_past(&self, field: &str, at: Timestamp) -> Result<(), Refusal> {
        if at <= self.facts.recorded_at {
            Ok(())
        } else {
            Err(Refusal::field(
                field,
                format!("expected a time not after the recording, found `{at}`"),
            ))
        }
    }
}
