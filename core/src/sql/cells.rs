//! The cells of a row, and the naming of what cannot be read: table, key of the row, column.

use std::{fmt::Display, str::FromStr};

use sqlx::{ColumnIndex, Decode, Row, Type};

use crate::{
    store::StoreError,
    terms::{id::Digest, time::Timestamp},
};

/// A row whose cells are texts, integers, bytes or truth values, in whatever database.
pub trait Cells {
    /// An integer.
    ///
    /// # Errors
    /// What is wrong with the cell.
    fn int(&self, column: &'static str) -> Result<Option<i64>, String>;
    /// A text.
    ///
    /// # Errors
    /// What is wrong with the cell.
    fn text(&self, column: &'static str) -> Result<Option<String>, String>;
    /// Bytes.
    ///
    /// # Errors
    /// What is wrong with the cell.
    fn bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, String>;
    /// A truth value.
    ///
    /// # Errors
    /// What is wrong with the cell.
    fn flag(&self, column: &'static str) -> Result<Option<bool>, String>;
}

impl<R> Cells for R
where
    R: Row,
    for<'i> &'i str: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
{
    fn int(&self, column: &'static str) -> Result<Option<i64>, String> {
        self.try_get(column).map_err(|error| problem(&error))
    }

    fn text(&self, column: &'static str) -> Result<Option<String>, String> {
        self.try_get(column).map_err(|error| problem(&error))
    }

    fn bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, String> {
        self.try_get(column).map_err(|error| problem(&error))
    }

    fn flag(&self, column: &'static str) -> Result<Option<bool>, String> {
        self.try_get(column).map_err(|error| problem(&error))
    }
}

/// What the driver says of a cell, without the column, which the store's error names itself.
fn problem(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::ColumnDecode { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

/// A row of a table, which can name itself in an error.
#[derive(Debug)]
pub struct Record<'r, R> {
    row: &'r R,
    table: &'static str,
    keys: &'static [&'static str],
}

impl<'r, R: Cells> Record<'r, R> {
    /// A row of `table`, told by the columns `keys`.
    pub fn new(row: &'r R, table: &'static str, keys: &'static [&'static str]) -> Self {
        Self { row, table, keys }
    }

    /// The error for a cell of this row.
    pub fn corrupt(&self, column: &'static str, problem: impl Display) -> StoreError {
        let keys: Vec<String> = self.keys.iter().map(|key| self.shown(key)).collect();
        StoreError::Corrupt {
            table: self.table,
            row: keys.join("/"),
            column,
            problem: problem.to_string(),
        }
    }

    /// A key as people read it: ids as UUIDs.
    fn shown(&self, key: &'static str) -> String {
        if let Ok(Some(number)) = self.row.int(key) {
            return number.to_string();
        }
        let bytes = match self.row.bytes(key) {
            Ok(bytes) => bytes,
            // Not every database gives a text as bytes.
            Err(_) => self.row.text(key).unwrap_or_default().map(String::into_bytes),
        };
        let Some(bytes) = bytes else { return "?".to_owned() };
        match uuid::Uuid::from_slice(&bytes) {
            Ok(id) => id.to_string(),
            Err(_) => match String::from_utf8(bytes) {
                Ok(text) if !text.chars().any(char::is_control) => text,
                Ok(text) => hex::encode(text),
                Err(error) => hex::encode(error.into_bytes()),
            },
        }
    }

    fn there<T>(&self, column: &'static str, cell: Option<T>) -> Result<T, StoreError> {
        cell.ok_or_else(|| self.corrupt(column, "expected a value, found NULL"))
    }

    /// An integer, or NULL.
    pub fn maybe_int(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        self.row.int(column).map_err(|problem| self.corrupt(column, problem))
    }

    /// An integer.
    pub fn int(&self, column: &'static str) -> Result<i64, StoreError> {
        self.there(column, self.maybe_int(column)?)
    }

    /// An integer of the type that the record holds.
    pub fn count<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        let number = self.int(column)?;
        T::try_from(number)
            .map_err(|_| self.corrupt(column, format_args!("{number} is out of range")))
    }

    /// An instant, or NULL.
    pub fn maybe_time(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.maybe_int(column)?.map(Timestamp::from_millis))
    }

