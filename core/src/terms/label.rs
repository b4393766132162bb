//! A name in the two languages a person reads.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

/// What a thing is called, in Chinese for the people who work with it and in English beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Label {
    /// The Chinese name, as the law or the county's practice says it.
    pub zh: Cow<'static, str>,
    /// The English name.
    pub en: Cow<'static, str>,
}

impl Label {
    /// A label of constant text.
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }

    /// A label of text read from data.
    pub fn owned(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: Cow::Owned(zh.into()), en: Cow::Owned(en.into()) }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zh)
    }
}
