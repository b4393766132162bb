//! Time and randomness of a demo: set, not read.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use hexacase::terms::{
    entropy::Entropy,
    time::{Clock, Timestamp},
};

use crate::random::Random;

/// A clock that stands where it was set. Clones show the same time.
#[derive(Clone, Debug)]
pub struct VirtualClock(Arc<AtomicI64>);

impl VirtualClock {
    /// A clock that stands at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.as_millis())))
    }

    /// Sets it.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Randomness from a seed, for a database marked as a demo only.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<Random>);

impl SeededEntropy {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(Random::new(seed, "entropy")))
    }
}

impl Entropy for SeededEntropy {
    fn bytes(&self) -> [u8; 10] {
        let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = [0; 10];
        for byte in &mut bytes {
            *byte = u8::try_from(random.below(256)).unwrap_or(0);
        }
        bytes
    }
}
