//! What a played county shows in the end: the same facts as data and as text.

use std::{collections::BTreeMap, fmt::Write as _};

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use hexacase::{
    duty::{
        ladder::{Addressee, Over},
        owed::DutyState,
    },
    engine::{Engine, EngineError, VerifyOptions},
    store::{CaseQuery, DutyFilter, DutyRow},
    terms::{
        id::{CaseId, Digest},
        time::Timestamp,
    },
};
use serde::Serialize;

use super::{
    Played,
    story::{self, StoryLine},
};
use crate::county::County;

/// Cases of one procedure in one state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CaseCount {
    /// The mechanism, where the procedure belongs to one.
    pub mechanism: Option<String>,
    /// The procedure.
    pub procedure: String,
    /// The state.
    pub state: String,
    /// How many.
    pub count: u64,
}

/// Duties of one party.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PartyCount {
    /// The party that owed them.
    pub party: String,
    /// Fulfilled in time.
    pub on_time: u64,
    /// Fulfilled late, or excused.
    pub late: u64,
    /// Still open.
    pub open: u64,
    /// Of the open ones, past their date.
    pub overdue: u64,
}

/// Rungs climbed, by addressee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct EscalationCount {
    /// Whom they reached.
    pub addressee: String,
    /// How many.
    pub count: u64,
    /// Of them, climbed late.
    pub late: u64,
}

/// An overdue duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct OverdueLine {
    /// The case's number.
    pub case_number: String,
    /// The procedure.
    pub procedure: String,
    /// The duty.
    pub duty: String,
    /// When it was due.
    pub due: String,
    /// How many whole days ago.
    pub days: i64,
    /// The unit that holds it.
    pub holder: Option<String>,
    /// How many rungs were climbed.
    pub rungs: u32,
}

/// What `verify` found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct VerifyLine {
    /// `clean` or `faulty`.
    pub verdict: String,
    /// Cases looked at.
    pub cases: u64,
    /// Entries looked at.
    pub entries: u64,
    /// Faults found.
    pub faults: u64,
}

/// What a played county shows.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DemoResult {
    /// Children of the register.
    pub children: usize,
    /// Steps taken.
    pub steps: usize,
    /// Steps refused on the way.
    pub refusals: usize,
    /// Cases by procedure and state.
    pub cases: Vec<CaseCount>,
    /// Duties by party.
    pub duties: Vec<PartyCount>,
    /// Rungs climbed.
    pub escalations: Vec<EscalationCount>,
    /// The most overdue duties, at most twenty.
    pub overdue: Vec<OverdueLine>,
    /// How many duties are overdue in all.
    pub overdue_count: usize,
    /// The whole story of one child.
    pub story: Vec<StoryLine>,
    /// What `verify` found.
    pub verify: VerifyLine,
    /// The digest of all entries in the order they were recorded in.
    pub trail_digest: String,
    /// How long it took.
    pub seconds: f64,
    /// The most memory it held, in MiB; nothing where the system does not tell.
    pub peak_rss_mb: Option<u64>,
}

/// Gathers what a played county shows.
///
/// # Errors
/// [`EngineError`].
pub async fn report(
    engine: &Engine,
    children: usize,
    played: Played,
    progress: impl FnMut(u64) + Send,
) -> Result<DemoResult, EngineError> {
    let (duties, overdue, overdue_count) = duty_counts(engine).await?;
    let verdict = engine.verify(VerifyOptions::default(), progress).await?;
    Ok(DemoResult {
        children,
        steps: played.steps,
        refusals: played.refusals,
        cases: case_counts(engine).await?,
        duties,
        escalations: escalations(engine).await?,
        overdue,
        overdue_count,
        story: story::of_busiest_child(engine).await?,
        verify: VerifyLine {
            verdict: if verdict.is_clean() { "clean" } else { "faulty" }.to_owned(),
            cases: verdict.cases,
            entries: verdict.entries,
            faults: verdict.faults.len() as u64,
        },
        trail_digest: trail_digest(engine).await?.to_string(),
        seconds: 0.0,
        peak_rss_mb: None,
    })
}

async fn case_counts(engine: &Engine) -> Result<Vec<CaseCount>, EngineError> {
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut after: Option<CaseId> = None;
    loop {
        let page = engine.cases(&CaseQuery { after, limit: 500, ..CaseQuery::default() }).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.facts.id);
        for case in page {
            *counts.entry((case.facts.procedure, case.facts.state)).or_default() += 1;
        }
    }
    let mut rows = Vec::new();
    for definition in engine.registry().iter() {
        let own = definition.states().iter().map(|state| state.name);
        for state in own.chain(["annulled", "merged"]) {
            let key = (definition.name().to_owned(), state.to_owned());
            if let Some(count) = counts.get(&key) {
                rows.push(CaseCount {
                    mechanism: definition.mechanism().map(str::to_owned),
                    procedure: key.0,
                    state: key.1,
                    count: *count,
                });
            }
        }
    }
    Ok(rows)
}

