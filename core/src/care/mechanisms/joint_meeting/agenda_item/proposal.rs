//! The proposal 提出议题.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    care::codes::AgendaSource,
    duty::time_limit::LimitId,
    terms::{evidence::CaseRef, id::UnitId, text::Text},
};

/// 提出议题: a member, an inspection, or the ladder's last rung puts a matter before the joint
/// meeting. Nothing else follows until the office or the convener decides on it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeItem {
    /// What it is called on the agenda, without a child's name.
    pub title: Text,
    /// What is to be solved.
    pub problem: Text,
    /// The units that are asked for something.
    pub asked_of: Vec<UnitId>,
    /// Where it comes from. Only the ladder, or a declined oversight, writes `escalation`.
    pub source: AgendaSource,
    /// The cases it is about; those of ours learn what became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<Vec<CaseRef>>,
    /// The unit that is told what became of it.
    pub reply_to: UnitId,
    /// The time limit that passed, where an overdue obligation is the matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub limit: Option<LimitId>,
}
