//! The statements of a batch: constant templates, each over a document that `jsonb_each` takes
//! apart. They change nothing that a document does not name.
//!
//! `jsonb_each` gives a row in binary, so that each `->>` finds its field without reading the row's
//! text again; `json_each` costs a third more.

use hexacase::sql::{Of, Select};

/// The cases that a document names.
pub(crate) const NAMED: &str = "SELECT unhex(j.value) AS id FROM jsonb_each($2, '$.cases') AS j";

/// The cases that a document names and those beside them: the open ones, and the ended ones of the
/// same child where it says since when.
pub(crate) const NAMED_AND_BESIDE: &str = "\
SELECT unhex(j.value) AS id FROM jsonb_each($2, '$.cases') AS j
UNION SELECT c.id FROM jsonb_each($2, '$.beside') AS j
  CROSS JOIN {prefix}case_file AS b ON b.realm = $1 AND b.id = unhex(j.value)
  CROSS JOIN {prefix}case_file AS c ON c.realm = $1 AND c.subject = b.subject
  WHERE c.closed_at IS NULL AND b.subject_kind IN ('child', 'unidentified_child')
UNION SELECT c.id FROM jsonb_each($2, '$.beside') AS j
  CROSS JOIN {prefix}case_file AS b ON b.realm = $1 AND b.id = unhex(j.value)
  CROSS JOIN {prefix}case_file AS c ON c.realm = $1 AND c.incident = b.incident
  WHERE c.closed_at IS NULL
UNION SELECT c.id FROM jsonb_each($2, '$.ended_beside') AS j
  CROSS JOIN {prefix}case_file AS b ON b.realm = $1 AND b.id = unhex(j.value->>0)
  CROSS JOIN {prefix}case_file AS c ON c.realm = $1 AND c.subject = b.subject
  WHERE c.closed_at >= j.value->>1 AND b.subject_kind IN ('child', 'unidentified_child')
UNION SELECT c.id FROM jsonb_each($2, '$.subjects') AS j
  CROSS JOIN {prefix}case_file AS c ON c.realm = $1 AND c.subject = unhex(j.value)
  WHERE c.closed_at IS NULL
UNION SELECT c.id FROM jsonb_each($2, '$.incidents') AS j
  CROSS JOIN {prefix}case_file AS c ON c.realm = $1 AND c.incident = unhex(j.value)
  WHERE c.closed_at IS NULL";

/// The commands that a document names.
pub(crate) fn commands() -> Select {
    Select::new(
        "m.id, m.hash, m.case_id, m.seq, m.state, e.hash AS entry_hash, e.recorded_at, c.year, \
         c.number",
        "\
FROM jsonb_each($2, '$.commands') AS j
CROSS JOIN {prefix}command AS m ON m.realm = $1 AND m.id = unhex(j.value)
CROSS JOIN {prefix}entry AS e ON e.realm = $1 AND e.case_id = m.case_id AND e.seq = m.seq
CROSS JOIN {prefix}case_file AS c ON c.realm = $1 AND c.id = m.case_id",
    )
}

/// The wanted scopes and those of the wanted cases.
pub(crate) fn scopes() -> Select {
    Select::new(
        "s.kind, s.id, s.revision",
        "\
FROM jsonb_each($2, '$.scopes') AS j
  CROSS JOIN {prefix}scope AS s ON s.realm = $1
    AND s.kind = j.value->>0 AND s.id = unhex(j.value->>1)
UNION SELECT s.kind, s.id, s.revision FROM jsonb_each($2, '$.cases') AS j
  CROSS JOIN {prefix}case_file AS c ON c.realm = $1 AND c.id = unhex(j.value)
  CROSS JOIN {prefix}scope AS s ON s.realm = $1 AND s.kind = 'subject' AND s.id = c.subject
UNION SELECT s.kind, s.id, s.revision FROM jsonb_each($2, '$.cases') AS j
  CROSS JOIN {prefix}case_file AS c ON c.realm = $1 AND c.id = unhex(j.value)
  CROSS JOIN {prefix}scope AS s ON s.realm = $1 AND s.kind = 'incident' AND s.id = c.incident",
    )
}

/// What groups expect: revisions of cases, of scopes, and commands that were carried out.
pub(crate) const EXPECTED: &str = "\
SELECT c.id, c.revision FROM jsonb_each($2, '$.cases') AS j
CROSS JOIN {prefix}case_file AS c ON c.realm = $1 AND c.id = unhex(j.value);
SELECT s.kind, s.id, s.revision FROM jsonb_each($2, '$.scopes') AS j
CROSS JOIN {prefix}scope AS s ON s.realm = $1
  AND s.kind = j.value->>0 AND s.id = unhex(j.value->>1);
