"""When a digest is due. Pure: zones and moments in, moments out.

A digest belongs to a local day. Stepping through local dates, not through hours, makes it right where clocks change:
an hour that does not exist moves forward, an hour that comes twice counts once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def moment_of(day: date, hhmm: str, zone: str) -> datetime:
    """When the digest of a local `day` is due, in UTC. Raises ValueError or ZoneInfoNotFoundError for nonsense."""
    hour, minute = map(int, hhmm.split(":"))
    local = datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)  # fold=0: the first of two; in a gap, as if the clock had not moved yet


def next_digest(after_utc: datetime, hhmm: str, zone: str) -> datetime:
    """The first digest moment later than `after_utc`, in UTC."""
    day = after_utc.astimezone(ZoneInfo(zone)).date() - DAY
    while (moment := moment_of(day, hhmm, zone)) <= after_utc:
        day += DAY
    return moment


def due_between(after_utc: datetime, until_utc: datetime, hhmm: str, zone: str) -> date | None:
    """The local day of the last digest moment in (after, until], None where there is none.

    After an outage of days that is one day: one digest catches up on all of them.
    """
    day = until_utc.astimezone(ZoneInfo(zone)).date() + DAY
    while (moment := moment_of(day, hhmm, zone)) > until_utc:
        day -= DAY
    return day if moment > after_utc else None


def week_between(after_utc: datetime, until_utc: datetime, hhmm: str, zone: str) -> date | None:
    """The last local Monday whose moment lies in (after, until], None where there is none.

    After an outage of weeks that is one Monday: one note for all of them.
    """
    day = until_utc.astimezone(ZoneInfo(zone)).date() + DAY
    day -= day.weekday() * DAY
    while (moment := moment_of(day, hhmm, zone)) > until_utc:
        day -= 7 * DAY
    return day if moment > after_utc else None


def quiet_until(now: datetime, quiet: tuple[str, ...], zone: str) -> datetime | None:
    """When the quiet hours that `now` falls into end, None outside of them. They may span midnight."""
    if len(quiet) != 2 or quiet[0] == quiet[1]:
        return None
    start, end = quiet
    today = now.astimezone(ZoneInfo(zone)).date()
    for day in (today - DAY, today):
        begins = moment_of(day, start, zone)
        ends = moment_of(day + DAY if end < start else day, end, zone)
        if begins <= now < ends:
            return ends
    return None
