//! Telling the reporter, and closing 告知与办结.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    MandatoryReport, ReportState,
    guards::{EMERGENCY_OPEN, NEEDS_NOT_REFERRED, NOT_UNFOUNDED, REPORTERS_NOT_TOLD, all_referred},
};
use crate::{
    care::{
        codes::{PlanNeed, ReportOutcome},
        mechanisms::emergency_response::EMERGENCY_RESPONSE,
        roles::{DEPT, MINOR_PROTECTION_CENTER, NEAR, POLICE, TOWN_STATION},
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::Person, label::Label, text::Text, time::Timestamp},
};

/// 告知处理结果: the reporter is told what came of the report, in a fitting way. This is owed in every
/// case and never excused.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyResult {
    /// Who was told.
    pub to: Person,
    /// In which way.
    pub manner: Text,
    /// When.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for NotifyResult {
    const NAME: &'static str = "notify_result";
    const LABEL: Label = Label::new("告知处理结果", "tell the reporter the result");
    const FROM: Source<ReportState> =
        Source::In(&[ReportState::Decided, ReportState::ResultNotified]);
    const TO: Target<ReportState> = Target::SameOr(&[ReportState::ResultNotified]);
    const ACTED_BY: Roles = &[POLICE, DEPT];
    const BY: Roles = &[MINOR_PROTECTION_CENTER, DEPT, TOWN_STATION];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第3款");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        one_was_told(step);
        Ok(())
    }
}

/// The key under which the engine counts the cases that were merged into one.
const MERGED_CASES: &str = "merged_cases";

/// Whether every reporter was told: the own one, and those of the reports that were merged into
/// this one.
fn all_were_told(step: &StepContext<'_, MandatoryReport>) -> bool {
    let merged = step.attribute_before(MERGED_CASES).and_then(|count| count.parse().ok());
    step.data.answers > merged.unwrap_or(0)
}

/// One more reporter was told. While another is owed an answer, the case keeps its state, and the
/// duty begins anew.
fn one_was_told(step: &mut StepContext<'_, MandatoryReport>) {
    step.data.answers = step.data.answers.saturating_add(1);
    if step.state() == Some(ReportState::Decided) && all_were_told(step) {
        step.go(ReportState::ResultNotified);
    }
}

/// 无法告知: nobody can be told, because the report was anonymous.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationImpossible {
    /// Why it is impossible.
    pub reason: Text,
}

impl Transition<MandatoryReport> for NotificationImpossible {
    const NAME: &'static str = "notification_impossible";
    const LABEL: Label = Label::new("无法告知", "record that nobody can be told");
    const FROM: Source<ReportState> =
        Source::In(&[ReportState::Decided, ReportState::ResultNotified]);
    const TO: Target<ReportState> = Target::SameOr(&[ReportState::ResultNotified]);
    const ACTED_BY: Roles = &[POLICE, DEPT];
    const BY: Roles = &[MINOR_PROTECTION_CENTER, DEPT, TOWN_STATION];
    const BASIS: LegalBasis = LegalBasis::practice("匿名报告，无法告知");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        one_was_told(step);
        Ok(())
    }
}

/// 办结: the report has run its course. Whoever needs help was referred, and no emergency of the child
/// is open (guard f).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// What remains to be said.
    pub note: Text,
    /// What the child needs; each of it has been referred.
    pub needs: Vec<PlanNeed>,
}

impl Transition<MandatoryReport> for Close {
    const NAME: &'static str = "close";
    const LABEL: Label = Label::new("办结", "close the report");
    const FROM: Source<ReportState> = Source::In(&[ReportState::ResultNotified]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Closed]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER, DEPT];
    const BY: Roles = &[NEAR, DEPT];
    const BESIDE: &'static [&'static str] = &[EMERGENCY_RESPONSE];
    const BASIS: LegalBasis = LegalBasis::practice("办结前核对告知、转介与安全");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand(step.open_beside(EMERGENCY_RESPONSE).is_none(), &EMERGENCY_OPEN)?;
        step.demand(all_were_told(step), &REPORTERS_NOT_TOLD)?;
        step.demand(all_referred(&self.needs, &step.data.referred), &NEEDS_NOT_REFERRED)
    }
}

/// 查否办结: the report proved unfounded, and its case ends as such.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseUnfounded {
    /// What remains to be said.
    pub note: Text,
}

impl Transition<MandatoryReport> for CloseUnfounded {
    const NAME: &'static str = "close_unfounded";
    const LABEL: Label = Label::new("查否办结", "close as unfounded");
    const FROM: Source<ReportState> = Source::In(&[ReportState::ResultNotified]);
    const TO: Target<ReportState> = Target::To(&[ReportState::ClosedUnfounded]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER, DEPT];
    const BY: Roles = &[NEAR, DEPT];
    const BESIDE: &'static [&'static str] = &[EMERGENCY_RESPONSE];
    const BASIS: LegalBasis = LegalBasis::practice("查否后办结");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand(step.open_beside(EMERGENCY_RESPONSE).is_none(), &EMERGENCY_OPEN)?;
        step.demand(all_were_told(step), &REPORTERS_NOT_TOLD)?;
        let unfounded = step.data.outcome == Some(ReportOutcome::Unfounded);
        step.demand(unfounded, &NOT_UNFOUNDED)
    }
}
