//! The rules by which an agenda item refuses.

use crate::procedure::Guard;

pub(super) const ALL: &[&Guard] = &[
    &ESCALATION_BY_LADDER_ONLY,
    &CONVENER_DECIDES,
    &WITHDRAWN_BY_PROPOSER,
    &NO_TASKS_IS_NOT_ADOPTED,
    &MEETING_AHEAD,
    &MEETING_NOT_HELD,
];

/// Guard (a): only the ladder, or the oversight that was declined, escalates.
pub(super) static ESCALATION_BY_LADDER_ONLY: Guard = Guard::new(
    "guard.escalation_by_ladder_only",
    "来源“逐级提醒”只能由系统或者不予督办形成；请按实际来源填写",
    "only the ladder or a declined oversight writes the source `escalation`",
    "agenda_item (a)",
);

/// Guard (b): what is grave is put off by the convener in person.
pub(super) static CONVENER_DECIDES: Guard = Guard::new(
    "guard.convener_decides",
    "涉及红色预警或者逾期法定职责的议题，只能由召集人本人暂缓或者不予列入",
    "an item about a red alert or an overdue statutory duty is put off by the convener only",
    "agenda_item (b)",
);

/// Whoever proposed it takes it back; nobody takes back what the ladder wrote.
pub(super) static WITHDRAWN_BY_PROPOSER: Guard = Guard::new(
    "guard.withdrawn_by_proposer",
    "议题只能由提出单位撤回；逐级提醒形成的议题不能撤回，由召集人决定",
    "only the unit that proposed an item withdraws it; nobody withdraws what the ladder wrote",
    "agenda_item withdraw_item",
);

/// Guard (d): adopting without tasks is not adopting.
pub(super) static NO_TASKS_IS_NOT_ADOPTED: Guard = Guard::new(
    "guard.no_tasks_is_not_adopted",
    "没有议定任务的，不能按“议定”办理，请办理“未通过”",
    "an item without tasks is not adopted; take `not_adopt`",
    "agenda_item (d)",
);

/// An item is accepted for a meeting that is still to be held.
pub(super) static MEETING_AHEAD: Guard = Guard::new(
    "guard.meeting_ahead",
    "所填会议已经召开、印发纪要或者取消，请选择尚未召开的会议",
    "the meeting was held or canceled; name one that is still to be held",
    "agenda_item accept_item",
);

/// What no meeting dealt with was not discussed.
pub(super) static MEETING_NOT_HELD: Guard = Guard::new(
    "guard.meeting_not_held",
    "该议题列入的会议尚未召开，请先登记会议召开；会议取消的，请改列其他会议",
    "the meeting that the item is accepted for was not held yet",
    "agenda_item record_discussion",
);
