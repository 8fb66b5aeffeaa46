"""private.db: who wants to hear what. Mode 0600, in a folder of its own, never in an archive backup.

Everything that points to a person is sealed: only `send` can open it. Every column in clear is here because a process
without the key must see it, and says nothing about anybody. `web` only appends `requests` and marks tokens left.
"""

from __future__ import annotations

from pathlib import Path

from monitor.store import Database, Migrations, migrate
from monitor.store.archive_schema import _run

migrations = Migrations("private")

_FIRST = """
CREATE TABLE requests (                       -- appended by web, worked off by the desk in send
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    sealed BLOB NOT NULL                      -- JSON: kind, address, settings, token hash …
) STRICT;

CREATE TABLE subscribers (
    id TEXT PRIMARY KEY,                      -- random
    look_up BLOB NOT NULL UNIQUE,             -- keyed hash of the address; the key is send's
    state TEXT NOT NULL,                      -- pending | active | paused | left | disabled
    origin TEXT NOT NULL,                     -- config | operator | web | notices (where the operator is told)
    sealed BLOB NOT NULL,                     -- JSON: channel, address, secret, language, zone, hour …
    unsubscribe_hash BLOB NOT NULL UNIQUE,
    month TEXT NOT NULL,                      -- of creation, no finer
    failing_since TEXT                        -- the first failed send since the last good one
) STRICT;

CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    subscriber_id TEXT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    origin TEXT NOT NULL,
    sealed BLOB NOT NULL                      -- JSON: name, query, when, certainty …
) STRICT;
CREATE INDEX subscriptions_subscriber ON subscriptions (subscriber_id);

CREATE TABLE matches (
    id INTEGER PRIMARY KEY,
    subscriber_id TEXT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    fact_key TEXT NOT NULL,
    value TEXT NOT NULL DEFAULT '',           -- of a count: another value of the same key is news again
    fact_id INTEGER NOT NULL,
    reasons TEXT NOT NULL,                    -- JSON list of subscription ids
    instant INTEGER NOT NULL,
    at TEXT NOT NULL,
    delivery_id TEXT,                         -- the message it went into
    UNIQUE (subscriber_id, fact_key, value)
) STRICT;
CREATE INDEX matches_waiting ON matches (subscriber_id) WHERE delivery_id IS NULL;
CREATE INDEX matches_delivery ON matches (delivery_id);

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,                      -- random, for life: Message-ID, webhook-id
    subscriber_id TEXT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'due',        -- due | sent | given-up | cancelled
    due_at TEXT NOT NULL,                     -- first due, back-off and lease in one
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    first_due_at TEXT NOT NULL,
    finished_at TEXT,
    reason TEXT NOT NULL DEFAULT '',          -- why the last attempt failed; never an address
    template TEXT NOT NULL DEFAULT '1',
    day TEXT,                                 -- a digest's local date, a notice's topic: one row of each
    sealed BLOB,                              -- what a confirmation, manage or notice mail needs
    UNIQUE (subscriber_id, kind, day)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'due';

CREATE TABLE tokens (
    hash BLOB PRIMARY KEY,
    scope TEXT NOT NULL,                      -- confirm | manage | not-me | code
    subscriber_id TEXT REFERENCES subscribers (id) ON DELETE CASCADE,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    blob BLOB                                 -- settings: manage, under a key derived from the token; confirm, sealed
) STRICT;
CREATE INDEX tokens_subscriber ON tokens (subscriber_id);

CREATE TABLE left_tokens (                    -- unsubscribe tokens that were used: checked when a delivery is claimed
    hash BLOB PRIMARY KEY,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE suppressions (
    look_up BLOB PRIMARY KEY,
    reason TEXT NOT NULL,
    until TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (                       -- who was told what, so that corrections reach them
    subscriber_id TEXT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    fact_key TEXT NOT NULL,
    value TEXT NOT NULL DEFAULT '',           -- the last told value of a count
    at TEXT NOT NULL,
    PRIMARY KEY (subscriber_id, fact_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (                       -- what old delivery rows become
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    result TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, kind, channel, result)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE switches (                       -- locked, paused …
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE heartbeats (
    process TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    data TEXT NOT NULL DEFAULT '{}'
) STRICT;
"""


@migrations(name="0001_private")
def _first(db: Database) -> None:
    _run(db, _FIRST)


def open_private(state: Path) -> Database:
    """private/private.db under a state folder, at this program's schema."""
    folder = state / "private"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return migrate(folder / "private.db", migrations)
