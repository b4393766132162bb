//! The rows of a batch as documents: one JSON array a table, which `jsonb_each` takes apart.
//!
//! Ids and digests are written in hexadecimal; the bytes of entries and bodies, which are most of
//! a batch, go beside the documents in one piece, of which a row names a part.

use std::collections::BTreeMap;

use hexacase::{
    sql::{NO_DATE, Value, duty_kind},
    store::{CaseWrite, Group, Scope, StoreError},
    terms::id::{CaseId, Revision},
};
use serde::Serialize;

use crate::{link::broken, statements::Of};

#[derive(Serialize)]
struct CaseRow<'g> {
    id: String,
    procedure: &'g str,
    definition: String,
    rule_pack: String,
    subject_kind: &'static str,
    subject: String,
    incident: String,
    areas: String,
    area: &'g str,
    opened_by: Option<&'g str>,
    state: &'g str,
    revision: i64,
    opened_at: i64,
    closed_at: Option<i64>,
    recorded_at: i64,
    head: String,
    duties: u32,
    /// What the case is expected to be at; for a case that exists.
    expected: i64,
    /// In which year a new case is numbered, and as which of the batch's, from 1.
    year: Option<i32>,
    rank: i64,
}

#[derive(Serialize)]
struct EntryRow<'g> {
    id: String,
    seq: i64,
    at: i64,
    /// Where the bytes stand, from 1.
    from: usize,
    size: usize,
    hash: String,
    body_from: usize,
    body_size: usize,
    key: &'g str,
}

#[derive(Serialize)]
struct DutyRow<'g> {
    id: String,
    no: u32,
    name: &'g str,
    kind: &'static str,
    state: &'static str,
    opened_at: i64,
    closed_at: Option<i64>,
    role: &'g str,
    unit: Option<&'g str>,
    person: Option<&'g str>,
    gap: bool,
    limit: Option<&'g str>,
    from: Option<i64>,
    due: i64,
    provisional: Option<bool>,
    calendar: Option<String>,
    generation: Option<u32>,
    suspended: Option<i64>,
    rung: u32,
    next: Option<i64>,
}

#[derive(Serialize)]
struct MatchRow<'g> {
    role: &'g str,
    unit: &'g str,
    area: &'g str,
    due: i64,
    id: String,
    no: u32,
}

#[derive(Serialize)]
struct AttributeRow<'g> {
    id: String,
    name: &'g str,
    value: Option<&'g str>,
}

#[derive(Serialize)]
struct CommandRow<'g> {
    id: String,
    hash: String,
    case: String,
    seq: i64,
    state: &'g str,
}

#[derive(Serialize)]
struct ScopeRow {
    kind: &'static str,
    id: String,
    expected: i64,
}

#[derive(Serialize)]
struct MessageRow<'g> {
    id: String,
    case: String,
    seq: i64,
    kind: &'g str,
    content: String,
    at: i64,
}

#[derive(Serialize)]
struct RungRow<'g> {
    case: String,
    no: u32,
    generation: u32,
    rung: u32,
    duty: &'g str,
    addressee: &'g str,
    unit: Option<&'g str>,
    due: i64,
    climbed_at: i64,
    late: bool,
}

#[derive(Serialize)]
struct StaffDocument<'g> {
    id: &'g str,
    name: &'g str,
    grants: String,
    unit: &'g str,
    leader: bool,
    active: bool,
    absences: String,
}

#[derive(Serialize)]
struct YearRow {
    year: i32,
    count: i64,
}

/// The rows of the groups that are written.
#[derive(Default)]
pub(crate) struct Rows<'g> {
    new: Vec<CaseRow<'g>>,
    years: Vec<YearRow>,
    cases: Vec<CaseRow<'g>>,
    entries: Vec<EntryRow<'g>>,
    bytes: Vec<u8>,
    duties: Vec<DutyRow<'g>>,
    matches: Vec<MatchRow<'g>>,
    attributes: Vec<AttributeRow<'g>>,
    commands: Vec<CommandRow<'g>>,
    scopes: Vec<ScopeRow>,
    messages: Vec<MessageRow<'g>>,
    rungs: Vec<RungRow<'g>>,
    staff: Vec<StaffDocument<'g>>,
    /// How many groups change the directory.
    pub(crate) directories: i64,
    /// The new cases: case, year, rank.
    pub(crate) numbered: Vec<(CaseId, i32, i64)>,
}

/// A document and how many rows it has.
struct Document {
    json: String,
    rows: usize,
}

