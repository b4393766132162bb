//! `risk_alert` 预警线索: a clue about a child, verified, graded by color and watched until it is
//! cleared.
//!
//! Nothing that needs an approval stands before [`TriggerReport`], and the alert goes on beside
//! the report. Only a visit that met the child fulfils a visit duty. A child who moved is never
//! cleared, only handed over.

mod alarm;
mod clue;
mod data;
mod grading;
mod guards;
mod state;
#[cfg(test)]
mod tests;
mod transfer;
mod visits;

use serde::Serialize;

pub use alarm::{InterveneNow, TriggerReport};
pub use clue::{Dismiss, RegisterClue, StartVerification};
pub use data::{LeftBehind, Proposal, RiskAlertData};
pub use grading::{Clear, ConfirmGrade, ProposeGrade, ReturnGrade, StartRegrade};
pub use state::RiskAlertState;
pub use transfer::{SendTransferOut, TransferAccepted, TransferRefused};
pub use visits::{RecordVisit, SecondFailedVisit};

use super::scale::Axis;
use crate::{
    care::{
        chain::DEATH_REVIEW,
        codes::{Colour, LifeEvent},
        life::{Lives, RecordChildView, RecordLifeEvent},
        roles::{
            CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, NEAR, TOWN, TOWN_STATION, VILLAGE,
        },
    },
    procedure::{Define, Duty, Guard, Handoff, Procedure, Refusal, Roles, StepContext, Timing},
    terms::{area::AreaPurpose, facts::SubjectKind, id::CaseId, label::Label, time::Timestamp},
};

/// The procedure.
#[derive(Clone, Copy, Debug)]
pub struct RiskAlert;

/// The duties to visit that the states declare.
const VISIT_DUTIES: &[&str] = &["first_visit", "visit", "visit_until_accepted"];
/// The side duties that failed visits open.
const RETRY_DUTIES: &[&str] = &["retry_visit", "other_channel"];

impl Procedure for RiskAlert {
    const NAME: &'static str = "risk_alert";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("预警线索", "risk alert");
    const MECHANISM: Option<&'static str> = Some("early_warning");
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Residence, AreaPurpose::Incident];
    const GUARDS: &'static [&'static Guard] = guards::ALL;

    type State = RiskAlertState;
    type Data = RiskAlertData;

    fn define(define: Define<Self>) -> Define<Self> {
        transitions(duties_once_graded(duties_until_graded(define)))
    }

    fn timing(duty: &str, data: &RiskAlertData) -> Timing {
        let visits = &data.visits;
        match duty {
            "start_verification" => {
                Timing::fits([if data.red_suspected { "C02a" } else { "C01" }]).from(data.clue_at)
            }
            "first_visit" => {
                // Once the child was met, a return to verifying asks for a visit from then on.
                let from = if visits.last_met.is_none() { data.clue_at } else { None };
                Timing::fits([if data.red_suspected { "C02a" } else { "C02" }]).from(from)
            }
            "visit" | "visit_until_accepted" => data.visit_timing(),
            // The longer cycle is for the guardianship alone; a deadline may be extended to it.
            "review_grade" => Timing::fits(["C10"]).from(data.graded_at),
            "retry_visit" | "other_channel" => Timing::fits(["C13"]).from(visits.last_failed),
            _ => Timing::default(),
        }
    }

    fn holders(state: RiskAlertState, _: &RiskAlertData) -> Roles {
        match state {
            RiskAlertState::ClueReceived | RiskAlertState::Grading | RiskAlertState::Regrading => {
                &[TOWN_STATION]
            }
            // The village for visits, the town for what the village may not record.
            RiskAlertState::Verifying
            | RiskAlertState::Monitoring
            | RiskAlertState::TransferringOut => &[CHILD_WELFARE_DIRECTOR, TOWN_STATION],
            RiskAlertState::TransferredOut
            | RiskAlertState::Dismissed
            | RiskAlertState::Cleared
            | RiskAlertState::ClosedLeftScope => &[],
        }
    }
}

fn duties_until_graded(define: Define<RiskAlert>) -> Define<RiskAlert> {
    use RiskAlertState as In;
    define
        .duty(
            Duty::new("start_verification", "启动核查", "start the verification")
                .on(&[In::ClueReceived])
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C01", "C02a"])
                .fulfilled_by(&["start_verification", "dismiss"]),
        )
        .duty(
            Duty::new("first_visit", "入户核查", "visit the child at home")
                .on(&[In::Verifying])
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C02", "C02a"])
                .fulfilled_by(&["record_visit"])
                .once(),
        )
        .duty(
            Duty::new("propose_grade", "提出定级", "propose a grade")
                .on(&[In::Verifying])
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C03"])
                .fulfilled_by(&["propose_grade", "dismiss"]),
        )
        .duty(
            Duty::new("confirm_grade", "确认定级", "confirm the grade")
                .on(&[In::Grading])
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[TOWN])
                .limits(&["C12"])
                .fulfilled_by(&["confirm_grade", "return_grade"]),
        )
        .duty(
            Duty::new("intervene_red", "红色立即介入", "intervene at once, for red")
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[NEAR])
                .limits(&["C04"])
                .fulfilled_by(&["intervene_now"]),
        )
}

