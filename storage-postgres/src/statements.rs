//! The statements of a batch: constant templates over arrays of keys and over documents that
//! `jsonb_to_recordset` takes apart. They change nothing that a document does not name.
//!
//! Each row is looked up on its own, by its whole key, in a subquery that the planner cannot take
//! apart (`LATERAL … OFFSET 0`). Left to itself it rather reads all rows of the realm while it has
//! not seen the tables yet, and keeps to it for as long as the plan is kept: of two conditions on
//! one key, `realm = $1 AND id = ANY (…)`, it takes the first for sharp enough. What is changed is
//! then found by its place (`ctid`), which is one within a partition; the realm names that.
//!
//! What is loaded is named by arrays behind a SELECT, whose length the planner does not see. It would
//! else find that an array of one is cheaper than what it takes for usual, and plan each call of a
//! reader's anew, for three times as long as the call takes.

use hexacase::sql::{Of, Select};

/// The bodies of the last entries of the cases `c`.
pub(crate) const BODIES: &str = "\
LEFT JOIN LATERAL (SELECT f.key_id, f.bytes FROM {prefix}body AS f
  WHERE f.realm = $1 AND f.case_id = c.id AND f.seq = c.revision OFFSET 0) AS b ON TRUE";

/// The cases that a load names (`$2`) and those beside them: the open ones (`$4`), the ended ones
/// of the same child since a time (`$5`, `$6`), and those of children and incidents (`$7`, `$8`).
pub(crate) const NAMED_AND_BESIDE: &str = "\
SELECT j.id FROM unnest((SELECT $2::bytea[])) AS j (id)
UNION SELECT c.id FROM unnest((SELECT $4::bytea[])) AS j (id)
  CROSS JOIN LATERAL (SELECT f.subject FROM {prefix}case_file AS f WHERE f.realm = $1
    AND f.id = j.id AND f.subject_kind IN ('child', 'unidentified_child') OFFSET 0) AS b
  CROSS JOIN LATERAL (SELECT f.id FROM {prefix}case_file AS f WHERE f.realm = $1
    AND f.subject = b.subject AND f.closed_at IS NULL OFFSET 0) AS c
UNION SELECT c.id FROM unnest((SELECT $4::bytea[])) AS j (id)
  CROSS JOIN LATERAL (SELECT f.incident FROM {prefix}case_file AS f WHERE f.realm = $1
    AND f.id = j.id OFFSET 0) AS b
  CROSS JOIN LATERAL (SELECT f.id FROM {prefix}case_file AS f WHERE f.realm = $1
    AND f.incident = b.incident AND f.closed_at IS NULL OFFSET 0) AS c
UNION SELECT c.id FROM unnest((SELECT $5::bytea[]), (SELECT $6::bigint[])) AS j (id, since)
  CROSS JOIN LATERAL (SELECT f.subject FROM {prefix}case_file AS f WHERE f.realm = $1
    AND f.id = j.id AND f.subject_kind IN ('child', 'unidentified_child') OFFSET 0) AS b
  CROSS JOIN LATERAL (SELECT f.id FROM {prefix}case_file AS f WHERE f.realm = $1
    AND f.subject = b.subject AND f.closed_at >= j.since OFFSET 0) AS c
UNION SELECT c.id FROM unnest((SELECT $7::bytea[])) AS j (id)
  CROSS JOIN LATERAL (SELECT f.id FROM {prefix}case_file AS f WHERE f.realm = $1
    AND f.subject = j.id AND f.closed_at IS NULL OFFSET 0) AS c
UNION SELECT c.id FROM unnest((SELECT $8::bytea[])) AS j (id)
  CROSS JOIN LATERAL (SELECT f.id FROM {prefix}case_file AS f WHERE f.realm = $1
    AND f.incident = j.id AND f.closed_at IS NULL OFFSET 0) AS c";

/// The commands that a load names (`$3`).
pub(crate) fn commands() -> Select {
    Select::new(
        "m.id, m.hash, m.case_id, m.seq, m.state, e.entry_hash, e.recorded_at, c.year, c.number",
        "\
FROM unnest((SELECT $3::bytea[])) AS j (id)
CROSS JOIN LATERAL (SELECT f.id, f.hash, f.case_id, f.seq, f.state FROM {prefix}command AS f
  WHERE f.realm = $1 AND f.id = j.id OFFSET 0) AS m
CROSS JOIN LATERAL (SELECT f.hash AS entry_hash, f.recorded_at FROM {prefix}entry AS f
  WHERE f.realm = $1 AND f.case_id = m.case_id AND f.seq = m.seq OFFSET 0) AS e
CROSS JOIN LATERAL (SELECT f.year, f.number FROM {prefix}case_file AS f
  WHERE f.realm = $1 AND f.id = m.case_id OFFSET 0) AS c",
    )
}

