//! Reading: what was committed, and over it what the reading transaction wrote itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::Arc,
};

use super::{
    changes::Changes,
    matching::{case_fits, duty_order},
    row::{CaseRow, KeptDuty},
    tables::{MessageOrder, Stretch, Tables, feed_order},
};
use crate::{
    store::{
        CaseQuery, DefinitionInUse, DutyCursor, DutyFilter, DutyQuery, DutyRow, EntryQuery, Loaded,
        Message, NewEntry, Rung, Scope, StaffRow, StoredCase, StoredEntry, Wanted,
    },
    terms::id::{CaseId, Digest, IncidentId, SubjectId},
};

/// One consistent state.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    pub(super) base: &'a Tables,
    pub(super) changes: &'a Changes,
}

/// Whose open cases are looked for.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) subjects: BTreeSet<SubjectId>,
    pub(super) incidents: BTreeSet<IncidentId>,
}

impl<'a> View<'a> {
    pub(super) fn load(self, wanted: &Wanted) -> Loaded {
        let by_id = || wanted.cases.iter().filter_map(|id| self.case(*id));
        let mut cases: BTreeMap<CaseId, &CaseRow> =
            by_id().map(|row| (row.facts.id, row)).collect();
        let beside = self.open_beside(&self.beside(wanted));
        cases.extend(beside.into_iter().map(|row| (row.facts.id, row)));
        cases.extend(self.ended_beside(wanted).into_iter().map(|row| (row.facts.id, row)));
        let of_cases = cases.values().flat_map(|row| {
            [Scope::subject(row.facts.subject.id), Scope::incident(row.facts.incident)]
        });
        let scopes: BTreeMap<Scope, i64> = of_cases
            .chain(wanted.scopes.iter().copied())
            .map(|scope| (scope, self.changes.scope(self.base, scope)))
            .collect();
        let commands: BTreeSet<_> = wanted.commands.iter().copied().collect();
        Loaded {
            cases: cases.into_values().map(CaseRow::stored).collect(),
            commands: commands
                .iter()
                .filter_map(|id| {
                    self.changes.commands.get(id).or_else(|| self.base.commands.get(id))
                })
                .cloned()
                .collect(),
            scopes,
            directory: self.directory(),
        }
    }

    pub(super) fn cases(self, query: &CaseQuery) -> Vec<StoredCase> {
        let limit = size(query.limit);
        let committed = self.base.candidates(query).filter(|row| !self.is_hidden(row.facts.id));
        let mut found: Vec<&CaseRow> =
            committed.filter(|row| case_fits(row, query)).take(limit).collect();
        let start = query.after.map_or(Bound::Unbounded, Bound::Excluded);
        let own = self.changes.cases.range((start, Bound::Unbounded)).map(|(_, row)| row.as_ref());
        found.extend(own.filter(|row| case_fits(row, query)));
        found.sort_by_key(|row| row.facts.id);
        found.into_iter().take(limit).map(CaseRow::stored).collect()
    }

