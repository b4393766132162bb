//! `cases`, `case`: lists of cases, and one case whole.

use std::fmt::Write as _;

use hexacase::{
    duty::{owed::OwedDuty, time_limit::LimitId},
    engine::{CaseDetail, Engine},
    procedure::{LEAD_UNIT, wide::WideStep},
    store::{CaseQuery, Rung, StoredCase},
    terms::{area::AreaPurpose, time::Timestamp},
};

use super::{child, cursor, ladder};
use crate::{
    cli::{CaseArgs, CasesArgs, Global},
    database,
    error::PilotError,
    failure::Failure,
    ids,
    output::{Lang, Output, Words, table, time},
    results::{Bilingual, CaseLine, CaseResult, DutyResult, HolderResult, LinkResult, Page, names},
};

/// A stored case as lists show it.
pub(super) fn line(case: &StoredCase) -> CaseLine {
    let facts = &case.facts;
    CaseLine {
        case: facts.id,
        case_number: case.number.to_string(),
        procedure: facts.procedure.clone(),
        state: facts.state.clone(),
        subject: facts.subject.id,
        subject_kind: facts.subject.kind.name().to_owned(),
        lead_unit: case.attributes.get(LEAD_UNIT).cloned(),
        incident: facts.incident,
        area: facts.area.to_string(),
        revision: facts.revision.get(),
        opened_at: facts.opened_at,
        closed_at: facts.closed_at,
    }
}

pub(super) async fn list(global: &Global, args: CasesArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let (engine, words) = (&opened.engine, opened.words(out));
    if let Some(name) = args.procedure.as_ref().filter(|name| words.definition(name).is_none()) {
        return Err(PilotError::UnknownProcedure(name.clone()).into());
    }
    let subject = match &args.subject {
        Some(text) => Some(ids::subject(engine, text).await?),
        None => None,
    };
    let incident = match &args.incident {
        Some(text) => Some(ids::incident(engine, text).await?),
        None => None,
    };
    let wanted = args.page.limit as usize;
    let query = CaseQuery {
        procedure: args.procedure,
        state: args.state,
        area: args.area.map(|area| (area.to_string(), area.range_end())),
        subject,
        incident,
        open_only: args.open,
        after: cursor::read(args.page.after.as_deref(), cursor::case)?,
        // One more tells whether there is a next page; one may be the engine's own record.
        limit: args.page.limit.saturating_add(2),
        ..CaseQuery::default()
    };
    let mut cases = engine.cases(&query).await?;
    let more = cases.len() > wanted;
    cases.truncate(wanted);
    let next = cases.last().filter(|_| more).map(|case| case.facts.id.to_string());
    let page = Page { items: cases.iter().map(line).collect(), next };
    let children =
        child::names_of(engine, page.items.iter().map(|line| (line.case, line.subject))).await?;
    out.result("cases", &page, || {
        if page.items.is_empty() {
            return out
                .say(
                    "没有符合条件的个案。用 `pilot open 程序 --as 编号` 立案，或放宽条件",
                    "no such cases; open one with `pilot open PROCEDURE --as ID`, or ask for more",
                )
                .to_owned();
        }
        let rows = page.items.iter().map(|line| {
            vec![
                line.case_number.clone(),
                words.procedure(&line.procedure),
                words.state(&line.procedure, &line.state),
                child::shown(&children, line.case, line.subject),
                line.area.clone(),
                time::instant(line.opened_at, out.lang()),
                line.closed_at.map_or_else(String::new, |at| time::instant(at, out.lang())),
            ]
        });
        let header = match out.lang() {
            Lang::Zh => ["案号", "程序", "状态", "对象", "区划", "立案", "结案"],
            Lang::En => ["case", "procedure", "state", "subject", "area", "opened", "closed"],
        };
        with_next(table::table(&header, rows), page.next.as_deref(), out)
    })
}

/// A list with a hint of its next page.
pub(super) fn with_next(text: String, next: Option<&str>, out: &Output) -> String {
    match next {
        Some(next) => {
            format!("{text}\n{}--after {next}", out.say("→ 下一页：", "→ the next page: "))
        }
        None => text,
    }
}

