//! The trail 留痕: one immutable, chained entry per step, and what can be told from entries alone.
//!
//! An entry records the *outcome* of a step, so replaying needs no definition and no decision.
//! The format is final; `docs/trail-format.md` is its document.

mod chain;
mod envelope;
mod replay;
mod sealer;
mod verify;

pub use chain::{Origin, genesis, link, read_entry};
pub use envelope::{Body, Envelope, EnvelopeFacts, Handed, Kind, Link, LinkKind, SUITE, VERSION};
pub use replay::{CaseImage, ReplayError, fold};
pub use sealer::{Aad, PlainSealer, SealError, Sealed, Sealer};
pub use verify::{Fault, ReadEntry, Verifier};