SELECT m.id FROM jsonb_each($2, '$.commands') AS j
CROSS JOIN {prefix}command AS m ON m.realm = $1 AND m.id = unhex(j.value)";

/// The statements that write a batch, table by table in the order of their foreign keys, each with
/// the rows it is for. `$1` is the realm; the others are as in
/// [`append_batch`](crate::dialect::append_batch).
///
/// An UPDATE takes its document as a table of its own with the realm in it: SQLite would else go
/// through all rows of the realm first and look each of them up in the document.
pub(crate) const WRITES: [(Of, &str); 23] = [
    (
        Of::Years,
        "\
INSERT INTO {prefix}case_number (realm, year, last)
SELECT $1, j.value->>'year', 0 FROM jsonb_each($3) AS j WHERE TRUE
ON CONFLICT (realm, year) DO NOTHING",
    ),
    (
        Of::New,
        "\
INSERT INTO {prefix}case_file (realm, id, year, number, procedure, definition, rule_pack,
  subject_kind, subject, incident, areas, area, opened_by, state, revision, opened_at, closed_at,
  recorded_at, head, duties)
SELECT $1, unhex(j.value->>'id'), n.year, n.last + (j.value->>'rank'), j.value->>'procedure',
  unhex(j.value->>'definition'), unhex(j.value->>'rule_pack'), j.value->>'subject_kind',
  unhex(j.value->>'subject'), unhex(j.value->>'incident'), j.value->>'areas', j.value->>'area',
  j.value->>'opened_by', j.value->>'state', j.value->>'revision', j.value->>'opened_at',
  j.value->>'closed_at', j.value->>'recorded_at', unhex(j.value->>'head'), j.value->>'duties'
FROM jsonb_each($2) AS j
CROSS JOIN {prefix}case_number AS n ON n.realm = $1 AND n.year = j.value->>'year'",
    ),
    (
        Of::YearsRaised,
        "\
WITH j AS MATERIALIZED (SELECT $1 AS realm, value FROM jsonb_each($3))
UPDATE {prefix}case_number AS n SET last = n.last + (j.value->>'count')
FROM j WHERE n.realm = j.realm AND n.year = j.value->>'year'
RETURNING year, last",
    ),
    (
        Of::Cases,
        "\
WITH j AS MATERIALIZED (SELECT $1 AS realm, value FROM jsonb_each($4))
UPDATE {prefix}case_file AS c SET state = j.value->>'state', revision = j.value->>'revision',
  rule_pack = unhex(j.value->>'rule_pack'), closed_at = j.value->>'closed_at',
  recorded_at = j.value->>'recorded_at', head = unhex(j.value->>'head'),
  duties = j.value->>'duties'
FROM j WHERE c.realm = j.realm AND c.id = unhex(j.value->>'id') AND c.revision = j.value->>'expected'",
    ),
    // What seldom changes and stands in indexes is left alone while it is the same.
    (
        Of::CasesAnew,
        "\
WITH j AS MATERIALIZED (SELECT $1 AS realm, value FROM jsonb_each($4))
UPDATE {prefix}case_file AS c SET procedure = j.value->>'procedure',
  definition = unhex(j.value->>'definition'), subject_kind = j.value->>'subject_kind',
  subject = unhex(j.value->>'subject'), incident = unhex(j.value->>'incident'),
  areas = j.value->>'areas', area = j.value->>'area', opened_by = j.value->>'opened_by',
  opened_at = j.value->>'opened_at'
FROM j WHERE c.realm = j.realm AND c.id = unhex(j.value->>'id')
  AND (c.procedure, c.definition, c.subject_kind, c.subject, c.incident, c.areas, c.area,
    c.opened_by, c.opened_at)
  IS NOT (j.value->>'procedure', unhex(j.value->>'definition'), j.value->>'subject_kind',
    unhex(j.value->>'subject'), unhex(j.value->>'incident'), j.value->>'areas',
    j.value->>'area', j.value->>'opened_by', j.value->>'opened_at')",
    ),
    (
        Of::CasesAnew,
        "\
WITH j AS MATERIALIZED (SELECT $1 AS realm, value FROM jsonb_each($4))
UPDATE {prefix}duty_match AS m SET area = j.value->>'area'
FROM j WHERE m.realm = j.realm AND m.case_id = unhex(j.value->>'id') AND m.area <> j.value->>'area'",
    ),
    (
        Of::Entries,
        "\
INSERT INTO {prefix}entry (realm, case_id, seq, recorded_at, bytes, hash)
SELECT $1, unhex(j.value->>'id'), j.value->>'seq', j.value->>'at',
  substr($6, j.value->>'from', j.value->>'size'), unhex(j.value->>'hash')
FROM jsonb_each($5) AS j",
    ),
    (
        Of::Entries,
        "\
INSERT INTO {prefix}body (realm, case_id, seq, key_id, bytes)
SELECT $1, unhex(j.value->>'id'), j.value->>'seq', j.value->>'key',
  substr($6, j.value->>'body_from', j.value->>'body_size')
FROM jsonb_each($5) AS j",
    ),
    (
        Of::Duties,
        "\
WITH j AS MATERIALIZED (SELECT $1 AS realm, value FROM jsonb_each($7))
UPDATE {prefix}duty AS d SET name = j.value->>'name', kind = j.value->>'kind',
  state = j.value->>'state', opened_at = j.value->>'opened_at',
  closed_at = j.value->>'closed_at', holder_role = j.value->>'role',
  holder_unit = j.value->>'unit', holder_person = j.value->>'person',
  holder_gap = j.value->>'gap', limit_id = j.value->>'limit', runs_from = j.value->>'from',
  due_order = j.value->>'due', provisional = j.value->>'provisional',
  calendar = unhex(j.value->>'calendar'), generation = j.value->>'generation',
  suspended_until = j.value->>'suspended', rung = j.value->>'rung',
  next_rung_at = j.value->>'next'
FROM j WHERE d.realm = j.realm AND d.case_id = unhex(j.value->>'id') AND d.no = j.value->>'no'",
    ),
    (
        Of::NewDuties,
        "\
INSERT INTO {prefix}duty (realm, case_id, no, name, kind, state, opened_at, closed_at, holder_role,
  holder_unit, holder_person, holder_gap, limit_id, runs_from, due_order, provisional, calendar,
  generation, suspended_until, rung, next_rung_at)
