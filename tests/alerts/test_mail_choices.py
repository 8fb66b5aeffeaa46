"""What somebody who signs up may choose about a mail, and what nobody may."""

from __future__ import annotations

import re
from typing import Any

import pytest

from monitor.alerts import words
from monitor.alerts.compose import compose
from monitor.config import Config
from monitor.model import DeliveryKind, Mail
from monitor.store import Database, outbox, tokens
from monitor.subscribers import desk, intake, requests
from monitor.subscribers.keys import Keys
from monitor.subscribers.vault import Vault
from tests.alert_samples import bundle
from tests.readers import wants

REMOTE = re.compile(
    r"<(img|link|script|iframe|object|embed|form|input|video|audio|base)\b|http-equiv=.refresh|@import|url\(",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "settings",
    [
        {"sender_name": "Police"},
        {"subject": "You were seen", "subject_prefix": "[x]"},
        {"leave": "0" * 40},
        {"secret": "whsec_x"},
        {"to": "other@mail.test"},
        {"channel": "webhook"},
    ],
)
def test_m17_nothing_but_the_offered_settings_is_taken(
    private: Database, keys: Keys, now: Any, settings: dict[str, Any]
) -> None:
    asked = {
        "kind": "sign-up",
        "channel": "email",
        "to": "a@mail.test",
        "settings": settings,
        "subscriptions": [wants().pack()],
    }
    requests.append(private, Vault(keys.vault.public_key), asked, now)
    intake.work_requests(private, keys, Config(), now)
    ident = desk.find(private, keys, "a@mail.test")
    assert ident
    held = desk.export(private, keys, ident)["settings"]
    assert not [value for name, value in settings.items() if held.get(name) == value]


@pytest.mark.parametrize("discretion", ["loud", "", "OPEN", None])
def test_m17_a_discretion_that_is_not_offered_is_refused(
    private: Database, keys: Keys, now: Any, discretion: str | None
) -> None:
    asked = {"kind": "sign-up", "channel": "email", "to": "a@mail.test", "subscriptions": []}
    requests.append(private, keys.vault, asked | {"settings": {"discretion": discretion}}, now)
    intake.work_requests(private, keys, Config(), now)
    assert desk.find(private, keys, "a@mail.test") is None
    assert outbox.counts(private) == {"waiting": 0} and tokens.requests(private) == []


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("kind", list(DeliveryKind))
def test_m18_html_is_off_unless_chosen_and_then_refers_to_nothing(kind: DeliveryKind, language: str) -> None:
    plain = compose(bundle(kind, language, "discreet"), "email")
    assert isinstance(plain, Mail) and not plain.html
    chosen = compose(bundle(kind, language, "open", html=True), "email")
    assert isinstance(chosen, Mail)
    assert not REMOTE.search(chosen.html)
    assert set(re.findall(r'\b(\w+)="https?:', chosen.html)) <= {"href"}