    pub(super) fn duties(self, query: &DutyQuery) -> Vec<DutyRow> {
        let limit = size(query.limit);
        let mut found: Vec<(DutyCursor, &CaseRow, &KeptDuty)> = Vec::new();
        for stretch in self.base.stretches(&query.filter) {
            let committed = within(&stretch, query.after)
                .filter(|at| !self.is_hidden(at.case))
                .filter_map(|at| Some((*at, self.base.duty(*at)?)))
                .filter(|(_, (row, kept))| duty_order(row, kept, &query.filter).is_some());
            found.extend(committed.take(limit).map(|(at, (row, kept))| (at, row, kept)));
        }
        let of_cases = match &query.filter {
            DutyFilter::OfCase(case) => Some((*case, *case)),
            DutyFilter::OfCases(from, to) => Some((*from, *to)).filter(|(from, to)| from <= to),
            DutyFilter::SeenAs(_)
            | DutyFilter::Overdue { .. }
            | DutyFilter::RungDue { .. }
            | DutyFilter::Gaps
            | DutyFilter::Open { .. }
            | DutyFilter::Deadlines
            | DutyFilter::All => None,
        };
        let of_cases = of_cases.into_iter().flat_map(|(from, to)| self.base.cases.range(from..=to));
        let of_cases = of_cases.map(|(_, row)| row).filter(|row| !self.is_hidden(row.facts.id));
        for row in self.changes.cases.values().chain(of_cases) {
            for kept in row.duties.values() {
                let order = duty_order(row, kept, &query.filter);
                let at = order.map(|order| row.cursor(&kept.duty, order));
                if let Some(at) = at.filter(|at| query.after.is_none_or(|after| *at > after)) {
                    found.push((at, row, kept));
                }
            }
        }
        found.sort_by_key(|(at, _, _)| *at);
        found.dedup_by_key(|(at, _, _)| *at);
        found.into_iter().take(limit).map(|(_, row, kept)| row.duty_row(&kept.duty)).collect()
    }

    pub(super) fn entries(self, query: &EntryQuery) -> Vec<StoredEntry> {
        let fits = |entry: &&Arc<NewEntry>| query.until.is_none_or(|at| entry.recorded_at <= at);
        let limit = size(query.limit);
        let found: Vec<_> = if let Some((from, to)) =
            query.case.map(|case| (case, case)).or(query.cases)
        {
            let begin = (from, 0);
            let begin = query.after.map_or(begin, |after| match query.case {
                Some(case) => (case, after.seq),
                None => begin.max((after.case, after.seq)),
            });
            if begin > (to, i64::MAX) {
                return Vec::new();
            }
            let range = (Bound::Excluded(begin), Bound::Included((to, i64::MAX)));
            let all = self.base.entries.range(range).chain(self.changes.entries.range(range));
            let mut all: Vec<_> = all.filter(|(_, entry)| fits(entry)).collect();
            all.sort_by_key(|(at, _)| **at);
            all.into_iter().map(|(_, entry)| entry).take(limit).collect()
        } else {
            let start = query.after.map_or(Bound::Unbounded, Bound::Excluded);
            let committed = self.base.feed.range((start, Bound::Unbounded));
            let committed = committed.map(|(_, entry)| entry).take_while(fits).take(limit);
            let own = self.changes.entries.values().filter(fits);
            let own = own.filter(|entry| query.after.is_none_or(|after| feed_order(entry) > after));
            let mut found: Vec<_> = committed.chain(own).collect();
            found.sort_by_key(|entry| feed_order(entry));
            found.truncate(limit);
            found
        };
        found.into_iter().map(|entry| stored_entry(entry, query.bodies)).collect()
    }

    pub(super) fn rungs(self, case: Option<CaseId>, limit: u32) -> Vec<Rung> {
        let limit = size(limit);
        let of_case = case.and_then(|case| self.base.rungs_of.get(&case)).into_iter().flatten();
        let of_case = of_case.filter_map(|order| self.base.rungs.get_key_value(order));
        let of_all = self.base.rungs.iter().filter(|_| case.is_none());
        let own = self.changes.rungs.iter();
        let own = own.filter(|(order, _)| case.is_none_or(|case| case == order.1));
        let mut found: Vec<_> = of_case.chain(of_all).take(limit).chain(own).collect();
        found.sort_by_key(|(order, _)| **order);
        found.into_iter().take(limit).map(|(_, rung)| rung.as_ref().clone()).collect()
    }

