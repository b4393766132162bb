//! Visits to the child, and what follows when they fail.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RETRY_DUTIES, RiskAlert, RiskAlertState, VISIT_DUTIES, guards, mark_moved};
use crate::{
    care::{
        chain::VISIT_COUNTS,
        codes::VisitResult,
        register::care_file,
        roles::{CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, VILLAGE, VILLAGE_COMMITTEE},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, Person},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 走访登记: somebody went to see the child.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordVisit {
    /// Whether the child was met.
    pub result: VisitResult,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub place: Text,
    /// Who was met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met_with: Option<Vec<Person>>,
    /// Whether the child is safe, in words.
    pub safety: Text,
    /// How the child's health is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Text>,
    /// How school goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schooling: Option<Text>,
    /// How the child feels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mood: Option<Text>,
    /// Whether the parents were in contact this week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parents_contact_this_week: Option<bool>,
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<Attachment>,
}

impl Transition<RiskAlert> for RecordVisit {
    const NAME: &'static str = "record_visit";
    const LABEL: Label = Label::new("走访登记", "record a visit");
    const FROM: Source<RiskAlertState> = Source::In(&[
        RiskAlertState::Verifying,
        RiskAlertState::Grading,
        RiskAlertState::Monitoring,
        RiskAlertState::Regrading,
        RiskAlertState::TransferringOut,
    ]);
    const TO: Target<RiskAlertState> = Target::Same;
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, VILLAGE_COMMITTEE];
    const BY: Roles = &[VILLAGE];
    const OPENS: &'static [&'static str] = &["retry_visit"];
    const HANDOFFS: &'static [Handoff] = &[VISIT_COUNTS];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第43条");

    fn apply(&self, step: &mut StepContext<'_, RiskAlert>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        let since = step.data.clue_at;
        let settles = step.data.visits.record(self.result, self.at, since);
        settles.settle(step, VISIT_DUTIES, RETRY_DUTIES);
        if settles.visit {
            step.attribute("last_met", self.at.date().to_string());
            // A visit before the confirmation is no first visit after it.
            if step.data.graded_at.is_none_or(|graded| self.at >= graded) {
                step.data.first_visit_due = None;
            }
            step.hand_off(VISIT_COUNTS.id, &self.for_file())?;
        }
        match step.data.visits.failed_in_a_row {
            0 => step.clear_attribute("failed_visits"),
            failed => step.attribute("failed_visits", failed.to_string()),
        }
        if self.result == VisitResult::Moved {
            mark_moved(step);
        }
        Ok(())
    }
}

impl RecordVisit {
    /// The same visit as the child's file asks for it.
    fn for_file(&self) -> care_file::RecordVisit {
        care_file::RecordVisit {
            result: self.result,
            at: self.at,
            met_with: self.met_with.clone(),
            safety: self.safety.clone(),
            contact_this_week: self.parents_contact_this_week,
        }
    }
}

/// 连续两次未见: two visits in a row did not meet the child, and another way must be found.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFailedVisit {
    /// When somebody tried.
    pub attempts: Vec<Timestamp>,
    /// What was tried.
    pub tried: Text,
}

impl Transition<RiskAlert> for SecondFailedVisit {
    const NAME: &'static str = "second_failed_visit";
    const LABEL: Label = Label::new("连续两次未见", "record the second failed visit");
    const FROM: Source<RiskAlertState> =
        Source::In(&[RiskAlertState::Monitoring, RiskAlertState::TransferringOut]);
    const TO: Target<RiskAlertState> = Target::Same;
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR];
    const BY: Roles = &[VILLAGE];
    const OPENS: &'static [&'static str] = &["other_channel"];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的走访流程");

    fn apply(&self, step: &mut StepContext<'_, RiskAlert>) -> Result<(), Refusal> {
        step.demand(step.data.visits.failed_in_a_row >= 2, &guards::TWO_FAILED_VISITS)?;
        if self.attempts.len() < 2 {
            let found = self.attempts.len();
            let reason = format!("expected at least two attempts, found `{found}`");
            return Err(Refusal::field("attempts", reason));
        }
        self.attempts.iter().try_for_each(|at| step.demand_past("attempts", *at))
    }
}
