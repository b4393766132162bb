//! The engine on a store of a third party: opens the journal, takes two steps, opens it anew and
//! verifies every entry of it.
//!
//! `embed-own-store [FILE]`

use std::{env, error::Error, path::Path};

use embed_own_store::JournalStore;
use hexacase::{
    county,
    engine::{Command, Engine, VerifyOptions},
    store::{Meta, StaffRow},
    terms::{
        actor::{Actor, Grant, Role},
        entropy::{SystemEntropy, uuid_v7},
        id::{ActorId, OriginId, UnitId},
        time::{Clock, SystemClock},
    },
};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).unwrap_or_else(|| "county.journal".to_owned());
    let path = Path::new(&file);
    let store = if path.exists() {
        JournalStore::open(path)?
    } else {
        let (realm, name, created_at) = ("999999".parse()?, "示例县".to_owned(), SystemClock.now());
        let origin = OriginId::from(uuid_v7(created_at, &SystemEntropy));
        JournalStore::create(path, &Meta { realm, name, origin, created_at, demo: true })?
    };
    let engine = open(store).await?;
    let director = Actor::at_work(ActorId::new("u-7")?);
    if engine.staff().await?.is_empty() {
        engine.change_staff(&director, vec![village_director()?]).await?;
    }

    let clue = json!({
        "source": "school", "facts": "连续三天未到校", "seen_at": "2026-03-01 14:05",
        "description": "约八岁男童", "suspected_red": false,
    });
    let clue = Command::open_named(director.clone(), "risk_alert", "register_clue", clue);
    let opened = engine.execute(clue).await?;
    let verify = json!({ "verifier": "示例甲" });
    let verify = Command::fire_named(director.clone(), opened.case, "start_verification", verify);
    let receipt = engine.execute(verify).await?;
    println!("{} 已写入日志 written: {} {}", receipt.number, receipt.state, receipt.hash);

    // A program that was started anew has the file and nothing else.
    drop(engine);
    let engine = open(JournalStore::open(path)?).await?;
    let verdict = engine.verify(VerifyOptions { redecide: true }, |_| ()).await?;
    println!(
        "重新打开并核验 opened anew and verified: {} 件个案 cases, {} 条留痕 entries, {} 处问题 faults",
        verdict.cases,
        verdict.entries,
        verdict.faults.len()
    );
    if !verdict.is_clean() {
        return Err(format!("{:?}", verdict.faults).into());
    }
    for item in engine.worklist(&director, None, 50).await?.items {
        println!("待办 to do: {} {} {:?}", item.row.number, item.row.duty.name, item.transitions);
    }
    Ok(())
}

async fn open(store: JournalStore) -> Result<Engine, Box<dyn Error>> {
    let setup = county::setup(store).map_err(|problems| format!("{problems:?}"))?;
    Ok(setup.open().await?)
}

fn village_director() -> Result<StaffRow, Box<dyn Error>> {
    let (id, name, unit) = (ActorId::new("u-7")?, "示例甲".to_owned(), UnitId::new("village-1")?);
    let role = Role::new("child_welfare_director");
    let grants = vec![Grant { role, area: "999999101201".parse()?, unit: unit.clone() }];
    Ok(StaffRow { id, name, grants, unit, leader: false, active: true, absences: Vec::new() })
}
