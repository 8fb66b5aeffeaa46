"""What a message contains, in which order, and how it fits its channel."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace

import pytest

from monitor.alerts.compose import compose
from monitor.alerts.said import STORIES
from monitor.model import Bundle, Coverage, DeliveryKind, Entry, HookCall, Mail, Voice
from tests.alert_samples import BASE, COVERAGE, bundle, correction, pardon, release, story


def mail(made: Bundle) -> Mail:
    message = compose(made, "email")
    assert isinstance(message, Mail)
    return message


def in_order(text: str, *parts: str) -> bool:
    places = [text.index(part) for part in parts]
    return places == sorted(places)


class TestDigest:
    def test_corrections_come_first_and_other_stories_last(self) -> None:
        text = mail(bundle(DeliveryKind.DIGEST)).text
        assert in_order(text, "CORRECTIONS", "PEOPLE ON YOUR LIST", "NEW EVENTS", "OTHER STORIES", "42 sources", "889")

    def test_entries_of_a_section_keep_their_order(self) -> None:
        entries = tuple(story("en", n) for n in (9, 3, 7))
        text = mail(bundle(DeliveryKind.DIGEST, entries=entries)).text
        assert in_order(text, ": 9 questions", ": 3 questions", ": 7 questions")

    def test_of_other_stories_fifteen_are_told_and_the_rest_is_counted_behind_a_link(self) -> None:
        entries = tuple(story("en", n) for n in range(20))
        made = mail(bundle(DeliveryKind.DIGEST, "en", "open", entries=entries, more=4))
        assert made.text.count("What a pardon changes") == STORIES
        assert f"And 9 more stories:\n{BASE}/search?q=x" in made.text
        assert made.subject == "Digest of 22 November: 24 items"

    def test_all_corrections_people_and_events_are_told_however_many(self) -> None:
        entries = (correction("en"),) * 20 + (release("en"),) * 20 + (pardon("en"),) * 20
        text = mail(bundle(DeliveryKind.DIGEST, entries=entries, more=0)).text
        assert text.count("Who says so") == 60

    def test_a_discreet_link_to_the_rest_is_the_sites_own_address(self) -> None:
        text = mail(bundle(DeliveryKind.DIGEST)).text
        assert f"And 3 more stories:\n{BASE}/\n" in text
        assert "search" not in text

    def test_silence_is_explained(self) -> None:
        text = mail(bundle(DeliveryKind.DIGEST, entries=(), more=0)).text
        assert "Nothing new." in text
        assert "42 sources were checked. No answer from: Example Daily (since 20 November)." in text
        assert "Unusually quiet: Count." in text

    def test_a_day_when_all_sources_answered_says_so(self) -> None:
        text = mail(bundle(DeliveryKind.DIGEST, coverage=Coverage(1))).text
        assert "1 source was checked; all answered." in text

    def test_a_long_list_of_failing_sources_is_shortened(self) -> None:
        failing = tuple((f"Source {n}", COVERAGE.failing[0][1]) for n in range(30))
        text = mail(bundle(DeliveryKind.DIGEST, coverage=Coverage(40, failing=failing))).text
        assert "Source 7 (since 20 November) and 22 more." in text
        assert "Source 8" not in text


class TestEntry:
    def test_it_says_what_happened_who_says_so_and_what_is_not_known(self) -> None:
        text = mail(bundle(DeliveryKind.ALERT)).text
        assert in_order(
            text,
            "Twelve people freed",
            "named, not yet corroborated · 22 November, 07:10",
            "Twelve prisoners crossed",
            "Who says so: Example Daily (independent outlet), Count (rights group)",
            "> *Adam Sample* was *released* this morning",
            "New: +2 names; destination: Litva",
            "Counts: official 12; named 3; confirmed 1",
            "Not known: nine of the twelve names",
            "On your list: Adam Sample",
            "Matched: Releases",
            f"{BASE}/n/a1b2",
        )

    def test_without_a_ledger_the_headline_is_the_articles_title_once(self) -> None:
        text = mail(bundle(DeliveryKind.ALERT, entries=(story("en"),))).text
        assert text.count("What a pardon changes: 5 questions") == 1

    def test_an_article_without_a_title_still_has_a_headline(self) -> None:
        made = mail(bundle(DeliveryKind.ALERT, "en", "open", entries=(replace(story("en"), title=" \n"),)))
        assert made.subject == "(no title)"

    def test_a04_what_only_the_state_says_is_marked(self) -> None:
        assert "not independently confirmed" in mail(bundle(DeliveryKind.ALERT, entries=(pardon("en"),))).text
        mixed = replace(pardon("en"), voices=(*pardon("en").voices, *release("en").voices))
        assert "not independently confirmed" not in mail(bundle(DeliveryKind.ALERT, entries=(mixed,))).text

    def test_a_late_alert_says_when_it_appeared(self) -> None:
        text = mail(bundle(DeliveryKind.ALERT, entries=(pardon("en"),))).text
        assert "! Late: published 30 December 2025, 23:30, seen by us 22 November, 07:12." in text

    def test_of_many_voices_the_first_five_are_named(self) -> None:
        voices = tuple(Voice(f"Outlet {n}", "agency", "") for n in range(40))
        text = mail(bundle(DeliveryKind.ALERT, entries=(replace(release("en"), voices=voices),))).text
        assert "Outlet 4 (news agency) and 35 more" in text
        assert "Outlet 12" not in text


class TestSubject:
    def test_an_open_one_says_what_happened(self) -> None:
        made = bundle(DeliveryKind.ALERT, "en", "open", entries=(release("en"), story("en"), story("en", 2)))
        assert mail(made).subject == "Twelve people freed; three of them are named so far (and 2 more)"

    def test_a_long_one_keeps_its_count(self) -> None:
        entry = replace(story("en"), title="word " * 100)
        made = mail(bundle(DeliveryKind.ALERT, "en", "open", entries=(entry, entry)))
        assert len(made.subject) <= 160
        assert made.subject.endswith("… (and 1 more)")

    def test_corrections_and_tests_say_so_first(self) -> None:
        assert mail(bundle(DeliveryKind.CORRECTION, "ru", "open")).subject.startswith("Исправление: ")
        assert mail(bundle(DeliveryKind.TEST, "be", "open")).subject.startswith("Праверка: ")

    def test_an_open_confirmation_is_as_neutral_as_a_discreet_one(self) -> None:
        subjects = {mail(bundle(DeliveryKind.CONFIRM, "en", d)).subject for d in ("open", "discreet", "pointer")}  # type: ignore[arg-type]
        assert subjects == {"Please confirm"}


class TestMail:
    def test_html_is_only_for_open_mails_that_asked_for_it(self) -> None:
        assert mail(bundle(DeliveryKind.ALERT, "en", "open")).html
        assert not mail(bundle(DeliveryKind.ALERT, "en", "open", html=False)).html
        assert not mail(bundle(DeliveryKind.ALERT, "en", "discreet", html=True)).html
        assert not mail(bundle(DeliveryKind.CONFIRM, "en", "open")).html

    def test_m18_html_loads_nothing_and_asks_for_nothing(self) -> None:
        html = mail(bundle(DeliveryKind.DIGEST, "en", "open")).html
        for sign in ("src=", "url(", "@import", "<form", "<script", "<img", "<link", "<table", "background="):
            assert sign not in html

    def test_html_marks_the_words_that_matched(self) -> None:
        html = mail(bundle(DeliveryKind.ALERT, "en", "open")).html
        assert ">Adam Sample</mark> was <mark" in html

    def test_html_has_a_dark_form_that_a_mail_program_can_use(self) -> None:
        assert "@media (prefers-color-scheme: dark)" in mail(bundle(DeliveryKind.ALERT, "en", "open")).html

    def test_the_ways_to_change_and_to_leave_are_at_the_end(self) -> None:
        made = bundle(DeliveryKind.ALERT)
        assert mail(made).text.endswith(
            f"--\nChange what you receive:\n{made.manage_url}\nStop these notes:\n{made.unsubscribe_url}\n"
        )

    def test_a_plain_mail_is_one_without_html(self) -> None:
        made = compose(bundle(DeliveryKind.ALERT, "en", "open"), "email", plain=True)
        assert isinstance(made, Mail) and not made.html

    def test_a_channel_without_a_form_of_its_own_gets_subject_and_text(self) -> None:
        assert compose(bundle(DeliveryKind.ALERT), "pigeon") == compose(bundle(DeliveryKind.ALERT), "email")


class TestWebhook:
    def test_a_discreet_call_has_no_word_of_the_news(self) -> None:
        call = compose(bundle(DeliveryKind.DIGEST), "webhook")
        assert isinstance(call, HookCall)
        said = json.dumps(asdict(call))
        assert "Sample" not in said and "daily.example" not in said
        assert [e["page"] for e in call.data["entries"]][:1] == [f"{BASE}/n/s5"]

    def test_h01_it_stays_below_20_kilobytes_and_counts_what_was_left_out(self) -> None:
        entries = tuple(replace(release("be"), title="ж" * 5000) for _ in range(60))
        call = compose(bundle(DeliveryKind.ALERT, "be", "open", entries=entries), "webhook")
        assert isinstance(call, HookCall)
        assert len(json.dumps(call.data, ensure_ascii=False).encode()) < 18_001
        assert call.data["more"] == 60 - len(call.data["entries"]) > 0

    def test_h10_nothing_in_it_names_the_reader(self) -> None:
        call = compose(bundle(DeliveryKind.ALERT, "en", "open"), "webhook")
        assert "/u/" not in json.dumps(asdict(call))

    def test_a_confirmation_is_a_challenge(self) -> None:
        call = compose(bundle(DeliveryKind.CONFIRM), "webhook")
        assert isinstance(call, HookCall)
        assert (call.type, call.data) == ("monitor.confirm", {"challenge": "4821-7730"})


def every_entry() -> tuple[Entry, ...]:
    return release("en"), correction("en"), pardon("en"), story("en")


def test_the_same_bundle_always_reads_the_same() -> None:
    for channel in ("email", "slack", "webhook"):
        made = bundle(DeliveryKind.DIGEST, "en", "open", entries=every_entry())
        assert compose(made, channel) == compose(made, channel)


def test_wording_asks_nobody() -> None:
    """The pure room stays pure: nothing that opens a socket or a database is imported by it."""
    code = (
        "import sys, monitor.alerts.compose, monitor.alerts.retry\n"
        "print({'smtplib', 'requests', 'urllib3', 'sqlite3', 'pysqlite3', 'monitor.store'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


@pytest.mark.parametrize("kind", list(DeliveryKind))
def test_a_bundle_with_nothing_in_it_is_worded_all_the_same(kind: DeliveryKind) -> None:
    made = Bundle("d1", kind, bundle(kind).at)
    for channel in ("email", "slack", "webhook"):
        for plain in (False, True):
            assert compose(made, channel, plain=plain)
