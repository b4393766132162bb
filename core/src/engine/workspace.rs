//! The cases of a batch while its steps are decided, each on the result of the one before.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

use super::{EngineError, Registry};
use crate::{
    case::{CaseView, match_rows},
    procedure::{Beside, Definition, wide::SecondPersons},
    store::{
        CaseWrite, DutyWrite, Group, Loaded, NewCommand, NewEntry, NewMessage, NewRung, Scope,
        StaffRow, StoredCase,
    },
    terms::{
        actor::RoleTable,
        area::Realm,
        canonical,
        facts::{CaseFacts, CaseNumber, Subject},
        id::{CaseId, IncidentId, Revision},
    },
    trail::{Aad, Body, CaseImage, Envelope, Origin, Sealer, fold, link},
};

/// One case in a batch.
#[derive(Clone, Debug)]
pub(super) struct Live {
    pub(super) definition: Arc<Definition>,
    /// The case after the steps so far; duties that ended in the batch are still in it.
    pub(super) image: CaseImage,
    pub(super) data: Value,
    /// The number, once it has one.
    pub(super) number: Option<CaseNumber>,
    /// The revision it was loaded at.
    loaded: Revision,
    entries: Vec<NewEntry>,
    attributes: BTreeMap<String, Option<String>>,
    changed: BTreeSet<u32>,
}

impl Live {
    pub(super) fn view(&self) -> CaseView<'_> {
        CaseView {
            facts: &self.image.facts,
            attributes: &self.image.attributes,
            duties: &self.image.duties,
            data: &self.data,
        }
    }

    pub(super) fn facts(&self) -> &CaseFacts {
        &self.image.facts
    }

    fn is_new(&self) -> bool {
        self.loaded == Revision::NONE
    }
}

/// What a step writes besides its cases.
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    pub(super) commands: Vec<NewCommand>,
    pub(super) messages: Vec<NewMessage>,
    pub(super) rungs: Vec<NewRung>,
    pub(super) staff: Vec<StaffRow>,
    /// Scopes the step looked at or opened a case in.
    pub(super) scopes: BTreeSet<Scope>,
    /// Cases the step saw by name; they must still be as it saw them.
    pub(super) seen: BTreeSet<CaseId>,
}

/// The result of one step, not yet taken into the workspace: dropped when the step is refused.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) cases: BTreeMap<CaseId, Live>,
    pub(super) extras: Extras,
}

/// The cases of a batch.
#[derive(Debug)]
pub(super) struct Workspace<'e> {
    realm: &'e Realm,
    registry: &'e Registry,
    sealer: &'e dyn Sealer,
    roles: &'e RoleTable,
    /// Roles that may record the engine's own duties.
    engine_duties: &'e SecondPersons,
    stored: BTreeMap<CaseId, StoredCase>,
    live: BTreeMap<CaseId, Live>,
    scopes: BTreeMap<Scope, i64>,
    /// What each committed step touched, for the grouping.
    steps: Vec<(BTreeSet<CaseId>, Extras)>,
}

impl<'e> Workspace<'e> {
    pub(super) fn new(
        realm: &'e Realm,
        registry: &'e Registry,
        sealer: &'e dyn Sealer,
        roles: &'e RoleTable,
        engine_duties: &'e SecondPersons,
        loaded: Loaded,
    ) -> Self {
        let stored = loaded.cases.into_iter().map(|case| (case.facts.id, case)).collect();
        let (live, steps) = (BTreeMap::new(), Vec::new());
        Self {
            realm,
            registry,
            sealer,
            roles,
            engine_duties,
            stored,
            live,
            scopes: loaded.scopes,
            steps,
        }
    }

    /// A copy of a case to work on.
    pub(super) fn case(&self, draft: &Draft, id: CaseId) -> Result<Option<Live>, EngineError> {
        if let Some(live) = draft.cases.get(&id).or_else(|| self.live.get(&id)) {
            return Ok(Some(live.clone()));
        }
        self.stored.get(&id).map(|case| self.awaken(case)).transpose()
    }

    fn awaken(&self, case: &StoredCase) -> Result<Live, EngineError> {
        let definition = Arc::clone(self.registry.of_case(&case.facts)?);
        let body = open_body(self.sealer, self.realm, case)?;
        Ok(Live {
            definition,
            image: CaseImage {
                facts: case.facts.clone(),
                attributes: case.attributes.clone(),
                duties: case.duties.clone(),
            },
            data: body.data,
            number: Some(case.number.clone()),
            loaded: case.facts.revision,
            entries: Vec::new(),
            attributes: BTreeMap::new(),
            changed: BTreeSet::new(),
        })
    }

