"""What readers ask through the web, worked off: sign-up, confirmation, manage links, leaving, erasing, budgets."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config import Config
from monitor.store import Database, outbox, rows, subscribers, tokens, write
from monitor.subscribers import desk, housekeeping, intake, requests
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import Reader
from monitor.subscribers.requests import hash_of, mark_left, new_token, token_scope
from monitor.subscribers.vault import Vault
from tests.readers import add, reader, wants

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Counter:
    """The web's side (public key only) and the desk's, around one private.db."""

    def __init__(self, private: Database, keys: Keys, state: Path, now: datetime) -> None:
        self.private, self.keys, self.now = private, keys, now
        self.vault = Vault.load(state / "private")

    def ask(self, kind: str, **more: Any) -> None:
        requests.append(self.private, self.vault, {"kind": kind, **more}, self.now)

    def sign_up(self, to: str = "reader@mail.test", channel: str = "email", **settings: Any) -> None:
        query = settings.pop("query", "prisoners")
        wanted = [{"name": "mine", "query": query, "instant": True, "certainty": ""}]
        self.ask("sign-up", channel=channel, to=to, settings=settings, subscriptions=wanted)

    def work(self) -> int:
        done = 0
        while batch := intake.work_requests(self.private, self.keys, Config(), self.now):
            done += batch
        return done

    def caused(self, kind: str) -> list[dict[str, Any]]:
        """What the messages that were caused say, in the order they were written."""
        found = rows(self.private, "SELECT sealed FROM deliveries WHERE kind = ? ORDER BY rowid", kind)
        return [self.keys.open(r["sealed"]) for r in found]

    def who(self) -> list[tuple[str, Reader]]:
        return [(row.state, desk.open_reader(self.keys, row)) for row in subscribers.everybody(self.private)]

    def signed_up(self, **more: Any) -> str:
        """Somebody who signed up and confirmed; their id."""
        self.sign_up(**more)
        self.work()
        self.ask("confirm", token=self.caused("confirm")[-1]["token"])
        self.work()
        return subscribers.everybody(self.private)[-1].id

    def manage_token(self, to: str = "reader@mail.test") -> str:
        self.ask("manage-link", to=to)
        self.work()
        return str(self.caused("manage")[-1]["token"])


@pytest.fixture
def counter(private: Database, keys: Keys, state: Path, now: datetime) -> Counter:
    return Counter(private, keys, state, now)


# ----------------------------------------------------------------------------------------------- sign up and confirm


def test_a_sign_up_is_pending_until_it_is_confirmed_from_the_mailbox(counter: Counter) -> None:
    counter.sign_up(language="be", code_word="каліна")
    assert counter.work() == 1
    ((state, who),) = counter.who()
    assert (state, who.to, who.language) == ("pending", "reader@mail.test", "be")
    (said,) = counter.caused("confirm")
    assert token_scope(counter.private, said["token"], counter.now) == "confirm"
    assert token_scope(counter.private, said["not_me"], counter.now) == "not-me"
    counter.ask("confirm", token=said["token"])
    counter.work()
    ((state, who),) = counter.who()
    assert (state, who.code_word) == ("active", "каліна")
    (_, wanted), *_ = desk.open_subscriptions(
        counter.private, counter.keys, subscribers.everybody(counter.private)[0].id
    )
    assert wanted.query == "prisoners"


@pytest.mark.parametrize(
    ("after", "becomes"), [(timedelta(hours=23, minutes=59), "active"), (24 * HOUR + MINUTE, "pending")]
)
def test_d07_a_confirmation_holds_for_a_day(counter: Counter, after: timedelta, becomes: str) -> None:
    counter.sign_up()
    counter.work()
    counter.now += after
    counter.ask("confirm", token=counter.caused("confirm")[0]["token"])
    counter.work()
    assert counter.who()[0][0] == becomes


def test_a_confirmation_that_waited_for_the_desk_still_counts(counter: Counter) -> None:
    counter.sign_up()
    counter.work()
    counter.ask("confirm", token=counter.caused("confirm")[0]["token"])
    counter.now += 26 * HOUR
    counter.work()
    assert counter.who()[0][0] == "active"


def test_w10_signing_up_again_changes_nothing_until_it_is_confirmed(counter: Counter) -> None:
    counter.signed_up(language="be")
    counter.sign_up(language="ru", query="border")
    counter.work()
    first, second = counter.caused("confirm")
    assert first.keys() == second.keys()
    assert counter.who()[0][1].language == "be"
    counter.ask("confirm", token=second["token"])
    counter.work()
    ((state, who),) = counter.who()
    assert (state, who.language) == ("active", "ru")


def test_a_confirmed_reader_keeps_their_way_out(counter: Counter) -> None:
    counter.signed_up()
    before = counter.who()[0][1].leave
    counter.sign_up()
    counter.work()
    counter.ask("confirm", token=counter.caused("confirm")[-1]["token"])
    counter.work()
    assert counter.who()[0][1].leave == before


def test_w06_a_token_opens_only_what_it_is_for_and_only_once(counter: Counter) -> None:
    counter.sign_up()
    counter.work()
    said = counter.caused("confirm")[0]
    counter.ask("confirm", token=said["not_me"])
    counter.ask("change", token=said["token"], settings={"language": "ru"})
    counter.ask("erase", token=said["token"])
    counter.ask("confirm", token=new_token())
    counter.ask("confirm", token=said["token"][:-1] + ("0" if said["token"][-1] != "0" else "1"))
    counter.work()
    assert counter.who()[0][0] == "pending"
    counter.ask("confirm", token=said["token"])
    counter.work()
    assert token_scope(counter.private, said["token"], counter.now) == ""
    assert token_scope(counter.private, said["not_me"], counter.now) == ""


def test_w07_tokens_are_160_bits_unique_and_without_structure() -> None:
    made = [new_token() for _ in range(2000)]
    assert len(set(made)) == 2000
    assert {len(t) for t in made} == {40}
    ones = sum(bin(int(t, 16)).count("1") for t in made) / (160 * 2000)
    assert 0.49 < ones < 0.51


def test_a_slack_channel_gets_a_code_to_type_and_a_webhook_a_challenge(counter: Counter) -> None:
    counter.sign_up("https://hooks.slack.test/a", "slack")
    counter.sign_up("https://hook.test/b", "webhook")
    counter.work()
    code, challenge = (said["code"] for said in counter.caused("confirm"))
    assert len(code) == 14
    assert len(challenge) == 40
    counter.ask("confirm", token=code)
    counter.ask("confirm", token=challenge)
    counter.work()
    assert {state for state, _ in counter.who()} == {"active"}


def test_a_typed_code_opens_the_settings_of_a_slack_channel_and_no_link_is_posted_there(counter: Counter) -> None:
    """Fails when the link itself is posted, where everybody in the channel could use it."""
    first, second = new_token(), new_token()
    counter.sign_up("https://hooks.slack.test/a", "slack")
    counter.work()
    counter.ask("confirm", token=counter.caused("confirm")[0]["code"], manage=first)
    counter.work()
    shown = requests.settings(counter.private, first, counter.now)
    assert shown and shown["settings"]["to"] == "https://hooks.slack.test/a"
    counter.ask("manage-link", to="https://hooks.slack.test/a")
    counter.work()
    (said,) = counter.caused("manage")
    assert said.keys() == {"code"}
    counter.ask("confirm", token=said["code"][:-1], manage=new_token())
    counter.work()
    assert token_scope(counter.private, first, counter.now) == "manage"
    counter.ask("confirm", token=said["code"], manage=second)
    counter.work()
    assert token_scope(counter.private, first, counter.now) == ""
    assert token_scope(counter.private, second, counter.now) == "manage"


def test_a_mailbox_is_confirmed_by_its_link_and_nobody_chooses_the_token_of_its_settings(counter: Counter) -> None:
    chosen = new_token()
    counter.sign_up()
    counter.work()
    counter.ask("confirm", token=counter.caused("confirm")[0]["token"], manage=chosen)
    counter.work()
    assert token_scope(counter.private, chosen, counter.now) == ""


def test_p13_whoever_does_not_confirm_is_gone_after_two_days(counter: Counter, archive: Database) -> None:
    counter.sign_up()
    counter.work()
    housekeeping.tidy(archive, counter.private, counter.now + 47 * HOUR)
    assert len(counter.who()) == 1
    housekeeping.tidy(archive, counter.private, counter.now + 48 * HOUR + MINUTE)
    assert counter.who() == []
    assert rows(counter.private, "SELECT * FROM deliveries") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "pigeon"},
        {"to": ""},
        {"to": "x" * 3000},
        {"settings": {"zone": "Mars/Base"}},
        {"settings": {"discretion": "loud"}},
        {"settings": {"code_word": "x" * 100}},
        {"settings": {"hour": 8}},
        {"subscriptions": [{"name": "a", "query": "-all"}]},
        {"subscriptions": [{"name": "a", "query": "x", "certainty": "rumour"}]},
        {"subscriptions": "prisoners"},
    ],
    ids=str,
)
def test_a_request_that_makes_no_sense_is_dropped_and_the_next_one_worked_off(
    counter: Counter, wrong: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    sensible = {"channel": "email", "to": "secret@mail.test", "settings": {}, "subscriptions": []}
    counter.ask("sign-up", **{**sensible, **wrong})
    counter.sign_up("next@mail.test")
    assert counter.work() == 2
    assert [who.to for _, who in counter.who()] == ["next@mail.test"]
    assert "secret@mail.test" not in caplog.text


def test_a_request_sealed_for_another_key_is_dropped(counter: Counter, tmp_path: Path) -> None:
    from monitor.subscribers.keys import create

    tokens.add_request(counter.private, create(tmp_path / "others").seal({"kind": "sign-up"}), counter.now)
    assert counter.work() == 1
    assert tokens.requests(counter.private) == []


def test_the_web_can_ask_for_nothing_else(counter: Counter) -> None:
    with pytest.raises(ValueError, match="no such kind"):
        counter.ask("list-everybody")


# --------------------------------------------------------------------------------------------------------- budgets


def test_w11_ten_thousand_sign_ups_of_one_address_cause_three_messages_in_a_day(counter: Counter) -> None:
    with write(counter.private):
        for _ in range(300):
            counter.sign_up("victim@mail.test")
    counter.sign_up("another@mail.test")
    assert counter.work() == 301
    assert len(counter.caused("confirm")) == 3 + 1
    counter.now += 23 * HOUR
    counter.sign_up("victim@mail.test")
    counter.ask("manage-link", to="victim@mail.test")
    counter.work()
    assert len(counter.caused("confirm")) == 4
    counter.now += 2 * HOUR
    counter.sign_up("victim@mail.test")
    counter.work()
    assert len(counter.caused("confirm")) == 5


@pytest.mark.parametrize("host", ["mail.test", "gmail.com"])
def test_w11_a_mailbox_has_one_budget_whatever_tags_it_is_written_with(counter: Counter, host: str) -> None:
    """Fails when the budget goes by address: a+1@, a+2@ … would fill one person's mailbox."""
    dots = ("vic.tim", "v.ictim") if host == "gmail.com" else ("victim", "Victim")
    for n in range(12):
        counter.sign_up(f"{dots[n % 2]}+{n}@{host}")
    counter.sign_up(f"victim-too@{host}")
    counter.work()
    assert len(counter.caused("confirm")) == 3 + 1
    counter.now += 24 * HOUR + MINUTE
    counter.sign_up(f"victim+again@{host}")
    counter.work()
    assert len(counter.caused("confirm")) == 5


