//! The rows, and what a group does to them. A transaction works on a copy of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hexacase::{
    store::{
        CaseWrite, DutyWrite, Group, Message, NewEntry, PostId, Rung, Scope, StaffRow, StoreError,
        StoredCommand,
    },
    terms::{
        area::Realm,
        facts::{CaseFacts, CaseNumber},
        id::{ActorId, CaseId, CommandId, MessageId, Revision},
        time::Timestamp,
    },
};

use crate::post::{InboxRow, OutboxRow};

/// A case with all its duties, ended ones too.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) facts: CaseFacts,
    pub(crate) number: CaseNumber,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) duties: BTreeMap<u32, DutyWrite>,
    pub(crate) last: Arc<NewEntry>,
}

/// Where a rung stands in the list: when it was climbed, case, duty, generation, rung.
pub(crate) type RungOrder = (Timestamp, CaseId, u32, u32, u32);

/// All rows. Copying it copies the maps, and shares the rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) cases: BTreeMap<CaseId, Arc<Case>>,
    pub(crate) entries: BTreeMap<(CaseId, i64), Arc<NewEntry>>,
    pub(crate) commands: BTreeMap<CommandId, Arc<StoredCommand>>,
    pub(crate) scopes: BTreeMap<Scope, i64>,
    pub(crate) messages: BTreeMap<(Timestamp, MessageId), Arc<Message>>,
    pub(crate) rungs: BTreeMap<RungOrder, Arc<Rung>>,
    pub(crate) staff: BTreeMap<ActorId, StaffRow>,
    pub(crate) directory: i64,
    pub(crate) outbox: BTreeMap<PostId, OutboxRow>,
    pub(crate) inbox: BTreeMap<CommandId, InboxRow>,
    numbers: BTreeMap<i32, i64>,
}

impl State {
    /// Whether everything is as the group expects.
    pub(crate) fn holds(&self, group: &Group) -> bool {
        let revision = |id| self.cases.get(id).map_or(Revision::NONE, |case| case.facts.revision);
        group.expect.iter().all(|(id, expected)| revision(id) == *expected)
            && group.scopes.iter().all(|(scope, expected)| self.scope(*scope) == *expected)
            && !group.commands.iter().any(|command| self.commands.contains_key(&command.id))
    }

    pub(crate) fn scope(&self, scope: Scope) -> i64 {
        self.scopes.get(&scope).copied().unwrap_or(0)
    }

    /// Writes a group and gives the numbers of its new cases. Where it fails, the copy it was to
    /// be written to is of no use any more.
    pub(crate) fn write(
        &mut self,
        realm: &Realm,
        group: &Group,
    ) -> Result<Vec<(CaseId, CaseNumber)>, StoreError> {
        for entry in &group.entries {
            let there = self.entries.insert((entry.case, entry.seq), Arc::new(entry.clone()));
            if there.is_some() {
                return Err(unwritable("an entry of this number is there already", entry.case));
            }
        }
        let written: BTreeSet<_> = group.entries.iter().map(|entry| entry.case).collect();
        let mut numbers = Vec::new();
        for write in &group.cases {
            let id = write.facts.id;
            if !written.contains(&id) {
                return Err(unwritable("it moves without an entry", id));
            }
            if let Some(number) = self.write_case(realm, write)? {
                numbers.push((id, number));
            }
        }
        self.write_commands(group)?;
        for (scope, expected) in &group.scopes {
            self.scopes.insert(*scope, expected + 1);
        }
        for message in &group.messages {
            let order = (message.recorded_at, message.id);
            self.messages.insert(order, Arc::new(message.clone()));
        }
        self.post(&group.messages);
        for rung in &group.rungs {
            let Rung { climbed_at, case, duty_no, generation, rung: number, .. } = *rung;
            let order = (climbed_at, case, duty_no, generation, number);
            self.rungs.insert(order, Arc::new(rung.clone()));
        }
        for person in &group.staff {
            self.staff.insert(person.id.clone(), person.clone());
        }
        self.directory += i64::from(!group.staff.is_empty());
        Ok(numbers)
    }

    /// Writes the last state of a case; gives its number if it is new.
    fn write_case(
        &mut self,
        realm: &Realm,
        write: &CaseWrite,
    ) -> Result<Option<CaseNumber>, StoreError> {
        let id = write.facts.id;
        let last = self.entries.get(&(id, write.facts.revision.get())).cloned();
        let last = last.ok_or_else(|| unwritable("its last entry is missing", id))?;
        let before = self.cases.get(&id);
        let (number, given) = match (before, write.number_in) {
            (Some(case), None) => (case.number.clone(), None),
            (None, Some(year)) => {
                let number = self.numbers.entry(year).or_default();
                *number += 1;
                let number = CaseNumber { realm: realm.clone(), year, number: *number };
                (number.clone(), Some(number))
            }
            _ => return Err(unwritable("a case is numbered once, when it is new", id)),
        };
        let mut attributes = before.map(|case| case.attributes.clone()).unwrap_or_default();
        let mut duties = before.map(|case| case.duties.clone()).unwrap_or_default();
        for (key, value) in &write.attributes {
            match value {
                Some(value) => attributes.insert(key.clone(), value.clone()),
                None => attributes.remove(key),
            };
        }
        duties.extend(write.duties.iter().map(|write| (write.duty.no, write.clone())));
        let case = Case { facts: write.facts.clone(), number, attributes, duties, last };
        self.cases.insert(id, Arc::new(case));
        Ok(given)
    }

    fn write_commands(&mut self, group: &Group) -> Result<(), StoreError> {
        for command in &group.commands {
            let id = command.case;
            let case = self.cases.get(&id);
            let entry = self.entries.get(&(id, command.seq));
            let (Some(case), Some(entry)) = (case, entry) else {
                return Err(unwritable("a command without its step", id));
            };
            let stored = StoredCommand {
                id: command.id,
                hash: command.hash,
                case: id,
                seq: command.seq,
                entry: entry.hash,
                recorded_at: entry.recorded_at,
                state: command.state.clone(),
                number: case.number.clone(),
            };
            self.commands.insert(command.id, Arc::new(stored));
        }
        Ok(())
    }
}

/// A group that no engine appends.
fn unwritable(problem: &str, case: CaseId) -> StoreError {
    let source = format!("case {case}: {problem}").into();
    StoreError::Backend { operation: "append", retryable: false, source }
}
