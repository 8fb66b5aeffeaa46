"""A mail on the wire: exactly the headers we mean, and nothing about the machine that wrote it.

The library's own folding breaks two headers that matter: it encodes a long List-Unsubscribe, which mail providers then
ignore, and it may join two encoded words without white space, which some refuse. So every header is written here.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, formataddr

from monitor.alerts import inert
from monitor.alerts.channels import Envelope
from monitor.model import Mail

LIST_NAME = "notes"


class _Wire(EmailPolicy):
    """Headers as they are: on one line where they are ASCII (up to 998 columns), as encoded words where not."""

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {_encoded(name, value)}\r\n"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_WIRE = _Wire(linesep="\r\n", cte_type="7bit", max_line_length=SMTP.max_line_length)


def render(mail: Mail, sender: str, sender_name: str, to: str, delivery: str, now: datetime, extra: Envelope) -> bytes:
    """The whole message for one recipient, lines ending in CRLF. `sender` and `to` are validated ASCII addresses."""
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=_WIRE)
    message["From"] = Mailbox(inert.text(extra.sender_name or sender_name, 60), addr_spec=sender)
    message["To"] = Mailbox(addr_spec=to)
    # The library decodes what it is given, so that a headline that only looks encoded must come encoded.
    message["Subject"] = _words(inert.text(mail.subject, 300), width=0)
    message["Date"] = format_datetime(now.astimezone(UTC).replace(microsecond=0))
    message["Message-ID"] = f"<{delivery}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "bulk"
    message["List-Id"] = f"<{extra.list_name or LIST_NAME}.{domain}>"
    if inert.link(extra.unsubscribe_url):
        message["List-Unsubscribe"] = f"<{inert.link(extra.unsubscribe_url)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for name, value in mail.headers:
        message[name] = inert.text(value)
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
        message.set_boundary(secrets.token_hex(16))
    return message.as_bytes()


def _encoded(name: str, value: str) -> str:
    text = str(value)
    if name.lower() == "from" and not text.isascii():
        mailbox = value.addresses[0]  # type: ignore[attr-defined]
        return formataddr((mailbox.display_name, mailbox.addr_spec))
    return _words(text)


def _words(text: str, width: int = 75) -> str:
    """Encoded words (RFC 2047) for a text that needs them, or that looks like one; `width` 0 is all in one word."""
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name="Subject").encode(maxlinelen=width, linesep="\r\n")
