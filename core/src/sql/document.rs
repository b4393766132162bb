//! The rows of a batch as documents: one JSON array a table, which the database takes apart.
//!
//! Ids and digests are written in hexadecimal; the bytes of entries and bodies, which are most of
//! a batch, go beside the documents in one piece, of which a row names a part.

use std::collections::{BTreeMap, BTreeSet};

mod row;

use row::{
    AttributeRow, CaseRow, CommandRow, DutyRow, EntryRow, MatchRow, MessageRow, RungRow, ScopeRow,
    StaffDocument, YearRow,
};
use serde::Serialize;
use serde_json::json;

use super::{
    decode::{NO_DATE, duty_kind},
    error::broken,
    of::Of,
    script::Value,
};
use crate::{
    store::{CaseWrite, Group, Scope, StoreError, Wanted},
    terms::id::{ActorId, CaseId, Revision, UnitId, hexadecimal},
    terms::time::Timestamp,
};

/// The rows of the groups that are written.
#[derive(Debug, Default)]
pub struct Rows<'g> {
    new: Vec<CaseRow<'g>>,
    years: Vec<YearRow>,
    cases: Vec<CaseRow<'g>>,
    restated: usize,
    entries: Vec<EntryRow<'g>>,
    bytes: Vec<u8>,
    duties: Vec<DutyRow<'g>>,
    new_duties: Vec<DutyRow<'g>>,
    matches: Vec<MatchRow<'g>>,
    attributes: Vec<AttributeRow<'g>>,
    commands: Vec<CommandRow<'g>>,
    scopes: Vec<ScopeRow>,
    messages: Vec<MessageRow<'g>>,
    rungs: Vec<RungRow<'g>>,
    staff: Vec<StaffDocument<'g>>,
    /// How many groups change the directory.
    pub directories: i64,
    /// The new cases: case, year, rank.
    pub numbered: Vec<(CaseId, i32, i64)>,
}

/// A document and how many rows it has.
#[derive(Debug)]
struct Document {
    json: String,
    rows: usize,
}

/// All documents, and the bytes that stand beside them.
#[derive(Debug)]
pub struct Documents {
    new: Document,
    year_rows: Document,
    /// The years and how many cases are numbered in each.
    pub years: Vec<(i32, i64)>,
    cases: Document,
    restated: usize,
    entries: Document,
    bytes: Vec<u8>,
    duties: Document,
    new_duties: Document,
    matches: Document,
    attributes: Document,
    commands: Document,
    scopes: Document,
    new_scopes: usize,
    messages: Document,
    rungs: Document,
    staff: Document,
}

impl Documents {
    /// How many rows there are for a statement.
    pub fn rows(&self, of: Of) -> usize {
        match of {
            Of::Years | Of::YearsRaised => self.year_rows.rows,
            Of::New => self.new.rows,
            Of::Cases => self.cases.rows,
            Of::CasesAnew => self.restated,
            Of::Entries => self.entries.rows,
            Of::Duties | Of::OldMatches => self.duties.rows,
            Of::NewDuties => self.new_duties.rows,
            Of::Matches => self.matches.rows,
            Of::Attributes => self.attributes.rows,
            Of::Commands => self.commands.rows,
            Of::ScopesFirst => self.new_scopes,
            Of::Scopes => self.scopes.rows,
            Of::Messages | Of::Outbox => self.messages.rows,
            Of::Rungs => self.rungs.rows,
            Of::Staff => self.staff.rows,
            Of::Directory => self.staff.rows.min(1),
        }
    }

    /// The values of `$2` to `$15`.
    pub fn values(self) -> Vec<Value> {
        let text = |document: Document| Value::Text(document.json);
        vec![
            text(self.new),
            text(self.year_rows),
            text(self.cases),
            text(self.entries),
            Value::Bytes(self.bytes),
            text(self.duties),
            text(self.matches),
            text(self.attributes),
            text(self.commands),
            text(self.scopes),
            text(self.messages),
            text(self.rungs),
            text(self.staff),
            text(self.new_duties),
        ]
    }
}

/// Sixteen bytes in hexadecimal.
pub fn hexed(id: &[u8; 16]) -> String {
    hexadecimal(id, &mut [0; 32]).to_owned()
}

/// A value as JSON.
fn written<T: Serialize>(rows: &T) -> Result<String, StoreError> {
    serde_json::to_string(rows).map_err(|error| StoreError::Backend {
        operation: "write down a batch",
        retryable: false,
        source: Box::new(error),
    })
}

