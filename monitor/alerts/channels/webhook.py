"""Alerts to another program: JSON over https, signed as Standard Webhooks 1.0.0 describes.

The id stays the same on every attempt, so a receiver can drop repeats; time and signature are the attempt's. Any
answer but 2xx is a failure, a redirect too; 410 means never again. During a change of secrets both sign.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from pathlib import Path

from monitor.alerts import inert
from monitor.alerts.channels import Channel, Envelope
from monitor.alerts.channels._post import Answer, Pauses, Poster
from monitor.clock import to_text
from monitor.config import Config
from monitor.errors import TryLater, Undeliverable
from monitor.model import Address, HookCall, Message

PREFIX = "whsec_"
_BUSY = {429, 502, 503, 504}


class Webhook:
    name = "webhook"

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._pauses = Pauses()

    def send(self, address: Address, message: Message, delivery: str, now: datetime, extra: Envelope) -> str:
        """Post one call. The answer is its status, followed by the first 200 characters of a confirmation's answer
        (where the challenge is expected back) and of the operator's own receivers."""
        if not isinstance(message, HookCall):
            raise TypeError("a webhook takes a HookCall")
        if wait := self._pauses.left(address.to):
            raise TryLater("the receiver asked for a pause", wait)
        body = payload(message, now)
        headers = self._headers(address, delivery, now, body)
        answer = self._poster.post(address.to, body, headers, now, operator=extra.operator)
        self._judge(address, answer)
        shown = extra.operator or message.type == "monitor.confirm"
        return f"{answer.status} {inert.text(answer.body, 200) if shown else ''}".strip()

    def close(self) -> None:
        self._poster.close()

    def _headers(self, address: Address, delivery: str, now: datetime, body: bytes) -> dict[str, str]:
        moment = int(now.timestamp())
        signatures = [sign(s, delivery, moment, body) for s in (address.secret, address.old_secret) if s]
        if not signatures:
            raise Undeliverable("the receiver has no signing secret")
        return {
            "Content-Type": "application/json; charset=utf-8",
            "webhook-id": delivery,
            "webhook-timestamp": str(moment),
            "webhook-signature": " ".join(signatures),
        }

    def _judge(self, address: Address, answer: Answer) -> None:
        if 200 <= answer.status < 300:
            return
        reason = f"the receiver answered {answer.status}"
        if answer.status == 410:
            raise Undeliverable(reason, gone=True)
        if answer.status in _BUSY and answer.retry_after:
            self._pauses.hold(address.to, min(answer.retry_after, timedelta(days=1)))
            raise TryLater(reason, answer.retry_after)
        raise TryLater(reason)


def payload(call: HookCall, now: datetime) -> bytes:
    """The body: what is told, of which type, and since when it is true."""
    said = {"type": call.type, "timestamp": call.timestamp or to_text(now), "data": call.data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def sign(secret: str, delivery: str, moment: int, body: bytes) -> str:
    """The signature `v1,…` over id, time (Unix seconds) and exact body. Raises Undeliverable for a broken secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise Undeliverable("the signing secret is not base64") from None
    signed = hmac.new(key, b"%s.%d.%s" % (delivery.encode(), moment, body), hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def open_channel(config: Config, state: Path) -> Channel:
    return Webhook(Poster(config.network.allow, user_agent=config.network.user_agent))
