//! Triggers on every table of ours that let the writing of a row fail: the so-manieth of a
//! transaction, or all of one case. What they count is undone with the transaction, so the same
//! row fails again until the fuse is set anew.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on is to stop"
)]

use std::path::Path;

use hexacase::terms::id::CaseId;
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

/// Tables that steps write.
const TABLES: [&str; 14] = [
    "directory",
    "staff",
    "case_number",
    "case_file",
    "entry",
    "body",
    "duty",
    "duty_match",
    "attribute",
    "command",
    "scope",
    "message",
    "rung",
    "outbox",
];
const WRITES: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

/// A fuse in a database.
#[derive(Debug)]
pub enum Fuse {
    /// In an SQLite file.
    Sqlite(SqlitePool),
    /// In a schema of PostgreSQL.
    Postgres(PgPool, String),
}

impl Fuse {
    /// Puts a fuse into a file that was set up.
    pub async fn in_sqlite(path: &Path) -> Self {
        let address = format!("sqlite://{}", path.display());
        let fuse = Self::Sqlite(SqlitePool::connect(&address).await.expect("a database"));
        fuse.run("CREATE TABLE fuse (rows_left INTEGER NOT NULL, no_case BLOB)".to_owned()).await;
        fuse.run("INSERT INTO fuse VALUES (0, NULL)".to_owned()).await;
        for table in TABLES {
            for write in WRITES {
                fuse.run(format!(
                    "CREATE TRIGGER fuse_{table}_{write} BEFORE {write} ON hexacase_{table} BEGIN
                       UPDATE fuse SET rows_left = rows_left - 1;
                       SELECT RAISE(ABORT, 'the fuse blew') FROM fuse WHERE rows_left = 0;
                     END"
                ))
                .await;
            }
        }
        fuse.run(
            "CREATE TRIGGER fuse_case BEFORE INSERT ON hexacase_entry BEGIN
               SELECT RAISE(ABORT, 'the fuse blew') FROM fuse WHERE no_case = NEW.case_id;
             END"
            .to_owned(),
        )
        .await;
        fuse
    }

    /// Puts a fuse into a schema that was set up.
    pub async fn in_postgres(url: &str, schema: &str) -> Self {
        let pool = PgPool::connect(url).await.expect("a database");
        let fuse = Self::Postgres(pool, schema.to_owned());
        for text in [
            format!("CREATE TABLE {schema}.fuse (rows_left BIGINT NOT NULL, no_case BYTEA)"),
            format!("INSERT INTO {schema}.fuse VALUES (0, NULL)"),
            format!(
                "CREATE FUNCTION {schema}.blow() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN
                   UPDATE {schema}.fuse SET rows_left = rows_left - 1;
                   IF (SELECT rows_left FROM {schema}.fuse) = 0 THEN
                     RAISE EXCEPTION 'the fuse blew';
                   END IF;
                   IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                   RETURN NEW;
                 END $$"
            ),
            format!(
                "CREATE FUNCTION {schema}.blow_case() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN
                   IF NEW.case_id = (SELECT no_case FROM {schema}.fuse) THEN
                     RAISE EXCEPTION 'the fuse blew';
                   END IF;
                   RETURN NEW;
                 END $$"
            ),
            format!(
                "CREATE TRIGGER fuse_case BEFORE INSERT ON {schema}.entry
                 FOR EACH ROW EXECUTE FUNCTION {schema}.blow_case()"
            ),
        ] {
            fuse.run(text).await;
        }
        for table in TABLES {
            fuse.run(format!(
                "CREATE TRIGGER fuse BEFORE INSERT OR UPDATE OR DELETE ON {schema}.{table}
                 FOR EACH ROW EXECUTE FUNCTION {schema}.blow()"
            ))
            .await;
        }
        fuse
    }

    /// From now on the writing of this row of each transaction fails, counted from 1; 0 for none.
    pub async fn blow_at(&self, row: usize) {
        self.set(&format!("rows_left = {row}")).await;
    }

    /// From now on no step of this case can be written; of any, if none is named.
    pub async fn blow_for(&self, case: Option<CaseId>) {
        let id = case.map(|case| hex::encode(case.as_bytes()));
        let value = match (self, id) {
            (_, None) => "NULL".to_owned(),
            (Self::Sqlite(_), Some(id)) => format!("x'{id}'"),
            (Self::Postgres(..), Some(id)) => format!("'\\x{id}'::bytea"),
        };
        self.set(&format!("no_case = {value}")).await;
    }

    async fn set(&self, what: &str) {
        let table = match self {
            Self::Sqlite(_) => "fuse".to_owned(),
            Self::Postgres(_, schema) => format!("{schema}.fuse"),
        };
        self.run(format!("UPDATE {table} SET {what}")).await;
    }

    async fn run(&self, text: String) {
        let query = sqlx::raw_sql(AssertSqlSafe(text));
        match self {
            Self::Sqlite(pool) => drop(query.execute(pool).await.expect("a fuse")),
            Self::Postgres(pool, _) => drop(query.execute(pool).await.expect("a fuse")),
        }
    }
}
