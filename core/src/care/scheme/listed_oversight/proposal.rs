//! The proposal 建议督办: what is overdue, and who owes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    duty::time_limit::LimitId,
    terms::{
        actor::Role,
        id::{CaseId, UnitId},
        text::Text,
        time::Timestamp,
    },
};

/// 建议督办: somebody, or the ladder's last rung but one, proposes that a unit be demanded to do
/// what is overdue. A person signs it or declines.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeOversight {
    /// The unit that owes it.
    pub unit: UnitId,
    /// In which role the unit owes it. It decides between a demand and a letter of inquiry.
    #[schemars(with = "String")]
    pub owed_by: Role,
    /// What is owed, in words, without a child's name.
    pub obligation: Text,
    /// Since when it is overdue.
    pub overdue_since: Timestamp,
    /// The case in which it is owed.
    pub case: CaseId,
    /// The duty that is overdue there, by its name; `owed_by` is one of those who owe it.
    pub duty: Text,
    /// The time limit that passed, if one ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub limit: Option<LimitId>,
}
