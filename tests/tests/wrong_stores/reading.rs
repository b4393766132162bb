//! Stores that keep everything and give it back wrongly.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use hexacase::{
    store::{
        CaseQuery, DutyFilter, DutyQuery, DutyRow, EntryQuery, Group, GroupOutcome, Loaded, Read,
        SeenAs, StaffRow, StoreTx, StoredCase, StoredEntry, Wanted,
    },
    terms::id::CaseId,
};

use crate::wrong_store::{Answer, Fault};

/// Orders the entries of a case by their number as a text: 10 comes before 9.
#[derive(Debug)]
pub(crate) struct OrdersNumbersAsTexts;

#[async_trait]
impl Fault for OrdersNumbersAsTexts {
    async fn entries(&self, inner: &mut dyn Read, query: &EntryQuery) -> Answer<Vec<StoredEntry>> {
        let mut entries = inner.entries(query).await?;
        if query.case.is_some() {
            entries.sort_by_key(|entry| entry.seq.to_string());
        }
        Ok(entries)
    }
}

/// Drops the order of the feed: one case after the other.
#[derive(Debug)]
pub(crate) struct DropsTheOrderOfTheFeed;

#[async_trait]
impl Fault for DropsTheOrderOfTheFeed {
    async fn entries(&self, inner: &mut dyn Read, query: &EntryQuery) -> Answer<Vec<StoredEntry>> {
        let mut entries = inner.entries(query).await?;
        entries.sort_by_key(|entry| (entry.case, entry.seq));
        Ok(entries)
    }
}

/// Puts what has no date at the end, as most databases sort what is not there.
#[derive(Debug)]
pub(crate) struct PutsWhatHasNoDateLast;

#[async_trait]
impl Fault for PutsWhatHasNoDateLast {
    async fn duties(&self, inner: &mut dyn Read, query: &DutyQuery) -> Answer<Vec<DutyRow>> {
        let mut duties = inner.duties(query).await?;
        if matches!(query.filter, DutyFilter::SeenAs(_)) {
            duties.sort_by_key(|row| (row.duty.due().is_none(), row.cursor()));
        }
        Ok(duties)
    }
}

/// Keeps an envelope as a document and writes it anew for whoever reads it.
#[derive(Debug)]
pub(crate) struct WritesEnvelopesAnew;

#[async_trait]
impl Fault for WritesEnvelopesAnew {
    async fn entries(&self, inner: &mut dyn Read, query: &EntryQuery) -> Answer<Vec<StoredEntry>> {
        let mut entries = inner.entries(query).await?;
        for entry in &mut entries {
            let document = serde_json::from_slice::<serde_json::Value>(&entry.bytes);
            if let Some(anew) = document.ok().and_then(|read| serde_json::to_vec(&read).ok()) {
                entry.bytes = anew;
            }
        }
        Ok(entries)
    }
}

/// Goes on after the date of the last row, and so leaves out the others of that date.
#[derive(Debug)]
pub(crate) struct SkipsRowsBetweenPages;

#[async_trait]
impl Fault for SkipsRowsBetweenPages {
    async fn duties(&self, inner: &mut dyn Read, query: &DutyQuery) -> Answer<Vec<DutyRow>> {
        let mut duties = inner.duties(query).await?;
        if let (DutyFilter::SeenAs(_), Some(after)) = (&query.filter, query.after) {
            duties.retain(|row| row.cursor().order > after.order);
        }
        Ok(duties)
    }
}

/// Begins a page with the row that ended the one before.
#[derive(Debug)]
pub(crate) struct RepeatsARowBetweenPages;

#[async_trait]
impl Fault for RepeatsARowBetweenPages {
    async fn cases(&self, inner: &mut dyn Read, query: &CaseQuery) -> Answer<Vec<StoredCase>> {
        let before = |id: CaseId| {
            let number = u128::from_be_bytes(*id.as_bytes()).saturating_sub(1);
            CaseId::from_bytes(number.to_be_bytes())
        };
        inner.cases(&CaseQuery { after: query.after.map(before), ..query.clone() }).await
    }
}

/// Compares texts without regard to capitals, as some databases do unless they are told.
#[derive(Debug)]
pub(crate) struct TakesCapitalsForSmallLetters;

#[async_trait]
impl Fault for TakesCapitalsForSmallLetters {
    async fn cases(&self, inner: &mut dyn Read, query: &CaseQuery) -> Answer<Vec<StoredCase>> {
        let Some((key, value)) = &query.attribute else { return inner.cases(query).await };
        let all = CaseQuery { attribute: None, limit: u32::MAX, ..query.clone() };
        let mut cases = inner.cases(&all).await?;
        cases.retain(|case| {
            case.attributes.get(key).is_some_and(|found| found.eq_ignore_ascii_case(value))
        });
        cases.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(cases)
    }
}

