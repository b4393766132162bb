//! The statements of a batch: constant templates over documents that `jsonb_to_recordset` takes
//! apart. They change nothing that a document does not name.
//!
//! How many rows a document has the planner does not know, and takes it for a hundred; it would
//! rather read a county's table from end to end than look up a hundred rows in it. So each table is
//! narrowed down to an array of keys first, which it takes for ten: `= ANY (ARRAY(…))`.

use hexacase::sql::Of;

/// The cases that a document names.
pub(crate) const NAMED: &str = "\
SELECT decode(j.value, 'hex') AS id FROM jsonb_array_elements_text($2::jsonb->'cases') AS j (value)";

/// The cases that a document names and those beside them: the open ones, and the ended ones of the
/// same child where it says since when.
pub(crate) const NAMED_AND_BESIDE: &str = "\
SELECT decode(j.value, 'hex') AS id FROM jsonb_array_elements_text($2::jsonb->'cases') AS j (value)
UNION SELECT c.id FROM {prefix}case_file AS c WHERE c.realm = $1 AND c.closed_at IS NULL
  AND c.subject = ANY (ARRAY(SELECT b.subject FROM {prefix}case_file AS b
    WHERE b.realm = $1 AND b.subject_kind IN ('child', 'unidentified_child')
      AND b.id = ANY (ARRAY(SELECT decode(j.value, 'hex')
        FROM jsonb_array_elements_text($2::jsonb->'beside') AS j (value)))))
UNION SELECT c.id FROM {prefix}case_file AS c WHERE c.realm = $1 AND c.closed_at IS NULL
  AND c.incident = ANY (ARRAY(SELECT b.incident FROM {prefix}case_file AS b
    WHERE b.realm = $1 AND b.id = ANY (ARRAY(SELECT decode(j.value, 'hex')
      FROM jsonb_array_elements_text($2::jsonb->'beside') AS j (value)))))
UNION SELECT c.id FROM jsonb_array_elements($2::jsonb->'ended_beside') AS j (value)
  JOIN {prefix}case_file AS b ON b.realm = $1 AND b.id = decode(j.value->>0, 'hex')
    AND b.subject_kind IN ('child', 'unidentified_child')
    AND b.id = ANY (ARRAY(SELECT decode(i.value->>0, 'hex')
      FROM jsonb_array_elements($2::jsonb->'ended_beside') AS i (value)))
  JOIN {prefix}case_file AS c ON c.realm = $1 AND c.subject = b.subject
    AND c.closed_at >= (j.value->>1)::bigint
    AND c.subject = ANY (ARRAY(SELECT n.subject FROM {prefix}case_file AS n
      WHERE n.realm = $1 AND n.id = ANY (ARRAY(SELECT decode(i.value->>0, 'hex')
        FROM jsonb_array_elements($2::jsonb->'ended_beside') AS i (value)))))
UNION SELECT c.id FROM {prefix}case_file AS c WHERE c.realm = $1 AND c.closed_at IS NULL
  AND c.subject = ANY (ARRAY(SELECT decode(j.value, 'hex')
    FROM jsonb_array_elements_text($2::jsonb->'subjects') AS j (value)))
UNION SELECT c.id FROM {prefix}case_file AS c WHERE c.realm = $1 AND c.closed_at IS NULL
  AND c.incident = ANY (ARRAY(SELECT decode(j.value, 'hex')
    FROM jsonb_array_elements_text($2::jsonb->'incidents') AS j (value)))";

pub(crate) const COMMANDS: &str = "\
SELECT m.id, m.hash, m.case_id, m.seq, m.state, e.hash AS entry_hash, e.recorded_at,
  c.year, c.number
FROM {prefix}command AS m
JOIN {prefix}entry AS e ON e.realm = $1 AND e.case_id = m.case_id AND e.seq = m.seq
JOIN {prefix}case_file AS c ON c.realm = $1 AND c.id = m.case_id
WHERE m.realm = $1 AND m.id = ANY (ARRAY(SELECT decode(j.value, 'hex')
  FROM jsonb_array_elements_text($2::jsonb->'commands') AS j (value)))";

