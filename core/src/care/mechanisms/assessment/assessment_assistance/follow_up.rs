//! Following the child by visits, and assessing it anew.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AssessmentAssistance, AssessmentState, duties::FOLLOW_UP_VISIT, is_here, mark_moved};
use crate::{
    care::{
        codes::VisitResult,
        mechanisms::early_warning::scale::{Answers, Instrument},
        roles::{
            CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, MINOR_PROTECTION_CENTER, NEAR,
            PROVIDER, TOWN_STATION, VILLAGE,
        },
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{label::Label, text::Text, time::Timestamp},
};

/// 回访登记: somebody went to see how the child is now. Only a visit that met the child fulfils the
/// duty to visit.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordVisit {
    /// Whether the child was met.
    pub result: VisitResult,
    /// When.
    pub at: Timestamp,
    /// What was found.
    pub findings: Text,
}

impl Transition<AssessmentAssistance> for RecordVisit {
    const NAME: &'static str = "record_visit";
    const LABEL: Label = Label::new("回访登记", "record a visit");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::FollowUp]);
    const TO: Target<AssessmentState> = Target::Same;
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR, PROVIDER];
    const BY: Roles = &[VILLAGE];
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第21条；\
         监护人未侵害的，回访由县里确定",
    );

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        let since = step.data.followed_since;
        if !step.data.visits.record(self.result, self.at, since).visit {
            step.leave_open(FOLLOW_UP_VISIT);
        } else if step.data.moved_away {
            // The other place sent the plan back, and the child is here again.
            is_here(step);
        }
        if self.result == VisitResult::Moved {
            mark_moved(step);
        }
        Ok(())
    }
}

/// 启动复评: the child is assessed anew, by the same instrument as an alert.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reassess {
    /// By which instrument.
    pub instrument: Instrument,
    /// The points of each axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Answers>,
}

impl Transition<AssessmentAssistance> for Reassess {
    const NAME: &'static str = "reassess";
    const LABEL: Label = Label::new("启动复评", "assess anew");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::FollowUp]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::Reassessing]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("复评周期由县里确定");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        step.data.score = self.score;
        Ok(())
    }
}

/// 继续回访: neither done nor in need of a longer plan; the visits go on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContinueFollowUp {
    /// Why.
    pub reason: Text,
}

impl Transition<AssessmentAssistance> for ContinueFollowUp {
    const NAME: &'static str = "continue_follow_up";
    const LABEL: Label = Label::new("继续回访", "go on with the visits");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::Reassessing]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::FollowUp]);
    const ACTED_BY: Roles = &[TOWN_STATION];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的回访流程");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        step.data.follow(step.occurred_at());
        Ok(())
    }
}
