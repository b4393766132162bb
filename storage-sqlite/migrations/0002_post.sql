-- The outbox, from which couriers deliver, and the inbox, into which hosts put commands.
--
-- What was written before this migration is not put into the outbox: it is old news, and can be
-- read as ever.

-- One row for each message and each answer. `lane` is what must stay in order: the case of a
-- message; the command of an answer, which stands alone.
CREATE TABLE {prefix}outbox (
    realm TEXT NOT NULL,
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    lane BLOB NOT NULL,
    seq INTEGER NOT NULL,
    no INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    settled_at INTEGER,
    problem TEXT,
    PRIMARY KEY (realm, kind, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX {prefix}outbox_by_due ON {prefix}outbox (realm, due_at, lane, seq, no)
    WHERE state = 'pending';
CREATE INDEX {prefix}outbox_by_lane ON {prefix}outbox (realm, lane, seq, no)
    WHERE state = 'pending';
CREATE INDEX {prefix}outbox_open ON {prefix}outbox (realm, state, kind, id)
    WHERE state <> 'delivered';

-- The host inserts `realm`, `id`, `command` and `created_at`, in its own transaction; the other
-- columns are the engine's. `command` is emptied with the answer.
CREATE TABLE {prefix}inbox (
    realm TEXT NOT NULL,
    id BLOB NOT NULL,
    command TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    answered_at INTEGER,
    outcome TEXT,
    answer TEXT,
    PRIMARY KEY (realm, id),
    CHECK (length(id) = 16)
) STRICT;

CREATE INDEX {prefix}inbox_waiting ON {prefix}inbox (realm, created_at, id)
    WHERE answered_at IS NULL;

-- Whose turn it is: who works through the inbox of a realm locks its row meanwhile, so that the
-- order of the commands is kept. The directory's row would do, were it not locked after the cases
-- by those who change it.
CREATE TABLE {prefix}turn (
    realm TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (realm, name)
) STRICT, WITHOUT ROWID;

INSERT INTO {prefix}turn (realm, name) SELECT realm, 'inbox' FROM {prefix}meta;
