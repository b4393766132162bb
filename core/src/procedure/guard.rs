//! A rule over the data of a case that may refuse a step.

use crate::terms::label::Label;

/// A rule with a stable code and a text a person reads.
#[derive(Debug, PartialEq, Eq)]
pub struct Guard {
    /// Stable code, e.g. `guard.two_met_visits`; shown as `refusal.` + code.
    pub code: &'static str,
    /// Why the step is not possible and what would make it so.
    pub text: Label,
    /// Where the rule comes from, as the domain says it.
    pub basis: &'static str,
}

impl Guard {
    /// A rule.
    pub const fn new(
        code: &'static str,
        zh: &'static str,
        en: &'static str,
        basis: &'static str,
    ) -> Self {
        Self { code, text: Label::new(zh, en), basis }
    }
}
