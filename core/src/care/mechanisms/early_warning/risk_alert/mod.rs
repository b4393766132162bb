//! `risk_alert` 预警线索: a clue about a child, verified, graded by color and watched until it is
//! cleared.
//!
//! Nothing that needs an approval stands before [`TriggerReport`], and the alert goes on beside
//! the report. Only a visit that met the child fulfils a visit duty. A child who moved is never
//! cleared, only handed over.

mod alarm;
mod clue;
mod grading;
mod guards;
#[cfg(test)]
mod tests;
mod transfer;
mod visits;

use serde::{Deserialize, Serialize};

pub use alarm::{InterveneNow, TriggerReport};
pub use clue::{Dismiss, RegisterClue, StartVerification};
pub use grading::{Clear, ConfirmGrade, ProposeGrade, ReturnGrade, StartRegrade};
pub use transfer::{SendTransferOut, TransferAccepted, TransferRefused};
pub use visits::{RecordVisit, SecondFailedVisit};

use super::scale::{Axis, Grade};
use crate::{
    care::{
        chain::DEATH_REVIEW,
        codes::{Colour, LifeEvent},
        life::{Lives, RecordChildView, RecordLifeEvent},
        register::visit_log::VisitLog,
        roles::{
            CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, NEAR, TOWN, TOWN_STATION, VILLAGE,
        },
    },
    procedure::{
        Define, Duty, Guard, Handoff, Procedure, Refusal, Roles, State, StepContext, Timing,
    },
    terms::{
        area::AreaPurpose,
        facts::SubjectKind,
        id::CaseId,
        label::Label,
        text::Text,
        time::{CivilDate, Timestamp},
    },
};

/// The procedure.
#[derive(Clone, Copy, Debug)]
pub struct RiskAlert;

/// The states of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskAlertState {
    /// 线索受理.
    ClueReceived,
    /// 核查中.
    Verifying,
    /// 待定级确认.
    Grading,
    /// 跟踪走访.
    Monitoring,
    /// 复评中.
    Regrading,
    /// 转出待接收.
    TransferringOut,
    /// 已转出.
    TransferredOut,
    /// 排除.
    Dismissed,
    /// 解除预警.
    Cleared,
    /// 成年或死亡终止.
    ClosedLeftScope,
}

impl State for RiskAlertState {
    const ALL: &'static [Self] = &[
        Self::ClueReceived,
        Self::Verifying,
        Self::Grading,
        Self::Monitoring,
        Self::Regrading,
        Self::TransferringOut,
        Self::TransferredOut,
        Self::Dismissed,
        Self::Cleared,
        Self::ClosedLeftScope,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::ClueReceived => "clue_received",
            Self::Verifying => "verifying",
            Self::Grading => "grading",
            Self::Monitoring => "monitoring",
            Self::Regrading => "regrading",
            Self::TransferringOut => "transferring_out",
            Self::TransferredOut => "transferred_out",
            Self::Dismissed => "dismissed",
            Self::Cleared => "cleared",
            Self::ClosedLeftScope => "closed_left_scope",
        }
    }

    fn label(self) -> Label {
        match self {
            Self::ClueReceived => Label::new("线索受理", "clue received"),
            Self::Verifying => Label::new("核查中", "being verified"),
            Self::Grading => Label::new("待定级确认", "waiting for the grade to be confirmed"),
            Self::Monitoring => Label::new("跟踪走访", "watched by visits"),
            Self::Regrading => Label::new("复评中", "being graded anew"),
            Self::TransferringOut => {
                Label::new("转出待接收", "sent elsewhere, not yet acknowledged")
            }
            Self::TransferredOut => Label::new("已转出", "handed over"),
            Self::Dismissed => Label::new("排除", "dismissed"),
            Self::Cleared => Label::new("解除预警", "cleared"),
            Self::ClosedLeftScope => {
                Label::new("成年或死亡终止", "ended by coming of age or death")
            }
        }
    }

    fn is_terminal(self) -> bool {
        match self {
            Self::ClueReceived
            | Self::Verifying
            | Self::Grading
            | Self::Monitoring
            | Self::Regrading
            | Self::TransferringOut => false,
            Self::TransferredOut | Self::Dismissed | Self::Cleared | Self::ClosedLeftScope => true,
        }
    }
}

/// What an alert remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RiskAlertData {
    /// The facts as last told: the clue's, then those of a report.
    pub facts: Option<Text>,
    /// Which child it is, while nobody knows.
    pub description: Option<Text>,
    /// When the clue was seen.
    pub clue_at: Option<Timestamp>,
    /// Whether whoever registered the clue suspected a red case.
    pub red_suspected: bool,
    /// Whether the child is left behind.
    pub left_behind: LeftBehind,
    /// Whether the child moved away.
    pub moved_away: bool,
    /// The grade that waits for its confirmation.
    pub proposal: Option<Proposal>,
    /// The confirmed color.
    pub colour: Option<Colour>,
    /// When the color was last confirmed.
    pub graded_at: Option<Timestamp>,
    /// Until when the child is to be met first after a confirmation; nothing once it was.
    pub first_visit_due: Option<CivilDate>,
    /// The visits.
    pub visits: VisitLog,
}

/// Whether a child is left behind 留守.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftBehind {
    /// It is not, or nobody said so.
    #[default]
    No,
    /// It is.
    Yes,
    /// It turned 16, after which nobody is.
    Outgrown,
}

/// A proposed grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The color that was proposed.
    pub colour: Colour,
    /// What the instrument gave.
    pub grade: Grade,
}

impl RiskAlertData {
    /// How often the child is to be visited. A left-behind child: by color and by the interval of
    /// left-behind children, of which the earlier date runs.
    fn visit_timing(&self) -> Timing {
        // While nobody knows the color, none is said to fit and the strictest runs.
        let Some(colour) = self.colour else {
            return Timing::default().from(self.visits.last_met);
        };
        let by_colour = match colour {
            Colour::Red => "C05",
            Colour::Yellow => "C06",
            Colour::Blue => "C07",
            Colour::Green => "C08",
        };
        let left_behind = (self.left_behind == LeftBehind::Yes).then_some("C09");
        Timing::fits([by_colour].into_iter().chain(left_behind))
            .from(self.visits.last_met.or(self.graded_at))
            .due(self.first_visit_due.map(CivilDate::end))
    }
}

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
