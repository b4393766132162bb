//! What an agenda item remembers between its steps. It is sealed with every entry.

use serde::{Deserialize, Serialize};

use crate::{
    care::codes::AgendaSource,
    duty::time_limit::LimitId,
    terms::{
        id::{CaseId, UnitId},
        text::Text,
        time::CivilDate,
    },
};

/// What an agenda item remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgendaItemData {
    /// What it is called.
    pub title: Option<Text>,
    /// Where it comes from.
    pub source: Option<AgendaSource>,
    /// The cases of ours it is about.
    pub cases: Vec<CaseId>,
    /// The unit that is told what became of it.
    pub reply_to: Option<UnitId>,
    /// The time limit that passed, where an overdue obligation is the matter.
    pub limit: Option<LimitId>,
    /// The meeting it is accepted for.
    pub meeting: Option<CaseId>,
    /// The unit that presents it.
    pub lead: Option<UnitId>,
    /// Until when it is deferred.
    pub until: Option<CivilDate>,
    /// What the meeting concluded.
    pub conclusion: Option<Text>,
}
