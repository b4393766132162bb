//! A portal whose people stand in its own tables: who may do what follows from `account` and
//! `department`, and an account that is closed there can do nothing here from its next click on.

mod portal_directory;

use std::error::Error;

use hexacase::{
    county,
    engine::{Command, Engine},
    store::Meta,
    terms::{
        actor::Actor,
        entropy::{SystemEntropy, uuid_v7},
        id::{ActorId, CaseId, OriginId},
        time::{Clock, SystemClock},
    },
};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use serde_json::json;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

use crate::portal_directory::{PortalDirectory, TABLES};

/// What the portal's own pages have written long before.
const PEOPLE: &str = "\
INSERT OR IGNORE INTO department (id, name, area) VALUES ('d-31', '示例村', '999999101201');
INSERT OR IGNORE INTO account (id, name, department, post) VALUES
  ('u-7', '示例甲', 'd-31', '儿童主任'),
  ('u-8', '示例乙', 'd-31', '儿童主任'),
  ('u-9', '示例丙', 'd-31', '司机');
UPDATE account SET active = TRUE";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "portal.db".to_owned());
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await?;
    let store = SqliteStore::with_pool(pool.clone(), SqliteOptions::new(&file)).await?;
    if store.schema_version().await?.is_none() {
        let (realm, name, created_at) = ("999999".parse()?, "示例县".to_owned(), SystemClock.now());
        let origin = OriginId::from(uuid_v7(created_at, &SystemEntropy));
        store.init(&Meta { realm, name, origin, created_at, demo: true }).await?;
    }
    sqlx::raw_sql(TABLES).execute(&pool).await?;
    sqlx::raw_sql(PEOPLE).execute(&pool).await?;

    let setup = county::setup(store).map_err(|problems| format!("{problems:?}"))?;
    let engine = setup.directory(PortalDirectory::new(pool.clone())).open().await?;
    let (first, second) = (actor("u-7")?, actor("u-8")?);

    let clue = json!({
        "source": "school", "facts": "连续三天未到校", "seen_at": "2026-03-01 14:05",
        "description": "约八岁男童", "suspected_red": false,
    });
    let clue = Command::open_named(first.clone(), "risk_alert", "register_clue", clue);
    let opened = engine.execute(clue).await?;
    let history = engine.history(opened.case).await?;
    for entry in history {
        println!(
            "{} 由 {} 办理，名录 directory: {}",
            opened.number, first.id, entry.envelope.directory
        );
    }

    // The portal closes an account, as it always does: not a word to the engine.
    sqlx::query("UPDATE account SET active = FALSE WHERE id = 'u-7'").execute(&pool).await?;
    let refused = engine.execute(verify(&first, opened.case)).await.err();
    let refused = refused.ok_or("a closed account may do nothing")?;
    println!("{} 已停用 closed: {} {refused}", first.id, refused.zh());
    print_worklist(&engine, &first).await?;
    print_worklist(&engine, &second).await?;

    // A colleague of the same department goes on.
    let receipt = engine.execute(verify(&second, opened.case)).await?;
    println!("{} 由 {} 继续办理 goes on: {}", receipt.number, second.id, receipt.state);
    // A driver has an account in the portal and no role here.
    print_worklist(&engine, &actor("u-9")?).await
}

fn actor(id: &str) -> Result<Actor, Box<dyn Error>> {
    Ok(Actor::at_work(ActorId::new(id)?))
}

fn verify(actor: &Actor, case: CaseId) -> Command {
    let form = json!({ "verifier": actor.id });
    Command::fire_named(actor.clone(), case, "start_verification", form)
}

async fn print_worklist(engine: &Engine, actor: &Actor) -> Result<(), Box<dyn Error>> {
    let items = engine.worklist(actor, None, 50).await?.items;
    println!("{} 待办 to do: {}", actor.id, items.len());
    Ok(())
}
