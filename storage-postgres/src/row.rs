//! A row: as the driver gives it, or out of a document that holds the rows of one of several
//! statements.

use hexacase::sql::{Cells, broken};
use hexacase::store::StoreError;
use serde_json::{Map, Value};
use sqlx::postgres::PgRow;

/// A row, from wherever it came.
#[derive(Debug)]
pub enum Row {
    /// A row of a statement.
    Driver(PgRow),
    /// A row of `json_agg`, by the names of its columns.
    Document(Map<String, Value>),
}

impl Row {
    /// The rows of a document that `json_agg` made; nothing where it had none.
    pub(crate) fn of_document(
        operation: &'static str,
        document: Option<&str>,
    ) -> Result<Vec<Self>, StoreError> {
        let Some(document) = document else { return Ok(Vec::new()) };
        let rows: Vec<Map<String, Value>> = serde_json::from_str(document)
            .map_err(|error| broken(operation, format!("the rows are no document: {error}")))?;
        Ok(rows.into_iter().map(Self::Document).collect())
    }
}

/// The cell of a column, or nothing for NULL.
fn cell<'m>(
    row: &'m Map<String, Value>,
    column: &'static str,
) -> Result<Option<&'m Value>, String> {
    match row.get(column) {
        None => Err("there is no such column".to_owned()),
        Some(Value::Null) => Ok(None),
        Some(value) => Ok(Some(value)),
    }
}

impl Cells for Row {
    fn int(&self, column: &'static str) -> Result<Option<i64>, String> {
        match self {
            Self::Driver(row) => row.int(column),
            Self::Document(row) => cell(row, column)?
                .map(|value| value.as_i64().ok_or_else(|| "expected an integer".to_owned()))
                .transpose(),
        }
    }

    fn text(&self, column: &'static str) -> Result<Option<String>, String> {
        match self {
            Self::Driver(row) => row.text(column),
            Self::Document(row) => cell(row, column)?
                .map(|value| value.as_str().ok_or("expected a text").map(str::to_owned))
                .transpose()
                .map_err(str::to_owned),
        }
    }

    fn bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, String> {
        match self {
            Self::Driver(row) => row.bytes(column),
            Self::Document(row) => cell(row, column)?
                .map(|value| {
                    let digits = value.as_str().and_then(|text| text.strip_prefix("\\x"));
                    digits.and_then(|digits| hex::decode(digits).ok())
                })
                .map(|bytes| bytes.ok_or_else(|| "expected bytes in hexadecimal".to_owned()))
                .transpose(),
        }
    }

    fn flag(&self, column: &'static str) -> Result<Option<bool>, String> {
        match self {
            Self::Driver(row) => row.flag(column),
            Self::Document(row) => cell(row, column)?
                .map(|value| value.as_bool().ok_or_else(|| "expected true or false".to_owned()))
                .transpose(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(document: &str) -> Vec<Row> {
        Row::of_document("test", Some(document)).unwrap()
    }

    #[test]
    fn cells_of_a_document_come_back_exactly() {
        let document = r#"[{"int": -9223372036854775808, "text": "\\x00", "bytes": "\\x00ff",
            "flag": true, "none": null}]"#;
        let rows = rows(document);
        let row = rows.first().unwrap();
        assert_eq!(row.int("int"), Ok(Some(i64::MIN)));
        assert_eq!(row.text("text"), Ok(Some("\\x00".to_owned())));
        assert_eq!(row.bytes("bytes"), Ok(Some(vec![0, 255])));
        assert_eq!(row.flag("flag"), Ok(Some(true)));
        assert_eq!(row.int("none"), Ok(None));
    }

    #[test]
    fn cells_of_another_kind_and_missing_columns_are_said_to_be_so() {
        let rows = rows(r#"[{"a": "x", "b": 1.5}]"#);
        let row = rows.first().unwrap();
        assert!(row.int("a").is_err() && row.int("b").is_err() && row.bytes("a").is_err());
        assert!(row.flag("a").is_err() && row.text("b").is_err() && row.text("c").is_err());
    }

    #[test]
    fn a_document_of_no_rows_is_null() {
        assert!(Row::of_document("test", None).unwrap().is_empty());
        assert!(Row::of_document("test", Some("{")).is_err());
    }
}
