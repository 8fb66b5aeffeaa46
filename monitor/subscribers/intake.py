"""What readers ask through the web, worked off by `send`: T9, one transaction per request.

The web answered long ago, always with the same words; here it is looked up, decided and, where it causes a message,
that is written in the same transaction. Whoever asks for an address that is not theirs causes at most three messages
to it in a day, changes nothing about it, and learns nothing.

A request that makes no sense is dropped: only its kind is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.config import Config
from monitor.matching.query import parse
from monitor.store import Database, outbox, sqlite3, subscribers, switches, tokens, write
from monitor.store.outbox import NewDelivery
from monitor.store.subscribers import SubscriberRow
from monitor.store.tokens import RequestRow, TokenRow
from monitor.subscribers import desk
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import CERTAINTIES, Reader, Subscription
from monitor.subscribers.requests import copy_for, hash_of, new_code, new_token

log = logging.getLogger(__name__)

CONFIRM_FOR = timedelta(hours=24)
MANAGE_FOR = timedelta(minutes=15)
SUPPRESSED_FOR = timedelta(days=400)

#: Messages that strangers can cause: to one address, and all together.
BUDGET = 3
BUDGET_SPAN = timedelta(hours=24)
EVERYBODY = 500
EVERYBODY_SPAN = timedelta(hours=1)
AT_A_TIME = 100
#: Requests that wait longer than this (because of the budget for all) are dropped.
STALE = timedelta(hours=24)

#: Why such a hash is held, beside "not me".
BUDGETED = "budget"
_DOTLESS = ("gmail.com", "googlemail.com")

CAUSED = ("confirm", "manage")
SUBSCRIPTIONS = 50


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every kind of request is worked off with."""

    private: Database
    keys: Keys
    config: Config
    now: datetime
    asked_at: datetime


def work_requests(private: Database, keys: Keys, config: Config, now: datetime) -> int:
    """Work off the oldest requests; returns how many were seen to, 0 when nothing waits or the budget is used up."""
    waiting = tokens.requests(private, min(AT_A_TIME, _room(private, now)))
    erased = [_work(private, keys, config, request, now) for request in waiting]
    if any(erased):
        switches.empty_wal(private)
    return len(waiting)


def _room(private: Database, now: datetime) -> int:
    """How many messages strangers may still cause within the hour. When it is none, requests wait in line."""
    return max(0, EVERYBODY - outbox.mails_since(private, CAUSED, now - EVERYBODY_SPAN))


def _work(private: Database, keys: Keys, config: Config, request: RequestRow, now: datetime) -> bool:
    """One request, all of it or nothing of it; whether somebody was erased. One that makes no sense stops no other."""
    kind = "unreadable"
    try:
        with write(private):
            asked = keys.open(request.sealed)
            kind = str(asked.get("kind"))
            stale = now - request.at > STALE and "token" not in asked
            erased = not stale and _WORK[kind](_Desk(private, keys, config, now, request.at), asked)
            tokens.drop_request(private, request.id)
            return bool(erased)
    except sqlite3.Error:
        raise
    except Exception as trouble:
        log.warning("a request (%s) was dropped: %s", kind if kind in _WORK else "unknown", type(trouble).__name__)
        tokens.drop_request(private, request.id)
        return False


# --------------------------------------------------------------------------------------------------- the seven kinds


def _sign_up(at: _Desk, asked: dict[str, Any]) -> None:
    """Somebody wants to hear something. Nothing about them changes before they confirm it from their own mailbox."""
    reader = _reader(asked["channel"], asked["to"], asked.get("settings", {}))
    wanted = _subscriptions(asked.get("subscriptions", []))
    look_up = at.keys.look_up(reader.to, "subscriber")
    if tokens.suppressed(at.private, at.keys.look_up(reader.to, "suppression"), at.now):
        return
    row = subscribers.by_look_up(at.private, look_up)
    if row is None:
        desk.add(at.private, at.keys, reader, [], at.now, origin="web", state="pending")
        row = subscribers.by_look_up(at.private, look_up)
    elif row.state == "disabled":
        subscribers.set_state(at.private, row.id, "pending")
    if row and _within_budget(at, reader.to):
        _send_confirmation(at, row, reader, wanted)


