//! How an assessment ends. Whoever ends it is another person than the one whose work it ends.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AssessmentAssistance, AssessmentState, demand_here,
    guards::{DANGER_REMAINS, NO_NEED, NO_REFUSAL, REFERRALS_OPEN, RISK_ALERT, danger_beside},
};
use crate::{
    care::{
        chain::H21,
        life::{CHILD_VIEW, view_or_reason},
        mechanisms::{
            assessment::referral::REFERRAL, early_warning::risk_alert::StartRegrade,
            emergency_response::EMERGENCY_RESPONSE,
            guardianship::temporary_guardianship::TEMPORARY_GUARDIANSHIP,
            mandatory_report::MANDATORY_REPORT,
        },
        roles::{
            CIVIL_AFFAIRS_BUREAU, COUNTY, MINOR_PROTECTION_CENTER, TOWN, TOWN_LEADER, TOWN_STATION,
        },
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::Attachment, label::Label, text::Text},
};

/// 目标达成结案: the help has worked. An alert that still watches the child is graded anew (H21); its
/// color never changes by the closing itself (guard e).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseGoalMet {
    /// The report.
    pub report: Attachment,
    /// What the help has done.
    pub effect: Text,
    /// What the child says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_view: Option<Text>,
    /// Why the child could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<Text>,
}

impl Transition<AssessmentAssistance> for CloseGoalMet {
    const NAME: &'static str = "close_goal_met";
    const LABEL: Label = Label::new("目标达成结案", "close, the goal is met");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::Reassessing]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::ClosedGoalMet]);
    const ACTED_BY: Roles = &[TOWN_STATION, CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[TOWN, COUNTY];
    const HANDOFFS: &'static [Handoff] = &[H21];
    const BESIDE: &'static [&'static str] = &[REFERRAL];
    const FOUR_EYES: &'static [&'static str] = &["reassess"];
    const BASIS: LegalBasis = LegalBasis::practice("结案须由另一人办理，县里确定");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        demand_here(step)?;
        step.demand(step.open_beside(REFERRAL).is_none(), &REFERRALS_OPEN)?;
        let heard = view_or_reason(CHILD_VIEW, self.child_view.as_ref(), self.why_not.as_ref())?;
        step.attribute(CHILD_VIEW, heard);
        step.hand_off(H21.id, &StartRegrade { cause: self.cause(step) })
    }
}

impl CloseGoalMet {
    /// Why the alert is graded anew: the points of the last assessment and what the help has done;
    /// the effect alone where both together are too long for one field.
    fn cause(&self, step: &StepContext<'_, AssessmentAssistance>) -> Text {
        let effect = &self.effect;
        let told = match step.data.score {
            Some(score) => format!(
                "帮扶目标达成结案；复评得分：监护{}、生理{}、行为{}；{effect}",
                score.guardianship.get(),
                score.physiology.get(),
                score.behaviour.get()
            ),
            None => format!("帮扶目标达成结案；{effect}"),
        };
        Text::new(told).unwrap_or_else(|_| effect.clone())
    }
}

/// 无帮扶需求结案: the report found that nothing is needed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseNoNeed {
    /// Why.
    pub reason: Text,
}

impl Transition<AssessmentAssistance> for CloseNoNeed {
    const NAME: &'static str = "close_no_need";
    const LABEL: Label = Label::new("无帮扶需求结案", "close, no need of help");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::ReportSubmitted]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::ClosedNoNeed]);
    const ACTED_BY: Roles = &[TOWN_LEADER, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[TOWN_LEADER, COUNTY];
    const BESIDE: &'static [&'static str] = &[REFERRAL];
    const FOUR_EYES: &'static [&'static str] = &["submit_report"];
    const BASIS: LegalBasis = LegalBasis::practice("结案须由另一人办理，县里确定");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        demand_here(step)?;
        let report = step.data.report.as_ref();
        let nothing =
            report.is_some_and(|report| report.needs.is_empty() && !report.temporary_guardianship);
        step.demand(nothing, &NO_NEED)?;
        step.demand(step.open_beside(REFERRAL).is_none(), &REFERRALS_OPEN)
    }
}

/// 监护人拒绝结案: the guardian does not want help, and nothing in law asks for more (guard c).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseRefused {
    /// Why the child is in no danger.
    pub no_danger_because: Text,
    /// Where the family was told it can turn to later.
    pub told_remedies: Text,
    /// Whether a child under 8 is left unattended.
    pub under_8_unattended: bool,
}

impl Transition<AssessmentAssistance> for CloseRefused {
    const NAME: &'static str = "close_refused";
    const LABEL: Label = Label::new("监护人拒绝结案", "close, the guardian refuses");
    const FROM: Source<AssessmentState> = Source::In(&[
        AssessmentState::PendingAssessment,
        AssessmentState::Assessing,
        AssessmentState::PlanDrafted,
        AssessmentState::Assisting,
    ]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::ClosedRefused]);
    const ACTED_BY: Roles = &[TOWN_LEADER];
    const BY: Roles = &[TOWN_LEADER, COUNTY];
    const BESIDE: &'static [&'static str] =
        &[RISK_ALERT, MANDATORY_REPORT, EMERGENCY_RESPONSE, TEMPORARY_GUARDIANSHIP, REFERRAL];
    const FOUR_EYES: &'static [&'static str] = &["record_refusal"];
    const BASIS: LegalBasis = LegalBasis::practice("法定职责未尽的不得因监护人拒绝而结案");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        demand_here(step)?;
        step.demand(step.data.guardian_refuses, &NO_REFUSAL)?;
        let report = step.data.report.as_ref();
        let danger = self.under_8_unattended
            || step.data.forced_red
            || report.is_some_and(|report| report.temporary_guardianship)
            || danger_beside(step);
        step.demand(!danger, &DANGER_REMAINS)?;
        step.demand(step.open_beside(REFERRAL).is_none(), &REFERRALS_OPEN)
    }
}
