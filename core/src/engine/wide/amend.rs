//! 更正: correcting a field of an entry.
//!
//! The forms of the case's steps, with every correction so far, are applied anew from the first to
//! the last, which gives the data as they should have been; the states that were passed through
//! stay. So a corrected date moves exactly the deadlines that rest on it. What stood beside the
//! case at the time is not known any more, so rules that look there are not asked again.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{not_applicable, read};
use crate::procedure::wide::{WideStep, forms::Amend};
use crate::{
    case::check_occurred,
    duty::owed::{DutyChange, LedgerLine, OwedDuty},
    engine::{
        EngineError,
        carry::{Carry, EntryDraft},
        workspace::Live,
    },
    procedure::{Refusal, StepFacts},
    terms::{actor::Profile, evidence::ActedBy, time::Timestamp},
    trail::{Envelope, Kind, Link, LinkKind},
};

const OCCURRED_AT: &str = "occurred_at";

/// One correction: of this entry, this field, to this value.
type Corrections = BTreeMap<i64, Vec<(String, Value)>>;

impl Carry<'_> {
    /// Whether the field is a legal fact (a date, a ground, a person …): anything but free text.
    pub(super) fn is_legal_fact(&self, live: &Live, form: &Amend) -> bool {
        let Some(envelope) = self.envelope(form.entry) else { return true };
        let Some(spec) = live.definition.transition(&envelope.transition) else { return true };
        let pointer = format!("/properties/{}", form.field);
        let Some(field) = spec.schema.pointer(&pointer) else { return true };
        let text = field.get("type").is_some_and(|kind| {
            kind == "string"
                || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "string"))
        });
        let closed = ["enum", "format", "pattern", "const", "oneOf"];
        !text || closed.iter().any(|key| field.get(*key).is_some())
    }

    /// Corrects an entry.
    pub(super) fn amend(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &Amend,
    ) -> Result<(), EngineError> {
        let step = WideStep::AmendEntry;
        let entry = form.entry;
        let Some(amended) = self.envelope(entry).filter(is_step) else {
            return Err(not_applicable(
                step,
                &format!("第{entry}步不是可以更正的办理"),
                &format!("entry {entry} is no step of the procedure"),
            )
            .into());
        };
        if live.facts().state == crate::terms::facts::MERGED {
            return Err(not_applicable(step, "个案已并入其他个案", "the case was merged").into());
        }
        let moved = if form.field.as_str() == OCCURRED_AT {
            let at: Timestamp = serde_json::from_value(form.new_value.clone())
                .map_err(|problem| Refusal::field("new_value", problem.to_string()))?;
            check_occurred(at, amended.recorded_at)?;
            Some(at)
        } else {
            None
        };
        let mut corrections = self.corrections(live)?;
        corrections
            .entry(entry)
            .or_default()
            .push((form.field.to_string(), form.new_value.clone()));
        let (data, attributes) = self.rerun(live, &corrections)?;
        let clocks = live.definition.clocks(&data)?;
        let mut ledger = self.ledger(live, self.at());
        if let Some(at) = moved {
            let opened: Vec<u32> = amended
                .duties
                .iter()
                .filter_map(|change| match change {
                    DutyChange::Set { duty, line: Some(LedgerLine::Granted) } => Some(duty.no),
                    DutyChange::Set { .. } | DutyChange::Closed { .. } => None,
                })
                .collect();
            ledger.change(
                |duty| opened.contains(&duty.no),
                Some(Self::RECOMPUTED),
                |duty| {
                    duty.opened_at = at;
                },
            );
        }
        let own_ladder = self.engine.rules.ladder(self.engine.wide.confirm_ladder);
        ledger.recompute(&clocks, Self::RECOMPUTED, &live.image.attributes, own_ladder);
        draft.duties = ledger.into_changes();
        draft.data = data;
        for (key, value) in attributes {
            if live.image.attributes.get(&key) != value.as_ref() {
                draft.attributes.push((key, value));
            }
        }
        draft.links.push(Link {
            kind: LinkKind::Corrects,
            case: live.facts().id,
            seq: Some(entry),
            handoff: None,
        });
        Ok(())
    }

    /// The corrections made so far.
    fn corrections(&self, live: &Live) -> Result<Corrections, EngineError> {
        let mut corrections = Corrections::new();
        for entry in self.history {
            let Some(envelope) = self.envelope(entry.seq) else { continue };
            if envelope.kind != Kind::Engine || envelope.transition != WideStep::AmendEntry.name() {
                continue;
            }
            if let Some(body) = self.body(live, entry.seq)? {
                let form: Amend = read(&body.payload)?;
                let field = form.field.to_string();
                corrections.entry(form.entry).or_default().push((field, form.new_value));
            }
        }
        Ok(corrections)
    }

    /// Applies all forms anew.
    fn rerun(
        &self,
        live: &Live,
        corrections: &Corrections,
    ) -> Result<(Value, BTreeMap<String, Option<String>>), EngineError> {
        let mut data: Option<Value> = None;
        let mut attributes: BTreeMap<String, String> = BTreeMap::new();
        let mut touched: BTreeMap<String, Option<String>> = BTreeMap::new();
        let none: [(String, Value); 0] = [];
        let mut duties: Vec<OwedDuty> = Vec::new();
        for entry in self.history {
            let owed = duties.clone();
            if let Some(envelope) = self.envelope(entry.seq) {
                for change in &envelope.duties {
                    change.apply(&mut duties);
                }
                duties.retain(OwedDuty::is_open);
            }
            let Some(envelope) = self.envelope(entry.seq).filter(is_step) else { continue };
            let Some(spec) = live.definition.transition(&envelope.transition) else { continue };
            let Some(body) = self.body(live, entry.seq)? else { continue };
            let mut payload = body.payload;
            let mut occurred_at = envelope.occurred_at;
            let own = corrections.get(&entry.seq).map_or(&none[..], Vec::as_slice);
            for (field, value) in own {
                if field == OCCURRED_AT {
                    occurred_at = serde_json::from_value(value.clone())
                        .map_err(|problem| Refusal::field("new_value", problem.to_string()))?;
                } else if let Some(fields) = payload.as_object_mut() {
                    fields.insert(field.clone(), value.clone());
                }
            }
            let profile = Profile::unknown(envelope.actor.clone());
            let before = as_it_was(live, &envelope);
            let facts = self.facts_then(
                &before,
                &profile,
                body.acted_by.as_ref(),
                &attributes,
                (occurred_at, envelope.recorded_at),
            );
            let facts = StepFacts {
                case: data.is_some().then_some(&before),
                duties: &owed,
                // Whoever acts by an own right acts in a role.
                by_chain: envelope.role.is_none(),
                ..facts
            };
            let ran = live.definition.run(spec, &payload, data.as_ref(), &facts);
            let ran = ran.map_err(|refusal| {
                not_applicable(
                    WideStep::AmendEntry,
                    &format!("更正与第{}步矛盾：{}", entry.seq, refusal.label().zh),
                    &format!("it contradicts entry {}: {refusal}", entry.seq),
                )
            })?;
            data = Some(ran.data);
            for (key, value) in ran.effects.attributes {
                match &value {
                    Some(value) => attributes.insert(key.to_owned(), value.clone()),
                    None => attributes.remove(key),
                };
                touched.insert(key.to_owned(), value);
            }
        }
        Ok((data.unwrap_or_else(|| live.data.clone()), touched))
    }

    fn facts_then<'f>(
        &'f self,
        before: &'f crate::terms::facts::CaseFacts,
        profile: &'f Profile,
        acted_by: Option<&'f ActedBy>,
        attributes: &'f BTreeMap<String, String>,
        (occurred_at, recorded_at): (Timestamp, Timestamp),
    ) -> StepFacts<'f> {
        StepFacts {
            case: None,
            attributes,
            duties: &[],
            subject: before.subject,
            incident: before.incident,
            actor: profile,
            acted_by,
            occurred_at,
            recorded_at,
            beside: None,
            named: None,
            by_chain: false,
            rules: &self.engine.rules,
        }
    }
}

fn is_step(envelope: &Envelope) -> bool {
    matches!(envelope.kind, Kind::Step | Kind::OpenedBy)
}

fn as_it_was(live: &Live, envelope: &Envelope) -> crate::terms::facts::CaseFacts {
    let mut facts = live.facts().clone();
    facts.state = envelope.from.clone().unwrap_or_else(|| envelope.to.clone());
    facts.closed_at = None;
    facts
}
