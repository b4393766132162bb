//! What was committed.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
    sync::Arc,
};

use super::{
    changes::Changes,
    index::Index,
    matching::UNDATED,
    post::{InboxRow, OutboxRow, Place, Turn},
    row::{CaseRow, KeptDuty},
};
use crate::{
    store::{
        CaseQuery, DutyCursor, DutyFilter, EntryCursor, Message, NewEntry, PostId, Rung, Scope,
        SeenAs, StaffRow, StoredCommand,
    },
    terms::{
        id::{ActorId, CaseId, CommandId, MessageId, SubjectId},
        time::Timestamp,
    },
};

/// The order rungs are listed in.
pub(super) type RungOrder = (Timestamp, CaseId, u32, u32, u32);
/// The order messages are listed in.
pub(super) type MessageOrder = (Timestamp, MessageId);

/// Every row that was committed.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) cases: BTreeMap<CaseId, Arc<CaseRow>>,
    pub(super) entries: BTreeMap<(CaseId, i64), Arc<NewEntry>>,
    pub(super) feed: BTreeMap<EntryCursor, Arc<NewEntry>>,
    pub(super) commands: HashMap<CommandId, StoredCommand>,
    pub(super) scopes: HashMap<Scope, i64>,
    /// The last number given in each year.
    pub(super) numbers: HashMap<i32, i64>,
    pub(super) messages: BTreeMap<MessageOrder, Arc<Message>>,
    pub(super) outbox: BTreeMap<PostId, Arc<OutboxRow>>,
    pub(super) pending: BTreeSet<Place>,
    pub(super) inbox: BTreeMap<CommandId, Arc<InboxRow>>,
    pub(super) waiting: BTreeSet<Turn>,
    pub(super) rungs: BTreeMap<RungOrder, Arc<Rung>>,
    pub(super) rungs_of: HashMap<CaseId, BTreeSet<RungOrder>>,
    pub(super) staff: BTreeMap<ActorId, StaffRow>,
    pub(super) directory: i64,
    index: Index,
}

/// A stretch of an index of duties: past `from`, and up to this order where one is given.
pub(super) struct Stretch<'a> {
    pub(super) set: &'a BTreeSet<DutyCursor>,
    pub(super) past: Option<DutyCursor>,
    pub(super) up_to: i64,
}

impl Tables {
    /// Takes in what a transaction wrote.
    pub(super) fn take_in(&mut self, changes: Changes) {
        let Changes {
            cases,
            entries,
            commands,
            scopes,
            numbers,
            messages,
            outbox,
            inbox,
            rungs,
            staff,
            directory_raised,
        } = changes;
        for (id, row) in cases {
            self.index.replace(self.cases.get(&id).map(AsRef::as_ref), &row);
            self.cases.insert(id, row);
        }
        for entry in entries.values() {
            self.feed.insert(feed_order(entry), Arc::clone(entry));
        }
        self.entries.extend(entries);
        self.commands.extend(commands);
        self.scopes.extend(scopes);
        self.numbers.extend(numbers);
        self.messages.extend(messages);
        self.take_in_post(outbox, inbox);
        for order in rungs.keys() {
            self.rungs_of.entry(order.1).or_default().insert(*order);
        }
        self.rungs.extend(rungs);
        self.staff.extend(staff);
        self.directory += directory_raised;
    }

    /// A duty and its case.
    pub(super) fn duty(&self, at: DutyCursor) -> Option<(&CaseRow, &KeptDuty)> {
        let row = self.cases.get(&at.case)?;
        Some((row, row.duties.get(&at.no)?))
    }

