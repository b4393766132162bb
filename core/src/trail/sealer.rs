//! Sealing bodies. From the first day every body goes through a [`Sealer`]; a plain one first.

use std::fmt;

use async_trait::async_trait;

use crate::terms::{
    area::Realm,
    id::{CaseId, SubjectId},
};

/// What a sealed body is bound to, so that it cannot be moved to another entry.
#[derive(Clone, Copy, Debug)]
pub struct Aad<'a> {
    /// The county.
    pub realm: &'a Realm,
    /// The case.
    pub case: CaseId,
    /// The entry.
    pub seq: i64,
}

/// A sealed body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The key it was sealed with, by id.
    pub key: String,
    /// The bytes that are stored and hashed.
    pub bytes: Vec<u8>,
}

/// Why a body could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The key is gone: the child's data were erased.
    #[error("the key `{key}` was destroyed; the body cannot be read any more")]
    Erased {
        /// The key.
        key: String,
    },
    /// The key is not at hand.
    #[error("the key `{key}` is not at hand")]
    NoKey {
        /// The key.
        key: String,
    },
    /// The bytes are not what was sealed.
    #[error("the sealed body is damaged: {0}")]
    Damaged(String),
}

/// Seals and opens bodies. Keys are resolved before a transaction begins ([`Sealer::prepare`]);
/// then only what was prepared is used, and no call waits.
#[async_trait]
pub trait Sealer: fmt::Debug + Send + Sync + 'static {
    /// Whether [`Sealer::prepare`] must be called with the subjects of a batch before it is sealed.
    fn needs_keys(&self) -> bool;

    /// Makes the keys of these subjects ready. Calls for several batches may overlap: what one made
    /// ready stays so.
    ///
    /// # Errors
    /// [`SealError::NoKey`] when the key store does not answer.
    async fn prepare(&self, realm: &Realm, subjects: &[SubjectId]) -> Result<(), SealError>;

    /// Seals a body about `subject`.
    ///
    /// # Errors
    /// [`SealError::NoKey`] when the key was not prepared.
    fn seal(&self, aad: Aad<'_>, subject: SubjectId, plain: &[u8]) -> Result<Sealed, SealError>;

    /// Opens a body.
    ///
    /// # Errors
    /// [`SealError`].
    fn open(&self, aad: Aad<'_>, key: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError>;
}

/// Seals nothing: bodies are stored as they are. For pilots whose database is protected otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainSealer;

const PLAIN: &str = "plain";

#[async_trait]
impl Sealer for PlainSealer {
    fn needs_keys(&self) -> bool {
        false
    }

    async fn prepare(&self, _: &Realm, _: &[SubjectId]) -> Result<(), SealError> {
        Ok(())
    }

    fn seal(&self, _: Aad<'_>, _: SubjectId, plain: &[u8]) -> Result<Sealed, SealError> {
        Ok(Sealed { key: PLAIN.to_owned(), bytes: plain.to_vec() })
    }

    fn open(&self, _: Aad<'_>, key: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        if key == PLAIN {
            Ok(sealed.to_vec())
        } else {
            Err(SealError::NoKey { key: key.to_owned() })
        }
    }
}
