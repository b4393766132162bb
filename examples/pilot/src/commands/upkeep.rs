//! `sweep`, `verify`: what is done for a whole database.

use std::fmt::Write as _;

use hexacase::{
    engine::{Engine, NotProposed, Proposed, VerifyOptions},
    terms::id::CaseId,
};

use super::ladder;
use crate::{
    catalog::{FaultLine, ProposalLine, RefusedProposalLine, SweepResult, VerifyResult},
    cli::{Global, VerifyArgs},
    database,
    failure::{Exit, Failure},
    log::LogEvent,
    output::{Lang, Output, table, time},
    results::Bilingual,
};

pub(super) async fn sweep(global: &Global, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let swept = opened.engine.sweep().await?;
    opened.log.append(opened.engine.now(), LogEvent::Sweep {})?;
    let engine = &opened.engine;
    let (mut proposed, mut refused) = (Vec::new(), Vec::new());
    for Proposed { case, duty, link, opened } in swept.proposed {
        let case_number = number(engine, case).await?;
        let opened_number = match opened {
            Some(case) => Some(number(engine, case).await?),
            None => None,
        };
        proposed.push(ProposalLine { case, case_number, duty, link, opened, opened_number });
    }
    for NotProposed { case, duty, link, refusal } in swept.refused {
        let case_number = number(engine, case).await?;
        let (code, reason) = (refusal.code(), Bilingual::from(&refusal.label()));
        refused.push(RefusedProposalLine { case, case_number, duty, link, code, reason });
    }
    let result = SweepResult {
        rungs: swept.rungs as u64,
        waits: swept.waits as u64,
        left: swept.left as u64,
        proposed,
        refused,
        at: engine.now(),
    };
    out.result("sweep", &result, || swept_text(&result, engine, out))
}

async fn number(engine: &Engine, case: CaseId) -> Result<String, Failure> {
    Ok(engine.stored_case(case).await?.number.to_string())
}

fn swept_text(result: &SweepResult, engine: &Engine, out: &Output) -> String {
    let SweepResult { rungs, waits, left, at, proposed, refused } = result;
    let (at, lang) = (time::instant(*at, out.lang()), out.lang());
    let mut text = match lang {
        Lang::Zh => format!("截至 {at}：逐级提醒 {rungs} 级，期满 {waits} 项，留待下次 {left} 件"),
        Lang::En => format!("as of {at}: {rungs} rungs, {waits} waits ended, {left} left"),
    };
    let called = |link: &str| {
        let label = ladder::called(engine, link);
        lang.of(&label.zh, &label.en).to_owned()
    };
    for line in proposed {
        let opened = line.opened_number.as_deref();
        let opened = opened.unwrap_or_else(|| out.say("由外部办理", "elsewhere"));
        let (what, case) = (called(&line.link), &line.case_number);
        let _ = match lang {
            Lang::Zh => write!(text, "\n案号{case}：提出{what}，待签批（{opened}）"),
            Lang::En => write!(text, "\ncase {case}: {what}, to be signed ({opened})"),
        };
    }
    for line in refused {
        let (what, why) = (called(&line.link), lang.of(&line.reason.zh, &line.reason.en));
        let case = &line.case_number;
        let _ = match lang {
            Lang::Zh => write!(text, "\n案号{case}：未能提出{what}：{why}"),
            Lang::En => write!(text, "\ncase {case}: {what} was refused: {why}"),
        };
    }
    text
}

pub(super) async fn verify(
    global: &Global,
    args: &VerifyArgs,
    out: &Output,
) -> Result<Exit, Failure> {
    let opened = database::open(global).await?;
    let progress = out.progress(None, "核验个案", "verifying cases");
    let bar = progress.clone();
    let options = VerifyOptions { redecide: args.redecide };
    let verdict = opened.engine.verify(options, move |done| bar.set_position(done)).await?;
    progress.finish_and_clear();
    let clean = verdict.is_clean();
    let result = VerifyResult {
        verdict: if clean { "clean" } else { "faulty" }.to_owned(),
        cases: verdict.cases,
        entries: verdict.entries,
        attachments: verdict.attachments,
        faults: verdict
            .faults
            .iter()
            .map(|fault| FaultLine {
                case: fault.case,
                seq: fault.seq,
                table: fault.table.to_owned(),
                problem: fault.problem.clone(),
            })
            .collect(),
        not_redecided: verdict.not_redecided,
    };
    out.result("verify", &result, || text(&result, args.redecide, out))?;
    Ok(if clean { Exit::Done } else { Exit::Faulty })
}

fn text(result: &VerifyResult, redecided: bool, out: &Output) -> String {
    let VerifyResult { cases, entries, attachments, faults, not_redecided, .. } = result;
    let mut text = match (out.lang(), faults.len()) {
        (Lang::Zh, 0) => "一致，未发现改动".to_owned(),
        (Lang::Zh, count) => format!("发现 {count} 处问题！"),
        (Lang::En, 0) => "all is as the trail says".to_owned(),
        (Lang::En, count) => format!("{count} faults were found!"),
    };
    let _ = match out.lang() {
        Lang::Zh => {
            write!(text, "（个案 {cases} 件，留痕 {entries} 条，附件 {attachments} 个）")
        }
        Lang::En => write!(text, " ({cases} cases, {entries} entries, {attachments} files)"),
    };
    if redecided {
        let _ = match out.lang() {
            Lang::Zh => write!(text, "\n未能重新办理比对的 {not_redecided} 条"),
            Lang::En => write!(text, "\n{not_redecided} entries could not be decided again"),
        };
    }
    if !faults.is_empty() {
        let header = match out.lang() {
            Lang::Zh => ["个案", "步", "位置", "问题"],
            Lang::En => ["case", "#", "table", "problem"],
        };
        let rows = faults.iter().map(|fault| {
            let seq = fault.seq.map_or_else(String::new, |seq| seq.to_string());
            vec![fault.case.to_string(), seq, fault.table.clone(), fault.problem.clone()]
        });
        text.push('\n');
        text.push_str(&table::table(&header, rows));
    }
    text
}
