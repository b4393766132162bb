//! Carrying out commands on a workspace: from what is asked to entries. No I/O; the store is read
//! before and written after.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Action, Command, EngineError, Inner, Staff,
    handoff::HandedOver,
    workspace::{Draft, Live, Workspace, write_entry},
};
use crate::{
    case::{Decide, check_occurred, check_person, decide},
    procedure::{Beside, Definition, Handoff, Refusal},
    store::{NewCommand, Scope, StoredEntry},
    terms::{
        actor::{Actor, MatchBy, Profile, Role},
        area::{AreaCode, AreaPurpose},
        evidence::ActedBy,
        facts::Subject,
        id::{ActorId, CaseId, CommandId, Digest, IncidentId, MessageId, Revision, UnitId},
        time::Timestamp,
    },
    trail::{Body, Envelope, EnvelopeFacts, Handed, Kind, Link, SUITE, VERSION},
};

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
    /// Whether the step keeps secret who takes it. What hands over to it, and what it hands over,
    /// in whichever case, is written at the same instant and would tell otherwise.
    pub(super) hides: bool,
}

/// What an entry says besides what follows from the case and the command.
pub(super) struct EntryDraft {
    pub(super) kind: Kind,
    pub(super) transition: String,
    pub(super) role: Option<Role>,
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
    check_person(&command.actor.id, command.acted_by.as_ref())?;
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
        hides: false,
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
        check_occurred(self.occurred_at, self.now)?;
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

    pub(super) fn done(&self, case: CaseId, proposed: bool) -> Result<Done, EngineError> {
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
    pub(super) fn step(&mut self, taking: Taking<'_>) -> Result<(), EngineError> {
        let Taking { mut live, transition, payload, by_chain, opened_by, links, depth, born } =
            taking;
        let facts = live.facts();
        let (subject, incident) = (facts.subject, facts.incident);
        let id = facts.id;
        let definition = Arc::clone(&live.definition);
        let looks = born
            || definition
                .transition(transition)
                .is_some_and(|step| !step.beside.is_empty() || !step.handoffs.is_empty());
        if looks {
            self.lock(subject, incident);
        }
        let secret = definition.transition(transition).is_some_and(|step| step.reporter_secret);
        let opened_by = self.shown_opener(&definition, opened_by, born && (secret || self.hides));
        let beside = if looks {
            self.workspace.beside(&self.draft, subject, incident, Some(id))
        } else {
            Vec::new()
        };
        let named = self.named(&live, transition, payload, born)?;
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
                named: &named,
            },
            transition,
            payload,
        )?;
        let spec = definition.transition(transition);
        let handoffs = spec.map(|spec| spec.handoffs.clone()).unwrap_or_default();
        self.hides |= spec.is_some_and(|spec| spec.reporter_secret)
            || step.handoffs.iter().any(|over| self.keeps_secret(&handoffs, over.id));
        let HandedOver { messages, handed, links } =
            self.hand_all_over(&live, transition, &handoffs, &step, links, depth)?;
        let kind = match (by_chain && depth > 0, born) {
            (true, true) => Kind::OpenedBy,
            _ => Kind::Step,
        };
        let opened_by = self.shown_opener(&definition, opened_by, born && self.hides);
        let stated = (born || !step.areas.is_empty())
            .then(|| stated_after(&live, &step.areas, opened_by.as_ref()));
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

    /// The unit that opens a case, as far as the case may name it. Where the reporter is secret the
    /// unit is left out: in an office of one it is the person. Only a role that is matched by unit
    /// needs it, as nobody of the unit could go on with the report otherwise.
    fn shown_opener(
        &self,
        definition: &Definition,
        unit: Option<UnitId>,
        secret: bool,
    ) -> Option<UnitId> {
        let by_unit = |role: &Role| {
            self.engine.roles.get(role).is_some_and(|spec| spec.match_by == MatchBy::Unit)
        };
        let records = |role: &Role| {
            definition.duties().iter().any(|duty| duty.recorded_by.contains(role))
                || definition.transitions().iter().any(|step| step.by.contains(role))
        };
        let needed = || {
            let mut grants = self.profile.grants.iter();
            grants.any(|grant| by_unit(&grant.role) && records(&grant.role))
        };
        unit.filter(|_| !secret || needed())
    }

    /// Whether a handoff leads to a step that keeps its reporter secret.
    fn keeps_secret(&self, declared: &[Handoff], id: &str) -> bool {
        declared.iter().filter(|handoff| handoff.id == id).any(|handoff| {
            let to = self.engine.registry.newest(handoff.to);
            let opens_by = to.and_then(|to| to.transition(handoff.opens_by));
            opens_by.is_some_and(|spec| spec.reporter_secret)
        })
    }

    /// The cases that a step names and that are there; the step stands only if they still are as
    /// it saw them.
    fn named(
        &mut self,
        live: &Live,
        transition: &str,
        payload: &Value,
        born: bool,
    ) -> Result<Vec<Beside>, EngineError> {
        let Some(spec) = live.definition.transition(transition) else { return Ok(Vec::new()) };
        let own = live.facts().id;
        let mut named = Vec::new();
        for id in spec.looks_at(payload, (!born).then_some(&live.data))? {
            if id != own
                && let Some(case) = self.workspace.seen(&self.draft, id)
            {
                self.draft.extras.seen.insert(id);
                named.push(case);
            }
        }
        Ok(named)
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

    /// Writes an entry on a case in the draft.
    pub(super) fn write(
        &self,
        live: &mut Live,
        draft: EntryDraft,
        born: bool,
    ) -> Result<(), EngineError> {
        let facts = live.facts();
        let (actor, role, reporter) = if self.hides && self.actor.id != Actor::system().id {
            let alias = format!("reporter-{}", hex::encode(self.engine.entropy.bytes()));
            let alias = ActorId::new(alias)
                .map_err(|problem| Refusal::field("actor", problem.to_string()))?;
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

/// The facts of a case after a step that set areas, or opened it.
fn stated_after(
    live: &Live,
    areas: &[(AreaPurpose, AreaCode)],
    opened_by: Option<&UnitId>,
) -> EnvelopeFacts {
    let facts = live.facts();
    let mut all = facts.areas.clone();
    all.extend(areas.iter().cloned());
    let area = live.definition.counting_area(&all).cloned();
    EnvelopeFacts {
        procedure: live.definition.name().to_owned(),
        subject: facts.subject,
        incident: facts.incident,
        area: area.unwrap_or_else(|| facts.area.clone()),
        areas: all,
        opened_by: opened_by.cloned(),
    }
}

/// A transition about to be taken on a case.
pub(super) struct Taking<'t> {
    pub(super) live: Live,
    pub(super) transition: &'t str,
    pub(super) payload: &'t Value,
    pub(super) by_chain: bool,
    pub(super) opened_by: Option<UnitId>,
    pub(super) links: Vec<Link>,
    pub(super) depth: usize,
    pub(super) born: bool,
}
