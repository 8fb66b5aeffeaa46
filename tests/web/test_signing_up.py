from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from starlette.datastructures import FormData
from starlette.testclient import TestClient

from monitor.config import Config
from monitor.store import Database, rows
from monitor.store.subscribers import SubscriberRow, add
from monitor.store.tokens import TokenRow, add_token
from monitor.subscribers.keys import Keys, prepare
from monitor.subscribers.requests import copy_for, hash_of, new_token
from monitor.web import budget as budgets
from monitor.web import forms
from monitor.web.app import create_app
from monitor.web.budget import Budget

from . import gazette
from .newsroom import Newsroom

Waiting = Callable[[], list[dict[str, Any]]]

OURS = {"sec-fetch-site": "same-origin"}
WISH = {"channel": "email", "to": "reader@mail.example", "queries": "pardoned", "when": "now", "zone": "Europe/Vilnius"}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(web={"sign_up": "open"}, keys={"folder": str(tmp_path / "keys")})


@pytest.fixture
def keys(tmp_path: Path, state: Path, private: Database) -> Keys:
    return prepare(tmp_path / "keys", state)


@pytest.fixture
def waiting(private: Database, keys: Keys) -> Waiting:
    """What was put away so far, opened as `send` would."""

    def read() -> list[dict[str, Any]]:
        return [keys.open(r["sealed"]) for r in rows(private, "SELECT sealed FROM requests ORDER BY id")]

    return read


def token_of(private: Database, scope: str, now: datetime, blob: bytes | None = None, *, minutes: int = 15) -> str:
    token = new_token()
    if not rows(private, "SELECT 1 FROM subscribers"):
        add(private, SubscriberRow("s1", b"look-up", "pending", "web", b"sealed", hash_of(new_token()), "2026-11"))
    row = TokenRow(hash_of(token), scope, "s1", now + timedelta(minutes=minutes), False, blob)
    add_token(private, row)
    return token


def test_signing_up_is_closed_unless_the_operator_opens_it(state: Path, now: datetime) -> None:
    with TestClient(create_app(Config(), state, now=lambda: now), base_url="http://127.0.0.1") as client:
        assert client.get("/subscribe").status_code == 404
        assert client.post("/subscribe", data=WISH, headers=OURS).status_code == 404
        assert "/subscribe" not in client.get("/").text


def test_a_look_shows_what_it_would_have_brought_and_keeps_nothing(
    site: TestClient, newsroom: Newsroom, waiting
) -> None:
    gazette.fill(newsroom)
    page = site.post("/subscribe", data=WISH | {"do": "look"}, headers=OURS)
    assert "1 story in the last 90 days." in page.text and "Belarus pardons 32" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert waiting() == []


def test_what_was_wished_for_is_sealed_and_put_away(site: TestClient, waiting: Waiting) -> None:
    answer = site.post("/subscribe", data=WISH | {"do": "send", "person": "zhuk-alena"}, headers=OURS)
    assert answer.status_code == 200
    (asked,) = waiting()
    assert asked["kind"] == "sign-up" and asked["to"] == "reader@mail.example"
    assert [s["query"] for s in asked["subscriptions"]] == ["pardoned", "person:zhuk-alena"]
    assert [s["certainty"] for s in asked["subscriptions"]] == ["", "corroborated"]
    assert asked["settings"]["zone"] == "Europe/Vilnius"


def test_w08_every_address_gets_the_same_answer(site: TestClient, private: Database, keys: Keys, now: datetime) -> None:
    token_of(private, "confirm", now)
    answers = {
        site.post("/subscribe", data=WISH | {"to": to, "do": "send"}, headers=OURS).content
        for to in ("known@mail.example", "unknown@mail.example", "reader@mail.example")
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    "to",
    [
        "a@x.test,b@x.test",
        "a@x.test\0",
        '"a b"@x.test',
        "a@[127.0.0.1]",
        "<a@x.test> j",
        f"{'a' * 400}@x.test",
        "",
        "a",
    ],
)
def test_m05_what_is_no_address_is_refused_with_the_form(site: TestClient, waiting: Waiting, to: str) -> None:
    answer = site.post("/subscribe", data=WISH | {"to": to, "do": "send"}, headers=OURS)
    assert answer.status_code == 400 and html.fromstring(answer.text).xpath("//div[@role='alert']")
    assert waiting() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"queries": ""},
        {"queries": "*"},
        {"queries": "NOT x"},
        {"queries": "(a"},
        {"queries": "\n".join(f"x{n}" for n in range(60))},
        {"when": "daily", "hour": "25:00"},
        {"zone": "../../etc/passwd"},
        {"discretion": "loud"},
        {"channel": "pigeon"},
    ],
)
def test_what_cannot_be_done_is_explained(site: TestClient, waiting: Waiting, wrong: dict[str, str]) -> None:
    answer = site.post("/subscribe", data=WISH | wrong | {"do": "send"}, headers=OURS)
    assert answer.status_code == 400 and waiting() == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8000"},
        {"sec-fetch-site": "none"},
    ],
)
@pytest.mark.parametrize("path", ["/subscribe", "/m", "/c", "/c/x", "/x/x", "/m/x"])
def test_w03_a_form_from_elsewhere_is_refused(
    site: TestClient, waiting: Waiting, path: str, headers: dict[str, str]
) -> None:
    assert site.post(path, data=WISH | {"do": "send", "code": "X"}, headers=headers).status_code == 403
    assert waiting() == []


