//! What is kept beside a database: the evidence and the pilot's log.
//!
//! Beside a file of SQLite they have its name. For a schema on a server they have a folder, which
//! says in its file `origin` whose it is: another database of the same name must never find its
//! evidence, or take it away, there.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use hexacase::store::Meta;

use super::file::gone;
use crate::{
    blobs::DirBlobs,
    error::PilotError,
    log::{PilotLog, private},
};

/// The file that says whose a folder is.
const ORIGIN: &str = "origin";

/// Where evidence and log of a database are.
#[derive(Clone, Debug)]
pub struct Files {
    /// The evidence.
    pub blobs: DirBlobs,
    /// The log.
    pub log: PilotLog,
    /// The folder that holds both, where there is one.
    folder: Option<PathBuf>,
}

/// What a folder is.
enum Claim {
    /// It is not there.
    Missing,
    /// It is nobody's.
    Empty,
    /// It is that of a database of this origin.
    Of(String),
    /// It holds something else.
    Other,
}

impl Files {
    /// Those beside a file of SQLite.
    pub fn beside(database: &Path) -> Self {
        let (blobs, log) = (DirBlobs::beside(database), PilotLog::beside(database));
        Self { blobs, log, folder: None }
    }

    /// Those in a folder of their own.
    pub fn within(folder: &Path) -> Self {
        let (blobs, log) = (DirBlobs::within(folder), PilotLog::within(folder));
        Self { blobs, log, folder: Some(folder.to_owned()) }
    }

    /// Whether they are those of some database.
    pub(super) fn are_claimed(&self) -> bool {
        self.folder.as_deref().is_none_or(|folder| folder.join(ORIGIN).is_file())
    }

    /// Refuses a folder in which a new database cannot keep its files.
    ///
    /// # Errors
    /// [`PilotError::FilesOfAnother`].
    pub(super) fn must_be_free(&self) -> Result<(), PilotError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        match claim(folder)? {
            Claim::Missing | Claim::Empty => Ok(()),
            Claim::Of(_) | Claim::Other => Err(another(folder)),
        }
    }

    /// Makes the folder of a database that was just set up.
    pub(super) fn make(&self, meta: &Meta) -> Result<(), PilotError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(folder).map_err(|error| PilotError::io("make", folder, &error))?;
        self.must_be_of(meta)
    }

    /// Refuses the folder of another database. One that is empty becomes this one's: whoever made
    /// it for that.
    ///
    /// # Errors
    /// [`PilotError::FilesMissing`], [`PilotError::FilesOfAnother`].
    pub(super) fn must_be_of(&self, meta: &Meta) -> Result<(), PilotError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let origin = origin(meta);
        match claim(folder)? {
            Claim::Missing => Err(PilotError::FilesMissing(folder.display().to_string())),
            Claim::Of(found) if found == origin => Ok(()),
            Claim::Of(_) | Claim::Other => Err(another(folder)),
            Claim::Empty => {
                let path = folder.join(ORIGIN);
                let mut options = OpenOptions::new();
                options.write(true).create_new(true);
                private(&mut options);
                let written = options
                    .open(&path)
                    .and_then(|mut file| writeln!(file, "{origin}").and_then(|()| file.sync_all()));
                match written {
                    // Another pilot came first; it is of the same database, or refused by the next.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                    other => other.map_err(|error| PilotError::io("write", &path, &error)),
                }
            }
        }
    }

    /// Refuses to take away the files of another database than this.
    ///
    /// # Errors
    /// [`PilotError::FilesOfAnother`].
    pub(super) fn must_not_be_of_another(&self, meta: &Meta) -> Result<(), PilotError> {
        match self.must_be_of(meta) {
            Err(PilotError::FilesMissing(_)) => Ok(()),
            other => other,
        }
    }

    /// Deletes the evidence and the log.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn delete(&self) -> Result<(), PilotError> {
        let failed = |path: &Path, error: &io::Error| PilotError::io("delete", path, error);
        let log = self.log.path();
        gone(fs::remove_file(log)).map_err(|error| failed(log, &error))?;
        let blobs = self.blobs.root();
        gone(fs::remove_dir_all(blobs)).map_err(|error| failed(blobs, &error))?;
        if let Some(folder) = &self.folder {
            let path = folder.join(ORIGIN);
            gone(fs::remove_file(&path)).map_err(|error| failed(&path, &error))?;
        }
        Ok(())
    }
}

fn another(folder: &Path) -> PilotError {
    PilotError::FilesOfAnother(folder.display().to_string())
}

fn origin(meta: &Meta) -> String {
    format!("hexacase/{}/{}", meta.realm, meta.origin)
}

fn claim(folder: &Path) -> Result<Claim, PilotError> {
    let failed = |path: &Path, error: &io::Error| PilotError::io("read", path, error);
    let path = folder.join(ORIGIN);
    match fs::read_to_string(&path) {
        Ok(text) => return Ok(Claim::Of(text.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(&path, &error)),
    }
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(if entries.next().is_none() { Claim::Empty } else { Claim::Other }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Claim::Missing),
        Err(error) => Err(failed(folder, &error)),
    }
}

#[cfg(test)]
mod tests {
    use hexacase::terms::id::OriginId;

    use super::*;

    fn meta(n: u8) -> Meta {
        Meta {
            realm: "999999".parse().unwrap(),
            name: "示例县".to_owned(),
            origin: OriginId::from_bytes([n; 16]),
            created_at: "2026-01-02".parse().unwrap(),
            demo: true,
        }
    }

    #[test]
    fn a_folder_is_that_of_one_database_only() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("files");
        let files = Files::within(&folder);
        let missing = PilotError::FilesMissing(folder.display().to_string());
        assert_eq!(files.must_be_of(&meta(1)), Err(missing));
        files.must_be_free().unwrap();
        files.make(&meta(1)).unwrap();
        files.must_be_of(&meta(1)).unwrap();
        let other = Err(another(&folder));
        assert_eq!(files.must_be_of(&meta(2)), other);
        assert_eq!(files.must_not_be_of_another(&meta(2)), other);
        assert_eq!(files.must_be_free(), other);
        assert!(files.are_claimed());
        files.delete().unwrap();
        files.make(&meta(2)).unwrap();
    }

    #[test]
    fn a_folder_of_somebody_elses_things_is_left_alone_and_an_empty_one_taken() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::within(folder.path());
        files.must_be_of(&meta(1)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("photo.jpg"), "x").unwrap();
        let files = Files::within(folder.path());
        assert_eq!(files.must_be_of(&meta(1)), Err(another(folder.path())));
        assert!(!files.are_claimed());
    }
}
