//! Where the bytes of evidence are. The trail holds their digests.

use std::fmt;

use async_trait::async_trait;

use crate::terms::id::Digest;

/// Why a blob store failed.
#[derive(Debug, thiserror::Error)]
#[error("the blob store failed to {operation}: {reason}")]
pub struct BlobError {
    /// What was tried.
    pub operation: &'static str,
    /// What happened.
    pub reason: String,
}

/// The host's place for the bytes of evidence: a directory for pilots, an object store elsewhere.
#[async_trait]
pub trait BlobStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps bytes under their digest. Keeping the same bytes again changes nothing.
    ///
    /// # Errors
    /// [`BlobError`].
    async fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError>;

    /// The bytes with this digest, if they are there.
    ///
    /// # Errors
    /// [`BlobError`].
    async fn get(&self, digest: Digest) -> Result<Option<Vec<u8>>, BlobError>;
}