async fn duty_counts(
    engine: &Engine,
) -> Result<(Vec<PartyCount>, Vec<OverdueLine>, usize), EngineError> {
    let now = engine.now();
    let mut parties: BTreeMap<String, PartyCount> = BTreeMap::new();
    let (mut overdue, mut overdue_count) = (Vec::new(), 0);
    let mut after = None;
    loop {
        let page = engine.duties(DutyFilter::All, after, 500).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.cursor());
        for row in &page {
            let Some(party) = party(engine, row) else { continue };
            let count = parties
                .entry(party.clone())
                .or_insert_with(|| PartyCount { party, ..PartyCount::default() });
            let late = row.duty.is_late(now);
            match row.duty.state {
                DutyState::Fulfilled if late => count.late += 1,
                DutyState::Fulfilled => count.on_time += 1,
                DutyState::Excused => count.late += 1,
                DutyState::Open => {
                    count.open += 1;
                    count.overdue += u64::from(late);
                    overdue_count += usize::from(late);
                }
                DutyState::Cancelled => {}
            }
        }
    }
    for row in engine.overdue(None, None, 20).await? {
        let Some(due) = row.duty.due() else { continue };
        overdue.push(OverdueLine {
            case_number: row.number.to_string(),
            procedure: row.procedure,
            duty: row.duty.name,
            due: due.to_string(),
            days: (now.as_millis() - due.as_millis()) / 86_400_000,
            holder: row.duty.holder.unit.map(|unit| unit.to_string()),
            rungs: row.duty.rung,
        });
    }
    Ok((parties.into_values().collect(), overdue, overdue_count))
}

/// Courts, procuratorates and the police in an investigation, whatever party they belong to.
const JUDICIAL: &str = "judicial_organ";

fn party(engine: &Engine, row: &DutyRow) -> Option<String> {
    let on = engine.on_ladder(&row.procedure, &row.duty, engine.now());
    if on.is_some_and(|on| on.ladder.over == Over::Judicial) {
        return Some(JUDICIAL.to_owned());
    }
    let definition = engine.registry().newest(&row.procedure)?;
    let role = definition.duty(&row.duty.name)?.owed_by.first()?;
    engine.roles().get(role).map(|spec| spec.party.to_owned())
}

async fn escalations(engine: &Engine) -> Result<Vec<EscalationCount>, EngineError> {
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for rung in engine.escalations(None, u32::MAX).await? {
        let count = counts.entry(rung.addressee).or_default();
        count.0 += 1;
        count.1 += u64::from(rung.late);
    }
    let links = engine.escalation_links().iter().map(|link| link.id);
    let known = Addressee::ALL.iter().map(|addressee| addressee.name()).chain(links);
    let known = known.filter_map(|name| {
        let (count, late) = counts.get(name)?;
        Some(EscalationCount { addressee: name.to_owned(), count: *count, late: *late })
    });
    Ok(known.collect())
}

async fn trail_digest(engine: &Engine) -> Result<Digest, EngineError> {
    let mut digest = Digest::of(b"");
    let mut after = None;
    loop {
        let page = engine.feed(after, 500).await?;
        let Some((_, cursor)) = page.last() else { return Ok(digest) };
        after = Some(*cursor);
        for (entry, _) in &page {
            digest = Digest::of_parts(&[digest.as_bytes(), entry.hash.as_bytes()]);
        }
    }
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    *table.style_mut() = UTF8_FULL_CONDENSED;
    table.set_header(head.to_vec());
    table
}

