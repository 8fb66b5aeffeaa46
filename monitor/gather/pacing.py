"""When may a source be asked again, with which validators, and what is to be said about it? Pure.

In: the source as configured, what the database remembers of it, and the facts of one visit. Out: what to remember now.
The rules are those good feed readers are scored by: validators go back byte for byte and are replaced as one set;
`Retry-After`, `Cache-Control`, `Expires`, `<ttl>`, `<skipHours>` and `<skipDays>` are lower bounds; failures back
off but are never given up; only 410 ends the asking. An open event (`busy`) shortens our own interval, never a wait
the source asked for. `roll` in [0, 1) spreads the visits and only ever makes them later.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tld import get_fld

from monitor.gather.headers import freshness, retry_after
from monitor.model import Kind, Source, Status, Validators, Visit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FASTEST = timedelta(minutes=5)
HINT_CAP = DAY  # feeds lie: one says max-age of a year
SKIP_CAP = timedelta(days=2)
UNCONDITIONAL = HOUR  # a feed without validators costs its server a whole body each time
ESCAPE = timedelta(days=7, hours=12)  # some servers answer 304 for ever
MOVED_TIMES, MOVED_FOR = 3, DAY
LOST_AFTER = 5  # failures at a moved address until the configured one is tried again
#: How long a feed brought nothing new, and by what its interval is multiplied then.
QUIET = ((timedelta(days=14), 6), (timedelta(days=7), 4), (timedelta(days=3), 2))
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

SUCCESS = frozenset({Status.NEW, Status.UNCHANGED})
#: Pages and previews have no validators to be asked with; feeds should.
FEEDS = frozenset({Kind.FEED, Kind.SITEMAP})


@dataclass(frozen=True, slots=True)
class Manners:
    """What a feed itself says about being asked: `<ttl>` in minutes, hours and days (UTC) to leave it alone."""

    ttl_minutes: int = 0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """What the database knows of a source. `address` is where it is asked since a permanent move, '' as configured."""

    validators: Validators = field(default_factory=Validators)
    validators_since: datetime | None = None  # last confirmed by a whole answer
    manners: Manners = field(default_factory=Manners)
    status: Status | None = None
    status_since: datetime | None = None
    failures: int = 0
    unchanged: int = 0
    first_success_at: datetime | None = None
    last_success_at: datetime | None = None
    previous_success_at: datetime | None = None
    last_new_at: datetime | None = None
    address: str = ""
    moved_to: str = ""
    moved_seen: int = 0
    moved_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write: when it is due next, what to remember, and a sentence about how it went.

    `alarm` is a sentence for the operator, who has to do something about it, or ''.
    """

    due_at: datetime
    memory: Memory
    note: str = ""
    alarm: str = ""


def plan(source: Source, memory: Memory, visit: Visit, *, busy: bool = False, roll: float = 0.0) -> Plan:
    """Decide everything that follows from one visit."""
    after, note, alarm = _follow_move(source, _remember(memory, visit), visit)
    interval = _interval(source, after, visit, busy)
    wait = _wait(source, interval, after, visit)
    due = visit.at + wait + wait * 0.1 * roll
    if wait <= HINT_CAP:
        due = min(due, max(visit.at + HINT_CAP, visit.at + interval))
    due = _skip(due, after.manners)
    if due.microsecond:  # moments are stored in whole seconds, and never early
        due = due.replace(microsecond=0) + timedelta(seconds=1)
    return Plan(due, after, note or _sentence(after, visit), alarm or _alarm(memory, after, visit))


