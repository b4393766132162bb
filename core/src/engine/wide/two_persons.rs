//! Who may take an engine-wide step, and the second pair of eyes.

use serde_json::Value;

use super::{not_applicable, read};
use crate::procedure::wide::{
    Also, Second, WideRule, WideStep,
    forms::{Amend, ConfirmStep, DeclineStep},
};
use crate::{
    case::may_see_duty,
    duty::owed::{DutyKind, DutyState, LedgerLine, OwedDuty},
    engine::{
        EngineError,
        carry::{Carry, EntryDraft},
        workspace::Live,
    },
    procedure::{DutySpec, Refusal, Timing},
    terms::{actor::Role, id::ActorId},
    trail::{Body, Envelope, Kind, Link, LinkKind},
};

/// The attribute that remembers a proposal: its entry and who made it.
fn pending(step: WideStep) -> String {
    format!("pending.{}", step.name())
}

/// A right that comes from an office; with the role it is exercised in, where there is one.
struct ByOffice(Option<Role>);

impl Carry<'_> {
    /// In which role the actor may take the step; `None` when it is by office, not by role.
    pub(super) fn may_take(
        &self,
        live: &Live,
        rule: &WideRule,
        payload: &Value,
    ) -> Result<Option<Role>, Refusal> {
        let check = self.check(live);
        let by_role = crate::case::check_roles(rule.step.name(), &rule.roles, &check);
        if let Ok(role) = by_role {
            return Ok(Some(role));
        }
        if let Err(refusal @ Refusal::Recused { .. }) = by_role {
            return Err(refusal);
        }
        for also in &rule.also {
            if let Some(role) = self.may_also(live, *also, payload) {
                return Ok(role.0);
            }
        }
        by_role.map(Some)
    }

    fn may_also(&self, live: &Live, also: Also, payload: &Value) -> Option<ByOffice> {
        let own = self.profile.unit.as_ref()?;
        let check = self.check(live);
        match also {
            Also::AuthorUnit => {
                let form: Amend = read(payload).ok()?;
                let author = self.envelope(form.entry)?.actor;
                let unit = &self.staff.person(&author)?.unit;
                (author == self.profile.id || unit == own).then_some(ByOffice(None))
            }
            Also::ClosingUnit => {
                let closed_by = live.image.attributes.get(crate::engine::carry::CLOSED_BY)?;
                (closed_by == own.as_str()).then_some(ByOffice(None))
            }
            Also::HolderLeader => {
                let named = payload.get("duty").and_then(Value::as_str);
                let leads = |duty: &OwedDuty| {
                    named.is_none_or(|named| duty.name == named)
                        && duty.is_open()
                        && duty.holder.unit.as_ref() == Some(own)
                };
                (self.profile.leader && live.image.duties.iter().any(leads))
                    .then_some(ByOffice(None))
            }
            Also::DutyRecorders => {
                let named = payload.get("duty").and_then(Value::as_str);
                let records = |duty: &OwedDuty| {
                    let spec = live.definition.duty(&duty.name)?;
                    let fits = match named {
                        Some(named) => duty.name == named,
                        None => spec.fulfilled_by.contains(&WideStep::RecordFollowUp.name()),
                    };
                    let may = duty.is_open() && fits && may_see_duty(spec, duty, &check);
                    may.then(|| {
                        spec.recorded_by.iter().find(|role| {
                            self.profile.grants.iter().any(|grant| &grant.role == *role)
                        })
                    })
                    .flatten()
                    .cloned()
                };
                live.image.duties.iter().find_map(records).map(|role| ByOffice(Some(role)))
            }
            Also::WhoeverActs => {
                let mut roles: Vec<Role> = Vec::new();
                for step in live.definition.transitions() {
                    roles.extend(step.by.iter().cloned());
                }
                let role =
                    crate::case::check_roles(WideStep::Attach.name(), &roles, &check).ok()?;
                Some(ByOffice(Some(role)))
            }
        }
    }

    /// The envelope of an entry of the case, where the history was read.
    pub(super) fn envelope(&self, seq: i64) -> Option<Envelope> {
        let entry = self.history.iter().find(|entry| entry.seq == seq)?;
        serde_json::from_slice(&entry.bytes).ok()
    }

    /// The opened body of an entry of the case.
    pub(super) fn body(&self, live: &Live, seq: i64) -> Result<Option<Body>, EngineError> {
        let Some(envelope) = self.envelope(seq) else { return Ok(None) };
        let entry = self.history.iter().find(|entry| entry.seq == seq);
        let Some(sealed) = entry.and_then(|entry| entry.body.as_deref()) else { return Ok(None) };
        let (realm, case) = (&envelope.realm, envelope.case);
        let aad = crate::trail::Aad { realm, case, seq };
        let plain = self.workspace.sealer().open(aad, &envelope.key, sealed)?;
        serde_json::from_slice(&plain).map(Some).map_err(|problem| EngineError::BadBody {
            case: live.facts().id,
            reason: problem.to_string(),
        })
    }

    pub(super) fn takes_two(
        &self,
        live: &Live,
        rule: &WideRule,
        payload: &Value,
    ) -> Result<bool, Refusal> {
        Ok(match rule.second {
            Second::Never => false,
            Second::Always => true,
            Second::WhenLegalFact => self.is_legal_fact(live, &read(payload)?),
        })
    }

    /// Writes the proposal and opens the duty to answer it.
    pub(super) fn propose(
        &mut self,
        mut live: Live,
        step: WideStep,
        role: Option<Role>,
        payload: &Value,
    ) -> Result<(), EngineError> {
        let id = live.facts().id;
        let key = pending(step);
        if let Some(before) = live.image.attributes.get(&key) {
            return Err(not_applicable(
                step,
                &format!("已有一项同类办理待复核（第{}步）", proposal(before).0),
                &format!("entry {} of this kind waits for a second person", proposal(before).0),
            )
            .into());
        }
        let mut draft = EntryDraft::keeping(&live, Kind::Proposed, step.name(), payload.clone());
        draft.role = role;
        let seq = live.facts().revision.next().get();
        draft.attributes.push((key, Some(format!("{seq}:{}", self.profile.id))));
        let spec = DutySpec {
            name: step.confirming(),
            label: step.label(),
            kind: DutyKind::Side,
            states: Vec::new(),
            owed_by: Vec::new(),
            recorded_by: self.engine.wide.confirmed_by(step, &live.facts().procedure),
            limits: vec![self.engine.wide.confirm_within.clone()],
            fulfilled_by: vec![WideStep::ConfirmStep.name(), WideStep::DeclineStep.name()],
            opened_by: Vec::new(),
            once: false,
            excusable: false,
            ladder: Some(self.engine.wide.confirm_ladder),
        };
        let clocks = crate::procedure::Clocks {
            timings: [(spec.name, Timing::default())].into(),
            holders: std::collections::BTreeMap::new(),
        };
        let mut ledger = self.ledger(&live, self.occurred_at);
        if live.facts().is_open() {
            ledger.open_duty(&spec, &clocks, None);
        }
        draft.duties = ledger.into_changes();
        self.write(&mut live, draft, false)?;
        self.draft.cases.insert(id, live);
        Ok(())
    }

    /// The proposed step, its form, and who proposed it; refused to the proposer and to whoever
    /// may not answer.
    fn proposed(
        &self,
        live: &Live,
        answer: WideStep,
        entry: i64,
    ) -> Result<(WideStep, Value, Option<Role>, Role), EngineError> {
        let waiting = live.image.attributes.iter().find_map(|(key, value)| {
            let step = WideStep::named(key.strip_prefix("pending.")?)?;
            let (seq, by) = proposal(value);
            (seq == entry).then(|| (step, by.to_owned()))
        });
        let Some((step, by)) = waiting else {
            return Err(not_applicable(
                answer,
                &format!("第{entry}步不是待复核的办理"),
                &format!("entry {entry} does not wait for a second person"),
            )
            .into());
        };
        if by == self.profile.id.as_str() {
            let actor: ActorId = self.profile.id.clone();
            let (transition, earlier) = (answer.name().to_owned(), step.name().to_owned());
            return Err(Refusal::FourEyes { transition, earlier, actor }.into());
        }
        let roles = self.engine.wide.confirmed_by(step, &live.facts().procedure);
        let role = crate::case::check_roles(answer.name(), &roles, &self.check(live))?;
        let proposer = self.envelope(entry).and_then(|envelope| envelope.role);
        let body = self.body(live, entry)?.map(|body| body.payload).unwrap_or_default();
        Ok((step, body, proposer, role))
    }

    /// A second person agrees: the answer is written, then the step carried out.
    pub(super) fn confirm(&mut self, mut live: Live, payload: &Value) -> Result<(), EngineError> {
        let id = live.facts().id;
        let form: ConfirmStep = read(payload)?;
        let (step, proposed, proposer, role) =
            self.proposed(&live, WideStep::ConfirmStep, form.entry)?;
        self.answer(&mut live, WideStep::ConfirmStep, step, form.entry, role, payload)?;
        self.effect(&mut live, step, proposer, &proposed)?;
        self.draft.cases.insert(id, live);
        Ok(())
    }

    /// A second person does not agree: the proposal is off.
    pub(super) fn decline(&mut self, mut live: Live, payload: &Value) -> Result<(), EngineError> {
        let id = live.facts().id;
        let form: DeclineStep = read(payload)?;
        let (step, _, _, role) = self.proposed(&live, WideStep::DeclineStep, form.entry)?;
        self.answer(&mut live, WideStep::DeclineStep, step, form.entry, role, payload)?;
        self.draft.cases.insert(id, live);
        Ok(())
    }

    fn answer(
        &mut self,
        live: &mut Live,
        answer: WideStep,
        step: WideStep,
        entry: i64,
        role: Role,
        payload: &Value,
    ) -> Result<(), EngineError> {
        let mut draft = EntryDraft::keeping(live, Kind::Engine, answer.name(), payload.clone());
        draft.role = Some(role);
        draft.attributes.push((pending(step), None));
        draft.links.push(Link {
            kind: LinkKind::Corrects,
            case: live.facts().id,
            seq: Some(entry),
            handoff: None,
        });
        let mut ledger = self.ledger(live, self.occurred_at);
        ledger.close(DutyState::Fulfilled, |duty| duty.name == step.confirming());
        draft.duties = ledger.into_changes();
        self.write(live, draft, false)
    }

    /// Which line an extension or a correction of several duties leaves.
    pub(super) const RECOMPUTED: LedgerLine = LedgerLine::Recomputed;
}

