//! Statement texts: constant templates with one placeholder, rendered for a validated name.

use std::fmt;

use super::packed::Select;

/// A value bound to a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An integer of 64 bits.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// Why a name cannot stand in a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a name of 1 to 32 small letters, digits and `_`, a letter first, found `{0}`")]
pub struct Bad(pub String);

/// What stands before the name of every table: a prefix (`hexacase_`) or a schema (`hexacase.`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// Tables whose names begin with `prefix`.
    ///
    /// # Errors
    /// [`Bad`] unless it is a plain name.
    pub fn table(prefix: &str) -> Result<Self, Bad> {
        plain(prefix).map(|name| Self(name.to_owned()))
    }

    /// Tables in the schema `name`.
    ///
    /// # Errors
    /// [`Bad`] unless it is a plain name.
    pub fn schema(name: &str) -> Result<Self, Bad> {
        plain(name).map(|name| Self(format!("{name}.")))
    }

    /// What stands before a table's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A template with its placeholders `{prefix}` filled.
    pub fn render(&self, template: &str) -> String {
        template.replace("{prefix}", &self.0)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn plain(name: &str) -> Result<&str, Bad> {
    let fits = (1..=32).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if fits { Ok(name) } else { Err(Bad(name.to_owned())) }
}

/// What a script runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// One statement.
    One(String),
    /// Several that belong together and see one state. The tables of the head, `WITH …` or nothing,
    /// are there for all of them.
    Several(String, Vec<Select>),
}

/// A text and the values of its parameters, which all of its statements share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The templates.
    pub text: Text,
    /// The values of `$1`, `$2`, …
    pub values: Vec<Value>,
}

impl Script {
    /// A script whose first parameter is the realm.
    pub(super) fn of(realm: &crate::terms::area::Realm) -> Self {
        let text = Text::One(String::new());
        Self { text, values: vec![Value::Text(realm.as_str().to_owned())] }
    }

    /// The statements, each as it would stand alone, for a look at their plans.
    pub fn statements(&self) -> Vec<String> {
        match &self.text {
            Text::One(statement) => vec![statement.clone()],
            Text::Several(head, selects) => {
                selects.iter().map(|select| format!("{head}{}", select.text())).collect()
            }
        }
    }

    /// Runs one statement.
    pub(super) fn run(&mut self, statement: String) {
        self.text = Text::One(statement);
    }

    /// Takes a value in and gives the name of its parameter.
    pub(super) fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_taken() {
        assert_eq!(
            Prefix::table("hexacase_").unwrap().render("{prefix}a, {prefix}b"),
            "hexacase_a, hexacase_b"
        );
        assert_eq!(Prefix::schema("county").unwrap().as_str(), "county.");
        for bad in ["", "_a", "1a", "A", "a;", "a b", "a\"", "县", &"a".repeat(33)] {
            assert_eq!(Prefix::table(bad), Err(Bad(bad.to_owned())));
        }
    }
}
