//! A case as the memory store keeps it: never changed, only replaced.

use std::{collections::BTreeMap, sync::Arc};

use super::well_formed::Malformed;
use crate::{
    duty::owed::OwedDuty,
    store::{CaseWrite, DutyCursor, DutyRow, NewEntry, StoredCase},
    terms::{
        actor::Role,
        facts::{CaseFacts, CaseNumber},
        id::UnitId,
    },
    trail::Sealed,
};

/// A duty and the roles it is shown to.
#[derive(Debug)]
pub(super) struct KeptDuty {
    pub(super) duty: OwedDuty,
    pub(super) matches: Vec<(Role, Option<UnitId>)>,
}

/// A case with all its duties, ended ones too.
#[derive(Clone, Debug)]
pub(super) struct CaseRow {
    pub(super) facts: CaseFacts,
    pub(super) number: CaseNumber,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) duties: BTreeMap<u32, Arc<KeptDuty>>,
    pub(super) last: Arc<NewEntry>,
}

impl CaseRow {
    /// A case that is opened.
    pub(super) fn new(write: &CaseWrite, number: CaseNumber, last: Arc<NewEntry>) -> Self {
        let (attributes, duties) = (BTreeMap::new(), BTreeMap::new());
        let mut row = Self { facts: write.facts.clone(), number, attributes, duties, last };
        row.take_in(write);
        row
    }

    /// The case after what was written to it.
    ///
    /// Stores may spare what is said to be as it was; so what is said must be true.
    pub(super) fn after(&self, write: &CaseWrite, last: Arc<NewEntry>) -> Result<Self, Malformed> {
        let wrong = |problem| Err(Malformed::new(problem, write.facts.id));
        if !write.restated && !write.facts.only_moved(&self.facts) {
            return wrong("facts were changed and not stated");
        }
        let is_there = |no: u32| self.duties.contains_key(&no);
        if !write
            .duties
            .iter()
            .all(|duty| is_there(duty.duty.no) == (duty.duty.no <= write.had_duties))
        {
            return wrong("a duty is new and should be there, or the other way round");
        }
        let mut row = Self { last, ..self.clone() };
        row.take_in(write);
        Ok(row)
    }

    fn take_in(&mut self, write: &CaseWrite) {
        self.facts.clone_from(&write.facts);
        for (key, value) in &write.attributes {
            match value {
                Some(value) => self.attributes.insert(key.clone(), value.clone()),
                None => self.attributes.remove(key),
            };
        }
        for write in &write.duties {
            let kept = KeptDuty { duty: write.duty.clone(), matches: write.matches.clone() };
            self.duties.insert(write.duty.no, Arc::new(kept));
        }
    }

    /// The case as a caller gets it.
    pub(super) fn stored(&self) -> StoredCase {
        let sealed = Sealed { key: self.last.key.clone(), bytes: self.last.body.clone() };
        let open = self.duties.values().filter(|kept| kept.duty.is_open());
        StoredCase {
            facts: self.facts.clone(),
            number: self.number.clone(),
            attributes: self.attributes.clone(),
            duties: open.map(|kept| kept.duty.clone()).collect(),
            body: Some(sealed),
        }
    }

    /// One of its duties as a caller gets it.
    pub(super) fn duty_row(&self, duty: &OwedDuty) -> DutyRow {
        DutyRow::of(&self.facts, &self.number, duty)
    }

    /// Where one of its duties stands in a list of this order.
    pub(super) fn cursor(&self, duty: &OwedDuty, order: i64) -> DutyCursor {
        DutyCursor { order, case: self.facts.id, no: duty.no }
    }
}
