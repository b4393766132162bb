//! Evidence in a folder beside the database: each file under its digest, written once.
//!
//! It never overwrites and never deletes; a half-written file is never seen under its name.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use hexacase::{
    engine::{BlobError, BlobStore},
    terms::{
        evidence::{Attachment, FieldClass},
        id::Digest,
        text::Text,
    },
};

use crate::{
    error::PilotError,
    failure::{Exit, Failure},
};

/// A folder of files named by their digests.
#[derive(Clone, Debug)]
pub struct DirBlobs {
    root: PathBuf,
}

/// Media types by the end of a file's name.
const MEDIA_TYPES: &[(&str, &str)] = &[
    ("bmp", "image/bmp"),
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("gif", "image/gif"),
    ("heic", "image/heic"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("m4a", "audio/mp4"),
    ("md", "text/markdown"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("ofd", "application/ofd"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("txt", "text/plain"),
    ("wav", "audio/wav"),
    ("webp", "image/webp"),
    ("wps", "application/vnd.ms-works"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("zip", "application/zip"),
];

/// The media type that a file's name suggests.
pub fn media_type(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default();
    let known = MEDIA_TYPES.iter().find(|(known, _)| *known == end);
    known.map_or("application/octet-stream", |(_, media)| media)
}

impl DirBlobs {
    /// The folder of a database: its path with `.blobs` behind it.
    pub fn beside(database: &Path) -> Self {
        let mut root = database.as_os_str().to_owned();
        root.push(".blobs");
        Self { root: root.into() }
    }

    /// The folder within that of a schema's files.
    pub fn within(folder: &Path) -> Self {
        Self { root: folder.join("blobs") }
    }

    /// Where the files are.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Keeps a file, and gives what a form says of it. `path` is where it was read.
    ///
    /// # Errors
    /// What the operating system says; a name that is blank.
    pub async fn attach(
        &self,
        name: &str,
        bytes: &[u8],
        class: FieldClass,
    ) -> Result<Attachment, Failure> {
        let text = |text: &str| {
            Text::new(text).map_err(|problem| {
                Failure::new(Exit::Usage, "usage.arguments", "文件名不正确", problem.to_string())
            })
        };
        let (name, media_type) = (text(name)?, text(media_type(name))?);
        let sha256 = self.put(bytes).await?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(Attachment { sha256, name, media_type, size, class })
    }

    /// Reads a file and keeps it.
    ///
    /// # Errors
    /// What the operating system says.
    pub async fn attach_file(&self, path: &Path, class: FieldClass) -> Result<Attachment, Failure> {
        let bytes = fs::read(path).map_err(|error| PilotError::io("read", path, &error))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        self.attach(&name.unwrap_or_default(), &bytes, class).await
    }

    /// Where a file of this digest is kept.
    pub fn place_of(&self, digest: Digest) -> PathBuf {
        let name = digest.to_string();
        let (folder, _) = name.split_at_checked(2).unwrap_or(("", ""));
        self.root.join(folder).join(&name)
    }

    fn keep(&self, digest: Digest, bytes: &[u8]) -> io::Result<()> {
        let path = self.place_of(digest);
        if path.exists() {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        // Two processes that keep the same file write the same bytes.
        let half = folder.join(format!(".{}.{}", digest, std::process::id()));
        let mut file = File::create(&half)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&half, &path)?;
        // Only here a folder can be made durable by itself.
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        Ok(())
    }
}

#[async_trait]
impl BlobStore for DirBlobs {
    async fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        let digest = Digest::of(bytes);
        self.keep(digest, bytes)
            .map_err(|error| BlobError { operation: "keep a file", reason: error.to_string() })?;
        Ok(digest)
    }

    async fn get(&self, digest: Digest) -> Result<Option<Vec<u8>>, BlobError> {
        match fs::read(self.place_of(digest)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(BlobError { operation: "read a file", reason: error.to_string() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_follows_the_end_of_the_name() {
        assert_eq!(media_type("告知书.PDF"), "application/pdf");
        assert_eq!(media_type("photo"), "application/octet-stream");
    }

    #[tokio::test]
    async fn a_file_is_kept_once_and_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = DirBlobs::beside(&folder.path().join("a.db"));
        let file = blobs.attach("回执.txt", "收到".as_bytes(), FieldClass::Case).await.unwrap();
        assert_eq!((file.size, file.media_type.as_str()), (6, "text/plain"));
        assert_eq!(blobs.put("收到".as_bytes()).await.unwrap(), file.sha256);
        assert_eq!(blobs.get(file.sha256).await.unwrap().as_deref(), Some("收到".as_bytes()));
        assert_eq!(blobs.get(Digest::of(b"x")).await.unwrap(), None);
    }
}
