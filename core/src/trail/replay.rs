//! Folding entries into what they say of a case. It needs no definition: entries record outcomes.

use std::collections::BTreeMap;

use super::Envelope;
use crate::{
    duty::owed::OwedDuty,
    terms::{
        facts::CaseFacts,
        id::{Digest, Revision},
    },
};

/// A case as its entries tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseImage {
    /// Its facts.
    pub facts: CaseFacts,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Its duties in order of number: all of them, or only the open ones, as they were given.
    pub duties: Vec<OwedDuty>,
}

/// Why an entry cannot follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The first entry states no facts.
    #[error("the first entry states no facts of the case")]
    NoFacts,
    /// An entry is missing or out of order.
    #[error("expected entry {expected}, found {found}")]
    Gap {
        /// The number that should follow.
        expected: i64,
        /// The number found.
        found: i64,
    },
    /// The entry names another predecessor.
    #[error("entry {seq} does not follow the entry before it")]
    Broken {
        /// The entry.
        seq: i64,
    },
    /// The entry starts from another state than the case is in.
    #[error("entry {seq} starts from {found:?}, the case is `{expected}`")]
    WrongState {
        /// The entry.
        seq: i64,
        /// The state the case is in.
        expected: String,
        /// The state the entry starts from.
        found: Option<String>,
    },
    /// The entry was recorded before its predecessor.
    #[error("entry {seq} was recorded before the entry before it")]
    BackInTime {
        /// The entry.
        seq: i64,
    },
}

/// The case after one more entry. The engine writes what this gives, so the stored state and the
/// replayed one cannot differ but by tampering.
///
/// # Errors
/// [`ReplayError`] when the entry cannot follow.
pub fn fold(
    image: Option<CaseImage>,
    envelope: &Envelope,
    hash: Digest,
) -> Result<CaseImage, ReplayError> {
    let seq = envelope.seq;
    let expected = image.as_ref().map_or(1, |image| image.facts.revision.next().get());
    if seq != expected {
        return Err(ReplayError::Gap { expected, found: seq });
    }
    let mut image = match image {
        None => first(envelope)?,
        Some(image) => image,
    };
    if seq > 1 {
        if envelope.prev != image.facts.head {
            return Err(ReplayError::Broken { seq });
        }
        if envelope.from.as_ref() != Some(&image.facts.state) {
            let found = envelope.from.clone();
            return Err(ReplayError::WrongState { seq, expected: image.facts.state, found });
        }
        if envelope.recorded_at < image.facts.recorded_at {
            return Err(ReplayError::BackInTime { seq });
        }
    }
    let facts = &mut image.facts;
    facts.revision = Revision::new(seq);
    facts.head = hash;
    facts.recorded_at = envelope.recorded_at;
    facts.rule_pack = envelope.rule_pack;
    facts.state.clone_from(&envelope.to);
    // A step out of an end is a reopening; a step in an end (an attachment) keeps its date.
    facts.closed_at = envelope.ended.then(|| facts.closed_at.unwrap_or(envelope.occurred_at));
    if let Some(stated) = &envelope.facts {
        facts.subject = stated.subject;
        facts.incident = stated.incident;
        facts.areas.clone_from(&stated.areas);
        facts.area.clone_from(&stated.area);
        facts.opened_by.clone_from(&stated.opened_by);
    }
    for change in &envelope.duties {
        change.apply(&mut image.duties);
        facts.duties = facts.duties.max(change.no());
    }
    for (key, value) in &envelope.attributes {
        match value {
            Some(value) => image.attributes.insert(key.clone(), value.clone()),
            None => image.attributes.remove(key),
        };
    }
    Ok(image)
}

fn first(envelope: &Envelope) -> Result<CaseImage, ReplayError> {
    let stated = envelope.facts.as_ref().ok_or(ReplayError::NoFacts)?;
    let facts = CaseFacts {
        realm: envelope.realm.clone(),
        id: envelope.case,
        procedure: stated.procedure.clone(),
        definition: envelope.definition,
        rule_pack: envelope.rule_pack,
        subject: stated.subject,
        incident: stated.incident,
        areas: stated.areas.clone(),
        area: stated.area.clone(),
        opened_by: stated.opened_by.clone(),
        state: envelope.to.clone(),
        revision: Revision::NONE,
        opened_at: envelope.occurred_at,
        closed_at: None,
        recorded_at: envelope.recorded_at,
        head: envelope.prev,
        duties: 0,
    };
    Ok(CaseImage { facts, attributes: BTreeMap::new(), duties: Vec::new() })
}