/// What a load wants, as one document of `cases`, `beside`, `ended_beside` (pairs of a case and a
/// time), `subjects`, `incidents`, `commands` and `scopes`.
pub fn wanted_document(wanted: &Wanted) -> String {
    let ended =
        |(id, since): &(CaseId, Timestamp)| json!([hexed(id.as_bytes()), since.as_millis()]);
    let document = json!({
        "cases": wanted.cases.iter().map(|id| hexed(id.as_bytes())).collect::<BTreeSet<_>>(),
        "beside": wanted.beside.iter().map(|id| hexed(id.as_bytes())).collect::<Vec<_>>(),
        "ended_beside": wanted.ended_beside.iter().map(ended).collect::<Vec<_>>(),
        "subjects": wanted.subjects.iter().map(|id| hexed(id.as_bytes())).collect::<Vec<_>>(),
        "incidents": wanted.incidents.iter().map(|id| hexed(id.as_bytes())).collect::<Vec<_>>(),
        "commands": wanted.commands.iter().map(|id| hexed(id.as_bytes())).collect::<BTreeSet<_>>(),
        "scopes": wanted.scopes.iter().map(scope_document).collect::<BTreeSet<_>>(),
    });
    document.to_string()
}

fn document<T: Serialize>(rows: &[T]) -> Result<Document, StoreError> {
    Ok(Document { json: written(&rows)?, rows: rows.len() })
}

/// A scope as `["subject", "…"]`.
pub fn scope_document(scope: &Scope) -> (&'static str, String) {
    (scope.kind.name(), hexed(&scope.id))
}

impl<'g> Rows<'g> {
    /// Takes a group in.
    pub fn add(&mut self, group: &'g Group) -> Result<(), StoreError> {
        for case in &group.cases {
            self.add_case(group, case)?;
        }
        for entry in &group.entries {
            let from = self.bytes.len().saturating_add(1);
            self.bytes.extend(&entry.bytes);
            let body_from = self.bytes.len().saturating_add(1);
            self.bytes.extend(&entry.body);
            self.entries.push(EntryRow {
                id: hexed(entry.case.as_bytes()),
                seq: entry.seq,
                at: entry.recorded_at.as_millis(),
                from,
                size: entry.bytes.len(),
                hash: entry.hash.to_string(),
                body_from,
                body_size: entry.body.len(),
                key: &entry.key,
            });
        }
        self.commands.extend(group.commands.iter().map(|command| CommandRow {
            id: hexed(command.id.as_bytes()),
            hash: command.hash.to_string(),
            case: hexed(command.case.as_bytes()),
            seq: command.seq,
            state: &command.state,
        }));
        self.scopes.extend(group.scopes.iter().map(|(scope, expected)| ScopeRow {
            kind: scope.kind.name(),
            id: hexed(&scope.id),
            expected: *expected,
        }));
        for (message, no) in group.messages.iter().zip(1..) {
            self.messages.push(MessageRow {
                id: hexed(message.id.as_bytes()),
                case: hexed(message.case.as_bytes()),
                seq: message.seq,
                no,
                kind: &message.kind,
                content: written(&message.content)?,
                at: message.recorded_at.as_millis(),
            });
        }
        self.rungs.extend(group.rungs.iter().map(|rung| RungRow {
            case: hexed(rung.case.as_bytes()),
            no: rung.duty_no,
            generation: rung.generation,
            rung: rung.rung,
            duty: &rung.duty,
            addressee: &rung.addressee,
            unit: rung.unit.as_ref().map(UnitId::as_str),
            due: rung.due.as_millis(),
            climbed_at: rung.climbed_at.as_millis(),
            late: rung.late,
        }));
        for person in &group.staff {
            self.staff.push(StaffDocument {
                id: person.id.as_str(),
                name: &person.name,
                grants: written(&person.grants)?,
                unit: person.unit.as_str(),
                leader: person.leader,
                active: person.active,
                absences: written(&person.absences)?,
            });
        }
        self.directories = self.directories.saturating_add(i64::from(!group.staff.is_empty()));
        Ok(())
    }

