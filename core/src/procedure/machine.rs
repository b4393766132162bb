//! What a procedure is: its states, its data, its timing.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use super::{Define, Guard, Timing};
use crate::terms::{actor::Role, area::AreaPurpose, facts::SubjectKind, label::Label};

/// The states of a procedure.
pub trait State: Copy + Ord + fmt::Debug + Send + Sync + 'static {
    /// Every state, in reading order.
    const ALL: &'static [Self];

    /// The name that is stored and shown; it never changes once landed.
    fn name(self) -> &'static str;

    /// What people call it.
    fn label(self) -> Label;

    /// Whether a case that reaches it has ended. The procedure then owes nothing more.
    fn is_terminal(self) -> bool;
}

/// One state machine: what one case follows 程序.
pub trait Procedure: Sized + Send + Sync + 'static {
    /// The name that is stored and shown; it never changes once landed.
    const NAME: &'static str;
    /// Raised whenever the definition changes. Open cases stay on the one they were opened under.
    const VERSION: u32;
    /// What people call it.
    const LABEL: Label;
    /// The group of procedures it belongs to, if any. The engine does not know what it means.
    const MECHANISM: Option<&'static str>;
    /// Whether its steps go before those of other procedures when many wait.
    const URGENT: bool = false;
    /// What its cases are about.
    const SUBJECT: SubjectKind;
    /// Which area counts for permission: the first purpose the case has.
    const AREA: &'static [AreaPurpose];
    /// The rules its transitions refuse by, so that every code is known before it is met.
    const GUARDS: &'static [&'static Guard] = &[];

    /// Its states.
    type State: State;
    /// What a case remembers between its steps. Sealed with each entry.
    type Data: Clone + Default + fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// Declares duties, waits and transitions.
    fn define(define: Define<Self>) -> Define<Self>;

    /// What the data say about a duty's clock: which of its candidate limits fit, and from which
    /// earlier fact it runs.
    fn timing(_duty: &str, _data: &Self::Data) -> Timing {
        Timing::default()
    }

    /// The roles that are accountable in a state, before those of the duty: the procedure's
    /// Holder line.
    fn holders(_state: Self::State, _data: &Self::Data) -> &'static [&'static [Role]] {
        &[]
    }
}
