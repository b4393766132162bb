//! Text that a person typed: never blank, never with a NUL or what commands a terminal.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// The longest text a field takes, in characters.
pub const MAX_CHARS: usize = 20_000;

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing but white space.
    #[error("expected text, found nothing but white space")]
    Blank,
    /// A NUL character, which PostgreSQL cannot store.
    #[error("text holds a NUL character at byte {0}")]
    Nul(usize),
    /// A control character, which commands the terminal it is shown on; lines and tabs are taken.
    #[error("text holds the control character {}", .0.escape_default())]
    Control(char),
    /// Longer than [`MAX_CHARS`].
    #[error("text has {0} characters, at most {MAX_CHARS} are taken")]
    TooLong(usize),
}

/// A non-blank text, kept exactly as it was entered.
///
/// It is not normalized: rare name characters and both composed and decomposed forms keep their
/// bytes, so that a hash over them stays what it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// Takes a text.
    ///
    /// # Errors
    /// [`TextError`] when it is blank, holds a NUL or another control character, or is too long.
    pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        check(&text)?;
        if text.trim().is_empty() { Err(TextError::Blank) } else { Ok(Self(text)) }
    }

    /// The text as entered.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Refuses what no store can keep faithfully; blank text is fine here.
///
/// # Errors
/// [`TextError::Nul`], [`TextError::Control`] or [`TextError::TooLong`].
pub fn check(text: &str) -> Result<(), TextError> {
    if let Some(at) = text.find('\0') {
        return Err(TextError::Nul(at));
    }
    let commands = |sign: &char| sign.is_control() && !matches!(sign, '\n' | '\r' | '\t');
    if let Some(sign) = text.chars().find(commands) {
        return Err(TextError::Control(sign));
    }
    let chars = text.chars().count();
    if chars > MAX_CHARS { Err(TextError::TooLong(chars)) } else { Ok(()) }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_CHARS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_and_nul_are_refused_and_rare_characters_are_kept() {
        assert_eq!(Text::new(" \u{3000}"), Err(TextError::Blank));
        assert_eq!(Text::new("a\0b"), Err(TextError::Nul(1)));
        assert_eq!(Text::new("𠮷'\"\u{301}").unwrap().as_str(), "𠮷'\"\u{301}");
    }
}
