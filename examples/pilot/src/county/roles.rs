//! The roles that the files may name: those of people, by code or by Chinese name.

use std::sync::LazyLock;

use hexacase::{
    care::roles,
    terms::actor::{RoleSpec, RoleTable, SYSTEM},
};

static TABLE: LazyLock<RoleTable> = LazyLock::new(roles::table);

/// Every role of people, in the order of the role table.
pub fn all() -> impl Iterator<Item = &'static RoleSpec> {
    TABLE.iter().filter(|spec| spec.role != SYSTEM)
}

/// The role with this code or Chinese name. Names that hold a `、` can only be given by their code
/// where a cell holds a list.
pub fn named(text: &str) -> Option<&'static RoleSpec> {
    all().find(|spec| spec.role.as_str() == text || spec.label.zh == text)
}