    fn add_case(&mut self, group: &'g Group, write: &'g CaseWrite) -> Result<(), StoreError> {
        let facts = &write.facts;
        let expected = group.expect.iter().find(|(id, _)| *id == facts.id).map(|(_, at)| *at);
        let expected = match (expected, write.number_in) {
            (Some(Revision::NONE), Some(_)) => Revision::NONE,
            (Some(at), None) if at != Revision::NONE => at,
            _ => {
                return Err(broken(
                    "append",
                    format!(
                        "case {} is neither new with a year to number it in, nor expected at a revision",
                        facts.id
                    ),
                ));
            }
        };
        let id = hexed(facts.id.as_bytes());
        let rank = write.number_in.map_or(0, |year| self.rank(facts.id, year));
        let row = CaseRow {
            id: id.clone(),
            procedure: &facts.procedure,
            definition: facts.definition.to_string(),
            rule_pack: facts.rule_pack.to_string(),
            subject_kind: facts.subject.kind.name(),
            subject: hexed(facts.subject.id.as_bytes()),
            incident: hexed(facts.incident.as_bytes()),
            areas: written(&facts.areas)?,
            area: facts.area.as_str(),
            opened_by: facts.opened_by.as_ref().map(UnitId::as_str),
            state: &facts.state,
            revision: facts.revision.get(),
            opened_at: facts.opened_at.as_millis(),
            closed_at: facts.closed_at.map(Timestamp::as_millis),
            recorded_at: facts.recorded_at.as_millis(),
            head: facts.head.to_string(),
            duties: facts.duties,
            expected: expected.get(),
            year: write.number_in,
            rank,
        };
        if write.number_in.is_some() {
            self.new.push(row);
        } else {
            self.restated += usize::from(write.restated);
            self.cases.push(row);
        }
        // The last word on an attribute counts.
        let attributes: BTreeMap<&str, Option<&str>> = write
            .attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()))
            .collect();
        self.attributes.extend(attributes.into_iter().map(|(name, value)| AttributeRow {
            id: id.clone(),
            name,
            value,
        }));
        for change in &write.duties {
            let duty = &change.duty;
            let deadline = duty.deadline.as_ref();
            let due = duty.due().map_or(NO_DATE, Timestamp::as_millis);
            let is_new = duty.no > write.had_duties;
            let rows = if is_new { &mut self.new_duties } else { &mut self.duties };
            rows.push(DutyRow {
                id: id.clone(),
                no: duty.no,
                name: &duty.name,
                kind: duty_kind(duty.kind),
                state: duty.state.name(),
                opened_at: duty.opened_at.as_millis(),
                closed_at: duty.closed_at.map(Timestamp::as_millis),
                role: duty.holder.role.as_str(),
                unit: duty.holder.unit.as_ref().map(UnitId::as_str),
                person: duty.holder.person.as_ref().map(ActorId::as_str),
                gap: duty.holder.gap,
                limit: deadline.map(|deadline| deadline.limit.as_str()),
                from: deadline.map(|deadline| deadline.from.as_millis()),
                due,
                provisional: deadline.map(|deadline| deadline.provisional),
                calendar: deadline.map(|deadline| deadline.calendar.to_string()),
                generation: deadline.map(|deadline| deadline.generation),
                suspended: deadline
                    .and_then(|deadline| deadline.suspended_until)
                    .map(Timestamp::as_millis),
                rung: duty.rung,
                next: duty.next_rung_at.map(Timestamp::as_millis),
            });
            let shown = change.matches.iter().filter(|_| duty.is_open());
            self.matches.extend(shown.map(|(role, unit)| MatchRow {
                role: role.as_str(),
                unit: unit.as_ref().map_or("", |unit| unit.as_str()),
                area: facts.area.as_str(),
                due,
                id: id.clone(),
                no: duty.no,
            }));
        }
        Ok(())
    }

    /// The place of a new case among the batch's of its year, from 1.
    fn rank(&mut self, case: CaseId, year: i32) -> i64 {
        let at = self.years.iter().position(|row| row.year == year).unwrap_or_else(|| {
            self.years.push(YearRow { year, count: 0 });
            self.years.len().saturating_sub(1)
        });
        let rank = self.years.get_mut(at).map_or(1, |row| {
            row.count = row.count.saturating_add(1);
            row.count
        });
        self.numbered.push((case, year, rank));
        rank
    }

    /// The documents.
    pub fn documents(self) -> Result<Documents, StoreError> {
        Ok(Documents {
            new: document(&self.new)?,
            year_rows: document(&self.years)?,
            years: self.years.iter().map(|row| (row.year, row.count)).collect(),
            cases: document(&self.cases)?,
            restated: self.restated,
            entries: document(&self.entries)?,
            bytes: self.bytes,
            duties: document(&self.duties)?,
            new_duties: document(&self.new_duties)?,
            matches: document(&self.matches)?,
            attributes: document(&self.attributes)?,
            commands: document(&self.commands)?,
            scopes: document(&self.scopes)?,
            new_scopes: self.scopes.iter().filter(|scope| scope.expected == 0).count(),
            messages: document(&self.messages)?,
            rungs: document(&self.rungs)?,
            staff: document(&self.staff)?,
        })
    }
}
