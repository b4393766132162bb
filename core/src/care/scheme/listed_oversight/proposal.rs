//! The proposal 建议督办: what is overdue, and who owes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LOOKED_AT, ListedOversight, OversightState};
use crate::{
    care::{
        owed,
        roles::{self, CASE, GOVERNMENT_INSPECTION_OFFICE, OFFICE, SYSTEM},
    },
    duty::time_limit::LimitId,
    procedure::{LegalBasis, Opening, Refusal, Roles, Source, StepContext, Target, Transition},
    terms::{
        actor::Role,
        id::{CaseId, UnitId},
        label::Label,
        text::Text,
        time::Timestamp,
    },
};

/// 建议督办: somebody, or the ladder's last rung but one, proposes that a unit be demanded to do
/// what is overdue. A person signs it or declines.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeOversight {
    /// The unit that owes it.
    pub unit: UnitId,
    /// In which role the unit owes it. It decides between a demand and a letter of inquiry.
    #[schemars(with = "String")]
    pub owed_by: Role,
    /// What is owed, in words, without a child's name.
    pub obligation: Text,
    /// Since when it is overdue.
    pub overdue_since: Timestamp,
    /// The case in which it is owed.
    pub case: CaseId,
    /// The duty that is overdue there, by its name; `owed_by` is one of those who owe it.
    pub duty: Text,
    /// The time limit that passed, if one ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub limit: Option<LimitId>,
}

impl Transition<ListedOversight> for ProposeOversight {
    const NAME: &'static str = "propose_oversight";
    const LABEL: Label = Label::new("建议督办", "propose oversight");
    const FROM: Source<OversightState> = Source::Opens;
    const TO: Target<OversightState> = Target::To(&[OversightState::Proposed]);
    const ACTED_BY: Roles = &[CASE, OFFICE, GOVERNMENT_INSPECTION_OFFICE, SYSTEM];
    const BY: Roles = &[CASE, OFFICE, GOVERNMENT_INSPECTION_OFFICE];
    const NAMES: &'static [&'static str] = LOOKED_AT;
    const BASIS: LegalBasis = LegalBasis::practice("逐级提醒仍未办理的，建议督办");

    fn apply(&self, step: &mut StepContext<'_, ListedOversight>) -> Result<(), Refusal> {
        step.demand_past("overdue_since", self.overdue_since)?;
        if roles::table().get(&self.owed_by).is_none() {
            let reason = format!("expected a role of the role table, found `{}`", self.owed_by);
            return Err(Refusal::field("owed_by", reason));
        }
        self.check_duty(step)?;
        step.data.unit = Some(self.unit.clone());
        step.data.issuing = Some(step.facts().rules.oversight_body().clone());
        step.data.owed_by = Some(self.owed_by.clone());
        step.data.obligation = Some(self.obligation.clone());
        step.data.case = Some(self.case);
        step.data.duty = Some(self.duty.clone());
        step.data.limit.clone_from(&self.limit);
        step.attribute("owed_by", self.owed_by.as_str());
        step.attribute("about_case", self.case.to_string());
        Ok(())
    }

    fn opening(&self) -> Opening {
        Opening { unit: Some(self.unit.clone()), ..Opening::default() }
    }

    fn looks_at(&self, _: &super::OversightData) -> Vec<CaseId> {
        vec![self.case]
    }
}

impl ProposeOversight {
    /// The duty is one of the case's, and the role one that owes it: so nobody gets round the
    /// rule for judicial organs by naming another role.
    fn check_duty(&self, step: &StepContext<'_, ListedOversight>) -> Result<(), Refusal> {
        if step.is_rehearsal() {
            return Ok(());
        }
        let Some(case) = step.named(self.case) else {
            let reason = format!("expected a case of this county, found `{}`", self.case);
            return Err(Refusal::field("case", reason));
        };
        let procedure = case.facts.procedure.as_str();
        match owed::duty(procedure, self.duty.as_str()) {
            Some(spec) if spec.owed_by.contains(&self.owed_by) => Ok(()),
            Some(spec) => {
                let owers: Vec<&str> = spec.owed_by.iter().map(Role::as_str).collect();
                let (owers, found) = (owers.join(", "), &self.owed_by);
                let reason =
                    format!("expected who owes `{}` ({owers}), found `{found}`", self.duty);
                Err(Refusal::field("owed_by", reason))
            }
            // The engine's own duties (a second person's answer) are in no table of a procedure;
            // the ladder knows them.
            None if step.facts().by_chain => Ok(()),
            None => {
                let reason = format!("expected a duty of `{procedure}`, found `{}`", self.duty);
                Err(Refusal::field("duty", reason))
            }
        }
    }
}
