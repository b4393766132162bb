//! A schema on a server of PostgreSQL.

use std::{
    fmt::{self, Write as _},
    path::{Path, PathBuf},
    str::FromStr,
};

use hexacase::store::StoreError;
use hexacase_postgres::{Place, PostgresOptions, PostgresStore};

use super::url::masked;
use crate::{error::PilotError, failure::Failure};

/// What an address may say behind its `?`, beside `schema` and `pooled`. The driver passes over what it does not
/// know, and a slip would lead to another schema than was meant.
const PARAMETERS: [&str; 16] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];

/// Where a schema is, how to reach it, and where what is kept beside it lies.
#[derive(Clone)]
pub struct Server {
    /// With the password, which never leaves here.
    options: PostgresOptions,
    place: Place,
    files: PathBuf,
}

impl Server {
    /// The same, with its files elsewhere than usual.
    #[must_use]
    pub fn with_files(self, files: PathBuf) -> Self {
        Self { files, ..self }
    }

    /// Where the schema is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The folder of the evidence and the pilot's log.
    pub fn files(&self) -> &Path {
        &self.files
    }

    pub(super) async fn connect(&self) -> Result<PostgresStore, Failure> {
        let connected = PostgresStore::connect(self.options.clone()).await;
        connected.map_err(|error| self.says(error))
    }

    /// What is wrong, with the name of the place.
    fn says(&self, error: StoreError) -> Failure {
        let mut failure = Failure::from(error);
        failure.zh = format!("{}：“{self}”", failure.zh);
        failure.en = format!("{}: `{self}`", failure.en);
        failure
    }
}

impl FromStr for Server {
    type Err = PilotError;

    fn from_str(text: &str) -> Result<Self, PilotError> {
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut schema, mut pooled, mut rest) = (None, false, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key {
                "schema" => schema = Some(value.to_owned()),
                "pooled" => {
                    pooled =
                        value.parse().map_err(|_| PilotError::UrlParameter("pooled".into()))?;
                }
                key if PARAMETERS.contains(&key) || key.starts_with("options[") => rest.push(pair),
                key => return Err(PilotError::UrlParameter(plain(key))),
            }
        }
        let url = if rest.is_empty() {
            address.to_owned()
        } else {
            format!("{address}?{}", rest.join("&"))
        };
        let mut options = PostgresOptions::new(url);
        options.pooled = pooled;
        if let Some(schema) = schema {
            options.schema = schema;
        }
        let place = options.place().map_err(|error| match error {
            StoreError::Unsafe { setting: "the name of the schema", found, .. } => {
                PilotError::SchemaName(found)
            }
            _ => PilotError::DatabaseUrl(masked(text)),
        })?;
        // The end of a password with a `/` in it would stand here.
        if place.database.contains('@') {
            return Err(PilotError::DatabaseUrl(masked(text)));
        }
        let files = named_after(&place).into();
        Ok(Self { options, place, files })
    }
}

/// The name of a parameter, unless it is a piece of a password with a `?` in it.
fn plain(key: &str) -> String {
    let fits = key.chars().all(|sign| sign.is_ascii_alphabetic() || matches!(sign, '-' | '_'));
    if fits { key.to_owned() } else { "…".to_owned() }
}

/// The usual folder for what is kept beside a schema. Neither user nor server are in its name.
fn named_after(place: &Place) -> String {
    let mut name = "hexacase-".to_owned();
    for sign in place.database.chars() {
        if sign.is_alphanumeric() || matches!(sign, '-' | '_') {
            name.push(sign);
        } else {
            for byte in sign.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(name, "%{byte:02X}");
            }
        }
    }
    let _ = write!(name, "-{}", place.schema);
    name
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.fmt(f)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("place", &self.place)
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Server {
    fn eq(&self, other: &Self) -> bool {
        (&self.options.url, &self.place, &self.files)
            == (&other.options.url, &other.place, &other.files)
    }
}

impl Eq for Server {}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Result<Server, PilotError> {
        text.parse()
    }

    #[test]
    fn the_schema_is_taken_out_of_the_address() {
        let plain = server("postgres://anna@db.example/cases").unwrap();
        assert_eq!(plain.place.schema, "hexacase");
        assert_eq!(plain.files(), Path::new("hexacase-cases-hexacase"));
        let named =
            server("postgres://anna@db.example/cases?schema=pilot&sslmode=require").unwrap();
        assert_eq!(named.options.url, "postgres://anna@db.example/cases?sslmode=require");
        assert_eq!(named.to_string(), "postgres://db.example:5432/cases?schema=pilot");
        assert!(!named.options.pooled);
        let pooled = server("postgres://h/cases?pooled=true&schema=pilot").unwrap();
        assert!(pooled.options.pooled);
        assert_eq!(pooled.options.url, "postgres://h/cases");
        let alone = server("postgres://anna@db.example/cases?schema=pilot").unwrap();
        assert_eq!(alone.options.url, "postgres://anna@db.example/cases");
    }

    #[test]
    fn nothing_of_an_address_shows_its_password() {
        let server = server("postgres://anna:s3cret@db.example/cases?password=s3cret").unwrap();
        let shown = format!("{server} {server:?} {}", server.files().display());
        assert!(!shown.contains("s3cret") && !shown.contains("anna"), "{shown}");
    }

    #[test]
    fn a_slip_in_an_address_is_not_passed_over() {
        let wrong = |text: &str| server(text).unwrap_err();
        assert_eq!(wrong("postgres://h/d?shcema=x"), PilotError::UrlParameter("shcema".to_owned()));
        assert_eq!(wrong("postgres://u:s?cret@h/d"), PilotError::UrlParameter("…".to_owned()));
        assert_eq!(wrong("postgres://h/d?schema=A-b"), PilotError::SchemaName("A-b".to_owned()));
        assert_eq!(wrong("postgres://h/d?pooled=x"), PilotError::UrlParameter("pooled".to_owned()));
        let unread = PilotError::DatabaseUrl("postgres://…".to_owned());
        assert_eq!(wrong("postgres://h:port/d"), unread);
        assert_eq!(wrong("postgres://u:1/2@h/d"), unread);
    }

    #[test]
    fn a_folder_is_named_without_what_a_path_may_not_hold() {
        let server = server("postgres://h/..%2Fcases%20%E7%A4%BA?schema=a").unwrap();
        assert_eq!(server.files(), Path::new("hexacase-%2E%2E%2Fcases%20示-a"));
    }
}
