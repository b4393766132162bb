//! Who the child is 身份: found out with the police, and searched for in public.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GuardianshipState, TemporaryGuardianship, data::Identity};
use crate::{
    care::roles::{COUNTY, MINOR_PROTECTION_CENTER, POLICE},
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::Attachment, label::Label, text::Text, time::CivilDate},
};

/// 身份不明登记: nobody knows who the child is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkUnidentified {
    /// What the child looks like, says and carries.
    pub description: Text,
    /// A picture of the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<Attachment>,
    /// Whether the child was rescued from traffickers: its family is searched for longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rescued: Option<bool>,
}

impl Transition<TemporaryGuardianship> for MarkUnidentified {
    const NAME: &'static str = "mark_unidentified";
    const LABEL: Label = Label::new("身份不明登记", "register as unidentified");
    const FROM: Source<GuardianshipState> = Source::AnyOpen;
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const OPENS: &'static [&'static str] = &["compare_identity", "publish_search"];
    const BASIS: LegalBasis = LegalBasis::seen("身份不明流浪未成年人的查找与比对");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        let rescued = self.rescued.unwrap_or(step.data.identity == Identity::Rescued);
        step.data.identity = if rescued { Identity::Rescued } else { Identity::Unknown };
        step.attribute("unidentified", "true");
        Ok(())
    }
}

/// 比对结果: what the comparison of face, print and blood gave.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordComparison {
    /// The result.
    pub result: Text,
    /// Whether the child's DNA is in the register of missing children.
    pub dna: bool,
}

impl Transition<TemporaryGuardianship> for RecordComparison {
    const NAME: &'static str = "record_comparison";
    const LABEL: Label = Label::new("比对结果", "record the comparison");
    const FROM: Source<GuardianshipState> = Source::AnyOpen;
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[POLICE];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::seen("身份不明流浪未成年人的查找与比对");
}

/// 发布寻亲公告: the search for the child's family is published (guard h).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishSearch {
    /// Where.
    pub r#where: Text,
    /// On which day.
    pub at: CivilDate,
    /// What it says.
    pub text: Text,
}

impl Transition<TemporaryGuardianship> for PublishSearch {
    const NAME: &'static str = "publish_search";
    const LABEL: Label = Label::new("发布寻亲公告", "publish the search");
    const FROM: Source<GuardianshipState> = Source::AnyOpen;
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::seen("身份不明流浪未成年人的查找与寻亲公告");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        step.demand_past("at", self.at.start())?;
        step.data.search_published = true;
        Ok(())
    }
}
