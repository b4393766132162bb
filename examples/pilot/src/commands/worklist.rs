//! `worklist`: what somebody has to do now.

use hexacase::{engine::WorkItem, terms::actor::Actor};

use super::{
    cases::{holder, with_next},
    child, cursor,
    ladder::marked,
};
use crate::{
    cli::{Global, WorklistArgs},
    database,
    failure::Failure,
    output::{Lang, Output, table, time},
    results::{HolderResult, Page, WorkLine},
};

fn line(item: &WorkItem) -> WorkLine {
    let row = &item.row;
    WorkLine {
        case: row.case,
        case_number: row.number.to_string(),
        procedure: row.procedure.clone(),
        state: row.state.clone(),
        duty: row.duty.name.clone(),
        due: row.duty.due(),
        overdue: item.overdue,
        mark: item.mark.map(|mark| mark.name().to_owned()),
        provisional: row.duty.deadline.as_ref().is_some_and(|deadline| deadline.provisional),
        holder: HolderResult::from(&row.duty.holder),
        subject: row.subject,
        transitions: item.transitions.iter().map(|name| (*name).to_owned()).collect(),
    }
}

pub(super) async fn list(global: &Global, args: WorklistArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let (engine, words) = (&opened.engine, opened.words(out));
    let after = cursor::read(args.page.after.as_deref(), cursor::duty)?;
    let known = engine.staff().await?.iter().any(|person| person.id == args.actor);
    let actor = Actor::at_work(args.actor);
    let found = engine.worklist(&actor, after, args.page.limit).await?;
    let next = found.next.as_ref().map(cursor::of_duty);
    let page = Page { items: found.items.iter().map(line).collect(), next };
    let children =
        child::names_of(engine, page.items.iter().map(|line| (line.case, line.subject))).await?;
    let now = engine.now();
    out.result("worklist", &page, || {
        if page.items.is_empty() && !known {
            return format!(
                "{}“{}”{}",
                out.say("人员名录中没有", "nobody in the directory is called "),
                actor.id,
                out.say("，`pilot staff list` 可查人员", "; see `pilot staff list`")
            );
        }
        if page.items.is_empty() {
            let nothing = out.say("没有待办事项。截至 ", "nothing to do, as of ");
            return format!("{nothing}{}", time::instant(now, out.lang()));
        }
        let header = match out.lang() {
            Lang::Zh => ["情况", "应于", "事项", "案号", "程序", "对象", "承办", "可办理"],
            Lang::En => {
                ["standing", "due", "duty", "case", "procedure", "subject", "holder", "possible"]
            }
        };
        let rows = page.items.iter().map(|line| {
            let provisional =
                if line.provisional { out.say("（暂定）", " (provisional)") } else { "" };
            vec![
                marked(time::standing(line.due, now, out.lang()), line.mark.as_deref(), out),
                line.due.map_or_else(String::new, |due| time::due(due, out.lang())) + provisional,
                words.duty(&line.procedure, &line.duty),
                line.case_number.clone(),
                words.procedure(&line.procedure),
                child::shown(&children, line.case, line.subject),
                holder(&line.holder, &words, out),
                line.transitions.join("\n"),
            ]
        });
        let text = table::table(&header, rows);
        let as_of = out.say("截至 ", "as of ");
        let text = format!("{text}\n{as_of}{}", time::instant(now, out.lang()));
        with_next(text, page.next.as_deref(), out)
    })
}
