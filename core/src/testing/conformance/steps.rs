//! Steps of a sample case on their way to groups.

use std::collections::BTreeMap;

use serde_json::json;

use super::records::{SampleCase, command_id, message_id, unit};
use crate::{
    duty::owed::{DutyChange, DutyState, LedgerLine},
    store::{CaseWrite, DutyWrite, Group, Message, NewCommand, NewEntry, Rung, Scope, StaffRow},
    terms::{
        actor::Role,
        id::{CaseId, Digest, Revision, UnitId},
        time::Timestamp,
    },
    trail::{Envelope, fold, link},
};

/// One step on its way to a group.
#[derive(Debug)]
pub(super) struct SampleStep<'a> {
    pub(super) case: &'a mut SampleCase,
    pub(super) envelope: Envelope,
    pub(super) body: Vec<u8>,
    pub(super) matches: BTreeMap<u32, Vec<(Role, Option<UnitId>)>>,
    pub(super) group: Group,
}

impl SampleStep<'_> {
    /// It happened and was recorded then.
    pub(super) fn at(mut self, at: Timestamp) -> Self {
        self.envelope.occurred_at = at;
        self.envelope.recorded_at = at;
        self
    }

    /// The case ends with it.
    pub(super) fn ends(mut self) -> Self {
        self.envelope.ended = true;
        self
    }

    /// A duty stands as this after it.
    pub(super) fn owes(mut self, write: DutyWrite) -> Self {
        let no = write.duty.no;
        self.envelope.duties.retain(|change| change.no() != no);
        self.matches.insert(no, write.matches);
        let line = Some(LedgerLine::Granted);
        self.envelope.duties.push(DutyChange::Set { duty: write.duty, line });
        self
    }

    /// A duty ends with it.
    pub(super) fn fulfils(self, no: u32) -> Self {
        self.closes(no, DutyState::Fulfilled)
    }

    /// A duty ends with it, if it is there and open and the step does nothing else to it.
    pub(super) fn fulfils_any(self, no: u32) -> Self {
        let duties = self.case.image.as_ref().map_or(&[][..], |image| &image.duties);
        let open = duties.iter().any(|duty| duty.no == no && duty.is_open());
        let touched = self.envelope.duties.iter().any(|change| change.no() == no);
        if open && !touched { self.fulfils(no) } else { self }
    }

    /// A duty ends with it, in this way.
    pub(super) fn closes(mut self, no: u32, state: DutyState) -> Self {
        let duties = self.case.image.as_ref().map_or(&[][..], |image| &image.duties);
        let known = duties.iter().find(|duty| duty.no == no);
        let name = known.map_or_else(String::new, |duty| duty.name.clone());
        let at = self.envelope.occurred_at;
        self.envelope.duties.push(DutyChange::Closed { no, name, state, at });
        self
    }

    /// An attribute is set.
    pub(super) fn sets(mut self, key: &str, value: &str) -> Self {
        self.envelope.attributes.insert(key.to_owned(), Some(value.to_owned()));
        self
    }

    /// An attribute is taken away.
    pub(super) fn clears(mut self, key: &str) -> Self {
        self.envelope.attributes.insert(key.to_owned(), None);
        self
    }

    /// It carries out a command.
    pub(super) fn commanded(mut self, number: u32) -> Self {
        let command = NewCommand {
            id: command_id(number),
            hash: Digest::of(&number.to_le_bytes()),
            case: self.case.id,
            seq: self.envelope.seq,
            state: self.envelope.to.clone(),
        };
        self.envelope.command = Some(command.id);
        self.group.commands.push(command);
        self
    }

    /// It writes a message.
    pub(super) fn tells(self, number: u32) -> Self {
        let content = json!({ "number": number });
        self.tells_this(number, "handoff", content)
    }

    /// It writes a message of this kind and content.
    pub(super) fn tells_this(
        mut self,
        number: u32,
        kind: &str,
        content: serde_json::Value,
    ) -> Self {
        let message = Message {
            id: message_id(number),
            case: self.case.id,
            seq: self.envelope.seq,
            kind: kind.to_owned(),
            content,
            recorded_at: self.envelope.recorded_at,
        };
        self.envelope.messages.push(message.id);
        self.group.messages.push(message);
        self
    }

    /// It climbs a rung of a duty's ladder.
    pub(super) fn climbs(mut self, duty_no: u32, generation: u32, rung: u32) -> Self {
        self.group.rungs.push(Rung {
            case: self.case.id,
            duty_no,
            duty: "answer".to_owned(),
            generation,
            rung,
            addressee: "unit_leader".to_owned(),
            unit: Some(unit("office")),
            due: self.envelope.occurred_at.plus_hours(-1),
            climbed_at: self.envelope.recorded_at,
            late: rung > 0,
        });
        self
    }

    /// It changes a person of the directory.
    pub(super) fn changes(mut self, person: StaffRow) -> Self {
        self.group.staff.push(person);
        self
    }

    /// It compares and sets a scope.
    pub(super) fn locks(mut self, scope: Scope, revision: i64) -> Self {
        self.group.scopes.push((scope, revision));
        self
    }

    /// It expects a case that it does not write to have this revision.
    pub(super) fn expects(mut self, case: CaseId, revision: Revision) -> Self {
        self.group.expect.push((case, revision));
        self
    }

    /// It seals these bytes with this key.
    pub(super) fn sealing(mut self, key: &str, body: &[u8]) -> Self {
        key.clone_into(&mut self.envelope.key);
        self.body = body.to_vec();
        self
    }

    /// The group that writes it.
    pub(super) fn group(mut self) -> Group {
        self.envelope.body = Digest::of(&self.body);
        let bytes = self.envelope.to_bytes().unwrap();
        self.storing(bytes)
    }

    /// The group that writes it with these bytes for its envelope's.
    pub(super) fn storing(self, bytes: Vec<u8>) -> Group {
        let Self { case, envelope, body, mut matches, mut group } = self;
        let hash = link(&bytes);
        let before = case.image.as_ref().map(|image| image.facts.clone());
        let image = fold(case.image.take(), &envelope, hash).unwrap();
        let duties = envelope.duties.iter().map(|change| {
            let duty = image.duties.iter().find(|duty| duty.no == change.no()).unwrap().clone();
            let matches = matches.remove(&duty.no).unwrap_or_default();
            DutyWrite { duty, matches }
        });
        group.cases.push(CaseWrite {
            facts: image.facts.clone(),
            number_in: before.is_none().then_some(case.year),
            restated: !before.as_ref().is_some_and(|before| image.facts.only_moved(before)),
            had_duties: before.map_or(0, |before| before.duties),
            attributes: envelope.attributes.into_iter().collect(),
            duties: duties.collect(),
        });
        group.entries.push(NewEntry {
            case: case.id,
            seq: envelope.seq,
            recorded_at: envelope.recorded_at,
            bytes,
            hash,
            body,
            key: envelope.key,
        });
        case.image = Some(image);
        group
    }
}

/// Makes one group of several: of each case the first expectation and the last state count.
pub(super) fn together(groups: impl IntoIterator<Item = Group>) -> Group {
    let mut all = Group::default();
    for group in groups {
        for (case, revision) in group.expect {
            if all.expect.iter().all(|(known, _)| *known != case) {
                all.expect.push((case, revision));
            }
        }
        for write in group.cases {
            match all.cases.iter_mut().find(|known| known.facts.id == write.facts.id) {
                Some(known) => add(known, write),
                None => all.cases.push(write),
            }
        }
        all.scopes.extend(group.scopes);
        all.entries.extend(group.entries);
        all.commands.extend(group.commands);
        all.messages.extend(group.messages);
        all.rungs.extend(group.rungs);
        all.staff.extend(group.staff);
    }
    all
}

fn add(known: &mut CaseWrite, later: CaseWrite) {
    known.facts = later.facts;
    known.restated |= later.restated;
    for (key, value) in later.attributes {
        known.attributes.retain(|(known, _)| *known != key);
        known.attributes.push((key, value));
    }
    for write in later.duties {
        known.duties.retain(|known| known.duty.no != write.duty.no);
        known.duties.push(write);
    }
}