def test_a_browser_that_names_only_the_origin_is_believed(site: TestClient, waiting: Waiting) -> None:
    headers = {"origin": "http://127.0.0.1:8000"}
    assert site.post("/m", data={"to": "a@mail.example"}, headers=headers).status_code == 200
    assert [r["kind"] for r in waiting()] == ["manage-link"]


def test_names_are_looked_up_without_a_script(site: TestClient, newsroom: Newsroom, keys: Keys) -> None:
    gazette.fill(newsroom)
    page = html.fromstring(site.post("/subscribe", data={"do": "find", "name": "вараН"}, headers=OURS).text)
    assert page.xpath("//input[@name='person'][@checked]/@value") == ["varanovich-mikola"]
    newsroom.person("varanovich-ala", "Ala Varanovich", name_be="Ала Варановіч")
    page = html.fromstring(site.post("/subscribe", data={"do": "find", "name": "вараН"}, headers=OURS).text)
    assert len(page.xpath("//div[@role='status']//input[@name='person'][not(@checked)]")) == 2


def test_names_are_offered_while_one_is_typed_and_no_keystroke_leaves(
    site: TestClient, newsroom: Newsroom, keys: Keys
) -> None:
    """The browser's own list, which needs no script. Fails without the list of names in the page."""
    gazette.fill(newsroom)
    page = html.fromstring(site.get("/subscribe", params={"lang": "be"}).text)
    (field,) = page.xpath("//input[@name='name']")
    assert "Мікола Варановіч" in page.xpath(f"//datalist[@id='{field.get('list')}']/option/@value")
    assert not page.xpath("//script")


def test_a_name_that_is_only_typed_counts_as_chosen_or_asks_who_is_meant(
    site: TestClient, newsroom: Newsroom, waiting: Waiting
) -> None:
    """Fails when what stands in the field of names is passed over in silence."""
    gazette.fill(newsroom)
    wish = WISH | {"queries": "", "do": "send"}
    assert site.post("/subscribe", data=wish | {"name": "Микола Варановіч"}, headers=OURS).status_code == 200
    assert waiting() == [], "nobody is spelt like that: the form says so"
    site.post("/subscribe", data=wish | {"name": "мікола варановіч", "language": "be"}, headers=OURS)
    (asked,) = waiting()
    assert [(s["query"], s["name"]) for s in asked["subscriptions"]] == [
        ("person:varanovich-mikola", "Мікола Варановіч")
    ]


def test_whoever_is_on_no_list_is_followed_by_name_all_the_same(
    site: TestClient, newsroom: Newsroom, waiting: Waiting
) -> None:
    gazette.fill(newsroom)
    wish = WISH | {"queries": "", "do": "find", "name": 'Вера "Сінявокая\\'}
    page = html.fromstring(site.post("/subscribe", data=wish, headers=OURS).text)
    (offered,) = page.xpath("//input[@name='spelling']/@value")
    site.post("/subscribe", data=wish | {"do": "send", "spelling": offered}, headers=OURS)
    (asked,) = waiting()
    (wanted,) = asked["subscriptions"]
    assert (wanted["query"], wanted["name"]) == ('person:"Вера  Сінявокая"', "Вера  Сінявокая")
    assert wanted["certainty"] == "corroborated"


def test_topics_can_be_chosen_and_hints_of_a_release_are_opt_in(site: TestClient, waiting: Waiting) -> None:
    """Fails when a hint reaches somebody who did not ask for hints."""
    for more in ({}, {"hints": "yes"}):
        wish = WISH | {"queries": "", "topic": ["releases", "families"], "do": "send"} | more
        assert site.post("/subscribe", data=wish, headers=OURS).status_code == 200
    plain, hints = ({s["query"]: s["certainty"] for s in asked["subscriptions"]} for asked in waiting())
    assert plain == {"topic:releases": "announced", "topic:families": ""}
    assert hints == {"topic:releases": "", "topic:families": ""}