/// The wanted scopes and those of the wanted cases.
pub(crate) const SCOPES: &str = "\
SELECT s.kind, s.id, s.revision FROM jsonb_array_elements($2::jsonb->'scopes') AS j (value)
  JOIN {prefix}scope AS s ON s.kind = j.value->>0 AND s.id = decode(j.value->>1, 'hex')
  WHERE s.realm = $1 AND s.kind IN ('incident', 'subject')
    AND s.id = ANY (ARRAY(SELECT decode(i.value->>1, 'hex')
      FROM jsonb_array_elements($2::jsonb->'scopes') AS i (value)))
UNION SELECT s.kind, s.id, s.revision FROM {prefix}scope AS s
  WHERE s.realm = $1 AND s.kind = 'subject'
    AND s.id = ANY (ARRAY(SELECT c.subject FROM {prefix}case_file AS c
      WHERE c.realm = $1 AND c.id = ANY (ARRAY(SELECT decode(j.value, 'hex')
        FROM jsonb_array_elements_text($2::jsonb->'cases') AS j (value)))))
UNION SELECT s.kind, s.id, s.revision FROM {prefix}scope AS s
  WHERE s.realm = $1 AND s.kind = 'incident'
    AND s.id = ANY (ARRAY(SELECT c.incident FROM {prefix}case_file AS c
      WHERE c.realm = $1 AND c.id = ANY (ARRAY(SELECT decode(j.value, 'hex')
        FROM jsonb_array_elements_text($2::jsonb->'cases') AS j (value)))))";

pub(crate) const DIRECTORY: &str = "SELECT revision FROM {prefix}directory WHERE realm = $1";

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
/// so that two appends never wait for each other crosswise. Each statement sees what was committed
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

pub(crate) const LOCKED_CASES: &str = "\
SELECT c.id, c.revision FROM {prefix}case_file AS c WHERE c.realm = '{realm}' AND c.id = ANY (ARRAY(
  SELECT decode(j.id, 'hex') FROM unnest(string_to_array('{cases}', ',')) AS j (id)))
ORDER BY c.id FOR UPDATE";

pub(crate) const LOCKED_SCOPES: &str = "\
SELECT s.kind, s.id, s.revision FROM {prefix}scope AS s WHERE s.realm = '{realm}' AND (
  s.kind = 'incident' AND s.id = ANY (ARRAY(
    SELECT decode(j.id, 'hex') FROM unnest(string_to_array('{incidents}', ',')) AS j (id)))
  OR s.kind = 'subject' AND s.id = ANY (ARRAY(
    SELECT decode(j.id, 'hex') FROM unnest(string_to_array('{subjects}', ',')) AS j (id))))
ORDER BY s.kind, s.id FOR UPDATE";

/// Commands have no row to lock before they are carried out. Who carries out the same command at
/// the same time moves the same case or scope, and is waited for there; so they are looked at last.
pub(crate) const DONE_COMMANDS: &str = "\
SELECT m.id FROM {prefix}command AS m WHERE m.realm = '{realm}' AND m.id = ANY (ARRAY(
  SELECT decode(j.id, 'hex') FROM unnest(string_to_array('{commands}', ',')) AS j (id)))";

/// The parts of the one statement that writes a batch: for which rows each is, its name, and its
/// text. `$1` is the realm, `$2` to `$14` are the documents, `$15` how many groups change staff.
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
FROM jsonb_to_recordset($4::jsonb) AS j (id text, procedure text, definition text, rule_pack text,
  subject_kind text, subject text, incident text, areas text, area text, opened_by text, state text,
  revision bigint, opened_at bigint, closed_at bigint, recorded_at bigint, head text,
  duties bigint, expected bigint)
WHERE c.realm = $1 AND c.id = decode(j.id, 'hex') AND c.revision = j.expected
  AND c.id = ANY (ARRAY(
    SELECT decode(k.id, 'hex') FROM jsonb_to_recordset($4::jsonb) AS k (id text)))