pub(super) async fn one(global: &Global, args: &CaseArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let (engine, words) = (&opened.engine, opened.words(out));
    let id = ids::case(engine, &args.case).await?;
    let (detail, now) = match args.as_of {
        Some(at) => (engine.case_as_of(id, at.0).await?, at.0),
        None => (engine.case(id).await?, engine.now()),
    };
    let children = child::names_of(engine, [(id, detail.image.facts.subject.id)]).await?;
    let climbed = engine.escalations(Some(id), u32::MAX).await?;
    let result = result(engine, &words, detail, &climbed, now);
    out.result("case", &result, || {
        let child = child::shown(&children, result.case, result.subject);
        let mut text = text(&result, &child, now, &words, out);
        if args.ladder {
            text.push_str(&ladders(&result, &words, out));
        }
        text
    })
}

fn ladders(result: &CaseResult, words: &Words, out: &Output) -> String {
    let told = result.duties.iter().filter_map(|duty| {
        let name = words.duty(&result.procedure, &duty.duty);
        Some(format!("\n\n{}", ladder::text(&name, duty.ladder.as_ref()?, out)))
    });
    let told: String = told.collect();
    if told.is_empty() {
        return format!("\n\n{}", out.say("没有有期限的未办事项", "no open duty has a date"));
    }
    told
}

fn result(
    engine: &Engine,
    words: &Words,
    detail: CaseDetail,
    climbed: &[Rung],
    now: Timestamp,
) -> CaseResult {
    let facts = &detail.image.facts;
    let duties = detail.image.duties.iter();
    CaseResult {
        case: facts.id,
        case_number: detail.number.to_string(),
        procedure: facts.procedure.clone(),
        definition: facts.definition,
        rule_pack: facts.rule_pack,
        subject: facts.subject.id,
        subject_kind: facts.subject.kind.name().to_owned(),
        incident: facts.incident,
        areas: facts
            .areas
            .iter()
            .map(|(purpose, area)| (purpose.name().to_owned(), area.to_string()))
            .collect(),
        area: facts.area.to_string(),
        state: facts.state.clone(),
        revision: facts.revision.get(),
        opened_at: facts.opened_at,
        closed_at: facts.closed_at,
        duties: duties
            .map(|owed| {
                let mut line = duty(engine, words, &facts.procedure, owed, now);
                line.ladder = ladder::result(engine, &facts.procedure, owed, climbed, now);
                line
            })
            .collect(),
        attributes: detail.image.attributes.clone(),
        links: detail.links.iter().map(LinkResult::from).collect(),
        data: detail.data,
    }
}

fn duty(
    engine: &Engine,
    words: &Words,
    procedure: &str,
    owed: &OwedDuty,
    now: Timestamp,
) -> DutyResult {
    let spec =
        words.definition(procedure).and_then(|definition| definition.duty(owed.name.as_str()));
    // A duty of the engine's own: a second person has to answer.
    let confirming = WideStep::ALL.iter().find(|step| step.confirming() == owed.name);
    let by_engine =
        confirming.map(|step| names(&engine.wide().rule(*step).confirmed_by)).unwrap_or_default();
    let deadline = owed.deadline.as_ref();
    let limit = deadline.map(|deadline| deadline.limit.as_str());
    let label = |lang| words.in_lang(lang).duty(procedure, &owed.name);
    DutyResult {
        duty: owed.name.clone(),
        name: owed.name.clone(),
        label: Bilingual { zh: label(Lang::Zh), en: label(Lang::En) },
        no: owed.no,
        owed_by: spec.map(|spec| names(&spec.owed_by)).unwrap_or_default(),
        recorded_by: spec.map_or(by_engine, |spec| names(&spec.recorded_by)),
        holder: HolderResult::from(&owed.holder),
        limit: limit.map(str::to_owned),
        due: owed.due(),
        provisional: deadline.is_some_and(|deadline| deadline.provisional),
        basis: limit
            .and_then(|limit| engine.rules().limit(&LimitId::named(limit)))
            .map(|limit| limit.basis.name().to_owned()),
        opened_at: owed.opened_at,
        closed_at: owed.closed_at,
        state: owed.state.name().to_owned(),
        overdue: owed.is_late(now),
        mark: engine
            .on_ladder(procedure, owed, now)
            .and_then(|on| on.mark)
            .map(|mark| mark.name().to_owned()),
        ladder: None,
    }
}