/// The wanted scopes (`$9` incidents, `$10` subjects) and those of the named cases.
pub(crate) fn scopes() -> Select {
    Select::new(
        "s.kind, s.id, s.revision",
        "\
FROM (
  SELECT 'incident' AS kind, j.id FROM unnest((SELECT $9::bytea[])) AS j (id)
  UNION SELECT 'subject', j.id FROM unnest((SELECT $10::bytea[])) AS j (id)
  UNION SELECT v.kind, v.id FROM unnest((SELECT $2::bytea[])) AS j (id)
    CROSS JOIN LATERAL (SELECT f.incident, f.subject FROM {prefix}case_file AS f
      WHERE f.realm = $1 AND f.id = j.id OFFSET 0) AS c
    CROSS JOIN LATERAL (VALUES ('incident', c.incident), ('subject', c.subject)) AS v (kind, id)
) AS w
CROSS JOIN LATERAL (SELECT f.kind, f.id, f.revision FROM {prefix}scope AS f
  WHERE f.realm = $1 AND f.kind = w.kind AND f.id = w.id OFFSET 0) AS s",
    )
}

/// Begins a transaction of our own. Everything is set for this transaction only, because a pooler
/// gives the session to somebody else afterwards; names of functions are looked for where nobody
/// can put others.
pub(crate) const BEGIN: &str = "\
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL search_path = pg_catalog;
SET LOCAL lock_timeout = {lock_timeout};
SET LOCAL statement_timeout = {statement_timeout};
SET LOCAL idle_in_transaction_session_timeout = {idle_timeout}";
/// How many statements [`BEGIN`] has.
pub(crate) const BEGIN_COUNT: usize = 5;

/// What leases and the inbox lock with: two workers never wait for each other.
pub(crate) const SKIP_LOCKED: &str = " FOR UPDATE OF o SKIP LOCKED";

/// What an append looks at before it writes, as one text without values: digits of the realm, years
/// and ids in hexadecimal are put into it, which need no quoting.
///
/// First the rows that are not there yet are made, standing at 0, which says the same as their
/// absence: so there is something to lock. Then all rows are locked, in the order of their keys,
/// in which they are listed, so that two appends never wait for each other crosswise. Each statement sees what was committed
/// before *it* began, so what was locked is looked at as it is.
pub(crate) const FIRST_NUMBERS: &str = "\
INSERT INTO {prefix}case_number (realm, year, last)
SELECT '{realm}', j.year::bigint, 0 FROM unnest(string_to_array('{years}', ',')) AS j (year)
ORDER BY 2
ON CONFLICT (realm, year) DO NOTHING";

pub(crate) const FIRST_SCOPES: &str = "\
INSERT INTO {prefix}scope (realm, kind, id, revision)
SELECT '{realm}', j.kind, j.id, 0 FROM (
  SELECT 'incident' AS kind, decode(i.id, 'hex') AS id
    FROM unnest(string_to_array('{first_incidents}', ',')) AS i (id)
  UNION ALL SELECT 'subject' AS kind, decode(s.id, 'hex') AS id
    FROM unnest(string_to_array('{first_subjects}', ',')) AS s (id)) AS j
ORDER BY j.kind, j.id
ON CONFLICT (realm, kind, id) DO NOTHING";

/// What a batch expects, locked and looked at in the statement that writes it, in the order in
/// which [`LOCKED_SCOPES`] and [`LOCKED_CASES`] lock: a CASE asks for one after the other. Locked
/// rows are read as they are, whatever the statement saw when it began. A command that was written
/// in the meantime is not seen; its key is taken then, and the statement fails.
///
/// `$17` and `$18` are the cases in the order of their ids, and their revisions; `$19`, `$20` and
/// `$21` the incidents, the subjects, and the revisions of both; `$22` the commands.
pub(crate) const HELD: &str = "\
held_scopes AS MATERIALIZED (SELECT s.revision FROM (
    SELECT 'incident' AS kind, j.id, j.at FROM unnest($19::bytea[]) WITH ORDINALITY AS j (id, at)
    UNION ALL
    SELECT 'subject', j.id, j.at FROM unnest($20::bytea[]) WITH ORDINALITY AS j (id, at)
    ORDER BY kind, at) AS j
  CROSS JOIN LATERAL (SELECT f.revision FROM {prefix}scope AS f
    WHERE f.realm = $1 AND f.kind = j.kind AND f.id = j.id FOR UPDATE) AS s),
