//! Several statements as one that gives one row: a cell for each of them, with its rows as a
//! document in JSON, each an array.
//!
//! Together they see one state, and what they found comes in one piece. A database that gives row by
//! row wakes whoever waits for each of them, and on SQLite each cell is copied twice.

use std::{borrow::Cow, sync::Arc};

use serde_json::Value;

use super::{cells::Cells, error::broken, script::Prefix};
use crate::store::StoreError;

/// A SELECT, its columns apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    columns: Cow<'static, str>,
    rest: Cow<'static, str>,
}

impl Select {
    /// A SELECT of these columns, each `table.column` or `… AS column` without a comma in it, and the
    /// rest, which begins with FROM.
    pub fn new(columns: impl Into<Cow<'static, str>>, rest: impl Into<Cow<'static, str>>) -> Self {
        Self { columns: columns.into(), rest: rest.into() }
    }

    /// The statement.
    pub fn text(&self) -> String {
        format!("SELECT {} {}", self.columns, self.rest)
    }

    /// The names of its columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.split(", ").map(|column| {
            let name = column.rsplit_once(" AS ").or_else(|| column.rsplit_once('.'));
            name.map_or(column, |(_, name)| name).trim()
        })
    }
}

/// Statements as one.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The statement.
    pub text: Arc<str>,
    names: Vec<Names>,
}

type Names = Arc<[Box<str>]>;

impl Packed {
    /// Puts statements together, behind `head`. What makes a document of one of them is the database's
    /// own (`document`).
    pub fn new(
        prefix: &Prefix,
        head: &str,
        selects: &[Select],
        document: impl Fn(&Select) -> String,
    ) -> Self {
        let documents: Vec<_> =
            selects.iter().map(|select| format!("({})", document(select))).collect();
        let text = prefix.render(&format!("{head}SELECT {}", documents.join(",\n"))).into();
        let names = selects.iter().map(|select| select.names().map(Box::from).collect()).collect();
        Self { text, names }
    }

    /// How many statements they are.
    pub fn statements(&self) -> usize {
        self.names.len()
    }

    /// The rows of each statement, out of the one row's cells: nothing where one had no rows. Bytes
    /// stand in a document in hexadecimal behind `\x`.
    ///
    /// # Errors
    /// [`StoreError::Backend`] where a cell holds no such document.
    pub fn rows<'d, R>(
        &self,
        operation: &'static str,
        cells: impl IntoIterator<Item = Option<&'d [u8]>>,
    ) -> Result<Vec<Vec<Row<R>>>, StoreError> {
        let documents = self.names.iter().zip(cells);
        documents.map(|(names, document)| unpacked(operation, names, document)).collect()
    }
}

fn unpacked<R>(
    operation: &'static str,
    names: &Names,
    document: Option<&[u8]>,
) -> Result<Vec<Row<R>>, StoreError> {
    let Some(document) = document else { return Ok(Vec::new()) };
    // SQLite keeps texts that are none. Which row that is in is told when it is read.
    let (text, damaged) = match std::str::from_utf8(document) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (String::from_utf8_lossy(document), true),
    };
    let rows: Vec<Vec<Value>> = serde_json::from_str(&text)
        .map_err(|error| broken(operation, format!("the rows are no document: {error}")))?;
    let row = |cells| Row::Packed(PackedRow { names: Arc::clone(names), cells, damaged });
    Ok(rows.into_iter().map(row).collect())
}

/// A row, from wherever it came.
#[derive(Debug)]
pub enum Row<R> {
    /// A row as the driver gives it.
    Driver(R),
    /// A row out of a document.
    Packed(PackedRow),
}

/// A row out of a document.
#[derive(Debug)]
pub struct PackedRow {
    names: Names,
    cells: Vec<Value>,
    /// A text of the document is none.
    damaged: bool,
}

impl PackedRow {
    /// The cell of a column, or nothing for NULL.
    fn cell(&self, column: &'static str) -> Result<Option<&Value>, String> {
        let at = self.names.iter().position(|name| **name == *column);
        match at.and_then(|at| self.cells.get(at)) {
            None => Err("there is no such column".to_owned()),
            Some(Value::Null) => Ok(None),
            Some(value) => Ok(Some(value)),
        }
    }

    /// The cell of a column that holds a text.
    fn text(&self, column: &'static str) -> Result<Option<&str>, String> {
        let Some(value) = self.cell(column)? else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| "expected a text".to_owned())?;
        if self.damaged && text.contains(char::REPLACEMENT_CHARACTER) {
            return Err("invalid utf-8".to_owned());
        }
        Ok(Some(text))
    }
}

/// `hex::decode` does not know how many bytes come, and takes three times as long.
fn unhexed(digits: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0; digits.len() / 2];
    hex::decode_to_slice(digits, &mut bytes).ok().map(|()| bytes)
}

