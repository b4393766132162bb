//! SQLite keeps the contract of a store, in a file of our own and beside the host's tables.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{path::PathBuf, sync::Arc};

use hexacase::{
    store::Store,
    testing::{
        Fixture,
        conformance::{Damage, Damaged, sample_meta},
    },
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use sqlx::{Connection, SqliteConnection, SqlitePool, sqlite::SqliteConnectOptions};

/// The store in `file`, which is set up if it is not.
async fn fixture(open: fn(PathBuf) -> Opening) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.db");
    let store = open(file.clone()).await;
    store.init(&sample_meta()).await.unwrap();
    let damaged = file.clone();
    Fixture::new(store, sample_meta())
        .damaged_by(move |damage| harm(damaged.clone(), damage))
        .reopened_by(move || {
            let opening = open(file.clone());
            async move { Arc::new(opening.await) as Arc<dyn Store> }
        })
        .guarded_by(folder)
}

type Opening = std::pin::Pin<Box<dyn Future<Output = SqliteStore> + Send>>;

fn own_file(file: PathBuf) -> Opening {
    Box::pin(async { SqliteStore::connect(SqliteOptions::new(file)).await.unwrap() })
}

fn hosts_file(file: PathBuf) -> Opening {
    let driver = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    Box::pin(async {
        let pool = SqlitePool::connect_with(driver).await.unwrap();
        let host = "CREATE TABLE IF NOT EXISTS fee (paid INTEGER)";
        sqlx::query(host).execute(&pool).await.unwrap();
        let mut options = SqliteOptions::new("");
        "case_".clone_into(&mut options.prefix);
        SqliteStore::with_pool(pool, options).await.unwrap()
    })
}

async fn harm(file: PathBuf, damage: Damage) -> Option<Damaged> {
    let (table, column, value, row) = match &damage {
        Damage::CaseArea(case) => ("case_file", "area", "'no area'", by("id", case.as_bytes())),
        Damage::CaseHead(case) => {
            ("case_file", "head", "substr(head, 1, 31)", by("id", case.as_bytes()))
        }
        Damage::DutyState(case, no) => {
            let row = format!("{} AND no = {no}", by("case_id", case.as_bytes()));
            ("duty", "state", "'odd'", row)
        }
        Damage::EntryHash(case, seq) => {
            let row = format!("{} AND seq = {seq}", by("case_id", case.as_bytes()));
            ("entry", "hash", "substr(hash, 1, 31)", row)
        }
        Damage::CommandHash(command) => {
            ("command", "hash", "substr(hash, 1, 31)", by("id", command.as_bytes()))
        }
        Damage::MessageContent(message) => {
            ("message", "content", "substr(content, 1, 3)", by("id", message.as_bytes()))
        }
        Damage::StaffGrants(person) => {
            ("staff", "grants", "substr(grants, 1, 1)", format!("id = '{person}'"))
        }
        other => panic!("damage that is not known here: {other:?}"),
    };
    let driver = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&driver).await.unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%' || $1";
    let name: String = sqlx::query_scalar(tables)
        .bind(format!("_{table}"))
        .fetch_one(&mut connection)
        .await
        .unwrap();
    // A state changes what partial indexes hold; the hand that does damage does not ask.
    let text = format!("UPDATE {name} SET {column} = {value} WHERE {row}");
    let done = sqlx::query(sqlx::AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
    assert_eq!(done.rows_affected(), 1, "{damage:?}");
    Some(Damaged { table, column })
}

fn by(column: &str, id: &[u8; 16]) -> String {
    format!("{column} = x'{}'", hex::encode(id))
}

mod in_a_file_of_its_own {
    use super::*;

    async fn fresh() -> Fixture {
        fixture(own_file).await
    }

    hexacase::store_conformance!(fresh, damage);
}

mod beside_the_hosts_tables {
    use super::*;

    async fn fresh() -> Fixture {
        fixture(hosts_file).await
    }

    hexacase::store_conformance!(fresh, damage);
}
