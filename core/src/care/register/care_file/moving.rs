//! Handing the file of a child who moved to the place that takes it over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CareFile, CareFileState, OTHER_CASES, guards, note_alert, other_case_open};
use crate::{
    care::roles::{CHILD_WELFARE_SUPERVISOR, CIVIL_AFFAIRS_BUREAU, TOWN},
    procedure::{LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        area::AreaCode, evidence::CaseRef, id::UnitId, label::Label, text::Text, time::Timestamp,
    },
};

/// 转出: the file is sent to another place.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendOut {
    /// Where the child lives now.
    pub to_area: AreaCode,
    /// The open cases of the child, which the other place must know of.
    pub open_cases: Vec<CaseRef>,
}

impl Transition<CareFile> for SendOut {
    const NAME: &'static str = "send_out";
    const LABEL: Label = Label::new("转出", "send the file elsewhere");
    const FROM: Source<CareFileState> = Source::In(&[CareFileState::Active]);
    const TO: Target<CareFileState> = Target::To(&[CareFileState::MovingOut]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR];
    const BY: Roles = &[TOWN];
    const BESIDE: &'static [&'static str] = OTHER_CASES;
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转出流程");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        let listed = OTHER_CASES
            .iter()
            .flat_map(|other| step.beside(other))
            .filter(|other| other.facts.is_open())
            .all(|other| self.open_cases.contains(&CaseRef::Case(other.facts.id)));
        step.demand(listed, &guards::OPEN_CASES_LISTED)
    }
}

/// 对方已接收: the other place takes the file over.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiveElsewhere {
    /// Which unit.
    pub accepted_by: UnitId,
    /// When.
    pub at: Timestamp,
}

impl Transition<CareFile> for ReceiveElsewhere {
    const NAME: &'static str = "receive_elsewhere";
    const LABEL: Label = Label::new("对方已接收", "record that it was received");
    const FROM: Source<CareFileState> = Source::In(&[CareFileState::MovingOut]);
    const TO: Target<CareFileState> = Target::To(&[CareFileState::Archived]);
    const ACTED_BY: Roles = &[TOWN];
    const BY: Roles = &[TOWN, CIVIL_AFFAIRS_BUREAU];
    const BESIDE: &'static [&'static str] = OTHER_CASES;
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转出流程");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.demand(!other_case_open(step), &guards::NO_OTHER_OPEN_CASE)
    }
}

/// 对方退回: the other place does not take the file over, and it goes on here.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnFile {
    /// Why.
    pub reason: Text,
}

impl Transition<CareFile> for ReturnFile {
    const NAME: &'static str = "return_file";
    const LABEL: Label = Label::new("对方退回", "record that it was sent back");
    const FROM: Source<CareFileState> = Source::In(&[CareFileState::MovingOut]);
    const TO: Target<CareFileState> = Target::To(&[CareFileState::Active]);
    const ACTED_BY: Roles = &[TOWN];
    const BY: Roles = &[TOWN, CIVIL_AFFAIRS_BUREAU];
    const BESIDE: &'static [&'static str] = &["risk_alert"];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转出流程");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        note_alert(step);
        if step.attribute_before("paired").is_some() {
            step.hold_back("keep_pairing");
        }
        Ok(())
    }
}
