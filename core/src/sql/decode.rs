//! Rows as records. Every function names the table, the row and the column that it cannot read.

use std::collections::BTreeMap;

use super::cells::{Cells, Record};
use crate::{
    duty::owed::{Deadline, DutyKind, DutyState, Holder, OwedDuty},
    duty::time_limit::LimitId,
    store::{
        DefinitionInUse, DutyCursor, DutyRow, Message, Meta, Rung, Scope, ScopeKind, StaffRow,
        StoreError, StoredCase, StoredCommand, StoredEntry,
    },
    terms::{
        actor::Role,
        area::Realm,
        facts::{CaseFacts, CaseNumber, Subject, SubjectKind},
        id::{CaseId, CommandId, IncidentId, MessageId, OriginId, Revision, SubjectId},
        time::Timestamp,
    },
    trail::Sealed,
};

/// What stands in `due_order` where there is no date, so that 立即 comes first.
pub const NO_DATE: i64 = i64::MIN;

/// The columns of a case `c`.
pub const CASE: &str = "c.id, c.procedure, c.definition, c.rule_pack, c.subject_kind, c.subject, \
     c.incident, c.areas, c.area, c.opened_by, c.state, c.revision, c.opened_at, c.closed_at, \
     c.recorded_at, c.head, c.duties, c.year, c.number";

/// The columns of the body `b` of a case's last entry, behind those of the case; see [`BODY_JOIN`].
pub const BODY: &str = "b.key_id AS body_key, b.bytes AS body";

/// How a case's body is found.
pub const BODY_JOIN: &str = "LEFT JOIN {prefix}body AS b \
     ON b.realm = c.realm AND b.case_id = c.id AND b.seq = c.revision";

/// The columns of a duty `d`.
pub const DUTY: &str = "d.case_id, d.no, d.name, d.kind, d.state, d.opened_at, d.closed_at, \
     d.holder_role, d.holder_unit, d.holder_person, d.holder_gap, d.limit_id, d.runs_from, \
     d.due_order, d.provisional, d.calendar, d.generation, d.suspended_until, d.rung, \
     d.next_rung_at";

/// The columns of an attribute `a`.
pub const ATTRIBUTE: &str = "a.case_id, a.name, a.value";

/// A case with its body, still without its attributes and duties.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn case(realm: &Realm, row: &impl Cells) -> Result<StoredCase, StoreError> {
    let case = standing(realm, row)?;
    let body = Record::new(row, "body", &["id", "revision"]);
    let bytes = body.maybe_bytes("body")?;
    let missing = || body.corrupt("bytes", "the body of the case's last entry is missing");
    let sealed =
        Sealed { bytes: bytes.ok_or_else(missing)?, key: body.text_as("body_key", "key_id")? };
    Ok(StoredCase { body: Some(sealed), ..case })
}

/// How a case stands, still without its attributes and duties.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub(super) fn standing(realm: &Realm, row: &impl Cells) -> Result<StoredCase, StoreError> {
    let case = Record::new(row, "case_file", &["id"]);
    let facts = CaseFacts {
        realm: realm.clone(),
        id: case.id("id", CaseId::from_bytes)?,
        procedure: case.text("procedure")?,
        definition: case.digest("definition")?,
        rule_pack: case.digest("rule_pack")?,
        subject: Subject {
            kind: case.named("subject_kind", &SUBJECTS, SubjectKind::name)?,
            id: case.id("subject", SubjectId::from_bytes)?,
        },
        incident: case.id("incident", IncidentId::from_bytes)?,
        areas: case.json("areas")?,
        area: case.parsed("area")?,
        opened_by: case.maybe_parsed("opened_by")?,
        state: case.text("state")?,
        revision: Revision::new(case.int("revision")?),
        opened_at: case.time("opened_at")?,
        closed_at: case.maybe_time("closed_at")?,
        recorded_at: case.time("recorded_at")?,
        head: case.digest("head")?,
        duties: case.count("duties")?,
    };
    Ok(StoredCase {
        number: number(realm, &case)?,
        facts,
        attributes: BTreeMap::new(),
        duties: Vec::new(),
        body: None,
    })
}