def test_w12_the_budget_for_all_lets_the_rest_wait_in_line(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "EVERYBODY", 5)
    for n in range(12):
        counter.sign_up(f"r{n}@mail.test")
    assert counter.work() == 5
    assert counter.work() == 0
    counter.now += HOUR + MINUTE
    assert counter.work() == 5
    assert len(tokens.requests(counter.private)) == 2


def test_w13_not_me_keeps_an_address_from_being_asked_again(counter: Counter) -> None:
    counter.sign_up("victim@mail.test")
    counter.work()
    counter.ask("not-me", token=counter.caused("confirm")[0]["not_me"])
    counter.work()
    assert counter.who() == []
    counter.now += timedelta(days=399)
    counter.sign_up("VICTIM@mail.test")
    counter.work()
    assert counter.who() == []
    counter.now += timedelta(days=2)
    counter.sign_up("victim@mail.test")
    counter.work()
    assert len(counter.who()) == 1


# ------------------------------------------------------------------------------------------- manage, leave and erase


def test_a_manage_link_shows_all_that_is_held_to_its_holder_only(counter: Counter) -> None:
    counter.signed_up(code_word="kalina")
    token = counter.manage_token()
    assert token_scope(counter.private, token, counter.now) == "manage"
    shown = requests.settings(counter.private, token, counter.now)
    assert shown and shown["settings"]["code_word"] == "kalina"
    assert requests.settings(counter.private, new_token(), counter.now) is None
    assert requests.settings(counter.private, token, counter.now + 16 * MINUTE) is None
    blob = tokens.token(counter.private, hash_of(token))
    assert blob and blob.blob and b"kalina" not in blob.blob


