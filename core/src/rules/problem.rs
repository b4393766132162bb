//! What is wrong with a rule pack or an overlay.

use std::fmt;

use crate::{
    duty::{
        ladder::Over,
        time_limit::{Basis, LimitId},
    },
    terms::{
        id::IdError,
        place::{self, Located},
        strict_toml::TomlProblem,
        time::{CivilDate, Timestamp},
    },
};

/// Why a text is no rule pack: every problem, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesError {
    /// The problems.
    pub problems: Vec<Located<RulesProblem>>,
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        place::list(f, &self.problems)
    }
}

impl std::error::Error for RulesError {}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesProblem {
    /// The form of the file.
    #[error(transparent)]
    Toml(#[from] TomlProblem),
    /// A name with other characters than letters, digits, `_` and `-`.
    #[error("expected a name of letters, digits, `_` and `-`, found `{found}`")]
    BadName {
        /// The name.
        found: String,
    },
    /// What can be the id of no unit.
    #[error("unit: {problem}")]
    BadUnit {
        /// What is wrong with it.
        problem: IdError,
    },
    /// A limit with neither a number nor a word, or with both.
    #[error("limit `{limit}`: expected either `amount` or `word`, found {found}")]
    NumberOrWord {
        /// The limit.
        limit: LimitId,
        /// What was found.
        found: &'static str,
    },
    /// A period that contradicts itself.
    #[error("limit `{limit}`: {fault}")]
    Period {
        /// The limit.
        limit: LimitId,
        /// What is wrong.
        fault: &'static str,
    },
    /// A basis that needs a document which names one, by 《title》 or by its number.
    #[error(
        "limit `{limit}`: basis `{basis}` needs a document named by 《title》 or number, \
         found `{found}`", basis = basis.name()
    )]
    NamesNoDocument {
        /// The limit.
        limit: LimitId,
        /// The basis claimed.
        basis: Basis,
        /// The text that should name a document.
        found: String,
    },
    /// A ladder without rungs.
    #[error("ladder `{ladder}` has no rung")]
    NoRung {
        /// The ladder.
        ladder: String,
    },
    /// A rung that is climbed before the one above it.
    #[error("ladder `{ladder}`: expected a rung at or after `{expected}`, found `{found}`")]
    DescendingRung {
        /// The ladder.
        ladder: String,
        /// When the rung before is climbed, in the same unit.
        expected: u32,
        /// When this one is.
        found: u32,
    },
    /// An overlay that would let a binding limit end later.
    #[error(
        "limit `{limit}` rests on `{basis}` and may not be loosened: for an event at `{event}` it \
         would end on `{found}` instead of `{expected}`", basis = basis.name()
    )]
    Loosened {
        /// The limit.
        limit: LimitId,
        /// What it rests on.
        basis: Basis,
        /// An event for which it would be later.
        event: Timestamp,
        /// When it ends now.
        expected: CivilDate,
        /// When it would end.
        found: CivilDate,
    },
    /// An overlay that would let a binding limit run from another event.
    #[error("limit `{limit}` runs from `{expected}` by `{basis}`, found `{found}`", basis = basis.name())]
    EventChanged {
        /// The limit.
        limit: LimitId,
        /// What it rests on.
        basis: Basis,
        /// The event it runs from.
        expected: String,
        /// The event it would run from.
        found: String,
    },
    /// An overlay that would take the number of a binding limit away.
    #[error("limit `{limit}` rests on `{basis}` and may not lose its number", basis = basis.name())]
    NumberLost {
        /// The limit.
        limit: LimitId,
        /// What it rests on.
        basis: Basis,
    },
    /// An overlay that would move a right, a threshold or a term to be kept.
    #[error("limit `{limit}` is a window that rests on `{basis}`; it may not be moved", basis = basis.name())]
    WindowMoved {
        /// The limit.
        limit: LimitId,
        /// What it rests on.
        basis: Basis,
    },
    /// An overlay that would put a binding limit on a weaker basis.
    #[error(
        "limit `{limit}` rests on `{expected}` and may not rest on `{found}`; \
         set a limit of your own beside it",
        expected = expected.name(), found = found.name()
    )]
    WeakerBasis {
        /// The limit.
        limit: LimitId,
        /// What it rests on.
        expected: Basis,
        /// What it would rest on.
        found: Basis,
    },
    /// An overlay that would remove a binding limit.
    #[error("limit `{limit}` rests on `{basis}` and may not be removed", basis = basis.name())]
    Removed {
        /// The limit.
        limit: LimitId,
        /// What it rests on.
        basis: Basis,
    },
    /// An overlay that removes what is not there.
    #[error("limit `{limit}` cannot be removed: the pack below has none of that name")]
    NothingToRemove {
        /// The limit.
        limit: LimitId,
    },
    /// A rung with neither an addressee nor a proposal, or with both.
    #[error("ladder `{ladder}`: expected either `to` or `propose` at each rung, found {found}")]
    ToOrPropose {
        /// The ladder.
        ladder: String,
        /// What was found.
        found: &'static str,
    },
    /// A rung that does not suit those who owe the duties.
    #[error(
        "ladder `{ladder}` stands over duties of kind `{over}` and may not reach `{found}`",
        over = over.name()
    )]
    NotForThese {
        /// The ladder.
        ladder: String,
        /// Whom it stands over.
        over: Over,
        /// Whom it would reach.
        found: String,
    },
    /// Cards for those who are never marked.
    #[error(
        "ladder `{ladder}` stands over duties of kind `{over}`, which are never marked",
        over = over.name()
    )]
    NeverMarked {
        /// The ladder.
        ladder: String,
        /// Whom it stands over.
        over: Over,
    },
    /// A red card that comes before the yellow one.
    #[error(
        "ladder `{ladder}`: expected the red card at or after `{expected}` days, found `{found}`"
    )]
    RedFirst {
        /// The ladder.
        ladder: String,
        /// When the yellow one comes.
        expected: u32,
        /// When the red one would.
        found: u32,
    },
    /// A ladder that claims to be law.
    #[error("ladder `{ladder}`: no law prescribes a ladder; found basis `{found}`", found = found.name())]
    LadderAsLaw {
        /// The ladder.
        ladder: String,
        /// The basis claimed.
        found: Basis,
    },
    /// A party whose duties would climb two ladders.
    #[error("party `{party}` is on ladder `{other}` already, found it on `{ladder}`")]
    PartyTwice {
        /// The party.
        party: String,
        /// The second ladder.
        ladder: String,
        /// The first.
        other: String,
    },
    /// An overlay that would put a ladder over somebody else.
    #[error(
        "ladder `{ladder}` stands over duties of kind `{expected}`, and not of `{found}`",
        expected = expected.name(), found = found.name()
    )]
    OverChanged {
        /// The ladder.
        ladder: String,
        /// Whom it stands over.
        expected: Over,
        /// Whom it would stand over.
        found: Over,
    },
    /// An overlay that would move judicial organs or families to the ladder of others.
    #[error(
        "party `{party}` climbs ladders over duties of kind `{expected}` only, and not `{ladder}`",
        expected = expected.name()
    )]
    PartyMoved {
        /// The party.
        party: String,
        /// Where it would be.
        ladder: String,
        /// Its kind.
        expected: Over,
    },
}
