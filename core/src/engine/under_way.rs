//! What batches that are under way at once must not share.

use std::collections::BTreeSet;

use super::{Action, Command};
use crate::{
    store::Scope,
    terms::id::{CaseId, CommandId},
};

/// The commands of one call, which are carried out in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CallNo(pub(super) u64);

/// What a command is known to touch before anything is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Case(CaseId),
    Scope(Scope),
    Command(CommandId),
    Call(CallNo),
}

impl Key {
    /// The case of a step, or the subject and the incident that an opening names beside its form;
    /// the command's own id, and the call it came with.
    pub(super) fn all_of(command: &Command, call: Option<CallNo>) -> Vec<Self> {
        let mut keys: Vec<Self> = command.id.map(Self::Command).into_iter().collect();
        keys.extend(call.map(Self::Call));
        match &command.action {
            Action::Fire { case, .. } => keys.push(Self::Case(*case)),
            Action::Open(open) => {
                // That of a village or a unit too, which nothing is locked for: two openings beside
                // each other would not see each other's case.
                keys.extend(open.subject.map(|subject| Self::Scope(Scope::subject(subject.id))));
                keys.extend(open.incident.map(|incident| Self::Scope(Scope::incident(incident))));
            }
        }
        keys
    }
}

/// What the batch of one leader touches.
#[derive(Debug, Default)]
pub(super) struct Touched {
    keys: BTreeSet<Key>,
}

impl Touched {
    /// Whether one of `keys` is among them.
    pub(super) fn meets(&self, keys: &[Key]) -> bool {
        !self.keys.is_empty() && keys.iter().any(|key| self.keys.contains(key))
    }

    pub(super) fn add(&mut self, keys: &[Key]) {
        self.keys.extend(keys);
    }

    /// Takes in what a batch touches.
    pub(super) fn begin(&mut self, batch: &Self) {
        self.keys.extend(&batch.keys);
    }

    /// The batch is done, and touches nothing any more.
    pub(super) fn end(&mut self, batch: &Self) {
        for key in &batch.keys {
            self.keys.remove(key);
        }
    }
}
