//! `overdue`: what is past its date, as a list or counted.

use std::collections::BTreeMap;

use hexacase::{
    duty::{ladder::Over, mark::Mark},
    engine::Engine,
    store::{DutyRow, StaffRow},
    terms::{actor::Grant, area::AreaCode, time::Timestamp},
};

use super::{
    cases::{holder, with_next},
    child, cursor,
    ladder::{called, marked},
};
use crate::{
    cli::{Global, OverdueArgs, OverdueBy},
    database::{self, Opened},
    failure::Failure,
    output::{Lang, Output, Words, table, time},
    results::{HolderResult, OverdueCount, OverdueLine, Page},
};

const PAGE: u32 = 500;

fn line(engine: &Engine, row: &DutyRow, now: Timestamp) -> Option<OverdueLine> {
    let due = row.duty.due()?;
    let deadline = row.duty.deadline.as_ref();
    let on = engine.on_ladder(&row.procedure, &row.duty, now);
    let next = on.as_ref().and_then(|on| on.next);
    Some(OverdueLine {
        case: row.case,
        case_number: row.number.to_string(),
        procedure: row.procedure.clone(),
        state: row.state.clone(),
        duty: row.duty.name.clone(),
        limit: deadline.map(|deadline| deadline.limit.to_string()),
        due,
        days: time::days_late(due, now),
        provisional: deadline.is_some_and(|deadline| deadline.provisional),
        holder: HolderResult::from(&row.duty.holder),
        subject: row.subject,
        area: row.area.clone(),
        rungs: row.duty.rung,
        mark: on.as_ref().and_then(|on| on.mark).map(|mark| mark.name().to_owned()),
        next_rung: next.map(|(rung, _)| rung.aim.name().to_owned()),
        next_rung_at: next.map(|(_, at)| at),
    })
}

pub(super) async fn list(global: &Global, args: &OverdueArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    match args.by {
        Some(by) => counted(&opened, args, by, out).await,
        None => listed(&opened, args, out).await,
    }
}

/// What the next rung does, and after when.
fn next_rung(engine: &Engine, line: &OverdueLine, out: &Output) -> String {
    let (Some(name), Some(at)) = (&line.next_rung, line.next_rung_at) else {
        return out.say("已到最后一级", "past the last").to_owned();
    };
    let label = called(engine, name);
    let at = time::due(at, out.lang());
    match out.lang() {
        Lang::Zh => format!("{}（{at}后）", label.zh),
        Lang::En => format!("{} (after {at})", label.en),
    }
}

fn nothing(now: Timestamp, out: &Output) -> String {
    format!(
        "{}{}",
        out.say("没有逾期事项。截至 ", "nothing is overdue, as of "),
        time::instant(now, out.lang())
    )
}

async fn listed(opened: &Opened, args: &OverdueArgs, out: &Output) -> Result<(), Failure> {
    let (engine, words) = (&opened.engine, opened.words(out));
    let after = cursor::read(args.page.after.as_deref(), cursor::duty)?;
    let limit = args.page.limit;
    let mut rows = engine.overdue(args.area.as_ref(), after, limit.saturating_add(1)).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| cursor::of_duty(&row.cursor()));
    let now = engine.now();
    let page = Page { items: rows.iter().filter_map(|row| line(engine, row, now)).collect(), next };
    let children =
        child::names_of(engine, page.items.iter().map(|line| (line.case, line.subject))).await?;
    out.result("overdue", &page, || {
        if page.items.is_empty() {
            return nothing(now, out);
        }
        let header = match out.lang() {
            Lang::Zh => {
                ["情况", "应于", "事项", "案号", "程序", "对象", "承办", "已提醒", "下一级"]
            }
            Lang::En => [
                "standing",
                "due",
                "duty",
                "case",
                "procedure",
                "subject",
                "holder",
                "rungs",
                "next",
            ],
        };
        let rows = page.items.iter().map(|line| {
            vec![
                marked(time::standing(Some(line.due), now, out.lang()), line.mark.as_deref(), out),
                time::due(line.due, out.lang()),
                words.duty(&line.procedure, &line.duty),
                line.case_number.clone(),
                words.procedure(&line.procedure),
                child::shown(&children, line.case, line.subject),
                holder(&line.holder, &words, out),
                line.rungs.to_string(),
                next_rung(engine, line, out),
            ]
        });
        let text = table::table(&header, rows);
        let as_of = out.say("截至 ", "as of ");
        let text = format!("{text}\n{as_of}{}", time::instant(now, out.lang()));
        with_next(text, page.next.as_deref(), out)
    })
}

