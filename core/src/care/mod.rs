//! The county's work 四个六: roles, code lists, procedures, and the chain between them.
//!
//! *Invariant*: `care` is built on the floors `case`, `procedure`, `rules`, `duty`, `calendar` and
//! `terms`, and on nothing else. A county's own seventh procedure has exactly its powers.

pub mod chain;
pub mod codes;
mod escalations;
pub mod life;
pub mod mechanisms;
mod owed;
pub mod register;
pub mod roles;
pub mod rules;
pub mod scheme;
#[cfg(test)]
mod test_case;
#[cfg(test)]
mod test_walk;
#[cfg(test)]
mod test_world;
mod told;
mod world;

pub use escalations::escalations;
pub use world::{wide_table, world};

use self::{
    mechanisms::{
        assessment::{assessment_assistance::AssessmentAssistance, referral::Referral},
        early_warning::risk_alert::RiskAlert,
        emergency_response::EmergencyResponse,
        guardianship::temporary_guardianship::TemporaryGuardianship,
        joint_meeting::{action_item::ActionItem, agenda_item::AgendaItem, meeting::Meeting},
        mandatory_report::MandatoryReport,
    },
    register::care_file::CareFile,
    scheme::listed_oversight::ListedOversight,
    world::Builder,
};
use crate::{
    procedure::{Definition, DefinitionError},
    rules::rule_pack::RulePack,
};

/// The procedures this version carries, built against a rule pack, in the order of the chain.
///
/// # Errors
/// Everything wrong with each procedure.
pub fn definitions(rules: &RulePack) -> Result<Vec<Definition>, Vec<DefinitionError>> {
    const CARRIED: &[Builder] = &[
        Builder::of::<Meeting>(),
        Builder::of::<AgendaItem>(),
        Builder::of::<ActionItem>(),
        Builder::of::<RiskAlert>(),
        Builder::of::<MandatoryReport>(),
        Builder::of::<EmergencyResponse>(),
        Builder::of::<AssessmentAssistance>(),
        Builder::of::<Referral>(),
        Builder::of::<TemporaryGuardianship>(),
        Builder::of::<CareFile>(),
        Builder::of::<ListedOversight>(),
    ];
    world::build_all(CARRIED, rules)
}
