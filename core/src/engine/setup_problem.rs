//! Why an engine could not be set up.

use std::fmt::Write as _;

use crate::{
    duty::ladder::Over,
    procedure::{Problem, Refusal},
    store::StoreError,
    terms::id::Digest,
};

/// One thing missing in a set-up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupProblem {
    /// There is nothing to do.
    #[error("no procedure is carried")]
    NoProcedure,
    /// Nobody may take an engine-wide step, or nobody could confirm it.
    #[error("engine-wide step `{0}` may be taken, or confirmed, by nobody")]
    NobodyTakes(&'static str),
    /// A duty names a limit that the rule pack in force does not define.
    #[error("procedure `{procedure}`, duty `{duty}`: time limit `{limit}` is not in the rule pack")]
    NoLimit {
        /// The procedure.
        procedure: &'static str,
        /// The duty.
        duty: &'static str,
        /// The limit.
        limit: String,
    },
    /// A duty names a ladder that the rule pack in force does not define.
    #[error("procedure `{procedure}`, duty `{duty}`: ladder `{ladder}` is not in the rule pack")]
    NoLadder {
        /// The procedure.
        procedure: &'static str,
        /// The duty.
        duty: &'static str,
        /// The ladder.
        ladder: &'static str,
    },
    /// A role that no table knows.
    #[error("role `{role}` ({place}) is in no role table")]
    NoRole {
        /// The role.
        role: String,
        /// Where it is named.
        place: String,
    },
    /// A handoff goes where nobody takes it.
    #[error(
        "handoff `{handoff}` of `{procedure}` goes to `{to}`, which is neither carried nor listed as elsewhere"
    )]
    NoReceiver {
        /// The handoff.
        handoff: &'static str,
        /// The sender.
        procedure: &'static str,
        /// The receiver.
        to: &'static str,
    },
    /// A procedure listed as elsewhere is carried here.
    #[error("procedure `{0}` is listed as elsewhere, but carried here")]
    NotElsewhere(&'static str),
    /// The procedures do not fit each other: a circle of handoffs, or one nobody takes.
    #[error("the chain: {0}")]
    Chain(Problem),
    /// Nobody keeps the directory.
    #[error("no role keeps the directory of staff")]
    NoKeeper,
    /// A ladder reaches the town leader, and no role was named for that.
    #[error("a ladder reaches the town leader, but no role was named for that")]
    NoTownLeader,
    /// A duty of judicial organs, or of families, climbs a ladder of others.
    #[error(
        "procedure `{procedure}`, duty `{duty}`: ladder `{ladder}` does not stand over duties of kind `{}`",
        owed.name()
    )]
    WrongLadder {
        /// The procedure.
        procedure: &'static str,
        /// The duty.
        duty: &'static str,
        /// The ladder.
        ladder: String,
        /// Who owes the duty.
        owed: Over,
    },
    /// A ladder proposes by a link that nobody wires.
    #[error("ladder `{ladder}` proposes by `{link}`, which is not wired")]
    NoEscalation {
        /// The ladder.
        ladder: String,
        /// The link.
        link: String,
    },
    /// A ladder proposes what does not suit those it stands over.
    #[error("ladder `{ladder}` over duties of kind `{}` may not propose by `{link}`", over.name())]
    WrongEscalation {
        /// The ladder.
        ladder: String,
        /// Whom it stands over.
        over: Over,
        /// The link.
        link: String,
    },
    /// Two links share an id.
    #[error("escalation link `{0}` is wired twice")]
    EscalationTwice(&'static str),
    /// A link by a transition that opens no case.
    #[error("escalation link `{link}` by `{opens_by}`, which opens no case of `{to}`")]
    CannotOpen {
        /// The link.
        link: &'static str,
        /// The receiving procedure.
        to: &'static str,
        /// The transition.
        opens_by: &'static str,
    },
    /// A link fills a form that the receiving transition cannot read.
    #[error("escalation link `{link}` fills a form that cannot be read: {refusal}")]
    BadProposal {
        /// The link.
        link: &'static str,
        /// What is wrong with it.
        refusal: Refusal,
    },
    /// A proposal whose own duties, when overdue, propose the same again.
    #[error("overdue duties of `{procedure}` are escalated to `{procedure}` again, without end")]
    EscalationCircle {
        /// The receiving procedure.
        procedure: &'static str,
    },
    /// Open cases follow definitions that this program does not carry.
    #[error("{count} open cases follow a definition of `{procedure}` that is not carried ({hash})")]
    NotCarried {
        /// The procedure.
        procedure: String,
        /// The hash of the definition.
        hash: Digest,
        /// How many cases.
        count: i64,
    },
}

/// Why an engine could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// Something is declared and not wired.
    #[error("the set-up is incomplete: {}", list(.0))]
    Incomplete(Vec<SetupProblem>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn list(problems: &[SetupProblem]) -> String {
    let mut text = String::new();
    for (at, problem) in problems.iter().enumerate() {
        let _ = write!(text, "{}{problem}", if at > 0 { "; " } else { "" });
    }
    text
}
