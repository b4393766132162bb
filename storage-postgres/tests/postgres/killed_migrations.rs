//! A migration that stops after each of its statements: it leaves the version before, and the next one
//! resumes, from an empty database and from every earlier version.
//!
//! A database of this test's own counts the statements that make something (by an event trigger, on a
//! sequence that no rollback turns back), and lets the n-th fail or ends the session there, for every
//! n: in the short form one after the other, in the long form (`HEXACASE_LONG=1`) both. The line of each version, which follows the other statements of a migration, is stopped the same
//! way, and the commit by a line to the server that breaks before it and after it.

use hexacase_postgres::{PostgresOptions, PostgresStore, Trouble, TroubleKind};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};

use crate::{
    line::{Break, breaking},
    server::{fresh_schema, stranger, url},
};

/// The migrations in their order.
const MIGRATIONS: [(&str, &str); 4] = [
    ("0001_casework", include_str!("../../migrations/0001_casework.sql")),
    ("0002_post", include_str!("../../migrations/0002_post.sql")),
    ("0003_views", include_str!("../../migrations/0003_views.sql")),
    ("0004_worklist", include_str!("../../migrations/0004_worklist.sql")),
];

const BOOKKEEPING: &str = "CREATE SCHEMA {schema};\n\
     CREATE TABLE {schema}.migration (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)";

/// A database that was set up in version 1, so that a migration has a realm to bring along.
const META: &str = "INSERT INTO {schema}.meta (realm, name, origin, created_at, demo) \
     VALUES ('999999', '示例县', '\\x00', 0, TRUE)";

/// What stops a statement: `stop.at` says which, `stop.how` how.
const STOPS: &str = "\
CREATE SEQUENCE public.statement;
CREATE TABLE public.stop (at BIGINT NOT NULL, version BIGINT NOT NULL, how TEXT NOT NULL);
INSERT INTO public.stop VALUES (0, 0, '');
CREATE FUNCTION public.stop_here() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT how FROM public.stop) = 'fails' THEN RAISE EXCEPTION 'it fails here'; END IF;
  PERFORM pg_terminate_backend(pg_backend_pid());
  PERFORM pg_sleep(60);
END $$;
CREATE FUNCTION public.count_statement() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('public.statement') = (SELECT at FROM public.stop) THEN
    PERFORM public.stop_here();
  END IF;
END $$;
CREATE FUNCTION public.before_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version = (SELECT version FROM public.stop) THEN PERFORM public.stop_here(); END IF;
  RETURN NEW;
END $$;
CREATE EVENT TRIGGER count_statement ON ddl_command_end EXECUTE FUNCTION public.count_statement()";

/// Everything that is in a schema, and what a migration brings along.
const SNAPSHOT: &str = "\
SELECT 'column ' || c.relkind::text || ' ' || c.relname || ' ' || a.attnum || ' ' || a.attname || ' '
    || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attcollation
    || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
    || ' ' || coalesce(array_to_string(c.reloptions, ','), '') AS line
  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
  LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = '{schema}'::regnamespace
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = '{schema}'::regnamespace
UNION ALL SELECT 'index ' || pg_get_indexdef(oid)
  FROM pg_class WHERE relkind = 'i' AND relnamespace = '{schema}'::regnamespace
UNION ALL SELECT 'view ' || relname || ' ' || pg_get_viewdef(oid)
  FROM pg_class WHERE relkind = 'v' AND relnamespace = '{schema}'::regnamespace
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(t.oid)
  FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND c.relnamespace = '{schema}'::regnamespace
UNION ALL SELECT 'function ' || pg_get_functiondef(oid)
  FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace
ORDER BY line";

/// A schema that is brought to versions and back to none.
struct Subject {
    options: PostgresOptions,
    stranger: PgConnection,
}

impl Subject {
    async fn new(options: PostgresOptions) -> Self {
        let stranger = PgConnection::connect(&options.url).await.unwrap();
        Self { options, stranger }
    }

    async fn run(&mut self, text: &str) {
        let text = text.replace("{schema}", &self.options.schema);
        self.stranger.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.unwrap();
    }

