//! The indexes of the memory store: ordered sets of keys, kept in step with the cases.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::Hash,
    sync::Arc,
};

use super::{
    matching::due_order,
    row::{CaseRow, KeptDuty},
};
use crate::{
    store::DutyCursor,
    terms::{
        actor::Role,
        id::{CaseId, IncidentId, SubjectId, UnitId},
    },
};

/// Cases by something they share.
type CasesBy<K> = HashMap<K, BTreeSet<CaseId>>;

/// Every index. A key without rows has no set.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) open: BTreeSet<CaseId>,
    pub(super) by_number: HashMap<(i32, i64), CaseId>,
    pub(super) of_subject: CasesBy<SubjectId>,
    pub(super) of_incident: CasesBy<IncidentId>,
    pub(super) open_of_subject: CasesBy<SubjectId>,
    pub(super) open_of_incident: CasesBy<IncidentId>,
    pub(super) by_attribute: CasesBy<(String, String)>,
    pub(super) duties: DutyIndex,
}

/// The indexes of duties. All but `all` hold open ones only.
#[derive(Debug, Default)]
pub(super) struct DutyIndex {
    pub(super) all: BTreeSet<DutyCursor>,
    pub(super) by_due: BTreeSet<DutyCursor>,
    pub(super) by_rung: BTreeSet<DutyCursor>,
    pub(super) gaps: BTreeSet<DutyCursor>,
    /// By role and area of the case: duties shown to a role wherever it is.
    pub(super) in_area: BTreeMap<(Role, String), BTreeSet<DutyCursor>>,
    /// By role and unit.
    pub(super) in_unit: BTreeMap<(Role, UnitId), BTreeSet<DutyCursor>>,
}

impl Index {
    /// Puts a case in the place of what it was before.
    pub(super) fn replace(&mut self, old: Option<&CaseRow>, new: &CaseRow) {
        if let Some(old) = old {
            self.enter(old, false);
        }
        self.enter(new, true);
        let moved = old.is_some_and(|old| old.facts.area != new.facts.area);
        for (no, kept) in old.iter().flat_map(|old| &old.duties) {
            let same = new.duties.get(no).is_some_and(|new| Arc::ptr_eq(new, kept));
            if let Some(old) = old.filter(|_| moved || !same) {
                self.duties.enter(old, kept, false);
            }
        }
        for (no, kept) in &new.duties {
            let before = old.and_then(|old| old.duties.get(no));
            if moved || !before.is_some_and(|before| Arc::ptr_eq(before, kept)) {
                self.duties.enter(new, kept, true);
            }
        }
    }

    /// Enters a case, or takes it out.
    fn enter(&mut self, row: &CaseRow, add: bool) {
        let facts = &row.facts;
        let id = facts.id;
        put_by(&mut self.of_subject, facts.subject.id, id, add);
        put_by(&mut self.of_incident, facts.incident, id, add);
        if facts.is_open() {
            put(&mut self.open, id, add);
            put_by(&mut self.open_of_subject, facts.subject.id, id, add);
            put_by(&mut self.open_of_incident, facts.incident, id, add);
        }
        for (key, value) in &row.attributes {
            put_by(&mut self.by_attribute, (key.clone(), value.clone()), id, add);
        }
        // A number stays its case's.
        self.by_number.insert((row.number.year, row.number.number), id);
    }
}

impl DutyIndex {
    /// Enters a duty, or takes it out.
    fn enter(&mut self, row: &CaseRow, kept: &KeptDuty, add: bool) {
        let duty = &kept.duty;
        let cursor = row.cursor(duty, due_order(duty));
        put(&mut self.all, cursor, add);
        if !duty.is_open() {
            return;
        }
        put(&mut self.by_due, cursor, add);
        if let Some(rung) = duty.next_rung_at {
            put(&mut self.by_rung, row.cursor(duty, rung.as_millis()), add);
        }
        if duty.holder.gap {
            put(&mut self.gaps, cursor, add);
        }
        for (role, unit) in &kept.matches {
            match unit {
                None => {
                    let key = (role.clone(), row.facts.area.as_str().to_owned());
                    put_ordered(&mut self.in_area, key, cursor, add);
                }
                Some(unit) => {
                    put_ordered(&mut self.in_unit, (role.clone(), unit.clone()), cursor, add);
                }
            }
        }
    }
}

fn put<T: Ord>(set: &mut BTreeSet<T>, item: T, add: bool) {
    if add {
        set.insert(item);
    } else {
        set.remove(&item);
    }
}

fn put_by<K: Eq + Hash>(map: &mut CasesBy<K>, key: K, id: CaseId, add: bool) {
    if add {
        map.entry(key).or_default().insert(id);
    } else if let Some(set) = map.get_mut(&key) {
        set.remove(&id);
        if set.is_empty() {
            map.remove(&key);
        }
    }
}

fn put_ordered<K: Ord, T: Ord>(map: &mut BTreeMap<K, BTreeSet<T>>, key: K, item: T, add: bool) {
    if add {
        map.entry(key).or_default().insert(item);
    } else if let Some(set) = map.get_mut(&key) {
        set.remove(&item);
        if set.is_empty() {
            map.remove(&key);
        }
    }
}
