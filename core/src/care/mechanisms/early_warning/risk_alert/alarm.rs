//! The two steps that wait for nobody: to report, and to intervene.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RiskAlert, RiskAlertState};
use crate::{
    care::{
        chain::{H05, H06},
        codes::ReportableSituation,
        mechanisms::mandatory_report::discovery::Discover,
        roles::{ANY_REPORTER, FRONT, NEAR, REPORTER},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        facts::SubjectKind,
        id::{SubjectId, UnitId},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 触发强制报告: the child is harmed or in danger, and the law asks for a report at once. No
/// approval stands before it, and the alert goes on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerReport {
    /// What was found.
    pub facts: Text,
    /// Which of the situations that have to be reported.
    pub situations: Vec<ReportableSituation>,
    /// Whether it was reported by word of mouth already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oral: Option<bool>,
}

impl Transition<RiskAlert> for TriggerReport {
    const NAME: &'static str = "trigger_report";
    const LABEL: Label = Label::new("触发强制报告", "trigger the mandatory report");
    const FROM: Source<RiskAlertState> = Source::AnyOpen;
    const TO: Target<RiskAlertState> = Target::Same;
    const ACTED_BY: Roles = &[ANY_REPORTER, FRONT];
    const BY: Roles = &[REPORTER];
    const HANDOFFS: &'static [Handoff] = &[H05];
    // Whoever triggers the report is its reporter.
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第2款");

    fn apply(&self, step: &mut StepContext<'_, RiskAlert>) -> Result<(), Refusal> {
        if self.situations.is_empty() {
            return Err(Refusal::field("situations", "expected at least one situation"));
        }
        step.data.facts = Some(self.facts.clone());
        let form = Discover {
            description: step.data.description.clone(),
            ..Discover::found(step, &self.facts, Some(&self.situations))
        };
        step.hand_off(H05.id, &form)
    }
}

/// 立即介入: somebody does something now. Where there is danger, an emergency opens.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InterveneNow {
    /// What is done.
    pub action: Text,
    /// Which units were told.
    pub informed: Vec<UnitId>,
    /// Whether the child is in danger now.
    pub danger: bool,
    /// Where the child is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Text>,
}

/// What `emergency_response` asks for.
#[derive(Debug, Serialize)]
struct RaiseAlarm {
    at: Timestamp,
    danger: Text,
    place: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    child: Option<SubjectId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Text>,
}

impl Transition<RiskAlert> for InterveneNow {
    const NAME: &'static str = "intervene_now";
    const LABEL: Label = Label::new("立即介入", "intervene at once");
    const FROM: Source<RiskAlertState> = Source::AnyOpen;
    const TO: Target<RiskAlertState> = Target::Same;
    const ACTED_BY: Roles = &[NEAR];
    const BY: Roles = &[NEAR];
    const HANDOFFS: &'static [Handoff] = &[H06];
    const BASIS: LegalBasis = LegalBasis::practice("红色立即介入为外地做法，县里确定");

    fn apply(&self, step: &mut StepContext<'_, RiskAlert>) -> Result<(), Refusal> {
        if !self.danger {
            return Ok(());
        }
        // What the alert lacks is told by its facts.
        let facts = step.data.facts.as_ref().unwrap_or(&self.action);
        let form = RaiseAlarm {
            at: step.occurred_at(),
            danger: self.told_with(facts),
            place: self.place.clone().unwrap_or_else(|| facts.clone()),
            child: known_child(step),
            description: step.data.description.clone(),
        };
        step.hand_off(H06.id, &form)
    }
}

impl InterveneNow {
    /// The facts and what was done, for those who come next; the action alone where both together
    /// are too long for one field.
    fn told_with(&self, facts: &Text) -> Text {
        Text::new(format!("{facts}；已采取：{}", self.action))
            .unwrap_or_else(|_| self.action.clone())
    }
}

/// The child, unless nobody knows yet who it is.
fn known_child(step: &StepContext<'_, RiskAlert>) -> Option<SubjectId> {
    let subject = step.facts().subject;
    (subject.kind == SubjectKind::Child).then_some(subject.id)
}
