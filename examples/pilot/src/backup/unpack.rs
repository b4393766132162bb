//! Reading a copy: everything is compared with the list before anything of it is used.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use hexacase_sqlite::SqliteStore;

use super::{
    DATABASE, FORMAT, LOG, MANIFEST, Manifest, Member, Scratch, bad, copy, sync_folder_of,
};
use crate::{
    blobs::DirBlobs,
    error::PilotError,
    log::{PilotLog, private},
};

/// A list of a million files is longer than any county's.
const LARGEST_LIST: u64 = 256 << 20;

/// A copy that was unpacked beside the place where it is to go, and compared with its list. It is
/// deleted when it is dropped, unless it was put in its place.
#[derive(Debug)]
pub struct Unpacked {
    /// The list.
    pub manifest: Manifest,
    scratch: Scratch,
    goes_to: PathBuf,
}

/// Unpacks a copy beside `database`.
///
/// # Errors
/// [`PilotError::Exists`]: there is something already; [`PilotError::BadBackup`] saying what is
/// wrong with the copy; what the operating system says.
pub fn unpack(file: &Path, database: &Path) -> Result<Unpacked, PilotError> {
    for path in places(database) {
        if path.symlink_metadata().is_ok() {
            return Err(PilotError::Exists(path.display().to_string()));
        }
    }
    let source = File::open(file).map_err(|error| PilotError::io("read", file, &error))?;
    let mut tar = tar::Archive::new(io::BufReader::new(source));
    let mut entries = tar.entries().map_err(|error| damaged(file, &error))?;
    let first = entries.next().ok_or_else(|| unknown(file))?.map_err(|_| unknown(file))?;
    let manifest = manifest(file, first)?;
    let scratch = Scratch::beside(database, "restoring")?;
    let staged = scratch.path().join(DATABASE);
    let blobs = DirBlobs::beside(&staged);
    let mut members = manifest.files.iter();
    for entry in entries {
        let mut entry = entry.map_err(|error| damaged(file, &error))?;
        let name = entry.path_bytes().into_owned();
        let Some(member) = members.next().filter(|member| member.name.as_bytes() == name) else {
            return Err(bad(
                file,
                format!("其中的“{}”不在清单上", String::from_utf8_lossy(&name)),
                format!("`{}` is not on its list", String::from_utf8_lossy(&name)),
            ));
        };
        let to = place(file, &staged, &blobs, member)?;
        take(file, &mut entry, member, &to)?;
    }
    if let Some(missing) = members.next() {
        return Err(bad(
            file,
            format!("不完整，缺少“{}”，可能没有复制完", missing.name),
            format!("it is cut off: `{}` is missing", missing.name),
        ));
    }
    if !staged.exists() {
        return Err(bad(file, "其中没有数据库", "there is no database in it"));
    }
    Ok(Unpacked { manifest, scratch, goes_to: database.to_owned() })
}

/// Where the parts of a database are: what must be free, and what may be there after a crash.
fn places(database: &Path) -> [PathBuf; 4] {
    let beside = |end: &str| {
        let mut path = database.as_os_str().to_owned();
        path.push(end);
        PathBuf::from(path)
    };
    let blobs = DirBlobs::beside(database).root().to_owned();
    let log = PilotLog::beside(database).path().to_owned();
    [database.to_owned(), beside("-wal"), blobs, log]
}

fn manifest(file: &Path, mut entry: tar::Entry<'_, impl io::Read>) -> Result<Manifest, PilotError> {
    if entry.path_bytes().as_ref() != MANIFEST.as_bytes() {
        return Err(unknown(file));
    }
    let mut bytes = Vec::new();
    entry
        .by_ref()
        .take(LARGEST_LIST)
        .read_to_end(&mut bytes)
        .map_err(|error| damaged(file, &error))?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|problem| {
        bad(file, format!("清单不能读取：{problem}"), format!("its list cannot be read: {problem}"))
    })?;
    if manifest.format != FORMAT {
        let found = &manifest.format;
        return Err(bad(
            file,
            format!("格式为“{found}”，本程序只认“{FORMAT}”"),
            format!("its format is `{found}`, expected `{FORMAT}`"),
        ));
    }
    let known = SqliteStore::needed_schema_version();
    if manifest.schema_version > known {
        let found = manifest.schema_version;
        return Err(bad(
            file,
            format!("数据库版本 {found} 比本程序（{known}）新，请使用更新的程序"),
            format!("its schema version {found} is newer than this program's {known}"),
        ));
    }
    Ok(manifest)
}

