//! Who acts: roles, parties, and what a role means.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::{
    area::AreaCode,
    id::{ActorId, UnitId},
    label::Label,
};

/// The capacity in which somebody acts 岗位, by its name. What a role means stands in a
/// [`RoleTable`]; this floor knows none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Role(Cow<'static, str>);

impl Role {
    /// A role by its constant name.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// A role by a name that was read.
    pub fn named(name: impl Into<String>) -> Self {
        Self(Cow::Owned(name.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Actor of what time alone does.
pub const SYSTEM: Role = Role::new("system");

/// Whether the people of a role have an account in the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// Every county gives them one.
    Yes,
    /// Where the county connects them.
    Some,
    /// They are outside.
    No,
}

/// How a role is matched to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchBy {
    /// By area: the role's area covers the case's.
    Area,
    /// By unit: the holder's, or the one that opened the case.
    Unit,
}

/// What a role is. A line of the role table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoleSpec {
    /// Its name.
    pub role: Role,
    /// What people call it.
    pub label: Label,
    /// The party (责任方) it belongs to, by name.
    pub party: &'static str,
    /// Whether its people have accounts.
    pub account: Account,
    /// How it is matched to a case.
    pub match_by: MatchBy,
}

/// The roles a set of procedures speaks of.
#[derive(Clone, Debug, Default)]
pub struct RoleTable(Vec<RoleSpec>);

impl RoleTable {
    /// A table of these roles.
    pub fn new(roles: Vec<RoleSpec>) -> Self {
        Self(roles)
    }

    /// What `role` is.
    pub fn get(&self, role: &Role) -> Option<&RoleSpec> {
        self.0.iter().find(|spec| &spec.role == role)
    }

    /// Every role, in table order.
    pub fn iter(&self) -> impl Iterator<Item = &RoleSpec> {
        self.0.iter()
    }
}

/// A role somebody holds for an area, in a unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// For which area.
    pub area: AreaCode,
    /// From which office.
    pub unit: UnitId,
}

/// Somebody who acts, and for what purpose. The host says it; what the actor may do, a directory
/// says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The host's id of the person.
    pub id: ActorId,
    /// Why the person looks or acts, as a short code, e.g. `casework`.
    pub purpose: Cow<'static, str>,
}

impl Actor {
    /// Somebody who does casework.
    pub fn at_work(id: ActorId) -> Self {
        Self { id, purpose: Cow::Borrowed("casework") }
    }

    /// Time itself, which fires waits and climbs ladders.
    pub fn system() -> Self {
        Self { id: ActorId::constant("system"), purpose: Cow::Borrowed("system") }
    }
}

/// What an actor is at one moment, as a directory says: the grants that hold now, the absent
/// colleagues' among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The person.
    pub id: ActorId,
    /// The person's office.
    pub unit: Option<UnitId>,
    /// Whether the person leads the office.
    pub leader: bool,
    /// The roles held now, own ones first.
    pub grants: Vec<Grant>,
}

impl Profile {
    /// A person nobody knows: no unit, no role.
    pub fn unknown(id: ActorId) -> Self {
        Self { id, unit: None, leader: false, grants: Vec::new() }
    }

    /// Whether the person holds one of these roles anywhere.
    pub fn holds_any(&self, roles: &[Role]) -> bool {
        self.grants.iter().any(|grant| roles.contains(&grant.role))
    }
}
