//! A place on the PostgreSQL server of the tests.

use std::{env, path::PathBuf};

use hexacase_postgres::PostgresOptions;

/// The server's address.
///
/// # Panics
/// Where no server is named.
#[expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]
pub fn url() -> String {
    env::var("HEXACASE_POSTGRES").expect(
        "HEXACASE_POSTGRES names no server. Run this test with one: `tests/postgres run cargo \
         nextest run -p hexacase-tests -E 'binary(postgres)'`, or all of them: `tests/run`",
    )
}

/// The server's socket.
///
/// # Panics
/// Where no server is named, or not by a socket.
#[expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]
pub fn socket() -> PathBuf {
    let url = url();
    let (_, folder) = url.split_once("host=").expect("an address with a socket");
    let folder = folder.split('&').next().unwrap_or_default().replace("%2F", "/");
    PathBuf::from(folder).join(".s.PGSQL.5432")
}

/// Options for a schema that nobody else has.
///
/// # Panics
/// Where no server is named.
#[expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]
pub fn options() -> PostgresOptions {
    let mut options = PostgresOptions::new(url());
    // The name that a folder gets is nobody else's either; its letters are not all taken.
    let folder = tempfile::tempdir().expect("a folder");
    let name = folder.path().file_name().expect("a name");
    options.schema = format!("t{}", hex::encode(name.as_encoded_bytes()));
    options
}
