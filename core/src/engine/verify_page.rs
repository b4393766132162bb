//! Reading what is verified: cases by pages, each with its entries and duties.

use std::collections::{BTreeMap, VecDeque};

use super::{Engine, EngineError, Verdict, VerifyOptions};
use crate::{
    duty::owed::OwedDuty,
    store::{
        DutyFilter, DutyQuery, EntryCursor, EntryQuery, Read, StoreError, StoredCase, StoredEntry,
        Wanted,
    },
    terms::id::CaseId,
    trail::{CaseImage, Fault},
};

/// Entries that are held at once.
const ENTRIES: u32 = 2_000;
/// How often a case that moves while it is looked at is looked at again.
const AGAIN: usize = 20;

impl Engine {
    /// Checks the cases of a page, with all that is stored from the first to the last id of `range`.
    pub(super) async fn verify_page(
        &self,
        reader: &mut dyn Read,
        cases: &[StoredCase],
        range: (CaseId, CaseId),
        options: VerifyOptions,
    ) -> Result<Verdict, EngineError> {
        let mut duties: BTreeMap<CaseId, Vec<OwedDuty>> = BTreeMap::new();
        let filter = DutyFilter::OfCases(range.0, range.1);
        let query = DutyQuery { filter, after: None, limit: u32::MAX };
        for row in reader.duties(&query).await? {
            duties.entry(row.case).or_default().push(row.duty);
        }
        let mut stored: BTreeMap<CaseId, &StoredCase> =
            cases.iter().map(|case| (case.facts.id, case)).collect();
        let mut entries = EntriesByCase::of(range);
        let mut verdict = Verdict::default();
        loop {
            // Whoever is left when the entries end has none.
            let told = entries.next(reader).await?;
            let id = told.first().map(|entry| entry.case);
            let id = id.or_else(|| stored.keys().next().copied());
            let Some(id) = id.or_else(|| duties.keys().next().copied()) else {
                return Ok(verdict);
            };
            let duties = duties.remove(&id);
            let kept = stored.remove(&id).map(|case| kept(case, duties));
            let mut seen = self.verify_case(id, kept.as_ref(), &told, options).await;
            if kept.is_none() || !seen.is_clean() {
                seen = self.verify_again(reader, id, options).await?;
            }
            verdict.add(seen);
        }
    }

    /// Checks one case as it was between two looks in which it did not move.
    async fn verify_again(
        &self,
        reader: &mut dyn Read,
        case: CaseId,
        options: VerifyOptions,
    ) -> Result<Verdict, EngineError> {
        let wanted = Wanted { cases: vec![case], ..Wanted::default() };
        let mut verdict = Verdict::default();
        for _ in 0..AGAIN {
            let before = reader.load(&wanted).await?.cases.pop();
            let entries = reader.entries(&EntryQuery::whole(case)).await?;
            let filter = DutyFilter::OfCase(case);
            let query = DutyQuery { filter, after: None, limit: u32::MAX };
            let duties: Vec<_> =
                reader.duties(&query).await?.into_iter().map(|row| row.duty).collect();
            let left_over = before.is_none() && !duties.is_empty();
            let after = reader.load(&wanted).await?.cases.pop();
            let image = before.as_ref().map(|before| kept(before, Some(duties)));
            verdict = self.verify_case(case, image.as_ref(), &entries, options).await;
            if left_over {
                let problem = "the duties' case is missing".to_owned();
                verdict.faults.push(Fault { case, seq: None, table: "duty", problem });
            }
            let head = |stored: &Option<StoredCase>| stored.as_ref().map(|case| case.facts.head);
            if verdict.is_clean() || head(&before) == head(&after) {
                break;
            }
        }
        Ok(verdict)
    }
}

/// What the store keeps of a case.
fn kept(case: &StoredCase, duties: Option<Vec<OwedDuty>>) -> CaseImage {
    let mut duties = duties.unwrap_or_default();
    duties.sort_by_key(|duty| duty.no);
    CaseImage { facts: case.facts.clone(), attributes: case.attributes.clone(), duties }
}

/// Entries of a range of cases, a case at a time.
struct EntriesByCase {
    query: EntryQuery,
    page: VecDeque<StoredEntry>,
    ended: bool,
}

impl EntriesByCase {
    fn of(range: (CaseId, CaseId)) -> Self {
        let query = EntryQuery {
            cases: Some(range),
            bodies: true,
            limit: ENTRIES,
            ..EntryQuery::default()
        };
        Self { query, page: VecDeque::new(), ended: false }
    }

    /// The entries of the next case; none when there is no more.
    async fn next(&mut self, reader: &mut dyn Read) -> Result<Vec<StoredEntry>, StoreError> {
        let mut told: Vec<StoredEntry> = Vec::new();
        loop {
            while let Some(entry) = self.page.pop_front() {
                if told.last().is_some_and(|last| last.case != entry.case) {
                    self.page.push_front(entry);
                    return Ok(told);
                }
                told.push(entry);
            }
            if self.ended {
                return Ok(told);
            }
            self.page = reader.entries(&self.query).await?.into();
            self.ended = self.page.len() < ENTRIES as usize;
            if let Some(&StoredEntry { recorded_at, case, seq, .. }) = self.page.back() {
                self.query.after = Some(EntryCursor { recorded_at, case, seq });
            }
        }
    }
}
