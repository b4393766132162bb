//! Who may take a transition: role × area or unit × state × unit rule × four eyes. Default deny.
//!
//! Everything here needs no payload, so that the worklist can be told from the same function.

use std::collections::BTreeMap;

use crate::{
    duty::owed::OwedDuty,
    procedure::{Definition, DutySpec, LEAD_UNIT, Refusal, TransitionSpec, UnitRule},
    terms::{
        actor::{Actor, Grant, MatchBy, Profile, Role, RoleTable, SYSTEM},
        evidence::ActedBy,
        facts::CaseFacts,
        id::{ActorId, UnitId},
    },
};

/// The attribute that remembers who took a transition last, for the four-eyes rule.
pub fn hand_of(transition: &str) -> String {
    format!("by.{transition}")
}

/// The attribute that keeps a person or a unit away from a case 回避.
pub(super) const RECUSED_PERSON: &str = "recused_person";
/// See [`RECUSED_PERSON`].
pub(super) const RECUSED_UNIT: &str = "recused_unit";

/// What a permission is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    /// The roles that exist.
    pub roles: &'a RoleTable,
    /// The actor, as the directory says now.
    pub profile: &'a Profile,
    /// The case; nothing when one is to be opened.
    pub case: Option<&'a CaseFacts>,
    /// Its attributes.
    pub attributes: &'a BTreeMap<String, String>,
    /// Its duties.
    pub duties: &'a [OwedDuty],
}

impl Check<'_> {
    /// Whether a grant reaches the case: its area covers the case's, or, for roles that match by
    /// unit, its unit holds a duty of the case or opened it.
    fn reaches(&self, grant: &Grant) -> bool {
        let Some(case) = self.case else { return true };
        match self.roles.get(&grant.role).map(|spec| spec.match_by) {
            Some(MatchBy::Area) => grant.area.covers(&case.area),
            Some(MatchBy::Unit) => {
                let holds = |unit: &UnitId| Some(unit) == case.opened_by.as_ref();
                holds(&grant.unit)
                    || self.duties.iter().any(|duty| {
                        duty.is_open() && duty.holder.unit.as_ref() == Some(&grant.unit)
                    })
            }
            None => false,
        }
    }

    /// The first of `roles`, in their order, that the actor holds for this case.
    fn acting_role(&self, roles: &[Role]) -> Option<Role> {
        self.acting_role_by(roles, |_| true)
    }

    /// The first of `roles` that the actor holds for this case by a grant that is `fit`.
    fn acting_role_by(&self, roles: &[Role], fit: impl Fn(&Grant) -> bool) -> Option<Role> {
        let holds = |role: &&Role| {
            let mut grants = self.profile.grants.iter();
            grants.any(|grant| &grant.role == *role && self.reaches(grant) && fit(grant))
        };
        roles.iter().find(holds).cloned()
    }

    /// Whether a unit is the one the case is entrusted to.
    fn is_entrusted(&self, unit: &UnitId) -> bool {
        self.attributes.get(LEAD_UNIT).map(String::as_str) == Some(unit.as_str())
    }

    fn recused(&self) -> bool {
        let is = |key: &str, id: Option<&str>| {
            id.is_some() && self.attributes.get(key).map(String::as_str) == id
        };
        is(RECUSED_PERSON, Some(self.profile.id.as_str()))
            || is(RECUSED_UNIT, self.profile.unit.as_ref().map(UnitId::as_str))
    }
}

/// Whether the actor may take `transition` now, and in which role.
///
/// # Errors
/// The first reason why not.
pub fn check_permission(
    definition: &Definition,
    transition: &TransitionSpec,
    check: &Check<'_>,
) -> Result<Role, Refusal> {
    if let Some(case) = check.case {
        if !case.is_open() {
            return Err(Refusal::Ended {
                transition: transition.name.to_owned(),
                state: case.state.clone(),
            });
        }
        if transition.opens_case || !transition.starts_in(&case.state) {
            return Err(Refusal::NotFromState {
                transition: transition.name.to_owned(),
                state: case.state.clone(),
            });
        }
    } else if !transition.opens_case {
        return Err(Refusal::NotFromState {
            transition: transition.name.to_owned(),
            state: "-".to_owned(),
        });
    }
    let role = check_unit(transition, check_roles(transition.name, &transition.by, check)?, check)?;
    for earlier in &transition.four_eyes {
        if check.attributes.get(&hand_of(earlier)).map(String::as_str)
            == Some(check.profile.id.as_str())
        {
            debug_assert!(definition.transition(earlier).is_some());
            return Err(Refusal::FourEyes {
                transition: transition.name.to_owned(),
                earlier: (*earlier).to_owned(),
                actor: check.profile.id.clone(),
            });
        }
    }
    Ok(role)
}