SELECT $1, unhex(j.value->>'id'), j.value->>'no', j.value->>'name', j.value->>'kind',
  j.value->>'state', j.value->>'opened_at', j.value->>'closed_at', j.value->>'role',
  j.value->>'unit', j.value->>'person', j.value->>'gap', j.value->>'limit', j.value->>'from',
  j.value->>'due', j.value->>'provisional', unhex(j.value->>'calendar'),
  j.value->>'generation', j.value->>'suspended', j.value->>'rung', j.value->>'next'
FROM jsonb_each($15) AS j",
    ),
    (
        Of::OldMatches,
        "\
DELETE FROM {prefix}duty_match
WHERE realm = $1 AND (case_id, no) IN (
  SELECT unhex(j.value->>'id'), j.value->>'no' FROM jsonb_each($7) AS j)",
    ),
    (
        Of::Matches,
        "\
INSERT INTO {prefix}duty_match (realm, role, unit, area, due_order, case_id, no)
SELECT $1, j.value->>'role', j.value->>'unit', j.value->>'area', j.value->>'due',
  unhex(j.value->>'id'), j.value->>'no'
FROM jsonb_each($8) AS j WHERE TRUE
ON CONFLICT (realm, role, unit, area, due_order, case_id, no) DO NOTHING",
    ),
    (
        Of::Attributes,
        "\
DELETE FROM {prefix}attribute
WHERE realm = $1 AND (case_id, name) IN (
  SELECT unhex(j.value->>'id'), j.value->>'name' FROM jsonb_each($9) AS j)",
    ),
    (
        Of::Attributes,
        "\
INSERT INTO {prefix}attribute (realm, case_id, name, value)
SELECT $1, unhex(j.value->>'id'), j.value->>'name', j.value->>'value'
FROM jsonb_each($9) AS j WHERE j.value->>'value' IS NOT NULL",
    ),
    (
        Of::Commands,
        "\
INSERT INTO {prefix}command (realm, id, hash, case_id, seq, state)
SELECT $1, unhex(j.value->>'id'), unhex(j.value->>'hash'), unhex(j.value->>'case'),
  j.value->>'seq', j.value->>'state'
FROM jsonb_each($10) AS j",
    ),
    (
        Of::ScopesFirst,
        "\
INSERT INTO {prefix}scope (realm, kind, id, revision)
SELECT $1, j.value->>'kind', unhex(j.value->>'id'), 0 FROM jsonb_each($11) AS j WHERE TRUE
ON CONFLICT (realm, kind, id) DO NOTHING",
    ),
    (
        Of::Scopes,
        "\
WITH j AS MATERIALIZED (SELECT $1 AS realm, value FROM jsonb_each($11))
UPDATE {prefix}scope AS s SET revision = s.revision + 1
FROM j WHERE s.realm = j.realm AND s.kind = j.value->>'kind' AND s.id = unhex(j.value->>'id')
  AND s.revision = j.value->>'expected'",
    ),
    (
        Of::Messages,
        "\
INSERT INTO {prefix}message (realm, id, case_id, seq, kind, content, recorded_at)
SELECT $1, unhex(j.value->>'id'), unhex(j.value->>'case'), j.value->>'seq', j.value->>'kind',
  j.value->>'content', j.value->>'at'
FROM jsonb_each($12) AS j",
    ),
    (
        Of::Outbox,
        "\
INSERT INTO {prefix}outbox (realm, kind, id, lane, seq, no, state, attempts, fence, due_at)
SELECT $1, 'message', unhex(j.value->>'id'), unhex(j.value->>'case'), j.value->>'seq',
  j.value->>'no', 'pending', 0, 0, j.value->>'at'
FROM jsonb_each($12) AS j",
    ),
    (
        Of::Rungs,
        "\
INSERT INTO {prefix}rung (realm, case_id, duty_no, generation, rung, duty, addressee, unit, due,
  climbed_at, late)
