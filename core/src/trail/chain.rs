//! The hash chain of a case: `prev` = H(0x10 ‖ previous envelope); the first entry's `prev` binds
//! realm, case and origin, so that no entry can be moved to another case or log.

use super::Envelope;
use crate::terms::{
    area::Realm,
    id::{CaseId, Digest, OriginId},
};

const LINK: [u8; 1] = [0x10];
const GENESIS: [u8; 1] = [0x11];

/// The origin of a realm's trail, `hexacase/REALM/UUID`. Made once, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin of a realm.
    pub fn new(realm: &Realm, id: OriginId) -> Self {
        Self(format!("hexacase/{realm}/{id}"))
    }

    /// The origin as it was stored.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The `prev` of a case's first entry.
pub fn genesis(realm: &Realm, case: CaseId, origin: &Origin) -> Digest {
    Digest::of_parts(&[
        &GENESIS,
        realm.as_str().as_bytes(),
        case.as_bytes(),
        origin.as_str().as_bytes(),
    ])
}

/// The hash of an entry, which the next one names as its `prev`.
pub fn link(envelope: &[u8]) -> Digest {
    Digest::of_parts(&[&LINK, envelope])
}

/// Reads stored bytes as an envelope, and insists that they are its canonical form.
///
/// # Errors
/// What is wrong with the bytes, as a sentence.
pub fn read_entry(bytes: &[u8]) -> Result<Envelope, String> {
    let envelope: Envelope =
        serde_json::from_slice(bytes).map_err(|problem| format!("not an envelope: {problem}"))?;
    match envelope.to_bytes() {
        Ok(canonical) if canonical == bytes => Ok(envelope),
        Ok(_) => Err("the bytes are not the canonical form of what they say".to_owned()),
        Err(problem) => Err(format!("no canonical form: {problem}")),
    }
}
