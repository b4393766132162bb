//! Which units may take a transition, of those that its roles reach.
//!
//! It rests on who acts and on the unit the case is entrusted to, and on nothing of the form. So
//! it is decided with the permission, and a worklist shows only what its reader can do.

use serde::{Serialize, Serializer};

use super::{Guard, Roles};
use crate::terms::actor::Role;

/// Which units may take a transition, of those that its roles reach.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitRule {
    /// All of them.
    #[default]
    Any,
    /// Of the roles that match by unit, those of the unit the case is entrusted to 承办单位; the
    /// unit that opened the case sees it and does not act for it. Roles that match by area are not
    /// touched.
    #[serde(serialize_with = "code_of")]
    Entrusted(&'static Guard),
    /// Nobody of the unit the case is entrusted to, but for these roles: nobody judges the own unit.
    NotEntrusted {
        /// The roles that stand above the unit.
        but: Roles,
        /// What refuses the others.
        #[serde(serialize_with = "code_of")]
        guard: &'static Guard,
    },
}

impl UnitRule {
    /// Whether every unit may.
    pub(super) fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }

    /// The rule it refuses by.
    pub fn guard(&self) -> Option<&'static Guard> {
        match self {
            Self::Any => None,
            Self::Entrusted(guard) | Self::NotEntrusted { guard, .. } => Some(guard),
        }
    }

    /// Whether the entrusted unit may act in `role`.
    pub fn allows_entrusted(&self, role: &Role) -> bool {
        match self {
            Self::Any | Self::Entrusted(_) => true,
            Self::NotEntrusted { but, .. } => but.iter().any(|group| group.contains(role)),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn code_of<S: Serializer>(guard: &&'static Guard, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(guard.code)
}
