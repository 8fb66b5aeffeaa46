"""archive.db: what was published, and what is known from it. Public, publishable, backed up freely.

Only `gather` (and the operator's commands) write here. `docs/data.md` describes every table; a test keeps it true.
"""

from __future__ import annotations

from pathlib import Path

from monitor.store import Database, Migrations, migrate

migrations = Migrations("archive")

_FIRST = """
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    config TEXT NOT NULL,                     -- JSON of model.Source as configured
    enabled INTEGER NOT NULL DEFAULT 1,
    due_at TEXT NOT NULL,                     -- first due, back-off and lease in one
    etag TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    body_hash TEXT NOT NULL DEFAULT '',
    validators_since TEXT,                    -- when the validators were last confirmed by a 200
    status TEXT NOT NULL DEFAULT '',          -- model.Status of the last visit, '' before the first
    status_since TEXT,
    note TEXT NOT NULL DEFAULT '',            -- one sentence about the status
    failures INTEGER NOT NULL DEFAULT 0,      -- consecutive
    unchanged INTEGER NOT NULL DEFAULT 0,     -- consecutive
    first_success_at TEXT,                    -- the baseline visit
    last_success_at TEXT,
    previous_success_at TEXT,                 -- the one before: the late window counts from here
    last_new_at TEXT,
    moved_to TEXT NOT NULL DEFAULT '',
    moved_seen INTEGER NOT NULL DEFAULT 0,
    moved_since TEXT,
    address TEXT NOT NULL DEFAULT '',         -- where it is asked since a permanent move; '' as configured
    manners TEXT NOT NULL DEFAULT '{}'        -- JSON: the feed's own ttl, skipHours and skipDays
) STRICT;
CREATE INDEX sources_due ON sources (due_at) WHERE enabled;

CREATE TABLE entries (                        -- what a source already gave, so that only news is read again
    source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    identity BLOB NOT NULL,                   -- hash of the entry's guid
    content BLOB NOT NULL,                    -- hash of its words
    seen_at TEXT NOT NULL,
    PRIMARY KEY (source_id, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE robots (                         -- robots.txt of hosts whose pages are read, kept for a day
    site TEXT PRIMARY KEY,                    -- https://host
    at TEXT NOT NULL,
    rules TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE fetches (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    status TEXT NOT NULL,
    http_status INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    new INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    ms INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;
CREATE INDEX fetches_source ON fetches (source_id, at);

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,                -- neutral, stable: e1a2b3
    kind TEXT NOT NULL,
    state TEXT NOT NULL,                      -- hint | announced | named | corroborated | confirmed | corrected …
    date TEXT,                                -- ISO date of the event
    precision TEXT NOT NULL DEFAULT 'day',
    title TEXT NOT NULL DEFAULT '',
    ledger TEXT NOT NULL DEFAULT '{}',        -- JSON: the replay of its claims and decisions
    history INTEGER NOT NULL DEFAULT 0,       -- came with the shipped data, not gathered
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    merged_into INTEGER REFERENCES events (id)
) STRICT;
CREATE INDEX events_date ON events (date);

CREATE TABLE stories (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,                 -- random, neutral: used in links
    event_id INTEGER REFERENCES events (id),
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    merged_into INTEGER REFERENCES stories (id)
) STRICT;
CREATE INDEX stories_seen ON stories (last_seen_at);
CREATE INDEX stories_event ON stories (event_id);
CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,                 -- outlet + path or numeric id, never the host
    item TEXT NOT NULL,                       -- the same without the edition
    uid TEXT NOT NULL UNIQUE,                 -- random, neutral: /n/{uid}
    url TEXT NOT NULL,
    story_id INTEGER NOT NULL REFERENCES stories (id),
    language TEXT NOT NULL,
    fingerprint BLOB NOT NULL,                -- reading.fingerprint.Fingerprint; before the texts, which fill pages
    source TEXT NOT NULL,
    outlet TEXT NOT NULL,
    owner TEXT NOT NULL,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,                       -- body as gathered; only sentences that matter are ever shown
    author TEXT NOT NULL DEFAULT '',
    published_at TEXT,                        -- clamped to sense; NULL where nothing credible was given
    seen_at TEXT NOT NULL,
    edition_of INTEGER REFERENCES articles (id),  -- same item: mirror, AMP, language edition
    duplicate_of INTEGER REFERENCES articles (id),  -- same text elsewhere
    score REAL NOT NULL DEFAULT 1.0,          -- by which it joined its story
    score_why TEXT NOT NULL DEFAULT '',
    baseline INTEGER NOT NULL DEFAULT 0,      -- came with the first visit: alerts nobody
    late INTEGER NOT NULL DEFAULT 0,          -- 1 seen late through our own downtime, 2 too old to alert
    relevant INTEGER NOT NULL DEFAULT 0,
    topics TEXT NOT NULL DEFAULT '[]',
    claims TEXT NOT NULL DEFAULT '[]',        -- JSON of model.Claim
    keys BLOB NOT NULL,                       -- zlib of the token keys and spans, for the matcher
    analyser_version TEXT NOT NULL
) STRICT;
CREATE INDEX articles_item ON articles (item);
CREATE INDEX articles_version ON articles (analyser_version, id);
CREATE INDEX articles_story ON articles (story_id);
CREATE INDEX articles_seen ON articles (seen_at);
CREATE INDEX articles_source ON articles (source, id);
CREATE INDEX articles_at ON articles (coalesce(published_at, seen_at), id);
CREATE INDEX articles_spoken ON articles (outlet, source, language);

CREATE VIRTUAL TABLE articles_fts USING fts5(
    -- every key is one token, folded already; which column it stands in is asked, its places are not
    title, text, content='', detail=column, tokenize="ascii tokenchars '=-+@''' "
);

CREATE TABLE features (                       -- what a candidate for the same story must share one of
    feature INTEGER NOT NULL,                 -- hash of its name
    at INTEGER NOT NULL,                      -- minutes since 1970
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (feature, at, article_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE versions (                       -- an article's earlier wordings
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    at TEXT NOT NULL,                         -- when this wording was last seen
    title TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX versions_article ON versions (article_id);

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name_en TEXT NOT NULL,
    name_be TEXT NOT NULL DEFAULT '',
    name_ru TEXT NOT NULL DEFAULT '',
    aliases TEXT NOT NULL DEFAULT '[]',
    gender TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT '',
    status_date TEXT NOT NULL DEFAULT '',
    status_source TEXT NOT NULL DEFAULT '',
    destination TEXT NOT NULL DEFAULT '',
    namesakes TEXT NOT NULL DEFAULT '',
    origin TEXT NOT NULL DEFAULT 'operator'   -- shipped | operator
) STRICT;

CREATE TABLE mentions (
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    spelling TEXT NOT NULL,
    sentence TEXT NOT NULL,
    certain INTEGER NOT NULL,
    PRIMARY KEY (article_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_person ON mentions (person_id);

CREATE TABLE claims (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    event_id INTEGER REFERENCES events (id),
    at TEXT NOT NULL,
    origin TEXT NOT NULL,
    owner TEXT NOT NULL,
    data TEXT NOT NULL                        -- JSON of model.Claim
) STRICT;
CREATE INDEX claims_event ON claims (event_id);
CREATE INDEX claims_article ON claims (article_id);

CREATE TABLE facts (                          -- immutable, numbered: the seam to private.db
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,                        -- what is new, never where it was filed
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    article_id INTEGER REFERENCES articles (id),
    story TEXT NOT NULL DEFAULT '',           -- stories.uid
    event TEXT NOT NULL DEFAULT '',           -- events.slug
    person TEXT NOT NULL DEFAULT '',
    data TEXT NOT NULL DEFAULT '{}',
    held INTEGER NOT NULL DEFAULT 0           -- waits for a human
) STRICT;
CREATE INDEX facts_key ON facts (key);
CREATE INDEX facts_article ON facts (article_id);
CREATE INDEX facts_story ON facts (story);
CREATE INDEX facts_event ON facts (event);

CREATE TABLE decisions (                      -- what the operator decided: replayed with the claims
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,                       -- story-split | story-merge | event-confirm | event-retract …
    subject TEXT NOT NULL,
    data TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE listings (                       -- the last accepted state of a published list
    source TEXT NOT NULL,
    person TEXT NOT NULL,                     -- the list's own id, hashed
    status TEXT NOT NULL,
    released_on TEXT NOT NULL DEFAULT '',
    died INTEGER NOT NULL DEFAULT 0,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (source, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE held_counts (
    date TEXT NOT NULL,
    count INTEGER NOT NULL,
    who TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (date, who)
) STRICT, WITHOUT ROWID;

CREATE TABLE captures (                       -- evidence behind an alert: an append-only hash chain
    id INTEGER PRIMARY KEY,
    article_id INTEGER REFERENCES articles (id),
    at TEXT NOT NULL,
    url TEXT NOT NULL,
    http_status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    previous TEXT NOT NULL,
    chain TEXT NOT NULL
) STRICT;

CREATE TABLE alarms (                         -- what the operator has to look at: told by send
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE heartbeats (
    process TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    data TEXT NOT NULL DEFAULT '{}'
) STRICT;
"""


