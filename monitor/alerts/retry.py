"""When to try again, and when to give up. Pure: the clock and the dice are arguments.

Webhooks follow the schedule published with Standard Webhooks, mail the practice of mail servers, Slack the webhook
schedule up to a day and a half (an alert that is older than that is the digest's business).
"""

from __future__ import annotations

from datetime import datetime, timedelta

_SECOND, _MINUTE, _HOUR, _DAY = (timedelta(**{u: 1}) for u in ("seconds", "minutes", "hours", "days"))

# The pause after the first, second … failed attempt; after the last one the message is given up.
_WEBHOOK = (
    5 * _SECOND,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
_LADDERS: dict[str, tuple[timedelta, ...]] = {
    "webhook": _WEBHOOK,
    "slack": _WEBHOOK[:7],
    "email": (5 * _MINUTE, 15 * _MINUTE, _HOUR, *([4 * _HOUR] * 24)),
}
_MAIL_AGE = 4 * _DAY  # greylisting passes in minutes, a weekend without a mail server in days
_JITTER = 0.2  # so that a thousand endpoints of one host do not come back in the same second
_LONGEST_WAIT = _DAY  # that a receiver may ask for

# How long a claimed delivery is nobody else's. Mail: a server may take ten minutes to answer the final dot, and asking
# again before that makes two mails of one (RFC 5321, 4.5.3.2.6); a turn and a slow greeting come on top.
# Hooks: 30 s for the answer, and as much to spare; Slack may need several posts, a second apart.
_LEASES = {"email": 20 * _MINUTE, "webhook": 60 * _SECOND, "slack": 3 * _MINUTE}


def next_attempt(
    channel: str, attempts: int, created: datetime, now: datetime, after: timedelta | None, roll: float
) -> datetime | None:
    """When to try a delivery again that just failed for the `attempts`-th time (1 or more); None means give it up.

    `after` is the least wait the receiver asked for: obeyed up to a day, never shortened by the dice. For Slack it is
    the whole answer, so that messages that were put off keep their order. `roll` in [0, 1) spreads attempts by ±20 %.
    """
    ladder = _LADDERS.get(channel, _WEBHOOK)
    if attempts > len(ladder) or (channel == "email" and now - created >= _MAIL_AGE):
        return None
    pause = ladder[max(attempts, 1) - 1] * (1 - _JITTER + 2 * _JITTER * roll)
    if after is not None:
        asked = min(after, _LONGEST_WAIT)
        pause = asked if channel == "slack" else max(pause, asked)
    return now + pause


def lease(channel: str) -> timedelta:
    """For how long a claimed delivery of this channel is left alone: longer than an attempt can take."""
    return _LEASES.get(channel, 60 * _SECOND)
