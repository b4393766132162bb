//! The checker's own picture of the county, kept by reading what each step wrote.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hexacase::{
    duty::owed::{DutyChange, LedgerLine},
    store::{
        CaseQuery, EntryCursor, EntryQuery, Message, Read, Scope, Store, StoredCase, StoredEntry,
        Wanted,
    },
    terms::{
        id::{CaseId, IncidentId, MessageId, SubjectId},
        time::Timestamp,
    },
    trail::{Aad, Body, CaseImage, Kind, LinkKind, PlainSealer, Sealer as _, fold, read_entry},
};
use serde_json::Value;

use super::moment::{Act, Entry, Ground, Moment, Past, Seen, Touched};

/// The steps by which a report is made.
pub(super) const REPORTING: &[&str] =
    &["report_to_police", "report_to_department", "record_report_made"];

/// The step by which two cases become one.
pub(super) const MERGE: &str = "merge_case";

/// Every case as its entries tell it.
#[derive(Debug)]
pub struct Mirror {
    store: Arc<dyn Store>,
    cases: BTreeMap<CaseId, Arc<Seen>>,
    ids: Arc<Vec<CaseId>>,
    of_subject: BTreeMap<SubjectId, BTreeSet<CaseId>>,
    of_incident: BTreeMap<IncidentId, BTreeSet<CaseId>>,
    scopes: BTreeMap<Scope, i64>,
    entries: Option<EntryCursor>,
    messages: Option<(Timestamp, MessageId)>,
}

