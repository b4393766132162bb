//! What an action item remembers between its steps. It is sealed with every entry.

use serde::{Deserialize, Serialize};

use crate::{
    care::codes::ActionKind,
    terms::{evidence::CaseRef, id::UnitId, text::Text, time::CivilDate},
};

/// What an action item remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActionItemData {
    /// Which kind it is.
    pub kind: Option<ActionKind>,
    /// What is to be done.
    pub task: Option<Text>,
    /// The unit that does it.
    pub lead: Option<UnitId>,
    /// The units that help.
    pub assist: Vec<UnitId>,
    /// By when.
    pub due: Option<CivilDate>,
    /// Where it comes from.
    pub source: Option<CaseRef>,
    /// Which unit should do it, as an objection says.
    pub proposed: Option<UnitId>,
}
