//! Which unit is accountable for a duty.

use std::collections::BTreeMap;

use crate::{
    duty::owed::Holder,
    procedure::{LEAD_UNIT, UnitRule},
    terms::{
        actor::{MatchBy, Role, RoleTable},
        area::AreaCode,
        facts::CaseFacts,
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

/// Where a case stands, for finding who is accountable in it.
#[derive(Clone, Debug)]
pub struct Near<'a> {
    /// The area that counts.
    pub area: &'a AreaCode,
    /// The unit it is entrusted to, if it is.
    pub lead: Option<UnitId>,
    /// The unit that opened it.
    pub opened_by: Option<&'a UnitId>,
    /// Whether the entrusted unit may do it. Nobody is accountable for what it may not do, so a
    /// unit does not hold the duty to judge itself.
    pub units: UnitRule,
}

impl<'a> Near<'a> {
    /// A case with these facts and attributes.
    pub fn case(facts: &'a CaseFacts, attributes: &BTreeMap<String, String>) -> Self {
        let opened_by = facts.opened_by.as_ref();
        Self {
            area: &facts.area,
            lead: lead(attributes.get(LEAD_UNIT)),
            opened_by,
            units: UnitRule::Any,
        }
    }
}

/// The unit an attribute names.
pub(super) fn lead(unit: Option<&String>) -> Option<UnitId> {
    unit.and_then(|unit| UnitId::new(unit.as_str()).ok())
}

/// The holder of a duty: the unit the case is entrusted to, in the first of the roles in which it
/// has an active account; else the first of `preferred` (the procedure's Holder line for the state)
/// and then of `recorded_by`, in table order, that has a unit with an active account for the area.
/// Nobody: the coordinating body, marked as a gap.
pub fn find_holder(
    directory: &dyn FindHolder,
    roles: &RoleTable,
    preferred: &[Role],
    recorded_by: &[Role],
    near: &Near<'_>,
    coordinating: &Role,
) -> Holder {
    let Near { area, lead, opened_by, units } = near;
    let may =
        |role: &Role, unit: &UnitId| lead.as_ref() != Some(unit) || units.allows_entrusted(role);
    // Whoever is accountable must be able to record: a preferred role counts only if it may.
    let candidates =
        || preferred.iter().filter(|role| recorded_by.contains(role)).chain(recorded_by);
    if let Some(unit) = lead
        && let Some(role) =
            candidates().find(|role| may(role, unit) && directory.has_role(unit, role))
    {
        return Holder { role: role.clone(), unit: Some(unit.clone()), person: None, gap: false };
    }
    for role in candidates() {
        let unit = match roles.get(role).map(|spec| spec.match_by) {
            Some(MatchBy::Area) => directory.unit_for(role, area),
            Some(MatchBy::Unit) => opened_by.filter(|unit| directory.has_role(unit, role)).cloned(),
            None => None,
        };
        if let Some(unit) = unit.filter(|unit| may(role, unit)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{
        actor::{Account, RoleSpec},
        label::Label,
    };

    const STATION: Role = Role::new("station");
    const LIAISON: Role = Role::new("liaison");
    const OFFICE: Role = Role::new("office");

    /// The town has its station; every bureau a liaison.
    #[derive(Debug)]
    struct Offices;

    impl FindHolder for Offices {
        fn unit_for(&self, role: &Role, _: &AreaCode) -> Option<UnitId> {
            (*role == STATION).then(|| UnitId::constant("town"))
        }

        fn has_role(&self, unit: &UnitId, role: &Role) -> bool {
            *role == if unit.as_str() == "town" { STATION } else { LIAISON }
        }
    }

    fn table() -> RoleTable {
        let spec = |role, match_by| RoleSpec {
            role,
            label: Label::new("岗位", "role"),
            party: "department",
            account: Account::Yes,
            match_by,
        };
        RoleTable::new(vec![
            spec(STATION, MatchBy::Area),
            spec(LIAISON, MatchBy::Unit),
            spec(OFFICE, MatchBy::Area),
        ])
    }

    fn held_by(lead: Option<&'static str>, recorded_by: &[Role]) -> Option<String> {
        let area = "999999101".parse().unwrap();
        let opened_by = UnitId::constant("opener");
        let lead = lead.map(UnitId::constant);
        let near = Near { area: &area, lead, opened_by: Some(&opened_by), units: UnitRule::Any };
        let holder = find_holder(&Offices, &table(), &[], recorded_by, &near, &OFFICE);
        holder.unit.map(|unit| unit.to_string())
    }

    #[test]
    fn the_unit_a_case_is_entrusted_to_holds_what_it_may_record() {
        let either = [STATION, LIAISON];
        assert_eq!(held_by(Some("bureau"), &either).as_deref(), Some("bureau"));
        assert_eq!(held_by(None, &either).as_deref(), Some("town"));
        // What it may not record is held as if it were entrusted to nobody.
        assert_eq!(held_by(Some("bureau"), &[STATION]).as_deref(), Some("town"));
        assert_eq!(held_by(None, &[LIAISON]).as_deref(), Some("opener"));
    }
}
