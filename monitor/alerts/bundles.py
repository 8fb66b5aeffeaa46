"""Facts × subscriptions → matches → what is due to whom, and when.

`match` is the seam between the two databases: it reads facts past the cursor and writes matches and the new cursor in
one transaction, so that replaying it changes nothing. "Instant" is a digest of one minute. Nobody is told the same
news twice, whatever it was filed under: a fact's key says what is new, and all its aliases count.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, islice
from typing import Literal

from monitor.alerts.digest import due_between, quiet_until, week_between
from monitor.alerts.entries import subject
from monitor.alerts.followed import Followed
from monitor.alerts.meeting import Meeting
from monitor.alerts.standing import Standing, Wanted
from monitor.model import DeliveryKind, Fact
from monitor.store import Database, facts, matches, outbox, write
from monitor.store.facts import EventRow
from monitor.store.matches import MatchRow, NewMatch
from monitor.store.outbox import NewDelivery
from monitor.subscribers.readers import RELEASES, Reader, is_sure_enough, rank

#: Facts and matches per transaction of T5: a fact may reach every reader, and the web must not wait long.
FACTS = 50
MATCHES = 20_000
#: Deliveries written in one transaction.
DELIVERIES = 500
DAY = timedelta(days=1)
#: How long nothing has to have been sent to somebody before they are told that all is quiet.
WEEK = timedelta(days=7)
#: Clocks are set back by hours, not by days: a mark further ahead than this comes from a clock that was wrong.
CLOCK_ERROR = timedelta(hours=26)

# ------------------------------------------------------------------------------------------------- facts → matches


def match(
    archive_db: Database, private: Database, standing: Standing, now: datetime, stop: threading.Event | None = None
) -> int:
    """T5, until no fact is left or `stop` is set: who wants to know? Returns how many matches are new."""
    standing.refresh(private)
    total, cursor, followed = 0, _sound_cursor(archive_db, private), Followed(archive_db)
    while (not stop or not stop.is_set()) and (batch := facts.after(archive_db, cursor, FACTS)):
        found: dict[tuple[str, str, str], NewMatch] = {}
        meeting = Meeting(archive_db, standing, followed, [fact for fact in batch if is_news(fact)])
        for fact in batch:
            if is_news(fact):
                for new in concerned(archive_db, private, standing, fact, followed, meeting):
                    _merge(found, new)
            if len(found) >= MATCHES or fact is batch[-1]:
                with write(private):
                    if matches.cursor(private) != cursor:
                        return total  # somebody else was here meanwhile; their matches count
                    total += matches.add(private, found.values(), now)
                    matches.move_cursor(private, fact.id)
                cursor, found = fact.id, {}
    return total


def _merge(found: dict[tuple[str, str, str], NewMatch], new: NewMatch) -> None:
    """The same news from twelve articles of one batch is one match, with all its reasons."""
    key = (new.subscriber, new.keys[0], new.value)
    old = found.get(key)
    if old is None:
        found[key] = new
    elif old.reasons != new.reasons or old.instant < new.instant:
        reasons = tuple(sorted({*old.reasons, *new.reasons}))
        found[key] = old._replace(reasons=reasons, instant=old.instant or new.instant)


def is_news(fact: Fact) -> bool:
    """Not what waits for a human, and not what ingest marked as silent (a first visit, or too old)."""
    return not fact.held_for_human and not fact.data.get("silent")


def concerned(
    archive_db: Database, private: Database, standing: Standing, fact: Fact, followed: Followed, meeting: Meeting
) -> list[NewMatch]:
    """Everybody whom one fact concerns, each once."""
    if fact.kind == "correction":
        return list(_corrected(archive_db, private, standing, fact))
    wanted: dict[str, list[tuple[Wanted, bool]]] = {}
    event = facts.event(archive_db, fact.event) if fact.event else None
    for found in meeting.wanted(fact):
        if (found.subscriber in standing.tests) != (fact.kind == "probe"):
            continue  # the synthetic item is no reader's, and the test mailbox gets nothing else
        if (reader := standing.readers.get(found.subscriber)) is None:
            continue
        when = _due(fact, found, event, followed)
        if when == "at once" or (when == "digest" and reader.hour):
            at_once = when == "at once" and (found.settings.instant or not reader.hour)
            wanted.setdefault(found.subscriber, []).append((found, at_once))
    if not wanted:
        return []
    keys, value = keys_of(archive_db, fact)
    return [
        NewMatch(
            subscriber,
            keys,
            value,
            fact.id,
            tuple(sorted({w.subscription for w, _ in found})),
            any(at_once for _, at_once in found),
        )
        for subscriber, found in wanted.items()
    ]


def keys_of(archive_db: Database, fact: Fact) -> tuple[tuple[str, ...], str]:
    """(every key under which this may have been told, the value it is news at).

    That something became surer is told to whoever was not told of it yet, because they waited for that; so it goes by
    the key of the event, or of the person in it. A count is news again at another value.
    """
    key = fact.key
    if fact.kind == "state" and fact.event and fact.data.get("state"):
        key = f"event:{fact.event}:named:{fact.person}" if fact.person else f"event:{fact.event}"
    value = str(fact.data.get("value", "")) if fact.kind == "count" else ""
    return facts.aliases(archive_db, key), value


def _due(fact: Fact, wanted: Wanted, event: EventRow | None, followed: Followed) -> Literal["at once", "digest", ""]:
    """When a subscription is told of a fact, '' for never. One that waits for certainty is told at once of news that
    is as sure as that. What is no news (an anniversary, a running total, travel onwards) is for the digest of whoever
    wants to hear of releases; a hint is for those who asked for hints."""
    certainty, waits = wanted.settings.certainty, fact.data.get("waits", "")
    if rank(certainty) <= rank("hint"):
        return "at once"
    sure = event is not None and is_sure_enough(_state(fact, wanted, event, followed), certainty)
    if sure and not waits:
        return "at once"
    about_releases = wanted.settings.query == RELEASES and fact.kind == "coverage" and waits != "hint"
    return "digest" if sure or about_releases else ""


def _state(fact: Fact, wanted: Wanted, event: EventRow, followed: Followed) -> str:
    """How sure it is: of the person, where somebody is followed whom the ledger knows; else of the event."""
    people = event.ledger.get("people", {})
    states = [
        str(line["state"])
        for person, line in people.items()
        if person == fact.person or any(followed.means(label, person) for label in wanted.evidence.people)
    ]
    return max(states, key=rank) if states else event.state


def _corrected(archive_db: Database, private: Database, standing: Standing, fact: Fact) -> Iterator[NewMatch]:
    """A correction reaches everybody who was told what it corrects, whatever they wait for now."""
    about = f"event:{fact.event}" if fact.event else f"story:{fact.story}"
    corrects = fact.data.get("corrects")
    if corrects:
        keys = [
            k for key in ([corrects] if isinstance(corrects, str) else corrects) for k in facts.aliases(archive_db, key)
        ]
        people = matches.told(private, keys)
    else:
        people = matches.told_about(private, facts.aliases(archive_db, about))
    aliases = facts.aliases(archive_db, fact.key)
    for subscriber in sorted(people & standing.readers.keys()):
        yield NewMatch(subscriber, aliases, "", fact.id, (), standing.is_instant(subscriber))


def _sound_cursor(archive_db: Database, private: Database) -> int:
    """The cursor; one that is ahead of the facts comes from before an archive backup was put back."""
    cursor, newest = matches.cursor(private), facts.newest(archive_db)
    if cursor > newest:
        matches.move_cursor(private, newest)
    return min(cursor, newest)


# --------------------------------------------------------------------------------------------- matches → deliveries


def bundle(private: Database, standing: Standing, now: datetime, gather_for: timedelta) -> int:
    """What has gathered for long enough becomes deliveries, except in somebody's quiet hours. Returns how many."""
    standing.refresh(private)
    waiting = matches.waiting(private, instant=True, since_before=now - gather_for)
    due = (
        new
        for subscriber, found in waiting.items()
        if (reader := standing.readers.get(subscriber)) and not quiet_until(now, reader.quiet, reader.zone)
        for new in alerts(subscriber, reader, found, now)
    )
    return _write(private, due, now)


