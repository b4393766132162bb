//! Which unit is accountable for a duty.

use crate::{
    duty::owed::Holder,
    terms::{
        actor::{MatchBy, Role, RoleTable},
        area::AreaCode,
        id::UnitId,
    },
};

/// Finds units with active accounts. A directory answers.
pub trait FindHolder {
    /// The unit nearest to `area` that covers it and has an active account in `role`.
    fn unit_for(&self, role: &Role, area: &AreaCode) -> Option<UnitId>;

    /// Whether `unit` has an active account in `role`.
    fn has_role(&self, unit: &UnitId, role: &Role) -> bool;
}

/// The holder of a duty: the first of `preferred` (the procedure's Holder line for the state) and
/// then of `recorded_by`, in table order, that has a unit with an active account for the area.
/// Nobody: the coordinating body, marked as a gap.
pub fn find_holder(
    directory: &dyn FindHolder,
    roles: &RoleTable,
    preferred: &[Role],
    recorded_by: &[Role],
    area: &AreaCode,
    opened_by: Option<&UnitId>,
    coordinating: &Role,
) -> Holder {
    // Whoever is accountable must be able to record: a preferred role counts only if it may.
    let candidates = preferred.iter().filter(|role| recorded_by.contains(role)).chain(recorded_by);
    for role in candidates {
        let unit = match roles.get(role).map(|spec| spec.match_by) {
            Some(MatchBy::Area) => directory.unit_for(role, area),
            Some(MatchBy::Unit) => opened_by.filter(|unit| directory.has_role(unit, role)).cloned(),
            None => None,
        };
        if let Some(unit) = unit {
            return Holder { role: role.clone(), unit: Some(unit), person: None, gap: false };
        }
    }
    Holder {
        role: coordinating.clone(),
        unit: directory.unit_for(coordinating, area),
        person: None,
        gap: true,
    }
}
