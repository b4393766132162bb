//! The rules by which a temporary guardianship refuses a step, each with its words and its basis.
//!
//! Guard (c), the year runs from the taking over through everything, is that nothing else sets
//! that time; guard (d), a longer stay is shown and not refused, is the duty `stay_norm`; guard
//! (e), one holder of custody, is kept by the [custody ledger](super::super::super::custody_ledger);
//! guard (f), custody stays until the other county acknowledges, is that `offer_transfer` writes no
//! line there; guard (g), civil affairs has to apply for revocation, is what `conclude_revocation`
//! and `file_revocation` hand over; guard (i), a refusal names a carer, is in its form.

use super::{
    TemporaryGuardianship,
    data::{GuardianshipData, Identity},
};
use crate::{
    calendar::work_calendar::WorkCalendar,
    care::{
        codes::TemporaryGuardianshipGround,
        mechanisms::emergency_response::{EMERGENCY_RESPONSE, GUARDIAN_DID_HARM},
    },
    duty::time_limit::LimitId,
    procedure::{Guard, StepContext},
};

/// One temporary guardianship of a child at a time.
pub static ONE_GUARDIANSHIP: Guard = Guard::new(
    "guard.one_guardianship",
    "该儿童已有在办的临时监护，请在该个案中办理",
    "a temporary guardianship of the child is open; go on there",
    "设计约定：任一时刻有且只有一个照料责任人",
);

/// Guard (a): after a guardian's harm only the conference returns a child.
pub static HARM_NEEDS_CONFERENCE: Guard = Guard::new(
    "guard.harm_needs_conference",
    "监护人实施侵害的，须经会商同意送回，请先“召集会商”",
    "a guardian did the harm; only the conference can agree to the return",
    "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第19条、第20条（待核实）",
);

/// Guard (a): the conference is for harm by a guardian.
pub static NO_HARM_NO_CONFERENCE: Guard = Guard::new(
    "guard.no_harm_no_conference",
    "不是监护人侵害的，凭送回评估“决定送回”即可，不召集会商；如有侵害情形，请先更正提请",
    "no guardian did harm; the assessment is enough. If one did, correct the request first",
    "未成年人保护法 第93条第2款；法发〔2014〕24号只适用于监护侵害",
);

/// Guard (b): nobody is returned before the conditions are met again.
pub static NOT_FIT_TO_RETURN: Guard = Guard::new(
    "guard.not_fit_to_return",
    "评估认为尚不具备送回条件或者危险未消除，不能送回；请“继续临时监护”",
    "the conditions of a return are not met, or the danger is not over",
    "未成年人保护法 第93条第2款",
);

/// §17 holds where a guardian did the harm.
pub static RIGHTS_NOT_TOLD: Guard = Guard::new(
    "guard.rights_not_told",
    "监护人实施侵害的，交亲友照料前须告知其申请撤销监护人资格等权利",
    "a guardian did the harm; whoever takes the child is told of the right to apply first",
    "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第17条（待核实）",
);

/// Guard (h): the family is searched for in public first.
pub static NO_SEARCH_NOTICE: Guard = Guard::new(
    "guard.no_search_notice",
    "以查找不到父母为由转长期监护的，须先发布寻亲公告",
    "the search for the family has to be published before parents count as not found",
    "寻亲公告的规定；民政部、公安部2015年通知",
);

/// Guard (h): three months for a child nobody knows, twelve for one rescued from traffickers.
pub static SEARCH_TOO_SHORT: Guard = Guard::new(
    "guard.search_too_short",
    "查找时间不足：身份不明流浪儿童三个月、打拐解救儿童十二个月内不能以查找不到父母为由转长期监护",
    "the search has not lasted long enough: three months, and twelve for a rescued child",
    "《儿童福利机构管理办法》（待核实）；民政部、公安部2015年通知",
);

/// Every rule.
pub(super) const ALL: &[&Guard] = &[
    &crate::care::mechanisms::custody_ledger::CUSTODY_GOES_BACK,
    &ONE_GUARDIANSHIP,
    &HARM_NEEDS_CONFERENCE,
    &NO_HARM_NO_CONFERENCE,
    &NOT_FIT_TO_RETURN,
    &RIGHTS_NOT_TOLD,
    &NO_SEARCH_NOTICE,
    &SEARCH_TOO_SHORT,
];

/// Whether a guardian did harm, as this case says or an emergency of the same matter. What became
/// known there binds here, whether or not somebody brought the request up to date.
pub(super) fn harm_is_known(step: &StepContext<'_, TemporaryGuardianship>) -> bool {
    let incident = step.facts().incident;
    let mut emergencies = step
        .beside(EMERGENCY_RESPONSE)
        .filter(|case| case.facts.is_open() || case.facts.incident == incident);
    step.data.guardian_did_harm
        || emergencies.any(|case| case.attributes.contains_key(GUARDIAN_DID_HARM))
}

/// Whether the family was searched for as long as the rules ask. This is nobody's deadline but the
/// earliest day of a step; so it is reckoned here and no duty shows it. Periods of months need no
/// working days, so the shipped calendar says the same as any other.
pub(super) fn searched_long_enough(step: &StepContext<'_, TemporaryGuardianship>) -> bool {
    let GuardianshipData { ground, identity, taken_over_at, .. } = step.data;
    let unknown = ground == Some(TemporaryGuardianshipGround::VagrantOrUnidentified);
    let limit = match identity {
        Identity::Rescued => LimitId::constant("D42"),
        Identity::Known if !unknown => return true,
        Identity::Known | Identity::Unknown => LimitId::constant("D41"),
    };
    let facts = step.facts();
    let over = taken_over_at
        .zip(facts.rules.limit(&limit))
        .and_then(|(from, limit)| limit.due(from, WorkCalendar::shipped()));
    over.is_none_or(|over| over.at < facts.occurred_at)
}
