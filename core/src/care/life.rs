//! What happens to a child beside any procedure: turning 16 or 18, death, moving away; and the
//! child's own view. Both are recorded in every open case of the child.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    codes::LifeEvent,
    roles::{
        CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, COUNTY, FRONT, PARENT_GUARDIAN, TOWN,
    },
};
use crate::{
    procedure::{
        Handoff, LegalBasis, Procedure, Refusal, Roles, Source, StepContext, Target, Transition,
    },
    terms::{label::Label, text::Text, time::CivilDate},
};

/// How a procedure lives on when something happens to the child.
pub trait Lives: Procedure {
    /// The states a life event may lead to; empty when the case always goes on.
    const LIFE_STATES: &'static [Self::State];
    /// The handoffs a life event may make.
    const LIFE_HANDOFFS: &'static [Handoff] = &[];
    /// The side duties a life event opens, unless [`Lives::live`] holds one back.
    const LIFE_OPENS: &'static [&'static str] = &[];
    /// The procedures whose cases of the same child a life event must see.
    const LIFE_BESIDE: &'static [&'static str] = &[];

    /// What the event does: the state the case moves to, or nothing when it goes on.
    ///
    /// # Errors
    /// A [`Refusal`] when the event must be recorded by another step.
    fn live(
        event: LifeEvent,
        step: &mut StepContext<'_, Self>,
    ) -> Result<Option<Self::State>, Refusal>;
}

/// 登记变动: something happened to the child.
///
/// A death is recorded by two persons: the first recording keeps the state and is remembered, the
/// second, by somebody else, moves the case.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordLifeEvent {
    /// What happened.
    pub event: LifeEvent,
    /// When.
    pub date: CivilDate,
    /// The proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Text>,
}

/// Who recorded a death first.
const DEATH_RECORDED_BY: &str = "death_recorded_by";

impl<P: Lives> Transition<P> for RecordLifeEvent {
    const NAME: &'static str = "record_life_event";
    const LABEL: Label = Label::new("登记变动", "record a life event");
    const FROM: Source<P::State> = Source::AnyOpen;
    const TO: Target<P::State> = Target::SameOr(P::LIFE_STATES);
    const ACTED_BY: Roles = &[TOWN, COUNTY, CHILD_WELFARE_DIRECTOR];
    const BY: Roles = &[TOWN, COUNTY, CHILD_WELFARE_DIRECTOR];
    const OPENS: &'static [&'static str] = P::LIFE_OPENS;
    const HANDOFFS: &'static [Handoff] = P::LIFE_HANDOFFS;
    const BESIDE: &'static [&'static str] = P::LIFE_BESIDE;
    const LIFE_EVENT: bool = true;
    const BASIS: LegalBasis = LegalBasis::practice("登记变动");

    fn apply(&self, step: &mut StepContext<'_, P>) -> Result<(), Refusal> {
        if self.date > step.facts().recorded_at.date() {
            return Err(Refusal::field(
                "date",
                format!("expected a day not after the recording, found `{}`", self.date),
            ));
        }
        step.attribute("life_event", self.event.name());
        if self.event == LifeEvent::Died {
            let first = step.attribute_before(DEATH_RECORDED_BY);
            if first.is_none_or(|first| first == step.actor().as_str()) {
                step.attribute(DEATH_RECORDED_BY, step.actor().as_str());
                for duty in P::LIFE_OPENS {
                    step.hold_back(duty);
                }
                return Ok(());
            }
        }
        if let Some(to) = P::live(self.event, step)? {
            step.go(to);
        }
        Ok(())
    }
}

/// 记录儿童意见: what the child says, or why it could not be asked (未成年人保护法 第4条第5项、第19条).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordChildView {
    /// What the child says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<Text>,
    /// Why it could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<Text>,
}

impl<P: Lives> Transition<P> for RecordChildView {
    const NAME: &'static str = "record_child_view";
    const LABEL: Label = Label::new("记录儿童意见", "record the child's view");
    const FROM: Source<P::State> = Source::AnyOpen;
    const TO: Target<P::State> = Target::Same;
    const ACTED_BY: Roles =
        &[FRONT, TOWN, COUNTY, CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, PARENT_GUARDIAN];
    const BY: Roles = &[FRONT, TOWN, COUNTY];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第4条第5项、第19条");

    fn apply(&self, step: &mut StepContext<'_, P>) -> Result<(), Refusal> {
        let heard = view_or_reason("view", self.view.as_ref(), self.why_not.as_ref())?;
        step.attribute(CHILD_VIEW, heard);
        Ok(())
    }
}

/// The attribute that says whether what the child says was heard, or could not be.
pub const CHILD_VIEW: &str = "child_view";

/// What the attribute [`CHILD_VIEW`] says where a form gives, in `field`, what the child says, or
/// in `why_not` why it could not be asked.
///
/// # Errors
/// [`Refusal::Field`] where it gives both or neither.
pub fn view_or_reason(
    field: &str,
    view: Option<&Text>,
    why_not: Option<&Text>,
) -> Result<&'static str, Refusal> {
    match (view, why_not) {
        (Some(_), None) => Ok("recorded"),
        (None, Some(_)) => Ok("not_possible"),
        _ => Err(Refusal::field(field, format!("expected either `{field}` or `why_not`"))),
    }
}
