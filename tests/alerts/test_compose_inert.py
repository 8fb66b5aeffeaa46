"""Whatever comes from outside stands in a message as text, on one line, and does nothing."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts import inert
from monitor.alerts.compose import compose
from monitor.alerts.said import quote, say
from monitor.model import Bundle, DeliveryKind, Entry, Mail, Snippet, Voice
from tests.alert_samples import bundle, release

HOSTILE = (
    "<script>alert(1)</script>",
    "<svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt;",
    "<![CDATA[<b>]]>",
    "Subject\r\nBcc: x@y.example",
    "a\x0bb\x85c\u2028d\u2029e\x00f",
    "\u202egnp.exe",
    "zero\u200bwidth\u2060\ufeff",
    "{{7*7}} {% raw %} ${7*7} %s {0} {title}",
    "a" + "\u0301" * 200,
    "\ud800 lone",
    "http://evil.example/steal",
)
OURS = {"!doctype", "html", "head", "meta", "title", "style", "body", "main", "header", "h2", "h3", "article", "p"}
OURS |= {"strong", "mark", "blockquote", "span", "a", "footer"}
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def hostile_entry(text: str) -> Entry:
    """An entry that says `text` wherever foreign text can stand."""
    return replace(
        release("en"),
        title=text,
        happened=text,
        voices=(Voice(text, text, text), Voice("b", "ngo", "javascript:alert(1)")),
        snippets=(Snippet(text, ((0, 3),)),),
        names=(text,),
        ledger=(text,),
        unknown=(text,),
        new=(text,),
        alerts=(text,),
        link=text,
        page=text,
        state=text,
    )


def hostile_bundle(text: str) -> Bundle:
    return bundle(
        DeliveryKind.DIGEST, "en", "open", entries=(hostile_entry(text),), held=text, code_word=text, more_url=text
    )


def every_string(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for v in value.values() for s in every_string(v)]
    if isinstance(value, list | tuple):
        return [s for v in value for s in every_string(v)]
    return []


@pytest.mark.parametrize("text", HOSTILE)
class TestHostileText:
    def test_x01_x03_no_invisible_character_is_left_in_any_message(self, text: str) -> None:
        for channel in ("email", "slack", "webhook"):
            for said in every_string(asdict(compose(hostile_bundle(text), channel))):
                assert not INVISIBLE.search(said), (channel, said)

    def test_x01_html_has_only_our_elements(self, text: str) -> None:
        made = compose(hostile_bundle(text), "email")
        assert isinstance(made, Mail)
        tags = set(re.findall(r"<\s*([a-z0-9!]+)", made.html, re.I))
        assert {tag.lower() for tag in tags} <= OURS
        assert not re.search(r"<[^>]*\son\w+=", made.html)
        assert not re.search(r"href=\"(?!https?://)", made.html)

    def test_m04_it_stays_on_one_line(self, text: str) -> None:
        clean = compose(hostile_bundle("word"), "email")
        made = compose(hostile_bundle(text), "email")
        assert isinstance(made, Mail) and isinstance(clean, Mail)
        assert len(made.subject.splitlines()) == 1
        assert not re.search(r"^Bcc", made.text, re.M)

    def test_a_plain_form_is_inert_too(self, text: str) -> None:
        for said in every_string(asdict(compose(hostile_bundle(text), "slack", plain=True))):
            assert not INVISIBLE.search(said.replace("\n", ""))
            assert "<!" not in said


def test_x05_template_marks_are_printed_literally() -> None:
    text = "{{7*7}} {% raw %} ${7*7} %s {0}"
    made = compose(hostile_bundle(text), "email")
    assert isinstance(made, Mail)
    assert text in made.text
    assert "{{7*7}} {% raw %} ${7*7} %s {0}" in made.html


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://x.example/",
        "//host.example/x",
        "http://a@b.example/",
        "https://good.example\\@evil.example/",
        "https://x.example/\u202egnp",
        "https://x.example/a b",
        "https://x.example/" + "a" * 5000,
        "https://[::1",
        "https://x.example:port/",
        "https://",
        "x.example",
        "",
    ],
)
def test_x02_only_plain_http_links_are_links(url: str) -> None:
    assert inert.link(url) == ""


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://x.example/навіны?q=вязні#a", "https://x.example/навіны?q=вязні#a"),
        (" http://x.example:8080/ ", "http://x.example:8080/"),
        ("https://x.example/<b>\"'|", "https://x.example/%3Cb%3E%22%27%7C"),
    ],
)
def test_ordinary_links_stay(url: str, kept: str) -> None:
    assert inert.link(url) == kept


def test_a_direction_mark_leaves_a_visible_sign() -> None:
    assert inert.text("abc\u202edef") == "abc\ufffddef"


def test_ordinary_letters_of_our_languages_are_untouched() -> None:
    for text in ("Ўладзімір Някляеў, «Ціхая» п’еса", "Šiandien ąžuolas — žalias", "Łódź, Gdańsk", "Größe", "є ї ґ й ё"):
        assert inert.text(text) == text
    assert inert.text("за́мак", 0) == "за́мак"  # a stress mark is not a flood


def test_addresses_in_running_text_are_not_links() -> None:
    made = compose(hostile_bundle("see http://evil.example/steal"), "email")
    assert isinstance(made, Mail)
    assert "http: //evil.example" in made.text
    assert "http://evil" not in made.text
    assert "http://evil" not in made.html


@given(st.text(max_size=400), st.integers(0, 80))
def test_text_is_one_visible_line_within_its_limit(text: str, limit: int) -> None:
    said = inert.text(text, limit)
    assert said == said.strip()
    assert len(said.splitlines()) <= 1
    assert not limit or len(said) <= limit
    assert not INVISIBLE.search(said)
    assert not any(unicodedata.category(c) in ("Cs", "Cc") for c in said)


@given(st.text(max_size=200), st.lists(st.tuples(st.integers(-5, 210), st.integers(-5, 210)), max_size=6))
def test_quotations_say_what_the_snippet_says_whatever_its_marks(text: str, marks: list[tuple[int, int]]) -> None:
    said = "".join(piece.text for piece in quote(Snippet(text, tuple(marks))))
    assert (
        said.split() == inert.text(text, 0).split()
        or unicodedata.normalize("NFC", said).split() == inert.text(text).split()
    )


def test_marks_stay_on_their_words_when_the_text_before_them_changes() -> None:
    text = "a\u200b\u200b  \n b freed  now"
    start = text.index("freed")
    pieces = quote(Snippet(text, ((start, start + 5),)))
    assert [(p.text, p.marked) for p in pieces] == [("a b ", False), ("freed", True), (" now", False)]


def test_a_long_quotation_is_cut_and_keeps_its_marks() -> None:
    text = "freed " + "word " * 1000
    pieces = quote(Snippet(text, ((0, 5),)), 50)
    assert pieces[0].marked
    assert sum(len(p.text) for p in pieces) <= 50
    assert pieces[-1].text.endswith("…")


def test_our_own_words_around_foreign_ones_are_json_safe() -> None:
    for channel in ("slack", "webhook"):
        json.dumps(asdict(compose(hostile_bundle('"\\u0000'), channel)))


def test_an_unknown_state_or_outlet_type_is_shown_as_it_is() -> None:
    item = next(say(bundle(DeliveryKind.ALERT, entries=(hostile_entry("new-kind"),))).all_items())
    assert item.state == "new-kind"
    assert item.speakers[0].type == "new-kind"
