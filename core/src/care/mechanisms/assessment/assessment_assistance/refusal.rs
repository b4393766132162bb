//! A guardian who refuses help, and harm by a guardian that the assessment finds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AssessmentAssistance, AssessmentState};
use crate::{
    care::{
        chain::{H19, H44},
        codes::ReportableSituation,
        mechanisms::{linked_data::ProposeMeasure, mandatory_report::discovery::Discover},
        roles::{
            ANY_REPORTER, COUNTY, NEAR, PARENT_GUARDIAN, PROVIDER, SCHOOL, TOWN, TOWN_STATION,
        },
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::Person, label::Label, text::Text},
};

/// 监护人拒绝: a guardian does not want to be assessed or helped. The case goes on, and somebody owes
/// an answer to the refusal.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordRefusal {
    /// Who refuses.
    pub who: Person,
    /// What is refused.
    pub what: Text,
    /// Which reason is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

impl Transition<AssessmentAssistance> for RecordRefusal {
    const NAME: &'static str = "record_refusal";
    const LABEL: Label = Label::new("监护人拒绝", "record the guardian's refusal");
    const FROM: Source<AssessmentState> = Source::AnyOpen;
    const TO: Target<AssessmentState> = Target::Same;
    const ACTED_BY: Roles = &[PARENT_GUARDIAN];
    const BY: Roles = &[NEAR];
    const OPENS: &'static [&'static str] = &["settle_refusal"];
    const BASIS: LegalBasis = LegalBasis::practice("监护人拒绝的，须有人负责化解");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        step.data.guardian_refuses = true;
        step.attribute(REFUSED, "yes");
        Ok(())
    }
}

/// The attribute of a case in which a guardian's refusal stands.
const REFUSED: &str = "guardian_refuses";

/// 拒绝已化解: the guardian was talked to, and the matter goes on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleRefusal {
    /// What came of it.
    pub result: Text,
}

impl Transition<AssessmentAssistance> for SettleRefusal {
    const NAME: &'static str = "settle_refusal";
    const LABEL: Label = Label::new("拒绝已化解", "settle the refusal");
    const FROM: Source<AssessmentState> = Source::AnyOpen;
    const TO: Target<AssessmentState> = Target::Same;
    const ACTED_BY: Roles = &[TOWN_STATION];
    const BY: Roles = &[NEAR];
    const BASIS: LegalBasis = LegalBasis::practice("监护人拒绝的，须有人负责化解");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        step.data.guardian_refuses = false;
        step.clear_attribute(REFUSED);
        Ok(())
    }
}

/// 发现监护侵害: a guardian harms the child. The report is made at once and nobody approves it
/// (H19); measures against the guardian are proposed (H44). The assessment goes on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindGuardianHarm {
    /// What was found.
    pub facts: Text,
    /// Which of the situations that have to be reported; 其他严重侵害 where none is said, so that
    /// a form never holds the report up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub situations: Option<Vec<ReportableSituation>>,
}

impl Transition<AssessmentAssistance> for FindGuardianHarm {
    const NAME: &'static str = "find_guardian_harm";
    const LABEL: Label = Label::new("发现监护侵害", "record harm by a guardian");
    const FROM: Source<AssessmentState> = Source::AnyOpen;
    const TO: Target<AssessmentState> = Target::Same;
    const ACTED_BY: Roles = &[ANY_REPORTER, TOWN, PROVIDER];
    const BY: Roles = &[TOWN, COUNTY, SCHOOL];
    const HANDOFFS: &'static [Handoff] = &[H19, H44];
    // Whoever finds it is the reporter.
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第2款");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        let found = Discover::found(step, &self.facts, self.situations.as_deref());
        step.hand_off(H19.id, &found)?;
        step.hand_off(H44.id, &ProposeMeasure { facts: self.facts.clone() })
    }
}
