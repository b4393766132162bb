//! What a played county shows in the end, as data.

use std::collections::BTreeMap;

use hexacase::{
    duty::{
        ladder::{Addressee, Over},
        owed::DutyState,
    },
    engine::{Engine, EngineError, VerifyOptions},
    store::{CaseQuery, DutyFilter, DutyRow},
    terms::id::CaseId,
};
use serde::Serialize;

use crate::output::time;

use super::{
    Played,
    chain::{self, Chain},
    story::{self, StoryLine},
};

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

/// Refusals of one step for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RefusalCount {
    /// The step.
    pub transition: String,
    /// The code of the refusal.
    pub code: String,
    /// The field it names.
    pub field: Option<String>,
    /// How many.
    pub count: usize,
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
    /// How many days ago, by the calendar.
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
    /// The same by step and reason, the most frequent first.
    pub refused: Vec<RefusalCount>,
    /// Cases by procedure and state.
    pub cases: Vec<CaseCount>,
    /// Duties by party.
    pub duties: Vec<PartyCount>,
    /// What of the chain of mechanisms occurred.
    pub chain: Chain,
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
    let (chain, digest, whole) = chain::read(engine).await?;
    Ok(DemoResult {
        children,
        steps: played.steps,
        refusals: played.refusals,
        refused: refused(played),
        cases: case_counts(engine).await?,
        duties,
        chain,
        escalations: escalations(engine).await?,
        overdue,
        overdue_count,
        story: story::of_busiest_child(engine, &whole).await?,
        verify: VerifyLine {
            verdict: if verdict.is_clean() { "clean" } else { "faulty" }.to_owned(),
            cases: verdict.cases,
            entries: verdict.entries,
            faults: verdict.faults.len() as u64,
        },
        trail_digest: digest.to_string(),
        seconds: 0.0,
        peak_rss_mb: None,
    })
}

fn refused(played: Played) -> Vec<RefusalCount> {
    let count =
        |((transition, code, field), count)| RefusalCount { transition, code, field, count };
    let mut refused: Vec<RefusalCount> = played.refused.into_iter().map(count).collect();
    refused.sort_by_key(|row| std::cmp::Reverse(row.count));
    refused
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
            days: time::days_late(due, now),
            holder: row.duty.holder.unit.map(|unit| unit.to_string()),
            rungs: row.duty.rung,
        });
    }
    Ok((parties.into_values().collect(), overdue, overdue_count))
}

/// Courts, procuratorates and the police in an investigation, whatever party they belong to.
pub(super) const JUDICIAL: &str = "judicial_organ";

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