RETURNING 1",
    ),
    // Duties of the batch get their rows anew below; this is for those that stay as they are.
    (
        Of::CasesAnew,
        "matches_elsewhere",
        "\
UPDATE {prefix}duty_match AS m SET area = j.area
FROM jsonb_to_recordset($4::jsonb) AS j (id text, area text)
WHERE m.realm = $1 AND m.case_id = decode(j.id, 'hex') AND m.area <> j.area
  AND m.case_id = ANY (ARRAY(
    SELECT decode(k.id, 'hex') FROM jsonb_to_recordset($4::jsonb) AS k (id text)))
  AND NOT EXISTS (SELECT 1 FROM jsonb_to_recordset($7::jsonb) AS d (id text, no bigint)
    WHERE d.id = j.id AND d.no = m.no)",
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
FROM jsonb_to_recordset($7::jsonb) AS j (id text, no bigint, name text, kind text, state text,
  opened_at bigint, closed_at bigint, role text, unit text, person text, gap boolean,
  \"limit\" text, \"from\" bigint, due bigint, provisional boolean, calendar text,
  generation bigint, suspended bigint, rung bigint, next bigint)
WHERE d.realm = $1 AND d.case_id = decode(j.id, 'hex') AND d.no = j.no
  AND d.case_id = ANY (ARRAY(
    SELECT decode(k.id, 'hex') FROM jsonb_to_recordset($7::jsonb) AS k (id text)))",
    ),
    (
        Of::Duties,
        "new_duties",
        "\
INSERT INTO {prefix}duty (realm, case_id, no, name, kind, state, opened_at, closed_at, holder_role,
  holder_unit, holder_person, holder_gap, limit_id, runs_from, due_order, provisional, calendar,
  generation, suspended_until, rung, next_rung_at)
SELECT $1, decode(j.id, 'hex'), j.no, j.name, j.kind, j.state, j.opened_at, j.closed_at, j.role,
  j.unit, j.person, j.gap, j.\"limit\", j.\"from\", j.due, j.provisional,
  decode(j.calendar, 'hex'), j.generation, j.suspended, j.rung, j.next
FROM jsonb_to_recordset($7::jsonb) AS j (id text, no bigint, name text, kind text, state text,
  opened_at bigint, closed_at bigint, role text, unit text, person text, gap boolean,
  \"limit\" text, \"from\" bigint, due bigint, provisional boolean, calendar text,
  generation bigint, suspended bigint, rung bigint, next bigint)
ON CONFLICT (realm, case_id, no) DO NOTHING",
    ),
    // Only what is not written again goes: a row that one part deletes and another inserts would
    // be gone or there, as the database pleases.
    (
        Of::Duties,
        "old_matches",
        "\
DELETE FROM {prefix}duty_match AS m
USING jsonb_to_recordset($7::jsonb) AS j (id text, no bigint)
WHERE m.realm = $1 AND m.case_id = decode(j.id, 'hex') AND m.no = j.no
  AND m.case_id = ANY (ARRAY(
    SELECT decode(k.id, 'hex') FROM jsonb_to_recordset($7::jsonb) AS k (id text)))
  AND NOT EXISTS (SELECT 1 FROM jsonb_to_recordset($8::jsonb) AS k (role text, unit text,
    area text, due bigint, id text, no bigint)
    WHERE k.id = j.id AND k.no = j.no AND k.role = m.role AND k.unit = m.unit
      AND k.area = m.area AND k.due = m.due_order)",
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
USING jsonb_to_recordset($9::jsonb) AS j (id text, name text, value text)
WHERE a.realm = $1 AND a.case_id = decode(j.id, 'hex') AND a.name = j.name AND j.value IS NULL
  AND a.case_id = ANY (ARRAY(
    SELECT decode(k.id, 'hex') FROM jsonb_to_recordset($9::jsonb) AS k (id text)))",
    ),
    (
        Of::Attributes,
        "changed_attributes",
        "\
UPDATE {prefix}attribute AS a SET value = j.value
FROM jsonb_to_recordset($9::jsonb) AS j (id text, name text, value text)
WHERE a.realm = $1 AND a.case_id = decode(j.id, 'hex') AND a.name = j.name AND a.value <> j.value
  AND a.case_id = ANY (ARRAY(
    SELECT decode(k.id, 'hex') FROM jsonb_to_recordset($9::jsonb) AS k (id text)))",
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
FROM jsonb_to_recordset($11::jsonb) AS j (kind text, id text, expected bigint)
WHERE s.realm = $1 AND s.kind = j.kind AND s.id = decode(j.id, 'hex') AND s.revision = j.expected
  AND s.kind IN ('incident', 'subject') AND s.id = ANY (ARRAY(
    SELECT decode(k.id, 'hex') FROM jsonb_to_recordset($11::jsonb) AS k (id text)))
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
UPDATE {prefix}directory SET revision = revision + $15 WHERE realm = $1
RETURNING 1",
    ),
];
