//! Groups that no store can write: what a database's keys would refuse, told at once and by name,
//! so that a fault of an engine is found in the fastest test there is.

use std::collections::{HashMap, HashSet};

use crate::{
    store::{CaseWrite, Group, NewEntry, StoreError},
    terms::{
        area::Realm,
        id::{CaseId, Revision},
    },
};

/// What is wrong with a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("case {case}: {problem}")]
pub(super) struct Malformed {
    problem: &'static str,
    case: CaseId,
}

impl Malformed {
    pub(super) const fn new(problem: &'static str, case: CaseId) -> Self {
        Self { problem, case }
    }
}

impl From<Malformed> for StoreError {
    fn from(source: Malformed) -> Self {
        Self::Backend { operation: "append", retryable: false, source: Box::new(source) }
    }
}

/// Looks at the groups of one call without looking at what is stored.
pub(super) fn check(realm: &Realm, groups: &[Group]) -> Result<(), Malformed> {
    let (mut cases, mut scopes) = (HashSet::new(), HashSet::new());
    let mut commands = HashSet::new();
    for group in groups {
        let any = group.expect.first().map_or(CaseId::from_bytes([0; 16]), |(id, _)| *id);
        for (id, _) in &group.expect {
            if !cases.insert(*id) {
                return Err(Malformed::new("it is expected twice in one call", *id));
            }
        }
        if !group.scopes.iter().all(|(scope, _)| scopes.insert(*scope)) {
            return Err(Malformed::new("a scope stands twice in one call", any));
        }
        if !group.commands.iter().all(|command| commands.insert(command.id)) {
            return Err(Malformed::new("a command stands twice in one call", any));
        }
        check_group(realm, group)?;
    }
    Ok(())
}

fn check_group(realm: &Realm, group: &Group) -> Result<(), Malformed> {
    let expected: HashMap<CaseId, Revision> = group.expect.iter().copied().collect();
    let mut entries: HashMap<CaseId, Vec<&NewEntry>> = HashMap::new();
    for entry in &group.entries {
        entries.entry(entry.case).or_default().push(entry);
    }
    for write in &group.cases {
        let id = write.facts.id;
        let expected = expected.get(&id).ok_or(Malformed::new("no revision is expected", id))?;
        if write.facts.realm != *realm {
            return Err(Malformed::new("it is of another realm", id));
        }
        let entries = entries.remove(&id).unwrap_or_default();
        check_case(*expected, write, &entries)?;
    }
    if let Some(id) = entries.keys().next() {
        return Err(Malformed::new("entries without the case's last state", *id));
    }
    let written: HashSet<_> = group.entries.iter().map(|entry| (entry.case, entry.seq)).collect();
    for message in &group.messages {
        if !written.contains(&(message.case, message.seq)) {
            return Err(Malformed::new("a message without its entry", message.case));
        }
    }
    for rung in &group.rungs {
        if !group.cases.iter().any(|write| write.facts.id == rung.case) {
            return Err(Malformed::new("a rung without its case", rung.case));
        }
    }
    Ok(())
}

fn check_case(
    expected: Revision,
    write: &CaseWrite,
    entries: &[&NewEntry],
) -> Result<(), Malformed> {
    let facts = &write.facts;
    let wrong = |problem| Err(Malformed::new(problem, facts.id));
    let mut seq = expected;
    for entry in entries {
        seq = seq.next();
        if entry.seq != seq.get() {
            return wrong("its entries do not follow each other");
        }
    }
    match entries.last() {
        None => wrong("it moves without an entry"),
        Some(_) if seq != facts.revision => wrong("its revision is not that of its last entry"),
        Some(last) if last.hash != facts.head => wrong("its head is not its last entry"),
        Some(_) if write.number_in.is_some() != (expected == Revision::NONE) => {
            wrong("a case is numbered when it is new, and only then")
        }
        Some(_) if expected == Revision::NONE && !(write.restated && write.had_duties == 0) => {
            wrong("a new case had something before")
        }
        Some(_) => Ok(()),
    }
}
