//! `review` in words.

use hexacase::store::StaffRow;

use super::review::REPORTER;
use crate::{
    codes,
    output::{Lang, Output, Words, table, time},
    results::{Lag, ReviewResult},
};

/// The whole review.
pub(super) fn text(
    result: &ReviewResult,
    staff: &[StaffRow],
    words: &Words,
    out: &Output,
) -> String {
    let mut parts = vec![head(result, out), people(result, out)];
    parts.push(clues(result, out));
    parts.push(refusals(result, words, out));
    parts.push(unused(result, words, out));
    parts.push(feedback(result, staff, out));
    if result.unread > 0 {
        let unread = result.unread;
        parts.push(match out.lang() {
            Lang::Zh => format!("试点日志有 {unread} 行不能读取"),
            Lang::En => format!("{unread} lines of the log cannot be read"),
        });
    }
    parts.join("\n\n")
}

fn head(result: &ReviewResult, out: &Output) -> String {
    let ReviewResult { from, to, steps, opened, ended, .. } = result;
    let (median, p90) = lag(&result.lag, out);
    match out.lang() {
        Lang::Zh => format!(
            "{} 至 {}：办理 {steps} 步，立案 {opened} 件，结案 {ended} 件\n\
             登记时差（从发生到登记）：中位数 {median}，九成在 {p90} 以内",
            from.chinese(),
            to.chinese()
        ),
        Lang::En => format!(
            "{from} to {to}: {steps} steps, {opened} cases opened, {ended} ended\n\
             from what happened to its entry: median {median}, nine of ten within {p90}"
        ),
    }
}

fn lag(lag: &Lag, out: &Output) -> (String, String) {
    (minutes(lag.median_minutes, out), minutes(lag.p90_minutes, out))
}

/// A length of time as people say it.
fn minutes(minutes: Option<i64>, out: &Output) -> String {
    const HOUR: i64 = 60;
    const DAY: i64 = 24 * HOUR;
    let Some(minutes) = minutes else { return "-".to_owned() };
    let (count, zh, en) = match minutes {
        ..HOUR => (minutes, "分钟", "min"),
        HOUR..DAY => (minutes / HOUR, "小时", "h"),
        _ => (minutes / DAY, "天", "d"),
    };
    format!("{count} {}", out.say(zh, en))
}

fn people(result: &ReviewResult, out: &Output) -> String {
    let header = match out.lang() {
        Lang::Zh => ["人员", "步数", "天数", "时差中位", "时差九成", "不能办理"],
        Lang::En => ["person", "steps", "days", "lag, median", "lag, p90", "refused"],
    };
    let rows = result.people.iter().map(|line| {
        let (median, p90) = lag(&line.lag, out);
        let name = match &line.name {
            Some(name) => format!("{name}（{}）", line.person),
            None if line.person == REPORTER => {
                out.say("（报告人保密的登记）", "(reports whose author is secret)").to_owned()
            }
            None => line.person.clone(),
        };
        let counts = [line.steps.to_string(), line.days.to_string()];
        vec![name, counts[0].clone(), counts[1].clone(), median, p90, line.refused.to_string()]
    });
    table::table(&header, rows)
}

fn clues(result: &ReviewResult, out: &Output) -> String {
    let clue = &result.clue_to_visit;
    let hours = |hours: Option<i64>| minutes(hours.map(|hours| hours.saturating_mul(60)), out);
    if clue.clues == 0 {
        return out.say("线索到走访：期间没有新线索", "clue to visit: no clue came in").to_owned();
    }
    let (clues, visited) = (clue.clues, clue.visited);
    let (median, p90) = (hours(clue.median_hours), hours(clue.p90_hours));
    let mut text = match out.lang() {
        Lang::Zh => format!(
            "线索到走访：线索 {clues} 条，已走访 {visited} 条；中位数 {median}，九成在 {p90} 以内"
        ),
        Lang::En => format!(
            "clue to visit: {visited} of {clues} visited; median {median}, nine of ten within {p90}"
        ),
    };
    if clue.longest_wait_hours.is_some() {
        let longest = hours(clue.longest_wait_hours);
        text.push_str(out.say("；尚未走访的最久已等 ", "; the oldest without a visit waits for "));
        text.push_str(&longest);
    }
    text
}

fn refusals(result: &ReviewResult, words: &Words, out: &Output) -> String {
    if result.refusals.is_empty() {
        return out.say("不能办理：没有", "refusals: none").to_owned();
    }
    let header = match out.lang() {
        Lang::Zh => ["不能办理的原因", "命令", "办理", "次数", "人数"],
        Lang::En => ["refused because", "command", "step", "times", "people"],
    };
    let rows = result.refusals.iter().map(|line| {
        let meaning = match out.lang() {
            Lang::Zh => codes::meaning(&line.code, words.definitions()),
            Lang::En => None,
        };
        let reason = match meaning {
            Some(zh) => format!("{zh}（{}）", line.code),
            None => line.code.clone(),
        };
        let step = line.step.as_deref().map_or_else(String::new, |step| {
            let labels =
                words.definitions().iter().map(|known| words.transition(known.name(), step));
            let procedure = words.procedure(step);
            let mut labels = labels.chain([procedure]);
            labels.find(|label| label != step).unwrap_or_else(|| step.to_owned())
        });
        vec![reason, line.command.clone(), step, line.count.to_string(), line.people.to_string()]
    });
    table::table(&header, rows)
}

fn unused(result: &ReviewResult, words: &Words, out: &Output) -> String {
    let mut lines = Vec::new();
    for definition in words.definitions() {
        let procedure = definition.name();
        let of_it = result.unused.iter().filter(|unused| unused.procedure == procedure);
        let names: Vec<_> =
            of_it.map(|unused| words.transition(procedure, &unused.transition)).collect();
        if names.is_empty() {
            continue;
        }
        let all = names.len() >= definition.transitions().len();
        let names = if all {
            out.say("全部", "all").to_owned()
        } else {
            names.join(out.say("、", ", "))
        };
        lines.push(format!("  {}：{names}", words.procedure(procedure)));
    }
    let title = out.say("期间没有用到的办理事项", "transitions nobody took");
    if lines.is_empty() {
        return format!("{title}：{}", out.say("没有", "none"));
    }
    format!("{title}\n{}", lines.join("\n"))
}

fn feedback(result: &ReviewResult, staff: &[StaffRow], out: &Output) -> String {
    let title = out.say("对程序的意见", "what people said of the program");
    if result.feedback.is_empty() {
        return format!("{title}：{}", out.say("没有", "nothing"));
    }
    let lines = result.feedback.iter().map(|line| {
        let row = staff.iter().find(|row| row.id.as_str() == line.person);
        let name = row.map_or(line.person.as_str(), |row| row.name.as_str());
        format!("  {} {name}：{}", time::instant(line.at, out.lang()), line.text)
    });
    format!("{title}\n{}", lines.collect::<Vec<_>>().join("\n"))
}
