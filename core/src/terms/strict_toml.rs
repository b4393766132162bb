//! A strict reader of TOML: what nobody asked for is a problem, and every problem has its place.
//!
//! It reads the files a county keeps by hand (calendars, rule packs), where a misspelt key that
//! is silently ignored would move a legal date. Deriving `Deserialize` would stop at the first
//! problem; this reader goes on and lists all.

use std::{borrow::Cow, cell::RefCell, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    label::Label,
    place::{Located, Place},
    time::CivilDate,
};

/// What is wrong with the form of a TOML text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TomlProblem {
    /// It is no TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key that means nothing here.
    #[error("unknown key `{key}`, expected {expected}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The keys that mean something.
        expected: String,
    },
    /// A key that has to be there.
    #[error("missing key `{key}`")]
    MissingKey {
        /// The key.
        key: &'static str,
    },
    /// A value of the wrong kind.
    #[error("key `{key}`: expected {expected}, found {found}")]
    WrongValue {
        /// The key.
        key: String,
        /// What its value should be.
        expected: Cow<'static, str>,
        /// What its value is.
        found: String,
    },
}

/// One TOML text under reading, and the problems found so far.
#[derive(Debug)]
pub(crate) struct Sheet<'s, P> {
    file: &'s str,
    text: &'s str,
    root: Spanned<DeTable<'s>>,
    problems: RefCell<Vec<(usize, P)>>,
}

impl<'s, P: From<TomlProblem>> Sheet<'s, P> {
    /// Parses `text`.
    ///
    /// # Errors
    /// Every place where it is no TOML. What could still be made of such a text is not read:
    /// it would only give problems that follow from the first.
    pub(crate) fn parse(file: &'s str, text: &'s str) -> Result<Self, Vec<Located<P>>> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let sheet = Self { file, text, root, problems: RefCell::default() };
        if errors.is_empty() {
            return Ok(sheet);
        }
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            sheet.problem(at, TomlProblem::Syntax(error.message().replace('\n', ", ")));
        }
        Err(sheet.into_problems())
    }

    /// The table of the whole text.
    pub(crate) fn root(&self) -> Table<'_, P> {
        Table { sheet: self, entries: self.root.get_ref(), at: 0, asked: Vec::new() }
    }

    /// Notes a problem at a byte of the text.
    pub(crate) fn problem(&self, at: usize, problem: impl Into<P>) {
        self.problems.borrow_mut().push((at, problem.into()));
    }

    /// The place of a byte of the text.
    pub(crate) fn place(&self, at: usize) -> Place {
        Place::of_byte(self.file, self.text, at)
    }

    /// The problems in the order of the text.
    pub(crate) fn into_problems(self) -> Vec<Located<P>> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|(at, _)| *at);
        problems
            .into_iter()
            .map(|(at, problem)| Located {
                place: Place::of_byte(self.file, self.text, at),
                problem,
            })
            .collect()
    }
}

/// A table whose keys are asked for one by one.
#[derive(Debug)]
pub(crate) struct Table<'t, P> {
    sheet: &'t Sheet<'t, P>,
    entries: &'t DeTable<'t>,
    at: usize,
    asked: Vec<&'static str>,
}

impl<'t, P: From<TomlProblem>> Table<'t, P> {
    /// The value of a key that may be missing.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Item<'t, P>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.members().find(|item| item.key == key)
    }

    /// The value of a key that must be there; it is a problem if it is not.
    pub(crate) fn need(&mut self, key: &'static str) -> Option<Item<'t, P>> {
        let item = self.take(key);
        if item.is_none() {
            self.sheet.problem(self.at, TomlProblem::MissingKey { key });
        }
        item
    }

    /// Every member, for a table whose keys are names.
    pub(crate) fn members(&self) -> impl Iterator<Item = Item<'t, P>> + use<'t, P> {
        let sheet = self.sheet;
        self.entries.iter().map(move |(key, value)| Item {
            sheet,
            key: key.get_ref(),
            key_at: key.span().start,
            value,
        })
    }

    /// Ends the reading: every key nobody asked for is a problem.
    pub(crate) fn finish(self) {
        for item in self.members().filter(|item| !self.asked.contains(&item.key)) {
            self.sheet.problem(
                item.key_at,
                TomlProblem::UnknownKey { key: item.key.to_owned(), expected: one_of(&self.asked) },
            );
        }
    }
}

/// A value and its key.
#[derive(Debug)]
pub(crate) struct Item<'t, P> {
    sheet: &'t Sheet<'t, P>,
    /// The key, or for a member of an array that of the array.
    pub(crate) key: &'t str,
    /// Where the key stands.
    pub(crate) key_at: usize,
    value: &'t Spanned<DeValue<'t>>,
}

impl<'t, P: From<TomlProblem>> Item<'t, P> {
    /// Where the value stands.
    pub(crate) fn at(&self) -> usize {
        self.span().start
    }

    fn span(&self) -> Range<usize> {
        self.value.span()
    }

