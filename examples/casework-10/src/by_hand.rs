//! The same work written by hand: a row for each case, a row for each step, the version compared, one
//! transaction a step. No permission, no duty, no deadline, no chain: what a team writes on its first
//! day, and the least that any engine has to be measured by.

use std::{error::Error, fs, path::Path, sync::Arc, time::Duration};

use sqlx::{
    AssertSqlSafe, Executor, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    flushes::Disk,
    measure::{self, Measured},
};

/// A row of JSON as a case has it, and one as a step has it.
const DATA: &str = r#"{"child":"示例儿童","area":"999999101201","facts":"连续三天未到校，与祖父母同住","grade":"yellow"}"#;
const DETAIL: &str = r#"{"detail":"核实情况：与监护人通话并上门查看，孩子在家，情绪稳定"}"#;

fn schema(prefix: &str, bytes: &str) -> String {
    format!(
        "CREATE TABLE {prefix}hand_case (id BIGINT NOT NULL PRIMARY KEY, state TEXT NOT NULL, \
         version BIGINT NOT NULL, updated_at BIGINT NOT NULL, data {bytes} NOT NULL);\n\
         CREATE TABLE {prefix}hand_audit (case_id BIGINT NOT NULL, version BIGINT NOT NULL, \
         event TEXT NOT NULL, actor TEXT NOT NULL, at BIGINT NOT NULL, detail {bytes} NOT NULL, \
         PRIMARY KEY (case_id, version))"
    )
}

const UPDATE: &str = "UPDATE {p}hand_case SET state = $1, version = version + 1, updated_at = $2 \
     WHERE id = $3 AND version = $4";
const INSERT: &str = "INSERT INTO {p}hand_audit (case_id, version, event, actor, at, detail) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const OPEN: &str =
    "INSERT INTO {p}hand_case (id, state, version, updated_at, data) VALUES ($1, 's0', 0, 0, $2)";

/// The size of a database file with its log, in bytes.
pub(crate) fn size(path: &Path) -> u64 {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let length = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    length(path).saturating_add(length(log.as_ref()))
}

fn number(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Over an sqlx pool on SQLite, durable as the engine is.
pub(crate) async fn on_sqlite(
    path: &Path,
    cases: usize,
    clients: usize,
) -> Result<Measured, Box<dyn Error + Send + Sync>> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_mins(1));
    let most = u32::try_from(clients.min(8)).unwrap_or(8);
    let pool = SqlitePoolOptions::new()
        .max_connections(most)
        .acquire_timeout(Duration::from_mins(5))
        .connect_with(options)
        .await?;
    pool.execute(AssertSqlSafe(schema("", "TEXT"))).await?;
    let mut tx = pool.begin().await?;
    for case in 0..cases {
        let open = sqlx::query(AssertSqlSafe(OPEN.replace("{p}", "")));
        open.bind(number(case)).bind(DATA).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    let (update, insert) = (UPDATE.replace("{p}", ""), INSERT.replace("{p}", ""));
    let texts: Arc<(Arc<str>, Arc<str>)> = Arc::new((update.into(), insert.into()));
    let shared = pool.clone();
    let step = move |case: usize, at: usize| {
        let (pool, texts): (SqlitePool, _) = (shared.clone(), Arc::clone(&texts));
        async move {
            let mut tx =
                pool.begin_with("BEGIN IMMEDIATE").await.map_err(|problem| problem.to_string())?;
            let update = sqlx::query(AssertSqlSafe(Arc::clone(&texts.0)))
                .bind(format!("s{}", at.saturating_add(1)))
                .bind(number(at))
                .bind(number(case))
                .bind(number(at));
            if update
                .execute(&mut *tx)
                .await
                .map_err(|problem| problem.to_string())?
                .rows_affected()
                != 1
            {
                return Err("somebody else came first".to_owned());
            }
            let insert = sqlx::query(AssertSqlSafe(Arc::clone(&texts.1)))
                .bind(number(case))
                .bind(number(at.saturating_add(1)))
                .bind("step")
                .bind("u-7")
                .bind(number(at))
                .bind(DETAIL);
            insert.execute(&mut *tx).await.map_err(|problem| problem.to_string())?;
            tx.commit().await.map_err(|problem| problem.to_string())
        }
    };
    let disk = Disk::of(path);
    let before = disk.flushes();
    let (took, waits) = measure::run(cases, clients, step).await?;
    let flushed = disk.flushes_since(before);
    pool.close().await;
    let measured = Measured::of("by hand, sqlx pool, SQLite", clients, took, waits);
    Ok(measured.flushed(flushed).grew_by(size(path)))
}