/// All documents, and the bytes that stand beside them.
pub(crate) struct Documents {
    new: Document,
    year_rows: Document,
    /// The years and how many cases are numbered in each.
    pub(crate) years: Vec<(i32, i64)>,
    cases: Document,
    entries: Document,
    bytes: Vec<u8>,
    duties: Document,
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
    pub(crate) fn rows(&self, of: Of) -> usize {
        match of {
            Of::Years | Of::YearsRaised => self.year_rows.rows,
            Of::New => self.new.rows,
            Of::Cases | Of::CasesAnew => self.cases.rows,
            Of::Entries => self.entries.rows,
            Of::Duties => self.duties.rows,
            Of::Matches => self.matches.rows,
            Of::Attributes => self.attributes.rows,
            Of::Commands => self.commands.rows,
            Of::ScopesFirst => self.new_scopes,
            Of::Scopes => self.scopes.rows,
            Of::Messages => self.messages.rows,
            Of::Rungs => self.rungs.rows,
            Of::Staff => self.staff.rows,
            Of::Directory => self.staff.rows.min(1),
        }
    }

    /// The values of `$2` to `$14`.
    pub(crate) fn values(self) -> Vec<Value> {
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
        ]
    }
}

/// Sixteen bytes in hexadecimal.
pub(crate) fn hexed(id: &[u8; 16]) -> String {
    hex::encode(id)
}

/// A document of rows.
pub(crate) fn json<T: Serialize>(rows: &T) -> Result<String, StoreError> {
    serde_json::to_string(rows).map_err(|error| StoreError::Backend {
        operation: "write down a batch",
        retryable: false,
        source: Box::new(error),
    })
}

fn document<T: Serialize>(rows: &[T]) -> Result<Document, StoreError> {
    Ok(Document { json: json(&rows)?, rows: rows.len() })
}

/// A scope as `["subject", "…"]`.
pub(crate) fn scope(scope: &Scope) -> (&'static str, String) {
    (scope.kind.name(), hexed(&scope.id))
}

impl<'g> Rows<'g> {
    /// Takes a group in.
    pub(crate) fn add(&mut self, group: &'g Group) -> Result<(), StoreError> {
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
        for message in &group.messages {
            self.messages.push(MessageRow {
                id: hexed(message.id.as_bytes()),
                case: hexed(message.case.as_bytes()),
                seq: message.seq,
                kind: &message.kind,
                content: json(&message.content)?,
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
            unit: rung.unit.as_ref().map(hexacase::terms::id::UnitId::as_str),
            due: rung.due.as_millis(),
            climbed_at: rung.climbed_at.as_millis(),
            late: rung.late,
        }));
        for person in &group.staff {
            self.staff.push(StaffDocument {
                id: person.id.as_str(),
                name: &person.name,
                grants: json(&person.grants)?,
                unit: person.unit.as_str(),
                leader: person.leader,
                active: person.active,
                absences: json(&person.absences)?,
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
            areas: json(&facts.areas)?,
            area: facts.area.as_str(),
            opened_by: facts.opened_by.as_ref().map(hexacase::terms::id::UnitId::as_str),
            state: &facts.state,
            revision: facts.revision.get(),
            opened_at: facts.opened_at.as_millis(),
            closed_at: facts.closed_at.map(hexacase::terms::time::Timestamp::as_millis),
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
            let due = duty.due().map_or(NO_DATE, hexacase::terms::time::Timestamp::as_millis);
            self.duties.push(DutyRow {
                id: id.clone(),
                no: duty.no,
                name: &duty.name,
                kind: duty_kind(duty.kind),
                state: duty.state.name(),
                opened_at: duty.opened_at.as_millis(),
                closed_at: duty.closed_at.map(hexacase::terms::time::Timestamp::as_millis),
                role: duty.holder.role.as_str(),
                unit: duty.holder.unit.as_ref().map(hexacase::terms::id::UnitId::as_str),
                person: duty.holder.person.as_ref().map(hexacase::terms::id::ActorId::as_str),
                gap: duty.holder.gap,
                limit: deadline.map(|deadline| deadline.limit.as_str()),
                from: deadline.map(|deadline| deadline.from.as_millis()),
                due,
                provisional: deadline.map(|deadline| deadline.provisional),
                calendar: deadline.map(|deadline| deadline.calendar.to_string()),
                generation: deadline.map(|deadline| deadline.generation),
                suspended: deadline
                    .and_then(|deadline| deadline.suspended_until)
                    .map(hexacase::terms::time::Timestamp::as_millis),
                rung: duty.rung,
                next: duty.next_rung_at.map(hexacase::terms::time::Timestamp::as_millis),
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
    pub(crate) fn documents(self) -> Result<Documents, StoreError> {
        Ok(Documents {
            new: document(&self.new)?,
            year_rows: document(&self.years)?,
            years: self.years.iter().map(|row| (row.year, row.count)).collect(),
            cases: document(&self.cases)?,
            entries: document(&self.entries)?,
            bytes: self.bytes,
            duties: document(&self.duties)?,
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
