from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from . import gazette
from .newsroom import Newsroom


def test_stories_come_in_pages_without_loss(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    found, path = [], "/api/stories?limit=3"
    while path:
        answer = site.get(path).json()
        found += [s["id"] for s in answer["stories"]]
        path = (answer["next"] or "").removeprefix("http://127.0.0.1:8000")
    assert len(found) == len(set(found)) == 10


def test_stories_can_be_narrowed_to_releases(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    ids = [s["id"] for s in site.get("/api/stories?relevant=true").json()["stories"]]
    assert ids == ["pardon2345", "border6789", "hint234567"]


def test_a_story_says_who_says_so_and_never_a_body(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    story = site.get("/api/stories/pardon2345").json()
    assert story["independent_voices"] == 5 and story["event"] == "e7k2mq"
    assert "text" not in story["articles"][0]
    assert [a["repeats"] for a in story["articles"]].count(True) == 1


def test_an_event_has_its_ledger(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    event = site.get("/api/events/e7k2mq").json()
    assert event["ledger"]["values"]["official"] == 32
    assert site.get("/api/events?limit=1").json()["events"][0]["slug"] == "e7k2mq"
    assert len(site.get("/api/events?since=2026-01-01").json()["events"]) == 4


def test_a_person_has_every_spelling_and_what_was_said(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    person = site.get("/api/people/zhuk-alena").json()
    assert "Aliona Žuk" in person["spellings"] and person["said"][0]["status"] == "freed"


def test_sources_are_listed_with_their_condition(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    answer = site.get("/api/sources").json()
    assert answer["checked"] == 13
    assert {s["condition"] for s in answer["sources"]} == {"well", "quiet", "failing", "waiting"}


def test_search_answers_with_stories(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    assert [s["id"] for s in site.get("/api/search?q=pardoned").json()["stories"]] == ["pardon2345"]
    refused = site.get("/api/search?q=(")
    assert refused.status_code == 400 and refused.json()["error"]["trouble"] == "mistake"


@pytest.mark.parametrize(
    "path", ["stories?limit=0", "stories?limit=abc", "stories?limit=101", "search", "search?q=x&before=abc"]
)
def test_what_cannot_be_understood_is_named_but_not_repeated(site: TestClient, path: str) -> None:
    answer = site.get(f"/api/{path}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("not understood: ") and "abc" not in answer.text


@pytest.mark.parametrize("path", ["stories/none", "events/none", "people/none", "none", "none/none"])
def test_what_is_not_there_is_404_in_json(site: TestClient, path: str) -> None:
    answer = site.get(f"/api/{path}")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_the_api_describes_itself(site: TestClient) -> None:
    paths = site.get("/api/openapi.json").json()["paths"].keys()
    assert {"/api/stories", "/api/search", "/api/events", "/api/people/{id}", "/api/sources"} <= paths
    assert not any("rest" in path for path in paths)
