//! Where a database is, as may be shown to anybody.

use std::fmt;

use hexacase::{sql::Prefix, store::StoreError};

use crate::PostgresOptions;

/// Where a database is, without user and password.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Host and port, or the folder of the server's socket.
    pub server: String,
    /// The database.
    pub database: String,
    /// The schema.
    pub schema: String,
}

impl PostgresOptions {
    /// Where these options lead, without asking a server.
    ///
    /// # Errors
    /// [`StoreError::Unsafe`] for an address that cannot be read, or a name of a schema that is not
    /// plain.
    pub fn place(&self) -> Result<Place, StoreError> {
        let driver = self.driver()?;
        self.prefix()?;
        let host = driver.get_host();
        let server = match driver.get_socket() {
            Some(folder) => folder.display().to_string(),
            None if host.starts_with('/') => host.to_owned(),
            None => format!("{host}:{}", driver.get_port()),
        };
        // As the server has it: without a name, the database of the user's name.
        let database = driver.get_database().unwrap_or_else(|| driver.get_username());
        Ok(Place { server, database: database.to_owned(), schema: self.schema.clone() })
    }

    pub(crate) fn prefix(&self) -> Result<Prefix, StoreError> {
        Prefix::schema(&self.schema).map_err(|bad| StoreError::Unsafe {
            setting: "the name of the schema",
            found: bad.0,
            expected: "1 to 32 small letters, digits and `_`, a letter first",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { server, database, schema } = self;
        if server.starts_with('/') {
            write!(f, "postgres:///{database}?host={server}&schema={schema}")
        } else {
            write!(f, "postgres://{server}/{database}?schema={schema}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_shows_neither_user_nor_password() {
        let place = |url: &str| PostgresOptions::new(url).place().map(|place| place.to_string());
        assert_eq!(
            place("postgres://anna:s3cret@db.example:6000/cases").unwrap(),
            "postgres://db.example:6000/cases?schema=hexacase"
        );
        assert_eq!(
            place("postgres://anna@localhost/?host=/run/here&password=s3cret").unwrap(),
            "postgres:///anna?host=/run/here&schema=hexacase"
        );
        assert!(place("nonsense").is_err());
        let mut options = PostgresOptions::new("postgres://h/d");
        options.schema = "A".to_owned();
        assert!(options.place().is_err());
    }
}
