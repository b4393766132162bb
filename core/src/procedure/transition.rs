//! What a transition is: a struct whose fields are what the form asks for.

use std::fmt;

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use super::{Opening, Procedure, Refusal, State, StepContext, UnitRule};
use crate::terms::{actor::Role, id::CaseId, label::Label, time::Timestamp};

/// Roles as a table writes them: single roles and groups, each a slice, side by side.
pub type Roles = &'static [&'static [Role]];

/// The roles one after the other, each once, in table order.
pub(super) fn flatten(roles: Roles) -> Vec<Role> {
    let mut flat: Vec<Role> = Vec::new();
    for role in roles.iter().flat_map(|group| group.iter()) {
        if !flat.contains(role) {
            flat.push(role.clone());
        }
    }
    flat
}

/// Where a transition starts.
#[derive(Clone, Copy, Debug)]
pub enum Source<S: State> {
    /// It opens a case.
    Opens,
    /// In these states.
    In(&'static [S]),
    /// In every open state.
    AnyOpen,
}

/// Where a transition leads.
#[derive(Clone, Copy, Debug)]
pub enum Target<S: State> {
    /// It keeps the state.
    Same,
    /// To this state, or to one of these that `apply` chooses.
    To(&'static [S]),
    /// Keeps the state, or moves to one of these that `apply` chooses.
    SameOr(&'static [S]),
}

/// How well the source of a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The text was seen.
    Seen,
    /// It is recalled and still to be verified 待核实.
    Recalled,
    /// Practice of a place, or our own proposal; the county decides.
    Practice,
}

/// Where a power or a duty comes from: document and article, and how well they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LegalBasis {
    /// Document and article, e.g. `未成年人保护法 第11条第2款`.
    pub text: &'static str,
    /// How well it is known.
    pub standing: Standing,
}

impl LegalBasis {
    /// A text that was seen.
    pub const fn seen(text: &'static str) -> Self {
        Self { text, standing: Standing::Seen }
    }

    /// A text that is recalled and still to be verified.
    pub const fn recalled(text: &'static str) -> Self {
        Self { text, standing: Standing::Recalled }
    }

    /// Practice or proposal.
    pub const fn practice(text: &'static str) -> Self {
        Self { text, standing: Standing::Practice }
    }
}

impl fmt::Display for LegalBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.standing {
            Standing::Seen => f.write_str(self.text),
            Standing::Recalled => write!(f, "{}（待核实）", self.text),
            Standing::Practice => write!(f, "{}（工作做法）", self.text),
        }
    }
}

/// What a handoff does in the receiving procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Opens a case in the same step.
    Open,
    /// Informs the open case of the same subject, or opens one if there is none.
    Inform,
    /// Writes a proposal that a person must take up.
    Propose,
    /// Goes to another realm as a message.
    Message,
}

/// In place of the receiving transition of a handoff of mode [`Inform`](Mode::Inform): the case is
/// only told. Its history gets the entry, and nothing is done in it, whatever its state.
pub const ONLY_TOLD: &str = "informed";

/// A handoff 转办 between procedures. It is parallel: the sender's state is its own, and the right
/// to make it comes from the chain, not from the actor's role in the receiving procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Handoff {
    /// Its id in the chain, e.g. `H05`.
    pub id: &'static str,
    /// The receiving procedure.
    pub to: &'static str,
    /// The transition it takes there.
    pub opens_by: &'static str,
    /// What it does there.
    pub mode: Mode,
}

/// One transition 办理: its fields are what the form asks for, its consts what the table says, its
/// `apply` what it does.
pub trait Transition<P: Procedure>:
    Serialize + DeserializeOwned + JsonSchema + fmt::Debug + Send + Sync + 'static
{
    /// The name that is stored and shown; it never changes once landed.
    const NAME: &'static str;
    /// What people call it.
    const LABEL: Label;
    /// Where it starts.
    const FROM: Source<P::State>;
    /// Where it leads.
    const TO: Target<P::State>;
    /// Who acts, in law or practice.
    const ACTED_BY: Roles;
    /// Which users may record it.
    const BY: Roles;
    /// The side duties it opens, unless `apply` holds one back.
    const OPENS: &'static [&'static str] = &[];
    /// The handoffs it may make; `apply` makes them.
    const HANDOFFS: &'static [Handoff] = &[];
    /// The procedures whose cases of the same subject or incident it must see. What is not
    /// declared is not visible.
    const BESIDE: &'static [&'static str] = &[];
    /// The procedures of the ended cases of the same child it must see too, since the time that
    /// [`looks_back`](Transition::looks_back) gives. Only a step that somebody asks for looks back,
    /// not one that a handoff or a wait takes.
    const ENDED_BESIDE: &'static [&'static str] = &[];
    /// The procedures of the cases it may see by name, whatever they are about: those that
    /// [`looks_at`](Transition::looks_at) gives. What is not declared is not visible.
    const NAMES: &'static [&'static str] = &[];
    /// The transitions it checks: whoever took one of them last may not take this one 四眼原则.
    const FOUR_EYES: &'static [&'static str] = &[];
    /// Which units may take it, of those its roles reach.
    const UNITS: UnitRule = UnitRule::Any;
    /// Whether the entry must not show who recorded it 报告人保密.
    const REPORTER_SECRET: bool = false;
    /// Whether it is a fact of life (a death, a birthday) that may end the case although side
    /// duties are open; they are cancelled then.
    const LIFE_EVENT: bool = false;
    /// Where it comes from.
    const BASIS: LegalBasis;

    /// What it does to the case.
    ///
    /// # Errors
    /// A [`Refusal`]; then nothing is written.
    fn apply(&self, _step: &mut StepContext<'_, P>) -> Result<(), Refusal> {
        Ok(())
    }

    /// Whom and where a case opened by it is about, as far as the form says.
    fn opening(&self) -> Opening {
        Opening::default()
    }

    /// Since when a case that ended is of interest, where [`ENDED_BESIDE`](Transition::ENDED_BESIDE)
    /// declares that it looks back; nothing where there is no need.
    fn looks_back(&self, _data: &P::Data) -> Option<Timestamp> {
        None
    }

    /// The cases that the form, or what the case remembers, names and that it must see. They are
    /// loaded with the step, and it is written only if they are still as it saw them.
    fn looks_at(&self, _data: &P::Data) -> Vec<CaseId> {
        Vec::new()
    }
}
