-- Casework. Times are milliseconds UTC, ids and digests are bytes, truth values are 0 and 1.
--
-- Every key begins with the realm. Rows that are small, or read together by the beginning of
-- their key, stand in the key's own tree (WITHOUT ROWID); wide rows that are appended do not.

CREATE TABLE {prefix}meta (
    realm TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    origin BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    demo INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The revision of the directory of staff.
CREATE TABLE {prefix}directory (
    realm TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE {prefix}staff (
    realm TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    grants TEXT NOT NULL,
    unit TEXT NOT NULL,
    leader INTEGER NOT NULL,
    active INTEGER NOT NULL,
    absences TEXT NOT NULL,
    PRIMARY KEY (realm, id)
) STRICT, WITHOUT ROWID;

-- The last number given to a case of a year.
CREATE TABLE {prefix}case_number (
    realm TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (realm, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE {prefix}case_file (
    realm TEXT NOT NULL,
    id BLOB NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    procedure TEXT NOT NULL,
    definition BLOB NOT NULL,
    rule_pack BLOB NOT NULL,
    subject_kind TEXT NOT NULL,
    subject BLOB NOT NULL,
    incident BLOB NOT NULL,
    areas TEXT NOT NULL,
    area TEXT NOT NULL,
    opened_by TEXT,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    recorded_at INTEGER NOT NULL,
    head BLOB NOT NULL,
    duties INTEGER NOT NULL,
    PRIMARY KEY (realm, id)
) STRICT;

CREATE UNIQUE INDEX {prefix}case_by_number ON {prefix}case_file (realm, year, number);
CREATE INDEX {prefix}case_by_subject ON {prefix}case_file (realm, subject, id);
CREATE INDEX {prefix}case_by_incident ON {prefix}case_file (realm, incident, id);
CREATE INDEX {prefix}case_by_state ON {prefix}case_file (realm, procedure, state, id);
CREATE INDEX {prefix}case_by_area ON {prefix}case_file (realm, area, id);

CREATE TABLE {prefix}entry (
    realm TEXT NOT NULL,
    case_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (realm, case_id, seq),
    FOREIGN KEY (realm, case_id) REFERENCES {prefix}case_file (realm, id)
) STRICT;

CREATE INDEX {prefix}entry_by_time ON {prefix}entry (realm, recorded_at, case_id, seq);

-- The sealed part of an entry. It may be erased; the entry and its hash stay.
CREATE TABLE {prefix}body (
    realm TEXT NOT NULL,
    case_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (realm, case_id, seq),
    FOREIGN KEY (realm, case_id, seq) REFERENCES {prefix}entry (realm, case_id, seq)
) STRICT;

-- `due_order` is the smallest integer where there is no date, so that such duties come first.
CREATE TABLE {prefix}duty (
    realm TEXT NOT NULL,
    case_id BLOB NOT NULL,
    no INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    holder_role TEXT NOT NULL,
    holder_unit TEXT,
    holder_person TEXT,
    holder_gap INTEGER NOT NULL,
    limit_id TEXT,
    runs_from INTEGER,
    due_order INTEGER NOT NULL,
    provisional INTEGER,
    calendar BLOB,
    generation INTEGER,
    suspended_until INTEGER,
    rung INTEGER NOT NULL,
    next_rung_at INTEGER,
    PRIMARY KEY (realm, case_id, no),
    FOREIGN KEY (realm, case_id) REFERENCES {prefix}case_file (realm, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX {prefix}duty_by_due ON {prefix}duty (realm, due_order, case_id, no)
    WHERE state = 'open';
CREATE INDEX {prefix}duty_by_rung ON {prefix}duty (realm, next_rung_at, case_id, no)
    WHERE state = 'open' AND next_rung_at IS NOT NULL;
CREATE INDEX {prefix}duty_gap ON {prefix}duty (realm, due_order, case_id, no)
    WHERE state = 'open' AND holder_gap;

-- To whom an open duty is shown. The key is the order of the worklist; `unit` is empty where the
-- role is matched by area. The rows go when the duty ends.
CREATE TABLE {prefix}duty_match (
    realm TEXT NOT NULL,
    role TEXT NOT NULL,
    unit TEXT NOT NULL,
    area TEXT NOT NULL,
    due_order INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    no INTEGER NOT NULL,
    PRIMARY KEY (realm, role, unit, area, due_order, case_id, no)
) STRICT, WITHOUT ROWID;

CREATE INDEX {prefix}duty_match_by_duty ON {prefix}duty_match (realm, case_id, no);

CREATE TABLE {prefix}attribute (
    realm TEXT NOT NULL,
    case_id BLOB NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (realm, case_id, name),
    FOREIGN KEY (realm, case_id) REFERENCES {prefix}case_file (realm, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX {prefix}attribute_by_value ON {prefix}attribute (realm, name, value, case_id);

CREATE TABLE {prefix}command (
    realm TEXT NOT NULL,
    id BLOB NOT NULL,
    hash BLOB NOT NULL,
    case_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (realm, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE {prefix}scope (
    realm TEXT NOT NULL,
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (realm, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE {prefix}message (
    realm TEXT NOT NULL,
    id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (realm, id)
) STRICT;

CREATE INDEX {prefix}message_by_time ON {prefix}message (realm, recorded_at, id);

CREATE TABLE {prefix}rung (
    realm TEXT NOT NULL,
    case_id BLOB NOT NULL,
    duty_no INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    rung INTEGER NOT NULL,
    duty TEXT NOT NULL,
    addressee TEXT NOT NULL,
    unit TEXT,
    due INTEGER NOT NULL,
    climbed_at INTEGER NOT NULL,
    late INTEGER NOT NULL,
    PRIMARY KEY (realm, case_id, duty_no, generation, rung)
) STRICT, WITHOUT ROWID;

CREATE INDEX {prefix}rung_by_time
    ON {prefix}rung (realm, climbed_at, case_id, duty_no, generation, rung);