fn text(result: &CaseResult, child: &str, now: Timestamp, words: &Words, out: &Output) -> String {
    let lang = out.lang();
    let areas = AreaPurpose::ALL.into_iter().filter_map(|purpose| {
        let area = result.areas.get(purpose.name())?;
        Some(format!("{} {area}", words.purpose(purpose)))
    });
    let areas: Vec<_> = areas.collect();
    let mut text = table::pairs(&[
        (out.say("案号", "case"), format!("{} {}", result.case_number, result.case)),
        (out.say("程序", "procedure"), words.procedure(&result.procedure)),
        (out.say("状态", "state"), words.state(&result.procedure, &result.state)),
        (out.say("对象", "subject"), child.to_owned()),
        (out.say("事件", "incident"), result.incident.to_string()),
        (out.say("区划", "areas"), areas.join(out.say("、", ", "))),
        (out.say("立案", "opened"), time::instant(result.opened_at, lang)),
        (
            out.say("结案", "closed"),
            result.closed_at.map_or_else(String::new, |at| time::instant(at, lang)),
        ),
        (out.say("步数", "entries"), result.revision.to_string()),
    ]);
    let header = match lang {
        Lang::Zh => ["应办事项", "承办", "期限", "应于", "情况", "逐级提醒"],
        Lang::En => ["duty", "holder", "limit", "due", "standing", "ladder"],
    };
    let (open, ended): (Vec<_>, Vec<_>) =
        result.duties.iter().partition(|duty| duty.state == "open");
    let rows = open.iter().map(|duty| {
        let standing = time::standing(duty.due, now, lang);
        let standing = ladder::marked(standing, duty.mark.as_deref(), out);
        let provisional =
            if duty.provisional { out.say("（暂定）", " (provisional)") } else { "" };
        vec![
            words.duty(&result.procedure, &duty.duty),
            holder(&duty.holder, words, out),
            duty.limit.clone().unwrap_or_default(),
            duty.due.map_or_else(String::new, |due| time::due(due, lang)) + provisional,
            standing,
            duty.ladder.as_ref().map_or_else(String::new, |on| ladder::next(on, lang)),
        ]
    });
    if !open.is_empty() {
        text.push_str("\n\n");
        text.push_str(&table::table(&header, rows));
    }
    if !ended.is_empty() {
        let count = ended.len();
        let _ = match lang {
            Lang::Zh => write!(text, "\n已结束的应办事项 {count} 项，加 --json 可看全部"),
            Lang::En => write!(text, "\n{count} duties have ended; `--json` gives all"),
        };
    }
    let data = serde_json::to_string_pretty(&result.data).unwrap_or_default();
    let _ = write!(text, "\n\n{}\n{data}", out.say("记载内容", "what the case remembers"));
    if !result.links.is_empty() {
        let lines = result.links.iter().map(|link| {
            let handoff = link.handoff.as_deref().unwrap_or_default();
            let seq = link.seq.map_or_else(String::new, |seq| format!(" #{seq}"));
            format!("  {} {}{seq} {handoff}", link.kind, link.case)
        });
        let lines: Vec<_> = lines.collect();
        let _ = write!(text, "\n\n{}\n{}", out.say("关联", "links"), lines.join("\n"));
    }
    text
}

/// Who is accountable, in words.
pub(super) fn holder(holder: &HolderResult, words: &Words, out: &Output) -> String {
    if holder.gap {
        return out.say("（缺口：无人承办）", "(a gap: held by nobody)").to_owned();
    }
    let role = words.role(&hexacase::terms::actor::Role::named(holder.role.as_str()));
    let who = holder.person.as_deref().or(holder.unit.as_deref()).unwrap_or_default();
    format!("{role} {who}")
}