SELECT $1, unhex(j.value->>'case'), j.value->>'no', j.value->>'generation', j.value->>'rung',
  j.value->>'duty', j.value->>'addressee', j.value->>'unit', j.value->>'due',
  j.value->>'climbed_at', j.value->>'late'
FROM jsonb_each($13) AS j",
    ),
    (
        Of::Staff,
        "\
WITH j AS MATERIALIZED (SELECT $1 AS realm, value FROM jsonb_each($14))
UPDATE {prefix}staff AS s SET name = j.value->>'name', grants = j.value->>'grants',
  unit = j.value->>'unit', leader = j.value->>'leader', active = j.value->>'active',
  absences = j.value->>'absences'
FROM j WHERE s.realm = j.realm AND s.id = j.value->>'id'",
    ),
    (
        Of::Staff,
        "\
INSERT INTO {prefix}staff (realm, id, name, grants, unit, leader, active, absences)
SELECT $1, j.value->>'id', j.value->>'name', j.value->>'grants', j.value->>'unit',
  j.value->>'leader', j.value->>'active', j.value->>'absences'
FROM jsonb_each($14) AS j WHERE TRUE
ON CONFLICT (realm, id) DO NOTHING",
    ),
    (
        Of::Directory,
        "\
UPDATE {prefix}directory SET revision = revision + $16 WHERE realm = $1",
    ),
];

/// What stands behind a statement that changes rows, where COMMIT is in the same text: it fails
/// unless as many rows were changed as the document has, so that nothing is committed. SQLite has
/// no way to raise an error outside of triggers; a document that is none is one. It depends on
/// `changes()`, or else it would be looked at before it is asked for.
pub(crate) fn whole(of: Of) -> Option<&'static str> {
    match of {
        Of::Cases => Some(
            "SELECT iif(changes() = json_array_length($4), 0, json('{' || changes())) AS whole",
        ),
        Of::Duties => Some(
            "SELECT iif(changes() = json_array_length($7), 0, json('{' || changes())) AS whole",
        ),
        Of::YearsRaised => Some(
            "SELECT iif(changes() = json_array_length($3), 0, json('{' || changes())) AS whole",
        ),
        Of::Scopes => Some(
            "SELECT iif(changes() = json_array_length($11), 0, json('{' || changes())) AS whole",
        ),
        Of::Directory => Some("SELECT iif(changes() = 1, 0, json('{' || changes())) AS whole"),
        // What is inserted is there, or the statement fails.
        _ => None,
    }
}

/// Takes the write lock without writing anything, so that a transaction that began with reading
/// fails here, before half of a batch is written, if it can write no more.
pub(crate) const JOIN: &str =
    "UPDATE {prefix}directory SET revision = revision WHERE realm = $1 AND FALSE";
