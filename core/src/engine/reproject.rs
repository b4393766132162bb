//! A holiday notice was loaded: the open deadlines are reckoned anew.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{
    Engine, EngineError,
    carry::{Carry, EntryDraft},
    workspace::Draft,
};
use crate::{
    duty::owed::{DutyChange, LedgerLine},
    store::{DutyCursor, DutyFilter, DutyQuery, GroupOutcome, Wanted},
    terms::{
        actor::{Actor, Profile},
        id::CaseId,
        time::Timestamp,
    },
    trail::Kind,
};

/// A deadline that a new calendar moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reprojected {
    /// The case.
    pub case: CaseId,
    /// The duty.
    pub duty: String,
    /// The date before.
    pub before: Option<Timestamp>,
    /// The date after.
    pub after: Option<Timestamp>,
    /// Whether it is still provisional.
    pub provisional: bool,
}

const PAGE: u32 = 128;

impl Engine {
    /// Reckons the open deadlines anew with the calendar in force, one entry of kind `reproject`
    /// for each case whose dates change. Rungs already climbed are not undone.
    ///
    /// `write` false is a dry run: it tells what would change and writes nothing.
    ///
    /// # Errors
    /// [`EngineError`]; what was written before it stands.
    pub async fn reproject(&self, write: bool) -> Result<Vec<Reprojected>, EngineError> {
        let inner = &*self.inner;
        let mut all = Vec::new();
        let mut after: Option<DutyCursor> = None;
        // A case has duties on several pages; all of them are reckoned with the first.
        let mut seen: BTreeSet<CaseId> = BTreeSet::new();
        loop {
            let mut reader = inner.store.reader(inner.realm()).await?;
            let query = DutyQuery { filter: DutyFilter::Deadlines, after, limit: PAGE };
            let rows = reader.duties(&query).await?;
            drop(reader);
            after = rows.last().map(crate::store::DutyRow::cursor);
            let stale = rows.iter().filter(|row| {
                let deadline = row.duty.deadline.as_ref();
                deadline.is_some_and(|deadline| deadline.calendar != inner.calendar.hash())
            });
            let fresh = stale.map(|row| row.case).filter(|case| seen.insert(*case));
            let cases: BTreeSet<CaseId> = fresh.collect();
            all.extend(self.reproject_cases(cases, write).await?);
            if rows.len() < PAGE as usize {
                return Ok(all);
            }
        }
    }

    async fn reproject_cases(
        &self,
        cases: BTreeSet<CaseId>,
        write: bool,
    ) -> Result<Vec<Reprojected>, EngineError> {
        let inner = &*self.inner;
        if cases.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = inner.store.begin(inner.realm()).await?;
        let ids: Vec<CaseId> = cases.into_iter().collect();
        let loaded = tx.load(&Wanted { cases: ids.clone(), ..Wanted::default() }).await?;
        let staff = inner.staff_at(&mut *tx, loaded.directory).await?;
        let mut workspace = inner.workspace(loaded);
        let mut changed: BTreeMap<CaseId, Vec<Reprojected>> = BTreeMap::new();
        let (actor, now) = (Actor::system(), inner.clock.now());
        for id in ids {
            let mut carry = Carry {
                engine: inner,
                staff: &staff,
                workspace: &workspace,
                draft: Draft::default(),
                actor: &actor,
                profile: Profile::unknown(actor.id.clone()),
                acted_by: None,
                command: None,
                now,
                occurred_at: now,
                history: &[],
                linked: Vec::new(),
                hides: false,
            };
            let Some(mut live) = carry.workspace.case(&carry.draft, id)? else { continue };
            let clocks = live.definition.clocks(&live.data)?;
            let duties = {
                let mut ledger = carry.ledger(&live, now);
                let own_ladder = self.inner.rules.ladder(self.inner.wide.confirm_ladder);
                let attributes = &live.image.attributes;
                ledger.recompute(&clocks, LedgerLine::Reprojected, attributes, own_ladder);
                ledger.into_changes()
            };
            let moved: Vec<Reprojected> = duties
                .iter()
                .filter_map(|change| match change {
                    DutyChange::Set { duty, .. } => {
                        let old = live.image.duties.iter().find(|old| old.no == duty.no);
                        Some(Reprojected {
                            case: id,
                            duty: duty.name.clone(),
                            before: old.and_then(crate::duty::owed::OwedDuty::due),
                            after: duty.due(),
                            provisional: duty
                                .deadline
                                .as_ref()
                                .is_some_and(|deadline| deadline.provisional),
                        })
                    }
                    DutyChange::Closed { .. } => None,
                })
                .collect();
            if moved.is_empty() {
                continue;
            }
            let names: Vec<&str> = moved.iter().map(|moved| moved.duty.as_str()).collect();
            let payload = json!({ "duties": names });
            let mut draft = EntryDraft::keeping(&live, Kind::Reproject, "reproject", payload);
            draft.duties = duties;
            carry.write(&mut live, draft, false)?;
            carry.draft.cases.insert(id, live);
            let draft = carry.draft;
            workspace.take(draft);
            changed.insert(id, moved);
        }
        if write {
            let groups = workspace.groups();
            for (group, outcome) in groups.iter().zip(tx.append(&groups).await?) {
                if outcome == GroupOutcome::Conflict {
                    for (case, _) in &group.expect {
                        changed.remove(case);
                    }
                }
            }
            tx.commit().await?;
        }
        Ok(changed.into_values().flatten().collect())
    }
}
