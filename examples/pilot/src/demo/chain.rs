//! What of the chain a played county shows: the mechanisms that occurred, the matters that the
//! ladder alone brought before the joint meeting and that came back settled, and the children who
//! went through all of it.
//!
//! It is read from what the engine stored, the trail first of all, and not from what the player
//! remembers, so that it cannot claim what did not happen.

use std::collections::{BTreeMap, BTreeSet};

use hexacase::{
    engine::{Engine, EngineError, HistoryEntry},
    store::{CaseQuery, EntryCursor},
    terms::{
        id::{CaseId, Digest, SubjectId},
        time::Timestamp,
    },
    trail::{Kind, LinkKind},
};
use serde::Serialize;

/// The mechanism that is about matters and not about a child.
const JOINT_MEETING: &str = "joint_meeting";
/// The link by which the ladder proposes a matter to the joint meeting.
const BY_THE_LADDER: &str = "X02";

/// What of a mechanism occurred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct MechanismCount {
    /// The mechanism.
    pub mechanism: String,
    /// Its cases.
    pub cases: u64,
    /// Of them, ended.
    pub ended: u64,
    /// Entries of their trails.
    pub entries: u64,
}

/// A duty that was forgotten until the ladder proposed it to the joint meeting, which settled it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Returned {
    /// The case whose duty it is.
    pub case_number: String,
    /// Its procedure.
    pub procedure: String,
    /// The duty.
    pub duty: String,
    /// When the ladder proposed it.
    pub proposed_at: String,
    /// The number of the agenda item.
    pub item: String,
    /// When the item was adopted and the case was told.
    pub resolved_at: String,
    /// When the duty ended, where it did.
    pub done_at: Option<String>,
}

/// What a played county shows of the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Chain {
    /// The six mechanisms.
    pub mechanisms: Vec<MechanismCount>,
    /// Matters that the ladder alone proposed to the joint meeting.
    pub proposed: usize,
    /// Those of them that came back resolved to a case that was still open, oldest first.
    pub returned: Vec<Returned>,
    /// How many children had a case in every mechanism about a child, and a matter before the
    /// joint meeting that one of these cases was told the outcome of.
    pub children: usize,
}

/// What is remembered of a case on the way through the trail.
#[derive(Default)]
struct Trail {
    entries: u64,
    /// What told it of an outcome, and when.
    told: Vec<(CaseId, Timestamp)>,
    /// The duty of a case that the ladder made an item of: case, number, name, when.
    proposed: Option<(CaseId, u32, String, Timestamp)>,
}

struct Known {
    number: String,
    procedure: String,
    state: String,
    subject: SubjectId,
    open: bool,
}

/// The chain, the digest of all entries in the order they were recorded in, and the children who
/// went the whole chain.
///
/// # Errors
/// [`EngineError`].
pub(super) async fn read(
    engine: &Engine,
) -> Result<(Chain, Digest, BTreeSet<SubjectId>), EngineError> {
    let (digest, trails) = trails(engine).await?;
    let cases = cases(engine).await?;
    let whole = whole_chain(engine, &cases, &trails);
    let mut returned = Vec::new();
    let mut proposed = 0;
    for (item, trail) in &trails {
        let Some((case, no, duty, at)) = &trail.proposed else { continue };
        proposed += 1;
        let (Some(about), Some(known)) = (cases.get(case), cases.get(item)) else { continue };
        let told = trails.get(case).and_then(|of| of.told.iter().find(|(from, _)| from == item));
        let Some((_, told)) = told.filter(|_| known.state == "resolved") else { continue };
        let duties = engine.duties_of(*case).await?;
        let ended = duties.iter().find(|row| row.duty.no == *no).and_then(|row| row.duty.closed_at);
        returned.push(Returned {
            case_number: about.number.clone(),
            procedure: about.procedure.clone(),
            duty: duty.clone(),
            proposed_at: at.to_string(),
            item: known.number.clone(),
            resolved_at: told.to_string(),
            done_at: ended.map(|at| at.to_string()),
        });
    }
    returned.sort_by(|one, other| {
        (&one.proposed_at, &one.item).cmp(&(&other.proposed_at, &other.item))
    });
    let mechanisms = mechanisms(engine, &cases, &trails);
    Ok((Chain { mechanisms, proposed, returned, children: whole.len() }, digest, whole))
}

async fn trails(engine: &Engine) -> Result<(Digest, BTreeMap<CaseId, Trail>), EngineError> {
    let mut digest = Digest::of(b"");
    let mut trails: BTreeMap<CaseId, Trail> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = engine.feed(after, 500).await?;
        let Some((_, cursor)) = page.last() else { return Ok((digest, trails)) };
        after = Some(*cursor);
        for (entry, EntryCursor { case, .. }) in &page {
            digest = Digest::of_parts(&[digest.as_bytes(), entry.hash.as_bytes()]);
            note(&mut trails, *case, entry);
        }
    }
}

