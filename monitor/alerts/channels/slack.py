"""Alerts to a Slack channel through an incoming webhook. The address is a credential: nothing here ever shows it.

Slack names its troubles in the body, so the body decides before the status: a channel that is gone, a payload it
cannot read (worth one plain attempt), or a moment of weakness. Only 200 with `ok` is success. One message a second
per address, and silence for as long as Retry-After asks. Posts have no id on Slack's side: within this process a
message of several posts continues where it stopped, after a restart its first posts may appear twice.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from monitor.alerts.channels import Channel, Envelope
from monitor.alerts.channels._post import Answer, Pauses, Poster
from monitor.config import Config
from monitor.errors import TryLater, Undeliverable, Unplain
from monitor.model import Address, Message, SlackPost

# Error strings of incoming webhooks, from Slack's changelog of 2016 and what its clients report since.
GONE = frozenset(
    (
        "channel_is_archived",
        "channel_not_found",
        "no_service",
        "no_service_id",
        "no_team",
        "no_active_hooks",
        "invalid_token",
        "team_disabled",
        "action_prohibited",
        "user_not_found",
        "posting_to_general_channel_denied",
    )
)
UNREADABLE = frozenset(
    (
        "invalid_payload",
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "missing_text_or_fallback_or_attachments",
    )
)
SPACING_SECONDS = 1.0
_PATIENCE_SECONDS = 5.0  # longer than this is not waited for here
_PAUSE = timedelta(seconds=30)  # after a 429 that names no time
_REMEMBERED = 1000


class Slack:
    name = "slack"

    def __init__(self, host: str, poster: Poster, *, spacing: float = SPACING_SECONDS) -> None:
        self._host = host.rpartition("//")[2].rstrip("/").lower()
        self._poster = poster
        self._turns = Turns(spacing)
        self._pauses = Pauses(spacing)
        self._posted: OrderedDict[str, int] = OrderedDict()

    def send(self, address: Address, message: Message, delivery: str, now: datetime, extra: Envelope) -> str:
        """Post a message, part by part."""
        if not isinstance(message, SlackPost):
            raise TypeError("Slack takes a SlackPost")
        self._check(address.to)
        posts = (message, *message.rest)
        done = self._posted.get(delivery, 0) if message.blocks else 0
        for number, post in enumerate(posts[done:], done + 1):
            self._post(address.to, post, now)
            self._remember(delivery, number, len(posts))
        return "200 ok"

    def close(self) -> None:
        self._poster.close()

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
        except ValueError:
            raise Undeliverable("this is not a Slack address", gone=True) from None
        if parts.netloc.lower() != self._host or parts.scheme not in ("http", "https"):
            raise Undeliverable("this is not a Slack address", gone=True)

    def _post(self, url: str, post: SlackPost, now: datetime) -> None:
        if wait := self._pauses.left(url):
            raise TryLater("Slack asked for a pause", wait)
        self._turns.take(url)
        # The host is the operator's setting, so the address may lie wherever the operator said it does.
        answer = self._poster.post(url, payload(post), {"Content-Type": "application/json"}, now, operator=True)
        if answer.status == 429:
            self._pauses.hold(url, answer.retry_after or _PAUSE)
        judge(answer, plain=not post.blocks)

    def _remember(self, delivery: str, number: int, of: int) -> None:
        self._posted.pop(delivery, None)
        if number < of:
            self._posted[delivery] = number
        while len(self._posted) > _REMEMBERED:
            self._posted.popitem(last=False)


class Turns:
    """One request per `spacing` seconds and address; callers wait their turn, but not for long."""

    def __init__(self, spacing: float) -> None:
        self._spacing = spacing
        self._lock = threading.Lock()
        self._next: dict[int, float] = {}

    def take(self, url: str) -> None:
        """Return when it is this caller's turn. Raises TryLater where that is more than a few seconds away."""
        with self._lock:
            now, place = time.monotonic(), hash(url)
            self._next = {p: t for p, t in self._next.items() if t > now}
            wait = self._next.get(place, now) - now
            if wait > _PATIENCE_SECONDS:
                raise TryLater("many messages to one Slack address", timedelta(seconds=wait))
            self._next[place] = now + wait + self._spacing
        time.sleep(wait)


def payload(post: SlackPost) -> bytes:
    """The body: no preview of any link, and no mark-up in the fall-back text."""
    said = {"text": post.text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
    return json.dumps(said | ({"blocks": list(post.blocks)} if post.blocks else {}), ensure_ascii=False).encode()


def judge(answer: Answer, *, plain: bool) -> None:
    """Return for success, raise what the answer means otherwise; `plain` where the simplest form was already sent."""
    said = answer.body.strip()
    word = said if said in GONE | UNREADABLE else ""
    reason = f"Slack answered {answer.status} {word}".strip()
    if answer.status == 200 and said == "ok":
        return
    if word in GONE or answer.status == 410:
        raise Undeliverable(reason, gone=True)
    if word in UNREADABLE or answer.status == 400:
        raise Undeliverable(reason) if plain else Unplain(reason)
    if answer.status == 429:
        raise TryLater(reason, answer.retry_after or _PAUSE)
    if answer.status in (401, 403, 404):
        raise Undeliverable(reason)
    raise TryLater(reason, answer.retry_after)


def open_channel(config: Config, state: Path) -> Channel:
    return Slack(config.delivery.slack_host, Poster(config.network.allow, user_agent=config.network.user_agent))
