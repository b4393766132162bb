//! `staff list`, `staff import`: the directory of people.

use hexacase::{store::StaffRow, terms::actor::Actor};

use super::{cases::with_next, cursor, import};
use crate::{
    catalog::{ImportResult, StaffLine},
    cli::{Global, ImportArgs, StaffListArgs},
    database,
    failure::Failure,
    output::{Lang, Output, table},
    results::{Page, names},
};

fn line(row: &StaffRow) -> StaffLine {
    let mut roles = names(row.grants.iter().map(|grant| &grant.role));
    roles.dedup();
    StaffLine {
        id: row.id.to_string(),
        name: row.name.clone(),
        roles,
        unit: row.unit.to_string(),
        area: row.grants.first().map(|grant| grant.area.to_string()),
        leader: row.leader,
        active: row.active,
    }
}

pub(super) async fn list(
    global: &Global,
    args: &StaffListArgs,
    out: &Output,
) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let words = opened.words(out);
    let after = cursor::read(args.page.after.as_deref(), |text| Some(text.to_owned()))?;
    let fits = |row: &&StaffRow| {
        let role = args.role.as_ref();
        let area = args.area.as_ref();
        after.as_ref().is_none_or(|after| row.id.as_str() > after.as_str())
            && role.is_none_or(|role| row.grants.iter().any(|grant| grant.role.as_str() == role))
            && area.is_none_or(|area| row.grants.iter().any(|grant| area.covers(&grant.area)))
    };
    let staff = opened.engine.staff().await?;
    let wanted = args.page.limit as usize;
    let mut rows: Vec<&StaffRow> = staff.iter().filter(fits).take(wanted + 1).collect();
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let page = Page { items: rows.iter().map(|row| line(row)).collect(), next };
    out.result("staff list", &page, || {
        if page.items.is_empty() {
            return out
                .say(
                    "没有符合条件的人员。用 `pilot staff import staff.csv --as 编号` 导入",
                    "nobody; take people in with `pilot staff import staff.csv --as ID`",
                )
                .to_owned();
        }
        let header = match out.lang() {
            Lang::Zh => ["编号", "姓名", "岗位", "单位", "区划", "负责人"],
            Lang::En => ["id", "name", "roles", "unit", "area", "leader"],
        };
        let rows = rows.iter().zip(&page.items).map(|(row, line)| {
            let leader = if line.leader { out.say("是", "yes") } else { "" };
            vec![
                line.id.clone(),
                line.name.clone(),
                words.roles(row.grants.iter().map(|grant| &grant.role)),
                line.unit.clone(),
                line.area.clone().unwrap_or_default(),
                leader.to_owned(),
            ]
        });
        with_next(table::table(&header, rows), page.next.as_deref(), out)
    })
}

pub(super) async fn import(
    global: &Global,
    args: &ImportArgs,
    out: &Output,
) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let (name, bytes) = import::read(&args.file)?;
    let ground = import::ground(&args.file, &opened.engine)?;
    let people = crate::county::read_staff(&name, &bytes, &ground)?;
    let known = opened.engine.staff().await?;
    let new: Vec<StaffRow> = people
        .iter()
        .map(crate::demo::directory_row)
        .map(|row| {
            // What the file does not say stays: when the person is away.
            let before = known.iter().find(|before| before.id == row.id);
            let absences = before.map(|before| before.absences.clone()).unwrap_or_default();
            StaffRow { absences, ..row }
        })
        .filter(|row| !known.contains(row))
        .collect();
    let result = ImportResult {
        file: name,
        rows: people.len() as u64,
        imported: new.len() as u64,
        known: (people.len() - new.len()) as u64,
        dry_run: args.dry_run,
    };
    if !args.dry_run && !new.is_empty() {
        opened.engine.change_staff(&Actor::at_work(args.actor.clone()), new).await?;
    }
    out.result("staff import", &result, || text(&result, out))
}

/// What an import did, in words.
fn text(result: &ImportResult, out: &Output) -> String {
    let ImportResult { file, rows, imported, known, dry_run } = result;
    match (out.lang(), dry_run) {
        (Lang::Zh, true) => {
            format!("{file}：{rows} 行均正确，可导入 {imported} 行，已有 {known} 行；未写入")
        }
        (Lang::Zh, false) => {
            format!("{file}：{rows} 行，导入 {imported} 行，已有 {known} 行未动")
        }
        (Lang::En, true) => {
            format!("{file}: {rows} rows are good, {imported} new, {known} known; nothing written")
        }
        (Lang::En, false) => {
            format!("{file}: {rows} rows, {imported} taken in, {known} known and left as they are")
        }
    }
}