def conditions(memory: Memory, now: datetime) -> Validators:
    """The validators to send: those kept, or none where a 304 has been the only answer for a week."""
    since = memory.validators_since
    if memory.unchanged and since is not None and now - since >= ESCAPE:
        return Validators()
    return memory.validators


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are under one registrable domain (public suffix list, private suffixes included)."""
    hosts = [urlsplit(url).hostname or "" for url in (one, other)]
    domains = [get_fld(host, fix_protocol=True, fail_silently=True, search_private=True) or host for host in hosts]
    return bool(domains[0]) and domains[0] == domains[1]


def was_unasked(memory: Memory, now: datetime) -> bool:
    """Whether `conditions` leaves out validators that are kept."""
    return memory.validators != Validators() and conditions(memory, now) == Validators()


# ----------------------------------------------------------------------------------------------------- what to remember


def _remember(memory: Memory, visit: Visit) -> Memory:
    ok = visit.status in SUCCESS
    new = visit.status is Status.NEW
    whole = ok and (visit.http_status == 200 or memory.validators_since is None)
    return replace(
        memory,
        validators=visit.validators if ok and visit.validators is not None else memory.validators,
        validators_since=visit.at if whole or was_unasked(memory, visit.at) else memory.validators_since,
        manners=Manners(visit.ttl_minutes, visit.skip_hours, visit.skip_days) if new else memory.manners,
        status=visit.status,
        status_since=memory.status_since if _same_state(memory.status, visit.status) else visit.at,
        failures=0 if ok else memory.failures + 1,
        unchanged=memory.unchanged + 1 if visit.status is Status.UNCHANGED else 0 if new else memory.unchanged,
        first_success_at=memory.first_success_at or (visit.at if ok else None),
        last_success_at=visit.at if ok else memory.last_success_at,
        previous_success_at=memory.last_success_at if ok else memory.previous_success_at,
        last_new_at=visit.at if new else memory.last_new_at,
    )


def _same_state(before: Status | None, now: Status) -> bool:
    return before is now or (before in SUCCESS and now in SUCCESS)


def _follow_move(source: Source, memory: Memory, visit: Visit) -> tuple[Memory, str, str]:
    """A permanent move is believed after three equal answers over a day, and across domains only by the operator."""
    if visit.status not in SUCCESS:
        if memory.address and memory.failures >= LOST_AFTER:
            return replace(memory, address="", moved_to="", moved_seen=0, moved_since=None), "", ""
        return memory, "", ""
    if not visit.moved_to:
        return replace(memory, moved_to="", moved_seen=0, moved_since=None), "", ""
    again = visit.moved_to == memory.moved_to
    seen = memory.moved_seen + 1 if again else 1
    since = memory.moved_since if again and memory.moved_since else visit.at
    memory = replace(memory, moved_to=visit.moved_to, moved_seen=seen, moved_since=since)
    if seen < MOVED_TIMES or visit.at - since < MOVED_FOR:
        return memory, "", ""
    if not same_site(source.url, visit.moved_to):
        says = f"it says that it moved to {visit.moved_to}, on another domain: if that is right, change its url"
        return memory, says, says
    says = f"it moved to {visit.moved_to} and is asked there now; change its url when you can"
    return replace(memory, address=visit.moved_to, moved_to="", moved_seen=0, moved_since=None), says, says


# ------------------------------------------------------------------------------------------------------------- how long


def _interval(source: Source, memory: Memory, visit: Visit, busy: bool) -> timedelta:
    """Our own wish: the configured interval, longer for feeds that seldom change, shorter while an event is open."""
    if visit.status not in SUCCESS:
        return source.interval
    if busy:
        return min(source.interval, max(FASTEST, source.interval / 3))
    last = memory.last_new_at or memory.first_success_at
    quiet = visit.at - last if last else timedelta(0)
    factor = next((f for span, f in QUIET if quiet > span), 1)
    return source.interval if factor == 1 else max(source.interval, min(source.interval * factor, DAY))


def _wait(source: Source, interval: timedelta, memory: Memory, visit: Visit) -> timedelta:
    n = memory.failures
    match visit.status:
        case Status.NEW | Status.UNCHANGED:
            whole = _without_validators(interval, memory) if source.kind in FEEDS else interval
            return max(whole, _hint(memory.manners, visit))
        case Status.GONE:
            return timedelta(days=365)
        case Status.SLOW_DOWN:
            return max(interval, retry_after(visit) or _doubled(interval, n, DAY))
        case Status.REFUSED | Status.MISSING:
            return _doubled(interval, n, DAY)
        case Status.BROKEN:
            return max(_doubled(interval, n - 1, DAY), _hint(Manners(), visit))
        case _:  # not reached: costs nobody anything, and the fault is often ours
            lasting = memory.status_since is not None and visit.at - memory.status_since > 2 * DAY
            return _doubled(interval, n - 1, DAY if lasting else HOUR)


def _doubled(interval: timedelta, times: int, cap: timedelta) -> timedelta:
    return max(interval, min(interval * float(2 ** min(times, 20)), cap))


def _without_validators(interval: timedelta, memory: Memory) -> timedelta:
    """Whole bodies are asked for hourly at most, and more seldom each time they bring nothing."""
    if memory.validators.etag or memory.validators.last_modified:
        return interval
    return _doubled(max(interval, UNCONDITIONAL), memory.unchanged, DAY)


def _hint(manners: Manners, visit: Visit) -> timedelta:
    """The longest the answer itself asks for, capped."""
    return min(max(freshness(visit), timedelta(minutes=manners.ttl_minutes)), HINT_CAP)


def _skip(due: datetime, manners: Manners) -> datetime:
    """Move forward, hour by hour, out of the hours and days (UTC) in which the feed wants to be left alone."""
    hours, days = set(manners.skip_hours), {day.lower() for day in manners.skip_days}
    moved = due
    while (moved.hour in hours or WEEK[moved.weekday()] in days) and moved - due < SKIP_CAP:
        moved = moved.replace(minute=0, second=0, microsecond=0) + HOUR
    return moved


# ---------------------------------------------------------------------------------------------------------- what to say

_SAYS = {
    Status.NEW: "read; it had something new",
    Status.UNCHANGED: "read; nothing new",
    Status.SLOW_DOWN: "it asks to be visited more seldom",
    Status.REFUSED: "it refuses to be read",
    Status.MISSING: "there is nothing at this address",
    Status.GONE: "it is gone for good and is not asked any more",
    Status.BROKEN: "it answers, but not with what it should be",
    Status.UNREACHABLE: "it cannot be reached",
}


def _sentence(memory: Memory, visit: Visit) -> str:
    said = _SAYS[visit.status]
    if visit.http_status >= 400:
        said += f" (HTTP {visit.http_status})"
    return f"{said}: {visit.note}" if visit.note else said


def _alarm(before: Memory, after: Memory, visit: Visit) -> str:
    """Once, when a state begins that does not end by itself."""
    if visit.status is Status.GONE or (visit.status is Status.REFUSED and before.status is not Status.REFUSED):
        return _sentence(after, visit)
    return ""
