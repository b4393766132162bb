//! What a temporary guardianship remembers between its steps, and what that says about its clocks.

use serde::{Deserialize, Serialize};

use crate::{
    care::{
        codes::TemporaryGuardianshipGround, mechanisms::custody_ledger::CustodyRecord,
        register::visit_log::VisitLog,
    },
    procedure::Timing,
    terms::{text::Text, time::Timestamp},
};

/// Whether it is known who the child is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// Nobody said otherwise.
    #[default]
    Known,
    /// Nobody knows who the child is.
    Unknown,
    /// Nor where it was stolen: the child was rescued from traffickers.
    Rescued,
}

/// What a temporary guardianship remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuardianshipData {
    /// On which ground.
    pub ground: Option<TemporaryGuardianshipGround>,
    /// Why it was asked for.
    pub facts: Option<Text>,
    /// Whether a guardian did the harm. What 法发〔2014〕24号 sets holds only then.
    pub guardian_did_harm: bool,
    /// When civil affairs took over. Nothing but a decision to take over sets it (guard c).
    pub taken_over_at: Option<Timestamp>,
    /// Who had the child until the request.
    pub brought: Vec<CustodyRecord>,
    /// Who has had the child since.
    pub custody: Vec<CustodyRecord>,
    /// When it was last looked at where the child is to go.
    pub reviewed_at: Option<Timestamp>,
    /// Whether it is known who the child is.
    pub identity: Identity,
    /// Whether a search for the family was published.
    pub search_published: bool,
    /// When the guardian collected the child.
    pub returned_at: Option<Timestamp>,
    /// The visits since.
    pub visits: VisitLog,
}

impl GuardianshipData {
    /// The last line of the custody ledger that the case knows of.
    pub(super) fn last_line(&self) -> Option<&CustodyRecord> {
        self.custody.last().or_else(|| self.brought.last())
    }

    /// What the data say about the clock of `duty`. Limits of 法发〔2014〕24号 run only where a
    /// guardian did the harm; else a limit of the county stands instead (guard a).
    pub(super) fn timing(&self, duty: &str) -> Timing {
        let of_harm = |document, county| {
            Timing::fits([if self.guardian_did_harm { document } else { county }])
        };
        match duty {
            "intake_check" => Timing::default().from(self.custody.iter().rev().find_map(placed_at)),
            "sign_transfer" => {
                let unsigned = self.custody.iter().rfind(|line| line.is_unsigned());
                Timing::default().from(unsigned.map(|line| line.at))
            }
            "plan_ahead" => Timing::default().from(self.reviewed_at),
            "stay_norm" => of_harm("D14", "C63").from(self.taken_over_at),
            NINE_MONTHS | ELEVEN_MONTHS => Timing::default().from(self.taken_over_at),
            // The search begins at once, which has no number, and is looked at every day.
            "find_child" => Timing::fits(["D53", "C36"]),
            "collect_child" => of_harm("D15", "C31a"),
            "follow_visit" => match self.visits.last_met {
                None => Timing::fits(["C54"]).from(self.returned_at),
                met => Timing::fits(["C45"]).from(met),
            },
            "end_follow_up" => Timing::default().from(self.returned_at),
            _ => Timing::default(),
        }
    }
}

fn placed_at(line: &CustodyRecord) -> Option<Timestamp> {
    line.kind.map(|_| line.at)
}

/// The wait for the first notice of a long stay.
pub(super) const NINE_MONTHS: &str = "nine_months";
/// The wait for the second notice of a long stay.
pub(super) const ELEVEN_MONTHS: &str = "eleven_months";
