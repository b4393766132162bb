//! The whole story of one child, from all its cases.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use hexacase::{
    engine::{Engine, EngineError, Staff},
    procedure::wide::WideStep,
    store::CaseQuery,
    terms::{
        id::{CaseId, SubjectId},
        time::Timestamp,
    },
    trail::{Body, Kind},
};
use serde::Serialize;
use serde_json::Value;

use super::text::{addressee_label, duty_label, procedure_label, state_label};

/// One entry of a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct StoryLine {
    /// When it happened.
    pub occurred_at: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// The case's number.
    pub case_number: String,
    /// The procedure.
    pub procedure: String,
    /// The step.
    pub transition: String,
    /// What people call procedure and step.
    pub label: String,
    /// The state after, as people call it.
    pub state: String,
    /// Who recorded it: name and role; nobody where the reporter is kept secret.
    pub actor: String,
    /// Who acted, if somebody else.
    pub acted_by: Option<String>,
    /// Where the power to it comes from.
    pub basis: String,
}

#[derive(Default)]
struct Child {
    procedures: BTreeSet<String>,
    steps: i64,
    cases: Vec<CaseId>,
}

/// The story of a child who went the whole chain, if there is one; among those, or else among all,
/// the one whose cases went through most procedures and took most steps.
///
/// # Errors
/// [`EngineError`].
pub(super) async fn of_busiest_child(
    engine: &Engine,
    whole: &BTreeSet<SubjectId>,
) -> Result<Vec<StoryLine>, EngineError> {
    let mut children: BTreeMap<SubjectId, Child> = BTreeMap::new();
    let mut after: Option<CaseId> = None;
    loop {
        let page = engine.cases(&CaseQuery { after, limit: 500, ..CaseQuery::default() }).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.facts.id);
        for case in page {
            let child = children.entry(case.facts.subject.id).or_default();
            child.procedures.insert(case.facts.procedure);
            child.steps += case.facts.revision.get();
            child.cases.push(case.facts.id);
        }
    }
    let busiest = children
        .into_iter()
        .max_by_key(|(id, child)| (whole.contains(id), child.procedures.len(), child.steps, *id));
    match busiest {
        Some((_, child)) => of_cases(engine, &child.cases).await,
        None => Ok(Vec::new()),
    }
}

async fn of_cases(engine: &Engine, cases: &[CaseId]) -> Result<Vec<StoryLine>, EngineError> {
    let staff = Staff::new(0, engine.staff().await?);
    let mut lines: Vec<(Timestamp, Timestamp, StoryLine)> = Vec::new();
    for case in cases {
        let stored = engine.stored_case(*case).await?;
        let procedure = stored.facts.procedure.clone();
        let definition = engine.registry().newest(&procedure).cloned();
        for entry in engine.history(*case).await? {
            let envelope = entry.envelope;
            let spec = definition
                .as_ref()
                .and_then(|definition| definition.transition(&envelope.transition));
            let wide = WideStep::named(&envelope.transition);
            let step = match (envelope.kind, spec, wide) {
                (Kind::Escalate, _, _) => climbed(engine, &procedure, entry.body.as_ref()),
                (Kind::Informed, None, _) => "知悉办理结果".to_owned(),
                (_, Some(spec), _) => spec.label.zh.to_string(),
                (_, None, Some(wide)) => wide.label().zh.to_string(),
                (_, None, None) => envelope.transition.clone(),
            };
            let step = match envelope.kind {
                Kind::OpenedBy => format!("{step}（由转办立案）"),
                Kind::Informed if spec.is_some() => format!("{step}（转办告知）"),
                Kind::Proposed => format!("{step}（待复核）"),
                _ => step,
            };
            let role = envelope.role.as_ref().and_then(|role| engine.roles().get(role));
            let actor = match staff.person(&envelope.actor) {
                Some(row) => {
                    let role = role.map(|role| role.label.zh.to_string());
                    role.map_or(row.name.clone(), |role| format!("{}（{role}）", row.name))
                }
                None if envelope.actor.as_str() == "system" => "系统".to_owned(),
                None => "（报告人，保密）".to_owned(),
            };
            // Who acted, acted in the case the handoff came from.
            let here = !matches!(envelope.kind, Kind::Informed | Kind::OpenedBy);
            let acted = entry.body.and_then(|body| body.acted_by).filter(|_| here);
            let line = StoryLine {
                occurred_at: envelope.occurred_at.to_string(),
                recorded_at: envelope.recorded_at.to_string(),
                case_number: stored.number.to_string(),
                label: format!("{}·{step}", procedure_label(engine, &procedure)),
                state: state_label(engine, &procedure, &envelope.to),
                procedure: procedure.clone(),
                transition: envelope.transition,
                actor,
                acted_by: acted.map(|acted| acted.organ.to_string()),
                basis: spec.map(|spec| spec.basis.to_string()).unwrap_or_default(),
            };
            lines.push((envelope.occurred_at, envelope.recorded_at, line));
        }
    }
    lines
        .sort_by_key(|(occurred, recorded, line)| (*occurred, *recorded, line.case_number.clone()));
    Ok(lines.into_iter().map(|(_, _, line)| line).collect())
}

