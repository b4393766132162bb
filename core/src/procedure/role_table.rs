//! Who may do what, as a table for review.

use std::fmt::Write as _;

use super::Definition;

/// State × transition × role, one line each, tab separated and in definition order: a change of
/// powers shows in a review as a changed line of the golden file.
pub fn role_table(definition: &Definition) -> String {
    let mut table = String::from("state\ttransition\tto\trole\n");
    let states = definition.states().iter().map(|state| state.name);
    for state in std::iter::once("-").chain(states) {
        for spec in definition.transitions() {
            if !(spec.starts_in(state) || (state == "-" && spec.opens_case)) {
                continue;
            }
            let mut to = spec.to.join("|");
            if spec.keeps_state {
                to = if to.is_empty() { "same".to_owned() } else { format!("same|{to}") };
            }
            if spec.by.is_empty() {
                let _ = writeln!(table, "{state}\t{}\t{to}\tsystem", spec.name);
            }
            for role in &spec.by {
                let _ = writeln!(table, "{state}\t{}\t{to}\t{role}", spec.name);
            }
        }
    }
    table
}
