//! What a batch must load besides what its commands name at first sight.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Action, Command, EngineError, Inner, wide::read, workspace::open_body};
use crate::{
    procedure::{
        MAX_HANDOFF_DEPTH,
        wide::{
            WideStep,
            forms::{ConfirmStep, IdentifySubject, JoinIncident, MergeCase, RebindSubject},
        },
    },
    store::{
        EntryQuery, Loaded, Read, Scope, StoreError, StoreTx, StoredCase, StoredEntry, Wanted,
    },
    terms::id::CaseId,
    trail::{Aad, Body, read_entry},
};

impl Inner {
    /// Loads the cases that forms or the data of cases name, and those that ended as far as a step
    /// looks back: which they are is known only when the cases themselves are there, so it takes a
    /// load more, and only where something is named or looked back at.
    pub(super) async fn load_named<R: Read + ?Sized>(
        &self,
        reader: &mut R,
        loaded: &mut Loaded,
        commands: &[&Command],
    ) -> Result<(), EngineError> {
        let mut named = BTreeSet::new();
        let mut ended_beside = Vec::new();
        for command in commands {
            let transition = command.transition();
            if !self.registry.names_cases(transition) && !self.registry.looks_back(transition) {
                continue;
            }
            let ids = match &command.action {
                Action::Open(open) => {
                    let definition = self.registry.newest(&open.procedure);
                    let spec = definition.and_then(|one| one.transition(&open.transition));
                    spec.map(|spec| spec.looks_at(&open.payload, None))
                }
                Action::Fire { case, transition, payload } => {
                    let stored = loaded.cases.iter().find(|stored| stored.facts.id == *case);
                    let Some(stored) = stored else { continue };
                    let definition = self.registry.of_case(&stored.facts)?;
                    let Some(spec) = definition.transition(transition) else { continue };
                    let data = open_body(&*self.sealer, self.realm(), stored)?.data;
                    let back = spec.looks_back(payload, Some(&data)).ok().flatten();
                    ended_beside.extend(back.map(|since| (*case, since)));
                    Some(spec.looks_at(payload, Some(&data)))
                }
            };
            // A form that cannot be read is refused when the step is decided.
            named.extend(ids.and_then(Result::ok).unwrap_or_default());
        }
        named.retain(|id| !loaded.cases.iter().any(|case| case.facts.id == *id));
        if named.is_empty() && ended_beside.is_empty() {
            return Ok(());
        }
        let cases = named.into_iter().collect();
        let wanted = Wanted { cases, ended_beside, ..Wanted::default() };
        let more = reader.load(&wanted).await?;
        let known: BTreeSet<CaseId> = loaded.cases.iter().map(|case| case.facts.id).collect();
        let fresh = more.cases.into_iter().filter(|case| !known.contains(&case.facts.id));
        loaded.cases.extend(fresh);
        loaded.scopes.extend(more.scopes);
        Ok(())
    }

    /// What a second person confirms looks at cases that only the proposal names.
    pub(super) async fn load_proposed(
        &self,
        reader: &mut (dyn Read + '_),
        loaded: &mut Loaded,
        command: &Command,
        history: &[StoredEntry],
    ) -> Result<(), EngineError> {
        let Action::Fire { case, transition, payload } = &command.action else { return Ok(()) };
        if transition != WideStep::ConfirmStep.name() {
            return Ok(());
        }
        // A form that cannot be read is refused when the step is decided.
        let seq = read::<ConfirmStep>(payload).map_or(0, |form| form.entry);
        let Some(entry) = history.iter().find(|entry| entry.seq == seq) else { return Ok(()) };
        let mut wanted = Wanted::default();
        if let (Ok(envelope), Some(sealed)) = (read_entry(&entry.bytes), &entry.body) {
            let aad = Aad { realm: self.realm(), case: *case, seq };
            let plain = self.sealer.open(aad, &envelope.key, sealed)?;
            let body = serde_json::from_slice::<Body>(&plain).map_err(|problem| {
                EngineError::BadBody { case: *case, reason: problem.to_string() }
            })?;
            want_for_wide(&mut wanted, WideStep::named(&envelope.transition), &body.payload);
        }
        wanted.scopes = wanted.subjects.iter().map(|id| Scope::subject(*id)).collect();
        if wanted == Wanted::default() {
            return Ok(());
        }
        let more = reader.load(&wanted).await?;
        let unknown =
            |case: &StoredCase| !loaded.cases.iter().any(|before| before.facts.id == case.facts.id);
        let fresh: Vec<StoredCase> = more.cases.into_iter().filter(unknown).collect();
        loaded.cases.extend(fresh);
        loaded.scopes.extend(more.scopes);
        Ok(())
    }
}

/// What an engine-wide step looks at besides its own case.
pub(super) fn want_for_wide(wanted: &mut Wanted, step: Option<WideStep>, payload: &Value) {
    match step {
        Some(WideStep::MergeCase) => {
            wanted.cases.extend(read::<MergeCase>(payload).ok().map(|form| form.survivor));
            wanted.beside.extend(read::<MergeCase>(payload).ok().map(|form| form.survivor));
        }
        Some(WideStep::JoinIncident) => {
            wanted.cases.extend(read::<JoinIncident>(payload).ok().map(|form| form.case));
            wanted.beside.extend(read::<JoinIncident>(payload).ok().map(|form| form.case));
        }
        Some(WideStep::IdentifySubject) => {
            wanted.subjects.extend(read::<IdentifySubject>(payload).ok().map(|form| form.child));
        }
        Some(WideStep::RebindSubject) => {
            wanted.subjects.extend(read::<RebindSubject>(payload).ok().map(|form| form.child));
        }
        _ => {}
    }
}

/// A handoff may inform a case that stands beside the sender's, and that one another. What a case
/// looks at and locks is its own subject and incident, so these are loaded as well.
pub(super) async fn load_receivers(
    tx: &mut dyn StoreTx,
    loaded: &mut Loaded,
) -> Result<(), StoreError> {
    for _ in 0..MAX_HANDOFF_DEPTH {
        let known = |case: &StoredCase| {
            // What is about a unit or the county has no scope of its own.
            let subject = case.facts.subject;
            (!subject.kind.is_child() || loaded.scopes.contains_key(&Scope::subject(subject.id)))
                && loaded.scopes.contains_key(&Scope::incident(case.facts.incident))
        };
        let receivers: Vec<CaseId> =
            loaded.cases.iter().filter(|case| !known(case)).map(|case| case.facts.id).collect();
        if receivers.is_empty() {
            break;
        }
        let wanted = Wanted { cases: receivers.clone(), beside: receivers, ..Wanted::default() };
        let more = tx.load(&wanted).await?;
        loaded.scopes.extend(more.scopes);
        for case in more.cases {
            if !loaded.cases.iter().any(|before| before.facts.id == case.facts.id) {
                loaded.cases.push(case);
            }
        }
    }
    Ok(())
}

/// Every entry of a case, with its body.
pub(super) async fn whole_history(
    tx: &mut dyn StoreTx,
    case: CaseId,
) -> Result<Vec<StoredEntry>, StoreError> {
    let query = EntryQuery::whole(case);
    tx.entries(&query).await
}