def test_a_manage_link_for_an_unknown_address_is_silence(counter: Counter) -> None:
    counter.ask("manage-link", to="nobody@mail.test")
    counter.sign_up("pending@mail.test")
    counter.ask("manage-link", to="pending@mail.test")
    counter.work()
    assert counter.caused("manage") == []


def test_changes_are_made_with_the_token_and_the_address_stays(counter: Counter) -> None:
    counter.signed_up()
    token = counter.manage_token()
    wanted = [{"name": "b", "query": "border", "instant": False, "certainty": "corroborated"}]
    counter.ask("change", token=token, settings={"hour": "07:30", "to": "evil@mail.test"}, subscriptions=wanted)
    counter.work()
    ((_, who),) = counter.who()
    assert (who.to, who.hour) == ("reader@mail.test", "07:30")
    counter.ask("change", token=token, settings={"hour": "09:00"})
    counter.work()
    assert counter.who()[0][1].hour == "07:30"


def test_a_reader_can_pause_and_come_back(counter: Counter) -> None:
    counter.signed_up()
    for state in ("paused", "active"):
        counter.ask("change", token=counter.manage_token(), state=state)
        counter.work()
        assert counter.who()[0][0] == state


def test_a_fresh_manage_link_makes_the_old_one_worthless(counter: Counter) -> None:
    counter.signed_up()
    old, new = counter.manage_token(), counter.manage_token()
    assert token_scope(counter.private, old, counter.now) == ""
    assert token_scope(counter.private, new, counter.now) == "manage"


