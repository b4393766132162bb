//! Reading the rows: every list is a walk over them, in the order the contract asks for.

use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use hexacase::{
    duty::owed::OwedDuty,
    store::{
        CaseQuery, DefinitionInUse, DutyCursor, DutyFilter, DutyQuery, DutyRow, DutyWrite,
        EntryCursor, EntryQuery, Loaded, Message, Rung, Scope, SeenAs, StaffRow, StoredCase,
        StoredEntry, Wanted,
    },
    terms::{
        id::{CaseId, Digest, MessageId},
        time::Timestamp,
    },
    trail::Sealed,
};

use crate::state::{Case, State};

impl State {
    pub(crate) fn load(&self, wanted: &Wanted) -> Loaded {
        let (mut subjects, mut incidents) = (wanted.subjects.clone(), wanted.incidents.clone());
        for case in wanted.beside.iter().filter_map(|id| self.cases.get(id)) {
            incidents.push(case.facts.incident);
            if case.facts.subject.kind.is_child() {
                subjects.push(case.facts.subject.id);
            }
        }
        let back: Vec<_> = wanted
            .ended_beside
            .iter()
            .filter_map(|(id, since)| Some((self.cases.get(id)?.facts.subject, *since)))
            .filter(|(subject, _)| subject.kind.is_child())
            .collect();
        let meant = |case: &Case| {
            let facts = &case.facts;
            wanted.cases.contains(&facts.id)
                || (facts.is_open()
                    && (subjects.contains(&facts.subject.id)
                        || incidents.contains(&facts.incident)))
                || back.iter().any(|(subject, since)| {
                    facts.subject.id == subject.id
                        && facts.closed_at.is_some_and(|closed| closed >= *since)
                })
        };
        let cases: Vec<_> = self.cases.values().filter(|case| meant(case)).collect();
        let of_cases = cases.iter().flat_map(|case| {
            [Scope::subject(case.facts.subject.id), Scope::incident(case.facts.incident)]
        });
        let scopes = of_cases.chain(wanted.scopes.iter().copied());
        let mut ids = wanted.commands.clone();
        ids.sort_unstable();
        ids.dedup();
        let commands = ids.iter().filter_map(|id| self.commands.get(id));
        Loaded {
            scopes: scopes.map(|scope| (scope, self.scope(scope))).collect(),
            cases: cases.into_iter().map(|case| stored(case)).collect(),
            commands: commands.map(|command| command.as_ref().clone()).collect(),
            directory: self.directory,
        }
    }

    pub(crate) fn cases(&self, query: &CaseQuery) -> Vec<StoredCase> {
        let start = query.after.map_or(Bound::Unbounded, Bound::Excluded);
        let cases = self.cases.range((start, Bound::Unbounded)).map(|(_, case)| case);
        let fitting = cases.filter(|case| fits(case, query)).take(size(query.limit));
        fitting.map(|case| stored(case)).collect()
    }

    pub(crate) fn entries(&self, query: &EntryQuery) -> Vec<StoredEntry> {
        let order = |case, recorded_at, seq| match (query.case, query.cases) {
            // Of named cases, case by case, in order of number.
            (Some(_), _) | (_, Some(_)) => {
                EntryCursor { recorded_at: Timestamp::from_millis(0), case, seq }
            }
            (None, None) => EntryCursor { recorded_at, case, seq },
        };
        let after = query.after.map(|after| order(after.case, after.recorded_at, after.seq));
        let mut found: Vec<_> = self
            .entries
            .values()
            .filter(|entry| match (query.case, query.cases) {
                (Some(case), _) => case == entry.case,
                (None, Some((from, to))) => (from..=to).contains(&entry.case),
                (None, None) => true,
            })
            .filter(|entry| query.until.is_none_or(|until| entry.recorded_at <= until))
            .map(|entry| (order(entry.case, entry.recorded_at, entry.seq), entry))
            .filter(|(at, _)| after.is_none_or(|after| *at > after))
            .collect();
        found.sort_by_key(|(at, _)| *at);
        let page = found.into_iter().take(size(query.limit));
        page.map(|(_, entry)| StoredEntry {
            case: entry.case,
            seq: entry.seq,
            recorded_at: entry.recorded_at,
            bytes: entry.bytes.clone(),
            hash: entry.hash,
            body: query.bodies.then(|| entry.body.clone()),
        })
        .collect()
    }

    pub(crate) fn duties(&self, query: &DutyQuery) -> Vec<DutyRow> {
        let all =
            self.cases.values().flat_map(|case| case.duties.values().map(move |it| (case, it)));
        let mut found: Vec<_> = all
            .filter_map(|(case, kept)| {
                let order = order(case, kept, &query.filter)?;
                let at = DutyCursor { order, case: case.facts.id, no: kept.duty.no };
                query.after.is_none_or(|after| at > after).then_some((at, case, &kept.duty))
            })
            .collect();
        found.sort_by_key(|(at, ..)| *at);
        found.into_iter().take(size(query.limit)).map(|(_, case, duty)| row(case, duty)).collect()
    }

