from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor.config import Config
from monitor.store import Database
from monitor.web.app import create_app

from . import gazette
from .newsroom import Newsroom

ROUTES = (
    "/",
    "/all",
    "/story/pardon2345",
    "/event/e7k2mq",
    "/person/zhuk-alena",
    "/people",
    "/people?q=zh",
    "/search",
    "/search?q=pardon",
    "/search?q=(",
    "/sources",
    "/timeline",
    "/timeline.csv",
    "/timeline.json",
    "/held.csv",
    "/about",
    "/n/pardon2345",
    "/feed.atom",
    "/feed.json",
    "/feed.atom?q=(",
    "/opml",
    "/health",
    "/metrics",
    "/robots.txt",
    "/u/notatokenofanybody",
    "/api/stories",
    "/api/events",
    "/api/people/zhuk-alena",
    "/api/sources",
    "/api/search?q=pardon",
    "/api/search",
    "/api/nothing",
    "/api/openapi.json",
    "/nothing",
)


@pytest.mark.parametrize("route", ROUTES)
def test_w01_w04_every_answer_carries_the_headers_that_keep_it_inert_and_no_cookie(
    site: TestClient, newsroom: Newsroom, route: str
) -> None:
    gazette.fill(newsroom)
    answer = site.get(route, follow_redirects=False)
    policy = answer.headers["content-security-policy"]
    assert answer.status_code < 500
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    for part in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert not {"server", "set-cookie", "x-powered-by"} & set(answer.headers)


def test_a_too_large_body_is_refused_under_the_same_headers(site: TestClient) -> None:
    answer = site.post("/u/sometokenofsomebodyelse", content=b"x" * 100_000)
    assert answer.status_code == 413
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_w01_transport_security_is_promised_only_where_there_is_tls(
    site: TestClient, state: Path, now: datetime
) -> None:
    assert "strict-transport-security" not in site.get("/").headers
    config = Config(web={"base_url": "https://news.example", "onion": "abcdef.onion"})
    app = create_app(config, state, now=lambda: now)
    with TestClient(app, base_url="https://news.example") as client:
        headers = client.get("/").headers
    age = re.match(r"max-age=(\d+)", headers["strict-transport-security"])
    assert age and int(age[1]) >= 31_536_000
    assert headers["onion-location"] == "http://abcdef.onion"
    with TestClient(app, base_url="http://abcdef.onion") as client:
        assert "strict-transport-security" not in client.get("/").headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "a/b?x", "evil#", "127.0.0.1:8000@evil", "127.0.0.1:x", "", "::1"],
)
def test_w15_another_host_name_is_refused(site: TestClient, host: str) -> None:
    answer = site.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_w15_a_forwarded_host_is_not_believed(site: TestClient, newsroom: Newsroom) -> None:
    newsroom.article(newsroom.story("s"), "A headline")
    for name in ("x-forwarded-host", "forwarded", "x-original-url"):
        assert "evil" not in site.get("/feed.atom", headers={name: "host=evil.example"}).text


ABSENT = """/admin /login /docs /redoc /openapi.json /api /api/ /.git/config /subscribers.db /private/private.db
/static/ /static/style.css /static/..%2fapp.py /%2e%2e/app.py /archive.db /archive.db-wal /story/ /story/none
/event/none /person/none /n/none"""


@pytest.mark.parametrize("path", ABSENT.split())
def test_w19_w21_what_is_not_there_answers_404(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/search", "/people", "/feed.atom", "/health"])
def test_reading_pages_take_no_posts(site: TestClient, path: str) -> None:
    assert site.post(path, data={"q": "x"}).status_code == 405


@pytest.mark.parametrize("path", ["/", "/search?q=pardon", "/feed.atom", "/health"])
def test_head_is_answered_like_get_without_a_body(site: TestClient, path: str) -> None:
    assert site.head(path).status_code == 200


def test_the_style_sheet_may_be_kept_for_a_year_under_its_hashed_name(site: TestClient) -> None:
    found = re.search(r'href="(/static/style\.[0-9a-f]{12}\.css)"', site.get("/").text)
    assert found
    answer = site.get(found[1])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "url(" not in answer.text and "@import" not in answer.text


def test_a_page_that_fails_says_so_and_logs_no_word_of_what_was_asked(
    site: TestClient, archive: Database, caplog: pytest.LogCaptureFixture
) -> None:
    archive.conn.execute("DROP TABLE stories")
    archive.conn.commit()
    answer = site.get("/", params={"after": "varanovich"})
    assert answer.status_code == 500 and "x-content-type-options" in answer.headers
    assert "varanovich" not in caplog.text and "OperationalError" in caplog.text
