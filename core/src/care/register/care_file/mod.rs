//! `care_file` 儿童档案（一人一档）: the child's file. Its facts, visits, pairing, wishes and contacts;
//! the register 台账 is a projection of it.
//!
//! A file with another open case of the child is not archived, and a child who moved keeps the
//! file here until the receiving place acknowledges. Nothing that the file says of a child's
//! category is for the eyes of the child, a school or a neighbor.

mod contacts;
mod filing;
mod guards;
mod moving;
mod register_facts;
#[cfg(test)]
mod tests;
mod visits;
mod wishes;

use serde::{Deserialize, Serialize};

pub use contacts::{HelperLeft, RecordContact, RecordPairing};
pub use filing::{CloseFile, CompleteFile, OpenFile, RejectFile, UpdateFile};
pub use moving::{ReceiveElsewhere, ReturnFile, SendOut};
pub use register_facts::{RegisterFacts, RegisterField};
pub use visits::RecordVisit;
pub use wishes::{CannotFulfilWish, FulfilWish, RecordWish};

use super::visit_log::VisitLog;
use crate::{
    care::{
        codes::{Colour, LifeEvent},
        life::{Lives, RecordChildView, RecordLifeEvent},
        roles::{
            CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, CIVIL_AFFAIRS_BUREAU, TOWN, VILLAGE,
            WOMENS_FEDERATION,
        },
    },
    procedure::{
        Beside, Define, Duty, Guard, Procedure, Refusal, Roles, State, StepContext, Timing,
    },
    terms::{
        area::AreaPurpose,
        facts::SubjectKind,
        label::Label,
        text::Text,
        time::{CivilDate, Timestamp},
    },
};

/// The procedure.
#[derive(Clone, Copy, Debug)]
pub struct CareFile;

/// The states of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CareFileState {
    /// 待建档.
    Draft,
    /// 在档.
    Active,
    /// 转出待接收.
    MovingOut,
    /// 已归档.
    Archived,
}

impl State for CareFileState {
    const ALL: &'static [Self] = &[Self::Draft, Self::Active, Self::MovingOut, Self::Archived];

    fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::MovingOut => "moving_out",
            Self::Archived => "archived",
        }
    }

    fn label(self) -> Label {
        match self {
            Self::Draft => Label::new("待建档", "to be completed"),
            Self::Active => Label::new("在档", "in use"),
            Self::MovingOut => Label::new("转出待接收", "sent elsewhere, not yet acknowledged"),
            Self::Archived => Label::new("已归档", "archived"),
        }
    }

    fn is_terminal(self) -> bool {
        match self {
            Self::Draft | Self::Active | Self::MovingOut => false,
            Self::Archived => true,
        }
    }
}

/// What a file remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CareFileData {
    /// Why the child has a file: the categories, as written.
    pub types: Vec<Text>,
    /// Whether one of them is 留守 and the child is not yet 16; the others stay.
    pub left_behind: bool,
    /// Whether the child came of age while another case was open.
    pub of_age: bool,
    /// Whether the child moved away.
    pub moved_away: bool,
    /// The facts of the register 台账.
    pub register: RegisterFacts,
    /// When the facts were last checked.
    pub checked_on: Option<CivilDate>,
    /// The color of an open alert, as last seen.
    pub colour: Option<Colour>,
    /// The visits.
    pub visits: VisitLog,
    /// When each wish was recorded that is not answered yet, the oldest first.
    pub wishes: Vec<Timestamp>,
}

/// The other procedures about a child, as far as they are carried here.
const OTHER_CASES: &[&str] = &[
    "risk_alert",
    "mandatory_report",
    "emergency_response",
    "assessment_assistance",
    "referral",
    "temporary_guardianship",
];

/// Whether another case of the child is open.
fn other_case_open(step: &StepContext<'_, CareFile>) -> bool {
    OTHER_CASES.iter().any(|other| step.open_beside(other).is_some())
}

/// The open alert about the child.
fn open_alert<'a>(step: &StepContext<'a, CareFile>) -> Option<&'a Beside> {
    step.beside("risk_alert").find(|alert| alert.facts.is_open())
}

/// Takes over the color of an open alert: it says how often the child is to be visited.
fn note_alert(step: &mut StepContext<'_, CareFile>) {
    let name = open_alert(step).and_then(|alert| alert.attributes.get("colour"));
    step.data.colour = name
        .and_then(|name| Colour::ALL.iter().copied().find(|colour| colour.name() == name.as_str()));
}

