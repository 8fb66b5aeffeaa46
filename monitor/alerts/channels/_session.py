"""One connection to the mail server, and what each of its refusals means.

Trouble before a recipient is named is everyone's; a recipient's refusal is that recipient's; and after the final dot a
lost answer may hide an accepted mail, so nothing is asked again for ten minutes. Names and addresses that the server
repeats are left out of every answer: only its codes are reported.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from monitor.config import SmtpConfig
from monitor.errors import DeliveryError, TryLater, Undeliverable

_TEN_MINUTES = timedelta(minutes=10)
_NO_SUCH_MAILBOX = re.compile(r"5\.1\.(0|1|2|3|6|10)|5\.2\.1")
_MAILBOX_FULL = "5.2.2"
_UNAUTHENTICATED = re.compile(r"[45]\.7\.(2[0-9]|3[0-2])")  # SPF, DKIM, DMARC, reverse name: ours to mend


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a turn, for a connection and each command, and for the answer to the final dot.

    RFC 5321 4.5.3.2 asks for ten minutes after the dot: less makes two mails of one.
    """

    turn: float = 60.0
    command: float = 30.0
    dot: float = 630.0


class Stale(Exception):
    """The server closed a connection that had been lying idle; nothing of this mail was said yet."""


class Session:
    """An open, encrypted and authenticated connection. Raises TryLater(everyone) where there is none to be had."""

    def __init__(self, settings: SmtpConfig, password: str, context: ssl.SSLContext, patience: Patience) -> None:
        self._patience = patience
        self._used = False
        self.alive = True
        self.last_used = time.monotonic()
        self._smtp = self._connect(settings, context)
        try:
            self._introduce(settings, password, context)
        except BaseException:
            self._smtp.close()
            raise

    def send(self, sender: str, to: str, data: bytes) -> str:
        """One transaction with one recipient; the codes of the server's last answer.

        Raises TryLater, Undeliverable, or Stale (a kept connection was closed: open another). After Undeliverable or a
        refused recipient the session can go on; after anything else it must be closed (`alive` says which).
        """
        self.alive = False
        self._mail(sender)
        with self._everyone("RCPT", everyone=False):
            answer = self._smtp.rcpt(to)
        if answer[0] not in (250, 251, 252):
            self._reset_after(_refused(answer, "RCPT"))
        said = self._data(data)
        self._keep()
        return said

    def quit(self) -> None:
        """Say goodbye if the server listens, and hang up."""
        try:
            self._timeout(2)
            self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            self._smtp.close()

    def _connect(self, settings: SmtpConfig, context: ssl.SSLContext) -> smtplib.SMTP:
        name = settings.sender.rpartition("@")[2]  # what we say in EHLO: never this machine's name
        with self._everyone("the connection"):
            if settings.security == "tls":
                return smtplib.SMTP_SSL(
                    settings.host, settings.port, name, timeout=self._patience.command, context=context
                )
            return smtplib.SMTP(settings.host, settings.port, name, timeout=self._patience.command)

    def _introduce(self, settings: SmtpConfig, password: str, context: ssl.SSLContext) -> None:
        with self._everyone("EHLO"):
            self._smtp.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            with self._everyone("STARTTLS"):
                code, said = self._smtp.starttls(context=context)
                if code != 220:
                    raise smtplib.SMTPResponseException(code, said)
                self._smtp.ehlo()
        if settings.user:
            with self._everyone("AUTH"):
                self._smtp.login(settings.user, password)

    def _mail(self, sender: str) -> None:
        try:
            answer = self._smtp.mail(sender)
        except (smtplib.SMTPServerDisconnected, OSError):
            if self._used:
                raise Stale from None
            raise TryLater("the mail server broke off at MAIL", everyone=True) from None
        if answer[0] == 421 and self._used:
            raise Stale
        if answer[0] != 250:
            raise TryLater(_told(answer, "MAIL"), everyone=True)

    def _data(self, data: bytes) -> str:
        with self._everyone("DATA", everyone=False):
            answer = self._smtp.docmd("DATA")
        if answer[0] != 354:
            self._reset_after(_refused(answer, "DATA"))
        return self._whole_mail(re.sub(rb"(?m)^\.", b"..", data) + b".\r\n")

    def _whole_mail(self, data: bytes) -> str:
        """Everything to the final dot, in one piece: from here on no answer is not the same as no."""
        try:
            self._timeout(self._patience.dot)
            self._smtp.send(data)
            answer = self._smtp.getreply()
            self._timeout(self._patience.command)
        except (smtplib.SMTPException, OSError):
            raise TryLater("no answer to the whole mail: it may have been taken", _TEN_MINUTES) from None
        if answer[0] != 250:
            self._reset_after(_refused(answer, "the mail"))
        return _codes(answer)

    def _timeout(self, seconds: float) -> None:
        if isinstance(self._smtp.sock, socket.socket):
            self._smtp.sock.settimeout(seconds)

    def _reset_after(self, trouble: DeliveryError) -> None:
        """Make the connection ready for the next mail, if it can be, and raise what happened to this one."""
        try:
            if self._smtp.rset()[0] == 250:
                self._keep()
        except (smtplib.SMTPException, OSError):
            pass  # closed; it was not alive anyway
        raise trouble

    def _keep(self) -> None:
        """This connection is good for another mail."""
        self.alive, self._used, self.last_used = True, True, time.monotonic()

    @contextmanager
    def _everyone(self, step: str, *, everyone: bool = True) -> Iterator[None]:
        """Whatever goes wrong in this step is worth another try; for everyone, unless said otherwise."""
        try:
            yield
        except smtplib.SMTPResponseException as refusal:
            answer = (refusal.smtp_code, refusal.smtp_error)
            raise TryLater(_told(answer, step), everyone=everyone) from None
        except ssl.SSLCertVerificationError as trouble:
            raise TryLater(f"the mail server's certificate: {trouble.verify_message}", everyone=everyone) from None
        except (smtplib.SMTPException, OSError) as trouble:
            raise TryLater(f"{step} failed: {_plainly(trouble)}", everyone=everyone) from None


