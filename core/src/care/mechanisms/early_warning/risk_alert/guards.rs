//! The rules by which an alert refuses a step. That nothing stands before a report, and who checks
//! whom, is in the transitions themselves.

use crate::procedure::Guard;

/// Every rule.
pub(super) const ALL: &[&Guard] = &[
    &CLUE_NEEDS_DESCRIPTION,
    &FORCED_IS_RED,
    &NOT_MILDER_THAN_SCORE,
    &NOT_MILDER_THAN_PROPOSED,
    &TWO_FAILED_VISITS,
    &MOVED_NOT_CLEARED,
    &TWO_MET_VISITS,
    &CLEAR_COLOUR,
    &CLEAR_WITH_OPEN_CASE,
];

/// A child nobody knows yet is described.
pub(super) static CLUE_NEEDS_DESCRIPTION: Guard = Guard::new(
    "guard.clue_needs_description",
    "儿童身份尚不明确，请填写体貌、地点等描述",
    "the child is not identified yet; a description is needed",
    "risk_alert, subject",
);

/// Any forced item makes red.
pub(super) static FORCED_IS_RED: Guard = Guard::new(
    "guard.forced_is_red",
    "已勾选必须定红的情形，只能定为红色",
    "a forced item is ticked; the color is red and no other can be proposed",
    "risk_alert (b)",
);

/// The instrument's color is the mildest that can be proposed.
pub(super) static NOT_MILDER_THAN_SCORE: Guard = Guard::new(
    "guard.not_milder_than_score",
    "所提颜色低于评分得出的颜色；可以从严，不能从轻",
    "the color is milder than the points give; it may be more serious, never milder",
    "risk_alert (b)",
);

/// Whoever finds the proposal too serious returns it.
pub(super) static NOT_MILDER_THAN_PROPOSED: Guard = Guard::new(
    "guard.not_milder_than_proposed",
    "确认的颜色轻于所提颜色；认为定级过重的，请退回核查",
    "the color is milder than proposed; return the grade if it is too serious",
    "risk_alert (b)",
);

/// A second failed visit follows two.
pub(super) static TWO_FAILED_VISITS: Guard = Guard::new(
    "guard.two_failed_visits",
    "尚未连续两次走访未见到儿童本人",
    "there were not two visits in a row that did not meet the child",
    "risk_alert (c)",
);

/// A moved child is never cleared.
pub(super) static MOVED_NOT_CLEARED: Guard = Guard::new(
    "guard.moved_not_cleared",
    "儿童已搬离，不能解除预警；请办理转出，由接收地继续跟踪",
    "the child moved away and is never cleared; send the alert to the receiving place",
    "risk_alert (f)",
);

/// Clearing needs two met visits in a row.
pub(super) static TWO_MET_VISITS: Guard = Guard::new(
    "guard.two_met_visits",
    "解除预警须连续两次走访见到儿童本人",
    "clearing needs two visits in a row that met the child",
    "risk_alert (e)",
);

/// Clearing needs a mild color.
pub(super) static CLEAR_COLOUR: Guard = Guard::new(
    "guard.clear_colour",
    "只有已确认为蓝色或绿色的预警可以解除；颜色有变化的，请先复评并确认",
    "only an alert confirmed as blue or green can be cleared; grade it anew first",
    "risk_alert (e)",
);

/// Nothing open about the child.
pub(super) static CLEAR_WITH_OPEN_CASE: Guard = Guard::new(
    "guard.clear_with_open_case",
    "该儿童尚有未办结的强制报告、应急处置或临时监护，不能解除预警",
    "the child has an open report, emergency or temporary guardianship",
    "risk_alert (e)",
);
