//! From the discovery to the report 发现与报告. Nothing here waits for an approval.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{MandatoryReport, ReportState};
use crate::{
    care::{
        codes::{ReportChannel, ReportableSituation},
        mechanisms::filled::filled,
        roles::{
            ANY_REPORTER, DEPT, FRONT, HOTLINE_OPERATOR, MEDICAL_INSTITUTION, REPORTER,
            TOWN_STATION,
        },
    },
    procedure::{
        LegalBasis, Opening, Procedure, Refusal, Roles, Source, StepContext, Target, Transition,
    },
    terms::{
        evidence::Person, facts::SubjectKind, id::SubjectId, label::Label, text::Text,
        time::Timestamp,
    },
};

/// 发现: somebody finds that a child is harmed or in danger. Nothing stands between this and the
/// report.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discover {
    /// When it was found; the duty to report runs from here.
    pub found_at: Timestamp,
    /// What was seen or heard.
    pub facts: Text,
    /// Which of the reportable situations it is.
    pub situations: Vec<ReportableSituation>,
    /// The child, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<SubjectId>,
    /// Who the child is, as far as can be seen, when nobody knows the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
}

impl Discover {
    /// Harm or danger that a case of another procedure comes upon, found as its step happens. Where
    /// nobody says which situation it is, it is 其他严重侵害: the report waits for no choice.
    pub fn found<P: Procedure>(
        step: &StepContext<'_, P>,
        facts: &Text,
        situations: Option<&[ReportableSituation]>,
    ) -> Self {
        let situations = situations.filter(|list| !list.is_empty());
        let subject = step.facts().subject;
        Self {
            found_at: step.occurred_at(),
            facts: facts.clone(),
            situations: situations.unwrap_or(&[ReportableSituation::OtherSerious]).to_vec(),
            child: (subject.kind == SubjectKind::Child).then_some(subject.id),
            description: None,
        }
    }
}

impl Transition<MandatoryReport> for Discover {
    const NAME: &'static str = "discover";
    const LABEL: Label = Label::new("发现", "record the discovery");
    const FROM: Source<ReportState> = Source::Opens;
    const TO: Target<ReportState> = Target::To(&[ReportState::Discovered]);
    const ACTED_BY: Roles = &[ANY_REPORTER, FRONT, MEDICAL_INSTITUTION];
    const BY: Roles = &[REPORTER];
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第2款");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("found_at", self.found_at)?;
        filled("situations", &self.situations)?;
        step.data.found_at = Some(self.found_at);
        step.data.facts = Some(self.facts.clone());
        step.data.description.clone_from(&self.description);
        step.attribute("situations", joined(&self.situations));
        Ok(())
    }

    fn opening(&self) -> Opening {
        Opening { subject: self.child, ..Opening::default() }
    }
}

/// 补录已报告: a report that was made before anybody wrote it down. The case opens where the report
/// put it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordReportMade {
    /// When the report was made.
    pub reported_at: Timestamp,
    /// Through which channel.
    pub channel: ReportChannel,
    /// Who took the report there.
    pub receiver: Text,
    /// What was seen or heard.
    pub facts: Text,
    /// Which of the reportable situations it is.
    pub situations: Vec<ReportableSituation>,
    /// Who reported, if the person wished to be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<Person>,
}

impl Transition<MandatoryReport> for RecordReportMade {
    const NAME: &'static str = "record_report_made";
    const LABEL: Label = Label::new("补录已报告", "record a report already made");
    const FROM: Source<ReportState> = Source::Opens;
    const TO: Target<ReportState> = Target::To(&[ReportState::Reported]);
    const ACTED_BY: Roles = &[ANY_REPORTER, FRONT, MEDICAL_INSTITUTION];
    const BY: Roles = &[FRONT, DEPT, TOWN_STATION, HOTLINE_OPERATOR];
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第1款");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("reported_at", self.reported_at)?;
        filled("situations", &self.situations)?;
        step.data.found_at = Some(self.reported_at);
        step.data.facts = Some(self.facts.clone());
        step.attribute("situations", joined(&self.situations));
        report_sent(step, self.reported_at, self.channel);
        Ok(())
    }
}

/// 向公安报案: the report to the police. It needs nobody's approval and may be oral (guards a, d).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportToPolice {
    /// When it happened.
    pub at: Timestamp,
    /// Through which channel.
    pub channel: ReportChannel,
    /// Who took the report there.
    pub receiver: Text,
    /// Whether it was made by word of mouth.
    pub oral: bool,
}

impl Transition<MandatoryReport> for ReportToPolice {
    const NAME: &'static str = "report_to_police";
    const LABEL: Label = Label::new("向公安报案", "report to the police");
    const FROM: Source<ReportState> = Source::In(&[ReportState::Discovered]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Reported]);
    const ACTED_BY: Roles = &[FRONT, MEDICAL_INSTITUTION, ANY_REPORTER];
    const BY: Roles = &[REPORTER];
    const OPENS: &'static [&'static str] = &["file_with_authority", "preserve_evidence"];
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第2款；反家庭暴力法 第14条");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        if !goes_to_police(self.channel) {
            return Err(wrong_channel("one of the police", self.channel));
        }
        // A report that was declined and is made again: what was done beside it stands.
        if step.data.filed_at.is_some() {
            step.hold_back("file_with_authority");
        }
        if step.data.evidence_preserved_at.is_some() {
            step.hold_back("preserve_evidence");
        }
        report_sent(step, self.at, self.channel);
        Ok(())
    }
}

/// 向民政教育等报告: the report to a department, the hotline among them.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportToDepartment {
    /// When it happened.
    pub at: Timestamp,
    /// Through which channel.
    pub channel: ReportChannel,
    /// Who took the report there.
    pub receiver: Text,
}

impl Transition<MandatoryReport> for ReportToDepartment {
    const NAME: &'static str = "report_to_department";
    const LABEL: Label = Label::new("向民政教育等报告", "report to a department");
    const FROM: Source<ReportState> = Source::In(&[ReportState::Discovered]);
    const TO: Target<ReportState> = Target::To(&[ReportState::Reported]);
    const ACTED_BY: Roles = &[FRONT, MEDICAL_INSTITUTION, ANY_REPORTER];
    const BY: Roles = &[REPORTER];
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第2款");

    fn apply(&self, step: &mut StepContext<'_, MandatoryReport>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        if goes_to_police(self.channel) {
            return Err(wrong_channel("one of a department", self.channel));
        }
        report_sent(step, self.at, self.channel);
        Ok(())
    }
}

/// The report is out: what its clocks and the rest of the case need to know of it.
fn report_sent(step: &mut StepContext<'_, MandatoryReport>, at: Timestamp, channel: ReportChannel) {
    step.data.reported_at = Some(at);
    step.data.channel = Some(channel);
    step.data.received_at = None;
    step.data.referred_by_organ = false;
    step.attribute("channel", channel.name());
    // What was sent is never annulled (guard b).
    step.attribute("report_sent", "true");
}

fn goes_to_police(channel: ReportChannel) -> bool {
    matches!(channel, ReportChannel::Police110 | ReportChannel::PoliceStation)
}

fn wrong_channel(expected: &str, found: ReportChannel) -> Refusal {
    Refusal::field("channel", format!("expected {expected}, found `{}`", found.name()))
}

fn joined(situations: &[ReportableSituation]) -> String {
    situations.iter().map(|situation| situation.name()).collect::<Vec<_>>().join(",")
}
