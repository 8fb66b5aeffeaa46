"""HTML becomes words, whatever it is."""

from __future__ import annotations

import time

import pytest

from monitor.gather.plain import one_line, plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("  many \t spaces\n\n\nand lines ", "many spaces\nand lines"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("a<b>b</b>c", "abc"),
        ("<ul><li>a</li><li>b</li></ul>after", "a\nb\nafter"),
        ("<script>alert(1)</script>words<style>p{}</style>", "words"),
        ("before<script>x</script>after", "beforeafter"),
        ("<iframe src=x>inner</iframe>outer", "outer"),
        ("<noscript>enable it</noscript>text", "text"),
        ("A &amp; B &lt;b&gt; &laquo;ў&raquo; &#1045;", "A & B <b> «ў» Е"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("AT&T", "AT&T"),
        ("<!-- hidden -->shown", "shown"),
        ("<![CDATA[x]]>y", "y"),
        ("unclosed <b>bold <i>both", "unclosed bold both"),
        ("</p>stray", "stray"),
        ("nul\x00 and \x1b[31m and \ud800 lone", "nul and [31m and lone"),
        ("и\u0306", "й"),
        ("<td>a</td><td>b</td>", "a\nb"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
    ],
)
def test_words_of(html: str, text: str) -> None:
    assert plain(html) == text


def test_a_title_is_one_short_line() -> None:
    assert one_line("<b>One</b>\n two") == "One two"
    assert len(one_line("x" * 5_000_000)) == 1000


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>" * 200_000 + "x",
        "<div>" * 100_000 + "x" + "</div>" * 100_000,
        "<!--" * 200_000,
        "<a " + "b=c " * 200_000 + ">x",
        "&" * 300_000,
        "<" * 300_000,
        "<![CDATA[" * 50_000,
        "&lt;" * 300_000,
    ],
)
def test_hostile_markup_costs_little(hostile: str) -> None:
    began = time.process_time()
    assert isinstance(plain(hostile), str)
    assert time.process_time() - began < 5