impl<R: Cells> Cells for Row<R> {
    fn int(&self, column: &'static str) -> Result<Option<i64>, String> {
        match self {
            Self::Driver(row) => row.int(column),
            Self::Packed(row) => row
                .cell(column)?
                .map(|value| value.as_i64().ok_or_else(|| "expected an integer".to_owned()))
                .transpose(),
        }
    }

    fn text(&self, column: &'static str) -> Result<Option<String>, String> {
        match self {
            Self::Driver(row) => row.text(column),
            Self::Packed(row) => Ok(row.text(column)?.map(str::to_owned)),
        }
    }

    fn bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, String> {
        match self {
            Self::Driver(row) => row.bytes(column),
            Self::Packed(row) => row
                .text(column)?
                .map(|text| text.strip_prefix("\\x").and_then(unhexed))
                .map(|bytes| bytes.ok_or_else(|| "expected bytes in hexadecimal".to_owned()))
                .transpose(),
        }
    }

    fn flag(&self, column: &'static str) -> Result<Option<bool>, String> {
        match self {
            Self::Driver(row) => row.flag(column),
            // SQLite has no truth values; its driver takes every number but 0 for true as well.
            Self::Packed(row) => row
                .cell(column)?
                .map(|value| value.as_bool().or_else(|| value.as_i64().map(|number| number != 0)))
                .map(|flag| flag.ok_or_else(|| "expected true or false".to_owned()))
                .transpose(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A driver's row where there is none.
    #[derive(Debug)]
    struct NoRow;

    impl Cells for NoRow {
        fn int(&self, _: &'static str) -> Result<Option<i64>, String> {
            Ok(None)
        }
        fn text(&self, _: &'static str) -> Result<Option<String>, String> {
            Ok(None)
        }
        fn bytes(&self, _: &'static str) -> Result<Option<Vec<u8>>, String> {
            Ok(None)
        }
        fn flag(&self, _: &'static str) -> Result<Option<bool>, String> {
            Ok(None)
        }
    }

    fn row(columns: &'static str, document: Option<&[u8]>) -> Option<Row<NoRow>> {
        let select = Select::new(columns, "FROM {prefix}t AS t");
        let prefix = Prefix::table("p_").unwrap();
        let packed = Packed::new(&prefix, "WITH x ", &[select], Select::text);
        assert_eq!(*packed.text, *format!("WITH x SELECT (SELECT {columns} FROM p_t AS t)"));
        packed.rows("test", [document]).unwrap().pop()?.pop()
    }

    #[test]
    fn cells_of_a_document_come_back_exactly() {
        let columns = "t.int, t.text, t.b AS bytes, t.upper, t.flag, t.number, t.none";
        let document = r#"[[-9223372036854775808, "\\x00", "\\x00ff", "\\x00FF", true, 1, null]]"#;
        let row = row(columns, Some(document.as_bytes())).unwrap();
        assert_eq!(row.int("int"), Ok(Some(i64::MIN)));
        assert_eq!(row.text("text"), Ok(Some("\\x00".to_owned())));
        assert_eq!(row.bytes("bytes"), Ok(Some(vec![0, 255])));
        assert_eq!(row.bytes("upper"), Ok(Some(vec![0, 255])));
        assert_eq!((row.flag("flag"), row.flag("number")), (Ok(Some(true)), Ok(Some(true))));
        assert_eq!(row.int("none"), Ok(None));
    }

    #[test]
    fn cells_of_another_kind_and_missing_columns_are_said_to_be_so() {
        let row = row("t.a, t.b, t.c", Some(br#"[["5566", 1.5]]"#)).unwrap();
        assert!(row.int("a").is_err() && row.int("b").is_err() && row.bytes("a").is_err());
        assert!(row.flag("a").is_err() && row.text("b").is_err());
        assert!(row.text("c").is_err() && row.text("d").is_err());
    }

    #[test]
    fn a_text_that_is_none_is_told_where_it_stands() {
        let row = row("t.a, t.b", Some(b"[[\"\xff\", \"whole\"]]")).unwrap();
        assert_eq!(row.text("a"), Err("invalid utf-8".to_owned()));
        assert_eq!(row.text("b"), Ok(Some("whole".to_owned())));
        // A character that stands for what could not be read may have been written so.
        let document = "[[\"\u{fffd}\", 1]]";
        let row = self::row("t.a, t.b", Some(document.as_bytes())).unwrap();
        assert_eq!(row.text("a"), Ok(Some("\u{fffd}".to_owned())));
    }

    #[test]
    fn a_document_of_no_rows_is_null_or_empty() {
        assert!(row("t.a", None).is_none());
        assert!(row("t.a", Some(b"[]")).is_none());
        let packed = Packed { text: "".into(), names: vec![Arc::new([])] };
        assert!(packed.rows::<NoRow>("test", [Some(&b"{"[..])]).is_err());
    }
}