const SUBJECTS: [SubjectKind; 6] = [
    SubjectKind::Child,
    SubjectKind::UnidentifiedChild,
    SubjectKind::Unit,
    SubjectKind::Village,
    SubjectKind::Town,
    SubjectKind::County,
];

fn number<R: Cells>(realm: &Realm, case: &Record<'_, R>) -> Result<CaseNumber, StoreError> {
    Ok(CaseNumber { realm: realm.clone(), year: case.count("year")?, number: case.int("number")? })
}

/// The name of a kind of duty in the table.
pub fn duty_kind(kind: DutyKind) -> &'static str {
    match kind {
        DutyKind::State => "state",
        DutyKind::Open => "open",
        DutyKind::Side => "side",
        DutyKind::Wait => "wait",
    }
}

const KINDS: [DutyKind; 4] = [DutyKind::State, DutyKind::Open, DutyKind::Side, DutyKind::Wait];
const STATES: [DutyState; 4] =
    [DutyState::Open, DutyState::Fulfilled, DutyState::Cancelled, DutyState::Excused];

/// A duty and the case it belongs to.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn duty(row: &impl Cells) -> Result<(CaseId, OwedDuty), StoreError> {
    let duty = Record::new(row, "duty", &["case_id", "no"]);
    let deadline = match duty.maybe_text("limit_id")? {
        None => None,
        Some(limit) => {
            let due = duty.int("due_order")?;
            Some(Deadline {
                limit: LimitId::named(limit),
                from: duty.time("runs_from")?,
                due: (due != NO_DATE).then(|| Timestamp::from_millis(due)),
                provisional: duty.flag("provisional")?,
                calendar: duty.digest("calendar")?,
                generation: duty.count("generation")?,
                suspended_until: duty.maybe_time("suspended_until")?,
            })
        }
    };
    let owed = OwedDuty {
        no: duty.count("no")?,
        name: duty.text("name")?,
        kind: duty.named("kind", &KINDS, duty_kind)?,
        state: duty.named("state", &STATES, DutyState::name)?,
        opened_at: duty.time("opened_at")?,
        closed_at: duty.maybe_time("closed_at")?,
        holder: Holder {
            role: Role::named(duty.text("holder_role")?),
            unit: duty.maybe_parsed("holder_unit")?,
            person: duty.maybe_parsed("holder_person")?,
            gap: duty.flag("holder_gap")?,
        },
        deadline,
        rung: duty.count("rung")?,
        next_rung_at: duty.maybe_time("next_rung_at")?,
    };
    Ok((duty.id("case_id", CaseId::from_bytes)?, owed))
}

/// A duty with what a list needs of its case.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn duty_row(realm: &Realm, row: &impl Cells) -> Result<DutyRow, StoreError> {
    let (id, duty) = duty(row)?;
    let case = Record::new(row, "case_file", &["case_id"]);
    Ok(DutyRow {
        case: id,
        number: number(realm, &case)?,
        procedure: case.text("procedure")?,
        state: case.text_as("case_state", "state")?,
        subject: case.id("subject", SubjectId::from_bytes)?,
        area: case.text("area")?,
        duty,
    })
}

/// Where a duty stands in a list by date.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub(super) fn duty_cursor(row: &impl Cells) -> Result<DutyCursor, StoreError> {
    let place = Record::new(row, "duty_match", &["case_id", "no"]);
    Ok(DutyCursor {
        order: place.int("due_order")?,
        case: place.id("case_id", CaseId::from_bytes)?,
        no: place.count("no")?,
    })
}

/// An attribute: case, name, value.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn attribute(row: &impl Cells) -> Result<(CaseId, String, String), StoreError> {
    let row = Record::new(row, "attribute", &["case_id", "name"]);
    Ok((row.id("case_id", CaseId::from_bytes)?, row.text("name")?, row.text("value")?))
}

/// The case of a row of `table`.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn case_id(table: &'static str, row: &impl Cells) -> Result<CaseId, StoreError> {
    Record::new(row, table, &["case_id"]).id("case_id", CaseId::from_bytes)
}

