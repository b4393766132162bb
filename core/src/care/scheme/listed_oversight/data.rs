//! What an oversight remembers between its steps. It is sealed with every entry.

use serde::{Deserialize, Serialize};

use crate::{
    duty::time_limit::LimitId,
    terms::{
        actor::Role,
        id::{CaseId, UnitId},
        text::Text,
        time::CivilDate,
    },
};

/// What an oversight remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OversightData {
    /// The unit that owes it.
    pub unit: Option<UnitId>,
    /// In which role it owes it.
    pub owed_by: Option<Role>,
    /// What is owed, in words.
    pub obligation: Option<Text>,
    /// The case in which it is owed.
    pub case: Option<CaseId>,
    /// The duty that is overdue there.
    pub duty: Option<Text>,
    /// The time limit that passed.
    pub limit: Option<LimitId>,
    /// The body in whose name it goes out.
    pub issuing: Option<Role>,
    /// By when the unit is to reply, as the signed notice says.
    pub due: Option<CivilDate>,
    /// What the last reply was.
    pub answer: Option<Answer>,
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The unit's reply to a demand.
    Reply,
    /// A letter from an organ that was asked.
    Letter,
    /// The procuratorate was asked for its oversight.
    Procuratorate,
}