impl Procedure for CareFile {
    const NAME: &'static str = "care_file";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("儿童档案（一人一档）", "child's file");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Residence];
    const GUARDS: &'static [&'static Guard] = guards::ALL;

    type State = CareFileState;
    type Data = CareFileData;

    fn define(define: Define<Self>) -> Define<Self> {
        transitions(duties(define))
    }

    fn timing(duty: &str, data: &CareFileData) -> Timing {
        match duty {
            "routine_visit" => {
                // Without an alert nothing is known that would ask for more than the interval
                // of a child at no risk.
                let by_colour = match data.colour {
                    Some(Colour::Red) => "C05",
                    Some(Colour::Yellow) => "C06",
                    Some(Colour::Blue) => "C07",
                    Some(Colour::Green) | None => "C08",
                };
                let left_behind = data.left_behind.then_some("C09");
                Timing::fits([by_colour].into_iter().chain(left_behind)).from(data.visits.last_met)
            }
            "update_file" => Timing::fits(["C92"]).from(data.checked_on.map(CivilDate::start)),
            "retry_visit" => Timing::fits(["C13"]).from(data.visits.last_failed),
            "answer_wish" => Timing::fits(["C89"]).from(data.wishes.first().copied()),
            _ => Timing::default(),
        }
    }

    fn holders(_: CareFileState, _: &CareFileData) -> Roles {
        &[CHILD_WELFARE_DIRECTOR]
    }
}

fn duties(define: Define<CareFile>) -> Define<CareFile> {
    use CareFileState as In;
    define
        .duty(
            Duty::new("complete_file", "完成建档", "complete the file")
                .on(&[In::Draft])
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C03"])
                .fulfilled_by(&["complete_file", "reject_file"]),
        )
        .duty(
            Duty::new("routine_visit", "定期走访", "visit at regular times")
                .on(&[In::Active])
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C05", "C06", "C07", "C08", "C09"])
                .fulfilled_by(&["record_visit"]),
        )
        .duty(
            Duty::new("update_file", "定期更新信息", "bring the file up to date")
                .on(&[In::Active])
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C92"])
                .fulfilled_by(&["update_file"]),
        )
        .duty(
            Duty::new("keep_pairing", "落实结对", "find the child a helper")
                .on(&[In::Active])
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[VILLAGE, WOMENS_FEDERATION])
                .limits(&["C89"])
                .fulfilled_by(&["record_pairing"])
                .once(),
        )
        .duty(
            Duty::new("retry_visit", "未见到本人再访", "go again, the child was not met")
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[VILLAGE])
                .limits(&["C13"])
                .fulfilled_by(&["record_visit"]),
        )
        .duty(
            Duty::new("answer_wish", "回应微心愿", "answer the wish")
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[VILLAGE, WOMENS_FEDERATION])
                .limits(&["C89"])
                .fulfilled_by(&["fulfil_wish", "cannot_fulfil_wish"]),
        )
        .duty(
            Duty::new("replace_helper", "重新结对", "find the child another helper")
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[VILLAGE, WOMENS_FEDERATION])
                .limits(&["C89"])
                .fulfilled_by(&["record_pairing"]),
        )
        .duty(
            Duty::new("chase_receiving", "催问接收", "ask whether it was received")
                .on(&[In::MovingOut])
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[TOWN, CIVIL_AFFAIRS_BUREAU])
                .limits(&["C11"])
                .fulfilled_by(&["record_follow_up", "receive_elsewhere", "return_file"]),
        )
}

fn transitions(define: Define<CareFile>) -> Define<CareFile> {
    define
        .transition::<OpenFile>()
        .transition::<CompleteFile>()
        .transition::<RejectFile>()
        .transition::<RecordVisit>()
        .transition::<UpdateFile>()
        .transition::<RecordPairing>()
        .transition::<HelperLeft>()
        .transition::<RecordContact>()
        .transition::<RecordWish>()
        .transition::<FulfilWish>()
        .transition::<CannotFulfilWish>()
        .transition::<SendOut>()
        .transition::<ReceiveElsewhere>()
        .transition::<ReturnFile>()
        .transition::<CloseFile>()
        .transition::<RecordLifeEvent>()
        .transition::<RecordChildView>()
}

impl Lives for CareFile {
    const LIFE_STATES: &'static [CareFileState] =
        &[CareFileState::Archived, CareFileState::MovingOut];
    const LIFE_BESIDE: &'static [&'static str] = OTHER_CASES;

    fn live(
        event: LifeEvent,
        step: &mut StepContext<'_, Self>,
    ) -> Result<Option<CareFileState>, Refusal> {
        match event {
            LifeEvent::Turned16 => {
                step.data.left_behind = false;
                step.clear_attribute("left_behind");
                Ok(None)
            }
            // The file ends after the last open case; until then it is closed by hand.
            LifeEvent::Turned18 if other_case_open(step) => {
                step.data.of_age = true;
                step.attribute("of_age", "yes");
                Ok(None)
            }
            LifeEvent::Turned18 | LifeEvent::Died => Ok(Some(CareFileState::Archived)),
            LifeEvent::MovedAway => {
                mark_moved(step);
                let moving = step.state() == Some(CareFileState::MovingOut);
                Ok((!moving).then_some(CareFileState::MovingOut))
            }
        }
    }
}

/// The child moved: the file is handed over, not closed.
fn mark_moved(step: &mut StepContext<'_, CareFile>) {
    step.data.moved_away = true;
    step.attribute("moved_away", "yes");
}
