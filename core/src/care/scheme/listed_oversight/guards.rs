//! The rules by which an oversight refuses.
//!
//! Guard (d), no child's name in the notice, refuses nothing: a notice is a file, and no form can
//! look into it. The forms carry cases by id only, and nothing of them but ids and codes stands in
//! an attribute.

use crate::{
    care::roles::CONVENER,
    procedure::{Guard, UnitRule},
};

pub(super) const ALL: &[&Guard] = &[
    &JUDICIAL_ORGAN_NOT_DEMANDED,
    &INQUIRY_FOR_JUDICIAL_ORGANS,
    &LETTER_NOT_RETURNED,
    &OWN_UNIT_NOT_JUDGED,
    &ONLY_THE_UNIT_REPLIES,
];

/// Guard (a): no demand on a judicial organ, nor on the police in an investigation.
pub(super) static JUDICIAL_ORGAN_NOT_DEMANDED: Guard = Guard::new(
    "guard.judicial_organ_not_demanded",
    "法院、检察院以及办案中的公安机关不是督办对象，只能函询或者提请检察监督",
    "courts, procuratorates and police in an investigation get a letter of inquiry, no demand",
    "listed_oversight (a)",
);

/// A letter of inquiry goes to those who cannot be demanded anything of.
pub(super) static INQUIRY_FOR_JUDICIAL_ORGANS: Guard = Guard::new(
    "guard.inquiry_for_judicial_organs",
    "函询只用于法院、检察院和公安机关；对其他单位请签批督办或者不予督办",
    "a letter of inquiry is for courts, procuratorates and the police; others are demanded of",
    "listed_oversight send_inquiry",
);

/// Guard (c): what an organ answered to a letter is not sent back.
pub(super) static LETTER_NOT_RETURNED: Guard = Guard::new(
    "guard.letter_not_returned",
    "复函和提请检察监督不能退回；请解除，或者另行函询",
    "an answer to a letter, or a request for procuratorial oversight, is not sent back",
    "listed_oversight (c)",
);

/// Nobody judges the reply of the own unit, but for the convener.
pub(super) static OWN_UNIT_NOT_JUDGED: Guard = Guard::new(
    "guard.own_unit_not_judged",
    "被督办的是您所在的单位，应由召集人或者其他单位评判回复",
    "the unit under oversight is your own; the convener or another unit judges its reply",
    "listed_oversight judge_reply",
);

/// Who judges a reply, or the answer to a letter.
pub(super) const BY_ANOTHER_UNIT: UnitRule =
    UnitRule::NotEntrusted { but: &[CONVENER], guard: &OWN_UNIT_NOT_JUDGED };

/// The unit under oversight replies for itself.
pub(super) static ONLY_THE_UNIT_REPLIES: Guard = Guard::new(
    "guard.only_the_unit_replies",
    "只有被督办单位的联络员，或者所在乡镇的分管领导，可以回复督办",
    "only the liaison of the unit under oversight, or the leader of its town, replies",
    "listed_oversight reply",
);