/// An entry.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn entry(row: &impl Cells, with_body: bool) -> Result<StoredEntry, StoreError> {
    let entry = Record::new(row, "entry", &["case_id", "seq"]);
    let body = Record::new(row, "body", &["case_id", "seq"]);
    Ok(StoredEntry {
        case: entry.id("case_id", CaseId::from_bytes)?,
        seq: entry.int("seq")?,
        recorded_at: entry.time("recorded_at")?,
        bytes: entry.bytes("bytes")?,
        hash: entry.digest("hash")?,
        body: if with_body { body.maybe_bytes("body")? } else { None },
    })
}

/// A command with the entry it wrote and the number of its case.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn command(realm: &Realm, row: &impl Cells) -> Result<StoredCommand, StoreError> {
    let command = Record::new(row, "command", &["id"]);
    let entry = Record::new(row, "entry", &["case_id", "seq"]);
    Ok(StoredCommand {
        id: command.id("id", CommandId::from_bytes)?,
        hash: command.digest("hash")?,
        case: command.id("case_id", CaseId::from_bytes)?,
        seq: command.int("seq")?,
        entry: entry.digest_as("entry_hash", "hash")?,
        recorded_at: entry.time("recorded_at")?,
        state: command.text("state")?,
        number: number(realm, &Record::new(row, "case_file", &["case_id"]))?,
    })
}

/// A scope and its revision.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn scope(row: &impl Cells) -> Result<(Scope, i64), StoreError> {
    let scope = Record::new(row, "scope", &["kind", "id"]);
    let kinds = [ScopeKind::Subject, ScopeKind::Incident];
    let kind = scope.named("kind", &kinds, ScopeKind::name)?;
    Ok((Scope { kind, id: scope.id("id", |id| id)? }, scope.int("revision")?))
}

/// A message.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn message(row: &impl Cells) -> Result<Message, StoreError> {
    let message = Record::new(row, "message", &["id"]);
    Ok(Message {
        id: message.id("id", MessageId::from_bytes)?,
        case: message.id("case_id", CaseId::from_bytes)?,
        seq: message.int("seq")?,
        kind: message.text("kind")?,
        content: message.json("content")?,
        recorded_at: message.time("recorded_at")?,
    })
}

/// A definition that open cases follow.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn definition_in_use(row: &impl Cells) -> Result<DefinitionInUse, StoreError> {
    let used = Record::new(row, "case_file", &["procedure", "definition"]);
    Ok(DefinitionInUse {
        procedure: used.text("procedure")?,
        definition: used.digest("definition")?,
        open_cases: used.int("open_cases")?,
    })
}

/// A rung.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn rung(row: &impl Cells) -> Result<Rung, StoreError> {
    let rung = Record::new(row, "rung", &["case_id", "duty_no", "generation", "rung"]);
    Ok(Rung {
        case: rung.id("case_id", CaseId::from_bytes)?,
        duty_no: rung.count("duty_no")?,
        duty: rung.text("duty")?,
        generation: rung.count("generation")?,
        rung: rung.count("rung")?,
        addressee: rung.text("addressee")?,
        unit: rung.maybe_parsed("unit")?,
        due: rung.time("due")?,
        climbed_at: rung.time("climbed_at")?,
        late: rung.flag("late")?,
    })
}

/// A person of the directory.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn staff(row: &impl Cells) -> Result<StaffRow, StoreError> {
    let staff = Record::new(row, "staff", &["id"]);
    Ok(StaffRow {
        id: staff.parsed("id")?,
        name: staff.text("name")?,
        grants: staff.json("grants")?,
        unit: staff.parsed("unit")?,
        leader: staff.flag("leader")?,
        active: staff.flag("active")?,
        absences: staff.json("absences")?,
    })
}

/// What the database is.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn meta(row: &impl Cells) -> Result<Meta, StoreError> {
    let meta = Record::new(row, "meta", &["realm"]);
    Ok(Meta {
        realm: meta.parsed("realm")?,
        name: meta.text("name")?,
        origin: meta.id("origin", OriginId::from_bytes)?,
        created_at: meta.time("created_at")?,
        demo: meta.flag("demo")?,
    })
}