/// What the ladder did in one entry: for each rung the duty, and whom it reached or what it proposed.
fn climbed(engine: &Engine, procedure: &str, body: Option<&Body>) -> String {
    let rungs = body.and_then(|body| body.payload.get("rungs")?.as_array());
    let told = rungs.into_iter().flatten().map(|rung| {
        let text = |key: &str| rung.get(key).and_then(Value::as_str).unwrap_or_default();
        let duty = duty_label(engine, procedure, text("duty"));
        format!("{duty}，{}", addressee_label(engine, text("addressee")))
    });
    format!("逾期升级提醒（{}）", told.collect::<Vec<_>>().join("；"))
}

/// Steps of one kind between two changes of state.
struct Repeated<'s> {
    line: &'s StoryLine,
    /// How often it was taken.
    times: usize,
    /// When it was taken last.
    last: &'s str,
}

/// What a reader is shown of a story: each step after which a case stood in another state, and
/// between two of these each kind of step once, with its count. A year of visits is a line.
fn told(lines: &[StoryLine]) -> Vec<Repeated<'_>> {
    let mut told: Vec<Repeated<'_>> = Vec::new();
    let mut states: BTreeMap<&str, &str> = BTreeMap::new();
    // Where the steps since the last change of a state begin.
    let mut since = 0;
    for line in lines {
        let before = states.insert(&line.case_number, &line.state);
        let turns = before != Some(line.state.as_str());
        let repeated =
            told.iter_mut().skip(since).find(|known| !turns && kind(known.line) == kind(line));
        if let Some(known) = repeated {
            known.times += 1;
            known.last = &line.occurred_at;
        } else {
            told.push(Repeated { line, times: 1, last: &line.occurred_at });
        }
        if turns {
            since = told.len();
        }
    }
    told
}

/// What two steps have in common that read alike.
fn kind(line: &StoryLine) -> [&str; 6] {
    let acted_by = line.acted_by.as_deref().unwrap_or_default();
    [&line.case_number, &line.label, &line.state, &line.actor, acted_by, &line.basis]
}

/// A time as an official reads it: the day, and the hour.
fn day_and_hour(at: &str) -> (String, String) {
    let read: Option<Timestamp> = at.parse().ok();
    let text = read.map_or(at.to_owned(), Timestamp::chinese);
    let (day, hour) = text.split_once(' ').unwrap_or((&text, ""));
    (day.to_owned(), hour.to_owned())
}

/// The story as a timeline.
pub(super) fn text(lines: &[StoryLine]) -> String {
    let mut out = String::new();
    let mut shown = String::new();
    let told = told(lines);
    for Repeated { line, times, last } in &told {
        let ((day, hour), (last, _)) = (day_and_hour(&line.occurred_at), day_and_hour(last));
        let more = match times {
            1 => String::new(),
            _ if last == day => format!("（当日共 {times} 次）"),
            _ => format!("（至{last}，共 {times} 次）"),
        };
        if day != shown {
            let _ = writeln!(out, "  {day}");
            shown = day;
        }
        let acted = line.acted_by.as_ref().map_or(String::new(), |organ| format!("，{organ}办理"));
        let _ = writeln!(out, "    {hour}  {}{more} → {}", line.label, line.state);
        let basis = if line.basis.is_empty() {
            String::new()
        } else {
            format!("  依据：{}", line.basis)
        };
        let _ = writeln!(out, "           {}登记{acted}{basis}", line.actor);
    }
    if told.len() < lines.len() {
        let cases: BTreeSet<_> = lines.iter().map(|line| line.case_number.as_str()).collect();
        out.push_str("  相同步骤已合并为一条，逐条查看：\n");
        for case in cases {
            let _ = writeln!(out, "    pilot trail {case} --limit 1000");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: &str, case: &str, label: &str, state: &str) -> StoryLine {
        StoryLine {
            occurred_at: format!("{at}:00.000+08:00"),
            recorded_at: String::new(),
            case_number: case.to_owned(),
            procedure: String::new(),
            transition: String::new(),
            label: label.to_owned(),
            state: state.to_owned(),
            actor: "某人".to_owned(),
            acted_by: None,
            basis: String::new(),
        }
    }

    #[test]
    fn steps_that_read_alike_are_one_line_until_a_case_changes_its_state() {
        let lines = [
            line("2026-01-01T09:00", "1", "建档", "在档"),
            line("2026-01-02T09:00", "1", "走访", "在档"),
            line("2026-01-03T09:00", "2", "走访", "核查"),
            line("2026-01-04T09:00", "2", "走访", "核查"),
            line("2026-01-05T09:00", "1", "走访", "在档"),
            line("2026-01-05T10:00", "1", "走访", "在档"),
            line("2026-01-05T11:00", "2", "走访", "核查"),
            line("2026-01-05T12:00", "2", "走访", "核查"),
            line("2026-01-06T09:00", "2", "走访", "跟踪"),
            line("2026-01-07T09:00", "1", "走访", "在档"),
        ];
        let expected = "  2026年1月1日
    09:00  建档 → 在档
           某人登记
  2026年1月2日
    09:00  走访 → 在档
           某人登记
  2026年1月3日
    09:00  走访 → 核查
           某人登记
  2026年1月4日
    09:00  走访（至2026年1月5日，共 3 次） → 核查
           某人登记
  2026年1月5日
    09:00  走访（当日共 2 次） → 在档
           某人登记
  2026年1月6日
    09:00  走访 → 跟踪
           某人登记
  2026年1月7日
    09:00  走访 → 在档
           某人登记
  相同步骤已合并为一条，逐条查看：
    pilot trail 1 --limit 1000
    pilot trail 2 --limit 1000
";
        assert_eq!(text(&lines), expected);
        assert!(!text(&lines[..4]).contains("合并"));
    }
}
