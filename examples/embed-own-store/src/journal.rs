//! The file: a line of JSON for each commit behind its checksum, only ever appended to. It does not
//! know what the lines say.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use hexacase::terms::id::Digest;

/// An open journal, locked against other programs until it is dropped.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    length: u64,
    /// A line could be neither written nor taken back.
    broken: bool,
}

impl Journal {
    /// Makes a journal with its first line; a file that is there already is refused.
    pub(crate) fn create(path: &Path, first: &[u8]) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        file.try_lock()?;
        let mut journal = Self { file, length: 0, broken: false };
        journal.append(first)?;
        // The name of the file has to outlast a loss of power too.
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(journal)
    }

    /// Opens a journal and gives its lines.
    ///
    /// A last line that does not fit its checksum was being written when the program ended: no
    /// commit was acknowledged for it, and it is cut off. One before the last is an error.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, Vec<Vec<u8>>)> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        file.try_lock()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (mut lines, mut length) = (Vec::new(), 0);
        let mut rest = bytes.split_inclusive(|byte| *byte == b'\n').peekable();
        while let Some(line) = rest.next() {
            match payload(line) {
                Some(payload) => lines.push(payload.to_vec()),
                None if rest.peek().is_none() => break,
                None => {
                    let problem = format!("line {} does not fit its checksum", lines.len() + 1);
                    return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
                }
            }
            length += line.len() as u64;
        }
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length))?;
        Ok((Self { file, length, broken: false }, lines))
    }

    /// Appends a line; when it returns `Ok`, the line survives a crash.
    pub(crate) fn append(&mut self, payload: &[u8]) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("the journal could not be mended after a failed write"));
        }
        let mut line = Digest::of(payload).to_string().into_bytes();
        line.push(b' ');
        line.extend_from_slice(payload);
        line.push(b'\n');
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if written.is_ok() {
            self.length += line.len() as u64;
        } else {
            let length = self.length;
            let cut = self.file.set_len(length);
            let mended = cut.and_then(|()| self.file.seek(SeekFrom::Start(length)));
            // After a failed sync nobody knows what the disk holds.
            self.broken = mended.and_then(|_| self.file.sync_all()).is_err();
        }
        written
    }
}

/// What a line says, if it is whole.
fn payload(line: &[u8]) -> Option<&[u8]> {
    let (sum, rest) = line.split_at_checked(64)?;
    let payload = rest.strip_prefix(b" ")?.strip_suffix(b"\n")?;
    (Digest::of(payload).to_string().as_bytes() == sum).then_some(payload)
}
