//! Lists that a form asks for: asked for means that something stands in them.

use crate::procedure::Refusal;

/// Refuses a list that a form needs and that is empty.
pub(super) fn filled<T>(field: &str, list: &[T]) -> Result<(), Refusal> {
    if list.is_empty() {
        return Err(Refusal::field(field, "expected at least one, found an empty list"));
    }
    Ok(())
}