fn duties_once_graded(define: Define<RiskAlert>) -> Define<RiskAlert> {
    use RiskAlertState as In;
    let visit = &["C05", "C06", "C07", "C08", "C09"];
    define
        .duty(
            Duty::new("visit", "按色走访", "visit as the color asks")
                .on(&[In::Monitoring])
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(visit)
                .fulfilled_by(&["record_visit"]),
        )
        .duty(
            Duty::new("review_grade", "到期复评", "review the grade")
                .on(&[In::Monitoring])
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[TOWN])
                .limits(&["C10", "D31"])
                .fulfilled_by(&["start_regrade", "clear"]),
        )
        .duty(
            Duty::new("retry_visit", "未见到本人再访", "go again, the child was not met")
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C13"])
                .fulfilled_by(&["record_visit"]),
        )
        .duty(
            Duty::new("other_channel", "另辟渠道见到儿童", "find another way to meet the child")
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[TOWN])
                .limits(&["C13"])
                .fulfilled_by(&["record_visit", "start_regrade", "trigger_report"]),
        )
        .duty(
            Duty::new("finish_regrade", "完成复评", "finish the review")
                .on(&[In::Regrading])
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C03"])
                .fulfilled_by(&["propose_grade", "clear"]),
        )
        .duty(
            Duty::new("chase_transfer", "催问接收", "ask whether it was received")
                .on(&[In::TransferringOut])
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[TOWN])
                .limits(&["C11"])
                .fulfilled_by(&["transfer_accepted", "transfer_refused", "record_follow_up"]),
        )
        .duty(
            Duty::new("visit_until_accepted", "接收前继续走访", "go on visiting until then")
                .on(&[In::TransferringOut])
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(visit)
                .fulfilled_by(&["record_visit"]),
        )
        .duty(
            // Not in the table of duties: what happens to the child at 16 asks for it.
            Duty::new("regrade", "满十六周岁后复评", "grade anew after the sixteenth birthday")
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C03"])
                .fulfilled_by(&[
                    "start_regrade",
                    "propose_grade",
                    "dismiss",
                    "clear",
                    "transfer_accepted",
                ]),
        )
}

fn transitions(define: Define<RiskAlert>) -> Define<RiskAlert> {
    define
        .transition::<RegisterClue>()
        .transition::<StartVerification>()
        .transition::<RecordVisit>()
        .transition::<SecondFailedVisit>()
        .transition::<TriggerReport>()
        .transition::<ProposeGrade>()
        .transition::<ConfirmGrade>()
        .transition::<ReturnGrade>()
        .transition::<InterveneNow>()
        .transition::<StartRegrade>()
        .transition::<Dismiss>()
        .transition::<Clear>()
        .transition::<SendTransferOut>()
        .transition::<TransferAccepted>()
        .transition::<TransferRefused>()
        .transition::<RecordLifeEvent>()
        .transition::<RecordChildView>()
}

/// What a review of a death asks for.
#[derive(Debug, Serialize)]
struct OpenReview {
    what: &'static str,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<CaseId>,
}

impl Lives for RiskAlert {
    const LIFE_STATES: &'static [RiskAlertState] = &[RiskAlertState::ClosedLeftScope];
    const LIFE_HANDOFFS: &'static [Handoff] = &[DEATH_REVIEW];
    const LIFE_OPENS: &'static [&'static str] = &["regrade"];

    fn live(
        event: LifeEvent,
        step: &mut StepContext<'_, Self>,
    ) -> Result<Option<RiskAlertState>, Refusal> {
        let ends_left_behind =
            event == LifeEvent::Turned16 && step.data.left_behind == LeftBehind::Yes;
        if !ends_left_behind {
            step.hold_back("regrade");
        }
        match event {
            LifeEvent::Turned16 => {
                step.data.left_behind = LeftBehind::Outgrown;
                step.clear_attribute("left_behind");
                Ok(None)
            }
            LifeEvent::Turned18 => Ok(Some(RiskAlertState::ClosedLeftScope)),
            LifeEvent::Died => {
                let form = OpenReview {
                    what: "预警跟踪期间儿童死亡",
                    at: step.occurred_at(),
                    incident: step.facts().case.map(|case| case.id),
                };
                step.hand_off(DEATH_REVIEW.id, &form)?;
                Ok(Some(RiskAlertState::ClosedLeftScope))
            }
            LifeEvent::MovedAway => {
                mark_moved(step);
                Ok(None)
            }
        }
    }
}

/// The child moved: from now on the alert can be handed over, and never be cleared.
fn mark_moved(step: &mut StepContext<'_, RiskAlert>) {
    step.data.moved_away = true;
    step.attribute("moved_away", "yes");
}

/// Shows the confirmed grade outside the sealed data.
fn show_grade(step: &mut StepContext<'_, RiskAlert>, colour: Colour, axis: Axis, forced: bool) {
    step.attribute("colour", colour.name());
    step.attribute("worst_axis", axis.name());
    step.attribute("forced_red", if forced { "yes" } else { "no" });
}