def test_p15_erasing_with_a_manage_token_leaves_nothing(counter: Counter) -> None:
    counter.signed_up()
    counter.ask("erase", token=counter.manage_token())
    counter.work()
    assert counter.who() == []
    assert outbox.counts(counter.private) == {"waiting": 0}
    assert rows(counter.private, "SELECT * FROM tokens") == []


def test_erasing_with_the_link_of_a_mail_leaves_nothing(counter: Counter) -> None:
    counter.signed_up()
    counter.ask("erase", token=counter.who()[0][1].leave)
    counter.work()
    desk.work_off_leavers(counter.private, counter.keys)
    assert counter.who() == []


def test_leaving_is_harmless_to_repeat_and_says_nothing_to_strangers(counter: Counter) -> None:
    counter.signed_up()
    leave = counter.who()[0][1].leave
    assert token_scope(counter.private, leave, counter.now) == "leave"
    assert mark_left(counter.private, leave, counter.now)
    assert mark_left(counter.private, leave, counter.now)
    assert not mark_left(counter.private, new_token(), counter.now)
    counter.ask("leave", token=leave)
    counter.work()
    assert desk.work_off_leavers(counter.private, counter.keys) == 1


def test_whoever_was_switched_off_can_sign_up_again(counter: Counter, private: Database, keys: Keys) -> None:
    ident = add(private, keys, counter.now, reader(), wants())
    subscribers.set_state(private, ident, "disabled")
    counter.sign_up()
    counter.work()
    counter.ask("confirm", token=counter.caused("confirm")[0]["token"])
    counter.work()
    assert counter.who()[0][0] == "active"
