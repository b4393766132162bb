//! Climbing the ladder of an overdue duty: reminders, and proposals that a person signs.
//!
//! All rungs of a case that are due are climbed in one entry, in order. A proposal opens its case
//! in the same transaction, as the system and by the chain, with links both ways; it changes no
//! other case. When the receiving procedure refuses it, the rung counts as climbed and the entry
//! says why: it is not tried again, because the same facts would be refused again.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    EngineError,
    addressee::{Lookup, Reached},
    carry::{Carry, EntryDraft, Taking},
    workspace::Live,
};
use crate::{
    case::FindHolder as _,
    duty::{
        ladder::Aim,
        owed::{LedgerLine, OwedDuty},
    },
    procedure::{Escalation, Handoff, Mode, Overdue, Refusal},
    store::{Message, Rung},
    terms::{
        actor::Role,
        id::{CaseId, MessageId},
        label::Label,
        time::Timestamp,
    },
    trail::{Handed, Kind, Link, LinkKind},
};

/// A rung climbed so long after it was due says that the sweep did not run.
const LATE_AFTER_HOURS: i64 = 24;

/// A proposal that a rung opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The case whose duty is overdue.
    pub case: CaseId,
    /// The duty.
    pub duty: String,
    /// The escalation link.
    pub link: String,
    /// The case that waits for a signature; nothing when its procedure is carried elsewhere and
    /// the proposal went out as a message.
    pub opened: Option<CaseId>,
}

/// A proposal that the receiving procedure refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotProposed {
    /// The case whose duty is overdue.
    pub case: CaseId,
    /// The duty.
    pub duty: String,
    /// The escalation link.
    pub link: String,
    /// Why.
    pub refusal: Refusal,
}

/// What climbing the ladders of one case did.
#[derive(Clone, Debug, Default)]
pub(super) struct Climbed {
    pub(super) rungs: usize,
    pub(super) proposed: Vec<Proposed>,
    pub(super) refused: Vec<NotProposed>,
}

/// A duty being escalated, with what its definition says of it.
struct Escalating<'a> {
    duty: &'a OwedDuty,
    label: Label,
    owed_by: Vec<Role>,
    due: Timestamp,
    generation: u32,
}

/// What the rungs leave in the entry.
#[derive(Default)]
struct Told {
    rungs: Vec<(Rung, Value)>,
    links: Vec<Link>,
    handed: Vec<Handed>,
    messages: Vec<MessageId>,
    climbed: Climbed,
}

