"""Bytes of feeds whose declarations are wrong, missing or right."""

from __future__ import annotations

import pytest

from monitor.gather.encodings import decode

BE = "Вольга Куркова выйшла на волю, пераехала ў Літву"
LT = "Išleisti žmonės atvyko į Vilnių, ąčęėįšųūž"
PL = "Uwolnieni więźniowie są już w Białymstoku: zażółć gęślą"


def declared(encoding: str, text: str, real: str | None = None) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><t>{text}</t>'.encode(real or encoding)


@pytest.mark.parametrize(
    "body",
    [
        declared("utf-8", BE),
        declared("UTF-8", BE),
        declared("windows-1251", BE.replace("ў", "у")).replace(b"x", b"x"),
        declared("utf-8", BE, "cp1251"),
        declared("iso-8859-1", BE, "cp1251"),
        declared("windows-1251", BE, "utf-8"),
        declared("utf-16", BE),
        declared("utf-16", BE, "utf-16-le"),
        declared("utf-16", BE, "utf-16-be"),
        declared("utf-8", BE, "utf-8-sig"),
        declared("no-such-thing", BE, "utf-8"),
        declared("no-such-thing", BE, "cp1251"),
        f"<t>{BE}</t>".encode(),
        f"<t>{BE}</t>".encode("cp1251"),
        declared("koi8-r", BE.replace("ў", "у").replace("і", "и")),
    ],
)
def test_cyrillic_is_read_whatever_is_declared(body: bytes) -> None:
    assert "Вольга Куркова выйшла на волю" in decode(body)


def test_a_declaration_in_http_counts_where_the_body_has_none() -> None:
    assert LT in decode(f"<t>{LT}</t>".encode("cp1257"), "text/xml; charset=windows-1257")


def test_an_html_page_declares_in_meta() -> None:
    page = f'<html><head><meta charset="windows-1257"></head><body>{LT}</body></html>'
    assert LT in decode(page.encode("cp1257"), "text/html")


@pytest.mark.parametrize(("text", "code_page", "language"), [(LT, "cp1257", "lt"), (PL, "cp1250", "pl")])
def test_an_undeclared_code_page_is_that_of_the_language(text: str, code_page: str, language: str) -> None:
    assert text in decode(f"<t>{text}</t>".encode(code_page), languages=(language,))


@pytest.mark.parametrize("text", [LT, PL])
def test_the_operators_word_is_final(text: str) -> None:
    code_page = "cp1257" if text is LT else "cp1250"
    assert text in decode(declared("utf-8", text, code_page), "text/xml; charset=utf-8", forced=code_page)


def test_a_few_broken_letters_do_not_spoil_the_rest() -> None:
    body = f"<t>{BE * 10}</t>".encode().replace("ў".encode(), b"\xd1", 1)
    text = decode(body)
    assert text.count("\ufffd") == 1 and BE in text


def test_what_was_encoded_twice_is_undone() -> None:
    twice = declared("utf-8", BE * 3).decode("cp1252", "surrogateescape")
    body = b"".join(c.encode() if c < "\udc80" or c > "\udcff" else chr(ord(c) - 0xDC00).encode() for c in twice)
    assert BE in decode(body)


def test_a_word_that_only_looks_doubled_is_left_alone() -> None:
    text = "Ð’ is how a broken feed begins"
    assert decode(text.encode()) == text


def test_latin_1_means_windows_1252() -> None:
    assert "“quoted”" in decode(declared("iso-8859-1", "“quoted” café", "cp1252"))


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"\x00" * 100, bytes(range(256)) * 10])
def test_nothing_makes_it_raise(body: bytes) -> None:
    assert isinstance(decode(body, "text/xml; charset=utf-7"), str)


@pytest.mark.parametrize("name", ["rot13", "hex", "base64", "unicode_escape", "idna", "punycode", "zlib", "undefined"])
def test_codecs_that_are_no_character_sets_are_not_used(name: str) -> None:
    assert decode(declared(name, "plain", "ascii"), forced=name).endswith("<t>plain</t>")
