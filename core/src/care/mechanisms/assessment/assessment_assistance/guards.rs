//! The rules by which an assessment refuses a step, each with its words and its basis.
//!
//! Guard (b) of the domain, that approving and closing are four-eyes, stands in the transitions;
//! guard (e), that closing sets no color by itself, in the chain: the alert is graded anew.

use crate::{
    care::{
        codes::{Colour, PlanNeed},
        mechanisms::{
            emergency_response::EMERGENCY_RESPONSE,
            guardianship::temporary_guardianship::TEMPORARY_GUARDIANSHIP,
            mandatory_report::MANDATORY_REPORT,
        },
    },
    procedure::{Beside, Guard, Procedure, StepContext},
    terms::actor::Role,
};

/// Every rule.
pub(super) const ALL: &[&Guard] = &[
    &ONE_ASSESSMENT,
    &NO_NEED,
    &RED_NEEDS_COUNTY,
    &NEEDS_NOT_COVERED,
    &UNIT_NOT_IN_PLAN,
    &NOTHING_SENT,
    &REFERRALS_OPEN,
    &NO_REFUSAL,
    &DANGER_REMAINS,
    &MOVED_IS_SENT,
];

/// One child, one plan.
pub static ONE_ASSESSMENT: Guard = Guard::new(
    "guard.one_assessment",
    "该儿童已有未办结的评估帮扶，请在原个案中办理",
    "the child has an open assessment; go on in that case",
    "设计约定：一名儿童同时只有一个帮扶方案",
);

/// What the report found is not closed as no need.
pub static NO_NEED: Guard = Guard::new(
    "guard.report_found_needs",
    "评估报告载明有帮扶需求或需要临时监护，不能按无帮扶需求结案；如报告有误，请退回补充",
    "the report found needs, or asks for temporary guardianship; return it if it is wrong",
    "设计约定：无帮扶需求以评估报告为准",
);

/// A red child's plan is the county's.
pub static RED_NEEDS_COUNTY: Guard = Guard::new(
    "guard.red_plan_needs_county",
    "红色等级儿童的帮扶方案须由县民政局批准",
    "the plan of a child graded red is approved by the civil affairs bureau",
    "assessment_assistance, approve_plan",
);

/// Every need is somebody's.
pub static NEEDS_NOT_COVERED: Guard = Guard::new(
    "guard.needs_not_covered",
    "评估报告载明的需求尚有未转介的，请补充转介单，或写明自行落实的措施",
    "a need of the report is neither referred nor covered by measures of your own",
    "设计约定：每项需求都有落实单位或自行落实的措施",
);

/// Whom the plan does not name is told nothing of the child.
pub static UNIT_NOT_IN_PLAN: Guard = Guard::new(
    "guard.unit_not_in_plan",
    "转介单发往的单位不在已批准的方案中，请先调整方案",
    "the unit is not one of the approved plan; amend the plan first",
    "《困境儿童个人信息保护工作办法》：最小必要",
);

/// A plan is carried out by somebody.
pub static NOTHING_SENT: Guard = Guard::new(
    "guard.plan_without_measures",
    "既没有转介单，也没有自行落实的措施",
    "there is neither a referral nor a measure of your own",
    "设计约定：批准的方案须有人落实",
);

/// Guard (a): the plan goes on until every referral of it has ended.
pub static REFERRALS_OPEN: Guard = Guard::new(
    "guard.referrals_open",
    "该儿童尚有未办结的转介单，须全部完成、说明未能服务或撤回后再办理",
    "a referral of the child is open; each is completed, unserved with a reason, or withdrawn first",
    "assessment_assistance (a)",
);

/// Nobody refused.
pub static NO_REFUSAL: Guard = Guard::new(
    "guard.no_refusal",
    "没有登记监护人拒绝，或者拒绝已化解，不能按监护人拒绝结案",
    "no refusal of the guardian stands; the case is not closed as refused",
    "assessment_assistance (c)",
);

/// Guard (c): a refusal ends no statutory duty.
pub static DANGER_REMAINS: Guard = Guard::new(
    "guard.danger_remains",
    "儿童仍有危险（必须定红的情形、不满八周岁无人照料、需要临时监护，或者强制报告、应急处置、临时监护\
     未办结），不能因监护人拒绝而结案，请办理“发现监护侵害”",
    "the child is in danger still; record the harm by the guardian instead of closing",
    "assessment_assistance (c)；未成年人保护法 第11条、第21条",
);

/// A moved child's plan ends where the child is.
pub static MOVED_IS_SENT: Guard = Guard::new(
    "guard.moved_plan_is_sent",
    "儿童已搬离，帮扶方案不能在此结案；请登记“迁离”，由接收地继续",
    "the child moved away; record the move, and the plan ends when it is received there",
    "cross-case rule 23",
);

/// The name of the procedure `risk_alert`, for those who look beside.
pub(super) const RISK_ALERT: &str = "risk_alert";

/// Whether a case beside says that the child is in danger: an open report, emergency or temporary
/// guardianship, or an open alert with a forced item.
pub(super) fn danger_beside<P: Procedure>(step: &StepContext<'_, P>) -> bool {
    let open = |procedure: &&str| step.open_beside(procedure).is_some();
    [MANDATORY_REPORT, EMERGENCY_RESPONSE, TEMPORARY_GUARDIANSHIP].iter().any(open)
        || open_alerts(step).any(|alert| attribute(alert, "forced_red") == Some("yes"))
}

/// Whether an open alert of the child is red.
pub(super) fn red_beside<P: Procedure>(step: &StepContext<'_, P>) -> bool {
    open_alerts(step).any(|alert| attribute(alert, "colour") == Some(Colour::Red.name()))
}

fn open_alerts<'a, P: Procedure>(step: &StepContext<'a, P>) -> impl Iterator<Item = &'a Beside> {
    step.beside(RISK_ALERT).filter(|alert| alert.facts.is_open())
}

/// Whether whoever acts, acts in one of these roles. Nobody is asked again while a corrected
/// history is rehearsed: who held which role then is not known any more.
pub(super) fn acts_as<P: Procedure>(step: &StepContext<'_, P>, roles: &[Role]) -> bool {
    let facts = step.facts();
    match facts.acted_by {
        Some(acted) => roles.contains(&acted.role),
        None => step.is_rehearsal() || facts.actor.holds_any(roles),
    }
}

/// The needs that nobody was asked to meet.
pub(super) fn uncovered<'a>(
    needs: &'a [PlanNeed],
    referred: &'a [PlanNeed],
) -> impl Iterator<Item = &'a PlanNeed> {
    needs.iter().filter(|need| !referred.contains(need))
}

fn attribute<'a>(case: &'a Beside, key: &str) -> Option<&'a str> {
    case.attributes.get(key).map(String::as_str)
}
