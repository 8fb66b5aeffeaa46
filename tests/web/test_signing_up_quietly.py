"""What the page says to whom while somebody signs up: the same to everybody, and warnings before anything is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from monitor.config import Config
from monitor.store import Database, subscribers, switches, tokens
from monitor.subscribers import desk
from monitor.subscribers.keys import Keys, prepare
from monitor.web import site as site_module
from monitor.web.app import create_app
from monitor.web.providers import is_risky
from tests.readers import add, reader, wants

from . import gazette
from .newsroom import Newsroom
from .timing import auc, interleaved

OURS = {"sec-fetch-site": "same-origin"}
WISH = {"channel": "email", "queries": "pardoned", "when": "now", "zone": "Europe/Vilnius", "do": "send"}
STATES = ("unknown", "active", "pending", "disabled", "paused", "suppressed")


@pytest.fixture
def config() -> Config:
    return Config(web={"sign_up": "open"})


@pytest.fixture
def keys(state: Path, private: Database) -> Keys:
    return prepare(state.with_name("keys"), state)


@pytest.fixture(autouse=True)
def no_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.web.budget.EVERYBODY", 10_000)


@pytest.fixture
def addresses(private: Database, keys: Keys, now: datetime) -> dict[str, str]:
    """An address in every state in which the list may know it."""
    for state in STATES[1:5]:
        add(private, keys, now, reader(address_of(state)), state=state)
    suppressed = keys.look_up(address_of("suppressed"), "suppression")
    tokens.suppress(private, suppressed, "not me", now + timedelta(days=400))
    return {state: address_of(state) for state in STATES}


def address_of(state: str) -> str:
    """All of one length, so that a page which repeats one in its form says no more than that."""
    return f"{state:x<10}@mail.example"


@pytest.mark.parametrize(("path", "more"), [("/subscribe", {}), ("/m", {}), ("/subscribe", {"do": "look"})])
def test_w08_known_unknown_pending_bounced_and_suppressed_get_the_same_bytes(
    site: TestClient, addresses: dict[str, str], path: str, more: dict[str, str]
) -> None:
    seen = set()
    for to in addresses.values():
        answer = site.post(path, data=WISH | {"to": to} | more, headers=OURS)
        headers = tuple(sorted((k, v) for k, v in answer.headers.items() if k != "date"))
        seen.add((answer.status_code, headers, answer.content.replace(to.encode(), b"")))
    assert len(seen) == 1


def test_w09_the_time_of_an_answer_does_not_tell_whether_somebody_is_known(
    site: TestClient, addresses: dict[str, str]
) -> None:
    """The short form of `python -m tests.bench.bench_answers`, which asks a real server 2 × 1,000 times.

    Fails when the web looks anybody up: the answer for whoever is known then takes longer.
    """

    def ask(state: str) -> None:
        site.post("/subscribe", data=WISH | {"to": addresses[state]}, headers=OURS)

    taken = interleaved(ask, ("active", "unknown"), 150)
    assert auc(taken["active"], taken["unknown"]) < 0.6


def test_w10_a_known_address_that_signs_up_again_is_neither_shown_nor_changed(
    site: TestClient, private: Database, keys: Keys, now: datetime
) -> None:
    ident = add(private, keys, now, reader("old@mail.example", code_word="rowan"), wants("Varanovich"))
    before = subscribers.by_id(private, ident)
    answer = site.post("/subscribe", data=WISH | {"to": "old@mail.example"}, headers=OURS)
    assert "rowan" not in answer.text and "Varanovich" not in answer.text
    assert subscribers.by_id(private, ident) == before
    assert [s for _, s in desk.open_subscriptions(private, keys, ident)] == [wants("Varanovich")]


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip"])
def test_w14_a_forged_forwarded_header_gets_no_second_budget(
    state: Path, private: Database, keys: Keys, now: datetime, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.web.budget.NETWORK", 3)
    app = create_app(Config(web={"sign_up": "open"}), state, now=lambda: now)
    with TestClient(app, base_url="http://127.0.0.1:8000", client=("203.0.113.7", 4000)) as client:
        answers = [
            client.post(
                "/subscribe", data=WISH | {"to": f"r{n}@mail.example"}, headers=OURS | {name: f"for=198.51.100.{n}"}
            )
            for n in range(6)
        ]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429, 429]


def test_w14_a_proxy_that_the_operator_named_says_whom_a_request_comes_from(
    state: Path, private: Database, keys: Keys, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when the first word of X-Forwarded-For is believed, which is the client's own."""
    monkeypatch.setattr("monitor.web.budget.NETWORK", 2)
    config = Config.model_validate({"web": {"sign_up": "open", "proxies": ["127.0.0.1", "10.0.0.0/8"]}})
    with TestClient(
        create_app(config, state, now=lambda: now), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 4000)
    ) as client:

        def ask(n: int, said: str) -> int:
            headers = OURS | {"x-forwarded-for": said}
            return client.post("/m", data={"to": f"r{n}@mail.example"}, headers=headers).status_code

        forged = [ask(n, f"198.51.{n}.9, 203.0.113.{n}, 10.0.0.1") for n in range(4)]
        assert forged == [200, 200, 429, 429]
        assert ask(9, "192.0.2.1") == 200


