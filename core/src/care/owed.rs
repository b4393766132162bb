//! The duties of the procedures this version carries, for those who speak of another procedure's
//! duty by its name.

use std::sync::LazyLock;

use super::{definitions, rules::national};
use crate::procedure::{Definition, DutySpec};

/// The duty of this name, where the procedure is carried and has it.
pub(super) fn duty(procedure: &str, duty: &str) -> Option<&'static DutySpec> {
    // Built once; the tables of the procedures do not depend on a county's rules.
    static CARRIED: LazyLock<Vec<Definition>> =
        LazyLock::new(|| definitions(national()).unwrap_or_default());
    let definition = CARRIED.iter().find(|definition| definition.name() == procedure)?;
    definition.duty(duty)
}