/// Over an sqlx pool on PostgreSQL.
pub(crate) async fn on_postgres(
    url: &str,
    schema_name: &str,
    cases: usize,
    clients: usize,
) -> Result<Measured, Box<dyn Error + Send + Sync>> {
    let most = u32::try_from(clients.min(16)).unwrap_or(16);
    let pool: PgPool = PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(Duration::from_mins(5))
        .connect(url)
        .await?;
    let prefix = format!("{schema_name}.");
    let made = format!("CREATE SCHEMA {schema_name};\n{}", schema(&prefix, "JSONB"));
    pool.execute(sqlx::raw_sql(AssertSqlSafe(made))).await?;
    let mut tx = pool.begin().await?;
    for case in 0..cases {
        let text = OPEN.replace("{p}", &prefix).replace("$2)", "$2::jsonb)");
        let open = sqlx::query(AssertSqlSafe(text));
        open.bind(number(case)).bind(DATA).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    let insert = INSERT.replace("{p}", &prefix).replace("$6)", "$6::jsonb)");
    let update = UPDATE.replace("{p}", &prefix);
    let texts: Arc<(Arc<str>, Arc<str>)> = Arc::new((update.into(), insert.into()));
    let shared = pool.clone();
    let step = move |case: usize, at: usize| {
        let (pool, texts): (PgPool, _) = (shared.clone(), Arc::clone(&texts));
        async move {
            let mut tx = pool.begin().await.map_err(|problem| problem.to_string())?;
            let update = sqlx::query(AssertSqlSafe(Arc::clone(&texts.0)))
                .bind(format!("s{}", at.saturating_add(1)))
                .bind(number(at))
                .bind(number(case))
                .bind(number(at));
            if update
                .execute(&mut *tx)
                .await
                .map_err(|problem| problem.to_string())?
                .rows_affected()
                != 1
            {
                return Err("somebody else came first".to_owned());
            }
            let insert = sqlx::query(AssertSqlSafe(Arc::clone(&texts.1)))
                .bind(number(case))
                .bind(number(at.saturating_add(1)))
                .bind("step")
                .bind("u-7")
                .bind(number(at))
                .bind(DETAIL);
            insert.execute(&mut *tx).await.map_err(|problem| problem.to_string())?;
            tx.commit().await.map_err(|problem| problem.to_string())
        }
    };
    let disk = Disk::of_server(url).await;
    let before = disk.flushes();
    let (took, waits) = measure::run(cases, clients, step).await?;
    let flushed = disk.flushes_since(before);
    let bytes: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT (pg_total_relation_size('{prefix}hand_case') \
         + pg_total_relation_size('{prefix}hand_audit'))::bigint"
    )))
    .fetch_one(&pool)
    .await?;
    pool.execute(AssertSqlSafe(format!("DROP SCHEMA {schema_name} CASCADE"))).await?;
    pool.close().await;
    let measured = Measured::of("by hand, sqlx pool, PostgreSQL", clients, took, waits);
    Ok(measured.flushed(flushed).grew_by(u64::try_from(bytes).unwrap_or(0)))
}

/// Over rusqlite, on one thread: the steadiest yardstick, for one client only.
pub(crate) fn on_rusqlite(
    path: &Path,
    cases: usize,
) -> Result<Measured, Box<dyn Error + Send + Sync>> {
    let mut connection = rusqlite::Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute_batch(&schema("", "TEXT"))?;
    let opening = connection.transaction()?;
    for case in 0..cases {
        opening.execute(&OPEN.replace("{p}", ""), rusqlite::params![number(case), DATA])?;
    }
    opening.commit()?;
    let (update, insert) = (UPDATE.replace("{p}", ""), INSERT.replace("{p}", ""));
    let disk = Disk::of(path);
    let before = disk.flushes();
    let mut waits = Vec::new();
    let began = tokio::time::Instant::now();
    for at in 0..10_usize {
        for case in 0..cases {
            let asked = tokio::time::Instant::now();
            let tx =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let state = format!("s{}", at.saturating_add(1));
            let changed = tx.prepare_cached(&update)?.execute(rusqlite::params![
                state,
                number(at),
                number(case),
                number(at)
            ])?;
            if changed != 1 {
                return Err("somebody else came first".into());
            }
            let version = number(at.saturating_add(1));
            let row = rusqlite::params![number(case), version, "step", "u-7", number(at), DETAIL];
            tx.prepare_cached(&insert)?.execute(row)?;
            tx.commit()?;
            waits.push(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
    }
    let (took, flushed) = (began.elapsed(), disk.flushes_since(before));
    drop(connection);
    let measured = Measured::of("by hand, rusqlite", 1, took, waits);
    Ok(measured.flushed(flushed).grew_by(size(path)))
}