def _confirm(at: _Desk, asked: dict[str, Any]) -> None:
    """The token came back: what was asked for is now wanted. A code opens the settings, too, where that was asked."""
    token = _token(at, asked, "confirm") or _token(at, asked, "code")
    if token and token.scope == "code":
        _open_settings(at, token.subscriber or "", str(asked["manage"]))
        return
    row = subscribers.by_id(at.private, token.subscriber or "") if token else None
    if not token or not row or token.blob is None:
        return
    proposed = at.keys.open(token.blob)
    held = desk.open_reader(at.keys, row)
    reader = Reader.unpack(proposed["settings"])
    secret = held.secret or reader.secret
    fresh = replace(reader, to=held.to, leave=held.leave, secret=secret, old_secret=held.old_secret)
    desk.edit(at.private, at.keys, row.id, fresh, _subscriptions(proposed["subscriptions"]), "active")
    tokens.drop_tokens(at.private, row.id, "confirm")
    tokens.drop_tokens(at.private, row.id, "not-me")
    if "manage" in asked and reader.channel == "slack":
        _open_settings(at, row.id, str(asked["manage"]))


def _manage_link(at: _Desk, asked: dict[str, Any]) -> None:
    """A fresh link to somebody's settings, to their own address; to others, silence.

    A Slack channel is read by many: it gets a code, and the link is given by the page where that is typed in.
    """
    row = subscribers.by_look_up(at.private, at.keys.look_up(str(asked["to"]), "subscriber"))
    if row is None or row.state not in ("active", "paused") or not _within_budget(at, str(asked["to"])):
        return
    if desk.open_reader(at.keys, row).channel == "slack":
        code = new_code()
        tokens.drop_tokens(at.private, row.id, "code")
        _add_token(at, code, "code", row.id, MANAGE_FOR)
        _write(at, row.id, "manage", {"code": code})
    else:
        token = new_token()
        _open_settings(at, row.id, token)
        _write(at, row.id, "manage", {"token": token})


def _open_settings(at: _Desk, subscriber: str, token: str) -> None:
    """Let a token open a copy of somebody's settings, once, and no older token."""
    settings = desk.export(at.private, at.keys, subscriber)
    tokens.drop_tokens(at.private, subscriber, "manage")
    _add_token(at, token, "manage", subscriber, MANAGE_FOR, copy_for(token, settings))


def _change(at: _Desk, asked: dict[str, Any]) -> None:
    """New settings, from a page that a manage link opened. The address stays: another one signs up anew."""
    token = _token(at, asked, "manage")
    row = subscribers.by_id(at.private, token.subscriber or "") if token else None
    if not row:
        return
    held = desk.open_reader(at.keys, row)
    if "settings" in asked:
        fresh = _reader(held.channel, held.to, asked["settings"])
        held = replace(
            fresh, leave=held.leave, secret=held.secret, old_secret=held.old_secret, old_until=held.old_until
        )
    wanted = _subscriptions(asked["subscriptions"]) if "subscriptions" in asked else None
    state = asked.get("state")
    desk.edit(at.private, at.keys, row.id, held, wanted, state if state in ("active", "paused") else None)


def _leave(at: _Desk, asked: dict[str, Any]) -> None:
    """The same as the mark the web sets at once; the desk erases whoever is marked."""
    subscribers.mark_left(at.private, hash_of(str(asked["token"])), at.now)


def _not_me(at: _Desk, asked: dict[str, Any]) -> bool:
    """Somebody else typed this address in: it is not asked again, and nothing of it is kept but a keyed hash."""
    token = _token(at, asked, "not-me")
    row = subscribers.by_id(at.private, token.subscriber or "") if token else None
    if not row:
        return False
    address = desk.open_reader(at.keys, row).to
    tokens.suppress(at.private, at.keys.look_up(address, "suppression"), "not me", at.now + SUPPRESSED_FOR)
    if row.state == "pending":
        subscribers.erase(at.private, row.id)
        return True
    tokens.drop_tokens(at.private, row.id, "confirm")
    return False


def _erase(at: _Desk, asked: dict[str, Any]) -> bool:
    """Everything about somebody, at their own wish (with a manage token or the one of their unsubscribe link)."""
    token = _token(at, asked, "manage")
    if token and token.subscriber:
        subscribers.erase(at.private, token.subscriber)
        return True
    return subscribers.mark_left(at.private, hash_of(str(asked["token"])), at.now)


