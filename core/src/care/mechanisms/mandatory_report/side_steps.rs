//! Steps beside the states 旁路: help, danger, a suspected guardian, filing, evidence, a retraction.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{MandatoryReport, ReportState};
use crate::{
    care::{
        chain::{H09, H10, H11, H31},
        codes::PlanNeed,
        mechanisms::{
            assessment::assessment_assistance::opening::OpenAssessment,
            emergency_response::{EMERGENCY_RESPONSE, alarm::RaiseAlarm},
            filled::filled,
            guardianship::temporary_guardianship::{TEMPORARY_GUARDIANSHIP, decision::Request},
            linked_data::ProposeMeasure,
        },
        roles::{
            ANY_REPORTER, DEPT, EDUCATION_BUREAU, FRONT, MEDICAL_INSTITUTION,
            MINOR_PROTECTION_CENTER, NEAR, POLICE, POLICE_STATION, PROCURATORATE, SCHOOL,
            TOWN_STATION,
        },
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{evidence::Attachment, facts::SubjectKind, label::Label, text::Text, time::Timestamp},
};

/// 转介帮扶: what the child needs goes to assessment and assistance (H10). The form names no ground of
/// temporary guardianship; need of a guardian, while neither an emergency nor a temporary
/// guardianship holds the child, is taken for one, and the bureau that answers H31 decides on the
/// ground.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferNeeds {
    /// What the child needs.
    pub needs: Vec<PlanNeed>,
}

impl Transition<MandatoryReport> for ReferNeeds {
    const NAME: &'static str = "refer_needs";
    const LABEL: Label = Label::new("转介帮扶", "refer the child's needs");
    const FROM: Source<ReportState> = Source::AnyOpen;
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[POLICE, PROCURATORATE, DEPT];
    const BY: Roles = &[NEAR, DEPT];
    const HANDOFFS: &'static [Handoff] = &[H10, H31];
    const BESIDE: &'static [&'static str] = &[EMERGENCY_RESPONSE, TEMPORARY_GUARDIANSHIP];
    const BASIS: LegalBasis =
        LegalBasis::recalled("《关于建立侵害未成年人案件强制报告制度的意见（试行）》第10条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        filled("needs", &self.needs)?;
        for need in &self.needs {
            if !step.data.referred.contains(need) {
                step.data.referred.push(*need);
            }
        }
        let facts = step.data.facts.clone();
        let assessment = OpenAssessment::of(step.facts(), facts.clone(), &self.needs)?;
        step.hand_off(H10.id, &assessment)?;
        let unguarded = self.needs.contains(&PlanNeed::Guardianship);
        let in_hand =
            [EMERGENCY_RESPONSE, TEMPORARY_GUARDIANSHIP].map(|other| step.open_beside(other));
        if unguarded && in_hand == [None, None] {
            let harm_by_guardian = step.data.guardian_suspected;
            let request = Request {
                ground: None,
                facts: Request::facts_of(facts.as_ref())?,
                harm_by_guardian,
                custody: Vec::new(),
            };
            step.hand_off(H31.id, &request)?;
        }
        Ok(())
    }
}

/// 启动应急: the child is in danger now; the emergency response is opened or told (H09), and the
/// report goes on beside it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RaiseDanger {
    /// What the danger is.
    pub danger: Text,
    /// Where.
    pub place: Text,
    /// When it was seen.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for RaiseDanger {
    const NAME: &'static str = "raise_danger";
    const LABEL: Label = Label::new("启动应急", "raise the alarm");
    const FROM: Source<ReportState> = Source::AnyOpen;
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[ANY_REPORTER, FRONT, POLICE_STATION];
    const BY: Roles = &[FRONT, DEPT, TOWN_STATION];
    const REPORTER_SECRET: bool = true;
    const HANDOFFS: &'static [Handoff] = &[H09];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第92条；反家庭暴力法 第15条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        let subject = step.facts().subject;
        let alarm = RaiseAlarm {
            at: self.at,
            danger: self.danger.clone(),
            place: self.place.clone(),
            child: (subject.kind == SubjectKind::Child).then_some(subject.id),
            description: step.data.description.clone(),
        };
        step.hand_off(H09.id, &alarm)
    }
}

/// 监护人涉嫌: a guardian is suspected, so measures against the guardian are prepared (H11). Where the
/// suspicion falls on a unit that works on the case, its recusal (guard i) is a change of holder
/// with cause 回避, by the unit leader.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NameGuardianSuspect {
    /// The facts of the suspicion.
    pub facts: Text,
}

impl Transition<MandatoryReport> for NameGuardianSuspect {
    const NAME: &'static str = "name_guardian_suspect";
    const LABEL: Label = Label::new("监护人涉嫌", "name a guardian as suspect");
    const FROM: Source<ReportState> = Source::AnyOpen;
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[POLICE, DEPT];
    const BY: Roles = &[NEAR, DEPT];
    const HANDOFFS: &'static [Handoff] = &[H11];
    const BASIS: LegalBasis = LegalBasis::seen(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第1条",
    );

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.data.guardian_suspected = true;
        step.attribute("guardian_suspected", "true");
        step.hand_off(H11.id, &ProposeMeasure { facts: self.facts.clone() })
    }
}

/// 备案: the report is put on file with the authority above whoever made it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// The form that was filed.
    pub form: Attachment,
    /// When it happened.
    pub at: Timestamp,
}

impl Transition<MandatoryReport> for FileRecord {
    const NAME: &'static str = "file_record";
    const LABEL: Label = Label::new("备案", "put the report on file");
    const FROM: Source<ReportState> = Source::AnyOpen;
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[SCHOOL, MEDICAL_INSTITUTION, FRONT];
    const BY: Roles = &[FRONT, TOWN_STATION, EDUCATION_BUREAU];
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis =
        LegalBasis::recalled("《关于建立侵害未成年人案件强制报告制度的意见（试行）》第5条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        step.data.filed_at = Some(self.at);
        Ok(())
    }
}

/// 证据保全: what proves the harm is kept safe.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreserveEvidence {
    /// What was kept.
    pub what: Text,
    /// Where it is kept.
    pub r#where: Text,
    /// Pictures or copies of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<Attachment>>,
}

impl Transition<MandatoryReport> for PreserveEvidence {
    const NAME: &'static str = "preserve_evidence";
    const LABEL: Label = Label::new("证据保全", "preserve the evidence");
    const FROM: Source<ReportState> = Source::AnyOpen;
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[SCHOOL, MEDICAL_INSTITUTION, FRONT];
    const BY: Roles = &[FRONT, TOWN_STATION];
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis =
        LegalBasis::recalled("《关于建立侵害未成年人案件强制报告制度的意见（试行）》第6条、第7条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.data.evidence_preserved_at = Some(step.occurred_at());
        Ok(())
    }
}

/// 报告人撤回: the reporter takes the report back. It is recorded, and every duty goes on as before
/// (guard b).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordRetraction {
    /// The reason given.
    pub reason: Text,
    /// Whether there are signs that the reporter was pressed.
    pub pressure: bool,
}

impl Transition<MandatoryReport> for RecordRetraction {
    const NAME: &'static str = "record_retraction";
    const LABEL: Label = Label::new("报告人撤回", "record a retraction");
    const FROM: Source<ReportState> = Source::AnyOpen;
    const TO: Target<ReportState> = Target::Same;
    const ACTED_BY: Roles = &[ANY_REPORTER];
    const BY: Roles = &[FRONT, DEPT, MINOR_PROTECTION_CENTER];
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis = LegalBasis::practice("撤回不影响办理");
}
