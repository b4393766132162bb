//! A database that the bench makes, fills and takes away again, in either store.

use std::{error::Error, fs, path::PathBuf};

use clap::ValueEnum;
use hexacase::{
    care::rules::national,
    county,
    engine::Engine,
    store::Store,
    terms::time::{Clock, SystemClock},
};
use hexacase_postgres::{PostgresOptions, PostgresStore};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, postgres::PgConnectOptions};
use tempfile::TempDir;

use crate::{back_and_forth, by_hand, engine::meta};

/// What a part of the bench gives, or why it had to stop.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Which store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Its name in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Where the database is.
#[derive(Debug)]
enum Ground {
    /// In a file; the folder is gone with it if nobody named the file.
    Sqlite { store: SqliteStore, path: PathBuf, folder: Option<TempDir> },
    /// In a schema of its own.
    Postgres { store: PostgresStore, url: String, schema: String },
}

/// A database with the county of the bench in it.
#[derive(Debug)]
pub(crate) struct Place(Ground);

impl Place {
    /// Makes a database. `name` tells it from others of the same run.
    pub(crate) async fn make(kind: Kind, database: Option<&str>, name: &str) -> Outcome<Self> {
        let place = match (kind, database) {
            (Kind::Sqlite, named) => {
                let folder = if named.is_none() { Some(tempfile::tempdir()?) } else { None };
                let path = match (&folder, named) {
                    (Some(folder), _) => folder.path().join(name),
                    (None, named) => {
                        let named = named.unwrap_or_default();
                        let named = named.strip_prefix("sqlite:").unwrap_or(named);
                        PathBuf::from(format!("{named}.{name}"))
                    }
                };
                if path.exists() {
                    return Err(format!("`{}` is there already", path.display()).into());
                }
                let store = SqliteStore::connect(SqliteOptions::new(&path)).await?;
                store.init(&meta()?).await?;
                Ground::Sqlite { store, path, folder }
            }
            (Kind::Postgres, Some(url)) => {
                let schema = format!("bench_{}_{name}", std::process::id());
                let mut options = PostgresOptions::new(url);
                options.schema.clone_from(&schema);
                let store = PostgresStore::connect(options).await?;
                store.init(&meta()?).await?;
                Ground::Postgres { store, url: url.to_owned(), schema }
            }
            (Kind::Postgres, None) => return Err("--database postgres://… is needed".into()),
        };
        Ok(Self(place))
    }

    /// The store.
    pub(crate) fn store(&self) -> &dyn Store {
        match &self.0 {
            Ground::Sqlite { store, .. } => store,
            Ground::Postgres { store, .. } => store,
        }
    }

    /// An engine on it that reads this clock.
    pub(crate) async fn engine(&self, clock: impl Clock) -> Outcome<Engine> {
        match &self.0 {
            Ground::Sqlite { store, .. } => on(store.clone(), clock).await,
            Ground::Postgres { store, .. } => on(store.clone(), clock).await,
        }
    }

    /// An engine on it that reads the clock of this machine.
    pub(crate) async fn engine_now(&self) -> Outcome<Engine> {
        self.engine(SystemClock).await
    }

    /// Brings the database to rest after it was filled: the log is written back, and PostgreSQL
    /// has done what its autovacuum would do in the minutes after. SQLite is not analyzed, since
    /// nobody does that for a host either.
    pub(crate) async fn settle(&self) -> Outcome<()> {
        match &self.0 {
            Ground::Sqlite { path, .. } => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
                let mut connection = options.connect().await?;
                sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
                connection.close().await?;
            }
            Ground::Postgres { url, schema, .. } => {
                let options: PgConnectOptions = url.parse()?;
                let mut connection = options.connect().await?;
                let tables: Vec<String> =
                    sqlx::query_scalar("SELECT tablename FROM pg_tables WHERE schemaname = $1")
                        .bind(schema)
                        .fetch_all(&mut connection)
                        .await?;
                for table in tables {
                    let text = AssertSqlSafe(format!("VACUUM (ANALYZE) {schema}.{table}"));
                    sqlx::raw_sql(text).execute(&mut connection).await?;
                }
                if let Err(problem) = sqlx::raw_sql("CHECKPOINT").execute(&mut connection).await {
                    eprintln!(
                        "no checkpoint was made, it may fall into what is measured: {problem}"
                    );
                }
                connection.close().await?;
            }
        }
        Ok(())
    }

    /// How many bytes it takes.
    pub(crate) async fn bytes(&self) -> Outcome<u64> {
        Ok(match &self.0 {
            Ground::Sqlite { path, .. } => by_hand::size(path),
            Ground::Postgres { store, .. } => u64::try_from(store.check_up().await?.bytes)?,
        })
    }

    /// Takes it away.
    pub(crate) async fn remove(self) -> Outcome<()> {
        match self.0 {
            Ground::Sqlite { store, path, folder } => {
                store.close().await?;
                match folder {
                    Some(folder) => folder.close()?,
                    None => fs::remove_file(&path)?,
                }
            }
            Ground::Postgres { store, url, schema } => {
                store.drop_demo().await?;
                store.close().await?;
                // Empty by now; if it is not, somebody else's is in it, and it stays.
                let mut connection = url.parse::<PgConnectOptions>()?.connect().await?;
                let text = AssertSqlSafe(format!("DROP SCHEMA {schema}"));
                sqlx::raw_sql(text).execute(&mut connection).await?;
                connection.close().await?;
            }
        }
        Ok(())
    }
}

/// An engine on a store that was set up, with the procedure of the bench.
pub(crate) async fn on(store: impl Store, clock: impl Clock) -> Outcome<Engine> {
    let rules = national().overlay("bench.toml", back_and_forth::OVERLAY)?;
    let definition = back_and_forth::definition(&rules)?;
    let setup = county::setup_under(store, rules).map_err(|problems| format!("{problems:?}"))?;
    Ok(setup.procedures([definition]).clock(clock).open().await?)
}
