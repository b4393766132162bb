//! The address of a database, as `--database` and `--files` give it.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use hexacase::store::Meta;

use super::{Files, PilotStore, Server, file};
use crate::{cli::Global, error::PilotError, failure::Failure};

/// Where the demo is, and every command looks, unless told otherwise.
pub const DEFAULT: &str = "sqlite:demo.db";

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A schema on a server of PostgreSQL.
    Postgres(Server),
}

impl DatabaseUrl {
    /// The database that a command names, or the default one.
    ///
    /// # Errors
    /// [`PilotError::DatabaseUrl`] and its like; [`PilotError::FilesOfFile`].
    pub fn of(global: &Global) -> Result<Self, PilotError> {
        let url: Self = global.database.as_deref().unwrap_or(DEFAULT).parse()?;
        match (url, &global.files) {
            (url, None) => Ok(url),
            (Self::Postgres(server), Some(folder)) => {
                Ok(Self::Postgres(server.with_files(folder.clone())))
            }
            (Self::Sqlite(_), Some(_)) => Err(PilotError::FilesOfFile),
        }
    }

    /// Where it is, as may be shown to anybody.
    pub fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres(server) => server.to_string(),
        }
    }

    /// Where its evidence and the pilot's log are.
    pub fn files(&self) -> Files {
        match self {
            Self::Sqlite(path) => Files::beside(path),
            Self::Postgres(server) => Files::within(server.files()),
        }
    }

    /// Refuses a file that is not there. Of a server only asking tells.
    ///
    /// # Errors
    /// [`PilotError::NoDatabase`].
    pub fn must_exist(&self) -> Result<(), PilotError> {
        match self {
            Self::Sqlite(path) if !file::exists(path) => Err(PilotError::NoDatabase(self.shown())),
            Self::Sqlite(_) | Self::Postgres(_) => Ok(()),
        }
    }

    /// Whether there is something of it on this machine to write a log beside.
    pub fn is_here(&self) -> bool {
        match self {
            Self::Sqlite(path) => file::exists(path),
            Self::Postgres(_) => self.files().are_claimed(),
        }
    }

    /// A folder on the disk that holds what is kept on this machine.
    pub fn folder(&self) -> &Path {
        let path = match self {
            Self::Sqlite(path) => path,
            Self::Postgres(server) => server.files(),
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }

    /// Opens it.
    ///
    /// # Errors
    /// What the database says, with its name.
    pub async fn connect(&self) -> Result<PilotStore, Failure> {
        match self {
            Self::Sqlite(path) => file::connect(path).await,
            Self::Postgres(server) => server.connect().await.map(PilotStore::Postgres),
        }
    }

    /// Takes a demo away with what is kept beside it.
    ///
    /// # Errors
    /// [`PilotError::FilesOfAnother`]; what the database or the operating system says.
    pub async fn take_demo_away(&self, known: &Meta) -> Result<(), Failure> {
        let server = match self {
            Self::Sqlite(path) => return Ok(file::delete(path)?),
            Self::Postgres(server) => server,
        };
        let (files, store) = (self.files(), server.connect().await?);
        files.must_not_be_of_another(known)?;
        // The files first: a demo without them can be taken away again, files without their demo
        // would stand in the way of the next.
        files.delete()?;
        store.drop_demo().await?;
        Ok(store.close().await?)
    }
}

impl FromStr for DatabaseUrl {
    type Err = PilotError;

    fn from_str(text: &str) -> Result<Self, PilotError> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) => text.parse().map(Self::Postgres),
            _ => Err(PilotError::DatabaseUrl(masked(text))),
        }
    }
}

/// An address that could not be read, without what may be a password.
pub(super) fn masked(text: &str) -> String {
    let path = text.strip_prefix("sqlite:").unwrap_or(text);
    if !path.contains(['@', '=', ':']) {
        return text.to_owned();
    }
    match text.split_once("://") {
        Some((scheme, _)) if scheme.chars().all(|sign| sign.is_ascii_alphanumeric()) => {
            format!("{scheme}://…")
        }
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_kind_of_database() {
        let url: DatabaseUrl = "sqlite:a/b.db".parse().unwrap();
        assert_eq!(url, DatabaseUrl::Sqlite("a/b.db".into()));
        assert!(matches!("postgres://h/d".parse(), Ok(DatabaseUrl::Postgres(_))));
        assert!(matches!("postgresql://h/d".parse(), Ok(DatabaseUrl::Postgres(_))));
        for bad in ["a.db", "sqlite:", ""] {
            assert_eq!(
                bad.parse::<DatabaseUrl>(),
                Err(PilotError::DatabaseUrl(bad.to_owned())),
                "{bad}"
            );
        }
    }

    #[test]
    fn an_address_that_cannot_be_read_is_not_repeated_where_it_may_hold_a_password() {
        for (bad, shown) in [
            ("mysql://u:s3cret@h/d", "mysql://…"),
            ("u:s3cret@h/d", "…"),
            ("host=h password=s3cret", "…"),
            ("postgres:u:s3cret", "…"),
            ("postgres://u:s3#cret@h/d", "postgres://…"),
        ] {
            let error = bad.parse::<DatabaseUrl>().unwrap_err();
            assert_eq!(error, PilotError::DatabaseUrl(shown.to_owned()), "{bad}");
        }
    }
}
