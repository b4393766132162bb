//! The engine's side: whole steps, with permission, deadline, sealed body, chained entry, duties,
//! command id.

use std::{error::Error, path::Path, sync::Arc};

use hexacase::{
    engine::{Command, Engine},
    store::{Meta, StaffRow, Store},
    terms::{
        actor::{Actor, Grant, Role},
        area::AreaPurpose,
        entropy::{SystemEntropy, uuid_v7},
        id::{ActorId, CaseId, CommandId, OriginId, UnitId},
        text::Text,
        time::{Clock, SystemClock},
    },
};
use hexacase_postgres::{PostgresOptions, PostgresStore};
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use serde_json::json;

use crate::{
    back_and_forth::{Arrive, BackAndForth, MOVES},
    by_hand,
    flushes::Disk,
    measure::{self, Measured},
    place,
};

/// What a step tells.
pub(crate) const DETAIL: &str =
    "核实情况：与监护人通话并上门查看，孩子在家，情绪稳定，已约定下次走访时间。";

/// What the databases of the bench are.
pub(crate) fn meta() -> Result<Meta, Box<dyn Error + Send + Sync>> {
    let created_at = SystemClock.now();
    let origin = OriginId::from(uuid_v7(created_at, &SystemEntropy));
    Ok(Meta {
        realm: "999999".parse()?, name: "示例县".to_owned(), origin, created_at, demo: true
    })
}

async fn open(store: impl Store) -> Result<(Engine, Actor), Box<dyn Error + Send + Sync>> {
    let engine = place::on(store, SystemClock).await?;
    let (id, unit) = (ActorId::new("u-7")?, UnitId::new("village-1")?);
    let role = Role::new("child_welfare_director");
    let grants = vec![Grant { role, area: "999999101201".parse()?, unit: unit.clone() }];
    let (name, actor) = ("示例甲".to_owned(), Actor::at_work(id.clone()));
    let person =
        StaffRow { id, name, grants, unit, leader: true, active: true, absences: Vec::new() };
    engine.change_staff(&actor, vec![person]).await?;
    Ok((engine, actor))
}

/// Who is measured, and what is counted of it.
struct Contestant<C> {
    name: &'static str,
    /// Tells how many calls and statements there were.
    counts: C,
    disk: Disk,
}

/// Opens cases, and has the steps taken.
async fn work(
    contestant: Contestant<impl Fn() -> (u64, u64)>,
    (engine, actor): (Engine, Actor),
    cases: usize,
    clients: usize,
) -> Result<Measured, Box<dyn Error + Send + Sync>> {
    let mut opened: Vec<CaseId> = Vec::new();
    while opened.len() < cases {
        let mut batch = Vec::new();
        for _ in opened.len()..cases.min(opened.len().saturating_add(256)) {
            let form = Arrive { detail: Text::new(DETAIL)? };
            let command = Command::open::<BackAndForth, _>(actor.clone(), &form)?
                .in_area(AreaPurpose::Residence, "999999101201".parse()?);
            batch.push(command);
        }
        for receipt in engine.execute_many(batch).await {
            opened.push(receipt?.case);
        }
    }
    let Contestant { name, counts, disk } = contestant;
    let (before, flushes) = (counts(), disk.flushes());
    let opened = Arc::new(opened);
    let (took, waits) = measure::run(cases, clients, move |case, number| {
        let (engine, actor, opened) = (engine.clone(), actor.clone(), Arc::clone(&opened));
        async move {
            let (Some(case), Some(step)) = (opened.get(case), MOVES.get(number % 2)) else {
                return Err("there is no such step".to_owned());
            };
            let id = CommandId::from(uuid_v7(SystemClock.now(), &SystemEntropy));
            let command =
                Command::fire_named(actor, *case, *step, json!({ "detail": DETAIL })).with_id(id);
            engine.execute(command).await.map(drop).map_err(|problem| problem.to_string())
        }
    })
    .await?;
    let (after, flushed) = (counts(), disk.flushes_since(flushes));
    let asked = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
    Ok(Measured::of(name, clients, took, waits).asked(asked.0, asked.1).flushed(flushed))
}

/// The engine on an SQLite file that is not there yet.
pub(crate) async fn on_sqlite(
    path: &Path,
    cases: usize,
    clients: usize,
) -> Result<Measured, Box<dyn Error + Send + Sync>> {
    let store = SqliteStore::connect(SqliteOptions::new(path)).await?;
    store.init(&meta()?).await?;
    let counted = store.clone();
    let contestant = Contestant {
        name: "engine, SQLite",
        counts: move || (counted.statements().calls, counted.statements().statements),
        disk: Disk::of(path),
    };
    let opened = open(store.clone()).await?;
    let measured = work(contestant, opened, cases, clients).await?;
    store.close().await?;
    Ok(measured.grew_by(by_hand::size(path)))
}

/// The engine in a schema that is not there yet.
pub(crate) async fn on_postgres(
    url: &str,
    schema: &str,
    cases: usize,
    clients: usize,
) -> Result<Measured, Box<dyn Error + Send + Sync>> {
    let mut options = PostgresOptions::new(url);
    schema.clone_into(&mut options.schema);
    let store = PostgresStore::connect(options).await?;
    store.init(&meta()?).await?;
    let counted = store.clone();
    let contestant = Contestant {
        name: "engine, PostgreSQL",
        counts: move || (counted.statements().calls, counted.statements().statements),
        disk: Disk::of_server(url).await,
    };
    let opened = open(store.clone()).await?;
    let measured = work(contestant, opened, cases, clients).await?;
    let bytes = u64::try_from(store.check_up().await?.bytes).unwrap_or(0);
    store.drop_demo().await?;
    store.close().await?;
    Ok(measured.grew_by(bytes))
}