    /// The open cases of these.
    pub(super) fn open_beside<'a>(
        &'a self,
        wanted: &'a super::view::Beside,
    ) -> impl Iterator<Item = CaseId> + 'a {
        let of_subjects =
            wanted.subjects.iter().filter_map(|id| self.index.open_of_subject.get(id));
        let of_incidents =
            wanted.incidents.iter().filter_map(|id| self.index.open_of_incident.get(id));
        of_subjects.chain(of_incidents).flatten().copied()
    }

    /// The cases of a subject, ended ones too.
    pub(super) fn of_subject(&self, subject: SubjectId) -> impl Iterator<Item = CaseId> + '_ {
        self.index.of_subject.get(&subject).into_iter().flatten().copied()
    }

    /// At least the cases the query means, in order, after the page before.
    pub(super) fn candidates<'a>(
        &'a self,
        query: &CaseQuery,
    ) -> Box<dyn Iterator<Item = &'a CaseRow> + 'a> {
        let index = &self.index;
        let start = query.after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = (start, Bound::Unbounded);
        let narrowed = if let Some(number) = query.number {
            let id = index.by_number.get(&number).copied();
            let id = id.filter(|id| query.after.is_none_or(|after| *id > after));
            return Box::new(id.and_then(|id| self.cases.get(&id)).map(AsRef::as_ref).into_iter());
        } else if let Some(subject) = query.subject {
            index.of_subject.get(&subject)
        } else if let Some(incident) = query.incident {
            index.of_incident.get(&incident)
        } else if let Some(attribute) = &query.attribute {
            index.by_attribute.get(attribute)
        } else if query.open_only {
            Some(&index.open)
        } else {
            return Box::new(self.cases.range(range).map(|(_, row)| row.as_ref()));
        };
        let ids = narrowed.into_iter().flat_map(move |set| set.range(range));
        Box::new(ids.filter_map(|id| self.cases.get(id)).map(AsRef::as_ref))
    }

    /// Stretches of indexes with at least the duties the filter means.
    pub(super) fn stretches<'a>(&'a self, filter: &DutyFilter) -> Vec<Stretch<'a>> {
        let duties = &self.index.duties;
        let whole = |set| Stretch { set, past: None, up_to: i64::MAX };
        let nobody = CaseId::from_bytes([u8::MAX; 16]);
        let dated = DutyCursor { order: UNDATED, case: nobody, no: u32::MAX };
        match filter {
            DutyFilter::SeenAs(ways) => {
                ways.iter().flat_map(|way| self.seen(way)).map(whole).collect()
            }
            DutyFilter::Overdue { now, .. } => {
                vec![Stretch { set: &duties.by_due, past: Some(dated), up_to: now.as_millis() }]
            }
            DutyFilter::RungDue { now } => {
                vec![Stretch { set: &duties.by_rung, past: None, up_to: now.as_millis() }]
            }
            DutyFilter::Gaps => vec![whole(&duties.gaps)],
            DutyFilter::Deadlines => {
                vec![Stretch { set: &duties.by_due, past: Some(dated), up_to: i64::MAX }]
            }
            // Those of one case are read from the case.
            DutyFilter::OfCase(_) | DutyFilter::OfCases(..) => Vec::new(),
            DutyFilter::All | DutyFilter::Open { .. } => vec![whole(&duties.all)],
        }
    }

    fn seen(&self, way: &SeenAs) -> Vec<&BTreeSet<DutyCursor>> {
        let duties = &self.index.duties;
        match way {
            // A range that ends before it begins holds nothing, and would panic.
            SeenAs::InArea { from, to, .. } if from >= to => Vec::new(),
            SeenAs::InArea { role, from, to } => {
                let range = (role.clone(), from.clone())..(role.clone(), to.clone());
                duties.in_area.range(range).map(|(_, set)| set).collect()
            }
            SeenAs::InUnit { role, unit } => {
                duties.in_unit.get(&(role.clone(), unit.clone())).into_iter().collect()
            }
        }
    }
}

/// The place of an entry in the feed.
pub(super) fn feed_order(entry: &NewEntry) -> EntryCursor {
    EntryCursor { recorded_at: entry.recorded_at, case: entry.case, seq: entry.seq }
}

/// The place of a rung among the rungs.
pub(super) fn rung_order(rung: &Rung) -> RungOrder {
    (rung.climbed_at, rung.case, rung.duty_no, rung.generation, rung.rung)
}
