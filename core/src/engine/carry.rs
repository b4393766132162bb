//! Carrying out commands on a workspace: from what is asked to entries. No I/O; the store is read
//! before and written after.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    Action, Command, EngineError, Inner, Staff,
    command::Open,
    workspace::{Draft, Live, Workspace, unborn, write_entry},
};
use crate::{
    case::{Decide, Step, decide},
    procedure::{Definition, HandOver, Handoff, Mode, Opening, Refusal, TransitionSpec},
    store::{Message, NewCommand, Scope, StoredEntry},
    terms::{
        actor::{Actor, Profile, Role},
        area::{AreaCode, AreaPurpose},
        entropy::uuid_v7,
        evidence::ActedBy,
        facts::{CaseFacts, Subject, SubjectKind},
        id::{
            ActorId, CaseId, CommandId, Digest, IncidentId, MessageId, Revision, SubjectId, UnitId,
        },
        time::Timestamp,
    },
    trail::{Body, Envelope, EnvelopeFacts, Handed, Kind, Link, LinkKind, SUITE, VERSION},
};

/// Handoffs of handoffs go at most so deep within one step.
const MAX_DEPTH: usize = 4;
/// The role that stands in an entry whose author is kept secret.
const REPORTER: Role = Role::new("reporter");

/// What a step gave, before it is numbered.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) case: CaseId,
    pub(super) revision: Revision,
    pub(super) state: String,
    pub(super) hash: Digest,
    pub(super) recorded_at: Timestamp,
    pub(super) proposed: bool,
    pub(super) linked: Vec<CaseId>,
}

/// One command being carried out.
pub(super) struct Carry<'a> {
    pub(super) engine: &'a Inner,
    pub(super) staff: &'a Staff,
    pub(super) workspace: &'a Workspace<'a>,
    pub(super) draft: Draft,
    pub(super) actor: &'a Actor,
    pub(super) profile: Profile,
    pub(super) acted_by: Option<&'a ActedBy>,
    pub(super) command: Option<CommandId>,
    pub(super) now: Timestamp,
    pub(super) occurred_at: Timestamp,
    /// The entries of a case, where the step needs them.
    pub(super) history: &'a [StoredEntry],
    pub(super) linked: Vec<CaseId>,
}

/// What an entry says besides what follows from the case and the command.
pub(super) struct EntryDraft {
    pub(super) kind: Kind,
    pub(super) transition: String,
    pub(super) role: Option<Role>,
    pub(super) secret: bool,
    pub(super) to: String,
    pub(super) ended: bool,
    pub(super) facts: Option<EnvelopeFacts>,
    pub(super) duties: Vec<crate::duty::owed::DutyChange>,
    pub(super) attributes: Vec<(String, Option<String>)>,
    pub(super) messages: Vec<MessageId>,
    pub(super) links: Vec<Link>,
    pub(super) payload: Value,
    pub(super) data: Value,
    pub(super) handed: Vec<Handed>,
}

impl EntryDraft {
    /// An entry that keeps the state and changes nothing yet.
    pub(super) fn keeping(live: &Live, kind: Kind, transition: &str, payload: Value) -> Self {
        Self {
            kind,
            transition: transition.to_owned(),
            role: None,
            secret: false,
            to: live.facts().state.clone(),
            ended: !live.facts().is_open(),
            facts: None,
            duties: Vec::new(),
            attributes: Vec::new(),
            messages: Vec::new(),
            links: Vec::new(),
            payload,
            data: live.data.clone(),
            handed: Vec::new(),
        }
    }
}

