//! Opening, completing, updating and closing a file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    CareFile, CareFileState, OTHER_CASES, RegisterFacts, RegisterField, guards, note_alert,
    other_case_open,
};
use crate::{
    care::{
        codes::ExitReason,
        roles::{
            CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, DATA_ADMIN, SCHOOL, TOWN, VILLAGE,
        },
    },
    procedure::{LegalBasis, Opening, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        area::{AreaCode, AreaPurpose},
        evidence::Person,
        facts::CaseFacts,
        id::SubjectId,
        label::Label,
        text::Text,
        time::CivilDate,
    },
};

/// 建档: a child gets a file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenFile {
    /// Which child.
    pub child: SubjectId,
    /// Why: the categories, e.g. `left_behind_child` or 农村留守儿童.
    pub types: Vec<Text>,
    /// Where: the residence first, then the place of the hukou, then the place of the school.
    pub areas: Vec<AreaCode>,
    /// The facts of the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<RegisterFacts>,
}

/// What the areas of the form say, in its order.
const AREAS: [AreaPurpose; 3] = [AreaPurpose::Residence, AreaPurpose::Hukou, AreaPurpose::School];

/// Whether a category is 留守.
fn is_left_behind(category: &Text) -> bool {
    category.as_str() == "left_behind_child" || category.as_str().contains("留守")
}

/// Takes over why the child has a file.
fn classify(step: &mut StepContext<'_, CareFile>, types: &[Text]) {
    types.clone_into(&mut step.data.types);
    step.data.left_behind = types.iter().any(is_left_behind);
    if step.data.left_behind {
        step.attribute("left_behind", "yes");
    } else if step.attribute_before("left_behind").is_some() {
        step.clear_attribute("left_behind");
    }
}

impl Transition<CareFile> for OpenFile {
    const NAME: &'static str = "open_file";
    const LABEL: Label = Label::new("建档", "open a file");
    const FROM: Source<CareFileState> = Source::Opens;
    const TO: Target<CareFileState> = Target::To(&[CareFileState::Draft]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR, SCHOOL];
    const BY: Roles = &[VILLAGE, DATA_ADMIN];
    const BESIDE: &'static [&'static str] = &["care_file"];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第43条");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        if !(1..=AREAS.len()).contains(&self.areas.len()) {
            let found = self.areas.len();
            let reason =
                format!("expected one to three areas (residence, hukou, school), found `{found}`");
            return Err(Refusal::field("areas", reason));
        }
        step.demand(step.open_beside("care_file").is_none(), &guards::ONE_FILE)?;
        classify(step, &self.types);
        if let Some(register) = &self.register {
            step.data.register.update(register);
        }
        for (purpose, area) in AREAS.into_iter().zip(&self.areas) {
            step.area(purpose, area.clone());
        }
        Ok(())
    }

    fn opening(&self) -> Opening {
        Opening {
            subject: Some(self.child),
            areas: AREAS.into_iter().zip(self.areas.iter().cloned()).collect(),
            ..Opening::default()
        }
    }
}

/// 完成建档: the facts that every file must have.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteFile {
    /// The guardians.
    pub guardians: Vec<Person>,
    /// Who really cares for the child.
    pub carer: Person,
    /// How the child is cared for.
    pub condition: Text,
    /// The school.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<Text>,
    /// The child's health.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Text>,
    /// The benefits the child gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefits: Option<Text>,
}

impl Transition<CareFile> for CompleteFile {
    const NAME: &'static str = "complete_file";
    const LABEL: Label = Label::new("完成建档", "complete the file");
    const FROM: Source<CareFileState> = Source::In(&[CareFileState::Draft]);
    const TO: Target<CareFileState> = Target::To(&[CareFileState::Active]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR];
    const BY: Roles = &[VILLAGE];
    const BESIDE: &'static [&'static str] = &["risk_alert"];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第43条");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        let guardian = self.guardians.first().ok_or_else(|| {
            Refusal::field("guardians", "expected at least one guardian, found none")
        })?;
        step.data.register.update(&RegisterFacts {
            guardian: Some(guardian.name.clone()),
            relation: guardian.relation.clone(),
            phone: guardian.phone.clone(),
            carer: Some(self.carer.name.clone()),
            condition: Some(self.condition.clone()),
            school: self.school.clone(),
            health: self.health.clone(),
            benefits: self.benefits.clone(),
            ..RegisterFacts::default()
        });
        step.data.checked_on = Some(step.occurred_at().date());
        note_alert(step);
        Ok(())
    }
}