impl Mirror {
    /// A picture of an empty store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            cases: BTreeMap::new(),
            ids: Arc::default(),
            of_subject: BTreeMap::new(),
            of_incident: BTreeMap::new(),
            scopes: BTreeMap::new(),
            entries: None,
            messages: None,
        }
    }

    /// Every case.
    pub fn cases(&self) -> impl Iterator<Item = &Arc<Seen>> {
        self.cases.values()
    }

    /// Their ids, in the order they were met in.
    #[must_use]
    pub fn ids(&self) -> &Arc<Vec<CaseId>> {
        &self.ids
    }

    /// How many cases there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// One case.
    #[must_use]
    pub fn case(&self, id: CaseId) -> Option<&Arc<Seen>> {
        self.cases.get(&id)
    }

    /// The other cases about the same child.
    pub fn beside(&self, seen: &Seen) -> impl Iterator<Item = &Arc<Seen>> {
        let ids = self.of_subject.get(&seen.facts().subject.id).into_iter().flatten();
        let own = seen.facts().id;
        ids.filter(move |id| **id != own).filter_map(|id| self.cases.get(id))
    }

    /// Reads what a step wrote, and takes it in.
    ///
    /// # Errors
    /// What in the store cannot be read, or does not follow from what was there.
    pub async fn read(
        &mut self,
        act: Act,
        at: Timestamp,
        ground: &Ground,
    ) -> Result<Moment, String> {
        let realm = &ground.engine.meta().realm;
        let store = Arc::clone(&self.store);
        let mut reader = store.reader(realm).await.map_err(|problem| problem.to_string())?;
        let written = self.written(&mut *reader).await?;
        let messages = self.told(&mut *reader).await?;
        let mut by_case: BTreeMap<CaseId, Vec<StoredEntry>> = BTreeMap::new();
        for entry in written {
            by_case.entry(entry.case).or_default().push(entry);
        }
        let mut moment = Moment {
            at,
            act,
            touched: Vec::new(),
            messages,
            rungs: Vec::new(),
            beside: Vec::new(),
            scopes: Vec::new(),
            looks: Vec::new(),
            left_behind: Vec::new(),
            ground: ground.clone(),
        };
        if by_case.is_empty() {
            return Ok(moment);
        }
        let wanted = Wanted { cases: by_case.keys().copied().collect(), ..Wanted::default() };
        let loaded = reader.load(&wanted).await.map_err(|problem| problem.to_string())?;
        let mut stored: BTreeMap<CaseId, StoredCase> =
            loaded.cases.into_iter().map(|case| (case.facts.id, case)).collect();
        for (scope, revision) in loaded.scopes {
            let before = self.scopes.insert(scope, revision).unwrap_or(0);
            moment.scopes.push((scope, before, revision));
        }
        for (case, entries) in by_case {
            let kept = stored.remove(&case).ok_or("entries without their case")?;
            let touched = self.take_in(ground, kept, &entries)?;
            if touched.entries.iter().any(|entry| entry.envelope.kind == Kind::Escalate) {
                let all = reader.rungs(Some(case), u32::MAX).await;
                let all = all.map_err(|problem| problem.to_string())?;
                let known = touched.past().rungs;
                let fresh = |rung: &hexacase::store::Rung| {
                    !known.contains(&(rung.duty_no, rung.generation, rung.rung))
                        || rung.climbed_at == touched.facts().recorded_at
                };
                moment.rungs.extend(all.into_iter().filter(fresh));
            }
            moment.touched.push(touched);
        }
        self.climb(&mut moment);
        self.look_beside(&mut moment);
        self.look_behind(&mut *reader, &mut moment).await?;
        Ok(moment)
    }

    async fn written(&mut self, reader: &mut (dyn Read + '_)) -> Result<Vec<StoredEntry>, String> {
        let mut written = Vec::new();
        loop {
            let query = EntryQuery {
                after: self.entries,
                bodies: true,
                limit: 256,
                ..EntryQuery::default()
            };
            let page = reader.entries(&query).await.map_err(|problem| problem.to_string())?;
            let Some(last) = page.last() else { return Ok(written) };
            let (recorded_at, case, seq) = (last.recorded_at, last.case, last.seq);
            self.entries = Some(EntryCursor { recorded_at, case, seq });
            let more = page.len() == 256;
            written.extend(page);
            if !more {
                return Ok(written);
            }
        }
    }

    async fn told(&mut self, reader: &mut (dyn Read + '_)) -> Result<Vec<Message>, String> {
        let told = reader.messages(self.messages, u32::MAX).await;
        let told = told.map_err(|problem| problem.to_string())?;
        if let Some(last) = told.last() {
            self.messages = Some((last.recorded_at, last.id));
        }
        Ok(told)
    }

    fn take_in(
        &mut self,
        ground: &Ground,
        stored: StoredCase,
        entries: &[StoredEntry],
    ) -> Result<Touched, String> {
        let case = stored.facts.id;
        let before = self.cases.get(&case).cloned();
        let (mut image, mut data, mut past) = match &before {
            Some(seen) => (Some(seen.image.clone()), seen.data.clone(), seen.past.clone()),
            None => (None, Value::Null, Past::default()),
        };
        let mut opened = Vec::new();
        for entry in entries {
            let envelope = read_entry(&entry.bytes)?;
            let sealed = entry.body.clone().ok_or("an entry without its body")?;
            let aad = Aad { realm: &envelope.realm, case, seq: entry.seq };
            let plain = PlainSealer.open(aad, &envelope.key, &sealed);
            let plain = plain.map_err(|problem| problem.to_string())?;
            let body: Body =
                serde_json::from_slice(&plain).map_err(|problem| problem.to_string())?;
            let then = image.clone().map(Arc::new);
            let folded = fold(image.take(), &envelope, entry.hash);
            let mut next = folded.map_err(|problem| problem.to_string())?;
            next.duties.retain(hexacase::duty::owed::OwedDuty::is_open);
            image = Some(next);
            let data_before = std::mem::replace(&mut data, body.data.clone());
            let entry = Entry {
                envelope,
                body,
                bytes: entry.bytes.clone(),
                hash: entry.hash,
                sealed,
                before: then,
                data_before,
            };
            remember(&mut past, &entry, ground);
            opened.push(entry);
        }
        let image = image.ok_or("a case without entries")?;
        let after = Arc::new(Seen { image, data, past });
        match &before {
            Some(before) => self.forget(before),
            None => Arc::make_mut(&mut self.ids).push(case),
        }
        let facts = after.facts();
        self.of_subject.entry(facts.subject.id).or_default().insert(case);
        self.of_incident.entry(facts.incident).or_default().insert(case);
        self.cases.insert(case, Arc::clone(&after));
        Ok(Touched { before, after, stored, entries: opened })
    }

    fn forget(&mut self, seen: &Seen) {
        let facts = seen.facts();
        if let Some(cases) = self.of_subject.get_mut(&facts.subject.id) {
            cases.remove(&facts.id);
        }
        if let Some(cases) = self.of_incident.get_mut(&facts.incident) {
            cases.remove(&facts.id);
        }
    }

    /// The rungs of a moment are remembered with their cases.
    fn climb(&mut self, moment: &mut Moment) {
        for touched in &mut moment.touched {
            let id = touched.facts().id;
            let rungs = moment.rungs.iter().filter(|rung| rung.case == id);
            let rungs: Vec<_> =
                rungs.map(|rung| (rung.duty_no, rung.generation, rung.rung)).collect();
            if rungs.is_empty() {
                continue;
            }
            let mut after = touched.after.as_ref().clone();
            after.past.rungs.extend(rungs);
            touched.after = Arc::new(after);
            self.cases.insert(id, Arc::clone(&touched.after));
        }
    }

    fn look_beside(&self, moment: &mut Moment) {
        let mut ids: BTreeSet<CaseId> = BTreeSet::new();
        for touched in &moment.touched {
            let facts = touched.facts();
            // The county and its units are the subject of hundreds of cases that are not beside
            // each other.
            if facts.subject.kind.is_child() {
                ids.extend(self.of_subject.get(&facts.subject.id).into_iter().flatten());
            }
            ids.extend(self.of_incident.get(&facts.incident).into_iter().flatten());
        }
        moment.beside.extend(ids.iter().filter_map(|id| self.cases.get(id)).cloned());
    }

    /// What a list of the wrong child's cases gives after a case was bound to another child.
    async fn look_behind(
        &self,
        reader: &mut (dyn Read + '_),
        moment: &mut Moment,
    ) -> Result<(), String> {
        let mut wrong: BTreeSet<SubjectId> = BTreeSet::new();
        for touched in &moment.touched {
            let before = touched.before.as_ref().map(|before| before.facts().subject.id);
            let after = touched.facts().subject.id;
            wrong.extend(before.filter(|before| *before != after));
        }
        for subject in wrong {
            let query =
                CaseQuery { subject: Some(subject), limit: u32::MAX, ..CaseQuery::default() };
            let listed = reader.cases(&query).await.map_err(|problem| problem.to_string())?;
            moment.left_behind.extend(listed.iter().map(|case| case.facts.id));
        }
        Ok(())
    }
}

fn remember(past: &mut Past, entry: &Entry, ground: &Ground) {
    let envelope = &entry.envelope;
    past.entries += 1;
    if entry.is_step() {
        past.hands.insert(envelope.transition.clone(), entry.person().clone());
        let told = ["notify_result", "notification_impossible"];
        past.answers += u32::from(told.contains(&envelope.transition.as_str()));
        past.sent |= REPORTING.contains(&envelope.transition.as_str());
    }
    if envelope.kind == Kind::Proposed {
        past.proposed.insert(envelope.seq, entry.person().clone());
    }
    if entry.is("decide_return") || entry.is("conclude_return") {
        past.returning = Some(envelope.transition.clone());
    }
    for change in &envelope.duties {
        match change {
            DutyChange::Set { duty, line: Some(LedgerLine::Extended) } => {
                past.extended.insert(duty.no, duty.due());
            }
            DutyChange::Set { duty, line: Some(LedgerLine::Renewed) } => {
                past.extended.remove(&duty.no);
            }
            // Of two clocks that become one the earlier governs, whatever was granted for the other.
            DutyChange::Set { duty, .. } if envelope.transition == MERGE => {
                past.extended.remove(&duty.no);
            }
            DutyChange::Set { .. } | DutyChange::Closed { .. } => {}
        }
    }
    if envelope.seq == 1 {
        let handed = entry.links(LinkKind::HandedFrom).find_map(|(_, handoff)| handoff);
        past.proposal = handed.filter(|id| is_proposal(ground, id)).map(str::to_owned);
    } else if !entry.by_system() {
        past.proposal = None;
    }
}

fn is_proposal(ground: &Ground, id: &str) -> bool {
    let definitions = ground.engine.registry().iter();
    let mut handoffs =
        definitions.flat_map(|each| each.transitions()).flat_map(|step| &step.handoffs);
    is_of_the_ladder(id)
        || handoffs.any(|known| known.id == id && known.mode == hexacase::procedure::Mode::Propose)
}

/// Whether it is a proposal that a ladder writes: it belongs to no step.
#[must_use]
pub(super) fn is_of_the_ladder(id: &str) -> bool {
    hexacase::care::escalations().iter().any(|known| known.id == id)
}

/// A case as the store has it, to be compared with what its entries tell.
#[must_use]
pub fn kept(stored: &StoredCase) -> CaseImage {
    CaseImage {
        facts: stored.facts.clone(),
        attributes: stored.attributes.clone(),
        duties: stored.duties.clone(),
    }
}
