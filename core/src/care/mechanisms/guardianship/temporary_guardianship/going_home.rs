//! Home again 领回与随访: the guardian collects the child, and somebody looks after it for half a year.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    GuardianshipState, TemporaryGuardianship,
    decision::{harm, take_over},
    with_the_carer,
};
use crate::{
    care::{
        chain::{H29, H47, TAKEN_OVER},
        codes::{PlanNeed, ReportableSituation, VisitResult},
        mechanisms::{
            assessment::assessment_assistance::opening::OpenAssessment,
            custody_ledger::{AT_HOME, CustodyHolder, CustodyRecord, WRITERS, hand_over},
            emergency_response::TAKEN_OVER_AT,
            mandatory_report::discovery::Discover,
        },
        roles::{
            CHILD_WELFARE_DIRECTOR, CIVIL_AFFAIRS_BUREAU, COUNTY, MINOR_PROTECTION_CENTER, NEAR,
            PARENT_GUARDIAN, TOWN, VILLAGE_COMMITTEE,
        },
    },
    procedure::{Handoff, LegalBasis, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        evidence::{Attachment, Person},
        facts::SubjectKind,
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 领回: the guardian has the child again, from here on. Assessment and help go on (H29).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectChild {
    /// Who collected the child.
    pub by: Person,
    /// When it happened.
    pub at: Timestamp,
    /// The signed paper.
    pub transfer_paper: Attachment,
}

impl Transition<TemporaryGuardianship> for CollectChild {
    const NAME: &'static str = "collect_child";
    const LABEL: Label = Label::new("领回", "the guardian collects the child");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::ReturnNotified]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::FollowUp]);
    const ACTED_BY: Roles = &[PARENT_GUARDIAN];
    const BY: Roles = &[COUNTY, TOWN];
    const HANDOFFS: &'static [Handoff] = &[H29];
    const BESIDE: &'static [&'static str] = WRITERS;
    const BASIS: LegalBasis = LegalBasis::seen(
        "未成年人保护法 第93条第2款；监护侵害另见法发〔2014〕24号第19条（待核实）",
    );

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        let to = CustodyHolder::Person(self.by.clone());
        let line = CustodyRecord::signed(to, self.at, self.transfer_paper.clone());
        hand_over(step, line, AT_HOME)?;
        step.data.returned_at = Some(self.at);
        // Guardianship is the guardian's again; an emergency beside must not rest on the old time.
        step.clear_attribute(TAKEN_OVER_AT);
        step.clear_attribute("institution");
        let reason = step.data.facts.clone();
        let assessment = OpenAssessment::of(step.facts(), reason, &[PlanNeed::Guardianship])?;
        step.hand_off(H29.id, &assessment)
    }
}

/// 逾期未领: nobody came for the child; it stays.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordNotCollected {
    /// What was tried.
    pub tried: Text,
    /// What comes next.
    pub next: Text,
}

impl Transition<TemporaryGuardianship> for RecordNotCollected {
    const NAME: &'static str = "record_not_collected";
    const LABEL: Label = Label::new("逾期未领", "the child was not collected");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::ReturnNotified]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Placed]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("逾期未领的继续照料");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        with_the_carer(step);
        Ok(())
    }
}

/// 撤回领回通知: something speaks against the return after all; the child stays.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawNotice {
    /// Why.
    pub reason: Text,
}

impl Transition<TemporaryGuardianship> for WithdrawNotice {
    const NAME: &'static str = "withdraw_notice";
    const LABEL: Label = Label::new("撤回领回通知", "withdraw the notice");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::ReturnNotified]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Placed]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("撤回领回通知");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        with_the_carer(step);
        Ok(())
    }
}

/// 随访登记: somebody went to see the child at home. Only a visit that met the child counts.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordVisit {
    /// Whether the child was met.
    pub result: VisitResult,
    /// When.
    pub at: Timestamp,
    /// How the child is.
    pub finding: Text,
}

impl Transition<TemporaryGuardianship> for RecordVisit {
    const NAME: &'static str = "record_visit";
    const LABEL: Label = Label::new("随访登记", "record a visit");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::FollowUp]);
    const TO: Target<GuardianshipState> = Target::Same;
    const ACTED_BY: Roles = &[VILLAGE_COMMITTEE, CHILD_WELFARE_DIRECTOR];
    const BY: Roles = &[CHILD_WELFARE_DIRECTOR, NEAR];
    const BASIS: LegalBasis = LegalBasis::recalled(
        "《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第21条",
    );

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        step.demand_past("at", self.at)?;
        let since = step.data.returned_at;
        let settles = step.data.visits.record(self.result, self.at, since);
        if !settles.visit {
            step.leave_open("follow_visit");
        }
        Ok(())
    }
}

/// 再次受侵害、失管: the child is taken over again; the time of the stay begins anew (guard c), and what
/// happened is reported (H47). Civil affairs acts in its own name here: unlike a report of a
/// neighbor, the entry shows who took it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relapse {
    /// What happened.
    pub facts: Text,
    /// When civil affairs took over again; the time of the stay runs from here.
    pub taken_over_at: Timestamp,
    /// Whether a guardian did the harm, where it is otherwise than before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harm_by_guardian: Option<bool>,
}

impl Transition<TemporaryGuardianship> for Relapse {
    const NAME: &'static str = "relapse";
    const LABEL: Label = Label::new("再次受侵害、失管", "harm or neglect again");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::FollowUp]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::Approved]);
    const ACTED_BY: Roles = &[CIVIL_AFFAIRS_BUREAU];
    const BY: Roles = &[COUNTY];
    const HANDOFFS: &'static [Handoff] = &[H47, TAKEN_OVER];
    const BASIS: LegalBasis = LegalBasis::seen("未成年人保护法 第92条");

    fn apply(&self, step: &mut StepContext<'_, TemporaryGuardianship>) -> Result<(), Refusal> {
        if step.data.returned_at.is_some_and(|returned| self.taken_over_at < returned) {
            let reason = "expected a time after the child went home";
            return Err(Refusal::field("taken_over_at", reason));
        }
        step.data.begin_anew();
        step.data.facts = Some(self.facts.clone());
        if let Some(did_harm) = self.harm_by_guardian {
            harm(step, did_harm);
        }
        let subject = step.facts().subject;
        let report = Discover {
            found_at: step.occurred_at(),
            facts: self.facts.clone(),
            situations: vec![ReportableSituation::OtherSerious],
            child: (subject.kind == SubjectKind::Child).then_some(subject.id),
            description: None,
        };
        step.hand_off(H47.id, &report)?;
        take_over(step, self.taken_over_at)
    }
}

/// 随访结束: the child is well at home.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndFollowUp {
    /// What was found.
    pub note: Text,
    /// How many visits there were, for the reader.
    pub visits: i64,
}

impl Transition<TemporaryGuardianship> for EndFollowUp {
    const NAME: &'static str = "end_follow_up";
    const LABEL: Label = Label::new("随访结束", "end the visits");
    const FROM: Source<GuardianshipState> = Source::In(&[GuardianshipState::FollowUp]);
    const TO: Target<GuardianshipState> = Target::To(&[GuardianshipState::EndedReturned]);
    const ACTED_BY: Roles = &[MINOR_PROTECTION_CENTER];
    const BY: Roles = &[COUNTY];
    const BASIS: LegalBasis = LegalBasis::practice("评估后结束随访");
}
