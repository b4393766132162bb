//! `assessment_assistance` 评估帮扶: finding what a child needs, a plan, services by units,
//! follow-up, effect.
//!
//! A report comes before every plan, and with it what the child says or why it could not be asked.
//! Somebody else approves what one has drafted; for a red child that is the county. Each need goes
//! to a unit as a [`referral`](super::referral) of its own, and the plan goes on until all of them
//! have ended. A guardian's refusal ends it only where no statutory duty remains. A report on a
//! child in temporary guardianship is the assessment of 未成年人保护法 第93条第2款.
//!
//! The steps stand in the order of the matter: [`opening`], [`report`], [`plan`], [`services`],
//! [`follow_up`], [`refusal`], [`closing`], [`transfer`].
//!
//! Sources: 未成年人保护法 第91、93、99、111条; 家庭教育促进法 第30条; recalled:
//! 国发〔2016〕13号 第四部分第三项; the form and the counts of days follow the practice of other
//! counties, and the county decides.

pub mod closing;
pub mod data;
mod duties;
pub mod follow_up;
pub mod guards;
pub mod opening;
pub mod plan;
pub mod refusal;
pub mod report;
pub mod services;
mod state;
pub mod transfer;

#[cfg(test)]
mod tests;

pub use self::{data::AssessmentData, state::AssessmentState};
use self::{duties::REASSESS_AT_16, guards::MOVED_IS_SENT};
use crate::{
    care::{
        codes::{Colour, LifeEvent},
        life::{Lives, RecordChildView, RecordLifeEvent},
        roles::{
            CHILD_WELFARE_DIRECTOR, CIVIL_AFFAIRS_BUREAU, MINOR_PROTECTION_CENTER, TOWN_STATION,
        },
    },
    procedure::{Define, Guard, Procedure, Refusal, Roles, StepContext, Timing},
    terms::{area::AreaPurpose, facts::SubjectKind, label::Label},
};

/// The name of the procedure, for those who look beside.
pub const ASSESSMENT_ASSISTANCE: &str = "assessment_assistance";

/// The attribute with the day of the last survey: there is a report.
pub const SURVEYED_ON: &str = "surveyed_on";
/// The attribute of a case whose last report found a child in temporary guardianship: it is the
/// assessment of 未成年人保护法 第93条第2款.
pub const ARTICLE_93: &str = "article_93_2";
/// The attribute of a child that moved away.
const MOVED_AWAY: &str = "moved_away";
/// The attribute of a case that ended when the child came of age: until when it is looked after.
const AFTERCARE_UNTIL: &str = "aftercare_until";
/// How long, in months. Our own proposal.
const AFTERCARE_MONTHS: u32 = 12;

/// 评估帮扶.
#[derive(Clone, Copy, Debug)]
pub struct AssessmentAssistance;

impl Procedure for AssessmentAssistance {
    const NAME: &'static str = ASSESSMENT_ASSISTANCE;
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("评估帮扶", "assessment and assistance");
    const MECHANISM: Option<&'static str> = Some("assessment");
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Residence];
    const GUARDS: &'static [&'static Guard] = guards::ALL;

    type State = AssessmentState;
    type Data = AssessmentData;

    fn define(define: Define<Self>) -> Define<Self> {
        duties::duties(define)
            .transition::<opening::OpenAssessment>()
            .transition::<opening::AssignTeam>()
            .transition::<report::SubmitReport>()
            .transition::<report::ReturnReport>()
            .transition::<report::CallConference>()
            .transition::<plan::DraftPlan>()
            .transition::<plan::ApprovePlan>()
            .transition::<plan::ReturnPlan>()
            .transition::<services::SendReferrals>()
            .transition::<services::RecordProgress>()
            .transition::<plan::AmendPlan>()
            .transition::<services::ServicesDone>()
            .transition::<follow_up::RecordVisit>()
            .transition::<follow_up::Reassess>()
            .transition::<closing::CloseGoalMet>()
            .transition::<plan::ExtendPlan>()
            .transition::<follow_up::ContinueFollowUp>()
            .transition::<closing::CloseNoNeed>()
            .transition::<refusal::RecordRefusal>()
            .transition::<refusal::SettleRefusal>()
            .transition::<closing::CloseRefused>()
            .transition::<refusal::FindGuardianHarm>()
            .transition::<transfer::TransferAccepted>()
            .transition::<transfer::TransferRefused>()
            .transition::<RecordLifeEvent>()
            .transition::<RecordChildView>()
    }

    fn timing(duty: &str, data: &AssessmentData) -> Timing {
        data.timing(duty)
    }

    /// The town; the minor protection center where the alert was red; the village for visits.
    fn holders(state: AssessmentState, data: &AssessmentData) -> Roles {
        let red = data.colour == Some(Colour::Red);
        match state {
            AssessmentState::FollowUp if red => &[CHILD_WELFARE_DIRECTOR, MINOR_PROTECTION_CENTER],
            AssessmentState::FollowUp => &[CHILD_WELFARE_DIRECTOR, TOWN_STATION],
            _ if state.is_over() => &[],
            // Whoever alone may approve the plan owes it (guard b).
            AssessmentState::PlanDrafted if red => {
                &[CIVIL_AFFAIRS_BUREAU, MINOR_PROTECTION_CENTER, TOWN_STATION]
            }
            _ if red => &[MINOR_PROTECTION_CENTER, TOWN_STATION],
            _ => &[TOWN_STATION],
        }
    }
}

/// 16 ends 留守, and with it a plan that rests on it; 18 and death end the case; moving away sends
/// it to the other place.
impl Lives for AssessmentAssistance {
    const LIFE_STATES: &'static [AssessmentState] =
        &[AssessmentState::ClosedLeftScope, AssessmentState::TransferringOut];
    const LIFE_OPENS: &'static [&'static str] = &[REASSESS_AT_16];

    fn live(
        event: LifeEvent,
        step: &mut StepContext<'_, Self>,
    ) -> Result<Option<AssessmentState>, Refusal> {
        let rests = step.data.plan.as_ref().is_some_and(|plan| plan.rests_on_left_behind);
        if event != LifeEvent::Turned16 || !rests {
            step.hold_back(REASSESS_AT_16);
        }
        match event {
            LifeEvent::Turned16 => {
                step.data.left_behind = false;
                if let Some(plan) = &mut step.data.plan {
                    plan.rests_on_left_behind = false;
                }
                Ok(None)
            }
            LifeEvent::Turned18 => {
                let until = step.occurred_at().date().plus_months(AFTERCARE_MONTHS);
                step.attribute(AFTERCARE_UNTIL, until.to_string());
                Ok(Some(AssessmentState::ClosedLeftScope))
            }
            LifeEvent::Died => Ok(Some(AssessmentState::ClosedLeftScope)),
            LifeEvent::MovedAway => {
                mark_moved(step);
                Ok(Some(AssessmentState::TransferringOut))
            }
        }
    }
}

/// The child moved: from now on the plan ends where the child is.
fn mark_moved(step: &mut StepContext<'_, AssessmentAssistance>) {
    step.data.moved_away = true;
    step.attribute(MOVED_AWAY, "yes");
}

/// The child lives here after all.
fn is_here(step: &mut StepContext<'_, AssessmentAssistance>) {
    step.data.moved_away = false;
    step.clear_attribute(MOVED_AWAY);
}

/// A plan ends here only while the child lives here.
fn demand_here(step: &StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
    step.demand(!step.data.moved_away, &MOVED_IS_SENT)
}
