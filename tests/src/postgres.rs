//! A place on the PostgreSQL server of the tests.

use std::env;

use hexacase_postgres::PostgresOptions;

/// Options for a schema that nobody else has.
///
/// # Panics
/// Where no server is named.
#[expect(clippy::expect_used, reason = "a test that cannot go on is to stop")]
pub fn options() -> PostgresOptions {
    let url = env::var("HEXACASE_POSTGRES").expect(
        "HEXACASE_POSTGRES names no server. Run this test with one: `tests/postgres run cargo \
         nextest run -p hexacase-tests -E 'binary(postgres)'`, or all of them: `tests/run`",
    );
    let mut options = PostgresOptions::new(url);
    // The name that a folder gets is nobody else's either; its letters are not all taken.
    let folder = tempfile::tempdir().expect("a folder");
    let name = folder.path().file_name().expect("a name");
    options.schema = format!("t{}", hex::encode(name.as_encoded_bytes()));
    options
}