    async fn lines(&mut self, text: &str) -> Vec<String> {
        let text = text.replace("{schema}", &self.options.schema);
        let rows = self.stranger.fetch_all(sqlx::raw_sql(AssertSqlSafe(text))).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// As the program of an earlier version left it; in version 0 there is no schema.
    async fn bring_to(&mut self, version: usize) {
        self.run("SET client_min_messages = error; DROP SCHEMA IF EXISTS {schema} CASCADE").await;
        for (number, (name, text)) in (1..=version).zip(MIGRATIONS) {
            if number == 1 {
                self.run(BOOKKEEPING).await;
            }
            self.run(&text.replace("{prefix}", "{schema}.")).await;
            let line = format!("INSERT INTO {{schema}}.migration VALUES ({number}, '{name}')");
            self.run(&line).await;
            if number == 1 {
                self.run(META).await;
            }
        }
    }

    async fn snapshot(&mut self) -> Vec<String> {
        let there = "SELECT nspname::text FROM pg_namespace WHERE nspname = '{schema}'";
        if self.lines(there).await.is_empty() {
            return Vec::new();
        }
        let mut lines = self.lines(SNAPSHOT).await;
        for (table, text) in [
            ("migration", "SELECT version || ' ' || name FROM {schema}.migration ORDER BY version"),
            ("turn", "SELECT realm || ' ' || name FROM {schema}.turn ORDER BY realm, name"),
        ] {
            if lines.iter().any(|line| line.starts_with(&format!("column r {table} "))) {
                lines.extend(self.lines(text).await);
            }
        }
        lines
    }

    async fn store(&self) -> PostgresStore {
        PostgresStore::connect(self.options.clone()).await.unwrap()
    }

    /// What a migration that nothing stops makes of a version, and the statements that it takes.
    async fn whole(&mut self, version: usize) -> (Vec<String>, i64) {
        self.bring_to(version).await;
        self.run("SELECT setval('public.statement', 1, FALSE)").await;
        self.store().await.migrate().await.unwrap();
        let next = self.lines("SELECT nextval('public.statement')::text").await;
        (self.snapshot().await, next[0].parse::<i64>().unwrap() - 1)
    }

    /// Migrates with what stops it, which leaves what was, and again without, which resumes.
    async fn stop(&mut self, how: &str, set: &str, whole: &[String]) {
        let before = self.snapshot().await;
        self.run(&format!("UPDATE public.stop SET how = '{how}', {set}")).await;
        self.run("SELECT setval('public.statement', 1, FALSE)").await;
        let store = self.store().await;
        let error = store.migrate().await.unwrap_err();
        let kind = Trouble::of(&error).map(Trouble::kind);
        let lost = (how == "ends").then_some(TroubleKind::ConnectionLost);
        assert_eq!(kind, lost, "{set}: {error:?}");
        assert_same(&self.snapshot().await, &before, &format!("{how}, {set}"));
        self.run("UPDATE public.stop SET at = 0, version = 0").await;
        self.run("DROP TRIGGER IF EXISTS before_line ON {schema}.migration").await;
        store.migrate().await.unwrap();
        assert_same(&self.snapshot().await, whole, &format!("{how}, {set}"));
        store.close().await.unwrap();
    }
}

/// Two schemas are the same; where not, in what.
fn assert_same(left: &[String], right: &[String], when: &str) {
    let more: Vec<_> = left.iter().filter(|line| !right.contains(line)).collect();
    let fewer: Vec<_> = right.iter().filter(|line| !left.contains(line)).collect();
    assert!(left == right, "{when}: too many {more:#?}, missing {fewer:#?}");
}

#[tokio::test]
async fn a_migration_that_stops_after_any_statement_is_resumed() {
    let mut administrator = stranger().await;
    let name = format!("killed_migrations_{}", std::process::id());
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    administrator.execute(AssertSqlSafe(drop.clone())).await.unwrap();
    administrator.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let url = url().replacen("/postgres?", &format!("/{name}?"), 1);
    let mut subject = Subject::new(PostgresOptions::new(url)).await;
    subject.run(STOPS).await;
    let is_long = std::env::var_os("HEXACASE_LONG").is_some();
    let mut stops = Vec::new();
    for version in 0..MIGRATIONS.len() {
        let (whole, statements) = subject.whole(version).await;
        stops.push(statements);
        for how in ["fails", "ends"] {
            // The two take turns in the short form.
            let first = i64::from(how == "ends") + 1;
            let (first, step) = if is_long { (1, 1) } else { (first, 2) };
            for at in (first..=statements).step_by(step) {
                subject.bring_to(version).await;
                subject.stop(how, &format!("at = {at}"), &whole).await;
            }
            for line in version + 1..=MIGRATIONS.len() {
                subject.bring_to(version).await;
                if version == 0 {
                    subject.run(BOOKKEEPING).await;
                }
                let trigger = "CREATE TRIGGER before_line BEFORE INSERT ON {schema}.migration \
                     FOR EACH ROW EXECUTE FUNCTION public.before_line()";
                subject.run(trigger).await;
                subject.stop(how, &format!("version = {line}"), &whole).await;
            }
        }
    }
    println!(
        "PostgreSQL: a migration from version 0, 1, 2 and 3 was stopped after each of {stops:?} statements \
         and before each line of a version, by a failure or by the end of the session"
    );
    assert!(stops[0] >= 40 && stops[2..] == [4, 1], "{stops:?}");
    subject.stranger.close().await.unwrap();
    administrator.execute(AssertSqlSafe(drop)).await.unwrap();
}

#[tokio::test]
async fn a_migration_whose_commit_is_not_answered_is_resumed() {
    for version in 0..MIGRATIONS.len() {
        for how in [Break::Before("COMMIT\0"), Break::After("COMMIT\0")] {
            let mut subject = Subject::new(fresh_schema().await).await;
            subject.bring_to(version).await;
            let before = subject.snapshot().await;
            let mut options = subject.options.clone();
            options.url = breaking(&subject.options.url, how);
            let broken = PostgresStore::connect(options).await.unwrap();
            let error = broken.migrate().await.unwrap_err();
            let kind = Trouble::of(&error).map(Trouble::kind);
            assert_eq!(kind, Some(TroubleKind::OutcomeUnknown), "{error:?}");
            // The next one waits for what the server still does.
            subject.store().await.migrate().await.unwrap();
            let whole = subject.snapshot().await;
            assert_ne!(before, whole);
            assert_eq!(whole.iter().filter(|line| line.ends_with("0004_worklist")).count(), 1);
        }
    }
}

/// On a schema in use the owner makes the index of version 4 beforehand, without holding anybody up.
#[tokio::test]
async fn an_index_that_was_made_beforehand_is_taken() {
    let mut subject = Subject::new(fresh_schema().await).await;
    subject.bring_to(4).await;
    let whole = subject.snapshot().await;
    subject.bring_to(3).await;
    let before = "CREATE INDEX CONCURRENTLY duty_match_by_date ON {schema}.duty_match \
         (realm, role, unit, due_order, case_id, no, area)";
    subject.run(before).await;
    subject.store().await.migrate().await.unwrap();
    assert_same(&subject.snapshot().await, &whole, "an index made beforehand");
}
