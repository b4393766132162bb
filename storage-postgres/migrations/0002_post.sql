-- The outbox, from which couriers deliver, and the inbox, into which hosts put commands.
--
-- What was written before this migration is not put into the outbox: it is old news, and can be
-- read as ever.

-- One row for each message and each answer. `lane` is what must stay in order: the case of a
-- message; the command of an answer, which stands alone.
CREATE TABLE {prefix}outbox (
    realm TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    lane BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    no BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    settled_at BIGINT,
    problem TEXT COLLATE "C",
    PRIMARY KEY (realm, kind, id)
);

CREATE INDEX outbox_by_due ON {prefix}outbox (realm, due_at, lane, seq, no)
    WHERE state = 'pending';
CREATE INDEX outbox_by_lane ON {prefix}outbox (realm, lane, seq, no)
    WHERE state = 'pending';
CREATE INDEX outbox_open ON {prefix}outbox (realm, state, kind, id)
    WHERE state <> 'delivered';

-- The host inserts `realm`, `id`, `command` and `created_at`, in its own transaction; the other
-- columns are the engine's. `command` is emptied with the answer.
CREATE TABLE {prefix}inbox (
    realm TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    command TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    answered_at BIGINT,
    outcome TEXT COLLATE "C",
    answer TEXT COLLATE "C",
    PRIMARY KEY (realm, id),
    CHECK (octet_length(id) = 16)
);

CREATE INDEX inbox_waiting ON {prefix}inbox (realm, created_at, id)
    WHERE answered_at IS NULL;

-- Whose turn it is: who works through the inbox of a realm locks its row meanwhile, so that the
-- order of the commands is kept. The directory's row would do, were it not locked after the cases
-- by those who change it.
CREATE TABLE {prefix}turn (
    realm TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (realm, name)
);

INSERT INTO {prefix}turn (realm, name) SELECT realm, 'inbox' FROM {prefix}meta;
