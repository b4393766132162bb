//! Telling a case what was decided about it elsewhere 知悉: the case keeps its state and its duties,
//! and its history gets an entry of kind `informed` with a link to where it came from.

use serde::Serialize;

use super::chain;
use crate::{
    procedure::{Procedure, Refusal, StepContext},
    terms::{evidence::CaseRef, id::CaseId, text::Text},
};

/// The procedures whose cases may be told, looked at by name, or be what a demand is about.
pub(super) const EVERY_CASE: &[&str] = &[
    "risk_alert",
    "mandatory_report",
    "emergency_response",
    "care_file",
    "assessment_assistance",
    "referral",
    "temporary_guardianship",
    "meeting",
    "agenda_item",
    "action_item",
    "listed_oversight",
];

/// What a case is told.
#[derive(Debug, Serialize)]
pub(super) struct Told<'a> {
    /// How it ended there, as the name of the state.
    pub(super) outcome: &'static str,
    /// What was said.
    pub(super) said: &'a Text,
}

/// Those of `cases` that are ours.
pub(super) fn ours(cases: &[CaseRef]) -> impl Iterator<Item = CaseId> {
    cases.iter().filter_map(|case| match case {
        CaseRef::Case(id) => Some(*id),
        CaseRef::Number(_) => None,
    })
}

/// Tells those of `cases` that are open. The step must look at them and declare the links.
pub(super) fn tell<P: Procedure>(
    step: &mut StepContext<'_, P>,
    cases: &[CaseId],
    told: &Told<'_>,
) -> Result<(), Refusal> {
    for id in cases {
        let open = step.named(*id).filter(|case| case.facts.is_open());
        let link = open.and_then(|case| chain::told(&case.facts.procedure));
        if let Some(link) = link {
            step.hand_off_to(link.id, *id, told)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::care::{definitions, rules::national};

    #[test]
    fn a_case_of_every_carried_procedure_can_be_looked_at_and_told() {
        // What is left out here the ladder could not propose anything about, and it would never
        // learn what became of it.
        for definition in definitions(national()).unwrap() {
            let name = definition.name();
            assert!(EVERY_CASE.contains(&name), "`{name}` is not looked at");
            let of_the_meeting = matches!(name, "meeting" | "agenda_item");
            assert!(of_the_meeting || chain::told(name).is_some(), "`{name}` is not told");
        }
    }
}