    fn wrong(&self, expected: impl Into<Cow<'static, str>>) {
        let found = match self.value.get_ref() {
            DeValue::Table(_) => "a table".to_owned(),
            DeValue::Array(_) => "an array".to_owned(),
            DeValue::String(text) => format!("`{text}`"),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {
                format!("`{}`", self.sheet.text.get(self.span()).unwrap_or_default())
            }
        };
        self.sheet.problem(
            self.at(),
            TomlProblem::WrongValue { key: self.key.to_owned(), expected: expected.into(), found },
        );
    }

    fn or_wrong<T>(&self, value: Option<T>, expected: &'static str) -> Option<T> {
        if value.is_none() {
            self.wrong(expected);
        }
        value
    }

    /// A text that is not blank.
    pub(crate) fn text(&self) -> Option<String> {
        let text = self.value.get_ref().as_str().filter(|text| !text.trim().is_empty());
        self.or_wrong(text.map(str::to_owned), "a text")
    }

    /// A whole number that is not negative.
    pub(crate) fn count(&self) -> Option<u32> {
        let number = self.value.get_ref().as_integer();
        let count =
            number.and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok());
        self.or_wrong(count, "a whole number")
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self) -> Option<bool> {
        self.or_wrong(self.value.get_ref().as_bool(), "`true` or `false`")
    }

    /// A day without a time, written bare: `2026-05-03`.
    pub(crate) fn date(&self) -> Option<CivilDate> {
        let written = self.value.get_ref().as_datetime();
        let day = written.filter(|day| day.time.is_none() && day.offset.is_none());
        let date = day.and_then(|day| day.date).and_then(|date| {
            CivilDate::new(i32::from(date.year), u32::from(date.month), u32::from(date.day))
        });
        self.or_wrong(date, "a date like 2026-05-03")
    }

    /// A table.
    pub(crate) fn table(&self) -> Option<Table<'t, P>> {
        let entries = self.or_wrong(self.value.get_ref().as_table(), "a table")?;
        Some(Table { sheet: self.sheet, entries, at: self.at(), asked: Vec::new() })
    }

    /// The members of an array.
    pub(crate) fn items(&self) -> Option<impl Iterator<Item = Item<'t, P>> + use<'t, P>> {
        let array = self.or_wrong(self.value.get_ref().as_array(), "an array")?;
        let (sheet, key) = (self.sheet, self.key);
        Some(array.iter().map(move |value| Item { sheet, key, key_at: value.span().start, value }))
    }

    /// `{ zh = "…", en = "…" }`.
    pub(crate) fn label(&self) -> Option<Label> {
        let mut table = self.table()?;
        let (zh, en) = (table.need("zh"), table.need("en"));
        table.finish();
        Some(Label::owned(zh?.text()?, en?.text()?))
    }

    /// One of several words, each with its name.
    pub(crate) fn word<T: Copy>(&self, words: &[T], name: impl Fn(T) -> &'static str) -> Option<T> {
        let text = self.value.get_ref().as_str();
        let word = words.iter().copied().find(|word| Some(name(*word)) == text);
        if word.is_none() {
            self.wrong(one_of(&words.iter().map(|word| name(*word)).collect::<Vec<_>>()));
        }
        word
    }
}

/// Names in backticks, to choose from.
fn one_of(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let all = quoted.join(", ");
    if quoted.len() > 1 { format!("one of {all}") } else { all }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let sheet = match Sheet::<TomlProblem>::parse("x.toml", text) {
            Ok(sheet) => sheet,
            Err(problems) => return problems.iter().map(ToString::to_string).collect(),
        };
        let mut root = sheet.root();
        root.need("name").and_then(|item| item.text());
        root.take("day").and_then(|item| item.date());
        root.take("count").and_then(|item| item.count());
        root.take("unit").and_then(|item| item.word(&["hour", "day"], |word| word));
        root.take("label").and_then(|item| item.label());
        root.finish();
        sheet.into_problems().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_clean_text_has_no_problem() {
        let text = "name = 'a'\nday = 2026-05-03\ncount = 1_000\nunit = 'day'\n\
                    label = { zh = '甲', en = 'a' }\n";
        assert_eq!(read(text), Vec::<String>::new());
    }

    #[test]
    fn every_problem_is_listed_with_its_place_in_the_order_of_the_text() {
        let text = "day = 2026-02-03T10:00:00\ncount = -1\nnaem = 'a'\nunit = 'year'\n\
                    label = { zh = '甲', e = 'a' }\n";
        assert_eq!(
            read(text),
            [
                "x.toml:1:1: missing key `name`",
                "x.toml:1:7: key `day`: expected a date like 2026-05-03, \
                 found `2026-02-03T10:00:00`",
                "x.toml:2:9: key `count`: expected a whole number, found `-1`",
                "x.toml:3:1: unknown key `naem`, expected one of `name`, `day`, `count`, `unit`, \
                 `label`",
                "x.toml:4:8: key `unit`: expected one of `hour`, `day`, found `year`",
                "x.toml:5:9: missing key `en`",
                "x.toml:5:21: unknown key `e`, expected one of `zh`, `en`",
            ]
        );
    }

    #[test]
    fn text_that_is_no_toml_is_reported_where_it_goes_wrong() {
        let found = read("name = 'a'\nname = 'b'\n");
        assert_eq!(found, ["x.toml:2:1: duplicate key"]);
    }
}