/// Where a file of a copy is unpacked to. The names are ours; the file's only choose among them.
fn place(
    file: &Path,
    staged: &Path,
    blobs: &DirBlobs,
    member: &Member,
) -> Result<PathBuf, PilotError> {
    match (member.name.as_str(), member.evidence()) {
        (DATABASE, _) => Ok(staged.to_owned()),
        (LOG, _) => Ok(PilotLog::beside(staged).path().to_owned()),
        (_, Some(digest)) => Ok(blobs.place_of(digest)),
        (name, None) => Err(bad(
            file,
            format!("清单上的“{name}”不是备份的内容"),
            format!("`{name}` on its list is no part of a backup"),
        )),
    }
}

fn take(
    file: &Path,
    entry: &mut tar::Entry<'_, impl io::Read>,
    member: &Member,
    to: &Path,
) -> Result<(), PilotError> {
    let failed = |error: io::Error| PilotError::io("write", to, &error);
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    let mut target = options.open(to).map_err(failed)?;
    // A read that fails is the copy's fault, a write that fails the disk's: the size and the
    // digest tell the former.
    let (size, sha256) = copy(entry, &mut target).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            damaged(file, &error)
        }
        _ => PilotError::io("write", to, &error),
    })?;
    target.sync_all().map_err(failed)?;
    if size < member.size {
        return Err(bad(
            file,
            format!("不完整，“{}”只有一部分，可能没有复制完", member.name),
            format!("it is cut off within `{}`", member.name),
        ));
    }
    if (size, sha256) != (member.size, member.sha256) {
        return Err(bad(
            file,
            format!("其中的“{}”与清单上的摘要不符，内容已被改动或损坏", member.name),
            format!("`{}` has not the digest of its list", member.name),
        ));
    }
    Ok(())
}

fn unknown(file: &Path) -> PilotError {
    bad(file, "不是 pilot backup 写出的文件", "it is no file that `pilot backup` wrote")
}

fn damaged(file: &Path, error: &io::Error) -> PilotError {
    bad(file, format!("已损坏或不完整（{error}）"), format!("it is damaged or cut off ({error})"))
}

impl Unpacked {
    /// The unpacked database.
    pub fn database(&self) -> PathBuf {
        self.scratch.path().join(DATABASE)
    }

    /// Puts everything in its place, the database last: until then nothing is there that a command
    /// would take for a database. What was moved is moved back when a move fails.
    ///
    /// # Errors
    /// What the operating system says; [`PilotError::Exists`].
    pub fn put_in_place(self) -> Result<Manifest, PilotError> {
        let from = self.database();
        let pairs = [
            (
                DirBlobs::beside(&from).root().to_owned(),
                DirBlobs::beside(&self.goes_to).root().to_owned(),
            ),
            (
                PilotLog::beside(&from).path().to_owned(),
                PilotLog::beside(&self.goes_to).path().to_owned(),
            ),
            (from, self.goes_to.clone()),
        ];
        let mut moved: Vec<&(PathBuf, PathBuf)> = Vec::new();
        for pair in pairs.iter().filter(|(from, _)| from.exists()) {
            let (from, to) = pair;
            let done = if to.symlink_metadata().is_ok() {
                Err(PilotError::Exists(to.display().to_string()))
            } else {
                fs::rename(from, to).map_err(|error| PilotError::io("write", to, &error))
            };
            if let Err(problem) = done {
                for (from, to) in moved.into_iter().rev() {
                    drop(fs::rename(to, from));
                }
                return Err(problem);
            }
            moved.push(pair);
        }
        sync_folder_of(&self.goes_to)?;
        Ok(self.manifest)
    }
}