held_cases AS MATERIALIZED (SELECT c.revision FROM unnest($17::bytea[]) AS j (id)
  CROSS JOIN LATERAL (SELECT f.revision FROM {prefix}case_file AS f
    WHERE f.realm = $1 AND f.id = j.id FOR UPDATE) AS c),
held AS MATERIALIZED (SELECT CASE
  WHEN ({version}) IS DISTINCT FROM {known} THEN FALSE
  WHEN ARRAY(SELECT h.revision FROM held_scopes AS h) <> $21::bigint[] THEN FALSE
  WHEN ARRAY(SELECT h.revision FROM held_cases AS h) <> $18::bigint[] THEN FALSE
  ELSE NOT EXISTS (SELECT 1 FROM unnest($22::bytea[]) AS j (id)
    CROSS JOIN LATERAL (SELECT 1 FROM {prefix}command AS f
      WHERE f.realm = $1 AND f.id = j.id OFFSET 0) AS m)
  END AS stands)";

pub(crate) const LOCKED_CASES: &str = "\
SELECT c.id, c.revision FROM unnest(string_to_array('{cases}', ',')) AS j (id)
CROSS JOIN LATERAL (SELECT f.id, f.revision FROM {prefix}case_file AS f
  WHERE f.realm = '{realm}' AND f.id = decode(j.id, 'hex') FOR UPDATE) AS c";

pub(crate) const LOCKED_SCOPES: &str = "\
SELECT s.kind, s.id, s.revision FROM (
  SELECT 'incident' AS kind, j.id, j.at
    FROM unnest(string_to_array('{incidents}', ',')) WITH ORDINALITY AS j (id, at)
  UNION ALL SELECT 'subject', j.id, j.at
    FROM unnest(string_to_array('{subjects}', ',')) WITH ORDINALITY AS j (id, at)
  ORDER BY kind, at) AS j
CROSS JOIN LATERAL (SELECT f.kind, f.id, f.revision FROM {prefix}scope AS f
  WHERE f.realm = '{realm}' AND f.kind = j.kind AND f.id = decode(j.id, 'hex') FOR UPDATE) AS s";

/// Commands have no row to lock before they are carried out. Who carries out the same command at
/// the same time moves the same case or scope, and is waited for there; so they are looked at last.
pub(crate) const DONE_COMMANDS: &str = "\
SELECT m.id FROM unnest(string_to_array('{commands}', ',')) AS j (id)
CROSS JOIN LATERAL (SELECT f.id FROM {prefix}command AS f
  WHERE f.realm = '{realm}' AND f.id = decode(j.id, 'hex') OFFSET 0) AS m";

