//! PostgreSQL keeps the contract of a store: on connections of its own, on the host's pool, behind
//! `PgBouncer`, which gives each transaction another session, for a user with the least rights behind
//! row security, and in tables that are partitioned by realm. Each clause has a schema of its own on the server that `HEXACASE_POSTGRES`
//! names.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod server;

use std::{env, pin::Pin, process::Command, sync::Arc};

use hexacase::{
    store::Store,
    testing::{
        Fixture,
        conformance::{Damage, Damaged, sample_meta},
    },
};
use hexacase_postgres::{PostgresOptions, PostgresStore};
use server::rights;
use sqlx::{AssertSqlSafe, Executor, PgPool};

/// A store in a schema of its own, which is set up.
async fn fixture(open: fn(PostgresOptions) -> Opening) -> Fixture {
    let options = server::fresh_schema().await;
    let store = open(options.clone()).await;
    store.init(&sample_meta()).await.unwrap();
    let schema = options.schema.clone();
    Fixture::new(store, sample_meta())
        .damaged_by(move |damage| harm(schema.clone(), damage))
        .reopened_by(move || {
            let opening = open(options.clone());
            async move { Arc::new(opening.await) as Arc<dyn Store> }
        })
}

type Opening = Pin<Box<dyn Future<Output = PostgresStore> + Send>>;

fn own_connections(options: PostgresOptions) -> Opening {
    Box::pin(async { PostgresStore::connect(options).await.unwrap() })
}

fn hosts_pool(options: PostgresOptions) -> Opening {
    Box::pin(async move {
        let pool = PgPool::connect(&options.url).await.unwrap();
        let mut options = options;
        options.url.clear();
        PostgresStore::with_pool(pool, options).await.unwrap()
    })
}

fn pooler(options: PostgresOptions) -> Opening {
    let mut options = options;
    options.pooled = true;
    options.url = pooler_url();
    own_connections(options)
}

const NO_POOLER: &str = "HEXACASE_PGBOUNCER names no pooler. Install the package pgbouncer, with \
     which `tests/postgres run` starts one (`tests/run` installs it when it is run as root)\n";

/// The address of the pooler before the server.
fn pooler_url() -> String {
    env::var("HEXACASE_PGBOUNCER").unwrap_or_else(|_| panic!("{NO_POOLER}"))
}

/// The owner sets the schema up; who works in it may do no more than it must, and is guarded.
async fn least_rights() -> Fixture {
    let owner = server::fresh_schema().await;
    let store = PostgresStore::connect(owner.clone()).await.unwrap();
    store.init(&sample_meta()).await.unwrap();
    store.close().await.unwrap();
    rights::app_user().await;
    rights::psql("roles.sql", &[("schema", &owner.schema), ("app", rights::APP)]);
    rights::psql("row_security.sql", &[("schema", &owner.schema)]);
    let mut options = rights::as_app(&owner);
    options.realm = Some(sample_meta().realm);
    options.row_security = true;
    let store = PostgresStore::connect(options.clone()).await.unwrap();
    Fixture::new(store, sample_meta())
        .damaged_by(move |damage| harm(owner.schema.clone(), damage))
        .reopened_by(move || {
            let opening = own_connections(options.clone());
            async move { Arc::new(opening.await) as Arc<dyn Store> }
        })
}

/// The owner migrates by hand, with tables that are partitioned.
async fn partitioned() -> Fixture {
    let options = server::fresh_schema().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/sql/print-migrations");
    let printed = Command::new(script).args(["--partitions", "3", &options.schema]).output();
    let printed = String::from_utf8(printed.unwrap().stdout).unwrap();
    assert!(printed.contains("PARTITION BY HASH (realm)"));
    let mut owner = server::stranger().await;
    owner.execute(sqlx::raw_sql(AssertSqlSafe(printed))).await.unwrap();
    let store = own_connections(options.clone()).await;
    store.init(&sample_meta()).await.unwrap();
    let schema = options.schema.clone();
    Fixture::new(store, sample_meta())
        .damaged_by(move |damage| harm(schema.clone(), damage))
        .reopened_by(move || {
            let opening = own_connections(options.clone());
            async move { Arc::new(opening.await) as Arc<dyn Store> }
        })
}

async fn harm(schema: String, damage: Damage) -> Option<Damaged> {
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
    let text = format!("UPDATE {schema}.{table} SET {column} = {value} WHERE {row}");
    let done = server::stranger().await.execute(AssertSqlSafe(text)).await.unwrap();
    assert_eq!(done.rows_affected(), 1, "{damage:?}");
    Some(Damaged { table, column })
}

fn by(column: &str, id: &[u8; 16]) -> String {
    format!("{column} = decode('{}', 'hex')", hex::encode(id))
}

mod on_connections_of_its_own {
    use super::*;

    async fn fresh() -> Fixture {
        fixture(own_connections).await
    }

    hexacase::store_conformance!(fresh, damage);
}

mod on_the_hosts_pool {
    use super::*;

    async fn fresh() -> Fixture {
        fixture(hosts_pool).await
    }

    hexacase::store_conformance!(fresh, damage);
}

mod behind_a_pooler {
    use super::*;

    async fn fresh() -> Fixture {
        fixture(pooler).await
    }

    hexacase::store_conformance!(fresh, damage);
}

mod with_the_least_rights {
    use super::*;

    async fn fresh() -> Fixture {
        least_rights().await
    }

    hexacase::store_conformance!(fresh, damage);
}

mod in_partitions {
    use super::*;

    async fn fresh() -> Fixture {
        partitioned().await
    }

    hexacase::store_conformance!(fresh, damage);
}
