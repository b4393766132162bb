//! Who stands by the child: a helper, and the parents who are far away.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CareFile, CareFileState};
use crate::{
    care::{
        chain::H37,
        roles::{MEMBER_LIAISON, PARENT_GUARDIAN, SCHOOL, VILLAGE, VOLUNTEER, WOMENS_FEDERATION},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::Person, id::UnitId, label::Label, text::Text, time::CivilDate},
};

/// 结对: the child gets a helper.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPairing {
    /// Who helps.
    pub helper: Person,
    /// From which unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Since when.
    pub from: CivilDate,
    /// Whether the helper's criminal record was checked.
    pub record_checked: bool,
}

impl Transition<CareFile> for RecordPairing {
    const NAME: &'static str = "record_pairing";
    const LABEL: Label = Label::new("结对", "record the pairing");
    const FROM: Source<CareFileState> =
        Source::In(&[CareFileState::Active, CareFileState::MovingOut]);
    const TO: Target<CareFileState> = Target::Same;
    const ACTED_BY: Roles = &[VOLUNTEER, MEMBER_LIAISON];
    const BY: Roles = &[VILLAGE, WOMENS_FEDERATION];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第62条");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        step.attribute("paired", "yes");
        step.attribute("helper_checked", if self.record_checked { "yes" } else { "no" });
        Ok(())
    }
}

/// 结对人退出: the helper leaves.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HelperLeft {
    /// Why.
    pub reason: Text,
    /// When.
    pub at: CivilDate,
}

impl Transition<CareFile> for HelperLeft {
    const NAME: &'static str = "helper_left";
    const LABEL: Label = Label::new("结对人退出", "record that the helper left");
    const FROM: Source<CareFileState> = Source::In(&[CareFileState::Active]);
    const TO: Target<CareFileState> = Target::Same;
    const ACTED_BY: Roles = &[VOLUNTEER];
    const BY: Roles = &[VILLAGE, WOMENS_FEDERATION];
    const OPENS: &'static [&'static str] = &["replace_helper"];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的结对办法");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        step.clear_attribute("paired");
        step.clear_attribute("helper_checked");
        Ok(())
    }
}

/// 亲情交流: a parent was in contact with the child. One entry counts for the entrusted care too.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordContact {
    /// When.
    pub at: CivilDate,
    /// How: by phone, in person.
    pub mode: Text,
    /// Which parent.
    pub parent: Person,
}

/// What `entrusted_care` asks for.
#[derive(Debug, Serialize)]
struct Contact<'a> {
    at: CivilDate,
    mode: &'a Text,
}

impl Transition<CareFile> for RecordContact {
    const NAME: &'static str = "record_contact";
    const LABEL: Label = Label::new("亲情交流", "record a contact");
    const FROM: Source<CareFileState> = Source::In(&[CareFileState::Active]);
    const TO: Target<CareFileState> = Target::Same;
    const ACTED_BY: Roles = &[PARENT_GUARDIAN];
    const BY: Roles = &[VILLAGE, SCHOOL];
    const HANDOFFS: &'static [Handoff] = &[H37];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第23条");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        step.demand_past("at", self.at.start())?;
        step.attribute("last_contact", self.at.to_string());
        step.hand_off(H37.id, &Contact { at: self.at, mode: &self.mode })
    }
}
