//! `deadline`, `limits`, `check`: the rules, without a database.

use std::fs;

use hexacase::{
    calendar::work_calendar::WorkCalendar,
    care::{self, rules::national},
    duty::time_limit::{LimitId, TimeLimit},
    rules::rule_pack::RulePack,
};

use crate::{
    catalog::{CheckResult, LimitLine},
    cli::{CheckArgs, DeadlineArgs},
    error::PilotError,
    failure::Failure,
    output::{Lang, Output, table, time},
    results::{Bilingual, DeadlineResult, Page, SkippedLine},
};

pub(super) fn deadline(args: &DeadlineArgs, out: &Output) -> Result<(), Failure> {
    let calendar = WorkCalendar::shipped();
    let id = LimitId::named(args.limit.to_uppercase());
    let limit = national()
        .limit(&id)
        .ok_or_else(|| Failure::from(PilotError::UnknownLimit(args.limit.clone())))?;
    let due = match limit.period {
        Some(period) if args.strict => {
            let due = period.due_strict(args.from, calendar);
            Some(due.map_err(|horizon| PilotError::BeyondCalendar(horizon.to_string()))?)
        }
        _ => limit.due(args.from, calendar),
    };
    let skipped = due.iter().flat_map(|due| &due.skipped);
    let result = DeadlineResult {
        limit: limit.id.to_string(),
        basis: limit.basis.name().to_owned(),
        verified: limit.verified,
        from: args.from,
        due: due.as_ref().map(|due| due.at),
        provisional: due.as_ref().is_some_and(|due| due.provisional),
        why: Bilingual::from(&limit.why(args.from, calendar)),
        skipped: skipped.map(|day| SkippedLine::new(day.date, &day.day)).collect(),
    };
    out.result("deadline", &result, || {
        let doubt = if result.provisional { out.say("（暂定）", " (provisional)") } else { "" };
        let until = match result.due {
            Some(due) => time::due(due, out.lang()),
            None => out.say("没有具体时限", "no number is set").to_owned(),
        };
        format!(
            "{}{until}{doubt}\n{}",
            out.say("期限届满：", "due: "),
            out.say(&result.why.zh, &result.why.en)
        )
    })
}

fn line(limit: &TimeLimit) -> LimitLine {
    let period = limit.period;
    LimitLine {
        limit: limit.id.to_string(),
        label: Bilingual::from(&limit.label),
        amount: period.map(|period| period.amount),
        unit: period.map(|period| period.unit.name().to_owned()),
        word: limit.word.as_ref().map(Bilingual::from),
        event: Bilingual::from(&limit.event),
        start: period.map(|period| period.start.name().to_owned()),
        roll: period.map(|period| period.roll.name().to_owned()),
        basis: limit.basis.name().to_owned(),
        document: limit.document.clone(),
        verified: limit.verified,
    }
}

pub(super) fn limits(out: &Output) -> Result<(), Failure> {
    let page = Page::whole(national().limits().map(line).collect());
    out.result("limits", &page, || {
        let header = match out.lang() {
            Lang::Zh => ["编号", "事项", "期限", "起算", "依据"],
            Lang::En => ["limit", "what", "amount", "from", "basis"],
        };
        let rows = national().limits().map(|limit| {
            let text =
                |label: &hexacase::terms::label::Label| out.say(&label.zh, &label.en).to_owned();
            vec![
                limit.id.to_string(),
                text(&limit.label),
                text(&limit.shown_amount()),
                text(&limit.event),
                text(&limit.shown_basis()),
            ]
        });
        table::table(&header, rows)
    })
}

pub(super) fn check(args: &CheckArgs, out: &Output) -> Result<(), Failure> {
    let nation = national();
    let laid = match &args.overlay {
        None => None,
        Some(path) => {
            let text =
                fs::read_to_string(path).map_err(|error| PilotError::io("read", path, &error))?;
            Some(nation.overlay(&path.display().to_string(), &text)?)
        }
    };
    let rules = laid.as_ref().unwrap_or(nation);
    let definitions = care::definitions(rules)?;
    let result = CheckResult {
        rule_pack: rules.name().to_owned(),
        version: rules.version().to_owned(),
        hash: rules.hash(),
        definitions: definitions.len() as u64,
        limits: rules.limits().count() as u64,
        ladders: rules.ladders().count() as u64,
        changed: changed(nation, rules),
    };
    out.result("check", &result, || {
        let mut lines = vec![
            (out.say("规则", "rules"), format!("{} {}", result.rule_pack, result.version)),
            (out.say("摘要", "hash"), result.hash.to_string()),
            (out.say("程序", "procedures"), result.definitions.to_string()),
            (out.say("期限", "limits"), result.limits.to_string()),
            (out.say("提醒阶梯", "ladders"), result.ladders.to_string()),
        ];
        lines.push((out.say("县级改动", "changed here"), result.changed.join(" ")));
        let good = out.say("检查通过", "all is well formed");
        format!("{good}\n{}", table::pairs(&lines))
    })
}

/// The limits that differ, and those that are gone.
fn changed(nation: &RulePack, rules: &RulePack) -> Vec<String> {
    let differs = |limit: &&TimeLimit| nation.limit(&limit.id) != Some(*limit);
    let gone = |limit: &&TimeLimit| rules.limit(&limit.id).is_none();
    let changed = rules.limits().filter(differs).chain(nation.limits().filter(gone));
    changed.map(|limit| limit.id.to_string()).collect()
}
