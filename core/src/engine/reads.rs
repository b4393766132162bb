//! What is asked of cases and their trails.

use serde_json::Value;

use super::{Engine, EngineError, workspace::open_body};
use crate::{
    procedure::Refusal,
    store::{CaseQuery, EntryCursor, EntryQuery, Message, Rung, StoredCase, StoredEntry, Wanted},
    terms::{
        facts::CaseNumber,
        id::{CaseId, Digest, MessageId},
        time::Timestamp,
    },
    trail::{Aad, Body, CaseImage, Envelope, fold, read_entry},
};

/// One case, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseDetail {
    /// Its human number.
    pub number: CaseNumber,
    /// Its facts, attributes and duties; as of a time, with the duties that had ended too.
    pub image: CaseImage,
    /// What it remembers.
    pub data: Value,
    /// Its links, as its entries give them.
    pub links: Vec<crate::trail::Link>,
}

/// An entry, opened.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEntry {
    /// What it says.
    pub envelope: Envelope,
    /// Its hash.
    pub hash: Digest,
    /// Its sealed part; nothing where it was not asked for or its key was destroyed.
    pub body: Option<Body>,
}

impl Engine {
    /// Lists cases, in the order they were opened in.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn cases(&self, query: &CaseQuery) -> Result<Vec<StoredCase>, EngineError> {
        let mut reader = self.inner.store.reader(self.inner.realm()).await?;
        let mut cases = reader.cases(query).await?;
        cases.retain(|case| case.facts.procedure != super::setup::DIRECTORY);
        Ok(cases)
    }

    /// The case with this id as it stands, with its open duties: one statement's worth.
    ///
    /// # Errors
    /// [`Refusal::NoSuchCase`].
    pub async fn stored_case(&self, id: CaseId) -> Result<StoredCase, EngineError> {
        let mut reader = self.inner.store.reader(self.inner.realm()).await?;
        let loaded = reader.load(&Wanted { cases: vec![id], ..Wanted::default() }).await?;
        let found = loaded.cases.into_iter().find(|case| case.facts.id == id);
        found.ok_or_else(|| Refusal::NoSuchCase { case: id.to_string() }.into())
    }

    /// What a stored case remembers.
    ///
    /// # Errors
    /// [`EngineError::Seal`], [`EngineError::BadBody`].
    pub fn data_of(&self, case: &StoredCase) -> Result<Value, EngineError> {
        Ok(open_body(&*self.inner.sealer, self.inner.realm(), case)?.data)
    }

    /// The case with this id, with all its duties.
    ///
    /// # Errors
    /// [`Refusal::NoSuchCase`].
    pub async fn case(&self, id: CaseId) -> Result<CaseDetail, EngineError> {
        let (stored, entries) = self.with_entries(id, None, false).await?;
        let image = replayed(id, &entries)?;
        let links = links(&entries);
        Ok(CaseDetail { data: self.data_of(&stored)?, number: stored.number, image, links })
    }

    /// The case as it was recorded up to `at`: what was known and due then.
    ///
    /// # Errors
    /// [`Refusal::NoSuchCase`] when it was not recorded yet.
    pub async fn case_as_of(&self, id: CaseId, at: Timestamp) -> Result<CaseDetail, EngineError> {
        let (stored, entries) = self.with_entries(id, Some(at), true).await?;
        let Some(last) = entries.last() else {
            return Err(Refusal::NoSuchCase { case: id.to_string() }.into());
        };
        let body = self.opened(last)?.body.unwrap_or_default();
        let image = replayed(id, &entries)?;
        let links = links(&entries);
        Ok(CaseDetail { number: stored.number, image, data: body.data, links })
    }

    async fn with_entries(
        &self,
        id: CaseId,
        until: Option<Timestamp>,
        bodies: bool,
    ) -> Result<(StoredCase, Vec<StoredEntry>), EngineError> {
        let mut reader = self.inner.store.reader(self.inner.realm()).await?;
        let loaded = reader.load(&Wanted { cases: vec![id], ..Wanted::default() }).await?;
        let Some(stored) = loaded.cases.into_iter().find(|case| case.facts.id == id) else {
            return Err(Refusal::NoSuchCase { case: id.to_string() }.into());
        };
        let query =
            EntryQuery { case: Some(id), until, bodies, limit: u32::MAX, ..EntryQuery::default() };
        Ok((stored, reader.entries(&query).await?))
    }

    /// The entries of a case, opened, in order.
    ///
    /// # Errors
    /// [`Refusal::NoSuchCase`].
    pub async fn history(&self, id: CaseId) -> Result<Vec<HistoryEntry>, EngineError> {
        let (_, entries) = self.with_entries(id, None, true).await?;
        entries.iter().map(|entry| self.opened(entry)).collect()
    }

    /// All entries in the order they were recorded in, a page at a time, opened.
    ///
    /// Where transactions go beside each other (PostgreSQL), an entry may be seen only after one that
    /// was recorded some seconds later. Whoever follows what is new begins a little before the last
    /// cursor and knows an entry by case and number; or has a courier, whom nothing is kept from.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn feed(
        &self,
        after: Option<EntryCursor>,
        limit: u32,
    ) -> Result<Vec<(HistoryEntry, EntryCursor)>, EngineError> {
        let mut reader = self.inner.store.reader(self.inner.realm()).await?;
        let query = EntryQuery { after, bodies: true, limit, ..EntryQuery::default() };
        let entries = reader.entries(&query).await?;
        entries
            .iter()
            .map(|entry| {
                let StoredEntry { recorded_at, case, seq, .. } = *entry;
                Ok((self.opened(entry)?, EntryCursor { recorded_at, case, seq }))
            })
            .collect()
    }

    fn opened(&self, entry: &StoredEntry) -> Result<HistoryEntry, EngineError> {
        let case = entry.case;
        let bad = |reason: String| EngineError::BadBody { case, reason };
        let envelope = read_entry(&entry.bytes).map_err(bad)?;
        let body = match &entry.body {
            None => None,
            Some(sealed) => {
                let realm = self.inner.realm();
                let aad = Aad { realm, case, seq: entry.seq };
                match self.inner.sealer.open(aad, &envelope.key, sealed) {
                    Ok(plain) => Some(
                        serde_json::from_slice(&plain)
                            .map_err(|problem| bad(problem.to_string()))?,
                    ),
                    Err(crate::trail::SealError::Erased { .. }) => None,
                    Err(problem) => return Err(problem.into()),
                }
            }
        };
        Ok(HistoryEntry { envelope, hash: entry.hash, body })
    }

    /// The rungs that were climbed, in order; of one case if given.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn escalations(
        &self,
        case: Option<CaseId>,
        limit: u32,
    ) -> Result<Vec<Rung>, EngineError> {
        let mut reader = self.inner.store.reader(self.inner.realm()).await?;
        Ok(reader.rungs(case, limit).await?)
    }

    /// The messages written with steps, in order, a page at a time; see [`Engine::feed`] for who
    /// follows what is new.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn messages(
        &self,
        after: Option<(Timestamp, MessageId)>,
        limit: u32,
    ) -> Result<Vec<Message>, EngineError> {
        let mut reader = self.inner.store.reader(self.inner.realm()).await?;
        Ok(reader.messages(after, limit).await?)
    }
}

fn links(entries: &[StoredEntry]) -> Vec<crate::trail::Link> {
    let envelopes = entries.iter().filter_map(|entry| read_entry(&entry.bytes).ok());
    envelopes.flat_map(|envelope| envelope.links).collect()
}

fn replayed(case: CaseId, entries: &[StoredEntry]) -> Result<CaseImage, EngineError> {
    let mut image = None;
    for entry in entries {
        let envelope =
            read_entry(&entry.bytes).map_err(|reason| EngineError::BadBody { case, reason })?;
        let next = fold(image, &envelope, entry.hash);
        image = Some(next.map_err(|source| EngineError::Broken { case, source })?);
    }
    image.ok_or_else(|| Refusal::NoSuchCase { case: case.to_string() }.into())
}
