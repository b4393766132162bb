//! `staff list`, `staff import`: the directory of people.

use hexacase::{
    store::StaffRow,
    terms::{actor::Actor, id::ActorId, time::CivilDate},
};

use super::{cases::with_next, cursor, import};
use crate::{
    catalog::{AbsenceLine, ImportResult, StaffLine},
    cli::{Global, ImportArgs, StaffListArgs},
    database,
    failure::{Exit, Failure, Reason},
    output::{Lang, Output, table},
    results::{Page, names},
};

/// Nobody of this id has an active account.
pub(super) fn unknown(id: &ActorId) -> Failure {
    let failure = Failure::new(
        Exit::Refused,
        "input.unknown_person",
        format!("人员名录中没有“{id}”，或帐号已停用"),
        format!("nobody in the directory is called `{id}`, or the account is closed"),
    );
    failure.with_hint("`pilot staff list` 可查人员", "see `pilot staff list`")
}

pub(super) fn line(row: &StaffRow) -> StaffLine {
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
        absences: row.absences.iter().map(AbsenceLine::from).collect(),
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
    let today = opened.engine.now().date();
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
            Lang::Zh => ["编号", "姓名", "岗位", "单位", "区划", "负责人", "离岗"],
            Lang::En => ["id", "name", "roles", "unit", "area", "leader", "away"],
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
                away(row, today, out),
            ]
        });
        with_next(table::table(&header, rows), page.next.as_deref(), out)
    })
}

/// The absences of a person that are not over, and who stands in; or that the account is closed.
fn away(row: &StaffRow, today: CivilDate, out: &Output) -> String {
    if !row.active {
        return out.say("已停用", "closed").to_owned();
    }
    let ahead = row.absences.iter().filter(|absence| absence.to >= today);
    let lines: Vec<String> = ahead
        .map(|absence| {
            let deputy = absence.deputy.as_ref().map_or_else(String::new, |deputy| {
                format!("（{}{deputy}）", out.say("代：", "deputy: "))
            });
            format!("{} – {}{deputy}", absence.from, absence.to)
        })
        .collect();
    lines.join("\n")
}

/// Why a row may not come in by a file: it would take away what duties hang on.
fn against(before: &StaffRow, row: &StaffRow) -> Option<(&'static str, &'static str)> {
    if !before.active {
        return Some((
            "帐号已停用；离职人员不能经导入恢复，请从文件中删去此行",
            "the account is closed; a file does not open it again, take the row out",
        ));
    }
    let loses = before.grants.iter().any(|grant| !row.grants.contains(grant));
    loses.then_some((
        "会减少此人已有的岗位或区划；请用 staff transfer 办理，工作一并移交",
        "it takes roles away; use `staff transfer`, which hands the work over",
    ))
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
    let refused: Vec<Reason> = new
        .iter()
        .filter_map(|row| {
            let before = known.iter().find(|before| before.id == row.id)?;
            let (zh, en) = against(before, row)?;
            let (zh, en) = (format!("“{}”{zh}", row.id), format!("`{}`: {en}", row.id));
            let failure = Failure::new(Exit::Refused, "input.needs_transfer", zh, en);
            let at = people.iter().position(|person| person.id == row.id)?;
            // The header is the first row.
            Some(failure.in_row(&name, at as u64 + 2).into_reason())
        })
        .collect();
    if !refused.is_empty() {
        let mut failure = Failure::new(
            Exit::Refused,
            "input.refused",
            format!("{name} 有 {} 行不能导入，没有写入任何内容", refused.len()),
            format!("{} rows of {name} are refused; nothing was written", refused.len()),
        );
        failure.reasons = refused;
        return Err(failure);
    }
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
