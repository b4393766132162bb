//! How an assessment begins: by hand, or because another procedure asks for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ASSESSMENT_ASSISTANCE, AssessmentAssistance, AssessmentState, guards::ONE_ASSESSMENT};
use crate::{
    care::{
        codes::{Colour, PlanNeed},
        mechanisms::{early_warning::scale::Axis, filled::filled},
        roles::{COUNTY, MINOR_PROTECTION_CENTER, NEAR, POLICE_STATION, TOWN, TOWN_STATION},
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, StepFacts, Target, Transition},
    terms::{
        evidence::{CaseRef, Person},
        label::Label,
        text::Text,
    },
};

/// 启动评估: somebody has reason to look into what a child needs. A confirmed yellow or red alert, a
/// report, an emergency and a return home ask for it too; where an assessment is open they tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAssessment {
    /// The case it comes from, or where else.
    pub source: CaseRef,
    /// Why the child is to be assessed.
    pub reason: Text,
    /// The needs that were seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_seen: Option<Vec<PlanNeed>>,
    /// The confirmed color of the alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// The axis on which the alert is worst.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_axis: Option<Axis>,
    /// Whether an item makes the alert red whatever its points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forced_red: Option<bool>,
    /// Whether the child is left behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_behind: Option<bool>,
}

impl OpenAssessment {
    /// An assessment asked for by the case of `facts`.
    ///
    /// # Errors
    /// [`Refusal::Field`] where that case tells no reason.
    pub fn of(
        facts: &StepFacts<'_>,
        reason: Option<Text>,
        needs: &[PlanNeed],
    ) -> Result<Self, Refusal> {
        let from = facts.case.map(|case| CaseRef::Case(case.id));
        let (Some(source), Some(reason)) = (from, reason) else {
            return Err(Refusal::field("facts", "expected the facts of the case, found none"));
        };
        Ok(Self {
            source,
            reason,
            needs_seen: (!needs.is_empty()).then(|| needs.to_vec()),
            colour: None,
            worst_axis: None,
            forced_red: None,
            left_behind: None,
        })
    }
}

impl Transition<AssessmentAssistance> for OpenAssessment {
    const NAME: &'static str = "open_assessment";
    const LABEL: Label = Label::new("启动评估", "open an assessment");
    const FROM: Source<AssessmentState> = Source::Opens;
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::PendingAssessment]);
    const ACTED_BY: Roles = &[TOWN, COUNTY, POLICE_STATION];
    const BY: Roles = &[TOWN, COUNTY];
    const BESIDE: &'static [&'static str] = &[ASSESSMENT_ASSISTANCE];
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）第四部分第三项",
    );

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        step.demand(step.open_beside(ASSESSMENT_ASSISTANCE).is_none(), &ONE_ASSESSMENT)?;
        step.data.reason = Some(self.reason.clone());
        step.data.needs_seen = self.needs_seen.clone().unwrap_or_default();
        step.data.colour = self.colour;
        step.data.forced_red = self.forced_red.unwrap_or(false);
        step.data.left_behind = self.left_behind.unwrap_or(false);
        if let Some(colour) = self.colour {
            step.attribute("colour", colour.name());
        }
        Ok(())
    }
}

/// 组建评估组: who looks into it. Two or more of the county's own staff is practice elsewhere.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignTeam {
    /// Who.
    pub team: Vec<Person>,
    /// How many of them are of our own staff.
    pub in_house: i64,
}

impl Transition<AssessmentAssistance> for AssignTeam {
    const NAME: &'static str = "assign_team";
    const LABEL: Label = Label::new("组建评估组", "name the assessment team");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::PendingAssessment]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::Assessing]);
    const ACTED_BY: Roles = &[TOWN_STATION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis =
        LegalBasis::practice("评估组由县里确定，有的地方要求两名以上本单位人员");

    fn apply(&self, _: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        filled("team", &self.team)?;
        let team = i64::try_from(self.team.len()).unwrap_or(i64::MAX);
        if (0..=team).contains(&self.in_house) {
            return Ok(());
        }
        let reason =
            format!("expected 0 to {team}, as many as the team has, found `{}`", self.in_house);
        Err(Refusal::field("in_house", reason))
    }
}