/// The parts of the one statement that writes a batch: for which rows each is, its name, and its
/// text. `$1` is the realm, `$2` to `$15` are the documents, `$16` how many groups change staff.
///
/// All parts see the state before the statement and none what another writes, so no row is touched
/// by two of them; only the numbers go from one part to the next. Foreign keys are checked when
/// all is written.
pub(crate) const WRITES: [(Of, &str, &str); 21] = [
    (
        Of::YearsRaised,
        "years",
        "\
UPDATE {prefix}case_number AS n SET last = n.last + j.count
FROM jsonb_to_recordset($3::jsonb) AS j (year bigint, count bigint)
WHERE n.realm = $1 AND n.year = j.year
RETURNING n.year, n.last - j.count AS before",
    ),
    (
        Of::New,
        "new_cases",
        "\
INSERT INTO {prefix}case_file (realm, id, year, number, procedure, definition, rule_pack,
  subject_kind, subject, incident, areas, area, opened_by, state, revision, opened_at, closed_at,
  recorded_at, head, duties)
SELECT $1, decode(j.id, 'hex'), n.year, n.before + j.rank, j.procedure, decode(j.definition, 'hex'),
  decode(j.rule_pack, 'hex'), j.subject_kind, decode(j.subject, 'hex'), decode(j.incident, 'hex'),
  j.areas, j.area, j.opened_by, j.state, j.revision, j.opened_at, j.closed_at, j.recorded_at,
  decode(j.head, 'hex'), j.duties
FROM jsonb_to_recordset($2::jsonb) AS j (id text, procedure text, definition text, rule_pack text,
  subject_kind text, subject text, incident text, areas text, area text, opened_by text, state text,
  revision bigint, opened_at bigint, closed_at bigint, recorded_at bigint, head text,
  duties bigint, year bigint, rank bigint)
JOIN years AS n ON n.year = j.year
ORDER BY j.id
RETURNING 1",
    ),
    (
        Of::Cases,
        "moved_cases",
        "\
UPDATE {prefix}case_file AS c SET procedure = j.procedure,
  definition = decode(j.definition, 'hex'), rule_pack = decode(j.rule_pack, 'hex'),
  subject_kind = j.subject_kind, subject = decode(j.subject, 'hex'),
  incident = decode(j.incident, 'hex'), areas = j.areas, area = j.area, opened_by = j.opened_by,
  state = j.state, revision = j.revision, opened_at = j.opened_at, closed_at = j.closed_at,
  recorded_at = j.recorded_at, head = decode(j.head, 'hex'), duties = j.duties
FROM (SELECT k.*, f.ctid AS place
  FROM jsonb_to_recordset($4::jsonb) AS k (id text, procedure text, definition text, rule_pack text,
    subject_kind text, subject text, incident text, areas text, area text, opened_by text,
    state text, revision bigint, opened_at bigint, closed_at bigint, recorded_at bigint, head text,
    duties bigint, expected bigint)
  CROSS JOIN LATERAL (SELECT f.ctid FROM {prefix}case_file AS f WHERE f.realm = $1
    AND f.id = decode(k.id, 'hex') AND f.revision = k.expected OFFSET 0) AS f) AS j
WHERE c.realm = $1 AND c.ctid = j.place
RETURNING 1",
    ),
    // Duties of the batch get their rows anew below; this is for those that stay as they are.
    (
        Of::CasesAnew,
        "matches_elsewhere",
        "\
UPDATE {prefix}duty_match AS m SET area = j.area
FROM (SELECT k.area, f.ctid AS place FROM jsonb_to_recordset($4::jsonb) AS k (id text, area text)
  CROSS JOIN LATERAL (SELECT f.ctid, f.area, f.no FROM {prefix}duty_match AS f
    WHERE f.realm = $1 AND f.case_id = decode(k.id, 'hex') OFFSET 0) AS f
  WHERE f.area <> k.area
    AND NOT EXISTS (SELECT 1 FROM jsonb_to_recordset($7::jsonb) AS d (id text, no bigint)
      WHERE d.id = k.id AND d.no = f.no)) AS j
WHERE m.realm = $1 AND m.ctid = j.place",
    ),
    (
        Of::Entries,
        "entries",
        "\
INSERT INTO {prefix}entry (realm, case_id, seq, recorded_at, bytes, hash)
SELECT $1, decode(j.id, 'hex'), j.seq, j.at, substr($6, j.\"from\", j.size), decode(j.hash, 'hex')
FROM jsonb_to_recordset($5::jsonb) AS j (id text, seq bigint, at bigint, \"from\" int, size int,
  hash text)
RETURNING 1",
    ),
    (
        Of::Entries,
        "bodies",
        "\
INSERT INTO {prefix}body (realm, case_id, seq, key_id, bytes)
SELECT $1, decode(j.id, 'hex'), j.seq, j.key, substr($6, j.body_from, j.body_size)
FROM jsonb_to_recordset($5::jsonb) AS j (id text, seq bigint, key text, body_from int,
  body_size int)
RETURNING 1",
    ),
    (
        Of::Duties,
        "changed_duties",
        "\
UPDATE {prefix}duty AS d SET name = j.name, kind = j.kind, state = j.state,
  opened_at = j.opened_at, closed_at = j.closed_at, holder_role = j.role, holder_unit = j.unit,
  holder_person = j.person, holder_gap = j.gap, limit_id = j.\"limit\", runs_from = j.\"from\",
  due_order = j.due, provisional = j.provisional, calendar = decode(j.calendar, 'hex'),
  generation = j.generation, suspended_until = j.suspended, rung = j.rung, next_rung_at = j.next
FROM (SELECT k.*, f.ctid AS place
  FROM jsonb_to_recordset($7::jsonb) AS k (id text, no bigint, name text, kind text, state text,
    opened_at bigint, closed_at bigint, role text, unit text, person text, gap boolean,
    \"limit\" text, \"from\" bigint, due bigint, provisional boolean, calendar text,
    generation bigint, suspended bigint, rung bigint, next bigint)
  CROSS JOIN LATERAL (SELECT f.ctid FROM {prefix}duty AS f WHERE f.realm = $1
    AND f.case_id = decode(k.id, 'hex') AND f.no = k.no OFFSET 0) AS f) AS j
WHERE d.realm = $1 AND d.ctid = j.place
RETURNING 1",
    ),
    (
        Of::NewDuties,
        "new_duties",
        "\
INSERT INTO {prefix}duty (realm, case_id, no, name, kind, state, opened_at, closed_at, holder_role,
  holder_unit, holder_person, holder_gap, limit_id, runs_from, due_order, provisional, calendar,
  generation, suspended_until, rung, next_rung_at)
SELECT $1, decode(j.id, 'hex'), j.no, j.name, j.kind, j.state, j.opened_at, j.closed_at, j.role,
  j.unit, j.person, j.gap, j.\"limit\", j.\"from\", j.due, j.provisional,
  decode(j.calendar, 'hex'), j.generation, j.suspended, j.rung, j.next
FROM jsonb_to_recordset($15::jsonb) AS j (id text, no bigint, name text, kind text, state text,
  opened_at bigint, closed_at bigint, role text, unit text, person text, gap boolean,
  \"limit\" text, \"from\" bigint, due bigint, provisional boolean, calendar text,
  generation bigint, suspended bigint, rung bigint, next bigint)
RETURNING 1",
    ),
    // Only what is not written again goes: a row that one part deletes and another inserts would
    // be gone or there, as the database pleases.
    (
        Of::OldMatches,
        "old_matches",
        "\
DELETE FROM {prefix}duty_match AS m
USING (SELECT f.ctid AS place FROM jsonb_to_recordset($7::jsonb) AS j (id text, no bigint)
  CROSS JOIN LATERAL (SELECT f.ctid, f.role, f.unit, f.area, f.due_order
    FROM {prefix}duty_match AS f
    WHERE f.realm = $1 AND f.case_id = decode(j.id, 'hex') AND f.no = j.no OFFSET 0) AS f
  WHERE NOT EXISTS (SELECT 1 FROM jsonb_to_recordset($8::jsonb) AS k (role text, unit text,
    area text, due bigint, id text, no bigint)
    WHERE k.id = j.id AND k.no = j.no AND k.role = f.role AND k.unit = f.unit
      AND k.area = f.area AND k.due = f.due_order)) AS j
WHERE m.realm = $1 AND m.ctid = j.place",
    ),
    (
        Of::Matches,
        "new_matches",
        "\
INSERT INTO {prefix}duty_match (realm, role, unit, area, due_order, case_id, no)
SELECT $1, j.role, j.unit, j.area, j.due, decode(j.id, 'hex'), j.no
FROM jsonb_to_recordset($8::jsonb) AS j (role text, unit text, area text, due bigint, id text,
  no bigint)
ON CONFLICT (realm, role, unit, area, due_order, case_id, no) DO NOTHING",
    ),
    (
        Of::Attributes,
        "old_attributes",
        "\
DELETE FROM {prefix}attribute AS a
USING (SELECT k.value, f.ctid AS place
  FROM jsonb_to_recordset($9::jsonb) AS k (id text, name text, value text)
  CROSS JOIN LATERAL (SELECT f.ctid, f.value FROM {prefix}attribute AS f WHERE f.realm = $1
    AND f.case_id = decode(k.id, 'hex') AND f.name = k.name OFFSET 0) AS f
  WHERE k.value IS NULL) AS j
WHERE a.realm = $1 AND a.ctid = j.place",
    ),
    (
        Of::Attributes,
        "changed_attributes",
        "\
UPDATE {prefix}attribute AS a SET value = j.value
FROM (SELECT k.value, f.ctid AS place
  FROM jsonb_to_recordset($9::jsonb) AS k (id text, name text, value text)
  CROSS JOIN LATERAL (SELECT f.ctid, f.value FROM {prefix}attribute AS f WHERE f.realm = $1
    AND f.case_id = decode(k.id, 'hex') AND f.name = k.name OFFSET 0) AS f
  WHERE f.value <> k.value) AS j
WHERE a.realm = $1 AND a.ctid = j.place",
    ),
    (
        Of::Attributes,
        "new_attributes",
        "\
INSERT INTO {prefix}attribute (realm, case_id, name, value)
SELECT $1, decode(j.id, 'hex'), j.name, j.value
FROM jsonb_to_recordset($9::jsonb) AS j (id text, name text, value text)
WHERE j.value IS NOT NULL
ON CONFLICT (realm, case_id, name) DO NOTHING",
    ),
    (
        Of::Commands,
        "commands",
        "\
INSERT INTO {prefix}command (realm, id, hash, case_id, seq, state)
SELECT $1, decode(j.id, 'hex'), decode(j.hash, 'hex'), decode(j.\"case\", 'hex'), j.seq, j.state
FROM jsonb_to_recordset($10::jsonb) AS j (id text, hash text, \"case\" text, seq bigint, state text)
ORDER BY j.id
RETURNING 1",
    ),
    (
        Of::Scopes,
        "scopes",
        "\
UPDATE {prefix}scope AS s SET revision = s.revision + 1
FROM (SELECT f.ctid AS place
  FROM jsonb_to_recordset($11::jsonb) AS k (kind text, id text, expected bigint)
  CROSS JOIN LATERAL (SELECT f.ctid FROM {prefix}scope AS f WHERE f.realm = $1
    AND f.kind = k.kind AND f.id = decode(k.id, 'hex') AND f.revision = k.expected
    OFFSET 0) AS f) AS j
WHERE s.realm = $1 AND s.ctid = j.place
RETURNING 1",
    ),
    (
        Of::Messages,
        "messages",
        "\
INSERT INTO {prefix}message (realm, id, case_id, seq, kind, content, recorded_at)
SELECT $1, decode(j.id, 'hex'), decode(j.\"case\", 'hex'), j.seq, j.kind, j.content, j.at
FROM jsonb_to_recordset($12::jsonb) AS j (id text, \"case\" text, seq bigint, kind text,
  content text, at bigint)
ORDER BY j.id
RETURNING 1",
    ),
    (
        Of::Outbox,
        "outbox_rows",
        "\
INSERT INTO {prefix}outbox (realm, kind, id, lane, seq, no, state, attempts, fence, due_at)
SELECT $1, 'message', decode(j.id, 'hex'), decode(j.\"case\", 'hex'), j.seq, j.no, 'pending', 0, 0,
  j.at
FROM jsonb_to_recordset($12::jsonb) AS j (id text, \"case\" text, seq bigint, no bigint, at bigint)
ORDER BY j.id
RETURNING 1",
    ),
    (
        Of::Rungs,
        "rungs",
        "\
INSERT INTO {prefix}rung (realm, case_id, duty_no, generation, rung, duty, addressee, unit, due,
  climbed_at, late)
SELECT $1, decode(j.\"case\", 'hex'), j.no, j.generation, j.rung, j.duty, j.addressee, j.unit,
  j.due, j.climbed_at, j.late
FROM jsonb_to_recordset($13::jsonb) AS j (\"case\" text, no bigint, generation bigint, rung bigint,
  duty text, addressee text, unit text, due bigint, climbed_at bigint, late boolean)
RETURNING 1",
    ),
    (
        Of::Staff,
        "changed_staff",
        "\
UPDATE {prefix}staff AS s SET name = j.name, grants = j.grants, unit = j.unit, leader = j.leader,
  active = j.active, absences = j.absences
FROM jsonb_to_recordset($14::jsonb) AS j (id text, name text, grants text, unit text,
  leader boolean, active boolean, absences text)
WHERE s.realm = $1 AND s.id = j.id AND s.id = ANY (ARRAY(
    SELECT k.id FROM jsonb_to_recordset($14::jsonb) AS k (id text)))",
    ),
    (
        Of::Staff,
        "new_staff",
        "\
INSERT INTO {prefix}staff (realm, id, name, grants, unit, leader, active, absences)
SELECT $1, j.id, j.name, j.grants, j.unit, j.leader, j.active, j.absences
FROM jsonb_to_recordset($14::jsonb) AS j (id text, name text, grants text, unit text,
  leader boolean, active boolean, absences text)
ON CONFLICT (realm, id) DO NOTHING",
    ),
    (
        Of::Directory,
        "directory",
        "\
UPDATE {prefix}directory SET revision = revision + $16 WHERE realm = $1
RETURNING 1",
    ),
];
