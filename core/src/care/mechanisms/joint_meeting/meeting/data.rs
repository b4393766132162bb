//! What a meeting remembers between its steps. It is sealed with every entry.

use serde::{Deserialize, Serialize};

use crate::{
    care::codes::MeetingKind,
    terms::{id::CaseId, text::Text, time::Timestamp},
};

/// What a meeting remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MeetingData {
    /// What kind it is.
    pub kind: Option<MeetingKind>,
    /// What it is for.
    pub purpose: Option<Text>,
    /// When it is held; nothing while no date stands.
    pub at: Option<Timestamp>,
    /// Every agenda item that was ever on its list. An item that was put off since says so itself.
    pub items: Vec<CaseId>,
    /// The cases a case conference speaks about, which are no agenda items.
    pub cases: Vec<CaseId>,
}

impl MeetingData {
    /// Puts an item on the list, once.
    pub(super) fn list(&mut self, item: CaseId) {
        if !self.items.contains(&item) {
            self.items.push(item);
        }
    }

    /// All it speaks about.
    pub(super) fn all(&self) -> Vec<CaseId> {
        self.items.iter().chain(&self.cases).copied().collect()
    }
}
