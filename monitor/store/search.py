"""articles_fts and the tables around it: which articles may meet a query. Whether they do, the matcher decides.

The condition made from a query lets through at least everything that meets it: phrases and NEAR become their words,
NOT is dropped. It is walked from the newest article on, and stopped when it takes too long.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from monitor import clock
from monitor.errors import QueryError
from monitor.languages.name_keys import with_initial
from monitor.languages.names import parse_name
from monitor.matching.document import name_token, search_texts, unpack
from monitor.matching.index import frequencies
from monitor.matching.query import Query
from monitor.matching.syntax import And, Near, Node, Not, Or, Person, Phrase, Tag, Word
from monitor.matching.tags import source_tags
from monitor.matching.vocabulary import word_keys
from monitor.store import Database, row, rows, sqlite3

#: When an article belongs: published, where that is credible, else seen. The index `articles_at` is on these words.
_AT = "coalesce(a.published_at, a.seen_at)"


def index_article(db: Database, article: int, texts: tuple[str, str]) -> None:
    """Make an article findable by its `search_texts`; part of the caller's transaction."""
    db.conn.execute("INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)", (article, *texts))


def unindex_article(db: Database, article: int) -> None:
    """Undo `index_article`, before `articles.keys` changes: the table keeps no texts and must be told what it holds."""
    stored = row(db, "SELECT keys FROM articles WHERE id = ?", article)
    if stored is not None:
        db.conn.execute(
            "INSERT INTO articles_fts (articles_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (article, *search_texts(unpack(stored["keys"]))),
        )


def recent_frequencies(db: Database, limit: int = 2000) -> Counter[str]:
    """In how many of the newest articles each key and tag stands: for `Index`."""
    newest = rows(db, "SELECT keys, language, source, outlet, type FROM articles ORDER BY id DESC LIMIT ?", limit)
    return frequencies(unpack(**dict(each)) for each in newest)


def candidates(
    db: Database, query: Query, *, since: datetime | None, before: datetime | None, limit: int, seconds: float
) -> list[tuple[int, datetime]]:
    """At most `limit` articles that may meet a query and belong into [since, before), newest first, with their moments.

    Raises QueryError where the database does not answer in time.
    """
    bounds = [("since", ">=", since), ("before", "<", before)]
    given = [(f"{_AT} {sign} ?", clock.to_text(moment)) for _, sign, moment in bounds if moment is not None]
    with _within(db, seconds):
        condition = _Conditions(db).of(query.root) or _ANY
        where = " AND ".join([condition.sql, *(sql for sql, _ in given)])
        found = rows(
            db,
            f"SELECT a.id, {_AT} AS at FROM articles a INDEXED BY articles_at WHERE {where}"
            f" ORDER BY {_AT} DESC, a.id DESC LIMIT ?",
            *condition.values,
            *(value for _, value in given),
            limit,
        )
    return [(each["id"], clock.from_text(each["at"])) for each in found]


