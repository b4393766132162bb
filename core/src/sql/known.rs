//! What a transaction knows of rows that it locked: what it saw stays as it is until it changes it
//! itself, so expectations need no second look. Where loads lock nothing, it looks before it writes.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{Cells, Record};
use super::decode;
use crate::{
    store::{Group, Loaded, Scope, StoreError, Wanted},
    terms::id::{CaseId, CommandId},
};

/// Revisions of cases and scopes (0 where there is no row) and whether commands were carried out.
#[derive(Debug, Default)]
pub struct Known {
    cases: BTreeMap<CaseId, i64>,
    scopes: BTreeMap<Scope, i64>,
    commands: BTreeMap<CommandId, bool>,
}

impl Known {
    /// Remembers what a load found and what it did not find.
    pub fn note(&mut self, wanted: &Wanted, loaded: &Loaded) {
        self.cases.extend(wanted.cases.iter().map(|id| (*id, 0)));
        self.cases
            .extend(loaded.cases.iter().map(|case| (case.facts.id, case.facts.revision.get())));
        self.scopes.extend(&loaded.scopes);
        self.commands.extend(wanted.commands.iter().map(|id| (*id, false)));
        self.commands.extend(loaded.commands.iter().map(|command| (command.id, true)));
    }

    /// What the groups expect and nobody looked at yet.
    pub fn unknown(&self, groups: &[Group]) -> Unknown {
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

    /// Remembers what was found when `unknown` was looked at: rows of cases, scopes and commands.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn found<R: Cells>(
        &mut self,
        unknown: Unknown,
        mut rows: impl Iterator<Item = Vec<R>>,
    ) -> Result<(), StoreError> {
        self.cases.extend(unknown.cases.into_iter().map(|id| (id, 0)));
        for row in rows.next().unwrap_or_default() {
            let row = Record::new(&row, "case_file", &["id"]);
            self.cases.insert(row.id("id", CaseId::from_bytes)?, row.int("revision")?);
        }
        self.scopes.extend(unknown.scopes.into_iter().map(|scope| (scope, 0)));
        for row in rows.next().unwrap_or_default() {
            let (scope, revision) = decode::scope(&row)?;
            self.scopes.insert(scope, revision);
        }
        self.commands.extend(unknown.commands.into_iter().map(|id| (id, false)));
        for row in rows.next().unwrap_or_default() {
            let id = Record::new(&row, "command", &["id"]).id("id", CommandId::from_bytes)?;
            self.commands.insert(id, true);
        }
        Ok(())
    }

    /// Whether everything is as the group expects.
    pub fn meets(&self, group: &Group) -> bool {
        let case = |(id, revision): &(CaseId, _)| self.cases.get(id) == Some(revision);
        group.expect.iter().map(|(id, revision)| (*id, revision.get())).all(|pair| case(&pair))
            && group.scopes.iter().all(|(scope, revision)| self.scopes.get(scope) == Some(revision))
            && group.commands.iter().all(|new| self.commands.get(&new.id) == Some(&false))
    }

    /// Remembers what was written.
    pub fn wrote<'g>(&mut self, groups: impl Iterator<Item = &'g Group>) {
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
pub struct Unknown {
    /// Cases.
    pub cases: BTreeSet<CaseId>,
    /// Scopes.
    pub scopes: BTreeSet<Scope>,
    /// Commands.
    pub commands: BTreeSet<CommandId>,
}

impl Unknown {
    /// Whether there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.scopes.is_empty() && self.commands.is_empty()
    }
}
