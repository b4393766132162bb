//! Who the children are: an index in memory that follows the feed.
//!
//! Names stand in the sealed bodies of children's files only, so they are read there and never
//! written down anywhere else.

use std::collections::BTreeMap;

use hexacase::{
    engine::{Engine, EngineError, HistoryEntry},
    store::EntryCursor,
    terms::{
        area::Realm,
        id::{CaseId, SubjectId},
    },
};
use serde_json::{Map, Value};

use crate::demo::subject_of;

/// The procedure whose cases hold the register.
pub const REGISTER: &str = "care_file";
const PAGE: u32 = 500;

/// A child of the register.
#[derive(Clone, Debug, PartialEq)]
pub struct Child {
    /// The child.
    pub subject: SubjectId,
    /// The child's file.
    pub file: CaseId,
    facts: Map<String, Value>,
}

impl Child {
    /// A fact of the register, by its name in the form.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.get(name).and_then(Value::as_str)
    }

    /// The name.
    pub fn name(&self) -> Option<&str> {
        self.fact("name")
    }
}

/// The children of the register, as far as the feed was read.
#[derive(Clone, Debug, Default)]
pub struct ChildIndex {
    after: Option<EntryCursor>,
    files: BTreeMap<CaseId, Child>,
}

impl ChildIndex {
    /// Reads what was recorded since it last looked.
    ///
    /// # Errors
    /// [`EngineError`] when the feed cannot be read.
    pub async fn follow(&mut self, engine: &Engine) -> Result<(), EngineError> {
        loop {
            let page = engine.feed(self.after, PAGE).await?;
            for (entry, cursor) in &page {
                self.take(entry);
                self.after = Some(*cursor);
            }
            if page.len() < PAGE as usize {
                return Ok(());
            }
        }
    }

    fn take(&mut self, entry: &HistoryEntry) {
        let file = entry.envelope.case;
        if let Some(facts) = &entry.envelope.facts
            && facts.procedure == REGISTER
        {
            let subject = facts.subject.id;
            let new = Child { subject, file, facts: Map::new() };
            self.files.entry(file).or_insert(new).subject = subject;
        }
        let Some(child) = self.files.get_mut(&file) else { return };
        let register = entry.body.as_ref().and_then(|body| body.data.get("register"));
        if let Some(register) = register.and_then(Value::as_object) {
            child.facts.clone_from(register);
        }
    }

    /// The children, in the order their files were opened in.
    pub fn children(&self) -> impl Iterator<Item = &Child> {
        self.files.values()
    }

    /// The child with this id. Of several files the last one counts.
    pub fn child(&self, subject: SubjectId) -> Option<&Child> {
        self.files.values().rev().find(|child| child.subject == subject)
    }

    /// The child with this register number. The number itself is not stored; a child's id is
    /// reckoned from it.
    pub fn by_register_number(&self, realm: &Realm, number: &str) -> Option<&Child> {
        self.child(subject_of(realm, number))
    }

    /// The children whose name holds this text; those of exactly this name first.
    pub fn named<'c>(&'c self, text: &str) -> Vec<&'c Child> {
        let holds = |child: &&Child| child.name().is_some_and(|name| name.contains(text));
        let mut found: Vec<&Child> = self.files.values().filter(holds).collect();
        found.sort_by_key(|child| child.name() != Some(text));
        found
    }
}

/// A name as lists show it: the first character and a mark for each that follows.
pub fn masked(name: &str) -> String {
    name.chars().enumerate().map(|(at, sign)| if at == 0 { sign } else { '＊' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_show_the_first_character_of_a_name() {
        assert_eq!(masked("何示梅"), "何＊＊");
        assert_eq!(masked(""), "");
    }
}