def _plainly(trouble: Exception) -> str:
    """What went wrong, for somebody who is no engineer, and without a word that the server said."""
    for kinds, sentence in (
        (socket.gaierror, "the name of the server is not known"),
        (ConnectionRefusedError, "nobody listens at this host and port"),
        (TimeoutError, "no answer in time; is it the right port, and does the network let it through?"),
        (smtplib.SMTPNotSupportedError, "the server does not offer it"),
        (ssl.SSLError, "the server does not speak TLS here; `tls` is for port 465, `starttls` for 587"),
        (smtplib.SMTPServerDisconnected, "the server hung up"),
        (ConnectionError, "the server hung up"),
    ):
        if isinstance(trouble, kinds):
            return sentence
    return type(trouble).__name__


def _refused(answer: tuple[int, bytes | str], step: str) -> DeliveryError:
    """What a refusal of a recipient or of a whole mail means."""
    code, enhanced, told = answer[0], _enhanced(answer), _told(answer, step)
    if code == 421 or _UNAUTHENTICATED.match(enhanced):
        return TryLater(told, everyone=True)
    if not 500 <= code < 600 or enhanced == _MAILBOX_FULL:
        return TryLater(told)
    nobody = step == "RCPT" and (_NO_SUCH_MAILBOX.fullmatch(enhanced) or (code in (550, 551) and not enhanced))
    return Undeliverable(told, gone=bool(nobody))


def _told(answer: tuple[int, bytes | str], step: str) -> str:
    return f"the mail server answered {_codes(answer)} to {step}"


def _codes(answer: tuple[int, bytes | str]) -> str:
    return f"{answer[0]} {_enhanced(answer)}".strip()


def _enhanced(answer: tuple[int, bytes | str]) -> str:
    """The enhanced status code (RFC 3463) at the start of an answer, or ''."""
    said = answer[1].decode("ascii", "replace") if isinstance(answer[1], bytes) else answer[1]
    found = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", said.strip())
    return found[0] if found else ""
