//! What a report remembers between its steps, and what that says about its clocks.

use serde::{Deserialize, Serialize};

use super::MandatoryReport;
use crate::{
    care::codes::{PlanNeed, ReportChannel, ReportOutcome},
    procedure::{StepContext, Timing},
    terms::{text::Text, time::Timestamp},
};

/// How far the remedies against a decision not to file have gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Nothing was refused yet: reconsideration 复议 is open.
    #[default]
    Open,
    /// Reconsideration was refused: review 复核 is open.
    Reconsidered,
    /// Review was refused too.
    Reviewed,
}

impl Remedy {
    /// What is open after the pending stage was refused.
    #[must_use]
    pub fn refused(self) -> Self {
        match self {
            Self::Open => Self::Reconsidered,
            Self::Reconsidered | Self::Reviewed => Self::Reviewed,
        }
    }
}

/// How far the procuratorate's oversight of a decision not to file has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oversight {
    /// It was not asked for, or it ended.
    #[default]
    None,
    /// It was asked for: the police explain themselves.
    Asked,
    /// The procuratorate gave notice to file 通知立案.
    Ordered,
}

/// Whose result the reporter is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// The police's.
    Police,
    /// One of our departments'.
    Department,
}

/// What a report remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportData {
    /// What was seen or heard.
    pub facts: Option<Text>,
    /// Who the child is, as far as can be seen, when nobody knows the name.
    pub description: Option<Text>,
    /// When the harm or danger was found.
    pub found_at: Option<Timestamp>,
    /// When the last report was made.
    pub reported_at: Option<Timestamp>,
    /// Through which channel.
    pub channel: Option<ReportChannel>,
    /// Whether an administrative organ referred it to the police 行政执法机关移送.
    pub referred_by_organ: bool,
    /// When the organ that has it now received it.
    pub received_at: Option<Timestamp>,
    /// Whether what is reviewed is known to be a criminal matter.
    pub criminal_review: bool,
    /// Since when it is a public security case.
    pub admin_since: Option<Timestamp>,
    /// When the police decided not to file.
    pub non_filed_at: Option<Timestamp>,
    /// When that decision was served.
    pub notice_at: Option<Timestamp>,
    /// How far the remedies against it have gone.
    pub remedy: Remedy,
    /// When it was upheld last.
    pub upheld_at: Option<Timestamp>,
    /// How far the procuratorate's oversight has gone.
    pub oversight: Oversight,
    /// How many reporters were told the result, or could not be: of merged reports each is.
    pub answers: u32,
    /// Whose result it is.
    pub decided_by: Option<DecidedBy>,
    /// How the report ended.
    pub outcome: Option<ReportOutcome>,
    /// Whether a guardian is suspected.
    pub guardian_suspected: bool,
    /// The needs that were referred.
    pub referred: Vec<PlanNeed>,
    /// When the report was put on file.
    pub filed_at: Option<Timestamp>,
    /// When the evidence was kept safe.
    pub evidence_preserved_at: Option<Timestamp>,
}

impl ReportData {
    /// The police review again, from this receipt: what they decided before is gone.
    pub(super) fn review_anew(&mut self, received_at: Timestamp) {
        self.received_at = Some(received_at);
        self.criminal_review = true;
        self.non_filed_at = None;
        self.notice_at = None;
        self.upheld_at = None;
        self.remedy = Remedy::Open;
    }

    /// What the data say about the clock of `duty`. A 催问 always runs from its own opening, so
    /// that asking again gives a new date.
    pub(super) fn timing(&self, duty: &str) -> Timing {
        match duty {
            "report_now" => Timing::default().from(self.found_at),
            // The police accept at once (D02, without a number), a department in good time. The
            // day of D03 runs from the end of an emergency's handling, which no form of this case
            // tells; reckoned from the report it would blame the police too early.
            "accept_report" => Timing::fits(["D02"]).from(self.reported_at),
            "file_with_authority" | "preserve_evidence" => Timing::default().from(self.reported_at),
            "examine_report" => Timing::default().from(self.received_at),
            // An organ's referral is examined within three days (D09a). The 24 hours of D09b are
            // for asking for what is missing and end no review; whether the matter is hard
            // (D04b) no form says, and an extension may name either.
            "begin_review" if self.referred_by_organ => {
                Timing::fits(["D09a"]).from(self.received_at)
            }
            "decide_filing" if self.referred_by_organ || self.criminal_review => {
                Timing::fits(["D05a"]).from(self.received_at)
            }
            "begin_review" | "decide_filing" => Timing::fits(["D04a"]).from(self.received_at),
            "handle_admin" => Timing::fits(["D35a"]).from(self.admin_since),
            "serve_non_filing" => Timing::default().from(self.non_filed_at),
            "decide_next_step" => self.next_remedy(),
            "chase_reconsideration" => Timing::fits([match self.remedy {
                // An organ is answered within three days, so we ask after three.
                Remedy::Open if self.referred_by_organ => "C23",
                Remedy::Open => "D08b",
                Remedy::Reconsidered | Remedy::Reviewed => "D08d",
            }]),
            "explain_or_file" => Timing::fits([match self.oversight {
                Oversight::None | Oversight::Asked => "D10a",
                Oversight::Ordered => "D10b",
            }]),
            "notify_result" if self.decided_by == Some(DecidedBy::Department) => {
                Timing::fits(["C26"])
            }
            "notify_result" => Timing::fits(["D12"]),
            _ => Timing::default(),
        }
    }

    /// The time to use the next remedy, from the notice of what it is against. Until the notice
    /// is recorded it is reckoned from the decision: our own decision is then early, never late.
    fn next_remedy(&self) -> Timing {
        let first = if self.referred_by_organ { "D09d" } else { "D08a" };
        match self.remedy {
            Remedy::Open => Timing::fits([first]).from(self.notice_at.or(self.non_filed_at)),
            Remedy::Reconsidered | Remedy::Reviewed => Timing::fits(["D08c"]).from(self.upheld_at),
        }
    }
}

/// The report is decided: whose result it is, and which.
pub(super) fn decide(
    step: &mut StepContext<'_, MandatoryReport>,
    by: DecidedBy,
    outcome: Option<ReportOutcome>,
) {
    step.data.decided_by = Some(by);
    step.data.outcome = outcome;
    match outcome {
        Some(outcome) => step.attribute("outcome", outcome.name()),
        None => step.clear_attribute("outcome"),
    }
}