    pub(super) fn messages(self, after: Option<MessageOrder>, limit: u32) -> Vec<Message> {
        let limit = size(limit);
        let range = (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        let committed = self.base.messages.range(range).take(limit);
        let own = self.changes.messages.range(range);
        let mut found: Vec<_> = committed.chain(own).collect();
        found.sort_by_key(|(order, _)| **order);
        found.into_iter().take(limit).map(|(_, message)| message.as_ref().clone()).collect()
    }

    pub(super) fn definitions_in_use(self) -> Vec<DefinitionInUse> {
        let open = CaseQuery { open_only: true, limit: u32::MAX, ..CaseQuery::default() };
        let mut counts: BTreeMap<(String, Digest), i64> = BTreeMap::new();
        for case in self.cases(&open) {
            *counts.entry((case.facts.procedure, case.facts.definition)).or_default() += 1;
        }
        let used = counts.into_iter();
        used.map(|((procedure, definition), open_cases)| DefinitionInUse {
            procedure,
            definition,
            open_cases,
        })
        .collect()
    }

    pub(super) fn staff(self) -> (i64, Vec<StaffRow>) {
        let mut staff: BTreeMap<_, &StaffRow> = self.base.staff.iter().collect();
        staff.extend(&self.changes.staff);
        (self.directory(), staff.into_values().cloned().collect())
    }

    fn directory(self) -> i64 {
        self.base.directory + self.changes.directory_raised
    }

    fn case(self, id: CaseId) -> Option<&'a CaseRow> {
        self.changes.case(self.base, id).map(AsRef::as_ref)
    }

    /// Whether the committed row of a case is not what this transaction sees.
    fn is_hidden(self, id: CaseId) -> bool {
        self.changes.cases.contains_key(&id)
    }

    fn beside(self, wanted: &Wanted) -> Beside {
        let mut beside = Beside {
            subjects: wanted.subjects.iter().copied().collect(),
            incidents: wanted.incidents.iter().copied().collect(),
        };
        for row in wanted.beside.iter().filter_map(|id| self.case(*id)) {
            if row.facts.subject.kind.is_child() {
                beside.subjects.insert(row.facts.subject.id);
            }
            beside.incidents.insert(row.facts.incident);
        }
        beside
    }

    fn ended_beside(self, wanted: &Wanted) -> Vec<&'a CaseRow> {
        let mut found = Vec::new();
        for (id, since) in &wanted.ended_beside {
            let Some(row) = self.case(*id).filter(|row| row.facts.subject.kind.is_child()) else {
                continue;
            };
            let subject = row.facts.subject.id;
            let committed = self.base.of_subject(subject).filter(|id| !self.is_hidden(*id));
            let committed = committed.filter_map(|id| self.case(id));
            let own = self.changes.cases.values().map(AsRef::as_ref);
            let ended = |row: &&CaseRow| {
                row.facts.subject.id == subject
                    && row.facts.closed_at.is_some_and(|closed| closed >= *since)
            };
            found.extend(committed.chain(own).filter(ended));
        }
        found
    }

    fn open_beside(self, wanted: &Beside) -> Vec<&'a CaseRow> {
        let committed = self.base.open_beside(wanted).filter(|id| !self.is_hidden(*id));
        let committed = committed.filter_map(|id| self.case(id));
        let own = self.changes.cases.values().map(AsRef::as_ref).filter(|row| {
            row.facts.is_open()
                && (wanted.subjects.contains(&row.facts.subject.id)
                    || wanted.incidents.contains(&row.facts.incident))
        });
        committed.chain(own).collect()
    }
}

/// The cursors of a stretch, after the page before.
fn within<'a>(
    stretch: &Stretch<'a>,
    after: Option<DutyCursor>,
) -> impl Iterator<Item = &'a DutyCursor> {
    let start = stretch.past.max(after).map_or(Bound::Unbounded, Bound::Excluded);
    let up_to = stretch.up_to;
    stretch.set.range((start, Bound::Unbounded)).take_while(move |at| at.order <= up_to)
}

fn stored_entry(entry: &NewEntry, bodies: bool) -> StoredEntry {
    StoredEntry {
        case: entry.case,
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        bytes: entry.bytes.clone(),
        hash: entry.hash,
        body: bodies.then(|| entry.body.clone()),
    }
}

pub(super) fn size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
