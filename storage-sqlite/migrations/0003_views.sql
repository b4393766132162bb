-- Views for the host's own lists. Their columns are kept: a later version only adds some.
--
-- They have no time of their own: the host compares `due_at` with its now (milliseconds UTC). What a
-- person may see is not decided here; `v_worklist` says for whom a duty is, as the worklist does.

-- One row for each case. `case_number` is what people call it.
CREATE VIEW {prefix}v_case AS
SELECT c.realm, c.id AS case_id,
  c.realm || '-' || c.year || '-' || printf('%06d', c.number) AS case_number,
  c.procedure, c.state, c.subject_kind, c.subject AS subject_id, c.incident AS incident_id,
  c.area, c.opened_at, c.closed_at, c.recorded_at, c.revision
FROM {prefix}case_file AS c;

-- One row for each open duty and each role that may record it: those of an area (`unit` is empty,
-- `area` is the case's), or those of one unit. `due_at` is NULL where a duty has no date.
CREATE VIEW {prefix}v_worklist AS
SELECT m.realm, m.role, m.unit, m.area, m.case_id,
  c.realm || '-' || c.year || '-' || printf('%06d', c.number) AS case_number,
  c.procedure, c.state, c.subject_id, m.no AS duty_no, d.name AS duty,
  NULLIF(m.due_order, -9223372036854775808) AS due_at, d.provisional,
  d.limit_id, d.holder_role, d.holder_unit, d.holder_person
FROM {prefix}duty_match AS m
JOIN {prefix}duty AS d ON d.realm = m.realm AND d.case_id = m.case_id AND d.no = m.no
JOIN (SELECT realm, id, year, number, procedure, state, subject AS subject_id
  FROM {prefix}case_file) AS c ON c.realm = m.realm AND c.id = m.case_id;

-- One row for each open duty that has a date, for `WHERE realm = … AND due_at < …`.
CREATE VIEW {prefix}v_overdue AS
SELECT d.realm, d.case_id,
  c.realm || '-' || c.year || '-' || printf('%06d', c.number) AS case_number,
  c.procedure, c.state, c.subject AS subject_id, c.area, d.no AS duty_no, d.name AS duty,
  d.due_order AS due_at, d.provisional, d.limit_id, d.rung,
  d.holder_role, d.holder_unit, d.holder_person, d.holder_gap
FROM {prefix}duty AS d
JOIN {prefix}case_file AS c ON c.realm = d.realm AND c.id = d.case_id
WHERE d.state = 'open' AND d.due_order > -9223372036854775808;
