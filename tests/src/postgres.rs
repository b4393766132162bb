//! A place on the PostgreSQL server of the tests, and a server of one test's own that can be killed.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test that cannot go on is to stop"
)]

use std::{env, path::PathBuf, process::Command};

use hexacase_postgres::PostgresOptions;

/// The server's address. Without one the test is to stop.
pub fn url() -> String {
    env::var("HEXACASE_POSTGRES").expect(
        "HEXACASE_POSTGRES names no server. Run this test with one: `tests/postgres run cargo \
         nextest run -p hexacase-tests -E 'binary(postgres)'`, or all of them: `tests/run`",
    )
}

/// The server's socket.
pub fn socket() -> PathBuf {
    let url = url();
    let (_, folder) = url.split_once("host=").expect("an address with a socket");
    let folder = folder.split('&').next().unwrap_or_default().replace("%2F", "/");
    PathBuf::from(folder).join(".s.PGSQL.5432")
}

/// Options for a schema that nobody else has.
pub fn options() -> PostgresOptions {
    let mut options = PostgresOptions::new(url());
    // The name that a folder gets is nobody else's either; its letters are not all taken.
    let folder = tempfile::tempdir().expect("a folder");
    let name = folder.path().file_name().expect("a name");
    options.schema = format!("t{}", hex::encode(name.as_encoded_bytes()));
    options
}

/// A server that only this test has, until it is dropped.
#[derive(Debug)]
pub struct Server {
    /// Its address.
    pub url: String,
    folder: String,
}

impl Server {
    /// Makes a server and starts it.
    #[must_use]
    pub fn start() -> Self {
        let said = command(&["start"]);
        let lines: Vec<&str> = said.lines().collect();
        let [url, _, folder] = lines.as_slice() else { panic!("`tests/postgres` said: {said}") };
        Self { url: (*url).to_owned(), folder: (*folder).to_owned() }
    }

    /// Kills the server and all its sessions at one moment.
    pub fn kill(&self) {
        command(&["kill", &self.folder]);
    }

    /// Starts it again.
    pub fn restart(&self) {
        command(&["restart", &self.folder]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        command(&["stop", &self.folder]);
    }
}

/// Runs `tests/postgres` and gives what it said.
fn command(words: &[&str]) -> String {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/postgres");
    let output = Command::new(program).args(words).output().expect("`tests/postgres`");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