/// Whether the unit rule lets the actor take the transition, and in which role then.
fn check_unit(transition: &TransitionSpec, role: Role, check: &Check<'_>) -> Result<Role, Refusal> {
    match transition.units {
        UnitRule::Any => Ok(role),
        UnitRule::Entrusted(guard) => {
            let by_unit = |role: &Role| {
                check.roles.get(role).is_none_or(|spec| spec.match_by == MatchBy::Unit)
            };
            let fit = |grant: &Grant| !by_unit(&grant.role) || check.is_entrusted(&grant.unit);
            check.acting_role_by(&transition.by, fit).ok_or(Refusal::Guard { guard })
        }
        UnitRule::NotEntrusted { but, guard } => {
            // A grant counts beside the own unit: who stands in for a colleague of the unit that
            // is judged judges for that unit.
            let own = check.profile.unit.as_ref().is_some_and(|unit| check.is_entrusted(unit));
            let acts_for_it = |grant: &Grant| {
                transition.by.contains(&grant.role) && check.is_entrusted(&grant.unit)
            };
            if !own && !check.profile.grants.iter().any(acts_for_it) {
                return Ok(role);
            }
            let above: Vec<Role> = but.concat();
            check.acting_role(&above).ok_or(Refusal::Guard { guard })
        }
    }
}

/// Whether somebody acts, and not the engine in the name of time: what a person does has a name to
/// it, also where another person or organ really acted.
///
/// # Errors
/// [`Refusal::ActsAsSystem`].
pub(crate) fn check_person(actor: &ActorId, acted_by: Option<&ActedBy>) -> Result<(), Refusal> {
    let claimed = acted_by.is_some_and(|acted| acted.role == SYSTEM);
    if claimed || *actor == Actor::system().id { Err(Refusal::ActsAsSystem) } else { Ok(()) }
}

/// Whether the actor holds one of `roles` for this case and is not recused from it.
pub(crate) fn check_roles(
    transition: &str,
    roles: &[Role],
    check: &Check<'_>,
) -> Result<Role, Refusal> {
    let actor = check.profile.id.clone();
    if check.recused() {
        return Err(Refusal::Recused { actor });
    }
    check.acting_role(roles).ok_or_else(|| {
        let held: Vec<Role> = roles
            .iter()
            .filter(|role| check.profile.holds_any(&[(*role).clone()]))
            .cloned()
            .collect();
        let transition = transition.to_owned();
        if held.is_empty() {
            Refusal::RoleMissing { transition, actor, needed: roles.to_vec() }
        } else {
            Refusal::OutOfArea { transition, actor, held }
        }
    })
}

/// Whether the actor matches the roles that may record a duty: by area, or, for roles that match
/// by unit, from the unit that holds this duty or opened the case.
pub fn may_see_duty(spec: &DutySpec, duty: &OwedDuty, check: &Check<'_>) -> bool {
    let Some(case) = check.case else { return false };
    let sees = |grant: &Grant| {
        spec.recorded_by.contains(&grant.role)
            && match check.roles.get(&grant.role).map(|role| role.match_by) {
                Some(MatchBy::Area) => grant.area.covers(&case.area),
                Some(MatchBy::Unit) => [&duty.holder.unit, &case.opened_by]
                    .into_iter()
                    .any(|unit| unit.as_ref() == Some(&grant.unit)),
                None => false,
            }
    };
    !check.recused() && check.profile.grants.iter().any(sees)
}

/// The transitions that fulfil a duty and that this actor may take now. `engine_steps` are the
/// engine-wide steps that may fulfil duties; whoever may record the duty may take them.
pub fn fulfillable<'a>(
    definition: &'a Definition,
    spec: &'a DutySpec,
    duty: &OwedDuty,
    check: &Check<'_>,
    engine_steps: &[&'static str],
) -> Vec<&'static str> {
    if !may_see_duty(spec, duty, check) {
        return Vec::new();
    }
    spec.fulfilled_by
        .iter()
        .copied()
        .filter(|name| {
            engine_steps.contains(name)
                || definition
                    .transition(name)
                    .is_some_and(|step| check_permission(definition, step, check).is_ok())
        })
        .collect()
}