async fn counted(
    opened: &Opened,
    args: &OverdueArgs,
    by: OverdueBy,
    out: &Output,
) -> Result<(), Failure> {
    let (engine, words) = (&opened.engine, opened.words(out));
    let now = engine.now();
    let people = engine.staff().await?;
    let mut counts: BTreeMap<Option<String>, OverdueCount> = BTreeMap::new();
    let mut after = None;
    loop {
        let rows = engine.overdue(args.area.as_ref(), after, PAGE).await?;
        for row in &rows {
            let Some(due) = row.duty.due() else { continue };
            let key = key(engine, &people, row, by, &words);
            let count = counts.entry(key.clone()).or_insert_with(|| OverdueCount {
                label: label(engine, &words, &people, by, key.as_deref(), out),
                key,
                count: 0,
                oldest_due: due,
                days: 0,
                yellow: 0,
                red: 0,
            });
            count.count += 1;
            let mark = engine.on_ladder(&row.procedure, &row.duty, now).and_then(|on| on.mark);
            count.yellow += u64::from(mark == Some(Mark::Yellow));
            count.red += u64::from(mark == Some(Mark::Red));
            count.oldest_due = count.oldest_due.min(due);
            count.days = time::days_late(count.oldest_due, now);
        }
        after = rows.last().map(DutyRow::cursor);
        if rows.len() < PAGE as usize {
            break;
        }
    }
    let mut items: Vec<_> = counts.into_values().collect();
    items.sort_by(|one, other| other.count.cmp(&one.count).then(one.key.cmp(&other.key)));
    let page = Page::whole(items);
    out.result("overdue", &page, || {
        if page.items.is_empty() {
            return nothing(now, out);
        }
        let header = match out.lang() {
            Lang::Zh => [by_word(by, out), "逾期件数", "黄牌", "红牌", "最久"],
            Lang::En => [by_word(by, out), "overdue", "yellow", "red", "longest"],
        };
        let rows = page.items.iter().map(|line| {
            vec![
                line.label.clone(),
                line.count.to_string(),
                line.yellow.to_string(),
                line.red.to_string(),
                time::standing(Some(line.oldest_due), now, out.lang()),
            ]
        });
        let as_of = out.say("截至 ", "as of ");
        let text = table::table(&header, rows);
        format!("{text}\n{as_of}{}", time::instant(now, out.lang()))
    })
}

fn by_word(by: OverdueBy, out: &Output) -> &'static str {
    match (by, out.lang()) {
        (OverdueBy::Unit, Lang::Zh) => "单位",
        (OverdueBy::Unit, Lang::En) => "unit",
        (OverdueBy::Party, Lang::Zh) => "责任方",
        (OverdueBy::Party, Lang::En) => "party",
        (OverdueBy::Village, Lang::Zh) => "村",
        (OverdueBy::Village, Lang::En) => "village",
        (OverdueBy::Person, Lang::Zh) => "人员",
        (OverdueBy::Person, Lang::En) => "person",
        (OverdueBy::Limit, Lang::Zh) => "期限",
        (OverdueBy::Limit, Lang::En) => "limit",
    }
}

/// The key under which duties are counted that courts, procuratorates and the police in an
/// investigation owe: they are written to and never scored, whatever party they belong to.
const JUDICIAL: &str = "judicial_organ";

fn key(
    engine: &Engine,
    people: &[StaffRow],
    row: &DutyRow,
    by: OverdueBy,
    words: &Words,
) -> Option<String> {
    let duty = &row.duty;
    match by {
        OverdueBy::Unit => duty.holder.unit.as_ref().map(ToString::to_string),
        OverdueBy::Party => {
            // Who owes it, not who holds it for them.
            let on = engine.on_ladder(&row.procedure, duty, engine.now());
            if on.is_some_and(|on| on.ladder.over == Over::Judicial) {
                return Some(JUDICIAL.to_owned());
            }
            let spec = words.definition(&row.procedure)?.duty(&duty.name);
            let role = spec.and_then(|spec| spec.owed_by.first()).unwrap_or(&duty.holder.role);
            Some(words.party_of(role).to_owned())
        }
        OverdueBy::Village => Some(row.area.clone()),
        OverdueBy::Person => person(people, row),
        OverdueBy::Limit => duty.deadline.as_ref().map(|deadline| deadline.limit.to_string()),
    }
}

/// The person named, or the only one of the holding unit who can be meant.
fn person(people: &[StaffRow], row: &DutyRow) -> Option<String> {
    let holder = &row.duty.holder;
    if let Some(person) = &holder.person {
        return Some(person.to_string());
    }
    let (unit, area) = (holder.unit.as_ref()?, row.area.parse::<AreaCode>().ok()?);
    let mut meant = people.iter().filter(|person| {
        let fits = |grant: &Grant| {
            grant.role == holder.role && &grant.unit == unit && grant.area.covers(&area)
        };
        person.active && person.grants.iter().any(fits)
    });
    let only = meant.next()?;
    meant.next().is_none().then(|| only.id.to_string())
}

fn label(
    engine: &Engine,
    words: &Words,
    people: &[StaffRow],
    by: OverdueBy,
    key: Option<&str>,
    out: &Output,
) -> String {
    let Some(key) = key else {
        return out.say("（未指定）", "(nobody named)").to_owned();
    };
    match by {
        OverdueBy::Party if key == JUDICIAL => out
            .say("司法机关、侦查机关（只函询，不评分）", "judicial organs (never scored)")
            .to_owned(),
        OverdueBy::Party => words.party(key),
        OverdueBy::Person => {
            let name = people.iter().find(|person| person.id.as_str() == key);
            name.map_or_else(|| key.to_owned(), |person| format!("{} {key}", person.name))
        }
        OverdueBy::Limit => format!("{key} {}", words.limit(engine.rules(), key)),
        OverdueBy::Unit | OverdueBy::Village => key.to_owned(),
    }
}