impl Carry<'_> {
    /// Climbs all rungs that are due, in order, in one entry.
    pub(super) fn climb(
        &mut self,
        live: &mut Live,
        climbing: &[OwedDuty],
    ) -> Result<Climbed, EngineError> {
        let mut told = Told::default();
        let mut after: Vec<(u32, u32, Option<Timestamp>)> = Vec::new();
        for duty in climbing {
            if let Some((rung, next)) = self.climb_one(live, duty, &mut told)? {
                after.push((duty.no, rung, next));
            }
        }
        if told.rungs.is_empty() {
            return Err(
                Refusal::field("ladder", "no rung of a ladder that is in force is due").into()
            );
        }
        let mut ledger = self.ledger(live, self.now);
        for (no, rung, next) in after {
            let unchanged: Option<LedgerLine> = None;
            ledger.change(
                |open| open.no == no,
                unchanged,
                |open| {
                    open.rung = rung;
                    open.next_rung_at = next;
                },
            );
        }
        let duties = ledger.into_changes();
        let contents: Vec<&Value> = told.rungs.iter().map(|(_, content)| content).collect();
        let payload = json!({ "rungs": contents });
        let mut draft = EntryDraft::keeping(live, Kind::Escalate, "escalate", payload);
        draft.duties = duties;
        draft.links = told.links;
        draft.handed = told.handed;
        draft.messages = told.messages;
        let seq = live.facts().revision.next().get();
        for (rung, content) in told.rungs {
            let id = MessageId::from(self.new_id());
            draft.messages.push(id);
            self.draft.extras.messages.push(Message {
                id,
                case: rung.case,
                seq,
                kind: "escalate".to_owned(),
                content,
                recorded_at: rung.climbed_at,
            });
            self.draft.extras.rungs.push(rung);
        }
        self.write(live, draft, false)?;
        Ok(told.climbed)
    }

    /// Climbs the rungs of one duty; gives the next rung and when it is due.
    fn climb_one(
        &mut self,
        live: &Live,
        duty: &OwedDuty,
        told: &mut Told,
    ) -> Result<Option<(u32, Option<Timestamp>)>, EngineError> {
        let engine = self.engine;
        let ladder = engine.ladder_of(&live.definition, duty);
        let (Some(ladder), Some(due)) = (ladder, duty.due()) else { return Ok(None) };
        let (label, owed_by) = match live.definition.duty(&duty.name) {
            Some(spec) => (spec.label.clone(), spec.owed_by.clone()),
            None => self.engine_duty(live.definition.name(), &duty.name),
        };
        let generation = duty.deadline.as_ref().map_or(0, |deadline| deadline.generation);
        let escalating = Escalating { duty, label, owed_by, due, generation };
        let (mut index, mut next) = (duty.rung, duty.next_rung_at);
        while let (Some(at), Some(rung)) = (next, ladder.rungs.get(index as usize)) {
            if at >= self.now {
                break;
            }
            self.climb_rung(live, &escalating, index, at, &rung.aim, told)?;
            told.climbed.rungs += 1;
            index += 1;
            next = ladder.rung_at(index as usize, due, &engine.calendar);
        }
        Ok(Some((index, next)))
    }

    /// What a duty of the engine's own is called, and who answers it.
    fn engine_duty(&self, procedure: &str, name: &str) -> (Label, Vec<Role>) {
        use crate::procedure::wide::WideStep;

        let step = WideStep::ALL.iter().find(|step| step.confirming() == name);
        let label = step.map_or_else(
            || Label::owned(name, name),
            |step| {
                let label = step.label();
                Label::owned(format!("复核“{}”", label.zh), format!("confirm: {}", label.en))
            },
        );
        let roles = self.engine.engine_duties.of(procedure, name).unwrap_or_default();
        (label, roles.to_vec())
    }

    fn climb_rung(
        &mut self,
        live: &Live,
        escalating: &Escalating<'_>,
        index: u32,
        at: Timestamp,
        aim: &Aim,
        told: &mut Told,
    ) -> Result<(), EngineError> {
        let Escalating { duty, generation, .. } = *escalating;
        let (engine, staff, now) = (self.engine, self.staff, self.now);
        let case = live.facts().id;
        let late = now > at.plus_hours(LATE_AFTER_HOURS);
        let mut content = json!({
            "duty": duty.name, "duty_no": duty.no, "generation": generation, "rung": index,
            "addressee": aim.name(), "due": at, "late": late,
        });
        let mut say = |key: &str, value: Value| {
            if let Some(content) = content.as_object_mut() {
                content.insert(key.to_owned(), value);
            }
        };
        let unit = match aim {
            Aim::To(to) => {
                let lookup = Lookup { engine, staff, live, on: now.date() };
                let Reached { unit, persons } = lookup.reach(duty, *to);
                say("persons", json!(persons));
                unit
            }
            Aim::Propose(link) => {
                let (case, duty, link) = (case, duty.name.clone(), link.clone());
                match self.propose_by(live, escalating, &link, told) {
                    Ok(opened) => {
                        say("proposal", json!(opened));
                        told.climbed.proposed.push(Proposed { case, duty, link, opened });
                    }
                    Err(EngineError::Refused(refusal)) => {
                        let label = refusal.label();
                        say(
                            "refused",
                            json!({ "code": refusal.code(), "zh": label.zh, "en": label.en }),
                        );
                        told.climbed.refused.push(NotProposed { case, duty, link, refusal });
                    }
                    Err(problem) => return Err(problem),
                }
                staff.unit_for(engine.rules.coordinating_body(), &live.facts().area)
            }
        };
        say("unit", json!(unit));
        let rung = Rung {
            case,
            duty_no: duty.no,
            duty: duty.name.clone(),
            generation,
            rung: index,
            addressee: aim.name().to_owned(),
            unit,
            due: at,
            climbed_at: now.max(live.facts().recorded_at),
            late,
        };
        told.rungs.push((rung, content));
        Ok(())
    }

    /// Opens the case of a proposal; a refusal leaves nothing of it.
    fn propose_by(
        &mut self,
        live: &Live,
        escalating: &Escalating<'_>,
        link: &str,
        told: &mut Told,
    ) -> Result<Option<CaseId>, EngineError> {
        let engine = self.engine;
        // A set-up in which a ladder names a link that nobody wires does not open.
        let link = engine.escalation(link).ok_or_else(|| Refusal::Handoff {
            handoff: link.to_owned(),
            reason: "no such escalation link is wired".to_owned(),
        })?;
        let form = (link.fill)(&self.overdue(live, escalating))?;
        let handoff =
            Handoff { id: link.id, to: link.to, opens_by: link.opens_by, mode: Mode::Propose };
        let seq = live.facts().revision.next().get();
        let opened = if engine.registry.newest(link.to).is_some() {
            let before = self.draft.clone();
            match self.open_proposal(live, seq, link, &form) {
                Ok(case) => Some(case),
                Err(problem) => {
                    self.draft = before;
                    return Err(problem);
                }
            }
        } else {
            told.messages.push(self.message(live, seq, handoff, "propose"));
            None
        };
        if let Some(case) = opened {
            told.links.push(Link {
                kind: LinkKind::HandedTo,
                case,
                seq: None,
                handoff: Some(link.id.to_owned()),
            });
        }
        told.handed.push(Handed { handoff: link.id.to_owned(), form });
        Ok(opened)
    }

    fn open_proposal(
        &mut self,
        live: &Live,
        seq: i64,
        link: &Escalation,
        form: &Value,
    ) -> Result<CaseId, EngineError> {
        let facts = live.facts();
        let coordinating = self.engine.rules.coordinating_body();
        let opened_by = self.staff.unit_for(coordinating, &facts.area);
        let from = Link {
            kind: LinkKind::HandedFrom,
            case: facts.id,
            seq: Some(seq),
            handoff: Some(link.id.to_owned()),
        };
        let definition = self.engine.registry.newest(link.to).map(Arc::clone);
        let opens = definition.as_ref().and_then(|one| one.transition(link.opens_by));
        let (Some(definition), Some(spec)) = (&definition, opens) else {
            return Err(Refusal::UnknownTransition {
                procedure: link.to.to_owned(),
                transition: link.opens_by.to_owned(),
            }
            .into());
        };
        let opening = spec.opening(form)?;
        let (subject, own_area) = self.about(definition, &opening, Some(facts.subject))?;
        self.lock(subject, facts.incident);
        let mut areas = BTreeMap::new();
        if subject == facts.subject {
            areas.extend(facts.areas.clone());
        }
        areas.extend(own_area);
        areas.extend(opening.areas);
        let unborn = self.unborn(definition, subject, facts.incident, areas);
        let case = unborn.facts().id;
        self.step(Taking {
            live: unborn,
            transition: link.opens_by,
            payload: form,
            by_chain: true,
            opened_by,
            links: vec![from],
            depth: 1,
            born: true,
        })?;
        Ok(case)
    }

    fn overdue<'o>(&'o self, live: &'o Live, escalating: &'o Escalating<'_>) -> Overdue<'o> {
        let (engine, staff) = (self.engine, self.staff);
        let facts = live.facts();
        let Escalating { duty, ref label, due, .. } = *escalating;
        let owed_by: Vec<_> =
            escalating.owed_by.iter().filter_map(|role| engine.roles.get(role)).collect();
        let limit = duty.deadline.as_ref().and_then(|deadline| engine.rules.limit(&deadline.limit));
        let ladder = engine.ladder_of(&live.definition, duty);
        let lookup = Lookup { engine, staff, live, on: self.now.date() };
        Overdue {
            case: facts,
            number: live.number.as_ref(),
            procedure: live.definition.label(),
            duty,
            label,
            owing: lookup.owing(duty, &owed_by),
            owed_by,
            limit,
            due,
            now: self.now,
            mark: ladder.and_then(|ladder| engine.mark_of(ladder, duty, self.now)),
            coordinating: staff.unit_for(engine.rules.coordinating_body(), &facts.area),
            oversight: staff.unit_for(engine.rules.oversight_body(), &facts.area),
        }
    }
}