fn right(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// The result as an official reads it.
pub fn text(engine: &Engine, county: &County, result: &DemoResult) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "\n一、各程序个案（截至{}）", engine.now().chinese());
    let mut cases = table(&["程序", "状态", "件数"]);
    for row in &result.cases {
        cases.add_row(vec![
            procedure_label(engine, &row.procedure),
            state_label(engine, &row.procedure, &row.state),
            row.count.to_string(),
        ]);
    }
    right(&mut cases, &[2]);
    let _ = writeln!(out, "{cases}");

    let _ = writeln!(out, "\n二、各责任方应办事项");
    let mut duties = table(&["责任方", "按时办结", "逾期办结或免办", "未办", "其中逾期", "按时率"]);
    for row in &result.duties {
        let done = row.on_time + row.late;
        // A rate without anything to count is no rate.
        let rate = (row.on_time * 1000).checked_div(done);
        duties.add_row(vec![
            party_label(&row.party).to_owned(),
            row.on_time.to_string(),
            row.late.to_string(),
            row.open.to_string(),
            row.overdue.to_string(),
            match rate {
                // They are written to, never scored.
                _ if row.party == JUDICIAL => "不评".to_owned(),
                None => "—".to_owned(),
                Some(rate) => format!("{}.{}%", rate / 10, rate % 10),
            },
        ]);
    }
    right(&mut duties, &[1, 2, 3, 4, 5]);
    let _ = writeln!(out, "{duties}");

    let _ = writeln!(out, "\n三、逐级提醒");
    let mut climbed = table(&["提醒或提出", "次数", "其中迟升"]);
    for row in &result.escalations {
        let name = Addressee::ALL.iter().find(|addressee| addressee.name() == row.addressee);
        let link = || engine.escalation_links().iter().find(|link| link.id == row.addressee);
        let name = name
            .map(|addressee| addressee.label().zh)
            .or_else(|| link().map(|link| link.label.zh.clone()))
            .map_or(row.addressee.clone(), |name| name.to_string());
        climbed.add_row(vec![name, row.count.to_string(), row.late.to_string()]);
    }
    right(&mut climbed, &[1, 2]);
    let _ = writeln!(out, "{climbed}");

    let _ = writeln!(
        out,
        "\n四、逾期未办（共{}项，列出逾期最久的{}项）",
        result.overdue_count,
        result.overdue.len()
    );
    let mut overdue = table(&["个案", "程序", "事项", "应于", "逾期", "承办单位", "已升级"]);
    for row in &result.overdue {
        let due: Option<Timestamp> = row.due.parse().ok();
        overdue.add_row(vec![
            row.case_number.clone(),
            procedure_label(engine, &row.procedure),
            duty_label(engine, &row.procedure, &row.duty),
            due.map_or(row.due.clone(), |due| due.date().chinese()),
            format!("逾期 {} 天", row.days),
            row.holder
                .as_deref()
                .map_or("（无人承办）".to_owned(), |unit| unit_name(county, unit)),
            format!("{} 级", row.rungs),
        ]);
    }
    let _ = writeln!(out, "{overdue}");

    let _ = writeln!(out, "\n五、一名儿童的全部经过");
    let _ = writeln!(out, "{}", story::text(&result.story));

    let verify = &result.verify;
    let verdict =
        if verify.verdict == "clean" { "一致，未发现改动" } else { "发现问题！" };
    let _ = writeln!(
        out,
        "\n六、留痕校验：{verdict}（个案 {} 件，留痕 {} 条，问题 {} 处）",
        verify.cases, verify.entries, verify.faults
    );
    let _ = writeln!(out, "    留痕摘要 {}", result.trail_digest);
    let _ = writeln!(
        out,
        "    儿童 {} 名，办理 {} 步，途中被拒 {} 步，用时 {:.1} 秒{}",
        result.children,
        result.steps,
        result.refusals,
        result.seconds,
        result.peak_rss_mb.map_or(String::new(), |mb| format!("，内存峰值 {mb} MiB"))
    );
    let _ = writeln!(
        out,
        "\n接下来可以试试：\n  pilot overdue                               逾期未办清单\n  pilot worklist --as director-101201         某村儿童主任的待办\n  pilot cases --procedure mandatory_report    强制报告个案\n  pilot diagram mandatory_report              程序图\n  pilot deadline D13 --from 2026-09-25        期限怎么算\n  pilot verify --redecide                     逐条复核留痕"
    );
    out
}

pub(super) fn procedure_label(engine: &Engine, name: &str) -> String {
    let definition = engine.registry().newest(name);
    definition.map_or(name.to_owned(), |definition| definition.label().zh.to_string())
}

pub(super) fn state_label(engine: &Engine, procedure: &str, state: &str) -> String {
    let definition = engine.registry().newest(procedure);
    let known = definition.and_then(|definition| definition.state(state));
    match (known, state) {
        (Some(state), _) => state.label.zh.to_string(),
        (None, "annulled") => "作废".to_owned(),
        (None, "merged") => "已并入".to_owned(),
        (None, other) => other.to_owned(),
    }
}

fn duty_label(engine: &Engine, procedure: &str, duty: &str) -> String {
    let definition = engine.registry().newest(procedure);
    let known = definition.and_then(|definition| definition.duty(duty));
    known.map_or(duty.to_owned(), |duty| duty.label.zh.to_string())
}

fn unit_name(county: &County, unit: &str) -> String {
    let known = county.units.iter().find(|row| row.id.as_str() == unit);
    known.map_or(unit.to_owned(), |row| row.name.clone())
}

fn party_label(party: &str) -> &str {
    match party {
        "family" => "家庭主体责任",
        "township_village" => "镇村属地责任",
        "department" => "部门监管责任",
        "school" => "学校管理责任",
        "mass_organization" => "群团服务责任",
        "social" => "社会关爱责任",
        "judicial_organ" => "司法机关（不考核）",
        other => other,
    }
}
