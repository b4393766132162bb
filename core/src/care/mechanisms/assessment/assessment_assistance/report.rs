//! The survey and its report, and the conference about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ARTICLE_93, AssessmentAssistance, AssessmentState, SURVEYED_ON, data::Report};
use crate::{
    care::{
        chain::H20,
        codes::{CapacityGrade, PlanNeed},
        life::{CHILD_VIEW, view_or_reason},
        mechanisms::{
            filled::filled, guardianship::temporary_guardianship::TEMPORARY_GUARDIANSHIP,
            linked_data::RecordNeed,
        },
        roles::{COUNTY, MINOR_PROTECTION_CENTER, NEAR, PROVIDER, TOWN, TOWN_LEADER, TOWN_STATION},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, Person},
        id::UnitId,
        label::Label,
        text::Text,
        time::{CivilDate, Timestamp},
    },
};

/// 提交报告: what was found in the family, at school and with the child. What the child says, or why
/// it could not be asked, is part of it (guard d).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitReport {
    /// The report.
    pub report: Attachment,
    /// On which day the family was surveyed; not later than the recording.
    pub surveyed_on: CivilDate,
    /// Where.
    pub place: Text,
    /// How well the child is guarded.
    pub capacity_grade: CapacityGrade,
    /// What the child needs; an empty list where it needs no help.
    pub needs: Vec<PlanNeed>,
    /// What the child says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_view: Option<Text>,
    /// Why the child could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<Text>,
    /// Whether the child needs temporary guardianship.
    pub temporary_guardianship: bool,
    /// In which way it was surveyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Text>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surveyed_by: Option<Vec<Person>>,
    /// How the child lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub living: Option<Text>,
    /// How school goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schooling: Option<Text>,
    /// How the family is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Text>,
    /// How the child is guarded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardianship: Option<Text>,
    /// The benefit programmes that the child seems entitled to, each by its name in the county's
    /// register of programmes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programmes: Option<Vec<Text>>,
}

impl Transition<AssessmentAssistance> for SubmitReport {
    const NAME: &'static str = "submit_report";
    const LABEL: Label = Label::new("提交报告", "submit the report");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::Assessing]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::ReportSubmitted]);
    const ACTED_BY: Roles = &[NEAR, PROVIDER];
    const BY: Roles = &[NEAR];
    const HANDOFFS: &'static [Handoff] = &[H20];
    const BESIDE: &'static [&'static str] = &[TEMPORARY_GUARDIANSHIP];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第99条");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        if self.surveyed_on > step.facts().recorded_at.date() {
            let found = self.surveyed_on;
            let reason = format!("expected a day not after the recording, found `{found}`");
            return Err(Refusal::field("surveyed_on", reason));
        }
        let heard = view_or_reason(CHILD_VIEW, self.child_view.as_ref(), self.why_not.as_ref())?;
        step.attribute(CHILD_VIEW, heard);
        step.attribute(SURVEYED_ON, self.surveyed_on.to_string());
        match step.open_beside(TEMPORARY_GUARDIANSHIP) {
            Some(_) => step.attribute(ARTICLE_93, "yes"),
            None => step.clear_attribute(ARTICLE_93),
        }
        step.data.report = Some(Report {
            surveyed_on: self.surveyed_on,
            capacity_grade: self.capacity_grade,
            needs: self.needs.clone(),
            temporary_guardianship: self.temporary_guardianship,
        });
        for programme in self.programmes.iter().flatten() {
            // A report that was returned and comes again finds no need twice.
            if step.data.programmes.contains(programme) {
                continue;
            }
            step.data.programmes.push(programme.clone());
            let need = RecordNeed {
                programme: programme.clone(),
                source: "assessment",
                reason: step.data.reason.clone(),
            };
            step.hand_off(H20.id, &need)?;
        }
        Ok(())
    }
}

/// 退回补充: the report does not carry a decision yet.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnReport {
    /// What is missing.
    pub reason: Text,
}

impl Transition<AssessmentAssistance> for ReturnReport {
    const NAME: &'static str = "return_report";
    const LABEL: Label = Label::new("退回补充", "return the report");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::ReportSubmitted]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::Assessing]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER, TOWN_LEADER];
    const BY: Roles = &[TOWN, COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的评估流程");
}

/// 召集会商: the units are called together about the child. The law asks for it only where a guardian
/// did the harm (法发〔2014〕24号); elsewhere it is the county's choice.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallConference {
    /// Which units.
    pub members: Vec<UnitId>,
    /// When it is held.
    pub at: Timestamp,
}

impl Transition<AssessmentAssistance> for CallConference {
    const NAME: &'static str = "call_conference";
    const LABEL: Label = Label::new("召集会商", "call a conference");
    const FROM: Source<AssessmentState> = Source::In(&[AssessmentState::ReportSubmitted]);
    const TO: Target<AssessmentState> = Target::To(&[AssessmentState::InConference]);
    const ACTED_BY: Roles = &[TOWN_STATION, MINOR_PROTECTION_CENTER];
    const BY: Roles = &[TOWN, COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("个案会商由县里确定");

    fn apply(&self, step: &mut StepContext<'_, AssessmentAssistance>) -> Result<(), Refusal> {
        filled("members", &self.members)?;
        step.data.conference_at = Some(self.at);
        Ok(())
    }
}
