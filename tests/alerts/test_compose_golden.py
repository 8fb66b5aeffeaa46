"""Every kind of message, in every language, for every channel, as files a person can read."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from monitor.alerts import words
from monitor.alerts.compose import compose
from monitor.model import DeliveryKind, HookCall, Mail, Message
from tests import golden
from tests.alert_samples import bundle

FOLDER = Path(__file__).parent / "golden"
NEWS = (DeliveryKind.ALERT, DeliveryKind.DIGEST, DeliveryKind.CORRECTION, DeliveryKind.QUIET, DeliveryKind.TEST)
KINDS = tuple(DeliveryKind)


def shown(message: Message) -> str:
    if isinstance(message, Mail):
        return f"Subject: {message.subject}\n\n{message.text}"
    return json.dumps(asdict(message), ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("kind", KINDS)
class TestEveryKindAndLanguage:
    def test_a_mail_reads_as_it_was_approved(self, kind: DeliveryKind, language: str) -> None:
        parts = [
            f"=== {discretion} ===\n{shown(compose(bundle(kind, language, discretion), 'email'))}"
            for discretion in (("discreet", "open", "pointer") if kind in NEWS else ("discreet",))
        ]
        golden.check(FOLDER / "email" / f"{kind}.{language}.txt", "\n".join(parts))

    def test_a_slack_post_reads_as_it_was_approved(self, kind: DeliveryKind, language: str) -> None:
        golden.check(FOLDER / "slack" / f"{kind}.{language}.json", shown(compose(bundle(kind, language), "slack")))

    def test_a_webhook_call_reads_as_it_was_approved(self, kind: DeliveryKind, language: str) -> None:
        message = compose(bundle(kind, language, "open"), "webhook")
        assert isinstance(message, HookCall)
        golden.check(FOLDER / "webhook" / f"{kind}.{language}.json", shown(message))


@pytest.mark.parametrize("language", words.languages())
def test_the_html_part_of_a_digest_reads_as_it_was_approved(language: str) -> None:
    message = compose(bundle(DeliveryKind.DIGEST, language, "open"), "email")
    assert isinstance(message, Mail)
    golden.check(FOLDER / "email" / f"digest.{language}.html", message.html)


def test_no_golden_file_is_left_over() -> None:
    wanted = {f"{kind}.{language}" for kind in KINDS for language in words.languages()}
    assert {file.stem for file in FOLDER.rglob("*.*")} == wanted