@migrations(name="0001_archive")
def _first(db: Database) -> None:
    _run(db, _FIRST)


_RESPONSES = """
CREATE TABLE responses (                      -- answers that captures rest on, as bytes, until they are old
    sha256 TEXT PRIMARY KEY,                  -- of the bytes as they were decoded from the transfer
    packed BLOB NOT NULL                      -- zlib; its hash is in the capture too
) STRICT, WITHOUT ROWID;
"""


@migrations(name="0002_responses")
def _responses(db: Database) -> None:
    _run(db, _RESPONSES)


_HABITS = """
ALTER TABLE sources ADD COLUMN quiet_after INTEGER;          -- seconds of silence that are unusual for it; learned
ALTER TABLE sources ADD COLUMN last_article_at TEXT;                    -- when its newest article was seen
ALTER TABLE sources ADD COLUMN oddity TEXT NOT NULL DEFAULT '';         -- why it is suspicious: kind and detail
ALTER TABLE sources ADD COLUMN told TEXT NOT NULL DEFAULT '';           -- the state the operator was last told of
"""


@migrations(name="0003_habits")
def _habits(db: Database) -> None:
    _run(db, _HABITS)


def _run(db: Database, script: str) -> None:
    """Statement by statement, because `executescript` would commit the migration's transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line.split("--")[0]
        if statement.rstrip().endswith(";"):
            db.conn.execute(statement)
            statement = ""


def open_archive(state: Path) -> Database:
    """archive.db under a state folder, at this program's schema."""
    return migrate(state / "archive.db", migrations)
