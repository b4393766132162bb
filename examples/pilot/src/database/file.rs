//! A database in a file of SQLite.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use hexacase::store::StoreError;
use hexacase_sqlite::{SqliteOptions, SqliteStore};

use super::{Files, PilotStore};
use crate::{error::PilotError, failure::Failure};

/// Whether something is there.
pub(super) fn exists(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

/// Deletes the database with its evidence.
pub(super) fn delete(path: &Path) -> Result<(), PilotError> {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        let file = PathBuf::from(file);
        gone(fs::remove_file(&file)).map_err(|error| PilotError::io("delete", &file, &error))?;
    }
    Files::beside(path).delete()
}

pub(super) async fn connect(path: &Path) -> Result<PilotStore, Failure> {
    let connected = SqliteStore::connect(SqliteOptions::new(path)).await;
    connected.map(PilotStore::Sqlite).map_err(|error| says(path, error))
}

/// What is wrong with the file, with its name, and where it is no database with what it is.
fn says(path: &Path, error: StoreError) -> Failure {
    let told = matches!(
        error,
        StoreError::NotADatabase { .. }
            | StoreError::Damaged { .. }
            | StoreError::NoAccess { .. }
            | StoreError::DiskFull { .. }
            | StoreError::DiskFailed { .. }
    );
    let what = match error {
        StoreError::NotADatabase { .. } => kind_of(path),
        _ => None,
    };
    let mut failure = Failure::from(error);
    if told {
        let (shown, (zh, en)) = (path.display().to_string(), what.unwrap_or_default());
        failure.zh = format!("{}：“{shown}”{zh}", failure.zh);
        failure.en = format!("{}: `{shown}`{en}", failure.en);
        failure.place.file = Some(shown);
    }
    failure
}

/// What a file that is no database seems to be.
fn kind_of(path: &Path) -> Option<(&'static str, &'static str)> {
    use std::io::Read as _;

    let mut start = Vec::new();
    fs::File::open(path).ok()?.take(512).read_to_end(&mut start).ok()?;
    let text = match std::str::from_utf8(&start) {
        Ok(text) => Some(text),
        // The piece may end within a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(start.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    };
    let is_text = |text: &str| !text.chars().any(|sign| sign.is_control() && !sign.is_whitespace());
    Some(match start.as_slice() {
        [b'P', b'K', 3, 4, ..] => {
            ("是压缩包或电子表格（.zip、.xlsx）", " is an archive or a spreadsheet")
        }
        [b'%', b'P', b'D', b'F', ..] => ("是 PDF 文件", " is a PDF"),
        _ if start.starts_with(b"manifest.json\0") => (
            "是 pilot backup 的备份文件，请用 pilot restore 恢复",
            " is a backup: use `pilot restore`",
        ),
        _ if text.is_some_and(is_text) => {
            ("是文本文件（如 CSV）", " is a text file, such as a CSV")
        }
        _ => ("的内容不是数据库", " does not begin as a database does"),
    })
}

/// What was not there before is gone as well.
pub(super) fn gone(deleted: io::Result<()>) -> io::Result<()> {
    match deleted {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
