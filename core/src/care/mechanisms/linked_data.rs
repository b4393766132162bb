//! What a handoff carries to a procedure that this version does not carry itself: the fields of
//! the form there, as far as the sender knows them.
//!
//! These are messages, no transitions: what the sender lacks is left out, and whoever takes the
//! matter up fills it in.

use serde::Serialize;

use crate::{
    care::codes::{PlanNeed, RevocationGround},
    procedure::StepFacts,
    terms::{
        evidence::{Attachment, CaseRef},
        text::Text,
        time::Timestamp,
    },
};

fn this_case(facts: &StepFacts<'_>) -> Option<CaseRef> {
    facts.case.map(|case| CaseRef::Case(case.id))
}

/// 启动评估, for `assessment_assistance`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpenAssessment {
    /// The case it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<CaseRef>,
    /// Why the child is to be assessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// The needs that were seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs_seen: Vec<PlanNeed>,
}

impl OpenAssessment {
    /// An assessment asked for by the case of `facts`.
    pub fn of(facts: &StepFacts<'_>, reason: Option<Text>, needs: &[PlanNeed]) -> Self {
        Self { source: this_case(facts), reason, needs_seen: needs.to_vec() }
    }
}

/// 建议措施, for `guardian_measure`. Which measure, and against whom, is decided there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProposeMeasure {
    /// What the guardian is said to have done.
    pub facts: Text,
}

/// 发现情形, for `guardianship_revocation`: a situation in which the guardian's right can be revoked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IdentifyRevocation {
    /// On which ground.
    pub ground: RevocationGround,
    /// The facts, where the sender knows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<Text>,
    /// The minutes of the conference that came to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Attachment>,
}

/// 登记, for `proceeding`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegisterProceeding {
    /// Which kind of proceeding.
    pub kind: &'static str,
    /// The cases of ours it is about.
    pub cases: Vec<CaseRef>,
}

impl RegisterProceeding {
    /// A proceeding about the case of `facts`.
    pub fn of(kind: &'static str, facts: &StepFacts<'_>) -> Self {
        Self { kind, cases: this_case(facts).into_iter().collect() }
    }
}

/// 启动, for `critical_incident_review`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpenReview {
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<Text>,
    /// When.
    pub at: Timestamp,
    /// The case it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<CaseRef>,
}

impl OpenReview {
    /// A review asked for by the case of `facts`.
    pub fn of(facts: &StepFacts<'_>, what: Option<Text>, at: Timestamp) -> Self {
        Self { what, at, incident: this_case(facts) }
    }
}
