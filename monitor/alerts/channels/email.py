"""Alerts by mail: one recipient per transaction, over connections that are kept open, no faster than allowed.

Passwords never travel without TLS, and a server's certificate is always verified; `security: none` is for a relay on
this machine and sends no password. Without a mail server everything goes to a Maildir under the state folder.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import certifi
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from monitor.alerts.channels import Channel, Envelope, _mime
from monitor.alerts.channels._maildir import Maildir
from monitor.alerts.channels._session import Patience, Session, Stale
from monitor.config import Config, SmtpConfig, secret
from monitor.errors import ConfigError, TryLater, Undeliverable
from monitor.model import Address, Mail, Message

# Which domains exist is the mail server's business: inside a network, `localhost` and `.test` may well.
SPECIAL_USE_DOMAIN_NAMES.clear()

FOLDER = "mail"
_IDLE_SECONDS = 30.0  # servers close sooner or later; a fresh connection costs less than a doubt


class Email:
    """The channel. `hand_over(sender, to, delivery, data)` does what is left when the mail is written."""

    name = "email"

    def __init__(self, settings: SmtpConfig, hand_over: Callable[[str, str, str, bytes], str]) -> None:
        self._sender = plain_address(settings.sender)
        self._sender_name = settings.sender_name
        self._bounces = settings.bounces
        self._hand_over = hand_over

    def send(self, address: Address, message: Message, delivery: str, now: datetime, extra: Envelope) -> str:
        """Send one mail to one person. The answer is the server's code."""
        if not isinstance(message, Mail):
            raise TypeError("mail takes a Mail")
        to = plain_address(address.to)
        data = _mime.render(message, self._sender, self._sender_name, to, delivery, now, extra)
        return self._hand_over(self._envelope_sender(extra.bounce or delivery), to, delivery, data)

    def close(self) -> None:
        close = getattr(self._hand_over, "close", None)
        if close:
            close()

    def _envelope_sender(self, local: str) -> str:
        """Where a bounce goes; with a domain for it, to a random address that is this mail's alone."""
        return f"{local}@{self._bounces}" if self._bounces else self._sender


class Submission:
    """Connections to the configured mail server, reused, a few at once, at a steady pace."""

    def __init__(
        self,
        settings: SmtpConfig,
        password: str = "",
        *,
        patience: Patience | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings, self._password = settings, password
        self._patience = patience or Patience()
        self._context = context or _tls_context()
        self._idle: list[Session] = []
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(settings.connections)
        self._next = 0.0

    def __call__(self, sender: str, to: str, delivery: str, data: bytes) -> str:
        self._take_turn()
        with self._room:
            try:
                return self._through(self._kept() or self._fresh(), sender, to, data)
            except Stale:
                return self._through(self._fresh(), sender, to, data)

    def close(self) -> None:
        """End idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for session in idle:
            session.quit()

    def _through(self, session: Session, sender: str, to: str, data: bytes) -> str:
        try:
            return session.send(sender, to, data)
        finally:
            if session.alive:
                with self._lock:
                    self._idle.append(session)
            else:
                session.quit()

    def _kept(self) -> Session | None:
        with self._lock:
            session = self._idle.pop() if self._idle else None
        if session and time.monotonic() - session.last_used > _IDLE_SECONDS:
            session.quit()
            return None
        return session

    def _fresh(self) -> Session:
        return Session(self._settings, self._password, self._context, self._patience)

    def _take_turn(self) -> None:
        """Mails leave evenly spaced, never in bursts that look like spam."""
        with self._lock:
            now = time.monotonic()
            wait = max(0.0, self._next - now)
            if wait > self._patience.turn:
                raise TryLater("the sending rate is used up", timedelta(seconds=wait))
            self._next = max(self._next, now) + 60 / self._settings.per_minute
        time.sleep(wait)


def plain_address(text: str) -> str:
    """Exactly one mail address, in ASCII (an international domain as its xn-- form).

    Raises Undeliverable for anything else: lists, names in front, quotes, comments, literals, control characters.
    """
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            globally_deliverable=False,
            allow_smtputf8=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
        )
    except EmailNotValidError:
        raise Undeliverable("this is not one mail address", gone=True) from None
    if not found.ascii_email:
        raise Undeliverable("this is not one mail address", gone=True)
    return found.ascii_email


def open_channel(config: Config, state: Path) -> Channel:
    """Mail as configured. Raises ConfigError for a missing password, or one that would travel in clear."""
    settings = config.delivery.smtp
    if not settings.host:
        maildir = Maildir(state / FOLDER)
        return Email(settings, lambda sender, to, delivery, data: maildir.keep(delivery, data))
    if settings.security == "none" and settings.user:
        raise ConfigError("delivery.smtp: a password is never sent without TLS; use security: starttls or tls")
    try:
        plain_address(settings.sender)
    except Undeliverable:
        raise ConfigError("delivery.smtp.sender: write one mail address, such as notes@example.org") from None
    return Email(settings, Submission(settings, secret(settings.password)))


def connect(settings: SmtpConfig) -> Session:
    """An open, encrypted, logged-in connection to the mail server, for `doctor`; `quit()` it.

    Raises TryLater with the step that failed, ConfigError for a missing password.
    """
    return Session(settings, secret(settings.password), _tls_context(), Patience(command=10.0))


def _tls_context() -> ssl.SSLContext:
    """The system's certificates and certifi's: whichever a machine lacks."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