def alerts(subscriber: str, reader: Reader, found: Sequence[MatchRow], now: datetime) -> Iterator[NewDelivery]:
    """One message with everything; in Slack one message per story or event, which can be answered in its thread."""
    if all(m.key.startswith("probe:") for m in found):
        yield NewDelivery(new_id(), subscriber, DeliveryKind.TEST, now, tuple(m.id for m in found), "probe")
        return
    parts = [list(found)]
    if reader.channel == "slack":
        parts = [list(part) for _, part in groupby(sorted(found, key=subject), key=subject)]
    for part in parts:
        kind = DeliveryKind.CORRECTION if all(":correction" in m.key for m in part) else DeliveryKind.ALERT
        yield NewDelivery(new_id(), subscriber, kind, now, tuple(m.id for m in part))


def digests(private: Database, standing: Standing, now: datetime) -> int:
    """Digests whose hour has come since this was last asked: one per reader and local day, and only with content.

    After an outage that is one digest for all the days. With them go the weekly notes. Returns how many were written.
    """
    standing.refresh(private)
    last = _last_look(private, now)
    days = _due_days(standing, last, now)
    waiting = matches.waiting(private, instant=False, since_before=now) if days else {}
    due = (
        NewDelivery(new_id(), subscriber, DeliveryKind.DIGEST, now, tuple(m.id for m in found), day.isoformat())
        for subscriber, found in waiting.items()
        if (reader := standing.readers.get(subscriber)) and (day := days.get((reader.hour, reader.zone)))
    )
    written = _write(private, due, now)
    written += _write(private, _quiet_notes(private, standing, last, now), now)
    if last <= now:
        matches.set_mark(private, "digests", int(now.timestamp()))
    return written


