//! A county's engine: the procedures, roles and rules of [`care`] handed to the
//! [`engine`](crate::engine). The only place where the two meet.

use std::sync::Arc;

use crate::{
    care::{self, chain, roles, rules},
    engine::Setup,
    procedure::DefinitionError,
    rules::rule_pack::RulePack,
    store::Store,
};

/// A set-up of the county's procedures under the national rule pack.
///
/// # Errors
/// [`DefinitionError`] for each procedure that is not well formed.
pub fn setup(store: impl Store) -> Result<Setup, Vec<DefinitionError>> {
    setup_under(store, rules::national().clone())
}

/// A set-up under a rule pack with the county's overlay.
///
/// # Errors
/// [`DefinitionError`] for each procedure that is not well formed under these rules.
pub fn setup_under(
    store: impl Store,
    rules: impl Into<Arc<RulePack>>,
) -> Result<Setup, Vec<DefinitionError>> {
    let rules: Arc<RulePack> = rules.into();
    let definitions = care::definitions(&rules)?;
    let keepers: Vec<_> = [roles::DATA_ADMIN, roles::JOINT_MEETING_OFFICE].concat();
    let setup = Setup::new(store, rules, roles::table(), care::wide_table())
        .procedures(definitions)
        .elsewhere(chain::ELSEWHERE)
        .escalations(care::escalations())
        .directory_kept_by(&keepers);
    let setup =
        roles::TOWN_LEADER.iter().fold(setup, |setup, role| setup.town_leader(role.clone()));
    let supervisor = roles::CHILD_WELFARE_SUPERVISOR.iter();
    Ok(supervisor.fold(setup, |setup, role| setup.village_leader(role.clone())))
}