    /// The cases about the same subject or incident, but `but`.
    pub(super) fn beside(
        &self,
        draft: &Draft,
        subject: Subject,
        incident: IncidentId,
        but: Option<CaseId>,
    ) -> Vec<Beside> {
        let mut found: BTreeMap<CaseId, (&CaseFacts, &BTreeMap<String, String>)> = BTreeMap::new();
        for case in self.stored.values() {
            found.insert(case.facts.id, (&case.facts, &case.attributes));
        }
        for live in self.live.values().chain(draft.cases.values()) {
            found.insert(live.facts().id, (live.facts(), &live.image.attributes));
        }
        found
            .into_values()
            .filter(|(facts, _)| facts.subject == subject || facts.incident == incident)
            .filter(|(facts, _)| Some(facts.id) != but)
            .map(|(facts, attributes)| Beside {
                facts: facts.clone(),
                attributes: attributes.clone(),
            })
            .collect()
    }

    /// One case as others may see it.
    pub(super) fn seen(&self, draft: &Draft, id: CaseId) -> Option<Beside> {
        let live = draft.cases.get(&id).or_else(|| self.live.get(&id));
        let (facts, attributes) = match live {
            Some(live) => (live.facts(), &live.image.attributes),
            None => self.stored.get(&id).map(|case| (&case.facts, &case.attributes))?,
        };
        Some(Beside { facts: facts.clone(), attributes: attributes.clone() })
    }

    /// Takes the result of a step that stands.
    pub(super) fn take(&mut self, draft: Draft) {
        let seen = draft.extras.seen.iter().copied();
        self.steps.push((draft.cases.keys().copied().chain(seen).collect(), draft.extras));
        self.live.extend(draft.cases);
    }

    /// The cases and everything else that changed, in groups that share nothing.
    pub(super) fn groups(&self) -> Vec<Group> {
        let mut together = Together::of(self.steps.len());
        let mut of_case: BTreeMap<CaseId, usize> = BTreeMap::new();
        let mut of_scope: BTreeMap<Scope, usize> = BTreeMap::new();
        let mut of_staff = None;
        for (step, (cases, extras)) in self.steps.iter().enumerate() {
            for case in cases {
                together.join(*of_case.entry(*case).or_insert(step), step);
            }
            for scope in &extras.scopes {
                together.join(*of_scope.entry(*scope).or_insert(step), step);
            }
            // The directory of staff is one thing: steps that change it go together.
            if !extras.staff.is_empty() {
                together.join(*of_staff.get_or_insert(step), step);
            }
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for step in 0..self.steps.len() {
            groups.entry(together.first(step)).or_default().push(step);
        }
        groups
            .values()
            .map(|steps| {
                let steps = || steps.iter().filter_map(|step| self.steps.get(*step));
                let cases = steps().flat_map(|(cases, _)| cases).copied().collect();
                let scopes = steps().flat_map(|(_, extras)| &extras.scopes).copied().collect();
                let extras: Vec<&Extras> = steps().map(|(_, extras)| extras).collect();
                self.group(&cases, &scopes, &extras)
            })
            .collect()
    }

    fn group(
        &self,
        cases: &BTreeSet<CaseId>,
        scopes: &BTreeSet<Scope>,
        extras: &[&Extras],
    ) -> Group {
        let revision = |scope: &Scope| self.scopes.get(scope).copied().unwrap_or(0);
        let mut group = Group {
            scopes: scopes.iter().map(|scope| (*scope, revision(scope))).collect(),
            ..Group::default()
        };
        for id in cases {
            let Some(live) = self.live.get(id) else {
                // Only seen: it is expected as it was, and not written.
                let seen = self.stored.get(id).map(|case| (*id, case.facts.revision));
                group.expect.extend(seen);
                continue;
            };
            group.expect.push((live.facts().id, live.loaded));
            group.cases.push(self.write(live));
            group.entries.extend(live.entries.iter().cloned());
        }
        for extras in extras {
            group.commands.extend(extras.commands.iter().cloned());
            group.messages.extend(extras.messages.iter().cloned());
            group.rungs.extend(extras.rungs.iter().cloned());
            group.staff.extend(extras.staff.iter().cloned());
        }
        group
    }

    fn write(&self, live: &Live) -> CaseWrite {
        let facts = live.facts();
        let duty_write = |duty: &crate::duty::owed::OwedDuty| {
            let recorded_by = live
                .definition
                .duty(&duty.name)
                .map(|spec| spec.recorded_by.as_slice())
                .or_else(|| self.engine_duties.of(&facts.procedure, &duty.name))
                .filter(|_| duty.is_open())
                .unwrap_or_default();
            let (holder, opened_by) = (duty.holder.unit.as_ref(), facts.opened_by.as_ref());
            let matches = match_rows(self.roles, recorded_by, holder, opened_by);
            DutyWrite { duty: duty.clone(), matches }
        };
        let changed = live.image.duties.iter().filter(|duty| live.changed.contains(&duty.no));
        let before = self.stored.get(&facts.id).map(|case| &case.facts);
        CaseWrite {
            restated: !before.is_some_and(|before| facts.only_moved(before)),
            had_duties: before.map_or(0, |before| before.duties),
            facts: facts.clone(),
            number_in: live.is_new().then(|| facts.recorded_at.date().year()),
            attributes: live.attributes.clone().into_iter().collect(),
            duties: changed.map(duty_write).collect(),
        }
    }

    /// The cases of the groups that were written now have these numbers.
    pub(super) fn number(&mut self, numbers: &[(CaseId, CaseNumber)]) {
        for (id, number) in numbers {
            if let Some(live) = self.live.get_mut(id) {
                live.number = Some(number.clone());
            }
        }
    }

    /// The human number of a case.
    pub(super) fn number_of(&self, id: CaseId) -> Option<&CaseNumber> {
        self.live.get(&id).and_then(|live| live.number.as_ref())
    }

    pub(super) fn sealer(&self) -> &'e dyn Sealer {
        self.sealer
    }

