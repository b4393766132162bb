//! Handoffs: what a step of one case does in another procedure, in the same transaction.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;

use super::{
    EngineError,
    carry::{Carry, EntryDraft, Taking},
    workspace::Live,
};
use crate::{
    case::Step,
    procedure::{HandOver, Handoff, MAX_HANDOFF_DEPTH, Mode, Opening, Refusal},
    store::Message,
    terms::id::{CaseId, MessageId},
    trail::{Handed, Kind, Link, LinkKind},
};

/// What the handoffs of a step leave in its entry.
pub(super) struct HandedOver {
    pub(super) messages: Vec<MessageId>,
    pub(super) handed: Vec<Handed>,
    pub(super) links: Vec<Link>,
}

enum Handing {
    To(CaseId),
    Message(MessageId),
    Nothing,
}

impl Carry<'_> {
    /// Makes all handoffs of a step, before its own entry is written.
    pub(super) fn hand_all_over(
        &mut self,
        live: &Live,
        transition: &str,
        declared: &[Handoff],
        step: &Step,
        links: Vec<Link>,
        depth: usize,
    ) -> Result<HandedOver, EngineError> {
        let mut over = HandedOver { messages: Vec::new(), handed: Vec::new(), links };
        let seq = live.facts().revision.next().get();
        for hand_over in &step.handoffs {
            let handoff = declared.iter().find(|handoff| handoff.id == hand_over.id).copied();
            let Some(handoff) = handoff else {
                return Err(Refusal::Handoff {
                    handoff: hand_over.id.to_owned(),
                    reason: format!("`{transition}` does not declare it"),
                }
                .into());
            };
            over.handed
                .push(Handed { handoff: hand_over.id.to_owned(), form: hand_over.payload.clone() });
            match self.hand_over(live, seq, handoff, hand_over, step, depth)? {
                Handing::To(case) => over.links.push(Link {
                    kind: LinkKind::HandedTo,
                    case,
                    seq: None,
                    handoff: Some(handoff.id.to_owned()),
                }),
                Handing::Message(message) => over.messages.push(message),
                Handing::Nothing => {}
            }
        }
        Ok(over)
    }

    fn hand_over(
        &mut self,
        sender: &Live,
        seq: i64,
        handoff: Handoff,
        hand_over: &HandOver,
        step: &Step,
        depth: usize,
    ) -> Result<Handing, EngineError> {
        if depth + 1 > MAX_HANDOFF_DEPTH {
            return Err(Refusal::Handoff {
                handoff: handoff.id.to_owned(),
                reason: format!("handoffs go at most {MAX_HANDOFF_DEPTH} deep within one step"),
            }
            .into());
        }
        let carried = self.engine.registry.newest(handoff.to).map(Arc::clone);
        let definition = match (handoff.mode, carried) {
            // A proposal that is carried here waits in its first state until a person takes it up.
            (Mode::Open | Mode::Inform | Mode::Propose, Some(definition)) => definition,
            (Mode::Open | Mode::Inform, None) => {
                return Ok(Handing::Message(self.message(sender, seq, handoff, "handoff")));
            }
            (Mode::Propose, None) => {
                return Ok(Handing::Message(self.message(sender, seq, handoff, "propose")));
            }
            (Mode::Message, _) => {
                return Ok(Handing::Message(self.message(sender, seq, handoff, "message")));
            }
        };
        let incident = sender.facts().incident;
        let from = Link {
            kind: LinkKind::HandedFrom,
            case: sender.facts().id,
            seq: Some(seq),
            handoff: Some(handoff.id.to_owned()),
        };
        if handoff.mode == Mode::Inform
            && let Some(case) = hand_over.case
        {
            return self.inform(case, handoff, hand_over, from, depth);
        }
        let Some(spec) = definition.transition(handoff.opens_by) else {
            return Err(Refusal::UnknownTransition {
                procedure: handoff.to.to_owned(),
                transition: handoff.opens_by.to_owned(),
            }
            .into());
        };
        // A step that opens no case has no form to read an opening from.
        let opening =
            if spec.opens_case { spec.opening(&hand_over.payload)? } else { Opening::default() };
        let (subject, own_area) =
            self.about(&definition, &opening, Some(sender.facts().subject))?;
        self.lock(subject, incident);
        if handoff.mode == Mode::Inform {
            let beside = self.workspace.beside(&self.draft, subject, incident, None);
            let open = beside.into_iter().find(|case| {
                case.facts.is_open()
                    && case.facts.procedure == handoff.to
                    && case.facts.subject == subject
            });
            if let Some(open) = open {
                return self.inform(open.facts.id, handoff, hand_over, from, depth);
            }
        }
        if !spec.opens_case {
            return Ok(Handing::Nothing);
        }
        // The areas are those of the same subject; what is about a unit or the county has its own.
        let mut areas = BTreeMap::new();
        if subject == sender.facts().subject {
            areas.extend(sender.facts().areas.clone());
            areas.extend(step.areas.iter().cloned());
        }
        areas.extend(own_area);
        areas.extend(opening.areas);
        let live = self.unborn(&definition, subject, incident, areas);
        let case = live.facts().id;
        let opened_by = self.profile.unit.clone();
        self.step(Taking {
            live,
            transition: handoff.opens_by,
            payload: &hand_over.payload,
            by_chain: true,
            opened_by,
            links: vec![from],
            depth: depth + 1,
            born: true,
        })?;
        self.linked.push(case);
        Ok(Handing::To(case))
    }

    /// The open case takes the step if its state allows; else it is only told.
    fn inform(
        &mut self,
        case: CaseId,
        handoff: Handoff,
        hand_over: &HandOver,
        from: Link,
        depth: usize,
    ) -> Result<Handing, EngineError> {
        let Some(mut live) = self.workspace.case(&self.draft, case)? else {
            return Ok(Handing::Nothing);
        };
        let spec = live.definition.transition(handoff.opens_by);
        if spec.is_some_and(|spec| spec.starts_in(&live.facts().state)) {
            self.step(Taking {
                opened_by: live.facts().opened_by.clone(),
                live,
                transition: handoff.opens_by,
                payload: &hand_over.payload,
                by_chain: true,
                links: vec![from],
                depth: depth + 1,
                born: false,
            })?;
        } else {
            let payload = hand_over.payload.clone();
            let mut draft = EntryDraft::keeping(&live, Kind::Informed, handoff.opens_by, payload);
            draft.links = vec![from];
            self.write(&mut live, draft, false)?;
            self.draft.cases.insert(case, live);
        }
        self.linked.push(case);
        Ok(Handing::To(case))
    }

    /// A message only points at what was handed over; the form stays in the sealed body.
    pub(super) fn message(
        &mut self,
        sender: &Live,
        seq: i64,
        handoff: Handoff,
        kind: &str,
    ) -> MessageId {
        let id = MessageId::from(self.new_id());
        let facts = sender.facts();
        self.draft.extras.messages.push(Message {
            id,
            case: facts.id,
            seq,
            kind: kind.to_owned(),
            content: json!({
                "handoff": handoff.id,
                "to": handoff.to,
                "opens_by": handoff.opens_by,
                "case": facts.id,
                "seq": seq,
                "subject": facts.subject.id,
                "incident": facts.incident,
                "area": facts.area,
            }),
            recorded_at: self.now.max(facts.recorded_at),
        });
        id
    }
}
