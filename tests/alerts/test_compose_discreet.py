"""A discreet mail says nothing to whoever looks over a shoulder, at a server's log, or at a locked phone."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from monitor.alerts import sensitive, words
from monitor.alerts.channels import Envelope
from monitor.alerts.channels._mime import render
from monitor.alerts.compose import compose
from monitor.model import DeliveryKind, Discretion, Mail
from tests.alert_samples import BASE, NOW, bundle

SENSITIVE = sensitive.stems()
QUIET: tuple[Discretion, ...] = ("discreet", "pointer")
ALL = [(kind, language, discretion) for kind in DeliveryKind for language in words.languages() for discretion in QUIET]


def mail(kind: DeliveryKind, language: str, discretion: Discretion) -> Mail:
    made = compose(bundle(kind, language, discretion), "email")
    assert isinstance(made, Mail)
    return made


def test_the_list_is_long_and_finds_what_it_should() -> None:
    assert len(SENSITIVE) > 400
    assert sensitive.found_in("Вызвалены палітвязні") == ["палітвяз", "вызвал"]
    assert sensitive.found_in("Political prisoners were freed") == ["prison", "freed", "political", "politic"]
    assert sensitive.found_in("В’язні") == ["в'язн"]


@pytest.mark.parametrize(("kind", "language", "discretion"), ALL)
class TestMailsThatMayBeSeen:
    def test_m12_the_first_200_characters_are_neutral(
        self, kind: DeliveryKind, language: str, discretion: Discretion
    ) -> None:
        assert sensitive.found_in(mail(kind, language, discretion).text[:200]) == []

    def test_m12_m13_headers_are_neutral_decoded_too(
        self, kind: DeliveryKind, language: str, discretion: Discretion
    ) -> None:
        envelope = Envelope(unsubscribe_url=f"{BASE}/u/{'x' * 32}")
        raw = render(
            mail(kind, language, discretion), "notes@notes.example.org", "", "a@b.example", "d1", NOW, envelope
        )
        decoded = message_from_bytes(raw, policy=policy.default)
        assert sensitive.found_in(" ".join(f"{name} {value}" for name, value in decoded.items())) == []

    def test_m12_addresses_are_neutral_and_ours(
        self, kind: DeliveryKind, language: str, discretion: Discretion
    ) -> None:
        addresses = re.findall(r"\S+://\S+", mail(kind, language, discretion).text)
        assert sensitive.found_in(" ".join(addresses)) == []
        assert all(address.startswith(BASE) for address in addresses)

    def test_m10_it_is_text_only(self, kind: DeliveryKind, language: str, discretion: Discretion) -> None:
        made = replace(bundle(kind, language, discretion), html=True)
        assert compose(made, "email").html == ""  # type: ignore[union-attr]


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("total", [0, 1, 2, 5, 21])
def test_the_neutral_opening_is_longer_than_200_characters(language: str, total: int) -> None:
    made = bundle(DeliveryKind.DIGEST, language)
    made = replace(made, entries=made.entries[:1] if total else (), more=max(0, total - 1))
    text = compose(made, "email").text  # type: ignore[union-attr]
    assert text.index(". . . .") >= 200


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("kind", [DeliveryKind.ALERT, DeliveryKind.DIGEST, DeliveryKind.CORRECTION, DeliveryKind.TEST])
def test_m14_a_pointer_is_a_count_and_the_sites_own_address(kind: DeliveryKind, language: str) -> None:
    made = bundle(kind, language, "pointer")
    text = compose(made, "email").text  # type: ignore[union-attr]
    for entry in made.entries:
        for said in (entry.title, entry.page, entry.link, entry.happened, *entry.names, *entry.ledger, *entry.alerts):
            assert not said or said not in text
        assert not any(voice.outlet in text for voice in entry.voices)
    assert f"\n{BASE}/\n" in text
    assert len(text.splitlines()) <= 9


@pytest.mark.parametrize("discretion", ["open", "discreet", "pointer"])
@pytest.mark.parametrize("kind", list(DeliveryKind))
def test_m21_the_code_word_is_in_every_mail_but_the_first(kind: DeliveryKind, discretion: Discretion) -> None:
    text = compose(bundle(kind, "en", discretion, code_word="birch"), "email").text  # type: ignore[union-attr]
    assert ("birch" in text) == (kind is not DeliveryKind.CONFIRM)


def test_m10_readers_of_the_same_news_get_the_same_links_but_those_to_leave() -> None:
    one, other = (
        compose(bundle(DeliveryKind.DIGEST, "en", discretion="discreet", unsubscribe_url=f"{BASE}/u/{token}"), "email")
        for token in ("aaaa", "bbbb")
    )
    assert one.text.replace("/u/aaaa", "/u/bbbb") == other.text  # type: ignore[union-attr]


def test_m16_there_is_no_farewell_mail() -> None:
    """M-16: leaving is not a kind of message."""
    assert {str(kind) for kind in DeliveryKind} == {
        "alert",
        "digest",
        "correction",
        "quiet",
        "confirm",
        "manage",
        "notice",
        "test",
    }
