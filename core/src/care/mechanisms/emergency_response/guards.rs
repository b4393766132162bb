//! The rules by which an emergency's steps refuse, each with its words and its basis.
//!
//! Guard (a), one holder of custody at every instant, is kept by the
//! [custody ledger](crate::care::mechanisms::custody_ledger).
//! Guard (b), an oral hand-over is signed before the end, is the side duty `sign_transfer`, which
//! is never excused; guard (c) is `owes_case_statement`. Guards (f), (g) and (h), the order of
//! receivers, how a child is asked, and what to do in which situation, guide people and refuse
//! nothing: no form could tell.

use std::collections::BTreeSet;

use super::{EMERGENCY_RESPONSE, EmergencyResponse, LAST_MISSING};
use crate::{
    care::codes::PlacementKind,
    procedure::{Guard, StepContext},
    terms::{evidence::Person, time::Timestamp},
};

/// Guard (d): a false alarm needs the child seen.
pub static CHILD_NOT_SEEN: Guard = Guard::new(
    "guard.child_not_seen",
    "没有见到儿童本人，不能按误报办结",
    "nobody has seen the child; an alarm is false only after that",
    "设计约定：误报须见到儿童本人",
);

/// Guard (e): missing twice within thirty days.
pub static MISSING_TWICE: Guard = Guard::new(
    "guard.missing_twice",
    "儿童三十日内两次走失，须由两人以上复核照料人和住处后再确认险情解除",
    "the child was missing twice within thirty days; two persons review carer and place first",
    "设计约定：三十日内两次走失须复核",
);

/// Guards (a) and (d): the carer named is the one who has the child.
pub static CARER_NOT_IN_LEDGER: Guard = Guard::new(
    "guard.carer_not_in_ledger",
    "所填照料人不是照料人台账上的当前照料人，请先办理“变更照料人”",
    "the carer named is not the one in the custody ledger; record the change of carer first",
    "设计约定：带离之后任一时刻有且只有一个照料责任人",
);

/// Whether civil affairs took over is decided in the case of temporary guardianship.
pub static NOT_TAKEN_OVER: Guard = Guard::new(
    "guard.not_taken_over",
    "该儿童的临时监护个案中尚未决定接管；决定后本案自动登记“民政已接管”",
    "no temporary guardianship of the child was taken over; the decision there is told here by itself",
    "未成年人保护法 第92条",
);

/// A refusal is decided there too.
pub static DECIDED_ELSEWHERE: Guard = Guard::new(
    "guard.decided_elsewhere",
    "该儿童有在办的临时监护，请在该个案中决定；不予的，本案自动登记",
    "a temporary guardianship of the child is open; what is decided there is told here by itself",
    "设计约定：接管与不予接管只有一个成立",
);

pub(super) const THIRTY_DAYS: i64 = 30 * 24 * 3_600_000;

/// Guard (c): the police owe a statement about the case only where a guardian did the harm and a
/// protection institution took the child in, not a relative.
pub(super) fn owes_case_statement(harm_by_guardian: bool, kind: PlacementKind) -> bool {
    harm_by_guardian && kind == PlacementKind::MinorProtectionInstitution
}

/// Whether two of these times lie within thirty days.
pub(super) fn twice_within_30_days(missing: &BTreeSet<Timestamp>) -> bool {
    missing.iter().zip(missing.iter().skip(1)).any(|(earlier, later)| {
        later.as_millis().saturating_sub(earlier.as_millis()) <= THIRTY_DAYS
    })
}

/// Whether at least two persons looked.
pub(super) fn by_two(persons: &[Person]) -> bool {
    persons.iter().map(|person| person.name.as_str().trim()).collect::<BTreeSet<_>>().len() >= 2
}

/// Since when the child was missing, each time: in this emergency, and in those beside it, open or
/// closed since.
pub(super) fn missing_times(step: &StepContext<'_, EmergencyResponse>) -> BTreeSet<Timestamp> {
    let beside = step.beside(EMERGENCY_RESPONSE);
    let before = beside.filter_map(|case| case.attributes.get(LAST_MISSING)?.parse().ok());
    step.data.missing.iter().copied().chain(before).collect()
}
