//! The rules by which a referral refuses a step.
//!
//! Guard (a) of the domain is the form of the referral: nothing but its fields travels. Guard (d):
//! legal aid is a referral to the justice bureau, and its reply the result of the service.

use crate::procedure::Guard;

/// Every rule.
pub(super) const ALL: &[&Guard] = &[&ONE_PER_UNIT_AND_NEED, &NOT_THE_SAME_UNIT];

/// One referral for each unit and need.
pub static ONE_PER_UNIT_AND_NEED: Guard = Guard::new(
    "guard.one_per_unit_and_need",
    "该单位已有这名儿童同一需求的未办结转介单，不能重复转介",
    "the unit has an open referral of this need of the child; it is not sent twice",
    "H18：一个单位一项需求一张转介单",
);

/// Redirecting leads elsewhere.
pub static NOT_THE_SAME_UNIT: Guard = Guard::new(
    "guard.not_the_same_unit",
    "不能改转给退回的单位；认为其应当接收的，请办理“裁定应当接收”",
    "a referral is not redirected to the unit that refused it; decide that it must accept instead",
    "referral (b)",
);
