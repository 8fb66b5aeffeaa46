"""The sources table: what is configured, claimed, remembered and forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor import clock, store
from monitor.gather import memory as columns
from monitor.gather.pacing import Manners, Memory
from monitor.model import Kind, OutletType, Source, Status, Validators, Visit
from monitor.store import Database, sources

H = timedelta(hours=1)
FULL = Source(
    name="Nasha Niva",
    url="https://nashaniva.com/rss",
    kind=Kind.SITEMAP,
    outlet="nashaniva",
    owner="Nasha Niva",
    type=OutletType.NGO,
    languages=("be", "ru"),
    interval=timedelta(minutes=10),
    full_text=True,
    mirrors=("nashaniva.by",),
    path_id=r"/(\d+)",
    encoding="cp1251",
    proxy="socks5h://127.0.0.1:9050",
    note="ў",
)


def lease(source: Source) -> timedelta:
    return H


def test_a_source_comes_back_as_it_was_configured(archive: Database, now: datetime) -> None:
    sources.sync(archive, [FULL], now)
    (claimed,) = sources.claim_due(archive, now, lease)
    assert claimed.source == FULL == sources.all_sources(archive)[0]
    assert columns.from_row(claimed.memory) == Memory()


def test_a_setting_of_another_version_does_no_harm(archive: Database, now: datetime) -> None:
    sources.sync(archive, [FULL], now)
    with store.write(archive) as db:
        db.conn.execute("UPDATE sources SET config = json_set(config, '$.newer_setting', 1)")
    assert sources.claim_due(archive, now, lease)[0].source == FULL


def test_everything_remembered_survives_its_row(archive: Database, now: datetime) -> None:
    memory = Memory(
        Validators('W/"a b;c"', "odd ", "ff"),
        now,
        Manners(7, (1, 2), ("sunday",)),
        Status.SLOW_DOWN,
        now,
        *(3, 4, now, now, now, now, "https://a.example/", "https://b.example/", 2, now),
    )
    assert columns.from_row(columns.to_row(memory)) == memory
    sources.sync(archive, [FULL], now)
    (claimed,) = sources.claim_due(archive, now, lease)
    done = sources.Finished(claimed.id, Visit(Status.SLOW_DOWN, now), columns.to_row(memory), now, "a note")
    sources.finish(archive, [done])
    assert columns.from_row(sources.claim_due(archive, now, lease)[0].memory) == memory


def test_a_claimed_source_is_nobody_elses_until_its_lease_ends(archive: Database, now: datetime) -> None:
    sources.sync(archive, [FULL], now)
    (claimed,) = sources.claim_due(archive, now, lease)
    assert sources.claim_due(archive, now + H - timedelta(seconds=1), lease) == []
    assert len(sources.claim_due(archive, now + H, lease)) == 1
    sources.release(archive, [claimed])
    assert len(sources.claim_due(archive, now, lease)) == 1


def test_reliable_sources_come_first(archive: Database, now: datetime) -> None:
    names = [replace(FULL, name=name) for name in "abc"]
    sources.sync(archive, names, now)
    with store.write(archive) as db:
        db.conn.execute("UPDATE sources SET failures = 5 WHERE name = 'a'")
    assert [c.source.name for c in sources.claim_due(archive, now, lease)] == ["b", "c", "a"]


def test_syncing_the_same_configuration_changes_nothing(archive: Database, now: datetime) -> None:
    sources.sync(archive, [FULL], now)
    before = [tuple(r) for r in store.rows(archive, "SELECT * FROM sources")]
    sources.sync(archive, [FULL], now + H)
    assert [tuple(r) for r in store.rows(archive, "SELECT * FROM sources")] == before


def test_entries_are_new_changed_or_known(archive: Database, now: datetime) -> None:
    sources.sync(archive, [FULL], now)
    (claimed,) = sources.claim_due(archive, now, lease)
    seen = {b"1": b"x", b"2": b"y"}
    assert sources.changed(archive, claimed.id, seen) == {b"1": True, b"2": True}
    done = sources.Finished(
        claimed.id, Visit(Status.NEW, now), columns.to_row(Memory(last_new_at=now)), now, "", seen=seen
    )
    sources.finish(archive, [done])
    assert sources.changed(archive, claimed.id, {b"1": b"x", b"2": b"z", b"3": b"q"}) == {b"2": False, b"3": True}
    assert sources.identities(archive, [claimed.id]) == {b"1", b"2"}


def test_what_is_old_is_forgotten_but_not_what_a_slow_feed_still_carries(archive: Database, now: datetime) -> None:
    sources.sync(archive, [FULL], now)
    (claimed,) = sources.claim_due(archive, now, lease)
    year = timedelta(days=365)

    def finish(at: datetime, last_new: datetime, seen: dict[bytes, bytes]) -> None:
        row = columns.to_row(Memory(last_new_at=last_new))
        sources.finish(archive, [sources.Finished(claimed.id, Visit(Status.NEW, at), row, now, "", seen=seen)])

    finish(now - 2 * year, now - 2 * year, {b"gone": b"x", b"kept": b"x"})
    finish(now - year, now - year, {b"kept": b"x"})
    sources.save_robots(archive, "https://a.example", now - year, "")
    sources.forget_fetches(archive, now - timedelta(days=30))
    assert sources.identities(archive, [claimed.id]) == {b"kept"}
    assert store.row(archive, "SELECT count(*) FROM fetches")[0] == 0
    assert sources.robots(archive, now - 2 * year) == {}


def test_history_is_no_open_event(archive: Database, now: datetime) -> None:
    def event(slug: str, history: int, at: datetime) -> None:
        with store.write(archive) as db:
            db.conn.execute(
                "INSERT INTO events (slug, kind, state, history, first_seen_at, last_seen_at)"
                " VALUES (?, 'x', 'y', ?, ?, ?)",
                (slug, history, clock.to_text(at), clock.to_text(at)),
            )

    event("old", 0, now - 72 * H)
    event("shipped", 1, now)
    assert not sources.is_event_open(archive, now - 48 * H)
    event("today", 0, now)
    assert sources.is_event_open(archive, now - 48 * H)
