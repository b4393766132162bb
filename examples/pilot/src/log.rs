//! The pilot's own log beside the database, `<database>.pilot.jsonl`: refusals, feedback on the
//! program, sweeps, copies. One JSON object a line, appended and never changed.
//!
//! The trail keeps what was done, and a refusal did nothing; so it stands here and not there. A
//! table in the database was the other choice: it would tie the county's schema to a pilot of two
//! weeks. *Never*: a name, a form or a case stands in it, but for what people write as feedback.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use hexacase::terms::{id::ActorId, time::Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::PilotError;

/// The file.
#[derive(Clone, Debug)]
pub struct PilotLog {
    path: PathBuf,
}

/// A line of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When, by the machine's clock or `--now`.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: LogEvent,
}

/// What the log keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LogEvent {
    /// A command was refused.
    Refusal {
        /// Who gave it.
        actor: ActorId,
        /// The command, e.g. `act`.
        command: String,
        /// The transition, or the procedure that was to be opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
        /// Why, as a code.
        code: String,
    },
    /// Somebody said something about the program.
    Feedback {
        /// Who.
        actor: ActorId,
        /// What.
        text: String,
    },
    /// The ladders were climbed.
    Sweep {},
    /// A copy was taken.
    Backup {},
    /// The database was restored from a copy of that time.
    Restore {
        /// When the copy was taken.
        taken_at: Timestamp,
    },
}

impl PilotLog {
    /// The log of a database.
    pub fn beside(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push(".pilot.jsonl");
        Self { path: path.into() }
    }

    /// The log within the folder of a schema's files.
    pub fn within(folder: &Path) -> Self {
        Self { path: folder.join("pilot.jsonl") }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a line.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn append(&self, at: Timestamp, event: LogEvent) -> Result<(), PilotError> {
        let failed = |error: io::Error| PilotError::io("write", &self.path, &error);
        let mut line = serde_json::to_string(&LogLine { at, event })
            .map_err(|problem| PilotError::Output(problem.to_string()))?;
        line.push('\n');
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        private(&mut options);
        let mut file = options.open(&self.path).map_err(failed)?;
        // One call: two processes that append at once do not mix their lines.
        file.write_all(line.as_bytes()).map_err(failed)?;
        file.sync_data().map_err(failed)
    }

    /// The bytes, if there is a log.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn bytes(&self) -> Result<Option<Vec<u8>>, PilotError> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PilotError::io("read", &self.path, &error)),
        }
    }

    /// The lines, in the order they were written, and how many could not be read: a line that a
    /// crash cut off must not hide the others.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn lines(&self) -> Result<(Vec<LogLine>, usize), PilotError> {
        let bytes = self.bytes()?.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let (mut lines, mut unread) = (Vec::new(), 0);
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(line) => lines.push(line),
                Err(_) => unread += 1,
            }
        }
        Ok((lines, unread))
    }
}

/// Only the owner reads and writes what is made with these options, where that can be said.
pub fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = options;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_and_a_cut_one_hides_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let log = PilotLog::beside(&folder.path().join("a.db"));
        assert_eq!(log.lines().unwrap(), (Vec::new(), 0));
        let at = "2026-05-03 14:05".parse().unwrap();
        let refusal = LogEvent::Refusal {
            actor: ActorId::constant("director-201"),
            command: "act".to_owned(),
            step: Some("record_visit".to_owned()),
            code: "refusal.field".to_owned(),
        };
        log.append(at, refusal.clone()).unwrap();
        let mut bytes = log.bytes().unwrap().unwrap();
        bytes.extend_from_slice("{\"at\":\"2026-0\n".as_bytes());
        fs::write(log.path(), bytes).unwrap();
        log.append(at, LogEvent::Sweep {}).unwrap();
        let (lines, unread) = log.lines().unwrap();
        let events: Vec<_> = lines.into_iter().map(|line| line.event).collect();
        assert_eq!((events, unread), (vec![refusal, LogEvent::Sweep {}], 1));
    }
}
