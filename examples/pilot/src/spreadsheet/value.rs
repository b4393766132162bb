//! What stands in a cell.

use std::borrow::Cow;

use hexacase::terms::time::CivilDate;

/// A cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GridCell {
    /// What it holds; for a formula, what it came to when the workbook was last saved.
    pub value: Value,
    /// The formula that gave the value.
    pub formula: Option<Box<str>>,
}

/// A value. Of a CSV file all are text.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Blank,
    /// Text.
    Text(String),
    /// A number. A spreadsheet keeps fifteen digits of it.
    Number(f64),
    /// A day, from a cell that is formatted as one.
    Date(CivilDate),
    /// Yes or no.
    Bool(bool),
    /// What a formula that cannot be reckoned shows, such as `#REF!`.
    Error(String),
}

impl GridCell {
    /// A cell of text.
    pub fn of_text(text: impl Into<String>) -> Self {
        let text = text.into();
        let value = if text.is_empty() { Value::Blank } else { Value::Text(text) };
        Self { value, formula: None }
    }

    /// The value as text.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.value {
            Value::Blank => Cow::Borrowed(""),
            Value::Text(text) | Value::Error(text) => Cow::Borrowed(text),
            // Written out in full: a person compares it with the paper, not with `1.1E+17`.
            Value::Number(number) => Cow::Owned(number.to_string()),
            Value::Date(date) => Cow::Owned(date.to_string()),
            Value::Bool(true) => Cow::Borrowed("TRUE"),
            Value::Bool(false) => Cow::Borrowed("FALSE"),
        }
    }

    /// The text without the copy.
    pub fn into_text(self) -> String {
        match self.value {
            Value::Text(text) => text,
            _ => self.text().into_owned(),
        }
    }

    /// How many digits of a whole number there are, where the cell is a number.
    pub fn digits_of_number(&self) -> Option<usize> {
        let Value::Number(number) = self.value else { return None };
        let text = number.abs().to_string();
        text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text.len())
    }
}
