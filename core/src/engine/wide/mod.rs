//! The engine-wide steps 通用办理: what can be done in every procedure, declared once.
//!
//! Corrections erase nothing: they are entries that point at what they correct. Who may take a
//! step, and whether it takes a second person, is a [`WideTable`] handed in; the engine knows no
//! roles of its own.
//!
//! A step that takes two persons is taken twice: the first person's taking is an entry of kind
//! `proposed` that opens the duty `confirm_…`; a second person's `confirm_step` carries it out.

mod amend;
mod duty_steps;
mod ending_steps;
mod subject_steps;
mod two_persons;

pub(super) use subject_steps::stated;
pub(super) use two_persons::by_office;

use serde_json::Value;

use super::{
    EngineError,
    carry::{Carry, EntryDraft},
    workspace::Live,
};
use crate::{
    case::{Check, Ground, Ledger, Near},
    procedure::{
        Refusal,
        wide::{
            WideStep,
            forms::{AddNote, Attach},
        },
    },
    terms::{actor::Role, label::Label, time::Timestamp},
    trail::Kind,
};

/// Reads a form.
pub(super) fn read<T: serde::de::DeserializeOwned>(payload: &Value) -> Result<T, Refusal> {
    crate::procedure::check_payload(payload)?;
    crate::procedure::read_form(payload)
}

pub(super) fn not_applicable(what: WideStep, zh: &str, en: &str) -> Refusal {
    Refusal::NotApplicable { what: what.name(), reason: Label::owned(zh, en) }
}

impl Carry<'_> {
    /// Takes an engine-wide step; true when it now waits for a second person.
    pub(super) fn wide(
        &mut self,
        mut live: Live,
        step: WideStep,
        payload: &Value,
    ) -> Result<bool, EngineError> {
        let id = live.facts().id;
        if step == WideStep::ConfirmStep {
            self.confirm(live, payload)?;
            return Ok(false);
        }
        if step == WideStep::DeclineStep {
            self.decline(live, payload)?;
            return Ok(false);
        }
        let rule = self.engine.wide.rule(step).clone();
        let role = self.may_take(&live, &rule, payload)?;
        if self.takes_two(&live, &rule, payload)? {
            // Whatever would refuse the step refuses its proposal already.
            self.rehearse(&live, step, payload)?;
            self.propose(live, step, role, payload)?;
            return Ok(true);
        }
        self.effect(&mut live, step, role, payload)?;
        self.draft.cases.insert(id, live);
        Ok(false)
    }

    /// What the step does, once it may be done.
    pub(super) fn effect(
        &mut self,
        live: &mut Live,
        step: WideStep,
        role: Option<Role>,
        payload: &Value,
    ) -> Result<(), EngineError> {
        let mut draft = EntryDraft::keeping(live, Kind::Engine, step.name(), payload.clone());
        draft.role = role;
        match step {
            WideStep::AmendEntry => self.amend(live, &mut draft, &read(payload)?)?,
            WideStep::AnnulCase => self.annul(live, &mut draft, &read(payload)?)?,
            WideStep::RebindSubject => self.rebind(live, &mut draft, &read(payload)?)?,
            WideStep::IdentifySubject => self.identify(live, &mut draft, &read(payload)?)?,
            WideStep::JoinIncident => self.join(live, &mut draft, &read(payload)?)?,
            WideStep::SplitIncident => self.split(live, &mut draft, &read(payload)?)?,
            WideStep::MergeCase => self.merge(live, &mut draft, &read(payload)?)?,
            WideStep::Reopen => self.reopen(live, &mut draft, &read(payload)?)?,
            WideStep::RecordFollowUp => self.follow_up(live, &mut draft, &read(payload)?)?,
            WideStep::ExtendDeadline => self.extend(live, &mut draft, &read(payload)?)?,
            WideStep::SuspendDeadline => self.suspend(live, &mut draft, &read(payload)?)?,
            WideStep::ReassignHolder => self.reassign(live, &mut draft, &read(payload)?)?,
            WideStep::CaseloadTransfer => self.transfer(live, &mut draft, &read(payload)?)?,
            WideStep::ExcuseDuty => self.excuse(live, &mut draft, &read(payload)?)?,
            WideStep::AddNote => {
                let _: AddNote = read(payload)?;
            }
            WideStep::Attach => {
                let _: Attach = read(payload)?;
            }
            WideStep::ConfirmStep | WideStep::DeclineStep => {}
        }
        self.write(live, draft, false)
    }

    /// Lets the step happen on a copy, so that a proposal is refused for the same reasons.
    fn rehearse(
        &mut self,
        live: &Live,
        step: WideStep,
        payload: &Value,
    ) -> Result<(), EngineError> {
        let (before, linked) = (self.draft.clone(), self.linked.len());
        let mut copy = live.clone();
        let done = self.effect(&mut copy, step, None, payload);
        self.draft = before;
        self.linked.truncate(linked);
        done
    }

    pub(super) fn check<'c>(&'c self, live: &'c Live) -> Check<'c> {
        Check {
            roles: &self.engine.roles,
            profile: &self.profile,
            case: Some(live.facts()),
            attributes: &live.image.attributes,
            duties: &live.image.duties,
        }
    }

    /// The ledger of a case's duties at this step.
    pub(super) fn ledger<'l>(&'l self, live: &'l Live, at: Timestamp) -> Ledger<'l> {
        let ground = Ground {
            definition: &live.definition,
            rules: &self.engine.rules,
            calendar: &self.engine.calendar,
            roles: &self.engine.roles,
            directory: self.staff,
        };
        let facts = live.facts();
        let near = Near::case(facts, &live.image.attributes);
        Ledger::new(&ground, near, at, &live.image.duties, facts.duties)
    }
}

/// Nothing but an attachment, a note, an amendment and a reopening is possible once a case has ended.
pub(super) fn must_be_open(live: &Live, step: WideStep) -> Result<(), Refusal> {
    if live.facts().is_open() {
        Ok(())
    } else {
        let state = live.facts().state.clone();
        Err(Refusal::Ended { transition: step.name().to_owned(), state })
    }
}
