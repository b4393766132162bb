//! What an emergency remembers between its steps, and what that says about its clocks.

use serde::{Deserialize, Serialize};

use crate::{
    care::mechanisms::custody_ledger::CustodyRecord,
    procedure::Timing,
    terms::{text::Text, time::Timestamp},
};

/// What an emergency remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmergencyData {
    /// What the danger is.
    pub danger: Option<Text>,
    /// When somebody set out.
    pub dispatched_at: Option<Timestamp>,
    /// Whether the police are there.
    pub police_arrived: bool,
    /// By when the guardian was ordered back.
    pub back_by: Option<Timestamp>,
    /// Since when the child was missing, each time.
    pub missing: Vec<Timestamp>,
    /// When the child was taken along, until it is with a carer or in hospital.
    pub removed_at: Option<Timestamp>,
    /// Who has had the child since the removal.
    pub custody: Vec<CustodyRecord>,
    /// Whether a guardian did the harm.
    pub harm_by_guardian: bool,
}

impl EmergencyData {
    /// What the data say about the clock of `duty`.
    pub(super) fn timing(&self, duty: &str) -> Timing {
        match duty {
            "reach_child" => Timing::default().from(self.dispatched_at),
            // The order names its own hour.
            "guardian_returns" => Timing::default().due(self.back_by),
            // A receiver who refuses does not give the child another six hours without a carer.
            "start_escort" | "find_carer" => Timing::default().from(self.removed_at),
            "sign_transfer" => Timing::default().from(self.last(CustodyRecord::is_unsigned)),
            "notify_rights" | "intake" | "case_statement" => {
                Timing::default().from(self.last(|record| record.kind.is_some()))
            }
            _ => Timing::default(),
        }
    }

    /// When the last hand-over of this sort was.
    fn last(&self, is: impl Fn(&CustodyRecord) -> bool) -> Option<Timestamp> {
        self.custody.iter().rfind(|record| is(record)).map(|record| record.at)
    }
}
