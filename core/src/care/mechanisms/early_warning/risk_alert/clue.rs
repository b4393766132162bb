//! From the clue to the start of its verification, or to its dismissal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RiskAlert, RiskAlertState, guards};
use crate::{
    care::{
        codes::ClueSource,
        roles::{
            ANY_REPORTER, CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, GRID_WORKER,
            HOTLINE_OPERATOR, MEDICAL_INSTITUTION, REPORTER, SCHOOL, SYSTEM, TOWN, VILLAGE,
        },
    },
    procedure::{LegalBasis, Opening, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::Person, facts::SubjectKind, id::SubjectId, label::Label, text::Text,
        time::Timestamp,
    },
};

/// 登记线索: somebody saw something about a child.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterClue {
    /// Where the clue comes from.
    pub source: ClueSource,
    /// What was seen.
    pub facts: Text,
    /// When it was seen. The clocks of the verification run from when the clue came, not from
    /// here: nobody who owes it knew before.
    pub seen_at: Timestamp,
    /// Which child, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<SubjectId>,
    /// Which child, in words, while nobody knows who it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Whether a red case is suspected.
    pub suspected_red: bool,
}

impl Transition<RiskAlert> for RegisterClue {
    const NAME: &'static str = "register_clue";
    const LABEL: Label = Label::new("登记线索", "register a clue");
    const FROM: Source<RiskAlertState> = Source::Opens;
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::ClueReceived]);
    const ACTED_BY: Roles = &[
        ANY_REPORTER,
        CHILD_WELFARE_DIRECTOR,
        SCHOOL,
        GRID_WORKER,
        HOTLINE_OPERATOR,
        MEDICAL_INSTITUTION,
        SYSTEM,
    ];
    const BY: Roles = &[REPORTER, HOTLINE_OPERATOR, GRID_WORKER];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第43条");

    fn apply(&self, step: &mut StepContext<'_, RiskAlert>) -> Result<(), Refusal> {
        step.demand_past("seen_at", self.seen_at)?;
        let known = step.facts().subject.kind != SubjectKind::UnidentifiedChild;
        step.demand(known || self.description.is_some(), &guards::CLUE_NEEDS_DESCRIPTION)?;
        step.data.facts = Some(self.facts.clone());
        step.data.description.clone_from(&self.description);
        step.data.clue_at = Some(step.occurred_at());
        step.data.red_suspected = self.suspected_red;
        Ok(())
    }

    fn opening(&self) -> Opening {
        Opening { subject: self.child, ..Opening::default() }
    }
}

/// 启动核查: somebody is named to find out.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartVerification {
    /// Who finds out.
    pub verifier: Person,
}

impl Transition<RiskAlert> for StartVerification {
    const NAME: &'static str = "start_verification";
    const LABEL: Label = Label::new("启动核查", "start the verification");
    const FROM: Source<RiskAlertState> = Source::In(&[RiskAlertState::ClueReceived]);
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::Verifying]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR];
    const BY: Roles = &[VILLAGE];
    const BASIS: LegalBasis = LegalBasis::practice("核查流程由县里确定，有的地方要求立即评估");
}

/// 排除: the clue proved to be nothing. Checked by somebody who did not verify it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dismiss {
    /// Why.
    pub reason: Text,
    /// Who was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Person>,
}

impl Transition<RiskAlert> for Dismiss {
    const NAME: &'static str = "dismiss";
    const LABEL: Label = Label::new("排除", "dismiss the clue");
    const FROM: Source<RiskAlertState> =
        Source::In(&[RiskAlertState::ClueReceived, RiskAlertState::Verifying]);
    const TO: Target<RiskAlertState> = Target::To(&[RiskAlertState::Dismissed]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR];
    const BY: Roles = &[TOWN];
    const FOUR_EYES: &'static [&'static str] = &["start_verification", "propose_grade"];
    const BASIS: LegalBasis = LegalBasis::practice("排除须由另一人复核，县里确定");
}
