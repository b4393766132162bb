//! The child's small wishes 微心愿. Each is owed an answer of its own; they are answered in the
//! order they were recorded.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CareFile, CareFileState, guards};
use crate::{
    care::roles::{
        CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, DONOR, TOWN, VILLAGE, VOLUNTEER,
        WOMENS_FEDERATION,
    },
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{label::Label, text::Text, time::CivilDate},
};

const ANSWER_WISH: &str = "answer_wish";

/// 登记微心愿: the child wishes for something.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordWish {
    /// What.
    pub wish: Text,
    /// What helpers may read; it names no child and no category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_text: Option<Text>,
}

impl Transition<CareFile> for RecordWish {
    const NAME: &'static str = "record_wish";
    const LABEL: Label = Label::new("登记微心愿", "record a wish");
    const FROM: Source<CareFileState> = Source::In(&[CareFileState::Active]);
    const TO: Target<CareFileState> = Target::Same;
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR];
    const BY: Roles = &[VILLAGE, WOMENS_FEDERATION];
    const OPENS: &'static [&'static str] = &[ANSWER_WISH];
    const BASIS: LegalBasis = LegalBasis::practice("县里“关爱保护月”的安排");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        if step.owes(ANSWER_WISH) {
            // The clock of the oldest wish runs on; this one's turn comes when that is answered.
            step.hold_back(ANSWER_WISH);
        }
        step.data.wishes.push(step.occurred_at());
        step.data.wishes.sort();
        Ok(())
    }
}

/// One wish is answered. The next one, if there is one, is owed from when it was recorded.
fn answer_oldest(step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
    step.demand(!step.data.wishes.is_empty(), &guards::NO_OPEN_WISH)?;
    step.data.wishes.remove(0);
    if step.data.wishes.is_empty() {
        step.hold_back(ANSWER_WISH);
    }
    Ok(())
}

/// 实现微心愿: the oldest wish came true.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FulfilWish {
    /// When.
    pub at: CivilDate,
    /// By whom.
    pub by: Text,
}

impl Transition<CareFile> for FulfilWish {
    const NAME: &'static str = "fulfil_wish";
    const LABEL: Label = Label::new("实现微心愿", "fulfil a wish");
    const FROM: Source<CareFileState> =
        Source::In(&[CareFileState::Active, CareFileState::MovingOut]);
    const TO: Target<CareFileState> = Target::Same;
    const ACTED_BY: Roles = &[VOLUNTEER, DONOR];
    const BY: Roles = &[VILLAGE, WOMENS_FEDERATION];
    const OPENS: &'static [&'static str] = &[ANSWER_WISH];
    const BASIS: LegalBasis = LegalBasis::practice("县里“关爱保护月”的安排");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        answer_oldest(step)
    }
}

/// 无法实现: the oldest wish cannot come true, and the child is told.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CannotFulfilWish {
    /// Why.
    pub reason: Text,
    /// Whether the child was told.
    pub told_child: bool,
}

impl Transition<CareFile> for CannotFulfilWish {
    const NAME: &'static str = "cannot_fulfil_wish";
    const LABEL: Label = Label::new("无法实现", "say that a wish cannot be fulfilled");
    const FROM: Source<CareFileState> =
        Source::In(&[CareFileState::Active, CareFileState::MovingOut]);
    const TO: Target<CareFileState> = Target::Same;
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR];
    const BY: Roles = &[TOWN, WOMENS_FEDERATION];
    const OPENS: &'static [&'static str] = &[ANSWER_WISH];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的微心愿办法");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        answer_oldest(step)
    }
}