    pub(super) fn realm(&self) -> &'e Realm {
        self.realm
    }
}

/// A case that does not exist yet.
pub(super) fn unborn(definition: Arc<Definition>, facts: CaseFacts) -> Live {
    Live {
        definition,
        image: CaseImage { facts, attributes: BTreeMap::new(), duties: Vec::new() },
        data: Value::Null,
        number: None,
        loaded: Revision::NONE,
        entries: Vec::new(),
        attributes: BTreeMap::new(),
        changed: BTreeSet::new(),
    }
}

/// Writes an entry on a case: seals the body, chains the envelope, and folds it into the image, so
/// that what is stored is what a replay gives.
pub(super) fn write_entry(
    live: &mut Live,
    sealer: &dyn Sealer,
    origin: &Origin,
    mut envelope: Envelope,
    body: Body,
) -> Result<(), EngineError> {
    let case = envelope.case;
    let first = live.image.facts.revision == Revision::NONE;
    envelope.seq = live.image.facts.revision.next().get();
    envelope.prev = if first {
        crate::trail::genesis(&envelope.realm, case, origin)
    } else {
        live.image.facts.head
    };
    let bad =
        |problem: serde_json::Error| EngineError::BadBody { case, reason: problem.to_string() };
    let plain = canonical::to_vec(&body).map_err(bad)?;
    let aad = Aad { realm: &envelope.realm, case, seq: envelope.seq };
    let subject = envelope.facts.as_ref().map_or(live.image.facts.subject, |facts| facts.subject);
    let sealed = sealer.seal(aad, subject.id, &plain)?;
    envelope.body = crate::terms::id::Digest::of(&sealed.bytes);
    envelope.key.clone_from(&sealed.key);
    let bytes = envelope.to_bytes().map_err(bad)?;
    let hash = link(&bytes);
    let area_before = live.image.facts.area.clone();
    let before = (!first).then(|| live.image.clone());
    live.image =
        fold(before, &envelope, hash).map_err(|source| EngineError::Broken { case, source })?;
    live.data = body.data;
    live.changed.extend(envelope.duties.iter().map(crate::duty::owed::DutyChange::no));
    if live.image.facts.area != area_before {
        let open = live.image.duties.iter().filter(|duty| duty.is_open());
        live.changed.extend(open.map(|duty| duty.no));
    }
    live.attributes.extend(envelope.attributes.clone());
    live.entries.push(NewEntry {
        case,
        seq: envelope.seq,
        recorded_at: envelope.recorded_at,
        bytes,
        hash,
        body: sealed.bytes,
        key: sealed.key,
    });
    Ok(())
}

/// The opened body of a case's last entry.
pub(super) fn open_body(
    sealer: &dyn Sealer,
    realm: &Realm,
    case: &StoredCase,
) -> Result<Body, EngineError> {
    let aad = Aad { realm, case: case.facts.id, seq: case.facts.revision.get() };
    let bad = |reason| EngineError::BadBody { case: case.facts.id, reason };
    let sealed = case.body.as_ref().ok_or_else(|| bad("it was not loaded".to_owned()))?;
    let plain = sealer.open(aad, &sealed.key, &sealed.bytes)?;
    serde_json::from_slice(&plain).map_err(|problem| bad(problem.to_string()))
}

/// Which steps go together, each known by the first of them.
struct Together(Vec<usize>);

impl Together {
    fn of(steps: usize) -> Self {
        Self((0..steps).collect())
    }

    fn first(&self, step: usize) -> usize {
        let mut step = step;
        while let Some(before) = self.0.get(step).filter(|before| **before != step) {
            step = *before;
        }
        step
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        if let Some(later) = self.0.get_mut(one.max(other)) {
            *later = one.min(other);
        }
    }
}
