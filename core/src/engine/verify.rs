//! Checking a whole database against its trail.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Engine, EngineError};
use crate::{
    duty::owed::OwedDuty,
    procedure::StepFacts,
    store::{CaseQuery, DutyFilter, DutyQuery, EntryQuery, StaffRow, StoredCase, StoredEntry},
    terms::{
        actor::Profile,
        evidence::Attachment,
        facts::CaseFacts,
        id::{ActorId, CaseId},
    },
    trail::{Aad, Body, CaseImage, Envelope, Fault, Kind, ReadEntry, Verifier, read_entry},
};

/// How far to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Applies each step's form to the data before it once more and compares the data after.
    pub redecide: bool,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Cases looked at.
    pub cases: u64,
    /// Entries looked at.
    pub entries: u64,
    /// Attachments whose bytes were compared with their digest.
    pub attachments: u64,
    /// Everything that is not as the trail says.
    pub faults: Vec<Fault>,
    /// Entries that could not be decided again: their definition is not carried, their body is
    /// not readable, other rules held then, or they looked at cases beside as those stood then.
    pub not_redecided: u64,
}

impl Verdict {
    /// Whether all is as the trail says.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }
}

const PAGE: u32 = 200;

impl Engine {
    /// Checks every case: canonical bytes, chain, bodies, attachments, and the replay of outcomes
    /// against the stored state. `progress` is told after each page how many cases are done.
    ///
    /// # Errors
    /// [`EngineError::Store`] when the store cannot be read; what is wrong in it is a fault.
    pub async fn verify(
        &self,
        options: VerifyOptions,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<Verdict, EngineError> {
        let inner = &*self.inner;
        let mut verdict = Verdict::default();
        let mut after: Option<CaseId> = None;
        loop {
            let mut reader = inner.store.reader(inner.realm()).await?;
            let query = CaseQuery { after, limit: PAGE, ..CaseQuery::default() };
            let cases = reader.cases(&query).await?;
            for stored in &cases {
                let case = stored.facts.id;
                let query = EntryQuery {
                    case: Some(case),
                    bodies: true,
                    limit: u32::MAX,
                    ..EntryQuery::default()
                };
                let entries = reader.entries(&query).await?;
                let filter = DutyFilter::OfCase(case);
                let query = DutyQuery { filter, after: None, limit: u32::MAX };
                let mut duties: Vec<_> =
                    reader.duties(&query).await?.into_iter().map(|row| row.duty).collect();
                duties.sort_by_key(|duty| duty.no);
                let kept = CaseImage {
                    facts: stored.facts.clone(),
                    attributes: stored.attributes.clone(),
                    duties,
                };
                self.verify_case(stored, &kept, &entries, options, &mut verdict).await;
            }
            verdict.cases += cases.len() as u64;
            progress(verdict.cases);
            after = cases.last().map(|case| case.facts.id);
            if cases.len() < PAGE as usize {
                drop(reader);
                self.verify_people(&mut verdict).await?;
                return Ok(verdict);
            }
        }
    }

    /// Who may act is what the directory's entries say, person by person.
    async fn verify_people(&self, verdict: &mut Verdict) -> Result<(), EngineError> {
        let inner = &*self.inner;
        let case = inner.directory_case;
        if inner.directory.is_some() {
            return Ok(());
        }
        let mut reader = inner.store.reader(inner.realm()).await?;
        let query =
            EntryQuery { case: Some(case), bodies: true, limit: u32::MAX, ..EntryQuery::default() };
        let mut told: BTreeMap<ActorId, StaffRow> = BTreeMap::new();
        for entry in reader.entries(&query).await? {
            let Some(sealed) = &entry.body else { continue };
            let Ok(envelope) = read_entry(&entry.bytes) else { continue };
            let aad = Aad { realm: inner.realm(), case, seq: entry.seq };
            let Ok(plain) = inner.sealer.open(aad, &envelope.key, sealed) else { continue };
            let Ok(body) = serde_json::from_slice::<Body>(&plain) else { continue };
            let people = body.payload.get("people").cloned().unwrap_or_default();
            for row in serde_json::from_value::<Vec<StaffRow>>(people).unwrap_or_default() {
                told.insert(row.id.clone(), row);
            }
        }
        let kept: BTreeMap<ActorId, StaffRow> =
            reader.staff().await?.1.into_iter().map(|row| (row.id.clone(), row)).collect();
        let ids: BTreeSet<&ActorId> = told.keys().chain(kept.keys()).collect();
        for id in ids.into_iter().filter(|id| told.get(*id) != kept.get(*id)) {
            let problem = format!("`{id}` is not as the directory's entries say");
            verdict.faults.push(Fault { case, seq: None, table: "staff", problem });
        }
        Ok(())
    }

    async fn verify_case(
        &self,
        stored: &StoredCase,
        kept: &CaseImage,
        entries: &[StoredEntry],
        options: VerifyOptions,
        verdict: &mut Verdict,
    ) {
        let inner = &*self.inner;
        let case = stored.facts.id;
        let mut verifier = Verifier::new(inner.realm(), case, &inner.origin, &*inner.sealer);
        let mut then = Then::default();
        for entry in entries {
            let ReadEntry { envelope, body } =
                verifier.entry(entry.seq, &entry.bytes, entry.hash, entry.body.as_deref());
            let body: Option<Body> = body.and_then(|plain| serde_json::from_slice(&plain).ok());
            let (Some(envelope), Some(body)) = (&envelope, body) else {
                verdict.not_redecided += u64::from(options.redecide);
                then.follow(envelope.as_ref(), Value::Null);
                continue;
            };
            for file in attachments(&body) {
                verdict.attachments += 1;
                if let Some(problem) = self.missing(&file).await {
                    verifier.add(Some(entry.seq), "blob", problem);
                }
            }
            if options.redecide {
                match self.redecide(&stored.facts, envelope, &body, &then) {
                    Some(Ok(())) => {}
                    Some(Err(problem)) => verifier.add(Some(entry.seq), "body", problem),
                    None => verdict.not_redecided += 1,
                }
            }
            // Only deciding again asks how the case was.
            if options.redecide {
                then.follow(Some(envelope), body.data);
            }
        }
        let (faults, count, _) = verifier.finish(Some((&stored.facts, kept)));
        verdict.entries += u64::try_from(count).unwrap_or(0);
        verdict.faults.extend(faults);
    }

    async fn missing(&self, file: &Attachment) -> Option<String> {
        let blobs = self.inner.blobs.as_ref()?;
        match blobs.get(file.sha256).await {
            Ok(Some(bytes)) if crate::terms::id::Digest::of(&bytes) == file.sha256 => None,
            Ok(Some(_)) => Some(format!("the bytes of `{}` are not those attached", file.name)),
            Ok(None) => Some(format!("the bytes of `{}` ({}) are missing", file.name, file.sha256)),
            Err(problem) => Some(problem.to_string()),
        }
    }

    /// Applies a step's form to the data before it again. `None`: it cannot be decided again.
    fn redecide(
        &self,
        facts: &CaseFacts,
        envelope: &Envelope,
        body: &Body,
        then: &Then,
    ) -> Option<Result<(), String>> {
        if !matches!(envelope.kind, Kind::Step | Kind::OpenedBy) {
            return Some(Ok(()));
        }
        let definition = self.inner.registry.of_case(facts).ok()?;
        let spec = definition.transition(&envelope.transition)?;
        // What stood beside then is not known now, and other rules may give another answer.
        if !spec.beside.is_empty()
            || !spec.names.is_empty()
            || envelope.rule_pack != self.inner.rules.hash()
        {
            return None;
        }
        let before = then.data.as_ref();
        let facts_then = CaseFacts {
            state: envelope.from.clone().unwrap_or_default(),
            closed_at: None,
            ..facts.clone()
        };
        let profile = Profile::unknown(envelope.actor.clone());
        let step = StepFacts {
            case: before.is_some().then_some(&facts_then),
            attributes: &then.attributes,
            duties: &then.duties,
            subject: facts.subject,
            incident: facts.incident,
            actor: &profile,
            acted_by: body.acted_by.as_ref(),
            occurred_at: envelope.occurred_at,
            recorded_at: envelope.recorded_at,
            beside: None,
            named: None,
            // Whoever acts by an own right acts in a role.
            by_chain: envelope.role.is_none(),
            rules: &self.inner.rules,
        };
        Some(match definition.run(spec, &body.payload, before, &step) {
            Ok(ran) if ran.data == body.data => Ok(()),
            Ok(_) => Err("decided again, the step gives other data".to_owned()),
            Err(refusal) => Err(format!("decided again, the step is refused: {refusal}")),
        })
    }
}

/// A case as it was before an entry, as far as its entries tell.
#[derive(Debug, Default)]
struct Then {
    data: Option<Value>,
    attributes: BTreeMap<String, String>,
    duties: Vec<OwedDuty>,
}

impl Then {
    /// The case after the entry.
    fn follow(&mut self, envelope: Option<&Envelope>, data: Value) {
        self.data = Some(data);
        let Some(envelope) = envelope else { return };
        for (key, value) in &envelope.attributes {
            match value {
                Some(value) => self.attributes.insert(key.clone(), value.clone()),
                None => self.attributes.remove(key),
            };
        }
        for change in &envelope.duties {
            change.apply(&mut self.duties);
        }
        self.duties.retain(OwedDuty::is_open);
    }
}

/// The attachments anywhere in what an entry keeps.
fn attachments(body: &Body) -> Vec<Attachment> {
    fn collect(value: &Value, found: &mut Vec<Attachment>) {
        match value {
            Value::Object(fields) => {
                if fields.contains_key("sha256")
                    && let Ok(file) = serde_json::from_value(value.clone())
                {
                    found.push(file);
                } else {
                    fields.values().for_each(|field| collect(field, found));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    collect(&body.payload, &mut found);
    if let Some(scan) = body.acted_by.as_ref().and_then(|acted| acted.scan.clone()) {
        found.push(scan);
    }
    found
}
