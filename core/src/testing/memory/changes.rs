//! What one transaction wrote and has not committed yet.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    post::{InboxRow, OutboxRow},
    row::CaseRow,
    tables::{MessageOrder, RungOrder, Tables, rung_order},
    well_formed::Malformed,
};
use crate::{
    store::{Group, GroupOutcome, Message, NewEntry, PostId, Rung, Scope, StaffRow, StoredCommand},
    terms::{
        area::Realm,
        facts::CaseNumber,
        id::{ActorId, CaseId, CommandId, Revision},
    },
};

/// The rows that differ from the committed ones, whole.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) cases: BTreeMap<CaseId, Arc<CaseRow>>,
    pub(super) entries: BTreeMap<(CaseId, i64), Arc<NewEntry>>,
    pub(super) commands: HashMap<CommandId, StoredCommand>,
    pub(super) scopes: HashMap<Scope, i64>,
    pub(super) numbers: HashMap<i32, i64>,
    pub(super) messages: BTreeMap<MessageOrder, Arc<Message>>,
    pub(super) outbox: BTreeMap<PostId, Arc<OutboxRow>>,
    pub(super) inbox: BTreeMap<CommandId, Arc<InboxRow>>,
    pub(super) rungs: BTreeMap<RungOrder, Arc<Rung>>,
    pub(super) staff: BTreeMap<ActorId, StaffRow>,
    /// How often the directory's revision grew.
    pub(super) directory_raised: i64,
}

impl Changes {
    /// The case as it stands in this transaction.
    pub(super) fn case<'a>(&'a self, base: &'a Tables, id: CaseId) -> Option<&'a Arc<CaseRow>> {
        self.cases.get(&id).or_else(|| base.cases.get(&id))
    }

    /// The revision of a scope as it stands in this transaction.
    pub(super) fn scope(&self, base: &Tables, scope: Scope) -> i64 {
        self.scopes.get(&scope).or_else(|| base.scopes.get(&scope)).copied().unwrap_or(0)
    }

    /// Writes a group if everything is as it expects.
    pub(super) fn write(
        &mut self,
        base: &Tables,
        realm: &Realm,
        group: &Group,
    ) -> Result<GroupOutcome, Malformed> {
        if !self.holds(base, group) {
            return Ok(GroupOutcome::Conflict);
        }
        for entry in &group.entries {
            let key = (entry.case, entry.seq);
            if base.entries.contains_key(&key) {
                return Err(Malformed::new("an entry is there already", entry.case));
            }
            self.entries.insert(key, Arc::new(entry.clone()));
        }
        let numbers = self.write_cases(base, realm, group)?;
        self.write_commands(base, group)?;
        for (scope, expected) in &group.scopes {
            self.scopes.insert(*scope, expected + 1);
        }
        for message in &group.messages {
            let order = (message.recorded_at, message.id);
            self.messages.insert(order, Arc::new(message.clone()));
        }
        self.post(&group.messages);
        for rung in &group.rungs {
            self.rungs.insert(rung_order(rung), Arc::new(rung.clone()));
        }
        for person in &group.staff {
            self.staff.insert(person.id.clone(), person.clone());
        }
        self.directory_raised += i64::from(!group.staff.is_empty());
        Ok(GroupOutcome::Written(numbers))
    }

    fn holds(&self, base: &Tables, group: &Group) -> bool {
        let revision =
            |id| self.case(base, id).map_or(Revision::NONE, |row: &Arc<_>| row.facts.revision);
        group.expect.iter().all(|(id, expected)| revision(*id) == *expected)
            && group.scopes.iter().all(|(scope, revision)| self.scope(base, *scope) == *revision)
            && !group.commands.iter().any(|command| {
                self.commands.contains_key(&command.id) || base.commands.contains_key(&command.id)
            })
    }

    fn write_cases(
        &mut self,
        base: &Tables,
        realm: &Realm,
        group: &Group,
    ) -> Result<Vec<(CaseId, CaseNumber)>, Malformed> {
        let mut numbers = Vec::new();
        for write in &group.cases {
            let id = write.facts.id;
            let last = self.entries.get(&(id, write.facts.revision.get()));
            let last = last.cloned().ok_or(Malformed::new("the last entry is missing", id))?;
            let row = match (self.case(base, id), write.number_in) {
                (Some(row), None) => row.after(write, last)?,
                (None, Some(year)) => {
                    let number = self.next_number(base, realm, year);
                    numbers.push((id, number.clone()));
                    CaseRow::new(write, number, last)
                }
                (Some(_), Some(_)) => return Err(Malformed::new("it has a number already", id)),
                (None, None) => return Err(Malformed::new("no year to number it in", id)),
            };
            self.cases.insert(id, Arc::new(row));
        }
        Ok(numbers)
    }

    fn next_number(&mut self, base: &Tables, realm: &Realm, year: i32) -> CaseNumber {
        let number = self.numbers.entry(year).or_insert_with(|| {
            let committed = base.numbers.get(&year);
            committed.copied().unwrap_or(0)
        });
        *number += 1;
        CaseNumber { realm: realm.clone(), year, number: *number }
    }

    fn write_commands(&mut self, base: &Tables, group: &Group) -> Result<(), Malformed> {
        for command in &group.commands {
            let case = command.case;
            let entry = self.entries.get(&(case, command.seq));
            let entry = entry.ok_or(Malformed::new("a command without its entry", case))?;
            let row = self.case(base, case);
            let row = row.ok_or(Malformed::new("a command without its case", case))?;
            let stored = StoredCommand {
                id: command.id,
                hash: command.hash,
                case,
                seq: command.seq,
                entry: entry.hash,
                recorded_at: entry.recorded_at,
                state: command.state.clone(),
                number: row.number.clone(),
            };
            self.commands.insert(command.id, stored);
        }
        Ok(())
    }
}
