"""A mail on the wire: exactly the headers we mean, and nothing about the machine that wrote it.

Written by hand, because the library's own writer breaks two headers that matter: it encodes a long List-Unsubscribe,
which mail providers then ignore, and it may join two encoded words without white space, which some refuse. It also
takes longer than everything else that is done for a mail.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime

from monitor.alerts import inert
from monitor.alerts.channels import Envelope
from monitor.model import Mail

LIST_NAME = "notes"
LINE = 998  # octets of a line at most, RFC 5322
SUBJECT = 300


def render(mail: Mail, sender: str, sender_name: str, to: str, delivery: str, now: datetime, extra: Envelope) -> bytes:
    """The whole message for one recipient, lines ending in CRLF. `sender` and `to` are validated ASCII addresses."""
    head = "".join(
        f"{name}: {value}\r\n" for name, value in _fields(mail, sender, sender_name, to, delivery, now, extra)
    )
    return (head + "MIME-Version: 1.0\r\n" + _body(mail)).encode("ascii")


def _fields(
    mail: Mail, sender: str, sender_name: str, to: str, delivery: str, now: datetime, extra: Envelope
) -> Iterator[tuple[str, str]]:
    domain = sender.rpartition("@")[2]
    leave = inert.link(extra.unsubscribe_url)
    yield "From", _mailbox(inert.text(extra.sender_name or sender_name, 60), sender)
    yield "To", to
    yield "Subject", _words(inert.text(mail.subject, SUBJECT))
    yield "Date", format_datetime(now.astimezone(UTC).replace(microsecond=0))
    yield "Message-ID", f"<{delivery}@{domain}>"
    yield "Auto-Submitted", "auto-generated"
    yield "Precedence", "bulk"
    yield "List-Id", f"<{extra.list_name or LIST_NAME}.{domain}>"
    if leave and leave.isascii():
        yield "List-Unsubscribe", f"<{leave}>"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    for name, value in mail.headers:
        yield name, _words(inert.text(value, LINE // 2))


def _mailbox(name: str, address: str) -> str:
    if not name:
        return address
    quoted = '"' + name.replace("\\", "").replace('"', "") + '"'
    return f"{quoted if _is_plain(name) else _words(name)} <{address}>"


def _words(text: str) -> str:
    """Text for a header: as it is, or as encoded words (RFC 2047) where it needs them or would be taken for one."""
    return (
        text if _is_plain(text) else Header(text, "utf-8", maxlinelen=75, header_name="Subject").encode(linesep="\r\n")
    )


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _body(mail: Mail) -> str:
    if not mail.html:
        return _part(mail.text, "plain")
    between = secrets.token_hex(16)
    parts = "".join(f"--{between}\r\n{_part(t, kind)}" for t, kind in ((mail.text, "plain"), (mail.html, "html")))
    return f'Content-Type: multipart/alternative; boundary="{between}"\r\n\r\n{parts}--{between}--\r\n'


def _part(text: str, kind: str) -> str:
    """One part with its own headers: as it is where it is plain ASCII, otherwise base64, 76 columns wide."""
    lines = text.rstrip("\n").replace("\r\n", "\n").split("\n")
    whole = "\r\n".join(lines) + "\r\n"
    encoding = "7bit"
    if not whole.isascii() or max(map(len, lines)) > LINE:
        encoding, whole = "base64", base64.encodebytes(whole.encode()).decode("ascii").replace("\n", "\r\n")
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n'
    return f"{head}\r\n{whole}"
