//! The definitions a program carries, by name and by hash.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    procedure::Definition,
    terms::{facts::CaseFacts, id::Digest},
};

use super::EngineError;

/// The definitions a program carries. Of each procedure the last one added opens new cases; older
/// ones are kept for the cases pinned to them.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    newest: BTreeMap<&'static str, Arc<Definition>>,
    by_hash: BTreeMap<Digest, Arc<Definition>>,
}

impl Registry {
    /// These definitions, older ones of a procedure first.
    pub fn new(definitions: impl IntoIterator<Item = Definition>) -> Self {
        let mut registry = Self::default();
        for definition in definitions.into_iter().map(Arc::new) {
            registry.by_hash.insert(definition.hash(), Arc::clone(&definition));
            registry.newest.insert(definition.name(), definition);
        }
        registry
    }

    /// Also carries the engine's own record, which opens no cases.
    pub(super) fn with(mut self, own: Definition) -> Self {
        self.by_hash.insert(own.hash(), Arc::new(own));
        self
    }

    /// The newest definition of a procedure.
    pub fn newest(&self, procedure: &str) -> Option<&Arc<Definition>> {
        self.newest.get(procedure)
    }

    /// The newest definitions, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Definition>> {
        self.newest.values()
    }

    /// Whether a definition with this hash is carried.
    pub fn carries(&self, hash: &Digest) -> bool {
        self.by_hash.contains_key(hash)
    }

    /// The definition with this hash, an older one too.
    pub fn with_hash(&self, hash: &Digest) -> Option<&Arc<Definition>> {
        self.by_hash.get(hash)
    }

    /// The definition a case is pinned to.
    ///
    /// # Errors
    /// [`EngineError::NotCarried`].
    pub fn of_case(&self, facts: &CaseFacts) -> Result<&Arc<Definition>, EngineError> {
        self.by_hash.get(&facts.definition).ok_or_else(|| EngineError::NotCarried {
            case: facts.id,
            procedure: facts.procedure.clone(),
            hash: facts.definition,
        })
    }

    /// Whether a transition of this name hands anything over anywhere.
    pub(super) fn hands_over(&self, transition: &str) -> bool {
        self.by_hash
            .values()
            .filter_map(|definition| definition.transition(transition))
            .any(|step| !step.handoffs.is_empty())
    }

    /// Whether a transition of this name is one of urgent procedures only.
    pub(super) fn is_urgent(&self, transition: &str) -> bool {
        let mut those = self
            .by_hash
            .values()
            .filter(|definition| definition.transition(transition).is_some())
            .peekable();
        those.peek().is_some() && those.all(|definition| definition.is_urgent())
    }

    /// Whether a transition of this name looks back at ended cases anywhere.
    pub(super) fn looks_back(&self, transition: &str) -> bool {
        self.by_hash
            .values()
            .filter_map(|definition| definition.transition(transition))
            .any(|step| !step.ended_beside.is_empty())
    }

    /// Whether a transition of this name may see cases by name anywhere.
    pub(super) fn names_cases(&self, transition: &str) -> bool {
        self.by_hash
            .values()
            .filter_map(|definition| definition.transition(transition))
            .any(|step| !step.names.is_empty())
    }

    /// Whether a transition of this name looks at other cases anywhere: it declares to, hands
    /// something over, or opens a case.
    pub(super) fn looks_beside(&self, transition: &str) -> bool {
        self.by_hash
            .values()
            .filter_map(|definition| definition.transition(transition))
            .any(|step| step.opens_case || !step.beside.is_empty() || !step.handoffs.is_empty())
    }
}