_WORK: dict[str, Callable[[_Desk, dict[str, Any]], bool | None]] = {
    "sign-up": _sign_up,
    "confirm": _confirm,
    "manage-link": _manage_link,
    "change": _change,
    "leave": _leave,
    "not-me": _not_me,
    "erase": _erase,
}


# -------------------------------------------------------------------------------------------------------- the parts


def _reader(channel: str, to: str, settings: dict[str, Any]) -> Reader:
    """A reader as somebody from outside may describe one. Raises ValueError for what cannot be."""
    if channel not in ("email", "slack", "webhook") or not to or len(to) > 2000:
        raise ValueError("no such destination")
    allowed = ("language", "zone", "hour", "quiet", "discretion", "html", "code_word", "weekly")
    chosen = {name: settings[name] for name in allowed if name in settings}
    reader = Reader.unpack({**chosen, "channel": channel, "to": to.strip(), "leave": new_token()})
    if reader.discretion not in ("open", "discreet", "pointer") or len(reader.code_word) > 80:
        raise ValueError("no such settings")
    return reader


def _subscriptions(asked: list[dict[str, Any]]) -> list[Subscription]:
    """Raises QueryError or ValueError for what cannot be matched."""
    wanted = [Subscription.unpack(each) for each in asked[:SUBSCRIPTIONS]]
    for subscription in wanted:
        parse(subscription.query)
        if subscription.certainty and subscription.certainty not in CERTAINTIES:
            raise ValueError("no such certainty")
    return wanted


def _token(at: _Desk, asked: dict[str, Any], scope: str) -> TokenRow | None:
    """The token's row, used up by this; None where it was not valid when the page was answered, or was used before."""
    hashed = hash_of(str(asked["token"]))
    found = tokens.token(at.private, hashed)
    if found is None or found.scope != scope or found.expires <= at.asked_at:
        return None
    return found if tokens.use_token(at.private, hashed, at.now) else None


def _within_budget(at: _Desk, to: str) -> bool:
    """Whether strangers may cause one more message to this mailbox today; if so, this one counts.

    Counted by mailbox, not by reader: a+1@ and a+2@ are two readers and one person's mailbox. A keyed hash is held for
    the day, and nothing else.
    """
    for place in range(BUDGET):
        hashed = at.keys.look_up(mailbox(to), f"budget {place}")
        if not tokens.suppressed(at.private, hashed, at.now):
            tokens.suppress(at.private, hashed, BUDGETED, at.now + BUDGET_SPAN)
            return True
    return False


def mailbox(to: str) -> str:
    """Where mail to an address ends up: without what stands behind a plus, and at Google without dots."""
    local, at_sign, domain = to.strip().casefold().rpartition("@")
    if not at_sign or "://" in to:
        return to.strip()
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '') if domain in _DOTLESS else local}@{domain}"


def _send_confirmation(at: _Desk, row: SubscriberRow, reader: Reader, wanted: list[Subscription]) -> None:
    """A code to type for Slack, a challenge to echo for a webhook, a link for a mailbox."""
    token = new_code() if reader.channel == "slack" else new_token()
    proposed = {"settings": reader.pack(), "subscriptions": [s.pack() for s in wanted]}
    _add_token(at, token, "confirm", row.id, CONFIRM_FOR, at.keys.seal(proposed))
    said = {"code": token} if reader.channel != "email" else {"token": token}
    if reader.channel == "email":
        said["not_me"] = new_token()
        _add_token(at, said["not_me"], "not-me", row.id, CONFIRM_FOR)
    _write(at, row.id, "confirm", said)


def _add_token(at: _Desk, token: str, scope: str, subscriber: str, lives: timedelta, blob: bytes | None = None) -> None:
    row = TokenRow(hash_of(token), scope, subscriber, at.now + lives, False, blob)
    tokens.add_token(at.private, row)


def _write(at: _Desk, subscriber: str, kind: str, said: dict[str, Any]) -> None:
    new = NewDelivery(desk.new_id() + desk.new_id(), subscriber, kind, at.now, sealed=at.keys.seal(said))
    outbox.add_delivery(at.private, new, at.now)
