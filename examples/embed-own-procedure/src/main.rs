//! A county's own procedure beside the ones that come along: its duty is on the worklist, its time
//! limit runs on the work calendar, and what is overdue climbs the ladder like any other.

mod school_return;

use std::error::Error;

use hexacase::{
    care::rules::national,
    county,
    engine::{Command, Engine},
    store::{Meta, StaffRow},
    terms::{
        actor::{Actor, Grant, Role},
        area::AreaPurpose,
        id::{ActorId, OriginId, UnitId},
        text::Text,
        time::Timestamp,
    },
    testing::{ManualClock, MemoryStore},
};

use crate::school_return::{OVERLAY, RecordAbsence, RecordReturn, SchoolReturn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // The national rules with the county's limit laid over them, and the county's definition.
    let rules = national().overlay("county.toml", OVERLAY)?;
    let definition = school_return::definition(&rules)?;

    let start: Timestamp = "2026-03-02 09:00".parse()?;
    let clock = ManualClock::at(start);
    let store = MemoryStore::new(meta(start)?);
    let setup = county::setup_under(store, rules).map_err(|problems| format!("{problems:?}"))?;
    let engine = setup.procedures([definition]).clock(clock.clone()).open().await?;
    let director = Actor::at_work(ActorId::new("u-7")?);
    engine.change_staff(&director, people()?).await?;

    // 3月2日：发现失学。Five working days run from the day after.
    let absence = RecordAbsence { told: Text::new("外出务工归来后未返校")? };
    let absence = Command::open::<SchoolReturn, _>(director.clone(), &absence)?
        .in_area(AreaPurpose::Residence, "999999101201".parse()?);
    let opened = engine.execute(absence).await?;
    println!("{} 已登记 registered: {}", opened.number, opened.state);
    print_worklist(&engine, &director).await?;

    // Nine days later somebody calls `sweep`, and the ladder is climbed as far as it is due.
    clock.advance_hours(9 * 24);
    let swept = engine.sweep().await?;
    println!("{} 逐级提醒 rungs climbed: {}", engine.now().date().chinese(), swept.rungs);
    for row in engine.overdue(None, None, 10).await? {
        let due = row.duty.due().map_or_else(String::new, Timestamp::chinese);
        println!("逾期 overdue: {} {} {due}", row.number, row.duty.name);
    }
    for rung in engine.escalations(Some(opened.case), 10).await? {
        println!("  已提醒 reminded: {} {}", rung.addressee, rung.climbed_at.chinese());
    }

    let back = RecordReturn { told: Text::new("已陪同返校")? };
    let back = Command::fire::<SchoolReturn, _>(director.clone(), opened.case, &back)?;
    let receipt = engine.execute(back).await?;
    println!("{} 已办结 done: {}", receipt.number, receipt.state);
    print_worklist(&engine, &director).await
}

async fn print_worklist(engine: &Engine, actor: &Actor) -> Result<(), Box<dyn Error>> {
    let page = engine.worklist(actor, None, 10).await?;
    println!("待办 to do: {}", page.items.len());
    for item in page.items {
        let due = item.row.duty.due().map_or_else(String::new, Timestamp::chinese);
        println!("  {} {} {due} {:?}", item.row.number, item.row.duty.name, item.transitions);
    }
    Ok(())
}

fn meta(created_at: Timestamp) -> Result<Meta, Box<dyn Error>> {
    let (realm, name) = ("999999".parse()?, "示例县".to_owned());
    Ok(Meta { realm, name, origin: OriginId::from_bytes([7; 16]), created_at, demo: true })
}

/// The village's director and the town's leader, whom the ladder reaches.
fn people() -> Result<Vec<StaffRow>, Box<dyn Error>> {
    let person = |id: &str, role: &'static str, area: &str, unit: &str| {
        let unit = UnitId::new(unit)?;
        let role = Role::new(role);
        let grants = vec![Grant { role, area: area.parse()?, unit: unit.clone() }];
        let (id, name, absences) = (ActorId::new(id)?, format!("示例 {id}"), Vec::new());
        Ok::<_, Box<dyn Error>>(StaffRow {
            id,
            name,
            grants,
            unit,
            leader: true,
            active: true,
            absences,
        })
    };
    Ok(vec![
        person("u-7", "child_welfare_director", "999999101201", "village-1")?,
        person("u-3", "town_leader", "999999101", "town-1")?,
    ])
}
