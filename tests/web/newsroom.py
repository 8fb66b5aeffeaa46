"""Rows of archive.db, written through the schema as gather would leave them, for pages to show."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from monitor import clock, languages
from monitor.matching.document import pack, search_texts
from monitor.model import Claim, Document
from monitor.reading.ledger import Said, replay
from monitor.store import Database, rows, search, write
from monitor.store.claims import claim_of


class Newsroom:
    """Writes stories, events, people and sources; every argument that a test does not care about has a value."""

    def __init__(self, db: Database, now: datetime) -> None:
        self.db = db
        self.now = now
        self.count = 0

    def ago(self, **span: float) -> datetime:
        return self.now - timedelta(**span)

    def story(self, uid: str, *, seen: datetime | None = None, event: int | None = None, into: int = 0) -> int:
        at = clock.to_text(seen or self.now)
        return self._insert(
            "stories", uid=uid, event_id=event, first_seen_at=at, last_seen_at=at, merged_into=into or None
        )

    def article(self, story: int, title: str, **given: Any) -> int:
        self.count += 1
        n = self.count
        seen = given.pop("seen", None) or self.now
        published = given.pop("published", None)
        sentences = given.pop("sentences", ())
        claim = {"kind": "pardon", "modality": "announced"} | given.pop("claim", {})
        plain = {"kind": claim["kind"], "modality": "past"}
        claims = [asdict(Claim(sentence=s, **(plain if n else claim))) for n, s in enumerate(sentences)]
        row = {
            "key": f"key:{n}",
            "item": f"item:{n}",
            "uid": f"art{n}",
            "url": f"https://outlet{n}.example/{n}",
            "source": "Wire",
            "outlet": f"Outlet {n}",
            "owner": f"Owner {n}",
            "type": "independent",
            "text": " ".join(sentences),
            "language": "en",
            "relevant": 1,
            "keys": b"",
            "analyser_version": "1",
            "fingerprint": b"",
        }
        row |= given
        row |= {
            "title": title,
            "story_id": story,
            "seen_at": clock.to_text(seen),
            "published_at": clock.to_text(published) if published else None,
            "claims": json.dumps(claims, ensure_ascii=False, default=str),
        }
        number = self._insert("articles", **row)
        self._index(number, row)
        return number

    def _index(self, number: int, row: dict[str, Any]) -> None:
        """As ingest would: the words of an article under their keys, so that search finds it."""
        language = row["language"]
        document = Document(
            title=languages.analyse(row["title"], language),
            text=languages.analyse(row["text"], language),
            language=language,
            **{name: row[name] for name in ("source", "outlet", "type")},
        )
        with write(self.db) as db:
            db.conn.execute("UPDATE articles SET keys = ? WHERE id = ?", (pack(document), number))
            search.index_article(db, number, search_texts(document))

    def event(self, slug: str, **given: Any) -> int:
        at = clock.to_text(given.pop("seen", None) or self.now)
        row = {"kind": "pardon", "state": "announced", "date": "2026-11-15", "first_seen_at": at, "last_seen_at": at}
        row |= given
        row["ledger"] = json.dumps(row.get("ledger", {}), ensure_ascii=False)
        return self._insert("events", slug=slug, **row)

    def settle(self, event: int) -> None:
        """Bring an event's ledger up to what the articles of its stories claim."""
        sql = "SELECT a.* FROM articles a JOIN stories s ON s.id = a.story_id WHERE s.event_id = ? ORDER BY a.seen_at"
        said = [
            Said(claim_of(json.dumps(c)), r["owner"], clock.from_text(r["seen_at"]), r["id"], bool(r["duplicate_of"]))
            for r in rows(self.db, sql, event)
            for c in json.loads(r["claims"])
        ]
        ledger = replay(said)
        with write(self.db) as db:
            values = (json.dumps(ledger.to_json(), ensure_ascii=False), ledger.state, event)
            db.conn.execute("UPDATE events SET ledger = ?, state = ? WHERE id = ?", values)

    def fact(self, key: str, kind: str, **given: Any) -> int:
        row = {"at": clock.to_text(given.pop("seen", None) or self.now)} | given
        row["data"] = json.dumps(row.get("data", {}), ensure_ascii=False)
        return self._insert("facts", key=key, kind=kind, **row)

    def person(self, person: str, name_en: str, **given: Any) -> None:
        given["aliases"] = json.dumps(given.get("aliases", []), ensure_ascii=False)
        self._insert("people", id=person, name_en=name_en, **given)

    def mention(self, article: int, person: str, **given: Any) -> None:
        row = {"status": "freed", "spelling": person, "sentence": "", "certain": 1} | given
        self._insert("mentions", article_id=article, person_id=person, **row)

    def source(self, name: str, **given: Any) -> None:
        config = {"name": name, "url": f"https://{name.lower()}.example/feed", "kind": "feed", "outlet": name}
        config |= given.pop("config", {})
        at = clock.to_text(self.now)
        row = {
            "config": json.dumps(config, ensure_ascii=False),
            "due_at": at,
            "status": "new",
            "first_success_at": at,
            "last_success_at": at,
            "last_new_at": at,
        }
        self._insert("sources", name=name, **(row | given))

    def held(self, date: str, count: int, who: str, url: str) -> None:
        self._insert("held_counts", date=date, count=count, who=who, url=url)

    def text(self, moment: datetime) -> str:
        return clock.to_text(moment)

    def beat(self, process: str = "gather", **ago: float) -> None:
        self._insert("heartbeats", process=process, at=clock.to_text(self.ago(**ago)))

    def _insert(self, table: str, **row: Any) -> int:
        marks = ", ".join("?" * len(row))
        with write(self.db) as db:
            done = db.conn.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
            return int(done.lastrowid or 0)