@pytest.mark.parametrize("field", ["next", "return", "url", "redirect"])
@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "\\\\evil.example", "/\t/evil.example"])
def test_w25_no_parameter_leads_off_the_site(
    site: TestClient, addresses: dict[str, str], field: str, target: str
) -> None:
    for path in ("/", "/subscribe", "/m", "/u/x", "/n/x"):
        answer = site.get(path, params={field: target}, follow_redirects=False)
        assert "evil" not in answer.headers.get("location", "")
        links = chain.from_iterable(html.fromstring(answer.text).xpath(f"//@{name}") for name in ("href", "action"))
        assert not [link for link in links if link.lstrip("\t ").startswith(("//", "\\", "https://evil"))]
    answer = site.post("/subscribe", params={field: target}, data=WISH | {"to": "a@mail.example", field: target},
                       headers=OURS, follow_redirects=False)  # fmt: skip
    assert answer.status_code == 200 and "location" not in answer.headers


@pytest.mark.parametrize(
    ("to", "risky"),
    [
        ("a@tut.by", True),
        ("a@mail.ru", True),
        ("a@Sub.Example.BY", True),
        ("a@yandex.com", True),
        ("a@xn--e1afmkfd.xn--90ais", True),
        ("a@mail.example", False),
        ("a@by.example", False),
        ("a@notyandex.com", False),
        ("a@proton.me", False),
    ],
)
def test_w24_a_mailbox_within_reach_of_the_pursuers_is_warned_of_before_anything_is_sent(
    site: TestClient, private: Database, keys: Keys, to: str, risky: bool
) -> None:
    assert is_risky(to) is risky
    page = site.post("/subscribe", data=WISH | {"to": to, "do": "look"}, headers=OURS)
    assert page.status_code == 200 and ("It can be made to show" in page.text) is risky
    assert tokens.requests(private) == []


def test_w24_the_last_answer_is_the_same_for_risky_mailboxes(site: TestClient, keys: Keys) -> None:
    answers = {
        site.post("/subscribe", data=WISH | {"to": to}, headers=OURS).content for to in ("a@tut.by", "a@b.example")
    }
    assert len(answers) == 1


class TestOpening:
    """Sign-up opens with the operator's word and `doctor`'s, and not with one of them."""

    def _page(self, state: Path, now: datetime, **web: str) -> int:
        app = create_app(Config(web={"sign_up": "open", **web}), state, now=lambda: now)
        base = web.get("base_url", "http://127.0.0.1:8000")
        with TestClient(app, base_url=base) as client:
            return client.get("/subscribe").status_code

    def test_an_address_that_doctor_has_not_seen_over_https_keeps_it_closed(
        self, state: Path, private: Database, now: datetime
    ) -> None:
        assert self._page(state, now, base_url="https://watch.example") == 404
        switches.turn_on(private, switches.PAGE_SEEN, "https://another.example", now)
        assert self._page(state, now, base_url="https://watch.example") == 404
        switches.turn_on(private, switches.PAGE_SEEN, "https://watch.example", now)
        assert self._page(state, now, base_url="https://watch.example") == 200

    def test_plain_http_to_the_world_keeps_it_closed(self, state: Path, private: Database, now: datetime) -> None:
        switches.turn_on(private, switches.PAGE_SEEN, "https://watch.example", now)
        assert self._page(state, now, base_url="http://watch.example") == 404

    def test_this_machine_itself_may_look(self, state: Path, private: Database, now: datetime) -> None:
        assert self._page(state, now) == 200

    def test_a_database_that_is_being_destroyed_does_not_stop_reading(self, state: Path, now: datetime) -> None:
        (state / "private").mkdir(mode=0o700)
        (state / "private" / "private.db").write_bytes(b"no database at all, any more" * 50)
        assert site_module.Site(Config(web={"sign_up": "open", "base_url": "https://a.example"}), state, lambda: now)
        app = create_app(Config(web={"sign_up": "open", "base_url": "https://a.example"}), state, now=lambda: now)
        with TestClient(app, base_url="https://a.example") as client:
            assert client.get("/").status_code == 200


class TestTheLook:
    def test_it_shows_the_message_itself_as_it_would_come(self, site: TestClient, newsroom: Newsroom) -> None:
        gazette.fill(newsroom)
        story = newsroom.story("s9")
        article = newsroom.article(story, "President pardons nine people", sentences=["Nine people were pardoned."])
        newsroom.fact("story:s9", "coverage", story="s9", article_id=article)
        looked = {
            kind: html.fromstring(
                site.post("/subscribe", data=WISH | {"to": "a@mail.example", "do": "look", "discretion": kind,
                                                     "code_word": "rowan"}, headers=OURS).text
            ).xpath("string(//pre)")
            for kind in ("open", "discreet", "pointer")
        }  # fmt: skip
        assert "pardon" in looked["open"] and "pardon" not in looked["pointer"]
        assert "pardon" not in looked["discreet"][:200] and all("rowan" in text for text in looked.values())

    def test_it_counts_of_somebody_only_what_is_sure_enough(self, site: TestClient, newsroom: Newsroom) -> None:
        gazette.fill(newsroom)
        counts = [
            html.fromstring(
                site.post("/subscribe", data={"to": "a@mail.example", "channel": "email", "do": "look",
                                              "person": "varanovich-mikola", "certainty": least}, headers=OURS).text
            ).xpath("string(//p[@class='lede'])").split()[0]
            for least in ("", "confirmed")
        ]  # fmt: skip
        assert int(counts[0]) > int(counts[1]) == 0