/// 不属建档对象: the child needs no file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectFile {
    /// Why.
    pub reason: ExitReason,
}

impl Transition<CareFile> for RejectFile {
    const NAME: &'static str = "reject_file";
    const LABEL: Label = Label::new("不属建档对象", "reject the file");
    const FROM: Source<CareFileState> = Source::In(&[CareFileState::Draft]);
    const TO: Target<CareFileState> = Target::To(&[CareFileState::Archived]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR];
    const BY: Roles = &[TOWN];
    const BESIDE: &'static [&'static str] = OTHER_CASES;
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的建档范围");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        step.demand(!other_case_open(step), &guards::NO_OTHER_OPEN_CASE)
    }
}

/// 更新信息: the facts were checked, and changed where they had to.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateFile {
    /// What changed, in words; 无变化 where nothing did.
    pub changes: Text,
    /// When the facts were checked.
    pub checked_on: CivilDate,
    /// The facts of the register that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<RegisterFacts>,
    /// The facts of the register that hold no longer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<RegisterField>,
    /// The categories, all of them, where they changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub types: Option<Vec<Text>>,
    /// Where the child lives now, where that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residence: Option<AreaCode>,
}

impl Transition<CareFile> for UpdateFile {
    const NAME: &'static str = "update_file";
    const LABEL: Label = Label::new("更新信息", "bring the file up to date");
    // Also before the file is complete and while it is sent: a register that is handed in again
    // does not wait for either.
    const FROM: Source<CareFileState> =
        Source::In(&[CareFileState::Draft, CareFileState::Active, CareFileState::MovingOut]);
    const TO: Target<CareFileState> = Target::Same;
    const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR, SCHOOL];
    // Whoever may bring a register in may bring its next version in.
    const BY: Roles = &[VILLAGE, DATA_ADMIN];
    const BASIS: LegalBasis = LegalBasis::recalled("民发〔2019〕34号 附件（定期更新信息）");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        step.demand_past("checked_on", self.checked_on.start())?;
        step.data.register.clear(&self.cleared);
        if let Some(register) = &self.register {
            step.data.register.update(register);
        }
        if let Some(types) = &self.types {
            classify(step, types);
        }
        if let Some(residence) = &self.residence {
            let here = |case: &CaseFacts| case.realm.area().covers(residence);
            if !step.facts().case.is_none_or(here) {
                let reason = "expected an area of this county; a child who moved is sent out";
                return Err(Refusal::field("residence", reason));
            }
            step.area(AreaPurpose::Residence, residence.clone());
        }
        if step.data.checked_on.is_some_and(|known| self.checked_on < known) {
            // Entered late: newer facts are in the file already.
            step.leave_open("update_file");
        } else {
            step.data.checked_on = Some(self.checked_on);
        }
        Ok(())
    }
}

/// 退出归档: the child needs the file no longer.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseFile {
    /// Why.
    pub reason: ExitReason,
    /// What proves it.
    pub proof: Text,
}

impl Transition<CareFile> for CloseFile {
    const NAME: &'static str = "close_file";
    const LABEL: Label = Label::new("退出归档", "close the file");
    const FROM: Source<CareFileState> = Source::In(&[CareFileState::Active]);
    const TO: Target<CareFileState> = Target::To(&[CareFileState::Archived]);
    const ACTED_BY: Roles = &[CHILD_WELFARE_SUPERVISOR];
    const BY: Roles = &[TOWN];
    const BESIDE: &'static [&'static str] = OTHER_CASES;
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的退出条件");

    fn apply(&self, step: &mut StepContext<'_, CareFile>) -> Result<(), Refusal> {
        let moved = self.reason == ExitReason::MovedAway || step.data.moved_away;
        step.demand(!moved, &guards::MOVED_FILE_IS_SENT)?;
        step.demand(!other_case_open(step), &guards::NO_OTHER_OPEN_CASE)?;
        step.attribute("exit_reason", self.reason.name());
        Ok(())
    }
}
