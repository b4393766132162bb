//! Why a step is not possible.

use std::fmt::Write as _;

use crate::terms::{
    actor::Role,
    id::{ActorId, Revision},
    label::Label,
    time::Timestamp,
};

use super::Guard;

/// Why a case did not move 不能办理. A refusal is an answer, not a failure: nothing was written.
///
/// The English text is the `Display`; [`Refusal::label`] has both languages and
/// [`Refusal::code`] is stable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The procedure has no such transition.
    #[error("procedure `{procedure}` has no transition `{transition}`")]
    UnknownTransition {
        /// The procedure.
        procedure: String,
        /// What was asked for.
        transition: String,
    },
    /// There is no such case for this actor.
    #[error("there is no case `{case}` here")]
    NoSuchCase {
        /// What was asked for.
        case: String,
    },
    /// The transition does not start in the case's state.
    #[error("`{transition}` is not possible while the case is `{state}`")]
    NotFromState {
        /// The transition.
        transition: String,
        /// The state the case is in.
        state: String,
    },
    /// The case has ended.
    #[error("the case has ended (`{state}`); `{transition}` is not possible any more")]
    Ended {
        /// The transition.
        transition: String,
        /// The state it ended in.
        state: String,
    },
    /// The actor holds none of the roles.
    #[error("actor `{actor}` may not `{transition}`; it takes {}", who(needed))]
    RoleMissing {
        /// The transition.
        transition: String,
        /// Who asked.
        actor: ActorId,
        /// The roles that may.
        needed: Vec<Role>,
    },
    /// The actor holds the role, but for another area or unit.
    #[error("actor `{actor}` holds {} for another area or unit than this case's", list(held))]
    OutOfArea {
        /// The transition.
        transition: String,
        /// Who asked.
        actor: ActorId,
        /// The roles held elsewhere.
        held: Vec<Role>,
    },
    /// The same person took a step that this one must check 四眼原则.
    #[error("actor `{actor}` took `{earlier}` and may not take `{transition}` as well")]
    FourEyes {
        /// The transition.
        transition: String,
        /// The step to be checked.
        earlier: String,
        /// Who asked.
        actor: ActorId,
    },
    /// The actor or the actor's unit is recused 回避.
    #[error("actor `{actor}` is recused from this case")]
    Recused {
        /// Who asked.
        actor: ActorId,
    },
    /// Only the engine acts as the system: the waits and the ladders do.
    #[error("`system` is the engine itself; nobody acts in its name")]
    ActsAsSystem,
    /// A field of the form is missing, unknown or not what it should be.
    #[error("field `{field}`: {reason}")]
    Field {
        /// The path of the field.
        field: String,
        /// What was expected and what was found.
        reason: String,
    },
    /// Somebody else acted, and the step does not say who.
    #[error("`{transition}` is an act of {}; say who acted (`acted_by`)", list(needed))]
    ActedByMissing {
        /// The transition.
        transition: String,
        /// Who may act.
        needed: Vec<Role>,
    },
    /// The step says that a role acted which cannot.
    #[error("`{transition}` cannot be an act of `{found}`; it takes one of {}", list(needed))]
    ActedByRole {
        /// The transition.
        transition: String,
        /// Who is said to have acted.
        found: Role,
        /// Who may act.
        needed: Vec<Role>,
    },
    /// Something is said to have happened after it was recorded.
    #[error("`occurred_at` {occurred} is after the time of recording {recorded}")]
    NotYetHappened {
        /// When it is said to have happened.
        occurred: Timestamp,
        /// Now.
        recorded: Timestamp,
    },
    /// Something is said to have happened before it can have.
    #[error("`occurred_at` {occurred} is before {earliest}, the earliest it can have happened")]
    TooEarly {
        /// When it is said to have happened.
        occurred: Timestamp,
        /// The earliest time.
        earliest: Timestamp,
    },
    /// A step would end the case while duties beside the states are open.
    #[error("the case cannot end while {} is owed", list(duties))]
    DutiesOpen {
        /// The names of the open duties.
        duties: Vec<String>,
    },
    /// A rule over the data of the case.
    #[error("{text}", text = guard.text.en)]
    Guard {
        /// The rule.
        guard: &'static Guard,
    },
    /// The case has moved on since the caller looked.
    #[error("the case is at revision {found}, expected {expected}")]
    RevisionMoved {
        /// What the caller expected.
        expected: Revision,
        /// What it is.
        found: Revision,
    },
    /// A command id was used for something else.
    #[error("command `{command}` was used for another step")]
    CommandReused {
        /// The id.
        command: String,
    },
    /// What an engine-wide step needs is not there.
    #[error("{what}: {reason}")]
    NotApplicable {
        /// The step.
        what: &'static str,
        /// Why it does not apply here.
        reason: Label,
    },
    /// A handoff goes deeper than four, or opens a case of a procedure in a way it does not allow.
    #[error("handoff `{handoff}` cannot be carried out: {reason}")]
    Handoff {
        /// Its id.
        handoff: String,
        /// Why.
        reason: String,
    },
}

pub(super) fn list<T: ToString>(items: &[T]) -> String {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        let _ = write!(text, "{}`{}`", if at > 0 { ", " } else { "" }, item.to_string());
    }
    text
}

/// The roles that may; where no role does, the right comes from an office.
fn who(needed: &[Role]) -> String {
    if needed.is_empty() {
        "the unit that closed the case, the leader of the holder, the author's unit, or whoever \
         records the duty"
            .to_owned()
    } else {
        format!("one of {}", list(needed))
    }
}

impl Refusal {
    /// A field that is not what it should be.
    pub fn field(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Field { field: field.into(), reason: reason.into() }
    }

