//! Writing a copy: all of it under another name first, then read back, then named.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use hexacase::{
    store::{Meta, Store as _},
    terms::{id::Digest, time::Timestamp},
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};

use super::{
    BLOBS, DATABASE, FORMAT, LOG, MANIFEST, Manifest, Member, Scratch, copy, measure,
    sync_folder_of,
};
use crate::{
    blobs::DirBlobs,
    error::PilotError,
    failure::Failure,
    log::{PilotLog, private},
};

/// What was packed.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The list.
    pub manifest: Manifest,
    /// The size of the file.
    pub bytes: u64,
    /// Evidence whose bytes are not those of its digest. It is in the copy as it is.
    pub damaged: Vec<String>,
}

/// Writes a copy of a database to `file`.
///
/// # Errors
/// [`PilotError::Exists`]; what the database or the operating system says. Nothing is left then.
pub async fn pack(database: &Path, file: &Path, now: Timestamp) -> Result<Packed, Failure> {
    let store = SqliteStore::connect(SqliteOptions::new(database)).await?;
    let meta = store.meta().await?;
    if file.symlink_metadata().is_ok() {
        return Err(PilotError::Exists(file.display().to_string()).into());
    }
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // One folder and no more: a path of several that are not there is a slip.
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(PilotError::io("write", folder, &error).into());
            }
            _ => {}
        }
    }
    let scratch = Scratch::beside(file, "making")?;
    let copied = scratch.path().join(DATABASE);
    // The database first: evidence is kept before the entry that names it, so whatever the copy
    // names is in the folder by now.
    store.copy_to(&copied).await?;
    store.close().await?;
    check(&copied).await?;
    let mut sources: Vec<(String, PathBuf)> = vec![(DATABASE.to_owned(), copied)];
    let log = scratch.path().join(LOG);
    if let Some(bytes) = PilotLog::beside(database).bytes()? {
        fs::write(&log, bytes).map_err(|error| PilotError::io("write", &log, &error))?;
        sources.push((LOG.to_owned(), log));
    }
    sources.extend(evidence(&DirBlobs::beside(database))?);
    let mut files = Vec::with_capacity(sources.len());
    let mut damaged = Vec::new();
    for (name, path) in &sources {
        let (size, sha256) = measure(path)?;
        let member = Member { name: name.clone(), size, sha256 };
        if member.evidence().is_some_and(|digest| digest != sha256) {
            damaged.push(member.name.clone());
        }
        files.push(member);
    }
    let manifest = manifest(meta, now, files);
    let made = scratch.path().join("backup.tar");
    write(&made, &manifest, &sources).map_err(|error| PilotError::io("write", file, &error))?;
    read_back(&made, &manifest)?;
    name(&made, file)?;
    let (bytes, _) = measure(file)?;
    Ok(Packed { manifest, bytes, damaged })
}

/// The copy of the database must be whole itself.
async fn check(copied: &Path) -> Result<(), Failure> {
    let store = SqliteStore::connect(SqliteOptions::new(copied)).await?;
    let checkup = store.check_up().await;
    store.close().await?;
    let problems = checkup?.problems;
    match problems.first() {
        None => Ok(()),
        Some(first) => Err(super::bad(
            copied,
            format!("数据库文件已损坏（{first}），请运行 pilot doctor"),
            format!("the database is damaged ({first}); run `pilot doctor`"),
        )
        .into()),
    }
}

/// The files of the evidence, in order of their digests.
fn evidence(blobs: &DirBlobs) -> Result<Vec<(String, PathBuf)>, PilotError> {
    let listed = |folder: &Path| -> Result<Vec<PathBuf>, PilotError> {
        let failed = |error: io::Error| PilotError::io("read", folder, &error);
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut paths = Vec::new();
        for entry in entries {
            paths.push(entry.map_err(failed)?.path());
        }
        paths.sort();
        Ok(paths)
    };
    let mut found = Vec::new();
    for folder in listed(blobs.root())?.into_iter().filter(|path| path.is_dir()) {
        for path in listed(&folder)? {
            let part =
                |path: &Path| path.file_name().and_then(|name| name.to_str().map(str::to_owned));
            let (Some(folder), Some(name)) = (part(&folder), part(&path)) else { continue };
            let name = format!("{BLOBS}{folder}/{name}");
            // Half-written files have other names.
            let member = Member { name, size: 0, sha256: Digest::from_bytes([0; 32]) };
            if member.evidence().is_some() {
                found.push((member.name, path));
            }
        }
    }
    Ok(found)
}

fn manifest(meta: Meta, now: Timestamp, files: Vec<Member>) -> Manifest {
    Manifest {
        format: FORMAT.to_owned(),
        realm: meta.realm,
        name: meta.name,
        origin: meta.origin,
        demo: meta.demo,
        schema_version: SqliteStore::needed_schema_version(),
        taken_at: now,
        files,
    }
}

fn write(made: &Path, manifest: &Manifest, sources: &[(String, PathBuf)]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    let mut tar = tar::Builder::new(io::BufWriter::new(options.open(made)?));
    let seconds = u64::try_from(manifest.taken_at.as_millis() / 1000).unwrap_or(0);
    let header = |size: u64| {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(seconds);
        header.set_entry_type(tar::EntryType::Regular);
        header
    };
    let list = serde_json::to_vec_pretty(manifest).map_err(io::Error::other)?;
    tar.append_data(&mut header(list.len() as u64), MANIFEST, list.as_slice())?;
    for ((name, path), member) in sources.iter().zip(&manifest.files) {
        let file = File::open(path)?.take(member.size);
        tar.append_data(&mut header(member.size), name, file)?;
    }
    tar.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// Reads the copy as `restore` will, so that a disk that lies is found while the original lives.
fn read_back(made: &Path, manifest: &Manifest) -> Result<(), PilotError> {
    let failed = |error: io::Error| PilotError::io("read", made, &error);
    let mut tar = tar::Archive::new(File::open(made).map_err(failed)?);
    let mut members = manifest.files.iter();
    for entry in tar.entries().map_err(failed)?.skip(1) {
        let (_, sha256) = copy(&mut entry.map_err(failed)?, &mut io::sink()).map_err(failed)?;
        if members.next().is_none_or(|member| member.sha256 != sha256) {
            return Err(super::bad(
                made,
                "写入后读回的内容不一致，磁盘可能有故障",
                "what was written is not what is read back; the disk may be failing",
            ));
        }
    }
    Ok(())
}

/// Gives the copy its name, if nothing took it meanwhile.
fn name(made: &Path, file: &Path) -> Result<(), PilotError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => PilotError::Exists(file.display().to_string()),
        _ => PilotError::io("write", file, &error),
    };
    // A link never replaces what is there, a rename would; some disks know no links.
    match fs::hard_link(made, file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            if file.symlink_metadata().is_ok() {
                return Err(PilotError::Exists(file.display().to_string()));
            }
            fs::rename(made, file).map_err(failed)?;
        }
        linked => linked.map_err(failed)?,
    }
    sync_folder_of(file)
}