fn note(trails: &mut BTreeMap<CaseId, Trail>, case: CaseId, entry: &HistoryEntry) {
    let envelope = &entry.envelope;
    trails.entry(case).or_default().entries += 1;
    match envelope.kind {
        Kind::Informed => {
            let from = envelope.links.iter().filter(|link| link.kind == LinkKind::HandedFrom);
            for link in from {
                let told = (link.case, envelope.recorded_at);
                trails.entry(case).or_default().told.push(told);
            }
        }
        Kind::Escalate => {
            let payload = entry.body.as_ref().map(|body| &body.payload);
            let rungs = payload.and_then(|payload| payload.get("rungs")?.as_array());
            for rung in rungs.into_iter().flatten() {
                let text = |key: &str| rung.get(key).and_then(serde_json::Value::as_str);
                if text("addressee") != Some(BY_THE_LADDER) {
                    continue;
                }
                let item = text("proposal").and_then(|id| id.parse::<CaseId>().ok());
                let no = rung.get("duty_no").and_then(serde_json::Value::as_u64);
                let no = no.and_then(|no| u32::try_from(no).ok());
                if let (Some(item), Some(no), Some(duty)) = (item, no, text("duty")) {
                    let proposed = (case, no, duty.to_owned(), envelope.recorded_at);
                    trails.entry(item).or_default().proposed = Some(proposed);
                }
            }
        }
        _ => {}
    }
}

async fn cases(engine: &Engine) -> Result<BTreeMap<CaseId, Known>, EngineError> {
    let mut cases = BTreeMap::new();
    let mut after: Option<CaseId> = None;
    loop {
        let page = engine.cases(&CaseQuery { after, limit: 500, ..CaseQuery::default() }).await?;
        let Some(last) = page.last() else { return Ok(cases) };
        after = Some(last.facts.id);
        for case in page {
            let open = case.facts.is_open();
            let known = Known {
                number: case.number.to_string(),
                procedure: case.facts.procedure,
                state: case.facts.state,
                subject: case.facts.subject.id,
                open,
            };
            cases.insert(case.facts.id, known);
        }
    }
}

fn mechanism_of<'a>(engine: &'a Engine, procedure: &str) -> Option<&'a str> {
    engine.registry().newest(procedure)?.mechanism()
}

fn mechanisms(
    engine: &Engine,
    cases: &BTreeMap<CaseId, Known>,
    trails: &BTreeMap<CaseId, Trail>,
) -> Vec<MechanismCount> {
    let mut counts: Vec<MechanismCount> = Vec::new();
    for name in engine.registry().iter().filter_map(|definition| definition.mechanism()) {
        if counts.iter().any(|count| count.mechanism == name) {
            continue;
        }
        let mut count =
            MechanismCount { mechanism: name.to_owned(), cases: 0, ended: 0, entries: 0 };
        for (id, case) in cases {
            if mechanism_of(engine, &case.procedure) == Some(name) {
                count.cases += 1;
                count.ended += u64::from(!case.open);
                count.entries += trails.get(id).map_or(0, |trail| trail.entries);
            }
        }
        counts.push(count);
    }
    counts
}

/// The children with a case in every mechanism about a child, one of which was told what the joint
/// meeting concluded.
fn whole_chain(
    engine: &Engine,
    cases: &BTreeMap<CaseId, Known>,
    trails: &BTreeMap<CaseId, Trail>,
) -> BTreeSet<SubjectId> {
    let all: BTreeSet<&str> =
        engine.registry().iter().filter_map(|definition| definition.mechanism()).collect();
    let mut met: BTreeMap<SubjectId, BTreeSet<&str>> = BTreeMap::new();
    for (id, case) in cases {
        let Some(mechanism) = mechanism_of(engine, &case.procedure) else { continue };
        if mechanism == JOINT_MEETING {
            continue;
        }
        let of = met.entry(case.subject).or_default();
        of.insert(mechanism);
        let told = trails.get(id).map(|trail| trail.told.as_slice()).unwrap_or_default();
        let by = told.iter().filter_map(|(from, _)| cases.get(from));
        if by.into_iter().any(|from| mechanism_of(engine, &from.procedure) == Some(JOINT_MEETING)) {
            of.insert(JOINT_MEETING);
        }
    }
    met.retain(|_, mechanisms| *mechanisms == all);
    met.into_keys().collect()
}
