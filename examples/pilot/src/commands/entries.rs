//! `trail`, `feed`: entries as they were recorded.

use hexacase::{engine::HistoryEntry, trail::Kind};

use super::{cases::with_next, cursor};
use crate::{
    cli::{Global, PageArgs, TrailArgs},
    database,
    failure::Failure,
    ids,
    output::{Lang, Output, Words, table, time},
    results::{EntryLine, Page},
};

fn line(entry: &HistoryEntry) -> EntryLine {
    let envelope = &entry.envelope;
    EntryLine {
        case: envelope.case,
        seq: envelope.seq,
        kind: kind(envelope.kind).to_owned(),
        transition: envelope.transition.clone(),
        from: envelope.from.clone(),
        to: envelope.to.clone(),
        actor: envelope.actor.to_string(),
        role: envelope.role.as_ref().map(ToString::to_string),
        acted_by: envelope.acted_by.as_ref().map(ToString::to_string),
        occurred_at: envelope.occurred_at,
        recorded_at: envelope.recorded_at,
        hash: entry.hash,
        prev: envelope.prev,
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Step => "step",
        Kind::OpenedBy => "opened_by",
        Kind::Informed => "informed",
        Kind::Engine => "engine",
        Kind::Proposed => "proposed",
        Kind::Escalate => "escalate",
        Kind::Reproject => "reproject",
        Kind::Staff => "staff",
    }
}

pub(super) async fn trail(global: &Global, args: &TrailArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let (engine, words) = (&opened.engine, opened.words(out));
    let id = ids::case(engine, &args.case).await?;
    let procedure = engine.case(id).await?.image.facts.procedure;
    let after = cursor::read(args.page.after.as_deref(), |text| text.parse::<i64>().ok())?;
    let mut entries = engine.history(id).await?;
    entries.retain(|entry| after.is_none_or(|after| entry.envelope.seq > after));
    let more = entries.len() > args.page.limit as usize;
    entries.truncate(args.page.limit as usize);
    let next = entries.last().filter(|_| more).map(|entry| entry.envelope.seq.to_string());
    let page = Page { items: entries.iter().map(line).collect(), next };
    out.result("trail", &page, || {
        let header = match out.lang() {
            Lang::Zh => ["步", "发生", "登记", "办理", "状态", "经办", "实际办理", "凭证"],
            Lang::En => ["#", "occurred", "recorded", "step", "state", "by", "acted by", "hash"],
        };
        let rows = entries.iter().zip(&page.items).map(|(entry, line)| {
            let envelope = &entry.envelope;
            let state = words.state(&procedure, &line.to);
            let state = match &line.from {
                Some(from) if *from != line.to => {
                    format!("{} → {state}", words.state(&procedure, from))
                }
                _ => state,
            };
            let role = envelope.role.as_ref().map(|role| words.role(role)).unwrap_or_default();
            let organ = entry.body.as_ref().and_then(|body| body.acted_by.as_ref());
            vec![
                line.seq.to_string(),
                time::instant(line.occurred_at, out.lang()),
                time::instant(line.recorded_at, out.lang()),
                step(&procedure, entry, &words),
                state,
                format!("{} {role}", line.actor),
                organ.map(|acted| acted.organ.to_string()).unwrap_or_default(),
                line.hash.to_string().chars().take(12).collect(),
            ]
        });
        with_next(table::table(&header, rows), page.next.as_deref(), out)
    })
}

fn step(procedure: &str, entry: &HistoryEntry, words: &Words) -> String {
    let envelope = &entry.envelope;
    let name = words.transition(procedure, &envelope.transition);
    match envelope.kind {
        Kind::Step | Kind::Engine => name,
        Kind::OpenedBy
        | Kind::Informed
        | Kind::Proposed
        | Kind::Escalate
        | Kind::Reproject
        | Kind::Staff => format!("{name}（{}）", words.kind(envelope.kind)),
    }
}

pub(super) async fn feed(global: &Global, args: &PageArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let (engine, words) = (&opened.engine, opened.words(out));
    let after = cursor::read(args.after.as_deref(), cursor::entry)?;
    let mut entries = engine.feed(after, args.limit.saturating_add(1)).await?;
    let more = entries.len() > args.limit as usize;
    entries.truncate(args.limit as usize);
    let next = entries.last().filter(|_| more).map(|(_, at)| cursor::of_entry(at));
    let page = Page { items: entries.iter().map(|(entry, _)| line(entry)).collect(), next };
    // Which procedure a case follows stands in its first entry only.
    let mut procedures = std::collections::BTreeMap::new();
    for line in &page.items {
        if !out.is_json() && !procedures.contains_key(&line.case) {
            let detail = engine.case(line.case).await.ok();
            procedures.insert(line.case, detail.map(|detail| detail.image.facts.procedure));
        }
    }
    out.result("feed", &page, || {
        if page.items.is_empty() {
            return out.say("没有更多留痕", "no more entries").to_owned();
        }
        let header = match out.lang() {
            Lang::Zh => ["登记", "个案", "步", "程序", "办理", "经办"],
            Lang::En => ["recorded", "case", "#", "procedure", "step", "by"],
        };
        let rows = entries.iter().zip(&page.items).map(|((entry, _), line)| {
            let procedure = procedures.get(&line.case).cloned().flatten().unwrap_or_default();
            let id = line.case.to_string();
            vec![
                time::instant(line.recorded_at, out.lang()),
                id.rsplit('-').next().map_or_else(String::new, |end| format!("…{end}")),
                line.seq.to_string(),
                words.procedure(&procedure),
                step(&procedure, entry, &words),
                line.actor.clone(),
            ]
        });
        with_next(table::table(&header, rows), page.next.as_deref(), out)
    })
}