    pub(crate) fn rungs(&self, case: Option<CaseId>, limit: u32) -> Vec<Rung> {
        let rungs = self.rungs.values().filter(|rung| case.is_none_or(|case| case == rung.case));
        rungs.take(size(limit)).map(|rung| rung.as_ref().clone()).collect()
    }

    pub(crate) fn messages(
        &self,
        after: Option<(Timestamp, MessageId)>,
        limit: u32,
    ) -> Vec<Message> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let messages = self.messages.range((start, Bound::Unbounded)).take(size(limit));
        messages.map(|(_, message)| message.as_ref().clone()).collect()
    }

    pub(crate) fn definitions_in_use(&self) -> Vec<DefinitionInUse> {
        let mut counts: BTreeMap<(&str, Digest), i64> = BTreeMap::new();
        for case in self.cases.values().filter(|case| case.facts.is_open()) {
            *counts.entry((&case.facts.procedure, case.facts.definition)).or_default() += 1;
        }
        let used = counts.into_iter().map(|((procedure, definition), open_cases)| {
            DefinitionInUse { procedure: procedure.to_owned(), definition, open_cases }
        });
        used.collect()
    }

    pub(crate) fn staff(&self) -> (i64, Vec<StaffRow>) {
        (self.directory, self.staff.values().cloned().collect())
    }
}

pub(crate) fn size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn stored(case: &Case) -> StoredCase {
    let sealed = Sealed { key: case.last.key.clone(), bytes: case.last.body.clone() };
    let open = case.duties.values().map(|kept| &kept.duty).filter(|duty| duty.is_open());
    StoredCase {
        facts: case.facts.clone(),
        number: case.number.clone(),
        attributes: case.attributes.clone(),
        duties: open.cloned().collect(),
        body: Some(sealed),
    }
}

fn row(case: &Case, duty: &OwedDuty) -> DutyRow {
    DutyRow {
        case: case.facts.id,
        number: case.number.clone(),
        procedure: case.facts.procedure.clone(),
        state: case.facts.state.clone(),
        subject: case.facts.subject.id,
        area: case.facts.area.as_str().to_owned(),
        duty: duty.clone(),
    }
}

fn within(case: &Case, (from, to): (&str, &str)) -> bool {
    (from..to).contains(&case.facts.area.as_str())
}

fn fits(case: &Arc<Case>, query: &CaseQuery) -> bool {
    let facts = &case.facts;
    let area = query.area.as_ref().map(|(from, to)| (from.as_str(), to.as_str()));
    query.procedure.as_ref().is_none_or(|wanted| *wanted == facts.procedure)
        && query.state.as_ref().is_none_or(|wanted| *wanted == facts.state)
        && area.is_none_or(|range| within(case, range))
        && query.subject.is_none_or(|wanted| wanted == facts.subject.id)
        && query.incident.is_none_or(|wanted| wanted == facts.incident)
        && (!query.open_only || facts.is_open())
        && query.number.is_none_or(|wanted| wanted == (case.number.year, case.number.number))
        && query
            .attribute
            .as_ref()
            .is_none_or(|(key, value)| case.attributes.get(key) == Some(value))
}

/// Where a duty stands in the list that the filter means, if it is in it.
fn order(case: &Case, kept: &DutyWrite, filter: &DutyFilter) -> Option<i64> {
    let duty = &kept.duty;
    let open = duty.is_open();
    let meant = match filter {
        DutyFilter::SeenAs(ways) => open && ways.iter().any(|way| is_seen(case, kept, way)),
        DutyFilter::Overdue { now, area } => {
            let area = area.as_ref().map(|(from, to)| (from.as_str(), to.as_str()));
            open && duty.is_late(*now) && area.is_none_or(|range| within(case, range))
        }
        DutyFilter::RungDue { now } => {
            // The sweep goes by the rungs.
            let due = duty.next_rung_at.filter(|due| open && due < now);
            return due.map(Timestamp::as_millis);
        }
        DutyFilter::Gaps => open && duty.holder.gap,
        DutyFilter::Open { person: None } => open,
        DutyFilter::Open { person } => open && duty.holder.person == *person,
        DutyFilter::OfCase(id) => case.facts.id == *id,
        DutyFilter::OfCases(from, to) => (from..=to).contains(&&case.facts.id),
        DutyFilter::Deadlines => open && duty.due().is_some(),
        DutyFilter::All => true,
    };
    meant.then(|| duty.due().map_or(i64::MIN, Timestamp::as_millis))
}

fn is_seen(case: &Case, kept: &DutyWrite, way: &SeenAs) -> bool {
    kept.matches.iter().any(|(shown_to, shown_in)| match way {
        SeenAs::InArea { role, from, to } => {
            shown_to == role && shown_in.is_none() && within(case, (from, to))
        }
        SeenAs::InUnit { role, unit } => shown_to == role && shown_in.as_ref() == Some(unit),
    })
}