def test_a_person_s_page_leads_to_the_form_with_that_person_chosen(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    link = html.fromstring(site.get("/person/zhuk-alena").text).xpath("//a[@class='button']/@href")[0]
    page = html.fromstring(site.get(link).text)
    assert page.xpath("//input[@name='person'][@checked]/@value") == ["zhuk-alena"]


def test_a_noisy_wish_is_steered_to_one_message_a_day(
    site: TestClient, newsroom: Newsroom, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a wish that brings more than anybody reads one by one is not said to be one."""
    monkeypatch.setattr("monitor.web.signing_up.MOST", 1)
    gazette.fill(newsroom)
    look = WISH | {"topic": "releases", "do": "look"}
    page = html.fromstring(site.post("/subscribe", data=look, headers=OURS).text)
    assert page.xpath("//button[@name='do']/@value") == ["daily", "send"] and page.xpath("//p[@role='alert']")
    page = html.fromstring(site.post("/subscribe", data=look | {"do": "daily"}, headers=OURS).text)
    kept = {i.get("name"): i.get("value") for i in page.xpath("//input[@type='hidden']")}
    assert page.xpath("//button[@name='do']/@value") == ["send"]
    assert (kept["when"], kept["hour"], kept["topic"]) == ("daily", "08:00", "releases")


def test_a_code_is_answered_with_the_same_page_right_or_wrong_and_a_link_of_its_own(
    site: TestClient, keys: Keys, waiting: Waiting
) -> None:
    """Fails when the token of the link does not reach `send`, or goes back and forth in an address."""
    links = []
    for code in ("BCDF-2345-GHJK", "wrong"):
        page = html.fromstring(site.post("/c", data={"code": code}, headers=OURS).text)
        links += page.xpath("//main//a/@href")
    asked = waiting()
    assert [a["token"] for a in asked] == ["BCDF-2345-GHJK", "WRONG"]
    assert [f"/m/{a['manage']}" for a in asked] == links and len(links[0]) == len("/m/") + 40


@pytest.mark.parametrize(("scope", "path"), [("confirm", "/c/"), ("not-me", "/x/")])
def test_w05_a_get_changes_nothing_and_a_post_does(
    site: TestClient, private: Database, now: datetime, waiting: Waiting, scope: str, path: str
) -> None:
    token = token_of(private, scope, now)
    for method in ("GET", "HEAD", "GET"):
        answer = site.request(method, f"{path}{token}")
        assert answer.status_code == 200 and token not in answer.text
    assert waiting() == []
    assert site.post(f"{path}{token}", headers=OURS).status_code == 200
    assert waiting() == [{"kind": scope, "token": token}]


def test_w06_no_token_opens_what_another_is_for(
    site: TestClient, private: Database, now: datetime, waiting: Waiting
) -> None:
    tokens = {scope: token_of(private, scope, now) for scope in ("confirm", "not-me", "manage")}
    old = token_of(private, "confirm", now, minutes=-1)
    wrong = [("/c/", tokens["manage"]), ("/x/", tokens["confirm"]), ("/m/", tokens["confirm"]), ("/c/", old)]
    pages = set()
    for path, token in [*wrong, ("/c/", "x"), ("/m/", tokens["manage"][:-1] + "0")]:
        for method in ("GET", "POST"):
            answer = site.request(method, f"{path}{token}", headers=OURS)
            assert answer.status_code == 404
            pages.add(answer.text)
    assert len(pages) == 1 and waiting() == []


def test_settings_open_only_with_their_token_and_can_be_changed(
    site: TestClient, private: Database, now: datetime, waiting: Waiting, newsroom: Newsroom
) -> None:
    token = new_token()
    held = {
        "state": "active",
        "settings": {"language": "ru", "zone": "Europe/Warsaw", "hour": "07:30", "discretion": "pointer"},
        "subscriptions": [
            {"name": "n", "query": query, "instant": False, "certainty": "named"}
            for query in ("person:zhuk-alena", "person:gone-from-the-register")
        ],
    }
    gazette.fill(newsroom)
    token_of(private, "confirm", now)
    add_token(
        private, TokenRow(hash_of(token), "manage", "s1", now + timedelta(minutes=15), False, copy_for(token, held))
    )
    page = html.fromstring(site.get(f"/m/{token}").text)
    assert page.xpath("//input[@checked]/@value") == ["zhuk-alena", "named", "daily", "yes", "pointer"]
    assert page.xpath("//textarea")[0].text_content().strip() == "person:gone-from-the-register"
    copy = site.post(f"/m/{token}", data={"do": "export"}, headers=OURS)
    assert copy.json() == held and copy.headers["cache-control"] == "no-store"
    form = {"do": "save", "queries": "amnesty", "when": "daily", "hour": "09:00", "certainty": ""}
    assert site.post(f"/m/{token}", data=form, headers=OURS).status_code == 200
    site.post(f"/m/{token}", data={"do": "pause"}, headers=OURS)
    site.post(f"/m/{token}", data={"do": "erase"}, headers=OURS)
    saved, paused, erased = waiting()
    assert saved["subscriptions"] == [{"name": "amnesty", "query": "amnesty", "instant": False, "certainty": ""}]
    assert paused == {"kind": "change", "state": "paused", "token": token}
    assert erased == {"kind": "erase", "token": token}


def test_w11_one_network_has_a_budget_and_others_can_still_join(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when what is refused counts towards the budget for all."""
    monkeypatch.setattr(budgets, "NETWORK", 3)
    monkeypatch.setattr(budgets, "EVERYBODY", 6)
    budget = Budget()
    answers = [budget.takes(f"203.0.113.{n}", f"r{n}@mail.example", now) for n in range(20)]
    assert answers == [True] * 3 + [False] * 17
    assert budget.takes("198.51.100.7", "a@mail.example", now) and budget.takes("2001:db8::1", "b@mail.example", now)
    assert budget.takes("203.0.113.9", "c@mail.example", now + timedelta(hours=2))
    held = repr(vars(budget))
    assert "203.0.113" not in held and "mail.example" not in held


def test_w11_ten_thousand_requests_for_one_address_from_a_thousand_networks_lock_nobody_out(now: datetime) -> None:
    """Fails when one address may use up what is there for everybody."""
    budget = Budget()
    for n in range(10_000):
        budget.takes(
            f"10.{n % 1000 // 250}.{n % 250}.7", "Victim@mail.example" if n % 2 else "victim@mail.example", now
        )
    assert budget.takes("198.51.100.7", "another@mail.example", now)


def test_w12_the_budget_for_all_ends_with_the_hour(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "EVERYBODY", 5)
    budget = Budget()
    taken = [budget.takes(f"10.0.{n}.1", f"r{n}@mail.example", now) for n in range(8)]
    assert taken == [True] * 5 + [False] * 3
    assert budget.takes("10.0.9.1", "r9@mail.example", now + timedelta(minutes=61))


@pytest.mark.parametrize(("path", "form"), [("/m", {"to": "a@mail.example"}), ("/c", {"code": "BCDF-2345-GHJK"})])
def test_w11_whatever_is_asked_without_a_token_is_within_the_budget(
    site: TestClient, keys: Keys, waiting: Waiting, monkeypatch: pytest.MonkeyPatch, path: str, form: dict[str, str]
) -> None:
    """Fails when only signing up is counted."""
    monkeypatch.setattr(budgets, "EVERYBODY", 2)
    monkeypatch.setattr(budgets, "ADDRESS", 100)
    answers = [site.post(path, data=form, headers=OURS).status_code for _ in range(4)]
    assert answers == [200, 200, 429, 429] and len(waiting()) == 2
    page = site.post(path, data=form, headers={**OURS, "accept": "text/html"})
    assert page.status_code == 429 and "<h1>Too many requests</h1>" in page.text


@pytest.mark.parametrize("language", ["be", "ru", "en"])
@pytest.mark.parametrize("path", ["/subscribe", "/m", "/c"])
def test_every_form_is_sound_in_every_language(site: TestClient, path: str, language: str) -> None:
    page = html.fromstring(site.get(path, params={"lang": language}).text)
    ids = page.xpath("//@id")
    assert page.get("lang") == language and len(ids) == len(set(ids))
    assert set(page.xpath("//main//input/@id | //main//select/@id | //main//textarea/@id")) == set(
        page.xpath("//label/@for")
    )


@pytest.mark.parametrize(("typed", "wanted"), [("yes", True), ("no", False), (None, True)])
def test_the_weekly_note_is_on_unless_somebody_switches_it_off(typed: str | None, wanted: bool) -> None:
    form = FormData([("queries", "pardon"), *([("weekly", typed)] if typed else [])])
    assert forms.read(form, "en").settings["weekly"] is wanted
    assert forms.as_typed({"settings": {"weekly": wanted}}, ()).typed["weekly"] == ("yes" if wanted else "no")
