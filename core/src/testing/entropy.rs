//! Randomness that is the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::terms::entropy::Entropy;

/// Steps of the sequence: 2^64 divided by the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A source of bytes that depend on the seed and on how many were drawn before, and on nothing
/// else. It may be shared by threads; then what each thread draws depends on who is first.
///
/// No two draws of one source are equal. It is not fit for secrets.
///
/// ```
/// # use hexacase::{terms::entropy::Entropy, testing::SeededEntropy};
/// assert_eq!(SeededEntropy::new(7).bytes(), SeededEntropy::new(7).bytes());
/// ```
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededEntropy {
    /// A source with this seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn bytes(&self) -> [u8; 10] {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let at = mix(self.seed).wrapping_add(drawn.wrapping_mul(STEP));
        // The first eight bytes are a permutation of the count, so no draw repeats another.
        let mut bytes = [0; 10];
        let words = [mix(at).to_le_bytes(), mix(at ^ STEP).to_le_bytes()];
        for (byte, drawn) in bytes.iter_mut().zip(words.as_flattened()) {
            *byte = *drawn;
        }
        bytes
    }
}

/// The finalizer of `SplitMix64`: every bit of the answer depends on every bit of the question.
const fn mix(from: u64) -> u64 {
    let mut z = from.wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_gives_others() {
        let draw = |seed| {
            let source = SeededEntropy::new(seed);
            (0..1_000).map(|_| source.bytes()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        let both: HashSet<_> = draw(1).into_iter().chain(draw(2)).collect();
        assert_eq!(both.len(), 2_000);
    }
}