/// Carries out one command and takes its result into the workspace.
pub(super) fn carry_out(
    engine: &Inner,
    staff: &Staff,
    workspace: &mut Workspace<'_>,
    command: &Command,
    now: Timestamp,
    history: &[StoredEntry],
) -> Result<Done, EngineError> {
    let day = now.date();
    let mut carry = Carry {
        engine,
        staff,
        workspace,
        draft: Draft::default(),
        actor: &command.actor,
        profile: staff.profile(&command.actor.id, day),
        acted_by: command.acted_by.as_ref(),
        command: command.id,
        now,
        occurred_at: command.occurred_at.unwrap_or(now),
        history,
        linked: Vec::new(),
    };
    let mut done = match &command.action {
        Action::Open(open) => carry.open(open)?,
        Action::Fire { case, transition, payload } => {
            carry.fire(*case, transition, payload, command.expect)?
        }
    };
    done.linked = std::mem::take(&mut carry.linked);
    let mut draft = carry.draft;
    if let Some(id) = command.id {
        draft.extras.commands.push(NewCommand {
            id,
            hash: command.hash(),
            case: done.case,
            seq: done.revision.get(),
            state: done.state.clone(),
        });
    }
    workspace.take(draft);
    Ok(done)
}

impl Carry<'_> {
    fn open(&mut self, open: &Open) -> Result<Done, EngineError> {
        let unknown = || Refusal::UnknownTransition {
            procedure: open.procedure.clone(),
            transition: open.transition.clone(),
        };
        let definition = self.engine.registry.newest(&open.procedure).ok_or_else(unknown)?;
        let spec = definition.transition(&open.transition).ok_or_else(unknown)?;
        // The right to open is looked at before the form, so that nobody learns the form of what
        // he may not open.
        self.may_open(definition, spec)?;
        let Opening { subject, areas } = spec.opening(&open.payload)?;
        let named = subject.map(|id| Subject { kind: definition.subject(), id });
        let subject = open.subject.or(named).unwrap_or_else(|| Subject {
            kind: SubjectKind::UnidentifiedChild,
            id: SubjectId::from(self.new_id()),
        });
        let incident =
            open.incident.unwrap_or_else(|| IncidentId::from(self.new_id()));
        let mut all = self.known_areas(subject);
        all.extend(areas);
        all.extend(open.areas.clone());
        if all.is_empty() {
            all.extend(self.own_area(spec));
        }
        let live = self.unborn(definition, subject, incident, all);
        let case = live.facts().id;
        let unit = self.unit_of_opener(spec);
        self.step(Taking {
            live,
            transition: &open.transition,
            payload: &open.payload,
            by_chain: false,
            opened_by: unit,
            links: Vec::new(),
            depth: 0,
            born: true,
        })?;
        self.done(case, false)
    }

    fn may_open(&self, definition: &Definition, spec: &TransitionSpec) -> Result<(), Refusal> {
        let check = crate::case::Check {
            roles: &self.engine.roles,
            profile: &self.profile,
            case: None,
            attributes: &BTreeMap::new(),
            duties: &[],
        };
        crate::case::check_permission(definition, spec, &check).map(|_| ())
    }

    /// The areas the subject's cases already know, the register's file among them.
    fn known_areas(&self, subject: Subject) -> BTreeMap<AreaPurpose, AreaCode> {
        let nowhere = IncidentId::from_bytes([0; 16]);
        let beside = self.workspace.beside(&self.draft, subject, nowhere, None);
        let mut known = BTreeMap::new();
        for case in beside {
            for (purpose, area) in case.facts.areas {
                known.entry(purpose).or_insert(area);
            }
        }
        known
    }

    /// The actor's own area in the role that opens, as the place where it happened.
    fn own_area(&self, spec: &TransitionSpec) -> Option<(AreaPurpose, AreaCode)> {
        let grants = &self.profile.grants;
        let grant = grants.iter().find(|grant| spec.by.contains(&grant.role))?;
        Some((AreaPurpose::Incident, grant.area.clone()))
    }

    fn unit_of_opener(&self, spec: &TransitionSpec) -> Option<UnitId> {
        let grants = &self.profile.grants;
        let grant = grants.iter().find(|grant| spec.by.contains(&grant.role));
        grant.map(|grant| grant.unit.clone()).or_else(|| self.profile.unit.clone())
    }

    pub(super) fn new_id(&self) -> uuid::Uuid {
        uuid_v7(self.now, &*self.engine.entropy)
    }

    pub(super) fn unborn(
        &self,
        definition: &Arc<Definition>,
        subject: Subject,
        incident: IncidentId,
        areas: BTreeMap<AreaPurpose, AreaCode>,
    ) -> Live {
        let realm = self.workspace.realm().clone();
        let area = definition.counting_area(&areas).cloned().unwrap_or_else(|| realm.area());
        let facts = CaseFacts {
            realm,
            id: CaseId::from(self.new_id()),
            procedure: definition.name().to_owned(),
            definition: definition.hash(),
            rule_pack: self.engine.rules.hash(),
            subject,
            incident,
            areas,
            area,
            opened_by: None,
            state: "-".to_owned(),
            revision: Revision::NONE,
            opened_at: self.occurred_at,
            closed_at: None,
            recorded_at: self.now,
            head: Digest::from_bytes([0; 32]),
            duties: 0,
        };
        unborn(Arc::clone(definition), facts)
    }

    fn fire(
        &mut self,
        case: CaseId,
        transition: &str,
        payload: &Value,
        expect: Option<Revision>,
    ) -> Result<Done, EngineError> {
        let live = self
            .workspace
            .case(&self.draft, case)?
            .ok_or_else(|| Refusal::NoSuchCase { case: case.to_string() })?;
        if let Some(expected) = expect
            && expected != live.facts().revision
        {
            let found = live.facts().revision;
            return Err(Refusal::RevisionMoved { expected, found }.into());
        }
        if self.occurred_at > self.now {
            let (occurred, recorded) = (self.occurred_at, self.now);
            return Err(Refusal::NotYetHappened { occurred, recorded }.into());
        }
        if let Some(step) = self.engine.wide.step(transition) {
            let proposed = self.wide(live, step, payload)?;
            return self.done(case, proposed);
        }
        self.step(Taking {
            opened_by: live.facts().opened_by.clone(),
            live,
            transition,
            payload,
            by_chain: false,
            links: Vec::new(),
            depth: 0,
            born: false,
        })?;
        self.done(case, false)
    }

    /// Takes a transition as the system: a wait has passed.
    pub(super) fn fire_wait(&mut self, live: Live, transition: &str) -> Result<(), EngineError> {
        let payload = json!({});
        self.step(Taking {
            opened_by: live.facts().opened_by.clone(),
            live,
            transition,
            payload: &payload,
            by_chain: true,
            links: Vec::new(),
            depth: 0,
            born: false,
        })
    }

    fn done(&self, case: CaseId, proposed: bool) -> Result<Done, EngineError> {
        let live = self
            .workspace
            .case(&self.draft, case)?
            .ok_or_else(|| Refusal::NoSuchCase { case: case.to_string() })?;
        let facts = live.facts();
        Ok(Done {
            case,
            revision: facts.revision,
            state: facts.state.clone(),
            hash: facts.head,
            recorded_at: facts.recorded_at,
            proposed,
            linked: Vec::new(),
        })
    }

    /// Decides one transition on one case and writes its entry, its handoffs before it.
    fn step(&mut self, taking: Taking<'_>) -> Result<(), EngineError> {
        let Taking { mut live, transition, payload, by_chain, opened_by, links, depth, born } =
            taking;
        let facts = live.facts();
        let (subject, incident) = (facts.subject, facts.incident);
        let id = facts.id;
        let definition = Arc::clone(&live.definition);
        let looks = born
            || definition.transition(transition).is_some_and(|step| {
                !step.beside.is_empty() || !step.handoffs.is_empty()
            });
        if looks {
            self.lock(subject, incident);
        }
        let beside = if looks {
            self.workspace.beside(&self.draft, subject, incident, Some(id))
        } else {
            Vec::new()
        };
        let now = self.now.max(facts.recorded_at);
        let areas = facts.areas.clone();
        let step = decide(
            &Decide {
                definition: &definition,
                rules: &self.engine.rules,
                calendar: &self.engine.calendar,
                roles: &self.engine.roles,
                directory: self.staff,
                case: (!born).then(|| live.view()),
                subject,
                incident,
                areas: &areas,
                opened_by: opened_by.as_ref(),
                profile: &self.profile,
                by_chain,
                acted_by: if depth == 0 { self.acted_by } else { None },
                occurred_at: self.occurred_at,
                recorded_at: now,
                beside: &beside,
            },
            transition,
            payload,
        )?;
        let spec = definition.transition(transition);
        let handoffs = spec.map(|spec| spec.handoffs.clone()).unwrap_or_default();
        let secret = spec.is_some_and(|spec| spec.reporter_secret);
        let (mut messages, mut links) = (Vec::new(), links);
        let mut handed = Vec::new();
        for hand_over in &step.handoffs {
            let handoff = handoffs.iter().find(|handoff| handoff.id == hand_over.id).copied();
            let Some(handoff) = handoff else {
                return Err(Refusal::Handoff {
                    handoff: hand_over.id.to_owned(),
                    reason: format!("`{transition}` does not declare it"),
                }
                .into());
            };
            handed.push(Handed {
                handoff: hand_over.id.to_owned(),
                form: hand_over.payload.clone(),
            });
            let seq = live.facts().revision.next().get();
            match self.hand_over(&live, seq, handoff, hand_over, &step, depth)? {
                Handing::To(case) => links.push(Link {
                    kind: LinkKind::HandedTo,
                    case,
                    seq: None,
                    handoff: Some(handoff.id.to_owned()),
                }),
                Handing::Message(message) => messages.push(message),
                Handing::Nothing => {}
            }
        }
        let kind = match (by_chain && depth > 0, born) {
            (true, true) => Kind::OpenedBy,
            _ => Kind::Step,
        };
        let stated = (born || !step.areas.is_empty()).then(|| {
            let mut all = live.facts().areas.clone();
            all.extend(step.areas.iter().cloned());
            let area = definition.counting_area(&all).cloned();
            EnvelopeFacts {
                procedure: definition.name().to_owned(),
                subject,
                incident,
                area: area.unwrap_or_else(|| live.facts().area.clone()),
                areas: all,
                opened_by: opened_by.clone(),
            }
        });
        let mut attributes = step.attributes;
        if step.ended
            && let Some(unit) = &self.profile.unit
        {
            attributes.push((CLOSED_BY.to_owned(), Some(unit.to_string())));
        }
        let draft = EntryDraft {
            kind,
            transition: transition.to_owned(),
            role: step.role,
            secret,
            to: step.to,
            ended: step.ended,
            facts: stated,
            duties: step.duties,
            attributes,
            messages,
            links,
            payload: payload.clone(),
            data: step.data,
            handed,
        };
        self.write(&mut live, draft, born)?;
        self.draft.cases.insert(id, live);
        Ok(())
    }

    /// Every step that looks at other cases, or opens one, compares and sets the scopes.
    pub(super) fn lock(&mut self, subject: Subject, incident: IncidentId) {
        let scopes = &mut self.draft.extras.scopes;
        // A unit, a village or the county is everybody's subject: its scope would be a lock on
        // everything.
        if subject.kind.is_child() {
            scopes.insert(Scope::subject(subject.id));
        }
        scopes.insert(Scope::incident(incident));
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
        if depth + 1 > MAX_DEPTH {
            return Err(Refusal::Handoff {
                handoff: handoff.id.to_owned(),
                reason: format!("handoffs go at most {MAX_DEPTH} deep within one step"),
            }
            .into());
        }
        let carried = self.engine.registry.newest(handoff.to).map(Arc::clone);
        let definition = match (handoff.mode, carried) {
            (Mode::Open | Mode::Inform, Some(definition)) => definition,
            (Mode::Open | Mode::Inform, None) => {
                return Ok(Handing::Message(self.message(sender, seq, handoff, "handoff")));
            }
            (Mode::Propose, _) => {
                return Ok(Handing::Message(self.message(sender, seq, handoff, "propose")));
            }
            (Mode::Message, _) => {
                return Ok(Handing::Message(self.message(sender, seq, handoff, "message")));
            }
        };
        let subject = hand_over.subject.unwrap_or(sender.facts().subject);
        let incident = sender.facts().incident;
        self.lock(subject, incident);
        let from = Link {
            kind: LinkKind::HandedFrom,
            case: sender.facts().id,
            seq: Some(seq),
            handoff: Some(handoff.id.to_owned()),
        };
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
        let Some(spec) = definition.transition(handoff.opens_by) else {
            return Err(Refusal::UnknownTransition {
                procedure: handoff.to.to_owned(),
                transition: handoff.opens_by.to_owned(),
            }
            .into());
        };
        if !spec.opens_case {
            return Ok(Handing::Nothing);
        }
        let mut areas = sender.facts().areas.clone();
        areas.extend(step.areas.iter().cloned());
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
            let mut draft =
                EntryDraft::keeping(&live, Kind::Informed, handoff.opens_by, payload);
            draft.links = vec![from];
            self.write(&mut live, draft, false)?;
            self.draft.cases.insert(case, live);
        }
        self.linked.push(case);
        Ok(Handing::To(case))
    }

    /// A message only points at what was handed over; the form stays in the sealed body.
    fn message(&mut self, sender: &Live, seq: i64, handoff: Handoff, kind: &str) -> MessageId {
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

    /// Writes an entry on a case in the draft.
    pub(super) fn write(
        &self,
        live: &mut Live,
        draft: EntryDraft,
        born: bool,
    ) -> Result<(), EngineError> {
        let facts = live.facts();
        let (actor, role, reporter) = if draft.secret {
            let alias = format!("reporter-{}", hex::encode(self.engine.entropy.bytes()));
            let alias = ActorId::new(alias).map_err(|problem| {
                Refusal::field("actor", problem.to_string())
            })?;
            (alias, Some(REPORTER), Some(self.actor.id.clone()))
        } else {
            (self.actor.id.clone(), draft.role, None)
        };
        let envelope = Envelope {
            v: VERSION,
            suite: SUITE.to_owned(),
            realm: facts.realm.clone(),
            case: facts.id,
            seq: 0,
            prev: facts.head,
            kind: draft.kind,
            actor,
            role,
            acted_by: self.acted_by.map(|acted| acted.role.clone()),
            purpose: self.actor.purpose.to_string(),
            directory: self.engine.directory_name().to_owned(),
            command: self.command,
            occurred_at: self.occurred_at,
            recorded_at: self.now.max(facts.recorded_at),
            definition: live.definition.hash(),
            rule_pack: self.engine.rules.hash(),
            calendar: self.engine.calendar.hash(),
            from: (!born).then(|| facts.state.clone()),
            to: draft.to,
            ended: draft.ended,
            transition: draft.transition,
            facts: draft.facts,
            duties: draft.duties,
            attributes: draft.attributes.into_iter().collect(),
            messages: draft.messages,
            links: draft.links,
            body: Digest::from_bytes([0; 32]),
            key: String::new(),
        };
        let body = Body {
            payload: draft.payload,
            data: draft.data,
            acted_by: self.acted_by.cloned(),
            reporter,
            handed: draft.handed,
        };
        write_entry(live, self.workspace.sealer(), &self.engine.origin, envelope, body)
    }
}

/// The attribute that remembers which unit ended a case: it may reopen it.
pub(super) const CLOSED_BY: &str = "closed_by_unit";

enum Handing {
    To(CaseId),
    Message(MessageId),
    Nothing,
}

struct Taking<'t> {
    live: Live,
    transition: &'t str,
    payload: &'t Value,
    by_chain: bool,
    opened_by: Option<UnitId>,
    links: Vec<Link>,
    depth: usize,
    born: bool,
}