/// The open duty that a person named.
pub(super) fn named_duty<'l>(
    live: &'l Live,
    step: WideStep,
    name: &str,
) -> Result<&'l OwedDuty, Refusal> {
    live.image.duties.iter().find(|duty| duty.is_open() && duty.name == name).ok_or_else(|| {
        not_applicable(
            step,
            &format!("没有名为“{name}”的未办事项"),
            &format!("no duty `{name}` is owed"),
        )
    })
}

fn proposal(value: &str) -> (i64, &str) {
    let (seq, by) = value.split_once(':').unwrap_or((value, ""));
    (seq.parse().unwrap_or(0), by)
}

/// Whether the actor may take a step by office as far as that can be told without its form.
pub(in crate::engine) fn by_office(rule: &WideRule, check: &crate::case::Check<'_>) -> bool {
    let unit = check.profile.unit.as_ref();
    rule.also.iter().any(|also| match also {
        Also::ClosingUnit => {
            let closed_by = check.attributes.get(crate::engine::carry::CLOSED_BY);
            unit.is_some()
                && closed_by.map(String::as_str) == unit.map(crate::terms::id::UnitId::as_str)
        }
        Also::HolderLeader => {
            check.profile.leader
                && check
                    .duties
                    .iter()
                    .any(|duty| duty.is_open() && duty.holder.unit.as_ref() == unit)
        }
        // Which entry, which duty: the form says.
        Also::AuthorUnit | Also::DutyRecorders | Also::WhoeverActs => unit.is_some(),
    })
}
