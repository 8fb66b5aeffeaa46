"""The alerts of config.yaml as subscribers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from monitor.config import Config
from monitor.store import Database, subscribers
from monitor.subscribers import desk
from monitor.subscribers.configured import sync_config
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import Reader, Subscription
from monitor.subscribers.requests import mark_left


def config(*alerts: dict[str, Any], **more: Any) -> Config:
    return Config.model_validate({"alerts": alerts, **more})


def alert(**more: Any) -> dict[str, Any]:
    return {"name": "releases", "keywords": "prisoners", "to": "reader@mail.test", **more}


def everybody(private: Database, keys: Keys) -> list[tuple[Reader, list[Subscription]]]:
    return [
        (desk.open_reader(keys, row), [s for _, s in desk.open_subscriptions(private, keys, row.id)])
        for row in subscribers.everybody(private)
        if row.origin != "probe"  # the test mailbox is nobody
    ]


def test_four_lines_are_a_subscriber(private: Database, keys: Keys, now: datetime) -> None:
    lines = alert(when="daily 08:00 Europe/Vilnius", language="be")
    assert sync_config(private, keys, config(lines), now) == []
    ((who, (wanted,)),) = everybody(private, keys)
    assert (who.channel, who.to, who.hour, who.zone, who.language) == (
        "email",
        "reader@mail.test",
        "08:00",
        "Europe/Vilnius",
        "be",
    )
    assert (wanted.name, wanted.instant) == ("releases", False)
    assert "prisoners" in wanted.query


def test_a_second_start_changes_nothing(private: Database, keys: Keys, now: datetime) -> None:
    settings = config(alert(), alert(name="other", to="b@mail.test"))
    sync_config(private, keys, settings, now)
    before, version = subscribers.everybody(private), subscribers.version(private)
    sync_config(private, keys, settings, now)
    assert subscribers.everybody(private) == before
    assert subscribers.version(private) == version


def test_alerts_to_one_address_are_one_subscriber(private: Database, keys: Keys, now: datetime) -> None:
    both = config(alert(), alert(name="border", keywords="border", to="Reader@mail.test", discreet=True))
    sync_config(private, keys, both, now)
    ((who, wanted),) = everybody(private, keys)
    assert {w.name for w in wanted} == {"releases", "border"}
    assert who.discretion == "discreet"


def test_two_digest_hours_to_one_address_are_said_to_be_one(private: Database, keys: Keys, now: datetime) -> None:
    both = config(alert(when="daily 08:00"), alert(name="late", when="daily 20:00"))
    (trouble,) = sync_config(private, keys, both, now)
    assert "late" in trouble
    assert "08:00" in trouble
    assert len(everybody(private, keys)) == 1


@pytest.mark.parametrize(
    ("url", "channel"), [("https://hooks.slack.com/services/T/B/x", "slack"), ("https://hook.test/x", "webhook")]
)
def test_a_hook_is_named_by_its_variable(
    private: Database, keys: Keys, now: datetime, monkeypatch: pytest.MonkeyPatch, url: str, channel: str
) -> None:
    monkeypatch.setenv("MY_HOOK", url)
    sync_config(private, keys, config(alert(to="MY_HOOK")), now)
    ((who, _),) = everybody(private, keys)
    assert (who.channel, who.to) == (channel, url)
    assert who.secret.startswith("whsec_") is (channel == "webhook")


def test_a_secret_from_the_environment_is_used(
    private: Database, keys: Keys, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_HOOK", "https://hook.test/x")
    monkeypatch.setenv("MY_HOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    sync_config(private, keys, config(alert(to="MY_HOOK")), now)
    assert everybody(private, keys)[0][0].secret == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_variable_that_is_not_set_is_said_and_erases_nothing(
    private: Database, keys: Keys, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config(alert(to="MY_HOOK"), alert(name="mail"))
    monkeypatch.setenv("MY_HOOK", "https://hook.test/x")
    sync_config(private, keys, settings, now)
    monkeypatch.delenv("MY_HOOK")
    (trouble,) = sync_config(private, keys, settings, now)
    assert "MY_HOOK is not set" in trouble
    assert len(everybody(private, keys)) == 2


def test_one_alert_that_cannot_be_used_does_not_stop_the_others(private: Database, keys: Keys, now: datetime) -> None:
    (trouble,) = sync_config(private, keys, config(alert(name="bad", keywords="-x"), alert()), now)
    assert "'bad'" in trouble
    assert len(everybody(private, keys)) == 1


def test_a_topic_that_is_not_there_is_said_and_an_operators_own_is(
    private: Database, keys: Keys, now: datetime
) -> None:
    asked = [alert(name="bad", keywords="topic:release"), alert(keywords="topic:water")]
    (trouble,) = sync_config(private, keys, config(*asked, topics={"Water": {"en": ["water supply"]}}), now)
    assert "'bad'" in trouble
    assert "releases" in trouble
    assert len(everybody(private, keys)) == 1


def test_what_config_no_longer_names_is_erased_and_others_stay(private: Database, keys: Keys, now: datetime) -> None:
    sync_config(private, keys, config(alert(), alert(name="b", to="b@mail.test")), now)
    desk.add(private, keys, Reader("email", "c@mail.test", "t" * 40), [], now)
    sync_config(private, keys, config(alert()), now)
    assert {who.to for who, _ in everybody(private, keys)} == {"reader@mail.test", "c@mail.test"}


def test_whoever_left_is_not_brought_back_by_a_restart(private: Database, keys: Keys, now: datetime) -> None:
    sync_config(private, keys, config(alert()), now)
    mark_left(private, everybody(private, keys)[0][0].leave, now)
    desk.work_off_leavers(private, keys)
    sync_config(private, keys, config(alert()), now)
    test_mailbox = {row.id for row in subscribers.everybody(private, "probe")}
    assert {each.subscriber for group in subscribers.listening(private) for each in group} == test_mailbox


def test_the_operators_own_address_is_apart_from_a_reader_with_the_same(
    private: Database, keys: Keys, now: datetime
) -> None:
    settings = config(alert(), delivery={"operator": "reader@mail.test"})
    sync_config(private, keys, settings, now)
    assert [r.origin for r in subscribers.everybody(private)].count("notices") == 1
    assert len(desk.listing(private)) == 1
