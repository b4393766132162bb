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
    trail::Kind,
};
use serde::Serialize;

use super::text::{procedure_label, state_label};

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
                (Kind::Escalate, _, _) => "逾期升级提醒".to_owned(),
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

/// The story as a timeline.
pub(super) fn text(lines: &[StoryLine]) -> String {
    let mut out = String::new();
    let mut day = String::new();
    for line in lines {
        let at: Option<Timestamp> = line.occurred_at.parse().ok();
        let chinese = at.map_or(line.occurred_at.clone(), Timestamp::chinese);
        let (date, hour) = chinese.split_once(' ').unwrap_or((&chinese, ""));
        if date != day {
            let _ = writeln!(out, "  {date}");
            date.clone_into(&mut day);
        }
        let acted = line.acted_by.as_ref().map_or(String::new(), |organ| format!("，{organ}办理"));
        let _ = writeln!(out, "    {hour}  {} → {}", line.label, line.state);
        let basis = if line.basis.is_empty() {
            String::new()
        } else {
            format!("  依据：{}", line.basis)
        };
        let _ = writeln!(out, "           {}登记{acted}{basis}", line.actor);
    }
    out
}
