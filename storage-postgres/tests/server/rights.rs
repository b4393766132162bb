//! A user of the database with the least rights, given them as a person would: by the SQL files.

use std::{path::Path, process::Command};

use hexacase_postgres::PostgresOptions;
use sqlx::{AssertSqlSafe, Executor};

use super::{stranger, url};

/// The application's user.
pub(crate) const APP: &str = "hexacase_app";

/// Runs a file of `sql/` by hand.
pub(crate) fn psql(file: &str, settings: &[(&str, &str)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql").join(file);
    let mut command = Command::new("psql");
    command.arg(url()).args(["--no-psqlrc", "--quiet", "--output=/dev/null"]);
    for (name, value) in settings.iter().chain(&[("ON_ERROR_STOP", "1")]) {
        command.arg("-v").arg(format!("{name}={value}"));
    }
    let output = command.arg("-f").arg(path).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{file}: {errors}");
}

/// Makes the application's user, once for all tests.
pub(crate) async fn app_user() {
    let text = format!(
        "DO $$ BEGIN CREATE ROLE {APP} LOGIN; \
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    );
    stranger().await.execute(AssertSqlSafe(text)).await.unwrap();
}

/// The same schema for the application's user.
pub(crate) fn as_app(options: &PostgresOptions) -> PostgresOptions {
    let mut options = options.clone();
    options.url = options.url.replacen("://hexacase@", &format!("://{APP}@"), 1);
    options
}
