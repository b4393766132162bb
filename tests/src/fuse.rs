//! Triggers on every table of ours that let the writing of a row fail: the so-manieth of a
//! transaction, or all of one case, at once or in the commit. What they count is undone with the
//! transaction, so the same row fails again until the fuse is set anew.

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

/// How a fuse fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blows {
    /// For no reason that is known.
    Plainly,
    /// As PostgreSQL does when it cannot put transactions into an order.
    Unserializable,
    /// As PostgreSQL does when it finds a deadlock.
    Deadlocked,
}

impl Blows {
    /// What PostgreSQL calls it.
    fn code(self) -> &'static str {
        match self {
            Self::Plainly => "P0001",
            Self::Unserializable => "40001",
            Self::Deadlocked => "40P01",
        }
    }
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
            format!(
                "CREATE TABLE {schema}.fuse (rows_left BIGINT NOT NULL, no_case BYTEA,
                   no_commit BYTEA, code TEXT NOT NULL)"
            ),
            format!("INSERT INTO {schema}.fuse VALUES (0, NULL, NULL, 'P0001')"),
            format!(
                "CREATE FUNCTION {schema}.blow() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN
                   UPDATE {schema}.fuse SET rows_left = rows_left - 1;
                   IF (SELECT rows_left FROM {schema}.fuse) = 0 THEN
                     RAISE EXCEPTION 'the fuse blew'
                       USING ERRCODE = (SELECT code FROM {schema}.fuse);
                   END IF;
                   IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                   RETURN NEW;
                 END $$"
            ),
            format!(
                "CREATE FUNCTION {schema}.blow_case() RETURNS trigger LANGUAGE plpgsql AS $$
                 DECLARE
                   said RECORD;
                 BEGIN
                   SELECT * INTO said FROM {schema}.fuse;
                   IF TG_WHEN = 'BEFORE' AND NEW.case_id = said.no_case
                     OR TG_WHEN = 'AFTER' AND NEW.case_id = said.no_commit THEN
                     RAISE EXCEPTION 'the fuse blew' USING ERRCODE = said.code;
                   END IF;
                   RETURN NEW;
                 END $$"
            ),
            format!(
                "CREATE TRIGGER fuse_case BEFORE INSERT ON {schema}.entry
                 FOR EACH ROW EXECUTE FUNCTION {schema}.blow_case()"
            ),
            format!(
                "CREATE CONSTRAINT TRIGGER fuse_commit AFTER INSERT ON {schema}.entry
                 DEFERRABLE INITIALLY DEFERRED
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
        self.set(&format!("no_case = {}", self.id(case))).await;
    }

    /// From now on no step of this case can be committed, on PostgreSQL; of any, if none is named.
    pub async fn blow_commit_for(&self, case: Option<CaseId>) {
        self.set(&format!("no_commit = {}", self.id(case))).await;
    }

    /// From now on it fails like this, on PostgreSQL.
    pub async fn blows(&self, how: Blows) {
        self.set(&format!("code = '{}'", how.code())).await;
    }

    fn id(&self, case: Option<CaseId>) -> String {
        let id = case.map(|case| hex::encode(case.as_bytes()));
        match (self, id) {
            (_, None) => "NULL".to_owned(),
            (Self::Sqlite(_), Some(id)) => format!("x'{id}'"),
            (Self::Postgres(..), Some(id)) => format!("'\\x{id}'::bytea"),
        }
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
