//! What the planner is told of tables that are made just now.
//!
//! A table that was never analyzed has two hundred realms for all the planner knows, so that every
//! index which begins with the realm looks as sharp as the one that has the whole key: it takes any
//! of them, and keeps the plan. Autovacuum comes by a minute later. So the tables are filled with
//! rows like those to come, analyzed, and emptied, before anybody sees them.

/// Which tables.
const TABLES: [&str; 11] = [
    "case_file",
    "entry",
    "body",
    "duty",
    "duty_match",
    "attribute",
    "command",
    "scope",
    "message",
    "outbox",
    "rung",
];

/// Rows of sixty cases with four entries each.
const SAMPLES: &str = "\
INSERT INTO {prefix}case_file (realm, id, year, number, procedure, definition, rule_pack,
  subject_kind, subject, incident, areas, area, state, revision, opened_at, recorded_at, head,
  duties)
SELECT '000000', decode(md5('case ' || i), 'hex'), 2000, i, 'procedure ' || i % 12, '', '', 'child',
  decode(md5('subject ' || i), 'hex'), decode(md5('incident ' || i), 'hex'), '{}', 'area ' || i % 20,
  'state ' || i % 9, 4, i, i, decode(repeat(md5('head ' || i), 2), 'hex'), 2
FROM generate_series(1, 60) AS i;
INSERT INTO {prefix}entry (realm, case_id, seq, recorded_at, bytes, hash)
SELECT '000000', c.id, n, c.number * 10 + n, decode(repeat(md5('entry ' || c.number), 40), 'hex'),
  decode(repeat(md5('hash ' || c.number || n), 2), 'hex')
FROM {prefix}case_file AS c CROSS JOIN generate_series(1, 4) AS n WHERE c.realm = '000000';
INSERT INTO {prefix}body (realm, case_id, seq, key_id, bytes)
SELECT '000000', e.case_id, e.seq, '', substr(e.bytes, 1, 300)
FROM {prefix}entry AS e WHERE e.realm = '000000';
INSERT INTO {prefix}duty (realm, case_id, no, name, kind, state, opened_at, holder_role, holder_gap,
  due_order, rung, next_rung_at)
SELECT '000000', c.id, n, 'duty ' || (c.number + n) % 30, 'once',
  CASE n WHEN 4 THEN 'open' ELSE 'fulfilled' END, c.number, 'role ' || c.number % 9, FALSE,
  c.number * 10 + n, 0, c.number * 10 + n
FROM {prefix}case_file AS c CROSS JOIN generate_series(1, 4) AS n WHERE c.realm = '000000';
INSERT INTO {prefix}duty_match (realm, role, unit, area, due_order, case_id, no)
SELECT '000000', d.holder_role, '', 'area ' || d.due_order % 20, d.due_order, d.case_id, d.no
FROM {prefix}duty AS d WHERE d.realm = '000000';
INSERT INTO {prefix}attribute (realm, case_id, name, value)
SELECT '000000', c.id, 'name ' || n, 'value ' || c.number
FROM {prefix}case_file AS c CROSS JOIN generate_series(1, 2) AS n WHERE c.realm = '000000';
INSERT INTO {prefix}command (realm, id, hash, case_id, seq, state)
SELECT '000000', substr(e.hash, 1, 16), e.hash, e.case_id, e.seq, 'state'
FROM {prefix}entry AS e WHERE e.realm = '000000';
INSERT INTO {prefix}scope (realm, kind, id, revision)
SELECT '000000', v.kind, v.id, 2 FROM {prefix}case_file AS c
CROSS JOIN LATERAL (VALUES ('subject', c.subject), ('incident', c.incident)) AS v (kind, id)
WHERE c.realm = '000000';
INSERT INTO {prefix}message (realm, id, case_id, seq, kind, content, recorded_at)
SELECT '000000', substr(e.hash, 1, 16), e.case_id, e.seq, 'kind', '{}', e.recorded_at
FROM {prefix}entry AS e WHERE e.realm = '000000' AND e.seq = 1;
INSERT INTO {prefix}outbox (realm, kind, id, lane, seq, no, state, attempts, fence, due_at)
SELECT '000000', 'message', m.id, m.case_id, m.seq, 1, 'pending', 0, 0, m.recorded_at
FROM {prefix}message AS m WHERE m.realm = '000000';
INSERT INTO {prefix}rung (realm, case_id, duty_no, generation, rung, duty, addressee, due,
  climbed_at, late)
SELECT '000000', d.case_id, d.no, 0, 0, d.name, 'addressee', d.due_order, d.due_order, FALSE
FROM {prefix}duty AS d WHERE d.realm = '000000' AND d.no = 1";

/// The text that fills, analyzes and empties the tables; for an empty schema only.
pub(crate) fn first() -> String {
    let all = TABLES.map(|table| format!("{{prefix}}{table}"));
    let emptied = all.iter().rev().map(|table| format!("DELETE FROM {table}"));
    let emptied: Vec<String> = emptied.collect();
    format!("{SAMPLES};\nANALYZE {};\n{}", all.join(", "), emptied.join(";\n"))
}
