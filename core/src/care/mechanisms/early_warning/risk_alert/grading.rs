//! Grading by color: proposed by one, confirmed by another, reviewed, and at last cleared.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LeftBehind, Proposal, RiskAlert, RiskAlertState, guards, show_grade};
use crate::{
    care::{
        chain::H07,
        codes::{Colour, ForcedRedItem},
        mechanisms::{
            assessment::assessment_assistance::opening::OpenAssessment,
            early_warning::scale::{Answers, Instrument, is_milder},
        },
        roles::{CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, PROVIDER, TOWN, VILLAGE},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{label::Label, text::Text, time::CivilDate},
};

/// 提出定级: the form is filled in and a color proposed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeGrade {
    /// By which instrument.
    pub instrument: Instrument,
    /// The points of each axis.
    pub answers: Answers,
    /// The items that make the case red whatever its points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forced: Option<Vec<ForcedRedItem>>,
    /// The color that is proposed: the instrument's, or a more serious one.
    pub colour: Colour,
    /// Whether the child is left behind; without it the child's file is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_behind: Option<bool>,
}

impl Transition<RiskAlert> for ProposeGrade {
    const NAME: &'static str = "propose_grade";
    const LABEL: Label = Label::new("提出定级", "propose a grade");
    const FROM: Source<RiskAlertState> =
        Source::In(&[RiskAlertState::Verifying, RiskAlertState::Regrading]);
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::Grading]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR, PROVIDER];
    const BY: Roles = &[VILLAGE];
    const BESIDE: &'static [&'static str] = &["care_file"];
    const BASIS: LegalBasis = LegalBasis::practice("四色分级为外地做法，量表由县里确定");

    fn apply(&self, step: &mut StepContext<'_, RiskAlert>) -> Result<(), Refusal> {
        let forced = self.forced.as_deref().unwrap_or_default();
        let grade = self.instrument.grade(&self.answers, forced);
        let milder = is_milder(self.colour, grade.colour);
        step.demand(!(milder && grade.forced), &guards::FORCED_IS_RED)?;
        step.demand(!milder, &guards::NOT_MILDER_THAN_SCORE)?;
        step.data.proposal = Some(Proposal { colour: self.colour, grade });
        let file = step.beside("care_file").find(|file| file.facts.is_open());
        let in_file = file.map(|file| file.attributes.contains_key("left_behind"));
        step.data.left_behind = match (self.left_behind.or(in_file), step.data.left_behind) {
            (_, LeftBehind::Outgrown) => LeftBehind::Outgrown,
            (Some(true), _) => LeftBehind::Yes,
            (Some(false), _) => LeftBehind::No,
            (None, known) => known,
        };
        match step.data.left_behind {
            LeftBehind::Yes => step.attribute("left_behind", "yes"),
            LeftBehind::No | LeftBehind::Outgrown => step.clear_attribute("left_behind"),
        }
        Ok(())
    }
}

/// 确认定级: somebody else says that the color is right.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmGrade {
    /// The color: the proposed one, or a more serious one.
    pub colour: Colour,
    /// By when the child is to be met first.
    pub first_visit_due: CivilDate,
}

impl Transition<RiskAlert> for ConfirmGrade {
    const NAME: &'static str = "confirm_grade";
    const LABEL: Label = Label::new("确认定级", "confirm the grade");
    const FROM: Source<RiskAlertState> = Source::In(&[RiskAlertState::Grading]);
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::Monitoring]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR];
    const BY: Roles = &[TOWN];
    const OPENS: &'static [&'static str] = &["intervene_red"];
    const HANDOFFS: &'static [Handoff] = &[H07];
    const FOUR_EYES: &'static [&'static str] = &["start_verification", "propose_grade"];
    const BASIS: LegalBasis = LegalBasis::practice("定级须由另一人确认，县里确定");

    fn apply(&self, step: &mut StepContext<'_, RiskAlert>) -> Result<(), Refusal> {
        let proposal = step.data.proposal.take();
        let proposed = proposal.map(|proposal| proposal.colour);
        let milder = proposed.is_some_and(|proposed| is_milder(self.colour, proposed));
        step.demand(!milder, &guards::NOT_MILDER_THAN_PROPOSED)?;
        if self.first_visit_due < step.occurred_at().date() {
            return Err(Refusal::field(
                "first_visit_due",
                format!(
                    "expected a day not before the confirmation, found `{}`",
                    self.first_visit_due
                ),
            ));
        }
        step.data.colour = Some(self.colour);
        step.data.graded_at = Some(step.occurred_at());
        step.data.first_visit_due = Some(self.first_visit_due);
        let grade = proposal.map(|proposal| proposal.grade);
        if let Some(grade) = grade {
            show_grade(step, self.colour, grade.worst_axis, grade.forced);
        }
        if self.colour != Colour::Red {
            step.hold_back("intervene_red");
        }
        match self.colour {
            Colour::Red | Colour::Yellow => {
                let form = OpenAssessment {
                    colour: Some(self.colour),
                    worst_axis: grade.map(|grade| grade.worst_axis),
                    forced_red: grade.map(|grade| grade.forced),
                    left_behind: Some(step.data.left_behind == LeftBehind::Yes),
                    ..OpenAssessment::of(step.facts(), step.data.facts.clone(), &[])?
                };
                step.hand_off(H07.id, &form)
            }
            Colour::Blue | Colour::Green => Ok(()),
        }
    }
}