@contextlib.contextmanager
def _within(db: Database, seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    db.conn.set_progress_handler(lambda: time.monotonic() > end, 1000)
    try:
        yield
    except sqlite3.OperationalError:
        if time.monotonic() > end:
            raise QueryError("this takes too long to look up: add a word, or write longer beginnings", 0) from None
        raise
    finally:
        db.conn.set_progress_handler(None, 0)


def shown(db: Database, articles: Sequence[int]) -> dict[int, Any]:
    """What a list of results shows of each article, by id."""
    marks = ",".join("?" * len(articles))
    return {
        each["id"]: each
        for each in rows(
            db,
            "SELECT a.id, a.uid, a.url, a.title, a.text, a.outlet, a.source, a.type, a.language, a.seen_at,"
            f" s.uid AS story FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.id IN ({marks})",
            *articles,
        )
    }


def story_of(db: Database, article: int) -> int:
    found = row(db, "SELECT story_id FROM articles WHERE id = ?", article)
    return int(found["story_id"]) if found else 0


def oldest(db: Database) -> datetime | None:
    """When the oldest article belongs; None in an empty archive."""
    found = row(db, f"SELECT min({_AT}) AS at FROM articles a INDEXED BY articles_at")
    return clock.from_text(found["at"]) if found and found["at"] else None


class _Condition(NamedTuple):
    """SQL about `articles a`. `match` is set where a MATCH expression alone says it."""

    sql: str
    values: tuple[str, ...] = ()
    match: str = ""


_ANY = _Condition("1")
_NONE = _Condition("0")


def _match(expression: str) -> _Condition:
    sql = "a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)"
    return _Condition(sql, (expression,), expression)


class _Conditions:
    """Conditions for the parts of a query; None where any article may meet a part."""

    def __init__(self, db: Database) -> None:
        spoken = rows(db, "SELECT DISTINCT outlet, source, language FROM articles")
        self._languages = sorted({each["language"] for each in spoken})
        self._sources = {(each["source"], each["outlet"]) for each in spoken}

    def of(self, node: Node) -> _Condition | None:
        if isinstance(node, Not):
            return None
        if isinstance(node, And):
            return _joined("AND", [found for part in node.parts if (found := self.of(part))])
        if isinstance(node, Or):
            parts = [self.of(part) for part in node.parts]
            return _joined("OR", [part for part in parts if part]) if all(parts) else None
        if isinstance(node, Tag):
            return self._tag(node)
        if isinstance(node, Person):
            return self._person(node)
        return _match(self._words(node))

    def _words(self, leaf: Word | Phrase | Near) -> str:
        if isinstance(leaf, Word):
            return self._word(leaf)
        if isinstance(leaf, Phrase):
            return _expression("AND", map(self._word, leaf.words))
        sides = (_expression("OR", map(self._words, side)) for side in leaf.sides)
        return _expression("AND", sides)

    def _word(self, word: Word) -> str:
        if word.form == "prefix":
            found = f'"={word.text}" *'
        else:
            lemmas = {key for language in self._languages for key in word_keys(word.text, language)}
            keys = ["=" + word.text, *sorted(lemmas if word.form == "any" else ())]
            found = _expression("OR", map(_quoted, keys))
        return f"(title : ({found}))" if word.title else found

    def _person(self, person: Person) -> _Condition:
        known = _Condition("a.id IN (SELECT article_id FROM mentions WHERE person_id = ?)", (person.spelling,))
        name = parse_name(person.spelling)
        if name is None:
            return known
        keys = sorted({*name.strong, *with_initial(name.weak)})
        named = _match(_expression("OR", (_quoted(name_token(key)) for key in keys)))
        return _joined("OR", [known, named]) or known

    def _tag(self, tag: Tag) -> _Condition:
        if tag.kind == "source":
            names = [(s, o) for s, o in self._sources if f"source:{tag.value}" in source_tags(s, o)]
            alternatives = [_Condition("(a.source = ? AND a.outlet = ?)", name) for name in sorted(names)]
            return _joined("OR", alternatives) or _NONE
        return _Condition(_TAGS[tag.kind], (tag.value,))


_TAGS = {
    "lang": "a.language = ?",
    "type": "a.type = ?",
    "topic": "EXISTS (SELECT 1 FROM json_each(a.topics) t WHERE t.value = ?)",
    "event": "a.story_id IN (SELECT s.id FROM stories s JOIN events e ON e.id = s.event_id WHERE e.slug = ?)",
}


def _joined(operator: str, parts: Sequence[_Condition]) -> _Condition | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    if all(part.match for part in parts):
        return _match(_expression(operator, (part.match for part in parts)))
    return _Condition(
        "(" + f" {operator} ".join(part.sql for part in parts) + ")", tuple(v for part in parts for v in part.values)
    )


def _expression(operator: str, parts: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else "(" + f" {operator} ".join(distinct) + ")"


def _quoted(token: str) -> str:
    return '"' + token.replace('"', "") + '"'