def _quiet_notes(private: Database, standing: Standing, last: datetime, now: datetime) -> Iterator[NewDelivery]:
    """On Monday, a word to whom the week brought nothing: after the digests, so that these count."""
    since = matches.mark(private, "weekly")
    if since is None:
        matches.set_mark(private, "weekly", int(now.timestamp()))
    if since is None or now.timestamp() - since < (WEEK - DAY).total_seconds():
        return  # nobody was told nothing for a week by a program that is younger
    hours = {(reader.weekly_hour, reader.zone) for reader in standing.readers.values()}
    weeks = {at: week for at in hours if at[0] and (week := week_between(last, now, *at))}
    if not weeks:
        return
    unheard = outbox.unheard_of(private, now - WEEK)
    for subscriber, reader in standing.readers.items():
        week = weeks.get((reader.weekly_hour, reader.zone))
        if week and subscriber in unheard:
            yield NewDelivery(new_id(), subscriber, DeliveryKind.QUIET, now, (), week.isoformat())


def last_digests(private: Database) -> datetime | None:
    """When digests were last looked at."""
    mark = matches.mark(private, "digests")
    return datetime.fromtimestamp(mark, UTC) if mark is not None else None


def new_id() -> str:
    """A delivery's id for life: 130 random bits that say nothing about when, whom or what."""
    return "".join(secrets.choice("0123456789abcdefghjkmnpqrstvwxyz") for _ in range(26))


def _last_look(private: Database, now: datetime) -> datetime:
    last = last_digests(private)
    return now if last is None or last > now + CLOCK_ERROR else last


def _due_days(standing: Standing, last: datetime, now: datetime) -> dict[tuple[str, str], date]:
    hours = {(reader.hour, reader.zone) for reader in standing.readers.values() if reader.hour}
    found = {at: due_between(last, now, *at) for at in hours}
    return {at: day for at, day in found.items() if day}


def _write(private: Database, due: Iterable[NewDelivery], now: datetime) -> int:
    rest, written = iter(due), 0
    while part := list(islice(rest, DELIVERIES)):
        with write(private):
            written += sum(outbox.add_delivery(private, new, now) for new in part)
    return written
