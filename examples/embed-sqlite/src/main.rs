//! A portal with a table of its own, `visit`, in the same SQLite file as the cases: what the portal
//! writes and a case's step are committed together, or vanish together.
//!
//! `embed-sqlite [FILE] [crash]`: with `crash` it dies between the two writes and the commit.

use std::{env, error::Error, process};

use hexacase::{
    county,
    engine::{Command, Engine, Receipt},
    store::{Meta, OwnedTx, StaffRow},
    terms::{
        actor::{Actor, Grant, Role},
        entropy::{SystemEntropy, uuid_v7},
        id::{ActorId, OriginId, UnitId},
        time::{Clock, SystemClock},
    },
};
use hexacase_sqlite::{HostTx, SqliteOptions, SqliteStore};
use serde_json::json;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

const VISIT: &str = "CREATE TABLE IF NOT EXISTS visit (alert TEXT NOT NULL, said TEXT NOT NULL)";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let file = arguments.next().unwrap_or_else(|| "portal.db".to_owned());
    let crash = arguments.next().as_deref() == Some("crash");

    // The portal's pool. The store brings the file into WAL and refuses what could lose a commit.
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await?;
    let store = SqliteStore::with_pool(pool.clone(), SqliteOptions::new(&file)).await?;
    if store.schema_version().await?.is_none() {
        let (realm, name, created_at) = ("999999".parse()?, "示例县".to_owned(), SystemClock.now());
        let origin = OriginId::from(uuid_v7(created_at, &SystemEntropy));
        store.init(&Meta { realm, name, origin, created_at, demo: true }).await?;
    }
    sqlx::query(VISIT).execute(&pool).await?;
    let setup = county::setup(store.clone()).map_err(|problems| format!("{problems:?}"))?;
    let engine = setup.open().await?;
    let director = Actor::at_work(ActorId::new("u-7")?);
    if engine.staff().await?.is_empty() {
        engine.change_staff(&director, vec![village_director()?]).await?;
    }
    let verify = |actor: &Actor, opened: &Receipt| {
        let form = json!({ "verifier": "示例甲" });
        Command::fire_named(actor.clone(), opened.case, "start_verification", form)
    };

    // A visit and the alert it led to, together.
    let mut tx = store.begin_host(&pool).await?;
    let clue = json!({
        "source": "school", "facts": "连续三天未到校", "seen_at": "2026-03-01 14:05",
        "description": "约八岁男童", "suspected_red": false,
    });
    let clue = Command::open_named(director.clone(), "risk_alert", "register_clue", clue);
    let opened = engine.execute_in(&mut tx, clue).await?;
    visit(&mut tx, &opened, "老师说孩子三天未到校").await?;
    if crash {
        process::abort();
    }
    Box::new(tx).commit().await?;
    report("一并提交 committed together", &engine, &pool, &opened).await?;

    // Rolled back, neither is there.
    let mut tx = store.begin_host(&pool).await?;
    engine.execute_in(&mut tx, verify(&director, &opened)).await?;
    visit(&mut tx, &opened, "敲门无人").await?;
    tx.rollback().await?;
    report("一并撤回 rolled back together", &engine, &pool, &opened).await?;

    // A refusal and a conflict are answers: the portal's transaction goes on.
    let mut tx = store.begin_host(&pool).await?;
    let stranger = Actor::at_work(ActorId::new("u-8")?);
    let refused = engine.execute_in(&mut tx, verify(&stranger, &opened)).await;
    let refused = refused.err().ok_or("a stranger may not take this step")?;
    println!("不能办理 refused: {} {refused}", refused.zh());
    engine.execute_in(&mut tx, verify(&director, &opened)).await?;
    visit(&mut tx, &opened, "见到孩子，在奶奶家").await?;
    let late = verify(&director, &opened).expecting(opened.revision);
    let conflict = engine.execute_in(&mut tx, late).await;
    let conflict = conflict.err().ok_or("the case has moved on since this page was shown")?;
    println!("个案已变动 conflict: {} {conflict}", conflict.zh());
    Box::new(tx).commit().await?;
    report("照常提交 committed all the same", &engine, &pool, &opened).await?;

    for item in engine.worklist(&director, None, 5).await?.items {
        println!("待办 to do: {} {} {:?}", item.row.number, item.row.duty.name, item.transitions);
    }
    Ok(())
}

/// The portal's own write, in the transaction of the step.
async fn visit(tx: &mut HostTx, of: &Receipt, said: &str) -> Result<(), sqlx::Error> {
    let insert = sqlx::query("INSERT INTO visit (alert, said) VALUES ($1, $2)");
    insert.bind(of.case.to_string()).bind(said).execute(tx.connection()).await.map(drop)
}

async fn report(
    what: &str,
    engine: &Engine,
    pool: &SqlitePool,
    of: &Receipt,
) -> Result<(), Box<dyn Error>> {
    let visits = sqlx::query_scalar("SELECT count(*) FROM visit WHERE alert = $1");
    let visits: i64 = visits.bind(of.case.to_string()).fetch_one(pool).await?;
    let entries = engine.history(of.case).await?.len();
    println!("{what}: {} 走访 visits {visits}, 留痕 entries {entries}", of.number);
    Ok(())
}

fn village_director() -> Result<StaffRow, Box<dyn Error>> {
    let (id, name, unit) = (ActorId::new("u-7")?, "示例甲".to_owned(), UnitId::new("village-1")?);
    let role = Role::new("child_welfare_director");
    let grants = vec![Grant { role, area: "999999101201".parse()?, unit: unit.clone() }];
    Ok(StaffRow { id, name, grants, unit, leader: false, active: true, absences: Vec::new() })
}
