//! The rules by which a file refuses a step.

use crate::procedure::Guard;

/// Every rule.
pub(super) const ALL: &[&Guard] =
    &[&ONE_FILE, &NO_OTHER_OPEN_CASE, &OPEN_CASES_LISTED, &MOVED_FILE_IS_SENT, &NO_OPEN_WISH];

/// One child, one file.
pub(super) static ONE_FILE: Guard = Guard::new(
    "guard.one_file",
    "该儿童已有在用档案，一人一档，不能重复建档",
    "the child has an open file already; there is one file for each child",
    "care_file, 一人一档",
);

/// A file with another open case is not archived.
pub(super) static NO_OTHER_OPEN_CASE: Guard = Guard::new(
    "guard.file_with_open_case",
    "该儿童尚有未办结的个案，档案不能归档",
    "the child has another open case; the file is not archived before it ends",
    "care_file",
);

/// What moves with the file is named.
pub(super) static OPEN_CASES_LISTED: Guard = Guard::new(
    "guard.open_cases_listed",
    "该儿童有未办结的个案没有列入，请在“未结个案”中逐一列明",
    "an open case of the child is not listed in `open_cases`; name each of them",
    "care_file",
);

/// A moved child's file stays until the other place acknowledges.
pub(super) static MOVED_FILE_IS_SENT: Guard = Guard::new(
    "guard.moved_file_is_sent",
    "儿童迁离的档案不能直接归档，请办理转出，对方接收后归档",
    "the file of a child who moved is not closed here; send it, it ends when it is received",
    "cross-case rule 23",
);

/// Only a wish that was recorded can be answered.
pub(super) static NO_OPEN_WISH: Guard = Guard::new(
    "guard.no_open_wish",
    "没有待回应的微心愿",
    "no wish waits for an answer",
    "care_file, answer_wish",
);
