"""One attempt at one delivery: word it for its channel, send it, and say how that went.

Runs in a hand, away from the database and the keys. Whatever goes wrong is the result: nothing is raised, and nothing
that might hold an address is logged.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from monitor.alerts.channels import Channel, Envelope
from monitor.alerts.compose import compose
from monitor.errors import TryLater, Undeliverable, Unplain
from monitor.model import Address, Bundle, DeliveryKind, Mail, Message
from monitor.store.outbox import DueRow

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One delivery on its way. The address and what is said are kept out of the repr."""

    row: DueRow
    address: Address
    bundle: Bundle
    envelope: Envelope
    channel: Channel
    now: datetime

    def __repr__(self) -> str:
        return f"Job({self.row.id})"


@dataclass(frozen=True, slots=True)
class Done:
    row: DueRow
    channel: str
    trouble: Exception | None = None
    answer: str = ""  # the receiver's, short and without secrets
    proof: str = ""  # the challenge that an endpoint echoed


def attempt(job: Job) -> Done:
    """One attempt, in a hand: word the bundle for the channel, send it, and once more plainly if it was not understood.

    Never raises: whatever went wrong is the result.
    """
    try:
        try:
            answer = _send(job, word(job.bundle, job.channel.name))
        except Unplain:
            answer = _send(job, compose(job.bundle, job.channel.name, plain=True))
        return Done(job.row, job.channel.name, answer=answer, proof=_proof(job, answer))
    except Unplain as trouble:
        return Done(job.row, job.channel.name, trouble=Undeliverable(str(trouble)))
    except (TryLater, Undeliverable) as trouble:
        return Done(job.row, job.channel.name, trouble=trouble)
    except Exception as trouble:
        log.error("delivery %s: an unexpected error: %s", job.row.id, where(trouble))
        return Done(job.row, job.channel.name, trouble=TryLater("an unexpected error"))


def where(trouble: BaseException) -> str:
    """An unexpected error's type and place: its message might hold an address, so that is left out."""
    frames = traceback.extract_tb(trouble.__traceback__)[-3:]
    return " < ".join([type(trouble).__name__, *(f"{f.name}:{f.lineno}" for f in reversed(frames))])


def word(bundle: Bundle, channel: str) -> Message:
    """The message of a bundle. A mail that thousands of readers get is worded once: only their way out differs."""
    if channel != "email" or not bundle.unsubscribe_url:
        return compose(bundle, channel)
    head, _, token = bundle.unsubscribe_url.rpartition("/")
    blank = "0" * len(token)
    mail = _worded(replace(bundle, delivery="", unsubscribe_url=f"{head}/{blank}"), channel)
    if not isinstance(mail, Mail):
        return compose(bundle, channel)
    return replace(mail, text=mail.text.replace(blank, token), html=mail.html.replace(blank, token))


@lru_cache(maxsize=64)
def _worded(bundle: Bundle, channel: str) -> Message:
    return compose(bundle, channel)


def _proof(job: Job, answer: str) -> str:
    """An endpoint that sends the challenge back wants what it was signed up for."""
    challenge = job.bundle.text
    asked = job.bundle.kind is DeliveryKind.CONFIRM and job.channel.name == "webhook"
    return challenge if asked and challenge and challenge in answer else ""


def _send(job: Job, message: Message) -> str:
    return job.channel.send(job.address, message, job.row.id, job.now, job.envelope)
