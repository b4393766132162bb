//! Who has to do what: the worklist, the overdue list, the list of gaps.

use std::collections::BTreeMap;

use super::{Engine, EngineError};
use crate::{
    case::{Check, check_roles, fulfillable},
    duty::mark::Mark,
    procedure::wide::WideStep,
    store::{DutyCursor, DutyFilter, DutyQuery, DutyRow, SeenAs, StoredCase, WorklistQuery},
    terms::{
        actor::{Actor, MatchBy, Profile},
        area::AreaCode,
        id::CaseId,
    },
};

/// One thing somebody has to do.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkItem {
    /// The duty and its case.
    pub row: DutyRow,
    /// Whether it is past its date.
    pub overdue: bool,
    /// The card it shows.
    pub mark: Option<Mark>,
    /// The transitions that fulfil it and that this actor may take now.
    pub transitions: Vec<&'static str>,
}

/// A page of a worklist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkPage {
    /// The items: those without a date (立即) first, then by date.
    pub items: Vec<WorkItem>,
    /// Where the next page begins; nothing when this was the last.
    pub next: Option<DutyCursor>,
}

/// How many rows are looked at in one go: at least so many once the first go did not fill the page,
/// and never more than the second.
const STRIDES: (u32, u32) = (64, 512);
/// The engine-wide steps that fulfil duties of procedures.
const FOLLOW_UP: [&str; 1] = ["record_follow_up"];

impl Engine {
    /// What `actor` has to do now: an open duty is on the list if and only if the actor matches
    /// the duty's recorders and at least one transition that fulfils it passes, for this actor,
    /// every check that needs no form.
    ///
    /// # Errors
    /// [`EngineError`] when the store or a definition fails.
    pub async fn worklist(
        &self,
        actor: &Actor,
        after: Option<DutyCursor>,
        limit: u32,
    ) -> Result<WorkPage, EngineError> {
        let inner = &*self.inner;
        let now = inner.clock.now();
        let mut reader = inner.store.reader(inner.realm()).await?;
        let mut profile = inner.staff().await?.profile(&actor.id, now.date());
        let mut page = WorkPage { items: Vec::new(), next: after };
        let mut fresh = false;
        // Most rows of a list may be acted on, so a page is filled with as many; one more tells
        // whether another page follows.
        let mut stride = limit.saturating_add(1).min(STRIDES.1);
        loop {
            let seen = self.seen_as(&profile);
            let query = WorklistQuery { seen: &seen, after: page.next, limit: stride };
            let (places, loaded) = reader.worklist(&query).await?;
            let more = places.len() == stride as usize;
            if !fresh {
                // The people may have changed since; then the page is begun anew.
                fresh = true;
                let staff = inner.staff_at(&mut *reader, loaded.directory).await?;
                let newest = staff.profile(&actor.id, now.date());
                if newest != profile {
                    profile = newest;
                    continue;
                }
            }
            let by_id: BTreeMap<CaseId, &StoredCase> =
                loaded.cases.iter().map(|case| (case.facts.id, case)).collect();
            for place in places {
                if page.items.len() == limit as usize {
                    return Ok(page);
                }
                page.next = Some(place);
                let Some(case) = by_id.get(&place.case) else { continue };
                let Some(row) = case.duty_row(place.no) else { continue };
                let transitions = self.possible(&profile, case, &row)?;
                if !transitions.is_empty() {
                    let overdue = row.duty.is_late(now);
                    let definition = inner.registry.of_case(&case.facts)?;
                    let ladder = inner.ladder_of(definition, &row.duty);
                    let mark = ladder.and_then(|ladder| inner.mark_of(ladder, &row.duty, now));
                    page.items.push(WorkItem { row, overdue, mark, transitions });
                }
            }
            if !more {
                page.next = None;
                return Ok(page);
            }
            stride = stride.max(STRIDES.0);
        }
    }

    fn seen_as(&self, profile: &Profile) -> Vec<SeenAs> {
        let mut seen = Vec::new();
        for grant in &profile.grants {
            let way = match self.inner.roles.get(&grant.role).map(|spec| spec.match_by) {
                Some(MatchBy::Area) => SeenAs::InArea {
                    role: grant.role.clone(),
                    from: grant.area.to_string(),
                    to: grant.area.range_end(),
                },
                Some(MatchBy::Unit) => {
                    SeenAs::InUnit { role: grant.role.clone(), unit: grant.unit.clone() }
                }
                None => continue,
            };
            if !seen.contains(&way) {
                seen.push(way);
            }
        }
        seen
    }

    /// The transitions that fulfil a duty and that somebody may take now.
    fn possible(
        &self,
        profile: &Profile,
        case: &StoredCase,
        row: &DutyRow,
    ) -> Result<Vec<&'static str>, EngineError> {
        let inner = &*self.inner;
        let definition = inner.registry.of_case(&case.facts)?;
        let check = Check {
            roles: &inner.roles,
            profile,
            case: Some(&case.facts),
            attributes: &case.attributes,
            duties: &case.duties,
        };
        if let Some(spec) = definition.duty(&row.duty.name) {
            return Ok(fulfillable(definition, spec, &row.duty, &check, &FOLLOW_UP));
        }
        let confirm = [WideStep::ConfirmStep.name(), WideStep::DeclineStep.name()];
        let roles = inner.engine_duties.of(&case.facts.procedure, &row.duty.name);
        let step = WideStep::ALL.iter().find(|step| step.confirming() == row.duty.name);
        let proposer = step.and_then(|step| {
            let pending = case.attributes.get(&format!("pending.{}", step.name()))?;
            pending.split_once(':').map(|(_, by)| by)
        });
        let own = proposer == Some(profile.id.as_str());
        let may = roles.is_some_and(|roles| check_roles(confirm[0], roles, &check).is_ok());
        Ok(if may && !own { confirm.to_vec() } else { Vec::new() })
    }

    /// The open duties past their date, most overdue first; of one area if given.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn overdue(
        &self,
        area: Option<&AreaCode>,
        after: Option<DutyCursor>,
        limit: u32,
    ) -> Result<Vec<DutyRow>, EngineError> {
        let now = self.inner.clock.now();
        let area = area.map(|area| (area.to_string(), area.range_end()));
        self.duties(DutyFilter::Overdue { now, area }, after, limit).await
    }

    /// The open duties that no unit with an active account holds.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn gaps(
        &self,
        after: Option<DutyCursor>,
        limit: u32,
    ) -> Result<Vec<DutyRow>, EngineError> {
        self.duties(DutyFilter::Gaps, after, limit).await
    }

    /// All duties of a case, ended ones too.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn duties_of(&self, case: CaseId) -> Result<Vec<DutyRow>, EngineError> {
        self.duties(DutyFilter::OfCase(case), None, u32::MAX).await
    }

    /// Duties of any kind, a page at a time.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn duties(
        &self,
        filter: DutyFilter,
        after: Option<DutyCursor>,
        limit: u32,
    ) -> Result<Vec<DutyRow>, EngineError> {
        let mut reader = self.inner.store.reader(self.inner.realm()).await?;
        Ok(reader.duties(&DutyQuery { filter, after, limit }).await?)
    }
}
