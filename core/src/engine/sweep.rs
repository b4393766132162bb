//! Time passing: waits end, ladders are climbed. The host calls it; nothing runs unasked.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{
    Engine, EngineError, Inner, Staff,
    carry::{Carry, EntryDraft},
    workspace::{Draft, Live},
};
use crate::{
    duty::{
        ladder::Addressee,
        owed::{DutyKind, OwedDuty},
    },
    procedure::Refusal,
    store::{DutyCursor, DutyFilter, DutyQuery, GroupOutcome, Message, Rung, Wanted},
    terms::{
        actor::{Actor, Profile},
        id::{ActorId, CaseId, MessageId, UnitId},
        time::Timestamp,
    },
    trail::Kind,
};

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rungs climbed.
    pub rungs: usize,
    /// Waits ended.
    pub waits: usize,
    /// Cases that somebody else was changing; the next sweep takes them.
    pub left: usize,
}

const PAGE: u32 = 128;
/// A rung climbed so long after it was due says that the sweep did not run.
const LATE_AFTER_HOURS: i64 = 24;

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
        let mut done: BTreeMap<CaseId, (usize, usize)> = BTreeMap::new();
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
                Ok(Some((draft, rungs, waits))) => {
                    done.insert(case, (rungs, waits));
                    workspace.take(draft);
                }
                Ok(None) => {}
                // A wait whose transition refuses stays open and is seen as overdue.
                Err(EngineError::Refused(_)) => swept.left += 1,
                Err(problem) => return Err(problem),
            }
        }
        let groups = workspace.groups();
        if groups.is_empty() {
            return Ok(());
        }
        for (group, outcome) in groups.iter().zip(tx.append(&groups).await?) {
            for (case, _) in &group.expect {
                let (rungs, waits) = done.get(case).copied().unwrap_or_default();
                match outcome {
                    GroupOutcome::Written(_) => {
                        swept.rungs += rungs;
                        swept.waits += waits;
                    }
                    GroupOutcome::Conflict => swept.left += 1,
                }
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

fn sweep_case(
    mut carry: Carry<'_>,
    case: CaseId,
) -> Result<Option<(Draft, usize, usize)>, EngineError> {
    let Some(mut live) = carry.workspace.case(&carry.draft, case)? else { return Ok(None) };
    let now = carry.now;
    let due = |duty: &OwedDuty| duty.is_open() && duty.next_rung_at.is_some_and(|at| at < now);
    let climbing: Vec<OwedDuty> = live
        .image
        .duties
        .iter()
        .filter(|duty| due(duty) && duty.kind != DutyKind::Wait)
        .cloned()
        .collect();
    let mut rungs = 0;
    if !climbing.is_empty() {
        rungs = climb(&mut carry, &mut live, &climbing)?;
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
    let mut ended = 0;
    // Several waits of a state may pass at once; the first that moves the case ends the others.
    for transition in waits {
        let Some(live) = carry.workspace.case(&carry.draft, case)? else { break };
        let fires = live.definition.transition(transition);
        if fires.is_some_and(|spec| spec.starts_in(&live.facts().state)) {
            carry.fire_wait(live, transition)?;
            ended += 1;
        }
    }
    Ok((rungs + ended > 0).then_some((carry.draft, rungs, ended)))
}

/// Climbs all rungs that are due, in order, in one entry.
fn climb(
    carry: &mut Carry<'_>,
    live: &mut Live,
    climbing: &[OwedDuty],
) -> Result<usize, EngineError> {
    let (now, case) = (carry.now, live.facts().id);
    let (rules, calendar) = (&carry.engine.rules, &carry.engine.calendar);
    let mut climbed: Vec<Rung> = Vec::new();
    let mut ledger = carry.ledger(live, now);
    for duty in climbing {
        let name = live.definition.duty(&duty.name).map_or("default", |spec| spec.ladder);
        let (Some(ladder), Some(due)) = (rules.ladder(name), duty.due()) else { continue };
        let generation = duty.deadline.as_ref().map_or(0, |deadline| deadline.generation);
        let mut index = duty.rung;
        let mut next = duty.next_rung_at;
        while let (Some(at), Some(rung)) = (next, ladder.rungs.get(index as usize)) {
            if at >= now {
                break;
            }
            let (role, unit) = addressee(carry.engine, carry.staff, live, duty, rung.to, now);
            climbed.push(Rung {
                case,
                duty_no: duty.no,
                duty: duty.name.clone(),
                generation,
                rung: index,
                addressee: role,
                unit,
                due: at,
                climbed_at: now.max(live.facts().recorded_at),
                late: now > at.plus_hours(LATE_AFTER_HOURS),
            });
            index += 1;
            next = ladder.rung_at(index as usize, due, calendar);
        }
        ledger.change(
            |open| open.no == duty.no,
            None,
            |open| {
                open.rung = index;
                open.next_rung_at = next;
            },
        );
    }
    let duties = ledger.into_changes();
    if climbed.is_empty() {
        return Err(Refusal::field("ladder", "no rung of a ladder that is in force is due").into());
    }
    let told: Vec<_> = climbed
        .iter()
        .map(|rung| {
            json!({
                "duty": rung.duty, "duty_no": rung.duty_no, "generation": rung.generation,
                "rung": rung.rung, "addressee": rung.addressee, "unit": rung.unit,
                "due": rung.due, "late": rung.late,
            })
        })
        .collect();
    let mut draft = EntryDraft::keeping(live, Kind::Escalate, "escalate", json!({ "rungs": told }));
    draft.duties = duties;
    let seq = live.facts().revision.next().get();
    for (rung, content) in climbed.iter().zip(told) {
        let id = MessageId::from(carry.new_id());
        draft.messages.push(id);
        carry.draft.extras.messages.push(Message {
            id,
            case,
            seq,
            kind: "escalate".to_owned(),
            content,
            recorded_at: rung.climbed_at,
        });
    }
    carry.write(live, draft, false)?;
    let count = climbed.len();
    carry.draft.extras.rungs.extend(climbed);
    Ok(count)
}

/// Whom a rung reaches: a word for the list, and the unit if there is one.
fn addressee(
    engine: &Inner,
    staff: &Staff,
    live: &Live,
    duty: &OwedDuty,
    to: Addressee,
    _: Timestamp,
) -> (String, Option<UnitId>) {
    use crate::case::FindHolder as _;
    let area = &live.facts().area;
    let unit = match to {
        Addressee::Holder | Addressee::UnitLeader | Addressee::Inquiry => duty.holder.unit.clone(),
        Addressee::TownLeader => {
            engine.town_leader.as_ref().and_then(|role| staff.unit_for(role, area))
        }
        Addressee::CoordinatingBody => staff.unit_for(engine.rules.coordinating_body(), area),
    };
    (to.name().to_owned(), unit)
}