    /// The stable code, e.g. `refusal.role_missing`.
    pub fn code(&self) -> String {
        let short = match self {
            Self::UnknownTransition { .. } => "unknown_transition",
            Self::NoSuchCase { .. } => "no_such_case",
            Self::NotFromState { .. } => "not_from_state",
            Self::Ended { .. } => "case_ended",
            Self::RoleMissing { .. } => "role_missing",
            Self::OutOfArea { .. } => "out_of_area",
            Self::FourEyes { .. } => "four_eyes",
            Self::Recused { .. } => "recused",
            Self::ActsAsSystem => "acts_as_system",
            Self::Field { .. } => "field",
            Self::ActedByMissing { .. } => "acted_by_missing",
            Self::ActedByRole { .. } => "acted_by_role",
            Self::NotYetHappened { .. } => "not_yet_happened",
            Self::TooEarly { .. } => "too_early",
            Self::DutiesOpen { .. } => "duties_open",
            Self::Guard { guard } => guard.code,
            Self::RevisionMoved { .. } => "revision_moved",
            Self::CommandReused { .. } => "command_reused",
            Self::NotApplicable { .. } => "not_applicable",
            Self::Handoff { .. } => "handoff",
        };
        format!("refusal.{short}")
    }

    /// The codes that are not a guard's, for the list of all codes.
    pub const CODES: [(&'static str, &'static str); 19] = [
        ("refusal.unknown_transition", "该程序没有这一办理事项"),
        ("refusal.no_such_case", "没有此个案，或无权查看"),
        ("refusal.not_from_state", "个案当前状态不能办理此事项"),
        ("refusal.case_ended", "个案已结束"),
        ("refusal.role_missing", "没有可以办理此事项的岗位"),
        ("refusal.out_of_area", "有此岗位，但不在个案所属区划或单位"),
        ("refusal.four_eyes", "须由另一人复核"),
        ("refusal.recused", "应当回避"),
        ("refusal.acts_as_system", "不能以“系统”的名义办理"),
        ("refusal.field", "字段缺失、多余或不符合要求"),
        ("refusal.acted_by_missing", "须写明实际办理的机关或人员"),
        ("refusal.acted_by_role", "该机关或人员不能办理此事项"),
        ("refusal.not_yet_happened", "发生时间晚于登记时间"),
        ("refusal.too_early", "发生时间早得不合情理（超过二十年）"),
        ("refusal.duties_open", "尚有未办事项，不能结束"),
        ("refusal.revision_moved", "个案已被他人更新"),
        ("refusal.command_reused", "同一命令编号已用于其他办理"),
        ("refusal.not_applicable", "此处不适用"),
        ("refusal.handoff", "不能转办"),
    ];

    /// Both texts.
    pub fn label(&self) -> Label {
        let zh = match self {
            Self::UnknownTransition { procedure, transition } => {
                format!("程序“{procedure}”没有办理事项“{transition}”")
            }
            Self::NoSuchCase { case } => format!("没有个案“{case}”，或无权查看"),
            Self::NotFromState { transition, state } => {
                format!("个案处于“{state}”状态，不能办理“{transition}”")
            }
            Self::Ended { transition, state } => {
                format!("个案已结束（{state}），不能再办理“{transition}”")
            }
            Self::RoleMissing { transition, actor, needed } if needed.is_empty() => {
                format!(
                    "“{actor}”不能办理“{transition}”：须由结案单位、承办单位负责人、原登记单位或该事项的登记岗位办理"
                )
            }
            Self::RoleMissing { transition, actor, needed } => {
                format!(
                    "“{actor}”没有可以办理“{transition}”的岗位；需要以下岗位之一：{}",
                    zh_list(needed)
                )
            }
            Self::OutOfArea { actor, held, .. } => {
                format!("“{actor}”的岗位（{}）不在本个案所属的区划或单位", zh_list(held))
            }
            Self::FourEyes { transition, earlier, actor } => {
                format!("“{actor}”已办理“{earlier}”，“{transition}”须由另一人办理")
            }
            Self::Recused { actor } => format!("“{actor}”对本个案应当回避"),
            Self::ActsAsSystem => {
                "“系统”只是程序自身，人员不能以系统的名义办理；请按实际办理人登记".to_owned()
            }
            Self::Field { field, reason } => format!("字段“{field}”不符合要求：{reason}"),
            Self::ActedByMissing { transition, needed } => format!(
                "“{transition}”由{}办理，请写明实际办理的机关或人员（acted_by）",
                zh_list(needed)
            ),
            Self::ActedByRole { transition, found, needed } => {
                format!("“{transition}”不能由“{found}”办理；应为{}之一", zh_list(needed))
            }
            Self::NotYetHappened { occurred, recorded } => {
                format!("发生时间（{}）晚于登记时间（{}）", occurred.chinese(), recorded.chinese())
            }
            Self::TooEarly { occurred, earliest } => format!(
                "发生时间（{}）过早；本步最早可填{}",
                occurred.chinese(),
                earliest.chinese()
            ),
            Self::DutiesOpen { duties } => {
                format!("尚有未办事项（{}），办理或说明免办后才能结束", zh_list(duties))
            }
            Self::Guard { guard } => guard.text.zh.to_string(),
            Self::RevisionMoved { expected, found } => {
                format!("个案已更新到第{found}步（预期第{expected}步），请重新查看后再办理")
            }
            Self::CommandReused { command } => format!("命令编号“{command}”已用于其他办理"),
            Self::NotApplicable { what, reason } => format!("不能办理“{what}”：{}", reason.zh),
            Self::Handoff { handoff, reason } => format!("不能转办（{handoff}）：{reason}"),
        };
        Label::owned(zh, self.to_string())
    }
}

fn zh_list<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
}
