//! The service itself: begun, recorded month by month, completed or stopped.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Referral, ReferralState};
use crate::{
    care::{
        chain::H22,
        codes::ReportableSituation,
        mechanisms::mandatory_report::discovery::Discover,
        roles::{ANY_REPORTER, FRONT, MEMBER_LIAISON, PROVIDER, RECEIVER, SCHOOL, TOWN_STATION},
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{label::Label, text::Text, time::CivilDate},
};

/// Who serves the child.
const SERVES: Roles = &[MEMBER_LIAISON, SCHOOL, PROVIDER];

/// 开始服务: the child is served.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartService {
    /// On which day first; not after the recording.
    pub first_on: CivilDate,
}

impl Transition<Referral> for StartService {
    const NAME: &'static str = "start_service";
    const LABEL: Label = Label::new("开始服务", "start the service");
    const FROM: Source<ReferralState> = Source::In(&[ReferralState::Accepted]);
    const TO: Target<ReferralState> = Target::To(&[ReferralState::Serving]);
    const ACTED_BY: Roles = SERVES;
    const BY: Roles = &[RECEIVER];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转介流程");

    fn apply(&self, step: &mut StepContext<'_, Referral>) -> Result<(), Refusal> {
        served(step, "first_on", self.first_on)
    }
}

/// 服务记录: what was done with or for the child.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogService {
    /// On which day; not after the recording.
    pub on: CivilDate,
    /// What.
    pub what: Text,
    /// Whether the child was there.
    pub child_present: bool,
}

impl Transition<Referral> for LogService {
    const NAME: &'static str = "log_service";
    const LABEL: Label = Label::new("服务记录", "record the service");
    const FROM: Source<ReferralState> = Source::In(&[ReferralState::Serving]);
    const TO: Target<ReferralState> = Target::Same;
    const ACTED_BY: Roles = SERVES;
    const BY: Roles = &[RECEIVER];
    const BASIS: LegalBasis = LegalBasis::practice("按月记录由县里确定");

    fn apply(&self, step: &mut StepContext<'_, Referral>) -> Result<(), Refusal> {
        served(step, "on", self.on)
    }
}

/// A day on which the child was served.
fn served(step: &mut StepContext<'_, Referral>, field: &str, on: CivilDate) -> Result<(), Refusal> {
    if on > step.facts().recorded_at.date() {
        let reason = format!("expected a day not after the recording, found `{on}`");
        return Err(Refusal::field(field, reason));
    }
    step.data.last_service = step.data.last_service.max(Some(on));
    Ok(())
}

/// 完成服务: what was asked for is done. For legal aid this is the reply of the justice bureau
/// (guard d).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteService {
    /// What was done.
    pub result: Text,
    /// What it has done for the child.
    pub effect: Text,
    /// What the child says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_view: Option<Text>,
}

impl Transition<Referral> for CompleteService {
    const NAME: &'static str = "complete_service";
    const LABEL: Label = Label::new("完成服务", "complete the service");
    const FROM: Source<ReferralState> = Source::In(&[ReferralState::Serving]);
    const TO: Target<ReferralState> = Target::To(&[ReferralState::Completed]);
    const ACTED_BY: Roles = SERVES;
    const BY: Roles = &[RECEIVER];
    const BASIS: LegalBasis = LegalBasis::practice("县里确定的转介流程");
}

/// 中止服务: the service ends before it is done, and what remains open is said.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StopService {
    /// Why.
    pub reason: Text,
    /// What the child still lacks.
    pub gap_remains: Text,
}

impl Transition<Referral> for StopService {
    const NAME: &'static str = "stop_service";
    const LABEL: Label = Label::new("中止服务", "stop the service");
    const FROM: Source<ReferralState> = Source::In(&[ReferralState::Serving]);
    const TO: Target<ReferralState> = Target::To(&[ReferralState::ClosedUnserved]);
    const ACTED_BY: Roles = SERVES;
    const BY: Roles = &[RECEIVER];
    const BASIS: LegalBasis = LegalBasis::practice("未满足的需求须写明缺口和理由");
}

/// 服务中发现侵害: whoever serves the child finds harm or danger, and it is reported at once (H22).
/// Nobody approves it, and the service goes on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportDanger {
    /// What was found.
    pub facts: Text,
    /// Which of the situations that have to be reported; 其他严重侵害 where none is said, so that
    /// a form never holds the report up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub situations: Option<Vec<ReportableSituation>>,
}

impl Transition<Referral> for ReportDanger {
    const NAME: &'static str = "report_danger";
    const LABEL: Label = Label::new("服务中发现侵害", "report danger found while serving");
    const FROM: Source<ReferralState> = Source::AnyOpen;
    const TO: Target<ReferralState> = Target::Same;
    const ACTED_BY: Roles = &[ANY_REPORTER, PROVIDER];
    const BY: Roles = &[FRONT, MEMBER_LIAISON, TOWN_STATION];
    const HANDOFFS: &'static [Handoff] = &[H22];
    // Whoever finds it is the reporter.
    const REPORTER_SECRET: bool = true;
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第11条第2款");

    fn apply(&self, step: &mut StepContext<'_, Referral>) -> Result<(), Refusal> {
        let found = Discover::found(step, &self.facts, self.situations.as_deref());
        step.hand_off(H22.id, &found)
    }
}
