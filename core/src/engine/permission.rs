//! Why somebody may or may not take a step.

use super::{Engine, EngineError, wide};
use crate::{
    case::{Check, check_permission, check_roles},
    procedure::{
        Refusal,
        wide::{WideStep, WideTable},
    },
    store::Wanted,
    terms::{
        actor::{Actor, Role},
        id::CaseId,
    },
};

/// Whether a step is possible for somebody, as far as that can be told without its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// In which role it is possible; nothing when it is not.
    pub role: Option<Role>,
    /// Everything that stands against it.
    pub reasons: Vec<Refusal>,
}

impl Explanation {
    /// Whether it is possible.
    pub fn is_possible(&self) -> bool {
        self.reasons.is_empty()
    }
}

impl Engine {
    /// Why `actor` may or may not take `transition` in `case` now.
    ///
    /// # Errors
    /// [`EngineError`] when the case cannot be read; an impossible step is an answer.
    pub async fn explain(
        &self,
        actor: &Actor,
        case: CaseId,
        transition: &str,
    ) -> Result<Explanation, EngineError> {
        let inner = &*self.inner;
        let mut reader = inner.store.reader(inner.realm()).await?;
        let wanted = Wanted { cases: vec![case], ..Wanted::default() };
        let loaded = reader.load(&wanted).await?;
        let staff = inner.staff_at(&mut *reader, loaded.directory).await?;
        let profile = staff.profile(&actor.id, inner.clock.now().date());
        let Some(stored) = loaded.cases.into_iter().find(|stored| stored.facts.id == case) else {
            return Err(Refusal::NoSuchCase { case: case.to_string() }.into());
        };
        let definition = inner.registry.of_case(&stored.facts)?;
        let check = Check {
            roles: &inner.roles,
            profile: &profile,
            case: Some(&stored.facts),
            attributes: &stored.attributes,
            duties: &stored.duties,
        };
        if let Some(step) = WideStep::named(transition) {
            return Ok(explain_wide(&inner.wide, step, &check));
        }
        let Some(spec) = definition.transition(transition) else {
            let reason = Refusal::UnknownTransition {
                procedure: definition.name().to_owned(),
                transition: transition.to_owned(),
            };
            return Ok(Explanation { role: None, reasons: vec![reason] });
        };
        let mut reasons = Vec::new();
        let role = match check_permission(definition, spec, &check) {
            Ok(role) => Some(role),
            Err(reason) => {
                reasons.push(reason);
                None
            }
        };
        // The first reason hides the others; a person wants them all.
        if let Err(reason) = check_roles(spec.name, &spec.by, &check)
            && !reasons.contains(&reason)
        {
            reasons.push(reason);
        }
        Ok(Explanation { role, reasons })
    }
}

fn explain_wide(table: &WideTable, step: WideStep, check: &Check<'_>) -> Explanation {
    let rule = table.rule(step);
    match check_roles(step.name(), &rule.roles, check) {
        Ok(role) => Explanation { role: Some(role), reasons: Vec::new() },
        Err(reason) => {
            let by_office = wide::by_office(&rule, check);
            let reasons = if by_office { Vec::new() } else { vec![reason] };
            Explanation { role: None, reasons }
        }
    }
}
