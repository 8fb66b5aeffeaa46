"""Slack posts stay within Slack's limits, keep every story, and let no foreign text mention or link anything."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.channels.slack import payload
from monitor.alerts.compose import compose
from monitor.alerts.forms.slack import escape, fitted
from monitor.model import Bundle, DeliveryKind, SlackPost, Snippet, Voice
from tests.alert_samples import BASE, bundle, release, story
from tests.hook_server import slack_reads, slack_trouble, text_objects

HOSTILE = "<!channel> <@U123> <http://evil.test|bank> & < > *bold* `code` \u202eRTL"


def posts(made: Bundle) -> list[dict[str, object]]:
    message = compose(made, "slack")
    assert isinstance(message, SlackPost)
    return [json.loads(payload(post)) for post in (message, *message.rest)]


def texts(made: Bundle) -> Iterator[str]:
    for post in posts(made):
        for found in text_objects(post["blocks"]):
            yield html.unescape(found["text"])


class TestLimits:
    def crowd(self, kind: DeliveryKind) -> Bundle:
        """60 matches with 5,000-character headlines that end in a four-byte character, wherever they are cut."""
        entries = tuple(
            replace(
                release("en") if n < 30 else story("en", n),
                title=f"{n} " + "&<😀>" * 1250,
                happened="",
                snippets=(Snippet("😀" * 4000, ((0, 2000),)),) * 3,
                voices=(Voice("<&>" * 100, "ngo", ""),) * 30,
                unknown=("&" * 5000,) * 3,
            )
            for n in range(60)
        )
        return bundle(kind, entries=entries)

    @pytest.mark.parametrize("kind", [DeliveryKind.DIGEST, DeliveryKind.ALERT])
    def test_k06_every_post_is_one_that_slack_takes(self, kind: DeliveryKind) -> None:
        made = posts(self.crowd(kind))
        assert len(made) > 1
        for post in made:
            assert slack_trouble(post) == ""
            assert len(post["blocks"]) <= 50  # type: ignore[arg-type]
            assert sum(len(t["text"]) for t in text_objects(post["blocks"])) <= 10_000
            assert len(str(post["text"])) <= 300

    def test_k06_many_short_stories_are_more_than_one_post(self) -> None:
        """Fifty blocks are reached long before ten thousand characters."""
        entries = tuple(replace(story("en", n), title=f"{n}", happened="", snippets=(), voices=()) for n in range(60))
        made = posts(bundle(DeliveryKind.DIGEST, entries=entries))
        assert len(made) > 1
        assert [slack_trouble(post) for post in made] == [""] * len(made)

    def test_k06_nothing_is_cut_inside_a_character_or_an_entity(self) -> None:
        for post in posts(self.crowd(DeliveryKind.DIGEST)):
            json.dumps(post, ensure_ascii=False).encode("utf-8")
            for found in text_objects(post["blocks"]):
                left = found["text"].replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
                assert "&" not in left

    def test_every_story_is_told(self) -> None:
        said = "\n".join(texts(self.crowd(DeliveryKind.DIGEST)))
        assert all(f"{n} &<" in said for n in range(45))  # 30 people and the first 15 other stories

    def test_an_ordinary_digest_is_one_post(self) -> None:
        entries = tuple(story("en", n) for n in range(12))
        assert len(posts(bundle(DeliveryKind.DIGEST, entries=entries))) == 1

    @given(st.text(max_size=500), st.integers(10, 200))
    def test_escaped_text_fits_whatever_it_says(self, text: str, limit: int) -> None:
        said = fitted(text, limit)
        assert len(said) <= limit
        if len(escape(text)) <= limit:
            assert html.unescape(said) == html.unescape(escape(text))


class TestAlerts:
    def test_one_post_per_story(self) -> None:
        made = posts(bundle(DeliveryKind.ALERT, entries=(release("en"), story("en", 1), story("en", 2))))
        assert [post["blocks"][0]["text"]["text"] for post in made] == [  # type: ignore[index]
            "Twelve people freed; three of them are named so far.",
            "What a pardon changes: 1 questions",
            "What a pardon changes: 2 questions",
        ]

    def test_a_cut_headline_is_told_in_full_below(self) -> None:
        title = "A headline of many words " * 10
        said = list(texts(bundle(DeliveryKind.ALERT, entries=(replace(story("en"), title=title),))))
        assert said[0].endswith("…") and title.strip() in said[1]

    def test_a_correction_says_so_first(self) -> None:
        assert next(texts(bundle(DeliveryKind.CORRECTION))).startswith("Correction: ")

    def test_the_way_to_leave_is_there(self) -> None:
        assert f"<{bundle(DeliveryKind.ALERT).unsubscribe_url}|Stop these notes>" in "".join(
            texts(bundle(DeliveryKind.ALERT))
        )


class TestForeignText:
    def hostile(self, kind: DeliveryKind) -> Bundle:
        entry = replace(
            release("en"),
            title=HOSTILE,
            happened=HOSTILE,
            voices=(Voice(HOSTILE, HOSTILE, "https://x.example/|y>"),),
            snippets=(Snippet(HOSTILE, ((0, 10),)),),
            names=(HOSTILE,),
            alerts=(HOSTILE,),
            link="https://x.example/a?b=1&c=<!here>|d",
        )
        return bundle(kind, entries=(entry, entry), code_word=HOSTILE, held=HOSTILE)

    @pytest.mark.parametrize(
        "kind", [DeliveryKind.DIGEST, DeliveryKind.ALERT, DeliveryKind.CORRECTION, DeliveryKind.TEST]
    )
    def test_k05_it_mentions_nobody_and_links_nowhere(self, kind: DeliveryKind) -> None:
        for post in posts(self.hostile(kind)):
            mentions, links = slack_reads(post)
            assert mentions == []
            assert all(link.startswith((BASE, "https://x.example/a?b=1&amp;c=%3C!here%3E%7Cd")) for link in links)
            assert "<!" not in json.dumps(post) and "<@" not in json.dumps(post)

    def test_k05_it_arrives_as_it_was_written(self) -> None:
        said = "\n".join(texts(self.hostile(DeliveryKind.DIGEST)))
        assert "<!channel> <@U123> <http://evil.test|bank> & < > *bold* `code`" in said

    def test_k05_it_never_stands_where_slack_reads_markup(self) -> None:
        for post in posts(self.hostile(DeliveryKind.ALERT)):
            for found in text_objects(post["blocks"]):
                assert found["type"] == "plain_text" or "evil" not in found["text"]

    def test_the_plain_form_is_short_and_as_harmless(self) -> None:
        made = compose(self.hostile(DeliveryKind.DIGEST), "slack", plain=True)
        assert isinstance(made, SlackPost)
        assert made.blocks == () and made.rest == ()
        assert len(made.text) < 3000
        assert slack_reads(asdict(made)) == ([], [])

    def test_the_plain_form_of_many_stories_ends_where_it_gets_long(self) -> None:
        entries = (replace(release("en"), happened="word " * 60),) * 60
        made = compose(bundle(DeliveryKind.ALERT, entries=entries), "slack", plain=True)
        assert isinstance(made, SlackPost)
        assert len(made.text) < 2500 and made.text.endswith("\n…")


@settings(max_examples=50)
@given(st.lists(st.text(max_size=3000), min_size=1, max_size=30), st.sampled_from(["digest", "alert"]))
def test_whatever_is_told_slack_takes_it(titles: list[str], kind: str) -> None:
    entries = tuple(replace(release("en"), title=title, happened="") for title in titles)
    for post in posts(bundle(DeliveryKind(kind), entries=entries)):
        assert slack_trouble(post) == ""
        assert slack_reads(post)[0] == []
