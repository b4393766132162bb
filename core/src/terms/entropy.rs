//! Where ids and randomness come from.

use std::fmt;

use uuid::{Builder, Uuid};

use super::time::Timestamp;

/// A source of randomness. The engine takes ids from nowhere else, so that a seeded source makes
/// the same trail, byte for byte.
pub trait Entropy: fmt::Debug + Send + Sync + 'static {
    /// Ten random bytes.
    fn bytes(&self) -> [u8; 10];
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bytes(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        // A machine without randomness cannot do casework; a predictable id would be worse than
        // stopping, and there is no caller who could do anything about it.
        #[expect(clippy::expect_used, reason = "see above")]
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        bytes
    }
}

/// A version-7 UUID: ordered by `at`, random otherwise.
pub fn uuid_v7(at: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let millis = u64::try_from(at.as_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &entropy.bytes()).into_uuid()
}