    /// An instant.
    pub fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        Ok(Timestamp::from_millis(self.int(column)?))
    }

    /// A truth value.
    pub fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        let cell = self.row.flag(column).map_err(|problem| self.corrupt(column, problem))?;
        self.there(column, cell)
    }

    /// A text, or NULL.
    pub fn maybe_text(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.row.text(column).map_err(|problem| self.corrupt(column, problem))
    }

    /// A text.
    pub fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.text_as(column, column)
    }

    /// A text that the statement calls `alias`.
    pub fn text_as(&self, alias: &'static str, column: &'static str) -> Result<String, StoreError> {
        let cell = self.row.text(alias).map_err(|problem| self.corrupt(column, problem))?;
        self.there(column, cell)
    }

    /// What a text says, or NULL.
    pub fn maybe_parsed<T>(&self, column: &'static str) -> Result<Option<T>, StoreError>
    where
        T: FromStr<Err: Display>,
    {
        let text = self.maybe_text(column)?;
        text.map(|text| text.parse().map_err(|problem| self.corrupt(column, problem))).transpose()
    }

    /// What a text says.
    pub fn parsed<T: FromStr<Err: Display>>(&self, column: &'static str) -> Result<T, StoreError> {
        self.there(column, self.maybe_parsed(column)?)
    }

    /// What a text says in JSON.
    pub fn json<T>(&self, column: &'static str) -> Result<T, StoreError>
    where
        T: serde::de::DeserializeOwned,
    {
        serde_json::from_str(&self.text(column)?).map_err(|problem| self.corrupt(column, problem))
    }

    /// The one of `all` whose name the text is.
    pub fn named<T: Copy>(
        &self,
        column: &'static str,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Result<T, StoreError> {
        let text = self.text(column)?;
        let found = all.iter().find(|one| name(**one) == text);
        found.copied().ok_or_else(|| {
            let known: Vec<_> = all.iter().map(|one| name(*one)).collect();
            self.corrupt(column, format_args!("expected {}, found `{text}`", known.join(", ")))
        })
    }

    /// Bytes, or NULL.
    pub fn maybe_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        self.row.bytes(column).map_err(|problem| self.corrupt(column, problem))
    }

    /// Bytes.
    pub fn bytes(&self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        self.there(column, self.maybe_bytes(column)?)
    }

    /// An id of sixteen bytes.
    pub fn id<T>(&self, column: &'static str, id: fn([u8; 16]) -> T) -> Result<T, StoreError> {
        self.sized(column, self.bytes(column)?).map(id)
    }

    /// A digest, or NULL.
    pub fn maybe_digest(&self, column: &'static str) -> Result<Option<Digest>, StoreError> {
        let bytes = self.maybe_bytes(column)?;
        bytes.map(|bytes| self.sized(column, bytes).map(Digest::from_bytes)).transpose()
    }

    /// A digest.
    pub fn digest(&self, column: &'static str) -> Result<Digest, StoreError> {
        self.there(column, self.maybe_digest(column)?)
    }

    /// A digest that the statement calls `alias`.
    pub fn digest_as(
        &self,
        alias: &'static str,
        column: &'static str,
    ) -> Result<Digest, StoreError> {
        let cell = self.row.bytes(alias).map_err(|problem| self.corrupt(column, problem))?;
        self.sized(column, self.there(column, cell)?).map(Digest::from_bytes)
    }

    fn sized<const N: usize>(
        &self,
        column: &'static str,
        bytes: Vec<u8>,
    ) -> Result<[u8; N], StoreError> {
        <[u8; N]>::try_from(bytes).map_err(|bytes| {
            self.corrupt(column, format_args!("expected {N} bytes, found {}", bytes.len()))
        })
    }
}
