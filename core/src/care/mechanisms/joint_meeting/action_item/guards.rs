//! The rules by which an action item refuses.
//!
//! Guard (d), what follows when it is overdue, is the ladder's; no step refuses by it.

use crate::{
    care::roles::CONVENER,
    procedure::{Guard, UnitRule},
};

pub(super) const ALL: &[&Guard] = &[
    &JUDICIAL_ORGAN_NOT_LEAD,
    &LEAD_NOT_VERIFIER,
    &ONLY_THE_LEAD,
    &NEVER_BY_SWEEP,
    &SOURCE_SETTLED,
    &STUDY_ENDS_WITH_DOCUMENT,
];

/// Guard (e): courts and procuratorates are asked in a letter.
pub(crate) static JUDICIAL_ORGAN_NOT_LEAD: Guard = Guard::new(
    "guard.judicial_organ_not_lead",
    "法院、检察院不作为议定事项的责任单位；需要配合的，另行去函商请",
    "courts and procuratorates are never given a task; they may be asked in a letter",
    "action_item (e)",
);

/// Guard (b): no unit verifies its own work.
pub(super) static LEAD_NOT_VERIFIER: Guard = Guard::new(
    "guard.lead_not_verifier",
    "该事项由您所在的单位承办，应由召集人核销或者退回",
    "your own unit leads this item; the convener verifies or returns it",
    "action_item (b)",
);

/// Who verifies a result.
pub(super) const BY_ANOTHER_UNIT: UnitRule =
    UnitRule::NotEntrusted { but: &[CONVENER], guard: &LEAD_NOT_VERIFIER };

/// Who works on a task: a liaison of the unit that assigned it sees it, and was not asked.
pub(super) const BY_THE_LEAD: UnitRule = UnitRule::Entrusted(&ONLY_THE_LEAD);

/// The lead unit acts for itself.
pub(super) static ONLY_THE_LEAD: Guard = Guard::new(
    "guard.only_the_lead",
    "只有承办单位的联络员可以办理这一步",
    "only the liaison of the unit that leads the item may take this step",
    "action_item holder",
);

/// A person, or minutes, give a task; time alone never does.
pub(super) static NEVER_BY_SWEEP: Guard = Guard::new(
    "guard.action_never_by_sweep",
    "议定事项须来自印发的纪要、督查结论或者复盘结论，不能由系统自动交办",
    "an action item comes from minutes, a finding or a review; the system never assigns one",
    "cross-case rule 19",
);

/// What a task comes from was decided.
pub(super) static SOURCE_SETTLED: Guard = Guard::new(
    "guard.source_settled",
    "来源应是已印发纪要的会议或者已议定的议题",
    "the source is a meeting whose minutes were issued, or an item that was adopted",
    "cross-case rule 19",
);

/// A study or a policy ends with a document.
pub(super) static STUDY_ENDS_WITH_DOCUMENT: Guard = Guard::new(
    "guard.study_ends_with_document",
    "调研和出台政策的事项，反馈结果时须填写文号或者规则包版本号",
    "a study or a policy is reported with the number of its document, or of the new rules",
    "action_item kinds",
);
