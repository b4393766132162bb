//! What a handoff carries to a procedure that this version does not carry itself: the fields of
//! the form there, as far as the sender knows them.
//!
//! These are messages, no transitions: what the sender lacks is left out, and whoever takes the
//! matter up fills it in.

use serde::Serialize;

use crate::{
    care::codes::RevocationGround,
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

/// 发现需求, for `welfare_entitlement`: one for each programme.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordNeed {
    /// The programme, by its name in the county's register.
    pub programme: Text,
    /// Where the need was seen.
    pub source: &'static str,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
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