/// Never takes an ended duty off the worklist.
#[derive(Debug)]
pub(crate) struct ShowsEndedDuties;

#[async_trait]
impl Fault for ShowsEndedDuties {
    async fn duties(&self, inner: &mut dyn Read, query: &DutyQuery) -> Answer<Vec<DutyRow>> {
        let mut duties = inner.duties(query).await?;
        if matches!(query.filter, DutyFilter::SeenAs(_)) {
            let all = DutyQuery { filter: DutyFilter::All, ..query.clone() };
            let ended = inner.duties(&all).await?.into_iter().filter(|row| !row.duty.is_open());
            duties.extend(ended);
            duties.sort_by_key(DutyRow::cursor);
        }
        Ok(duties)
    }
}

/// Joins duties with the roles that see them, and lists one as often as it is seen.
#[derive(Debug)]
pub(crate) struct ListsADutyForEachWayToSeeIt;

#[async_trait]
impl Fault for ListsADutyForEachWayToSeeIt {
    async fn duties(&self, inner: &mut dyn Read, query: &DutyQuery) -> Answer<Vec<DutyRow>> {
        let DutyFilter::SeenAs(ways) = &query.filter else { return inner.duties(query).await };
        let mut duties = Vec::new();
        for way in ways {
            let filter = DutyFilter::SeenAs(vec![way.clone()]);
            duties.extend(inner.duties(&DutyQuery { filter, ..query.clone() }).await?);
        }
        duties.sort_by_key(DutyRow::cursor);
        duties.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(duties)
    }
}

/// Keeps the area with the duty, where it stays when the case moves on.
#[derive(Debug, Default)]
pub(crate) struct LeavesDutiesBehind(Mutex<HashMap<(CaseId, u32), String>>);

#[async_trait]
impl Fault for LeavesDutiesBehind {
    async fn duties(&self, inner: &mut dyn Read, query: &DutyQuery) -> Answer<Vec<DutyRow>> {
        let DutyFilter::SeenAs(ways) = &query.filter else { return inner.duties(query).await };
        let mut duties = inner.duties(query).await?;
        let areas = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = |way: &SeenAs, area: &str| match way {
            SeenAs::InArea { from, to, .. } => from.as_str() <= area && area < to.as_str(),
            SeenAs::InUnit { .. } => true,
        };
        duties.retain(|row| {
            let area = areas.get(&(row.case, row.duty.no));
            area.is_none_or(|area| ways.iter().any(|way| seen(way, area)))
        });
        Ok(duties)
    }

    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let written = groups.iter().flat_map(|group| &group.cases).flat_map(|case| {
            let area = case.facts.area.as_str();
            case.duties.iter().map(move |write| ((case.facts.id, write.duty.no), area.to_owned()))
        });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(written);
        inner.append(groups).await
    }
}

/// Takes the first ten of what stands beside for all of it.
#[derive(Debug)]
pub(crate) struct SetsALimitOnWhatIsBeside;

#[async_trait]
impl Fault for SetsALimitOnWhatIsBeside {
    async fn load(&self, inner: &mut dyn Read, wanted: &Wanted) -> Answer<Loaded> {
        let mut loaded = inner.load(wanted).await?;
        let mut beside = 0;
        loaded.cases.retain(|case| {
            let named = wanted.cases.contains(&case.facts.id);
            beside += usize::from(!named);
            named || beside <= 10
        });
        Ok(loaded)
    }
}

/// Calls a duty late in the last millisecond it may be done in.
#[derive(Debug)]
pub(crate) struct CallsLateTooEarly;

#[async_trait]
impl Fault for CallsLateTooEarly {
    async fn duties(&self, inner: &mut dyn Read, query: &DutyQuery) -> Answer<Vec<DutyRow>> {
        let DutyFilter::Overdue { now, area } = &query.filter else {
            return inner.duties(query).await;
        };
        let filter = DutyFilter::Overdue { now: now.plus_millis(1), area: area.clone() };
        inner.duties(&DutyQuery { filter, ..query.clone() }).await
    }
}

/// Does not tell that the directory has changed.
#[derive(Debug)]
pub(crate) struct KeepsTheRevisionOfTheDirectory;

#[async_trait]
impl Fault for KeepsTheRevisionOfTheDirectory {
    async fn load(&self, inner: &mut dyn Read, wanted: &Wanted) -> Answer<Loaded> {
        Ok(Loaded { directory: 1, ..inner.load(wanted).await? })
    }

    async fn staff(&self, inner: &mut dyn Read) -> Answer<(i64, Vec<StaffRow>)> {
        Ok((1, inner.staff().await?.1))
    }
}
