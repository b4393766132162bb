//! Time passing: waits end, ladders are climbed. The host calls it; nothing runs unasked.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Engine, EngineError, Inner, NotProposed, Proposed, carry::Carry, escalate::Climbed,
    workspace::Draft,
};
use crate::{
    duty::owed::{DutyKind, OwedDuty},
    store::{DutyCursor, DutyFilter, DutyQuery, GroupOutcome, Wanted},
    terms::{
        actor::{Actor, Profile},
        id::{ActorId, CaseId},
        time::Timestamp,
    },
};

/// What a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rungs climbed.
    pub rungs: usize,
    /// Waits ended.
    pub waits: usize,
    /// Proposals that rungs opened.
    pub proposed: Vec<Proposed>,
    /// Proposals that the receiving procedure refused; their rungs are climbed all the same.
    pub refused: Vec<NotProposed>,
    /// Cases that somebody else was changing, which the next sweep takes, and waits whose
    /// transition was refused.
    pub left: usize,
}

/// What the sweep of one case did.
#[derive(Debug, Default)]
struct SweptCase {
    climbed: Climbed,
    waits: usize,
    refused_waits: usize,
}

const PAGE: u32 = 128;

impl Engine {
    /// Climbs every ladder as far as it is due and ends every wait that has passed, once each.
    ///
    /// A rung is written with its case's revision compared, so two sweeps at once climb it once.
    ///
    /// # Errors
    /// [`EngineError`]; what was swept before it stands.
    pub async fn sweep(&self) -> Result<Swept, EngineError> {
        let inner = &*self.inner;
        let now = inner.clock.now();
        let mut swept = Swept::default();
        let mut after: Option<DutyCursor> = None;
        loop {
            let mut reader = inner.store.reader(inner.realm()).await?;
            let filter = DutyFilter::RungDue { now };
            let rows = reader.duties(&DutyQuery { filter, after, limit: PAGE }).await?;
            drop(reader);
            let cases: BTreeSet<CaseId> = rows.iter().map(|row| row.case).collect();
            if cases.is_empty() {
                return Ok(swept);
            }
            let last = rows.last().map(|row| DutyCursor {
                order: row.duty.next_rung_at.map_or(i64::MIN, Timestamp::as_millis),
                case: row.case,
                no: row.duty.no,
            });
            inner.sweep_cases(cases, now, &mut swept).await?;
            // What was swept is no longer due; only what was left stands before the cursor.
            after = last;
            if rows.len() < PAGE as usize {
                return Ok(swept);
            }
        }
    }
}

impl Inner {
    async fn sweep_cases(
        &self,
        cases: BTreeSet<CaseId>,
        now: Timestamp,
        swept: &mut Swept,
    ) -> Result<(), EngineError> {
        let mut tx = self.store.begin(self.realm()).await?;
        let all: Vec<CaseId> = cases.into_iter().collect();
        let wanted = Wanted { cases: all.clone(), beside: all.clone(), ..Wanted::default() };
        let loaded = tx.load(&wanted).await?;
        let staff = self.staff_at(&mut *tx, loaded.directory).await?;
        let mut workspace = self.workspace(loaded);
        let mut done: BTreeMap<CaseId, SweptCase> = BTreeMap::new();
        let actor = Actor::system();
        for case in all {
            let carry = Carry {
                engine: self,
                staff: &staff,
                workspace: &workspace,
                draft: Draft::default(),
                actor: &actor,
                profile: Profile::unknown(ActorId::constant("system")),
                acted_by: None,
                command: None,
                now,
                occurred_at: now,
                history: &[],
                linked: Vec::new(),
                hides: false,
            };
            match sweep_case(carry, case) {
                Ok((draft, of_case)) => {
                    swept.left += of_case.refused_waits;
                    if of_case.climbed.rungs + of_case.waits > 0 {
                        done.insert(case, of_case);
                        workspace.take(draft);
                    }
                }
                Err(EngineError::Refused(_)) => swept.left += 1,
                Err(problem) => return Err(problem),
            }
        }
        let groups = workspace.groups();
        if groups.is_empty() {
            return Ok(());
        }
        for (group, outcome) in groups.iter().zip(tx.append(&groups).await?) {
            // The cases of proposals are in the group too; they were not swept.
            for of_case in group.expect.iter().filter_map(|(case, _)| done.remove(case)) {
                match outcome {
                    GroupOutcome::Written(_) => {
                        swept.rungs += of_case.climbed.rungs;
                        swept.waits += of_case.waits;
                        swept.proposed.extend(of_case.climbed.proposed);
                        swept.refused.extend(of_case.climbed.refused);
                    }
                    GroupOutcome::Conflict => swept.left += 1,
                }
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

fn sweep_case(mut carry: Carry<'_>, case: CaseId) -> Result<(Draft, SweptCase), EngineError> {
    let mut swept = SweptCase::default();
    let Some(mut live) = carry.workspace.case(&carry.draft, case)? else {
        return Ok((carry.draft, swept));
    };
    let now = carry.now;
    let due = |duty: &OwedDuty| duty.is_open() && duty.next_rung_at.is_some_and(|at| at < now);
    let climbing: Vec<OwedDuty> = live
        .image
        .duties
        .iter()
        .filter(|duty| due(duty) && duty.kind != DutyKind::Wait)
        .cloned()
        .collect();
    if !climbing.is_empty() {
        swept.climbed = carry.climb(&mut live, &climbing)?;
        carry.draft.cases.insert(case, live.clone());
    }
    let waits: Vec<&'static str> = live
        .image
        .duties
        .iter()
        .filter(|duty| due(duty) && duty.kind == DutyKind::Wait)
        .filter_map(|duty| {
            let waits = live.definition.waits().iter();
            waits.into_iter().find(|wait| wait.name == duty.name).map(|wait| wait.fires)
        })
        .collect();
    // Several waits of a state may pass at once; the first that moves the case ends the others.
    for transition in waits {
        let Some(live) = carry.workspace.case(&carry.draft, case)? else { break };
        let fires = live.definition.transition(transition);
        if !fires.is_some_and(|spec| spec.starts_in(&live.facts().state)) {
            continue;
        }
        let before = carry.draft.clone();
        match carry.fire_wait(live, transition) {
            Ok(()) => swept.waits += 1,
            // It stays open and is seen as overdue; the rungs that were climbed stand.
            Err(EngineError::Refused(_)) => {
                carry.draft = before;
                swept.refused_waits += 1;
            }
            Err(problem) => return Err(problem),
        }
    }
    Ok((carry.draft, swept))
}
