-- Casework. Times are milliseconds UTC, ids and digests are bytes.
--
-- Every key begins with the realm, and every text is in the order of its bytes, so that lists are
-- in the same order whatever the locale of the database.

CREATE TABLE {prefix}meta (
    realm TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    origin BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    demo BOOLEAN NOT NULL
);

-- The revision of the directory of staff.
CREATE TABLE {prefix}directory (
    realm TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL
);

CREATE TABLE {prefix}staff (
    realm TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    grants TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    leader BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    absences TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (realm, id)
);

-- The last number given to a case of a year.
CREATE TABLE {prefix}case_number (
    realm TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (realm, year)
);

CREATE TABLE {prefix}case_file (
    realm TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    year BIGINT NOT NULL,
    number BIGINT NOT NULL,
    procedure TEXT COLLATE "C" NOT NULL,
    definition BYTEA NOT NULL,
    rule_pack BYTEA NOT NULL,
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject BYTEA NOT NULL,
    incident BYTEA NOT NULL,
    areas TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    opened_by TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    recorded_at BIGINT NOT NULL,
    head BYTEA NOT NULL,
    duties BIGINT NOT NULL,
    PRIMARY KEY (realm, id)
);

CREATE UNIQUE INDEX case_by_number ON {prefix}case_file (realm, year, number);
CREATE INDEX case_by_subject ON {prefix}case_file (realm, subject, id);
CREATE INDEX case_by_incident ON {prefix}case_file (realm, incident, id);
CREATE INDEX case_by_state ON {prefix}case_file (realm, procedure, state, id);
CREATE INDEX case_by_area ON {prefix}case_file (realm, area, id);

CREATE TABLE {prefix}entry (
    realm TEXT COLLATE "C" NOT NULL,
    case_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (realm, case_id, seq),
    FOREIGN KEY (realm, case_id) REFERENCES {prefix}case_file (realm, id)
);

CREATE INDEX entry_by_time ON {prefix}entry (realm, recorded_at, case_id, seq);

-- The sealed part of an entry. It may be erased; the entry and its hash stay.
CREATE TABLE {prefix}body (
    realm TEXT COLLATE "C" NOT NULL,
    case_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (realm, case_id, seq),
    FOREIGN KEY (realm, case_id, seq) REFERENCES {prefix}entry (realm, case_id, seq)
);

-- `due_order` is the smallest integer where there is no date, so that such duties come first.
CREATE TABLE {prefix}duty (
    realm TEXT COLLATE "C" NOT NULL,
    case_id BYTEA NOT NULL,
    no BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    holder_role TEXT COLLATE "C" NOT NULL,
    holder_unit TEXT COLLATE "C",
    holder_person TEXT COLLATE "C",
    holder_gap BOOLEAN NOT NULL,
    limit_id TEXT COLLATE "C",
    runs_from BIGINT,
    due_order BIGINT NOT NULL,
    provisional BOOLEAN,
    calendar BYTEA,
    generation BIGINT,
    suspended_until BIGINT,
    rung BIGINT NOT NULL,
    next_rung_at BIGINT,
    PRIMARY KEY (realm, case_id, no),
    FOREIGN KEY (realm, case_id) REFERENCES {prefix}case_file (realm, id)
);

CREATE INDEX duty_by_due ON {prefix}duty (realm, due_order, case_id, no)
    WHERE state = 'open';
CREATE INDEX duty_by_rung ON {prefix}duty (realm, next_rung_at, case_id, no)
    WHERE state = 'open' AND next_rung_at IS NOT NULL;
CREATE INDEX duty_gap ON {prefix}duty (realm, due_order, case_id, no)
    WHERE state = 'open' AND holder_gap;

-- To whom an open duty is shown. The key is the order of the worklist; `unit` is empty where the
-- role is matched by area. The rows go when the duty ends.
CREATE TABLE {prefix}duty_match (
    realm TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    due_order BIGINT NOT NULL,
    case_id BYTEA NOT NULL,
    no BIGINT NOT NULL,
    PRIMARY KEY (realm, role, unit, area, due_order, case_id, no)
);

CREATE INDEX duty_match_by_duty ON {prefix}duty_match (realm, case_id, no);

CREATE TABLE {prefix}attribute (
    realm TEXT COLLATE "C" NOT NULL,
    case_id BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (realm, case_id, name),
    FOREIGN KEY (realm, case_id) REFERENCES {prefix}case_file (realm, id)
);

CREATE INDEX attribute_by_value ON {prefix}attribute (realm, name, value, case_id);

CREATE TABLE {prefix}command (
    realm TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (realm, id)
);

CREATE TABLE {prefix}scope (
    realm TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (realm, kind, id)
);

CREATE TABLE {prefix}message (
    realm TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (realm, id)
);

CREATE INDEX message_by_time ON {prefix}message (realm, recorded_at, id);

CREATE TABLE {prefix}rung (
    realm TEXT COLLATE "C" NOT NULL,
    case_id BYTEA NOT NULL,
    duty_no BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    rung BIGINT NOT NULL,
    duty TEXT COLLATE "C" NOT NULL,
    addressee TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C",
    due BIGINT NOT NULL,
    climbed_at BIGINT NOT NULL,
    late BOOLEAN NOT NULL,
    PRIMARY KEY (realm, case_id, duty_no, generation, rung)
);

CREATE INDEX rung_by_time
    ON {prefix}rung (realm, climbed_at, case_id, duty_no, generation, rung);
