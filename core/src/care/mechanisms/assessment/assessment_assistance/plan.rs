//! The plan: drafted by one, approved by another, amended and extended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AssessmentAssistance, AssessmentState,
    data::Plan,
    guards::{RED_NEEDS_COUNTY, RISK_ALERT, acts_as, red_beside},
};
use crate::{
    care::{
        codes::Colour,
        mechanisms::filled::filled,
        roles::{CIVIL_AFFAIRS_BUREAU, NEAR, PROVIDER, TOWN_LEADER, TOWN_STATION},
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{id::UnitId, label::Label, text::Text, time::CivilDate},
};

/// 拟定方案: what is to be reached for the child, by what, by whom, until when. The report with the
/// child's view comes before it on every way.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftPlan {
    /// What is to be reached.
    pub goals: Text,
    /// By what.
    pub measures: Vec<Text>,
    /// Which units help. Nobody else is told of the child.
    pub units: Vec<UnitId>,
    /// Until when.
    pub until: CivilDate,
    /// Whether the plan rests on the child being left behind; without it the alert is asked that
    /// led here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rests_on_left_behind: Option<bool>,
}

impl Transition<AssessmentAssistance> for DraftPlan {
    const NAME: &'static str = "draft_plan";
    const LABEL: Label = Label::new("拟定方案", "draft a plan");
    const FROM: Source<AssessmentState> =
        Source::In(&[AssessmentState::ReportSubmitted, AssessmentState::InConference]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::PlanDrafted]);
    const ACTED_BY: Roles = &[NEAR, PROVIDER];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("帮扶方案的格式沿用外地系统，县里确定");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        filled("measures", &self.measures)?;
        demand_ahead(step, self.until)?;
        let rests_on_left_behind = self.rests_on_left_behind.unwrap_or(step.data.left_behind);
        step.data.plan = Some(Plan {
            goals: self.goals.clone(),
            measures: self.measures.clone(),
            units: self.units.clone(),
            until: self.until,
            rests_on_left_behind,
        });
        Ok(())
    }
}

/// 批准方案: somebody else says that the plan is right; for a red child that is civil affairs
/// (guard b).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovePlan {
    /// What remains to be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

impl Transition<AssessmentAssistance> for ApprovePlan {
    const NAME: &'static str = "approve_plan";
    const LABEL: Label = Label::new("批准方案", "approve the plan");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::PlanDrafted]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::PlanApproved]);
    const ACTED_BY: Roles = &[TOWN_LEADER, CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[TOWN_LEADER, CIVIL_AFFAIRS_BUREAU];
    const BESIDE: &'static [&'static str] = &[RISK_ALERT];
    const FOUR_EYES: &'static [&'static str] = &["draft_plan", "amend_plan", "extend_plan"];
    const BASIS: LegalBasis = LegalBasis::practice("方案须由另一人批准，红色等级由县里批准");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        let red = step.data.colour == Some(Colour::Red) || red_beside(step);
        step.demand(!red || acts_as(step, CIVIL_AFFAIRS_BUREAU), &RED_NEEDS_COUNTY)
    }
}

/// 退回方案: the plan does not convince.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnPlan {
    /// Why.
    pub reason: Text,
}

impl Transition<AssessmentAssistance> for ReturnPlan {
    const NAME: &'static str = "return_plan";
    const LABEL: Label = Label::new("退回方案", "return the plan");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::PlanDrafted]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::ReportSubmitted]);
    const ACTED_BY: Roles = &[TOWN_LEADER, CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[TOWN_LEADER, CIVIL_AFFAIRS_BUREAU];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的审批流程");
}

/// 调整方案: the plan does not fit any more; what changes is approved again. Services that run go on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendPlan {
    /// Why.
    pub reason: Text,
    /// The measures from now on, if they change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measures: Option<Vec<Text>>,
    /// The units from now on, if they change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Vec<UnitId>>,
}

impl Transition<AssessmentAssistance> for AmendPlan {
    const NAME: &'static str = "amend_plan";
    const LABEL: Label = Label::new("调整方案", "amend the plan");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::Assisting]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::PlanDrafted]);
    const ACTED_BY: Roles = &[NEAR];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的审批流程");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        if let Some(measures) = &self.measures {
            filled("measures", measures)?;
        }
        if let Some(plan) = &mut step.data.plan {
            if let Some(measures) = &self.measures {
                plan.measures.clone_from(measures);
            }
            if let Some(units) = &self.units {
                plan.units.clone_from(units);
            }
        }
        Ok(())
    }
}

/// 延长方案: the goal is not reached yet; the longer plan is approved again.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendPlan {
    /// Why.
    pub reason: Text,
    /// Until when.
    pub until: CivilDate,
}

impl Transition<AssessmentAssistance> for ExtendPlan {
    const NAME: &'static str = "extend_plan";
    const LABEL: Label = Label::new("延长方案", "extend the plan");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::Reassessing]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::PlanDrafted]);
    const ACTED_BY: Roles = &[TOWN_STATION];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的审批流程");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        demand_ahead(step, self.until)?;
        if let Some(plan) = &mut step.data.plan {
            plan.until = self.until;
        }
        Ok(())
    }
}

/// A plan lasts until a day that is not past when it is made.
fn demand_ahead(
    step: &StepContext<'_, AssessmentAssistance>,
    until: CivilDate,
) -> Result<(), Refusal> {
    if until >= step.occurred_at().date() {
        return Ok(());
    }
    Err(Refusal::field("until", format!("expected a day not before the step, found `{until}`")))
}
