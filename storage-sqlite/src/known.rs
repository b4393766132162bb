//! What a transaction knows of the rows it locked. SQLite has one writer at a time: what the
//! transaction saw stays as it is until it changes it itself, so expectations that were loaded
//! before need no second look.

use std::collections::{BTreeMap, BTreeSet};

use hexacase::{
    store::{Group, Loaded, Scope, Wanted},
    terms::id::{CaseId, CommandId},
};

/// Revisions of cases and scopes (0 where there is no row) and whether commands were carried out.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) cases: BTreeMap<CaseId, i64>,
    pub(crate) scopes: BTreeMap<Scope, i64>,
    pub(crate) commands: BTreeMap<CommandId, bool>,
}

impl Known {
    /// Remembers what a load found and what it did not find.
    pub(crate) fn note(&mut self, wanted: &Wanted, loaded: &Loaded) {
        self.cases.extend(wanted.cases.iter().map(|id| (*id, 0)));
        self.cases
            .extend(loaded.cases.iter().map(|case| (case.facts.id, case.facts.revision.get())));
        self.scopes.extend(&loaded.scopes);
        self.commands.extend(wanted.commands.iter().map(|id| (*id, false)));
        self.commands.extend(loaded.commands.iter().map(|command| (command.id, true)));
    }

    /// What the groups expect and nobody looked at yet.
    pub(crate) fn unknown(&self, groups: &[Group]) -> Unknown {
        let mut unknown = Unknown::default();
        for group in groups {
            let cases = group.expect.iter().map(|(id, _)| *id);
            unknown.cases.extend(cases.filter(|id| !self.cases.contains_key(id)));
            let scopes = group.scopes.iter().map(|(scope, _)| *scope);
            unknown.scopes.extend(scopes.filter(|scope| !self.scopes.contains_key(scope)));
            let commands = group.commands.iter().map(|command| command.id);
            unknown.commands.extend(commands.filter(|id| !self.commands.contains_key(id)));
        }
        unknown
    }

    /// Whether everything is as the group expects.
    pub(crate) fn meets(&self, group: &Group) -> bool {
        let case = |(id, revision): &(CaseId, _)| self.cases.get(id) == Some(revision);
        group.expect.iter().map(|(id, revision)| (*id, revision.get())).all(|pair| case(&pair))
            && group.scopes.iter().all(|(scope, revision)| self.scopes.get(scope) == Some(revision))
            && group.commands.iter().all(|new| self.commands.get(&new.id) == Some(&false))
    }

    /// Remembers what was written.
    pub(crate) fn wrote<'g>(&mut self, groups: impl Iterator<Item = &'g Group>) {
        for group in groups {
            self.cases
                .extend(group.cases.iter().map(|case| (case.facts.id, case.facts.revision.get())));
            let raised = |(scope, revision): &(Scope, i64)| (*scope, revision.saturating_add(1));
            self.scopes.extend(group.scopes.iter().map(raised));
            self.commands.extend(group.commands.iter().map(|command| (command.id, true)));
        }
    }
}

/// What is still to be looked at.
#[derive(Debug, Default)]
pub(crate) struct Unknown {
    pub(crate) cases: BTreeSet<CaseId>,
    pub(crate) scopes: BTreeSet<Scope>,
    pub(crate) commands: BTreeSet<CommandId>,
}

impl Unknown {
    pub(crate) fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.scopes.is_empty() && self.commands.is_empty()
    }
}
