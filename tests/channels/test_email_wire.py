"""The bytes of a mail, as a mail server stores them."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.channels import Envelope
from monitor.alerts.channels._mime import render
from monitor.alerts.channels.email import Email, Submission, plain_address
from monitor.config import SmtpConfig
from monitor.errors import Undeliverable
from monitor.model import Address, Mail
from tests.mail_server import MailServer, Received

UNSUBSCRIBE = "https://notes.example.org/leave/" + "k7" * 80
ENVELOPE = Envelope(unsubscribe_url=UNSUBSCRIBE)
MAIL = Mail("Note of 22 November: 2 items", "A line\n.\n.. with dots\nOne, два.\n", "<p>Один</p>")


HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Precedence", "List-Id")
HEADERS += ("List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type")


def sent(
    mail: Mail,
    now: datetime,
    envelope: Envelope = ENVELOPE,
    to: str = "reader@rig.test",
    name: str = "",
    delivery: str = "d7k2m9q4",
    bounces: str = "",
) -> Received:
    """`mail` after its way through a mail server."""
    with MailServer() as server:
        smtp = SmtpConfig(
            host=server.host, port=server.port, security="none", sender="notes@quiet.example", sender_name=name,
            bounces=bounces,
        )  # fmt: skip
        channel = Email(smtp, Submission(smtp))
        channel.send(Address("email", to), mail, delivery, now, envelope)
        channel.close()
    return server.mails[0]


def test_m01_one_click_headers_are_plain_ascii_on_one_line(now: datetime) -> None:
    raw = sent(MAIL, now).raw
    assert f"\r\nList-Unsubscribe: <{UNSUBSCRIBE}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_m03_every_header_is_there_once_and_no_other(now: datetime) -> None:
    names = [name for name, _ in sent(MAIL, now).headers()]
    assert sorted(names) == sorted(HEADERS)


def test_m03_headers_say_nothing_of_this_machine(now: datetime) -> None:
    headers = dict(sent(MAIL, now).headers())
    assert headers["From"] == "notes@quiet.example"
    assert headers["To"] == "reader@rig.test"
    assert headers["Date"] == "Mon, 16 Nov 2026 09:00:00 +0000"
    assert headers["Message-ID"] == "<d7k2m9q4@quiet.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Id"] == "<notes.quiet.example>"


def test_m03_the_greeting_is_the_senders_domain_not_this_hosts_name(now: datetime) -> None:
    with MailServer() as server:
        smtp = SmtpConfig(host=server.host, port=server.port, security="none", sender="notes@quiet.example")
        Email(smtp, Submission(smtp)).send(Address("email", "a@rig.test"), MAIL, "d1", now, ENVELOPE)
        assert server.commands[0] == (False, "ehlo quiet.example")


def test_without_a_page_to_leave_there_is_no_header_for_it(now: datetime) -> None:
    assert b"List-Unsubscribe" not in sent(MAIL, now, Envelope()).raw


def test_m15_two_readers_of_one_alert_have_nothing_in_common_but_the_news(now: datetime) -> None:
    one, other = (
        render(
            MAIL, "notes@quiet.example", "", to, delivery, now, Envelope(unsubscribe_url=f"https://x.example/{to[0]}")
        )
        for to, delivery in (("a@rig.test", "d1"), ("b@rig.test", "d2"))
    )
    boundary = re.compile(rb'boundary="(\w+)"')
    assert boundary.search(one)[1] != boundary.search(other)[1]  # type: ignore[index]
    assert b"d1@" in one and b"d1@" not in other
    assert render(MAIL, "notes@quiet.example", "", "a@rig.test", "d1", now, ENVELOPE) != render(
        MAIL, "notes@quiet.example", "", "a@rig.test", "d1", now, ENVELOPE
    )


def test_m11_with_a_domain_for_bounces_each_mail_has_a_random_sender_of_its_own(now: datetime) -> None:
    to = "cnry-7f3a@rig.test"
    mails = [sent(MAIL, now, Envelope(), to=to, delivery=d, bounces="b.quiet.example") for d in ("d1f0", "d2a7")]
    assert [m.sender for m in mails] == ["d1f0@b.quiet.example", "d2a7@b.quiet.example"]
    assert sent(MAIL, now, Envelope(bounce="x8k2"), bounces="b.quiet.example").sender == "x8k2@b.quiet.example"
    hashes = [h(to.encode()).hexdigest()[:8] for h in (hashlib.md5, hashlib.sha1, hashlib.sha256)]
    assert not any(part in m.sender for m in mails for part in ("cnry", "rig", *hashes))


def test_m11_without_one_all_mails_have_the_same_sender(now: datetime) -> None:
    assert sent(MAIL, now, Envelope(bounce="x8k2")).sender == sent(MAIL, now).sender == "notes@quiet.example"


def test_text_arrives_as_it_was_written_dots_and_all(now: datetime) -> None:
    mail = sent(MAIL, now)
    assert mail.text == MAIL.text
    html = mail.message.get_body(("html",))
    assert html is not None and html.get_content().strip() == "<p>Один</p>"


def test_a_mail_without_html_is_text_plain(now: datetime) -> None:
    assert sent(Mail("s", "Прывітанне\n"), now).message.get_content_type() == "text/plain"


@pytest.mark.parametrize("text", ["x" * 5000, "ж" * 5000, "https://x.example/" + "y" * 2000, "a\n" * 2000])
def test_no_line_of_a_body_is_too_long_for_the_wire(now: datetime, text: str) -> None:
    mail = sent(Mail("s", text + "\n", f"<p>{text}</p>"), now)
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
    assert mail.raw.isascii()
    assert mail.text.rstrip("\n") == text.rstrip("\n")


# ----------------------------------------------------------------------------------------------------------- subjects

CYRILLIC = "абвгґдеёжзійклмнопрстуўфхцчшыьэюяАБВГЎІЁЖ"
SUBJECT = st.text(
    st.sampled_from(CYRILLIC + "abcxyzŁąęšž0123456789 -—«»\"'’.,:;()?=_!&😀"), min_size=10, max_size=300
).map(lambda text: " ".join(text.split()))


@settings(max_examples=500)
@given(SUBJECT)
def test_m02_long_subjects_in_any_script_come_back_exactly(subject: str) -> None:
    moment = datetime.fromisoformat("2026-11-16T09:00:00+00:00")
    raw = render(Mail(subject, "x\n"), "notes@quiet.example", "", "a@rig.test", "d1", moment, Envelope())
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    field = re.search(r"^Subject:((?:.*\r\n[ \t])*.*)$", head, re.M)
    assert field
    assert "?==?" not in field[1]
    assert all(len(line) <= 998 for line in head.split("\r\n"))
    words = re.findall(r"=\?utf-8\?[bq]\?[^?]*\?=", field[1])
    assert all(len(word) <= 75 for word in words)
    assert strictly_decoded(field[1]) == subject
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject


@pytest.mark.parametrize(
    "subject", ["=?utf-8?q?a=0ABcc=3A_x=40evil.example?=", "=?utf-8?b?0LLRj9C30L3Rlg==?= freed", "a =?x", "?= =? ж"]
)
def test_m04_a_headline_that_looks_encoded_is_not_decoded(now: datetime, subject: str) -> None:
    mail = sent(Mail(subject, "x\n"), now)
    assert sorted(name for name, _ in mail.headers()) == sorted({*HEADERS, "Content-Transfer-Encoding"})
    assert strictly_decoded(dict(mail.headers())["Subject"]) == subject


def strictly_decoded(field: str) -> str:
    """RFC 2047 by the letter: each word decodes by itself, and white space between words is not text."""
    words = field.split()
    if not any(word.startswith("=?utf-8?") for word in words):
        return " ".join(words)
    assert all(re.fullmatch(r"=\?utf-8\?[bq]\?[!->@-~]*\?=", word) for word in words)
    decoded = [decode_header(word)[0][0] for word in words]
    return "".join(part.decode("utf-8") for part in decoded if isinstance(part, bytes))


# ---------------------------------------------------------------------------------------------------- hostile headers


@pytest.mark.parametrize(
    "bad", ["\r\nBcc: x@evil.example", "\nX: y", "\x0bBcc: x", "\u2028Bcc: x", "\x85Bcc: x", "\0", "\r"]
)
class TestHeaderInjection:
    """In words that are encoded, and in plain ones, which stand in the header as they are."""

    @pytest.mark.parametrize("word", ["Навіны", "News"])
    def test_m04_a_subject_stays_a_subject(self, now: datetime, bad: str, word: str) -> None:
        mail = sent(Mail(f"{word}{bad} end", "x\n"), now)
        assert len(mail.headers()) == 13
        assert mail.recipients == ("reader@rig.test",)
        assert "end" in str(mail.message["Subject"])

    @pytest.mark.parametrize("word", ["Нататкі", "Notes"])
    def test_m04_a_senders_name_stays_a_name(self, now: datetime, bad: str, word: str) -> None:
        mail = sent(Mail("s", "x\n"), now, Envelope(sender_name=f'{word}" <x@y.example>{bad}'))
        assert len(mail.headers()) == 11
        assert [a.addr_spec for a in mail.message["From"].addresses] == ["notes@quiet.example"]

    def test_m04_a_page_to_leave_with_a_line_end_is_no_page(self, now: datetime, bad: str) -> None:
        assert (
            b"List-Unsubscribe"
            not in sent(Mail("s", "x\n"), now, Envelope(unsubscribe_url=f"https://x.example/{bad}y")).raw
        )

    def test_m04_an_address_with_it_is_refused(self, now: datetime, bad: str) -> None:
        with pytest.raises(Undeliverable):
            plain_address(f"a@rig.test{bad}x")


def test_a_senders_name_in_cyrillic_is_encoded(now: datetime) -> None:
    mail = sent(Mail("s", "x\n"), now, name="Нататкі")
    assert mail.message["From"].addresses[0].display_name == "Нататкі"
    assert b"From: =?utf-8?" in mail.raw


@pytest.mark.parametrize(
    "text",
    [
        "a@x.test,b@x.test",
        "a@x.test;b@x.test",
        "a@x.test\0",
        '"a b"@x.test',
        "a@[127.0.0.1]",
        "<a@x.test> j",
        "j <a@x.test>",
        "a" * 400 + "@x.test",
        "a@x.test\r\nRCPT TO:<b@x.test>",
        "a@x.test b@x.test",
        "a(comment)@x.test",
        "юзер@пример.рф",
        "a@",
        "@x.test",
        "a",
        "",
        "a@x..test",
        "a@-x.test",
    ],
)
def test_m05_what_is_not_exactly_one_address_is_refused_for_good(text: str) -> None:
    with pytest.raises(Undeliverable) as refused:
        plain_address(text)
    assert refused.value.gone
    assert len(text) < 3 or text not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a@x.test", "a@x.test"),
        ("A.b+c@X.Test", "A.b+c@x.test"),
        ("me@localhost", "me@localhost"),
        ("a@пример.рф", "a@xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_m05_one_address_is_one_address(text: str, plain: str) -> None:
    assert plain_address(text) == plain


def test_an_international_domain_goes_out_in_its_ascii_form(now: datetime) -> None:
    mail = sent(MAIL, now, to="a@пример.рф")
    assert mail.recipients == ("a@xn--e1afmkfd.xn--p1ai",)
    assert mail.raw.isascii()


def test_the_reader_is_found_nowhere_in_a_mail_but_its_to_header(now: datetime) -> None:
    mail = sent(MAIL, now, to="cnry-7f3a@rig.test")
    assert mail.raw.count(b"cnry-7f3a") == 1
    assert base64.b64encode(b"cnry-7f3a")[:10] not in mail.raw