/// 退回核查: the proposal does not convince.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnGrade {
    /// Why.
    pub reason: Text,
}

impl Transition<RiskAlert> for ReturnGrade {
    const NAME: &'static str = "return_grade";
    const LABEL: Label = Label::new("退回核查", "return the grade");
    const FROM: Source<RiskAlertState> = Source::In(&[RiskAlertState::Grading]);
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::Verifying]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR];
    const BY: Roles = &[TOWN];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的定级流程");

    fn apply(&self, step: &mut StepContext<'_, RiskAlert>) -> Result<(), Refusal> {
        step.data.proposal = None;
        // The child was met for this alert: the first visit is not owed a second time.
        if step.attribute_before("last_met").is_some() {
            step.hold_back("first_visit");
        }
        Ok(())
    }
}

/// 启动复评: the color is looked at again.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRegrade {
    /// Why now.
    pub cause: Text,
}

impl Transition<RiskAlert> for StartRegrade {
    const NAME: &'static str = "start_regrade";
    const LABEL: Label = Label::new("启动复评", "start grading anew");
    const FROM: Source<RiskAlertState> = Source::In(&[RiskAlertState::Monitoring]);
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::Regrading]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR];
    const BY: Roles = &[TOWN, CHILD_WELFARE_DIRECTOR];
    const BASIS: LegalBasis = LegalBasis::practice("复评周期由县里确定，有的地方监护评估两年一次");
}

/// The procedures that say that a child is in danger or not at home.
const HARM: &[&str] = &["mandatory_report", "emergency_response", "temporary_guardianship"];

/// 解除预警: the danger is over.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clear {
    /// The numbers of the visits it rests on, at least two, for those who read it later. What
    /// counts is what the case remembers of its visits.
    pub visits: Vec<i64>,
    /// Why.
    pub reason: Text,
    /// The confirmed color.
    pub colour: Colour,
}

impl Transition<RiskAlert> for Clear {
    const NAME: &'static str = "clear";
    const LABEL: Label = Label::new("解除预警", "clear the alert");
    const FROM: Source<RiskAlertState> =
        Source::In(&[RiskAlertState::Monitoring, RiskAlertState::Regrading]);
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::Cleared]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR];
    const BY: Roles = &[TOWN];
    const BESIDE: &'static [&'static str] = HARM;
    const BASIS: LegalBasis = LegalBasis::practice("解除条件由县里确定");

    fn apply(&self, step: &mut StepContext<'_, RiskAlert>) -> Result<(), Refusal> {
        step.demand(!step.data.moved_away, &guards::MOVED_NOT_CLEARED)?;
        step.demand(step.data.visits.met_in_a_row >= 2, &guards::TWO_MET_VISITS)?;
        let mild = matches!(self.colour, Colour::Blue | Colour::Green);
        step.demand(mild && step.data.colour == Some(self.colour), &guards::CLEAR_COLOUR)?;
        let none_open = HARM.iter().all(|other| step.open_beside(other).is_none());
        step.demand(none_open, &guards::CLEAR_WITH_OPEN_CASE)?;
        if self.visits.iter().collect::<BTreeSet<_>>().len() < 2 {
            return Err(Refusal::field("visits", "expected the numbers of two visits"));
        }
        Ok(())
    }
}
