//! A copy of a database as one file: the cases, the evidence, the pilot's log, and a list of all of
//! it with digests.
//!
//! The file is a plain tar, so that in ten years it can be opened without this program. Its first
//! entry is the list, `manifest.json`. It is neither compressed nor encrypted: it holds what the
//! database holds and has to be kept as safe.
//!
//! *Never*: nothing is overwritten, nothing half written is left under its name, and nothing is
//! unpacked to a path that the file names.

mod pack;
mod unpack;

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use hexacase::terms::{
    area::Realm,
    id::{Digest, OriginId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use pack::{Packed, pack};
pub use unpack::{Unpacked, unpack};

use crate::error::PilotError;

/// The format of the list.
pub const FORMAT: &str = "hexacase-backup/1";
/// The list.
const MANIFEST: &str = "manifest.json";
/// The database.
const DATABASE: &str = "casework.db";
/// The pilot's log.
const LOG: &str = "pilot.jsonl";
/// The folder of the evidence.
const BLOBS: &str = "blobs/";

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The county.
    pub realm: Realm,
    /// Its name.
    pub name: String,
    /// The id in the origin of its trail.
    pub origin: OriginId,
    /// Whether it is a demo.
    pub demo: bool,
    /// The version of the schema.
    pub schema_version: i64,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// Everything that follows, in order.
    pub files: Vec<Member>,
}

/// A file of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name in the copy.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Digest,
}

impl Member {
    /// The digest that evidence is kept under, if this is evidence and its name is well formed.
    fn evidence(&self) -> Option<Digest> {
        let (folder, name) = self.name.strip_prefix(BLOBS)?.split_once('/')?;
        name.starts_with(folder).then(|| name.parse().ok()).flatten()
    }
}

/// A path that is deleted when it is dropped, whatever happened.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Scratch {
    /// A new folder beside a path.
    fn beside(path: &Path, word: &str) -> Result<Self, PilotError> {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{word}-{}", std::process::id()));
        let folder = PathBuf::from(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(&folder).map_err(|error| PilotError::io("make", &folder, &error))?;
        Ok(Self(folder))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Copies bytes, and gives how many and their digest.
fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<(u64, Digest)> {
    let (mut hasher, mut size) = (Sha256::new(), 0_u64);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = from.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
            return Ok((size, Digest::from_bytes(hasher.finalize().into())));
        };
        hasher.update(bytes);
        to.write_all(bytes)?;
        size = size.saturating_add(count as u64);
    }
}

/// The size and the digest of a file.
fn measure(path: &Path) -> Result<(u64, Digest), PilotError> {
    let failed = |error| PilotError::io("read", path, &error);
    let mut file = File::open(path).map_err(failed)?;
    copy(&mut file, &mut io::sink()).map_err(failed)
}

/// Makes the names in a folder durable, where that can be done.
fn sync_folder_of(path: &Path) -> Result<(), PilotError> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let failed = |error| PilotError::io("write", folder, &error);
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// A copy that cannot be used.
fn bad(file: &Path, zh: impl Into<String>, en: impl Into<String>) -> PilotError {
    PilotError::BadBackup { file: file.display().to_string(), zh: zh.into(), en: en.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_digest_in_its_folder_is_evidence() {
        let member =
            |name: &str| Member { name: name.to_owned(), size: 0, sha256: Digest::of(b"") };
        let digest = Digest::of(b"x").to_string();
        assert!(member(&format!("blobs/{}/{digest}", &digest[..2])).evidence().is_some());
        for bad in ["blobs/../x", "blobs/zz/short", "casework.db", "blobs/"] {
            assert_eq!(member(bad).evidence(), None, "{bad}");
        }
        assert_eq!(member(&format!("blobs/zz/{digest}")).evidence(), None);
    }
}
