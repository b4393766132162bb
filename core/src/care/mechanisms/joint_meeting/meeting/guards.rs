//! The rules by which a meeting refuses.
//!
//! Guard (d) needs no rule: a meeting informs other cases by links that leave their state alone.
//! Guard (e) needs none either: a meeting names cases by id, and who may open a case is decided
//! there.

use crate::procedure::Guard;

pub(super) const ALL: &[&Guard] =
    &[&ITEMS_NOT_SETTLED, &ITEM_LEFT_OUT, &NOT_FOR_THIS_MEETING, &ITEMS_GO_AHEAD];

/// Guard (b): every item is settled before the minutes are issued.
pub(super) static ITEMS_NOT_SETTLED: Guard = Guard::new(
    "guard.items_not_settled",
    "还有议题没有写入纪要；请先逐项办理“议定”“未通过”或者“下次再议”，再印发纪要",
    "an item is not settled; adopt it, do not adopt it, or carry it over before issuing",
    "meeting (b)",
);

/// Whatever was accepted for the meeting comes before it.
pub(super) static ITEM_LEFT_OUT: Guard = Guard::new(
    "guard.item_left_out",
    "有已列入本次会议的议题不在议程上；请补入议程，或者先办理暂缓",
    "an item accepted for this meeting is not on the list; add it, or defer it first",
    "meeting (b)",
);

/// What is listed was accepted for this meeting.
pub(super) static NOT_FOR_THIS_MEETING: Guard = Guard::new(
    "guard.not_for_this_meeting",
    "所列议题没有列入本次会议；请先在议题中办理“列入”或者“恢复列入”",
    "the item was not accepted for this meeting; accept it, or take it up, first",
    "meeting schedule",
);

/// Guard (c): the items of a canceled meeting go somewhere.
pub(super) static ITEMS_GO_AHEAD: Guard = Guard::new(
    "guard.items_go_ahead",
    "接收议题的会议应是另一次尚未召开的会议",
    "the items go to another meeting that is still to be held",
    "meeting (c)",
);
